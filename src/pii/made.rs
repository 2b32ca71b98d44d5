//! User names that are made of somebody's name: `jsmith`, `smithja`, `janesmith`, `jane_smi`, `jan.smith7` beside
//! "Jane Smith".
//!
//! Made of the beginnings of the first and the last word, in either order: one of them whole, or of each at least three
//! letters. What is a word by itself is none.

use std::collections::HashSet;
use std::ops::Range;

use super::fields::Letters;
use super::tagger::{self, Hash};
use super::words;

/// The letters of user names that are made of the names that are known, by their hashes.
#[derive(Default)]
pub(super) struct Made {
    hashes: HashSet<u64>,
    names: usize,
}

/// Of so many names; more of them are a directory, where a field says what is a user name.
const MOST: usize = 256;
/// A user name has so many letters.
const LENGTHS: std::ops::RangeInclusive<usize> = 6..=32;
/// What is left of a name that is not whole in it, in letters.
const SHORTEST: usize = 3;
const LONGEST: usize = 5;

impl Made {
    /// Knows a name by its words.
    pub(super) fn learn(&mut self, name: &[String]) {
        let (Some(first), Some(last)) = (name.first(), name.get(1..).and_then(<[String]>::last)) else {
            return;
        };
        let (first, last) = (Letters::of(first), Letters::of(last));
        let (first, last) = (first.as_str(), last.as_str());
        if first.contains('?') || last.contains('?') || last.len() < 2 {
            return;
        }
        // One that is known already counts once.
        if self.names >= MOST || !self.add(first, last) {
            return;
        }
        self.names += 1;
        for (head, tail) in [(first, last), (last, first)] {
            self.add(head, tail);
            for length in 1..=LONGEST {
                self.add(head, tail.get(..length).unwrap_or(tail));
                self.add(head.get(..length).unwrap_or(head), tail);
                for other in SHORTEST..=LONGEST {
                    if length >= SHORTEST
                        && let (Some(head), Some(tail)) = (head.get(..length), tail.get(..other))
                    {
                        self.add(head, tail);
                    }
                }
            }
        }
    }

    /// Adds letters; answers whether they are new.
    fn add(&mut self, head: &str, tail: &str) -> bool {
        if LENGTHS.contains(&(head.len() + tail.len())) {
            let hash =
                head.bytes().chain(tail.bytes()).fold(Hash::EMPTY, |hash, byte| hash.with(u32::from(byte)));
            return self.hashes.insert(hash.0);
        }
        false
    }

    /// Where such user names stand, ascending and apart.
    pub(super) fn find(&self, text: &str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        if self.hashes.is_empty() {
            return found;
        }
        let inside = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(byte);
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(begin) = bytes.get(at..).and_then(|rest| rest.iter().position(u8::is_ascii_lowercase))
        {
            let start = at + begin;
            let length =
                bytes.get(start..).unwrap_or_default().iter().take_while(|byte| inside(byte)).count();
            let end = start + length;
            at = end;
            let free = |char: Option<char>| !char.is_some_and(|char| char.is_alphanumeric() || char == '_');
            let before = text.get(..start).and_then(|before| before.chars().next_back());
            let behind = text.get(end..).and_then(|behind| behind.chars().next());
            let value = text.get(start..end).unwrap_or_default().trim_end_matches(['.', '_', '-']);
            if free(before) && free(behind) && self.holds(value) {
                found.push(start..start + value.len());
            }
        }
        found
    }

    fn holds(&self, value: &str) -> bool {
        let name = value.trim_end_matches(|char: char| char.is_ascii_digit());
        let letters = || name.bytes().filter(u8::is_ascii_lowercase);
        LENGTHS.contains(&letters().count())
            && !name.bytes().any(|byte| byte.is_ascii_digit())
            && self.hashes.contains(&letters().fold(Hash::EMPTY, |hash, byte| hash.with(u32::from(byte))).0)
            && !is_word(&letters().map(char::from).collect::<String>())
    }
}

fn is_word(letters: &str) -> bool {
    words::common(letters) || tagger::is_word(letters)
}

#[cfg(test)]
mod tests {
    use super::Made;
    use proptest::prelude::*;

    fn made(first: &str, last: &str) -> Made {
        let mut made = Made::default();
        made.learn(&[first.to_owned(), last.to_owned()]);
        made
    }

    #[test]
    fn what_is_made_of_a_name_is_found() {
        let made = made("Zeynep", "Öztürk");
        for name in ["zeynepozturk", "zozturk", "ozturkze", "zeyoztur", "zeynep_ozt", "z.ozturk7", "zeynep-o"]
        {
            let text = format!("see https://github.com/{name}/x, ({name})");
            let found: Vec<&str> = made.find(&text).into_iter().map(|range| &text[range]).collect();
            assert_eq!(found, [name, name], "{text}");
        }
        for text in ["zeozt zeynep ozturk xzozturk zozturks zozturk.de Zozturk zozturk_x 7zozturk", "ze oz"] {
            assert!(made.find(text).is_empty(), "{text}: {:?}", made.find(text));
        }
    }

    #[test]
    fn a_word_is_none() {
        assert!(made("Jan", "Uarymann").find("in january we met").is_empty());
        assert!(made("Pat", "Chen").find("on patch-1 and patch2").is_empty());
        assert!(made("Ben", "Chen").find("on the bench").is_empty());
        assert!(made("Stat", "Usberg").find("the status of it").is_empty());
    }

    proptest! {
        #[test]
        fn arbitrary_text_never_panics(text in "[a-c0-9._é -]{0,40}", first in "[a-cé]{0,6}", last in "[a-c]{0,6}") {
            made(&first, &last).find(&text);
        }
    }
}
