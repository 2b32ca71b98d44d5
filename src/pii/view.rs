//! A text as people see it, for the recognizers: without characters that show nothing (zero-width spaces, soft
//! hyphens, marks of direction) and without combining marks, with ASCII in the place of its full-width forms; and with
//! what [`encoded`] parts of it stand for, tags left out.
//!
//! `anna\u{200b}@kunde.de`, `anna＠kunde.de` and `anna&#64;kunde.de` are read as an address by everybody, and so they
//! are here. What is found is told as the bytes of the text itself, with everything that shows nothing inside; where
//! tags stand inside, as the parts between them.

use std::ops::Range;

use super::encoded::{self, Encodings, Unit};
use super::traits::{AMPERSAND, BACKSLASH, BREAK, COLON, EQUALS, LESS, OTHER, PERCENT, SPACE, Traits};

/// A text that is written in another way than it is seen.
pub(super) struct View {
    /// As it is seen.
    pub(super) text: String,
    pub(super) has: Traits,
    /// All of it, ascending.
    runs: Vec<Run>,
}

/// A part of the text that is seen as it is written, or one character that is not.
struct Run {
    seen: usize,
    written: Range<usize>,
    /// Seen as it is written.
    same: bool,
    /// A tag stands before it, or it is one.
    apart: bool,
    tag: bool,
}

impl View {
    /// [`None`] when the text is seen as it is written.
    pub(super) fn of(text: &str, has: Traits) -> Option<Self> {
        let encoded =
            has.any(AMPERSAND | PERCENT | LESS | BACKSLASH | EQUALS) || has.each(BREAK | SPACE | COLON);
        let encodings = if encoded { Encodings::of(text) } else { Encodings::default() };
        if !(encodings.any() || has.any(OTHER) && shows_otherwise(text)) {
            return None;
        }
        let mut view =
            Self { text: String::with_capacity(text.len()), has: Traits::default(), runs: Vec::new() };
        let (mut from, mut apart) = (0, false);
        let mut chars = text.char_indices();
        while let Some((at, char)) = chars.next() {
            let unit = if char.is_ascii() { encodings.read(text, at) } else { shown(char) };
            let Some(Unit { length, seen, tag }) = unit else { continue };
            view.same(text, from..at, &mut apart);
            if let Some(seen) = seen {
                view.runs.push(Run {
                    seen: view.text.len(),
                    written: at..at + length,
                    same: false,
                    apart: std::mem::take(&mut apart),
                    tag,
                });
                view.text.push(seen);
            }
            apart |= tag;
            from = at + length;
            while chars.offset() < from && chars.next().is_some() {}
        }
        view.same(text, from..text.len(), &mut apart);
        view.has = Traits::of(&view.text);
        Some(view)
    }

    fn same(&mut self, text: &str, range: Range<usize>, apart: &mut bool) {
        if let Some(part) = text.get(range.clone()).filter(|part| !part.is_empty()) {
            let apart = std::mem::take(apart);
            self.runs.push(Run { seen: self.text.len(), written: range, same: true, apart, tag: false });
            self.text.push_str(part);
        }
    }

    /// The bytes of the text that a range of the view was written in: from its first character to its last, and
    /// the marks on that; without the tags in it.
    pub(super) fn written(&self, range: &Range<usize>, text: &str) -> Vec<Range<usize>> {
        let first = self.runs.partition_point(|run| run.seen <= range.start).saturating_sub(1);
        let mut written: Vec<Range<usize>> = Vec::new();
        for (at, run) in self.runs.iter().enumerate().skip(first).take_while(|(_, run)| run.seen < range.end)
        {
            let next = self.runs.get(at + 1).map_or(self.text.len(), |run| run.seen);
            let part = if run.same {
                let offset = |seen: usize| run.written.start + (seen - run.seen);
                offset(range.start.max(run.seen))..offset(range.end.min(next))
            } else {
                run.written.clone()
            };
            if run.tag {
                continue;
            }
            match written.last_mut() {
                Some(last) if !run.apart => last.end = part.end,
                _ => written.push(part),
            }
        }
        if let Some(last) = written.last_mut() {
            let rest = text.get(last.end..).unwrap_or_default().chars();
            last.end += rest.take_while(|char| mark(*char)).map(char::len_utf8).sum::<usize>();
        }
        written
    }

