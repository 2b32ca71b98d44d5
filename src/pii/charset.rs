//! How the bytes of a packed text are written: UTF-8, UTF-16, or one byte a character.
//!
//! Bytes that are none of UTF-8 are read as Windows-1252 (WHATWG, Encoding, section 9), whatever they are: of any other set
//! of one byte a character, all that is ASCII is read as it is meant, and everything is written again as it was. What holds
//! other control characters than texts do, or more beyond ASCII than letters with marks are, is no text.
//!
//! Of a text in Windows-1252 that lost its letters beyond ASCII nobody could tell any more what it was, and what is given
//! back in it would be written otherwise. So it gets a mark at its end that shows nothing.

/// How bytes are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Charset {
    Utf8,
    Windows1252,
    Utf16 { big: bool },
}

/// From so many bytes on, half of them may be beyond ASCII, and a quarter before.
const LONG: usize = 64;

/// The text that bytes hold, and how it is written; [`None`] when they hold none.
pub(super) fn read(bytes: Vec<u8>) -> Option<(String, Charset)> {
    if let Some(big) = wide(&bytes) {
        let unit = |pair: &[u8]| {
            let pair = <[u8; 2]>::try_from(pair).unwrap_or_default();
            if big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
        };
        let units: Vec<u16> = bytes.chunks_exact(2).map(unit).collect();
        let text = String::from_utf16(&units).ok()?;
        return is_text(&text).then_some((text, Charset::Utf16 { big }));
    }
    match String::from_utf8(bytes) {
        Ok(text) => is_text(&text).then_some((text, Charset::Utf8)),
        Err(error) => {
            let bytes = error.as_bytes();
            // The cheapest question first.
            if bytes.iter().any(|byte| byte.is_ascii_control() && !is_known(char::from(*byte))) {
                return None;
            }
            let (body, marked) = match bytes.split_last() {
                Some((&MARK, body)) if !is_windows(body) => (body, true),
                _ => (bytes, false),
            };
            let text: String = body.iter().map(|byte| seen(*byte)).collect();
            ((marked || is_windows(bytes)) && is_text(&text)).then_some((text, Charset::Windows1252))
        }
    }
}

/// What stands at the end of a text that would not be read as Windows-1252 by itself: a soft hyphen.
const MARK: u8 = 0xad;

/// Whether bytes are none of UTF-8, and not too many of them beyond ASCII.
fn is_windows(bytes: &[u8]) -> bool {
    let high = bytes.iter().filter(|byte| !byte.is_ascii()).count();
    let share = if bytes.len() < LONG { 4 } else { 2 };
    high > 0 && high * share <= bytes.len() && std::str::from_utf8(bytes).is_err()
}

impl Charset {
    /// A text as bytes; in UTF-8 when it has a character that there is no byte for.
    pub(super) fn write(self, text: &str) -> Vec<u8> {
        match self {
            Self::Utf8 => text.into(),
            Self::Windows1252 => {
                let Some(mut bytes) = text.chars().map(byte).collect::<Option<Vec<_>>>() else {
                    return text.into();
                };
                if !is_windows(&bytes) {
                    bytes.push(MARK);
                }
                bytes
            }
            Self::Utf16 { big } => {
                let bytes = |unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
                text.encode_utf16().flat_map(bytes).collect()
            }
        }
    }
}

/// Whether bytes are UTF-16, with its mark or as what is ASCII mostly, and whether the higher byte comes first.
fn wide(bytes: &[u8]) -> Option<bool> {
    if !bytes.len().is_multiple_of(2) {
        return None;
    }
    match bytes {
        [0xff, 0xfe, ..] => return Some(false),
        [0xfe, 0xff, ..] => return Some(true),
        _ => {}
    }
    memchr::memchr(0, bytes)?;
    let zeros = |from: usize| bytes.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
    let most = |zeros: usize| bytes.len() >= 12 && zeros * 8 >= bytes.len();
    match (zeros(0), zeros(1)) {
        (0, low) if most(low) => Some(false),
        (high, 0) if most(high) => Some(true),
        _ => None,
    }
}

/// Whether a text has no other control characters than texts have: form feeds, colours of terminals.
fn is_text(text: &str) -> bool {
    text.chars().all(|char| !char.is_control() || is_known(char))
}

fn is_known(control: char) -> bool {
    matches!(control, '\u{7}'..='\u{d}' | '\u{1b}' | '\u{80}'..)
}

fn seen(byte: u8) -> char {
    let marked = byte.checked_sub(0x80).and_then(|at| MARKS.get(usize::from(at)));
    marked.copied().unwrap_or(char::from(byte))
}

fn byte(char: char) -> Option<u8> {
    match MARKS.iter().position(|mark| *mark == char) {
        Some(at) => Some(0x80 + at as u8),
        None => u8::try_from(u32::from(char)).ok().filter(|byte| !(0x80..0xa0).contains(byte)),
    }
}

/// The bytes from 80 to 9F in Windows-1252.
const MARKS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

#[cfg(test)]
mod tests {
    use super::{Charset, read};
    use proptest::prelude::*;

    #[test]
    fn a_text_is_read_however_it_is_written() {
        let text = "Jürgen Müller; 5 €";
        let utf16 = |big| Charset::Utf16 { big };
        for charset in [Charset::Utf8, Charset::Windows1252, utf16(true), utf16(false)] {
            assert_eq!(read(charset.write(text)), Some((text.to_owned(), charset)));
        }
        let marked = "\u{feff}Grüße 李";
        assert_eq!(read(utf16(true).write(marked)), Some((marked.to_owned(), utf16(true))));
        for text in ["page\u{c}two is here", "\u{1b}[1mjane@example.com\u{1b}[0m"] {
            assert!(read(text.as_bytes().to_vec()).is_some(), "{text:?}");
        }
        // Without any letter that tells, it is still known.
        let plain = Charset::Windows1252.write("nothing more to tell");
        assert_eq!(plain.last(), Some(&0xad));
        assert_eq!(read(plain), Some(("nothing more to tell".to_owned(), Charset::Windows1252)));
        // What there is no byte for is not lost.
        assert_eq!(Charset::Windows1252.write("ł"), "ł".as_bytes());
    }

    #[test]
    fn what_is_no_text_is_not_read() {
        for bytes in [
            &b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..],
            b"\0\0\0\0\0\0\0\0\0\0\0\0",
            b"\xff\xfe\0\xd8ab",
            b"\xd3\x5d\xb7\xe3\x9e\xbb\xf3\xd6\x9b\x71\xd7\x9f",
            b"abc\x01def",
        ] {
            assert_eq!(read(bytes.to_vec()), None, "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_as_it_was(bytes in any::<Vec<u8>>(), ascii in "[ -~]{0,80}", latin in "[ -ÿ€š]{0,80}") {
            for bytes in [bytes.clone(), [ascii.as_bytes(), &bytes[..bytes.len().min(8)]].concat(), Charset::Windows1252.write(&latin)] {
                if let Some((text, charset)) = read(bytes.clone()) {
                    prop_assert_eq!(charset.write(&text), bytes);
                }
            }
        }
    }
}
