//! Cloudflare Workers: D1, KV, Queues, fetch, cron.
//!
//! Bindings, as in `wrangler.toml`: D1 `DB`, KV `CACHE`, queue producer `AUDIT`; secrets and variables by their names.
//! A binding that is missing is an error of its port, when the port is used, and never a panic.
//!
//! A Worker's panic re-makes the whole instance and loses the requests in flight there, so this file uses none of
//! the SDK's conversions that panic on foreign input (its `HeaderMap` ones do).

#![allow(unsafe_code, reason = "the SDK's event macros export functions to JavaScript")]

use std::fmt;
use std::future::{Future, pending};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{AbortHandle, Either, abortable, select};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use worker::d1::D1PreparedStatement;
use worker::wasm_bindgen::JsValue;
use worker::{
    Context, Delay, Env, MessageBatch, MessageExt as _, QueueContentType, RawMessageBuilder, ScheduleContext,
    ScheduledEvent, console_error, console_log, console_warn, event,
};

use crate::crypto::Secret;
use crate::gateway::Gateway;
use crate::host::{FetchError, Host, Level, Limits, LogLine, PortError, Row, Statement, Timestamp, Value};
use crate::isolate::Isolate;

use http::Gone;

mod http;

/// Answers a request.
#[event(fetch)]
async fn fetch(request: worker::Request, env: Env, context: Context) -> worker::Result<worker::Response> {
    let host = Workers::new(env, Occasion::Event(context));
    let answering = Answering::begin(&host);
    let gone = Gone::watch(&request);
    let request = http::read(request).await?;
    #[cfg(feature = "contract")]
    if let Some(response) = crate::host::contract::route(&host, &request).await {
        return http::write(response, gone, answering).await;
    }
    match select(pin!(Gateway::new(host).handle(request)), gone).await {
        Either::Left((response, gone)) => http::write(response, gone, answering).await,
        // Dropped, the answer lets the service go and records that it was broken off.
        Either::Right(_) => worker::Response::empty(),
    }
}

/// Takes audit events off the queue. What the gateway does not take stays on it.
#[event(queue)]
async fn queue(batch: MessageBatch<String>, env: Env, context: Context) -> worker::Result<()> {
    let host = Workers::new(env, Occasion::Event(context));
    let messages: Vec<_> = batch.raw_iter().collect();
    let texts = messages.iter().map(|message| message.body().as_string().unwrap_or_default()).collect();
    let mut taken = Gateway::new(host).consume(texts).await.into_iter();
    for message in &messages {
        if taken.next().unwrap_or(false) {
            message.ack();
        } else {
            message.retry();
        }
    }
    Ok(())
}

/// Does what the cron trigger is for.
#[event(scheduled)]
async fn scheduled(_event: ScheduledEvent, env: Env, context: ScheduleContext) {
    let host = Workers::new(env, Occasion::Cron(context));
    Gateway::new(host).maintain().await;
}

/// The host of one event: its bindings, and the right to work past its end.
#[derive(Clone)]
struct Workers(Rc<Bindings>);

struct Bindings {
    env: Env,
    occasion: Occasion,
}

enum Occasion {
    Event(Context),
    Cron(ScheduleContext),
}

/// An answer under way. While it lives, the runtime does not end the event, even if the client goes away: what was
/// begun is finished or, when its body is dropped, recorded as broken off.
struct Answering(AbortHandle);

