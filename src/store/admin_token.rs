//! `admin_token`: tokens of administrators' programs.

use crate::host::{Host, PortError, Row as Columns, Statement, Timestamp};

/// A token, without the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What it is listed and ended by: 128 random bits.
    pub id: String,
    /// What its maker calls it.
    pub name: String,
    /// What it is for, separated by spaces.
    pub scopes: String,
    /// The administrator it goes back to.
    pub person: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it is over.
    pub expires_at: Timestamp,
}

/// Keeps a token under the digest of it. It counts as long as its person's access tokens of this generation do.
///
/// # Errors
/// When the database fails.
pub async fn insert<H: Host>(
    host: &H,
    row: &Row,
    token_hash: &str,
    generation: i64,
) -> Result<(), PortError> {
    let statement = Statement::new(
        "INSERT INTO admin_token (id, token_hash, name, scopes, person, generation, created_at, expires_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )
    .bind(row.id.as_str())
    .bind(token_hash)
    .bind(row.name.as_str())
    .bind(row.scopes.as_str())
    .bind(row.person.as_str())
    .bind(generation)
    .bind(row.created_at)
    .bind(row.expires_at);
    host.query(statement).await.map(drop)
}

/// The token with this digest, if it still counts.
///
/// # Errors
/// When the database fails.
pub async fn find<H: Host>(host: &H, token_hash: &str, now: Timestamp) -> Result<Option<Row>, PortError> {
    let statement = Statement::new(
        "SELECT admin_token.* FROM admin_token
         JOIN person ON person.id = admin_token.person AND person.generation = admin_token.generation
         WHERE token_hash = ?1 AND expires_at > ?2",
    )
    .bind(token_hash)
    .bind(now);
    host.query(statement).await?.first().map(read).transpose()
}

/// All tokens that are not over, the latest first.
///
/// # Errors
/// When the database fails.
pub async fn all<H: Host>(host: &H, now: Timestamp) -> Result<Vec<Row>, PortError> {
    let statement =
        Statement::new("SELECT * FROM admin_token WHERE expires_at > ?1 ORDER BY created_at DESC, id");
    host.query(statement.bind(now)).await?.iter().map(read).collect()
}

/// Ends a token; false when there was none.
///
/// # Errors
/// When the database fails.
pub async fn end<H: Host>(host: &H, id: &str) -> Result<bool, PortError> {
    let statement = Statement::new("DELETE FROM admin_token WHERE id = ?1 RETURNING id").bind(id);
    Ok(!host.query(statement).await?.is_empty())
}

/// Removes what has expired.
pub fn purge(now: Timestamp) -> Statement {
    Statement::new("DELETE FROM admin_token WHERE expires_at <= ?1").bind(now)
}

fn read(row: &Columns) -> Result<Row, PortError> {
    Ok(Row {
        id: row.text("id")?.to_owned(),
        name: row.text("name")?.to_owned(),
        scopes: row.text("scopes")?.to_owned(),
        person: row.text("person")?.to_owned(),
        created_at: row.timestamp("created_at")?,
        expires_at: row.timestamp("expires_at")?,
    })
}
