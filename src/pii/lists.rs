//! Lists of words that are written in this crate, for looking them up.

use std::collections::HashMap;
use std::sync::LazyLock;

use rustc_hash::FxBuildHasher;

/// Words and what they are, as bits. Hashed without a key: what is in it is not from outside, so nobody can make looking
/// slow.
pub(super) struct Lists {
    words: HashMap<&'static [u8], u32, FxBuildHasher>,
    /// By the first and the last byte of words, their lengths as bits: most of what is looked up is on no list.
    lengths: Box<[u32]>,
}

/// Lists that are made when they are first needed.
pub(super) type Lazy = LazyLock<Lists>;

impl Lists {
    /// Of lists of words that space separates, each with the bit of what its words are.
    pub(super) fn new(lists: &[(&'static str, u32)]) -> Self {
        let mut all = Self { words: HashMap::default(), lengths: vec![0; 256].into() };
        for (list, bit) in lists {
            for word in list.split_ascii_whitespace().map(str::as_bytes) {
                *all.words.entry(word).or_default() |= bit;
                let (place, length) = mark(word);
                if let Some(lengths) = all.lengths.get_mut(place) {
                    *lengths |= length;
                }
            }
        }
        all
    }

    /// Of one list.
    pub(super) fn of(list: &'static str) -> Self {
        Self::new(&[(list, 1)])
    }

    /// What a word is; nothing when it is on no list.
    pub(super) fn get(&self, word: impl AsRef<[u8]>) -> u32 {
        self.find(word.as_ref()).unwrap_or_default()
    }

    /// Whether a word is on any of the lists.
    pub(super) fn contains(&self, word: impl AsRef<[u8]>) -> bool {
        self.find(word.as_ref()).is_some()
    }

    fn find(&self, word: &[u8]) -> Option<u32> {
        let (place, length) = mark(word);
        let may_be = self.lengths.get(place).is_some_and(|lengths| lengths & length > 0);
        if may_be { self.words.get(word).copied() } else { None }
    }
}

/// Where the length of a word is marked, and how.
fn mark(word: &[u8]) -> (usize, u32) {
    let byte = |byte: Option<&u8>| byte.map_or(0, |byte| usize::from(*byte));
    ((byte(word.first()) * 29 + byte(word.last())) & 255, 1 << (word.len() & 31))
}

#[cfg(test)]
impl Lists {
    /// All words.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.words.keys().filter_map(|word| std::str::from_utf8(word).ok())
    }
}
