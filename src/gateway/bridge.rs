//! Between a client and a service of different eras: which way a request goes, and what the gateway answers in the
//! service's place.

use std::rc::Rc;

use http::{HeaderMap, StatusCode};

use super::admit::{Admitted, storage};
use super::client::Client;
use super::conversation::{self, Turn};
use super::session::{SESSION, is_of_service};
use super::source::Source;
use super::{Door, news, pins};
use crate::audit::Reason;
use crate::config::Service;
use crate::context::Context;
use crate::crypto::DataKey;
use crate::error::{Refusal, Shape};
use crate::host::{Host, PortError};
use crate::mcp::alias;
use crate::mcp::bridge::{self, Facts};
use crate::mcp::merge::List;
use crate::mcp::message::{Kind, Message};
use crate::mcp::param;
use crate::mcp::raw::{Object, quoted};
use crate::mcp::reply;
use crate::mcp::revision::Era;
use crate::oauth::Principal;
use crate::service::{self, Catalog, Dialect, Legacy, Outgoing, OwnSession, Party, Request, Talk, own_facts};
use crate::store::client_session::Owner;
use crate::store::question;

/// The revision of a client that names none (2025-06-18, "Protocol Version Header").
pub(super) const ASSUMED: &str = "2025-03-26";

/// What a client of an older revision says when its roots are others.
pub(super) const ROOTS_CHANGED: &str = "notifications/roots/list_changed";

/// How a request reaches its service.
#[derive(Clone, Debug)]
pub(super) enum Way {
    /// As it came: client and service speak the same.
    Direct,
    /// Told in the service's own revision.
    Bridged(Rc<Client>),
}

/// Decides the way of a request, and reads what is known of its client where that is needed.
pub(super) async fn way<H: Host>(
    context: &Context<H>,
    admitted: &Admitted<'_>,
    era: Era,
    headers: &HeaderMap,
    message: Option<&Message>,
) -> Result<Way, Refusal> {
    match era {
        Era::Modern if Dialect::modern(&own_party(context, admitted)).await? => Ok(Way::Direct),
        Era::Modern => {
            let meta = message.and_then(Message::meta_object);
            let client = Client::of_meta(meta.as_deref());
            Ok(Way::Bridged(Rc::new(client)))
        }
        // At the address of all services a session is with the gateway, whatever the services have.
        Era::Legacy if admitted.door == Door::Shared => {
            Ok(Way::Bridged(Rc::new(Client::of_headers(context, owner(admitted), headers).await?)))
        }
        // A session says by itself whose it is: the service's, or ours.
        Era::Legacy if headers.contains_key(&SESSION) => match is_of_service(context, admitted, headers) {
            true => Ok(Way::Direct),
            false => Ok(Way::Bridged(Rc::new(Client::of_headers(context, owner(admitted), headers).await?))),
        },
        Era::Legacy => match Dialect::legacy(&own_party(context, admitted)).await? {
            Legacy::Streamable => Ok(Way::Direct),
            _ => Ok(Way::Bridged(Rc::new(Client::without_session(headers)))),
        },
    }
}

/// Whose sessions are meant: the client's with this service, or with all of them.
pub(super) fn owner<'a>(admitted: &'a Admitted<'_>) -> Owner<'a> {
    let service = match admitted.door {
        Door::Own => admitted.service.id.as_str(),
        Door::Shared => "",
    };
    Owner { person: admitted.principal.person(), key: &admitted.key, service }
}

/// Whom the gateway talks for.
pub(super) fn party<H: Host>(context: &Context<H>, admitted: &Admitted<'_>, facts: &Facts) -> Party<H> {
    party_with(context, admitted.service, &admitted.principal, &admitted.key, facts)
}

/// Whom the gateway talks for, with this service.
pub(super) fn party_with<H: Host>(
    context: &Context<H>,
    service: &Rc<Service>,
    principal: &Principal,
    key: &DataKey,
    facts: &Facts,
) -> Party<H> {
    let whose = format!("{} {}", principal.client(), facts.whose);
    Party {
        context: context.clone(),
        service: Rc::clone(service),
        person: principal.person().to_owned(),
        key: key.clone(),
        facts: Rc::new(Facts { whose, ..facts.clone() }),
    }
}

/// The same, when the gateway asks on its own account.
pub(super) fn own_party<H: Host>(context: &Context<H>, admitted: &Admitted<'_>) -> Party<H> {
    party(context, admitted, &own_facts())
}

