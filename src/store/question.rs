//! `question`: what services ask clients of older revisions, whose answer comes in a request of its own.

use crate::crypto::{DataKey, Place};
use crate::host::{Host, PortError, Statement, Timestamp};

/// Who is asked.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The person's id.
    pub person: &'a str,
    /// Their data key.
    pub key: &'a DataKey,
}

/// Notes that a question was put to a client.
///
/// # Errors
/// When the database fails.
pub async fn put<H: Host>(
    host: &H,
    asked: Asked<'_>,
    id: &str,
    expires_at: Timestamp,
) -> Result<(), PortError> {
    let statement = Statement::new("INSERT INTO question (id, person, expires_at) VALUES (?1, ?2, ?3)")
        .bind(id)
        .bind(asked.person)
        .bind(expires_at);
    host.query(statement).await.map(drop)
}

/// Leaves word for whoever looks under this id, without having been asked.
///
/// # Errors
/// When the database or the host's randomness fails.
pub async fn leave<H: Host>(
    host: &H,
    asked: Asked<'_>,
    id: &str,
    word: &str,
    expires_at: Timestamp,
) -> Result<(), PortError> {
    let sealed = asked.key.seal(host, place(asked.person, id), word)?;
    let statement = Statement::new(
        "INSERT INTO question (id, person, answer, expires_at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id) DO NOTHING",
    )
    .bind(id)
    .bind(asked.person)
    .bind(sealed)
    .bind(expires_at);
    host.query(statement).await.map(drop)
}

/// Brings the answer: once, to an open question of this person. False when there is none.
///
/// # Errors
/// When the database or the host's randomness fails.
pub async fn answer<H: Host>(
    host: &H,
    asked: Asked<'_>,
    id: &str,
    answer: &str,
    now: Timestamp,
) -> Result<bool, PortError> {
    let sealed = asked.key.seal(host, place(asked.person, id), answer)?;
    let statement = Statement::new(
        "UPDATE question SET answer = ?3 WHERE id = ?1 AND person = ?2 AND answer IS NULL AND expires_at > ?4
         RETURNING id",
    )
    .bind(id)
    .bind(asked.person)
    .bind(sealed)
    .bind(now);
    Ok(!host.query(statement).await?.is_empty())
}

/// Takes the answer, if it has come.
///
/// # Errors
/// When the database fails or the row does not open with this key.
pub async fn take<H: Host>(host: &H, asked: Asked<'_>, id: &str) -> Result<Option<String>, PortError> {
    let statement = Statement::new(
        "DELETE FROM question WHERE id = ?1 AND person = ?2 AND answer IS NOT NULL RETURNING answer",
    )
    .bind(id)
    .bind(asked.person);
    let rows = host.query(statement).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let answer = asked
        .key
        .open(place(asked.person, id), row.text("answer")?)
        .map_err(|error| PortError::new("sql", error))?;
    Ok(Some(answer.to_string()))
}

/// Nobody waits for the answers to these any more.
///
/// # Errors
/// When the database fails.
pub async fn withdraw<H: Host>(host: &H, asked: Asked<'_>, ids: &[String]) -> Result<(), PortError> {
    let statement =
        Statement::new("DELETE FROM question WHERE id IN (SELECT value FROM json_each(?1)) AND person = ?2")
            .bind(serde_json::to_string(ids).unwrap_or_default())
            .bind(asked.person);
    host.query(statement).await.map(drop)
}

/// Removes what has expired.
pub fn purge(now: Timestamp) -> Statement {
    Statement::new("DELETE FROM question WHERE expires_at <= ?1").bind(now)
}

fn place<'a>(person: &'a str, id: &'a str) -> Place<'a> {
    Place { table: "question", column: "answer", row: id, owner: person, expires_at: None }
}
