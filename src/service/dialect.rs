//! Which revisions and which transport a service speaks: asked once in a while, and remembered.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use serde::{Deserialize, Serialize};
use url::Url;

use super::session::{Beginning, answer};
use super::wire::Wire;
use super::{Outgoing, Party, forward, rubbish, standard_headers};
use crate::audit::Reason;
use crate::config::Service;
use crate::context::Context;
use crate::error::{Fault, Refusal};
use crate::host::{Host, Limits};
use crate::mcp::bridge::{Facts, INTERNAL_ERROR, params_to_modern};
use crate::mcp::raw::{Object, array};
use crate::mcp::revision::{LATEST_LEGACY, MODERN, REVISIONS};
use crate::mcp::sse::Event;

/// How long a verdict is believed: here, and in the cache. A service that learns a newer revision is noticed then.
const REMEMBER: Duration = Duration::from_secs(600);
const CACHED: Duration = Duration::from_secs(6 * 3600);

/// What a service was found to speak; [`None`] for what nobody had to know yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dialect {
    /// Whether it speaks 2026-07-28.
    pub modern: Option<bool>,
    /// How it speaks older revisions.
    pub legacy: Option<Legacy>,
    /// Whether its sessions of older revisions have no stream of their own (`GET`).
    #[serde(default)]
    pub silent: bool,
    /// Whether it asks clients something as soon as a session of an older revision has begun.
    #[serde(default)]
    pub inquires: Option<bool>,
}

/// How a service speaks revisions up to 2025-11-25.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Legacy {
    /// Streamable HTTP, from 2025-03-26 on.
    Streamable,
    /// HTTP+SSE, 2024-11-05.
    Sse,
    /// Not at all.
    No,
}

impl Dialect {
    /// Whether the service speaks 2026-07-28.
    ///
    /// # Errors
    /// When the service does not answer, which says nothing about what it speaks.
    pub async fn modern<H: Host>(party: &Party<H>) -> Result<bool, Refusal> {
        let (context, service) = (&party.context, &party.service);
        let known = Self::known(context, service).await;
        if let Some(modern) = known.modern {
            return Ok(modern);
        }
        match speaks_modern(party).await? {
            Some(modern) => {
                Self { modern: Some(modern), ..known }.keep(context, service).await;
                Ok(modern)
            }
            // Only a stream of the oldest transport explains such an answer. Whatever else: asked anew next time.
            None => {
                if Self::legacy(party).await? == Legacy::Sse {
                    let sse = Self { modern: Some(false), legacy: Some(Legacy::Sse), ..known };
                    sse.keep(context, service).await;
                }
                Ok(false)
            }
        }
    }

    /// How the service speaks older revisions.
    ///
    /// # Errors
    /// When the service does not answer, which says nothing about what it speaks.
    pub async fn legacy<H: Host>(party: &Party<H>) -> Result<Legacy, Refusal> {
        let (context, service) = (&party.context, &party.service);
        let known = Self::known(context, service).await;
        if let Some(legacy) = known.legacy {
            return Ok(legacy);
        }
        let (legacy, sure) = speaks_legacy(party).await?;
        if sure {
            Self { legacy: Some(legacy), ..known }.keep(context, service).await;
        }
        Ok(legacy)
    }

    /// Whether the service may say something on the stream of a session.
    pub(super) async fn has_streams<H: Host>(party: &Party<H>) -> bool {
        !Self::known(&party.context, &party.service).await.silent
    }

    /// Remembers that sessions of the service have no stream.
    pub(super) async fn is_silent<H: Host>(party: &Party<H>) {
        let (context, service) = (&party.context, &party.service);
        let silent = Self { silent: true, ..Self::known(context, service).await };
        silent.keep(context, service).await;
    }

    /// Whether the service may ask something as soon as a session has begun.
    pub(super) async fn may_inquire<H: Host>(party: &Party<H>) -> bool {
        Self::known(&party.context, &party.service).await.inquires != Some(false)
    }

