//! From a handler to the chain: queue, outbox, consumer.
//!
//! ```text
//! record() -> queue -> consume() -> audit_log
//!        \-> audit_outbox -> flush_outbox() -/
//! ```
//!
//! The queue delivers at least once and in any order; several consumers may run at once. Each event gets into the
//! chain exactly once, because the chain is extended by one conditional statement: it appends only if the chain
//! still ends where the new records were computed for.

use std::collections::HashSet;

use super::chain::Record;
use super::event::{Event, ParseError};
use super::throughput;
use crate::context::Context;
use crate::host::{Host, Level, LogLine, PortError};
use crate::store::audit as store;

/// Hands an event over: to the queue, or if that refuses, to the outbox.
///
/// A service id that the configuration does not name is left out of the event, and a case that does not begin as it
/// says: they could be anything.
///
/// # Errors
/// When neither took it. What follows then is `[audit] on_failure`.
pub async fn record<H: Host>(context: &Context<H>, event: Event) -> Result<(), PortError> {
    let config = &context.setup.config;
    let event = event
        .without_service_unless(|id| config.service(id).is_some())
        .without_case_unless(|kind| config.audit.cases.iter().any(|known| known == kind))
        .from_address(context.peer, &context.setup.keys.hash);
    let text = event.to_text()?;
    let Err(refusal) = context.host.queue_send(&text).await else { return Ok(()) };
    let spooled = store::spool(&context.host, event.id(), &text).await;
    let line = |level, name| LogLine::new(level, name).word("action", event.action().name());
    match &spooled {
        Ok(()) => context.host.log(line(Level::Warn, "audit_spooled").port(&refusal)),
        Err(error) => context.host.log(line(Level::Error, "audit_lost").port(&refusal).port(error)),
    }
    spooled
}

/// Takes messages from the queue into the chain. One answer per message, in their order: whether it is done with and
/// can be acknowledged. What is not must be delivered again.
///
/// A message that is no event is done with, too: it must not block the queue. `audit_rejected` keeps its keyed hash
/// and length. An event that a newer version of the gateway wrote, as happens while one replaces the other, waits in
/// the outbox for that version.
pub async fn consume<H: Host>(context: &Context<H>, messages: Vec<String>) -> Vec<bool> {
    let parsed: Vec<_> = messages.iter().map(|message| Event::parse(message)).collect();
    let events: Vec<Event> = parsed.iter().filter_map(|event| event.as_ref().ok().cloned()).collect();
    let mut appended = append(context, &events, &events).await;
    if appended.is_ok() {
        // What could not be judged is delivered again, and then only judged: it is in the chain.
        appended = judge(context, &events).await;
    }
    let mut done = Vec::with_capacity(messages.len());
    for (message, parsed) in messages.iter().zip(&parsed) {
        done.push(match parsed {
            Ok(_) => appended.is_ok(),
            Err(ParseError::Newer(id)) => store::spool(&context.host, id, message).await.is_ok(),
            Err(ParseError::Malformed) => reject(context, message, None).await.is_ok(),
        });
    }
    done
}

/// Takes what is in the outbox into the chain, at most 1000 events; says how many were taken out of it.
/// Run by the cron of the host; harmless to run at any time, and by several at once.
///
/// # Errors
/// When the database cannot be used; what was spooled is then still there.
pub async fn flush_outbox<H: Host>(context: &Context<H>) -> Result<usize, PortError> {
    let mut flushed = 0;
    while flushed < FLUSHED_AT_ONCE {
        let spooled = store::spooled(&context.host).await?;
        if spooled.is_empty() {
            break;
        }
        let mut events = Vec::with_capacity(spooled.len());
        for (id, text) in &spooled {
            match Event::parse(text) {
                Ok(event) if event.id().as_str() == id => events.push(event),
                _ => reject(context, text, Some(id)).await?,
            }
        }
        // They stay there until they are judged, too: what is in the chain already is not appended again.
        append(context, &events, &[]).await?;
        throughput::watch(context, &events).await?;
        store::take_out(&context.host, &events).await?;
        flushed += spooled.len();
    }
    Ok(flushed)
}

