//! Spin: SQLite, key-value, a Redis stream and outbound HTTP, as a WASI 0.3 component (`wasm32-wasip2`).
//!
//! An instance serves many requests, also interleaved, and then goes away; its memory is [`INSTANCE`]. Spin
//! has neither a queue nor cron: the instance that sent a message also drains the Redis [`stream`], and after a
//! response, at most once a minute over all instances, it does the maintenance.

mod http;
mod stream;

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use spin_sdk::key_value::Store;
use spin_sdk::wasip3::clocks::{monotonic_clock, system_clock};
use spin_sdk::wasip3::http::types::ErrorCode;
use spin_sdk::{sqlite, variables, wasip3};

use self::http::FetchBody;
use self::stream::Stream;
use crate::crypto::Secret;
use crate::gateway::Gateway;
use crate::host::{FetchError, Host, Level, Limits, LogLine, PortError, Row, Statement, Timestamp, Value};
use crate::isolate::Isolate;

#[allow(unsafe_code, reason = "the SDK's macro exports the handler with `no_mangle`")]
mod entry {
    use spin_sdk::http::{IntoResponse, Request};

    #[spin_sdk::http_service]
    async fn handle(request: Request) -> impl IntoResponse {
        super::handle(request).await
    }
}

/// A handle to the instance that runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spin;

/// What the instance remembers between requests.
#[derive(Default)]
struct Instance {
    isolate: Rc<Isolate>,
    /// Connections that no transaction uses; each statement or transaction takes one for itself.
    connections: RefCell<Vec<sqlite::Connection>>,
    cache: RefCell<Option<Rc<Store>>>,
    stream: Stream,
    /// When to ask again whether maintenance is due.
    maintain_at: Cell<Option<Timestamp>>,
}

thread_local! {
    static INSTANCE: Rc<Instance> = Rc::default();
}

fn instance() -> Rc<Instance> {
    INSTANCE.with(Rc::clone)
}

async fn handle(request: spin_sdk::http::Request) -> Result<wasip3::http::types::Response, ErrorCode> {
    let request = http::read(request).await?;
    #[cfg(feature = "contract")]
    if let Some(response) = crate::host::contract::route(&Spin, &request).await {
        return http::respond(response);
    }
    let gateway = Gateway::new(Spin);
    let response = gateway.handle(request).await;
    wasip3::spawn(async move { maintain(&gateway).await });
    http::respond(response)
}

/// What cron would do elsewhere, when it is due.
async fn maintain(gateway: &Gateway<Spin>) {
    let instance = instance();
    let now = Spin.now();
    let next = now.after(stream::MAINTENANCE);
    // Later than that is what a clock said that was ahead.
    if instance.maintain_at.get().is_some_and(|at| now < at && at <= next) {
        return;
    }
    instance.maintain_at.set(Some(next));
    match instance.stream.begin_maintenance().await {
        Ok(false) => return,
        Ok(true) => instance.stream.reclaim(gateway).await,
        // Without Redis nobody else can be asked, and SQL still wants its purge.
        Err(error) => Spin.log(LogLine::new(Level::Warn, "queue_unreachable").port(&error)),
    }
    gateway.maintain().await;
}

impl Host for Spin {
    const PEER: &'static str = "spin-client-addr";

    type Body = FetchBody;

    async fn query(&self, statement: Statement) -> Result<Vec<Row>, PortError> {
        let connection = connection().await?;
        let rows = execute(&connection, statement).await?;
        put_back(connection);
        Ok(rows)
    }

    async fn batch(&self, statements: Vec<Statement>) -> Result<Vec<Vec<Row>>, PortError> {
        // Dropped without COMMIT, also when this future is: closing a connection rolls back.
        let connection = connection().await?;
        execute(&connection, Statement::new("BEGIN IMMEDIATE")).await?;
        let mut answers = Vec::with_capacity(statements.len());
        for statement in statements {
            answers.push(execute(&connection, statement).await?);
        }
        execute(&connection, Statement::new("COMMIT")).await?;
        put_back(connection);
        Ok(answers)
    }

    async fn cache_get(&self, key: &str) -> Result<Option<String>, PortError> {
        let cache = cache().await?;
        let Some(entry) = cache.get(key).await.map_err(cache_error)? else { return Ok(None) };
        match unexpired(entry, self.now()) {
            Some(value) => Ok(Some(value)),
            None => {
                cache.delete(key).await.map_err(cache_error)?;
                Ok(None)
            }
        }
    }

    async fn cache_put(&self, key: &str, value: &str, ttl: Duration) -> Result<(), PortError> {
        let entry = format!("{} {value}", self.now().after(ttl.max(SHORTEST_TTL)).0);
        cache().await?.set(key, entry).await.map_err(cache_error)
    }

