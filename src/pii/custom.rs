//! What a company adds: patterns and lists of terms of its own, and words that are never masked.
//!
//! Patterns are matched in time linear in the text times the size of the pattern, which is limited, and in windows of a
//! long text: none can hang (`regex-lite`: no look-around, no references back; `\d`, `\w` and `\b` are ASCII).

use std::collections::HashSet;
use std::fmt;
use std::ops::Range;

use aho_corasick::AhoCorasick;
use regex_lite::{Regex, RegexBuilder};

use super::Kind;
use super::detect::Hit;
use super::pseudonym;
use super::traits::Traits;
use super::view::View;
use super::{tagger, words};

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
        self.search();
        Ok(())
    }

    /// Adds values that are looked for as they are, however short: where they stand by themselves, and the longer ones in
    /// any case.
    pub(super) fn values<'v>(&mut self, values: impl Iterator<Item = (Kind, &'v str)>) {
        for (kind, value) in values {
            let value = value.trim();
            if value.is_empty() {
                continue;
            }
            let lower = value.to_lowercase();
            if value.chars().count() < 4
                || words::common(&lower)
                || words::also_name(&lower)
                || tagger::is_word(&lower)
            {
                self.terms.push((value.to_owned(), kind));
            } else {
                self.caseless.push((lower, kind));
            }
        }
        self.search();
    }

    fn search(&mut self) {
        let search = |terms: &[(String, Kind)]| {
            let words = terms.iter().map(|(term, _)| term);
            AhoCorasick::new(words).ok()
        };
        self.written = search(&self.terms).filter(|_| !self.terms.is_empty());
        self.lower = search(&self.caseless).filter(|_| !self.caseless.is_empty());
    }

    pub(super) fn is_empty(&self) -> bool {
        self.patterns.is_empty() && self.written.is_none() && self.lower.is_none()
    }

    /// What was found by the recognizers and what these find, ascending and apart. Where the two overlap, all of both is
    /// one value: of the kind that was configured when it holds all of the other, and of the recognizers' otherwise. A
    /// secret stays one.
    pub(super) fn with(&self, text: &str, found: Vec<Hit>) -> Vec<Hit> {
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
        own.sort_by_key(|hit| (hit.range.start, std::cmp::Reverse(hit.range.end)));
        let own = apart_from(standing(text, own), &pseudonym::find(text));
        let mut all: Vec<(Hit, bool)> =
            own.into_iter().map(|hit| (hit, true)).chain(found.into_iter().map(|hit| (hit, false))).collect();
        all.sort_by_key(|(hit, _)| (hit.range.start, std::cmp::Reverse(hit.range.end)));
        let mut hits: Vec<(Hit, bool)> = Vec::with_capacity(all.len());
        for (hit, own) in all {
            match hits.last_mut() {
                // What touches is one value too: two pseudonyms without anything between could not be told apart.
                Some((last, last_own)) if last.range.end >= hit.range.start => {
                    let inside = hit.range.end <= last.range.end;
                    let secret = last.kind == Kind::Secret || hit.kind == Kind::Secret;
                    if secret {
                        last.kind = Kind::Secret;
                    } else if *last_own && !own && !inside {
                        last.kind = hit.kind;
                    }
                    *last_own &= own || inside;
                    last.range.end = last.range.end.max(hit.range.end);
                }
                _ => hits.push((hit, own)),
            }
        }
        hits.into_iter().map(|(hit, _)| hit).collect()
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
            // All of them: a longer one that is part of a word hides no shorter one.
            for found in search.find_overlapping_iter(read) {
                let range = lower.as_ref().map_or(found.range(), |lower| lower.written(&found.range()));
                let kind = terms.get(found.pattern().as_usize()).map(|(_, kind)| *kind);
                hits.extend(kind.filter(|_| whole(&range)).map(|kind| Hit { range, kind }));
            }
        }
        for (pattern, kind) in &self.patterns {
            hits.extend(matches(pattern, text).into_iter().map(|range| Hit { range, kind: *kind }));
        }
        hits
    }
}

/// A long text is searched in windows of so many bytes, each of which begins so many before the end of the last: a
/// search goes on behind a match to see whether a longer one follows, and would read the whole text for each.
const WINDOW: usize = 1024;
const OVERLAP: usize = 256;

/// Where a pattern matches something with a letter or digit, ascending and apart.
fn matches(pattern: &Regex, text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let (mut from, mut begin) = (0, 0);
    loop {
        let mut end = text.len().min(begin + WINDOW);
        while !text.is_char_boundary(end) {
            end += 1;
        }
        let window = text.get(..end).unwrap_or_default();
        while let Some(hit) = pattern.find_at(window, from) {
            // What ends with the window may go on behind it, and is read whole in the next one.
            if hit.end() == end && end < text.len() && hit.start() + OVERLAP > end {
                break;
            }
            if hit.as_str().contains(char::is_alphanumeric) {
                found.push(hit.range());
            }
            // `\b` matches where there is nothing.
            let next = window.get(hit.end()..).and_then(|rest| rest.chars().next());
            from = hit.end() + if hit.is_empty() { next.map_or(1, char::len_utf8) } else { 0 };
            if from > end {
                break;
            }
        }
        if end == text.len() {
            return found;
        }
        begin = end - OVERLAP;
        while !text.is_char_boundary(begin) {
            begin += 1;
        }
        from = from.max(begin);
    }
}

