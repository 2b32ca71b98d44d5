//! What the recognizers found in a string, remembered: a document is looked through several times, and most of its
//! strings do not change in between.

use std::hash::BuildHasher as _;
use std::ops::Range;
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::Kind;
use super::detect;
use super::fields::Keys;
use super::keyed::Keyed;
use super::label::{self, Labelled};
use super::learnt::Learnt;
use super::tagger::Hash;
use super::traits::Traits;
use super::view::View;

/// A part of a string that is spoken for, [`None`] for what is left as it is.
pub(super) type Span = (Range<usize>, Option<Kind>);

/// The finds by string and key. Strings are told apart by a hash with a key of its own, so that nobody can make one that
/// is taken for another.
#[derive(Default)]
pub(super) struct Looks {
    pub(super) keys: Keys,
    finds: FxHashMap<u64, Rc<[Span]>>,
    /// The names behind labels, by string.
    labels: FxHashMap<u64, Rc<[Labelled]>>,
    /// The strings, with their keys, that teach nobody's name.
    dull: FxHashSet<u64>,
    /// The strings, with their keys, in which the tagger finds no name as long as it is told nothing of these words.
    nameless: FxHashMap<u64, Box<[Hash]>>,
    /// What the longer strings have that are seen as they are written.
    plain: FxHashMap<u64, Traits>,
    /// What most of them share.
    nothing: Rc<[Span]>,
    nobody: Rc<[Labelled]>,
    key: Keyed,
}

/// A shorter string is read as fast as it is found again, in bytes.
const LONG: usize = 64;

/// More strings are not remembered at a time.
const MOST: usize = 1 << 14;

impl Looks {
    /// What a string is known by here.
    pub(super) fn mark(&self, text: &str) -> u64 {
        self.key.hash_one(text)
    }

    /// What a string with this mark is known by under a key.
    pub(super) fn under(&self, mark: u64, key: Option<&str>) -> u64 {
        self.key.hash_one((mark, key))
    }

    /// What a string with this mark has, and how it is seen when that is not as it is written.
    pub(super) fn read(&mut self, text: &str, mark: u64) -> (Traits, Option<View>) {
        let long = text.len() >= LONG;
        if long && let Some(has) = self.plain.get(&mark) {
            return (*has, None);
        }
        let mut has = Traits::of(text);
        has.mark = Some(mark);
        let view = View::of(text, has);
        if long && view.is_none() {
            if self.plain.len() >= MOST {
                self.plain.clear();
            }
            self.plain.insert(mark, has);
        }
        (has, view)
    }

    /// Whether a string teaches nobody's name, and was looked at for all else.
    pub(super) fn dull(&self, mark: u64) -> bool {
        self.dull.contains(&mark)
    }

    pub(super) fn note_dull(&mut self, mark: u64) {
        if self.dull.len() >= MOST {
            self.dull.clear();
        }
        self.dull.insert(mark);
    }

    /// Whether the tagger is known to find no name in a string, as long as it is told nothing of the words that it asks
    /// for.
    pub(super) fn nameless(&self, mark: u64, told: impl Fn(Hash) -> bool) -> bool {
        self.nameless.get(&mark).is_some_and(|asked| !asked.iter().any(|word| told(*word)))
    }

    pub(super) fn note_nameless(&mut self, mark: u64, asked: Vec<Hash>) {
        if self.nameless.len() >= MOST {
            self.nameless.clear();
        }
        self.nameless.insert(mark, asked.into());
    }

    /// Learns the values in a string that only their surroundings tell, when it is looked at for the first time.
    pub(super) fn learn(&mut self, text: &str, has: Traits, key: Option<&str>, learnt: &mut Learnt) {
        if detect::is_bare(text, has, key) {
            return;
        }
        let mark = self.under(self.known(text, has), key);
        if self.finds.contains_key(&mark) {
            return;
        }
        let found = detect::found(text, has, key, &mut |kind, range| {
            if let Some(value) = text.get(range) {
                learnt.learn(kind, value);
            }
        });
        self.keep(mark, found);
    }

    /// What the recognizers find in a string, ascending and apart.
    pub(super) fn find(&mut self, text: &str, has: Traits, key: Option<&str>) -> Rc<[Span]> {
        if detect::is_bare(text, has, key) {
            return Rc::clone(&self.nothing);
        }
        let mark = self.under(self.known(text, has), key);
        if let Some(found) = self.finds.get(&mark) {
            return Rc::clone(found);
        }
        self.keep(mark, detect::found(text, has, key, &mut |_, _| {}))
    }

    /// The names behind labels in a string, ascending and apart.
    pub(super) fn labels(&mut self, text: &str, has: Traits) -> Rc<[Labelled]> {
        if !label::may_be_in(has) {
            return Rc::clone(&self.nobody);
        }
        let mark = self.known(text, has);
        if let Some(labels) = self.labels.get(&mark) {
            return Rc::clone(labels);
        }
        let labels = shared(label::names(text, has), &self.nobody);
        if self.labels.len() >= MOST {
            self.labels.clear();
        }
        self.labels.insert(mark, Rc::clone(&labels));
        labels
    }

    fn known(&self, text: &str, has: Traits) -> u64 {
        has.mark.unwrap_or_else(|| self.mark(text))
    }

    fn keep(&mut self, mark: u64, found: Vec<Span>) -> Rc<[Span]> {
        if self.finds.len() >= MOST {
            self.finds.clear();
            self.dull.clear();
        }
        let found = shared(found, &self.nothing);
        self.finds.insert(mark, Rc::clone(&found));
        found
    }
}

/// What was found, to be kept; most often that is nothing.
fn shared<T>(found: Vec<T>, nothing: &Rc<[T]>) -> Rc<[T]> {
    if found.is_empty() { Rc::clone(nothing) } else { found.into() }
}
