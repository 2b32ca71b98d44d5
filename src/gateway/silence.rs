//! A call that says nothing for a while. Its answer begins all the same, as a stream of events in which nothing is said
//! yet: a host notices that a client has left once the answer has begun, and a client of 2026-07-28 cancels by leaving.

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
use crate::mcp::sse::Event;

/// How long an answer may take before it begins in this way: those that refuse the request as such come sooner, with a
/// status of their own.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long the stream is silent at most: some hosts notice only when they write.
const SILENCE: Duration = Duration::from_secs(5);

/// Whether a request is a call of 2026-07-28 whose client takes a stream. Older clients cancel by a message.
pub(super) fn may_be_long(parts: &Parts) -> bool {
    let text = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let calls = ["tools/call", "prompts/get", "resources/read"].contains(&text("mcp-method"));
    parts.method == Method::POST && calls && text("accept").contains("text/event-stream")
}

/// The answer, or the beginning of one that takes long.
pub(super) async fn answer<H: Host>(
    host: H,
    answering: impl Future<Output = Response<Body>> + 'static,
) -> Response<Body> {
    let answering: Pin<Box<dyn Future<Output = Response<Body>>>> = Box::pin(answering);
    let mut waits = match select(answering, pin!(host.sleep(PATIENCE))).await {
        Either::Left((answer, _)) => return answer,
        Either::Right(((), waits)) => waits,
    };
    let stream = try_stream! {
        let response = loop {
            yield still_here().to_bytes();
            match select(waits, pin!(host.sleep(SILENCE))).await {
                Either::Left((response, _)) => break response,
                Either::Right(((), still)) => waits = still,
            }
        };
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
