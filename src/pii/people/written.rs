//! Names as people write them: in a field by themselves, and several in one.

use std::borrow::Cow;
use std::ops::Range;

use super::{HYPHENS, MAX_WORDS, spaceless};
use crate::pii::lower::Lower;
use crate::pii::{things, view, words};

/// What of a telling field's value is masked: everything but the space around it. [`None`] when nothing is left.
pub(in crate::pii) fn whole(text: &str) -> Option<Range<usize>> {
    let value = text.trim();
    let start = text.len() - text.trim_start().len();
    (!value.is_empty()).then(|| start..start + value.len())
}

/// Reads a name as people write it in fields: titles, a number behind it and what is in brackets fall away,
/// `Doe, Jane` is turned round. [`None`] when it is no name: too many words, digits, a company.
pub(in crate::pii) fn parse(value: &str) -> Option<Vec<String>> {
    // "app » main #88" is a run of a pipeline.
    if value.len() > MAX_BYTES || value.contains(['»', '#']) {
        return None;
    }
    let value: Cow<'_, str> = match !value.is_ascii() && value.contains(view::invisible) {
        true => value.chars().filter(|char| !view::invisible(*char)).collect(),
        false => value.into(),
    };
    let mut value = value.get(..qualified(&value)).unwrap_or(&value).trim();
    if value.bytes().any(|byte| byte.is_ascii_digit()) {
        // "Jane Doe 2", not "Room 2" and not "Meeting Room 2".
        let numberless = value.trim_end_matches(|char: char| char.is_ascii_digit());
        value = numberless
            .strip_suffix(' ')
            .filter(|name| numberless.len() < value.len() && name.contains(' '))?;
        if value.split(' ').any(place) || value.bytes().any(|byte| byte.is_ascii_digit()) {
            return None;
        }
    }
    let (family, given) = match value.split_once(',') {
        Some((name, behind)) if suffix(behind.trim()) => ("", name),
        Some((family, given)) => (family, given),
        None => ("", value),
    };
    let mut name: Vec<&str> = given.split_whitespace().chain(family.split_whitespace()).collect();
    while name.len() > 1 && name.first().is_some_and(|word| is_title(word)) {
        name.remove(0);
    }
    let organisation =
        |word: &str| Lower::of(word.trim_end_matches('.')).split(HYPHENS).any(words::organisation);
    let good = (1..=MAX_WORDS).contains(&name.len())
        && name.iter().all(|word| is_word(word))
        && !name.iter().any(|word| organisation(word))
        && !(name.len() > 1 && name.last().is_some_and(|word| things::legal_form(word)));
    good.then(|| name.iter().map(|word| word.trim_end_matches('.').to_owned()).collect())
}

/// Whether a name's words are written like one: each begins with a capital (or its script has none), except
/// particles, and no single word is all capitals or has capitals inside.
pub(in crate::pii) fn capitalised(name: &[String]) -> bool {
    let written = |word: &String| {
        !word.starts_with(char::is_lowercase)
            || words::particle(word)
            || word.starts_with("d'")
            || word.starts_with("d’")
    };
    let single = |word: &String| {
        let capitals = word.chars().filter(|char| char.is_uppercase()).count();
        capitals <= 1 || word.contains(['-', '\'', '’']) || word.starts_with("Mc") || word.starts_with("Mac")
    };
    name.iter().all(written) && (name.len() > 1 || name.iter().all(single))
}

/// The names in a field that holds more than one: `Jane Doe and Max Muster`, `A B; C D`, `A B, C D`. [`None`] when
/// it holds one, or none.
pub(in crate::pii) fn several(value: &str) -> Option<Vec<Vec<String>>> {
    if value.len() > MAX_LIST || value.contains('@') {
        return None;
    }
    // Two names without a mark between them have a word between them.
    if !value.contains([';', '\n', '&', '+', '/', '|', ',']) && value.split_whitespace().nth(4).is_none() {
        return None;
    }
    let words = |piece: &str| piece.split_whitespace().count();
    let mut pieces = Vec::new();
    for piece in value.split([';', '\n', '&', '+', '/', '|']) {
        // "Doe, Jane" and "Doe, Jane, PhD" are one; "García López, Ana" too.
        let parts: Vec<&str> = piece.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
        let list = parts.len() > 1
            && parts.iter().all(|part| words(part) > 1 || suffix(part))
            && parts.iter().filter(|part| words(part) > 1).count() > 1;
        if list { pieces.extend(parts) } else { pieces.push(piece) }
    }
    let mut names = Vec::new();
    for piece in pieces {
        let all: Vec<&str> = piece.split_whitespace().collect();
        let mut from = 0;
        for (at, word) in all.iter().enumerate() {
            // "José Ortega y Gasset" is one.
            if at >= from + 2 && at + 3 <= all.len() && JOINING.contains(&&*Lower::of(word)) {
                names.push(all.get(from..at).unwrap_or_default().join(" "));
                from = at + 1;
            }
        }
        names.push(all.get(from..).unwrap_or_default().join(" "));
    }
    names.retain(|name| !name.is_empty());
    (names.len() > 1).then(|| names.iter().filter_map(|name| parse(name)).collect())
}

