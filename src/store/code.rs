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
    /// Whether the client must prove who it is.
    pub proof: bool,
    /// When it can no longer be redeemed.
    pub expires_at: Timestamp,
}

/// Keeps a code under the digest of it, if its person's session is still there; answers with a row then.
pub(super) fn inserting(code_hash: &str, row: &Row, session: &str) -> Statement {
    Statement::new(
        "INSERT INTO oauth_code (code_hash, client, redirect_uri, challenge, resource, scope, person, expires_at, proof)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9
         WHERE EXISTS (SELECT 1 FROM session WHERE id_hash = ?10 AND person = ?7) RETURNING code_hash",
    )
    .bind(code_hash)
    .bind(row.client.as_str())
    .bind(row.redirect_uri.as_str())
    .bind(row.challenge.as_str())
    .bind(row.resource.as_str())
    .bind(row.scope.as_str())
    .bind(row.person.as_str())
    .bind(row.expires_at)
    .bind(i64::from(row.proof))
    .bind(session)
}

/// Whether there is such a code for this client, presented or not.
///
/// # Errors
/// When the database fails.
pub async fn is_known<H: Host>(host: &H, code_hash: &str, client: &str) -> Result<bool, PortError> {
    let statement = Statement::new("SELECT client FROM oauth_code WHERE code_hash = ?1 AND client = ?2")
        .bind(code_hash)
        .bind(client);
    Ok(!host.query(statement).await?.is_empty())
}

/// What came of presenting a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presented {
    /// Its client did so for the first time, and in time.
    First(Row),
    /// Its client had done so before: nothing that it was exchanged for works any more, or will.
    Again,
    /// There is no such code for this client, or no longer.
    Unknown,
}

/// Presents a code for its client, in one transaction with the end of what it was exchanged for: a first presentation
/// finds nothing to end. It is counted even when the first exchange is still under way, which then
/// [comes to nothing](super::refresh::begin_family). Another client's attempt changes nothing.
///
/// # Errors
/// When the database fails; then nothing has happened.
pub async fn present<H: Host>(
    host: &H,
    code_hash: &str,
    client: &str,
    family: &str,
    now: Timestamp,
) -> Result<Presented, PortError> {
    let count = Statement::new(
        "UPDATE oauth_code SET presented = presented + 1 WHERE code_hash = ?1 AND client = ?2
         RETURNING client, redirect_uri, challenge, resource, scope, person, expires_at, proof, presented",
    )
    .bind(code_hash)
    .bind(client);
    let answers = host.batch(vec![count, super::refresh::end_of(family, client)]).await?;
    let [counted, ended] = answers.as_slice() else { return Err(PortError::new("sql", "two answers")) };
    let Some(row) = counted.first() else {
        // The code itself is forgotten after a minute; what it was exchanged for lives longer.
        return Ok(if ended.is_empty() { Presented::Unknown } else { Presented::Again });
    };
    if row.integer("presented")? > 1 {
        return Ok(Presented::Again);
    }
    let expires_at = row.timestamp("expires_at")?;
    if expires_at <= now {
        return Ok(Presented::Unknown);
    }
    Ok(Presented::First(Row {
        client: row.text("client")?.to_owned(),
        redirect_uri: row.text("redirect_uri")?.to_owned(),
        challenge: row.text("challenge")?.to_owned(),
        resource: row.text("resource")?.to_owned(),
        scope: row.text("scope")?.to_owned(),
        person: row.text("person")?.to_owned(),
        proof: row.integer("proof")? != 0,
        expires_at,
    }))
}

/// Removes what has expired.
pub fn purge(now: Timestamp) -> Statement {
    Statement::new("DELETE FROM oauth_code WHERE expires_at <= ?1").bind(now)
}
