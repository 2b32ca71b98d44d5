//! Sessions that services of older revisions keep: their ids are sealed toward the client, for one person and one
//! service.

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::admit::Admitted;
use crate::audit::Reason;
use crate::context::Context;
use crate::crypto::Place;
use crate::error::Refusal;
use crate::host::Host;
use crate::mcp::bridge::Facts;
use crate::service;

/// The header that carries a session of older revisions.
pub(super) const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");

/// The real id of the service's session that a request names, if it is one of this person's.
pub(super) fn open_session<H: Host>(
    context: &Context<H>,
    admitted: &Admitted<'_>,
    headers: &HeaderMap,
) -> Option<HeaderValue> {
    let sealed = headers.get(&SESSION)?.to_str().ok()?;
    let place = session_place(&admitted.service.id, admitted.principal.person());
    let opened = context.setup.keys.sealing.open(place, sealed).ok()?;
    HeaderValue::from_str(opened.split_once(' ').map_or(&*opened, |(_, id)| id)).ok()
}

/// What the client of such a session can be asked: it says so once, to the service, so that the session's sealed id keeps
/// it.
pub(super) fn facts<H: Host>(context: &Context<H>, admitted: &Admitted<'_>, headers: &HeaderMap) -> Facts {
    let sealed = headers.get(&SESSION).and_then(|sealed| sealed.to_str().ok()).unwrap_or_default();
    let place = session_place(&admitted.service.id, admitted.principal.person());
    let opened = context.setup.keys.sealing.open(place, sealed).ok();
    let asked = opened.as_deref().and_then(|opened| Some(opened.split_once(' ')?.0.to_owned()));
    let modes: Vec<&str> = asked
        .iter()
        .flat_map(|asked| MODES.into_iter().filter(|(mark, _)| asked.contains(*mark)))
        .map(|(_, mode)| mode)
        .collect();
    let modes: Vec<String> = modes.into_iter().map(|mode| format!(r#""{mode}":{{}}"#)).collect();
    let capabilities = match modes.is_empty() {
        true => String::new(),
        false => format!(r#"{{"elicitation":{{{}}}}}"#, modes.join(",")),
    };
    Facts { capabilities, ..Facts::default() }
}

/// How people can be asked, and what a session's id keeps of it.
const MODES: [(char, &str); 2] = [('f', "form"), ('u', "url")];

/// The refusal of a session's id that is not one of this person's.
pub(super) fn no_such_session() -> Refusal {
    let text = "This session is not known here. Initialize a new one.";
    Refusal::rpc(StatusCode::NOT_FOUND, -32001, Reason::SessionUnknown, text)
}

/// The session's id as the client sees it: sealed, so that nobody else can use it. [`None`] when it is no session id,
/// which is visible ASCII (2025-11-25, "Session Management").
fn seal_session<H: Host>(
    context: &Context<H>,
    service: &str,
    person: &str,
    session: &HeaderValue,
    client: &Facts,
) -> Option<HeaderValue> {
    let session = session.to_str().ok()?;
    if session.is_empty() || !session.bytes().all(|byte| byte.is_ascii_graphic()) {
        return None;
    }
    let can = |mode| client.can("elicitation/create", &format!(r#"{{"mode":"{mode}"}}"#)).is_ok();
    let marks: String = MODES.into_iter().filter(|(_, mode)| can(*mode)).map(|(mark, _)| mark).collect();
    let keys = &context.setup.keys.sealing;
    let sealed = keys.seal(&context.host, session_place(service, person), &format!("{marks} {session}"));
    HeaderValue::from_str(&sealed.ok()?).ok()
}

fn session_place<'a>(service: &'a str, person: &'a str) -> Place<'a> {
    Place { table: "mcp-session", column: "id", row: service, owner: person, expires_at: None }
}

/// The session's id that a service gave, as the client gets it.
pub(super) fn sealed_session<H: Host>(
    context: &Context<H>,
    admitted: &Admitted<'_>,
    headers: &HeaderMap,
    client: &Facts,
) -> Result<Option<HeaderValue>, Refusal> {
    let Some(session) = headers.get(&SESSION) else { return Ok(None) };
    let service = admitted.service;
    seal_session(context, &service.id, admitted.principal.person(), session, client)
        .map(Some)
        .ok_or_else(|| service::rubbish(service, "its session id is not a text"))
}
