//! What every request passes first, and every answer last: configuration, transport security, safe headers.

use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};

use super::batch::OwnRefusal;
use super::cors::{self, Reader};
use super::noted;
use super::session::SESSION;
use crate::audit::{self, Action, Event, Outcome, Reason};
use crate::body::Body;
use crate::config::{Config, ConfigError};
use crate::context::Context;
use crate::crypto::{AUDIT_KEY, KeyError, Keys};
use crate::error::{Fault, Refusal, Shape};
use crate::host::{Host, Incoming, Level, LogLine, MAX_REQUEST_BODY, PortError};
use crate::isolate::Setup;
use crate::mcp::message::{Message, ParseError};
use crate::mcp::reply;
use crate::mcp::revision::{Era, META_REVISION, MODERN};
use crate::store::config::{self as versions, Version};

/// How long an isolate goes on with a configuration before it looks for a newer one.
const SETUP_AGE: Duration = Duration::from_secs(5);
/// How many versions of the configuration are recorded when one is taken over; the maintenance records the others.
const RECORDED: i64 = 5;

/// Whether a request gets in.
pub(super) enum Front<H: Host> {
    /// It is answered already.
    Answer(Response<Body>),
    /// It goes on, with this.
    Go(Context<H>),
}

/// `/health` answers always. Everything else needs a configuration, TLS, and the host name that is configured:
/// another name is another gateway, or a page that rebinds DNS.
pub(super) async fn admit<H: Host>(host: &H, request: &Request<Incoming>) -> Front<H> {
    if request.uri().path() == "/health" {
        return Front::Answer(hardened(
            health(request.method()),
            request.uri().scheme_str() == Some("https"),
        ));
    }
    let setup = match setup(host).await {
        Ok(setup) => setup,
        Err(missing) => {
            host.log(missing.log());
            let answer = line(StatusCode::SERVICE_UNAVAILABLE, &format!("mcpgate: {missing}"));
            return Front::Answer(hardened(answer, request.uri().scheme_str() == Some("https")));
        }
    };
    let context = Context::new(host.clone(), setup).of(request.headers());
    match misdirected(&context, request) {
        Some((reason, response)) => {
            note(&context, request.uri().path(), reason).await;
            Front::Answer(safe(&context, Reader::of(&context, request).may_read(response)))
        }
        None => Front::Go(context),
    }
}

/// Why a request is not for this gateway, and what it is told.
fn misdirected<H: Host>(
    context: &Context<H>,
    request: &Request<Incoming>,
) -> Option<(Reason, Response<Body>)> {
    let origin = &context.setup.config.public_url;
    let authority = request.uri().authority().map(http::uri::Authority::as_str).unwrap_or_default();
    let foreign = |value: &HeaderValue| !cors::is_allowed(&context.setup.config, value);
    let (reason, status, text) = if origin.is_secure() && request.uri().scheme_str() != Some("https") {
        (Reason::TransportInsecure, StatusCode::FORBIDDEN, format!("use {}", origin.as_str()))
    } else if !authority.eq_ignore_ascii_case(origin.authority()) {
        let text = format!("this gateway answers at {} only", origin.as_str());
        (Reason::HostUnknown, StatusCode::MISDIRECTED_REQUEST, text)
    } else if is_call(request.uri().path()) && request.headers().get_all(header::ORIGIN).iter().any(foreign) {
        let text = "web pages of other origins may not call this address; gateway.allowed_origins names those \
                    that may";
        let text = text.to_owned();
        (Reason::OriginNotAllowed, StatusCode::FORBIDDEN, text)
    } else {
        return None;
    };
    Some((reason, line(status, &format!("mcpgate: {text}"))))
}

