//! `noted`: what the record said last of things that change outside of the gateway's requests.

use crate::audit::event::Event;
use crate::host::{Host, PortError, Statement};
use crate::store::config::Version;

/// Everything that is noted, by what it is.
///
/// # Errors
/// When the database cannot be used.
pub(crate) async fn all<H: Host>(host: &H) -> Result<Vec<(String, String)>, PortError> {
    let rows = host.query(Statement::new("SELECT what, value FROM noted")).await?;
    rows.iter().map(|row| Ok((row.text("what")?.to_owned(), row.text("value")?.to_owned()))).collect()
}

/// What is noted of the configuration, and the versions after that, the oldest first and at most so many.
///
/// # Errors
/// When the database cannot be used.
pub(crate) async fn versions<H: Host>(
    host: &H,
    most: i64,
) -> Result<(Option<String>, Vec<Version>), PortError> {
    let statement = Statement::new(
        "SELECT version, toml, (SELECT value FROM noted WHERE what = 'configuration') AS noted FROM config_version
         WHERE version > coalesce((SELECT CAST(value AS INTEGER) FROM noted WHERE what = 'configuration'), 0)
         ORDER BY version LIMIT ?1",
    );
    let rows = host.query(statement.bind(most)).await?;
    let noted = rows.first().map(|row| row.optional_text("noted")).transpose()?.flatten().map(str::to_owned);
    let versions = rows
        .iter()
        .map(|row| Ok(Version { version: row.integer("version")?, toml: row.text("toml")?.to_owned() }))
        .collect::<Result<_, PortError>>()?;
    Ok((noted, versions))
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
