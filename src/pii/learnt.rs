//! Values that only what stands before them tells: once told, they are known wherever else they stand.

use std::collections::HashMap;
use std::ops::Range;

use super::Kind;
use super::fields;
use super::numbers::{Gap, Numbers};
use super::phrases::in_word;

/// What was told, by kind.
#[derive(Default)]
pub(super) struct Learnt {
    /// Numbers, by their digits: how they are grouped does not matter.
    numbers: HashMap<String, Kind>,
    /// Other values as they are written, by their first run of ASCII letters and digits.
    values: HashMap<String, Vec<(String, Kind)>>,
    /// How long those runs are that begin with each byte, as bits: by which most others are told from them.
    heads: [u64; 32],
    count: usize,
}

/// So many values that begin alike are remembered, so that the work stays linear in the text: `user=a-1`, `user=a-2`.
const ALIKE: usize = 256;

/// A learnt number has at least so many digits, another value so many bytes.
const SHORTEST: usize = 4;

/// A number has no more groups than this.
const MAX_GROUPS: usize = 8;

impl Learnt {
    pub(super) fn learn(&mut self, kind: Kind, value: &str) {
        // A login `status` is told by its key only: the word stands everywhere else for itself.
        if value.len() < SHORTEST || value.len() > 256 || fields::is_word(value) {
            return;
        }
        if value.chars().any(char::is_alphabetic) || kind == Kind::BirthDate {
            let Some(head) = head(value) else { return };
            let (slot, length) = shape(head);
            if let Some(lengths) = self.heads.get_mut(slot) {
                *lengths |= length;
            }
            let values = self.values.entry(head.to_owned()).or_default();
            if values.iter().any(|(known, _)| known == value) {
                return;
            }
            if values.len() >= ALIKE {
                // A short one says more of other texts than a long one.
                if values.first().is_none_or(|(longest, _)| longest.len() <= value.len()) {
                    return;
                }
                values.remove(0);
                self.count -= 1;
            }
            // The longest first: an address before its street.
            let place = values.partition_point(|(known, _)| known.len() >= value.len());
            values.insert(place, (value.to_owned(), kind));
            self.count += 1;
            return;
        }
        let digits: String = value.chars().filter(char::is_ascii_digit).collect();
        if digits.len() >= SHORTEST && self.numbers.insert(digits, kind).is_none() {
            self.count += 1;
        }
    }

    /// How much was learnt.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The kind of a number that was learnt, by its digits.
    pub(super) fn number(&self, digits: &str) -> Option<Kind> {
        self.numbers.get(digits).copied()
    }

    pub(super) fn has_numbers(&self) -> bool {
        !self.numbers.is_empty()
    }

    /// Learnt numbers among groups of digits, ascending and apart.
    pub(super) fn numbers(&self, numbers: &Numbers<'_>) -> Vec<(Range<usize>, Kind)> {
        let mut found: Vec<(Range<usize>, Kind)> = Vec::new();
        if self.numbers.is_empty() {
            return found;
        }
        let mut all = String::new();
        let mut index = 0;
        while let Some(first) = numbers.groups.get(index) {
            all.clear();
            let mut best = None;
            for last in index..index + MAX_GROUPS {
                let Some(group) = numbers.groups.get(last).filter(|group| group.free) else { break };
                all.push_str(numbers.digits(last));
                if all.len() > 20 {
                    break;
                }
                let open = last == index || numbers.gap(last - 1) != Gap::Apart;
                if open
                    && let Some(kind) =
                        self.number(&all).filter(|_| all.len() > 6 || numbers.ends(group.range.end))
                {
                    best = Some((last, group.range.end, kind));
                }
                if numbers.gap(last) == Gap::Apart {
                    break;
                }
            }
            match best.filter(|(_, end, _)| end - first.range.start > 6 || numbers.begins(first.range.start))
            {
                Some((last, end, kind)) => {
                    found.push((first.range.start..end, kind));
                    index = last + 1;
                }
                None => index += 1,
            }
        }
        found
    }

