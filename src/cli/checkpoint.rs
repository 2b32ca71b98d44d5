//! `mcpgate audit checkpoints`, `mcpgate audit key`, and the checkpoints that `mcpgate audit verify` is given.

use std::io::{Read as _, Write};
use std::path::Path;

use serde::Deserialize;

use super::audit::{database, no_database};
use super::{Failure, Proof, Secrets, config, open, secrets, unreadable};
use crate::audit::chain::Point;
use crate::audit::checkpoint::{Checkpoint, notes, origin};
use crate::crypto::{AUDIT_KEY, NoteKey, audit_keys};

pub(super) fn print(file: &Path, out: &mut impl Write) -> Result<(), Failure> {
    for (at, note) in stored(file)?.into_iter().enumerate() {
        let blank = if at > 0 { "\n" } else { "" };
        write!(out, "{blank}{note}")?;
    }
    Ok(())
}

pub(super) fn keys(file: &Path, secrets: Secrets, out: &mut impl Write) -> Result<(), Failure> {
    let (_, config) = config::read(file)?;
    let value = secrets::value(AUDIT_KEY, &secrets)?;
    let keys = audit_keys(&value).ok_or_else(|| {
        let problem = "is not one or several keys of 32 bytes in base64url; `mcpgate keygen` makes one";
        Failure::new(format_args!("{AUDIT_KEY} {problem}"))
    })?;
    for key in keys.public(&origin(&config.public_url)) {
        writeln!(out, "{key}")?;
    }
    Ok(())
}

/// What the checkpoints say that are given or in the database; nothing when no key is given.
pub(super) fn points(proof: &Proof, db: Option<&Path>) -> Result<Vec<Point>, Failure> {
    if proof.keys.is_empty() {
        return Ok(Vec::new());
    }
    let keys = proof.keys.iter().map(|key| {
        let problem = "is not a public key; `mcpgate audit key` prints one";
        NoteKey::parse(key).ok_or_else(|| Failure::new(format_args!("--key {key}: {problem}")))
    });
    let keys = keys.collect::<Result<Vec<_>, _>>()?;
    let mut points = Vec::new();
    let mut add = |file: &Path, notes: Vec<String>| {
        for (at, note) in notes.iter().enumerate() {
            let signed = Checkpoint::open(note, &keys).map_err(|error| {
                let place = format_args!("broken: {}: checkpoint {}: {error}", file.display(), at + 1);
                Failure::new(place)
            })?;
            points.push(signed.point);
        }
        Ok::<_, Failure>(())
    };
    for file in &proof.checkpoints {
        add(file, given(file)?)?;
    }
    if let Some(file) = db {
        add(file, stored(file)?)?;
    }
    if points.is_empty() {
        let remedy = "give some with --checkpoints, or leave --key out";
        return Err(Failure::new(format_args!("there is no checkpoint to verify; {remedy}")));
    }
    points.sort();
    points.dedup();
    Ok(points)
}

/// The notes in a database; none in one of before there were any.
fn stored(file: &Path) -> Result<Vec<String>, Failure> {
    let cannot = |error| no_database(file, &error);
    let database = database(file)?;
    let there = "SELECT 1 FROM sqlite_master WHERE name = 'audit_checkpoint'";
    if !database.prepare(there).and_then(|mut there| there.exists([])).map_err(cannot)? {
        return Ok(Vec::new());
    }
    let mut statement = database.prepare("SELECT note FROM audit_checkpoint ORDER BY seq").map_err(cannot)?;
    let rows = statement.query_map([], |row| row.get(0)).map_err(cannot)?;
    rows.collect::<Result<_, _>>().map_err(cannot)
}

/// The notes in a file, or in one JSON array as `wrangler d1 execute --json` prints it.
fn given(file: &Path) -> Result<Vec<String>, Failure> {
    #[derive(Deserialize)]
    struct Row {
        note: String,
    }
    #[derive(Deserialize)]
    struct Answer {
        results: Vec<Row>,
    }
    let mut text = String::new();
    open(file)?.read_to_string(&mut text).map_err(|error| unreadable(file, &error))?;
    if !text.trim_start().starts_with('[') {
        return Ok(notes(&text));
    }
    let answers: Vec<Answer> = serde_json::from_str(&text).map_err(|error| {
        let problem = "is not what `wrangler d1 execute --json` prints of the column note";
        Failure::at(file, format_args!("{problem}: {error}"))
    })?;
    Ok(answers.into_iter().flat_map(|answer| answer.results).map(|row| row.note).collect())
}
