//! The memory host: all in this process, all at once.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_body::Body as _;
use mcpgate::gateway::Gateway;
use mcpgate::host::contract::{self, Peers};
use mcpgate::host::memory::Memory;
use mcpgate::host::{Host as _, Incoming, MAX_REQUEST_BODY, Statement};

use super::{Machine, Open, Secrets, head};
use crate::stage::Stage;

/// When the memory host's time begins.
pub(super) const EPOCH: i64 = 1_795_000_000_000;

pub(super) struct Process {
    host: Memory,
    gateway: Gateway<Memory>,
}

impl Process {
    pub(super) fn start(stage: &Stage, toml: Option<&str>, secrets: &Secrets) -> Self {
        let host = Memory::new();
        for name in mcpgate::crypto::SECRET_NAMES {
            host.set_secret(name, "");
        }
        for (name, value) in secrets {
            host.set_secret(name, value);
        }
        for (origin, peer) in stage.peers() {
            host.set_peer(&origin, peer);
        }
        if let Some(toml) = toml {
            host.set_config(toml);
        }
        Self { gateway: Gateway::new(host.clone()), host }
    }
}

impl Machine for Process {
    fn open(&mut self, request: Request<Bytes>) -> Open {
        let request = request.map(|body| match body.len() {
            0..=MAX_REQUEST_BODY => Incoming::Whole(body),
            _ => Incoming::TooLarge,
        });
        let (parts, mut body) = now(self.gateway.handle(request)).into_parts();
        let next = move || {
            let frame = now(std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)))?;
            Some(frame.map(|frame| frame.into_data().unwrap_or_default()).map_err(|error| error.to_string()))
        };
        Open { head: head(parts.status, parts.headers), body: Box::new(next) }
    }

    fn pass_time(&mut self, duration: Duration) {
        self.host.advance(duration);
    }

    fn queue_refuses(&mut self, refuses: bool) {
        self.host.refuse("queue", refuses);
    }

    fn sql(&mut self, statement: &'static str) {
        now(self.host.query(Statement::new(statement))).unwrap();
    }

    fn settle(&mut self) {
        // What is sent on from the chain may itself be something to record.
        for _ in 0..10 {
            now(self.host.run_later());
            now(self.gateway.maintain());
            let messages = self.host.take_queue();
            if messages.is_empty() {
                return;
            }
            let taken = now(self.gateway.consume(messages));
            assert!(taken.iter().all(|taken| *taken), "the consumer takes every message");
        }
        panic!("there is no end to what is recorded");
    }

    fn kept(&mut self) -> Vec<(String, Vec<u8>)> {
        vec![("database".to_owned(), self.host.database_bytes())]
    }

    fn logs(&mut self) -> String {
        self.host.logged()
    }

    fn contract(&mut self, peers: Peers<'_>, again: bool) -> String {
        let lines = now(contract::run(&self.host, peers, again));
        now(self.host.run_later());
        lines
    }

    fn restart(&mut self) {
        self.host.restart();
    }

    fn restart_with(&mut self, secrets: &Secrets) {
        for (name, value) in secrets {
            self.host.set_secret(name, value);
        }
        self.restart();
    }

    fn maintain(&mut self) {
        now(self.gateway.maintain());
    }
}

/// Nothing on this host ever waits, but for a peer that has nothing to say yet: that one is asked again, a while.
fn now<T>(work: impl Future<Output = T>) -> T {
    let (mut work, again) = (std::pin::pin!(work), Arc::new(Again::default()));
    let waker = Waker::from(Arc::clone(&again));
    for _ in 0..100_000 {
        if let Poll::Ready(done) = work.as_mut().poll(&mut Context::from_waker(&waker)) {
            return done;
        }
        if !again.0.swap(false, Ordering::Relaxed) {
            break;
        }
    }
    panic!("the memory host waited")
}

#[derive(Default)]
struct Again(AtomicBool);

impl Wake for Again {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}
