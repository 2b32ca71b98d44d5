//! Batches of JSON-RPC messages, which 2025-03-26 has and no other revision: told apart, answered one after the other,
//! on one stream.

use std::pin::Pin;

use async_stream::try_stream;
use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body::Body as _;

use super::silence::is_stream;
use crate::body::Body;
use crate::host::{FetchError, Incoming};
use crate::mcp::raw::{Object, array_head};
use crate::mcp::revision::BATCHES;
use crate::mcp::sse::Event;

/// How many messages are taken at once.
const MOST: usize = 50;

/// The messages of a batch; [`None`] for what is none, or too large a one: it is refused as any other.
pub(super) fn split(request: &Request<Incoming>) -> Option<Vec<Bytes>> {
    // The revision has no header that names it, so that a request without one may be of it.
    let named = request.headers().get("mcp-protocol-version");
    if request.method() != Method::POST || named.is_some_and(|revision| revision != BATCHES) {
        return None;
    }
    let Incoming::Whole(body) = request.body() else { return None };
    let (messages, all) = array_head(std::str::from_utf8(body).ok()?, MOST)?;
    let messages: Vec<Bytes> =
        messages.into_iter().map(|message| Bytes::copy_from_slice(message.as_bytes())).collect();
    (!messages.is_empty() && messages.len() == all && !messages.iter().any(begins)).then_some(messages)
}

/// Whether a message begins a session, which none in a batch may: its id would have no header to come in.
fn begins(message: &Bytes) -> bool {
    let message = std::str::from_utf8(message).ok().and_then(Object::parse);
    message.and_then(|message| message.string("method")).is_some_and(|method| method == "initialize")
}

/// Marks an answer that the gateway gives without the service, or about the request as such.
#[derive(Clone, Copy)]
pub(super) struct OwnRefusal;

/// Answers a batch, given what answers one message. What refuses the first message as a request (a missing token, an
/// unknown service) refuses them all; a message that cannot be read (400) is refused by itself, and what a service
/// answers is about one message.
pub(super) async fn answer<F>(messages: Vec<Bytes>, one: impl Fn(Bytes) -> F + 'static) -> Response<Body>
where
    F: Future<Output = Response<Body>>,
{
    let mut messages = messages.into_iter();
    let Some(first) = messages.next() else { return empty() };
    let mut first = one(first).await;
    let status = first.status();
    let refused = status != StatusCode::BAD_REQUEST && first.extensions().get::<OwnRefusal>().is_some();
    if refused && (status.is_client_error() || status.is_server_error()) {
        return first;
    }
    let mut quiet = first.status() == StatusCode::ACCEPTED;
    while quiet {
        // So far only notifications: if nothing else follows there is nothing to answer.
        let Some(next) = messages.next() else { return empty() };
        first = one(next).await;
        quiet = first.status() == StatusCode::ACCEPTED;
    }
    let stream = try_stream! {
        let mut current = Some(first);
        while let Some(response) = current {
            let streamed = is_stream(&response);
            let mut body = response.into_body();
            let mut whole = Vec::new();
            while let Some(frame) = std::future::poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
                let frame: http_body::Frame<Bytes> = frame?;
                let Ok(data) = frame.into_data() else { continue };
                if streamed {
                    yield data;
                } else {
                    whole.extend_from_slice(&data);
                }
            }
            if let Some(text) = String::from_utf8(whole).ok().filter(|text| !text.trim().is_empty()) {
                yield Event::message(text).to_bytes();
            }
            current = match messages.next() {
                Some(message) => Some(one(message).await),
                None => None,
            };
        }
    };
    let stream: Pin<Box<dyn futures_util::Stream<Item = Result<Bytes, FetchError>>>> = Box::pin(stream);
    let mut response = Response::new(Body::stream(stream));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    response
}

fn empty() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::ACCEPTED;
    response
}
