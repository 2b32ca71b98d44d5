//! Outbound HTTP: plain HTTP/1.1 to the allowed peers, one connection an exchange, with the guest's time limits.
//! When the guest drops the response, the connection is closed.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::uri::Scheme;
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep, timeout};
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks};

use crate::state::Services;

/// As long as Spin waits when the guest sets no limit.
const NO_LIMIT: Duration = Duration::from_secs(600);

pub struct Egress(pub Arc<Services>);

type Io = Box<dyn Future<Output = Result<(), Error>> + Send>;

impl WasiHttpHooks for Egress {
    fn send_request(
        &mut self,
        request: http::Request<WasiBody>,
        options: Option<RequestOptions>,
        _response_processed: Io,
    ) -> Box<dyn Future<Output = Result<(http::Response<WasiBody>, Io), Error>> + Send> {
        let services = Arc::clone(&self.0);
        Box::new(async move { send(&services, request, options.unwrap_or_default()).await })
    }
}

async fn send(
    services: &Services,
    mut request: http::Request<WasiBody>,
    options: RequestOptions,
) -> Result<(http::Response<WasiBody>, Io), Error> {
    let uri = request.uri();
    let host = uri.host().filter(|host| !host.is_empty()).ok_or(Error::HttpRequestUriInvalid)?;
    let default_port = if uri.scheme() == Some(&Scheme::HTTPS) { 443 } else { 80 };
    let peer = format!("{host}:{}", uri.port_u16().unwrap_or(default_port));
    if !services.allowed.contains(&peer) && !services.allowed.contains(&format!("{host}:*")) {
        return Err(Error::HttpRequestDenied);
    }
    if uri.scheme() != Some(&Scheme::HTTP) {
        return Err(Error::TlsProtocolError);
    }
    let path = uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    *request.uri_mut() = path.parse().map_err(|_| Error::HttpRequestUriInvalid)?;

    let socket = timeout(options.connect_timeout.unwrap_or(NO_LIMIT), TcpStream::connect(peer))
        .await
        .map_err(|_| Error::ConnectionTimeout)?
        .map_err(Error::Connect)?;
    let _ = socket.set_nodelay(true);
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(socket)).await?;
    // Dropping the response, before or after its head, ends this task and with it the connection.
    let mut connection = AbortOnDrop(tokio::spawn(async move { connection.await.map_err(Error::from) }));
    let response = timeout(options.first_byte_timeout.unwrap_or(NO_LIMIT), sender.send_request(request))
        .await
        .map_err(|_| Error::ConnectionReadTimeout)??;
    let limit = options.between_bytes_timeout.unwrap_or(NO_LIMIT);
    let response = response.map(|body| Patient { body, limit, sleep: None }.boxed_unsync());
    let io = async move { (&mut connection.0).await.unwrap_or(Err(Error::ConnectionTerminated)) };
    Ok((response, Box::new(io)))
}

struct AbortOnDrop(tokio::task::JoinHandle<Result<(), Error>>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A body that is an error when its next frame is later than the limit.
struct Patient {
    body: Incoming,
    limit: Duration,
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Body for Patient {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let Self { body, limit, sleep: timer } = &mut *self;
        if let Poll::Ready(frame) = Pin::new(body).poll_frame(context) {
            *timer = None;
            return Poll::Ready(frame.map(|frame| frame.map_err(Error::from)));
        }
        let timer = timer.get_or_insert_with(|| Box::pin(sleep(*limit)));
        ready!(timer.as_mut().poll(context));
        timer.as_mut().reset(Instant::now() + *limit);
        Poll::Ready(Some(Err(Error::ConnectionReadTimeout)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
