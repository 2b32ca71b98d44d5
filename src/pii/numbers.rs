//! The groups of digits in a text, and what joins them: the common ground of cards and phone numbers.
//!
//! Groups that belong to something else (hashes, pseudonyms, what another recognizer found; for phone numbers also
//! dates, times and decimals) are not free, and nothing reaches across them.

use std::ops::Range;

use super::looks::Span;

/// A run of ASCII digits.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) range: Range<usize>,
    /// Up to the next group.
    pub(super) gap: Gap,
    /// Whether it may be part of a number of ours.
    pub(super) free: bool,
    /// Whether it is part of something that was found already.
    pub(super) taken: bool,
}

/// What stands between two groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    /// One space, breaking or not.
    Space,
    /// A tab or several spaces, as in tables: joins only what is plainly one number.
    Wide,
    /// One hyphen or dash.
    Hyphen,
    /// One full stop.
    Dot,
    /// One slash.
    Slash,
    /// Some of these with parentheses, as in `(030) 12` or `030 / 12`.
    Mixed,
    /// Anything else: the groups have nothing to do with each other.
    Apart,
}

/// So many groups have most texts.
const USUAL: usize = 16;

/// All groups of a text.
pub(super) struct Numbers<'t> {
    pub(super) text: &'t str,
    pub(super) groups: Vec<Group>,
}

impl<'t> Numbers<'t> {
    /// Reads the groups; those that touch `taken` (ascending) are not free.
    pub(super) fn read(text: &'t str, taken: &[Span]) -> Self {
        let bytes = text.as_bytes();
        let mut groups: Vec<Group> = Vec::with_capacity(USUAL);
        let mut taken = taken.iter().map(|(range, _)| range).peekable();
        let mut at = 0;
        while let Some(ahead) = bytes.get(at..).and_then(|rest| rest.iter().position(u8::is_ascii_digit)) {
            let start = at + ahead;
            at = start;
            while bytes.get(at).is_some_and(u8::is_ascii_digit) {
                at += 1;
            }
            while taken.next_if(|range| range.end <= start).is_some() {}
            let is_taken = taken.peek().is_some_and(|range| range.start < at);
            let free = !is_taken
                && !glued(text.get(..start).and_then(|before| before.chars().next_back()))
                && !glued(text.get(at..).and_then(|after| after.chars().next()));
            if let Some(last) = groups.last_mut() {
                last.gap = if free && last.free { gap(text, last.range.end, start) } else { Gap::Apart };
            }
            groups.push(Group { range: start..at, gap: Gap::Apart, free, taken: is_taken });
        }
        Self { text, groups }
    }

    /// The same when more is taken.
    pub(super) fn without(mut self, taken: &[Span]) -> Self {
        let mut taken = taken.iter().map(|(range, _)| range).peekable();
        for index in 0..self.groups.len() {
            let Some(range) = self.groups.get(index).map(|group| group.range.clone()) else { break };
            while taken.next_if(|taken| taken.end <= range.start).is_some() {}
            if taken.peek().is_some_and(|taken| taken.start < range.end) {
                self.take(index);
                if let Some(group) = self.groups.get_mut(index) {
                    group.taken = true;
                }
            }
        }
        self
    }

    /// The same without dates, times and decimals. Numbers that a check digit tells need no such care.
    pub(super) fn dated(mut self) -> Self {
        self.exclude();
        self
    }

