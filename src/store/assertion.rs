//! `assertion`: proofs of others that were accepted. Each counts once.

use crate::host::{Host, PortError, Statement, Timestamp};

/// Uses an assertion up: of any number of simultaneous tries, one is told that it did.
///
/// # Errors
/// When the database fails.
pub async fn spend<H: Host>(host: &H, id_hash: &str, expires_at: Timestamp) -> Result<bool, PortError> {
    let statement = Statement::new(
        "INSERT INTO assertion (id_hash, expires_at) VALUES (?1, ?2) ON CONFLICT (id_hash) DO NOTHING
         RETURNING id_hash",
    )
    .bind(id_hash)
    .bind(expires_at);
    Ok(!host.query(statement).await?.is_empty())
}

/// Removes what could not be presented again anyway.
pub fn purge(now: Timestamp) -> Statement {
    Statement::new("DELETE FROM assertion WHERE expires_at < ?1").bind(now)
}
