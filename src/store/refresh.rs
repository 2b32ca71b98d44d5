//! `refresh_token`: refresh tokens and the families they form.

use std::time::Duration;

use crate::host::{Host, PortError, Statement, Timestamp};

/// For how long a used token is answered again: two chats of one client that refresh at once both survive.
pub const GRACE: Duration = Duration::from_secs(30);

/// With how many successors one token is answered at most.
const ANSWERS: i64 = 20;

/// A refresh token as it was issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// All tokens that descend from one consent share it.
    pub family: String,
    /// The client it was issued to.
    pub client: String,
    /// Whom it stands for.
    pub person: String,
    /// The URL of the resource it is for.
    pub resource: String,
    /// The granted scopes, separated by spaces.
    pub scope: String,
    /// Whether the client must prove who it is.
    pub proof: bool,
}

/// A refresh token as it is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What it was issued for.
    pub row: Row,
    /// Whether it was used too long ago, or too often, to be answered again.
    pub is_spent: bool,
}

/// Keeps the first token of a family, if the code that it is exchanged for was presented once and is still there. Says
/// whether it was kept: not when the code was presented again meanwhile, or the person took their consent back.
///
/// # Errors
/// When the database fails.
pub async fn begin_family<H: Host>(
    host: &H,
    code_hash: &str,
    token_hash: &str,
    row: &Row,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<bool, PortError> {
    let statement = Statement::new(
        "INSERT INTO refresh_token
           (token_hash, family, client, person, resource, scope, created_at, expires_at, proof)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?10
         WHERE EXISTS (SELECT 1 FROM oauth_code WHERE code_hash = ?9 AND presented = 1)
         RETURNING token_hash",
    )
    .bind(token_hash)
    .bind(row.family.as_str())
    .bind(row.client.as_str())
    .bind(row.person.as_str())
    .bind(row.resource.as_str())
    .bind(row.scope.as_str())
    .bind(now)
    .bind(expires_at)
    .bind(code_hash)
    .bind(i64::from(row.proof));
    Ok(!host.query(statement).await?.is_empty())
}

/// A token that has not expired, whether or not it was used since.
///
/// # Errors
/// When the database fails.
pub async fn find<H: Host>(host: &H, token_hash: &str, now: Timestamp) -> Result<Option<Found>, PortError> {
    let statement = Statement::new(
        "SELECT family, client, person, resource, scope, proof,
                used_at IS NOT NULL AND (used_at <= ?3 OR answers >= ?4) AS is_spent
         FROM refresh_token WHERE token_hash = ?1 AND expires_at > ?2",
    )
    .bind(token_hash)
    .bind(now)
    .bind(now.before(GRACE))
    .bind(ANSWERS);
    let rows = host.query(statement).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let issued = Row {
        family: row.text("family")?.to_owned(),
        client: row.text("client")?.to_owned(),
        person: row.text("person")?.to_owned(),
        resource: row.text("resource")?.to_owned(),
        scope: row.text("scope")?.to_owned(),
        proof: row.integer("proof")? != 0,
    };
    Ok(Some(Found { row: issued, is_spent: row.integer("is_spent")? != 0 }))
}

/// Uses a token up and keeps its successor, in one transaction, and what was permitted with it. Says whether that happened: it does not when the
/// token was used longer than [`GRACE`] ago, too often, has expired or was revoked.
///
/// # Errors
/// When the database fails; then nothing has happened.
pub async fn rotate<H: Host>(
    host: &H,
    token_hash: &str,
    successor_hash: &str,
    now: Timestamp,
    expires_at: Timestamp,
    consent_until: Timestamp,
) -> Result<bool, PortError> {
    let consume = Statement::new(
        "UPDATE refresh_token SET used_at = coalesce(used_at, ?2), answers = answers + 1, successor = ?3
         WHERE token_hash = ?1 AND expires_at > ?2 AND (used_at IS NULL OR (used_at > ?4 AND answers < ?5))
         RETURNING family",
    )
    .bind(token_hash)
    .bind(now)
    .bind(successor_hash)
    .bind(now.before(GRACE))
    .bind(ANSWERS);
    // The successor's row exists only if the statement before took effect: nobody else knows its hash.
    let succeed = Statement::new(
        "INSERT INTO refresh_token
           (token_hash, family, client, person, resource, scope, created_at, expires_at, proof)
         SELECT ?2, family, client, person, resource, scope, ?3, ?4, proof FROM refresh_token
         WHERE token_hash = ?1 AND successor = ?2",
    )
    .bind(token_hash)
    .bind(successor_hash)
    .bind(now)
    .bind(expires_at);
    let prolong = super::consent::prolong(successor_hash, consent_until);
    let answers = host.batch(vec![consume, succeed, prolong]).await?;
    Ok(answers.first().is_some_and(|rows| !rows.is_empty()))
}

/// Ends a family: none of its tokens works any more.
///
/// # Errors
/// When the database fails.
pub async fn end_family<H: Host>(host: &H, family: &str) -> Result<(), PortError> {
    let statement = Statement::new("DELETE FROM refresh_token WHERE family = ?1").bind(family);
    host.query(statement).await.map(drop)
}

/// Ends a family, if it is this client's; answers with a row for each token that it had.
pub(super) fn end_of(family: &str, client: &str) -> Statement {
    Statement::new("DELETE FROM refresh_token WHERE family = ?1 AND client = ?2 RETURNING token_hash")
        .bind(family)
        .bind(client)
}

/// Removes what has expired.
pub fn purge(now: Timestamp) -> Statement {
    Statement::new("DELETE FROM refresh_token WHERE expires_at <= ?1").bind(now)
}