/// Whether a path is where AI clients call.
pub(super) fn is_call(path: &str) -> bool {
    path.strip_prefix("/mcp").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Refused calls are on record; what scanners try elsewhere is not. It is refused whether or not that works.
async fn note<H: Host>(context: &Context<H>, path: &str, reason: Reason) {
    context.host.log(LogLine::new(Level::Info, "refused").word("reason", reason.name()));
    if !is_call(path) {
        return;
    }
    if let Ok(event) = Event::new(&context.host, Action::RequestRefused) {
        let service = path.strip_prefix("/mcp/").unwrap_or_default();
        let event = event.service(service).outcome(Outcome::Refused(reason));
        let _ = audit::record(context, event).await;
    }
}

/// Headers that every answer has.
pub(super) fn safe<H: Host>(context: &Context<H>, response: Response<Body>) -> Response<Body> {
    hardened(response, context.setup.config.public_url.is_secure())
}

/// The configuration and the keys, from the isolate's memory or read anew.
pub(super) async fn setup<H: Host>(host: &H) -> Result<Rc<Setup>, Missing> {
    let isolate = host.isolate();
    let now = host.now();
    if let Some(setup) = isolate.setup.recall(&(), now, SETUP_AGE) {
        return Ok(setup);
    }
    let known = isolate.setup.recall(&(), now, Duration::MAX);
    let setup = match (versions::newest_number(host).await?, known) {
        (None, _) => return Err(Missing::Config),
        (Some(version), Some(known)) if known.version == version => known,
        _ => {
            let versions = versions::newest(host).await?;
            let version = versions.first().ok_or(Missing::Config)?.version;
            let (config, keys) = (valid(host, &versions)?, Keys::read(host).await?);
            if keys.audit.is_none() {
                host.log(LogLine::new(Level::Warn, "audit_unsigned").word("missing", AUDIT_KEY));
            }
            // Before it takes effect. What cannot be recorded now, the maintenance records, or says that it cannot.
            let _ = Box::pin(noted::configuration(host, &keys.hash, RECORDED)).await;
            Rc::new(Setup { config, version, keys })
        }
    };
    isolate.setup.keep((), now, setup.clone());
    Ok(setup)
}

/// The newest configuration that is valid: a broken one does not take a gateway down.
fn valid<H: Host>(host: &H, versions: &[Version]) -> Result<Config, Missing> {
    let mut first = None;
    for version in versions {
        match Config::parse(&version.toml) {
            Ok(config) => return Ok(config),
            Err(error) => {
                let line = LogLine::new(Level::Error, "configuration_invalid");
                host.log(line.number("version", version.version).number("line", error.line as i64));
                first.get_or_insert(error);
            }
        }
    }
    Err(first.map_or(Missing::Config, Missing::Invalid))
}

/// The whole body; [`None`] when it was too large or broke off.
pub(super) fn whole(request: Request<Incoming>) -> Option<Request<Bytes>> {
    let (parts, body) = request.into_parts();
    match body {
        Incoming::Whole(bytes) => Some(Request::from_parts(parts, bytes)),
        Incoming::TooLarge | Incoming::Broken => None,
    }
}

/// The message in a body, if the headers say that it is one and that the answer can be read.
pub(super) fn message(headers: &HeaderMap, body: &Incoming) -> Result<Message, Refusal> {
    let malformed =
        |code, text: &str| Refusal::rpc(StatusCode::BAD_REQUEST, code, Reason::MalformedRequest, text);
    transport(headers)?;
    match body {
        Incoming::Whole(bytes) => Message::parse(bytes).map_err(|error| {
            let code = if error == ParseError::Json { -32700 } else { -32600 };
            malformed(code, &error.to_string())
        }),
        Incoming::Broken => Err(malformed(-32700, "the body broke off")),
        Incoming::TooLarge => {
            let text = format!("the body is larger than {}", bytesize::ByteSize(MAX_REQUEST_BODY as u64));
            Err(Refusal::rpc(StatusCode::PAYLOAD_TOO_LARGE, -32600, Reason::TooLarge, text))
        }
    }
}

/// A body is JSON and not compressed, and a client takes JSON or an event stream. One that does not say what it takes
/// takes everything (RFC 9110 §12.5.1).
fn transport(headers: &HeaderMap) -> Result<(), Refusal> {
    let refusal = |status, header: Option<HeaderName>, value: &str, text| {
        let headers = header.into_iter().map(|name| (name, value.to_owned())).collect();
        let shape = Shape::Http(status, headers);
        Err(Refusal { shape, ..Refusal::new(Fault::Caller, Reason::MalformedRequest, text) })
    };
    let named = |name| headers.get_all(name).iter().map(|value| value.to_str().unwrap_or("?"));
    let essence = |value: &str| value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if !named(header::CONTENT_ENCODING).all(|value| value.trim().eq_ignore_ascii_case("identity")) {
        let text = "the body is compressed; send it as it is";
        return refusal(StatusCode::UNSUPPORTED_MEDIA_TYPE, Some(header::ACCEPT_ENCODING), "identity", text);
    }
    if !named(header::CONTENT_TYPE).map(essence).eq(["application/json"]) {
        let text = "the body's Content-Type has to be application/json";
        return refusal(StatusCode::UNSUPPORTED_MEDIA_TYPE, Some(header::ACCEPT), "application/json", text);
    }
    let mut taken = named(header::ACCEPT).flat_map(|value| value.split(',')).map(essence).peekable();
    let served = ["application/json", "text/event-stream", "application/*", "text/*", "*/*"];
    if taken.peek().is_some() && !taken.any(|range| served.contains(&&*range)) {
        let text = "the answer is application/json or text/event-stream: name them both in Accept";
        return refusal(StatusCode::NOT_ACCEPTABLE, None, "", text);
    }
    Ok(())
}

/// A refusal as an answer to the message that was refused.
pub(super) fn refused(message: &Result<Message, Refusal>, refusal: &Refusal) -> Response<Body> {
    let message = message.as_ref().ok();
    let id = message.and_then(Message::id);
    let era = |message: &Message| match message.meta(META_REVISION) {
        Some(_) => Era::Modern,
        None => Era::Legacy,
    };
    let (status, text) = match (&refusal.shape, message, id) {
        (Shape::Nothing, ..) => return unsaid(),
        (Shape::Http(status, _), ..) => (*status, reply::error(id, refusal.code(), &refusal.text, None)),
        (Shape::Rpc { status, code, data }, ..) => {
            (*status, reply::error(id, *code, &refusal.text, data.as_deref()))
        }
        (Shape::Result, Some(message), Some(id)) if message.tool().is_some() => {
            (StatusCode::OK, reply::tool_error(id, era(message), &refusal.text, refusal.retry_after))
        }
        (Shape::Result, _, Some(_)) => {
            let data = refusal.retry_after.map(reply::retry_after);
            (StatusCode::OK, reply::error(id, refusal.code(), &refusal.text, data.as_deref()))
        }
        (Shape::Result, _, None) => {
            (refusal.status(), reply::error(None, refusal.code(), &refusal.text, None))
        }
    };
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    if refusal.fault != Fault::Service {
        response.extensions_mut().insert(OwnRefusal);
    }
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(after) = refusal.retry_after {
        let seconds = HeaderValue::from(u64::try_from(after.as_millis().div_ceil(1000)).unwrap_or(u64::MAX));
        response.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    if let Shape::Http(_, headers) = &refusal.shape {
        for (name, value) in headers {
            if let Ok(value) = HeaderValue::from_str(value) {
                response.headers_mut().insert(name, value);
            }
        }
    }
    response
}

/// The end of a request whose answer is not wanted any more: a stream that nothing is said on.
fn unsaid() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    response
}

/// Whether a GET or DELETE is about no session. Revision 2026-07-28 has none, whatever a header says.
pub(super) fn has_no_session(headers: &HeaderMap) -> bool {
    !headers.contains_key(&SESSION)
        || headers.get("mcp-protocol-version").is_some_and(|revision| revision == MODERN)
}

/// For what is not a message. Ordinary clients look for a stream in this way whenever they connect, so it is neither
/// logged nor recorded.
pub(super) fn post_only() -> Response<Body> {
    let text = "mcpgate: use POST; GET and DELETE are for sessions of older protocol revisions";
    let mut response = line(StatusCode::METHOD_NOT_ALLOWED, text);
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
    response
}

/// For an address that is not there.
pub(super) fn not_found() -> Response<Body> {
    line(StatusCode::NOT_FOUND, "mcpgate: there is nothing at this address")
}

/// For a method that an address does not have.
pub(super) fn not_allowed(methods: &'static str) -> Response<Body> {
    let mut response = line(StatusCode::METHOD_NOT_ALLOWED, "mcpgate: this address has no such method");
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(methods));
    response
}

