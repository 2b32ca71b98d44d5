//! Who says what in a chat that is a text: `[10:32] Jane: ...`, `05.11.26, 10:32 - Jane Doe: ...`, and a name and a time
//! alone on a line above what was said, as messengers copy it.
//!
//! `Jane (10:32): ...` and `Jane, 10:32: ...` have the time behind the name.
//! `Jane Doe: ...` without a time counts where both words are known as names; `Jane: ...` where there is more than one such
//! line.
//!
//! Logs begin lines with a time too: a single word is a name only where the time has no seconds or a day stands before
//! it as people write it.

use std::ops::Range;

use super::{learn, people, tagger};

/// What stands before a name, and the name itself, are no longer, in bytes.
const MAX_TIME: usize = 32;
const MAX_NAME: usize = 60;

/// Those who speak: where they stand, and the words of their names.
pub(super) fn names(text: &str) -> Vec<(Range<usize>, Vec<String>)> {
    let mut found = Vec::new();
    let (mut above, mut turns) = (Vec::new(), Vec::new());
    let mut start = 0;
    // Of a list of hours every line is like the next.
    let (mut last, mut hours) = (false, false);
    for line in text.split('\n') {
        let head = line.as_bytes().get(..MAX_TIME + MAX_NAME).unwrap_or(line.as_bytes());
        let time = memchr::memchr(b':', head).is_some();
        let spoken = if time { begins(line).or_else(|| timed(line)) } else { None };
        if let Some((range, name)) = spoken {
            found.push((start + range.start..start + range.end, name));
        } else if time && let Some((range, name)) = turn(line) {
            let turns = if name.len() > 1 { &mut found } else { &mut turns };
            turns.push((start + range.start..start + range.end, name));
        }
        let alone = if time && line.len() <= MAX_TIME + MAX_NAME { heads(line) } else { None };
        hours |= last && alone.is_some();
        last = alone.is_some();
        above.extend(alone.map(|(range, name)| (start + range.start..start + range.end, name)));
        start += line.len() + 1;
    }
    if hours {
        above.clear();
    }
    for more in [above, turns].into_iter().filter(|more| more.len() > 1) {
        found.extend(more);
    }
    found.sort_by_key(|(range, _)| range.start);
    found
}

/// `Jane Doe: ...`.
fn turn(line: &str) -> Option<(Range<usize>, Vec<String>)> {
    let end = line.get(..line.len().min(MAX_NAME)).unwrap_or(line).find(':')?;
    // French sets a space before the colon.
    let (name, said) = (line.get(..end)?.trim_end_matches([' ', '\u{a0}', '\u{202f}']), line.get(end + 1..)?);
    // The cheapest question first.
    if !said.starts_with(' ') {
        return None;
    }
    let known = match name.split(' ').collect::<Vec<_>>()[..] {
        [given] => given.starts_with(char::is_uppercase) && tagger::given_name(given),
        [given, family] => tagger::given_name(given) && tagger::family_name(family),
        _ => false,
    };
    if !known || said.trim().len() < 2 {
        return None;
    }
    Some((0..name.len(), people::parse(name)?))
}

/// `[10:32] Jane Doe: ...`.
fn begins(line: &str) -> Option<(Range<usize>, Vec<String>)> {
    // The cheapest question first.
    if !matches!(line.as_bytes(), [b'[' | b'(' | b'0'..=b'9', ..]) {
        return None;
    }
    let inside = |byte: &u8| b"[]()0123456789:.,/- \tTAPM".contains(byte);
    let mut time = line.get(..line.bytes().take(MAX_TIME).take_while(inside).count())?;
    // "10:32 Anna: " and "10:32 PM Anna: ": what belongs to the name is not part of the time.
    time = time.get(..time.rfind([' ', '\t', ']', ')'])? + 1)?;
    let colons = time.bytes().filter(|byte| *byte == b':').count();
    let day = time.contains(", ");
    let rest = line.get(time.len()..)?;
    let end = rest.get(..rest.len().min(MAX_NAME)).unwrap_or(rest).find([':', '>'])?;
    let said = rest.get(..end)?;
    let name = said.trim_start_matches('<').trim_end_matches([' ', '\u{a0}', '\u{202f}']);
    if !rest.get(end + 1..)?.starts_with(' ') || !(1..=2).contains(&colons) {
        return None;
    }
    let words = speaks(name)?;
    let clock = colons == 1 || day;
    let start = time.len() + said.find(name)?;
    (clock && (words.len() > 1 || time.starts_with(['[', '(']) || day))
        .then(|| (start..start + name.len(), words))
}

