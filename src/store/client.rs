//! `oauth_client`: AI clients that registered themselves.

use crate::host::{Host, PortError, Statement, Timestamp};

/// A registered client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The client id.
    pub id: String,
    /// What it calls itself, sanitized.
    pub name: String,
    /// Where it may be redirected to.
    pub redirect_uris: Vec<String>,
    /// The digest of its secret; [`None`] for a public client.
    pub secret_hash: Option<String>,
    /// The keys that it proves itself by, or where they are, as JSON; [`None`] where it proves itself otherwise.
    pub keys: Option<String>,
    /// When it is forgotten unless it is used.
    pub expires_at: Timestamp,
}

/// Keeps a new client, unless `limit` others registered since `since`. Says whether it was kept.
///
/// # Errors
/// When the database fails.
pub async fn insert<H: Host>(
    host: &H,
    row: &Row,
    now: Timestamp,
    since: Timestamp,
    limit: i64,
) -> Result<bool, PortError> {
    let redirect_uris =
        serde_json::to_string(&row.redirect_uris).map_err(|error| PortError::new("sql", error))?;
    let statement = Statement::new(
        "INSERT INTO oauth_client (id, name, redirect_uris, secret_hash, created_at, expires_at, keys)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?9
         WHERE (SELECT count(*) FROM oauth_client WHERE created_at > ?7) < ?8
         RETURNING id",
    )
    .bind(row.id.as_str())
    .bind(row.name.as_str())
    .bind(redirect_uris)
    .bind(row.secret_hash.as_deref())
    .bind(now)
    .bind(row.expires_at)
    .bind(since)
    .bind(limit)
    .bind(row.keys.as_deref());
    Ok(!host.query(statement).await?.is_empty())
}

/// The client with this id.
///
/// # Errors
/// When the database fails.
pub async fn find<H: Host>(host: &H, id: &str, now: Timestamp) -> Result<Option<Row>, PortError> {
    let statement = Statement::new(
        "SELECT id, name, redirect_uris, secret_hash, expires_at, keys FROM oauth_client WHERE id = ?1 AND expires_at > ?2",
    )
    .bind(id)
    .bind(now);
    let rows = host.query(statement).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    Ok(Some(Row {
        id: row.text("id")?.to_owned(),
        name: row.text("name")?.to_owned(),
        redirect_uris: serde_json::from_str(row.text("redirect_uris")?)
            .map_err(|error| PortError::new("sql", error))?,
        secret_hash: row.optional_text("secret_hash")?.map(str::to_owned),
        keys: row.optional_text("keys")?.map(str::to_owned),
        expires_at: row.timestamp("expires_at")?,
    }))
}

/// Moves the end of a client's life.
///
/// # Errors
/// When the database fails.
pub async fn prolong<H: Host>(host: &H, id: &str, expires_at: Timestamp) -> Result<(), PortError> {
    let statement =
        Statement::new("UPDATE oauth_client SET expires_at = ?2 WHERE id = ?1").bind(id).bind(expires_at);
    host.query(statement).await.map(drop)
}

/// Removes what has expired.
pub fn purge(now: Timestamp) -> Statement {
    Statement::new("DELETE FROM oauth_client WHERE expires_at <= ?1").bind(now)
}
