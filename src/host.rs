//! The ports: what the gateway asks of a host, and what a host must promise.
//!
//! Three hosts keep these promises: [`memory`] (tests and the command line), `workers` (Cloudflare Workers) and
//! `spin` (any WASI host that runs Spin). Nothing outside this folder knows which one it runs on.
//!
//! Every port returns errors and never panics. Futures are not `Send`: JavaScript's are not, and neither wasm
//! host has threads.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::crypto::Secret;
use crate::isolate::Isolate;

#[cfg(any(not(target_family = "wasm"), feature = "contract"))]
pub mod contract;
#[cfg(not(target_family = "wasm"))]
pub mod memory;
#[cfg(any(target_os = "wasi", test))]
mod redis;
#[cfg(target_os = "wasi")]
mod spin;
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
mod workers;

/// Everything the gateway needs from the machine it runs on. Cheap to clone: a handle, not the thing.
#[allow(async_fn_in_trait, reason = "no caller needs `Send`: both wasm hosts are single-threaded")]
pub trait Host: Clone + 'static {
    /// The header in which the host says from where a request comes: an IP address, perhaps with a port. Whatever a client
    /// sends by that name never arrives.
    const PEER: &'static str;

    /// The body of an answer to [`fetch`](Self::fetch), chunk by chunk as it arrives. Dropping it aborts the
    /// exchange. A chunk that is later than [`Limits::idle`] is an error, not a wait.
    type Body: http_body::Body<Data = Bytes, Error = FetchError> + Unpin + 'static;

    /// Runs one statement; it is its own transaction.
    ///
    /// # Errors
    /// When the database cannot be reached or refuses the statement.
    async fn query(&self, statement: Statement) -> Result<Vec<Row>, PortError>;

    /// Runs the statements in one transaction: all of them happen, or none. One answer per statement.
    ///
    /// # Errors
    /// When the database cannot be reached or refuses any statement; then nothing has happened.
    async fn batch(&self, statements: Vec<Statement>) -> Result<Vec<Vec<Row>>, PortError>;

    /// Reads a cached text. May be up to 60 seconds behind a write made elsewhere; may forget.
    ///
    /// # Errors
    /// When the cache cannot be reached. Callers go on without it.
    async fn cache_get(&self, key: &str) -> Result<Option<String>, PortError>;

    /// Caches a text for at least 60 seconds and at most about `ttl`.
    ///
    /// # Errors
    /// When the cache cannot be reached. Callers go on without it.
    async fn cache_put(&self, key: &str, value: &str, ttl: Duration) -> Result<(), PortError>;

    /// Forgets a cached text.
    ///
    /// # Errors
    /// When the cache cannot be reached.
    async fn cache_delete(&self, key: &str) -> Result<(), PortError>;

    /// Puts a message (JSON text, at most 100 KiB) on the audit queue. Delivered at least once, in any order.
    ///
    /// # Errors
    /// When the queue refuses. The message is then not on the queue.
    async fn queue_send(&self, message: &str) -> Result<(), PortError>;

    /// Sends a request and answers as soon as the response's head is there. Redirects are not followed.
    ///
    /// # Errors
    /// [`FetchError`] says whether the peer was unreachable or late.
    async fn fetch(
        &self,
        request: http::Request<Bytes>,
        limits: Limits,
    ) -> Result<http::Response<Self::Body>, FetchError>;

    /// The wall clock. On Workers it stands still between I/O.
    fn now(&self) -> Timestamp;

    /// Waits. On Workers the wall clock has moved on afterwards.
    async fn sleep(&self, duration: Duration);

    /// Fills the buffer with cryptographically secure random bytes.
    ///
    /// # Errors
    /// When the host has no randomness to give.
    fn random(&self, buffer: &mut [u8]) -> Result<(), PortError>;

    /// Reads a secret by its name, `UPPER_SNAKE_CASE`. `None` when it is not set or empty.
    ///
    /// # Errors
    /// When the host cannot say.
    async fn secret(&self, name: &str) -> Result<Option<Secret>, PortError>;

    /// Runs work past the response. Only for work whose loss is acceptable: the host may stop it.
    fn after_response(&self, work: Pin<Box<dyn Future<Output = ()>>>);

    /// Writes one log line. Lines are built by [`LogLine`], which takes no free text.
    fn log(&self, line: LogLine);

    /// What this isolate (instance, process) remembers between requests.
    fn isolate(&self) -> Rc<Isolate>;
}

/// The largest request body a host reads, in bytes.
pub const MAX_REQUEST_BODY: usize = 4 * 1024 * 1024;

/// A request's body, as the host read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Incoming {
    /// All of it.
    Whole(Bytes),
    /// More than [`MAX_REQUEST_BODY`]; none of it is kept.
    TooLarge,
    /// It broke off.
    Broken,
}

/// Time limits of one [`Host::fetch`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// From sending the request to the response's head.
    pub head: Duration,
    /// Between two chunks of the response's body.
    pub idle: Duration,
}

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// This moment in whole seconds, as JWT (RFC 7519 NumericDate) wants it.
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The moment `duration` later; saturates.
    pub fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// The moment `duration` earlier; saturates.
    pub fn before(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }
}

