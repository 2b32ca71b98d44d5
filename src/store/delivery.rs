//! `audit_delivery`, `audit_dead_letter`.
//!
//! Whoever delivers holds a lease, and each step asks for it: one that ran out, because the answer was slow, moves
//! nothing any more.

use super::Due;
use crate::audit::event::Reason;
use crate::host::{Host, PortError, Row, Statement, Timestamp};

/// How the delivery to a sink stands, for who holds its lease.
#[derive(Debug)]
pub(crate) struct State {
    /// Records up to here are done with.
    pub(crate) seq: i64,
    /// Failed attempts in a row.
    pub(crate) failures: i64,
    /// Those of them that the sink answered.
    pub(crate) errors: i64,
    /// Whether the chain says last that it fails, and when it said so last.
    pub(crate) told: bool,
    pub(crate) told_at: Timestamp,
}

/// The same, for who looks.
#[derive(Debug)]
pub(crate) struct Standing {
    pub(crate) sink: String,
    pub(crate) seq: i64,
    pub(crate) failing_since: Option<Timestamp>,
    pub(crate) not_before: Timestamp,
    pub(crate) reason: Option<String>,
    pub(crate) status: Option<i64>,
}

/// Records that a sink did not take.
#[derive(Debug)]
pub(crate) struct Letter {
    pub(crate) id: i64,
    pub(crate) sink: String,
    pub(crate) first: i64,
    pub(crate) last: i64,
    pub(crate) reason: String,
    pub(crate) status: Option<i64>,
    pub(crate) at: Timestamp,
    pub(crate) replaying: bool,
}

/// Why, in the words of the audit record, and the HTTP status if there was an answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Why {
    pub(crate) reason: &'static str,
    pub(crate) status: Option<i64>,
}

/// Who holds which sink.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Held<'a> {
    pub(crate) sink: &'a str,
    pub(crate) lease: &'a str,
}

/// Those of the sinks (a JSON list of ids) where something is to be sent now. Sinks that are not known yet are from here on.
///
/// # Errors
/// When the database cannot be used.
pub(crate) async fn due<H: Host>(
    host: &H,
    sinks: &str,
    Due { now, latest }: Due,
) -> Result<Vec<String>, PortError> {
    let answers = host
        .batch(vec![
            Statement::new(
                "INSERT INTO audit_delivery (sink, seq) SELECT value, 0 FROM json_each(?1) \
                 WHERE value NOT IN (SELECT sink FROM audit_delivery) ON CONFLICT (sink) DO NOTHING",
            )
            .bind(sinks),
            Statement::new(
                "SELECT sink FROM audit_delivery WHERE sink IN (SELECT value FROM json_each(?1)) \
                 AND (lease_until <= ?2 OR lease_until > ?3) AND (not_before <= ?2 OR not_before > ?3) \
                 AND (seq < (SELECT coalesce(max(seq), 0) FROM audit_log) OR EXISTS (SELECT 1 FROM audit_dead_letter \
                 WHERE audit_dead_letter.sink = audit_delivery.sink AND replay_at IS NOT NULL))",
            )
            .bind(sinks)
            .bind(now)
            .bind(latest),
        ])
        .await?;
    answers.into_iter().flatten().map(|row| row.text("sink").map(str::to_owned)).collect()
}

/// Up to which record all of these sinks (a JSON array of ids) are done; [`None`] for no sinks.
///
/// # Errors
/// When the database cannot be used.
pub(crate) async fn done<H: Host>(host: &H, sinks: &str) -> Result<Option<i64>, PortError> {
    let statement = Statement::new(
        "SELECT min(coalesce((SELECT seq FROM audit_delivery WHERE sink = sinks.value), 0)) AS done
         FROM json_each(?1) AS sinks HAVING count(*) > 0",
    );
    let rows = host.query(statement.bind(sinks)).await?;
    rows.first().map(|row| row.integer("done")).transpose()
}

