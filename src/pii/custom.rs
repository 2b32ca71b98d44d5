//! What a company adds: patterns and lists of terms of its own, and words that are never masked.
//!
//! Patterns are matched in time linear in the text times the size of the pattern, which is limited: none can hang
//! (`regex-lite`: no look-around, no references back; `\d`, `\w` and `\b` are ASCII).

use std::collections::HashSet;
use std::fmt;
use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};
use regex_lite::{Regex, RegexBuilder};

use super::Kind;
use super::detect::Hit;
use super::pseudonym;
use super::traits::Traits;
use super::view::View;

/// A pattern is no longer, in bytes; compiled, it takes no more.
const MAX_PATTERN: usize = 200;
const MAX_COMPILED: usize = 16 * 1024;
/// There are no more patterns.
const MAX_PATTERNS: usize = 16;
/// All terms together are no longer, in bytes.
const MAX_TERMS: usize = 256 * 1024;

/// Why a pattern or a list of terms is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CustomError {
    /// Not a pattern.
    #[error("not a pattern: look-around and references back are not there, and a literal \\ is written \\\\")]
    Pattern,
    /// Longer, or larger when compiled, than is allowed.
    #[error(
        "too large a pattern: at most {MAX_PATTERN} bytes, and counted repetitions such as {{1,100}} are written out; \
         write several patterns"
    )]
    Large,
    /// Matches where there is nothing.
    #[error("a pattern that matches the empty text says nothing; write + for *")]
    Empty,
    /// Too many patterns.
    #[error("at most {MAX_PATTERNS} patterns")]
    Many,
    /// An empty term, or one without a letter or digit.
    #[error("a term has at least two letters or digits")]
    Term,
    /// Too many terms.
    #[error("at most 256 KiB of terms")]
    Terms,
}

/// Patterns, terms and words of a configuration.
#[derive(Default)]
pub struct Custom {
    patterns: Vec<(Regex, Kind)>,
    /// Terms as they are written, and those whose case says nothing, in lower case.
    terms: Vec<(String, Kind)>,
    caseless: Vec<(String, Kind)>,
    written: Option<AhoCorasick>,
    lower: Option<AhoCorasick>,
    size: usize,
}

impl Custom {
    /// Adds a pattern.
    ///
    /// # Errors
    /// [`CustomError`] says what is wrong with it.
    pub fn pattern(&mut self, pattern: &str, kind: Kind) -> Result<(), CustomError> {
        if self.patterns.len() == MAX_PATTERNS {
            return Err(CustomError::Many);
        }
        if pattern.len() > MAX_PATTERN {
            return Err(CustomError::Large);
        }
        let build = |size| RegexBuilder::new(pattern).size_limit(size).nest_limit(16).build();
        let regex = match build(MAX_COMPILED) {
            Ok(regex) => regex,
            Err(_) if build(64 * MAX_COMPILED).is_ok() => return Err(CustomError::Large),
            Err(_) => return Err(CustomError::Pattern),
        };
        if regex.is_match("") {
            return Err(CustomError::Empty);
        }
        self.patterns.push((regex, kind));
        Ok(())
    }

    /// Adds terms, which stand by themselves: not inside a longer word.
    ///
    /// # Errors
    /// [`CustomError`] says what is wrong with one.
    pub fn terms(&mut self, terms: &[String], kind: Kind, ignore_case: bool) -> Result<(), CustomError> {
        for term in terms {
            if term.chars().filter(|char| char.is_alphanumeric()).count() < 2 {
                return Err(CustomError::Term);
            }
            self.size += term.len();
            if self.size > MAX_TERMS {
                return Err(CustomError::Terms);
            }
            let term = term.trim();
            if ignore_case {
                self.caseless.push((term.to_lowercase(), kind));
            } else {
                self.terms.push((term.to_owned(), kind));
            }
        }
        let search = |terms: &[(String, Kind)]| {
            let words = terms.iter().map(|(term, _)| term);
            AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(words).ok()
        };
        self.written = search(&self.terms).filter(|_| !self.terms.is_empty());
        self.lower = search(&self.caseless).filter(|_| !self.caseless.is_empty());
        Ok(())
    }

    fn is_empty(&self) -> bool {
        self.patterns.is_empty() && self.written.is_none() && self.lower.is_none()
    }

    /// What was found by the recognizers, and before it what these find, ascending and apart.
    pub(super) fn before(&self, text: &str, found: Vec<Hit>) -> Vec<Hit> {
        if self.is_empty() {
            return found;
        }
        let mut own: Vec<Hit> = Vec::new();
        if let Some(view) = View::of(text, Traits::of(text)) {
            for hit in self.find(&view.text) {
                let parts = view.written(&hit.range, text);
                own.extend(parts.into_iter().map(|range| Hit { range, kind: hit.kind }));
            }
        }
        own.extend(self.find(text));
        if own.is_empty() {
            return found;
        }
        let pseudonyms: Vec<Range<usize>> =
            pseudonym::find(text).into_iter().map(|(range, _)| range).collect();
        let glued = |byte: &&u8| byte.is_ascii_alphanumeric();
        for hit in &mut own {
            // A pseudonym in its place must stand by itself.
            let before = text.as_bytes().get(..hit.range.start).unwrap_or_default();
            let after = text.as_bytes().get(hit.range.end..).unwrap_or_default();
            hit.range.start -= before.iter().rev().take_while(glued).count();
            hit.range.end += after.iter().take_while(glued).count();
        }
        let mut hits: Vec<Hit> = Vec::new();
        for hit in own.into_iter().chain(found) {
            let apart = |range: &Range<usize>| range.end < hit.range.start || hit.range.end < range.start;
            if pseudonyms.iter().all(apart) && hits.iter().all(|other| apart(&other.range)) {
                hits.push(hit);
            }
        }
        hits.sort_by_key(|hit| hit.range.start);
        hits
    }

