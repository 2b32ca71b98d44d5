//! `identity_token`: what the identity provider gave when a person signed in.

use zeroize::Zeroizing;

use crate::crypto::{DataKey, Place};
use crate::host::{Host, PortError, Statement, Timestamp};

/// Whose tokens they are.
#[derive(Clone, Copy, Debug)]
pub struct Owner<'a> {
    /// The person's id.
    pub person: &'a str,
    /// Their data key.
    pub key: &'a DataKey,
}

/// A person's tokens.
pub struct Row {
    /// What they consist of.
    pub tokens: Zeroizing<String>,
    /// Grows with each renewal and each sign-in.
    pub generation: i64,
}

/// Keeps what a sign-in brought, in the place of what an earlier one did.
///
/// # Errors
/// When the database or the host's randomness fails.
pub async fn keep<H: Host>(
    host: &H,
    owner: Owner<'_>,
    tokens: &str,
    expires_at: Timestamp,
) -> Result<(), PortError> {
    let sealed = owner.key.seal(host, place(owner.person, expires_at), tokens)?;
    let statement = Statement::new(
        // Generations begin later than those of any row before: a renewal that is late is of none of these.
        "INSERT INTO identity_token (person, tokens, expires_at, generation) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (person) DO UPDATE SET tokens = excluded.tokens, expires_at = excluded.expires_at,
           generation = generation + 1, lease_until = 0",
    );
    host.query(statement.bind(owner.person).bind(sealed).bind(expires_at).bind(host.now())).await.map(drop)
}

/// A person's tokens; [`None`] when there are none, or their time is over.
///
/// # Errors
/// When the database fails or the row does not open with this key.
pub async fn find<H: Host>(host: &H, owner: Owner<'_>) -> Result<Option<Row>, PortError> {
    let statement = Statement::new(
        "SELECT tokens, expires_at, generation FROM identity_token WHERE person = ?1 AND expires_at > ?2",
    );
    let rows = host.query(statement.bind(owner.person).bind(host.now())).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let place = place(owner.person, row.timestamp("expires_at")?);
    let opened = owner.key.open(place, row.text("tokens")?);
    Ok(Some(Row {
        tokens: opened.map_err(|error| PortError::new("sql", error))?,
        generation: row.integer("generation")?,
    }))
}

/// Takes the lease: for whoever gets it, and nobody else until it is over.
///
/// # Errors
/// When the database fails.
pub async fn lease<H: Host>(
    host: &H,
    person: &str,
    generation: i64,
    now: Timestamp,
    until: Timestamp,
) -> Result<bool, PortError> {
    let statement = Statement::new(
        "UPDATE identity_token SET lease_until = ?4
         WHERE person = ?1 AND generation = ?2 AND lease_until <= ?3 RETURNING generation",
    );
    let statement = statement.bind(person).bind(generation).bind(now).bind(until);
    Ok(!host.query(statement).await?.is_empty())
}

/// Gives the lease back.
///
/// # Errors
/// When the database fails.
pub async fn release<H: Host>(host: &H, person: &str, generation: i64) -> Result<(), PortError> {
    let statement =
        Statement::new("UPDATE identity_token SET lease_until = 0 WHERE person = ?1 AND generation = ?2");
    host.query(statement.bind(person).bind(generation)).await.map(drop)
}

/// Keeps what a renewal brought, if the tokens are still those that were renewed.
///
/// # Errors
/// When the database or the host's randomness fails.
pub async fn renew<H: Host>(
    host: &H,
    owner: Owner<'_>,
    generation: i64,
    tokens: &str,
    expires_at: Timestamp,
) -> Result<(), PortError> {
    let sealed = owner.key.seal(host, place(owner.person, expires_at), tokens)?;
    let statement = Statement::new(
        "UPDATE identity_token SET tokens = ?3, expires_at = ?4, generation = generation + 1, lease_until = 0
         WHERE person = ?1 AND generation = ?2",
    );
    let statement = statement.bind(owner.person).bind(generation).bind(sealed).bind(expires_at);
    host.query(statement).await.map(drop)
}

/// Deletes tokens that are no good any more, if they are still the same.
///
/// # Errors
/// When the database fails.
pub async fn forget<H: Host>(host: &H, person: &str, generation: i64) -> Result<(), PortError> {
    let statement = Statement::new("DELETE FROM identity_token WHERE person = ?1 AND generation = ?2");
    host.query(statement.bind(person).bind(generation)).await.map(drop)
}

/// Removes what has expired; all of it, where no service needs any.
pub fn purge(now: Timestamp, needed: bool) -> Statement {
    let statement = Statement::new("DELETE FROM identity_token WHERE expires_at <= ?1 OR ?2 = 0");
    statement.bind(now).bind(i64::from(needed))
}

fn place(person: &str, expires_at: Timestamp) -> Place<'_> {
    let expires_at = Some(expires_at);
    Place { table: "identity_token", column: "tokens", row: person, owner: person, expires_at }
}
