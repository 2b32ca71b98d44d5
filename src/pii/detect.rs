//! One string, all recognizers: who comes first keeps what it found.

use std::collections::HashSet;
use std::ops::Range;

use super::numbers::Numbers;
use super::people::People;
use super::view::View;
use super::{Kind, card, email, fields, iban, ip, label, phone, pseudonym, table};

/// A value to be replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) range: Range<usize>,
    pub(super) kind: Kind,
}

/// Everything personal in a string, ascending and apart. Pseudonyms are never part of it. `key` is the JSON key
/// that the string stands under.
///
/// A text that is seen in another way than it is written is read as it is seen; as it is written only when nothing
/// is found so, since what shows nothing may also stand between two words.
pub(super) fn hits(
    text: &str,
    key: Option<&str>,
    phones: &HashSet<String>,
    people: &People,
    parts: bool,
) -> Vec<Hit> {
    if let Some(view) = View::of(text) {
        let own = Taken::new(text).ranges();
        let free = |range: &Range<usize>| {
            let next = own.partition_point(|own| own.end < range.start);
            own.get(next).is_none_or(|own| own.start > range.end)
        };
        let seen = plain(&view.text, key, phones, people, parts).into_iter();
        let hits: Vec<_> = seen
            .flat_map(|hit| {
                let parts = view.written(&hit.range, text).into_iter();
                parts
                    .filter_map(|part| Some(Hit { range: worded(text, part)?, kind: hit.kind }))
                    .collect::<Vec<_>>()
            })
            .filter(|hit| free(&hit.range))
            .collect();
        if !hits.is_empty() {
            return hits;
        }
    }
    plain(text, key, phones, people, parts)
}

/// A part of a value without the space around it, if there is anything in it.
fn worded(text: &str, part: Range<usize>) -> Option<Range<usize>> {
    let value = text.get(part.clone())?;
    let start = part.start + (value.len() - value.trim_start().len());
    value.contains(char::is_alphanumeric).then(|| start..start + value.trim().len())
}

/// As [`stretch`], with the cells of tables each by itself, under the head of its column.
fn plain(text: &str, key: Option<&str>, phones: &HashSet<String>, people: &People, parts: bool) -> Vec<Hit> {
    let cells = if parts { table::cells(text) } else { Vec::new() };
    if cells.is_empty() {
        return stretch(text, key, phones, people, parts);
    }
    let mut hits = Vec::new();
    let found = |range: Range<usize>, key: Option<&str>| {
        let part = text.get(range.clone()).filter(|part| part.contains(char::is_alphanumeric));
        let found = part.map(|part| stretch(part, key, phones, people, parts)).unwrap_or_default();
        let moved = move |hit: Hit| Hit {
            range: range.start + hit.range.start..range.start + hit.range.end,
            kind: hit.kind,
        };
        found.into_iter().map(moved)
    };
    let mut end = 0;
    for cell in cells {
        hits.extend(found(end..cell.range.start, key.filter(|_| end == 0)));
        end = cell.range.end;
        let value = text.get(cell.range.clone()).unwrap_or_default();
        if matches!(&label::named(cell.class, cell.vague, value)[..], [_]) {
            hits.push(Hit { range: cell.range, kind: Kind::Person });
        } else {
            hits.extend(found(cell.range, announcing(cell.key)));
        }
    }
    hits.extend(found(end..text.len(), None));
    hits
}

fn stretch(
    text: &str,
    key: Option<&str>,
    phones: &HashSet<String>,
    people: &People,
    parts: bool,
) -> Vec<Hit> {
    let mut taken = Taken::new(text);
    if parts {
        let words = label::names(text).into_iter().filter(label::Labelled::is_word);
        taken.add(Some(Kind::Person), words.map(|labelled| labelled.range).collect());
    }
    let own = taken.spans.len();
    if memchr::memchr2(b'@', b'%', text.as_bytes()).is_some() {
        taken.add(Some(Kind::Email), email::find(text));
    }
    if has_digits(text) {
        let (right, wrong): (Vec<_>, Vec<_>) = iban::find(text).into_iter().partition(|(_, right)| *right);
        taken.add(Some(Kind::Iban), right.into_iter().map(|(range, _)| range).collect());
        taken.add(None, wrong.into_iter().map(|(range, _)| range).collect());
        taken.add(Some(Kind::Ip), ip::find(text, key));
        let numbers = Numbers::read(text, &taken.ranges());
        taken.add(Some(Kind::Card), card::find(&numbers));
        let numbers = if taken.spans.len() == own { numbers } else { Numbers::read(text, &taken.ranges()) };
        let phones = phone::find(&numbers.dated(), key, phones);
        taken.add(Some(Kind::Phone), phones.into_iter().map(|phone| phone.range).collect());
    }
    taken.add(Some(Kind::Person), people.find(text, parts));
    taken.hits()
}

