//! Rows that SQL inserts: `INSERT INTO t (name, phone) VALUES ('Jane Doe', '030 1')` (ISO/IEC 9075-2, clause 14.11, as
//! dumps write it).

use std::ops::Range;

use memchr::memmem;

use super::table::{Cell, columns};

/// A name of a table, and a list of columns, are no longer, in bytes.
const MAX_NAME: usize = 128;
const MAX_LIST: usize = 4096;

/// No statement is shorter.
const SHORTEST: usize = "INSERT INTO t (a) VALUES ('')".len();

/// The quoted values of all rows, ascending and apart.
pub(super) fn cells<'t>(text: &'t str, rows: &mut usize) -> Vec<Cell<'t>> {
    let mut cells = Vec::new();
    let bytes = text.as_bytes();
    if bytes.len() < SHORTEST {
        return cells;
    }
    let mut read = 0;
    // "INSERT INTO" in capitals or small letters; nobody mixes them.
    for verb in [&b"INSERT INTO "[..], b"insert into "] {
        for at in memmem::find_iter(bytes, verb) {
            if at >= read {
                read = statement(text, at + verb.len(), &mut cells, rows).unwrap_or(read);
            }
        }
    }
    cells.sort_by_key(|cell| cell.range.start);
    cells
}

/// Reads one statement from its table's name on; answers where the rows end.
fn statement<'t>(text: &'t str, at: usize, cells: &mut Vec<Cell<'t>>, rows: &mut usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let open = at + memchr::memchr(b'(', bytes.get(at..(at + MAX_NAME).min(bytes.len()))?)?;
    let close = open + memchr::memchr(b')', bytes.get(open..(open + MAX_LIST).min(bytes.len()))?)?;
    let quotes = |char: char| char.is_whitespace() || "`\"[]".contains(char);
    let heads =
        columns(text.get(open + 1..close)?.split(',').map(|head| head.trim_matches(quotes)).collect());
    let mut at = spaces(bytes, close + 1);
    at = bytes.get(at..at + 6).filter(|word| word.eq_ignore_ascii_case(b"VALUES")).map(|_| at + 6)?;
    loop {
        at = spaces(bytes, at);
        if bytes.get(at) != Some(&b'(') {
            return Some(at);
        }
        let (row, end) = tuple(bytes, at + 1)?;
        if row.len() == heads.len() {
            for (range, (key, class, vague)) in row.into_iter().zip(&heads) {
                if let Some(range) = range.filter(|range| !range.is_empty()) {
                    cells.push(Cell { range, key, class: *class, vague: *vague, row: *rows });
                }
            }
        }
        *rows += 1;
        at = spaces(bytes, end);
        if bytes.get(at) != Some(&b',') {
            return Some(at);
        }
        at += 1;
    }
}

/// The values of a row, those in quotes by what stands in them, and where the row ends.
fn tuple(bytes: &[u8], start: usize) -> Option<(Vec<Option<Range<usize>>>, usize)> {
    let mut row = Vec::new();
    let mut at = start;
    loop {
        at = spaces(bytes, at);
        let mut value = None;
        if bytes.get(at) == Some(&b'\'') {
            let from = at + 1;
            at = from;
            loop {
                at += memchr::memchr2(b'\'', b'\\', bytes.get(at..)?)?;
                let twice = bytes.get(at + 1) == Some(&b'\'');
                match bytes.get(at) {
                    Some(b'\'') if !twice => break,
                    _ => at += 2,
                }
            }
            value = Some(from..at);
            at += 1;
        }
        at += memchr::memchr3(b',', b')', b'\n', bytes.get(at..)?)?;
        row.push(value);
        match bytes.get(at) {
            Some(b',') => at += 1,
            Some(b')') => return Some((row, at + 1)),
            _ => return None,
        }
    }
}

fn spaces(bytes: &[u8], at: usize) -> usize {
    at + bytes.get(at..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

#[cfg(test)]
mod tests {
    use super::cells;
    use proptest::prelude::*;

    #[test]
    fn values_stand_under_their_columns() {
        let text = "INSERT INTO `crm`.t (id, `name`, email) VALUES\n  (1, 'Jane O''Doe', 'a'),\n  (2,'x\\'y', NULL); z";
        let found: Vec<_> =
            cells(text, &mut 0).into_iter().map(|cell| (cell.key, &text[cell.range])).collect();
        assert_eq!(found, [("name", "Jane O''Doe"), ("email", "a"), ("name", "x\\'y")]);
        for text in [
            "insert into t values (1, 'x')",
            "INSERT INTO t (a, b) SELECT 'x', 'y'",
            "INSERT INTO t (a) VALUES ('x",
        ] {
            assert!(cells(text, &mut 0).is_empty(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn values_are_parts_of_the_text(text in "(INSERT INTO |VALUES |[a(),' é\\\\\\n]){0,30}") {
            let mut end = 0;
            for cell in cells(&text, &mut 0) {
                prop_assert!(cell.range.start >= end && text.get(cell.range.clone()).is_some());
                end = cell.range.end;
            }
        }
    }
}
