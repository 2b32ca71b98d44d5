//! Between a client and a service of different eras: which way a request goes, and what the gateway answers in the
//! service's place.

use std::rc::Rc;
use std::time::Duration;

use http::{HeaderMap, HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};

use super::answer::Source;
use super::call::{Admitted, SESSION, no_such_session, open_session, storage};
use super::conversation::{self, Turn};
use super::{Door, news};
use crate::audit::Reason;
use crate::context::Context;
use crate::crypto::digest;
use crate::error::{Refusal, Shape};
use crate::host::{Host, PortError, Timestamp};
use crate::mcp::bridge::{self, Facts, LEVELS};
use crate::mcp::message::{Kind, Message};
use crate::mcp::param;
use crate::mcp::raw::{Object, quoted};
use crate::mcp::reply;
use crate::mcp::revision::Era;
use crate::service::{Dialect, Legacy, Outgoing, Party, Request, Talk, random_id};
use crate::store::{client_session as store, question};

/// How long a client's session lives after its last use.
const SESSION_TTL: Duration = Duration::from_secs(24 * 3600);
/// How long word is kept that a request is cancelled.
const WORD_TTL: Duration = Duration::from_secs(60);
/// How many resources a session can subscribe to.
const MOST_SUBSCRIPTIONS: usize = 100;

/// How a request reaches its service.
#[derive(Clone, Debug)]
pub(super) enum Way {
    /// As it came: client and service speak the same.
    Direct,
    /// Told in the service's own revision.
    Bridged(Rc<Client>),
}

/// A client, as far as it is known.
#[derive(Clone, Debug, Default)]
pub(super) struct Client {
    /// What it said of itself.
    pub(super) facts: Facts,
    /// In older revisions: its session with the gateway.
    session: Option<Session>,
}

#[derive(Clone, Debug)]
struct Session {
    id_hash: String,
    kept: Kept,
    expires_at: Timestamp,
}

/// What is kept of a client's session.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Kept {
    facts: Facts,
    subscriptions: Vec<String>,
}

impl Client {
    /// Under which id word is left that a request of its session is cancelled.
    fn cancellation<H: Host>(&self, context: &Context<H>, request: &str) -> Option<String> {
        let session = self.session.as_ref()?;
        Some(context.setup.keys.hash.id("cancelled", &[&session.id_hash, request]))
    }

    /// The resources that its session has subscribed to.
    pub(super) fn subscriptions(&self) -> &[String] {
        self.session.as_ref().map_or(&[], |session| &session.kept.subscriptions)
    }
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
        Era::Modern if Dialect::modern(context, admitted.service).await? => Ok(Way::Direct),
        Era::Modern => {
            let meta = message.and_then(Message::meta_object);
            let client = Client { facts: Facts::of_meta(meta.as_deref()), session: None };
            Ok(Way::Bridged(Rc::new(client)))
        }
        // There are no sessions at the address of all services, and a service may want one.
        Era::Legacy if admitted.door == Door::Shared => Ok(Way::Bridged(Rc::new(without_session(headers)))),
        // A session says by itself whose it is: the service's, or ours.
        Era::Legacy if headers.contains_key(&SESSION) => match open_session(context, admitted, headers) {
            Some(_) => Ok(Way::Direct),
            None => Ok(Way::Bridged(Rc::new(in_session(context, admitted, headers).await?))),
        },
        Era::Legacy => match Dialect::legacy(context, admitted.service).await? {
            Legacy::Streamable => Ok(Way::Direct),
            _ => Ok(Way::Bridged(Rc::new(without_session(headers)))),
        },
    }
}

/// A client of which nothing is known but the revision that it speaks.
fn without_session(headers: &HeaderMap) -> Client {
    let revision = headers.get("mcp-protocol-version").and_then(|revision| revision.to_str().ok());
    let revision = bridge::negotiated(revision.unwrap_or_default()).to_owned();
    Client { facts: Facts { revision, ..Facts::default() }, session: None }
}

/// The client that a session's id names.
async fn in_session<H: Host>(
    context: &Context<H>,
    admitted: &Admitted<'_>,
    headers: &HeaderMap,
) -> Result<Client, Refusal> {
    let Some(id) = headers.get(&SESSION) else {
        let revision = headers.get("mcp-protocol-version").and_then(|revision| revision.to_str().ok());
        let facts = Facts {
            revision: bridge::negotiated(revision.unwrap_or_default()).to_owned(),
            ..Facts::default()
        };
        return Ok(Client { facts, session: None });
    };
    let id_hash = digest(id.to_str().unwrap_or_default());
    let owner = owner(admitted);
    let now = context.host.now();
    let found =
        store::find(&context.host, owner, &id_hash, now).await.map_err(|error| storage(context, &error))?;
    let kept =
        found.and_then(|(kept, expires_at)| Some((serde_json::from_str::<Kept>(&kept).ok()?, expires_at)));
    let (kept, expires_at) = kept.ok_or_else(no_such_session)?;
    let mut session = Session { id_hash, kept, expires_at };
    if expires_at < now.after(SESSION_TTL / 2) {
        keep(context, admitted, &mut session).await?;
    }
    Ok(Client { facts: session.kept.facts.clone(), session: Some(session) })
}

fn owner<'a>(admitted: &'a Admitted<'_>) -> store::Owner<'a> {
    let (person, key) = (admitted.principal.person(), &admitted.key);
    store::Owner { person, key, service: &admitted.service.id }
}