/// `Jane Doe (10:32): ...`, `Jane Doe, 10:32: ...`.
fn timed(line: &str) -> Option<(Range<usize>, Vec<String>)> {
    let end = line.get(..line.len().min(MAX_NAME)).unwrap_or(line).find(['(', ',', '['])?;
    let name = line.get(..end)?.trim_end_matches(' ');
    let rest = line.get(end + 1..)?.trim_start_matches(' ');
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let minutes = rest.get(digits..)?.strip_prefix([':', '.'])?;
    let clock = (1..=2).contains(&digits) && minutes.bytes().take_while(u8::is_ascii_digit).count() == 2;
    let behind = minutes.get(2..)?.trim_start_matches([' ', 'A', 'P', 'M', ')', ']', '\u{a0}', '\u{202f}']);
    let said = behind.strip_prefix(':')?;
    (clock && said.starts_with(' ')).then_some(())?;
    Some((0..name.len(), speaks(name)?))
}

/// `Jane Doe  10:32`, `Jane Doe [10:32 PM]`, `Jane Doe — Today at 10:32`.
fn heads(line: &str) -> Option<(Range<usize>, Vec<String>)> {
    let line = line.trim_end();
    let time = line.trim_end_matches([']', ')', 'M', 'P', 'A', ' ']);
    let clock = match time.as_bytes() {
        [.., hour, b':', b'0'..=b'5', b'0'..=b'9'] => hour.is_ascii_digit(),
        _ => false,
    };
    clock.then_some(())?;
    let end = ["  ", "\t", " — ", " [", " ("].iter().filter_map(|mark| line.find(mark)).min()?;
    Some((0..end, speaks(line.get(..end)?)?))
}

fn speaks(name: &str) -> Option<Vec<String>> {
    let words = people::parse(name)?;
    let all = |word: &str| word.len() > 3 && word.bytes().all(|byte| byte.is_ascii_uppercase());
    // "[10:32] FATAL  OutOfMemoryError: ..."
    let level = words.len() > 1 && words.first().is_some_and(|word| all(word) && !tagger::family_name(word));
    (words.len() <= 4 && !level && learn::told(&words, true)).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::names;
    use proptest::prelude::*;

    fn found(text: &str) -> Vec<&str> {
        names(text).into_iter().map(|(range, _)| &text[range]).collect()
    }

    #[test]
    fn who_speaks_is_found() {
        for (text, name) in [
            ("[10:32] Jane: hello\n", "Jane"),
            ("[10:32] Jane Doe : hello", "Jane Doe"),
            ("[2026-11-05 10:32] Jane Doe: hello", "Jane Doe"),
            ("[05.11.26, 10:32:07] Jane: hello", "Jane"),
            ("05/11/2026, 10:32 - Jane: hello", "Jane"),
            ("10:32 Jane Doe: hello", "Jane Doe"),
            ("[10:32] <Jane> hello", "Jane"),
            ("10:32 AM Anna Doe: hello", "Anna Doe"),
            ("Jane (10:32): hello", "Jane"),
            ("Jane Doe (9:32 PM) : hello", "Jane Doe"),
            ("Jane, 10:32: hello", "Jane"),
        ] {
            assert_eq!(found(text), [name], "{text}");
        }
        assert_eq!(found("laura smith: hello"), ["laura smith"]);
        assert_eq!(found("Laura: hello\nThomas: hi there"), ["Laura", "Thomas"]);
        assert_eq!(found("Laura : bonjour\nThomas : salut"), ["Laura", "Thomas"]);
        assert_eq!(found("Jane Doe  10:32\nhello\nIvo  10:35 PM\nhi"), ["Jane Doe", "Ivo"]);
        assert_eq!(found("Jane Doe [10:32 AM]\nhello\nJane Doe [9:35 PM]\nhi"), ["Jane Doe", "Jane Doe"]);
    }

    #[test]
    fn logs_and_lists_of_hours_have_no_speakers() {
        for text in [
            "[10:32:05] Kafka: started",
            "10:32:05 INFO Server: up",
            "10:32 Backup: done",
            "2026-11-05 10:32:05,123 Loader: x",
            "Jane: hello",
            "Status: hello\nSubject: x",
            "Blue Harbour  10:00\nGreen Harbour  11:00\n",
            "Jane Doe  10:32\nhello",
            "[10:32] the Team: x",
            "Berlin, 10:32 and later: x",
            "Opened (3): x",
            "[10:32] FATAL  OutOfMemoryError: x",
        ] {
            assert!(found(text).is_empty(), "{text}: {:?}", found(text));
        }
    }

    proptest! {
        #[test]
        fn who_is_found_is_part_of_the_text(text in "(?s)[\\[\\]0-9: ADané<>,.\n-]{0,50}") {
            for (range, _) in names(&text) {
                prop_assert!(text.get(range).is_some());
            }
        }
    }
}
