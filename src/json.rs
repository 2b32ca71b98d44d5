//! A scanner over JSON text (RFC 8259) that says where things stand, so that a rewriter can change what it means
//! to change and leave every other byte as it was: numbers, key order, escapes, white space, unknown fields.
//!
//! ```text
//! text --walk--> events with paths and spans --edits--> text
//! ```
//!
//! Strings stay as they are written until somebody asks: [`Raw::decode`] gives their value together with a map
//! back to the written bytes. A lone surrogate (`"\ud800"`), which no Rust string can hold, decodes to U+FFFD and
//! is still written as it was unless an edit covers it.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::ops::Range;

/// Containers inside containers, at most; deeper text is refused.
pub const MAX_DEPTH: usize = 128;

/// Values in one document, at most, where it is read into memory value by value: 8 MiB of tiny ones would take fifty
/// times that.
pub const MAX_VALUES: usize = 200_000;

/// One step of a path from the root to a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment<'a> {
    /// Into the member of an object.
    Key(Cow<'a, str>),
    /// Into the item of an array, from 0.
    Index(usize),
    /// Into the JSON document that a string holds.
    Embedded,
}

impl<'a> Segment<'a> {
    /// The same step for a shorter time.
    pub fn borrow(&self) -> Segment<'_> {
        match self {
            Self::Key(key) => Segment::Key(Cow::Borrowed(key)),
            Self::Index(index) => Segment::Index(*index),
            Self::Embedded => Segment::Embedded,
        }
    }

    /// The key, if this is a step into an object.
    pub fn key(&self) -> Option<&str> {
        match self {
            Self::Key(key) => Some(key),
            Self::Index(_) | Self::Embedded => None,
        }
    }
}

/// What [`walk`] meets, in the order of the text.
#[derive(Clone, Copy, Debug)]
pub enum Event<'t> {
    /// An object or array begins; the path is its own.
    Open,
    /// The container that was opened last ends; the path is its own.
    Close,
    /// The key of a member; the path is the member's.
    Key(Raw<'t>),
    /// A string value.
    String(Raw<'t>),
    /// A number, `true`, `false` or `null`, as written.
    Other(&'t str),
}

/// A string as it is written, without its quotes.
#[derive(Clone, Copy)]
pub struct Raw<'t> {
    text: &'t str,
    start: usize,
}

impl<'t> Raw<'t> {
    /// Where it stands in the walked text, in bytes, without the quotes.
    pub fn span(&self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }

    /// Its value.
    pub fn decode(&self) -> Decoded<'t> {
        decode(*self)
    }
}

impl fmt::Debug for Raw<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Raw({:?})", self.span())
    }
}

/// The value of a string, and where each part of it was written.
pub struct Decoded<'t> {
    text: Cow<'t, str>,
    start: usize,
    /// (offset in the value, offset in the written string) wherever their distance changes; ascending.
    marks: Vec<(usize, usize)>,
}

impl<'t> Decoded<'t> {
    /// The value.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The value, apart from where it stood.
    pub fn into_text(self) -> Cow<'t, str> {
        self.text
    }

    /// Turns a change of the value into a change of the walked text: moved to where it was written, and escaped.
    pub fn lift(&self, edit: &Edit) -> Edit {
        let range = self.written(edit.range.start)..self.written(edit.range.end);
        Edit { range, text: escape(&edit.text).into_owned() }
    }

    fn written(&self, offset: usize) -> usize {
        let at = self.marks.partition_point(|(decoded, _)| *decoded <= offset);
        let (decoded, raw) = at.checked_sub(1).and_then(|at| self.marks.get(at)).copied().unwrap_or((0, 0));
        self.start + raw + (offset - decoded)
    }
}

impl fmt::Debug for Decoded<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Decoded({} bytes)", self.text.len())
    }
}

/// Bytes to be replaced, and what takes their place.
#[derive(Clone, PartialEq, Eq)]
pub struct Edit {
    /// The bytes of the old text.
    pub range: Range<usize>,
    /// The new text.
    pub text: String,
}

