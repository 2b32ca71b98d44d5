//! The phase `confirm`: a destructive call needs the person's own yes.
//!
//! Where they say it depends on the client: on a page of the gateway that the client shows (`elicitation.url`), in a form
//! that the client itself shows (unless `guard.confirm_in` is `browser`), or on that page by a link that the model passes
//! on. A client of 2026-07-28 gets the question as a result, with a state that is sealed for this call, and makes the call
//! again; an older one is asked before its answer, on the same stream. A yes is for one call with exactly these arguments,
//! once, for ten minutes, whatever way it came.

mod ask;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, HeaderName, Response};

pub(super) use self::ask::taken;
use self::ask::{Asking, Way};
pub(super) use self::brought::{Brought, brought};
use super::account::Account;
use super::admit::{Admitted, storage};
use super::call::Resolved;
use super::quota::Quotas;
use crate::audit::{Action, Outcome, Reason};
use crate::body::Body;
use crate::context::Context;
use crate::error::{Fault, Refusal};
use crate::guard::confirm;
use crate::host::Host;
use crate::mcp::raw::{Object, array_of, quoted};
use crate::mcp::revision::META_REVISION;
use crate::mcp::{bridge, param};
use crate::store::confirmation::{self, Waits};

mod brought;

/// How long a held call waits for a yes, and a yes for its call.
pub(super) const CONFIRMATION_TTL: Duration = Duration::from_secs(600);

/// For how long nobody is asked about a call that they said no to: a model that tries again at once gets nowhere, and who
/// thinks better of it does not wait long.
pub(super) const DENIAL_TTL: Duration = Duration::from_secs(120);

/// Larger arguments nobody could read before they say yes.
const MOST_ASKED: usize = 256 * 1024;

/// What comes of the phase when it refuses nothing.
pub(super) enum Confirmed {
    /// The call is made.
    Go,
    /// The client is asked in its place; the result that does it.
    Asks(String),
}

/// What a person answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Yes,
    No,
    /// Nothing that decides.
    Nothing,
}

impl Answer {
    /// Of the result of an elicitation (`elicitation/create`): of a form, where nothing but its one field says yes.
    fn of(result: &Object<'_>) -> Self {
        let content = result.object("content").unwrap_or_default();
        match result.string("action").as_deref() {
            Some("accept") if content.get(ask::FIELD) == Some("true") => Self::Yes,
            Some("accept") if content.get(ask::FIELD) == Some("false") => Self::No,
            Some("decline") => Self::No,
            _ => Self::Nothing,
        }
    }
}

/// A destructive call needs the person's own yes; nothing in its arguments can stand in for it.
pub(super) async fn confirm<H: Host>(
    context: &Context<H>,
    quotas: &Quotas<'_, H>,
    admitted: &Admitted<'_>,
    headers: &HeaderMap,
    resolved: &Resolved,
    brought: Brought,
    account: &mut Account<H>,
) -> Result<Confirmed, Refusal> {
    let Some(tool) = resolved.message.tool() else { return Ok(Confirmed::Go) };
    let service = admitted.service;
    let mode = context.setup.config.modes.confirm;
    if !mode.looks() || !confirm::is_needed(&service.guard, tool, resolved.tool.as_ref()) {
        return Ok(Confirmed::Go);
    }
    if !mode.stops() {
        account.observe(Reason::ConfirmationNeeded);
        return Ok(Confirmed::Go);
    }
    quotas.look().await?;
    // The service has just said which tools it has: nobody is asked about one that is none of them.
    if resolved.tool.is_none() {
        let name = &service.name;
        let text = format!("{name} has no tool {tool}. Nothing was sent. Use one that tools/list names.");
        return Err(Refusal::new(Fault::Caller, Reason::ToolUnknown, text));
    }
    let object = Object::parse(&resolved.message.text).unwrap_or_default();
    if object.members().any(|(key, _)| !REQUEST.contains(&key)) {
        let text = format!(
            "A request has {} and nothing else: nobody would be shown what stands beside them. Nothing was sent. Leave it \
             out.",
            REQUEST.join(", ")
        );
        return Err(Refusal::new(Fault::Caller, Reason::MalformedRequest, text));
    }
    let params = object.object("params").unwrap_or_default();
    let asked = asked(&params, resolved);
    let person = admitted.principal.person();
    let state = params.get("requestState");
    let digest = confirm::digest(&context.setup.keys.hash, person, &service.id, tool, &asked, state);
    let asking = Asking { context, admitted, tool, digest: &digest, asked: &asked };
    if let Some((state, answer)) = brought.answered {
        account.confirmation = Some(state.id.clone());
        asking.heed(state, answer, account).await?;
        account.confirmation = None;
    }
    let now = context.host.now();
    let failed = |error| storage(context, &error);
    if let Some(id) = confirmation::redeem(&context.host, person, &digest, now).await.map_err(failed)? {
        account.confirmation = Some(id);
        return Ok(Confirmed::Go);
    }
    if asked.len() > MOST_ASKED {
        let most = bytesize::ByteSize(MOST_ASKED as u64);
        let text = format!(
            "{tool} waits for the person's own yes, and nobody can read arguments of more than {most} on a page. Nothing \
             was sent. Make smaller calls."
        );
        return Err(Refusal::new(Fault::Caller, Reason::TooLarge, text));
    }
    let call = confirmation::Call {
        person,
        key: &admitted.key,
        service: &service.id,
        tool,
        digest: &digest,
        arguments: &asked,
    };
    let mut random = [0; 16];
    context.host.random(&mut random).map_err(failed)?;
    let id = URL_SAFE_NO_PAD.encode(random);
    let id = confirmation::hold(&context.host, call, &id, now, now.after(CONFIRMATION_TTL)).await;
    let id = match id.map_err(failed)? {
        Waits::Under(id) => id,
        Waits::Denied => return Err(asking.denied()),
        Waits::TooMany => return Err(too_many()),
    };
    account.confirmation = Some(id.clone());
    match asking.way(headers, resolved) {
        Way::Result(how) => {
            account.action = Action::ConfirmationAsked;
            asking.result(&id, how, brought.own).map(Confirmed::Asks)
        }
        Way::Stream(how, word) => {
            let outcome = Outcome::Refused(Reason::ConfirmationNeeded);
            account.note(Action::ConfirmationAsked, outcome).await?;
            Box::pin(asking.on_the_line(&id, how, word, account)).await?;
            Ok(Confirmed::Go)
        }
        Way::Link => {
            account.action = Action::ConfirmationAsked;
            Err(asking.needed(&id))
        }
    }
}

