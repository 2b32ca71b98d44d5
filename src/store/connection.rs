//! `connection`: people's accounts at services.

use zeroize::Zeroizing;

use crate::crypto::{DataKey, Place};
use crate::host::{Host, PortError, Statement, Timestamp};

/// Whose account, and where.
#[derive(Clone, Copy, Debug)]
pub struct Key<'a> {
    /// The person's id.
    pub person: &'a str,
    /// Their data key.
    pub key: &'a DataKey,
    /// The service's id.
    pub service: &'a str,
}

/// A connection.
pub struct Row {
    /// What it consists of; [`None`] once it is dead.
    pub grant: Option<Zeroizing<String>>,
    /// What was granted.
    pub scope: String,
    /// What the service wants besides.
    pub wanted: String,
    /// When it was connected.
    pub created_at: Timestamp,
    /// When the access token is over.
    pub token_until: Timestamp,
    /// Grows with each refresh.
    pub generation: i64,
    /// Until when one instance alone refreshes.
    pub lease_until: Timestamp,
}

/// Finds a connection.
///
/// # Errors
/// When the database fails or the row does not open with this key.
pub async fn find<H: Host>(host: &H, key: Key<'_>) -> Result<Option<Row>, PortError> {
    let statement = Statement::new(
        "SELECT grant_text, scope, wanted, created_at, token_until, generation, lease_until FROM connection
         WHERE person = ?1 AND service = ?2",
    );
    read(host, key, statement.bind(key.person).bind(key.service)).await
}

/// Takes a connection out.
///
/// # Errors
/// When the database fails or the row does not open with this key.
pub async fn take<H: Host>(host: &H, key: Key<'_>) -> Result<Option<Row>, PortError> {
    let statement = Statement::new(
        "DELETE FROM connection WHERE person = ?1 AND service = ?2
         RETURNING grant_text, scope, wanted, created_at, token_until, generation, lease_until",
    );
    read(host, key, statement.bind(key.person).bind(key.service)).await
}

async fn read<H: Host>(host: &H, key: Key<'_>, statement: Statement) -> Result<Option<Row>, PortError> {
    let rows = host.query(statement).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let sealed = row.optional_text("grant_text")?;
    let grant = sealed.map(|sealed| key.key.open(place(key), sealed)).transpose();
    Ok(Some(Row {
        grant: grant.map_err(|error| PortError::new("sql", error))?,
        scope: row.text("scope")?.to_owned(),
        wanted: row.text("wanted")?.to_owned(),
        created_at: row.timestamp("created_at")?,
        token_until: row.timestamp("token_until")?,
        generation: row.integer("generation")?,
        lease_until: row.timestamp("lease_until")?,
    }))
}

/// Keeps a connection, in the place of the one before, as long as the browser session of this digest lives: it ends with
/// the person's access. Says whether it did.
///
/// # Errors
/// When the database or the host's randomness fails.
pub async fn keep<H: Host>(
    host: &H,
    key: Key<'_>,
    session: &str,
    grant: &str,
    scope: &str,
    token_until: Timestamp,
) -> Result<bool, PortError> {
    let sealed = key.key.seal(host, place(key), grant)?;
    let statement = Statement::new(
        "INSERT INTO connection (person, service, grant_text, scope, created_at, token_until)
         SELECT person, ?2, ?3, ?4, ?5, ?6 FROM session WHERE id_hash = ?7 AND person = ?1
         ON CONFLICT (person, service) DO UPDATE SET grant_text = excluded.grant_text, scope = excluded.scope,
           wanted = '', created_at = excluded.created_at, token_until = excluded.token_until,
           generation = generation + 1, lease_until = 0
         RETURNING generation",
    )
    .bind(key.person)
    .bind(key.service)
    .bind(sealed)
    .bind(scope)
    .bind(host.now())
    .bind(token_until)
    .bind(session);
    Ok(!host.query(statement).await?.is_empty())
}

/// Makes room for the first token of a person that is exchanged for one that says who they are.
///
/// # Errors
/// When the database fails.
pub async fn open<H: Host>(host: &H, key: Key<'_>) -> Result<(), PortError> {
    let statement = Statement::new(
        "INSERT INTO connection (person, service, scope, created_at, token_until)
         SELECT id, ?2, '', ?3, 0 FROM person WHERE id = ?1
         ON CONFLICT (person, service) DO NOTHING",
    );
    host.query(statement.bind(key.person).bind(key.service).bind(host.now())).await.map(drop)
}

/// Keeps an exchanged token in the place of the one of this generation. Says whether that was still there.
///
/// # Errors
/// When the database or the host's randomness fails.
pub async fn put<H: Host>(
    host: &H,
    key: Key<'_>,
    generation: i64,
    grant: &str,
    scope: &str,
    token_until: Timestamp,
) -> Result<bool, PortError> {
    let sealed = key.key.seal(host, place(key), grant)?;
    let statement = Statement::new(
        "UPDATE connection SET grant_text = ?4, scope = ?5, token_until = ?6, generation = generation + 1,
           lease_until = 0
         WHERE person = ?1 AND service = ?2 AND generation = ?3 RETURNING generation",
    )
    .bind(key.person)
    .bind(key.service)
    .bind(generation)
    .bind(sealed)
    .bind(scope)
    .bind(token_until);
    Ok(!host.query(statement).await?.is_empty())
}

