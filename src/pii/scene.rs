//! A text as the recognizers of numbers and codes see it, and what they ask of it.

use std::cell::Cell;
use std::ops::Range;

use super::cues::{Cues, Words};
use super::kinds::birth_date::BORN;
use super::numbers::{Numbers, hyphen, space};

/// One string and where it stands.
pub(super) struct Scene<'t> {
    pub(super) text: &'t str,
    /// The JSON key, or the head of a column, that it stands under.
    pub(super) key: Option<&'t str>,
    pub(super) numbers: Numbers<'t>,
    /// What was last read for a code.
    run: Cell<Option<Run>>,
}

/// The letters and digits from a place on, one separator between some of them.
#[derive(Clone, Copy)]
struct Run {
    start: usize,
    /// Whether a code may begin there.
    opens: bool,
    length: usize,
    /// Where each ends, counted from the start.
    ends: [u8; LONGEST],
}

/// A code has no more letters and digits, and no more groups of them.
const LONGEST: usize = 16;
const GROUPS: usize = 8;

/// The letters and digits of a code, capitals, with the lengths of its groups.
#[derive(Clone, Copy, Debug)]
pub(super) struct Code {
    symbols: [u8; LONGEST],
    length: usize,
    groups: [u8; GROUPS],
    parts: usize,
    pub(super) end: usize,
}

impl Code {
    pub(super) fn symbols(&self) -> &[u8] {
        self.symbols.get(..self.length).unwrap_or_default()
    }

    /// The lengths of its groups.
    pub(super) fn groups(&self) -> &[u8] {
        self.groups.get(..self.parts).unwrap_or_default()
    }

    /// Whether it stands in one piece or in groups of these lengths.
    pub(super) fn grouped(&self, groups: &[&[u8]]) -> bool {
        self.parts == 1 || groups.contains(&self.groups())
    }

    /// A symbol as a digit.
    pub(super) fn digit(&self, at: usize) -> Option<u32> {
        self.symbols().get(at).filter(|byte| byte.is_ascii_digit()).map(|byte| u32::from(byte - b'0'))
    }

    /// The digits in a part of it as a number; [`None`] when something else is among them.
    pub(super) fn number(&self, range: Range<usize>) -> Option<u64> {
        self.symbols().get(range)?.iter().try_fold(0, |number: u64, byte| {
            byte.is_ascii_digit().then(|| number * 10 + u64::from(byte - b'0'))
        })
    }

    /// Whether these symbols are all digits.
    pub(super) fn digits(&self, range: Range<usize>) -> bool {
        self.number(range).is_some()
    }

    /// The sum of its digits from the first on, each times its weight; [`None`] when one is no digit.
    pub(super) fn weighted(&self, weights: &[u32]) -> Option<u32> {
        weights.iter().enumerate().map(|(at, weight)| Some(self.digit(at)? * weight)).sum()
    }
}

impl<'t> Scene<'t> {
    pub(super) fn new(text: &'t str, key: Option<&'t str>, numbers: Numbers<'t>) -> Self {
        Self { text, key, numbers, run: Cell::new(None) }
    }

    /// The words that stand before a place, or announce all of the string.
    pub(super) fn words(&self, at: usize) -> Words {
        Words::before(self.text, at, self.key)
    }

    /// Whether a value is announced: by a word before it, with none of `others` between, by its key, or by what
    /// follows in brackets.
    pub(super) fn announced(&self, range: &Range<usize>, cues: &Cues, others: &Cues) -> bool {
        if self.words(range.start).announce(cues, others) {
            return true;
        }
        // "123456789 (passport)", "123456789 is her passport number"
        let after = self.text.get(range.end..).unwrap_or_default();
        let end =
            after.char_indices().take(40).find(|(_, char)| matches!(char, ')' | '\n' | ',' | ';' | '.'));
        let inside = after
            .get(..end.or_else(|| after.char_indices().nth(40)).map_or(after.len(), |(at, _)| at))
            .unwrap_or_default();
        let linked = [" (", " is ", " ist ", " est ", " es ", " è ", " jest ", " as "]
            .iter()
            .any(|link| inside.starts_with(link));
        linked && Words::of(inside).find(cues).is_some()
    }

    /// Whether a date of birth is announced right behind a value: `111222333, born 12 May 1980`. A number with a right
    /// check digit beside it is somebody's.
    pub(super) fn beside_birth(&self, range: &Range<usize>) -> bool {
        let after = self.text.get(range.end..).unwrap_or_default();
        let end =
            after.char_indices().take(40).find(|(_, char)| matches!(char, '\n' | ';' | '.' | '0'..='9'));
        let clause = after
            .get(..end.or_else(|| after.char_indices().nth(40)).map_or(after.len(), |(at, _)| at))
            .unwrap_or_default();
        let words = Words::of(clause);
        words.find(&BORN).is_some_and(|cue| words.ahead(cue) <= 3)
    }

