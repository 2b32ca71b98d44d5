//! `client_session`: what clients of older revisions said when they began a session with the gateway itself.

use crate::crypto::{DataKey, Place};
use crate::host::{Host, PortError, Statement, Timestamp};

/// Whose session it is, and with which service: the empty text is all services.
#[derive(Clone, Copy, Debug)]
pub struct Owner<'a> {
    /// The person's id.
    pub person: &'a str,
    /// Their data key.
    pub key: &'a DataKey,
    /// The service's id.
    pub service: &'a str,
}

/// What is kept of a session.
#[derive(Clone, Debug)]
pub struct Found {
    /// What is known of it.
    pub facts: String,
    /// When it is over.
    pub expires_at: Timestamp,
    /// The stream that is open in it, by the name that it gave itself.
    pub stream: Option<String>,
    /// The same facts as they lie in the database: different ones each time that they are kept.
    pub sealed: String,
}

/// Keeps what is known of a new session.
///
/// # Errors
/// When the database or the host's randomness fails.
pub async fn begin<H: Host>(
    host: &H,
    owner: Owner<'_>,
    id_hash: &str,
    facts: &str,
    expires_at: Timestamp,
) -> Result<(), PortError> {
    let statement = Statement::new(
        "INSERT INTO client_session (id_hash, person, service, facts, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)",
    )
    .bind(id_hash)
    .bind(owner.person)
    .bind(owner.service)
    .bind(owner.key.seal(host, place(owner.person, id_hash), facts)?)
    .bind(expires_at);
    host.query(statement).await.map(drop)
}

/// Keeps other facts of a session, if it has still those that were found; says whether it did.
///
/// # Errors
/// When the database or the host's randomness fails.
pub async fn change<H: Host>(
    host: &H,
    owner: Owner<'_>,
    id_hash: &str,
    found: &Found,
    facts: &str,
    expires_at: Timestamp,
) -> Result<bool, PortError> {
    let statement = Statement::new(
        "UPDATE client_session SET facts = ?5, expires_at = ?6
         WHERE id_hash = ?1 AND person = ?2 AND service = ?3 AND facts = ?4 RETURNING id_hash",
    )
    .bind(id_hash)
    .bind(owner.person)
    .bind(owner.service)
    .bind(found.sealed.as_str())
    .bind(owner.key.seal(host, place(owner.person, id_hash), facts)?)
    .bind(expires_at);
    Ok(!host.query(statement).await?.is_empty())
}

/// Puts off the end of a session, if it is there.
///
/// # Errors
/// When the database fails.
pub async fn renew<H: Host>(
    host: &H,
    owner: Owner<'_>,
    id_hash: &str,
    expires_at: Timestamp,
) -> Result<(), PortError> {
    let statement = Statement::new(
        "UPDATE client_session SET expires_at = ?4 WHERE id_hash = ?1 AND person = ?2 AND service = ?3",
    )
    .bind(id_hash)
    .bind(owner.person)
    .bind(owner.service)
    .bind(expires_at);
    host.query(statement).await.map(drop)
}

/// What is kept; [`None`] for a session that is not this owner's or is over.
///
/// # Errors
/// When the database fails or the row does not open with this key.
pub async fn find<H: Host>(
    host: &H,
    owner: Owner<'_>,
    id_hash: &str,
    now: Timestamp,
) -> Result<Option<Found>, PortError> {
    let statement = Statement::new(
        "SELECT facts, expires_at, stream FROM client_session
         WHERE id_hash = ?1 AND person = ?2 AND service = ?3 AND expires_at > ?4",
    )
    .bind(id_hash)
    .bind(owner.person)
    .bind(owner.service)
    .bind(now);
    let rows = host.query(statement).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let sealed = row.text("facts")?.to_owned();
    let facts = owner.key.open(place(owner.person, id_hash), &sealed);
    let facts = facts.map_err(|error| PortError::new("sql", error))?.to_string();
    let stream = row.optional_text("stream")?.map(str::to_owned);
    Ok(Some(Found { facts, expires_at: row.timestamp("expires_at")?, stream, sealed }))
}

/// Notes that this stream is the one of a session, whichever was before.
///
/// # Errors
/// When the database fails.
pub async fn open_stream<H: Host>(
    host: &H,
    owner: Owner<'_>,
    id_hash: &str,
    stream: &str,
) -> Result<(), PortError> {
    let statement = Statement::new(
        "UPDATE client_session SET stream = ?4 WHERE id_hash = ?1 AND person = ?2 AND service = ?3",
    )
    .bind(id_hash)
    .bind(owner.person)
    .bind(owner.service)
    .bind(stream);
    host.query(statement).await.map(drop)
}

/// Notes that this stream of a session is not open any more.
///
/// # Errors
/// When the database fails.
pub async fn close_stream<H: Host>(host: &H, id_hash: &str, stream: &str) -> Result<(), PortError> {
    let statement =
        Statement::new("UPDATE client_session SET stream = NULL WHERE id_hash = ?1 AND stream = ?2")
            .bind(id_hash)
            .bind(stream);
    host.query(statement).await.map(drop)
}

/// Ends a session; false when there was none.
///
/// # Errors
/// When the database fails.
pub async fn end<H: Host>(host: &H, owner: Owner<'_>, id_hash: &str) -> Result<bool, PortError> {
    let statement = Statement::new(
        "DELETE FROM client_session WHERE id_hash = ?1 AND person = ?2 AND service = ?3 RETURNING id_hash",
    )
    .bind(id_hash)
    .bind(owner.person)
    .bind(owner.service);
    Ok(!host.query(statement).await?.is_empty())
}

/// Removes what has expired.
pub fn purge(now: Timestamp) -> Statement {
    Statement::new("DELETE FROM client_session WHERE expires_at <= ?1").bind(now)
}

fn place<'a>(person: &'a str, id_hash: &'a str) -> Place<'a> {
    Place { table: "client_session", column: "facts", row: id_hash, owner: person, expires_at: None }
}