/// One SQL statement with its parameters, bound in order to `?1`, `?2`, ...
///
/// The text is always a literal, so that no value can become SQL. Lists are passed as one JSON text and read
/// with `json_each(?n)`: D1 allows 100 parameters a statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// Plain SQLite.
    pub sql: &'static str,
    /// The parameters.
    pub params: Vec<Value>,
}

impl Statement {
    /// A statement without parameters yet.
    pub fn new(sql: &'static str) -> Self {
        Self { sql, params: Vec::new() }
    }

    /// Binds the next parameter.
    #[must_use]
    pub fn bind(mut self, value: impl Into<Value>) -> Self {
        self.params.push(value.into());
        self
    }
}

/// What a column can hold. Binary values are stored as base64url text, so that every host agrees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// SQL NULL.
    Null,
    /// At most 2^53 in size: D1 hands numbers through JavaScript.
    Integer(i64),
    /// UTF-8.
    Text(String),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<Timestamp> for Value {
    fn from(value: Timestamp) -> Self {
        Self::Integer(value.0)
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// One row of an answer, read by column name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row(Vec<(String, Value)>);

impl Row {
    /// A row from its columns, in the order of the statement.
    pub fn new(columns: Vec<(String, Value)>) -> Self {
        Self(columns)
    }

    /// The text in a column.
    ///
    /// # Errors
    /// When the column is absent or holds something else.
    pub fn text(&self, column: &'static str) -> Result<&str, PortError> {
        match self.column(column) {
            Some(Value::Text(text)) => Ok(text),
            _ => Err(PortError::new("sql", format!("column {column} is not text"))),
        }
    }

    /// The text in a column that may be NULL.
    ///
    /// # Errors
    /// When the column is absent or holds a number.
    pub fn optional_text(&self, column: &'static str) -> Result<Option<&str>, PortError> {
        match self.column(column) {
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(Value::Null) => Ok(None),
            _ => Err(PortError::new("sql", format!("column {column} is not text or NULL"))),
        }
    }

    /// The number in a column.
    ///
    /// # Errors
    /// When the column is absent or holds something else.
    pub fn integer(&self, column: &'static str) -> Result<i64, PortError> {
        match self.column(column) {
            Some(Value::Integer(number)) => Ok(*number),
            _ => Err(PortError::new("sql", format!("column {column} is not a number"))),
        }
    }

    /// The moment in a column.
    ///
    /// # Errors
    /// As [`integer`](Self::integer).
    pub fn timestamp(&self, column: &'static str) -> Result<Timestamp, PortError> {
        self.integer(column).map(Timestamp)
    }

    fn column(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(column, _)| column == name).map(|(_, value)| value)
    }
}

/// A port did not do what was asked. The text is for the log: it names the port and the host's reason, and never
/// a bound value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{port}: {detail}")]
pub struct PortError {
    /// `sql`, `cache`, `queue`, `random` or `secret`; `keys` for what opens what is sealed.
    pub port: &'static str,
    /// The host's words.
    pub detail: String,
}

impl PortError {
    /// An error of the named port.
    pub fn new(port: &'static str, detail: impl fmt::Display) -> Self {
        Self { port, detail: detail.to_string() }
    }
}

/// A peer did not answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// No connection, a broken one, or an address that egress rules forbid.
    #[error("unreachable: {0}")]
    Unreachable(String),
    /// Later than [`Limits`] allow.
    #[error("no answer within the time limit")]
    TimedOut,
}

/// How urgent a log line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// The ordinary course.
    Info,
    /// Handled, but somebody should look.
    Warn,
    /// Something was refused or lost because we or the host failed.
    Error,
}

/// One log line: `event key=value ...`. Keys and the event are literals; values are numbers, literals, keyed
/// hashes or a host's error. It has no way in for request or result text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// How urgent it is.
    pub level: Level,
    text: String,
}

impl LogLine {
    /// A line for the named event.
    pub fn new(level: Level, event: &'static str) -> Self {
        Self { level, text: event.to_owned() }
    }

    /// Adds a literal.
    #[must_use]
    pub fn word(self, key: &'static str, value: &'static str) -> Self {
        self.push(key, value)
    }

    /// Adds a number.
    #[must_use]
    pub fn number(self, key: &'static str, value: i64) -> Self {
        self.push(key, value)
    }

    /// Adds a host's error.
    #[must_use]
    pub fn port(self, error: &PortError) -> Self {
        self.push("error", format_args!("{:?}", error.to_string()))
    }

    /// Adds a fetch error's kind; its text stays out, because hosts put URLs into it.
    #[must_use]
    pub fn fetch(self, error: &FetchError) -> Self {
        self.push(
            "error",
            match error {
                FetchError::Unreachable(_) => "unreachable",
                FetchError::TimedOut => "timed_out",
            },
        )
    }

    /// Adds an identifier that configuration chose (a service's id) or that is a keyed hash already.
    #[must_use]
    pub fn id(self, key: &'static str, value: &str) -> Self {
        self.push(key, value)
    }

    fn push(mut self, key: &str, value: impl fmt::Display) -> Self {
        use fmt::Write as _;
        let _ = write!(self.text, " {key}={value}");
        self
    }
}

impl fmt::Display for LogLine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}
