//! The second pass: what addresses are made of, and names in running text, now that the first pass has seen the whole
//! document.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::ops::Range;

use super::columns::Columns;
use super::deep::{Sink, Spot};
use super::detect;
use super::fields::{self, Class};
use super::keyed::Keyed;
use super::kinds::mention;
use super::label;
use super::learn::{Strings, telling};
use super::looks::Looks;
use super::packed::Packed;
use super::people::{self, People, Token, next_token};
use super::policy::Policy;
use super::tagger::{self, Hash, Known};
use super::things;
use super::traits::{OTHER, Traits, UPPER};
use super::words;
use crate::json::{Edit, Segment};

/// What the addresses seen so far are made of.
#[derive(Default)]
pub(super) struct Locals {
    /// Hashes of the [`letters`] before the sign, without tags.
    made: HashSet<u64, Keyed>,
    /// How many letters these have, as bits.
    lengths: u64,
    /// The words between marks.
    words: HashSet<u64, Keyed>,
}

impl Locals {
    pub(super) fn is_empty(&self) -> bool {
        self.made.is_empty()
    }

    pub(super) fn add(&mut self, address: &str) {
        let local = address.split(['@', '%', '+']).next().unwrap_or_default();
        if local.chars().filter(|char| char.is_alphabetic()).count() >= 4 {
            self.lengths |= length_bit(letters(local).count());
            self.made.insert(hash(letters(local)));
        }
        let words =
            local.split(|char: char| !char.is_alphabetic()).filter(|word| word.chars().nth(2).is_some());
        self.words.extend(words.map(|word| Hash::of(word).0));
    }

    /// Whether an address has the word between marks.
    fn has(&self, word: Hash) -> bool {
        !self.words.is_empty() && self.words.contains(&word.0)
    }

    /// Whether an address may be made of words of so many letters, one of them perhaps by its initial only.
    fn fit(&self, first: usize, second: usize) -> bool {
        let lengths = length_bit(first + second) | length_bit(first + 1) | length_bit(second + 1);
        self.lengths & lengths > 0
    }

    /// Whether an address is made of a word and what follows it, in either order, one of them perhaps by its initial
    /// only; all by their [`letters`].
    fn agree(&self, first: &str, second: &[&str]) -> bool {
        let one = || letters(first);
        let other = || second.iter().flat_map(|word| letters(word));
        let is = |hash: u64| self.made.contains(&hash);
        is(hash(one().chain(other())))
            || is(hash(other().chain(one())))
            || is(hash(one().take(1).chain(other())))
            || is(hash(other().chain(one().take(1))))
            || is(hash(one().chain(other().take(1))))
    }
}

fn length_bit(letters: usize) -> u64 {
    1 << letters.min(63)
}

/// A hash of letters.
fn hash(letters: impl Iterator<Item = char>) -> u64 {
    letters.fold(Hash::EMPTY, |hash, letter| hash.with(u32::from(letter))).0
}

/// The pass between: looks in every string for what the addresses are made of, and for names in running text.
pub(super) struct Second<'p> {
    /// Whether names are looked for in running text, too.
    pub(super) judges: bool,
    pub(super) policy: &'p Policy,
    pub(super) people: &'p mut People,
    pub(super) locals: &'p Locals,
    pub(super) looks: &'p mut Looks,
    pub(super) known: &'p Strings,
    pub(super) columns: Columns,
    pub(super) strings: usize,
}

impl Second<'_> {
    /// Learns a name that a key is: `"hours": {"Jane Doe": 8}`.
    fn key(&mut self, text: &str) {
        let sources = Sources::of(self.people, self.locals);
        let whole =
            |span: &tagger::Span| span.words > 1 && span.sure >= IN_KEYS && span.range == (0..text.len());
        if let [span] = &tagger::find(text, None, &sources)[..]
            && whole(span)
            && fields::class(text) == Class::Other
            && let Some(name) = people::parse(text).filter(|name| telling(name))
        {
            self.people.learn(&name);
        }
    }
}

