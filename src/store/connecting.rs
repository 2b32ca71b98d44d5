//! `connecting`: people on their way through a service's authorization server.

use zeroize::Zeroizing;

use crate::context::Context;
use crate::crypto::Place;
use crate::host::{Host, PortError, Statement, Timestamp};

/// Who is on their way, in which browser session, and to which service's server.
#[derive(Clone, Copy, Debug)]
pub struct Way<'a> {
    /// The person's id.
    pub person: &'a str,
    /// The digest of the session's id.
    pub session: &'a str,
    /// The service's id.
    pub service: &'a str,
}

/// Keeps what must be known again, under the digest of `state`.
///
/// # Errors
/// When the database or the host's randomness fails.
pub async fn insert<H: Host>(
    context: &Context<H>,
    way: Way<'_>,
    state_hash: &str,
    secrets: &str,
    expires_at: Timestamp,
) -> Result<(), PortError> {
    let place = place(way.person, state_hash, expires_at);
    let sealed = context.setup.keys.sealing.seal(&context.host, place, secrets)?;
    let statement = Statement::new(
        "INSERT INTO connecting (state_hash, person, session, service, secrets, expires_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )
    .bind(state_hash)
    .bind(way.person)
    .bind(way.session)
    .bind(way.service)
    .bind(sealed)
    .bind(expires_at);
    context.host.query(statement).await.map(drop)
}

/// Takes it out: once, and only for the person and the browser session that began, at the same service.
///
/// # Errors
/// When the database fails or what is stored cannot be opened.
pub async fn take<H: Host>(
    context: &Context<H>,
    way: Way<'_>,
    state_hash: &str,
) -> Result<Option<Zeroizing<String>>, PortError> {
    let statement = Statement::new(
        "DELETE FROM connecting WHERE state_hash = ?1 AND person = ?2 AND session = ?3 AND service = ?4
         AND expires_at > ?5 RETURNING secrets, expires_at",
    )
    .bind(state_hash)
    .bind(way.person)
    .bind(way.session)
    .bind(way.service)
    .bind(context.host.now());
    let rows = context.host.query(statement).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let place = place(way.person, state_hash, row.timestamp("expires_at")?);
    let opened = context.setup.keys.sealing.open(place, row.text("secrets")?);
    opened.map(Some).map_err(|error| PortError::new("sql", error))
}

/// Removes what has expired.
pub fn purge(now: Timestamp) -> Statement {
    Statement::new("DELETE FROM connecting WHERE expires_at <= ?1").bind(now)
}

fn place<'a>(person: &'a str, state_hash: &'a str, expires_at: Timestamp) -> Place<'a> {
    let expires_at = Some(expires_at);
    Place { table: "connecting", column: "secrets", row: state_hash, owner: person, expires_at }
}
