//! `mcpgate guest add`, `list`, `remove`: the guests of a configuration file, edited in place.
//!
//! Comments, order and spelling of everything else stay. The file is replaced whole, and only by one that is valid and
//! in which nothing but this guest is another.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use time::macros::format_description;
use time::{Date, OffsetDateTime};
use toml_edit::{ArrayOfTables, Datetime, DocumentMut, InlineTable, Item, Table, Value};

use super::{Failure, Secrets, config, secrets};
use crate::access::Address;
use crate::config::{Config, Guest};
use crate::host::Timestamp;

/// Who is to be let in.
pub(super) struct Wish<'a> {
    pub(super) email: &'a str,
    pub(super) role: &'a str,
    pub(super) until: &'a str,
}

pub(super) fn add(
    file: &Path,
    wish: &Wish<'_>,
    secrets: Secrets,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let (text, config) = config::read(file)?;
    let roles = &config.access.roles;
    if !roles.contains_key(wish.role) {
        let known: Vec<&str> = roles.keys().map(String::as_str).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        let problem = format_args!("there is no [access.roles.{}]; the roles are: {known}", wish.role);
        return Err(Failure::at(file, problem));
    }
    let day = Date::parse(wish.until, format_description!("[year]-[month]-[day]"))
        .map_err(|_| Failure::new("--until: write a day, such as 2026-12-31"))?;
    if day < today() {
        return Err(Failure::new(format_args!("--until: {day} is over; write today or a later day")));
    }
    let id = secrets::id_of_guest(wish.email, secrets)?;
    let domain = Address::parse(wish.email).map(|address| address.domain).unwrap_or_default();
    if let Some(role) = config.access.domains.get(&domain) {
        let problem = format_args!(
            "everybody at {domain} enters as {role}; an entry for a guest there would change nothing"
        );
        return Err(Failure::at(file, problem));
    }
    if let Some(guest) = config.access.guests.iter().find(|guest| guest.id == id) {
        return Err(Failure::at(
            file,
            format_args!(
                "this address is a guest already ({}); to change that, `mcpgate guest remove` it first",
                told(guest)
            ),
        ));
    }
    let mut document = parse(file, &text)?;
    insert(&mut document, &id, wish.role, wish.until)
        .ok_or_else(|| Failure::at(file, "access.guests is not a list of tables"))?;
    replace(file, &text, config, &document, |before, after| {
        let added = after.iter().filter(|guest| !before.contains(guest));
        after.len() == before.len() + 1
            && before.iter().all(|guest| after.contains(guest))
            && added.map(|guest| (&*guest.id, &*guest.role)).eq([(&*id, wish.role)])
    })?;
    writeln!(out, "{}: added {id} as {} until {day}{STORE}", file.display(), wish.role)?;
    Ok(())
}

pub(super) fn list(file: &Path, out: &mut impl Write) -> Result<(), Failure> {
    let (_, config) = config::read(file)?;
    for guest in &config.access.guests {
        let over = if last_day(guest) < Some(today()) { " (over)" } else { "" };
        writeln!(out, "{} {}{over}", guest.id, told(guest))?;
    }
    Ok(())
}

pub(super) fn remove(file: &Path, who: &str, secrets: Secrets, out: &mut impl Write) -> Result<(), Failure> {
    let (text, config) = config::read(file)?;
    let id = match who.starts_with("hmac:") {
        true => who.to_owned(),
        false => secrets::id_of_guest(who, secrets)?,
    };
    if !config.access.guests.iter().any(|guest| guest.id == id) {
        let problem = "there is no such guest; `mcpgate guest list` prints those that there are";
        return Err(Failure::at(file, problem));
    }
    let mut document = parse(file, &text)?;
    take_out(&mut document, &id);
    replace(file, &text, config, &document, |before, after| {
        before.iter().filter(|guest| guest.id != id).eq(after)
    })?;
    writeln!(out, "{}: removed {id}{STORE}", file.display())?;
    Ok(())
}

/// What is left to do after each change.
const STORE: &str = "; store the file with `mcpgate config sql`";

fn told(guest: &Guest) -> String {
    let day = last_day(guest).map(|day| day.to_string()).unwrap_or_default();
    format!("{} until {day}", guest.role)
}

fn last_day(guest: &Guest) -> Option<Date> {
    let Timestamp(end) = guest.until;
    OffsetDateTime::from_unix_timestamp((end - 1).div_euclid(1000)).ok().map(OffsetDateTime::date)
}

#[allow(clippy::disallowed_methods, reason = "the command line runs where there is a clock")]
fn today() -> Date {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let now = i64::try_from(now.as_secs()).unwrap_or_default();
    OffsetDateTime::from_unix_timestamp(now).map_or(Date::MAX, OffsetDateTime::date)
}

fn parse(file: &Path, text: &str) -> Result<DocumentMut, Failure> {
    text.parse().map_err(|error: toml_edit::TomlError| Failure::at(file, error.message()))
}

/// Adds an entry after the others, in the way in which they are written; [`None`] when that is not a list of tables.
fn insert(document: &mut DocumentMut, id: &str, role: &str, until: &str) -> Option<()> {
    let implicit = || {
        let mut table = Table::new();
        table.set_implicit(true);
        Item::Table(table)
    };
    let until = Value::from(until.parse::<Datetime>().ok()?);
    let entries = [("id", Value::from(id)), ("role", Value::from(role)), ("until", until)];
    let access = document.entry("access").or_insert_with(implicit).as_table_like_mut()?;
    match access.entry("guests").or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new())) {
        Item::ArrayOfTables(guests) => {
            let mut table: Table =
                entries.into_iter().map(|(key, value)| (key, Item::Value(value))).collect();
            table.decor_mut().set_prefix("\n");
            guests.push(table);
        }
        Item::Value(Value::Array(guests)) => guests.push(InlineTable::from_iter(entries)),
        _ => return None,
    }
    Some(())
}

