//! `/approve/{id}`: the page where a person says yes or no to one held call.

use std::rc::Rc;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use maud::html;
use time::OffsetDateTime;
use time::macros::format_description;
use zeroize::Zeroizing;

use super::confirm::DENIAL_TTL;
use crate::audit::{self, Action, Event, Outcome, Reason, ToolName};
use crate::body::Body;
use crate::config::{OnFailure, Service};
use crate::context::Context;
use crate::crypto::DataKey;
use crate::error::Fault;
use crate::host::{Host, PortError};
use crate::mcp::raw::{self, Object};
use crate::oauth::Form;
use crate::oidc::Session;
use crate::page::{Forms, Problem};
use crate::service::Catalog;
use crate::store::confirmation::{self, Held, Said};
use crate::store::{mapping, person};
use crate::{page, pii};

/// Shows the call, to its own person only.
pub(super) async fn show<H: Host>(context: &Context<H>, session: &Session, id: &str) -> Response<Body> {
    let found =
        find(context, session, id).await.map(|found| found.filter(|(held, _)| held.approved_at.is_none()));
    match found {
        Ok(Some((held, key))) => match shown(context, session, &held, &key).await {
            Ok((tool, arguments, beside)) => page::approve(&page::Approve {
                id,
                service: context
                    .setup
                    .config
                    .service(&held.service)
                    .map_or(&held.service, |service| &service.name),
                tool: &tool,
                arguments: &arguments,
                beside: &beside,
                expires: &clock(&held),
                csrf: &session.csrf(&context.setup.keys.hash, &["approve", id]),
            }),
            Err(error) => page::problem(&Problem::gateway(context, &error)),
        },
        Ok(None) => gone(),
        Err(error) => page::problem(&Problem::gateway(context, &error)),
    }
}

/// Takes the answer.
pub(super) async fn decide<H: Host>(
    context: &Context<H>,
    session: &Session,
    id: &str,
    request: &Request<Bytes>,
) -> Response<Body> {
    let Ok(form) = Form::parse(request.body()) else { return page::problem(&Problem::foreign_form()) };
    let token = form.value("csrf").unwrap_or_default();
    let keys = &context.setup.keys.hash;
    if !session.accepts(&context.setup.config, keys, request.headers(), &["approve", id], token) {
        note_forged(context, session).await;
        return page::problem(&Problem::foreign_form());
    }
    match answer(context, session, id, form.value("decision") == Some("approve")).await {
        Ok(Some(true)) => told("Allowed, once", "Go back to your AI client and let it make the call again."),
        Ok(Some(false)) => told("Not allowed", "The call was not made and will not be."),
        Ok(None) => gone(),
        Err(error) => page::problem(&Problem::gateway(context, &error)),
    }
}

/// Somebody else's form: nothing depends on the record, so nothing more happens where it cannot be written.
async fn note_forged<H: Host>(context: &Context<H>, session: &Session) {
    if let Ok(event) = Event::new(&context.host, Action::ConfirmationGiven) {
        let event = event.person(session.person()).outcome(Outcome::Refused(Reason::Csrf));
        let _ = audit::record(context, event).await;
    }
}

/// Says yes or no to the call; [`None`] when it waits no longer.
async fn answer<H: Host>(
    context: &Context<H>,
    session: &Session,
    id: &str,
    yes: bool,
) -> Result<Option<bool>, PortError> {
    let host = &context.host;
    let Some((held, key)) = find(context, session, id).await? else { return Ok(None) };
    let now = host.now();
    let event = |action| {
        let event = Event::new(host, action)?.about_confirmation(id, &context.setup.keys.hash);
        let name = tool_name(context, session.person(), &held.service, &held.tool(&key)?);
        Ok::<_, PortError>(event.person(session.person()).service(&held.service).tool(name))
    };
    let refuses = context.setup.config.audit_on_failure == OnFailure::Refuse;
    if !yes {
        let event = event(Action::ConfirmationDenied)?;
        if !confirmation::deny(host, session.person(), Said::Under(id), now, now.after(DENIAL_TTL)).await? {
            return Ok(None);
        }
        // A no counts whether or not it can be put on record.
        let _ = audit::record(context, event).await;
        return Ok(Some(false));
    }
    if held.approved_at.is_some() {
        return Ok(None);
    }
    // A yes counts only once it is on record.
    let recorded = audit::record(context, event(Action::ConfirmationGiven)?).await;
    if refuses {
        recorded?;
    }
    Ok(confirmation::approve(host, session.person(), id, now).await?.then_some(true))
}

