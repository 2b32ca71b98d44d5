//! `subscriptions/listen` at `/mcp`: the news of all services on one stream.
//!
//! Each service is asked for its part. What is acknowledged is what the services that took it are asked for; one that
//! ends its stream is silent from then on, and the stream ends with the last of them.

use std::pin::pin;

use bytes::Bytes;
use futures_util::future::{Either, select};
use futures_util::stream::{self, StreamExt as _};
use http::{HeaderValue, Response, header};

use super::gather::{AT_ONCE, Caller, PATIENCE};
use super::{own, relay};
use crate::body::Body;
use crate::config::Service;
use crate::error::Refusal;
use crate::gateway::account::Account;
use crate::gateway::{Door, call, settled};
use crate::host::{FetchError, Host};
use crate::mcp::bridge::META_SUBSCRIPTION;
use crate::mcp::merge::List;
use crate::mcp::message::Message;
use crate::mcp::raw::{Object, quoted};
use crate::mcp::{relabel, sse};

/// The stream, which begins when every service has answered or is late.
pub(super) async fn listen<H: Host>(
    caller: &Caller<'_, H>,
    id: &str,
    message: &Message,
) -> Result<Response<Body>, Refusal> {
    let object = Object::parse(&message.text).unwrap_or_default();
    let params = object.object("params").unwrap_or_default();
    let Some(filter) = params.object("notifications") else {
        return Err(super::invalid("params.notifications says what to listen for"));
    };
    let parts = caller.services.iter().filter_map(|service| {
        let filter = relabel::filter_for(&service.id, &filter)?;
        Some(async move { (service.id.as_str(), part(caller, service, &filter, message).await) })
    });
    let answers: Vec<_> = stream::iter(parts).buffer_unordered(AT_ONCE).collect().await;
    let taken: Vec<_> = answers.into_iter().filter_map(|(id, body)| Some((id, body?))).collect();
    let services: Vec<&str> = taken.iter().map(|(service, _)| *service).collect();
    let granted = relabel::filter_of(&services, &filter).filter(|_| !services.is_empty());
    let news = taken.into_iter().map(|(service, body)| Box::pin(news(caller, service, body)));
    let stream = stream::iter([Ok(acknowledged(id, granted.as_deref().unwrap_or("{}")))])
        .chain(stream::select_all(news))
        .chain(stream::iter([Ok(ended(id))]));
    let mut response = Response::new(Body::stream(stream));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

/// One service's stream; [`None`] when it does not give one. It has the client's own id for the subscription.
async fn part<H: Host>(
    caller: &Caller<'_, H>,
    service: &Service,
    filter: &str,
    message: &Message,
) -> Option<Body> {
    let mut object = Object::parse(&message.text)?;
    let mut params = object.object("params")?;
    params.set("notifications", filter.to_owned());
    let params = params.to_string();
    object.set("params", params);
    let message = super::read(&object.to_string());
    let mut account = Account::new(caller.context, &service.id);
    // Whether a service has news at all shows only when it is asked.
    account.worthless = true;
    let headers = caller.headers_for("subscriptions/listen");
    let asked = call(caller.context, Door::Shared, &service.id, &headers, &message, &mut account);
    let Either::Left((asked, _)) = select(pin!(asked), pin!(caller.context.host.sleep(PATIENCE))).await
    else {
        return None;
    };
    settled(caller.context, asked, &mut account).await.ok()?.into_body().into_bytes().err()
}

/// The news on a service's stream: neither its acknowledgement nor its end. A list that has changed is not shown from
/// memory again.
fn news<H: Host>(
    caller: &Caller<'_, H>,
    service: &str,
    body: Body,
) -> impl stream::Stream<Item = Result<Bytes, FetchError>> + use<H> {
    let (host, service) = (caller.context.host.clone(), service.to_owned());
    let events = relay::events(body, move |event| {
        let Some(data) = event.data.as_deref().filter(|data| !data.is_empty()) else { return Some(event) };
        let method = Object::parse(data)?.string("method")?;
        let changed: &[List] = match method.as_str() {
            "notifications/subscriptions/acknowledged" => return None,
            "notifications/tools/list_changed" => &[List::Tools],
            "notifications/prompts/list_changed" => &[List::Prompts],
            "notifications/resources/list_changed" => &[List::Resources, List::Templates],
            _ => &[],
        };
        host.isolate().lists.forget(|key| key.service == service && changed.contains(&key.list));
        let data = relabel::answer(&service, "subscriptions/listen", data).ok()?;
        Some(sse::Event { data: Some(data), ..event })
    });
    // A stream that breaks off is over, and the others are not.
    events.take_while(|event| std::future::ready(event.is_ok()))
}

fn acknowledged(id: &str, filter: &str) -> Bytes {
    let method = quoted("notifications/subscriptions/acknowledged");
    let params = format!(r#"{{"_meta":{{{}:{id}}},"notifications":{filter}}}"#, quoted(META_SUBSCRIPTION));
    sse::Event::message(format!(r#"{{"jsonrpc":"2.0","method":{method},"params":{params}}}"#)).to_bytes()
}

fn ended(id: &str) -> Bytes {
    let mut result = Object::default();
    result.set("_meta", format!("{{{}:{id}}}", quoted(META_SUBSCRIPTION)));
    own::sign(&mut result);
    sse::Event::message(format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{result}}}"#)).to_bytes()
}
