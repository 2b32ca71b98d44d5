//! Texts in Base64 (RFC 4648, sections 4 and 5; in lines: RFC 2045, section 6.8): bodies of letters, as mail services
//! hand them out.
//!
//! Only what holds a text is opened (see [`charset`]): files, keys and hashes stay as they are.

use std::ops::Range;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use memchr::memmem;

use super::charset::{self, Charset};

/// Less holds nothing.
const MIN: usize = 16;
const MIN_PART: usize = 4;

/// A text that was packed, and how.
pub(super) struct Packed {
    pub(super) text: String,
    /// What stands before and behind it.
    around: (String, String),
    engine: &'static GeneralPurpose,
    charset: Charset,
    /// The length of a line and what ends it.
    lines: Option<(usize, &'static str)>,
}

impl Packed {
    /// [`None`] when it is not Base64, or no text in it, or could not be packed again as it was.
    pub(super) fn open(value: &str) -> Option<Self> {
        Self::longer(value, MIN)
    }

    /// The same of a part of a letter, which may be short.
    pub(super) fn part(value: &str) -> Option<Self> {
        Self::longer(value, MIN_PART)
    }

    fn longer(value: &str, least: usize) -> Option<Self> {
        let alphabet = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_');
        let blank = |char: char| char.is_whitespace() || char == '\u{feff}';
        let whole = value;
        let value = if whole.len() < least { "" } else { whole.trim_matches(blank) };
        if value.len() < least || !value.as_bytes().iter().take(least - 4).all(alphabet) {
            return None;
        }
        let lead = whole.len() - whole.trim_start_matches(blank).len();
        let around = (whole.get(..lead)?.to_owned(), whole.get(lead + value.len()..)?.to_owned());
        let lines = match memchr::memchr(b'\n', value.as_bytes()) {
            Some(end) => {
                let line = value.get(..end)?;
                let bare = line.strip_suffix('\r').unwrap_or(line);
                Some((bare.len(), if bare.len() < line.len() { "\r\n" } else { "\n" }))
            }
            None => None,
        };
        let joined: String = match lines {
            Some(_) => value.chars().filter(|char| !matches!(char, '\r' | '\n')).collect(),
            None => value.to_owned(),
        };
        let url = joined.contains(['-', '_']);
        let padded = joined.ends_with('=') || joined.len().is_multiple_of(4);
        let engine = match (url, padded) {
            (true, true) => &URL_SAFE,
            (true, false) => &URL_SAFE_NO_PAD,
            (false, true) => &STANDARD,
            (false, false) => &STANDARD_NO_PAD,
        };
        let (text, charset) = charset::read(engine.decode(&joined).ok()?)?;
        let packed = Self { text, around, engine, charset, lines };
        (packed.pack(&packed.text) == whole).then_some(packed)
    }

    /// Another text, packed in the same way.
    pub(super) fn pack(&self, text: &str) -> String {
        let packed = self.engine.encode(self.charset.write(text));
        let (lead, tail) = &self.around;
        let Some((length, end)) = self.lines else { return format!("{lead}{packed}{tail}") };
        let mut lines = String::with_capacity(packed.len() + packed.len() / 32);
        lines.push_str(lead);
        for (at, char) in packed.char_indices() {
            if at > 0 && at.is_multiple_of(length.max(1)) {
                lines.push_str(end);
            }
            lines.push(char);
        }
        lines.push_str(tail);
        lines
    }
}

/// What an encoded word begins with.
static WORD: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new("=?"));

/// The name of a character set and of a language behind it is no longer, in bytes.
const MAX_CHARSET: usize = 40;

