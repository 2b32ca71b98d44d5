//! Sessions that services of older revisions keep: their ids are sealed toward the client, for one person and one
//! service.

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::admit::Admitted;
use crate::audit::Reason;
use crate::context::Context;
use crate::crypto::Place;
use crate::error::Refusal;
use crate::host::Host;
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
    HeaderValue::from_str(&opened).ok()
}

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
) -> Option<HeaderValue> {
    let sealed = context.setup.keys.sealing.seal(
        &context.host,
        session_place(service, person),
        session
            .to_str()
            .ok()
            .filter(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_graphic()))?,
    );
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
) -> Result<Option<HeaderValue>, Refusal> {
    let Some(session) = headers.get(&SESSION) else { return Ok(None) };
    let service = admitted.service;
    seal_session(context, &service.id, admitted.principal.person(), session)
        .map(Some)
        .ok_or_else(|| service::rubbish(service, "its session id is not a text"))
}
