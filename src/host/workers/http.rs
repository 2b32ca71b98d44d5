//! Messages between JavaScript's fetch API and the `http` types.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{Either, select};
use futures_util::{Stream as _, StreamExt as _, stream};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, header};
use http_body::{Body as _, Frame};
use worker::js_sys::Uint8Array;
use worker::wasm_bindgen::JsCast as _;
use worker::wasm_bindgen::closure::Closure;
use worker::web_sys::AbortSignal;
use worker::{AbortController, ByteStream, Delay, Fetch, Headers, RequestInit, RequestRedirect};

use super::Answering;
use crate::body::Body;
use crate::host::{FetchError, Incoming, Limits, MAX_REQUEST_BODY};

/// Reads a request, and its body whole unless that is too large or breaks off.
pub(super) async fn read(mut request: worker::Request) -> worker::Result<Request<Incoming>> {
    let headers = header_map(request.headers());
    let announced: Option<usize> =
        headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    let body = match announced {
        _ if request.inner().body().is_none() => Incoming::Whole(Bytes::new()),
        Some(length) if length > MAX_REQUEST_BODY => {
            if length <= MAX_DRAINED {
                drain(&mut request.stream()?, length).await;
            }
            Incoming::TooLarge
        }
        // With a length the runtime holds the client to it, so that one read is bounded.
        Some(_) => request.bytes().await.map_or(Incoming::Broken, |bytes| Incoming::Whole(bytes.into())),
        None => read_bounded(request.stream()?).await,
    };
    let mut message = Request::builder().method(request.inner().method().as_str()).uri(request.inner().url());
    if let Some(map) = message.headers_mut() {
        *map = headers;
    }
    message.body(body).map_err(|error| error.to_string().into())
}

/// Hands the answer to the runtime: in one piece when it is there in one piece, else chunk by chunk.
/// A stream ends early when its client is gone.
pub(super) async fn write(
    response: Response<Body>,
    gone: Gone,
    answering: Answering,
) -> worker::Result<worker::Response> {
    let (parts, mut body) = response.into_parts();
    let headers = Headers::new();
    for (name, value) in &parts.headers {
        headers.append(name.as_str(), &String::from_utf8_lossy(value.as_bytes()))?;
    }
    let builder = worker::ResponseBuilder::new().with_status(parts.status.as_u16()).with_headers(headers);
    if body.is_end_stream() {
        return Ok(builder.empty());
    }
    if body.size_hint().exact().is_some() {
        let mut bytes = Vec::new();
        while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
            let frame = frame.map_err(|error| error.to_string())?;
            bytes.extend_from_slice(frame.data_ref().map_or(&[], |data| data));
        }
        return Ok(builder.fixed(bytes));
    }
    let events = parts.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream");
    let stream = stream::unfold((body, answering), move |(mut body, answering)| async move {
        let next = poll_fn(|context| Pin::new(&mut body).poll_frame(context));
        let chunk = match select(next, pin!(beat(events))).await {
            Either::Left((frame, _)) => frame?.map(|frame| frame.into_data().unwrap_or_default()),
            Either::Right(((), _)) => Ok(Bytes::from_static(BEAT)),
        };
        Some((chunk, (body, answering)))
    });
    let mut response = Response::new(Body::stream(stream.take_until(gone)));
    *response.status_mut() = parts.status;
    *response.headers_mut() = parts.headers;
    worker::response_to_wasm(response).map(Into::into)
}

/// How long a stream of events is silent before a comment goes into it. Only by writing does the runtime notice that
/// a client has gone; the gateway's chunks are whole events, so that a comment can stand between any two.
const SILENCE: Duration = Duration::from_secs(15);
const BEAT: &[u8] = b":\n\n";

/// Ends when a silent stream of events is to have a comment; never for another.
async fn beat(events: bool) {
    match events {
        true => Delay::from(SILENCE).await,
        false => std::future::pending().await,
    }
}

/// Ends when the client has gone away. Before there is an answer the runtime does not notice.
pub(super) struct Gone {
    signal: AbortSignal,
    waker: Rc<Cell<Option<Waker>>>,
    _listener: Closure<dyn FnMut()>,
}

impl Gone {
    pub(super) fn watch(request: &worker::Request) -> Self {
        let signal = request.inner().signal();
        let waker = Rc::new(Cell::new(None::<Waker>));
        let woken = Rc::clone(&waker);
        let listener = Closure::<dyn FnMut()>::new(move || woken.take().into_iter().for_each(Waker::wake));
        signal.set_onabort(Some(listener.as_ref().unchecked_ref()));
        Self { signal, waker, _listener: listener }
    }
}

impl Future for Gone {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.signal.aborted() {
            return Poll::Ready(());
        }
        self.waker.set(Some(context.waker().clone()));
        Poll::Pending
    }
}

impl Drop for Gone {
    fn drop(&mut self) {
        self.signal.set_onabort(None);
    }
}

