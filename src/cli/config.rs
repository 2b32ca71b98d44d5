//! `mcpgate config`.

use std::io::Write;
use std::path::Path;

use super::{Failure, unreadable};
use crate::config::Config;
use crate::crypto::AUDIT_KEY;

pub(super) fn check(file: &Path, out: &mut impl Write) -> Result<(), Failure> {
    let (_, config) = read(file)?;
    writeln!(
        out,
        "{}: ok ({}, {}, {}, {})",
        file.display(),
        counted(config.services.len(), "service"),
        counted(config.access.roles.len(), "role"),
        counted(config.access.domains.len(), "domain"),
        counted(config.access.guests.len(), "guest"),
    )?;
    if config.audit.retention.is_some() {
        let condition = "records are deleted only up to signed checkpoints, which take the secret";
        writeln!(out, "{}: audit.retention: {condition} {AUDIT_KEY}", file.display())?;
    }
    Ok(())
}

pub(super) fn sql(file: &Path, out: &mut impl Write) -> Result<(), Failure> {
    let (text, _) = read(file)?;
    // In SQLite's string literals only the quote is special (https://sqlite.org/lang_expr.html#literal_values_constants_).
    writeln!(
        out,
        "INSERT INTO config_version (version, toml, created_at) SELECT coalesce(max(version), 0) + 1, '{}', \
         CAST(strftime('%s', 'now') AS INTEGER) * 1000 FROM config_version;",
        text.replace('\'', "''")
    )?;
    Ok(())
}

/// A configuration that is valid, and its text.
pub(super) fn read(file: &Path) -> Result<(String, Config), Failure> {
    let text = std::fs::read_to_string(file).map_err(|error| unreadable(file, &error))?;
    let config = Config::parse(&text).map_err(|error| Failure::at(file, error))?;
    Ok((text, config))
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
