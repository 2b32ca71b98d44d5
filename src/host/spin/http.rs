//! HTTP in and out, in WASI's terms.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::future::{Either, select};
use http::header::{ACCEPT_ENCODING, CONNECTION, CONTENT_LENGTH, HOST, HeaderMap, HeaderName, HeaderValue};
use http::uri::{Authority, Scheme};
use http::{Method, StatusCode, Uri};
use http_body::{Body as _, Frame, SizeHint};
use spin_sdk::wasip3::clocks::monotonic_clock;
use spin_sdk::wasip3::http::client;
use spin_sdk::wasip3::http::types::{self, ErrorCode, Fields};
use spin_sdk::wasip3::http_compat::{IncomingRequestBody, IncomingResponseBody, http_from_wasi_response};
use spin_sdk::wasip3::{spawn, wit_future, wit_stream};
use spin_sdk::wit_bindgen::{FutureReader, FutureWriter, StreamResult, StreamWriter};

use crate::body::Body;
use crate::host::{FetchError, Incoming, Limits, MAX_REQUEST_BODY};

/// Reads a request and makes its URI absolute.
pub(super) async fn read(
    request: http::Request<IncomingRequestBody>,
) -> Result<http::Request<Incoming>, ErrorCode> {
    let (mut parts, body) = request.into_parts();
    parts.uri = absolute(&parts.uri, &parts.headers).ok_or(ErrorCode::HttpRequestUriInvalid)?;
    Ok(http::Request::from_parts(parts, collect(body).await))
}

