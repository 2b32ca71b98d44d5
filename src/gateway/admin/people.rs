//! `POST /admin/people/remove`: the end of all access of a person, at once.
//!
//! What the gateway holds ends in one transaction, and access tokens that are out are void with it, at every isolate:
//! each call asks whether they are. Then the person's accounts at services are revoked there, as far as these answer,
//! and deleted. Who may enter stands in the configuration, so the answer says whether that still lets the person in.
//!
//! Whoever is to be erased is removed in this way, and then everything that is theirs is deleted, with the key that it was
//! sealed with. The keyed hash in the audit log stays.

use std::rc::Rc;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use serde::Deserialize;
use serde_json::json;

use super::entry::{self, Admin, Denied, Scope};
use super::json_answer;
use crate::access;
use crate::audit::{self, Action, Event, Reason};
use crate::body::Body;
use crate::context::Context;
use crate::gateway::departed;
use crate::host::{Host, PortError};
use crate::oauth::on_record;
use crate::page::{self, Removed};
use crate::service::{Party, own_facts, vault};
use crate::store::{connection, person};

/// What the form's token is about.
pub(super) const ABOUT: &str = "admin-people";

/// Who is to be removed.
enum Whom {
    Email(String),
    Person(String),
}

/// The same, as a program writes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    email: Option<String>,
    person: Option<String>,
    #[serde(default)]
    erase: bool,
}

/// `POST /admin/people/remove`.
pub(in crate::gateway) async fn remove<H: Host>(
    context: &Context<H>,
    request: &Request<Bytes>,
) -> Response<Body> {
    let removed = async {
        let admin = entry::enter(context, request, Some(Scope::People)).await?;
        let (whom, erase) = wanted(context, &admin, request)?;
        let people = match whom {
            Whom::Email(email) => person::with_address(context, &email).await?,
            Whom::Person(id) if person::exists(&context.host, &id).await? => vec![id],
            Whom::Person(_) => Vec::new(),
        };
        if people.is_empty() {
            let text = "nobody who signed in here last had this address, or has this id";
            return Err(admin.refuse(StatusCode::NOT_FOUND, Reason::PersonUnknown, text));
        }
        for id in &people {
            person::end_access(&context.host, id).await?;
            context.host.isolate().data_keys.forget(id);
            // Ending must work even when it cannot be put on record; the log says so then.
            let event = admin.event(context, Action::PersonRemoved)?.about_person(id);
            let _ = audit::record(context, event).await;
        }
        let mut told = Vec::new();
        for id in people {
            let accounts = disconnect(context, &id).await?;
            // Where the profile cannot be opened any more, nobody knows: then it is said that they may come again.
            let review = access::review(context, &id).await;
            let admitted =
                |review: Option<access::Review>| review.is_some_and(|review| review.decision.is_ok());
            let still_admitted = review.map_or(true, admitted);
            if erase {
                on_record(context, admin.event(context, Action::PersonErased)?.about_person(&id)).await?;
                person::erase(&context.host, &id).await?;
                context.host.isolate().data_keys.forget(&id);
            }
            told.push(Removed { person: id, accounts, still_admitted, erased: erase });
        }
        Ok::<_, Denied>(match admin.is_program() {
            true => told_to_program(&told),
            false => page::removed(&told),
        })
    };
    match removed.await {
        Ok(answer) => answer,
        Err(denied) => denied.tell(context, request, Action::PersonRemoved).await,
    }
}

/// Who is to be removed, and whether they are to be erased.
fn wanted<H: Host>(
    context: &Context<H>,
    admin: &Admin,
    request: &Request<Bytes>,
) -> Result<(Whom, bool), Denied> {
    if admin.is_program() {
        let whom = match serde_json::from_slice(request.body()) {
            Ok(Wanted { email: Some(email), person: None, erase }) => Some((Whom::Email(email), erase)),
            Ok(Wanted { email: None, person: Some(id), erase }) => Some((Whom::Person(id), erase)),
            _ => None,
        };
        return whom.ok_or_else(|| {
            let text = "write {\"email\": \"...\"} or {\"person\": \"...\"}, and \"erase\": true to erase what is stored";
            admin.refuse(StatusCode::BAD_REQUEST, Reason::MalformedRequest, text)
        });
    }
    let form = admin.form(context, request, &[ABOUT])?;
    let who = form.value("who").unwrap_or_default().trim().to_owned();
    let whom = if who.contains('@') { Whom::Email(who) } else { Whom::Person(who) };
    Ok((whom, form.value("erase").is_some()))
}

/// Revokes and deletes a person's accounts at services; answers with the names of those where there was one.
async fn disconnect<H: Host>(context: &Context<H>, id: &str) -> Result<Vec<String>, PortError> {
    let mut names = Vec::new();
    // With a key that cannot be unwrapped any more there is nothing that could be revoked.
    if let Ok(Some(key)) = person::data_key(context, id).await {
        let facts = Rc::new(own_facts());
        let config = &context.setup.config;
        let (configured, gone): (Vec<_>, Vec<_>) = connection::services(&context.host, id)
            .await?
            .into_iter()
            .partition(|service| config.service(service).is_some());
        let configured = configured.iter().filter_map(|id| config.service(id).cloned());
        for service in configured.chain(departed::last_known(context, &gone).await?) {
            let party = Party {
                context: context.clone(),
                service: Rc::clone(&service),
                person: id.to_owned(),
                key: key.clone(),
                facts: Rc::clone(&facts),
            };
            if vault::disconnect(&party).await? {
                names.push(service.name.clone());
                let event = Event::new(&context.host, Action::ServiceDisconnected)?;
                let _ = audit::record(context, event.person(id).service(&service.id)).await;
            }
        }
    }
    connection::forget_all(&context.host, id).await?;
    Ok(names)
}

fn told_to_program(people: &[Removed]) -> Response<Body> {
    let remain = people.iter().any(|removed| removed.still_admitted);
    let people: Vec<_> = people
        .iter()
        .map(|removed| {
            json!({
                "person": removed.person,
                "accounts": removed.accounts,
                "still_admitted": removed.still_admitted,
                "erased": removed.erased,
            })
        })
        .collect();
    let mut answer = json!({ "removed": people });
    if remain {
        answer["note"] =
            "the configuration still lets them in: remove them from the configuration as well".into();
    }
    json_answer(StatusCode::OK, &answer)
}