impl fmt::Debug for Edit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Edit({:?})", self.range)
    }
}

/// Why a text is not the JSON that is accepted here, and where. Never holds any of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// Not JSON.
    #[error("not JSON at byte {0}")]
    Syntax(usize),
    /// Ends too early.
    #[error("the JSON text ends too early")]
    Truncated,
    /// More than [`MAX_DEPTH`] containers inside one another.
    #[error("JSON nested deeper than {MAX_DEPTH} at byte {0}")]
    TooDeep(usize),
    /// An object names a member twice, so two readers may see different values.
    #[error("a JSON object repeats a key at byte {0}")]
    DuplicateKey(usize),
}

/// What to do with an object that names a member twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duplicates {
    /// Report each as it comes.
    Allow,
    /// [`JsonError::DuplicateKey`].
    Refuse,
}

/// Walks a whole JSON text from start to end and tells `visit` what it meets and where.
///
/// # Errors
/// When the text is not JSON, is nested too deep, or repeats a key where that is refused. What was visited
/// before the fault was already reported.
pub fn walk<'t>(
    text: &'t str,
    duplicates: Duplicates,
    visit: &mut dyn FnMut(&[Segment<'_>], Event<'t>),
) -> Result<(), JsonError> {
    walk_below(&[], text, duplicates, visit)
}

/// Whether a JSON text holds more than [`MAX_VALUES`] values, up to where it stops being JSON. Takes no memory.
pub fn is_dense(text: &str) -> bool {
    // Each value but the first has its own comma, or a container that it is the first of. Only where strings hold so
    // many of these does anybody have to look closer.
    if memchr::memchr3_iter(b',', b'[', b'{', text.as_bytes()).nth(MAX_VALUES - 1).is_none() {
        return false;
    }
    let mut values = 0;
    // Where it is not JSON, nobody reads on either.
    let _ = walk(text, Duplicates::Allow, &mut |_, event| {
        values += usize::from(!matches!(event, Event::Key(_) | Event::Close));
    });
    values > MAX_VALUES
}

/// As [`walk`], for a document that stands below `path` in another one.
///
/// # Errors
/// As [`walk`].
pub fn walk_below<'t>(
    path: &[Segment<'_>],
    text: &'t str,
    duplicates: Duplicates,
    visit: &mut dyn FnMut(&[Segment<'_>], Event<'t>),
) -> Result<(), JsonError> {
    let path = path.iter().map(Segment::borrow).collect();
    let mut walker = Walker { text, bytes: text.as_bytes(), at: 0, path, depth: 0, duplicates, visit };
    walker.space();
    walker.value()?;
    walker.space();
    if walker.at == walker.bytes.len() { Ok(()) } else { Err(JsonError::Syntax(walker.at)) }
}

/// Gives string values new values. `change` sees each string's path and value; [`None`] leaves it as written.
///
/// # Errors
/// As [`walk`].
pub fn rewrite(
    text: &str,
    duplicates: Duplicates,
    change: &mut dyn FnMut(&[Segment<'_>], &str) -> Option<String>,
) -> Result<String, JsonError> {
    let mut edits = Vec::new();
    walk(text, duplicates, &mut |path, event| {
        if let Event::String(raw) = event
            && let Some(new) = change(path, raw.decode().as_str())
        {
            edits.push(Edit { range: raw.span(), text: escape(&new).into_owned() });
        }
    })?;
    Ok(splice(text, &edits))
}

/// Carries out edits. They must be ascending and must not overlap; one that does is left out.
pub fn splice(text: &str, edits: &[Edit]) -> String {
    let grown: usize = edits.iter().map(|edit| edit.text.len()).sum();
    let mut out = String::with_capacity(text.len() + grown);
    let mut done = 0;
    for edit in edits {
        if let Some(between) = text.get(done..edit.range.start) {
            out.push_str(between);
            out.push_str(&edit.text);
            done = edit.range.end;
        }
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}

/// A value as it must be written between quotes.
pub fn escape(value: &str) -> Cow<'_, str> {
    if !value.bytes().any(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f)) {
        return Cow::Borrowed(value);
    }
    let mut out = String::with_capacity(value.len() + 8);
    for char in value.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\0'..='\u{1f}' => {
                use fmt::Write as _;
                let _ = write!(out, "\\u{:04x}", u32::from(char));
            }
            _ => out.push(char),
        }
    }
    Cow::Owned(out)
}

