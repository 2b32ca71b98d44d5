//! What the recognizers found in a string, remembered: a document is looked through several times, and most of its
//! strings do not change in between.

use std::hash::BuildHasher as _;
use std::ops::Range;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::Kind;
use super::detect;
use super::keyed::Keyed;
use super::label::{self, Labelled};
use super::learnt::Learnt;
use super::traits::Traits;

/// A part of a string that is spoken for, [`None`] for what is left as it is.
pub(super) type Span = (Range<usize>, Option<Kind>);

/// The finds by string and key. Strings are told apart by a hash with a key of its own, so that nobody can make one that
/// is taken for another.
#[derive(Default)]
pub(super) struct Looks {
    finds: FxHashMap<u64, Rc<[Span]>>,
    /// The names behind labels, by string.
    labels: FxHashMap<u64, Rc<[Labelled]>>,
    key: Keyed,
}

/// More strings are not remembered at a time.
const MOST: usize = 1 << 14;

impl Looks {
    /// Learns the values in a string that only their surroundings tell, when it is looked at for the first time.
    pub(super) fn learn(&mut self, text: &str, has: Traits, key: Option<&str>, learnt: &mut Learnt) {
        let mark = self.key.hash_one((text, key));
        if self.finds.contains_key(&mark) {
            return;
        }
        let found = detect::found(text, has, key, &mut |kind, range| {
            if let Some(value) = text.get(range) {
                learnt.learn(kind, value);
            }
        });
        self.keep(mark, found.into());
    }

    /// What the recognizers find in a string, ascending and apart.
    pub(super) fn find(&mut self, text: &str, has: Traits, key: Option<&str>) -> Rc<[Span]> {
        let mark = self.key.hash_one((text, key));
        if let Some(found) = self.finds.get(&mark) {
            return Rc::clone(found);
        }
        let found: Rc<[Span]> = detect::found(text, has, key, &mut |_, _| {}).into();
        self.keep(mark, Rc::clone(&found));
        found
    }

    /// The names behind labels in a string, ascending and apart.
    pub(super) fn labels(&mut self, text: &str, has: Traits) -> Rc<[Labelled]> {
        if !label::may_be_in(has) {
            return Rc::default();
        }
        let mark = self.key.hash_one(text);
        if let Some(labels) = self.labels.get(&mark) {
            return Rc::clone(labels);
        }
        let labels: Rc<[Labelled]> = label::names(text, has).into();
        if self.labels.len() >= MOST {
            self.labels.clear();
        }
        self.labels.insert(mark, Rc::clone(&labels));
        labels
    }

    fn keep(&mut self, mark: u64, found: Rc<[Span]>) {
        if self.finds.len() >= MOST {
            self.finds.clear();
        }
        self.finds.insert(mark, found);
    }
}
