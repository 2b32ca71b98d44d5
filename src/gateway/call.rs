//! The phases from the message to the service: resolve, confirm, rehydrate, forward.

use std::collections::HashMap;
use std::rc::Rc;

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use zeroize::Zeroizing;

use super::account::Account;
use super::admit::{Admitted, reads_only, storage};
use super::bridge::{self, Way};
use super::client::{Client, Watched};
use super::questions::{self, is_cancellation};
use super::session::{SESSION, bare_session, open_session, sealed_session};
use super::source::Source;
use super::state::States;
use super::{event, news, pins, task};
use crate::audit::{Reason, ToolName};
use crate::context::Context;
use crate::error::{Fault, Refusal, Shape};
use crate::guard::confirm;
use crate::host::Host;
use crate::mcp::bridge::Facts;
use crate::mcp::list::Tool;
use crate::mcp::message::{Message, name_member};
use crate::mcp::raw::Object;
use crate::mcp::revision::{self, Disagreement, Era, REVISIONS};
use crate::mcp::{exempt, header as mirrored, param, trace};
use crate::pii::{self, Given};
use crate::service::{self, Catalog, Dialect, Outgoing, Wire, limits, standard_headers};
use crate::store::mapping;

/// A message whose headers agree with it, and what is known of the tool that it calls.
#[derive(Clone)]
pub(super) struct Resolved {
    pub(super) message: Message,
    pub(super) era: Era,
    /// How it reaches its service.
    pub(super) way: Way,
    /// Whether the service takes mirrored arguments.
    pub(super) mirrors: bool,
    /// What its service's states are sealed for, in revisions that have them.
    pub(super) states: Option<States>,
    /// The protocol's headers, for a service that speaks the client's revision; the session is opened already.
    pub(super) headers: HeaderMap,
    pub(super) tool: Option<Tool>,
}

impl Resolved {
    /// The id and method of a request.
    pub(super) fn request(&self) -> Option<(String, String)> {
        self.message.id().map(str::to_owned).zip(self.message.method().map(str::to_owned))
    }

    /// Whether the gateway makes headers that the client knows nothing of.
    pub(super) fn mints(&self) -> bool {
        self.era == Era::Legacy && self.mirrors && self.message.tool().is_some()
    }
}

