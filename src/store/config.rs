//! `config_version`: the configuration's versions; the newest one runs.

use crate::host::{Host, PortError, Statement, Timestamp};

/// A stored configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Its number, from 1.
    pub version: i64,
    /// The text of `gateway.toml`.
    pub toml: String,
}

/// The newest configurations, newest first; empty when none was ever stored.
///
/// # Errors
/// When the database does not answer.
pub async fn newest<H: Host>(host: &H) -> Result<Vec<Version>, PortError> {
    let rows = host
        .query(Statement::new("SELECT version, toml FROM config_version ORDER BY version DESC LIMIT 5"))
        .await?;
    rows.iter()
        .map(|row| Ok(Version { version: row.integer("version")?, toml: row.text("toml")?.to_owned() }))
        .collect()
}

/// A configuration that ran at some time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// The text of `gateway.toml`.
    pub toml: String,
    /// When it was stored.
    pub created_at: Timestamp,
}

/// Up to so many configurations, newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn past<H: Host>(host: &H, most: i64) -> Result<Vec<Past>, PortError> {
    let statement =
        Statement::new("SELECT toml, created_at FROM config_version ORDER BY version DESC LIMIT ?1");
    let rows = host.query(statement.bind(most)).await?;
    rows.iter()
        .map(|row| Ok(Past { toml: row.text("toml")?.to_owned(), created_at: row.timestamp("created_at")? }))
        .collect()
}

/// The newest version's number, without its text.
///
/// # Errors
/// When the database does not answer.
pub async fn newest_number<H: Host>(host: &H) -> Result<Option<i64>, PortError> {
    let rows = host.query(Statement::new("SELECT max(version) AS version FROM config_version")).await?;
    Ok(rows.first().and_then(|row| row.integer("version").ok()))
}