/// Sends a request out.
pub(super) async fn fetch(
    request: Request<Bytes>,
    limits: Limits,
) -> Result<Response<ResponseBody>, FetchError> {
    let (parts, body) = request.into_parts();
    let headers = Headers::new();
    for (name, value) in &parts.headers {
        let value =
            value.to_str().map_err(|_| FetchError::Unreachable("a header value is not ASCII".to_owned()))?;
        headers.append(name.as_str(), value).map_err(unreachable)?;
    }
    let mut init = RequestInit::new();
    init.with_method(parts.method.as_str().to_owned().into())
        .with_headers(headers)
        .with_redirect(RequestRedirect::Manual);
    if !body.is_empty() {
        init.with_body(Some(Uint8Array::from(body.as_ref()).into()));
    }
    let request = worker::Request::new_with_init(&parts.uri.to_string(), &init).map_err(unreachable)?;

    let exchange = Exchange(Some(AbortController::default()));
    let signal = exchange.0.as_ref().map(AbortController::signal).unwrap_or_else(worker::AbortSignal::abort);
    let fetch = Fetch::Request(request);
    let sent = pin!(fetch.send_with_signal(&signal));
    let mut response = match select(sent, Delay::from(limits.head)).await {
        Either::Left((response, _)) => response.map_err(unreachable)?,
        Either::Right(_) => return Err(FetchError::TimedOut),
    };

    let mut headers = header_map(response.headers());
    // These the runtime has decoded already, chunk by chunk, so neither header describes the body any more.
    if headers.get(header::CONTENT_ENCODING).is_some_and(|coding| coding == "gzip" || coding == "br") {
        headers.remove(header::CONTENT_ENCODING);
        headers.remove(header::CONTENT_LENGTH);
    }
    let chunks = match response.body() {
        worker::ResponseBody::Empty => None,
        _ => Some(response.stream().map_err(unreachable)?),
    };
    let mut message = Response::new(ResponseBody { chunks, exchange, idle: limits.idle, alarm: None });
    *message.status_mut() = StatusCode::from_u16(response.status_code()).map_err(unreachable)?;
    *message.headers_mut() = headers;
    Ok(message)
}

/// The body of an answer to [`fetch`]. Dropping it aborts the exchange.
pub(super) struct ResponseBody {
    chunks: Option<ByteStream>,
    exchange: Exchange,
    idle: Duration,
    alarm: Option<Alarm>,
}

/// Rings when the next chunk is late. A [`Delay`] wakes only the task that polled it first, so it goes with its waker.
struct Alarm {
    delay: Pin<Box<Delay>>,
    waker: Waker,
}

impl ResponseBody {
    fn late(&mut self, context: &mut Context<'_>) -> bool {
        let idle = self.idle;
        if self.alarm.as_ref().is_some_and(|alarm| !alarm.waker.will_wake(context.waker())) {
            self.alarm = None;
        }
        let alarm = self.alarm.get_or_insert_with(|| Alarm {
            delay: Box::pin(Delay::from(idle)),
            waker: context.waker().clone(),
        });
        alarm.delay.as_mut().poll(context).is_ready()
    }

    /// Lets go of the exchange without aborting what has ended by itself.
    fn end(&mut self) {
        self.chunks = None;
        self.exchange.0 = None;
    }
}

impl http_body::Body for ResponseBody {
    type Data = Bytes;
    type Error = FetchError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, FetchError>>> {
        let Some(chunks) = &mut self.chunks else {
            return Poll::Ready(None);
        };
        match Pin::new(chunks).poll_next(context) {
            Poll::Ready(Some(Ok(chunk))) => {
                self.alarm = None;
                Poll::Ready(Some(Ok(Frame::data(chunk.into()))))
            }
            Poll::Ready(Some(Err(error))) => {
                self.end();
                Poll::Ready(Some(Err(unreachable(error))))
            }
            Poll::Ready(None) => {
                self.end();
                Poll::Ready(None)
            }
            Poll::Pending if self.late(context) => {
                self.chunks = None;
                self.exchange = Exchange(None);
                Poll::Ready(Some(Err(FetchError::TimedOut)))
            }
            Poll::Pending => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.chunks.is_none()
    }
}

/// What ends a fetch that nobody waits for any more.
struct Exchange(Option<AbortController>);

impl Drop for Exchange {
    fn drop(&mut self) {
        if let Some(controller) = self.0.take() {
            controller.abort();
        }
    }
}

/// How much of a body that is too large is read all the same.
const MAX_DRAINED: usize = 4 * MAX_REQUEST_BODY;

async fn read_bounded(mut chunks: ByteStream) -> Incoming {
    let mut body = Vec::new();
    while let Some(chunk) = chunks.next().await {
        let Ok(chunk) = chunk else { return Incoming::Broken };
        body.extend(chunk);
        if body.len() > MAX_REQUEST_BODY {
            let read = body.len();
            drop(body);
            drain(&mut chunks, MAX_DRAINED.saturating_sub(read)).await;
            return Incoming::TooLarge;
        }
    }
    Incoming::Whole(body.into())
}

/// Reads and forgets up to `most` bytes: a client that is still sending when the runtime hangs up does not read why.
async fn drain(chunks: &mut ByteStream, most: usize) {
    let mut read = 0;
    while read < most {
        let Some(Ok(chunk)) = chunks.next().await else { return };
        read += chunk.len();
    }
}

fn header_map(headers: &Headers) -> HeaderMap {
    headers
        .entries()
        .filter_map(|(name, value)| {
            Some((
                HeaderName::from_bytes(name.as_bytes()).ok()?,
                HeaderValue::from_bytes(value.as_bytes()).ok()?,
            ))
        })
        .collect()
}

fn unreachable(error: impl std::fmt::Display) -> FetchError {
    FetchError::Unreachable(error.to_string())
}