/// Takes the lease: for whoever gets it, and nobody else until it is over.
///
/// # Errors
/// When the database cannot be used.
pub(crate) async fn lease<H: Host>(
    host: &H,
    held: Held<'_>,
    Due { now, latest }: Due,
    until: Timestamp,
) -> Result<Option<State>, PortError> {
    let statement = Statement::new(
        "UPDATE audit_delivery SET lease = ?2, lease_until = ?4 \
         WHERE sink = ?1 AND (lease_until <= ?3 OR lease_until > ?5) AND (not_before <= ?3 OR not_before > ?5) \
         RETURNING seq, failures, errors, told, told_at",
    );
    let statement = statement.bind(held.sink).bind(held.lease).bind(now).bind(until).bind(latest);
    let rows = host.query(statement).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    Ok(Some(State {
        seq: row.integer("seq")?,
        failures: row.integer("failures")?,
        errors: row.integer("errors")?,
        told: row.integer("told")? != 0,
        told_at: row.timestamp("told_at")?,
    }))
}

/// Gives the lease back.
///
/// # Errors
/// When the database cannot be used.
pub(crate) async fn release<H: Host>(host: &H, held: Held<'_>) -> Result<(), PortError> {
    let statement =
        Statement::new("UPDATE audit_delivery SET lease_until = 0 WHERE sink = ?1 AND lease = ?2");
    host.query(statement.bind(held.sink).bind(held.lease)).await.map(drop)
}

/// The sink took the records up to `to`: all is well, and the lease goes on. `false` when it is somebody else's.
///
/// # Errors
/// When the database cannot be used.
pub(crate) async fn advance<H: Host>(
    host: &H,
    held: Held<'_>,
    to: i64,
    until: Timestamp,
) -> Result<bool, PortError> {
    let statement = Statement::new(
        "UPDATE audit_delivery SET seq = max(seq, ?3), failures = 0, errors = 0, failing_since = NULL, reason = NULL, \
         status = NULL, told = 0, lease_until = ?4 WHERE sink = ?1 AND lease = ?2 RETURNING seq",
    );
    Ok(!host.query(statement.bind(held.sink).bind(held.lease).bind(to).bind(until)).await?.is_empty())
}

/// An attempt failed: says why, until when to wait, and whether the chain is told. Ends the lease.
///
/// # Errors
/// When the database cannot be used.
pub(crate) async fn failed<H: Host>(
    host: &H,
    held: Held<'_>,
    state: &State,
    why: Why,
    (now, not_before): (Timestamp, Timestamp),
) -> Result<(), PortError> {
    host.query(failing(held, state, why, (now, not_before))).await.map(drop)
}

fn failing(held: Held<'_>, state: &State, why: Why, (now, not_before): (Timestamp, Timestamp)) -> Statement {
    let statement = Statement::new(
        "UPDATE audit_delivery SET seq = max(seq, ?3), failures = ?4, errors = ?5, told = ?6, told_at = ?7, reason = ?8, \
         status = ?9, failing_since = coalesce(failing_since, ?10), not_before = ?11, lease_until = 0 \
         WHERE sink = ?1 AND lease = ?2",
    );
    let statement = statement.bind(held.sink).bind(held.lease).bind(state.seq).bind(state.failures);
    let statement = statement.bind(state.errors).bind(i64::from(state.told)).bind(state.told_at);
    statement.bind(why.reason).bind(why.status).bind(now).bind(not_before)
}

/// The sink did not take the records from `first` to `last` and never will: they are put aside, and what comes after them
/// is next. `state` is what is so afterwards. Ends the lease, all in one transaction.
///
/// # Errors
/// When the database cannot be used; then nothing has happened.
pub(crate) async fn bury<H: Host>(
    host: &H,
    held: Held<'_>,
    (first, last): (i64, i64),
    state: &State,
    why: Why,
    times: (Timestamp, Timestamp),
) -> Result<(), PortError> {
    let common = |sql| {
        let statement = Statement::new(sql).bind(held.sink).bind(held.lease).bind(first).bind(last);
        statement.bind(why.reason).bind(why.status).bind(times.0)
    };
    host.batch(vec![
        // What follows dead letters of the same kind is one with them: a sink that takes nothing makes one row.
        common(
            "UPDATE audit_dead_letter SET last_seq = ?4, at = ?7 WHERE sink = ?1 AND last_seq = ?3 - 1 \
             AND reason = ?5 AND status IS ?6 AND replay_at IS NULL \
             AND EXISTS (SELECT 1 FROM audit_delivery WHERE sink = ?1 AND lease = ?2 AND seq < ?4)",
        ),
        common(
            "INSERT INTO audit_dead_letter (sink, first_seq, last_seq, reason, status, at) \
             SELECT ?1, ?3, ?4, ?5, ?6, ?7 FROM audit_delivery WHERE sink = ?1 AND lease = ?2 AND seq < ?4 \
             AND NOT EXISTS (SELECT 1 FROM audit_dead_letter WHERE sink = ?1 AND last_seq = ?4)",
        ),
        failing(held, state, why, times),
    ])
    .await
    .map(drop)
}

