//! `audit_log`, `audit_outbox`, `audit_rejected`.

use std::collections::HashSet;

use serde::Serialize;

use crate::audit::chain::{GENESIS, Record};
use crate::audit::event::{Event, EventId, VERSION};
use crate::host::{Host, PortError, Row, Statement, Timestamp};

/// Where the chain ends, and which of some events it holds already.
#[derive(Debug)]
pub(crate) struct Head {
    /// The last record's place; 0 before the first.
    pub(crate) seq: i64,
    /// The last record's hash.
    pub(crate) hash: String,
    /// Ids of those of the asked events that are in the chain.
    pub(crate) recorded: HashSet<String>,
}

/// One new row of `audit_log`.
#[derive(Debug, Serialize)]
pub(crate) struct NewRecord {
    /// The event's id.
    pub(crate) event_id: String,
    /// When the event happened.
    pub(crate) at: Timestamp,
    /// The record.
    #[serde(flatten)]
    pub(crate) record: Record,
}

/// Reads where the chain ends.
///
/// # Errors
/// When the database cannot be used.
pub(crate) async fn head<H: Host>(host: &H, events: &[Event]) -> Result<Head, PortError> {
    let answers = host
        .batch(vec![
            Statement::new("SELECT seq, hash FROM audit_log ORDER BY seq DESC LIMIT 1"),
            Statement::new(
                "SELECT event_id FROM audit_log WHERE event_id IN (SELECT value FROM json_each(?1))",
            )
            .bind(ids(events)?),
        ])
        .await?;
    let [last, recorded] =
        <[_; 2]>::try_from(answers).map_err(|_| PortError::new("sql", "two answers were due"))?;
    let (seq, hash) = match last.first() {
        Some(row) => (row.integer("seq")?, row.text("hash")?.to_owned()),
        None => (0, GENESIS.to_owned()),
    };
    let recorded =
        recorded.iter().map(|row| row.text("event_id").map(str::to_owned)).collect::<Result<_, _>>()?;
    Ok(Head { seq, hash, recorded })
}

/// A time that every event is within, in numbers that every host has.
pub(crate) const ALWAYS: (Timestamp, Timestamp) = (Timestamp(-(1 << 53)), Timestamp(1 << 53));

/// Records after the place `after`, at most `most`, and where the chain begins and ends: its first and last place, 0 for a
/// chain without records. Times are those of the events; the first is within.
///
/// # Errors
/// When the database cannot be used.
pub(crate) async fn records<H: Host>(
    host: &H,
    after: i64,
    (from, to): (Timestamp, Timestamp),
    most: i64,
) -> Result<(Vec<Record>, (i64, i64)), PortError> {
    let answers = host
        .batch(vec![
            Statement::new(
                "SELECT seq, event, prev, hash FROM audit_log \
                 WHERE seq > ?1 AND at >= ?2 AND at < ?3 ORDER BY seq LIMIT ?4",
            )
            .bind(after)
            .bind(from)
            .bind(to)
            .bind(most),
            Statement::new(
                "SELECT coalesce(min(seq), 0) AS first, coalesce(max(seq), 0) AS last FROM audit_log",
            ),
        ])
        .await?;
    let [rows, ends] =
        <[_; 2]>::try_from(answers).map_err(|_| PortError::new("sql", "two answers were due"))?;
    let ends = ends.first().map_or(Ok((0, 0)), |row| Ok((row.integer("first")?, row.integer("last")?)))?;
    let record = |row: &Row| {
        Ok(Record {
            seq: row.integer("seq")?,
            event: row.text("event")?.to_owned(),
            prev: row.text("prev")?.to_owned(),
            hash: row.text("hash")?.to_owned(),
        })
    };
    Ok((rows.iter().map(record).collect::<Result<_, PortError>>()?, ends))
}

