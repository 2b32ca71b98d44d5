//! A call whose answer begins before it is there, as a stream of events. Either something is said on the line to its
//! client; or nothing is for a while: a host notices that a client has left once the answer has begun, and a client of
//! 2026-07-28 cancels by leaving.

use std::future::pending;
use std::pin::{Pin, pin};
use std::time::Duration;

use async_stream::try_stream;
use bytes::Bytes;
use futures_util::future::{Either, select};
use http::request::Parts;
use http::{HeaderValue, Method, Response, header};
use http_body::Body as _;

use super::bridge::still_here;
use crate::body::Body;
use crate::host::{FetchError, Host};
use crate::line::Heard;
use crate::mcp::sse::Event;

/// How long an answer may take before it begins in this way: those that refuse the request as such come sooner, with a
/// status of their own.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long the stream is silent at most: some hosts notice only when they write.
const SILENCE: Duration = Duration::from_secs(5);

/// Whether a request's client takes a stream of events as its answer.
pub(super) fn takes_stream(parts: &Parts) -> bool {
    parts.method == Method::POST && text(parts, "accept").contains("text/event-stream")
}

/// Whether a request is a call of 2026-07-28. Older clients cancel by a message.
pub(super) fn may_be_long(parts: &Parts) -> bool {
    ["tools/call", "prompts/get", "resources/read"].contains(&text(parts, "mcp-method"))
}

fn text<'p>(parts: &'p Parts, header: &str) -> &'p str {
    parts.headers.get(header).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// The answer, or the beginning of one that takes long, if it may begin for that, or before which something is said.
pub(super) async fn answer<H: Host>(
    host: H,
    heard: Heard,
    long: bool,
    answering: impl Future<Output = Response<Body>> + 'static,
) -> Response<Body> {
    let answering: Pin<Box<dyn Future<Output = Response<Body>>>> = Box::pin(answering);
    let begins = async {
        match long {
            true => host.sleep(PATIENCE).await,
            false => pending().await,
        }
    };
    let (mut said, mut waits) = match select(answering, pin!(select(pin!(heard.next()), pin!(begins)))).await
    {
        Either::Left((answer, _)) => return answer,
        Either::Right((Either::Left((event, _)), waits)) => (event, waits),
        Either::Right((Either::Right(_), waits)) => (still_here(), waits),
    };
    let stream = try_stream! {
        let response = loop {
            yield said.to_bytes();
            match select(waits, pin!(select(pin!(heard.next()), pin!(host.sleep(SILENCE))))).await {
                Either::Left((response, _)) => break response,
                Either::Right((Either::Left((event, _)), still)) => (said, waits) = (event, still),
                Either::Right((Either::Right(_), still)) => (said, waits) = (still_here(), still),
            }
        };
        for event in heard.rest() {
            yield event.to_bytes();
        }
        let streamed = is_stream(&response);
        let (mut body, mut whole) = (response.into_body(), Vec::new());
        while let Some(frame) = std::future::poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
            let frame: http_body::Frame<Bytes> = frame?;
            match frame.into_data() {
                Ok(data) if streamed => yield data,
                Ok(data) => whole.extend_from_slice(&data),
                Err(_) => {}
            }
        }
        if let Some(text) = String::from_utf8(whole).ok().filter(|text| !text.trim().is_empty()) {
            yield Event::message(text).to_bytes();
        }
    };
    let stream: Pin<Box<dyn futures_util::Stream<Item = Result<Bytes, FetchError>>>> = Box::pin(stream);
    let mut response = Response::new(Body::stream(stream));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

/// Whether an answer is a stream of events.
pub(super) fn is_stream(response: &Response<Body>) -> bool {
    let named = response.headers().get(header::CONTENT_TYPE);
    named.is_some_and(|value| value.as_bytes().starts_with(b"text/event-stream"))
}
