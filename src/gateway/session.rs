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

/// What a session's sealed id says: which ways a person can be asked in, and the id that the service gave.
struct Opened {
    marks: String,
    id: String,
}

/// A request's session, if it is one that this person has with the service.
fn opened<H: Host>(context: &Context<H>, admitted: &Admitted<'_>, headers: &HeaderMap) -> Option<Opened> {
    let sealed = headers.get(&SESSION)?.to_str().ok()?;
    let place = session_place(&admitted.service.id, admitted.principal.person());
    let opened = context.setup.keys.sealing.open(place, sealed).ok()?;
    let (marks, id) = opened.split_once(' ')?;
    Some(Opened { marks: marks.to_owned(), id: id.to_owned() })
}

/// The real id of the service's session that a request names, if it is one of this person's.
pub(super) fn open_session<H: Host>(
    context: &Context<H>,
    admitted: &Admitted<'_>,
    headers: &HeaderMap,
) -> Option<HeaderValue> {
    let id = opened(context, admitted, headers)?.id;
    HeaderValue::from_str(&id).ok().filter(|id| !id.is_empty())
}

/// Whether a request's session is with the service, which may know of none.
pub(super) fn is_of_service<H: Host>(
    context: &Context<H>,
    admitted: &Admitted<'_>,
    headers: &HeaderMap,
) -> bool {
    opened(context, admitted, headers).is_some()
}

/// Whether it knows of none: the session only says what the client can be asked.
pub(super) fn is_bare<H: Host>(context: &Context<H>, admitted: &Admitted<'_>, headers: &HeaderMap) -> bool {
    opened(context, admitted, headers).is_some_and(|opened| opened.id.is_empty())
}

/// What the client of such a session can be asked: it says so once, when it begins, so that the session's sealed id keeps
/// it.
pub(super) fn facts<H: Host>(context: &Context<H>, admitted: &Admitted<'_>, headers: &HeaderMap) -> Facts {
    let marks = opened(context, admitted, headers).map(|opened| opened.marks).unwrap_or_default();
    let modes = MODES.into_iter().filter(|(mark, _)| marks.contains(*mark));
    let modes: Vec<String> = modes.map(|(_, mode)| format!(r#""{mode}":{{}}"#)).collect();
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
    sealed(context, service, person, session, &marks(client))
}

/// In which ways a client can ask a person.
fn marks(client: &Facts) -> String {
    let can = |mode| client.can("elicitation/create", &format!(r#"{{"mode":"{mode}"}}"#)).is_ok();
    MODES.into_iter().filter(|(_, mode)| can(*mode)).map(|(mark, _)| mark).collect()
}

fn sealed<H: Host>(
    context: &Context<H>,
    service: &str,
    person: &str,
    session: &str,
    marks: &str,
) -> Option<HeaderValue> {
    let keys = &context.setup.keys.sealing;
    let sealed = keys.seal(&context.host, session_place(service, person), &format!("{marks} {session}"));
    HeaderValue::from_str(&sealed.ok()?).ok()
}

fn session_place<'a>(service: &'a str, person: &'a str) -> Place<'a> {
    Place { table: "mcp-session", column: "id", row: service, owner: person, expires_at: None }
}

/// The session of a client that begins one with a service which knows of none, where it can be asked something.
pub(super) fn bare_session<H: Host>(
    context: &Context<H>,
    admitted: &Admitted<'_>,
    client: &Facts,
) -> Option<HeaderValue> {
    let marks = Some(marks(client)).filter(|marks| !marks.is_empty())?;
    sealed(context, &admitted.service.id, admitted.principal.person(), "", &marks)
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