    /// The digits of a group.
    pub(super) fn digits(&self, index: usize) -> &'t str {
        self.groups.get(index).and_then(|group| self.text.get(group.range.clone())).unwrap_or_default()
    }

    /// How many digits a group has.
    pub(super) fn length(&self, index: usize) -> usize {
        self.groups.get(index).map_or(0, |group| group.range.len())
    }

    /// What joins a group to the next one; [`Gap::Apart`] also when it is wide or one of them is not free.
    pub(super) fn gap(&self, index: usize) -> Gap {
        match self.wide_gap(index) {
            Gap::Wide => Gap::Apart,
            gap => gap,
        }
    }

    /// As [`Numbers::gap`], also when it is wide.
    pub(super) fn wide_gap(&self, index: usize) -> Gap {
        self.groups.get(index).map_or(Gap::Apart, |group| group.gap)
    }

    /// What joins a group to the one before it.
    pub(super) fn gap_before(&self, index: usize) -> Gap {
        index.checked_sub(1).map_or(Gap::Apart, |before| self.gap(before))
    }

    /// The byte before a position.
    pub(super) fn byte_before(&self, at: usize) -> Option<u8> {
        at.checked_sub(1).and_then(|at| self.text.as_bytes().get(at)).copied()
    }

    /// The text before a position.
    pub(super) fn before(&self, at: usize) -> &'t str {
        self.text.get(..at).unwrap_or_default()
    }

    /// The text from a position on.
    pub(super) fn after(&self, at: usize) -> &'t str {
        self.text.get(at..).unwrap_or_default()
    }

    /// Whether a number may begin here: not inside an identifier such as `INV-0031` or `pages/6421`.
    pub(super) fn begins(&self, at: usize) -> bool {
        let mut before = self.before(at).chars().rev();
        match before.next() {
            Some('#' | '$' | '€' | '£' | '¥' | '+' | '_' | '@' | '%' | '&') => false,
            Some('-' | '/' | '.' | '\\' | '\'') => !before.next().is_some_and(char::is_alphanumeric),
            Some(char) => !char.is_alphanumeric(),
            None => true,
        }
    }

    /// Whether a number may end here: not inside an identifier, before a decimal or a unit.
    pub(super) fn ends(&self, at: usize) -> bool {
        let mut after = self.after(at).chars();
        match after.next() {
            Some('_' | '%' | '€' | '$' | '£' | '@' | '=' | '°') => false,
            Some('-' | '/' | '.' | ',' | ':' | '\\') => {
                !after.next().is_some_and(|char| char.is_alphabetic() || char.is_ascii_digit())
                    || self.after(at).starts_with("\\n")
                    || self.after(at).starts_with(',')
            }
            Some(' ' | '\u{a0}' | '\u{202f}') => {
                let rest = after.as_str();
                let word = rest.split(|char: char| !char.is_alphanumeric()).next().unwrap_or_default();
                !(rest.starts_with(['€', '$', '£', '%']) || UNITS.contains(&word))
            }
            Some(char) => !char.is_alphanumeric(),
            None => true,
        }
    }

    fn exclude(&mut self) {
        for index in 0..self.groups.len() {
            let count = self.date(index).or_else(|| self.clock(index)).unwrap_or(0);
            for index in index..index + count {
                self.take(index);
            }
        }
    }

    /// How many groups from here are a date: `2026-11-22`, `22.11.2026`, `11/22/2026`.
    fn date(&self, index: usize) -> Option<usize> {
        let gap = self.gap(index);
        if !matches!(gap, Gap::Hyphen | Gap::Dot | Gap::Slash) || self.gap(index + 1) != gap {
            // `2026-11-22T10:00`: the day is glued to a letter and joined to nothing.
            return self.iso_head(index);
        }
        let number = |index: usize| self.digits(index).parse::<u16>().unwrap_or(u16::MAX);
        let lengths = (self.length(index), self.length(index + 1), self.length(index + 2));
        let month_and_day = |first: usize, second: usize| {
            let (first, second) = (number(first), number(second));
            (1..=31).contains(&first) && (1..=31).contains(&second) && first.min(second) <= 12
        };
        let year = |index: usize| (1800..2200).contains(&number(index));
        let holds = match lengths {
            (4, 1 | 2, 1 | 2) => year(index) && month_and_day(index + 1, index + 2),
            (1 | 2, 1 | 2, 4) => year(index + 2) && month_and_day(index, index + 1),
            _ => false,
        };
        holds.then_some(3)
    }

    fn iso_head(&self, index: usize) -> Option<usize> {
        let (year, month) = (self.groups.get(index)?, self.groups.get(index + 1)?);
        let end = month.range.end;
        // "1015 CJ Amsterdam, tel. 06-12345678"
        if self.text.get(year.range.end..month.range.start)? != "-" {
            return None;
        }
        let glued = self.gap(index) == Gap::Apart || self.gap(index + 1) == Gap::Apart;
        (glued && self.length(index) == 4 && self.length(index + 1) == 2 && self.after(end).starts_with('-'))
            .then_some(2)
    }

    /// `12:30`, and a decimal with a comma and at most two places.
    fn clock(&self, index: usize) -> Option<usize> {
        let (here, next) = (self.groups.get(index)?, self.groups.get(index + 1)?);
        let between = self.text.get(here.range.end..next.range.start)?;
        let time = between == ":" && here.range.len() <= 2 && next.range.len() == 2;
        let decimal = between == "," && next.range.len() <= 2 && here.range.len() <= 3;
        (time || decimal).then_some(2)
    }

    fn take(&mut self, index: usize) {
        if let Some(before) = index.checked_sub(1).and_then(|before| self.groups.get_mut(before)) {
            before.gap = Gap::Apart;
        }
        if let Some(group) = self.groups.get_mut(index) {
            group.free = false;
            group.gap = Gap::Apart;
        }
    }
}

/// Units of amounts, as the word after a number.
const UNITS: [&str; 22] = [
    "EUR", "USD", "CHF", "GBP", "PLN", "zł", "kr", "kg", "km", "cm", "mm", "ms", "MB", "GB", "kB", "bytes",
    "Bytes", "rows", "Euro", "euros", "euro", "Stück",
];

fn glued(neighbour: Option<char>) -> bool {
    neighbour.is_some_and(|char| (char.is_alphabetic() && !matches!(char, 'º' | 'ª')) || char == '_')
}

fn gap(text: &str, from: usize, to: usize) -> Gap {
    if to - from > 9 || to == from {
        return Gap::Apart;
    }
    let between = text.get(from..to).unwrap_or_default();
    let mut chars = between.chars();
    match (chars.next(), chars.next()) {
        (Some(one), None) if space(one) => Gap::Space,
        (Some(one), None) if hyphen(one) => Gap::Hyphen,
        (Some('.'), None) => Gap::Dot,
        (Some('/'), None) => Gap::Slash,
        _ if between.chars().all(|char| space(char) || char == '\t') && between.chars().count() <= 3 => {
            Gap::Wide
        }
        _ => {
            let joined = between.chars().count() <= 3
                && between.chars().all(|char| space(char) || hyphen(char) || matches!(char, '/' | '(' | ')'));
            if joined { Gap::Mixed } else { Gap::Apart }
        }
    }
}

/// Whether a character is a space that may stand inside a number.
pub(super) fn space(char: char) -> bool {
    matches!(char, ' ' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}')
}

/// Whether a character is a hyphen or dash that may stand inside a number.
pub(super) fn hyphen(char: char) -> bool {
    matches!(char, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}