/// Appends records after `seq` and takes `done` out of the outbox as far as the chain then holds them, in one
/// transaction. `false` when the chain no longer ended at `seq`: then no record was appended. What stands `before` it in
/// that transaction still finds the chain as it was.
///
/// # Errors
/// When the database cannot be used; then nothing has happened, as far as the host can say.
pub(crate) async fn append<H: Host>(
    host: &H,
    seq: i64,
    records: &[NewRecord],
    done: &[Event],
    before: Vec<Statement>,
) -> Result<bool, PortError> {
    let (place, mut statements) = (before.len(), before);
    statements.extend([
        Statement::new(
            "INSERT INTO audit_log (seq, event_id, at, event, prev, hash) \
             SELECT value ->> 'seq', value ->> 'event_id', value ->> 'at', value ->> 'event', value ->> 'prev', \
             value ->> 'hash' FROM json_each(?1) \
             WHERE (SELECT coalesce(max(seq), 0) FROM audit_log) = ?2 ORDER BY key RETURNING seq",
        )
        .bind(json(&records)?)
        .bind(seq),
        taking_out(done)?,
    ]);
    let answers = host.batch(statements).await?;
    Ok(answers.get(place).is_some_and(|appended| appended.len() == records.len()))
}

/// Takes events out of the outbox as far as the chain holds them.
///
/// # Errors
/// When the database cannot be used.
pub(crate) async fn take_out<H: Host>(host: &H, events: &[Event]) -> Result<(), PortError> {
    host.query(taking_out(events)?).await.map(drop)
}

fn taking_out(events: &[Event]) -> Result<Statement, PortError> {
    let statement = Statement::new(
        "DELETE FROM audit_outbox WHERE event_id IN (SELECT value FROM json_each(?1)) \
         AND event_id IN (SELECT event_id FROM audit_log)",
    );
    Ok(statement.bind(ids(events)?))
}

/// Spools an event's text for later. An event that is there already stays once.
///
/// # Errors
/// When the database cannot be used.
pub(crate) async fn spool<H: Host>(host: &H, id: &EventId, text: &str) -> Result<(), PortError> {
    let statement = Statement::new(
        "INSERT INTO audit_outbox (event_id, at, event) VALUES (?1, ?2, ?3) ON CONFLICT (event_id) DO NOTHING",
    );
    host.query(statement.bind(id.as_str()).bind(host.now()).bind(text)).await.map(|_| ())
}

/// The oldest spooled texts, at most 100, without those that a newer version wrote. What is in the chain and could not be
/// judged comes last: it must not keep the rest from the chain.
///
/// # Errors
/// When the database cannot be used.
pub(crate) async fn spooled<H: Host>(host: &H) -> Result<Vec<(String, String)>, PortError> {
    let statement = Statement::new(
        "SELECT event_id, event FROM audit_outbox \
         WHERE CASE WHEN json_valid(event) THEN coalesce(event ->> 'v', 0) <= ?1 ELSE 1 END \
         ORDER BY event_id IN (SELECT event_id FROM audit_log), at, rowid LIMIT 100",
    );
    let rows = host.query(statement.bind(i64::from(VERSION))).await?;
    rows.iter().map(|row| Ok((row.text("event_id")?.to_owned(), row.text("event")?.to_owned()))).collect()
}

/// Notes a message that is no event: its keyed hash and its length, never its text. If it came from the outbox,
/// `spooled` is its id there, and it is taken out in the same transaction.
///
/// # Errors
/// When the database cannot be used.
pub(crate) async fn reject<H: Host>(
    host: &H,
    hash: &str,
    bytes: usize,
    spooled: Option<&str>,
) -> Result<(), PortError> {
    let note = Statement::new(
        "INSERT INTO audit_rejected (hash, bytes, at) VALUES (?1, ?2, ?3) ON CONFLICT (hash) DO NOTHING",
    )
    .bind(hash)
    .bind(i64::try_from(bytes).unwrap_or(i64::MAX))
    .bind(host.now());
    let Some(spooled) = spooled else { return host.query(note).await.map(|_| ()) };
    let take_out = Statement::new("DELETE FROM audit_outbox WHERE event_id = ?1").bind(spooled);
    host.batch(vec![note, take_out]).await.map(|_| ())
}

fn ids(events: &[Event]) -> Result<String, PortError> {
    json(&events.iter().map(|event| event.id().as_str()).collect::<Vec<_>>())
}

fn json(value: &impl Serialize) -> Result<String, PortError> {
    serde_json::to_string(value).map_err(|error| PortError::new("sql", error))
}
