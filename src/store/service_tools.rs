//! `service_tools`: the tools that a person's account was last shown.

use crate::crypto::{DataKey, Place};
use crate::host::{Host, PortError, Statement, Timestamp};

/// Keeps a list, in the place of the one before.
///
/// # Errors
/// When the database or the host's randomness fails.
pub async fn keep<H: Host>(
    host: &H,
    person: &str,
    key: &DataKey,
    service: &str,
    tools: &str,
    expires_at: Timestamp,
) -> Result<(), PortError> {
    let sealed = key.seal(host, place(person, service), tools)?;
    let statement = Statement::new(
        "INSERT INTO service_tools (person, service, tools, expires_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (person, service) DO UPDATE SET tools = excluded.tools, expires_at = excluded.expires_at",
    )
    .bind(person)
    .bind(service)
    .bind(sealed)
    .bind(expires_at);
    host.query(statement).await.map(drop)
}

/// The list, if one was kept.
///
/// # Errors
/// When the database fails or the row does not open with this key.
pub async fn find<H: Host>(
    host: &H,
    person: &str,
    key: &DataKey,
    service: &str,
) -> Result<Option<String>, PortError> {
    let statement = Statement::new(
        "SELECT tools FROM service_tools WHERE person = ?1 AND service = ?2 AND expires_at > ?3",
    )
    .bind(person)
    .bind(service)
    .bind(host.now());
    let rows = host.query(statement).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let opened = key.open(place(person, service), row.text("tools")?);
    opened.map(|tools| Some(tools.to_string())).map_err(|error| PortError::new("sql", error))
}

/// Removes what has expired.
pub fn purge(now: Timestamp) -> Statement {
    Statement::new("DELETE FROM service_tools WHERE expires_at <= ?1").bind(now)
}

fn place<'a>(person: &'a str, service: &'a str) -> Place<'a> {
    Place { table: "service_tools", column: "tools", row: service, owner: person, expires_at: None }
}