/// A key as far as it announces what its value is: not when it is data itself.
pub(super) fn announcing(key: &str) -> Option<&str> {
    if key.len() > fields::MAX_KEY {
        return None;
    }
    let data = key.bytes().any(|byte| byte.is_ascii_digit() || byte == b'@')
        && (!pseudonym::find(key).is_empty()
            || !hits(key, None, &HashSet::new(), &People::default(), false).is_empty());
    (!data).then_some(key)
}

/// The digits of the phone numbers in a string that only their surroundings tell.
pub(super) fn phones_by_cue(text: &str, key: Option<&str>) -> Vec<String> {
    if !has_digits(text) {
        return Vec::new();
    }
    let taken = Taken::new(text);
    let numbers = Numbers::read(text, &taken.ranges()).dated();
    let found = phone::find(&numbers, key, &HashSet::new());
    found
        .into_iter()
        .filter(|phone| phone.by_cue)
        .filter_map(|phone| text.get(phone.range).map(phone::digits))
        .collect()
}

/// Whether there are enough digits for any number that is looked for.
fn has_digits(text: &str) -> bool {
    text.len() >= 5 && text.bytes().filter(u8::is_ascii_digit).nth(3).is_some()
}

/// What is spoken for.
struct Taken<'t> {
    text: &'t str,
    /// Ascending; [`None`] for what is left as it is.
    spans: Vec<(Range<usize>, Option<Kind>)>,
}

impl<'t> Taken<'t> {
    fn new(text: &'t str) -> Self {
        let pseudonyms = pseudonym::find(text).into_iter().filter(|(_, pseudonym)| pseudonym.valid);
        Self { text, spans: pseudonyms.map(|(range, _)| (range, None)).collect() }
    }

    fn ranges(&self) -> Vec<Range<usize>> {
        self.spans.iter().map(|(range, _)| range.clone()).collect()
    }

    /// Takes those of the ranges (ascending, apart) that are still free.
    fn add(&mut self, kind: Option<Kind>, ranges: Vec<Range<usize>>) {
        if ranges.is_empty() {
            return;
        }
        let mut free: Vec<(Range<usize>, Option<Kind>)> = Vec::with_capacity(ranges.len());
        for range in ranges {
            let before = self.spans.partition_point(|(taken, _)| taken.end <= range.start);
            let before = before.checked_sub(1).and_then(|last| self.spans.get(last)).into_iter();
            let end = before.chain(free.last()).map(|(taken, _)| taken.end).max().unwrap_or(0);
            if end > range.start {
                continue;
            }
            let range = if kind.is_some_and(|kind| kind != Kind::Person) {
                let whole = self.whole(range);
                whole.start.max(end)..whole.end
            } else {
                range
            };
            let next = self.spans.partition_point(|(taken, _)| taken.end <= range.start);
            // Two pseudonyms without anything between them could not be told apart.
            let start = if end == range.start && end > 0 {
                self.text.get(range.clone()).and_then(separated).map(|at| range.start + at)
            } else {
                Some(range.start)
            };
            if let Some(start) = start
                && self.spans.get(next).is_none_or(|(taken, _)| taken.start > range.end)
            {
                free.push((start..range.end, kind));
            }
        }
        self.spans.extend(free);
        self.spans.sort_unstable_by_key(|(range, _)| range.start);
    }

    /// With the letters and digits that are glued on: a pseudonym in its place must stand by itself.
    fn whole(&self, range: Range<usize>) -> Range<usize> {
        let bytes = self.text.as_bytes();
        let glued = |byte: &&u8| byte.is_ascii_alphanumeric();
        let before = bytes.get(..range.start).unwrap_or_default().iter().rev().take_while(glued).count();
        let after = bytes.get(range.end..).unwrap_or_default().iter().take_while(glued).count();
        range.start - before..range.end + after
    }

    fn hits(self) -> Vec<Hit> {
        self.spans.into_iter().filter_map(|(range, kind)| kind.map(|kind| Hit { range, kind })).collect()
    }
}

/// Where a value begins when what separates it from what stands before is left out.
fn separated(value: &str) -> Option<usize> {
    value.find(|char: char| char.is_ascii_alphanumeric()).filter(|at| *at > 0)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{Kind, People, hits, pseudonym};
    use crate::crypto::HashKey;

    #[test]
    fn addresses_without_anything_between_them_are_two() {
        let mail = pseudonym::make(&HashKey::new([7; 32]), Kind::Email, "jan@example.com");
        for (first, found) in
            [("jan@example.com", &["jan@example.com", "a@b.de"] as &[_]), (&mail, &["a@b.de"])]
        {
            let text = format!("{first}张伟a@b.de");
            let hits = hits(&text, None, &HashSet::new(), &People::default(), true);
            assert_eq!(hits.into_iter().map(|hit| &text[hit.range]).collect::<Vec<_>>(), found);
        }
    }
}