/// Where the packed texts of encoded words stand (RFC 2047; with a language: RFC 2231, section 5):
/// `=?UTF-8?B?SsO8cmdlbg==?=`.
fn encoded_words(text: &str, parts: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    for at in WORD.find_iter(bytes) {
        let head = bytes.get(at + 2..).unwrap_or_default();
        let named = |byte: &&u8| byte.is_ascii_alphanumeric() || b"-_*.:+".contains(byte);
        let charset = head.iter().take(MAX_CHARSET).take_while(named).count();
        if charset == 0 || !matches!(head.get(charset..), Some([b'?', b'B' | b'b', b'?', ..])) {
            continue;
        }
        let start = at + 2 + charset + 3;
        let packed = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
        let length =
            bytes.get(start..).unwrap_or_default().iter().take(76).take_while(|byte| packed(byte)).count();
        if length >= MIN_PART && text.get(start + length..).is_some_and(|rest| rest.starts_with("?=")) {
            parts.push(start..start + length);
        }
    }
}

/// Where the text begins behind the first blank line from a place on.
fn blank_line(bytes: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    memchr::memchr_iter(b'\n', rest).find_map(|at| match rest.get(at + 1..)? {
        [b'\n', ..] => Some(from + at + 2),
        [b'\r', b'\n', ..] => Some(from + at + 3),
        _ => None,
    })
}

/// The field in which a letter says how a part of it is written, in small letters.
const ENCODING: &[u8] = b"transfer-encoding";

/// How the parts of a letter are written (RFC 2045, section 6.1): where that is said, and whether it is what is asked for.
pub(super) fn written<'t>(text: &'t str, how: &'t str) -> impl Iterator<Item = usize> + 't {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b':', bytes).filter(move |at| {
        let before = bytes.get(..*at).unwrap_or_default();
        // The cheapest question first.
        matches!(before, [.., b'g' | b'G'])
            && before
                .get(before.len().saturating_sub(ENCODING.len())..)
                .is_some_and(|name| name.eq_ignore_ascii_case(ENCODING))
            && bytes
                .get(at + 1..)
                .map(|value| value.trim_ascii_start().get(..how.len()).unwrap_or_default())
                .is_some_and(|value| value.eq_ignore_ascii_case(how.as_bytes()))
    })
}

/// Where the packed parts of a letter stand, or the packed words of its headers.
pub(super) fn parts(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut parts: Vec<Range<usize>> = Vec::new();
    if memchr::memchr(b'\n', bytes).is_none() {
        encoded_words(text, &mut parts);
        return parts;
    }
    // Up to where the text was looked through.
    let mut done = 0;
    for at in written(text, "base64") {
        if at < done {
            continue;
        }
        let Some(start) = blank_line(bytes, at) else { break };
        let body = bytes.get(start..).unwrap_or_default();
        let packed =
            |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'\r' | b'\n');
        let length = body.iter().take_while(packed).count();
        done = start + length;
        // A line that goes on with something else is none of it, such as a pseudonym.
        let length = match body.get(length) {
            Some(_) => memchr::memrchr(b'\n', body.get(..length).unwrap_or_default()).map_or(0, |at| at + 1),
            None => length,
        };
        // What follows a blank line is another text.
        let end = blank_line(body.get(..length).unwrap_or_default(), 0).unwrap_or(length);
        let end = text.get(start..start + end).map_or(start, |body| start + body.trim_end().len());
        if end > start {
            parts.push(start..end);
        }
    }
    let mut words = Vec::new();
    encoded_words(text, &mut words);
    words.retain(|word| {
        let next = parts.partition_point(|part| part.end <= word.start);
        parts.get(next).is_none_or(|part| part.start >= word.end)
    });
    parts.append(&mut words);
    parts.sort_by_key(|part| part.start);
    parts
}