    fn find(&self, text: &str) -> Vec<Hit> {
        let mut hits = Vec::new();
        let whole = |range: &Range<usize>| {
            let before = text.get(..range.start).and_then(|before| before.chars().next_back());
            let after = text.get(range.end..).and_then(|after| after.chars().next());
            !before.into_iter().chain(after).any(char::is_alphanumeric)
        };
        for (search, terms) in [(&self.written, &self.terms), (&self.lower, &self.caseless)] {
            let Some(search) = search else { continue };
            let lower = std::ptr::eq(terms, &self.caseless).then(|| Lower::of(text));
            let read = lower.as_ref().map_or(text, |lower| &lower.text);
            for found in search.find_iter(read) {
                let range = lower.as_ref().map_or(found.range(), |lower| lower.written(&found.range()));
                let kind = terms.get(found.pattern().as_usize()).map(|(_, kind)| *kind);
                hits.extend(kind.filter(|_| whole(&range)).map(|kind| Hit { range, kind }));
            }
        }
        for (pattern, kind) in &self.patterns {
            let found =
                pattern.find_iter(text).filter(|found| found.as_str().contains(char::is_alphanumeric));
            hits.extend(found.map(|found| Hit { range: found.range(), kind: *kind }));
        }
        hits
    }
}

impl fmt::Debug for Custom {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let terms = self.terms.len() + self.caseless.len();
        write!(formatter, "Custom({} patterns, {terms} terms)", self.patterns.len())
    }
}

/// A text in lower case, which may be longer or shorter.
struct Lower {
    text: String,
    /// Where each byte was written, if anything changed its length.
    at: Vec<usize>,
}

impl Lower {
    fn of(text: &str) -> Self {
        if text.is_ascii() {
            return Self { text: text.to_ascii_lowercase(), at: Vec::new() };
        }
        let mut lower = Self { text: String::with_capacity(text.len()), at: Vec::with_capacity(text.len()) };
        for (at, char) in text.char_indices() {
            lower.text.extend(char.to_lowercase());
            lower.at.resize(lower.text.len(), at);
        }
        lower.at.push(text.len());
        lower
    }

    fn written(&self, range: &Range<usize>) -> Range<usize> {
        let at = |offset: usize| self.at.get(offset).copied().unwrap_or(offset);
        at(range.start)..at(range.end)
    }
}

/// Words and values that are never masked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allow {
    /// As they are written.
    pub exact: HashSet<String>,
    /// In lower case: their case says nothing.
    pub caseless: HashSet<String>,
}

impl Allow {
    pub(super) fn holds(&self, value: &str) -> bool {
        self.exact.contains(value)
            || (!self.caseless.is_empty() && self.caseless.contains(&value.to_lowercase()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Custom, CustomError, Kind};

    fn found(custom: &Custom, text: &str) -> Vec<String> {
        custom.before(text, Vec::new()).into_iter().map(|hit| text[hit.range].to_owned()).collect()
    }

    #[test]
    fn patterns_and_terms_are_found() {
        let mut custom = Custom::default();
        custom.pattern(r"\bKD-[0-9]{4,6}\b", Kind::Custom).unwrap();
        custom.terms(&["Nordlicht".to_owned()], Kind::Custom, false).unwrap();
        custom.terms(&["Grüne Straße".to_owned()], Kind::Custom, true).unwrap();
        assert_eq!(found(&custom, "KD-12345 KD-1 xKD-1234 Nordlicht"), ["KD-12345", "Nordlicht"]);
        assert_eq!(
            found(&custom, "Nordlichter nordlicht İ GRÜNE STRAßE, gr&uuml;ne Straße"),
            ["GRÜNE STRAßE", "gr&uuml;ne Straße"]
        );
        assert!(found(&custom, "Custom-7K3M9QX2WD4F").is_empty());
    }

    #[test]
    fn what_could_take_long_or_says_nothing_is_refused() {
        let mut custom = Custom::default();
        for (pattern, error) in [
            ("(", CustomError::Pattern),
            ("(?=a)", CustomError::Pattern),
            (r"(a)\1", CustomError::Pattern),
            ("[a-z]{1000}", CustomError::Large),
            ("a*", CustomError::Empty),
            (&"a".repeat(201), CustomError::Large),
        ] {
            assert_eq!(custom.pattern(pattern, Kind::Custom), Err(error), "{pattern}");
        }
        for _ in 0..16 {
            custom.pattern("(a+)+b", Kind::Custom).unwrap();
        }
        assert_eq!(custom.pattern("a", Kind::Custom), Err(CustomError::Many));
        assert_eq!(custom.terms(&["-x".to_owned()], Kind::Custom, true), Err(CustomError::Term));
        // Linear, where others take years.
        assert!(found(&custom, &"a".repeat(4_000)).is_empty());
    }
}
