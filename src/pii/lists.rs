//! Lists of words that are written in this crate, for looking them up.

use std::collections::HashMap;
use std::sync::LazyLock;

use rustc_hash::FxBuildHasher;

/// Words and what they are, as bits. Hashed without a key: what is in it is not from outside, so nobody can make looking
/// slow.
pub(super) struct Lists(HashMap<&'static [u8], u32, FxBuildHasher>);

/// Lists that are made when they are first needed.
pub(super) type Lazy = LazyLock<Lists>;

impl Lists {
    /// Of lists of words that space separates, each with the bit of what its words are.
    pub(super) fn new(lists: &[(&'static str, u32)]) -> Self {
        let mut all: HashMap<&[u8], u32, FxBuildHasher> = HashMap::default();
        for (list, bit) in lists {
            for word in list.split_ascii_whitespace() {
                *all.entry(word.as_bytes()).or_default() |= bit;
            }
        }
        Self(all)
    }

    /// Of one list.
    pub(super) fn of(list: &'static str) -> Self {
        Self::new(&[(list, 1)])
    }

    /// What a word is; nothing when it is on no list.
    pub(super) fn get(&self, word: impl AsRef<[u8]>) -> u32 {
        self.0.get(word.as_ref()).copied().unwrap_or_default()
    }

    /// Whether a word is on any of the lists.
    pub(super) fn contains(&self, word: impl AsRef<[u8]>) -> bool {
        self.0.contains_key(word.as_ref())
    }
}

#[cfg(test)]
impl Lists {
    /// All words.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.0.keys().filter_map(|word| std::str::from_utf8(word).ok())
    }
}
