//! The authorization server that AI clients log in to (OAuth 2.1).
//!
//! | route | function |
//! |---|---|
//! | `/.well-known/oauth-protected-resource/mcp[/{service}]` | [`resource_metadata`] |
//! | `/.well-known/oauth-authorization-server`, `/jwks.json` | [`server_metadata`], [`jwks`] |
//! | `POST /register` | [`fn@register`] |
//! | `GET`, `POST /authorize` | [`fn@authorize`], [`consent`] |
//! | `POST /token` | [`fn@token`] |
//! | `POST /revoke` | [`fn@revoke`] |
//! | `/` (a part of it), `POST /clients/revoke` | [`permitted`], [`take_back`] |
//!
//! Choices that its users may want to know:
//! - PKCE with S256 is required of every client, also of confidential ones.
//! - A token is for exactly one resource: one for a service is refused at every other, and at `/mcp`, which is a
//!   resource of its own. A client that names no resource gets a token for the only service, or where there are several
//!   for `/mcp`.
//! - What a person may use is decided by their role. A client's scope can only narrow that: `mcp` is all of it, `mcp:read`
//!   what reads. A client that asks for nothing gets `mcp`.
//! - A consent is remembered only for a client that somebody vouches for (a metadata document, or the configuration)
//!   and whose answer goes to an `https` address: who owns that is who was permitted. A client that registered itself
//!   can give itself any name, and on a loopback address or under an app's own scheme any program on the machine can
//!   listen; for these the person is asked each time (RFC 8252 §8.6, OAuth 2.1 §7.3.1). It is shown again when anything
//!   of the question is another: the client, the host that its answer goes to, the resource, the person's role, or more
//!   services or more scope than before.
//! - Refresh tokens are always issued, always rotated, and bound to the client; but none comes with an assertion of the
//!   identity provider (`identity.id_jag`), which decides anew each time.

mod access_token;
mod authorize;
mod caller;
mod client;
mod denial;
mod document;
mod enterprise;
mod form;
mod keys;
mod metadata;
mod permission;
mod pkce;
mod register;
mod resource;
mod revoke;
mod scope;
#[cfg(test)]
mod tests;
mod token;

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_MAX_AGE, CACHE_CONTROL, CONTENT_TYPE, HeaderValue,
};
use http::{Response, StatusCode};
use serde_json::Value;

pub use self::access_token::{Challenge, Principal, authenticate, insufficient_scope};
pub use self::authorize::{authorize, consent};
pub use self::client::is_redirect_uri;
pub use self::form::{Form, Repeated};
pub use self::keys::ClientKeys;
pub use self::metadata::{jwks, resource_metadata, server_metadata};
pub use self::permission::{permitted, take_back};
pub use self::register::register;
pub use self::resource::Resource;
pub use self::revoke::revoke;
pub use self::scope::{READ, SCOPE};
pub use self::token::token;
use crate::audit::{self, Event};
use crate::body::Body;
use crate::config::OnFailure;
use crate::context::Context;
use crate::host::{Host, Level, LogLine, PortError};

/// Puts an event on record before what it tells of is granted.
///
/// # Errors
/// When it cannot be recorded and `[audit] on_failure` says that nothing may then be granted.
pub async fn on_record<H: Host>(context: &Context<H>, event: Event) -> Result<(), PortError> {
    let Err(error) = audit::record(context, event).await else { return Ok(()) };
    match context.setup.config.audit_on_failure {
        OnFailure::Refuse => Err(error),
        OnFailure::Continue => {
            context.host.log(LogLine::new(Level::Error, "unrecorded").port(&error));
            Ok(())
        }
    }
}

/// The answer to a browser's CORS preflight for the metadata, registration, token and revocation endpoints. Any
/// page may call them: they know no cookie.
pub fn preflight() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, OPTIONS"));
    headers.insert(
        ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static("authorization, content-type, mcp-protocol-version"),
    );
    headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("3600"));
    response
}

/// A JSON answer that any page may read.
fn json(status: StatusCode, value: &Value, cache: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(value.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// Of answers that hold secrets or depend on who asks.
const NO_STORE: &str = "no-store";
