//! `service_session`: the gateway's own sessions with services of older revisions.

use crate::crypto::{DataKey, Place};
use crate::host::{Host, PortError, Row, Statement, Timestamp};

/// Whose session it is.
#[derive(Clone, Copy, Debug)]
pub struct Owner<'a> {
    /// The person's id.
    pub person: &'a str,
    /// Their data key.
    pub key: &'a DataKey,
}

/// A session that is over here, to be ended at its service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Over {
    /// Its id.
    pub id: String,
    /// Whose it was.
    pub person: String,
    /// The service's id.
    pub service: String,
    sealed: String,
}

impl Over {
    /// What was kept of it.
    ///
    /// # Errors
    /// When it does not open with this key.
    pub fn content(&self, key: &DataKey) -> Result<String, PortError> {
        let opened = key.open(place(&self.person, &self.id), &self.sealed);
        Ok(opened.map_err(|error| PortError::new("sql", error))?.to_string())
    }
}

/// Keeps a new session, unless there is one already, be its time over or not; says whether it did.
///
/// # Errors
/// When the database or the host's randomness fails.
pub async fn add<H: Host>(
    host: &H,
    owner: Owner<'_>,
    id: &str,
    service: &str,
    content: &str,
    expires_at: Timestamp,
) -> Result<bool, PortError> {
    let sealed = owner.key.seal(host, place(owner.person, id), content)?;
    let statement = Statement::new(
        "INSERT INTO service_session (id, person, service, content, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (id) DO NOTHING RETURNING id",
    )
    .bind(id)
    .bind(owner.person)
    .bind(service)
    .bind(sealed)
    .bind(expires_at);
    Ok(!host.query(statement).await?.is_empty())
}

/// Puts off the end of a session, if it is still the one that was found; says whether it did.
///
/// # Errors
/// When the database fails.
pub async fn renew<H: Host>(
    host: &H,
    id: &str,
    expires_at: Timestamp,
    until: Timestamp,
) -> Result<bool, PortError> {
    let statement = Statement::new(
        "UPDATE service_session SET expires_at = ?3 WHERE id = ?1 AND expires_at = ?2 RETURNING id",
    )
    .bind(id)
    .bind(expires_at)
    .bind(until);
    Ok(!host.query(statement).await?.is_empty())
}

/// What was kept of a session; [`None`] when there is none or its time is over.
///
/// # Errors
/// When the database fails or the row does not open with this key.
pub async fn find<H: Host>(
    host: &H,
    owner: Owner<'_>,
    id: &str,
    now: Timestamp,
) -> Result<Option<(String, Timestamp)>, PortError> {
    let statement = Statement::new(
        "SELECT content, expires_at FROM service_session WHERE id = ?1 AND person = ?2 AND expires_at > ?3",
    )
    .bind(id)
    .bind(owner.person)
    .bind(now);
    let rows = host.query(statement).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    Ok(Some((opened(owner, id, row)?, row.timestamp("expires_at")?)))
}

/// What was kept of these sessions, of those that are there.
///
/// # Errors
/// When the database fails or a row does not open with this key.
pub async fn these<H: Host>(
    host: &H,
    owner: Owner<'_>,
    ids: &[String],
    now: Timestamp,
) -> Result<Vec<String>, PortError> {
    let statement = Statement::new(
        "SELECT id, content FROM service_session WHERE id IN (SELECT value FROM json_each(?1)) AND person = ?2
         AND expires_at > ?3",
    )
    .bind(serde_json::to_string(ids).unwrap_or_default())
    .bind(owner.person)
    .bind(now);
    let rows = host.query(statement).await?;
    rows.iter().map(|row| opened(owner, row.text("id")?, row)).collect()
}

