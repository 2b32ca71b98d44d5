//! The peer that the contract of the ports asks: each path does what its name says.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use mcpgate::host::memory::{Chunk, Peer, Reply};

/// The peer.
pub(crate) struct Scripted {
    origin: String,
    state: Arc<State>,
}

struct State {
    steps: Mutex<(Sender<()>, Option<Receiver<()>>)>,
    gone: Arc<AtomicBool>,
}

impl Scripted {
    pub(super) fn new(origin: &str) -> Self {
        let (sender, receiver) = channel();
        let state = State { steps: Mutex::new((sender, Some(receiver))), gone: Arc::default() };
        Self { origin: origin.to_owned(), state: Arc::new(state) }
    }

    pub(crate) fn origin(&self) -> String {
        self.origin.clone()
    }

    pub(super) fn set_origin(&mut self, origin: String) {
        self.origin = origin;
    }

    pub(super) fn peer(&self) -> Peer {
        let state = Arc::clone(&self.state);
        Arc::new(move |request| state.answer(&request))
    }
}

impl State {
    fn answer(&self, request: &Request<Bytes>) -> Reply {
        let plain = |text: String| Reply::new(200, "text/plain", text);
        match request.uri().path() {
            "/echo" => plain(echo(request)).header("x-answer", "yes"),
            "/status" => {
                let status: u16 = request.uri().query().unwrap_or_default().parse().unwrap();
                match status {
                    204 => streamed(204, std::iter::empty()),
                    _ => Reply::new(status, "text/plain", "text"),
                }
            }
            "/redirect" => Reply::new(302, "text/plain", "elsewhere").header("location", "/echo"),
            "/silent" => Reply::Silence,
            "/pause" => Reply::chunks(200, "text/plain", vec![Chunk::Bytes("one".into()), Chunk::Hang]),
            "/break" => Reply::chunks(200, "text/plain", vec![Chunk::Bytes("one".into()), Chunk::Break]),
            "/steps" => self.steps(),
            "/step" => {
                let _ = self.steps.lock().unwrap().0.send(());
                plain("ok".to_owned())
            }
            "/endless" => {
                let mark = Mark(Arc::clone(&self.gone));
                mark.0.store(false, Ordering::SeqCst);
                streamed(
                    200,
                    std::iter::from_fn(move || {
                        let _alive = &mark;
                        std::thread::sleep(Duration::from_millis(5));
                        Some(Chunk::Bytes("and on ".into()))
                    }),
                )
            }
            "/gone" => {
                // Whoever asks again and again gives the other exchange its time.
                std::thread::sleep(Duration::from_millis(10));
                plain(if self.gone.load(Ordering::SeqCst) { "yes" } else { "no" }.to_owned())
            }
            _ => Reply::new(404, "text/plain", "there is nothing"),
        }
    }

    /// Three chunks, each after the first when the step to it was asked for; then one more step to the end.
    fn steps(&self) -> Reply {
        let (sender, receiver) = channel();
        *self.steps.lock().unwrap() = (sender, Some(receiver));
        let receiver = self.steps.lock().unwrap().1.take().unwrap();
        let mut steps = ["one", "two", "three"].into_iter().enumerate();
        streamed(
            200,
            std::iter::from_fn(move || {
                let (at, step) = steps.next()?;
                if at > 0 && receiver.recv_timeout(Duration::from_secs(10)).is_err() {
                    return Some(Chunk::Break);
                }
                Some(Chunk::Bytes(step.into()))
            }),
        )
    }
}

/// Tells that an answer was dropped.
struct Mark(Arc<AtomicBool>);

impl Drop for Mark {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

fn streamed(status: u16, chunks: impl Iterator<Item = Chunk> + Send + 'static) -> Reply {
    let mut response = Response::new(Box::new(chunks) as Box<dyn Iterator<Item = Chunk> + Send>);
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap();
    Reply::Response(response)
}

fn echo(request: &Request<Bytes>) -> String {
    let header = |name: &str| request.headers().get(name).map_or("", |value| value.to_str().unwrap());
    let target = request.uri().path_and_query().unwrap();
    let headers = ["x-one", "authorization", "content-type", "accept-encoding"].map(header).join("|");
    format!("{} {target}|{headers}|{}", request.method(), String::from_utf8_lossy(request.body()))
}