impl Sink for Second<'_> {
    fn instead(&mut self, path: &[Segment<'_>], _string: bool, _text: &str) -> Option<Option<String>> {
        self.policy.fate(path).map(|_| None)
    }

    fn packed(&mut self, _path: &[Segment<'_>], _text: &str, _packed: &Packed) -> Option<Vec<Edit>> {
        self.strings += 1;
        None
    }

    fn string(&mut self, path: &[Segment<'_>], spot: Spot, text: &str) -> Vec<Edit> {
        if self.judges && spot == Spot::Key && text.len() <= fields::MAX_KEY && text.contains(' ') {
            self.key(text);
        }
        if spot == Spot::Value {
            self.strings += 1;
            let head = self.columns.cell(path, text).map(|(head, _)| head);
            let told = self.known.names.contains(&self.strings) || self.known.nobody.contains(&self.strings);
            let judged = self.judges
                && !told
                && tagger::worth(text)
                && !fields::of_thing(path)
                && !fields::of_schema(path);
            if !judged && self.locals.is_empty() {
                return Vec::new();
            }
            let key = head.or(fields::nearest_key(path));
            let mark = self.looks.mark(text);
            let read = (!self.locals.is_empty()).then(|| self.looks.read(text, mark));
            if let Some((has, view)) = &read {
                if let Some(view) = view {
                    agreeing(&view.text, self.locals, self.people);
                }
                if has.any(UPPER | OTHER) {
                    agreeing(text, self.locals, self.people);
                }
            }
            let under = self.looks.under(mark, key);
            let sources = Sources::of(self.people, self.locals);
            if judged && self.looks.nameless(under, |word| sources.told(word)) {
                self.people.fresh(text);
            } else if judged {
                let (has, view) = read.unwrap_or_else(|| self.looks.read(text, mark));
                let (seen, has) = view.as_ref().map_or((text, has), |view| (view.text.as_str(), view.has));
                let key = key.and_then(detect::announcing);
                let asked = tagged(seen, has, key, self.people, self.locals);
                if let Some(asked) = asked.filter(|_| view.is_none()) {
                    self.looks.note_nameless(under, asked);
                }
            }
        }
        Vec::new()
    }
}

/// More words that were asked for are not remembered of a text.
const MOST_ASKED: usize = 64;

/// What the tagger may know of words from elsewhere in the document.
pub(super) struct Sources<'s> {
    people: &'s People,
    locals: &'s Locals,
    /// The words that were asked for, and whether anything was known of one.
    asked: RefCell<Vec<Hash>>,
    told: Cell<bool>,
}

impl<'s> Sources<'s> {
    pub(super) fn of(people: &'s People, locals: &'s Locals) -> Self {
        Self { people, locals, asked: RefCell::default(), told: Cell::new(false) }
    }

    /// Whether anything is known of a word.
    fn told(&self, word: Hash) -> bool {
        self.locals.has(word) || self.people.has(word)
    }

    fn ask(&self, word: Hash, told: bool) -> bool {
        let mut asked = self.asked.borrow_mut();
        if asked.last() != Some(&word) && asked.len() <= MOST_ASKED {
            asked.push(word);
        }
        self.told.set(self.told.get() | told);
        told
    }

    /// The words that were asked for, when nothing was known of them and they are few.
    fn asked_in_vain(self) -> Option<Vec<Hash>> {
        let asked = self.asked.into_inner();
        (!self.told.get() && asked.len() <= MOST_ASKED).then_some(asked)
    }
}

impl Known for Sources<'_> {
    fn local(&self, word: Hash) -> bool {
        self.ask(word, self.locals.has(word))
    }

    fn known(&self, word: Hash) -> bool {
        self.ask(word, self.people.has(word))
    }
}

/// Learns the names that the tagger finds. Where it finds none and knew nothing of the words that it asked for, answers
/// with these.
fn tagged(
    text: &str,
    has: Traits,
    key: Option<&str>,
    people: &mut People,
    locals: &Locals,
) -> Option<Vec<Hash>> {
    if !people.fresh(text) {
        return None;
    }
    let sources = Sources::of(people, locals);
    let mut spans = tagger::find(text, key, &sources);
    let asked = sources.asked_in_vain();
    // "dependabot[bot]@users.noreply.github.com"
    let of_bot =
        |span: &tagger::Span| text.get(..span.range.start).is_some_and(|before| before.ends_with("]@"));
    let everybody = |span: &tagger::Span| {
        span.handle && (text.get(span.range.clone()).is_some_and(mention::nobody) || of_bot(span))
    };
    spans.retain(|span| {
        !label::of_thing(text, span.range.start)
            && !everybody(span)
            && !is_word(text, span)
            && !is_date(text, &span.range)
            && !is_member(text, span)
            && !is_group(text, span)
            && !is_code(text, span)
            && !things::is_one(text, &span.range)
    });
    if spans.is_empty() {
        return asked;
    }
    let mut spans = spans.into_iter().peekable();
    // Where they stand is told of each stretch, as it is looked through later.
    let stretches: Vec<_> = detect::stretches(text, has, key).collect();
    let table = stretches.len() > 1;
    for stretch in stretches {
        let mut spots = Vec::new();
        while let Some(span) = spans.next_if(|span| span.range.start < stretch.range.end) {
            // A team or a product in a column of its own is no person.
            let thing = stretch.name || matches!(stretch.class, Class::Thing | Class::Record);
            let inside = span.range.start >= stretch.range.start && span.range.end <= stretch.range.end;
            // In a column that says nothing of people, a word is more often a thing's than a family's.
            let bare = |written: &str| table && span.words == 1 && !tagger::given_name(written);
            if let Some(written) =
                text.get(span.range.clone()).filter(|written| inside && !thing && !bare(written))
            {
                learn_tagged(&span, written, people);
                spots.push(span.range.start - stretch.range.start..span.range.end - stretch.range.start);
            }
        }
        if let Some(part) = text.get(stretch.range).filter(|_| !spots.is_empty()) {
            people.spots(part, spots);
        }
    }
    None
}

