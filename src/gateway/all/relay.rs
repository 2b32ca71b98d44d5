//! Answers of one service on their way to a client of all services.

use std::future::poll_fn;
use std::pin::Pin;

use bytes::Bytes;
use futures_util::stream;
use http::Response;
use http_body::Body as _;

use crate::body::Body;
use crate::host::FetchError;
use crate::mcp::raw::Object;
use crate::mcp::{relabel, sse};

/// Far more than an event that passed the phases can have.
const MAX_EVENT: usize = 64 * 1024 * 1024;

/// The answer to a request of this method with the URIs that it has at the address of all services: at once, or event
/// by event as it comes.
pub(super) fn renamed(response: Response<Body>, service: &str, method: &str) -> Response<Body> {
    let (service, method) = (service.to_owned(), method.to_owned());
    response.map(|body| match body.into_bytes() {
        Ok(bytes) => match std::str::from_utf8(&bytes) {
            // What is no message stays what it is: it has no names.
            Ok(text) => relabel::answer(&service, &method, text)
                .map_or_else(|_| Body::from(bytes.clone()), Body::from),
            Err(_) => Body::from(bytes),
        },
        Err(body) => Body::stream(events(body, move |mut event| {
            if let Some(renamed) =
                event.data.as_deref().and_then(|text| relabel::answer(&service, &method, text).ok())
            {
                event.data = Some(renamed);
            }
            Some(event)
        })),
    })
}

/// The message that ends the answer; [`None`] when there is none.
pub(super) async fn last(response: Response<Body>) -> Option<String> {
    let mut body = match response.into_body().into_bytes() {
        Ok(bytes) => return String::from_utf8(bytes.into()).ok(),
        Err(body) => body,
    };
    let mut parser = sse::Parser::new(MAX_EVENT);
    while let Some(Ok(frame)) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        for event in frame.into_data().ok().map(|data| parser.push(&data))?.ok()? {
            let ends =
                |data: &String| Object::parse(data).is_some_and(|message| message.get("method").is_none());
            if let Some(data) = event.data.filter(ends) {
                return Some(data);
            }
        }
    }
    None
}

/// The events of a stream, each as it comes, with what `change` makes of it; [`None`] leaves it out.
pub(super) fn events(
    body: Body,
    change: impl Fn(sse::Event) -> Option<sse::Event> + 'static,
) -> impl stream::Stream<Item = Result<Bytes, FetchError>> {
    let state = (body, sse::Parser::new(MAX_EVENT), change);
    stream::unfold(state, |(mut body, mut parser, change)| async move {
        loop {
            let data = match poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await? {
                Ok(frame) => frame.into_data().unwrap_or_default(),
                Err(error) => return Some((Err(error), (body, parser, change))),
            };
            let changed = parser.push(&data).ok()?.into_iter().filter_map(&change);
            let out: Vec<u8> = changed.flat_map(|event| event.to_bytes()).collect();
            if !out.is_empty() {
                return Some((Ok(Bytes::from(out)), (body, parser, change)));
            }
        }
    })
}
