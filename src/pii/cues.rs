//! Words that announce what follows, and the words before a value, read without allocating.

use std::sync::LazyLock;

use memchr::memmem;

use super::fields;

/// How far before a value its cue may stand, in bytes.
pub(super) const REACH: usize = 80;

/// Stands for digits, and for what was a value of another kind.
const NUMBER: u8 = b'0';
/// Stands for the end of a sentence.
const STOP: u8 = b'.';

/// Cues of one kind. Written as [`Words`] folds them: `passport` is that word, `pass*` any that begins so, `*pass*` any
/// that holds it, `social_security` two in a row.
pub(super) struct Cues {
    /// Words, phrases and beginnings, by their first letter.
    by_letter: [Vec<Cue>; 27],
    inside: Vec<memmem::Finder<'static>>,
}

struct Cue {
    text: String,
    /// Whether the last word may go on.
    open: bool,
}

impl Cues {
    pub(super) fn new(list: &'static str) -> Self {
        let mut cues = Self { by_letter: Default::default(), inside: Vec::new() };
        for entry in list.split_whitespace() {
            if let Some(inside) = entry.strip_prefix('*') {
                cues.inside.push(memmem::Finder::new(inside.trim_end_matches('*')));
                continue;
            }
            let text = entry.trim_end_matches('*').replace('_', " ");
            let open = entry.ends_with('*');
            if let Some(list) = text.bytes().next().and_then(|byte| cues.by_letter.get_mut(slot(byte))) {
                list.push(Cue { text, open });
            }
        }
        cues
    }

    /// Whether one of the cues begins with the word that begins here; `text` goes on to the end of what is looked at.
    fn begin(&self, text: &[u8]) -> bool {
        let Some(list) = text.first().and_then(|byte| self.by_letter.get(slot(*byte))) else { return false };
        list.iter().any(|cue| {
            text.strip_prefix(cue.text.as_bytes())
                .is_some_and(|rest| cue.open || rest.first().is_none_or(|byte| *byte == b' '))
        })
    }
}

/// Words for a number: what it is the number of, the sentence before may say.
static NUMBERS: List =
    LazyLock::new(|| Cues::new("number no nr nummer numero numer num reads lautet document"));

/// A list that is made when it is first needed.
pub(super) type List = LazyLock<Cues>;

fn slot(byte: u8) -> usize {
    if byte.is_ascii_lowercase() { usize::from(byte - b'a') } else { 26 }
}

/// The words before a value and of the key it stands under: lower case, without marks, each behind one space.
pub(super) struct Words {
    buffer: [u8; 2 * REACH + 2 * fields::MAX_KEY],
    length: usize,
    /// What stands before is of another sentence.
    from: usize,
}

impl Words {
    /// The words before a place in a text, on its line. When nothing stands before it there, what the line before
    /// ends with counts if it is a label (`Passport:`); at the start of the text, the key that it stands under.
    pub(super) fn before(text: &str, at: usize, key: Option<&str>) -> Self {
        let mut words = Self::new();
        let mut from = at.saturating_sub(REACH);
        while !text.is_char_boundary(from) {
            from += 1;
        }
        let window = text.get(from..at).unwrap_or_default();
        let (line, cut) = last_line(window);
        if from == 0
            && !cut
            && let Some(key) = key
        {
            words.read(key, true);
        }
        // A word that the reach began in the middle of is no word.
        let inside =
            from > 0 && !cut && text.get(..from).is_some_and(|text| text.ends_with(char::is_alphanumeric));
        let line = if inside { line.trim_start_matches(char::is_alphanumeric) } else { line };
        words.read(line, false);
        words
    }

    /// The words behind a value, as far as a bracket or the like goes: `(passport)`.
    pub(super) fn of(text: &str) -> Self {
        let mut words = Self::new();
        words.read(text, false);
        words
    }

    /// The words of a key.
    pub(super) fn of_key(key: &str) -> Self {
        let mut words = Self::new();
        words.read(key.get(..fields::MAX_KEY).unwrap_or(key), true);
        words
    }

    fn new() -> Self {
        Self { buffer: [0; 2 * REACH + 2 * fields::MAX_KEY], length: 0, from: 0 }
    }

