//! `service_token`: the gateway's own tokens at services.
//!
//! Sealed under the sealing keys and bound to the service. A token that no key opens any more is none: another is got.

use zeroize::Zeroizing;

use crate::context::Context;
use crate::crypto::Place;
use crate::host::{Host, PortError, Statement, Timestamp};

/// A token.
pub struct Row {
    /// What it consists of; [`None`] before the first, and for one that cannot be opened.
    pub grant: Option<Zeroizing<String>>,
    /// When it is over.
    pub token_until: Timestamp,
    /// Grows with each token.
    pub generation: i64,
}

/// The gateway's token at a service; [`None`] when there never was one.
///
/// # Errors
/// When the database fails.
pub async fn find<H: Host>(context: &Context<H>, service: &str) -> Result<Option<Row>, PortError> {
    let statement =
        Statement::new("SELECT grant_text, token_until, generation FROM service_token WHERE service = ?1");
    let rows = context.host.query(statement.bind(service)).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let sealed = row.optional_text("grant_text")?;
    Ok(Some(Row {
        grant: sealed.and_then(|sealed| context.setup.keys.sealing.open(place(service), sealed).ok()),
        token_until: row.timestamp("token_until")?,
        generation: row.integer("generation")?,
    }))
}

/// Makes room for the first token.
///
/// # Errors
/// When the database fails.
pub async fn open<H: Host>(host: &H, service: &str) -> Result<(), PortError> {
    let statement = Statement::new(
        "INSERT INTO service_token (service, token_until) VALUES (?1, 0) ON CONFLICT (service) DO NOTHING",
    );
    host.query(statement.bind(service)).await.map(drop)
}

/// Takes the lease: for whoever gets it, and nobody else until it is over.
///
/// # Errors
/// When the database fails.
pub async fn lease<H: Host>(
    host: &H,
    service: &str,
    generation: i64,
    now: Timestamp,
    until: Timestamp,
) -> Result<bool, PortError> {
    let statement = Statement::new(
        "UPDATE service_token SET lease_until = ?4
         WHERE service = ?1 AND generation = ?2 AND lease_until <= ?3 RETURNING generation",
    );
    let statement = statement.bind(service).bind(generation).bind(now).bind(until);
    Ok(!host.query(statement).await?.is_empty())
}

/// Gives the lease back.
///
/// # Errors
/// When the database fails.
pub async fn release<H: Host>(host: &H, service: &str, generation: i64) -> Result<(), PortError> {
    let statement =
        Statement::new("UPDATE service_token SET lease_until = 0 WHERE service = ?1 AND generation = ?2");
    host.query(statement.bind(service).bind(generation)).await.map(drop)
}

/// Keeps a token in the place of the one of this generation. Says whether that was still there.
///
/// # Errors
/// When the database or the host's randomness fails.
pub async fn put<H: Host>(
    context: &Context<H>,
    service: &str,
    generation: i64,
    grant: &str,
    token_until: Timestamp,
) -> Result<bool, PortError> {
    let sealed = context.setup.keys.sealing.seal(&context.host, place(service), grant)?;
    let statement = Statement::new(
        "UPDATE service_token SET grant_text = ?3, token_until = ?4, generation = generation + 1, lease_until = 0
         WHERE service = ?1 AND generation = ?2 RETURNING generation",
    );
    let statement = statement.bind(service).bind(generation).bind(sealed).bind(token_until);
    Ok(!context.host.query(statement).await?.is_empty())
}

fn place(service: &str) -> Place<'_> {
    Place { table: "service_token", column: "grant_text", row: service, owner: "", expires_at: None }
}
