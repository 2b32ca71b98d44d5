//! JSON documents in a text: those that begin a line (one a line, or in a fenced block), and objects with a member
//! anywhere (`INFO payload={"user": ...}`).
//!
//! Work is linear however the text is made: what a failed attempt has read is not read again. A container inside
//! it either ended there, and is a document of its own, or it failed where the attempt failed.

use std::ops::Range;

use crate::json::MAX_DEPTH;

/// Where JSON objects and arrays with members begin a line, and objects elsewhere, up to their end; ascending and apart.
pub(super) fn documents(text: &str) -> Vec<Range<usize>> {
    documents_and_work(text).0
}

/// The documents, and how many bytes were read to find them.
fn documents_and_work(text: &str) -> (Vec<Range<usize>>, usize) {
    let bytes = text.as_bytes();
    let (mut documents, mut work, mut read) = (Vec::new(), 0, 0);
    let marks = memchr::memchr2_iter(b'\n', b'{', bytes);
    for mark in std::iter::once(0).chain(marks.map(|at| at + usize::from(bytes.get(at) == Some(&b'\n')))) {
        if mark < read {
            continue;
        }
        let start = mark + spaces(bytes, mark);
        work += start - mark;
        if !matches!(bytes.get(start), Some(b'{' | b'['))
            || !(begins_line(bytes, start) || named(bytes, start))
        {
            continue;
        }
        let mut scan = Scan { bytes, at: start, open: Vec::new(), closed: Vec::new() };
        // Whether it ends well or not, the containers that ended are known.
        scan.run();
        work += scan.at - start;
        read = scan.at;
        scan.closed.sort_unstable_by_key(|range| range.start);
        let mut end = start;
        for document in scan.closed {
            if document.start >= end {
                end = document.end;
                documents.push(document);
            }
        }
    }
    (documents, work)
}

fn spaces(bytes: &[u8], at: usize) -> usize {
    bytes.get(at..).unwrap_or_default().iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

fn begins_line(bytes: &[u8], at: usize) -> bool {
    let before = bytes.get(..at).unwrap_or_default();
    let blank = before.iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    before.len().checked_sub(blank + 1).is_none_or(|last| before.get(last) == Some(&b'\n'))
}

/// Whether an object with a member seems to begin here.
fn named(bytes: &[u8], at: usize) -> bool {
    matches!(bytes.get(at..), Some([b'{', b'"', ..] | [b'{', b' ', b'"', ..]))
}

/// One attempt: reads a container by the grammar of RFC 8259, without recursion.
struct Scan<'t> {
    bytes: &'t [u8],
    at: usize,
    /// Where the containers around begin, outermost first, and whether there are members inside.
    open: Vec<(usize, bool)>,
    /// The containers that ended, have members inside, and begin a line or with one of these.
    closed: Vec<Range<usize>>,
}

