//! Tables in texts: a line of heads, and under it rows of as many cells. Comma, semicolon, tab (RFC 4180) and pipe
//! (Markdown, and what database clients print). The head of a column says what its cells are, as the key of a JSON
//! member does.
//!
//! A table may begin at any line. It ends where three lines in a row have another number of cells, and, drawn with
//! pipes, where a line has none. A row that does not fit is a text like any other.
//!
//! Work is linear: only a line that can be one of heads is cut into cells before it is known to begin a table, and a
//! cell is read up to [`MAX_CELL`] bytes.

use std::ops::Range;

use super::fields::{self, Class};
use super::lists::{Lazy, Lists};
use super::lower::Lower;
use super::sql;
use super::traits::{BREAK, COMMA, PARENTHESIS, PIPE, QUOTE, SEMICOLON, TAB, Traits};

/// A cell in quotes is no longer, in bytes.
const MAX_CELL: usize = 8192;
/// A head is no longer, in bytes.
const MAX_HEAD: usize = 48;
/// A table has no more columns.
const MAX_COLUMNS: usize = 256;
/// So many rows that do not fit end a table.
const MAX_MISFITS: usize = 3;

/// A cell of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cell<'t> {
    /// Its text, without quotes and the space around it.
    pub(super) range: Range<usize>,
    /// The head of its column.
    pub(super) key: &'t str,
    /// What its column holds, and whether that may be something else.
    pub(super) class: Class,
    pub(super) vague: bool,
    /// Which row it is in, counted over all tables of the text.
    pub(super) row: usize,
}

/// The cells of all tables of a text that are not empty, ascending and apart.
pub(super) fn cells(text: &str, has: Traits) -> Vec<Cell<'_>> {
    let mut rows = 0;
    let mut cells = if has.each(PARENTHESIS | QUOTE) { sql::cells(text, &mut rows) } else { Vec::new() };
    let separators = SEPARATORS.map(|(separator, is)| has.any(is).then_some(separator));
    if !has.any(BREAK) || separators.iter().all(Option::is_none) {
        return cells;
    }
    let bytes = text.as_bytes();
    let Some(mut newline) = memchr::memchr(b'\n', bytes) else { return cells };
    let inserted = cells.len();
    let mut start = 0;
    let mut before = [0; SEPARATORS.len()];
    loop {
        let line = bytes.get(start..newline).unwrap_or_default();
        let counts = separators
            .map(|separator| separator.map_or(0, |separator| memchr::memchr_iter(separator, line).count()));
        // Of lines that are cut alike only the first can be the heads.
        let table = separators
            .into_iter()
            .zip(counts.into_iter().zip(before))
            .filter(|(_, (count, before))| *count > 0 && count != before)
            .find_map(|(separator, _)| Table::begin(text, start, separator?));
        before = counts;
        let next = match table {
            Some(table) => table.read(&mut cells, &mut rows),
            None => newline + 1,
        };
        let Some(ahead) = bytes.get(next..).and_then(|rest| memchr::memchr(b'\n', rest)) else { break };
        start = next;
        newline = next + ahead;
    }
    if inserted > 0 {
        // What a statement inserts looks like lines of cells too.
        cells.sort_by_key(|cell| (cell.range.start, cell.row));
        let mut end = 0;
        cells.retain(|cell| {
            let apart = cell.range.start >= end;
            end = if apart { cell.range.end } else { end };
            apart
        });
    }
    cells
}

const SEPARATORS: [(u8, u32); 4] = [(b'\t', TAB), (b';', SEMICOLON), (b'|', PIPE), (b',', COMMA)];

struct Table<'t> {
    text: &'t str,
    separator: u8,
    heads: Vec<(&'t str, Class, bool)>,
    /// Where the rows begin.
    rows: usize,
}

impl<'t> Table<'t> {
    /// The table whose heads begin here.
    fn begin(text: &'t str, start: usize, separator: u8) -> Option<Self> {
        let (heads, mut rows) = record(text, start, separator, MAX_COLUMNS, is_head)?;
        let heads: Vec<&str> = heads.into_iter().map(|range| text.get(range).unwrap_or_default()).collect();
        if heads.iter().filter(|head| !head.is_empty()).count() < 2 {
            return None;
        }
        let ruled = rule(text, rows);
        rows = ruled.unwrap_or(rows);
        let (first, _) = record(text, rows, separator, MAX_COLUMNS, |_| true)?;
        let first = fitted(text, first, heads.len());
        if first.len() != heads.len() || first.iter().all(Range::is_empty) {
            return None;
        }
        let known = |head: &&str| {
            !matches!(class(head), Class::Other | Class::Thing | Class::Record | Class::Wrapper)
        };
        let identifier = |head: &&str| {
            !head.is_empty()
                && head.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'))
        };
        if ruled.is_none() && !heads.iter().all(identifier) && !heads.iter().any(known) {
            return None;
        }
        let heads = columns(heads);
        Some(Self { text, separator, heads, rows })
    }

