//! `subscriptions/listen` at `/mcp`: the news of all services on one stream.
//!
//! Each service is asked for its part. What is acknowledged is what services have acknowledged; those that did not
//! answer are named. One that ends its stream later is silent from then on, and the stream ends with the last of
//! them, or after a while: then the client asks anew.

use std::pin::pin;
use std::time::Duration;

use async_stream::stream;
use futures_util::future::{Either, select};
use futures_util::stream::{self, StreamExt as _};
use http::Response;

use super::gather::{self, AT_ONCE, Caller, PATIENCE, Queue};
use super::{own, relay};
use crate::audit::Reason;
use crate::body::Body;
use crate::config::Service;
use crate::error::{Fault, Refusal};
use crate::gateway::account::Account;
use crate::gateway::news::{ACKNOWLEDGED, LONGEST};
use crate::gateway::{Door, call, settled};
use crate::host::{FetchError, Host, Timestamp};
use crate::mcp::bridge::META_SUBSCRIPTION;
use crate::mcp::merge::{Missing, UNAVAILABLE};
use crate::mcp::message::Message;
use crate::mcp::raw::{Object, quoted};
use crate::mcp::topics::Topics;
use crate::mcp::{relabel, sse};
use crate::service;

/// The stream, which begins when every service has acknowledged its part, refused it or is late.
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
    let until = caller.context.host.now().after(PATIENCE);
    let parts = caller.services.iter().enumerate().filter_map(|(at, service)| {
        let filter = relabel::filter_for(&service.id, &filter)?;
        Some((at, *service, filter))
    });
    let parts: Vec<_> = parts.collect();
    let queue = &Queue::of(parts.len());
    let parts = parts.into_iter().map(|(at, service, filter)| async move {
        queue.turn();
        (at, service, part(caller, service, &filter, message, until, queue).await)
    });
    let mut answers: Vec<_> = stream::iter(parts).buffer_unordered(AT_ONCE).collect().await;
    answers.sort_by_key(|(at, ..)| *at);
    let (mut granted, mut missing, mut open) = (Vec::new(), Vec::new(), Vec::new());
    for (_, service, answer) in answers {
        match answer {
            Ok(Some(part)) => {
                let heard = format!(r#"{{"notifications":{}}}"#, part.granted);
                granted.push((service.id.clone(), part.granted));
                open.push((service.id.clone(), Topics::of_params(Some(&heard)), part.events));
            }
            // It has no news.
            Ok(None) => {}
            Err(refusal) => missing.push(gather::missing(service, &refusal)),
        }
    }
    let granted = relabel::granted(&filter, &granted);
    let host = caller.context.host.clone();
    let until = host.now().after(LONGEST).min(caller.principal.expires_at());
    let news = stream::select_all(open.into_iter().map(|(service, topics, mut events)| {
        let host = host.clone();
        Box::pin(stream! {
            // A stream that breaks off is over, and the others are not.
            while let Some(Ok(event)) = events.next().await {
                yield relay::news(&host, &service, &event, |note| {
                    note.get("id").is_none() && (topics.name(note) || is_about_task(note))
                });
            }
        })
    }));
    let first = stream::iter([Ok(acknowledged(id, &granted, &missing))]);
    let last = stream::iter([Ok(ended(id))]);
    Ok(relay::streamed(first.chain(relay::kept_alive(host, until, news)).chain(last)))
}

/// Whether it tells of a task, by the extension: whose it is was looked at.
fn is_about_task(note: &Object<'_>) -> bool {
    note.string("method").as_deref() == Some("notifications/tasks")
}

/// A service's part of the stream.
struct Granted {
    /// What it acknowledged, as `params.notifications`, in its own words.
    granted: String,
    events: relay::Events,
}

