//! `/mcp`: all services of a person behind one address.
//!
//! A call names its service ([`alias`]) and passes the same nine phases as at the service's own address. Lists are
//! gathered from all services at once, and so are news. What is about no one service, the gateway answers itself.
//! Sessions of older clients are with the gateway.

mod gather;
mod listen;
mod own;
mod relay;
mod stream;

use futures_util::{StreamExt as _, stream as streams};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};

use self::gather::Caller;
use super::account::Account;
use super::bridge::{ROOTS_CHANGED, malformed, party_with};
use super::client::Client;
use super::{Door, admit, call, front, session, settled};
use crate::audit::{Reason, ToolName};
use crate::body::Body;
use crate::context::Context;
use crate::error::{Fault, Refusal};
use crate::host::{Host, Incoming};
use crate::mcp::alias::{self, Name};
use crate::mcp::bridge::Facts;
use crate::mcp::header as mirrored;
use crate::mcp::merge::List;
use crate::mcp::message::{Kind, Message, name_member};
use crate::mcp::raw::Object;
use crate::mcp::relabel::{self, Subject, Thing};
use crate::mcp::revision::{self, Era};
use crate::service;
use crate::store::client_session::Owner;
use crate::store::person::Entered;

/// A message for all services, or for one that it names.
pub(super) async fn mcp<H: Host>(context: &Context<H>, request: Request<Incoming>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let message = front::message(&parts.headers, &body);
    // Of no service, until the message names one.
    let mut account = Account::new(context, "");
    let answered = match parts.method {
        Method::POST => answer(context, &parts.headers, &message, &mut account).await,
        Method::DELETE => end(context, &parts.headers, &mut account).await,
        Method::GET => stream::open(context, &parts, &mut account).await,
        _ => return front::post_only(),
    };
    settled(context, answered, &mut account)
        .await
        .unwrap_or_else(|refusal| front::refused(&message, &refusal))
}

async fn answer<H: Host>(
    context: &Context<H>,
    headers: &HeaderMap,
    message: &Result<Message, Refusal>,
    account: &mut Account<H>,
) -> Result<Response<Body>, Refusal> {
    let principal = admit::authenticate(context, headers, Door::Shared, "", account)?;
    let Entered { key, held } = admit::entered(context, &principal).await?;
    let person = principal.person().to_owned();
    let owner = Owner { person: &person, key: &key, service: "" };
    let message = message.clone()?;
    account.request_bytes = message.text.len();
    let era = call::era(headers, &message)?;
    let client = match era {
        Era::Legacy => Client::of_headers(context, owner, headers).await?,
        Era::Modern => Client::default(),
    };
    let caller = Caller::new(context, headers, principal, era, &client.facts, &message);
    let object = Object::parse(&message.text).unwrap_or_default();
    let params = object.object("params").unwrap_or_default();
    let (id, method) = match &message.kind {
        Kind::Request { id, method, .. } => (id.as_str(), method.as_str()),
        Kind::Notification { method } => {
            if method == "notifications/cancelled" {
                client.cancel(context, owner, params.get("requestId").unwrap_or_default()).await?;
            }
            if (era, method.as_str()) == (Era::Legacy, ROOTS_CHANGED) {
                tell_all(&caller, &message);
            }
            // What else a client has to say to nobody in particular changes nothing here.
            return Ok(accepted());
        }
        Kind::Response => return answered(&caller, &object, &message, account).await,
    };
    if (era, method) == (Era::Legacy, "logging/setLevel") && headers.contains_key(&session::SESSION) {
        client.set_level(context, owner, &params).await?;
    }
    if let Some(result) = own::result(&caller, method, &message) {
        let mut response = reply(id, era, result);
        if (era, method) == (Era::Legacy, "initialize") {
            let session = Client::begin(context, owner, Facts::of_initialize(&params)).await?;
            response.headers_mut().insert(session::SESSION, session);
        }
        return Ok(response);
    }
    let gathered = List::of(method);
    let listens = (era, method) == (Era::Modern, "subscriptions/listen");
    if gathered.is_some() || listens {
        // Lists are remembered, and of no service there would be more to say.
        admit::not_held(context, held, &message, account)?;
    }
    if let Some(list) = gathered {
        if message.has_cursor() {
            return Err(invalid("params.cursor is not one of this address: its lists have one page"));
        }
        let mut merged = caller.gather(list).await;
        if list == List::Tools {
            merged.own.extend(own::note(&caller, &merged.missing));
        }
        return Ok(reply(id, era, merged.result(list, era)));
    }
    if message.tool() == Some(own::NOTE) {
        let missing = caller.gather(List::Tools).await.missing;
        return Ok(reply(id, era, own::noted(&caller, &missing)));
    }
    if listens {
        return listen::listen(&caller, id, &message).await;
    }
    let subject = Subject::of(&message).filter(|_| era == Era::Legacy || !revision::is_removed(method));
    let subject = subject.ok_or_else(|| unknown_method(era, method))?;
    one(&caller, subject, &message, account).await
}