/// Hands the answer to Spin and feeds its body for as long as somebody reads it.
pub(super) fn respond(response: http::Response<Body>) -> Result<types::Response, ErrorCode> {
    let (mut parts, body) = response.into_parts();
    strip(&mut parts.headers);
    parts.headers.remove(CONTENT_LENGTH);
    if let Some(length) = body.size_hint().exact()
        && !matches!(parts.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED)
    {
        parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    let (trailers, trailers_reader) = wit_future::new(|| Ok(None));
    let (contents, contents_reader) = wit_stream::new();
    let contents_reader = (!body.is_end_stream()).then_some(contents_reader);
    let (response, transmission) =
        types::Response::new(fields(&parts.headers)?, contents_reader, trailers_reader);
    response
        .set_status_code(parts.status.as_u16())
        .map_err(|()| ErrorCode::InternalError(Some("the status code is refused".to_owned())))?;
    spawn(async move {
        feed(body, contents, trailers).await;
        drop(transmission);
    });
    Ok(response)
}

/// Sends a request; the answer's body follows it. Dropping either aborts the exchange.
pub(super) async fn fetch(
    request: http::Request<Bytes>,
    limits: Limits,
) -> Result<http::Response<FetchBody>, FetchError> {
    let (request, transmission) = outgoing(request, limits).map_err(fetch_error)?;
    // The host's own limits are several (connecting, first byte) and leave out TLS: this one is over all of them.
    let late = pin!(monotonic_clock::wait_for(nanoseconds(limits.head)));
    let response = match select(pin!(client::send(request)), late).await {
        Either::Left((response, _)) => response.and_then(http_from_wasi_response).map_err(fetch_error)?,
        Either::Right(_) => return Err(FetchError::TimedOut),
    };
    let mut response = response.map(|incoming| FetchBody { incoming, _transmission: transmission });
    strip(response.headers_mut());
    Ok(response)
}

/// The body of an answer to [`fetch`].
pub(crate) struct FetchBody {
    incoming: IncomingResponseBody,
    /// A host may take the end of this future for the end of the exchange: it lives as long as the body.
    _transmission: FutureReader<Result<(), ErrorCode>>,
}

impl http_body::Body for FetchBody {
    type Data = Bytes;
    type Error = FetchError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, FetchError>>> {
        Pin::new(&mut self.incoming)
            .poll_frame(context)
            .map(|frame| frame.map(|frame| frame.map_err(fetch_error)))
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}

fn absolute(uri: &Uri, headers: &HeaderMap) -> Option<Uri> {
    let scheme = match headers.get("x-forwarded-proto").map(HeaderValue::as_bytes) {
        Some(b"https") => Scheme::HTTPS,
        Some(b"http") => Scheme::HTTP,
        _ => uri.scheme().cloned().unwrap_or(Scheme::HTTP),
    };
    let authority = match uri.authority() {
        Some(authority) => authority.clone(),
        None => Authority::try_from(headers.get(HOST)?.as_bytes()).ok()?,
    };
    let path = uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    Uri::builder().scheme(scheme).authority(authority).path_and_query(path).build().ok()
}

async fn collect(mut body: IncomingRequestBody) -> Incoming {
    let announced = body.size_hint().upper();
    if announced.is_some_and(|length| length > MAX_REQUEST_BODY as u64) {
        return Incoming::TooLarge;
    }
    let mut bytes = BytesMut::new();
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let Ok(frame) = frame else { return Incoming::Broken };
        let Ok(chunk) = frame.into_data() else { continue };
        if bytes.len() + chunk.len() > MAX_REQUEST_BODY {
            return Incoming::TooLarge;
        }
        bytes.extend_from_slice(&chunk);
    }
    Incoming::Whole(bytes.freeze())
}

type Trailers = Result<Option<types::Trailers>, ErrorCode>;

/// Writes a body until its end, its failure, or until nobody reads any more: then the body is dropped, and with
/// it the exchange that it comes from.
async fn feed(mut body: Body, mut contents: StreamWriter<u8>, trailers: FutureWriter<Trailers>) {
    loop {
        let frame = pin!(poll_fn(|context| Pin::new(&mut body).poll_frame(context)));
        match select(frame, pin!(monotonic_clock::wait_for(PULSE_NS))).await {
            Either::Left((Some(Ok(frame)), _)) => {
                let Ok(chunk) = frame.into_data() else { continue };
                if !contents.write_all(chunk.into()).await.is_empty() {
                    return;
                }
            }
            Either::Left((Some(Err(error)), _)) => {
                // Spin then breaks the connection off, so that nobody takes half a body for a whole one.
                let _ = trailers.write(Err(ErrorCode::InternalError(Some(error.to_string())))).await;
                return;
            }
            Either::Left((None, _)) => return,
            // Only a write shows that the reader is gone; this one writes nothing.
            Either::Right(_) => {
                if let (StreamResult::Dropped, _) = contents.write(Vec::new()).await {
                    return;
                }
            }
        }
    }
}

fn outgoing(
    request: http::Request<Bytes>,
    limits: Limits,
) -> Result<(types::Request, FutureReader<Result<(), ErrorCode>>), ErrorCode> {
    let (mut parts, body) = request.into_parts();
    strip(&mut parts.headers);
    parts.headers.remove(HOST);
    // Nothing here would decompress an answer.
    parts.headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    parts.headers.remove(CONTENT_LENGTH);
    if !(body.is_empty() && matches!(parts.method, Method::GET | Method::HEAD)) {
        parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    }

    let options = types::RequestOptions::new();
    let head = Some(nanoseconds(limits.head));
    options
        .set_connect_timeout(head)
        .and_then(|()| options.set_first_byte_timeout(head))
        .and_then(|()| options.set_between_bytes_timeout(Some(nanoseconds(limits.idle))))
        .map_err(|error| ErrorCode::InternalError(Some(error.to_string())))?;

    let (_, trailers) = wit_future::new(|| Ok(None));
    let contents = (!body.is_empty()).then(|| {
        let (mut writer, reader) = wit_stream::new();
        spawn(async move {
            writer.write_all(body.into()).await;
        });
        reader
    });
    let (request, transmission) =
        types::Request::new(fields(&parts.headers)?, contents, trailers, Some(options));
    request.set_method(&(&parts.method).into()).map_err(|()| ErrorCode::HttpRequestMethodInvalid)?;
    let scheme = parts.uri.scheme().map(Into::into);
    let authority = parts.uri.authority().map(Authority::as_str);
    let path = parts.uri.path_and_query().map(http::uri::PathAndQuery::as_str);
    request
        .set_scheme(scheme.as_ref())
        .and_then(|()| request.set_authority(authority))
        .and_then(|()| request.set_path_with_query(path))
        .map_err(|()| ErrorCode::HttpRequestUriInvalid)?;
    Ok((request, transmission))
}

fn fields(headers: &HeaderMap) -> Result<Fields, ErrorCode> {
    let entries = headers.iter().map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()));
    Fields::from_list(&entries.collect::<Vec<_>>())
        .map_err(|error| ErrorCode::InternalError(Some(error.to_string())))
}

/// Removes what concerns one connection only (RFC 9110, section 7.6.1); WASI refuses some of it.
fn strip(headers: &mut HeaderMap) {
    let named = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse::<HeaderName>().ok())
        .collect::<Vec<_>>();
    for name in named {
        headers.remove(name);
    }
    for name in HOP_BY_HOP {
        headers.remove(name);
    }
}

fn fetch_error(code: ErrorCode) -> FetchError {
    match code {
        ErrorCode::DnsTimeout
        | ErrorCode::ConnectionTimeout
        | ErrorCode::ConnectionReadTimeout
        | ErrorCode::ConnectionWriteTimeout
        | ErrorCode::HttpResponseTimeout => FetchError::TimedOut,
        other => FetchError::Unreachable(other.to_string()),
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

const HOP_BY_HOP: [&str; 9] = [
    "connection",
    "http2-settings",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "transfer-encoding",
    "upgrade",
];

/// How often an idle body looks whether somebody still reads it.
const PULSE_NS: u64 = 1_000_000_000;