/// With the letters and digits that are glued on, so that a pseudonym in their place stands by itself; ascending.
fn standing(text: &str, hits: Vec<Hit>) -> Vec<Hit> {
    let bytes = text.as_bytes();
    let glued = |byte: &&u8| byte.is_ascii_alphanumeric();
    let mut standing: Vec<Hit> = Vec::with_capacity(hits.len());
    for hit in hits {
        let done = standing.last().map_or(0, |last| last.range.end);
        // Each byte is looked at once, however many of the hits are glued together.
        if let Some(last) = standing.last_mut().filter(|last| last.range.end >= hit.range.start) {
            let after = bytes.get(last.range.end.max(hit.range.end)..).unwrap_or_default();
            if hit.range.end > last.range.end {
                last.range.end = hit.range.end + after.iter().take_while(glued).count();
            }
            continue;
        }
        let before = bytes.get(done..hit.range.start).unwrap_or_default();
        let start = hit.range.start - before.iter().rev().take_while(glued).count();
        let after = bytes.get(hit.range.end..).unwrap_or_default();
        let end = hit.range.end + after.iter().take_while(glued).count();
        standing.push(Hit { range: start..end, kind: hit.kind });
    }
    standing
}

/// Those that touch no pseudonym; both ascend.
fn apart_from(hits: Vec<Hit>, pseudonyms: &[(Range<usize>, pseudonym::Pseudonym)]) -> Vec<Hit> {
    let touches = |range: &Range<usize>| {
        let next = pseudonyms.partition_point(|(own, _)| own.end < range.start);
        pseudonyms.get(next).is_some_and(|(own, _)| own.start <= range.end)
    };
    hits.into_iter().filter(|hit| !touches(&hit.range)).collect()
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
    use super::{Custom, CustomError, Hit, Kind};

    fn found(custom: &Custom, text: &str) -> Vec<String> {
        custom.with(text, Vec::new()).into_iter().map(|hit| text[hit.range].to_owned()).collect()
    }

    #[test]
    fn patterns_and_terms_are_found() {
        let mut custom = Custom::default();
        custom.pattern(r"\bKD-[0-9]{4,6}\b", Kind::Custom).unwrap();
        custom.terms(&["Nordlicht".to_owned()], Kind::Custom, false).unwrap();
        custom.terms(&["Grüne Straße".to_owned()], Kind::Custom, true).unwrap();
        assert_eq!(found(&custom, "KD-12345 KD-1 xKD-1234 Nordlicht"), ["KD-12345", "Nordlicht"]);
        custom.terms(&["Acme".to_owned(), "Acme Corp".to_owned()], Kind::Custom, false).unwrap();
        assert_eq!(found(&custom, "Acme Corporation, Acme Corp"), ["Acme", "Acme Corp"]);
        assert_eq!(
            found(&custom, "Nordlichter nordlicht İ GRÜNE STRAßE, gr&uuml;ne Straße"),
            ["GRÜNE STRAßE", "gr&uuml;ne Straße"]
        );
        assert!(found(&custom, "Custom-7K3M9QX2WD4F").is_empty());
    }

    #[test]
    fn a_value_of_which_a_part_is_configured_stays_whole() {
        let mut custom = Custom::default();
        custom.pattern("KD-[0-9]{4}", Kind::Custom).unwrap();
        custom.terms(&["Nordlicht".to_owned()], Kind::Custom, true).unwrap();
        let with = |text: &str, found: &str, kind: Kind| {
            let at = text.find(found).unwrap();
            let hits = custom.with(text, vec![Hit { range: at..at + found.len(), kind }]);
            hits.into_iter().map(|hit| (text[hit.range].to_owned(), hit.kind)).collect::<Vec<_>>()
        };
        for (text, kind) in [
            ("tim.kowalski@nordlicht.de", Kind::Email),
            ("Nordlicht-2024!x", Kind::Secret),
            ("nordlicht-9f8e", Kind::Secret),
            ("jane.KD-1234@kunde.de", Kind::Email),
        ] {
            assert_eq!(with(&format!("x {text}, y"), text, kind), [(text.to_owned(), kind)]);
        }
        // What is configured knows better what a number is, and what is no secret.
        assert_eq!(with("of KD-1234 x", "1234", Kind::Phone), [("KD-1234".to_owned(), Kind::Custom)]);
        assert_eq!(with("of KD-1234 x", "1234", Kind::Secret), [("KD-1234".to_owned(), Kind::Secret)]);
        assert_eq!(with("12 KD-1234 34", "12 KD", Kind::Phone), [("12 KD-1234".to_owned(), Kind::Phone)]);
    }

    #[test]
    fn what_touches_is_one_value() {
        let mut custom = Custom::default();
        custom.pattern(r"\[[A-Z][0-9]\]", Kind::Custom).unwrap();
        assert_eq!(found(&custom, "x [A1][B2][C3] y"), ["[A1][B2][C3]"]);
        custom.pattern("KD-[0-9]{4}", Kind::Custom).unwrap();
        assert_eq!(found(&custom, "KD-1234KD-5678 x"), ["KD-1234KD-5678"]);
    }

    #[test]
    fn a_long_text_is_searched_in_windows_that_lose_nothing() {
        for pattern in ["KD-[0-9]{4}", "KD-[0-9]{4}(.*intern)?", r"\bKD-[0-9]+\b", "x+y|KD-[0-9]{4}", r"\b"] {
            let mut custom = Custom::default();
            custom.pattern(pattern, Kind::Custom).unwrap();
            let text: String = (0..4000).map(|at| format!("é{} KD-{at:04} ", "x".repeat(at % 7))).collect();
            let count = if pattern == r"\b" { 0 } else { 4000 };
            assert_eq!(found(&custom, &text).len(), count, "{pattern}");
        }
        let mut custom = Custom::default();
        custom.pattern("x+", Kind::Custom).unwrap();
        assert_eq!(found(&custom, &"x".repeat(10_000)), ["x".repeat(10_000)]);
        assert_eq!(found(&custom, &"é".repeat(10_000)), [""; 0]);
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