    fn push(&mut self, byte: u8) {
        if let Some(place) = self.buffer.get_mut(self.length) {
            *place = byte;
            self.length += 1;
        }
    }

    fn read(&mut self, text: &str, camel: bool) {
        let mut previous = ' ';
        let mut begin = self.length;
        let mut end = 0;
        while let Some(char) = text.get(end..).and_then(|rest| rest.chars().next()) {
            end += char.len_utf8();
            let rest = || text.get(end..).unwrap_or_default();
            if char.is_alphabetic() {
                if !previous.is_alphabetic() || (camel && char.is_uppercase() && previous.is_lowercase()) {
                    begin = self.length;
                    self.push(b' ');
                }
                previous = char;
                if char.is_ascii() {
                    self.push(char.to_ascii_lowercase() as u8);
                    // Most letters are small ones behind others.
                    for byte in rest().bytes().take_while(u8::is_ascii_lowercase) {
                        self.push(byte);
                        end += 1;
                        previous = 'a';
                    }
                } else if !matches!(char, '\u{300}'..='\u{36f}') {
                    let plain = char.to_lowercase().next().map_or(char, fields::plain);
                    self.push(if plain.is_ascii() { plain as u8 } else { b'?' });
                }
                continue;
            } else if char.is_ascii_digit() {
                if !previous.is_ascii_digit() {
                    self.push(b' ');
                    self.push(NUMBER);
                }
            } else if matches!(char, '-' | '\u{2010}'..='\u{2015}')
                && previous.is_alphabetic()
                && let Some(length) = pseudonym(rest())
            {
                // A pseudonym says nothing of what follows; a person's is a word like another.
                let person = self.buffer.get(begin..self.length) == Some(b" person");
                self.length = begin;
                if !person {
                    self.push(b' ');
                    self.push(NUMBER);
                }
                end += length;
                previous = ' ';
                continue;
            } else if matches!(char, '.' | '!' | '?')
                && self.length.saturating_sub(begin) > 5
                && previous.is_alphabetic()
                && ends_sentence(rest())
            {
                self.push(b' ');
                self.push(STOP);
                self.from = self.length;
            }
            previous = char;
        }
    }

    fn text(&self) -> &[u8] {
        self.buffer.get(self.from..self.length).unwrap_or_default()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text().is_empty()
    }

    /// Where the last cue of the list begins.
    pub(super) fn find(&self, cues: &Cues) -> Option<usize> {
        let text = self.text();
        let word = memchr::memrchr_iter(b' ', text)
            .find(|at| text.get(at + 1..).is_some_and(|rest| cues.begin(rest)));
        let inside = cues.inside.iter().filter_map(|cue| {
            let mut last = None;
            for at in cue.find_iter(text) {
                last = Some(at);
            }
            last
        });
        word.into_iter().chain(inside).max()
    }

    /// Whether a cue of the list stands there, not far before, and none of the others between it and the last few words.
    pub(super) fn announce(mut self, cues: &Cues, others: &Cues) -> bool {
        let told = |words: &Self, at: usize| {
            // "passport of the account holder" is a passport's, "passport, account number" an account's.
            let near = words.find(others).filter(|other| {
                let behind = words.behind(*other);
                *other > at
                    && (behind == 0 || behind == 1 && words.find(&NUMBERS).is_some_and(|last| last > *other))
            });
            words.behind(at) <= 12 && near.is_none()
        };
        if let Some(at) = self.find(cues) {
            return told(&self, at);
        }
        // "... her passport. The number is"
        if self.from == 0 || self.find(&NUMBERS).is_none() {
            return false;
        }
        self.from = 0;
        self.find(cues).is_some_and(|at| told(&self, at))
    }

    /// The same after the last number only.
    pub(super) fn since_number(mut self) -> Self {
        let last = memchr::memrchr(NUMBER, self.text());
        self.from += last.map_or(0, |at| at + 1);
        self
    }

    /// The last few words only.
    pub(super) fn last(mut self, count: usize) -> Self {
        let start = memchr::memrchr_iter(b' ', self.text()).nth(count.saturating_sub(1));
        self.from += start.unwrap_or(0);
        self
    }

