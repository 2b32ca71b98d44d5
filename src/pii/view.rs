//! A text as people see it, for the recognizers: without characters that show nothing (zero-width spaces, soft
//! hyphens, marks of direction) and without combining marks, with ASCII in the place of its full-width forms.
//!
//! `anna\u{200b}@kunde.de` and `anna＠kunde.de` are read as an address by everybody, and so they are here. What is
//! found is told as the bytes of the text itself, with everything that shows nothing inside.

use std::ops::Range;

/// A text that is written in another way than it is seen.
pub(super) struct View {
    /// As it is seen.
    pub(super) text: String,
    /// (offset as seen, offset as written) wherever their distance changes, in front of a character; ascending.
    marks: Vec<(usize, usize)>,
    written: usize,
}

impl View {
    /// [`None`] when the text is seen as it is written.
    pub(super) fn of(text: &str) -> Option<Self> {
        if text.is_ascii() || !text.contains(|char| seen(char) != Some(char)) {
            return None;
        }
        let mut view =
            Self { text: String::with_capacity(text.len()), marks: Vec::new(), written: text.len() };
        let mut expected = 0;
        for (at, char) in text.char_indices() {
            let Some(seen) = seen(char) else { continue };
            if at != expected {
                view.marks.push((view.text.len(), at));
            }
            view.text.push(seen);
            expected = at + char.len_utf8();
            if seen.len_utf8() != char.len_utf8() {
                view.marks.push((view.text.len(), expected));
            }
        }
        Some(view)
    }

    /// The bytes of the text that a range of the view was written in: from its first character to its last, and
    /// the marks on that.
    pub(super) fn written(&self, range: &Range<usize>, text: &str) -> Range<usize> {
        let start = self.at(range.start);
        let last = self.text.get(..range.end).and_then(|seen| seen.char_indices().next_back());
        let end = last.map_or(start, |(at, _)| self.at(at));
        let mut rest = text.get(end..).unwrap_or_default().chars();
        let first = rest.next().map_or(0, char::len_utf8);
        let marks: usize = rest.take_while(|char| mark(*char)).map(char::len_utf8).sum();
        start..(end + first + marks).min(self.written)
    }

    fn at(&self, offset: usize) -> usize {
        let next = self.marks.partition_point(|(seen, _)| *seen <= offset);
        let (seen, written) =
            next.checked_sub(1).and_then(|last| self.marks.get(last)).copied().unwrap_or((0, 0));
        written + (offset - seen)
    }
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
fn seen(char: char) -> Option<char> {
    match char {
        _ if invisible(char) || mark(char) => None,
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(char) - 0xfee0),
        '\u{fe6b}' => Some('@'),
        other => Some(other),
    }
}

#[cfg(test)]
mod tests {
    use super::View;
    use proptest::prelude::*;

    #[test]
    fn what_is_found_in_the_view_is_told_as_it_was_written() {
        for (text, seen, found, written) in [
            ("x a\u{200b}@b\u{ad}c.de y", "x a@bc.de y", "a@bc.de", "a\u{200b}@b\u{ad}c.de"),
            ("mu\u{308}ller@k.de", "muller@k.de", "muller@k.de", "mu\u{308}ller@k.de"),
            ("é anna＠kunde.de", "é anna@kunde.de", "anna@kunde.de", "anna＠kunde.de"),
            ("rene\u{301}, x", "rene, x", "rene", "rene\u{301}"),
        ] {
            let view = View::of(text).unwrap();
            assert_eq!(view.text, seen);
            let at = seen.find(found).unwrap();
            assert_eq!(&text[view.written(&(at..at + found.len()), text)], written);
        }
        assert!(View::of("é müller 李").is_none());
    }

    proptest! {
        #[test]
        fn every_range_of_the_view_is_one_of_the_text(text in "[aé\u{200b}\u{301}＠李\u{ad}.]{0,12}") {
            if let Some(view) = View::of(&text) {
                let bounds: Vec<_> = view.text.char_indices().map(|(at, _)| at).chain([view.text.len()]).collect();
                for pair in bounds.windows(2) {
                    prop_assert!(text.get(view.written(&(pair[0]..pair[1]), &text)).is_some_and(|text| !text.is_empty()));
                }
            }
        }
    }
}
