//! One string, all recognizers: who comes first keeps what it found.

use std::ops::Range;

use super::fields::Class;
use super::kinds::{
    address, birth_date, card, codes, credential, email, iban, ip, mac, mention, phone, token, username,
};
use super::learnt::Learnt;
use super::looks::{Looks, Span};
use super::numbers::Numbers;
use super::packed;
use super::people::People;
use super::scene::Scene;
use super::traits::{self, AT, COLON, DIGIT, EQUALS, HYPHEN, LETTER, LOWER, OTHER, PERCENT, POINT, Traits};
use super::{Kind, fields, label, pseudonym, table};

/// A value to be replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) range: Range<usize>,
    pub(super) kind: Kind,
}

/// What is known when a string is looked through.
pub(super) struct Known<'k> {
    pub(super) learnt: &'k Learnt,
    pub(super) people: &'k People,
    pub(super) looks: &'k mut Looks,
}

/// Everything personal in a string, ascending and apart. Pseudonyms are never part of it. `key` is the JSON key
/// that the string stands under. Without `parts`, only names of several words count.
///
/// A text that is seen in another way than it is written is read as it is seen; as it is written only when nothing
/// is found so, since what shows nothing may also stand between two words.
pub(super) fn hits(text: &str, key: Option<&str>, known: &mut Known<'_>, parts: bool) -> Vec<Hit> {
    let (has, view) = known.looks.read(text, known.looks.mark(text));
    if let Some(view) = view {
        let own = Taken::new(text).ranges();
        let free = |range: &Range<usize>| {
            let next = own.partition_point(|own| own.end < range.start);
            own.get(next).is_none_or(|own| own.start > range.end)
        };
        let seen = plain(&view.text, view.has, key, known, parts).into_iter();
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
    plain(text, has, key, known, parts)
}

/// A part of a value without the space around it, if there is anything in it.
fn worded(text: &str, part: Range<usize>) -> Option<Range<usize>> {
    let value = text.get(part.clone())?;
    let start = part.start + (value.len() - value.trim_start().len());
    value.contains(char::is_alphanumeric).then(|| start..start + value.trim().len())
}

/// A stretch of a text that is looked at by itself.
pub(super) struct Stretch<'t> {
    pub(super) range: Range<usize>,
    /// What it stands under.
    pub(super) key: Option<&'t str>,
    /// What its column holds.
    pub(super) class: Class,
    /// It is a person's name as a whole.
    pub(super) name: bool,
    pub(super) has: Traits,
}

/// The stretches of a text: the cells of its tables, under the heads of their columns, and what stands between.
pub(super) fn stretches<'t>(
    text: &'t str,
    has: Traits,
    key: Option<&'t str>,
) -> impl Iterator<Item = Stretch<'t>> {
    let mut stretches = Vec::new();
    let mut end = 0;
    let between = |range: Range<usize>, key| {
        let has = Traits::of(text.get(range.clone()).unwrap_or_default());
        let said = has.any(LETTER | DIGIT | OTHER);
        said.then_some(Stretch { range, key, class: Class::Other, name: false, has })
    };
    for cell in table::cells(text, has) {
        stretches.extend(between(end..cell.range.start, key.filter(|_| end == 0)));
        end = cell.range.end;
        let value = text.get(cell.range.clone()).unwrap_or_default();
        let name = matches!(&label::named(cell.class, cell.vague, value)[..], [_]);
        let has = Traits::of(value);
        stretches.push(Stretch {
            range: cell.range,
            key: announcing(cell.key),
            class: cell.class,
            name,
            has,
        });
    }
    let whole = Stretch { range: 0..text.len(), key, class: Class::Other, name: false, has };
    if end > 0 {
        stretches.extend(between(end..text.len(), None));
    }
    (end == 0).then_some(whole).into_iter().chain(stretches)
}

/// As [`stretch`], with the cells of tables each by itself.
fn plain(text: &str, has: Traits, key: Option<&str>, known: &mut Known<'_>, parts: bool) -> Vec<Hit> {
    if !parts {
        return stretch(text, has, key, known, parts);
    }
    let mut hits = Vec::new();
    for Stretch { range, key, name, has, .. } in stretches(text, has, key) {
        if name {
            hits.push(Hit { range, kind: Kind::Person });
        } else if let Some(part) = text.get(range.clone()) {
            let moved = |hit: Hit| Hit {
                range: range.start + hit.range.start..range.start + hit.range.end,
                kind: hit.kind,
            };
            hits.extend(stretch(part, has, key, known, parts).into_iter().map(moved));
        }
    }
    part(text, &mut hits);
    hits
}

