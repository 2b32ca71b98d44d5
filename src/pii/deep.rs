//! Every string of a JSON document, also those of JSON documents and texts in Base64 that strings hold.

use std::ops::Range;

use super::lines;
use super::packed::{self, Packed};
use crate::json::{self, Duplicates, Edit, Event, JsonError, Segment};

/// JSON in a string in JSON, at most this often. Each level at least doubles the backslashes; what lies deeper is
/// treated as text.
const LEVELS: usize = 4;

/// What kind of string it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spot {
    /// The key of a member.
    Key,
    /// A value that is not a JSON document itself.
    Value,
}

/// Sees every string and says how to change it.
pub(super) trait Sink {
    /// An object or array begins; the path is its own.
    fn open(&mut self, _path: &[Segment<'_>]) {}

    /// The container that was opened last ends.
    fn close(&mut self, _path: &[Segment<'_>]) {}

    /// What stands in the place of a value, which is looked at no further: of a string its text, of anything else its
    /// JSON. [`None`] when it is looked at; `Some(None)` when it stays as it is.
    fn instead(&mut self, _path: &[Segment<'_>], _string: bool, _text: &str) -> Option<Option<String>> {
        None
    }

    /// A packed text begins, which is looked into afterwards; how it is changed when it is one value as a whole.
    fn packed(&mut self, _path: &[Segment<'_>], _text: &str, _packed: &Packed) -> Option<Vec<Edit>> {
        None
    }

    /// A string's value that stands in such a whole.
    fn pass(&mut self) {}

    /// A string's value; the answer is ascending and does not overlap.
    fn string(&mut self, path: &[Segment<'_>], spot: Spot, text: &str) -> Vec<Edit>;
}

/// The changes that `sink` asks for, as changes of the JSON text: moved to where the strings were written and
/// escaped as deep as they stand. What `skip` names, by its path and whether it is an object or array, is left out with
/// everything in it.
///
/// # Errors
/// When the text is not JSON or is nested too deep.
pub(super) fn edits(
    text: &str,
    skip: &dyn Fn(&[Segment<'_>], bool) -> bool,
    sink: &mut dyn Sink,
) -> Result<Vec<Edit>, JsonError> {
    below(&[], text, LEVELS, skip, sink)
}

/// As [`edits`], for a text that is not JSON as a whole.
pub(super) fn text_edits(
    text: &str,
    skip: &dyn Fn(&[Segment<'_>], bool) -> bool,
    sink: &mut dyn Sink,
) -> Vec<Edit> {
    pieces(&[], text, LEVELS, skip, sink)
}

/// The changes in a string that is no document as a whole: the documents in it (one a line, behind
/// the time in a log, in a fenced block) are read as such, what stands between them as text.
fn pieces(
    path: &[Segment<'_>],
    text: &str,
    levels: usize,
    skip: &dyn Fn(&[Segment<'_>], bool) -> bool,
    sink: &mut dyn Sink,
) -> Vec<Edit> {
    if levels > 0
        && let Some(packed) = Packed::open(text)
    {
        return match sink.packed(path, text, &packed) {
            Some(whole) => {
                unpacked(path, &packed, levels, skip, &mut Unheard(sink));
                whole
            }
            None => repacked(&packed, text.len(), &unpacked(path, &packed, levels, skip, sink)),
        };
    }
    // Without one of these there are neither documents in it nor parts of a letter.
    if levels == 0 || !text.bytes().any(|byte| matches!(byte, b'{' | b'[' | b'=' | b'\n')) {
        return sink.string(path, Spot::Value, text);
    }
    let opens = memchr::memchr2(b'{', b'[', text.as_bytes()).is_some();
    let documents = if opens { lines::documents(text) } else { Vec::new() };
    let part = |part: Range<usize>| Some((part.clone(), Packed::part(text.get(part)?)?));
    let parts: Vec<_> = packed::parts(text).into_iter().filter_map(part).collect();
    let apart = |document: &Range<usize>| {
        let next = parts.partition_point(|(part, _)| part.end <= document.start);
        parts.get(next).is_none_or(|(part, _)| document.end <= part.start)
    };
    let mut documents: Vec<_> =
        documents.into_iter().filter(apart).map(|document| (document, None)).collect();
    documents.extend(parts.into_iter().map(|(part, packed)| (part, Some(packed))));
    documents.sort_unstable_by_key(|(document, _)| document.start);
    if documents.is_empty() {
        return sink.string(path, Spot::Value, text);
    }
    let mut edits = Vec::new();
    let mut add = |start: usize, found: Vec<Edit>| {
        let moved =
            |edit: Edit| Edit { range: edit.range.start + start..edit.range.end + start, text: edit.text };
        edits.extend(found.into_iter().map(moved));
    };
    let embedded: Vec<_> = path.iter().map(Segment::borrow).chain([Segment::Embedded]).collect();
    let mut end = 0;
    for (document, packed) in documents {
        let between = text.get(end..document.start).unwrap_or_default();
        let mut found = sink.string(path, Spot::Value, between);
        // What stands before a packed word says how it is written, and a pseudonym in its place would touch it.
        found.retain(|edit| packed.is_none() || edit.range.end < between.len());
        add(end, found);
        let inner = text.get(document.clone()).unwrap_or_default();
        if let Some(packed) = packed {
            let changes = inside(&embedded, &packed.text, levels - 1, skip, sink);
            add(document.start, repacked(&packed, inner.len(), &changes));
            end = document.end;
            continue;
        }
        let inside = below(&embedded, inner, levels - 1, skip, sink);
        // What is no document after all is a text.
        add(document.start, inside.unwrap_or_else(|_| sink.string(path, Spot::Value, inner)));
        end = document.end;
    }
    add(end, sink.string(path, Spot::Value, text.get(end..).unwrap_or_default()));
    edits
}

/// The changes in a packed text. It stands where the string stands that it is packed in, unless it is a document.
fn unpacked(
    path: &[Segment<'_>],
    packed: &Packed,
    levels: usize,
    skip: &dyn Fn(&[Segment<'_>], bool) -> bool,
    sink: &mut dyn Sink,
) -> Vec<Edit> {
    if levels > 1 && is_document(&packed.text) {
        let embedded = [Segment::Embedded, Segment::Embedded];
        let path: Vec<_> = path.iter().map(Segment::borrow).chain(embedded).collect();
        return below(&path, &packed.text, levels - 2, skip, sink).unwrap_or_default();
    }
    pieces(path, &packed.text, levels - 1, skip, sink)
}

/// The changes in a packed text, as one change of the whole of it.
fn repacked(packed: &Packed, length: usize, changes: &[Edit]) -> Vec<Edit> {
    if changes.is_empty() {
        return Vec::new();
    }
    vec![Edit { range: 0..length, text: packed.pack(&json::splice(&packed.text, changes)) }]
}

/// A sink that only hears how many strings there are.
struct Unheard<'s>(&'s mut dyn Sink);

impl Sink for Unheard<'_> {
    fn instead(&mut self, path: &[Segment<'_>], string: bool, text: &str) -> Option<Option<String>> {
        self.0.instead(path, string, text)
    }

    fn packed(&mut self, _path: &[Segment<'_>], _text: &str, _packed: &Packed) -> Option<Vec<Edit>> {
        self.0.pass();
        None
    }

    fn pass(&mut self) {
        self.0.pass();
    }

    fn string(&mut self, _path: &[Segment<'_>], spot: Spot, _text: &str) -> Vec<Edit> {
        if spot == Spot::Value {
            self.0.pass();
        }
        Vec::new()
    }
}

/// The changes in a string, which may be a document.
fn inside(
    path: &[Segment<'_>],
    text: &str,
    levels: usize,
    skip: &dyn Fn(&[Segment<'_>], bool) -> bool,
    sink: &mut dyn Sink,
) -> Vec<Edit> {
    if levels > 0 && is_document(text) {
        let path: Vec<_> = path.iter().map(Segment::borrow).chain([Segment::Embedded]).collect();
        below(&path, text, levels - 1, skip, sink).unwrap_or_default()
    } else {
        pieces(path, text, levels, skip, sink)
    }
}

/// Whether a string holds a JSON object or array of its own.
pub(super) fn is_document(text: &str) -> bool {
    text.trim_start().starts_with(['{', '['])
        && text.len() > 2
        && json::walk(text, Duplicates::Allow, &mut |_, _| {}).is_ok()
}

fn below(
    path: &[Segment<'_>],
    text: &str,
    levels: usize,
    skip: &dyn Fn(&[Segment<'_>], bool) -> bool,
    sink: &mut dyn Sink,
) -> Result<Vec<Edit>, JsonError> {
    let mut edits = Vec::new();
    // The path length of the container that is being skipped.
    let mut skipped = None;
    json::walk_below(path, text, Duplicates::Allow, &mut |path, event| {
        if skipped.is_some() {
            if skipped == Some(path.len()) && matches!(event, Event::Close) {
                skipped = None;
            }
            return;
        }
        let opens = matches!(event, Event::Open);
        if skip(path, opens || matches!(event, Event::Close)) {
            if opens {
                skipped = Some(path.len());
            }
            return;
        }
        match event {
            Event::Open => sink.open(path),
            Event::Close => sink.close(path),
            Event::Other(raw) => {
                let at = raw.as_ptr() as usize - text.as_ptr() as usize;
                if let Some(Some(other)) = sink.instead(path, false, raw) {
                    edits.push(Edit { range: at..at + raw.len(), text: other });
                }
            }
            Event::Key(raw) => {
                let key = raw.decode();
                let changes = sink.string(path, Spot::Key, key.as_str());
                edits.extend(changes.iter().map(|edit| key.lift(edit)));
            }
            Event::String(raw) => {
                let value = raw.decode();
                let changes = match sink.instead(path, true, value.as_str()) {
                    Some(other) => {
                        let whole = 0..value.as_str().len();
                        other.into_iter().map(|text| Edit { range: whole.clone(), text }).collect()
                    }
                    None => inside(path, value.as_str(), levels, skip, sink),
                };
                edits.extend(changes.iter().map(|edit| value.lift(edit)));
            }
        }
    })?;
    Ok(edits)
}