/// For a body that is too large, or broke off.
pub(super) fn too_large() -> Response<Body> {
    line(StatusCode::PAYLOAD_TOO_LARGE, "mcpgate: the request's body is too large or broke off")
}

/// An answer of one line of text.
pub(super) fn line(status: StatusCode, text: &str) -> Response<Body> {
    self::text(status, format!("{text}\n"))
}

/// An answer of lines of text.
pub(super) fn text(status: StatusCode, text: String) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// What keeps the gateway from serving anything but `/health`.
#[derive(Debug, thiserror::Error)]
pub(super) enum Missing {
    /// Nothing was ever stored.
    #[error("no configuration is stored; `mcpgate config sql gateway.toml` prints the SQL that stores one")]
    Config,
    /// The stored one is not valid.
    #[error("the stored configuration is not valid; `mcpgate config check` says where")]
    Invalid(ConfigError),
    /// A key is missing or malformed.
    #[error(transparent)]
    Key(KeyError),
    /// The database does not answer.
    #[error("the database does not answer; apply migrations/ and check the binding (see docs)")]
    Port(PortError),
}

impl Missing {
    /// What the log says.
    pub(super) fn log(&self) -> LogLine {
        let line = LogLine::new(Level::Error, "not_configured");
        match self {
            Self::Config => line.word("missing", "config_version"),
            Self::Invalid(error) => {
                line.word("missing", "valid_configuration").number("line", error.line as i64)
            }
            Self::Key(KeyError::Missing(name) | KeyError::Malformed(name)) => line.word("missing", name),
            Self::Key(KeyError::Port(error)) | Self::Port(error) => line.port(error),
        }
    }
}

impl From<PortError> for Missing {
    fn from(error: PortError) -> Self {
        Self::Port(error)
    }
}

impl From<KeyError> for Missing {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Port(error) => Self::Port(error),
            error => Self::Key(error),
        }
    }
}

fn health(method: &Method) -> Response<Body> {
    if method != Method::GET && method != Method::HEAD {
        return line(StatusCode::METHOD_NOT_ALLOWED, "use GET");
    }
    let text = format!(r#"{{"status":"ok","version":"{}"}}"#, env!("CARGO_PKG_VERSION"));
    let mut response = Response::new(Body::from(text));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn hardened(mut response: Response<Body>, secure: bool) -> Response<Body> {
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::X_FRAME_OPTIONS, "DENY");
    set(header::REFERRER_POLICY, "no-referrer");
    set(header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'");
    set(header::CACHE_CONTROL, "no-store");
    if secure {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains");
    }
    response
}