    /// How many words begin before the one that begins there.
    pub(super) fn ahead(&self, at: usize) -> usize {
        memchr::memchr_iter(b' ', self.text().get(..at).unwrap_or_default()).count()
    }

    /// How many words begin behind the one that begins there.
    pub(super) fn behind(&self, at: usize) -> usize {
        memchr::memchr_iter(b' ', self.text().get(at + 1..).unwrap_or_default()).count()
    }
}

/// The last line of a window, and whether a line break was cut off. A line without words takes the label before it, and
/// so does one that only says that a number follows (`Document: passport`, `Number: ...`).
fn last_line(window: &str) -> (&str, bool) {
    let Some(end) = window.rfind('\n') else { return (window, false) };
    let line = window.get(end + 1..).unwrap_or_default();
    let before = window.get(..end).unwrap_or_default().trim_end();
    let bare = !line.contains(char::is_alphanumeric) && before.ends_with([':', '*']);
    let number =
        line.len() <= 24 && line.trim_end().ends_with(':') && Words::of(line).find(&NUMBERS).is_some();
    if !bare && !number {
        return (line, true);
    }
    match before.rfind('\n') {
        Some(start) => (window.get(start + 1..).unwrap_or_default(), true),
        None => (window, false),
    }
}

/// How many characters of a pseudonym's symbols a text begins with.
fn pseudonym(text: &str) -> Option<usize> {
    let symbols = text.get(..12)?;
    let mixed = symbols.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && symbols.bytes().any(|byte| byte.is_ascii_digit());
    let bounded = !text.as_bytes().get(12).is_some_and(|byte| byte.is_ascii_alphanumeric() && *byte != b's');
    (mixed && bounded).then_some(12)
}

fn ends_sentence(rest: &str) -> bool {
    rest.strip_prefix([' ', '\u{a0}'])
        .is_some_and(|rest| rest.trim_start().starts_with(|char: char| char.is_uppercase()))
}

#[cfg(test)]
mod tests {
    use super::{Cues, Words};
    use proptest::prelude::*;

    fn says(before: &str, key: Option<&str>, list: &'static str) -> bool {
        Words::before(before, before.len(), key).find(&Cues::new(list)).is_some()
    }

    #[test]
    fn words_beginnings_phrases_and_insides_are_told() {
        assert!(says("the Passport no. ", None, "passport"));
        assert!(!says("the passports ", None, "passport") && says("the passports ", None, "passport*"));
        assert!(says("Her National  Insurance: ", None, "national_insurance"));
        assert!(
            says("Kfz-Kennzeichens ", None, "*kennzeichen*")
                && says("Dienstkennzeichen ", None, "*kennzeichen*")
        );
        assert!(says("n° de Sécurité Sociale ", None, "securite_sociale"));
        assert!(
            says("", Some("dateOfBirth"), "date_of_birth")
                && says("", Some("date_of_birth"), "date_of_birth")
        );
    }

    #[test]
    fn another_line_or_sentence_says_nothing() {
        assert!(!says("the passport\n", None, "passport") && says("Passport:\n  ", None, "passport"));
        assert!(!says("We like passports. Order ", None, "passport*"));
        assert!(says("Passport nr. A and ", None, "passport"));
        assert!(!says("a\n", Some("passport"), "passport") && says("a ", Some("passport"), "passport"));
    }

    #[test]
    fn the_last_cue_counts_and_a_pseudonym_is_none() {
        let (passport, order) = (Cues::new("passport"), Cues::new("order"));
        let words = |text: &str| Words::before(text, text.len(), None);
        assert!(words("order of a passport ").announce(&passport, &order));
        assert!(!words("passport for order ").announce(&passport, &order));
        assert!(words("Passport-7K3M9QX2WD4F and ").find(&passport).is_none());
        assert!(words("passport of Person-7K3M9QX2WD4F ").since_number().find(&passport).is_some());
        assert!(words("passport 5 ").since_number().find(&passport).is_none());
    }

    proptest! {
        #[test]
        fn arbitrary_text_never_panics(text in "(?s).{0,200}", key in ".{0,80}") {
            Words::before(&text, text.len(), Some(&key)).find(&Cues::new("a *b* c_d*"));
        }
    }
}