    /// The code of so many letters and digits that begins here: in one piece, or in groups with one separator between
    /// them. Nothing that goes on, and no part of an identifier.
    pub(super) fn code(&self, start: usize, length: usize) -> Option<Code> {
        let run = self.run(start);
        let last = length.checked_sub(1).filter(|last| *last < run.length && run.opens)?;
        let end = start + usize::from(*run.ends.get(last)?);
        if !self.closes(end) {
            return None;
        }
        let mut code = Code { symbols: [0; LONGEST], length, groups: [0; GROUPS], parts: 1, end };
        let mut symbols = code.symbols.iter_mut();
        let mut apart = false;
        for byte in self.text.as_bytes().get(start..end)? {
            if byte.is_ascii_alphanumeric() {
                code.parts += usize::from(apart);
                *symbols.next()? = byte.to_ascii_uppercase();
                *code.groups.get_mut(code.parts - 1)? += 1;
            }
            apart = !byte.is_ascii_alphanumeric();
        }
        Some(code)
    }

    /// How many letters and digits a code that begins here has at most, as far as any code reaches.
    pub(super) fn reach(&self, start: usize) -> usize {
        self.run(start).length
    }

    fn run(&self, start: usize) -> Run {
        if let Some(run) = self.run.get().filter(|run| run.start == start) {
            return run;
        }
        let run = self.read(start);
        self.run.set(Some(run));
        run
    }

    fn read(&self, start: usize) -> Run {
        let mut run = Run { start, opens: self.opens(start), length: 0, ends: [0; LONGEST] };
        let rest = self.text.get(start..).unwrap_or_default();
        let (mut at, mut groups, mut apart) = (0, 1, true);
        let mut ends = run.ends.iter_mut();
        while let Some(byte) = rest.as_bytes().get(at) {
            if byte.is_ascii_alphanumeric() {
                let Some(end) = ends.next() else { break };
                at += 1;
                *end = at as u8;
                run.length += 1;
                apart = false;
            } else {
                let Some(char) = rest.get(at..).and_then(|rest| rest.chars().next()) else { break };
                let joins = space(char) || hyphen(char) || matches!(char, '.' | '/');
                // Two separators in a row end it.
                if apart || !joins || groups == GROUPS {
                    break;
                }
                groups += 1;
                at += char.len_utf8();
                apart = true;
            }
        }
        run
    }

    /// Whether a code may begin here.
    pub(super) fn opens(&self, at: usize) -> bool {
        let before = self.text.get(..at).unwrap_or_default();
        let mut chars = before.chars().rev();
        match chars.next() {
            // "Nr.123", and not "example.123"
            Some('.') => {
                let letters =
                    before.bytes().rev().skip(1).take(6).take_while(u8::is_ascii_alphabetic).count();
                (letters > 0 && letters < 5) || !chars.next().is_some_and(char::is_alphanumeric)
            }
            Some('-' | '/' | '\\' | '+') => !chars.next().is_some_and(char::is_alphanumeric),
            Some('_' | '@' | '$' | '€' | '£' | '%' | '&') => false,
            Some('º' | 'ª') => true,
            Some(char) => !char.is_alphanumeric(),
            None => true,
        }
    }

    /// Whether a code may end here.
    pub(super) fn closes(&self, at: usize) -> bool {
        let mut after = self.text.get(at..).unwrap_or_default().chars();
        match after.next() {
            Some('-' | '/' | '\\' | '+') => !after.next().is_some_and(char::is_alphanumeric),
            Some('.') => !after.next().is_some_and(|char| char.is_ascii_digit() || char.is_lowercase()),
            Some(':') => !after.next().is_some_and(|char| char.is_ascii_digit()),
            Some('_' | '@' | '%' | '€' | '$' | '£' | '°' | '=') => false,
            Some(char) => !char.is_alphanumeric(),
            None => true,
        }
    }

    /// Where the run of letters and digits begins that a place is in.
    pub(super) fn run_start(&self, at: usize) -> usize {
        let before = self.text.as_bytes().get(..at).unwrap_or_default();
        at - before.iter().rev().take(24).take_while(|byte| byte.is_ascii_alphanumeric()).count()
    }

    /// Where the run of letters and digits ends that begins here.
    pub(super) fn run_end(&self, at: usize) -> usize {
        let rest = self.text.as_bytes().get(at..).unwrap_or_default();
        at + rest.iter().take(64).take_while(|byte| byte.is_ascii_alphanumeric()).count()
    }
}