struct Walker<'t, 'p, 'v> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    path: Vec<Segment<'p>>,
    depth: usize,
    duplicates: Duplicates,
    visit: &'v mut dyn FnMut(&[Segment<'_>], Event<'t>),
}

impl<'t: 'p, 'p> Walker<'t, 'p, '_> {
    fn value(&mut self) -> Result<(), JsonError> {
        match self.peek().ok_or(JsonError::Truncated)? {
            b'{' => self.container(Self::object),
            b'[' => self.container(Self::array),
            b'"' => {
                let raw = self.string()?;
                (self.visit)(&self.path, Event::String(raw));
                Ok(())
            }
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => self.word("null"),
            _ => self.number(),
        }
    }

    fn container(&mut self, inside: fn(&mut Self) -> Result<(), JsonError>) -> Result<(), JsonError> {
        if self.depth == MAX_DEPTH {
            return Err(JsonError::TooDeep(self.at));
        }
        self.depth += 1;
        (self.visit)(&self.path, Event::Open);
        self.at += 1;
        self.space();
        inside(self)?;
        (self.visit)(&self.path, Event::Close);
        self.depth -= 1;
        Ok(())
    }

    fn object(&mut self) -> Result<(), JsonError> {
        let mut seen = HashSet::new();
        if self.take(b'}') {
            return Ok(());
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.fault());
            }
            let raw = self.string()?;
            let key = raw.decode().into_text();
            if self.duplicates == Duplicates::Refuse && !seen.insert(key.clone()) {
                return Err(JsonError::DuplicateKey(raw.start));
            }
            self.path.push(Segment::Key(key));
            (self.visit)(&self.path, Event::Key(raw));
            self.space();
            if !self.take(b':') {
                return Err(self.fault());
            }
            self.space();
            self.value()?;
            self.path.pop();
            self.space();
            if self.take(b'}') {
                return Ok(());
            }
            if !self.take(b',') {
                return Err(self.fault());
            }
            self.space();
        }
    }

    fn array(&mut self) -> Result<(), JsonError> {
        if self.take(b']') {
            return Ok(());
        }
        for index in 0.. {
            self.path.push(Segment::Index(index));
            self.value()?;
            self.path.pop();
            self.space();
            if self.take(b']') {
                return Ok(());
            }
            if !self.take(b',') {
                return Err(self.fault());
            }
            self.space();
        }
        Ok(())
    }

    fn string(&mut self) -> Result<Raw<'t>, JsonError> {
        let start = self.at + 1;
        self.at = start;
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            let ahead = memchr::memchr2(b'"', b'\\', rest).ok_or(JsonError::Truncated)?;
            let plain = rest.get(..ahead).unwrap_or_default();
            if let Some(control) = plain.iter().position(|byte| *byte < 0x20) {
                return Err(JsonError::Syntax(self.at + control));
            }
            self.at += ahead;
            if self.take(b'"') {
                let text = self.text.get(start..self.at - 1).ok_or(JsonError::Syntax(start))?;
                return Ok(Raw { text, start });
            }
            self.at += 1;
            match self.peek().ok_or(JsonError::Truncated)? {
                b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => self.at += 1,
                b'u' => {
                    for _ in 0..4 {
                        self.at += 1;
                        if !self.peek().ok_or(JsonError::Truncated)?.is_ascii_hexdigit() {
                            return Err(JsonError::Syntax(self.at));
                        }
                    }
                    self.at += 1;
                }
                _ => return Err(JsonError::Syntax(self.at)),
            }
        }
    }

    fn word(&mut self, word: &str) -> Result<(), JsonError> {
        let end = self.at + word.len();
        if self.text.get(self.at..end) != Some(word) {
            return Err(if self.bytes.len() < end {
                JsonError::Truncated
            } else {
                JsonError::Syntax(self.at)
            });
        }
        self.other(end)
    }

    fn number(&mut self) -> Result<(), JsonError> {
        let mut ahead = self.at + usize::from(self.peek() == Some(b'-'));
        let whole = self.digits(ahead)?;
        if whole > ahead + 1 && self.bytes.get(ahead) == Some(&b'0') {
            return Err(JsonError::Syntax(ahead));
        }
        ahead = whole;
        if self.bytes.get(ahead) == Some(&b'.') {
            ahead = self.digits(ahead + 1)?;
        }
        if matches!(self.bytes.get(ahead), Some(b'e' | b'E')) {
            ahead += 1 + usize::from(matches!(self.bytes.get(ahead + 1), Some(b'+' | b'-')));
            ahead = self.digits(ahead)?;
        }
        self.other(ahead)
    }

    /// The end of at least one digit.
    fn digits(&self, from: usize) -> Result<usize, JsonError> {
        let rest = self.bytes.get(from..).unwrap_or_default();
        match rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len()) {
            0 if rest.is_empty() => Err(JsonError::Truncated),
            0 => Err(JsonError::Syntax(from)),
            count => Ok(from + count),
        }
    }

    fn other(&mut self, end: usize) -> Result<(), JsonError> {
        let raw = self.text.get(self.at..end).ok_or(JsonError::Syntax(self.at))?;
        (self.visit)(&self.path, Event::Other(raw));
        self.at = end;
        Ok(())
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn fault(&self) -> JsonError {
        if self.at < self.bytes.len() { JsonError::Syntax(self.at) } else { JsonError::Truncated }
    }
}