    async fn cache_delete(&self, key: &str) -> Result<(), PortError> {
        cache().await?.delete(key).await.map_err(cache_error)
    }

    async fn queue_send(&self, message: &str) -> Result<(), PortError> {
        instance().stream.send(message).await
    }

    async fn fetch(
        &self,
        request: ::http::Request<Bytes>,
        limits: Limits,
    ) -> Result<::http::Response<FetchBody>, FetchError> {
        http::fetch(request, limits).await
    }

    fn now(&self) -> Timestamp {
        let now = system_clock::now();
        Timestamp(now.seconds.saturating_mul(1000).saturating_add(i64::from(now.nanoseconds / 1_000_000)))
    }

    async fn sleep(&self, duration: Duration) {
        monotonic_clock::wait_for(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)).await;
    }

    fn random(&self, buffer: &mut [u8]) -> Result<(), PortError> {
        getrandom::fill(buffer).map_err(|error| PortError::new("random", error))
    }

    async fn secret(&self, name: &str) -> Result<Option<Secret>, PortError> {
        match variables::get(name.to_ascii_lowercase()).await {
            Ok(value) if value.is_empty() => Ok(None),
            Ok(value) => Ok(Some(Secret::new(value))),
            Err(variables::Error::Undefined(_)) => Ok(None),
            Err(error) => Err(PortError::new("secret", error)),
        }
    }

    fn after_response(&self, work: Pin<Box<dyn Future<Output = ()>>>) {
        wasip3::spawn(work);
    }

    #[allow(clippy::print_stderr, reason = "standard error is a component's log")]
    fn log(&self, line: LogLine) {
        let level = match line.level {
            Level::Info => "info",
            Level::Warn => "warn",
            Level::Error => "error",
        };
        eprintln!("{level} {line}");
    }

    fn isolate(&self) -> Rc<Isolate> {
        Rc::clone(&instance().isolate)
    }
}

async fn connection() -> Result<sqlite::Connection, PortError> {
    let idle = instance().connections.borrow_mut().pop();
    match idle {
        Some(connection) => Ok(connection),
        None => sqlite::Connection::open_default().await.map_err(sql_error),
    }
}

fn put_back(connection: sqlite::Connection) {
    let instance = instance();
    let mut connections = instance.connections.borrow_mut();
    if connections.len() < IDLE_CONNECTIONS {
        connections.push(connection);
    }
}

async fn execute(connection: &sqlite::Connection, statement: Statement) -> Result<Vec<Row>, PortError> {
    let parameters = statement.params.into_iter().map(|value| match value {
        Value::Null => sqlite::Value::Null,
        Value::Integer(number) => sqlite::Value::Integer(number),
        Value::Text(text) => sqlite::Value::Text(text),
    });
    let answer = connection.execute(statement.sql, parameters).await.map_err(sql_error)?;
    let columns = answer.columns().to_vec();
    let rows = answer.collect().await.map_err(sql_error)?;
    rows.into_iter().map(|row| self::row(&columns, row.values)).collect()
}

fn row(columns: &[String], values: Vec<sqlite::Value>) -> Result<Row, PortError> {
    let columns = columns.iter().zip(values).map(|(column, value)| {
        let value = match value {
            sqlite::Value::Null => Value::Null,
            sqlite::Value::Integer(number) => Value::Integer(number),
            sqlite::Value::Text(text) => Value::Text(text),
            sqlite::Value::Real(_) | sqlite::Value::Blob(_) => {
                return Err(PortError::new("sql", format!("column {column} is neither text nor a number")));
            }
        };
        Ok((column.clone(), value))
    });
    columns.collect::<Result<_, _>>().map(Row::new)
}

fn sql_error(error: sqlite::Error) -> PortError {
    PortError::new("sql", error)
}

async fn cache() -> Result<Rc<Store>, PortError> {
    let instance = instance();
    if let Some(store) = &*instance.cache.borrow() {
        return Ok(Rc::clone(store));
    }
    let store = Rc::new(Store::open_default().await.map_err(cache_error)?);
    Ok(Rc::clone(instance.cache.borrow_mut().insert(store)))
}

/// The value of an entry `expiry value`: Spin's key-value knows no expiry.
fn unexpired(entry: Vec<u8>, now: Timestamp) -> Option<String> {
    let entry = String::from_utf8(entry).ok()?;
    let (expiry, value) = entry.split_once(' ')?;
    (now < Timestamp(expiry.parse().ok()?)).then(|| value.to_owned())
}

fn cache_error(error: spin_sdk::key_value::Error) -> PortError {
    PortError::new("cache", error)
}

/// What the port promises.
const SHORTEST_TTL: Duration = Duration::from_secs(60);
const IDLE_CONNECTIONS: usize = 4;
