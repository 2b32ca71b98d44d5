//! From the chain to the sinks of the configuration.
//!
//! ```text
//! audit_log --(after each append, and with the maintenance)--> a sink --> audit_delivery: how far it has got
//!                                                                   \---> audit_dead_letter: what it does not take
//! ```
//!
//! Each sink has records in the order of the chain, and at least once: an attempt whose answer nobody heard is made again,
//! so a receiver knows an event by its id. Sinks do not wait for one another, and nothing waits for a sink.

mod verdict;

use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue, USER_AGENT};
use http::{HeaderMap, Request, StatusCode};

use self::verdict::Verdict;
use super::chain::Record;
use super::event::{Action, Event, EventId, Outcome, Range, Reason};
use super::format::{self, Format};
use crate::config::{Sink, SinkKind};
use crate::context::Context;
use crate::error::Fault;
use crate::host::{Host, Level, Limits, LogLine, PortError, Timestamp};
use crate::outbound::fetch_all;
use crate::store::Due;
use crate::store::audit::{self as log, ALWAYS};
use crate::store::delivery::{self as store, Held, State, Why};

/// Sends what is due to every sink. Harmless to run at any time, and by several at once.
///
/// # Errors
/// When the database cannot be used before anything was sent. What befalls a single sink is in its own row.
pub async fn deliver<H: Host>(context: &Context<H>) -> Result<(), PortError> {
    let (host, sinks) = (&context.host, &context.setup.config.sinks);
    if sinks.is_empty() {
        return Ok(());
    }
    let ids: Vec<&str> = sinks.iter().map(|sink| sink.id.as_str()).collect();
    let ids = serde_json::to_string(&ids).map_err(|error| PortError::new("sql", error))?;
    let due = store::due(host, &ids, due_at(host.now())).await?;
    let due = sinks.iter().filter(|sink| due.contains(&sink.id));
    let done = join_all(due.map(async |sink| {
        let lease = EventId::new(host)?;
        Turn { context, sink, held: Held { sink: &sink.id, lease: lease.as_str() } }.run().await
    }));
    for failure in done.await.into_iter().filter_map(Result::err) {
        host.log(LogLine::new(Level::Error, "delivery_not_kept").port(&failure));
    }
    Ok(())
}

/// Dead letters whose records were deleted stay under that reason. Said of each once, in the log and on record: no sink gets
/// these records any more.
///
/// # Errors
/// When the database cannot be used.
pub async fn set_deleted_apart<H: Host>(context: &Context<H>) -> Result<(), PortError> {
    let host = &context.host;
    for (sink, first, last) in store::set_deleted_apart(host, host.now()).await? {
        let line = LogLine::new(Level::Error, "dead_letters_deleted").id("sink", &sink);
        host.log(line.number("first", first).number("last", last));
        let outcome = Outcome::Failed(Fault::Sink, Reason::RecordsDeleted);
        let event = Event::new(host, Action::DeliveryFailed)?.outcome(outcome).sink(&sink);
        let event = Range::new(first, last).map_or(event.clone(), |range| event.range(range));
        // The table says it as well.
        let _ = super::record(context, event).await;
    }
    Ok(())
}

fn due_at(now: Timestamp) -> Due {
    Due { now, latest: now.after(verdict::LONGEST_ASKED.max(LEASE)) }
}

/// [`deliver`], where nobody waits for it.
pub async fn deliver_soon<H: Host>(context: &Context<H>) {
    if let Err(error) = deliver(context).await {
        context.host.log(LogLine::new(Level::Error, "delivery_not_kept").port(&error));
    }
}

/// How many batches a sink gets in one turn; the next one goes on from there.
const ROUNDS: usize = 20;
/// For how long nobody else sends: longer than one attempt can take.
const LEASE: Duration = Duration::from_secs(60);
const LIMITS: Limits = Limits { head: Duration::from_secs(10), idle: Duration::from_secs(5) };
/// No answer that matters is longer.
const LONGEST_ANSWER: usize = 64 * 1024;
/// How often a sink may answer with an error to the same records: about a day of attempts.
const MOST_ERRORS: i64 = 100;
/// How many attempts have to fail in a row before the chain says so, and how long it then says nothing more of it.
const TOLD_AFTER: i64 = 3;
const TOLD_EVERY: Duration = Duration::from_secs(60 * 60);