    /// Other learnt values in a text, ascending and apart.
    pub(super) fn values(&self, text: &str) -> Vec<(Range<usize>, Kind)> {
        let mut found: Vec<(Range<usize>, Kind)> = Vec::new();
        if self.values.is_empty() {
            return found;
        }
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(ahead) = bytes.get(at..).and_then(|rest| rest.iter().position(|byte| in_word(*byte))) {
            at += ahead;
            let rest = bytes.get(at..).unwrap_or_default();
            let end = at + rest.iter().position(|byte| !in_word(*byte)).unwrap_or(rest.len());
            // The cheapest question first.
            let known = |head: &&str| {
                let (slot, length) = shape(head);
                self.heads.get(slot).is_some_and(|lengths| lengths & length > 0)
            };
            let values = text.get(at..end).filter(known).and_then(|head| self.values.get(head));
            let value = values.into_iter().flatten().find_map(|(value, kind)| {
                let start = at.checked_sub(lead(value))?;
                let end = start + value.len();
                let stands = text.get(start..end) == Some(value) && bounded(text, start, end);
                (stands && found.last().is_none_or(|(last, _)| last.end <= start))
                    .then_some((start..end, *kind))
            });
            match value {
                Some((range, kind)) => {
                    at = range.end.max(end);
                    found.push((range, kind));
                }
                None => at = end,
            }
        }
        found
    }
}

/// Where in [`Learnt::heads`] a run of letters and digits is.
fn shape(head: &str) -> (usize, u64) {
    let first = head.as_bytes().first().copied().unwrap_or_default();
    (usize::from(first % 32), 1 << head.len().min(63))
}

/// The first run of ASCII letters and digits of a value, and how much stands before it.
fn head(value: &str) -> Option<&str> {
    let rest = value.get(lead(value)..)?;
    let end = rest.find(|char: char| !char.is_ascii_alphanumeric()).unwrap_or(rest.len());
    rest.get(..end).filter(|head| !head.is_empty())
}

fn lead(value: &str) -> usize {
    value.find(|char: char| char.is_ascii_alphanumeric()).unwrap_or(value.len())
}

/// Whether a value stands by itself: `jane-doe` is not in `jane-doe-laptop2`, but in `jane-doe.` What no word is written
/// like may have any sign beside it: `passport_C01X00T47.pdf`.
fn bounded(text: &str, start: usize, end: usize) -> bool {
    let mut before = text.get(..start).unwrap_or_default().chars().rev();
    let mut after = text.get(end..).unwrap_or_default().chars();
    let value = text.get(start..end).unwrap_or_default();
    let code = value.len() > 5 && value.bytes().any(|byte| byte.is_ascii_digit());
    let open = |near: Option<char>, far: Option<char>| match near {
        Some(char) if char.is_alphanumeric() => false,
        Some('-' | '_' | '.') => code || !far.is_some_and(char::is_alphanumeric),
        _ => true,
    };
    let (near, far) = (before.next(), before.next());
    let (next, then) = (after.next(), after.next());
    open(near, far) && open(next, then)
}

#[cfg(test)]
mod tests {
    use super::Learnt;
    use crate::pii::Kind;
    use crate::pii::numbers::Numbers;
    use proptest::prelude::*;

    #[test]
    fn what_was_told_is_found_elsewhere() {
        let mut learnt = Learnt::default();
        learnt.learn(Kind::Username, "jane-doe");
        learnt.learn(Kind::Address, "Ä-Weg 5");
        learnt.learn(Kind::Phone, "415 555-2671");
        let text = "see jane-doe, jane-doe-2, xjane-doe; Ä-Weg 5.";
        let found: Vec<_> =
            learnt.values(text).into_iter().map(|(range, kind)| (&text[range], kind)).collect();
        assert_eq!(found, [("jane-doe", Kind::Username), ("Ä-Weg 5", Kind::Address)]);
        let text = "a 4155552671, 41555526712, (415) 555 2671";
        let found: Vec<_> =
            learnt.numbers(&Numbers::read(text, &[])).into_iter().map(|(range, _)| &text[range]).collect();
        assert_eq!(found, ["4155552671", "415) 555 2671"]);
    }

    proptest! {
        #[test]
        fn arbitrary_text_never_panics(text in "[a-c0-3é -]{0,60}", value in "[a-c0-3é -]{0,8}") {
            let mut learnt = Learnt::default();
            learnt.learn(Kind::Username, &value);
            learnt.values(&text);
            learnt.numbers(&Numbers::read(&text, &[]));
        }
    }
}