/// The body names what is wanted; the headers must agree. Tool -> role, and its pin; task, state -> person.
pub(super) async fn resolve<H: Host>(
    context: &Context<H>,
    admitted: &Admitted<'_>,
    headers: &HeaderMap,
    message: Message,
    account: &mut Account<H>,
) -> Result<Resolved, Refusal> {
    account.request_bytes = message.text.len();
    account.method(&message);
    let era = era(headers, &message)?;
    let method = message.method().unwrap_or_default().to_owned();
    if era == Era::Modern && revision::is_removed(&method) {
        let text = format!("revision {} has no method {method}", revision::MODERN);
        return Err(Refusal::rpc(StatusCode::NOT_FOUND, -32601, Reason::MalformedRequest, text));
    }
    if !admitted.principal.may_write() && message.tool().is_none() && !message.reads() {
        return Err(reads_only(context, admitted));
    }
    if !message.is_known() && !admitted.service.methods.iter().any(|known| known.matches(&method)) {
        let status = if era == Era::Modern { StatusCode::NOT_FOUND } else { StatusCode::OK };
        let text = format!(
            "the protocol has no method {method}, and no guardrail would know what it does, so it is not sent; the \
             operator can allow it in service.methods"
        );
        return Err(Refusal::rpc(status, -32601, Reason::MethodNotAllowed, text));
    }
    let (message, states) = States::opened(admitted, era, message, context.host.now())?;
    let message = task::own(context, admitted, message).await?;
    let way = bridge::way(context, admitted, era, headers, Some(&message)).await?;
    let message = match way {
        Way::Direct => questions::answered(context, admitted, message)?,
        Way::Bridged(_) => message,
    };
    let mirrors = mirrors(context, admitted, era, &way, &method).await?;
    let mut outgoing = standard_headers();
    let protocol = headers.get("mcp-protocol-version").map(|value| ("mcp-protocol-version", value.clone()));
    let method = HeaderValue::try_from(method).ok().filter(|_| era == Era::Modern);
    for (name, value) in protocol.into_iter().chain(method.map(|method| ("mcp-method", method))) {
        outgoing.insert(HeaderName::from_static(name), value);
    }
    for (name, value) in trace::passed(headers) {
        outgoing.insert(name, value);
    }
    if era == Era::Legacy {
        if let Some(session) = open_session(context, admitted, headers) {
            outgoing.insert(SESSION, session);
        }
    } else {
        for (name, value) in headers.iter().filter(|(name, _)| name.as_str().starts_with(param::PREFIX)) {
            outgoing.append(name.clone(), value.clone());
        }
    }
    let Some(name) = message.tool().map(str::to_owned) else {
        return Ok(Resolved { message, era, way, mirrors, states, headers: outgoing, tool: None });
    };
    if name.is_empty() {
        let text = "params.name must be the name of a tool";
        return Err(Refusal::rpc(StatusCode::OK, -32602, Reason::MalformedRequest, text));
    }
    let (key, policy) = (&context.setup.keys.hash, &admitted.service.pii.policy);
    let known = Catalog::known(context, admitted.service, admitted.principal.person());
    let known = known.and_then(|catalog| catalog.tool(&name).cloned());
    account.tool = Some(match known {
        Some(_) => ToolName::known(key, policy, &name),
        None => ToolName::unknown(key, &name),
    });
    if !admitted.allows(&name) {
        return Err(Refusal::new(
            Fault::Caller,
            Reason::ToolNotAllowed,
            format!(
                "The tool {name} is not among those that your role may use. Use one that tools/list names."
            ),
        ));
    }
    let agrees = |tool: &Tool| mirrored_agree(tool, mirrors, era, headers, &message);
    // What disagrees with a list that is remembered may agree with the list of now.
    let known = match known.filter(|tool| agrees(tool).is_ok()) {
        Some(tool) => pins::looked_at(context, admitted, tool).await?,
        None => None,
    };
    let tool = match known {
        Some(tool) => Some(tool),
        None => {
            let declared = bridge::declared(context, admitted, &way, era, &message, &outgoing).await?;
            declared.tool(&name).cloned()
        }
    };
    if tool.is_some() {
        account.tool = Some(ToolName::known(key, policy, &name));
    }
    let guard = &admitted.service.guard;
    account.writes = confirm::may_change(guard, &name, tool.as_ref());
    if !admitted.principal.may_write() && !confirm::only_reads(guard, &name, tool.as_ref()) {
        return Err(reads_only(context, admitted));
    }
    pins::check(context, admitted, &name, tool.as_ref(), account).await?;
    if let Some(tool) = &tool {
        agrees(tool)?;
    }
    Ok(Resolved { message, era, way, mirrors, states, headers: outgoing, tool })
}

/// Whether the service is one that takes mirrored arguments: one of 2026-07-28. Asked only where it matters.
async fn mirrors<H: Host>(
    context: &Context<H>,
    admitted: &Admitted<'_>,
    era: Era,
    way: &Way,
    method: &str,
) -> Result<bool, Refusal> {
    match (era, way) {
        (Era::Modern, Way::Direct) => Ok(true),
        (Era::Legacy, Way::Bridged(_)) if ["tools/call", "tools/list"].contains(&method) => {
            Dialect::modern(&bridge::own_party(context, admitted)).await
        }
        (Era::Modern, Way::Bridged(_)) | (Era::Legacy, _) => Ok(false),
    }
}

/// Whether the headers say what the arguments say, of all that the tool has mirrored. A tool that declares that wrongly
/// is none that a client may call (2026-07-28, streamable HTTP, "Schema Extension"), and toward a service that
/// `mirrors` the gateway is one.
fn mirrored_agree(
    tool: &Tool,
    mirrors: bool,
    era: Era,
    headers: &HeaderMap,
    message: &Message,
) -> Result<(), Refusal> {
    let params = match &tool.params {
        Ok(params) if era == Era::Modern && !params.is_empty() => params,
        Err(invalid) if mirrors => {
            let text = format!(
                "The tool {} cannot be called: {invalid}. Nothing was sent. The service's operator has to mend it.",
                tool.name
            );
            return Err(Refusal::new(Fault::Service, Reason::ServiceRubbish, text));
        }
        _ => return Ok(()),
    };
    let object = Object::parse(&message.text).unwrap_or_default();
    let call = object.object("params").unwrap_or_default();
    param::compare(params, headers, &call.object("arguments").unwrap_or_default()).map_err(disagreed)
}

