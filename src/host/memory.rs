//! The host of tests, examples and the command line: SQLite in memory, a clock that is set, random bytes from a
//! seed, and peers that are scripted.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::Frame;
use rusqlite::types::ValueRef;
use sha2::{Digest as _, Sha256};

use super::{FetchError, Host, Level, Limits, LogLine, PortError, Row, Statement, Timestamp, Value};
use crate::crypto::{Keys, Secret};
use crate::isolate::Isolate;

/// The schema that every host applies.
pub const MIGRATIONS: [&str; 16] = [
    include_str!("../../migrations/0001_init.sql"),
    include_str!("../../migrations/0002_mcp.sql"),
    include_str!("../../migrations/0003_identity.sql"),
    include_str!("../../migrations/0004_vault.sql"),
    include_str!("../../migrations/0005_tasks.sql"),
    include_str!("../../migrations/0006_admin.sql"),
    include_str!("../../migrations/0007_quota.sql"),
    include_str!("../../migrations/0008_streams.sql"),
    include_str!("../../migrations/0009_tokens.sql"),
    include_str!("../../migrations/0010_checkpoints.sql"),
    include_str!("../../migrations/0011_delivery.sql"),
    include_str!("../../migrations/0012_pins.sql"),
    include_str!("../../migrations/0013_throughput.sql"),
    include_str!("../../migrations/0014_noted.sql"),
    include_str!("../../migrations/0015_denied.sql"),
    include_str!("../../migrations/0016_config_version.sql"),
];

/// How many turns a sleep takes at most, a tenth of a second each.
const TURNS: u128 = 30;

/// A host in one process. Clones are handles to the same one.
#[derive(Clone)]
pub struct Memory(Rc<State>);

struct State {
    database: RefCell<rusqlite::Connection>,
    cache: RefCell<HashMap<String, (Timestamp, String)>>,
    queue: RefCell<VecDeque<String>>,
    refusing: RefCell<Vec<&'static str>>,
    peers: RefCell<HashMap<String, Peer>>,
    clock: Cell<Timestamp>,
    random: RefCell<(u64, [u8; 32])>,
    secrets: RefCell<HashMap<String, Secret>>,
    later: RefCell<VecDeque<Pin<Box<dyn Future<Output = ()>>>>>,
    log: RefCell<Vec<LogLine>>,
    isolate: RefCell<Rc<Isolate>>,
}

/// A scripted peer: what answers at an origin. `Send`, so that the tests can also put it behind a real socket.
pub type Peer = Arc<dyn Fn(http::Request<Bytes>) -> Reply + Send + Sync>;

/// What a scripted peer does.
pub enum Reply {
    /// Answers, chunk by chunk.
    Response(http::Response<Box<dyn Iterator<Item = Chunk> + Send>>),
    /// Never answers, and time passes until whoever asked gives up.
    Silence,
    /// Never answers, and no time passes: who asked goes away for a reason of its own.
    Waiting,
    /// Is not there.
    Refusal,
}

/// A piece of a scripted answer.
#[derive(Clone, Debug)]
pub enum Chunk {
    /// Some bytes.
    Bytes(Bytes),
    /// Nothing yet.
    Later,
    /// Nothing more comes, and the body does not end either.
    Hang,
    /// The connection breaks.
    Break,
}

impl Reply {
    /// A whole answer with a content type.
    pub fn new(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        Self::chunks(status, content_type, vec![Chunk::Bytes(body.into())])
    }

    /// An answer in pieces.
    pub fn chunks(status: u16, content_type: &str, chunks: Vec<Chunk>) -> Self {
        let mut response =
            http::Response::new(Box::new(chunks.into_iter()) as Box<dyn Iterator<Item = Chunk> + Send>);
        *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or_default();
        if let Ok(content_type) = content_type.parse() {
            response.headers_mut().insert(http::header::CONTENT_TYPE, content_type);
        }
        Self::Response(response)
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        if let (Self::Response(response), Ok(value)) = (&mut self, value.parse()) {
            response.headers_mut().insert(name, value);
        }
        self
    }
}

impl Memory {
    /// An empty host with the schema applied and keys of its own.
    ///
    /// # Panics
    /// When the schema does not apply: this host is for tests.
    #[allow(clippy::expect_used, reason = "a test host that cannot start has nothing to go on with")]
    pub fn new() -> Self {
        let database = rusqlite::Connection::open_in_memory().expect("SQLite opens in memory");
        for migration in MIGRATIONS {
            database.execute_batch(migration).expect("the schema applies");
        }
        let host = Self(Rc::new(State {
            database: RefCell::new(database),
            cache: RefCell::default(),
            queue: RefCell::default(),
            refusing: RefCell::default(),
            peers: RefCell::default(),
            clock: Cell::new(Timestamp(1_795_000_000_000)),
            random: RefCell::new((0, [7; 32])),
            secrets: RefCell::default(),
            later: RefCell::default(),
            log: RefCell::default(),
            isolate: RefCell::default(),
        }));
        for (name, secret) in
            Keys::generate(|buffer| host.random(buffer)).expect("a seeded host has randomness")
        {
            host.set_secret(name, secret.expose());
        }
        host
    }