    /// Reads the rows; answers where they end.
    fn read(&self, cells: &mut Vec<Cell<'t>>, rows: &mut usize) -> usize {
        let (mut at, mut end, mut misfits) = (self.rows, self.rows, 0);
        while at < self.text.len() && misfits < MAX_MISFITS {
            if let Some(below) = rule(self.text, at) {
                (at, end) = (below, below);
                continue;
            }
            let row = record(self.text, at, self.separator, MAX_COLUMNS, |_| true);
            match row.map(|(row, next)| (fitted(self.text, row, self.heads.len()), next)) {
                Some((row, next)) if row.len() == self.heads.len() => {
                    for (range, (key, class, vague)) in row.into_iter().zip(&self.heads) {
                        if !range.is_empty() {
                            cells.push(Cell { range, key, class: *class, vague: *vague, row: *rows });
                        }
                    }
                    *rows += 1;
                    (at, end, misfits) = (next, next, 0);
                }
                Some((row, _)) if row.len() == 1 && self.separator == b'|' => break,
                _ => {
                    let line = line(self.text, at);
                    if line.is_empty() {
                        break;
                    }
                    at = line.end + 1;
                    misfits += 1;
                }
            }
        }
        end
    }
}

/// A row whose moments have commas, `2026-09-08 06:14:35,296`, with each in one cell, when it has too many.
fn fitted(text: &str, row: Vec<Range<usize>>, columns: usize) -> Vec<Range<usize>> {
    if row.len() <= columns {
        return row;
    }
    let clock = |cell: &str| {
        let tail = cell.len().checked_sub(3).and_then(|at| cell.get(at..)).unwrap_or_default();
        tail.starts_with(':') && tail.bytes().skip(1).all(|byte| byte.is_ascii_digit())
    };
    let mut fitted: Vec<Range<usize>> = Vec::with_capacity(row.len());
    for range in row {
        let cell = text.get(range.clone()).unwrap_or_default();
        let millis = cell.len() == 3 && cell.bytes().all(|byte| byte.is_ascii_digit());
        match fitted.last_mut() {
            Some(last) if millis && clock(text.get(last.clone()).unwrap_or_default()) => last.end = range.end,
            _ => fitted.push(range),
        }
    }
    fitted
}

/// What columns hold by their heads, and whether that may be something else. Something that people have speaks for a
/// name beside it.
pub(super) fn columns(heads: Vec<&str>) -> Vec<(&str, Class, bool)> {
    let mut classes: Vec<Class> = heads.iter().map(|head| class(head)).collect();
    // "first,last,mail": the halves of a name, where something speaks for people.
    if classes.contains(&Class::Trait) {
        let halves: Vec<Class> = heads.iter().map(|head| fields::part(head)).collect();
        let both = [Class::Given, Class::Family].iter().all(|half| halves.contains(half));
        for (class, half) in classes.iter_mut().zip(halves).filter(|_| both) {
            if matches!(half, Class::Given | Class::Family) {
                *class = half;
            }
        }
    }
    let people = classes.iter().any(|class| matches!(class, Class::Trait | Class::Given | Class::Family))
        || heads.iter().any(|head| at_home(head));
    let has = |class: Class| classes.contains(&class);
    let class = |class: Class| match class {
        // "nome,cognome", "nom,prenom"
        Class::Name if has(Class::Family) && !has(Class::Given) => Class::Given,
        Class::Name if has(Class::Given) && !has(Class::Family) => Class::Family,
        Class::Name | Class::Role | Class::Label if people => Class::Full,
        Class::Name => Class::Other,
        class => class,
    };
    heads.into_iter().zip(&classes).map(|(head, kind)| (head, class(*kind), fields::vague(head))).collect()
}

/// Whether a cell can be the head of a column: a few words without numbers.
fn is_head(head: &str) -> bool {
    // The cheapest question first.
    let wanted =
        |byte: u8| !matches!(byte, b'\n' | b'@' | b'=' | b'{' | b'}' | b'<' | b'>' | b'"' | b'!' | b'?');
    head.len() <= MAX_HEAD
        && head.bytes().all(wanted)
        && (head.is_empty() || head.starts_with(|char: char| char.is_alphabetic() || "#_*.(".contains(char)))
        && head.bytes().filter(u8::is_ascii_digit).count() <= 2
        && head.split_whitespace().nth(5).is_none()
        && !head.ends_with(". ")
}

