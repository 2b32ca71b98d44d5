//! Names of things, such as tools: they cannot be masked, or nobody could call what they name.

use super::{Masker, Policy, tagger};
use crate::crypto::HashKey;

/// Whether something personal stands in the name of a thing. What is called so is not shown.
pub fn is_telling(name: &str, key: &HashKey, policy: &Policy) -> bool {
    Masker::new(key, policy).unjudging().text(name) != name
}

/// Whether a word of it (`get_issue`, `notion.search`, `listEvents`) is known as what people are called, and as nothing
/// else. Nothing around it tells, so this errs to both sides: some names are words too.
pub fn names_somebody(name: &str) -> bool {
    words(name).any(|word| word.len() > 2 && (tagger::only_given(word) || tagger::only_family(word)))
}

/// The words of a name, apart by what is no letter, or by a capital after a small letter.
fn words(name: &str) -> impl Iterator<Item = &str> {
    let mut ends: Vec<usize> = Vec::new();
    let mut before = ' ';
    for (at, c) in name.char_indices() {
        if !(before.is_alphabetic() && c.is_alphabetic()) || (before.is_lowercase() && c.is_uppercase()) {
            ends.push(at);
        }
        before = c;
    }
    ends.push(name.len());
    let words = ends.into_iter().scan(0, |from, to| name.get(std::mem::replace(from, to)..to));
    words.filter(|word| word.starts_with(char::is_alphabetic))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tells(name: &str) -> bool {
        is_telling(name, &HashKey::new([7; 32]), &Policy::default()) || names_somebody(name)
    }

    #[test]
    fn a_name_tells_when_people_are_called_so() {
        let found: Vec<_> = words("listMyEvents.of_Jane-2 SMS").collect();
        assert_eq!(found, ["list", "My", "Events", "of", "Jane", "SMS"]);
        let told =
            ["Jane.Doe", "jane_doe", "JaneDoe", "call-Katrin", "DE89370400440532013000", "0171-2345678"];
        assert_eq!(told.map(tells), [true; 6], "{told:?}");
    }

    #[test]
    fn names_of_official_tools_tell_of_nobody() {
        let mut telling = Vec::new();
        for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/tools")).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            for name in text.split("\"name\"").skip(1).filter_map(|rest| rest.split('"').nth(1)) {
                telling.extend(tells(name).then(|| name.to_owned()));
            }
        }
        let others = ["search-v2", "listCalendarEvents", "notion.search", "GMAIL_SEND_EMAIL", "mark_as_read"];
        telling.extend(others.into_iter().filter(|name| tells(name)).map(str::to_owned));
        assert_eq!(telling, Vec::<String>::new());
    }
}