/// Judges what these people pulled; what that raises joins the chain at once.
async fn judge<H: Host>(context: &Context<H>, events: &[Event]) -> Result<(), PortError> {
    let judged = match throughput::watch(context, events).await {
        Ok(true) => flush_outbox(context).await.map(drop),
        Ok(false) => Ok(()),
        Err(error) => Err(error),
    };
    if let Err(error) = &judged {
        context.host.log(LogLine::new(Level::Error, "throughput_not_judged").port(error));
    }
    judged
}

/// After how many events a flush leaves the rest to the next one: a host may limit how often one run asks the database.
const FLUSHED_AT_ONCE: usize = 1000;

/// How often the chain may have moved on before a writer gives up. Each time, another writer got ahead.
const ATTEMPTS: usize = 16;

/// Extends the chain by those events that it does not hold yet, and takes `done` out of the outbox.
async fn append<H: Host>(context: &Context<H>, events: &[Event], done: &[Event]) -> Result<(), PortError> {
    if events.is_empty() {
        return Ok(());
    }
    let mut result = Err(PortError::new("sql", "the audit chain was always extended by another writer"));
    for _ in 0..ATTEMPTS {
        result = match try_append(context, events, done).await {
            Ok(true) => return Ok(()),
            Ok(false) => continue,
            Err(error) => Err(error),
        };
        break;
    }
    if let Err(error) = &result {
        let line = LogLine::new(Level::Error, "audit_not_appended").number("events", events.len() as i64);
        context.host.log(line.port(error));
    }
    result
}

async fn try_append<H: Host>(
    context: &Context<H>,
    events: &[Event],
    done: &[Event],
) -> Result<bool, PortError> {
    let host = &context.host;
    let head = store::head(host, events).await?;
    let (mut seq, mut hash, mut seen) = (head.seq, head.hash, head.recorded);
    let mut records = Vec::with_capacity(events.len());
    let fresh: Vec<&Event> = fresh(events, &mut seen).collect();
    for event in &fresh {
        seq += 1;
        let record = Record::new(seq, &hash, event.to_text()?);
        hash.clone_from(&record.hash);
        records.push(store::NewRecord { event_id: event.id().as_str().to_owned(), at: event.at(), record });
    }
    let counted = throughput::count(context, fresh.iter().copied(), head.seq)?;
    let counts = counted.is_some();
    match store::append(host, head.seq, &records, done, counted.into_iter().collect()).await {
        // What only observes must not keep the chain from growing.
        Err(error) if counts && !context.setup.config.modes.throughput.stops() => {
            let appended = store::append(host, head.seq, &records, done, Vec::new()).await;
            if appended.is_ok() {
                let line = LogLine::new(Level::Error, "throughput_not_counted");
                host.log(line.number("events", records.len() as i64).port(&error));
            }
            appended
        }
        appended => appended,
    }
}

/// Those that were not seen before, each once.
fn fresh<'a>(events: &'a [Event], seen: &'a mut HashSet<String>) -> impl Iterator<Item = &'a Event> {
    events.iter().filter(|event| seen.insert(event.id().as_str().to_owned()))
}

async fn reject<H: Host>(
    context: &Context<H>,
    message: &str,
    spooled: Option<&str>,
) -> Result<(), PortError> {
    let hash = context.setup.keys.hash.id("audit-rejected", &[message]);
    let noted = store::reject(&context.host, &hash, message.len(), spooled).await;
    let line = LogLine::new(Level::Error, "audit_message_rejected").number("bytes", message.len() as i64);
    context.host.log(match &noted {
        Ok(()) => line,
        Err(error) => line.port(error),
    });
    noted
}