/// Whether a single word is more likely a word than a name: known as one, or known as nothing, and what stands around it
/// does not say much.
fn is_word(text: &str, span: &tagger::Span) -> bool {
    let word = text.get(span.range.clone()).unwrap_or_default();
    let known = tagger::given_name(word) || tagger::family_name(word);
    let doubtful =
        (span.sure < ALONE_OF_WORDS && !tagger::may_name(word)) || (span.sure < ALONE_OF_UNKNOWN && !known);
    span.words == 1 && !span.handle && word.starts_with(char::is_uppercase) && doubtful
}

/// Whether the words are those of a date beside a number: `Mar  2`, `Mon Mar  2`, `Fri, 27 Nov`.
fn is_date(text: &str, range: &Range<usize>) -> bool {
    let digit = |char: char| char.is_ascii_digit();
    let before = || text.get(..range.start).unwrap_or_default().trim_end_matches([' ', '.', '-', '/']);
    let after = || text.get(range.end..).unwrap_or_default().trim_start_matches([' ', ',', '.', '-', '/']);
    let words = text.get(range.clone()).unwrap_or_default();
    let dated = |word: &str| {
        let word = word.trim_end_matches('.');
        let is = |dates: &str| dates.split(' ').any(|date| date.eq_ignore_ascii_case(word));
        word.len() < 7 && (is(ENGLISH) || is(DATES) && !tagger::given_name(word))
    };
    words.split([' ', ',']).filter(|word| !word.is_empty()).all(dated)
        && (after().starts_with(digit) || before().ends_with(digit))
}

/// Whether a single word is the name of a member in JSON that something else holds: `{"Tid":"4711"}`.
fn is_member(text: &str, span: &tagger::Span) -> bool {
    let after = text.get(span.range.end..).unwrap_or_default();
    let before = text.get(..span.range.start).and_then(|before| before.strip_suffix('"')).unwrap_or_default();
    span.words == 1
        && before.trim_end().ends_with(['{', ','])
        && after.strip_prefix('"').is_some_and(|after| after.trim_start_matches(' ').starts_with(':'))
}

/// Whether what several words name is a group by its last or first one: `Acme Support`, `Team Nord`.
fn is_group(text: &str, span: &tagger::Span) -> bool {
    let words = text.get(span.range.clone()).unwrap_or_default().split([' ', '\u{a0}']);
    let group = |word: &str| words::organisation(&word.to_lowercase());
    // "Michael Bank" is somebody.
    let given = words.clone().next().is_some_and(tagger::any_given);
    span.words > 1
        && !given
        && (words.clone().next().is_some_and(group) || words.clone().next_back().is_some_and(group))
}

/// Days of the week and months, as English and the other languages shorten them.
const ENGLISH: &str = "Mon Tue Wed Thu Fri Sat Sun Jan Feb Mar Apr May Jun Jul Aug Sep Sept Oct Nov Dec";
const DATES: &str = "Mo Di Mi Do Fr Sa So Mär \
    Mrz Mai Okt Dez lun mar mer jeu ven sam dim janv févr avr juil août déc mié jue vie sáb dom ene abr ago dic gio sab gen \
    mag giu lug set ott ma wo vr za zo mrt mei pon wt śr czw pt sob niedz sty lut kwi maj cze lip sie wrz paź lis gru";