/// Lends one of these sessions to one request alone: from now on it lies under this id. Gives what was kept of it.
///
/// # Errors
/// When the database or the host's randomness fails, or the row does not open with this key.
pub async fn lend<H: Host>(
    host: &H,
    owner: Owner<'_>,
    from: [&str; 4],
    id: &str,
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<Option<String>, PortError> {
    let [first, second, third, fourth] = from;
    // Another request may be sooner, with each of them.
    for _ in from {
        let statement = Statement::new(
            "SELECT id, content FROM service_session
             WHERE id IN (?1, ?2, ?3, ?4) AND person = ?5 AND expires_at > ?6 ORDER BY expires_at DESC LIMIT 1",
        )
        .bind(first)
        .bind(second)
        .bind(third)
        .bind(fourth)
        .bind(owner.person)
        .bind(now);
        let rows = host.query(statement).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let (found, sealed) = (row.text("id")?, row.text("content")?);
        let content = opened(owner, found, row)?;
        let statement = Statement::new(
            "UPDATE service_session SET id = ?3, content = ?4, expires_at = ?5 WHERE id = ?1 AND content = ?2
             RETURNING id",
        )
        .bind(found)
        .bind(sealed)
        .bind(id)
        .bind(owner.key.seal(host, place(owner.person, id), &content)?)
        .bind(expires_at);
        if !host.query(statement).await?.is_empty() {
            return Ok(Some(content));
        }
    }
    Ok(None)
}

/// Puts a session under another id, unless there is one already, be its time over or not; says whether it did. Where it
/// is not there any more, it was ended meanwhile.
///
/// # Errors
/// When the database or the host's randomness fails.
pub async fn rename<H: Host>(
    host: &H,
    owner: Owner<'_>,
    (id, other): (&str, &str),
    content: &str,
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<bool, PortError> {
    let sealed = owner.key.seal(host, place(owner.person, other), content)?;
    let statement = Statement::new(
        "UPDATE service_session SET id = ?2, content = ?3, expires_at = ?4
         WHERE id = ?1 AND expires_at > ?5 AND NOT EXISTS (SELECT 1 FROM service_session WHERE id = ?2)
         RETURNING id",
    )
    .bind(id)
    .bind(other)
    .bind(sealed)
    .bind(expires_at)
    .bind(now);
    Ok(!host.query(statement).await?.is_empty())
}

/// Forgets a session, if it is still the one that was found.
///
/// # Errors
/// When the database fails.
pub async fn forget<H: Host>(host: &H, id: &str, expires_at: Timestamp) -> Result<(), PortError> {
    let statement = Statement::new("DELETE FROM service_session WHERE id = ?1 AND expires_at = ?2")
        .bind(id)
        .bind(expires_at);
    host.query(statement).await.map(drop)
}

/// Takes out this session, if its time is over.
///
/// # Errors
/// When the database fails.
pub async fn take_over<H: Host>(host: &H, id: &str, now: Timestamp) -> Result<Option<Over>, PortError> {
    let statement = Statement::new(
        "DELETE FROM service_session WHERE id = ?1 AND expires_at <= ?2 RETURNING id, person, service, content",
    )
    .bind(id)
    .bind(now);
    Ok(over(&host.query(statement).await?)?.pop())
}

/// Takes out these sessions of a person, of those that are there.
///
/// # Errors
/// When the database fails.
pub async fn take_these<H: Host>(host: &H, person: &str, ids: &[String]) -> Result<Vec<Over>, PortError> {
    let statement = Statement::new(
        "DELETE FROM service_session WHERE id IN (SELECT value FROM json_each(?1)) AND person = ?2
         RETURNING id, person, service, content",
    )
    .bind(serde_json::to_string(ids).unwrap_or_default())
    .bind(person);
    over(&host.query(statement).await?)
}

/// Takes out at most `most` sessions whose time is over.
///
/// # Errors
/// When the database fails.
pub async fn take_expired<H: Host>(host: &H, now: Timestamp, most: i64) -> Result<Vec<Over>, PortError> {
    let statement = Statement::new(
        "DELETE FROM service_session WHERE id IN
         (SELECT id FROM service_session WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)
         RETURNING id, person, service, content",
    )
    .bind(now)
    .bind(most);
    over(&host.query(statement).await?)
}

/// Takes out all of a person's sessions with a service.
///
/// # Errors
/// When the database fails.
pub async fn take_all<H: Host>(host: &H, person: &str, service: &str) -> Result<Vec<Over>, PortError> {
    let statement = Statement::new(
        "DELETE FROM service_session WHERE person = ?1 AND service = ?2 RETURNING id, person, service, content",
    )
    .bind(person)
    .bind(service);
    over(&host.query(statement).await?)
}

fn opened(owner: Owner<'_>, id: &str, row: &Row) -> Result<String, PortError> {
    let opened = owner.key.open(place(owner.person, id), row.text("content")?);
    Ok(opened.map_err(|error| PortError::new("sql", error))?.to_string())
}

fn over(rows: &[Row]) -> Result<Vec<Over>, PortError> {
    rows.iter()
        .map(|row| {
            Ok(Over {
                id: row.text("id")?.to_owned(),
                person: row.text("person")?.to_owned(),
                service: row.text("service")?.to_owned(),
                sealed: row.text("content")?.to_owned(),
            })
        })
        .collect()
}

fn place<'a>(person: &'a str, id: &'a str) -> Place<'a> {
    Place { table: "service_session", column: "content", row: id, owner: person, expires_at: None }
}
