//! `noted`: what the record said last of things that change outside of the gateway's requests.

use crate::audit::event::Event;
use crate::host::{Host, PortError, Statement};

/// Everything that is noted, by what it is.
///
/// # Errors
/// When the database cannot be used.
pub(crate) async fn all<H: Host>(host: &H) -> Result<Vec<(String, String)>, PortError> {
    let rows = host.query(Statement::new("SELECT what, value FROM noted")).await?;
    rows.iter().map(|row| Ok((row.text("what")?.to_owned(), row.text("value")?.to_owned()))).collect()
}

/// The versions of the configuration after one, the oldest first, at most 100.
///
/// # Errors
/// When the database cannot be used.
pub(crate) async fn versions<H: Host>(host: &H, after: i64) -> Result<Vec<i64>, PortError> {
    let statement =
        Statement::new("SELECT version FROM config_version WHERE version > ?1 ORDER BY version LIMIT 100");
    let rows = host.query(statement.bind(after)).await?;
    rows.iter().map(|row| row.integer("version")).collect()
}

/// Notes a value in the place of `before` and, in the same transaction, spools the event that says so; neither when
/// somebody else was sooner.
///
/// # Errors
/// When the database cannot be used.
pub(crate) async fn note<H: Host>(
    host: &H,
    what: &str,
    before: Option<&str>,
    value: &str,
    event: Option<&Event>,
) -> Result<(), PortError> {
    let id = event.map(|event| event.id().as_str());
    let noted = match before {
        None => Statement::new(
            "INSERT INTO noted (what, value, event_id) VALUES (?1, ?2, ?3) ON CONFLICT (what) DO NOTHING",
        )
        .bind(what)
        .bind(value)
        .bind(id),
        Some(before) => {
            Statement::new("UPDATE noted SET value = ?2, event_id = ?3 WHERE what = ?1 AND value = ?4")
                .bind(what)
                .bind(value)
                .bind(id)
                .bind(before)
        }
    };
    let Some(event) = event else { return host.query(noted).await.map(drop) };
    let spooled = Statement::new(
        "INSERT INTO audit_outbox (event_id, at, event) SELECT ?1, ?2, ?3
         WHERE EXISTS (SELECT 1 FROM noted WHERE event_id = ?1) ON CONFLICT (event_id) DO NOTHING",
    )
    .bind(event.id().as_str())
    .bind(event.at())
    .bind(event.to_text()?);
    host.batch(vec![noted, spooled]).await.map(drop)
}