/// What a column holds. Heads are written with marks and remarks: `**Name**`, `Name (Kunde)`.
fn class(head: &str) -> Class {
    match fields::class(head) {
        Class::Other => {
            head.split_once(['(', '[', '/']).map_or(Class::Other, |(head, _)| fields::class(head))
        }
        class => class,
    }
}

/// Whether a column holds where people live, which speaks for a name beside it as an address of theirs does.
fn at_home(head: &str) -> bool {
    if head.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return STREETS.contains(Lower::of(head).as_bytes());
    }
    let plain: String =
        head.chars().filter(|char| char.is_alphabetic()).flat_map(char::to_lowercase).collect();
    STREETS.contains(plain)
}

static STREETS: Lazy = Lazy::new(|| {
    Lists::of(
        "street streetaddress strasse straße str address adresse anschrift rue adressepostale calle \
        direccion dirección domicilio via indirizzo adres straat ulica postaladdress homeaddress",
    )
});

/// The rest of the line that begins here, without the line break.
fn line(text: &str, start: usize) -> Range<usize> {
    let rest = text.as_bytes().get(start..).unwrap_or_default();
    let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    let carriage = rest.get(..length).is_some_and(|line| line.ends_with(b"\r"));
    start..start + length - usize::from(carriage)
}

/// Where the line below ends when the line here is drawn (`|---|:-:|`, `----+----`).
fn rule(text: &str, start: usize) -> Option<usize> {
    let line = line(text, start);
    let drawn = text.as_bytes().get(line.clone())?;
    let rule = drawn.len() >= 3
        && drawn
            .iter()
            .all(|byte| matches!(byte, b'-' | b'|' | b':' | b'+' | b'=' | b' ' | b'\t' | b',' | b';'))
        && drawn.iter().filter(|byte| matches!(byte, b'-' | b'=')).count() >= 2;
    rule.then(|| after(text, line.end))
}

/// Where the next line begins.
fn after(text: &str, end: usize) -> usize {
    let rest = text.as_bytes().get(end..).unwrap_or_default();
    end + memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1)
}

/// The cells of the record that begins here, and where the next one begins. [`None`] when there are more than `most`,
/// or one is not `wanted`.
fn record(
    text: &str,
    start: usize,
    separator: u8,
    most: usize,
    wanted: fn(&str) -> bool,
) -> Option<(Vec<Range<usize>>, usize)> {
    if separator == b'|' {
        let (cells, next) = piped(text, start);
        let good = cells.len() <= most && cells.iter().all(|cell| text.get(cell.clone()).is_some_and(wanted));
        return good.then_some((cells, next));
    }
    let bytes = text.as_bytes();
    let mut cells = Vec::new();
    let mut at = start;
    loop {
        let (cell, end) = quoted(bytes, at, separator).unwrap_or_else(|| {
            let rest = bytes.get(at..).unwrap_or_default();
            let end = at + memchr::memchr2(separator, b'\n', rest).unwrap_or(rest.len());
            (at..end, end)
        });
        let cell = trimmed(text, cell);
        if cells.len() == most || !text.get(cell.clone()).is_some_and(wanted) {
            return None;
        }
        cells.push(cell);
        at = end + 1;
        if bytes.get(end) != Some(&separator) {
            return Some((cells, at.min(text.len())));
        }
    }
}

/// A cell in quotes, in which quotes are doubled, and where the separator or line break behind it stands.
fn quoted(bytes: &[u8], at: usize, separator: u8) -> Option<(Range<usize>, usize)> {
    let blank = |byte: &&u8| **byte == b' ';
    let open = at + bytes.get(at..)?.iter().take_while(blank).count();
    if bytes.get(open) != Some(&b'"') {
        return None;
    }
    let mut end = open + 1;
    loop {
        let rest = bytes.get(end..(open + MAX_CELL).min(bytes.len()))?;
        end += memchr::memchr(b'"', rest)?;
        if bytes.get(end + 1) != Some(&b'"') {
            break;
        }
        end += 2;
    }
    let mut behind = end + 1;
    while matches!(bytes.get(behind), Some(b' ' | b'\r')) {
        behind += 1;
    }
    let closes = bytes.get(behind).is_none_or(|byte| *byte == separator || *byte == b'\n');
    closes.then_some((open + 1..end, behind))
}

