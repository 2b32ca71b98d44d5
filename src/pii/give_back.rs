//! Pseudonyms become values again.

use std::collections::HashSet;
use std::ops::Range;

use super::deep::{self, Sink, Spot};
use super::encoded::{Encoding, in_uri};
use super::pseudonym::{self, Pseudonym};
use super::traits::Traits;
use super::view::View;
use crate::json::{self, Edit, JsonError, Segment};

/// Every pseudonym-shaped text in a JSON document (in its strings and keys, also in JSON that strings hold) or in
/// any other text, each once, in the order of first sight. Those whose check is wrong are told as such: a call
/// that holds one must be refused.
pub fn pseudonyms(json_or_text: &str) -> Vec<Pseudonym> {
    let mut collector = Collector { seen: HashSet::new(), pseudonyms: Vec::new() };
    if deep::edits(json_or_text, &|_, _| false, &mut collector).is_err() {
        // What was read of it before it turned out to be none was not read as it is meant.
        collector = Collector { seen: HashSet::new(), pseudonyms: Vec::new() };
        deep::text_edits(json_or_text, &|_, _| false, &mut collector);
    }
    collector.pseudonyms
}

/// Puts values in the place of pseudonyms in every string and key of a JSON document, escaped as deep as they
/// stand. `values` is asked with the canonical pseudonym; where it has none, the text stays. What `exempt` names
/// is left alone with everything in it.
///
/// # Errors
/// When the text is not JSON or is nested too deep.
pub fn give_back_json<'v>(
    text: &str,
    values: &dyn Fn(&str) -> Option<&'v str>,
    exempt: &dyn Fn(&[Segment<'_>]) -> bool,
) -> Result<String, JsonError> {
    let edits = deep::edits(text, &|path, _| exempt(path), &mut Giver { values })?;
    Ok(json::splice(text, &edits))
}

/// Puts values in the place of pseudonyms in a text that is not JSON as a whole; escaped in the JSON that it holds.
pub fn give_back_text<'v>(text: &str, values: &dyn Fn(&str) -> Option<&'v str>) -> String {
    json::splice(text, &deep::text_edits(text, &|_, _| false, &mut Giver { values }))
}

struct Collector {
    seen: HashSet<String>,
    pseudonyms: Vec<Pseudonym>,
}

impl Collector {
    fn look(&mut self, text: &str) {
        let found = pseudonym::find(text);
        let mangled = pseudonym::mangled(text, &found);
        found.into_iter().map(|(_, pseudonym)| pseudonym).chain(mangled).for_each(|found| self.add(found));
        encoded(text).into_iter().for_each(|(_, _, pseudonym)| self.add(pseudonym));
    }

    fn add(&mut self, pseudonym: Pseudonym) {
        if self.seen.insert(pseudonym.text.clone()) {
            self.pseudonyms.push(pseudonym);
        }
    }
}

/// The addresses whose sign is encoded (`...%40email.invalid`), where a value must be encoded too.
fn encoded(text: &str) -> Vec<(Range<usize>, Encoding, Pseudonym)> {
    let Some(view) = View::of(text, Traits::of(text)) else { return Vec::new() };
    let found = pseudonym::find(&view.text).into_iter();
    let encoded = found.filter_map(|(range, pseudonym)| {
        let (symbols, _) = view.text.get(range.clone())?.split_once('@')?;
        let sign = range.start + symbols.len();
        let encoding = view.encoding(&(sign..sign + 1), text)?;
        let [written] = &view.written(&range, text)[..] else { return None };
        text.get(written.clone())?.starts_with(symbols).then(|| (written.clone(), encoding, pseudonym))
    });
    encoded.collect()
}

impl Sink for Collector {
    fn string(&mut self, _path: &[Segment<'_>], _spot: Spot, text: &str) -> Vec<Edit> {
        self.look(text);
        Vec::new()
    }
}

struct Giver<'f, 'v> {
    values: &'f dyn Fn(&str) -> Option<&'v str>,
}

impl Giver<'_, '_> {
    fn edits(&self, text: &str) -> Vec<Edit> {
        let found = |text: &str| pseudonym::find(text).into_iter().filter(|(_, pseudonym)| pseudonym.valid);
        let value = |pseudonym: &Pseudonym| (self.values)(&pseudonym.text);
        let mut edits: Vec<Edit> = found(text)
            .filter_map(|(range, pseudonym)| {
                let value = value(&pseudonym)?;
                let text = if in_uri(text, range.start) { as_part(value) } else { value.to_owned() };
                Some(Edit { range, text })
            })
            .collect();
        for (range, encoding, pseudonym) in encoded(text).into_iter().filter(|(_, _, found)| found.valid) {
            if let Some(value) = value(&pseudonym) {
                edits.push(Edit { range, text: encoding.write(value) });
            }
        }
        edits.sort_by_key(|edit| edit.range.start);
        edits
    }
}

/// A value as a part of a URI (RFC 3986, section 2.2): what would begin another part is encoded, so that nobody who may
/// write a value writes parameters into the calls of others. All else stays as it stood there.
fn as_part(value: &str) -> String {
    let mut written = String::with_capacity(value.len() + 8);
    let mut copied = 0;
    // A path that leads elsewhere.
    let climbs = value.split('/').any(|part| part == "..");
    for (at, char) in value.char_indices() {
        // A reference of HTML stood there as such.
        if char == '&'
            && let Some(length) =
                value.get(at..).and_then(|rest| rest.bytes().take(10).position(|byte| byte == b';'))
            && value
                .get(at + 1..at + length)
                .is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'#'))
        {
            copied = at + length + 1;
        }
        match char {
            _ if at < copied => written.push(char),
            '&' | '#' | '?' | '"' | '<' | '>' => {
                written.push_str(&Encoding::Percent.write(char.encode_utf8(&mut [0; 4])));
            }
            '/' if climbs => written.push_str("%2F"),
            other => written.push(other),
        }
    }
    written
}

impl Sink for Giver<'_, '_> {
    fn string(&mut self, _path: &[Segment<'_>], _spot: Spot, text: &str) -> Vec<Edit> {
        self.edits(text)
    }
}
