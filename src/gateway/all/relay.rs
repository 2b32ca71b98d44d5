//! Answers of one service on their way to a client of all services.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::{Pin, pin};

use async_stream::stream;
use bytes::Bytes;
use futures_util::future::{Either, select};
use futures_util::stream::{Stream, StreamExt as _};
use http::{HeaderValue, Response, header};
use http_body::Body as _;

use crate::body::Body;
use crate::gateway::bridge::still_here;
use crate::gateway::news::{ACKNOWLEDGED, SILENCE};
use crate::host::{FetchError, Host, Timestamp};
use crate::mcp::merge::List;
use crate::mcp::raw::Object;
use crate::mcp::{relabel, sse};

/// Far more than an event that passed the phases can have.
const MAX_EVENT: usize = 64 * 1024 * 1024;

/// The answer to a request with each of its messages changed: at once, or event by event as it comes. What is no
/// message stays what it is; what is said in between and is not to be `told` is left out.
pub(super) fn changed(
    response: Response<Body>,
    told: impl Fn(&Object<'_>) -> bool + 'static,
    change: impl Fn(&str) -> Option<String> + 'static,
) -> Response<Body> {
    response.map(|body| match body.into_bytes() {
        Ok(bytes) => {
            let changed = std::str::from_utf8(&bytes).ok().and_then(&change);
            changed.map_or_else(|| Body::from(bytes), Body::from)
        }
        Err(body) => Body::stream(stream! {
            let mut events = Events::of(body);
            while let Some(event) = events.next().await {
                yield event.map(|mut event| {
                    let message = event.data.as_deref().and_then(Object::parse);
                    let left_out = message.is_some_and(|message| message.get("method").is_some() && !told(&message));
                    if left_out {
                        event.data = None;
                    }
                    if let Some(changed) = event.data.as_deref().and_then(&change) {
                        event.data = Some(changed);
                    }
                    event.to_bytes()
                });
            }
        }),
    })
}

/// The message that ends the answer; [`None`] when there is none.
pub(super) async fn last(response: Response<Body>) -> Option<String> {
    let body = match response.into_body().into_bytes() {
        Ok(bytes) => return String::from_utf8(bytes.into()).ok(),
        Err(body) => body,
    };
    let mut events = Events::of(body);
    while let Some(Ok(event)) = events.next().await {
        let ends = |data: &String| Object::parse(data).is_some_and(|message| message.get("method").is_none());
        if let Some(data) = event.data.filter(ends) {
            return Some(data);
        }
    }
    None
}

/// The events of a stream, each as it comes.
pub(super) struct Events {
    body: Body,
    parser: sse::Parser,
    ready: VecDeque<sse::Event>,
}

impl Events {
    /// Of the body of an answer.
    pub(super) fn of(body: Body) -> Self {
        Self { body, parser: sse::Parser::new(MAX_EVENT), ready: VecDeque::new() }
    }

    /// The next one; [`None`] at the end.
    pub(super) async fn next(&mut self) -> Option<Result<sse::Event, FetchError>> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(Ok(event));
            }
            match poll_fn(|cx| Pin::new(&mut self.body).poll_frame(cx)).await? {
                Ok(frame) => {
                    self.ready.extend(self.parser.push(&frame.into_data().unwrap_or_default()).ok()?)
                }
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

/// What a service's stream of news brings for a client of all services; [`None`] for an event that says nothing to
/// it: a comment, an acknowledgement, the end, what is not `wanted`. A list that has changed is not shown from memory
/// again.
pub(super) fn news<H: Host>(
    host: &H,
    service: &str,
    event: &sse::Event,
    wanted: impl Fn(&Object<'_>) -> bool,
) -> Option<Bytes> {
    let data = event.data.as_deref().filter(|data| !data.is_empty())?;
    let note = Object::parse(data)?;
    let method = note.string("method")?;
    let changed: &[List] = match method.as_str() {
        ACKNOWLEDGED => return None,
        "notifications/tools/list_changed" => &[List::Tools],
        "notifications/prompts/list_changed" => &[List::Prompts],
        "notifications/resources/list_changed" => &[List::Resources, List::Templates],
        _ => &[],
    };
    host.isolate().lists.forget(|key| key.service == service && changed.contains(&key.list));
    if !wanted(&note) {
        return None;
    }
    let data = relabel::answer(service, "subscriptions/listen", data).ok()?;
    Some(sse::Event::message(data).to_bytes())
}

/// A stream that is kept alive while nothing happens, until it ends or its time is over. [`None`] is nothing.
pub(super) fn kept_alive<H: Host>(
    host: H,
    until: Timestamp,
    news: impl Stream<Item = Option<Bytes>> + 'static,
) -> impl Stream<Item = Result<Bytes, FetchError>> {
    stream! {
        let mut news = pin!(news);
        let mut heard = host.now();
        while host.now() < until {
            let next = match select(news.next(), pin!(host.sleep(SILENCE))).await {
                Either::Left((Some(next), _)) => next,
                Either::Left((None, _)) => break,
                Either::Right(_) => None,
            };
            if next.is_some() || heard.after(SILENCE) <= host.now() {
                heard = host.now();
                yield Ok(next.unwrap_or_else(|| still_here().to_bytes()));
            }
        }
    }
}

/// A stream of events as an answer.
pub(super) fn streamed(events: impl Stream<Item = Result<Bytes, FetchError>> + 'static) -> Response<Body> {
    let mut response = Response::new(Body::stream(events));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}