fn disagreed(disagreement: Disagreement) -> Refusal {
    let reason = match disagreement.code {
        revision::HEADER_MISMATCH => Reason::HeaderMismatch,
        revision::UNSUPPORTED_REVISION => Reason::UnsupportedVersion,
        _ => Reason::MalformedRequest,
    };
    let shape =
        Shape::Rpc { status: StatusCode::BAD_REQUEST, code: disagreement.code, data: disagreement.data };
    Refusal { shape, ..Refusal::new(Fault::Caller, reason, disagreement.message) }
}

/// The era of a message whose headers agree with it.
pub(super) fn era(headers: &HeaderMap, message: &Message) -> Result<Era, Refusal> {
    revision::resolve(headers, message).map_err(disagreed)
}

/// Pseudonyms -> real values, only toward a service that may see them. All of them, or nothing is forwarded.
pub(super) async fn rehydrate<H: Host>(
    context: &Context<H>,
    admitted: &Admitted<'_>,
    resolved: Resolved,
    account: &mut Account<H>,
) -> Result<(Outgoing, Given), Refusal> {
    let Resolved { message, era, mirrors, mut headers, tool, .. } = resolved;
    let method = message.method().unwrap_or_default().to_owned();
    let params = tool.and_then(|tool| tool.params.ok()).unwrap_or_default();
    for param in &params {
        headers.remove(&param.header);
    }
    // What the tool does not declare is somebody else's to understand, and passed on.
    let mirrored_values: Vec<(HeaderName, String)> = headers
        .iter()
        .filter(|(name, _)| name.as_str().starts_with(param::PREFIX))
        .map(|(name, value)| {
            let decoded = value.to_str().ok().and_then(mirrored::decode).ok_or_else(|| {
                let text = format!("the header {name} cannot be decoded");
                Refusal::rpc(StatusCode::BAD_REQUEST, revision::HEADER_MISMATCH, Reason::HeaderMismatch, text)
            })?;
            Ok((name.clone(), decoded))
        })
        .collect::<Result<_, Refusal>>()?;
    let mut pseudonyms = pii::pseudonyms(beside_state(&message.text).as_deref().unwrap_or(&message.text));
    for (_, value) in &mirrored_values {
        pseudonyms.extend(pii::pseudonyms(value));
    }
    let mut values = HashMap::new();
    if !pseudonyms.is_empty() {
        values = recall(context, admitted, &pseudonyms).await?;
        account.given_back = pseudonyms.iter().map(|pseudonym| (pseudonym.kind.name(), 1)).collect();
    }
    let mut given = Given::default();
    for pseudonym in &pseudonyms {
        if let Some(value) = values.get(&pseudonym.text) {
            given.push(pseudonym.kind, value.clone());
        }
    }
    let value_of = |pseudonym: &str| values.get(pseudonym).map(|value: &Zeroizing<String>| value.as_str());
    let body = if values.is_empty() {
        message.text
    } else {
        pii::give_back_json(&message.text, &value_of, &exempt::from_client).map_err(|_| malformed())?
    };
    if era == Era::Modern {
        for (name, _) in &mirrored_values {
            headers.remove(name);
        }
        for (name, value) in mirrored_values {
            let value = mirrored::encode(&pii::give_back_text(&value, &value_of));
            headers.append(name, HeaderValue::try_from(value).map_err(|_| malformed())?);
        }
        let object = Object::parse(&body).ok_or_else(malformed)?;
        let call = object.object("params").unwrap_or_default();
        if let Some(name) = name_member(&method).and_then(|member| call.string(member)) {
            let value = HeaderValue::try_from(mirrored::encode(&name)).map_err(|_| malformed())?;
            headers.insert(HeaderName::from_static("mcp-name"), value);
        }
    }
    if mirrors && !params.is_empty() {
        let object = Object::parse(&body).ok_or_else(malformed)?;
        let call = object.object("params").unwrap_or_default();
        headers.extend(param::mint(&params, &call.object("arguments").unwrap_or_default()));
    }
    // Earlier revisions ask within the answer's stream.
    let waits = method == "subscriptions/listen" || era == Era::Legacy;
    let limits = limits(admitted.service, waits);
    Ok((Outgoing { method: Method::POST, target: None, headers, body, limits, parting: false }, given))
}

