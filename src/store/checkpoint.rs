//! `audit_checkpoint`, `audit_pruned`: what was signed of the audit chain, and up to where it was deleted.

use crate::audit::chain::Point;
use crate::audit::event::Event;
use crate::host::{Host, PortError, Row, Statement, Timestamp};

/// Where the chain ends, and what was signed of it last.
#[derive(Debug)]
pub(crate) struct State {
    /// The last record; its place is 0 before the first.
    pub(crate) last: Point,
    /// The record that was signed last; 0 when none was.
    pub(crate) signed: i64,
    /// When that was.
    pub(crate) signed_at: Timestamp,
    /// Whether that record is still what was signed.
    pub(crate) fits: bool,
}

/// Reads where the chain ends and what was signed of it.
///
/// # Errors
/// When the database cannot be used.
pub(crate) async fn state<H: Host>(host: &H) -> Result<State, PortError> {
    let statement = Statement::new(
        "WITH last AS (SELECT seq, hash FROM audit_log ORDER BY seq DESC LIMIT 1),
           signed AS (SELECT seq, hash, at FROM audit_checkpoint ORDER BY seq DESC LIMIT 1)
         SELECT coalesce((SELECT seq FROM last), 0) AS seq, coalesce((SELECT hash FROM last), '') AS hash,
           coalesce((SELECT seq FROM signed), 0) AS signed, coalesce((SELECT at FROM signed), 0) AS signed_at,
           NOT EXISTS (SELECT 1 FROM signed WHERE hash IS NOT coalesce(
             (SELECT hash FROM audit_log WHERE seq = signed.seq),
             (SELECT prev FROM audit_log WHERE seq = signed.seq + 1))) AS fits",
    );
    let rows = host.query(statement).await?;
    let row = rows.first().ok_or_else(|| PortError::new("sql", "a row was due"))?;
    Ok(State {
        last: Point { seq: row.integer("seq")?, hash: row.text("hash")?.to_owned() },
        signed: row.integer("signed")?,
        signed_at: row.timestamp("signed_at")?,
        fits: row.integer("fits")? == 1,
    })
}

/// Keeps a checkpoint, unless a later one is there already.
///
/// # Errors
/// When the database cannot be used.
pub(crate) async fn insert<H: Host>(
    host: &H,
    point: &Point,
    at: Timestamp,
    note: &str,
) -> Result<(), PortError> {
    let statement = Statement::new(
        "INSERT INTO audit_checkpoint (seq, hash, at, note) SELECT ?1, ?2, ?3, ?4
         WHERE ?1 > (SELECT coalesce(max(seq), 0) FROM audit_checkpoint)
           AND EXISTS (SELECT 1 FROM audit_log WHERE seq = ?1 AND hash = ?2)",
    );
    let statement = statement.bind(point.seq).bind(point.hash.as_str()).bind(at).bind(note);
    host.query(statement).await.map(drop)
}

/// The newest checkpoint's note.
///
/// # Errors
/// When the database cannot be used.
pub(crate) async fn newest<H: Host>(host: &H) -> Result<Option<String>, PortError> {
    let statement = Statement::new("SELECT note FROM audit_checkpoint ORDER BY seq DESC LIMIT 1");
    host.query(statement).await?.first().map(note).transpose()
}

/// The notes of records after `seq`, the oldest first, at most so many.
///
/// # Errors
/// When the database cannot be used.
pub(crate) async fn after<H: Host>(host: &H, seq: i64, most: i64) -> Result<Vec<String>, PortError> {
    let statement = Statement::new("SELECT note FROM audit_checkpoint WHERE seq > ?1 ORDER BY seq LIMIT ?2");
    host.query(statement.bind(seq).bind(most)).await?.iter().map(note).collect()
}