impl Scan<'_> {
    /// Reads up to the end of the container that begins here, or to where it fails.
    fn run(&mut self) -> Option<()> {
        loop {
            self.value()?;
            // After a value: what it belongs to goes on or ends.
            loop {
                let (open, _) = *self.open.last()?;
                self.space();
                let object = self.bytes.get(open) == Some(&b'{');
                match self.peek()? {
                    b',' => {
                        self.at += 1;
                        self.space();
                        if object {
                            self.key()?;
                        }
                        break;
                    }
                    b'}' if object => self.close()?,
                    b']' if !object => self.close()?,
                    _ => return None,
                }
            }
        }
    }

    /// Reads a value; of a container that is not empty only up to its first value.
    fn value(&mut self) -> Option<()> {
        loop {
            match self.peek()? {
                byte @ (b'{' | b'[') => {
                    // Deeper documents are refused by whoever reads them.
                    if self.open.len() == MAX_DEPTH {
                        return None;
                    }
                    self.open.push((self.at, false));
                    self.at += 1;
                    self.space();
                    let end = if byte == b'{' { b'}' } else { b']' };
                    if self.peek()? == end {
                        return self.close();
                    }
                    if byte == b'{' {
                        self.key()?;
                    }
                }
                b'"' => return self.string(),
                b't' => return self.word(b"true"),
                b'f' => return self.word(b"false"),
                b'n' => return self.word(b"null"),
                _ => return self.number(),
            }
        }
    }

    fn close(&mut self) -> Option<()> {
        self.at += 1;
        let (start, members) = self.open.pop()?;
        if let Some((_, around)) = self.open.last_mut() {
            *around |= members;
        }
        if members && (named(self.bytes, start) || begins_line(self.bytes, start)) {
            self.closed.push(start..self.at);
        }
        Some(())
    }

    fn key(&mut self) -> Option<()> {
        if self.peek()? != b'"' {
            return None;
        }
        self.string()?;
        self.space();
        if self.peek()? != b':' {
            return None;
        }
        self.at += 1;
        self.space();
        if let Some((_, members)) = self.open.last_mut() {
            *members = true;
        }
        Some(())
    }

    fn string(&mut self) -> Option<()> {
        self.at += 1;
        loop {
            let byte = self.peek()?;
            self.at += 1;
            match byte {
                b'"' => return Some(()),
                b'\\' => {
                    let escape = self.peek()?;
                    self.at += 1;
                    match escape {
                        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {}
                        b'u' => {
                            for _ in 0..4 {
                                self.peek()?.is_ascii_hexdigit().then_some(())?;
                                self.at += 1;
                            }
                        }
                        _ => return None,
                    }
                }
                0..0x20 => {
                    self.at -= 1;
                    return None;
                }
                _ => {}
            }
        }
    }

    fn word(&mut self, word: &[u8]) -> Option<()> {
        self.bytes.get(self.at..)?.starts_with(word).then_some(())?;
        self.at += word.len();
        Some(())
    }

    fn number(&mut self) -> Option<()> {
        self.at += usize::from(self.peek()? == b'-');
        let whole = self.at;
        self.digits()?;
        if self.at > whole + 1 && self.bytes.get(whole) == Some(&b'0') {
            return None;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some(b'+' | b'-')));
            self.digits()?;
        }
        Some(())
    }

    fn digits(&mut self) -> Option<()> {
        self.peek()?.is_ascii_digit().then_some(())?;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        Some(())
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::{documents, documents_and_work};
    use crate::json::{self, Duplicates};
    use proptest::prelude::*;

    fn found(text: &str) -> Vec<&str> {
        documents(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn documents_that_begin_lines_are_found() {
        assert_eq!(
            found("x\n```\n  {\"a\": [1, {}]}\n```\n[1]\n[{\"b\":null}] y"),
            ["{\"a\": [1, {}]}", "[{\"b\":null}]"]
        );
        assert!(found("a [{}]\n[2026-11-22] x\n{\"a\":01}\n{\"a\":\"\u{1}\"}\n{\"a\":1").is_empty());
    }

    #[test]
    fn objects_stand_anywhere() {
        assert_eq!(
            found("10:30 INFO payload={\"a\":{\"b\":1}} x={ \"c\": [2]} {d} {\"e\"} {}"),
            ["{\"a\":{\"b\":1}}", "{ \"c\": [2]}"]
        );
    }

    #[test]
    fn in_a_document_that_is_cut_off_those_that_ended_are_found() {
        let text = "[\n  {\"a\": 1},\n  {\"b\": [\n    {\"c\": 2}\n  ]},\n  {\"d\": [\n {\"e\": 3},\n {\"f\"";
        assert_eq!(found(text), ["{\"a\": 1}", "{\"b\": [\n    {\"c\": 2}\n  ]}", "{\"e\": 3}"]);
        let deep = format!("{}\n{{\"a\":1}}", "[\n".repeat(500));
        assert_eq!(found(&deep), ["{\"a\":1}"]);
    }

    #[test]
    fn every_byte_is_read_about_once() {
        let hostile = [
            "[1,1,1,1,1,1,\n".repeat(5000),
            "[\n".repeat(50_000),
            "{\"a\":\n".repeat(20_000),
            "[{\"a\":1},\n".repeat(10_000),
            "[\"\n".repeat(30_000),
            " \t[ \n".repeat(30_000),
            format!("[{}", "{\"a\":[1,2]},\n".repeat(10_000)),
            "{\"a\":\"\\u00e9\"}\n".repeat(10_000),
        ];
        for text in hostile {
            let (_, work) = documents_and_work(&text);
            assert!(work <= 2 * text.len(), "{work} bytes read of {}: {:?}", text.len(), &text[..20]);
        }
    }

    proptest! {
        #[test]
        fn what_is_found_is_json(text in "[\\[\\]{},:\"a1\\\\u0.eE \n-]{0,40}") {
            for document in documents(&text) {
                let read = json::walk(&text[document], Duplicates::Allow, &mut |_, _| {});
                prop_assert_eq!(read, Ok(()));
            }
        }
    }
}