fn too_many() -> Refusal {
    let text = "Too many calls wait for the person's own yes already. Nothing was sent. Let them decide about those, or wait \
                ten minutes.";
    Refusal::new(Fault::Caller, Reason::ConfirmationNeeded, text)
}

/// The answer that asks, in the place of the service's.
pub(super) async fn asks<H: Host>(
    resolved: &Resolved,
    result: &str,
    account: &mut Account<H>,
) -> Result<Response<Body>, Refusal> {
    account.close(Outcome::Refused(Reason::ConfirmationNeeded)).await?;
    let id = resolved.message.id().unwrap_or("null");
    Ok(super::standin::plain(super::bridge::result_message(id, result)))
}

/// The members of a request (JSON-RPC 2.0, section 4).
const REQUEST: [&str; 4] = ["jsonrpc", "id", "method", "params"];

/// Members of `_meta` that differ from call to call and change nothing (2025-11-25, "Progress"; SEP-414), or that every
/// request of 2026-07-28 has about its client.
const OWN_META: [&str; 8] = [
    "progressToken",
    "traceparent",
    "tracestate",
    "baggage",
    META_REVISION,
    bridge::META_CLIENT,
    bridge::META_CAPABILITIES,
    bridge::META_LEVEL,
];

/// What a call asks for and a yes is given to: its arguments, and beside them whatever else its `params` hold, also what
/// the person answers to the service (`inputResponses`); of `_meta` what is not the protocol's own; and all headers that
/// mirror arguments which the tool does not declare. Not `requestState`, which nobody can read: a yes is bound to
/// it by its digest ([`confirm::digest`]). Always an object with `arguments`, so that no two calls look the same.
fn asked(params: &Object<'_>, resolved: &Resolved) -> String {
    let mut asked = Object::default();
    asked.set("arguments", params.get("arguments").unwrap_or("{}").to_owned());
    let beside = ["name", "arguments", "_meta", "requestState"];
    for (key, value) in params.members().filter(|(key, _)| !beside.contains(key)) {
        asked.set(key, value.to_owned());
    }
    let mut meta = Object::default();
    let own = params.object("_meta");
    for (key, value) in own.iter().flat_map(Object::members) {
        if !OWN_META.contains(&key) {
            meta.set(key, value.to_owned());
        }
    }
    match params.get("_meta").filter(|_| own.is_none()) {
        // No object, and a service may read it all the same.
        Some(odd) => asked.set("_meta", odd.to_owned()),
        None if !meta.is_empty() => asked.set("_meta", meta.to_string()),
        None => {}
    }
    let declared = resolved.tool.iter().filter_map(|tool| tool.params.as_ref().ok()).flatten();
    let declared: Vec<&HeaderName> = declared.map(|param| &param.header).collect();
    let mut headers = Object::default();
    for name in resolved.headers.keys() {
        if name.as_str().starts_with(param::PREFIX) && !declared.contains(&name) {
            let values = resolved.headers.get_all(name).iter();
            let values: Vec<String> =
                values.map(|value| quoted(&String::from_utf8_lossy(value.as_bytes()))).collect();
            // Which of several a service reads is its own affair.
            let values = match values.as_slice() {
                [value] => value.clone(),
                values => array_of(values.iter().map(String::as_str)),
            };
            headers.set(name.as_str(), values);
        }
    }
    if !headers.is_empty() {
        // Beside a member of that name, which nobody shall miss.
        let own = params.get("headers").map(|own| format!(r#""params":{own},"#)).unwrap_or_default();
        asked.set("headers", format!(r#"{{{own}"mirrored":{headers}}}"#));
    }
    asked.to_string()
}