/// A message without its `requestState`: the service's own text, which goes back to it whatever it looks like.
/// [`None`] for one that has none.
fn beside_state(text: &str) -> Option<String> {
    let mut message = Object::parse(text)?;
    let mut params = message.object("params")?;
    params.get("requestState")?;
    params.remove("requestState");
    let params = params.to_string();
    message.set("params", params);
    Some(message.to_string())
}

/// The service is asked: in the client's revision, or in its own.
pub(super) async fn forward<H: Host>(
    context: &Context<H>,
    admitted: &Admitted<'_>,
    way: &Way,
    era: Era,
    outgoing: Outgoing,
) -> Result<Source<H>, Refusal> {
    match way {
        // Clients count too: outside a session, what ends a request is its connection.
        Way::Direct if !outgoing.headers.contains_key(&SESSION) && is_cancellation(&outgoing.body) => {
            Ok(Source::accepted())
        }
        Way::Direct => {
            let begins = era == Era::Legacy && outgoing.method == Method::POST;
            let wanted = begins.then(|| wanted_revision(&outgoing.body)).flatten();
            let begun = wanted.is_some().then(|| outgoing.clone());
            let party = bridge::own_party(context, admitted);
            // Nothing is spoken yet while a session begins.
            let spoken = outgoing.headers.get("mcp-protocol-version").and_then(|named| named.to_str().ok());
            let spoken = spoken.unwrap_or(bridge::ASSUMED).to_owned();
            let spoken = if begun.is_some() { String::new() } else { spoken };
            let asks = era == Era::Legacy && outgoing.method == Method::POST;
            let known = outgoing.headers.get(&SESSION).cloned();
            let answer = service::forward(&party, outgoing).await?;
            let wire = Wire::new(context, admitted.service, answer).speaking(&spoken);
            let mut wire = if asks { wire.until_it_asks() } else { wire };
            let client = begun.as_ref().map(|begun| introduced(&begun.body)).unwrap_or_default();
            // A session that goes on has the name that its client knows already.
            let session = match wire.headers.get(&SESSION) == known.as_ref() {
                true if begun.is_some() => bare_session(context, admitted, &client),
                true => None,
                false => sealed_session(context, admitted, &wire.headers, &client)?,
            };
            let Some((wanted, begun)) = wanted.zip(begun) else {
                return Ok(Source::wire(wire).in_session(session));
            };
            let text = service::answer(&mut wire).await?;
            if agreed_revision(&text).is_some_and(|agreed| agreed != wanted) {
                // The service does not speak this revision, but another old one: that is told apart from then on.
                service::end_session(&party, &wire.headers).await;
                return bridge::forward(context, admitted, &Client::default(), era, &begun).await;
            }
            Ok(Source::message(wire.status, text).in_session(session))
        }
        Way::Bridged(client) => bridge::forward(context, admitted, client, era, &outgoing).await,
    }
}

/// The revision that an `initialize` request wants, if it is one that is known here.
fn wanted_revision(body: &str) -> Option<String> {
    let message = Object::parse(body)?;
    let initializes = message.string("method").as_deref() == Some("initialize");
    let wanted = message.object("params")?.string("protocolVersion")?;
    (initializes && REVISIONS.contains(&wanted.as_str())).then_some(wanted)
}

/// What an `initialize` request says of its client.
fn introduced(body: &str) -> Facts {
    let message = Object::parse(body).unwrap_or_default();
    Facts::of_initialize(&message.object("params").unwrap_or_default())
}

fn agreed_revision(answer: &str) -> Option<String> {
    Object::parse(answer)?.object("result")?.string("protocolVersion")
}