/// The first dead letter of a sink that is to be sent again.
///
/// # Errors
/// When the database cannot be used.
pub(crate) async fn replaying<H: Host>(host: &H, sink: &str) -> Result<Option<Letter>, PortError> {
    let statement = Statement::new(
        "SELECT id, sink, first_seq, last_seq, reason, status, at, replay_at FROM audit_dead_letter \
         WHERE sink = ?1 AND replay_at IS NOT NULL ORDER BY first_seq, id LIMIT 1",
    );
    host.query(statement.bind(sink)).await?.first().map(letter).transpose()
}

/// The sink took the records of a dead letter up to `to`.
///
/// # Errors
/// When the database cannot be used.
pub(crate) async fn revived<H: Host>(host: &H, id: i64, to: i64) -> Result<(), PortError> {
    let rest =
        Statement::new("UPDATE audit_dead_letter SET first_seq = ?2 + 1 WHERE id = ?1 AND last_seq > ?2");
    let gone = Statement::new("DELETE FROM audit_dead_letter WHERE id = ?1 AND last_seq <= ?2");
    host.batch(vec![rest.bind(id).bind(to), gone.bind(id).bind(to)]).await.map(drop)
}

/// They were not taken this time either: they rest until somebody asks anew.
///
/// # Errors
/// When the database cannot be used.
pub(crate) async fn refused_again<H: Host>(
    host: &H,
    id: i64,
    why: Why,
    now: Timestamp,
) -> Result<(), PortError> {
    let statement = Statement::new(
        "UPDATE audit_dead_letter SET replay_at = NULL, reason = ?2, status = ?3, at = ?4 \
         WHERE id = ?1 AND replay_at IS NOT NULL",
    );
    host.query(statement.bind(id).bind(why.reason).bind(why.status).bind(now)).await.map(drop)
}

/// Dead letters whose records are not in the chain any more are set apart under a reason of their own, and rest; of what is
/// there in part, so is the part that is not. Answers with the sinks and places of those that were not known as such.
///
/// # Errors
/// When the database cannot be used; then nothing has happened.
pub(crate) async fn set_deleted_apart<H: Host>(
    host: &H,
    now: Timestamp,
) -> Result<Vec<(String, i64, i64)>, PortError> {
    let common = |sql| Statement::new(sql).bind(Reason::RecordsDeleted.name());
    let answers = host
        .batch(vec![
            common(
                "INSERT INTO audit_dead_letter (sink, first_seq, last_seq, reason, at) \
                 SELECT sink, first_seq, begins.seq - 1, ?1, ?2 \
                 FROM audit_dead_letter JOIN (SELECT min(seq) AS seq FROM audit_log) AS begins \
                 WHERE first_seq < begins.seq AND last_seq >= begins.seq AND reason <> ?1 \
                 RETURNING sink, first_seq, last_seq",
            )
            .bind(now),
            common(
                "UPDATE audit_dead_letter SET first_seq = begins.seq FROM (SELECT min(seq) AS seq FROM audit_log) AS begins \
                 WHERE first_seq < begins.seq AND last_seq >= begins.seq AND reason <> ?1",
            ),
            common(
                "UPDATE audit_dead_letter SET reason = ?1, status = NULL, at = ?2, replay_at = NULL \
                 WHERE last_seq < (SELECT min(seq) FROM audit_log) AND reason <> ?1 RETURNING sink, first_seq, last_seq",
            )
            .bind(now),
        ])
        .await?;
    let place = |row: Row| {
        let (first, last) = places(&row)?;
        Ok((row.text("sink")?.to_owned(), first, last))
    };
    answers.into_iter().flatten().map(place).collect()
}