fn decode(raw: Raw<'_>) -> Decoded<'_> {
    let written = raw.text;
    let mut marks = Vec::new();
    let Some(first) = memchr::memchr(b'\\', written.as_bytes()) else {
        return Decoded { text: Cow::Borrowed(written), start: raw.start, marks };
    };
    let mut out = String::with_capacity(written.len());
    let (mut done, mut next) = (0, Some(first));
    while let Some(backslash) = next {
        out.push_str(written.get(done..backslash).unwrap_or_default());
        marks.push((out.len(), backslash));
        let (char, length) = escaped(written.get(backslash..).unwrap_or_default());
        out.push(char);
        done = backslash + length;
        marks.push((out.len(), done));
        let rest = written.as_bytes().get(done..).unwrap_or_default();
        next = memchr::memchr(b'\\', rest).map(|ahead| done + ahead);
    }
    out.push_str(written.get(done..).unwrap_or_default());
    Decoded { text: Cow::Owned(out), start: raw.start, marks }
}

/// The character that an escape at the start of `text` stands for, and how many bytes it takes. The scanner has
/// let valid escapes through only.
fn escaped(text: &str) -> (char, usize) {
    let char = match text.as_bytes().get(1) {
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'u') => return unit_escape(text),
        Some(byte) => char::from(*byte),
        None => return (char::REPLACEMENT_CHARACTER, text.len()),
    };
    (char, 2)
}

fn unit_escape(text: &str) -> (char, usize) {
    let unit = |from: usize| u32::from_str_radix(text.get(from..from + 4)?, 16).ok();
    let Some(high) = unit(2) else { return (char::REPLACEMENT_CHARACTER, text.len().min(6)) };
    if let Some(char) = char::from_u32(high) {
        return (char, 6);
    }
    let low = (text.get(6..8) == Some("\\u")).then(|| unit(8)).flatten();
    match low {
        Some(low @ 0xdc00..=0xdfff) if (0xd800..0xdc00).contains(&high) => {
            let code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
            (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 12)
        }
        _ => (char::REPLACEMENT_CHARACTER, 6),
    }
}

#[cfg(test)]
#[path = "json/tests.rs"]
mod tests;
