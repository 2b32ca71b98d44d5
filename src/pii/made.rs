//! User names that are made of somebody's name: `jsmith`, `smithja`, `janesmith`, `jane_smi`, `jan.smith7` beside
//! "Jane Smith".
//!
//! Made of the beginnings of the first and the last word, in either order: one of them whole, or of each at least three
//! letters. What is a word by itself is none.

use std::ops::Range;

use super::fields::Letters;
use super::phrases::{Pairs, pair};
use super::tagger;
use super::words;

/// The names that user names are made of.
#[derive(Default)]
pub(super) struct Made {
    names: Vec<Name>,
    /// Which of them begin with which pair of letters, and whether their last word does; ascending.
    pairs: Vec<(usize, usize, bool)>,
    /// How user names of them begin.
    begin: Pairs,
}

/// The letters of the first and the last word of a name.
#[derive(PartialEq, Eq)]
struct Name {
    first: Box<[u8]>,
    last: Box<[u8]>,
}

/// Of so many names; more of them are a directory, where a field says what is a user name.
const MOST: usize = 256;
/// A user name has so many letters.
const LENGTHS: std::ops::RangeInclusive<usize> = 4..=32;
/// One with fewer may be a name of somebody else by itself.
const SURE: usize = 6;
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
        let (first, last) = (first.as_bytes(), last.as_bytes());
        if first.contains(&b'?') || last.contains(&b'?') || last.len() < 2 {
            return;
        }
        // One that is known already counts once.
        let name = Name { first: first.into(), last: last.into() };
        if self.names.len() >= MOST
            || !LENGTHS.contains(&(first.len() + last.len()))
            || self.names.contains(&name)
        {
            return;
        }
        for (head, tail, turned) in [(first, last, false), (last, first, true)] {
            let (Some(begin), Some(next)) = (head.first(), tail.first()) else { continue };
            for second in [head.get(1).unwrap_or(next), next] {
                self.begin.add(*begin, *second);
                let known = (pair(*begin, *second), self.names.len(), turned);
                if let Err(place) = self.pairs.binary_search(&known) {
                    self.pairs.insert(place, known);
                }
            }
        }
        self.names.push(name);
    }

    /// Where such user names stand, ascending and apart.
    pub(super) fn find(&self, text: &str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        if self.names.is_empty() {
            return found;
        }
        let inside = |byte: &u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-');
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(begin) = bytes.get(at..).and_then(|rest| rest.iter().position(u8::is_ascii_lowercase))
        {
            let start = at + begin;
            let rest = bytes.get(start..).unwrap_or_default();
            let end = start + rest.iter().position(|byte| !inside(byte)).unwrap_or(rest.len());
            at = end;
            // The cheapest questions first.
            let begins = match rest {
                [first, second @ b'a'..=b'z', ..] => self.begin.have(*first, *second),
                _ => true,
            };
            if end - start < *LENGTHS.start() || !begins {
                continue;
            }
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

    /// Whether letters are made of one of the names that begin with the pair.
    fn makes(&self, pair: usize, letters: &[u8]) -> bool {
        let from = self.pairs.partition_point(|(begin, ..)| *begin < pair);
        let alike = self.pairs.iter().skip(from).take_while(|(begin, ..)| *begin == pair);
        alike.filter_map(|(_, name, turned)| Some((self.names.get(*name)?, turned))).any(|(name, turned)| {
            let (head, tail) = if *turned { (&name.last, &name.first) } else { (&name.first, &name.last) };
            // "jdoe", "doej", "doeja": with the family's name whole.
            let short = || {
                let rest = |whole: &[u8], rest: usize| letters.len() <= whole.len() + rest;
                if *turned {
                    letters.starts_with(head) && rest(head, 2)
                } else {
                    letters.get(1..) == Some(&**tail)
                }
            };
            are(letters, head, tail) && (letters.len() >= SURE || short())
        })
    }

    fn holds(&self, value: &str) -> bool {
        let name = value.trim_end_matches(|char: char| char.is_ascii_digit());
        let mut letters = [0; *LENGTHS.end()];
        let mut length = 0;
        for byte in name.bytes().filter(|byte| !matches!(byte, b'.' | b'_' | b'-')) {
            let Some(place) = letters.get_mut(length).filter(|_| byte.is_ascii_lowercase()) else {
                return false;
            };
            *place = byte;
            length += 1;
        }
        let letters = letters.get(..length).unwrap_or_default();
        let [first, second, ..] = letters else { return false };
        // Short ones with marks inside are names of hosts as often.
        LENGTHS.contains(&length)
            && (length >= SURE || length == name.len())
            && self.begin.have(*first, *second)
            && self.makes(pair(*first, *second), letters)
            && !std::str::from_utf8(letters).is_ok_and(|word| is_word(word) || length < SURE && is_name(word))
    }
}

/// Whether letters are the beginnings of two words, long enough.
fn are(letters: &[u8], head: &[u8], tail: &[u8]) -> bool {
    let alike = letters.iter().zip(head).take_while(|(letter, head)| letter == head).count();
    (1..=alike).any(|length| {
        let whole = length == head.len();
        let rest = letters.get(length..).unwrap_or_default();
        let cut = |length: usize| (SHORTEST..=LONGEST).contains(&length);
        tail.starts_with(rest)
            && if rest.len() == tail.len() {
                whole || length <= LONGEST
            } else {
                whole && (1..=LONGEST).contains(&rest.len()) || cut(length) && cut(rest.len())
            }
    })
}

fn is_name(letters: &str) -> bool {
    tagger::given_name(letters) || tagger::family_name(letters)
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
    fn a_short_one_is_made_of_a_whole_name() {
        for name in ["jdoe", "doej", "doeja"] {
            assert_eq!(made("Jane", "Doe").find(name), std::slice::from_ref(&(0..name.len())), "{name}");
        }
        assert!(made("Rod", "Vagg").find("http://r.va.gg/x").is_empty());
        // Somebody else's name.
        for (first, last, other) in [
            ("Ann", "Adam", "adam"),
            ("Lea", "Nass", "lena"),
            ("Jane", "Doe", "jado"),
            ("Jane", "Doe", "janed"),
        ] {
            assert!(made(first, last).find(other).is_empty(), "{other}");
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