    /// Puts a peer at an origin such as `https://idp.example.com`.
    pub fn set_peer(&self, origin: &str, peer: Peer) {
        self.0.peers.borrow_mut().insert(origin.to_owned(), peer);
    }

    /// Sets or, with the empty text, removes a secret.
    pub fn set_secret(&self, name: &str, value: &str) {
        self.0.secrets.borrow_mut().insert(name.to_owned(), Secret::new(value));
    }

    /// Stores a configuration as the newest version and forgets what the isolate remembers.
    ///
    /// # Panics
    /// When the database refuses.
    #[allow(clippy::expect_used, reason = "test set-up")]
    pub fn set_config(&self, toml: &str) {
        self.0
            .database
            .borrow()
            .execute(
                "INSERT INTO config_version (version, toml, created_at)
                 SELECT coalesce(max(version), 0) + 1, ?1, 0 FROM config_version",
                [toml],
            )
            .expect("a configuration can be stored");
        self.restart();
    }

    /// Lets time pass.
    pub fn advance(&self, duration: Duration) {
        self.0.clock.set(self.0.clock.get().after(duration));
    }

    /// Sets the clock, also back.
    pub fn set_clock(&self, now: Timestamp) {
        self.0.clock.set(now);
    }

    /// Starts a new isolate: what was only remembered is gone, what was stored is there.
    pub fn restart(&self) {
        self.0.isolate.replace(Rc::default());
    }

    /// Makes a port (`sql`, `cache`, `queue`, `random`, `secret`) refuse, or work again.
    pub fn refuse(&self, port: &'static str, refuses: bool) {
        let mut refusing = self.0.refusing.borrow_mut();
        refusing.retain(|other| *other != port);
        if refuses {
            refusing.push(port);
        }
    }

    /// Takes all messages off the queue.
    pub fn take_queue(&self) -> Vec<String> {
        self.0.queue.borrow_mut().drain(..).collect()
    }

    /// Runs the work that was put off until after the response.
    pub async fn run_later(&self) {
        loop {
            let Some(work) = self.0.later.borrow_mut().pop_front() else { return };
            work.await;
        }
    }

    /// Everything that was logged, one line each.
    pub fn logged(&self) -> String {
        self.0.log.borrow().iter().map(|line| format!("{line}\n")).collect()
    }

    /// The whole database as the bytes of a file.
    ///
    /// # Panics
    /// When SQLite cannot write itself out.
    #[allow(clippy::expect_used, reason = "test set-up")]
    pub fn database_bytes(&self) -> Vec<u8> {
        self.0.database.borrow().serialize("main").expect("SQLite serializes").to_vec()
    }

    fn check(&self, port: &'static str) -> Result<(), PortError> {
        if self.0.refusing.borrow().contains(&port) {
            return Err(PortError::new(port, "refused by the test"));
        }
        Ok(())
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Memory {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Memory")
    }
}

impl Host for Memory {
    const PEER: &'static str = "memory-peer";

    type Body = ScriptedBody;

    async fn query(&self, statement: Statement) -> Result<Vec<Row>, PortError> {
        self.check("sql")?;
        run(&self.0.database.borrow(), &statement)
    }

    async fn batch(&self, statements: Vec<Statement>) -> Result<Vec<Vec<Row>>, PortError> {
        self.check("sql")?;
        let mut database = self.0.database.borrow_mut();
        let transaction = database.transaction().map_err(sql_error)?;
        let rows =
            statements.iter().map(|statement| run(&transaction, statement)).collect::<Result<_, _>>()?;
        transaction.commit().map_err(sql_error)?;
        Ok(rows)
    }

    async fn cache_get(&self, key: &str) -> Result<Option<String>, PortError> {
        self.check("cache")?;
        let cache = self.0.cache.borrow();
        Ok(cache.get(key).filter(|(until, _)| *until > self.now()).map(|(_, value)| value.clone()))
    }

    async fn cache_put(&self, key: &str, value: &str, ttl: Duration) -> Result<(), PortError> {
        self.check("cache")?;
        let until = self.now().after(ttl.max(Duration::from_secs(60)));
        self.0.cache.borrow_mut().insert(key.to_owned(), (until, value.to_owned()));
        Ok(())
    }

    async fn cache_delete(&self, key: &str) -> Result<(), PortError> {
        self.check("cache")?;
        self.0.cache.borrow_mut().remove(key);
        Ok(())
    }

    async fn queue_send(&self, message: &str) -> Result<(), PortError> {
        self.check("queue")?;
        self.0.queue.borrow_mut().push_back(message.to_owned());
        Ok(())
    }