/// Whether a name is more than a single word; in a script without spaces, whether it is as long as one and not
/// what groups and machines are called.
pub(in crate::pii) fn several_words(name: &[String]) -> bool {
    match name {
        [word] if word.chars().all(spaceless) => {
            (2..=6).contains(&word.chars().count()) && !NOBODY.iter().any(|nobody| word.contains(nobody))
        }
        _ => name.len() > 1,
    }
}

/// A name in a field is no longer, in bytes; several of them are no longer.
pub(in crate::pii) const MAX_BYTES: usize = 120;
const MAX_LIST: usize = 65_536;

/// Where a name ends and what is said about it begins.
fn qualified(value: &str) -> usize {
    let begins = |at: &usize| match value.as_bytes().get(*at..) {
        Some([b' ', b'(' | b'[' | b'{', ..] | [b' ', b'|' | b'-', b' ', ..]) => true,
        Some([b' ', 0xe2, ..]) => value.get(at + 1..).is_some_and(|rest| {
            rest.starts_with(['–', '—']) && rest.get(3..).is_some_and(|rest| rest.starts_with(' '))
        }),
        Some([b' ', b'f', b'r', b'o', b'm', b' ', ..]) => true,
        Some([0xef, ..]) => value.get(*at..).is_some_and(|rest| rest.starts_with('（')),
        _ => false,
    };
    (0..value.len()).find(begins).unwrap_or(value.len())
}

/// Between two names of a list, in lower case.
const JOINING: [&str; 8] = ["and", "und", "et", "y", "e", "en", "i", "oraz"];

/// In the names of groups and machines in Chinese, Japanese and Korean.
const NOBODY: [&str; 18] = [
    "团队",
    "管理",
    "系统",
    "匿名",
    "分配",
    "客服",
    "客户",
    "公司",
    "部门",
    "チーム",
    "システム",
    "割り当て",
    "担当",
    "시스템",
    "관리",
    "팀",
    "익명",
    "미지정",
];

/// Whether a word is what a numbered place is called.
fn place(word: &str) -> bool {
    const PLACES: &str = "room raum konferenzraum besprechungsraum zimmer salle sala zaal kamer floor etage desk seat \
        building gebäude level phase sprint version release build iteration week woche tag day no nr";
    PLACES.split_whitespace().any(|place| word.eq_ignore_ascii_case(place))
}

fn suffix(word: &str) -> bool {
    SUFFIXES.contains(&&*Lower::of(word.trim_end_matches('.')))
}

const SUFFIXES: [&str; 10] = ["jr", "sr", "phd", "md", "mba", "msc", "bsc", "esq", "ii", "iii"];

fn is_title(word: &str) -> bool {
    let word = Lower::of(word);
    words::title(word.trim_end_matches('.'))
        || word.split(['.', '-']).filter(|part| !part.is_empty()).all(words::title)
}

fn is_word(word: &str) -> bool {
    let word = word.strip_suffix('.').unwrap_or(word);
    let mut chars = word.chars();
    chars.next().is_some_and(|char| char.is_alphabetic() || matches!(char, '\'' | '’'))
        && word.chars().all(|char| {
            char.is_alphabetic()
                || view::mark(char)
                || matches!(char, '\'' | '’' | '-' | '\u{2010}' | '\u{2011}' | '.')
        })
        && !word.as_bytes().windows(2).any(|pair| pair == b"..")
        && (!word.contains('.') || word.split('.').all(|part| part.chars().count() <= 2))
}