/// Asks one service, until it is too late for all; [`None`] when it has no news, or none of these. It has the client's
/// own id for the subscription.
async fn part<H: Host>(
    caller: &Caller<'_, H>,
    service: &Service,
    filter: &str,
    message: &Message,
    until: Timestamp,
    queue: &Queue,
) -> Result<Option<Granted>, Refusal> {
    let mut object = Object::parse(&message.text).unwrap_or_default();
    let mut params = object.object("params").unwrap_or_default();
    params.set("notifications", filter.to_owned());
    let params = params.to_string();
    object.set("params", params);
    let message = super::read(&object.to_string());
    let mut account = Account::new(caller.context, &service.id);
    // Whether a service has news at all shows only when it is asked.
    account.worthless = true;
    let headers = caller.headers_for("subscriptions/listen");
    let asked = async {
        let asked = call(caller.context, Door::Shared, &service.id, &headers, &message, &mut account).await;
        begun(service, settled(caller.context, asked, &mut account).await?).await
    };
    let host = &caller.context.host;
    let left = u64::try_from(until.0 - host.now().0).unwrap_or_default();
    if left == 0 {
        let name = &service.name;
        let text = format!("There was no time left to ask {name}: others did not answer. Ask again.");
        return Err(Refusal::new(Fault::Service, Reason::ServiceTimeout, text));
    }
    match select(pin!(asked), pin!(queue.late(host, Duration::from_millis(left)))).await {
        Either::Left((begun, _)) => begun,
        Either::Right((waited, _)) => {
            let late = Service { timeout: waited, ..service.clone() };
            Err(service::failure(caller.context, &late, &FetchError::TimedOut, false))
        }
    }
}

/// Reads a service's answer as far as its acknowledgement, before which it has nothing to say.
async fn begun(service: &Service, response: Response<Body>) -> Result<Option<Granted>, Refusal> {
    let mut events = match response.into_body().into_bytes() {
        Ok(bytes) => return refused(service, std::str::from_utf8(&bytes).unwrap_or_default()),
        Err(body) => relay::Events::of(body),
    };
    while let Some(Ok(event)) = events.next().await {
        let Some(data) = event.data.filter(|data| !data.is_empty()) else { continue };
        let message = Object::parse(&data).unwrap_or_default();
        match message.string("method") {
            None => return refused(service, &data),
            Some(method) if method == ACKNOWLEDGED => {
                let granted = message.object("params").and_then(|params| {
                    params.object("notifications").filter(|granted| !granted.is_empty())?;
                    params.get("notifications").map(str::to_owned)
                });
                return Ok(granted.map(|granted| Granted { granted, events }));
            }
            Some(_) => {}
        }
    }
    Err(service::rubbish(service, "it did not say what it listens for"))
}

/// A message in the place of a stream: there is no such method, or the service does not tell now.
fn refused(service: &Service, message: &str) -> Result<Option<Granted>, Refusal> {
    let message = Object::parse(message).unwrap_or_default();
    let code = message.object("error").and_then(|error| error.get("code").map(str::to_owned));
    if message.get("result").is_some() || code.as_deref() == Some("-32601") {
        return Ok(None);
    }
    let text = format!("{} does not tell its news: it answered with an error.", service.name);
    Err(Refusal::new(Fault::Service, Reason::ServiceError, text))
}

fn acknowledged(id: &str, filter: &str, missing: &[Missing]) -> bytes::Bytes {
    let mut meta = Object::default();
    meta.set(META_SUBSCRIPTION, id.to_owned());
    if !missing.is_empty() {
        meta.set(UNAVAILABLE, Missing::list(missing));
    }
    let method = quoted(ACKNOWLEDGED);
    let params = format!(r#"{{"_meta":{meta},"notifications":{filter}}}"#);
    sse::Event::message(format!(r#"{{"jsonrpc":"2.0","method":{method},"params":{params}}}"#)).to_bytes()
}

fn ended(id: &str) -> bytes::Bytes {
    let mut result = Object::default();
    result.set("_meta", format!("{{{}:{id}}}", quoted(META_SUBSCRIPTION)));
    own::sign(&mut result);
    sse::Event::message(format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{result}}}"#)).to_bytes()
}
