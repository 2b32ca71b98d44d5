//! What a client hears while a person's account at a service is not connected, or they have to sign in again for it: the service's tools as the person last
//! saw them, so that no list is empty, and to every call the way to connect.
//!
//! The gateway stands in for the service where that needs no account: introductions, `ping`, lists. A client that can
//! show a person a page (`elicitation.url`) gets the link as one; every other reads it in the tool's result.

use http::{HeaderMap, HeaderValue, Response, StatusCode, header};

use super::account::Account;
use super::admit::{Admitted, storage};
use super::answer::Exchange;
use super::bridge::{self, result_message};
use super::client::Client;
use super::source::Source;
use super::{Door, call};
use crate::audit::{Outcome, Reason};
use crate::body::Body;
use crate::context::Context;
use crate::crypto::digest;
use crate::error::{Refusal, Shape};
use crate::host::Host;
use crate::mcp::bridge::{Facts, META_SERVER, URL_ELICITATION_REQUIRED, initialize_of_discover};
use crate::mcp::message::{Kind, Message};
use crate::mcp::raw::{Object, array_of, quoted};
use crate::mcp::revision::{Era, REVISIONS};
use crate::pii::Given;
use crate::service::vault;
use crate::store::service_tools;

/// The tool that is there where nothing is known of the service's own: where people connect an account, and where they
/// have to sign in again.
const CONNECT: &str = "connect_account";
const SIGN_IN: &str = "sign_in";

/// The key of the question, and what `requestState` says, when a client of 2026-07-28 is asked to show the page. Both
/// come back with the call that is made again, and mean nothing to the service.
const QUESTION: &str = "mcpgate-connect";

/// Answers in the place of a service whose account is not connected.
pub(super) async fn answer<H: Host>(
    context: &Context<H>,
    admitted: &Admitted<'_>,
    headers: &HeaderMap,
    message: &Message,
    account: &mut Account<H>,
    refusal: Refusal,
) -> Result<Response<Body>, Refusal> {
    let era = call::era(headers, message)?;
    let Kind::Request { id, method, .. } = &message.kind else {
        return match &message.kind {
            Kind::Response => Err(refusal),
            _ => {
                Exchange::new(context, admitted, era, None, account, Given::default())
                    .answer(Source::accepted())
                    .await
            }
        };
    };
    let object = Object::parse(&message.text).unwrap_or_default();
    let params = object.object("params").unwrap_or_default();
    let (result, session) = match method.as_str() {
        "initialize" if era == Era::Legacy => {
            let facts = Facts::of_initialize(&params);
            let result = initialize_of_discover(&introduction(admitted, &refusal), &facts.revision);
            let session = Client::begin(context, bridge::owner(admitted), facts).await?;
            (result.unwrap_or_default(), Some(session))
        }
        "server/discover" => (introduction(admitted, &refusal), None),
        "ping" | "logging/setLevel" => ("{}".to_owned(), None),
        "tools/list" => match known_tools(context, admitted).await? {
            Some(tools) => (list("tools", &tools, era), None),
            // At the address of all services a note says which are missing.
            None if admitted.door == Door::Shared => return Err(refusal),
            None => {
                account.close(Outcome::Ok).await?;
                let tools = format!("[{}]", connect_tool(admitted, &refusal));
                return Ok(plain(result_message(id, &list("tools", &tools, era))));
            }
        },
        "prompts/list" => (list("prompts", "[]", era), None),
        "resources/list" => (list("resources", "[]", era), None),
        "resources/templates/list" => (list("resourceTemplates", "[]", era), None),
        _ => return asked(context, admitted, headers, message, account, refusal).await,
    };
    let request = Some((id.clone(), method.clone()));
    let source = Source::message(StatusCode::OK, result_message(id, &result)).in_session(session);
    Exchange::new(context, admitted, era, request, account, Given::default()).answer(source).await
}

/// The message without the answer to a question of ours: whether the account is connected is seen, not believed.
pub(super) fn without_our_question(message: Message) -> Result<Message, Refusal> {
    let Some(mut object) = Object::parse(&message.text) else { return Ok(message) };
    let Some(mut params) = object.object("params") else { return Ok(message) };
    if params.string("requestState").as_deref() != Some(QUESTION) {
        return Ok(message);
    }
    params.remove("requestState");
    params.remove("inputResponses");
    let params = params.to_string();
    object.set("params", params);
    Message::parse(object.to_string().as_bytes()).map_err(|error| bridge::malformed(&error.to_string()))
}