/// Where packed texts with an address stand as values in a query or the like: `?eid=...`, as calendars link to events.
/// Each is a value as a whole: opened, it would be a document of its own, and what stands beside it told apart from it.
pub(super) fn addresses(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let bytes = text.as_bytes();
    let packed = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_');
    let mut end = 0;
    for at in memchr::memchr_iter(b'=', bytes).filter(|at| *at > 0) {
        let start = at + 1;
        // `data[email]=`, and not `==`
        let named = |byte: &u8| byte.is_ascii_alphanumeric() || b"]).-_'\"".contains(byte);
        if start < end || !bytes.get(at - 1).is_some_and(named) {
            continue;
        }
        let rest = bytes.get(start..).unwrap_or_default();
        let length = rest.iter().take_while(|byte| packed(byte)).count();
        let padding = rest.iter().skip(length).take(2).take_while(|byte| **byte == b'=').count();
        end = start + length + padding;
        let address = |value: &str| Packed::open(value).is_some_and(|packed| packed.text.contains('@'));
        if length >= MIN && text.get(start..end).is_some_and(address) {
            found.push(start..end);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Packed, addresses, parts};
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};

    #[test]
    fn a_text_is_packed_as_it_was() {
        let text = "Grüße von Jane Doe <jane@example.com> ÿÿ?>";
        for packed in [STANDARD.encode(text), URL_SAFE.encode(text), URL_SAFE_NO_PAD.encode(text)] {
            let open = Packed::open(&packed).unwrap();
            assert_eq!((open.text.as_str(), open.pack(text)), (text, packed));
        }
        let lines = STANDARD
            .encode(text.repeat(5))
            .as_bytes()
            .chunks(76)
            .map(|line| String::from_utf8_lossy(line).into_owned())
            .collect::<Vec<_>>()
            .join("\r\n");
        let open = Packed::open(&lines).unwrap();
        assert_eq!(open.pack(&text.repeat(5)), lines);
        let letter = format!("Content-Transfer-Encoding: base64\r\nX: y\r\n\r\n{lines}\r\n\r\n--x");
        assert_eq!(parts(&letter).into_iter().map(|part| &letter[part]).collect::<Vec<_>>(), [&lines]);
    }

    #[test]
    fn space_around_and_between_stays() {
        let text = "Owner: Jane Doe <jane@example.com>, and what else there is to say of it";
        let packed = STANDARD.encode(text);
        let (first, second) = packed.split_at(60);
        for value in [
            format!("{packed}\n"),
            format!("{first}\n{second}\n"),
            format!("\u{feff} {first}\r\n{second}\r\n"),
        ] {
            let open = Packed::open(&value).unwrap();
            assert_eq!((open.text.as_str(), open.pack(text)), (text, value));
        }
        assert!(Packed::open(&STANDARD.encode("ghp_0123456789abcdef")).is_some(), "a text of one word");
    }

    #[test]
    fn an_address_packed_in_a_query_is_found() {
        let packed = URL_SAFE_NO_PAD.encode("7cbh8rpc10lrc0c jane@example.com");
        for (text, found) in [
            (format!("https://calendar.example/event?eid={packed}&ctz=x"), vec![packed.as_str()]),
            (format!("see\nhttps://calendar.example/event?a=b&eid={packed}"), vec![&packed]),
            (format!("https://x.example/u?data[email]={packed}"), vec![&packed]),
            (
                format!(
                    "a == {packed} /{packed}?eid=0123456789abcdef0123&k={}",
                    STANDARD.encode("no address in here")
                ),
                vec![],
            ),
        ] {
            assert_eq!(
                addresses(&text).into_iter().map(|part| &text[part]).collect::<Vec<_>>(),
                found,
                "{text}"
            );
        }
    }

    #[test]
    fn many_parts_with_nothing_in_them_are_nothing() {
        let text = "Transfer-Encoding: base64\n".repeat(4_000) + &"\n".repeat(400_000);
        assert!(parts(&text).is_empty());
    }

    #[test]
    fn what_is_no_text_stays() {
        for value in [
            "aGVsbG8=",
            "0123456789abcdef0123456789abcdef",
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ",
            "some words that are not packed",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "SmFuZSBEb2UgYW5kIE1heCBSb2V=",
        ] {
            assert!(Packed::open(value).is_none(), "{value}");
        }
    }
}
