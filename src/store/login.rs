//! `login`: sign-ins on their way through the identity provider.

use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::crypto::Place;
use crate::host::{Host, PortError, Statement, Timestamp};

/// What the gateway must know again when the browser comes back.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secrets {
    /// The provider the browser was sent to.
    pub issuer: String,
    /// What the ID token must repeat.
    pub nonce: String,
    /// The PKCE verifier.
    pub verifier: String,
    /// The local path to go to afterwards.
    pub return_to: String,
    /// Since when they must have proven who they are, if they are to prove it anew.
    pub since: Option<Timestamp>,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Secrets(..)")
    }
}

/// Keeps a sign-in under the digest of its `state`, for one browser.
///
/// # Errors
/// When the database or the host's randomness fails.
pub async fn insert<H: Host>(
    context: &Context<H>,
    state_hash: &str,
    browser_hash: &str,
    secrets: &Secrets,
    expires_at: Timestamp,
) -> Result<(), PortError> {
    let plain = serde_json::to_string(secrets).map_err(|_| PortError::new("sql", "secrets are not JSON"))?;
    let sealed = context.setup.keys.sealing.seal(&context.host, place(state_hash, expires_at), &plain)?;
    let statement = Statement::new(
        "INSERT INTO login (state_hash, browser, secrets, expires_at) VALUES (?1, ?2, ?3, ?4)",
    )
    .bind(state_hash)
    .bind(browser_hash)
    .bind(sealed)
    .bind(expires_at);
    context.host.query(statement).await.map(drop)
}

/// Takes a sign-in out: once, and only for the browser that began it.
///
/// # Errors
/// When the database fails or what is stored cannot be opened.
pub async fn take<H: Host>(
    context: &Context<H>,
    state_hash: &str,
    browser_hash: &str,
) -> Result<Option<Secrets>, PortError> {
    let statement = Statement::new(
        "DELETE FROM login WHERE state_hash = ?1 AND browser = ?2 AND expires_at > ?3 RETURNING secrets, expires_at",
    )
    .bind(state_hash)
    .bind(browser_hash)
    .bind(context.host.now());
    let rows = context.host.query(statement).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let place = place(state_hash, row.timestamp("expires_at")?);
    let plain = context
        .setup
        .keys
        .sealing
        .open(place, row.text("secrets")?)
        .map_err(|error| PortError::new("sql", error))?;
    serde_json::from_str(&plain).map(Some).map_err(|_| PortError::new("sql", "secrets are not JSON"))
}

fn place(state_hash: &str, expires_at: Timestamp) -> Place<'_> {
    Place { table: "login", column: "secrets", row: state_hash, owner: "", expires_at: Some(expires_at) }
}

/// Removes what has expired.
pub fn purge(now: Timestamp) -> Statement {
    Statement::new("DELETE FROM login WHERE expires_at <= ?1").bind(now)
}
