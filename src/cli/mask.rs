//! `mcpgate mask`.

use std::io::{BufRead as _, Write};
use std::path::Path;

use super::{Failure, Secrets, config, open, secrets::hash_key, unreadable};
use crate::pii::{self, Policy};

pub(super) fn mask(
    file: &Path,
    policy: Option<(&Path, &str)>,
    secrets: Secrets,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let key = hash_key(secrets)?;
    let config = policy.map(|(file, id)| Ok::<_, Failure>((file, id, config::read(file)?.1))).transpose()?;
    let plain = Policy::default();
    let policy = match &config {
        None => &plain,
        Some((file, id, config)) => {
            let service = config.services.iter().find(|service| service.id == *id).ok_or_else(|| {
                let known: Vec<&str> = config.services.iter().map(|service| &*service.id).collect();
                Failure::at(file, format_args!("no service {id}; it has {}", known.join(", ")))
            })?;
            &service.pii.policy
        }
    };
    for (at, line) in open(file)?.lines().enumerate() {
        let line = line.map_err(|error| unreadable(file, &error))?;
        if line.trim().is_empty() {
            continue;
        }
        let masked = pii::mask_line(&line, &key, policy)
            .map_err(|error| Failure::at(file, format_args!("line {}: {error}", at + 1)))?;
        writeln!(out, "{masked}")?;
    }
    Ok(())
}