impl Answering {
    fn begin(host: &Workers) -> Self {
        let (answered, handle) = abortable(pending::<()>());
        host.after_response(Box::pin(async {
            // It ends by being aborted, and in no other way.
            let _ = answered.await;
        }));
        Self(handle)
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Workers {
    fn new(env: Env, occasion: Occasion) -> Self {
        Self(Rc::new(Bindings { env, occasion }))
    }

    fn prepare(&self, statement: &Statement) -> worker::Result<D1PreparedStatement> {
        let params: Vec<_> = statement.params.iter().map(JsValue::from).collect();
        self.0.env.d1("DB")?.prepare(statement.sql).bind(&params)
    }

    fn cache(&self) -> Result<worker::kv::KvStore, PortError> {
        self.0.env.kv("CACHE").map_err(cache_error)
    }
}

impl Host for Workers {
    const PEER: &'static str = "cf-connecting-ip";

    type Body = http::ResponseBody;

    async fn query(&self, statement: Statement) -> Result<Vec<Row>, PortError> {
        let answer = self.prepare(&statement).map_err(sql_error)?.all().await.map_err(sql_error)?;
        answer.results().map_err(sql_error)
    }

    async fn batch(&self, statements: Vec<Statement>) -> Result<Vec<Vec<Row>>, PortError> {
        if statements.is_empty() {
            return Ok(Vec::new());
        }
        let prepared =
            statements.iter().map(|one| self.prepare(one)).collect::<Result<_, _>>().map_err(sql_error)?;
        let answers = self.0.env.d1("DB").map_err(sql_error)?.batch(prepared).await.map_err(sql_error)?;
        answers.iter().map(|answer| answer.results().map_err(sql_error)).collect()
    }

    async fn cache_get(&self, key: &str) -> Result<Option<String>, PortError> {
        self.cache()?.get(key).text().await.map_err(cache_error)
    }

    async fn cache_put(&self, key: &str, value: &str, ttl: Duration) -> Result<(), PortError> {
        let put = self.cache()?.put(key, value).map_err(cache_error)?;
        put.expiration_ttl(ttl.as_secs().max(SHORTEST_CACHE_SECONDS)).execute().await.map_err(cache_error)
    }

    async fn cache_delete(&self, key: &str) -> Result<(), PortError> {
        self.cache()?.delete(key).await.map_err(cache_error)
    }

    async fn queue_send(&self, message: &str) -> Result<(), PortError> {
        // As text: a serde_json value would become a JavaScript Map and arrive as `{}`.
        let message = RawMessageBuilder::new(message.into()).build_with_content_type(QueueContentType::Text);
        self.0.env.queue("AUDIT").map_err(queue_error)?.send_raw(message).await.map_err(queue_error)
    }

    async fn fetch(
        &self,
        request: ::http::Request<Bytes>,
        limits: Limits,
    ) -> Result<::http::Response<Self::Body>, FetchError> {
        http::fetch(request, limits).await
    }

    fn now(&self) -> Timestamp {
        Timestamp(i64::try_from(worker::Date::now().as_millis()).unwrap_or(i64::MAX))
    }

    async fn sleep(&self, duration: Duration) {
        Delay::from(duration).await;
    }

    fn random(&self, buffer: &mut [u8]) -> Result<(), PortError> {
        getrandom::fill(buffer).map_err(|error| PortError::new("random", error))
    }

    async fn secret(&self, name: &str) -> Result<Option<Secret>, PortError> {
        // The SDK's error means that the binding is absent or not a text: neither is a secret that is set.
        let Ok(secret) = self.0.env.secret(name) else {
            return Ok(None);
        };
        let text = secret.to_string();
        Ok((!text.is_empty()).then(|| Secret::new(text)))
    }

    fn after_response(&self, work: Pin<Box<dyn Future<Output = ()>>>) {
        match &self.0.occasion {
            Occasion::Event(context) => context.wait_until(work),
            Occasion::Cron(context) => context.wait_until(work),
        }
    }

    fn log(&self, line: LogLine) {
        match line.level {
            Level::Info => console_log!("{line}"),
            Level::Warn => console_warn!("{line}"),
            Level::Error => console_error!("{line}"),
        }
    }

    fn isolate(&self) -> Rc<Isolate> {
        ISOLATE.with(Rc::clone)
    }
}

impl From<&Value> for JsValue {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => Self::NULL,
            // D1 takes numbers, not BigInts; the port promises at most 2^53.
            Value::Integer(number) => Self::from_f64(*number as f64),
            Value::Text(text) => Self::from_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for Row {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Columns)
    }
}

struct Columns;

impl<'de> Visitor<'de> for Columns {
    type Value = Row;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a row of numbers, texts and NULLs")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Row, A::Error> {
        let mut columns = Vec::new();
        while let Some((name, Cell(value))) = map.next_entry()? {
            columns.push((name, value));
        }
        Ok(Row::new(columns))
    }
}

struct Cell(Value);

impl<'de> Deserialize<'de> for Cell {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CellVisitor).map(Self)
    }
}

struct CellVisitor;

impl Visitor<'_> for CellVisitor {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a whole number, a text or NULL")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Integer(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::Text(text))
    }
}

thread_local! {
    static ISOLATE: Rc<Isolate> = Rc::default();
}

/// Workers KV refuses to keep a value for less.
const SHORTEST_CACHE_SECONDS: u64 = 60;

fn sql_error(error: worker::Error) -> PortError {
    match error {
        // Its own text is a JavaScript stack over several lines.
        worker::Error::D1(error) => PortError::new("sql", error.cause()),
        error => PortError::new("sql", error),
    }
}

fn cache_error(error: impl fmt::Display) -> PortError {
    PortError::new("cache", error)
}

fn queue_error(error: worker::Error) -> PortError {
    PortError::new("queue", error)
}