/// Leaves what separates two values between them where stretches touch: two pseudonyms without anything between could
/// not be told apart.
fn part(text: &str, hits: &mut Vec<Hit>) {
    for next in 1..hits.len() {
        let Some([before, after]) = hits.get_mut(next - 1..=next) else { continue };
        if before.range.end == after.range.start {
            let value = text.get(before.range.clone()).unwrap_or_default();
            let kept = value.trim_end_matches(|char: char| !char.is_alphanumeric()).len();
            before.range.end = before.range.start + kept;
            if kept == value.len() {
                // Nothing separates them: it is one value.
                after.range.start = before.range.start;
                after.kind = before.kind;
                before.range.end = before.range.start;
            }
        }
    }
    hits.retain(|hit| !hit.range.is_empty());
}

fn stretch(text: &str, has: Traits, key: Option<&str>, known: &mut Known<'_>, parts: bool) -> Vec<Hit> {
    let found = known.looks.find(text, has, key);
    let mut taken = Taken { text, spans: found.to_vec() };
    if parts {
        let labels = known.looks.labels(text, has);
        let words = labels.iter().filter(|labelled| labelled.is_word());
        taken.add(Some(Kind::Person), words.map(|labelled| labelled.range.clone()).collect());
    }
    let learnt = known.learnt;
    if learnt.has_numbers() && has.any(DIGIT) {
        let numbers = Numbers::read(text, &taken.spans);
        taken.take(learnt.numbers(&numbers));
    }
    // Of a key only what it is by itself: what a member is called is no mention of somebody.
    let values = if learnt.is_empty() { Vec::new() } else { learnt.values(text) };
    if !values.is_empty() && (parts || !fields::of_words(text)) {
        taken.take(values);
    }
    if has.any(LETTER | OTHER) {
        taken.add(Some(Kind::Person), known.people.find(text, parts));
    }
    if parts && has.any(LOWER) {
        taken.add(Some(Kind::Username), known.people.made(text));
    }
    // A mention of somebody whose name is known was that.
    if parts && has.any(AT) {
        taken.add(Some(Kind::Username), mention::handles(text));
    }
    taken.hits()
}

/// Whether the recognizers find nothing in a string because it is a word, or the name of a member: neither digits nor
/// signs, too short for a key, and nothing told of it.
pub(super) fn is_bare(text: &str, has: Traits, key: Option<&str>) -> bool {
    key.is_none() && has.words_only() && !traits::runs(text, token::SHORTEST)
}

/// What the recognizers find in a string, ascending and apart, and the pseudonyms in it. Those are asked first whose
/// form leaves the least doubt. `told` hears of each value that only its surroundings tell.
pub(super) fn found(
    text: &str,
    has: Traits,
    key: Option<&str>,
    told: &mut dyn FnMut(Kind, Range<usize>),
) -> Vec<Span> {
    let mut taken = Taken::new(text);
    if traits::runs(text, token::SHORTEST) {
        taken.add(Some(Kind::Secret), token::find(text));
    }
    if has.any(LETTER | COLON) || key.is_some() {
        let found = credential::find(text, has, key);
        found.iter().for_each(|range| told(Kind::Secret, range.clone()));
        taken.add(Some(Kind::Secret), found);
    }
    if has.any(EQUALS) {
        taken.add(Some(Kind::Email), packed::addresses(text));
    }
    if has.any(AT | PERCENT) {
        taken.add(Some(Kind::Email), email::find(text, key));
    }
    if has.any(DIGIT) && (has.digits > 3 || has.any(LETTER)) {
        numbered(text, has, key, &mut taken, told);
    } else if let Some(key) = key.filter(|_| has.any(LETTER)) {
        let street = address::field(text, key);
        street.iter().for_each(|range| told(Kind::Address, range.clone()));
        taken.add(Some(Kind::Address), street.into_iter().collect());
    }
    if has.any(LETTER) {
        let found = username::find(text, has, key);
        found.iter().for_each(|range| told(Kind::Username, range.clone()));
        taken.add(Some(Kind::Username), found);
    }
    taken.spans
}