/// The tool's name in clear only where this isolate knows that the service declares it.
fn tool_name<H: Host>(context: &Context<H>, person: &str, service: &str, tool: &str) -> ToolName {
    let declares = |service: &&Rc<Service>| {
        Catalog::known(context, service, person).is_some_and(|catalog| catalog.tool(tool).is_some())
    };
    let key = &context.setup.keys.hash;
    match context.setup.config.service(service).filter(declares) {
        Some(service) => ToolName::known(key, &service.pii.policy, tool),
        None => ToolName::unknown(key, tool),
    }
}

async fn find<H: Host>(
    context: &Context<H>,
    session: &Session,
    id: &str,
) -> Result<Option<(Held, DataKey)>, PortError> {
    let now = context.host.now();
    let held = confirmation::find(&context.host, session.person(), id, now).await?;
    let Some(held) = held else { return Ok(None) };
    Ok(person::data_key(context, session.person()).await?.map(|key| (held, key)))
}

/// The tool, the arguments as the service would see them, and what the call says beside them: the person decides about
/// what will really happen.
async fn shown<H: Host>(
    context: &Context<H>,
    session: &Session,
    held: &Held,
    key: &DataKey,
) -> Result<(Zeroizing<String>, Zeroizing<String>, Zeroizing<String>), PortError> {
    let sent = held.arguments(key)?;
    let pseudonyms = pii::pseudonyms(&sent);
    let texts: Vec<&str> = pseudonyms.iter().map(|pseudonym| pseudonym.text.as_str()).collect();
    let services =
        context.setup.config.service(&held.service).map(|service| service.pii.rehydrate_from.clone());
    let now = context.host.now();
    let services = services.unwrap_or_default();
    let values = mapping::recall(&context.host, session.person(), key, &services, &texts, now).await?;
    let value_of = |pseudonym: &str| values.get(pseudonym).map(|value: &Zeroizing<String>| value.as_str());
    let real =
        pii::give_back_json(&sent, &value_of, &|_| false).map_err(|error| PortError::new("sql", error))?;
    let real = Zeroizing::new(real);
    let mut asked = Object::parse(&real).unwrap_or_default();
    let arguments = Zeroizing::new(raw::indented(asked.get("arguments").unwrap_or_default()));
    asked.remove("arguments");
    let beside = if asked.is_empty() { String::new() } else { raw::indented(&asked.to_string()) };
    Ok((held.tool(key)?, arguments, Zeroizing::new(beside)))
}

fn clock(held: &Held) -> String {
    OffsetDateTime::from_unix_timestamp(held.expires_at.seconds())
        .ok()
        .and_then(|at| at.format(format_description!("[hour]:[minute] UTC")).ok())
        .unwrap_or_default()
}

fn told(title: &str, text: &str) -> Response<Body> {
    page::page(StatusCode::OK, title, Forms::Here, html! { p { (text) } })
}

fn gone() -> Response<Body> {
    page::problem(&Problem {
        status: StatusCode::NOT_FOUND,
        title: "Nothing waits here for your answer".to_owned(),
        what: "The call was decided already, its time is over, or it is another person's.".to_owned(),
        fault: Fault::Caller,
        remedy: "If you still want it, let your AI client make the call again.".to_owned(),
        link: None,
    })
}