/// The places of a sink's dead letters whose records were deleted.
///
/// # Errors
/// When the database cannot be used.
pub(crate) async fn deleted<H: Host>(host: &H, sink: &str) -> Result<Vec<(i64, i64)>, PortError> {
    let statement = Statement::new(
        "SELECT first_seq, last_seq FROM audit_dead_letter WHERE sink = ?1 AND reason = ?2 ORDER BY first_seq LIMIT 1000",
    );
    let rows = host.query(statement.bind(sink).bind(Reason::RecordsDeleted.name())).await?;
    rows.iter().map(places).collect()
}

fn places(row: &Row) -> Result<(i64, i64), PortError> {
    Ok((row.integer("first_seq")?, row.integer("last_seq")?))
}

/// Asks to send a sink's dead letters again, at once, but for those whose records were deleted. Answers with their places.
///
/// # Errors
/// When the database cannot be used.
pub(crate) async fn replay<H: Host>(
    host: &H,
    sink: &str,
    now: Timestamp,
) -> Result<Vec<(i64, i64)>, PortError> {
    let answers = host
        .batch(vec![
            Statement::new(
                "UPDATE audit_dead_letter SET replay_at = ?2 WHERE sink = ?1 AND replay_at IS NULL AND reason <> ?3 \
                 RETURNING first_seq, last_seq",
            )
            .bind(sink)
            .bind(now)
            .bind(Reason::RecordsDeleted.name()),
            Statement::new("UPDATE audit_delivery SET not_before = 0 WHERE sink = ?1").bind(sink),
        ])
        .await?;
    let mut places = answers.iter().flatten().map(places).collect::<Result<Vec<_>, _>>()?;
    places.sort_unstable();
    Ok(places)
}

/// How all deliveries stand, the latest 1000 dead letters, and where the chain ends.
///
/// # Errors
/// When the database cannot be used.
pub(crate) async fn standing<H: Host>(host: &H) -> Result<(Vec<Standing>, Vec<Letter>, i64), PortError> {
    let answers = host
        .batch(vec![
            Statement::new("SELECT sink, seq, failing_since, not_before, reason, status FROM audit_delivery"),
            Statement::new(
                "SELECT id, sink, first_seq, last_seq, reason, status, at, replay_at FROM audit_dead_letter \
                 ORDER BY id DESC LIMIT 1000",
            ),
            Statement::new("SELECT coalesce(max(seq), 0) AS seq FROM audit_log"),
        ])
        .await?;
    let [deliveries, letters, head] =
        <[_; 3]>::try_from(answers).map_err(|_| PortError::new("sql", "three answers were due"))?;
    let standing = |row: &Row| {
        Ok(Standing {
            sink: row.text("sink")?.to_owned(),
            seq: row.integer("seq")?,
            failing_since: row.timestamp("failing_since").ok(),
            not_before: row.timestamp("not_before")?,
            reason: row.optional_text("reason")?.map(str::to_owned),
            status: row.integer("status").ok(),
        })
    };
    let deliveries = deliveries.iter().map(standing).collect::<Result<_, PortError>>()?;
    let letters = letters.iter().map(letter).collect::<Result<_, _>>()?;
    Ok((deliveries, letters, head.first().map_or(Ok(0), |row| row.integer("seq"))?))
}

fn letter(row: &Row) -> Result<Letter, PortError> {
    Ok(Letter {
        id: row.integer("id")?,
        sink: row.text("sink")?.to_owned(),
        first: row.integer("first_seq")?,
        last: row.integer("last_seq")?,
        reason: row.text("reason")?.to_owned(),
        status: row.integer("status").ok(),
        at: row.timestamp("at")?,
        replaying: row.integer("replay_at").is_ok(),
    })
}
