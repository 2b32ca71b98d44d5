//! `session`: browser sessions.

use crate::host::{Host, PortError, Statement, Timestamp};

/// A session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Whose it is.
    pub person: String,
    /// When they signed in.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When the person is known to have proven who they are; 0 when that is not known.
    pub proven_at: Timestamp,
}

/// Begins a session and ends the one that the browser had before, in one transaction.
///
/// # Errors
/// When the database fails; then nothing has happened.
pub async fn replace<H: Host>(
    host: &H,
    former_hash: Option<&str>,
    id_hash: &str,
    row: &Row,
) -> Result<(), PortError> {
    let insert = Statement::new(
        "INSERT INTO session (id_hash, person, created_at, expires_at, proven_at) VALUES (?1, ?2, ?3, ?4, ?5)",
    )
    .bind(id_hash)
    .bind(row.person.as_str())
    .bind(row.created_at)
    .bind(row.expires_at)
    .bind(row.proven_at);
    let delete = Statement::new("DELETE FROM session WHERE id_hash = ?1").bind(former_hash);
    host.batch(vec![delete, insert]).await.map(drop)
}

/// The session with this digest.
///
/// # Errors
/// When the database fails.
pub async fn find<H: Host>(host: &H, id_hash: &str, now: Timestamp) -> Result<Option<Row>, PortError> {
    let statement = Statement::new(
        "SELECT person, created_at, expires_at, proven_at FROM session WHERE id_hash = ?1 AND expires_at > ?2",
    )
    .bind(id_hash)
    .bind(now);
    let rows = host.query(statement).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    Ok(Some(Row {
        person: row.text("person")?.to_owned(),
        created_at: row.timestamp("created_at")?,
        expires_at: row.timestamp("expires_at")?,
        proven_at: row.timestamp("proven_at")?,
    }))
}

/// Ends a session.
///
/// # Errors
/// When the database fails.
pub async fn delete<H: Host>(host: &H, id_hash: &str) -> Result<(), PortError> {
    host.query(Statement::new("DELETE FROM session WHERE id_hash = ?1").bind(id_hash)).await.map(drop)
}

/// Removes what has expired.
pub fn purge(now: Timestamp) -> Statement {
    Statement::new("DELETE FROM session WHERE expires_at <= ?1").bind(now)
}
