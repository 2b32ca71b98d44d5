//! Words and phrases that announce something, looked for where words begin; and sets of pairs of letters.

use std::ops::Range;

/// Phrases, looked up by their first two bytes.
pub(super) struct Phrases {
    /// Each with its place in the list that it comes from; those that begin alike together, the longest first.
    phrases: Vec<(&'static str, usize)>,
    /// Those with each beginning.
    alike: Vec<Alike>,
    any_case: bool,
}

/// Phrases that begin alike: where they are, and what their third bytes are, as bits.
struct Alike {
    from: u16,
    to: u16,
    thirds: u32,
}

/// So many pairs of letters are told apart, and twice as many beginnings: with a capital and without.
const PAIRS: usize = 1 << 10;

/// Two letters, in any case.
pub(super) fn pair(first: u8, second: u8) -> usize {
    usize::from(first & 31) << 5 | usize::from(second & 31)
}

/// The same with a capital told from a small letter.
fn beginning(first: u8, second: u8) -> usize {
    usize::from(first & 32) * (PAIRS / 32) + pair(first, second)
}

/// A set of pairs of letters, in any case, by which most words are told from those that have one of them.
pub(super) struct Pairs([u64; PAIRS / 64]);

impl Default for Pairs {
    fn default() -> Self {
        Self([0; PAIRS / 64])
    }
}

impl Pairs {
    pub(super) fn add(&mut self, first: u8, second: u8) {
        let pair = pair(first, second);
        if let Some(bits) = self.0.get_mut(pair / 64) {
            *bits |= 1 << (pair % 64);
        }
    }

    pub(super) fn have(&self, first: u8, second: u8) -> bool {
        let pair = pair(first, second);
        self.0.get(pair / 64).is_some_and(|bits| bits >> (pair % 64) & 1 > 0)
    }
}

/// Whether a byte is a letter or digit of ASCII.
pub(super) fn in_word(byte: u8) -> bool {
    const WORD: [bool; 256] = {
        let mut word = [false; 256];
        let mut byte = 0;
        while byte < 256 {
            word[byte] = (byte as u8).is_ascii_alphanumeric();
            byte += 1;
        }
        word
    };
    WORD.get(usize::from(byte)).is_some_and(|word| *word)
}

impl Phrases {
    /// Phrases that are written as they are here.
    pub(super) fn new(list: impl IntoIterator<Item = &'static str>) -> Self {
        Self::of(list, false)
    }

    /// Phrases in capital or small letters.
    pub(super) fn in_any_case(list: impl IntoIterator<Item = &'static str>) -> Self {
        Self::of(list, true)
    }

    fn of(list: impl IntoIterator<Item = &'static str>, any_case: bool) -> Self {
        let mut lists = vec![Vec::new(); 2 * PAIRS];
        for (place, phrase) in list.into_iter().enumerate() {
            // A single letter begins like everything that begins with it.
            let (first, seconds) = match phrase.as_bytes() {
                [first, second, ..] => (*first, *second..=*second),
                [first] => (*first, 0..=31),
                [] => continue,
            };
            let other = if any_case { first ^ 32 } else { first };
            for second in seconds {
                for first in [first, other].into_iter().take(1 + usize::from(first != other)) {
                    if let Some(list) = lists.get_mut(beginning(first, second)) {
                        list.push((phrase, place));
                    }
                }
            }
        }
        let (mut phrases, mut alike) = (Vec::new(), Vec::with_capacity(lists.len()));
        for mut list in lists {
            list.sort_by_key(|(phrase, _): &(&str, usize)| std::cmp::Reverse(phrase.len()));
            let third = |phrase: &str| phrase.as_bytes().get(2).map_or(u32::MAX, |third| 1 << (third & 31));
            let thirds = list.iter().fold(0, |thirds, (phrase, _)| thirds | third(phrase));
            let from = phrases.len() as u16;
            phrases.append(&mut list);
            alike.push(Alike { from, to: phrases.len() as u16, thirds });
        }
        Self { phrases, alike, any_case }
    }

    /// Where phrases stand, ascending and apart, and which: the longest of those that begin together. None of them behind a
    /// letter or digit of ASCII.
    pub(super) fn find<'p>(&'p self, text: &'p str) -> impl Iterator<Item = (Range<usize>, usize)> {
        let bytes = text.as_bytes();
        let mut at = 0;
        std::iter::from_fn(move || {
            if at > 0 {
                at +=
                    bytes.get(at - 1..)?.iter().take_while(|byte| in_word(**byte)).count().saturating_sub(1);
            }
            while let here @ [first, rest @ ..] = bytes.get(at..)? {
                let start = at;
                if let Some((length, place)) = self.begin(here) {
                    at += length;
                    return Some((start..at, place));
                }
                at += 1;
                if in_word(*first) {
                    at += rest.iter().position(|byte| !in_word(*byte))? + 1;
                }
            }
            None
        })
    }

    /// The longest phrase that begins here, by its length and its place.
    fn begin(&self, text: &[u8]) -> Option<(usize, usize)> {
        let byte = |at: usize| text.get(at).copied().unwrap_or_default();
        let alike = self.alike.get(beginning(byte(0), byte(1)))?;
        if alike.thirds >> (byte(2) & 31) & 1 == 0 {
            return None;
        }
        self.phrases.get(usize::from(alike.from)..usize::from(alike.to))?.iter().find_map(
            |(phrase, place)| {
                let here = text.get(..phrase.len())?;
                let same = |(one, other): (&u8, u8)| {
                    *one == other || self.any_case && one.eq_ignore_ascii_case(&other)
                };
                here.iter().zip(phrase.bytes()).all(same).then_some((phrase.len(), *place))
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Phrases;

    #[test]
    fn the_longest_phrase_at_the_beginning_of_a_word_is_found() {
        let phrases = Phrases::in_any_case(["user", "user name", "by "]);
        let found =
            |text: &str| phrases.find(text).map(|(range, place)| (range.start, place)).collect::<Vec<_>>();
        assert_eq!(found("User name, user-id; by x"), [(0, 1), (11, 0), (20, 2)]);
        assert_eq!(found("superuser 5by éuser"), [(16, 0)]);
        assert!(Phrases::new(["user"]).find("User").next().is_none());
        assert_eq!(
            Phrases::new(["M", "Ms"]).find("M Ms M").map(|(_, place)| place).collect::<Vec<_>>(),
            [0, 1, 0]
        );
    }
}