/// The cells of a line that is drawn with pipes, also around it; `\|` is none.
fn piped(text: &str, start: usize) -> (Vec<Range<usize>>, usize) {
    let line = line(text, start);
    let next = after(text, line.end);
    let inside = trimmed(text, line);
    let mut cells = Vec::new();
    let mut at = inside.start;
    let bytes = text.as_bytes();
    for pipe in memchr::memchr_iter(b'|', bytes.get(inside.clone()).unwrap_or_default()) {
        let pipe = inside.start + pipe;
        let escaped = pipe.checked_sub(1).and_then(|before| bytes.get(before)) == Some(&b'\\');
        if !escaped && pipe > inside.start {
            cells.push(trimmed(text, at..pipe));
        }
        if !escaped {
            at = pipe + 1;
        }
    }
    if at < inside.end {
        cells.push(trimmed(text, at..inside.end));
    }
    (cells, next)
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let cell = text.get(range.clone()).unwrap_or_default();
    let start = range.start + (cell.len() - cell.trim_start().len());
    start..start + cell.trim().len()
}

#[cfg(test)]
mod tests {
    use super::{Cell, Class, Traits};
    use proptest::prelude::*;

    fn cells(text: &str) -> Vec<Cell<'_>> {
        super::cells(text, Traits::of(text))
    }

    fn found(text: &str) -> Vec<(&str, &str)> {
        cells(text).into_iter().map(|cell| (cell.key, &text[cell.range])).collect()
    }

    #[test]
    fn cells_stand_under_their_heads() {
        for text in [
            "Name,Phone\nJane Doe,12\n",
            "Name;Phone\r\nJane Doe;12\r\n",
            "Name\tPhone\nJane Doe\t12",
            "\"Name\",\"Phone\"\n\"Jane Doe\", \"12\"",
            "| Name | Phone |\n|:---|---|\n| Jane Doe | 12 |\n",
            "Name | Phone\n---|---\nJane Doe | 12\n\nand more, text\n",
            " Name     | Phone\n----------+------\n Jane Doe | 12\n(1 row)",
            "Here it is:\n\nName,Phone\nJane Doe,12\n\nDone, thanks\n",
        ] {
            assert_eq!(found(text), [("Name", "Jane Doe"), ("Phone", "12")], "{text}");
            assert_eq!(cells(text)[0].class, Class::Full, "{text}");
        }
    }

    #[test]
    fn quotes_hold_separators_quotes_and_line_breaks() {
        let text = "name,email\n\"Doe, Jane \"\"JD\"\"\",a\n\"Main St\n5\",b\n\"open,c\nd,e\n";
        let cells = found(text);
        assert_eq!(
            cells[..4],
            [("name", "Doe, Jane \"\"JD\"\""), ("email", "a"), ("name", "Main St\n5"), ("email", "b"),]
        );
        assert_eq!(cells[4..], [("name", "\"open"), ("email", "c"), ("name", "d"), ("email", "e")]);
        assert_eq!(found("a|name\nx\\|y|Jane Doe"), [("a", "x\\|y"), ("name", "Jane Doe")]);
    }

    #[test]
    fn a_row_that_does_not_fit_is_passed_over() {
        let text = "id,author\n1,Jane Doe\n# three, two, one\n2,Max Muster\n\n3,x\n";
        assert_eq!(found(text), [("id", "1"), ("author", "Jane Doe"), ("id", "2"), ("author", "Max Muster")]);
    }

    #[test]
    fn what_is_no_table_has_no_cells() {
        for text in [
            "Dear customer, dear name,\nthis is for you, Jane Doe, and more.\n",
            "Hello, world\nHow are you?\n",
            "12,13\n14,15\n",
            "name, email",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn what_the_columns_are_decides_of_a_name() {
        let class = |text: &str| cells(text).into_iter().map(|cell| cell.class).next().unwrap();
        assert_eq!(class("name,price\nBlue Harbour,5"), Class::Other);
        assert_eq!(class("Name,Straße,Ort\nMax,Weg 7,Ulm"), Class::Full);
        assert_eq!(class("reporter,status\nMax,Done"), Class::Role);
        assert_eq!(class("reporter,seen\nMax,2026-09-08 06:14:35,296"), Class::Role);
        assert_eq!(class("Vorname;Ort\nMax;Ulm"), Class::Given);
        assert_eq!(class("nome,cognome\nGioia,Bianchi"), Class::Given);
        assert_eq!(class("nom,prenom\nPetit,Rose"), Class::Family);
    }

    proptest! {
        #[test]
        fn cells_are_parts_of_the_text(text in "(?s)[a-c,;|\t\n\" nameé-]{0,60}") {
            let mut end = 0;
            for cell in cells(&text) {
                prop_assert!(cell.range.start >= end && text.get(cell.range.clone()).is_some_and(|cell| !cell.is_empty()));
                end = cell.range.end;
            }
        }
    }
}
