//! Pseudonyms become values again.

use std::collections::HashSet;

use super::deep::{self, Sink, Spot};
use super::pseudonym::{self, Pseudonym};
use crate::json::{self, Edit, JsonError, Segment};

/// Every pseudonym-shaped text in a JSON document (in its strings and keys, also in JSON that strings hold) or in
/// any other text, each once, in the order of first sight. Those whose check is wrong are told as such: a call
/// that holds one must be refused.
pub fn pseudonyms(json_or_text: &str) -> Vec<Pseudonym> {
    let mut collector = Collector { seen: HashSet::new(), pseudonyms: Vec::new() };
    if deep::edits(json_or_text, &|_, _| false, &mut collector).is_err() {
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
        for pseudonym in found.into_iter().map(|(_, pseudonym)| pseudonym).chain(mangled) {
            if self.seen.insert(pseudonym.text.clone()) {
                self.pseudonyms.push(pseudonym);
            }
        }
    }
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
        pseudonym::find(text)
            .into_iter()
            .filter(|(_, pseudonym)| pseudonym.valid)
            .filter_map(|(range, pseudonym)| {
                (self.values)(&pseudonym.text).map(|value| Edit { range, text: value.to_owned() })
            })
            .collect()
    }
}

impl Sink for Giver<'_, '_> {
    fn string(&mut self, _path: &[Segment<'_>], _spot: Spot, text: &str) -> Vec<Edit> {
        self.edits(text)
    }
}
