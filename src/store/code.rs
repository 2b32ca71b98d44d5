//! `oauth_code`: authorization codes.

use crate::host::{Host, PortError, Statement, Timestamp};

/// What a code stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The client that may redeem it.
    pub client: String,
    /// The redirect URI that it was sent to.
    pub redirect_uri: String,
    /// The PKCE challenge (S256).
    pub challenge: String,
    /// The URL of the resource that was consented to.
    pub resource: String,
    /// The granted scopes, separated by spaces.
    pub scope: String,
    /// Who consented.
    pub person: String,
    /// When it can no longer be redeemed.
    pub expires_at: Timestamp,
}

/// Keeps a code under the digest of it.
///
/// # Errors
/// When the database fails.
pub async fn insert<H: Host>(host: &H, code_hash: &str, row: &Row) -> Result<(), PortError> {
    let statement = Statement::new(
        "INSERT INTO oauth_code (code_hash, client, redirect_uri, challenge, resource, scope, person, expires_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )
    .bind(code_hash)
    .bind(row.client.as_str())
    .bind(row.redirect_uri.as_str())
    .bind(row.challenge.as_str())
    .bind(row.resource.as_str())
    .bind(row.scope.as_str())
    .bind(row.person.as_str())
    .bind(row.expires_at);
    host.query(statement).await.map(drop)
}

/// Takes a code out for its client: of any number of simultaneous takers, one gets it. Another client's attempt leaves
/// it where it is.
///
/// # Errors
/// When the database fails.
pub async fn take<H: Host>(
    host: &H,
    code_hash: &str,
    client: &str,
    now: Timestamp,
) -> Result<Option<Row>, PortError> {
    let statement = Statement::new(
        "DELETE FROM oauth_code WHERE code_hash = ?1 AND client = ?2 AND expires_at > ?3
         RETURNING client, redirect_uri, challenge, resource, scope, person, expires_at",
    )
    .bind(code_hash)
    .bind(client)
    .bind(now);
    let rows = host.query(statement).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    Ok(Some(Row {
        client: row.text("client")?.to_owned(),
        redirect_uri: row.text("redirect_uri")?.to_owned(),
        challenge: row.text("challenge")?.to_owned(),
        resource: row.text("resource")?.to_owned(),
        scope: row.text("scope")?.to_owned(),
        person: row.text("person")?.to_owned(),
        expires_at: row.timestamp("expires_at")?,
    }))
}

/// Removes what has expired.
pub fn purge(now: Timestamp) -> Statement {
    Statement::new("DELETE FROM oauth_code WHERE expires_at <= ?1").bind(now)
}