/// Tells all services: nobody waits for that.
fn tell_all<H: Host>(caller: &Caller<'_, H>, message: &Message) {
    let (context, headers, message) = (caller.context.clone(), caller.headers.clone(), message.clone());
    let services: Vec<String> = caller.services.iter().map(|service| service.id.clone()).collect();
    let host = context.host.clone();
    host.after_response(Box::pin(async move {
        let (context, headers, message) = (&context, &headers, &Ok(message));
        let told = streams::iter(services).for_each_concurrent(gather::AT_ONCE, |service| async move {
            let mut account = Account::new(context, &service);
            let told = call(context, Door::Shared, &service, headers, message, &mut account).await;
            // What is refused is logged; there is nobody left to tell.
            let _ = settled(context, told, &mut account).await;
        });
        told.await;
    }));
}

/// The end of a session.
async fn end<H: Host>(
    context: &Context<H>,
    headers: &HeaderMap,
    account: &mut Account<H>,
) -> Result<Response<Body>, Refusal> {
    let principal = admit::authenticate(context, headers, Door::Shared, "", account)?;
    if front::has_no_session(headers) {
        return Ok(front::post_only());
    }
    let key = admit::data_key(context, &principal).await?;
    let owner = Owner { person: principal.person(), key: &key, service: "" };
    let client = Client::of_headers(context, owner, headers).await?;
    client.end(context, owner).await?;
    let services = gather::services_of(context, &principal).into_iter();
    let party = |service| party_with(context, service, &principal, &key, &client.facts);
    service::end_kept(services.map(party).collect());
    Ok(Response::new(Body::empty()))
}

/// The answer to what a service asked: its id says which.
async fn answered<H: Host>(
    caller: &Caller<'_, H>,
    object: &Object<'_>,
    message: &Message,
    account: &mut Account<H>,
) -> Result<Response<Body>, Refusal> {
    let id = object.string("id").unwrap_or_default();
    let service = id.split_once('.').map(|(service, _)| service).filter(|service| caller.may_use(service));
    let service = service.ok_or_else(|| malformed("nothing that is asked here waits for this answer"))?;
    let text = relabel::of_client(service, &message.text).map_err(|error| malformed(&error.to_string()))?;
    *account = Account::new(caller.context, service);
    call(caller.context, Door::Shared, service, caller.headers, &read(&text), account).await
}

/// A request for one service, under the service's own names there and back.
async fn one<H: Host>(
    caller: &Caller<'_, H>,
    subject: Subject,
    message: &Message,
    account: &mut Account<H>,
) -> Result<Response<Body>, Refusal> {
    let context = caller.context;
    account.method(message);
    if subject.thing == Thing::Tool {
        account.tool = Some(ToolName::unknown(&context.setup.keys.hash, &subject.alias));
    }
    let unknown = |reason| unknown_thing(caller.era, &subject, reason);
    let (service, name) = caller.find(&subject).await?.ok_or_else(|| unknown(Reason::ServiceUnknown))?;
    if !caller.may_use(&service) {
        return Err(unknown(match context.setup.config.service(&service) {
            Some(_) => Reason::ServiceNotAllowed,
            None => Reason::ServiceUnknown,
        }));
    }
    let name = name.ok_or_else(|| unknown(Reason::ToolNotAllowed))?;
    let text = subject.put(&message.text, &name).and_then(|text| relabel::of_client(&service, &text));
    let text = text.map_err(|_| unknown(Reason::MalformedRequest))?;
    *account = Account::new(context, &service);
    let message = read(&text);
    let headers = minted(caller, &message)?;
    let mut response = call(context, Door::Shared, &service, &headers, &message, account).await?;
    response.headers_mut().remove(session::SESSION);
    let method = message.as_ref().ok().and_then(Message::method).unwrap_or_default().to_owned();
    let told = told(caller.era, message.as_ref().ok());
    Ok(relay::changed(response, told, move |text| relabel::answer(&service, &method, text).ok()))
}

