//! The ids of what a service itself asks, where it and the client speak the same revision.
//!
//! Who answers says by its id which question is meant, and services count from 0. Where a service keeps no sessions
//! and has one credential for everybody, anyone could answer anyone's. So the id is sealed toward the client, for this
//! person and service, and nothing else is an answer; nor does anybody read something in it.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::time::Duration;

use http::Method;

use super::admit::{Admitted, storage};
use super::bridge::{self, Way, malformed};
use super::call::Resolved;
use crate::audit::Reason;
use crate::context::Context;
use crate::crypto::Place;
use crate::error::Refusal;
use crate::host::{Host, Timestamp};
use crate::mcp::message::{Kind, Message};
use crate::mcp::raw::{Object, quoted};
use crate::service::{self, Outgoing, limits};

/// How long an answer is one: a service may give the same id to somebody else's question later.
const TTL: Duration = Duration::from_secs(3600);
/// How many questions of one stream a service can take back.
const MOST: usize = 100;

/// The questions of one answer or stream.
#[derive(Debug, Default)]
pub(super) struct Questions {
    /// Each id, as the service and as the client knows it; the latest last.
    asked: RefCell<VecDeque<(String, String)>>,
}

impl Questions {
    /// Seals the id of what a service's message asks, or takes back. `request` is the id of the client's own, which
    /// stays as it is.
    ///
    /// # Errors
    /// A [`Refusal`] when it cannot be sealed.
    pub(super) fn seal<H: Host>(
        &self,
        context: &Context<H>,
        place: Place<'_>,
        request: Option<&str>,
        message: &mut Object<'_>,
    ) -> Result<(), Refusal> {
        let Some(method) = message.string("method") else { return Ok(()) };
        if method == "notifications/cancelled" {
            let Some(mut params) = message.object("params") else { return Ok(()) };
            let Some(id) = params.get("requestId").filter(|id| is_id(id) && request != Some(id)) else {
                return Ok(());
            };
            let sealed = self.sealed(context, place, id)?;
            params.set("requestId", quoted(&sealed));
            let params = params.to_string();
            message.set("params", params);
        } else if let Some(id) = message.get("id").filter(|id| is_id(id)) {
            let sealed = self.sealed(context, place, id)?;
            message.set("id", quoted(&sealed));
        }
        Ok(())
    }

    /// The client's name for an id of the service: the same one for the same question.
    fn sealed<H: Host>(&self, context: &Context<H>, place: Place<'_>, id: &str) -> Result<String, Refusal> {
        let mut asked = self.asked.borrow_mut();
        if let Some((_, sealed)) = asked.iter().find(|(theirs, _)| theirs == id) {
            return Ok(sealed.clone());
        }
        let until = context.host.now().after(TTL).0;
        let sealed = context.setup.keys.sealing.seal(&context.host, place, &format!("{until} {id}"));
        let sealed = sealed.map_err(|error| storage(context, &error))?;
        if asked.len() == MOST {
            asked.pop_front();
        }
        asked.push_back((id.to_owned(), sealed.clone()));
        Ok(sealed)
    }
}

/// A client's message with the id that the service knows its question by.
///
/// # Errors
/// A [`Refusal`] for an answer to what this person was not asked.
pub(super) fn answered<H: Host>(
    context: &Context<H>,
    admitted: &Admitted<'_>,
    message: Message,
) -> Result<Message, Refusal> {
    if message.kind != Kind::Response {
        return Ok(message);
    }
    let nobody = || {
        let name = &admitted.service.name;
        malformed(&format!(
            "{name} waits for no such answer: its id is not that of a question which you were asked within an hour"
        ))
    };
    let mut object = Object::parse(&message.text).ok_or_else(nobody)?;
    let sealed = object.string("id").ok_or_else(nobody)?;
    let place = place(&admitted.service.id, admitted.principal.person());
    let opened = context.setup.keys.sealing.open(place, &sealed).map_err(|_| nobody())?;
    let (until, id) = opened.split_once(' ').ok_or_else(nobody)?;
    let open = until.parse().is_ok_and(|until| Timestamp(until) > context.host.now());
    if !open {
        return Err(nobody());
    }
    object.set("id", id.to_owned());
    let text = object.to_string();
    Ok(Message { text, ..message })
}

/// An answer that does not go to the service, because of what stands in it: nobody answers twice, so whatever waits for
/// it is told, and ends. Gives the refusal for the client.
pub(super) async fn refused<H: Host>(
    context: &Context<H>,
    admitted: &Admitted<'_>,
    resolved: Resolved,
    refusal: Refusal,
) -> Refusal {
    let id = Object::parse(&resolved.message.text).and_then(|answer| answer.get("id").map(str::to_owned));
    let Some(id) = id.filter(|_| is_about_pseudonyms(refusal.reason)) else { return refusal };
    let name = &admitted.service.name;
    let told = match resolved.way {
        Way::Bridged(_) => {
            let id = serde_json::from_str::<String>(&id).unwrap_or_default();
            let mut word = Object::default();
            word.set(REFUSED, quoted(&refusal.text));
            bridge::answer(context, admitted, &id, &word.to_string()).await
        }
        // Its call waits in another request, for the service; and the service for an answer.
        Way::Direct => {
            let text = quoted("The client's answer was refused on its way.");
            let body = format!(r#"{{"jsonrpc":"2.0","id":{id},"error":{{"code":-32603,"message":{text}}}}}"#);
            let limits = limits(admitted.service, false);
            let (method, headers) = (Method::POST, resolved.headers);
            let outgoing = Outgoing { method, target: None, headers, body, limits, parting: false };
            service::forward(&bridge::own_party(context, admitted), outgoing).await.map(|_| true)
        }
    };
    let ended = match told {
        Ok(true) => format!(" The call that {name} asked it for ends with that: make it again."),
        Ok(false) => " Nobody waits for this answer any more.".to_owned(),
        Err(_) => format!(" The call that {name} asked it for may go on waiting."),
    };
    Refusal { text: format!("{}{ended}", refusal.text), ..refusal }
}

fn is_about_pseudonyms(reason: Reason) -> bool {
    matches!(reason, Reason::PseudonymUnknown | Reason::PseudonymMalformed | Reason::SecretNotGivenBack)
}

/// Why an answer was refused, where one is waited for. No client's answer has this alone.
const REFUSED: &str = "mcpgate/refused";

/// Why the gateway refused an answer, in the place of the answer.
pub(super) fn why_refused(answer: &str) -> Option<String> {
    let answer = Object::parse(answer).filter(|answer| answer.get("jsonrpc").is_none())?;
    answer.string(REFUSED)
}

/// Whether a message says that the answer to a request is not wanted any more.
pub(super) fn is_cancellation(message: &str) -> bool {
    let method = Object::parse(message).and_then(|message| message.string("method"));
    method.as_deref() == Some("notifications/cancelled")
}

/// Where the ids of a service's questions to a person are sealed for.
pub(super) fn place<'a>(service: &'a str, person: &'a str) -> Place<'a> {
    Place { table: "mcp-question", column: "id", row: service, owner: person, expires_at: None }
}

/// A string or a number.
fn is_id(text: &str) -> bool {
    text.starts_with(|first: char| first == '"' || first == '-' || first.is_ascii_digit())
}