/// The time in which one alone sends to a sink.
struct Turn<'a, H: Host> {
    context: &'a Context<H>,
    sink: &'a Sink,
    held: Held<'a>,
}

/// Records that go together.
struct Batch {
    records: Vec<Record>,
    /// The dead letter that they come from.
    letter: Option<i64>,
}

impl<H: Host> Turn<'_, H> {
    async fn run(self) -> Result<(), PortError> {
        let host = &self.context.host;
        let now = host.now();
        let Some(mut state) = store::lease(host, self.held, due_at(now), now.after(LEASE)).await? else {
            return Ok(());
        };
        for _ in 0..ROUNDS {
            let Some(batch) = self.next(&state).await? else { break };
            let goes_on = match self.send(&batch.records).await {
                Verdict::Taken => self.taken(&mut state, &batch).await?,
                Verdict::Later(reason, status, asked) => {
                    // An outage, however long, is no reason to give anything up; an answer is one at some time.
                    state.errors +=
                        i64::from(status.is_some_and(|status| status != StatusCode::TOO_MANY_REQUESTS));
                    self.failed(state, &batch, (reason, status), asked).await?;
                    return Ok(());
                }
                Verdict::Never(reason, status) => {
                    state.errors = MOST_ERRORS;
                    self.failed(state, &batch, (reason, status), None).await?;
                    return Ok(());
                }
            };
            if !goes_on {
                return Ok(());
            }
        }
        store::release(host, self.held).await
    }

    /// What is to be sent now: what is new, then what is to be sent again.
    async fn next(&self, state: &State) -> Result<Option<Batch>, PortError> {
        let host = &self.context.host;
        let (records, _) = log::records(host, state.seq, ALWAYS, self.sink.batch).await?;
        if !records.is_empty() {
            return Ok(Some(Batch { records, letter: None }));
        }
        while let Some(letter) = store::replaying(host, &self.sink.id).await? {
            let (mut records, (begins, _)) =
                log::records(host, letter.first - 1, ALWAYS, self.sink.batch).await?;
            if letter.first < begins {
                set_deleted_apart(self.context).await?;
                continue;
            }
            records.retain(|record| record.seq <= letter.last);
            if !records.is_empty() {
                return Ok(Some(Batch { records, letter: Some(letter.id) }));
            }
            let why = Why { reason: Reason::RecordsDeleted.name(), status: None };
            store::refused_again(host, letter.id, why, host.now()).await?;
        }
        Ok(None)
    }

    async fn send(&self, records: &[Record]) -> Verdict {
        let host = &self.context.host;
        let credentials = match self.credentials().await {
            Ok(credentials) => credentials,
            Err(secret) => {
                let line = LogLine::new(Level::Warn, "sink_secret_missing").id("sink", &self.sink.id);
                host.log(line.id("secret", secret));
                return Verdict::Later(Reason::NotConfigured, None, None);
            }
        };
        let Some(request) = self.request(records, credentials) else {
            return Verdict::Later(Reason::NotConfigured, None, None);
        };
        match fetch_all(host, request, LIMITS, LONGEST_ANSWER).await {
            Ok(answer) => verdict::of_answer(
                self.sink.kind,
                answer.status(),
                answer.headers(),
                answer.body(),
                host.now(),
            ),
            Err(error) => verdict::of_silence(&error),
        }
    }

    /// The headers that the sink knows us by.
    ///
    /// # Errors
    /// The name of the secret that is not set, or is not fit for a header.
    async fn credentials(&self) -> Result<HeaderMap, &str> {
        let mut headers = HeaderMap::new();
        for (name, secret) in &self.sink.headers {
            let scheme = match self.sink.kind {
                _ if *name != AUTHORIZATION => "",
                SinkKind::SplunkHec => "Splunk ",
                SinkKind::Https | SinkKind::Otlp => "Bearer ",
            };
            let value = self.context.host.secret(secret).await.ok().flatten();
            let value =
                value.and_then(|value| HeaderValue::try_from(format!("{scheme}{}", value.expose())).ok());
            let mut value = value.ok_or(secret.as_str())?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        Ok(headers)
    }

    fn request(&self, records: &[Record], credentials: HeaderMap) -> Option<Request<Bytes>> {
        let sink = self.sink;
        let (body, media_type) = match sink.kind {
            SinkKind::SplunkHec => (format::splunk(records, sink.format), Format::Otlp.media_type()),
            SinkKind::Https | SinkKind::Otlp => (sink.format.write(records), sink.format.media_type()),
        };
        let mut request = Request::post(sink.url.as_str()).body(Bytes::from(body)).ok()?;
        let headers = request.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        headers.insert(ACCEPT, HeaderValue::from_static("application/json, */*;q=0.1"));
        headers.insert(USER_AGENT, HeaderValue::from_static(concat!("mcpgate/", env!("CARGO_PKG_VERSION"))));
        headers.extend(credentials);
        Some(request)
    }

    /// Says whether the lease still holds.
    async fn taken(&self, state: &mut State, batch: &Batch) -> Result<bool, PortError> {
        let host = &self.context.host;
        let Some(last) = batch.records.last().map(|record| record.seq) else { return Ok(true) };
        match batch.letter {
            Some(letter) => store::revived(host, letter, last).await?,
            None => state.seq = last,
        }
        let holds = store::advance(host, self.held, state.seq, host.now().after(LEASE)).await?;
        if holds && std::mem::take(&mut state.told) {
            self.tell(Action::DeliveryResumed, Outcome::Ok, &batch.records).await;
        }
        (state.failures, state.errors) = (0, 0);
        Ok(holds)
    }

    async fn failed(
        &self,
        mut state: State,
        batch: &Batch,
        (reason, status): (Reason, Option<StatusCode>),
        asked: Option<Duration>,
    ) -> Result<(), PortError> {
        let host = &self.context.host;
        let (Some(first), Some(last)) = (batch.records.first(), batch.records.last()) else { return Ok(()) };
        let gives_up = state.errors >= MOST_ERRORS;
        state.failures = state.failures.saturating_add(1);
        let now = host.now();
        let mut random = [0];
        host.random(&mut random)?;
        let not_before = now.after(verdict::pause(state.failures, random[0], asked));
        let tells = !state.told
            && (gives_up || state.failures >= TOLD_AFTER)
            && (state.told_at == Timestamp(0)
                || state.told_at.after(TOLD_EVERY) <= now
                || state.told_at > now);
        if tells {
            (state.told, state.told_at) = (true, now);
        }
        let code = status.map(|status| i64::from(status.as_u16()));
        let why = Why { reason: reason.name(), status: code };
        if gives_up {
            state.errors = 0;
        }
        match batch.letter {
            None if gives_up => {
                state.seq = last.seq;
                store::bury(host, self.held, (first.seq, last.seq), &state, why, (now, not_before)).await?;
            }
            letter => {
                if let Some(letter) = letter.filter(|_| gives_up) {
                    store::refused_again(host, letter, why, now).await?;
                }
                store::failed(host, self.held, &state, why, (now, not_before)).await?;
            }
        }
        let line = LogLine::new(Level::Warn, "delivery_failed").id("sink", &self.sink.id);
        let line = line.word("reason", reason.name()).number("status", code.unwrap_or_default());
        host.log(
            line.number("first", first.seq).number("last", last.seq).number("given_up", gives_up.into()),
        );
        if tells {
            let outcome = Outcome::Failed(Fault::Sink, reason);
            self.tell(Action::DeliveryFailed, outcome, &batch.records).await;
        }
        Ok(())
    }

    /// Puts on record how the delivery stands. What comes of it is in the table of deliveries anyway.
    async fn tell(&self, action: Action, outcome: Outcome, records: &[Record]) {
        let Ok(event) = Event::new(&self.context.host, action) else { return };
        let event = event.outcome(outcome).sink(&self.sink.id);
        let _ =
            super::record(self.context, Range::of(records).map_or(event.clone(), |range| event.range(range)))
                .await;
    }
}

#[cfg(test)]
mod tests;
