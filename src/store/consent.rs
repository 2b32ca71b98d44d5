//! `consent`: what people have permitted AI clients.

use std::time::Duration;

use super::code;
use crate::host::{Host, PortError, Row as Columns, Statement, Timestamp};

/// What a person has permitted a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Who.
    pub person: String,
    /// The id of the client.
    pub client: String,
    /// Where its answers go: a host, or an app's scheme.
    pub destination: String,
    /// The URL of the resource.
    pub resource: String,
    /// The ids of the services that the page named.
    pub services: Vec<String>,
    /// The person's role then.
    pub role: String,
    /// The granted scope.
    pub scope: String,
    /// What the client called itself, sanitized.
    pub name: String,
    /// When.
    pub created_at: Timestamp,
    /// When it is forgotten unless it is used.
    pub expires_at: Timestamp,
}

/// How much of its life may pass before a use prolongs it: one write a day is enough.
const DAY: Duration = Duration::from_secs(86_400);

/// Keeps what a person has just permitted, in the place of an earlier answer to the same question (the wider scope of the
/// two, because what they permitted before goes on until they take it back), and the code that
/// it gives, in one transaction. Says whether it was kept: not when the session in which they answered, named by the
/// digest of its id, has ended meanwhile.
///
/// # Errors
/// When the database fails; then nothing has happened.
pub async fn permit<H: Host>(
    host: &H,
    row: &Row,
    code_hash: &str,
    code: &code::Row,
    session: &str,
) -> Result<bool, PortError> {
    let keep = Statement::new(
        "INSERT INTO consent (person, client, destination, resource, services, role, scope, name, created_at, expires_at)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10
         WHERE EXISTS (SELECT 1 FROM session WHERE id_hash = ?11 AND person = ?1)
         ON CONFLICT (person, client, destination, resource) DO UPDATE SET services = ?5, role = ?6,
           scope = CASE WHEN scope LIKE ?7 || ':%' OR scope = ?7 THEN ?7
                        WHEN ?7 LIKE scope || ':%' AND expires_at > ?9 AND services = ?5 AND role = ?6 THEN scope
                        ELSE ?7 END,
           name = ?8, created_at = ?9, expires_at = ?10",
    )
    .bind(row.person.as_str())
    .bind(row.client.as_str())
    .bind(row.destination.as_str())
    .bind(row.resource.as_str())
    .bind(list(&row.services)?)
    .bind(row.role.as_str())
    .bind(row.scope.as_str())
    .bind(row.name.as_str())
    .bind(row.created_at)
    .bind(row.expires_at)
    .bind(session);
    let answers = host.batch(vec![keep, code::inserting(code_hash, code, session)]).await?;
    Ok(answers.last().is_some_and(|rows| !rows.is_empty()))
}

/// What a person has permitted, if they were asked the same question before.
///
/// # Errors
/// When the database fails.
pub async fn find<H: Host>(
    host: &H,
    person: &str,
    client: &str,
    destination: &str,
    resource: &str,
    now: Timestamp,
) -> Result<Option<Row>, PortError> {
    let statement = Statement::new(
        "SELECT * FROM consent
         WHERE person = ?1 AND client = ?2 AND destination = ?3 AND resource = ?4 AND expires_at > ?5",
    )
    .bind(person)
    .bind(client)
    .bind(destination)
    .bind(resource)
    .bind(now);
    host.query(statement).await?.first().map(read).transpose()
}

/// Keeps a code by what was permitted before, if it is still permitted in exactly this way. Says whether it was.
///
/// # Errors
/// When the database fails.
pub async fn draw_on<H: Host>(
    host: &H,
    row: &Row,
    code_hash: &str,
    code: &code::Row,
    now: Timestamp,
) -> Result<bool, PortError> {
    let statement = Statement::new(
        "INSERT INTO oauth_code (code_hash, client, redirect_uri, challenge, resource, scope, person, expires_at, proof)
         SELECT ?1, client, ?2, ?3, resource, ?4, person, ?5, ?14 FROM consent
         WHERE person = ?6 AND client = ?7 AND destination = ?8 AND resource = ?9 AND services = ?10 AND role = ?11
           AND scope = ?12 AND expires_at > ?13
         RETURNING code_hash",
    )
    .bind(code_hash)
    .bind(code.redirect_uri.as_str())
    .bind(code.challenge.as_str())
    .bind(code.scope.as_str())
    .bind(code.expires_at)
    .bind(row.person.as_str())
    .bind(row.client.as_str())
    .bind(row.destination.as_str())
    .bind(row.resource.as_str())
    .bind(list(&row.services)?)
    .bind(row.role.as_str())
    .bind(row.scope.as_str())
    .bind(now)
    .bind(i64::from(code.proof));
    Ok(!host.query(statement).await?.is_empty())
}

/// Moves the end of what a refresh token goes back to.
pub(super) fn prolong(token_hash: &str, expires_at: Timestamp) -> Statement {
    Statement::new(
        "UPDATE consent SET expires_at = ?2
         WHERE (person, client, resource) IN (SELECT person, client, resource FROM refresh_token WHERE token_hash = ?1)
           AND expires_at < ?3",
    )
    .bind(token_hash)
    .bind(expires_at)
    .bind(expires_at.before(DAY))
}

/// All that a person has permitted, the latest first.
///
/// # Errors
/// When the database fails.
pub async fn of_person<H: Host>(host: &H, person: &str, now: Timestamp) -> Result<Vec<Row>, PortError> {
    let statement = Statement::new(
        "SELECT * FROM consent WHERE person = ?1 AND expires_at > ?2 ORDER BY created_at DESC, client, resource",
    )
    .bind(person)
    .bind(now);
    host.query(statement).await?.iter().map(read).collect()
}

/// Takes everything back that a person has permitted a client, in one transaction: consents, codes that are under way
/// and refresh tokens.
///
/// # Errors
/// When the database fails; then nothing has happened.
pub async fn take_back<H: Host>(host: &H, person: &str, client: &str) -> Result<(), PortError> {
    let statements = [
        "DELETE FROM consent WHERE person = ?1 AND client = ?2",
        "DELETE FROM oauth_code WHERE person = ?1 AND client = ?2",
        "DELETE FROM refresh_token WHERE person = ?1 AND client = ?2",
    ];
    let statements = statements.map(|sql| Statement::new(sql).bind(person).bind(client));
    host.batch(statements.into()).await.map(drop)
}

/// Removes what has expired.
pub fn purge(now: Timestamp) -> Statement {
    Statement::new("DELETE FROM consent WHERE expires_at <= ?1").bind(now)
}

fn read(row: &Columns) -> Result<Row, PortError> {
    Ok(Row {
        person: row.text("person")?.to_owned(),
        client: row.text("client")?.to_owned(),
        destination: row.text("destination")?.to_owned(),
        resource: row.text("resource")?.to_owned(),
        services: serde_json::from_str(row.text("services")?)
            .map_err(|error| PortError::new("sql", error))?,
        role: row.text("role")?.to_owned(),
        scope: row.text("scope")?.to_owned(),
        name: row.text("name")?.to_owned(),
        created_at: row.timestamp("created_at")?,
        expires_at: row.timestamp("expires_at")?,
    })
}

fn list(ids: &[String]) -> Result<String, PortError> {
    serde_json::to_string(ids).map_err(|error| PortError::new("sql", error))
}