/// A request within a session that is not a message: its stream of news (GET), or its end (DELETE).
pub(super) async fn in_session<H: Host>(
    context: &Context<H>,
    admitted: &Admitted<'_>,
    parts: &http::request::Parts,
) -> Result<Source<H>, Refusal> {
    speaks_sessions(&parts.headers)?;
    let way = bridge::way(context, admitted, Era::Legacy, &parts.headers, None).await?;
    if let Way::Bridged(client) = way {
        if !parts.headers.contains_key(&SESSION) {
            let text = "GET is for sessions: no stream of this service is taken up here";
            let refusal =
                Refusal::rpc(StatusCode::METHOD_NOT_ALLOWED, -32600, Reason::MalformedRequest, text);
            return Err(refusal);
        }
        return match parts.method {
            Method::DELETE => bridge::end(context, admitted, &client).await,
            _ => {
                let session = Watched::of_headers(context, bridge::owner(admitted), &parts.headers).await?;
                news::in_session(context, admitted, Rc::new(session)).await
            }
        };
    }
    let mut headers = standard_headers();
    headers.remove(header::CONTENT_TYPE);
    if let Some(revision) = parts.headers.get("mcp-protocol-version") {
        headers.insert("mcp-protocol-version", revision.clone());
    }
    if let Some(last) = event::last(context, admitted, &parts.headers)? {
        headers.insert(event::LAST, last.id);
    }
    if let Some(session) = open_session(context, admitted, &parts.headers) {
        headers.insert(SESSION, session);
    }
    let limits = limits(admitted.service, true);
    let outgoing = Outgoing {
        method: parts.method.clone(),
        target: None,
        headers,
        body: String::new(),
        limits,
        parting: false,
    };
    forward(context, admitted, &Way::Direct, Era::Legacy, outgoing).await
}

/// Whether a request that is not a message names a revision that has sessions, or none.
pub(super) fn speaks_sessions(headers: &HeaderMap) -> Result<(), Refusal> {
    revision::in_session(headers).map_err(disagreed)
}

async fn recall<H: Host>(
    context: &Context<H>,
    admitted: &Admitted<'_>,
    pseudonyms: &[pii::Pseudonym],
) -> Result<HashMap<String, Zeroizing<String>>, Refusal> {
    if let Some(bad) = pseudonyms.iter().find(|pseudonym| !pseudonym.valid) {
        return Err(Refusal::new(
            Fault::Caller,
            Reason::PseudonymMalformed,
            format!(
                "{} looks like a pseudonym and is none: it was mistyped or made up. Nothing was sent to {}. \
                 Copy pseudonyms exactly as they were shown.",
                bad.text, admitted.service.name
            ),
        ));
    }
    if let Some(secret) = pseudonyms.iter().find(|pseudonym| !pseudonym.kind.given_back()) {
        return Err(Refusal::new(
            Fault::Caller,
            Reason::SecretNotGivenBack,
            format!(
                "{} stands for a password, key or token, and secrets are not given back. Nothing was sent to {}. Leave \
                 it out, or let the person enter the secret at the service.",
                secret.text, admitted.service.name
            ),
        ));
    }
    let texts: Vec<&str> = pseudonyms.iter().map(|pseudonym| pseudonym.text.as_str()).collect();
    let services = &admitted.service.pii.rehydrate_from;
    let person = admitted.principal.person();
    let values = mapping::recall(&context.host, person, &admitted.key, services, &texts, context.host.now())
        .await
        .map_err(|error| storage(context, &error))?;
    match texts.iter().find(|text| !values.contains_key(**text)) {
        None => Ok(values),
        Some(unknown) => Err(Refusal::new(
            Fault::Caller,
            Reason::PseudonymUnknown,
            format!(
                "{unknown} stands for nothing that may be sent to {name}: it has expired, is another person's, or \
                 comes from a service whose data {name} may not see. Nothing was sent. \
                 Read the record again in {name} and use the pseudonym shown then.",
                name = admitted.service.name
            ),
        )),
    }
}

fn malformed() -> Refusal {
    Refusal::rpc(StatusCode::BAD_REQUEST, -32600, Reason::MalformedRequest, "the message cannot be read")
}