/// The same for what has digits.
fn numbered(
    text: &str,
    has: Traits,
    key: Option<&str>,
    taken: &mut Taken<'_>,
    told: &mut dyn FnMut(Kind, Range<usize>),
) {
    let mut numbers = Numbers::read(text, &taken.spans);
    let before = taken.spans.len();
    if has.any(LETTER) {
        let (right, wrong): (Vec<_>, Vec<_>) =
            iban::find(&numbers).into_iter().partition(|(_, right)| *right);
        taken.add(Some(Kind::Iban), right.into_iter().map(|(range, _)| range).collect());
        taken.add(None, wrong.into_iter().map(|(range, _)| range).collect());
    }
    if has.any(COLON | POINT | HYPHEN) {
        taken.add(Some(Kind::Mac), mac::find(text));
        taken.add(Some(Kind::Ip), ip::find(text, key));
    }
    if taken.spans.len() > before {
        numbers = numbers.without(&taken.spans);
    }
    let before = taken.spans.len();
    taken.add(Some(Kind::Card), card::find(&numbers));
    if taken.spans.len() > before {
        numbers = numbers.without(&taken.spans);
    }
    let mut scene = Scene::new(text, key, numbers);
    let before = taken.spans.len();
    for (kind, found) in [
        (Kind::BirthDate, birth_date::find(&scene)),
        (Kind::Address, if has.any(LETTER) { address::find(&scene) } else { Vec::new() }),
    ] {
        found.iter().for_each(|range| told(kind, range.clone()));
        taken.add(Some(kind), found);
    }
    let codes = codes::find(&scene);
    codes.iter().filter(|(_, kind)| by_cue(*kind)).for_each(|(range, kind)| told(*kind, range.clone()));
    taken.take(codes);
    if taken.spans.len() > before {
        scene.numbers = scene.numbers.without(&taken.spans);
    }
    let numbers = scene.numbers.dated();
    let phones = phone::find(&numbers, key);
    phones.iter().filter(|phone| phone.by_cue).for_each(|phone| told(Kind::Phone, phone.range.clone()));
    taken.add(Some(Kind::Phone), phones.into_iter().map(|phone| phone.range).collect());
}

/// Whether values of a kind need something around them that says what they are.
fn by_cue(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Ssn | Kind::Nino | Kind::Nhs | Kind::Bsn | Kind::Personalausweis | Kind::Passport | Kind::Plate
    )
}

/// A key as far as it announces what its value is: not when it is data itself.
pub(super) fn announcing(key: &str) -> Option<&str> {
    if key.len() > fields::MAX_KEY {
        return None;
    }
    let data = key.bytes().any(|byte| byte.is_ascii_digit() || byte == b'@')
        && (!pseudonym::find(key).is_empty()
            || found(key, Traits::of(key), None, &mut |_, _| {}).iter().any(|(_, kind)| kind.is_some()));
    (!data).then_some(key)
}

/// What is spoken for.
struct Taken<'t> {
    text: &'t str,
    /// Ascending; [`None`] for what is left as it is.
    spans: Vec<Span>,
}

impl<'t> Taken<'t> {
    fn new(text: &'t str) -> Self {
        Self { text, spans: pseudonym::spans(text).map(|range| (range, None)).collect() }
    }

    fn ranges(&self) -> Vec<Range<usize>> {
        self.spans.iter().map(|(range, _)| range.clone()).collect()
    }

    /// Takes those of the ranges (ascending, apart) that are still free.
    fn add(&mut self, kind: Option<Kind>, ranges: Vec<Range<usize>>) {
        self.take_all(ranges.into_iter().map(|range| (range, kind)).collect());
    }

    /// The same for ranges of several kinds.
    fn take(&mut self, ranges: Vec<(Range<usize>, Kind)>) {
        self.take_all(ranges.into_iter().map(|(range, kind)| (range, Some(kind))).collect());
    }

    fn take_all(&mut self, ranges: Vec<(Range<usize>, Option<Kind>)>) {
        if ranges.is_empty() {
            return;
        }
        let mut free: Vec<(Range<usize>, Option<Kind>)> = Vec::with_capacity(ranges.len());
        for (range, kind) in ranges {
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
    use super::{Kind, Known, Learnt, Looks, People, Traits, found, hits, is_bare, pseudonym};
    use crate::crypto::HashKey;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_bare_holds_nothing(
            text in "(password|Passwort|bearer|login|user|ghp|sk|jane|Doe|[A-Za-z_.-]){0,6}"
        ) {
            let has = Traits::of(&text);
            let found = found(&text, has, None, &mut |_, _| {});
            prop_assert!(found.is_empty() || !is_bare(&text, has, None));
        }
    }

    #[test]
    fn addresses_without_anything_between_them_are_two() {
        let mail = pseudonym::make(&HashKey::new([7; 32]), Kind::Email, "jan@example.com");
        for (first, found) in
            [("jan@example.com", &["jan@example.com", "a@b.de"] as &[_]), (&mail, &["a@b.de"])]
        {
            let text = format!("{first}张伟a@b.de");
            let (learnt, people, mut looks) = (Learnt::default(), People::default(), Looks::default());
            let mut known = Known { learnt: &learnt, people: &people, looks: &mut looks };
            let hits = hits(&text, None, &mut known, true);
            assert_eq!(hits.into_iter().map(|hit| &text[hit.range]).collect::<Vec<_>>(), found);
        }
    }
}
