//! `mcpgate mask`.

use std::io::{BufRead as _, Write};
use std::path::Path;

use super::{Failure, Secrets, open, secrets::hash_key, unreadable};
use crate::pii;

pub(super) fn mask(file: &Path, secrets: Secrets, out: &mut impl Write) -> Result<(), Failure> {
    let key = hash_key(secrets)?;
    for (at, line) in open(file)?.lines().enumerate() {
        let line = line.map_err(|error| unreadable(file, &error))?;
        if line.trim().is_empty() {
            continue;
        }
        let masked = pii::mask_line(&line, &key)
            .map_err(|error| Failure::at(file, format_args!("line {}: {error}", at + 1)))?;
        writeln!(out, "{masked}")?;
    }
    Ok(())
}
