//! Where the name of a street begins and ends, beside its number.

use std::ops::Range;

use super::street::Folded;

/// A street's name has no more words before its number or behind it.
pub(super) const MAX_WORDS: usize = 6;

/// The word that ends there: letters and digits, with a full stop behind or inside (`P.zza`).
pub(super) fn word_before(text: &str, from: usize, at: usize) -> Option<Range<usize>> {
    let before = text.get(from..at)?;
    let bare = before.strip_suffix('.').unwrap_or(before);
    let run = |text: &str| -> usize {
        text.chars()
            .rev()
            .take(40)
            .take_while(|char| char.is_alphanumeric() || matches!(char, '-' | '\u{300}'..='\u{36f}'))
            .map(char::len_utf8)
            .sum()
    };
    let mut length = run(bare);
    // A capital and a full stop before it are of the same word.
    if let Some(head) = bare.get(..bare.len() - length).and_then(|head| head.strip_suffix('.'))
        && run(head) == 1
        && head.ends_with(|char: char| char.is_ascii_uppercase())
    {
        length += 2;
    }
    (length > 0).then(|| from + bare.len() - length..at)
}

/// Where the name begins that a word for a street stands behind: one to three capitalised words.
pub(super) fn first_word(text: &str, line: usize, end: usize) -> Option<usize> {
    let mut start = None;
    let mut at = end;
    for _ in 0..3 {
        let gap = text.get(line..at)?;
        let Some(joined) = gap.strip_suffix(' ').or_else(|| gap.strip_suffix('-')) else { break };
        let Some(word) = word_before(text, line, line + joined.len()) else { break };
        let written = text.get(word.clone())?;
        if !written.starts_with(char::is_uppercase) || sentence_word(written) && start.is_some() {
            break;
        }
        start = Some(word.start);
        at = word.start;
        // One name is enough: "An Rosenheimer Str. 83", unless a hyphen joins more.
        if !text.get(line..at)?.ends_with('-') && !short_name(written) {
            break;
        }
    }
    start
}

/// An initial or a title, which a name goes on before: `Dr.-Karl-Renner-`, `J.`
fn short_name(word: &str) -> bool {
    word.ends_with('.') || word.chars().count() <= 2
}

fn sentence_word(word: &str) -> bool {
    Folded::of(word).is("an in am bei nach der die das the to at from")
}

/// Where the compound's name begins: with what a hyphen joins, or an adjective (`Alte Poststraße`).
pub(super) fn adjective(text: &str, line: usize, start: usize) -> usize {
    let Some(before) = text.get(line..start).and_then(|before| before.strip_suffix(' ')) else {
        return start;
    };
    let Some(word) = word_before(text, line, line + before.len()) else { return start };
    let known = text.get(word.clone()).map(Folded::of).is_some_and(|word| {
        word.is("nieuwezijds oudezijds de van sint prins prinses koning koningin burgemeester alte alter altes neue neuer obere oberer untere unterer grose groser kleine kleiner hohe lange langer breite erste zweite oude nieuwe grote kleine korte lange eerste tweede derde am an")
    });
    let capital = text.get(word.clone()).is_some_and(|word| word.starts_with(char::is_uppercase));
    if known && capital && !text.get(word.clone()).map(Folded::of).is_some_and(|word| word.is("am an")) {
        word.start
    } else {
        start
    }
}

/// ` NW`, ` North`
pub(super) fn direction(text: &str) -> usize {
    let Some(rest) = text.strip_prefix(' ') else { return 0 };
    let length = rest.find(|char: char| !char.is_alphabetic()).unwrap_or(rest.len());
    match rest.get(..length) {
        Some("N" | "S" | "E" | "W" | "NE" | "NW" | "SE" | "SW" | "North" | "South" | "East" | "West") => {
            length + 1
        }
        _ => 0,
    }
}

pub(super) fn word_at(text: &str, at: usize) -> Option<Range<usize>> {
    let rest = text.get(at..)?;
    let length = rest
        .find(|char: char| !(char.is_alphanumeric() || matches!(char, '-' | '\'' | '’')))
        .unwrap_or(rest.len());
    (length > 0 && length <= 40).then_some(at..at + length)
}

/// Where the name ends that a French word for a street begins.
pub(super) fn french(text: &str, from: usize) -> Option<usize> {
    let mut at = from;
    let mut end = None;
    let mut joined = false;
    for count in 0..MAX_WORDS {
        let gap = text.get(at..)?;
        let space = if gap.starts_with(". ") {
            2
        } else if gap.starts_with(' ') {
            1
        } else {
            break;
        };
        let Some(word) = word_at(text, at + space) else { break };
        let written = text.get(word.clone())?;
        let elided = written.starts_with("l'")
            || written.starts_with("d'")
            || written.starts_with("l’")
            || written.starts_with("d’");
        let folded = Folded::of(written);
        let capital = written.starts_with(|char: char| char.is_uppercase() || char.is_ascii_digit());
        if folded.connects() && !capital && count < 4 {
            joined = true;
        } else if capital && count < 4 || elided || joined && end.is_none() {
            // "rue de la paix": in small letters one word.
            end = Some(word.end);
            joined = false;
        } else {
            break;
        }
        at = word.end;
    }
    end
}

/// `Flat 3, ` before the number.
pub(super) fn flat_before(text: &str, done: usize, start: usize) -> usize {
    let before = text.get(done..start).unwrap_or_default();
    let Some(head) = before.strip_suffix(", ").or_else(|| before.strip_suffix(' ')) else { return start };
    let number = head.len() - head.bytes().rev().take(4).take_while(u8::is_ascii_alphanumeric).count();
    let Some(word) = head.get(..number).and_then(|head| head.strip_suffix(' ')) else { return start };
    let from = word.rfind(|char: char| !char.is_alphabetic()).map_or(0, |at| at + 1);
    let flat = word
        .get(from..)
        .map(Folded::of)
        .is_some_and(|word| word.is("flat apartment apt unit suite studio appartement appt bat"));
    if flat { done + from } else { start }
}