    /// Remembers whether it did.
    pub(super) async fn inquires<H: Host>(party: &Party<H>, did: bool) {
        let (context, service) = (&party.context, &party.service);
        let known = Self::known(context, service).await;
        if known.inquires != Some(did) {
            Self { inquires: Some(did), ..known }.keep(context, service).await;
        }
    }

    /// Remembers, here and for a while, that this one session has no stream: that may be somebody's own trouble, and
    /// says nothing of others.
    pub(super) fn has_no_stream<H: Host>(party: &Party<H>, session: &str) {
        let (host, key) = (&party.context.host, session_key(party, session));
        host.isolate().streamless.keep(key, host.now(), ());
    }

    /// Whether that is remembered of the session.
    pub(super) fn knows_no_stream<H: Host>(party: &Party<H>, session: &str) -> bool {
        let (host, key) = (&party.context.host, session_key(party, session));
        host.isolate().streamless.recall(&key, host.now(), REMEMBER).is_some()
    }

    /// Asks anew next time: the service answered as it should not have.
    pub async fn forget<H: Host>(context: &Context<H>, service: &Service) {
        let key = key(context, service);
        context.host.isolate().dialects.forget(&key);
        // The cache may lie for a while; the verdict is asked for again after that.
        let _ = context.host.cache_delete(&key).await;
    }

    async fn known<H: Host>(context: &Context<H>, service: &Service) -> Self {
        let key = key(context, service);
        let isolate = context.host.isolate();
        if let Some(known) = isolate.dialects.recall(&key, context.host.now(), REMEMBER) {
            return known;
        }
        let cached = context.host.cache_get(&key).await.ok().flatten();
        let known = cached.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        if known != Self::default() {
            isolate.dialects.keep(key, context.host.now(), known);
        }
        known
    }

    async fn keep<H: Host>(self, context: &Context<H>, service: &Service) {
        let key = key(context, service);
        if let Ok(text) = serde_json::to_string(&self) {
            // Without the cache it is asked for again by the next isolate.
            let _ = context.host.cache_put(&key, &text, CACHED).await;
        }
        context.host.isolate().dialects.keep(key, context.host.now(), self);
    }
}

/// The headers of a request of 2026-07-28.
pub(super) fn modern_headers(method: &str) -> HeaderMap {
    let mut headers = standard_headers();
    headers.insert("mcp-protocol-version", HeaderValue::from_static(MODERN));
    if let Ok(method) = HeaderValue::from_str(method) {
        headers.insert("mcp-method", method);
    }
    headers
}