/// The tools that a service declares to this client: it may have some only for those that can be asked. What it says of
/// them was looked at.
pub(super) async fn declared<H: Host>(
    context: &Context<H>,
    admitted: &Admitted<'_>,
    way: &Way,
    era: Era,
    message: &Message,
    outgoing: &HeaderMap,
) -> Result<Rc<Catalog>, Refusal> {
    let facts = match (way, era) {
        (Way::Bridged(client), _) => client.facts.clone(),
        (Way::Direct, Era::Modern) => Facts::of_meta(message.meta_object().as_deref()),
        (Way::Direct, Era::Legacy) => own_facts(),
    };
    let party = party(context, admitted, &facts);
    let text = |name: &str| outgoing.get(name).and_then(|value| value.to_str().ok());
    if let (Way::Direct, Some(session)) = (way, text("mcp-session-id")) {
        let session = OwnSession::new(session, text("mcp-protocol-version").unwrap_or(ASSUMED));
        if let Ok((catalog, told)) = Catalog::ask(&party, Some(&session)).await {
            pins::see(context, admitted.service, &admitted.principal, &told, pins::Page::First).await?;
            return Ok(catalog);
        }
        // A session that the service does not know any more is the client's to begin anew: it hears of that from the
        // service, if the call gets that far.
    }
    let (catalog, told) = Catalog::ask(&party, None).await?;
    pins::see(context, admitted.service, &admitted.principal, &told, pins::Page::First).await?;
    Ok(catalog)
}

/// Answers a message, or has the service answer it. `outgoing` is the message with the real values.
pub(super) async fn forward<H: Host>(
    context: &Context<H>,
    admitted: &Admitted<'_>,
    client: &Client,
    era: Era,
    outgoing: &Outgoing,
) -> Result<Source<H>, Refusal> {
    let text = outgoing.body.as_str();
    let message = Message::parse(text.as_bytes()).map_err(|error| malformed(&error.to_string()))?;
    let object = Object::parse(text).unwrap_or_default();
    match (&message.kind, era) {
        (Kind::Notification { method }, _) => {
            if method == "notifications/cancelled" {
                let request =
                    object.object("params").and_then(|params| params.get("requestId").map(str::to_owned));
                client.cancel(context, owner(admitted), &request.unwrap_or_default()).await?;
            }
            if method == ROOTS_CHANGED && client.facts.can("roots/list", "{}").is_ok() {
                // A service of 2026-07-28 asks for them with each request that needs them.
                service::tell(&party(context, admitted, &client.facts), text).await?;
            }
            Ok(Source::accepted())
        }
        (Kind::Response, Era::Legacy) => take_answer(context, admitted, &object, text).await,
        (Kind::Response, Era::Modern) => Err(malformed("a client has nothing to answer in this revision")),
        (Kind::Request { id, method, .. }, era) => {
            let params = object.get("params");
            if era == Era::Legacy
                && let Some(answer) = in_its_place(context, admitted, client, id, method, params).await?
            {
                return Ok(answer);
            }
            let party = party(context, admitted, &client.facts);
            if method == "server/discover" {
                let result = Talk::introduction(party).await?;
                let result = bridge::result_to_modern(method, &result);
                return Ok(Source::message(StatusCode::OK, result_message(id, &result)));
            }
            if method == "subscriptions/listen" && era == Era::Modern {
                return news::listen(party, id, params).await;
            }
            let mirrored =
                outgoing.headers.iter().filter(|(name, _)| name.as_str().starts_with(param::PREFIX));
            let may_ask = match era {
                // In this revision a question is a result, which only some methods can have.
                Era::Modern => bridge::may_ask(method),
                // A list of all services is gathered: many are asked at once, and none can ask back.
                Era::Legacy => admitted.door == Door::Own || List::of(method).is_none(),
            };
            let request = Request {
                may_ask,
                id: id.clone(),
                method: method.clone(),
                params: params.map(str::to_owned),
                mirrored: mirrored.map(|(name, value)| (name.clone(), value.clone())).collect(),
            };
            let cancelled = client.cancellation(context, id);
            conversation::begin(Turn { party, era, request, cancelled }).await
        }
    }
}

/// What the gateway itself answers to clients of older revisions, because services of 2026-07-28 do not.
async fn in_its_place<H: Host>(
    context: &Context<H>,
    admitted: &Admitted<'_>,
    client: &Client,
    id: &str,
    method: &str,
    params: Option<&str>,
) -> Result<Option<Source<H>>, Refusal> {
    let params = params.and_then(Object::parse).unwrap_or_default();
    let nothing = || Ok(Some(Source::message(StatusCode::OK, result_message(id, "{}"))));
    match method {
        "initialize" => initialize(context, admitted, id, &params).await.map(Some),
        "ping" => nothing(),
        "logging/setLevel" => {
            has(context, admitted, client, ("logging", None), method).await?;
            client.set_level(context, owner(admitted), &params).await?;
            nothing()
        }
        "resources/subscribe" | "resources/unsubscribe" => {
            let uri = params.string("uri").ok_or_else(|| invalid("params.uri is required"))?;
            has(context, admitted, client, ("resources", Some("subscribe")), method).await?;
            // A session with all services says with each resource whose it is.
            let uri = match admitted.door {
                Door::Own => uri,
                Door::Shared => alias::of_uri(&admitted.service.id, &uri),
            };
            client.subscribe(context, owner(admitted), uri, method == "resources/subscribe").await?;
            nothing()
        }
        _ => Ok(None),
    }
}

