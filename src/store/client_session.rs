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

/// Keeps what is known of a session: a new one, or one that changed.
///
/// # Errors
/// When the database or the host's randomness fails.
pub async fn keep<H: Host>(
    host: &H,
    owner: Owner<'_>,
    id_hash: &str,
    facts: &str,
    expires_at: Timestamp,
) -> Result<(), PortError> {
    let sealed = owner.key.seal(host, place(owner.person, id_hash), facts)?;
    let statement = Statement::new(
        "INSERT INTO client_session (id_hash, person, service, facts, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (id_hash) DO UPDATE SET facts = excluded.facts, expires_at = excluded.expires_at
         WHERE person = excluded.person AND service = excluded.service",
    )
    .bind(id_hash)
    .bind(owner.person)
    .bind(owner.service)
    .bind(sealed)
    .bind(expires_at);
    host.query(statement).await.map(drop)
}

/// What was kept, and until when; [`None`] for a session that is not this owner's or is over.
///
/// # Errors
/// When the database fails or the row does not open with this key.
pub async fn find<H: Host>(
    host: &H,
    owner: Owner<'_>,
    id_hash: &str,
    now: Timestamp,
) -> Result<Option<(String, Timestamp)>, PortError> {
    let statement = Statement::new(
        "SELECT facts, expires_at FROM client_session
         WHERE id_hash = ?1 AND person = ?2 AND service = ?3 AND expires_at > ?4",
    )
    .bind(id_hash)
    .bind(owner.person)
    .bind(owner.service)
    .bind(now);
    let rows = host.query(statement).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let facts = owner
        .key
        .open(place(owner.person, id_hash), row.text("facts")?)
        .map_err(|error| PortError::new("sql", error))?;
    Ok(Some((facts.to_string(), row.timestamp("expires_at")?)))
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