/// The ids of all services where a person has a connection, also of those that are not configured any more.
///
/// # Errors
/// When the database fails.
pub async fn services<H: Host>(host: &H, person: &str) -> Result<Vec<String>, PortError> {
    let statement = Statement::new("SELECT service FROM connection WHERE person = ?1 ORDER BY service");
    let rows = host.query(statement.bind(person)).await?;
    rows.iter().map(|row| row.text("service").map(str::to_owned)).collect()
}

/// Deletes all connections of a person, also those at services that are not configured any more.
///
/// # Errors
/// When the database fails.
pub async fn forget_all<H: Host>(host: &H, person: &str) -> Result<(), PortError> {
    let statement = Statement::new("DELETE FROM connection WHERE person = ?1").bind(person);
    host.query(statement).await.map(drop)
}

/// Takes the lease: for whoever gets it, and nobody else until it is over.
///
/// # Errors
/// When the database fails.
pub async fn lease<H: Host>(
    host: &H,
    key: Key<'_>,
    generation: i64,
    now: Timestamp,
    until: Timestamp,
) -> Result<bool, PortError> {
    let statement = Statement::new(
        "UPDATE connection SET lease_until = ?5
         WHERE person = ?1 AND service = ?2 AND generation = ?3 AND lease_until <= ?4 RETURNING generation",
    )
    .bind(key.person)
    .bind(key.service)
    .bind(generation)
    .bind(now)
    .bind(until);
    Ok(!host.query(statement).await?.is_empty())
}

/// Gives the lease back.
///
/// # Errors
/// When the database fails.
pub async fn release<H: Host>(host: &H, key: Key<'_>, generation: i64) -> Result<(), PortError> {
    let statement = Statement::new(
        "UPDATE connection SET lease_until = 0 WHERE person = ?1 AND service = ?2 AND generation = ?3",
    )
    .bind(key.person)
    .bind(key.service)
    .bind(generation);
    host.query(statement).await.map(drop)
}

/// Keeps what a refresh brought, if the connection is still the one that was refreshed. Says whether it was.
///
/// # Errors
/// When the database or the host's randomness fails.
pub async fn renew<H: Host>(
    host: &H,
    key: Key<'_>,
    generation: i64,
    grant: &str,
    token_until: Timestamp,
) -> Result<bool, PortError> {
    let sealed = key.key.seal(host, place(key), grant)?;
    let statement = Statement::new(
        "UPDATE connection SET grant_text = ?4, token_until = ?5, generation = generation + 1, lease_until = 0
         WHERE person = ?1 AND service = ?2 AND generation = ?3 AND grant_text IS NOT NULL RETURNING generation",
    )
    .bind(key.person)
    .bind(key.service)
    .bind(generation)
    .bind(sealed)
    .bind(token_until);
    Ok(!host.query(statement).await?.is_empty())
}

/// Deletes the tokens of a connection that is dead; that there was one is remembered. Says whether it was still the
/// same.
///
/// # Errors
/// When the database fails.
pub async fn kill<H: Host>(host: &H, key: Key<'_>, generation: i64) -> Result<bool, PortError> {
    let statement = Statement::new(
        "UPDATE connection SET grant_text = NULL, lease_until = 0
         WHERE person = ?1 AND service = ?2 AND generation = ?3 RETURNING generation",
    )
    .bind(key.person)
    .bind(key.service)
    .bind(generation);
    Ok(!host.query(statement).await?.is_empty())
}

/// Remembers what the service wants besides.
///
/// # Errors
/// When the database fails.
pub async fn want<H: Host>(host: &H, key: Key<'_>, scope: &str) -> Result<(), PortError> {
    let statement = Statement::new("UPDATE connection SET wanted = ?3 WHERE person = ?1 AND service = ?2")
        .bind(key.person)
        .bind(key.service)
        .bind(scope);
    host.query(statement).await.map(drop)
}

/// Removes tokens that are over at services, by id, whose tokens are exchanged: the next call gets another. `now` is
/// also later than any lease.
pub fn purge_exchanged(now: Timestamp, services: &[&str]) -> Statement {
    let services = serde_json::to_string(services).unwrap_or_default();
    let statement = Statement::new(
        "DELETE FROM connection
         WHERE service IN (SELECT value FROM json_each(?1)) AND token_until <= ?2 AND lease_until <= ?2",
    );
    statement.bind(services).bind(now)
}

fn place<'a>(key: Key<'a>) -> Place<'a> {
    Place { table: "connection", column: "grant_text", row: key.service, owner: key.person, expires_at: None }
}