/// Takes the entries with this id out. A comment that stands apart above one, with a blank line between, stays.
fn take_out(document: &mut DocumentMut, id: &str) {
    let is_theirs = |guest: Option<&Item>| guest.and_then(Item::as_str) == Some(id);
    let Some(access) = document.get_mut("access") else { return };
    let mut left = Vec::new();
    match access.get_mut("guests") {
        Some(Item::ArrayOfTables(guests)) => {
            let theirs = |guests: &ArrayOfTables| guests.iter().position(|guest| is_theirs(guest.get("id")));
            while let Some(at) = theirs(guests) {
                let guest = guests.remove(at);
                left.extend(apart(prefix(&guest)).zip(guest.position()));
            }
            if guests.is_empty()
                && let Some(access) = access.as_table_like_mut()
            {
                access.remove("guests");
            }
        }
        Some(Item::Value(Value::Array(guests))) => {
            let theirs = |guest: &Value| {
                guest.as_inline_table().and_then(|guest| guest.get("id")).and_then(Value::as_str) == Some(id)
            };
            guests.retain(|guest| !theirs(guest));
        }
        _ => {}
    }
    // The last first: what goes before the same table then keeps its order.
    for (comment, position) in left.into_iter().rev() {
        let mut following = None;
        positions(document.as_table(), &mut |other| {
            if other > position && following.is_none_or(|nearest| other < nearest) {
                following = Some(other);
            }
        });
        match following {
            Some(following) => put_before(document.as_table_mut(), following, &comment),
            None => {
                let trailing = document.trailing().as_str().unwrap_or_default().to_owned();
                document.set_trailing(format!("{comment}{trailing}"));
            }
        }
    }
}

fn prefix(table: &Table) -> &str {
    table.decor().prefix().and_then(|prefix| prefix.as_str()).unwrap_or_default()
}

/// The comment above a table that a blank line sets apart from it.
fn apart(prefix: &str) -> Option<String> {
    let lines: Vec<&str> = prefix.split_inclusive('\n').collect();
    let blank = lines.iter().rposition(|line| line.trim().is_empty())?;
    let kept = lines.get(..blank)?;
    kept.iter().any(|line| !line.trim().is_empty()).then(|| kept.concat())
}

/// Where in the document the tables below one stand.
fn positions(table: &Table, tell: &mut impl FnMut(isize)) {
    for (_, item) in table.iter() {
        let below: Vec<&Table> = match item {
            Item::Table(table) => vec![table],
            Item::ArrayOfTables(tables) => tables.iter().collect(),
            _ => Vec::new(),
        };
        for table in below {
            if !table.is_implicit() {
                table.position().into_iter().for_each(&mut *tell);
            }
            positions(table, tell);
        }
    }
}

/// Puts a comment before the table at this position.
fn put_before(table: &mut Table, position: isize, comment: &str) {
    for (_, item) in table.iter_mut() {
        let below: Vec<&mut Table> = match item {
            Item::Table(table) => vec![table],
            Item::ArrayOfTables(tables) => tables.iter_mut().collect(),
            _ => Vec::new(),
        };
        for table in below {
            if table.position() == Some(position) && !table.is_implicit() {
                let gap = if prefix(table).starts_with(['\n', '\r']) { "" } else { "\n" };
                let prefix = format!("{comment}{gap}{}", prefix(table));
                table.decor_mut().set_prefix(prefix);
            }
            put_before(table, position, comment);
        }
    }
}

/// Puts the document in the place of the file, if it is valid, nothing but the guests is another, and `holds` says of
/// the guests before and after that they are as they should be.
fn replace(
    file: &Path,
    before: &str,
    mut config: Config,
    document: &DocumentMut,
    holds: impl FnOnce(&[Guest], &[Guest]) -> bool,
) -> Result<(), Failure> {
    let mut text = document.to_string();
    if before.contains("\r\n") {
        text = text.replace("\r\n", "\n").replace('\n', "\r\n");
    }
    let refused = |problem: &dyn std::fmt::Display| {
        Failure::at(file, format_args!("cannot be edited here, and was not: {problem}; edit it by hand"))
    };
    let after = Config::parse(&text).map_err(|error| refused(&error))?;
    let guests = std::mem::replace(&mut config.access.guests, after.access.guests.clone());
    if !holds(&guests, &after.access.guests) || format!("{config:?}") != format!("{after:?}") {
        return Err(refused(&"more than this guest would change"));
    }
    write(file, &text).map_err(|error| Failure::at(file, format_args!("cannot be written: {error}")))
}

/// Writes a file whole, or not at all.
fn write(file: &Path, text: &str) -> io::Result<()> {
    // What a link leads to is replaced, not the link.
    let file = fs::canonicalize(file)?;
    let mut name = std::ffi::OsString::from(".");
    name.push(file.file_name().unwrap_or_default());
    name.push(format!(".{}", std::process::id()));
    let new = file.with_file_name(name);
    let written = File::create_new(&new).and_then(|mut to| {
        to.set_permissions(fs::metadata(&file)?.permissions())?;
        to.write_all(text.as_bytes())?;
        to.sync_all()?;
        fs::rename(&new, &file)
    });
    written.inspect_err(|_| {
        let _ = fs::remove_file(&new);
    })
}