/// How sure the tagger must be of a single word that is known as a common one, and of one that no list has.
const ALONE_OF_WORDS: i32 = 20;
const ALONE_OF_UNKNOWN: i32 = 10;

/// Whether a word is written as abbreviations are and is not known as a name.
fn is_code(text: &str, span: &tagger::Span) -> bool {
    let word = text.get(span.range.clone()).unwrap_or_default();
    let known = |word: &str| tagger::given_name(word) || tagger::family_name(word);
    if span.words > 1 {
        // "LLM Sampling", but not "DOE Jane".
        let capitals = |word: &&str| word.chars().count() > 1 && word.chars().all(char::is_uppercase);
        let mut all = word.split([' ', '-']);
        return all.clone().any(|word| capitals(&word) && !known(word))
            && !all.any(|word| !capitals(&word) && tagger::given_name(word));
    }
    // "IBAN DE89...", also when a pseudonym stands there by now.
    let after = text.get(span.range.end..).unwrap_or_default().trim_start_matches([' ', ':', '#', '.']);
    let code = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
    let code: Vec<u8> = after.bytes().take(32).take_while(code).collect();
    let announces =
        code.len() >= 6 && code.iter().any(u8::is_ascii_digit) && code.iter().any(u8::is_ascii_alphabetic);
    word.chars().all(char::is_uppercase)
        && (announces
            || word.chars().count() <= 3
            || !word.contains(['A', 'E', 'I', 'O', 'U', 'Y', 'Ä', 'Ö', 'Ü', 'É'])
            || !(tagger::given_name(word) || tagger::family_name(word)))
}

fn learn_tagged(span: &tagger::Span, written: &str, people: &mut People) {
    if span.words == 1 || span.handle {
        if span.sure >= ALONE {
            written.split(['.', '_']).for_each(|word| people.part(word));
        }
    } else if span.sure >= TOGETHER
        && let Some(name) = people::parse(written)
    {
        people.learn(&name);
    }
}

/// How sure the tagger must be of a single word, and of a name of several, for it to be looked for elsewhere.
const ALONE: i32 = 15;
const TOGETHER: i32 = 0;
/// How sure it must be of a key.
const IN_KEYS: i32 = 5;

/// Learns capitalised words next to each other that an address is made of.
fn agreeing(text: &str, locals: &Locals, people: &mut People) {
    // With how many letters they have.
    let mut before: Vec<(Token, &str, usize)> = Vec::with_capacity(6);
    let mut at = 0;
    while let Some(token) = next_token(text, at) {
        at = token.range.end;
        let word = text.get(token.range.clone()).unwrap_or_default();
        let joined = before.last().is_none_or(|(last, ..)| {
            matches!(text.get(last.range.end..token.range.start), Some(" " | "-" | "\u{a0}" | ", " | ". "))
        });
        if !joined {
            before.clear();
        }
        let particle = words::particle(word);
        if word.starts_with(char::is_uppercase) || particle {
            let length = letters(word).count();
            let mut together = length;
            for back in 1..=before.len().min(4) {
                let Some([(start, first, first_length), middle @ ..]) = before.get(before.len() - back..)
                else {
                    continue;
                };
                let fits = locals.fit(*first_length, together) || locals.fit(*first_length, length);
                together += first_length;
                if particle || !fits {
                    continue;
                }
                let rest: Vec<&str> = middle.iter().map(|(_, word, _)| *word).chain([word]).collect();
                if locals.agree(first, &rest) || back > 1 && locals.agree(first, &[word]) {
                    let whole = text.get(start.range.start..token.range.end).unwrap_or_default();
                    if let Some(name) = people::parse(whole).filter(|name| telling(name)) {
                        people.learn(&name);
                    }
                }
            }
            before.push((token, word, length));
        } else {
            before.clear();
        }
        if before.len() > 5 {
            before.remove(0);
        }
    }
}

/// The letters of a text, lower-case and without marks; German umlauts as addresses write them are not told from
/// plain vowels.
fn letters(text: &str) -> impl Iterator<Item = char> {
    // The letter before, unless it belongs to the one before that.
    let mut before = None;
    let lower = text.chars().filter(|char| char.is_alphabetic()).flat_map(char::to_lowercase);
    lower.filter_map(move |char| {
        let letter = fields::plain(char);
        let second = matches!((before, letter), (Some('a' | 'o' | 'u'), 'e') | (Some('s'), 's'));
        before = (!second).then_some(letter);
        before
    })
}
