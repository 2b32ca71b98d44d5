//! Sockets: peers behind them, and requests over them. Real HTTP/1.1, chunk by chunk.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::LazyLock;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, header};
use http_body_util::combinators::{BoxBody, UnsyncBoxBody};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use mcpgate::host::memory::{Chunk, Peer, Reply};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

use super::{Open, head};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

/// The longest that a test waits for anything.
const PATIENCE: Duration = Duration::from_secs(60);

/// Puts a peer behind a socket of this machine; answers with its origin.
pub(super) fn serve(peer: Peer) -> String {
    let listener = RUNTIME.block_on(TcpListener::bind(("127.0.0.1", 0))).unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    RUNTIME.spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let peer = peer.clone();
            let service = service_fn(move |request| answer(peer.clone(), request));
            // One exchange each: a broken connection is then no other exchange's.
            let mut server = hyper::server::conn::http1::Builder::new();
            tokio::spawn(server.keep_alive(false).serve_connection(TokioIo::new(socket), service));
        }
    });
    origin
}

async fn answer(peer: Peer, request: Request<Incoming>) -> io::Result<Response<BoxBody<Bytes, io::Error>>> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let request = Request::from_parts(parts, body);
    let reply = tokio::task::spawn_blocking(move || peer(request)).await.map_err(io::Error::other)?;
    let response = match reply {
        Reply::Response(response) => response,
        Reply::Silence | Reply::Waiting => std::future::pending().await,
        Reply::Refusal => return Err(io::Error::other("the peer is not there")),
    };
    let (parts, chunks) = response.into_parts();
    let (sender, mut receiver) = mpsc::channel(1);
    // A scripted answer may wait for its scenario, so it gets a thread.
    tokio::task::spawn_blocking(move || {
        for chunk in chunks {
            let frame = match chunk {
                Chunk::Bytes(bytes) => Ok(Frame::data(bytes)),
                Chunk::Break => Err(io::Error::other("the peer breaks off")),
                Chunk::Later => {
                    std::thread::sleep(Duration::from_millis(100));
                    if sender.is_closed() {
                        return;
                    }
                    continue;
                }
                Chunk::Hang => return RUNTIME.block_on(sender.closed()),
            };
            if sender.blocking_send(frame).is_err() {
                return;
            }
        }
    });
    let frames = futures_util::stream::poll_fn(move |context| receiver.poll_recv(context));
    Ok(Response::from_parts(parts, BodyExt::boxed(StreamBody::new(frames))))
}

/// A body that leaves the other side time to refuse it: who answers and hangs up before all of it is sent, must be
/// heard before the next piece cannot be sent any more.
fn paced(body: Bytes) -> UnsyncBoxBody<Bytes, Infallible> {
    const PIECE: usize = 64 * 1024;
    let pieces = futures_util::stream::unfold(body, |mut rest| async {
        if rest.is_empty() {
            return None;
        }
        let piece = rest.split_to(rest.len().min(PIECE));
        if !rest.is_empty() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        Some((Ok(Frame::data(piece)), rest))
    });
    BodyExt::boxed_unsync(StreamBody::new(pieces))
}

/// Sends a request to an address; the `Host` is the URI's.
pub(super) fn open(address: SocketAddr, mut request: Request<Bytes>) -> Open {
    let uri = request.uri().clone();
    let authority = uri.authority().unwrap().as_str().parse().unwrap();
    request.headers_mut().entry(header::HOST).or_insert(authority);
    let length = request.body().len();
    if length > 0 {
        request.headers_mut().insert(header::CONTENT_LENGTH, length.into());
    }
    *request.uri_mut() = uri.path_and_query().unwrap().as_str().parse().unwrap();
    let response = RUNTIME.block_on(async {
        let socket = TcpStream::connect(address).await.unwrap();
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(socket)).await.unwrap();
        tokio::spawn(connection);
        let sent = sender.send_request(request.map(paced));
        let response = tokio::time::timeout(PATIENCE, sent).await;
        response
            .unwrap_or_else(|_| panic!("no answer for {uri}"))
            .unwrap_or_else(|error| panic!("{uri}: {error}"))
    });
    let (parts, mut body) = response.into_parts();
    let next = move || loop {
        let frame = RUNTIME.block_on(async { tokio::time::timeout(PATIENCE, body.frame()).await });
        match frame.expect("the answer goes on")? {
            Ok(frame) => match frame.into_data() {
                Ok(data) => return Some(Ok(data)),
                Err(_) => continue,
            },
            Err(error) => return Some(Err(error.to_string())),
        }
    };
    Open { head: head(parts.status, parts.headers), body: Box::new(next) }
}
