//! Which web pages may call, and read what is answered (Fetch standard, "CORS protocol"): those of
//! `gateway.allowed_origins`. A page of any other origin is refused before anything else happens; a client that is no
//! web page names no origin.

use std::collections::HashSet;

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};

use super::front;
use crate::body::Body;
use crate::config::Config;
use crate::context::Context;
use crate::host::{Host, Incoming};
use crate::mcp::param;

/// Headers that a page may send, besides those of mirrored arguments.
const HEADERS: [&str; 10] = [
    "accept",
    "authorization",
    "content-type",
    "last-event-id",
    "mcp-method",
    "mcp-name",
    "mcp-protocol-version",
    "mcp-session-id",
    "traceparent",
    "tracestate",
];

/// Whether pages of an origin may call: the gateway's own, and those that are configured. The comparison is exact, as
/// browsers write an origin in one way.
pub(super) fn is_allowed(config: &Config, origin: &HeaderValue) -> bool {
    let own = std::iter::once(&config.public_url);
    own.chain(&config.allowed_origins).any(|allowed| allowed.as_str().as_bytes() == origin.as_bytes())
}

/// Answers the question that a browser asks before it lets a page call. A page whose headers are not all among those
/// that are named is stopped by its browser.
pub(super) fn preflight(asked: &HeaderMap) -> Response<Body> {
    let names = asked.get_all(ACCESS_CONTROL_REQUEST_HEADERS).iter().filter_map(|names| names.to_str().ok());
    // No pattern can name all mirrored arguments, and `*` does not cover Authorization.
    let names = names.flat_map(|names| names.split(',')).map(|name| name.trim().to_ascii_lowercase());
    let allowed: HashSet<String> =
        names.filter(|name| HEADERS.contains(&&**name) || name.starts_with(param::PREFIX)).collect();
    let mut allowed: Vec<String> = allowed.into_iter().collect();
    allowed.sort_unstable();
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST, GET, DELETE"));
    headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    if let Ok(allowed) = HeaderValue::try_from(allowed.join(", ")) {
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, allowed);
    }
    response
}

/// Who reads the answer.
pub(super) enum Reader {
    /// A web page of this origin, which may.
    Page(HeaderValue),
    /// No web page, or none that may.
    Other,
    /// Whoever it is: the address is none where AI clients call.
    Elsewhere,
}

impl Reader {
    /// Who will read the answer to a request.
    pub(super) fn of<H: Host>(context: &Context<H>, request: &Request<Incoming>) -> Self {
        if !front::is_call(request.uri().path()) {
            return Self::Elsewhere;
        }
        let mut origins = request.headers().get_all(ORIGIN).iter();
        match (origins.next(), origins.next()) {
            (Some(origin), None) if is_allowed(&context.setup.config, origin) => Self::Page(origin.clone()),
            _ => Self::Other,
        }
    }

    /// Lets a page read the answer, also if it is a refusal.
    pub(super) fn may_read(self, mut response: Response<Body>) -> Response<Body> {
        let headers = response.headers_mut();
        match self {
            Self::Elsewhere => return response,
            Self::Other => {}
            Self::Page(origin) => {
                headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
                let exposed = HeaderValue::from_static("WWW-Authenticate, Mcp-Session-Id, Retry-After");
                headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
            }
        }
        headers.append(VARY, HeaderValue::from_static("Origin"));
        response
    }
}