    /// Whether a range of the view is written otherwise than it is seen, and how.
    pub(super) fn encoding(&self, range: &Range<usize>, text: &str) -> Option<encoded::Encoding> {
        let mut runs = self.runs.iter().filter(|run| !run.same && range.contains(&run.seen));
        runs.find_map(|run| encoded::encoding(text.get(run.written.clone())?))
    }
}

/// Whether a character of the text is seen otherwise than it is written.
fn shows_otherwise(text: &str) -> bool {
    // The first bytes of what `seen` knows, in UTF-8.
    let leads = |byte: &u8| matches!(byte, 0xc2 | 0xcc | 0xcd | 0xd8 | 0xe1 | 0xe2 | 0xef);
    text.as_bytes().iter().any(leads)
        && text.contains(|char: char| !char.is_ascii() && seen(char) != Some(char))
}

fn shown(char: char) -> Option<Unit> {
    let seen = seen(char);
    (seen != Some(char)).then_some(Unit { length: char.len_utf8(), seen, tag: false })
}

/// Whether a character shows nothing and is no space (Unicode: default ignorable, as far as texts hold them).
pub(super) fn invisible(char: char) -> bool {
    matches!(char,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// Whether a character stands on the one before it.
pub(super) fn mark(char: char) -> bool {
    matches!(char, '\u{300}'..='\u{36f}')
}

/// What is seen of a character.
pub(super) fn seen(char: char) -> Option<char> {
    match char {
        _ if invisible(char) || mark(char) => None,
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(char) - 0xfee0),
        '\u{fe6b}' => Some('@'),
        // The other full stops of host names (UTS 46, section 2.3).
        '\u{ff61}' => Some('.'),
        other => Some(other),
    }
}

#[cfg(test)]
mod tests {
    use super::View;
    use crate::pii::traits::Traits;
    use proptest::prelude::*;

    fn of(text: &str) -> Option<View> {
        View::of(text, Traits::of(text))
    }

    #[test]
    fn what_is_found_in_the_view_is_told_as_it_was_written() {
        for (text, seen, found, written) in [
            ("x a\u{200b}@b\u{ad}c.de y", "x a@bc.de y", "a@bc.de", &["a\u{200b}@b\u{ad}c.de"] as &[_]),
            ("mu\u{308}ller@k.de", "muller@k.de", "muller@k.de", &["mu\u{308}ller@k.de"]),
            ("é anna＠kunde.de", "é anna@kunde.de", "anna@kunde.de", &["anna＠kunde.de"]),
            ("rene\u{301}, x", "rene, x", "rene", &["rene\u{301}"]),
            ("M&uuml;ller &amp; Co", "Müller & Co", "Müller", &["M&uuml;ller"]),
            ("/Jane%20Doe.png", "/Jane Doe.png", "Jane Doe", &["Jane%20Doe"]),
            ("<b>Jane</b> Doe, x", "Jane Doe, x", "Jane Doe", &["Jane", " Doe"]),
            ("<a href=\"x>y\">Jane Doe</a>", "Jane Doe", "Jane Doe", &["Jane Doe"]),
        ] {
            let view = of(text).unwrap();
            assert_eq!(view.text, seen);
            let at = seen.find(found).unwrap();
            let parts = view.written(&(at..at + found.len()), text);
            assert_eq!(parts.into_iter().map(|range| &text[range]).collect::<Vec<_>>(), written);
        }
        for text in ["é müller 李", "a & b, 100% of <5", "R&D; x <- y", "50%\\"] {
            assert!(of(text).is_none(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_range_of_the_view_is_one_of_the_text(
            text in "([aé\u{200b}\u{301}＠李\u{ad}.]|&#[0-9a]{0,3};|%[0-9A-F]{2}|<b>|</td>|=\n|=C3|=BC|\\\\u00fc){0,12}"
        ) {
            if let Some(view) = of(&text) {
                let bounds: Vec<_> = view.text.char_indices().map(|(at, _)| at).chain([view.text.len()]).collect();
                for pair in bounds.windows(2) {
                    let parts = view.written(&(pair[0]..pair[1]), &text);
                    prop_assert!(parts.len() <= 1);
                    prop_assert!(parts.iter().all(|part| text.get(part.clone()).is_some_and(|text| !text.is_empty())));
                }
            }
        }
    }
}