/// What the gateway says of itself when it asks on its own account.
pub fn own_facts() -> Facts {
    let client = concat!(r#"{"name":"mcpgate","version":""#, env!("CARGO_PKG_VERSION"), r#""}"#);
    Facts {
        revision: LATEST_LEGACY.to_owned(),
        capabilities: "{}".to_owned(),
        client: client.to_owned(),
        level: None,
        whose: String::new(),
    }
}

fn key<H: Host>(context: &Context<H>, service: &Service) -> String {
    format!("dialect:{}", context.setup.keys.hash.id("dialect", &[service.mcp.as_str()]))
}

fn session_key<H: Host>(party: &Party<H>, session: &str) -> String {
    party.context.setup.keys.hash.id("streamless", &[party.service.mcp.as_str(), session])
}

fn posted(service: &Service, headers: HeaderMap, body: String) -> Outgoing {
    let limits = Limits { head: service.timeout, idle: service.timeout };
    Outgoing { method: Method::POST, target: None, headers, body, limits, parting: false }
}

/// Refuses an answer that says something of the moment and nothing of what the service speaks.
fn settled(service: &Service, status: StatusCode) -> Result<(), Refusal> {
    let passing = [StatusCode::REQUEST_TIMEOUT, StatusCode::PAYLOAD_TOO_LARGE, StatusCode::TOO_MANY_REQUESTS];
    if passing.contains(&status) { Err(busy(service, &format!("HTTP {}", status.as_u16()))) } else { Ok(()) }
}

fn busy(service: &Service, what: &str) -> Refusal {
    let text = format!("{} answered with {what}. Try again later.", service.name);
    Refusal::new(Fault::Service, Reason::ServiceError, text)
}

/// Asks with `server/discover`, which changes nothing wherever it is understood (2026-07-28, "Versioning"). [`None`]
/// when the answer may as well come from something that stands before the service, or from its failure.
async fn speaks_modern<H: Host>(party: &Party<H>) -> Result<Option<bool>, Refusal> {
    let (context, service) = (&party.context, &party.service);
    let params = params_to_modern(None, &own_facts());
    let body = format!(r#"{{"jsonrpc":"2.0","id":"mcpgate","method":"server/discover","params":{params}}}"#);
    let response = forward(party, posted(service, modern_headers("server/discover"), body)).await?;
    settled(service, response.status())?;
    let mut wire = Wire::new(context, service, response);
    let text = answer(&mut wire).await?;
    let Some(message) = Object::parse(&text) else {
        let old = [StatusCode::BAD_REQUEST, StatusCode::METHOD_NOT_ALLOWED, StatusCode::NOT_ACCEPTABLE];
        return Ok(old.contains(&wire.status).then_some(false));
    };
    if let Some(result) = message.object("result") {
        let versions = result.get("supportedVersions").and_then(array).unwrap_or_default();
        let named = |version: &&str| serde_json::from_str::<String>(version).is_ok_and(|name| name == MODERN);
        return Ok(Some(versions.iter().any(named)));
    }
    let error = message.object("error").unwrap_or_default();
    let code = error.get("code").and_then(|code| code.parse().ok()).unwrap_or(0);
    Ok(match code {
        -32022 => {
            let data = error.object("data").unwrap_or_default();
            Some(data.get("supported").is_some_and(|supported| supported.contains(MODERN)))
        }
        // Nobody else has these codes.
        -32021 | -32020 => Some(true),
        INTERNAL_ERROR => None,
        _ => Some(false),
    })
}

/// Asks with `initialize`, and ends the session that this may begin. Says also whether that is sure enough to be
/// remembered: what nothing answers to today may be there tomorrow.
async fn speaks_legacy<H: Host>(party: &Party<H>) -> Result<(Legacy, bool), Refusal> {
    let (context, service) = (&party.context, &party.service);
    let response = forward(party, posted(service, standard_headers(), initialize("0", &own_facts()))).await?;
    settled(service, response.status())?;
    let mut wire = Wire::new(context, service, response);
    let beginning = Beginning::in_head(party, &wire.headers);
    let text = answer(&mut wire).await?;
    let message = Object::parse(&text).unwrap_or_default();
    let code = message.object("error").and_then(|error| error.get("code")?.parse::<i64>().ok());
    match code {
        Some(INTERNAL_ERROR) => return Err(busy(service, "an internal error")),
        // These are of the newest revision alone.
        Some(-32022..=-32020) => return Ok((Legacy::No, true)),
        _ => {}
    }
    if wire.status.is_success() {
        let result = message.object("result");
        let agreed = result.and_then(|result| result.string("protocolVersion"));
        let Some(agreed) = agreed else {
            return match message.get("error") {
                Some(_) => Ok((Legacy::No, false)),
                None => Err(rubbish(service, "it answered initialize without a result")),
            };
        };
        beginning.done();
        end_session(party, &wire.headers).await;
        return Ok(if is_older(&agreed) { (Legacy::Streamable, true) } else { (Legacy::No, false) });
    }
    let old = [StatusCode::BAD_REQUEST, StatusCode::NOT_FOUND, StatusCode::METHOD_NOT_ALLOWED];
    if !old.contains(&wire.status) {
        return Ok((Legacy::No, false));
    }
    match open_stream(party).await {
        Ok((_, _)) => Ok((Legacy::Sse, true)),
        // A service that has no such stream answers quickly; one that is late or gone says nothing of what it speaks.
        Err(refusal) if refusal.reason == Reason::ServiceRubbish => Ok((Legacy::No, false)),
        Err(refusal) => Err(refusal),
    }
}

/// An `initialize` request. `id` is JSON.
pub(super) fn initialize(id: &str, facts: &Facts) -> String {
    let revision = offered(facts);
    let capabilities = if facts.capabilities.is_empty() { "{}" } else { &facts.capabilities };
    let client = if facts.client.is_empty() { own_facts().client } else { facts.client.clone() };
    let capabilities = crate::mcp::bridge::capabilities_of_client(capabilities);
    format!(
        r#"{{"jsonrpc":"2.0","id":{id},"method":"initialize","params":{{"protocolVersion":"{revision}","capabilities":{capabilities},"clientInfo":{client}}}}}"#
    )
}

/// The older revision that a service is offered for a client.
pub(super) fn offered(facts: &Facts) -> &str {
    if facts.revision == MODERN { LATEST_LEGACY } else { &facts.revision }
}

/// Whether it is one of the older revisions that are known here.
pub(super) fn is_older(revision: &str) -> bool {
    revision != MODERN && REVISIONS.contains(&revision)
}

/// Ends the session that an answer to `initialize` began.
pub async fn end_session<H: Host>(party: &Party<H>, answered: &HeaderMap) {
    let Some(session) = answered.get("mcp-session-id") else { return };
    let mut headers = standard_headers();
    headers.remove(header::CONTENT_TYPE);
    headers.insert(HeaderName::from_static("mcp-session-id"), session.clone());
    headers.insert("mcp-protocol-version", HeaderValue::from_static(LATEST_LEGACY));
    let outgoing =
        Outgoing { method: Method::DELETE, parting: true, ..posted(&party.service, headers, String::new()) };
    // A service may keep its sessions as long as it likes.
    let _ = forward(party, outgoing).await;
}

/// Opens the stream of the oldest transport (2024-11-05, "HTTP with SSE") and reads where messages go.
///
/// # Errors
/// A [`Refusal`]; with [`ServiceRubbish`](crate::audit::Reason::ServiceRubbish) when the service has none.
pub(super) async fn open_stream<H: Host>(party: &Party<H>) -> Result<(Wire<H>, Url), Refusal> {
    let (context, service) = (&party.context, &party.service);
    let mut headers = standard_headers();
    headers.remove(header::CONTENT_TYPE);
    headers.insert(header::ACCEPT, HeaderValue::from_static("text/event-stream"));
    let outgoing = Outgoing { method: Method::GET, ..posted(service, headers, String::new()) };
    let mut wire = Wire::new(context, service, forward(party, outgoing).await?);
    if !wire.is_stream() {
        return Err(rubbish(service, "it has neither of the protocol's transports"));
    }
    wire.hurry();
    wire.heed_types(true);
    while let Some(event) = wire.next().await? {
        let Some(data) = endpoint(&event) else { continue };
        wire.heed_types(false);
        // Elsewhere it would get the service's credentials.
        let target = service.mcp.join(data).ok().filter(|target| target.origin() == service.mcp.origin());
        wire.relax();
        return match target {
            Some(target) => Ok((wire, target)),
            None => Err(rubbish(service, "its address for messages is at another origin")),
        };
    }
    Err(rubbish(service, "its stream did not say where messages go"))
}

fn endpoint(event: &Event) -> Option<&str> {
    let names = event
        .fields
        .iter()
        .any(|field| field.strip_prefix("event:").is_some_and(|name| name.trim() == "endpoint"));
    event.data.as_deref().filter(|_| names)
}
