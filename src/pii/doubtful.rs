//! Words of a text that may be somebody's name and that nothing there tells: whether they are, the names say that were
//! found before in the same conversation. Those are kept outside; here is only what to ask for.

use std::collections::BTreeSet;

use super::people::{self, next_token};
use super::{pseudonym, tagger, words};
use crate::json::Edit;

/// More words and names are not asked for.
const MOST: usize = 64;

/// What may be a name.
#[derive(Default)]
pub(super) struct Doubtful {
    /// Capitalised words, and several of them in a row.
    names: BTreeSet<String>,
    /// One of them is known as a name.
    known: bool,
}

impl Doubtful {
    /// Reads a text of which `edits` are masked.
    pub(super) fn read(&mut self, text: &str, edits: &[Edit]) {
        let own = pseudonym::find(text);
        let taken = |at: usize| {
            let edit = edits.partition_point(|edit| edit.range.end <= at);
            let own_at = own.partition_point(|(range, _)| range.end <= at);
            edits.get(edit).is_some_and(|edit| edit.range.start <= at)
                || own.get(own_at).is_some_and(|(range, _)| range.start <= at)
        };
        // Where the run of such words begins and ends.
        let mut run: Option<(usize, usize, usize)> = None;
        let mut at = 0;
        while let Some(token) = next_token(text, at) {
            at = token.range.end;
            if self.names.len() >= MOST {
                return;
            }
            let word = text.get(token.range.clone()).unwrap_or_default();
            if !may_be(word) || taken(token.range.start) {
                run = None;
                continue;
            }
            self.known |= tagger::given_name(word) || tagger::family_name(word);
            self.names.insert(word.to_owned());
            let (start, count) = match run {
                Some((start, end, count)) if text.get(end..token.range.start) == Some(" ") => {
                    (start, count + 1)
                }
                _ => (token.range.start, 1),
            };
            run = Some((start, token.range.end, count));
            if (2..=4).contains(&count) {
                self.names.extend(text.get(start..token.range.end).map(str::to_owned));
            }
        }
    }

    /// What to ask for.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// Whether it is worth asking for these alone.
    pub(super) fn known(&self) -> bool {
        self.known
    }
}

/// Whether a word is written as a name is, and known as nothing else.
fn may_be(word: &str) -> bool {
    word.starts_with(char::is_uppercase)
        && word.chars().any(char::is_lowercase)
        && people::part(word)
        && !words::ambiguous(&word.to_lowercase())
        && !tagger::only_word(word)
}

#[cfg(test)]
mod tests {
    use super::Doubtful;
    use crate::json::Edit;

    fn asked(text: &str, masked: &str) -> (Vec<String>, bool) {
        let mut doubtful = Doubtful::default();
        let at = text.find(masked).filter(|_| !masked.is_empty());
        let edits = at.map(|at| Edit { range: at..at + masked.len(), text: String::new() });
        doubtful.read(text, edits.as_slice());
        (doubtful.names().map(str::to_owned).collect(), doubtful.known())
    }

    #[test]
    fn what_may_be_a_name_is_asked_for() {
        assert_eq!(asked("then Qwertzla fixed it", ""), (vec!["Qwertzla".to_owned()], false));
        let (names, known) = asked("By Katrin Qwertzla, not Anna", "Anna");
        assert_eq!(names, ["Katrin", "Katrin Qwertzla", "Qwertzla"]);
        assert!(known);
    }

    #[test]
    fn words_pseudonyms_and_what_is_masked_are_not() {
        for text in
            ["The Release is on Monday", "ping Person-R2Q17G7QZ7B0 now", "in lower case", "API", "Rose"]
        {
            assert_eq!(asked(text, ""), (Vec::new(), false), "{text}");
        }
        assert_eq!(asked("Katrin", "Katrin").0.len(), 0);
        let many: String = (0..500)
            .map(|at| {
                format!(
                    "Qwertz{} ",
                    "abcdefghij".chars().nth(at % 10).unwrap_or('a').to_string().repeat(at / 10 + 1)
                )
            })
            .collect();
        assert!(asked(&many, "").0.len() <= super::MOST + 1);
    }
}
