//! What of a service's events goes on besides their data: nothing that anybody could read something in.
//!
//! The id is the client's to give back when it resumes a stream, and no more: it is sealed, for this person and
//! service, with the tool whose answer the stream is to bring: that answer is capped as it would have been. Events of another type than `message` are not part of the protocol, and clients pass over them; so does
//! the gateway, with a comment in their place that keeps the connection alive.

use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};

use super::admit::Admitted;
use crate::audit::Reason;
use crate::context::Context;
use crate::crypto::Place;
use crate::error::Refusal;
use crate::host::Host;
use crate::mcp::revision::MODERN;
use crate::mcp::sse::Event;

/// The header that names the event after which a stream goes on.
pub(super) const LAST: HeaderName = HeaderName::from_static("last-event-id");

/// The longest id that a service's event can have, in bytes, as well as the name of the tool, and the most digits of its
/// `retry`.
const LONGEST_ID: usize = 256;
const MOST_DIGITS: usize = 8;

/// An event of the answer of a tool, or of no tool, as the client may see it, but for its data.
pub(super) fn told<H: Host>(
    context: &Context<H>,
    service: &str,
    person: &str,
    tool: Option<&str>,
    event: Event,
) -> Event {
    if event.is_of_another_type() {
        return Event { fields: vec![":".to_owned()], data: None };
    }
    let mut fields = Vec::new();
    for field in &event.fields {
        let (name, value) = field.split_once(':').unwrap_or((field, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "event" | "" => fields.push(field.clone()),
            "id" if value.is_empty() => fields.push("id".to_owned()),
            // A client cannot go on after an event whose id no header could bring back.
            "id" if value.len() <= LONGEST_ID
                && tool.is_none_or(|tool| tool.len() <= LONGEST_ID)
                && HeaderValue::from_str(value).is_ok() =>
            {
                // No header has a line break.
                let named = tool.map_or_else(|| value.to_owned(), |tool| format!("{value}\n{tool}"));
                let sealed = context.setup.keys.sealing.seal(&context.host, place(service, person), &named);
                fields.extend(sealed.ok().map(|sealed| format!("id: {sealed}")));
            }
            "retry" if value.len() <= MOST_DIGITS && value.bytes().all(|byte| byte.is_ascii_digit()) => {
                fields.push(format!("retry: {value}"));
            }
            _ => {}
        }
    }
    Event { fields, data: event.data }
}

/// Whether a request takes up a stream that broke off: where a service keeps no sessions, that is all that names it.
/// Revision 2026-07-28 has no such thing, whatever a header says.
pub(super) fn resumes(parts: &Parts) -> bool {
    let modern = parts.headers.get("mcp-protocol-version").is_some_and(|revision| revision == MODERN);
    parts.method == Method::GET && parts.headers.contains_key(LAST) && !modern
}

/// The event after which a client wants its stream to go on.
pub(super) struct Last {
    /// Its id, as the service knows it.
    pub(super) id: HeaderValue,
    /// The tool whose answer the stream was to bring.
    pub(super) tool: Option<String>,
}

/// The event after which a client wants its stream to go on, if it names one.
pub(super) fn last<H: Host>(
    context: &Context<H>,
    admitted: &Admitted<'_>,
    headers: &HeaderMap,
) -> Result<Option<Last>, Refusal> {
    let Some(sealed) = headers.get(LAST) else { return Ok(None) };
    let place = place(&admitted.service.id, admitted.principal.person());
    let opened = sealed.to_str().ok().and_then(|sealed| context.setup.keys.sealing.open(place, sealed).ok());
    let last = opened.and_then(|named| {
        let (id, tool) = named.split_once('\n').map_or((&**named, None), |(id, tool)| (id, Some(tool)));
        Some(Last { id: HeaderValue::from_str(id).ok()?, tool: tool.map(str::to_owned) })
    });
    last.map(Some).ok_or_else(|| {
        let text = "Last-Event-ID names no event that you were sent from here. Open the stream without it.";
        Refusal::rpc(StatusCode::BAD_REQUEST, -32600, Reason::MalformedRequest, text)
    })
}

fn place<'a>(service: &'a str, person: &'a str) -> Place<'a> {
    Place { table: "mcp-event", column: "id", row: service, owner: person, expires_at: None }
}