/// When what the oldest record tells of happened; [`None`] before the first record.
///
/// # Errors
/// When the database cannot be used.
pub(crate) async fn oldest<H: Host>(host: &H) -> Result<Option<Timestamp>, PortError> {
    let rows = host.query(Statement::new("SELECT at FROM audit_log ORDER BY seq LIMIT 1")).await?;
    rows.first().map(|row| row.timestamp("at")).transpose()
}

/// A checkpoint up to which everything is old.
#[derive(Debug)]
pub(crate) struct Candidate {
    /// The record it is of, as it is in the chain.
    pub(crate) point: Point,
    pub(crate) note: String,
    /// The chain's first record.
    pub(crate) first: i64,
}

/// Checkpoints up to which no record is newer than `cutoff`, and which are not of the last record; the newest first. Only
/// those of the first `most` records are looked at, or the first checkpoint if that is further on.
///
/// # Errors
/// When the database cannot be used.
pub(crate) async fn before<H: Host>(
    host: &H,
    cutoff: Timestamp,
    most: i64,
) -> Result<Vec<Candidate>, PortError> {
    let statement = Statement::new(
        "WITH start AS (SELECT min(seq) AS first FROM audit_log),
           ends AS (SELECT first, (SELECT max(seq) FROM audit_log) AS last, max(first + ?2 - 1,
             coalesce((SELECT min(seq) FROM audit_checkpoint WHERE seq >= first), 0)) AS bound FROM start),
           young AS (SELECT seq FROM audit_log
             WHERE seq <= (SELECT bound FROM ends) AND at > ?1 ORDER BY seq LIMIT 1)
         SELECT c.seq AS seq, l.hash AS hash, c.note AS note, ends.first AS first
         FROM ends JOIN audit_checkpoint AS c JOIN audit_log AS l ON l.seq = c.seq AND l.hash = c.hash
         WHERE c.seq <= ends.bound AND c.seq < ends.last AND c.seq < coalesce((SELECT seq FROM young), ends.last)
         ORDER BY c.seq DESC LIMIT 100",
    );
    let rows = host.query(statement.bind(cutoff).bind(most)).await?;
    rows.iter()
        .map(|row| {
            let point = Point { seq: row.integer("seq")?, hash: row.text("hash")?.to_owned() };
            Ok(Candidate { point, note: note(row)?, first: row.integer("first")? })
        })
        .collect()
}

/// Deletes the chain up to a checkpoint and spools the event that tells of it, in one transaction. `false` when the chain
/// no longer begins where it did: then nothing has happened.
///
/// # Errors
/// When the database cannot be used; then nothing has happened, as far as the host can say.
pub(crate) async fn prune<H: Host>(
    host: &H,
    candidate: &Candidate,
    event: &Event,
) -> Result<bool, PortError> {
    let (id, now) = (event.id().as_str(), host.now());
    let answers = host
        .batch(vec![
            // A trigger does the rest, and others refuse whatever is not up to a checkpoint.
            Statement::new(
                "INSERT INTO audit_pruned (seq, event_id, at) SELECT ?1, ?2, ?3
                 WHERE (SELECT min(seq) FROM audit_log) = ?4
                   AND EXISTS (SELECT 1 FROM audit_checkpoint WHERE seq = ?1 AND note = ?5)
                 RETURNING seq",
            )
            .bind(candidate.point.seq)
            .bind(id)
            .bind(now)
            .bind(candidate.first)
            .bind(candidate.note.as_str()),
            Statement::new(
                "INSERT INTO audit_outbox (event_id, at, event) SELECT ?1, ?2, ?3
                 WHERE EXISTS (SELECT 1 FROM audit_pruned WHERE event_id = ?1)",
            )
            .bind(id)
            .bind(now)
            .bind(event.to_text()?),
        ])
        .await?;
    Ok(answers.first().is_some_and(|pruned| !pruned.is_empty()))
}

fn note(row: &Row) -> Result<String, PortError> {
    row.text("note").map(str::to_owned)
}