/// A call that needs the account: a page to show, where the client can show one.
async fn asked<H: Host>(
    context: &Context<H>,
    admitted: &Admitted<'_>,
    headers: &HeaderMap,
    message: &Message,
    account: &mut Account<H>,
    refusal: Refusal,
) -> Result<Response<Body>, Refusal> {
    let era = call::era(headers, message)?;
    let may = matches!(message.method(), Some("tools/call" | "prompts/get" | "resources/read"));
    let facts = match era {
        Era::Modern => Client::of_meta(message.meta_object().as_deref()).facts,
        Era::Legacy => Client::of_headers(context, bridge::owner(admitted), headers)
            .await
            .map(|client| client.facts)
            .unwrap_or_default(),
    };
    if !may || facts.can("elicitation/create", r#"{"mode":"url"}"#).is_err() {
        return Err(refusal);
    }
    let party = bridge::own_party(context, admitted);
    let name = &admitted.service.name;
    let text = match refusal.reason {
        Reason::SignInNeeded => format!("Sign in again to go on with {name}."),
        _ => format!("Connect your account at {name} to go on."),
    };
    let (text, url) = (quoted(&text), quoted(&vault::link(&party)));
    let Some(id) = message.id() else { return Err(refusal) };
    if era == Era::Legacy {
        // The same page again is the same question.
        let question = quoted(&digest(&url));
        let data = format!(
            r#"{{"elicitations":[{{"mode":"url","elicitationId":{question},"url":{url},"message":{text}}}]}}"#
        );
        let shape = Shape::Rpc { status: StatusCode::OK, code: URL_ELICITATION_REQUIRED, data: Some(data) };
        return Err(Refusal { shape, ..refusal });
    }
    account.close(refusal.outcome()).await?;
    let result = format!(
        r#"{{"resultType":"input_required","inputRequests":{{"{QUESTION}":{{"method":"elicitation/create","params":{{"mode":"url","url":{url},"message":{text}}}}}}},"requestState":"{QUESTION}"}}"#
    );
    Ok(plain(result_message(id, &result)))
}

/// What the person's account was last shown.
async fn known_tools<H: Host>(
    context: &Context<H>,
    admitted: &Admitted<'_>,
) -> Result<Option<String>, Refusal> {
    let person = admitted.principal.person();
    service_tools::find(&context.host, person, &admitted.key, &admitted.service.id)
        .await
        .map_err(|error| storage(context, &error))
}

/// What the service would say of itself to `server/discover`.
fn introduction(admitted: &Admitted<'_>, refusal: &Refusal) -> String {
    let revisions: Vec<String> = REVISIONS.iter().map(|revision| quoted(revision)).collect();
    let mut server = Object::default();
    server.set("name", quoted(&admitted.service.name));
    server.set("version", quoted(env!("CARGO_PKG_VERSION")));
    let mut meta = Object::default();
    meta.set(META_SERVER, server.to_string());
    let mut result = Object::default();
    result.set("supportedVersions", array_of(revisions.iter().map(String::as_str)));
    result.set("capabilities", r#"{"tools":{"listChanged":true}}"#.to_owned());
    result.set("instructions", quoted(&refusal.text));
    result.set("ttlMs", "0".to_owned());
    result.set("cacheScope", quoted("private"));
    result.set("resultType", quoted("complete"));
    result.set("_meta", meta.to_string());
    result.to_string()
}

fn list(name: &str, items: &str, era: Era) -> String {
    let mut result = Object::default();
    result.set(name, items.to_owned());
    if era == Era::Modern {
        result.set("resultType", quoted("complete"));
        result.set("ttlMs", "0".to_owned());
        result.set("cacheScope", quoted("private"));
    }
    result.to_string()
}

fn connect_tool(admitted: &Admitted<'_>, refusal: &Refusal) -> String {
    let mut tool = Object::default();
    let service = &admitted.service.name;
    let (name, title) = match refusal.reason {
        Reason::SignInNeeded => (SIGN_IN, format!("Sign in to use {service}")),
        _ => (CONNECT, format!("Connect your account at {service}")),
    };
    tool.set("name", quoted(name));
    tool.set("title", quoted(&title));
    let note = "Call this for the link. Once that is done, list the tools again.";
    tool.set("description", quoted(&format!("{} {note}", refusal.text)));
    tool.set("inputSchema", r#"{"type":"object","additionalProperties":false}"#.to_owned());
    let annotations =
        r#"{"readOnlyHint":true,"destructiveHint":false,"idempotentHint":true,"openWorldHint":false}"#;
    tool.set("annotations", annotations.to_owned());
    tool.to_string()
}

/// An answer of the gateway's own.
pub(super) fn plain(text: String) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
