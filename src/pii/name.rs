//! Names of things, such as tools: they cannot be masked, or nobody could call what they name.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::{Masker, Policy};
use crate::crypto::HashKey;

/// Whether something personal stands in the name of a thing. What is called so is not shown.
pub fn is_telling(name: &str, key: &HashKey, policy: &Policy) -> bool {
    Masker::new(key, policy).unjudging().text(name) != name
}

/// Whether all words of it (`get_issue`, `notion.search`, `listEvents`) are of a closed list, the program's
/// (`words.txt`) or the configuration's (`pii.allow`): then nobody's name stands in it, whoever wrote it, unless that is
/// such a word.
pub fn is_of_words(name: &str, policy: &Policy) -> bool {
    words(name)
        .all(|word| word.len() == 1 || is_listed(&word.to_ascii_lowercase()) || policy.allow.holds(word))
}

/// The words that names of tools are made of; not what counts or dates, nor what mostly is a name.
static WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| include_str!("words.txt").lines().collect());

/// Whether a word is listed, or its singular is.
fn is_listed(word: &str) -> bool {
    let singular = || {
        let several = word.strip_suffix('s')?;
        let of_es = several.strip_suffix('e').is_some_and(|one| WORDS.contains(one));
        let of_y = several.strip_suffix("ie").is_some_and(|one| WORDS.contains(format!("{one}y").as_str()));
        (of_es || of_y || WORDS.contains(several)).then_some(())
    };
    WORDS.contains(word) || singular().is_some()
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
        is_telling(name, &HashKey::new([7; 32]), &Policy::default()) || !is_of_words(name, &Policy::default())
    }

    #[test]
    fn a_name_tells_when_people_are_called_so() {
        let found: Vec<_> = words("listMyEvents.of_Jane-2 SMS").collect();
        assert_eq!(found, ["list", "My", "Events", "of", "Jane", "SMS"]);
        let told = [
            "Jane.Doe",
            "jane_doe",
            "JaneDoe",
            "call-Katrin",
            "DE89370400440532013000",
            "0171-2345678",
            "mail_kszczepanik_at_acme",
            "salary_of_rose_winter",
            "for_otto_normalverbraucher",
            "jmuster_notes",
            "get_diagnosis_of_kazantzidou",
            "get_mbeki",
            "get_by_hand_young",
            "notes_of_jd",
            "call_zero_one_seven_two",
            "listjaneevents",
        ];
        assert_eq!(told.map(tells), [true; 16], "{told:?}");
        let mut policy = Policy::default();
        policy.allow.exact.insert("acme".to_owned());
        assert!(is_of_words("list_acme_orders", &policy) && !is_of_words("list_acme2bob", &policy));
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
        let others = [
            "search-v2",
            "listCalendarEvents",
            "notion.search",
            "GMAIL_SEND_EMAIL",
            "mark_as_read",
            "queryEntities",
            "ban_user",
            "getX",
        ];
        telling.extend(others.into_iter().filter(|name| tells(name)).map(str::to_owned));
        assert_eq!(telling, Vec::<String>::new());
    }
}
