//! `/connections` and `/connect/{service}`: a person's accounts at services, connected and disconnected by themselves.

use std::rc::Rc;

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use time::OffsetDateTime;
use time::macros::format_description;

use super::front;
use crate::access;
use crate::audit::{self, Action, Event, Outcome, Reason};
use crate::body::Body;
use crate::config::Service;
use crate::context::Context;
use crate::error::Fault;
use crate::host::{Host, Level, LogLine, PortError, Timestamp};
use crate::oauth::{Form, on_record};
use crate::oidc::{Session, login_path};
use crate::page::{self, Account, Connection, Problem};
use crate::service::vault::{self, Ended, Return, VaultError};
use crate::service::{Party, own_facts};
use crate::store::{connection, person};

/// A signed-in person, and the services with accounts.
struct Visitor<H: Host> {
    session: Session,
    /// Each with whether they may use it. What they connected while they might can be disconnected ever after.
    parties: Vec<(Party<H>, bool)>,
}

/// Why there is no answer to give.
enum Turn {
    /// Sign in first.
    SignIn,
    /// Nothing here for this person.
    NotHere,
    Failed(PortError),
}

impl From<PortError> for Turn {
    fn from(error: PortError) -> Self {
        Self::Failed(error)
    }
}

/// `GET /connections`: all accounts.
pub(super) async fn list<H: Host>(context: &Context<H>, request: &Request<Bytes>) -> Response<Body> {
    let listed = async {
        let visitor = visitor(context, request).await?;
        let mut accounts = Vec::new();
        for (party, allowed) in &visitor.parties {
            accounts.extend(account(party, *allowed).await?);
        }
        Ok(page::connections(&accounts))
    };
    listed.await.unwrap_or_else(|turn| turned(context, request, turn))
}

/// `GET /connect/{service}`: one account, with what can be done about it.
pub(super) async fn show<H: Host>(
    context: &Context<H>,
    service: &str,
    request: &Request<Bytes>,
) -> Response<Body> {
    let shown = async {
        let visitor = visitor(context, request).await?;
        let (party, allowed) = visitor.party(service)?;
        let account = account(party, allowed).await?.ok_or(Turn::NotHere)?;
        let csrf = visitor.session.csrf(&context.setup.keys.hash, &["connect", service]);
        Ok(page::connect(&Connection {
            account,
            host: party.service.mcp.host_str().unwrap_or_default(),
            csrf: &csrf,
        }))
    };
    shown.await.unwrap_or_else(|turn| turned(context, request, turn))
}

/// `POST /connect/{service}`: the way to the service's authorization server, or the end of the connection.
pub(super) async fn decide<H: Host>(
    context: &Context<H>,
    service: &str,
    request: &Request<Bytes>,
) -> Response<Body> {
    let decided = async {
        let visitor = visitor(context, request).await?;
        let (party, allowed) = visitor.party(service)?;
        let form = Form::parse(request.body());
        let token = form.as_ref().ok().and_then(|form| form.value("csrf")).unwrap_or_default();
        let setup = &context.setup;
        let about = ["connect", service];
        if !visitor.session.accepts(&setup.config, &setup.keys.hash, request.headers(), &about, token) {
            note(party, Action::ServiceConnected, Outcome::Refused(Reason::Csrf)).await;
            return Ok(page::problem(&Problem::foreign_form()));
        }
        match form.as_ref().ok().and_then(|form| form.value("decision")) {
            Some("disconnect") => {
                on_record(context, event(party, Action::ServiceDisconnected)?).await?;
                vault::disconnect(party).await?;
                Ok(page::see_other(&context.setup.config.public_url.join("/connections")))
            }
            _ if !allowed => Err(Turn::NotHere),
            _ => Ok(match vault::begin(party, &visitor.session.id_hash()).await {
                Ok(begun) => page::see_other(&begun.url),
                Err(error) => failed(party, &error).await,
            }),
        }
    };
    decided.await.unwrap_or_else(|turn| turned(context, request, turn))
}

/// `GET /connect/{service}/callback`: back from the service's authorization server.
pub(super) async fn callback<H: Host>(
    context: &Context<H>,
    service: &str,
    request: &Request<Bytes>,
) -> Response<Body> {
    let came = async {
        let visitor = visitor(context, request).await?;
        let (party, allowed) = visitor.party(service)?;
        if !allowed {
            return Err(Turn::NotHere);
        }
        let form = Form::query(request).unwrap_or_default();
        let back = Return {
            state: form.value("state"),
            code: form.value("code"),
            iss: form.value("iss"),
            error: form.value("error"),
        };
        Ok(match vault::finish(party, &visitor.session.id_hash(), back).await {
            Ok(obtained) => {
                on_record(context, event(party, Action::ServiceConnected)?).await?;
                match vault::keep(party, &visitor.session.id_hash(), obtained).await? {
                    true => page::connected(&party.service.name),
                    // Their access was ended in the meantime.
                    false => return Err(Turn::SignIn),
                }
            }
            Err(Ended::Failed(error)) => failed(party, &error).await,
            Err(ended) => {
                let (title, what, reason) = match ended {
                    Ended::Cancelled => {
                        ("Nothing was connected", "You, or the service, said no.", Reason::ConsentDenied)
                    }
                    _ => (
                        "This connection cannot go on",
                        "It was begun in another browser or by somebody else, took longer than ten minutes, or has \
                         ended already.",
                        Reason::StateUnknown,
                    ),
                };
                note(party, Action::ServiceConnected, Outcome::Refused(reason)).await;
                page::problem(&Problem {
                    status: StatusCode::BAD_REQUEST,
                    title: title.to_owned(),
                    what: what.to_owned(),
                    fault: Fault::Caller,
                    remedy: "Begin again.".to_owned(),
                    link: Some((format!("Connect {}", party.service.name), format!("/connect/{service}"))),
                })
            }
        })
    };
    came.await.unwrap_or_else(|turn| turned(context, request, turn))
}

