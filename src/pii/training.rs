//! For `tools/names` alone: makes the tagger's files and shows it a corpus. Nothing that is shipped has it.
//!
//! In a document of the corpus each name stands between [`OPEN`] and [`CLOSE`].

use std::ops::Range;

use rustc_hash::FxHashSet;

use super::columns::Columns;
use super::deep::{self, Sink, Spot};
use super::detect;
use super::fields;
use super::learn::Learner;
use super::learnt::Learnt;
use super::looks::Looks;
use super::people::People;
use super::policy::Policy;
use super::second::{Locals, Sources};
use super::tagger;
use crate::json::{Edit, JsonError, Segment};

/// Before a name.
pub const OPEN: char = '\u{e000}';
/// Behind a name.
pub const CLOSE: char = '\u{e001}';

/// How many numbers features have.
pub const NUMBERS: usize = 1 << tagger::make::BITS;

/// The word list's file, of words in lower case without marks and what they are.
pub fn lexicon(words: &[(String, u8)]) -> Vec<u8> {
    tagger::make::lexicon(words)
}

/// What a weight may be, apart from its sign.
pub const LEVELS: [i8; 8] = tagger::weights::LEVELS;

/// The weights' file, of weights that are nothing or of a level.
pub fn packed(weights: &[i8]) -> Vec<u8> {
    tagger::weights::packed(weights)
}

/// The weights that a file has.
pub fn unpacked(packed: &[u8]) -> Vec<i8> {
    tagger::weights::unpacked(packed)
}

/// Shows each word of a document that might be part of a name, in order: its features, its letters, and whether it is. The answer
/// is what the tagger goes on with: more than nothing for a name.
///
/// # Errors
/// When the document is said to be JSON and is not.
pub fn examples(
    document: &str,
    json: bool,
    judge: &mut dyn FnMut(&[u32], &str, bool) -> i32,
) -> Result<(), JsonError> {
    let (plain, _) = unmarked(document);
    let policy = Policy::default();
    let (mut people, mut learnt) = (People::default(), Learnt::default());
    let (mut locals, mut looks) = (Locals::default(), Looks::default());
    let skip = |_: &[Segment<'_>], _: bool| false;
    let walk = |text: &str, sink: &mut dyn Sink| {
        if json {
            deep::edits(text, &skip, sink).map(drop)
        } else {
            Ok(drop(deep::text_edits(text, &skip, sink)))
        }
    };
    let mut learner = Learner::new(&policy, &mut people, &mut learnt, &mut locals, &mut looks);
    walk(&plain, &mut learner)?;
    let fields = learner.strings().names;
    let columns = Columns::default();
    walk(document, &mut Shown { fields, columns, strings: 0, people: &people, locals: &locals, judge })
}

struct Shown<'s> {
    fields: FxHashSet<usize>,
    columns: Columns,
    strings: usize,
    people: &'s People,
    locals: &'s Locals,
    judge: &'s mut dyn FnMut(&[u32], &str, bool) -> i32,
}

impl Sink for Shown<'_> {
    fn string(&mut self, path: &[Segment<'_>], spot: Spot, text: &str) -> Vec<Edit> {
        if spot == Spot::Key && text.contains(' ') {
            show(text, None, self.people, self.locals, self.judge);
        }
        if spot == Spot::Value {
            self.strings += 1;
            let head = self.columns.cell(path, text).map(|(head, _)| head);
            if !self.fields.contains(&self.strings) {
                let key = head.or(fields::nearest_key(path)).and_then(detect::announcing);
                show(text, key, self.people, self.locals, self.judge);
            }
        }
        Vec::new()
    }
}

fn show(
    text: &str,
    key: Option<&str>,
    people: &People,
    locals: &Locals,
    judge: &mut dyn FnMut(&[u32], &str, bool) -> i32,
) {
    let (plain, names) = unmarked(text);
    if !tagger::worth(&plain) {
        return;
    }
    tagger::tag(&plain, key, &Sources::of(people, locals), &mut |numbers, range| {
        let next = names.partition_point(|name| name.end <= range.start);
        let word = plain.get(range.clone()).unwrap_or_default();
        judge(numbers, word, names.get(next).is_some_and(|name| name.start <= range.start))
    });
}

/// A text without its marks, and where the names in it are.
fn unmarked(text: &str) -> (String, Vec<Range<usize>>) {
    let (mut plain, mut names, mut start) = (String::with_capacity(text.len()), Vec::new(), 0);
    for char in text.chars() {
        match char {
            OPEN => start = plain.len(),
            CLOSE => names.push(start..plain.len()),
            char => plain.push(char),
        }
    }
    (plain, names)
}