/// Whether the service says of itself that it has what the gateway answers for it.
async fn has<H: Host>(
    context: &Context<H>,
    admitted: &Admitted<'_>,
    client: &Client,
    (capability, part): (&str, Option<&str>),
    method: &str,
) -> Result<(), Refusal> {
    let introduction = Talk::introduction(party(context, admitted, &client.facts)).await?;
    let introduction = Object::parse(&introduction).unwrap_or_default();
    let capabilities = introduction.object("capabilities").unwrap_or_default();
    let declared = capabilities.object(capability);
    if declared.is_some_and(|declared| part.is_none_or(|part| declared.get(part) == Some("true"))) {
        return Ok(());
    }
    let text = format!("{} does not have {method}: it does not declare it", admitted.service.name);
    Err(Refusal::rpc(StatusCode::OK, -32601, Reason::MalformedRequest, text))
}

/// Introduces the service to a client of an older revision, and begins its session with the gateway.
async fn initialize<H: Host>(
    context: &Context<H>,
    admitted: &Admitted<'_>,
    id: &str,
    params: &Object<'_>,
) -> Result<Source<H>, Refusal> {
    let facts = Facts::of_initialize(params);
    let introduction = Talk::introduction(party(context, admitted, &facts)).await?;
    let result = bridge::initialize_of_discover(&introduction, &facts.revision)
        .ok_or_else(|| service::rubbish(admitted.service, "it did not introduce itself"))?;
    let header = Client::begin(context, owner(admitted), facts).await?;
    Ok(Source::message(StatusCode::OK, result_message(id, &result)).in_session(Some(header)))
}

/// Ends a client's session with the gateway.
pub(super) async fn end<H: Host>(
    context: &Context<H>,
    admitted: &Admitted<'_>,
    client: &Client,
) -> Result<Source<H>, Refusal> {
    client.end(context, owner(admitted)).await?;
    service::end_kept(vec![party(context, admitted, &client.facts)]);
    Ok(Source::nothing(StatusCode::OK))
}

/// The client's answer to a question of the service: the call that waits for it takes it from there.
async fn take_answer<H: Host>(
    context: &Context<H>,
    admitted: &Admitted<'_>,
    object: &Object<'_>,
    text: &str,
) -> Result<Source<H>, Refusal> {
    let id = object.string("id").unwrap_or_default();
    match answer(context, admitted, &id, text).await? {
        true => Ok(Source::accepted()),
        false => Err(malformed("nobody waits for this answer: the call it belongs to is over")),
    }
}

/// Brings an answer to the call that waits for it; says whether one does.
pub(super) async fn answer<H: Host>(
    context: &Context<H>,
    admitted: &Admitted<'_>,
    id: &str,
    text: &str,
) -> Result<bool, Refusal> {
    // What was given back in it was given back for this service, so no other may get it.
    if id.split_once('.').is_none_or(|(service, _)| service != admitted.service.id) {
        return Ok(false);
    }
    let asked = question::Asked { person: admitted.principal.person(), key: &admitted.key };
    question::answer(&context.host, asked, id, text, context.host.now())
        .await
        .map_err(|error: PortError| storage(context, &error))
}

/// A response with a result.
pub(super) fn result_message(id: &str, result: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{result}}}"#)
}

/// A response with an error.
pub(super) fn error_message(id: &str, error: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":{id},"error":{error}}}"#)
}

/// What a client reads that lacks a capability which its call turned out to need.
pub(super) fn lacking(
    id: &str,
    era: Era,
    method: &str,
    service: &str,
    capability: &str,
) -> (StatusCode, String) {
    let text = format!(
        "{service} needs your client for this, and your client cannot do it: it did not declare the capability \
         {capability}. Use a client that has it."
    );
    if method == "tools/call" && era == Era::Legacy {
        return (StatusCode::OK, reply::tool_error(id, era, &text, None));
    }
    let required = match capability.split_once('.') {
        Some((outer, inner)) => format!(r#"{{"{outer}":{{"{inner}":{{}}}}}}"#),
        None => format!(r#"{{"{capability}":{{}}}}"#),
    };
    let data = format!(r#"{{"requiredCapabilities":{required}}}"#);
    let status = if era == Era::Modern { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    (status, reply::error(Some(id), bridge::CAPABILITY_MISSING, &text, Some(&data)))
}

pub(super) fn malformed(text: &str) -> Refusal {
    Refusal::rpc(StatusCode::BAD_REQUEST, -32600, Reason::MalformedRequest, text)
}

pub(super) fn invalid(text: &str) -> Refusal {
    let shape = Shape::Rpc { status: StatusCode::OK, code: -32602, data: None };
    Refusal { shape, ..malformed(text) }
}

/// A comment that keeps a stream open while nothing happens.
pub(super) fn still_here() -> crate::mcp::sse::Event {
    crate::mcp::sse::Event { fields: vec![":".to_owned()], data: None }
}

/// An id as JSON.
pub(super) fn json_id(id: &str) -> String {
    quoted(id)
}
