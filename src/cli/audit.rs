//! `mcpgate audit`.

use std::io::{BufRead as _, Read as _, Write};
use std::path::Path;

use rusqlite::{Connection, OpenFlags};
use serde::Deserialize;
use serde_json::error::Category;

use super::{Failure, Proof, Source, checkpoint, open, unreadable};
use crate::audit::chain::{self, Broken, Record, Verified};
use crate::audit::format::Format;

pub(super) fn verify(source: Source, proof: &Proof, out: &mut impl Write) -> Result<(), Failure> {
    let points = checkpoint::points(proof, source.db.as_deref())?;
    let verified = match source.db {
        Some(file) => from_database(&file, |records| chain::verify_with(records, &points))?,
        None => chain::verify_with(source.files.iter().flat_map(|file| from_export(file)), &points)?,
    };
    let Verified { summary, first, before, .. } = verified;
    let s = if summary.records == 1 { "" } else { "s" };
    writeln!(out, "holds: {} record{s}, last hash {}", summary.records, summary.last_hash)?;
    if first > 1 {
        writeln!(out, "deleted: records 1 to {}, up to a signed checkpoint", first - 1)?;
    }
    if let Some(last) = points.last() {
        let s = if points.len() == 1 { "" } else { "s" };
        let old = if before > 0 { format!("; {before} of deleted records") } else { String::new() };
        writeln!(out, "signed: {} checkpoint{s}, the last of record {}{old}", points.len(), last.seq)?;
    }
    Ok(())
}

pub(super) fn export(file: &Path, format: Format, out: &mut impl Write) -> Result<(), Failure> {
    from_database(file, |records| {
        loop {
            let some: Vec<Record> = records.take(AT_ONCE).collect::<Result<_, _>>()?;
            if some.is_empty() {
                return Ok(());
            }
            out.write_all(format.write(&some).as_bytes())?;
        }
    })
}

/// The format of this name.
pub(super) fn format(name: &str) -> Result<Format, String> {
    Format::named(name).ok_or_else(|| {
        let names: Vec<&str> = Format::ALL.into_iter().map(Format::name).collect();
        format!("write one of: {}", names.join(", "))
    })
}

/// How many records are written together.
const AT_ONCE: usize = 1000;

impl From<Broken> for Failure {
    fn from(broken: Broken) -> Self {
        Self::new(format_args!("broken: {broken}"))
    }
}

/// Hands the records of `audit_log` to `work`, one by one, in order.
fn from_database<T>(
    file: &Path,
    work: impl FnOnce(&mut dyn Iterator<Item = Result<Record, Failure>>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let cannot = |error| no_database(file, &error);
    let database = database(file)?;
    let mut statement = database
        .prepare("SELECT seq, event, prev, hash, event_id, at FROM audit_log ORDER BY seq")
        .map_err(cannot)?;
    let rows = statement.query_map([], |row| {
        let record = Record { seq: row.get(0)?, event: row.get(1)?, prev: row.get(2)?, hash: row.get(3)? };
        Ok((record, row.get(4)?, row.get(5)?))
    });
    let mut records = rows.map_err(cannot)?.map(|row| {
        let (record, id, at): (Record, String, i64) = row.map_err(cannot)?;
        if agrees(&record.event, &id, at) {
            return Ok(record);
        }
        Err(Failure::new(format_args!(
            "broken: record {} was altered: its columns disagree with its event",
            record.seq
        )))
    });
    work(&mut records)
}

/// A gateway's database, for reading only.
pub(super) fn database(file: &Path) -> Result<Connection, Failure> {
    Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)
        .map_err(|error| no_database(file, &error))
}

pub(super) fn no_database(file: &Path, error: &rusqlite::Error) -> Failure {
    let remedy = "give the one SQLite file that has the table audit_log";
    Failure::at(file, format_args!("is not the database of a gateway, or cannot be read: {error}; {remedy}"))
}

/// Whether the columns that only repeat what the event says, and are no part of its hash, repeat it.
fn agrees(event: &str, event_id: &str, moment: i64) -> bool {
    #[derive(Deserialize)]
    struct Repeated<'a> {
        id: &'a str,
        at: i64,
    }
    serde_json::from_str::<Repeated<'_>>(event).is_ok_and(|said| said.id == event_id && said.at == moment)
}

/// The records of an export: JSON lines, or one JSON array as `wrangler d1 execute --json` prints it.
fn from_export(file: &Path) -> Box<dyn Iterator<Item = Result<Record, Failure>> + '_> {
    let failure = match read_export(file) {
        Ok(records) => {
            let mut records = records.peekable();
            if records.peek().is_some() {
                return Box::new(records);
            }
            // An export that went wrong must not pass for a chain that holds.
            Failure::at(file, "has no records")
        }
        Err(failure) => failure,
    };
    Box::new(std::iter::once(Err(failure)))
}

fn read_export(file: &Path) -> Result<Box<dyn Iterator<Item = Result<Record, Failure>> + '_>, Failure> {
    #[derive(Deserialize)]
    struct Answer {
        results: Vec<Record>,
    }
    let mut reader = open(file)?;
    let start = reader.fill_buf().map_err(|error| unreadable(file, &error))?;
    if start.trim_ascii_start().first() == Some(&b'[') {
        let mut text = String::new();
        reader.read_to_string(&mut text).map_err(|error| unreadable(file, &error))?;
        let answers: Vec<Answer> = serde_json::from_str(&text).map_err(|error| {
            let problem = "is not what `wrangler d1 execute --json` prints of seq, event, prev and hash";
            let at = error.line();
            Failure::at(file, format_args!("{problem}: line {at}, {}", misfit(&error)))
        })?;
        return Ok(Box::new(answers.into_iter().flat_map(|answer| answer.results).map(Ok)));
    }
    Ok(Box::new(reader.lines().enumerate().filter_map(move |(at, line)| {
        let line = match line {
            Ok(line) if line.trim().is_empty() => return None,
            Ok(line) => line,
            Err(error) => return Some(Err(unreadable(file, &error))),
        };
        Some(serde_json::from_str(&line).map_err(|error| {
            let problem = "is not a record {\"seq\",\"event\",\"prev\",\"hash\"}";
            Failure::at(file, format_args!("line {}: {problem}: {}", at + 1, misfit(&error)))
        }))
    })))
}

/// In which column a text is not what it should be, and how; without a word of what stands there.
fn misfit(error: &serde_json::Error) -> String {
    let what = match error.classify() {
        Category::Data => "a member too many, twice, missing or of another kind",
        Category::Syntax => "no JSON",
        Category::Eof | Category::Io => "it breaks off",
    };
    format!("column {}: {what}", error.column())
}