    async fn fetch(
        &self,
        request: http::Request<Bytes>,
        _limits: Limits,
    ) -> Result<http::Response<ScriptedBody>, FetchError> {
        let uri = request.uri();
        let origin = format!(
            "{}://{}",
            uri.scheme_str().unwrap_or_default(),
            uri.authority().map_or("", http::uri::Authority::as_str)
        );
        let peer = self.0.peers.borrow().get(&origin).cloned();
        match peer.map(|peer| peer(request)) {
            Some(Reply::Response(response)) => Ok(response.map(ScriptedBody)),
            Some(Reply::Silence) => Err(FetchError::TimedOut),
            Some(Reply::Waiting) => std::future::pending().await,
            Some(Reply::Refusal) | None => Err(FetchError::Unreachable(origin)),
        }
    }

    fn now(&self) -> Timestamp {
        self.0.clock.get()
    }

    /// Time passes at once, unless somebody has something to say before: each turn is a tenth of a second, and a long
    /// sleep is over after [`TURNS`].
    async fn sleep(&self, duration: Duration) {
        let mut passing = Passing { clock: &self.0.clock, until: self.now() };
        let end = passing.until.after(duration);
        for _ in 0..(duration.as_millis() / 100).min(TURNS) {
            let mut turned = false;
            poll_fn(|context| match std::mem::replace(&mut turned, true) {
                true => Poll::Ready(()),
                false => {
                    context.waker().wake_by_ref();
                    Poll::Pending
                }
            })
            .await;
            passing.until = passing.until.after(Duration::from_millis(100));
        }
        passing.until = end;
    }

    fn random(&self, buffer: &mut [u8]) -> Result<(), PortError> {
        self.check("random")?;
        let mut random = self.0.random.borrow_mut();
        for chunk in buffer.chunks_mut(32) {
            random.0 += 1;
            let block = Sha256::new().chain_update(random.1).chain_update(random.0.to_be_bytes()).finalize();
            for (byte, made) in chunk.iter_mut().zip(block) {
                *byte = made;
            }
        }
        Ok(())
    }

    async fn secret(&self, name: &str) -> Result<Option<Secret>, PortError> {
        self.check("secret")?;
        Ok(self.0.secrets.borrow().get(name).filter(|secret| !secret.expose().is_empty()).cloned())
    }

    fn after_response(&self, work: Pin<Box<dyn Future<Output = ()>>>) {
        self.0.later.borrow_mut().push_back(work);
    }

    fn log(&self, line: LogLine) {
        // `Level` decides nothing here: a test reads all lines.
        let _: Level = line.level;
        self.0.log.borrow_mut().push(line);
    }

    fn isolate(&self) -> Rc<Isolate> {
        self.0.isolate.borrow().clone()
    }
}

/// A sleep. However it ends, so much time has passed.
struct Passing<'a> {
    clock: &'a Cell<Timestamp>,
    until: Timestamp,
}

impl Drop for Passing<'_> {
    fn drop(&mut self) {
        self.clock.set(self.clock.get().max(self.until));
    }
}

/// The body of a scripted answer.
pub struct ScriptedBody(Box<dyn Iterator<Item = Chunk> + Send>);

impl http_body::Body for ScriptedBody {
    type Data = Bytes;
    type Error = FetchError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, FetchError>>> {
        Poll::Ready(match self.0.next() {
            Some(Chunk::Later) => {
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            Some(Chunk::Bytes(bytes)) => Some(Ok(Frame::data(bytes))),
            Some(Chunk::Hang) => Some(Err(FetchError::TimedOut)),
            Some(Chunk::Break) => Some(Err(FetchError::Unreachable("broken".to_owned()))),
            None => None,
        })
    }
}

fn run(database: &rusqlite::Connection, statement: &Statement) -> Result<Vec<Row>, PortError> {
    let mut prepared = database.prepare_cached(statement.sql).map_err(sql_error)?;
    let names: Vec<String> = prepared.column_names().into_iter().map(str::to_owned).collect();
    for (at, value) in statement.params.iter().enumerate() {
        match value {
            Value::Null => prepared.raw_bind_parameter(at + 1, rusqlite::types::Null),
            Value::Integer(number) => prepared.raw_bind_parameter(at + 1, number),
            Value::Text(text) => prepared.raw_bind_parameter(at + 1, text),
        }
        .map_err(sql_error)?;
    }
    let mut rows = prepared.raw_query();
    let mut answer = Vec::new();
    while let Some(row) = rows.next().map_err(sql_error)? {
        let mut columns = Vec::with_capacity(names.len());
        for (at, name) in names.iter().enumerate() {
            let value = match row.get_ref(at).map_err(sql_error)? {
                ValueRef::Null => Value::Null,
                ValueRef::Integer(number) => Value::Integer(number),
                ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
                ValueRef::Real(_) | ValueRef::Blob(_) => {
                    return Err(PortError::new("sql", format!("column {name} is neither number nor text")));
                }
            };
            columns.push((name.clone(), value));
        }
        answer.push(Row::new(columns));
    }
    Ok(answer)
}

fn sql_error(error: rusqlite::Error) -> PortError {
    PortError::new("sql", error)
}