/// `GET /oauth/client/{service}.json`: what the gateway is to the authorization server of a service.
pub(super) fn document<H: Host>(context: &Context<H>, service: &str) -> Response<Body> {
    let Some(document) = vault::document(&context.setup.config, service) else { return front::not_found() };
    let mut response = Response::new(Body::from(document.to_string()));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    response
}

async fn visitor<H: Host>(context: &Context<H>, request: &Request<Bytes>) -> Result<Visitor<H>, Turn> {
    let session = Session::of(context, request.headers()).await?.ok_or(Turn::SignIn)?;
    // Someone whose row is gone was erased: they sign in anew.
    let review = access::review(context, session.person()).await?.ok_or(Turn::SignIn)?;
    let key = person::data_key(context, session.person()).await?.ok_or(Turn::SignIn)?;
    let config = &context.setup.config;
    let role = review.decision.ok().and_then(|admitted| config.access.roles.get(admitted.role()));
    let facts = Rc::new(own_facts());
    let party = |service: &Rc<Service>| Party {
        context: context.clone(),
        service: Rc::clone(service),
        person: session.person().to_owned(),
        key: key.clone(),
        facts: Rc::clone(&facts),
    };
    let allowed = |service: &Rc<Service>| role.is_some_and(|role| role.allows_service(&service.id));
    // Also one that was connected before the service got its tokens in another way: to be disconnected.
    let connected = connection::services(&context.host, session.person()).await?;
    let with_accounts = config.services.iter().filter(|service| match service.credentials.are_personal() {
        true => service.credentials.are_connected(),
        false => connected.contains(&service.id),
    });
    let may = |service: &Rc<Service>| allowed(service) && service.credentials.are_connected();
    let parties = with_accounts.map(|service| (party(service), may(service))).collect();
    Ok(Visitor { session, parties })
}

impl<H: Host> Visitor<H> {
    fn party(&self, service: &str) -> Result<(&Party<H>, bool), Turn> {
        let found = self.parties.iter().find(|(party, _)| party.service.id == service);
        found.map(|(party, allowed)| (party, *allowed)).ok_or(Turn::NotHere)
    }
}

/// The account, if there is one or may be one.
async fn account<H: Host>(party: &Party<H>, allowed: bool) -> Result<Option<Account<'_>>, PortError> {
    let key = connection::Key { person: &party.person, key: &party.key, service: &party.service.id };
    let row = connection::find(&party.context.host, key).await?;
    if row.is_none() && !allowed {
        return Ok(None);
    }
    Ok(Some(Account {
        id: &party.service.id,
        name: &party.service.name,
        since: row.as_ref().filter(|row| row.grant.is_some()).map(|row| day(row.created_at)),
        dead: row.as_ref().is_some_and(|row| row.grant.is_none()),
        wanted: row.map(|row| row.wanted).unwrap_or_default(),
        allowed,
    }))
}

fn day(at: Timestamp) -> String {
    let at = OffsetDateTime::from_unix_timestamp(at.seconds()).ok();
    at.and_then(|at| at.format(format_description!("[year]-[month]-[day]")).ok()).unwrap_or_default()
}

fn turned<H: Host>(context: &Context<H>, request: &Request<Bytes>, turn: Turn) -> Response<Body> {
    match turn {
        Turn::SignIn => page::see_other(&login_path(request.uri().path())),
        Turn::Failed(error) => page::problem(&Problem::gateway(context, &error)),
        Turn::NotHere => page::problem(&Problem {
            status: StatusCode::NOT_FOUND,
            title: "There is no such account here for you".to_owned(),
            what: "The service is not one that you may use, or it has no accounts to connect.".to_owned(),
            fault: Fault::Caller,
            remedy: "Look at the accounts that there are.".to_owned(),
            link: Some(("Your accounts".to_owned(), "/connections".to_owned())),
        }),
    }
}

async fn failed<H: Host>(party: &Party<H>, error: &VaultError) -> Response<Body> {
    let context = &party.context;
    let name = &party.service.name;
    let (fault, status) = match error {
        VaultError::Port(error) => return page::problem(&Problem::gateway(context, error)),
        VaultError::NotConfigured(_) => (Fault::Gateway, StatusCode::INTERNAL_SERVER_ERROR),
        _ => (Fault::Service, StatusCode::BAD_GATEWAY),
    };
    note(party, Action::ServiceConnected, Outcome::Failed(fault, Reason::ServerError)).await;
    let line = LogLine::new(Level::Warn, "connect_failed").id("service", &party.service.id);
    context.host.log(line.word("why", error.word()));
    page::problem(&Problem {
        status,
        title: format!("{name} could not be connected"),
        what: format!("Nothing was connected: {error}."),
        fault,
        remedy: "Try again in a minute. If it stays like this, tell those who run this gateway.".to_owned(),
        link: Some(("Try again".to_owned(), format!("/connect/{}", party.service.id))),
    })
}

fn event<H: Host>(party: &Party<H>, action: Action) -> Result<Event, PortError> {
    Ok(Event::new(&party.context.host, action)?.person(&party.person).service(&party.service.id))
}

/// Puts on record what was not done. Nothing is granted, so nothing depends on the record.
async fn note<H: Host>(party: &Party<H>, action: Action, outcome: Outcome) {
    if let Ok(event) = event(party, action) {
        let _ = audit::record(&party.context, event.outcome(outcome)).await;
    }
}