async fn keep<H: Host>(
    context: &Context<H>,
    admitted: &Admitted<'_>,
    session: &mut Session,
) -> Result<(), Refusal> {
    session.expires_at = context.host.now().after(SESSION_TTL);
    let kept = serde_json::to_string(&session.kept).unwrap_or_default();
    store::keep(&context.host, owner(admitted), &session.id_hash, &kept, session.expires_at)
        .await
        .map_err(|error| storage(context, &error))
}

/// Whom the gateway talks for.
pub(super) fn party<H: Host>(context: &Context<H>, admitted: &Admitted<'_>, facts: &Facts) -> Party<H> {
    Party {
        context: context.clone(),
        service: Rc::clone(admitted.service),
        person: admitted.principal.person().to_owned(),
        key: admitted.key.clone(),
        facts: Rc::new(facts.clone()),
    }
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
                cancel(context, admitted, client, &request.unwrap_or_default()).await?;
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
            let request = Request {
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
            let level = params.string("level").filter(|level| LEVELS.contains(&level.as_str()));
            let level = level
                .ok_or_else(|| invalid(&format!("params.level must be one of {}", LEVELS.join(", "))))?;
            change(context, admitted, client, |kept| {
                kept.facts.level = Some(level);
                Ok(())
            })
            .await?;
            nothing()
        }
        "resources/subscribe" | "resources/unsubscribe" => {
            let uri = params.string("uri").ok_or_else(|| invalid("params.uri is required"))?;
            change(context, admitted, client, |kept| {
                kept.subscriptions.retain(|other| *other != uri);
                if method == "resources/subscribe" {
                    kept.subscriptions.push(uri);
                }
                match kept.subscriptions.len() <= MOST_SUBSCRIPTIONS {
                    true => Ok(()),
                    false => Err(invalid(&format!(
                        "a session subscribes to at most {MOST_SUBSCRIPTIONS} resources"
                    ))),
                }
            })
            .await?;
            nothing()
        }
        _ => Ok(None),
    }
}

/// Changes what is kept of the client's session.
async fn change<H: Host>(
    context: &Context<H>,
    admitted: &Admitted<'_>,
    client: &Client,
    change: impl FnOnce(&mut Kept) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let Some(mut session) = client.session.clone() else {
        return Err(invalid(
            "this needs a session: send initialize first, and MCP-Session-Id with every request",
        ));
    };
    change(&mut session.kept)?;
    keep(context, admitted, &mut session).await
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
        .ok_or_else(|| crate::service::rubbish(admitted.service, "it did not introduce itself"))?;
    let session_id = random_id(context).map_err(|error| storage(context, &error))?;
    let kept = Kept { facts, subscriptions: Vec::new() };
    let mut session = Session { id_hash: digest(&session_id), kept, expires_at: context.host.now() };
    keep(context, admitted, &mut session).await?;
    let header = HeaderValue::from_str(&session_id).map_err(|_| malformed("the session has no id"))?;
    Ok(Source::message(StatusCode::OK, result_message(id, &result)).in_session(Some(header)))
}

/// Ends a client's session with the gateway.
pub(super) async fn end<H: Host>(
    context: &Context<H>,
    admitted: &Admitted<'_>,
    client: &Client,
) -> Result<Source<H>, Refusal> {
    let session = client.session.as_ref().ok_or_else(no_such_session)?;
    store::end(&context.host, owner(admitted), &session.id_hash)
        .await
        .map_err(|error| storage(context, &error))?;
    Ok(Source::nothing(StatusCode::OK))
}

/// Leaves word for the request that is cancelled: whoever waits for its answer looks for it now and then.
async fn cancel<H: Host>(
    context: &Context<H>,
    admitted: &Admitted<'_>,
    client: &Client,
    request: &str,
) -> Result<(), Refusal> {
    let Some(id) = client.cancellation(context, request) else { return Ok(()) };
    let asked = question::Asked { person: admitted.principal.person(), key: &admitted.key };
    let until = context.host.now().after(WORD_TTL);
    question::leave(&context.host, asked, &id, "cancelled", until)
        .await
        .map_err(|error| storage(context, &error))
}

/// The client's answer to a question of the service: the call that waits for it takes it from there.
async fn take_answer<H: Host>(
    context: &Context<H>,
    admitted: &Admitted<'_>,
    object: &Object<'_>,
    text: &str,
) -> Result<Source<H>, Refusal> {
    let asked = question::Asked { person: admitted.principal.person(), key: &admitted.key };
    let id = object.string("id").unwrap_or_default();
    let taken = question::answer(&context.host, asked, &id, text, context.host.now())
        .await
        .map_err(|error: PortError| storage(context, &error))?;
    match taken {
        true => Ok(Source::accepted()),
        false => Err(malformed("nobody waits for this answer: the call it belongs to is over")),
    }
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
        return (StatusCode::OK, reply::tool_error(id, era, &text));
    }
    let required = match capability.split_once('.') {
        Some((outer, inner)) => format!(r#"{{"{outer}":{{"{inner}":{{}}}}}}"#),
        None => format!(r#"{{"{capability}":{{}}}}"#),
    };
    let data = format!(r#"{{"requiredCapabilities":{required}}}"#);
    let status = if era == Era::Modern { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    (status, reply::error(Some(id), bridge::CAPABILITY_MISSING, &text, Some(&data)))
}

fn malformed(text: &str) -> Refusal {
    Refusal::rpc(StatusCode::BAD_REQUEST, -32600, Reason::MalformedRequest, text)
}

fn invalid(text: &str) -> Refusal {
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