/// What a service may say to the client of all services before it answers: nothing that could be taken for another's.
fn told(era: Era, request: Option<&Message>) -> impl Fn(&Object<'_>) -> bool + 'static {
    let meta = request.and_then(Message::meta_object);
    let token = meta.as_deref().and_then(Object::parse).and_then(|meta| value(meta.get("progressToken")?));
    move |said| match said.string("method").as_deref() {
        Some("notifications/progress") => {
            let params = said.object("params").unwrap_or_default();
            token.is_some() && params.get("progressToken").and_then(value) == token
        }
        // In 2026-07-28 a service asks by its result, and takes nothing back.
        Some("notifications/cancelled") => era == Era::Legacy,
        _ => era == Era::Legacy || said.get("id").is_none(),
    }
}

fn value(text: &str) -> Option<serde_json::Value> {
    serde_json::from_str(text).ok()
}

/// The client's headers, but for the name: that is the service's own now.
fn minted<H: Host>(caller: &Caller<'_, H>, message: &Result<Message, Refusal>) -> Result<HeaderMap, Refusal> {
    let mut headers = caller.headers.clone();
    let Ok(message) = message else { return Ok(headers) };
    let object = Object::parse(&message.text).unwrap_or_default();
    let member = message.method().and_then(name_member).filter(|_| caller.era == Era::Modern);
    if let Some(name) = member.and_then(|member| object.object("params")?.string(member)) {
        let value = HeaderValue::try_from(mirrored::encode(&name))
            .map_err(|_| invalid("the name does not fit into a header"))?;
        headers.insert("mcp-name", value);
    }
    Ok(headers)
}

impl<H: Host> Caller<'_, H> {
    /// The service that a request is for, and what the thing that it is about is called there: [`None`] when the
    /// service's list knows none.
    async fn find(&self, subject: &Subject) -> Result<Option<(String, Option<String>)>, Refusal> {
        let alias = subject.alias.as_str();
        let found = |(service, name): (&str, &str)| (service.to_owned(), Some(name.to_owned()));
        let list = match subject.thing {
            Thing::Resource => {
                return Ok(alias::split_uri(alias).map(|(service, uri)| (service.to_owned(), Some(uri))));
            }
            Thing::Task => return Ok(alias::split_id(alias).map(found)),
            Thing::Tool => List::Tools,
            Thing::Prompt => List::Prompts,
        };
        Ok(match alias::split_name(alias) {
            None => None,
            Some((service, Name::Plain(name))) => Some(found((service, name))),
            Some((service, Name::Hashed)) if self.may_use(service) => {
                Some((service.to_owned(), self.name_of(list, service, alias).await?))
            }
            Some((service, Name::Hashed)) => Some((service.to_owned(), None)),
        })
    }
}

/// A message that is made here, of one that was read.
fn read(text: &str) -> Result<Message, Refusal> {
    Message::parse(text.as_bytes()).map_err(|error| invalid(&error.to_string()))
}

/// An answer of the gateway's own.
fn reply(id: &str, era: Era, mut result: Object<'_>) -> Response<Body> {
    if era == Era::Modern {
        own::sign(&mut result);
    }
    let mut response =
        Response::new(Body::from(format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{result}}}"#)));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn accepted() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::ACCEPTED;
    response
}

fn invalid(text: &str) -> Refusal {
    Refusal::rpc(StatusCode::OK, -32602, Reason::MalformedRequest, text)
}

fn unknown_method(era: Era, method: &str) -> Refusal {
    if Subject::is_in(method) && (era == Era::Legacy || !revision::is_removed(method)) {
        return invalid(&format!("params say not what {method} is for: its name, URI or id is missing"));
    }
    let status = match era {
        Era::Modern => StatusCode::NOT_FOUND,
        Era::Legacy => StatusCode::OK,
    };
    let text = format!("there is no {method} at the address of all services; a service's own may have it");
    Refusal::rpc(status, -32601, Reason::MalformedRequest, text)
}

/// The same for a service that is not there, for one that is not this person's, and for one that has no such thing.
fn unknown_thing(era: Era, subject: &Subject, reason: Reason) -> Refusal {
    let alias = &subject.alias;
    let (what, code) = match subject.thing {
        Thing::Tool => {
            let text = format!("There is no tool {alias} here for you. Use one that tools/list names.");
            return Refusal::new(Fault::Caller, reason, text);
        }
        Thing::Prompt => ("prompt", -32602),
        Thing::Task => ("task", -32602),
        // What revision 2026-07-28 calls invalid params, those before have a code of its own for.
        Thing::Resource if era == Era::Legacy => ("resource", -32002),
        Thing::Resource => ("resource", -32602),
    };
    let text = format!("There is no {what} {alias} here for you. Use one that a list names.");
    Refusal::rpc(StatusCode::OK, code, reason, text)
}
