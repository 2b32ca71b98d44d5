//! The text that stands for a personal value, and how it is recognized when it comes back.
//!
//! ```text
//! Person-7K3M9QX2WD4F            7k3m9qx2wd4f@email.invalid
//! kind   10 symbols: HMAC(key, kind, value), 50 bits; 2 symbols: check, 10 bits
//! ```
//!
//! Symbols are Crockford's base32, which has no I, L, O and U. The check needs no key: it tells a mistyped or
//! invented pseudonym from a real one, not a foreign one from one's own. An e-mail address stays one, under a name
//! that can never be delivered (`.invalid`: RFC 2606, section 2; RFC 6761, section 6.4).
//!
//! Every pseudonym holds a digit from 2 to 9, so that `phone-verification` is a word and not a mistyped
//! pseudonym; capitals after a word that is not all capitals (`Person-AAAAAAAAAAAA`) are an invented one. Models change case, escape hyphens for Markdown, use typographic ones and put an `s` behind: all of
//! that is accepted. A symbol's look-alike (O for 0, I and L for 1) is accepted when the check then holds.

use std::ops::Range;

use sha2::{Digest as _, Sha256};

use super::Kind;
use crate::crypto::HashKey;

const SYMBOLS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 12;
const MAIL_HOST: &str = "email.invalid";

/// A text that has the shape of a pseudonym.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pseudonym {
    /// What it stands for.
    pub kind: Kind,
    /// As [`make`] writes it, whatever was done to it since.
    pub text: String,
    /// Whether its check holds. Where not, it was mistyped or invented.
    pub valid: bool,
}

/// The pseudonym of a value: always the same under the same key.
pub(super) fn make(key: &HashKey, kind: Kind, value: &str) -> String {
    for round in ["", "1", "2", "3", "4", "5", "6", "7"] {
        let mac = key.mac("pseudonym value", &[kind.name(), value, round]);
        let bits = mac.iter().take(8).fold(0, |bits, byte| bits << 8 | u64::from(*byte)) >> 14;
        let symbols = symbols(bits << 10 | u64::from(check(kind, bits)));
        // One in thirty has no such digit; eight in a row do not happen.
        if holds_digit(&symbols) || round == "7" {
            return written(kind, &String::from_utf8_lossy(&symbols));
        }
    }
    String::new()
}

/// Where something has the shape of a pseudonym.
struct Shape {
    range: Range<usize>,
    kind: Kind,
    /// In their one spelling.
    symbols: [u8; LENGTH],
    valid: bool,
}

/// Every pseudonym-shaped text, with the bytes it takes, ascending and apart.
pub(super) fn find(text: &str) -> Vec<(Range<usize>, Pseudonym)> {
    let pseudonym = |shape: Shape| {
        let text = written(shape.kind, &String::from_utf8_lossy(&shape.symbols));
        (shape.range, Pseudonym { kind: shape.kind, text, valid: shape.valid })
    };
    shapes(text).into_iter().map(pseudonym).collect()
}

/// Where pseudonyms stand whose check holds, ascending and apart.
pub(super) fn spans(text: &str) -> impl Iterator<Item = Range<usize>> + use<> {
    shapes(text).into_iter().filter(|shape| shape.valid).map(|shape| shape.range)
}

/// Whether a text is one and nothing else.
pub(super) fn is_one(text: &str) -> bool {
    matches!(&shapes(text)[..], [shape] if shape.valid && shape.range == (0..text.len()))
}

fn shapes(text: &str) -> Vec<Shape> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    if bytes.len() <= LENGTH {
        return found;
    }
    for (at, hyphen) in hyphens(bytes) {
        found.extend(typed(text, at, hyphen));
    }
    for at in memchr::memchr_iter(b'@', bytes) {
        found.extend(mail(text, at));
    }
    found.sort_by_key(|shape| shape.range.start);
    // "phone\u{2011}7k3m9qx2wd4f@email.invalid" reads as two; the right one is meant.
    found.dedup_by(|later, earlier| {
        let overlap = later.range.start < earlier.range.end;
        if overlap && later.valid && !earlier.valid {
            std::mem::swap(later, earlier);
        }
        overlap
    });
    found
}

/// What was a pseudonym before somebody lost or added a few symbols: an address under our undeliverable name, or a
/// kind's word before about as many capitals and digits. `found` is what [`find`] found in the same text.
pub(super) fn mangled(text: &str, found: &[(Range<usize>, Pseudonym)]) -> Vec<Pseudonym> {
    let bytes = text.as_bytes();
    // `found` ascends and is apart.
    let free = |at: usize| {
        let next = found.partition_point(|(range, _)| range.end <= at);
        found.get(next).is_none_or(|(range, _)| range.start > at)
    };
    let mut mangled = Vec::new();
    for at in memchr::memchr_iter(b'@', bytes).filter(|at| free(*at)) {
        let host = bytes.get(at + 1..at + 1 + MAIL_HOST.len()).unwrap_or_default();
        let rest = bytes.get(at + 1 + MAIL_HOST.len());
        if host.eq_ignore_ascii_case(MAIL_HOST.as_bytes()) && bounded(rest) {
            mangled.push(Pseudonym { kind: Kind::Email, text: format!("...@{MAIL_HOST}"), valid: false });
        }
    }
    // In "phone\u{2011}7k3m9qx2wd4f@email.invalid" the symbols are another's.
    for (at, hyphen) in hyphens(bytes).filter(|(at, hyphen)| free(*at) && free(at + hyphen)) {
        let head = bytes.get(..at).unwrap_or_default();
        let Some((kind, word)) = word_before(head) else { continue };
        let rest = bytes.get(at + hyphen..).unwrap_or_default();
        let reach = rest.get(..LENGTH + 5).unwrap_or(rest);
        let as_made = written(kind, "").trim_end_matches('-').as_bytes() == word;
        let capitals = run(reach, |byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        // "phone-verification2" is a word and "phone-4155552671" a number; nobody writes "phone-7k3m9qx2wd4".
        let any = run(reach, |byte| byte.is_ascii_alphanumeric());
        let about = |symbols: &[u8]| (LENGTH - 4..=LENGTH + 4).contains(&symbols.len());
        let symbols = if as_made && about(capitals) && capitals.iter().any(u8::is_ascii_digit) {
            capitals
        } else if about(any) && random(any) {
            any
        } else {
            continue;
        };
        let symbols = String::from_utf8_lossy(symbols).to_ascii_uppercase();
        mangled.push(Pseudonym { kind, text: written(kind, &symbols), valid: false });
    }
    mangled
}

/// The kind whose word, in any case, a text ends with, and the word as it stands there.
fn word_before(head: &[u8]) -> Option<(Kind, &[u8])> {
    let head = head.strip_suffix(b"\\").unwrap_or(head);
    let letters = head.iter().rev().take(LONGEST + ENCODED + 1);
    let letters = letters.take_while(|byte| byte.is_ascii_alphabetic()).count();
    // In "\\u00fcPerson-" the first letters belong to what is encoded.
    (0..=letters.min(ENCODED)).find_map(|encoded| {
        let start = head.len() - letters + encoded;
        let word = head.get(start..).filter(|_| begins(head.get(..start).unwrap_or_default()))?;
        Some((Kind::named(word).filter(|kind| *kind != Kind::Email)?, word))
    })
}

/// So many letters may stand at the end of an encoded character.
const ENCODED: usize = 4;

/// The longest word of a kind.
const LONGEST: usize = "codicefiscale".len();

fn run(bytes: &[u8], wanted: impl Fn(&u8) -> bool) -> &[u8] {
    let length = bytes.iter().take_while(|byte| wanted(byte)).count();
    bytes.get(..length).unwrap_or_default()
}

/// Whether symbols are mixed as no word and no number is: only ours, a digit before a letter, one of them from 2
/// to 9.
fn random(symbols: &[u8]) -> bool {
    let ours = symbols.iter().all(|byte| SYMBOLS.contains(&byte.to_ascii_uppercase()));
    let first = symbols.iter().position(u8::is_ascii_digit).unwrap_or(symbols.len());
    let mixed = symbols.get(first..).unwrap_or_default().iter().any(u8::is_ascii_alphabetic);
    ours && mixed && symbols.iter().any(|byte| matches!(byte, b'2'..=b'9'))
}

fn typed(text: &str, at: usize, hyphen: usize) -> Option<Shape> {
    let bytes = text.as_bytes();
    let from = at + hyphen;
    // The cheapest question first.
    let symbols = text.get(from..from + LENGTH)?;
    if !symbols.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    let head = bytes.get(..at)?;
    let head = head.strip_suffix(b"\\").unwrap_or(head);
    let (kind, word) = word_before(head)?;
    let start = head.len() - word.len();
    let shouts = |text: &[u8]| text.iter().all(u8::is_ascii_uppercase);
    if !holds_digit(symbols.as_bytes()) && (!shouts(symbols.as_bytes()) || shouts(word)) {
        return None;
    }
    let (symbols, valid) = read(kind, symbols)?;
    let end = from + LENGTH;
    let open = match bytes.get(end..)? {
        // "Person-7K3M9QX2WD4Fs car": a genitive, if what stands before it is right.
        [b's' | b'S', rest @ ..] => valid && bounded(rest.first()),
        rest => bounded(rest.first()),
    };
    open.then_some(Shape { range: start..end, kind, symbols, valid })
}

fn mail(text: &str, at: usize) -> Option<Shape> {
    let bytes = text.as_bytes();
    let head = bytes.get(..at)?;
    let head = head.strip_suffix(b"\\").unwrap_or(head);
    let start = head.len().checked_sub(LENGTH)?;
    let (first, last) = MAIL_HOST.split_once('.')?;
    let rest = strip_word(bytes.get(at + 1..)?, first)?;
    let rest = rest.strip_prefix(b"\\").unwrap_or(rest);
    let rest = strip_word(rest.strip_prefix(b".")?, last)?;
    let symbols = text.get(start..head.len())?;
    if !begins(bytes.get(..start)?) || !bounded(rest.first()) {
        return None;
    }
    if !holds_digit(symbols.as_bytes()) {
        return None;
    }
    let (symbols, valid) = read(Kind::Email, symbols)?;
    Some(Shape { range: start..bytes.len() - rest.len(), kind: Kind::Email, symbols, valid })
}

fn strip_word<'a>(bytes: &'a [u8], word: &str) -> Option<&'a [u8]> {
    let (head, rest) = bytes.split_at_checked(word.len())?;
    head.eq_ignore_ascii_case(word.as_bytes()).then_some(rest)
}

/// Twelve symbols in their one spelling, and whether their check holds; [`None`] when they are no pseudonym's.
fn read(kind: Kind, symbols: &str) -> Option<([u8; LENGTH], bool)> {
    let mut canonical: [u8; LENGTH] = symbols.as_bytes().try_into().ok()?;
    if !canonical.iter().all(u8::is_ascii_alphanumeric) {
        return None;
    }
    for byte in &mut canonical {
        *byte = match byte.to_ascii_uppercase() {
            b'O' => b'0',
            b'I' | b'L' => b'1',
            symbol => symbol,
        };
    }
    let bits = canonical.iter().try_fold(0_u64, |bits, byte| {
        let symbol = SYMBOLS.iter().position(|symbol| symbol == byte)?;
        Some(bits << 5 | symbol as u64)
    });
    let valid = bits.is_some_and(|bits| bits & 0x3ff == u64::from(check(kind, bits >> 10)));
    Some((canonical, valid))
}

fn written(kind: Kind, symbols: &str) -> String {
    let name = kind.name();
    match (kind, name.split_at_checked(1)) {
        (Kind::Email, _) => format!("{}@{MAIL_HOST}", symbols.to_ascii_lowercase()),
        (_, Some((first, rest))) => format!("{}{rest}-{symbols}", first.to_ascii_uppercase()),
        (_, None) => format!("{name}-{symbols}"),
    }
}

fn symbols(bits: u64) -> [u8; LENGTH] {
    let mut symbols = [b'0'; LENGTH];
    for (place, symbol) in symbols.iter_mut().rev().enumerate() {
        *symbol = SYMBOLS.get((bits >> (5 * place)) as usize & 31).copied().unwrap_or(b'0');
    }
    symbols
}

fn check(kind: Kind, bits: u64) -> u16 {
    let digest = Sha256::new()
        .chain_update("mcpgate pseudonym")
        .chain_update(kind.name())
        .chain_update(bits.to_be_bytes());
    let digest = digest.finalize();
    u16::from_be_bytes([digest[0], digest[1]]) >> 6
}

fn holds_digit(symbols: &[u8]) -> bool {
    symbols.iter().any(|byte| matches!(byte, b'2'..=b'9'))
}

/// Whether a word may begin behind these bytes: also behind an encoded character (`%20`, `=20`, `\n`, `\u00fc`), whose
/// letters and digits are none of the text.
fn begins(head: &[u8]) -> bool {
    let hex = |digits: &[u8]| digits.iter().all(u8::is_ascii_hexdigit);
    match head {
        [.., b'\\', b'n' | b't' | b'r'] => true,
        _ => {
            let last = |count: usize| head.len().checked_sub(count).and_then(|from| head.get(from..));
            let reference = || {
                let digits = head.iter().rev().take(8).take_while(|byte| byte.is_ascii_hexdigit()).count();
                let before = head.get(..head.len() - digits).unwrap_or_default();
                digits > 0
                    && (before.ends_with(b"&#") || before.ends_with(b"&#x") || before.ends_with(b"&#X"))
            };
            bounded(head.last())
                || reference()
                || last(3).is_some_and(|code| matches!(code, [b'%' | b'=', digits @ ..] if hex(digits)))
                || last(6).is_some_and(|code| matches!(code, [b'\\', b'u', digits @ ..] if hex(digits)))
        }
    }
}

fn bounded(neighbour: Option<&u8>) -> bool {
    !neighbour.is_some_and(u8::is_ascii_alphanumeric)
}

/// Where hyphens stand, and how many bytes each takes: the ASCII one, U+2010 to U+2015 and the minus sign,
/// which models and editors put in its place.
fn hyphens(bytes: &[u8]) -> impl Iterator<Item = (usize, usize)> {
    let plain = memchr::memchr_iter(b'-', bytes).map(|at| (at, 1));
    let other = memchr::memchr_iter(0xe2, bytes)
        .filter(|at| matches!(bytes.get(at + 1..at + 3), Some([0x80, 0x90..=0x95] | [0x88, 0x92])));
    plain.chain(other.map(|at| (at, 3)))
}

#[cfg(test)]
mod tests {
    use super::{LENGTH, find, make};
    use crate::crypto::HashKey;
    use crate::pii::Kind;
    use proptest::prelude::*;

    fn key() -> HashKey {
        HashKey::new([7; 32])
    }

    #[test]
    fn what_lost_or_gained_symbols_is_mangled() {
        let mangled = |text: &str| super::mangled(text, &find(text)).len();
        for text in [
            "Person-7K3M9QX2WD4",
            "to Phone-P5HNC3JNX6N.",
            "Person-7K3M9QX2WD4FA",
            "7k3m9qx2wd4@email.invalid",
            "aaaaaaaaaaaa@email.invalid",
            "x@EMAIL.invalid",
            "person-7k3m9qx2wd4",
            "PERSON-7K3M9QX2WD4",
            "Person-7k3m9qx2wd4",
            "phone\u{2014}7k3m9qx2wd4fab",
            "Person\\-7K3M9QX2WD4",
        ] {
            assert_eq!(mangled(text), 1, "{text}");
        }
        let whole = make(&key(), Kind::Person, "Jane Doe");
        let mail = format!("phone\u{2011}{}", make(&key(), Kind::Email, "jane@example.com"));
        for text in [
            &whole,
            &mail,
            "Ip-Adressen",
            "Person-to-person",
            "phone-verification",
            "Card-2024",
            "phone-4155552671",
            "phone-iphone15pro",
            "card-checker24",
            "person-7k3m9qx",
            "person-7k3m9qx2wd4fabcde",
            "a@email.invalidated",
        ] {
            assert_eq!(mangled(text), 0, "{text}");
        }
    }

    #[test]
    fn what_is_encoded_before_it_is_no_part_of_it() {
        let person = make(&key(), Kind::Person, "Jane Doe");
        let mail = make(&key(), Kind::Email, "jane@example.com");
        for before in ["%20", "%3C", "=3D", "\\n", "\\u00fc"] {
            assert_eq!(one(&format!("a{before}{person}")), (person.clone(), true));
            assert_eq!(one(&format!("a{before}{mail}")), (mail.clone(), true));
        }
    }

    fn one(text: &str) -> (String, bool) {
        let mut found = find(text);
        assert_eq!(found.len(), 1, "{text}");
        let (_, pseudonym) = found.remove(0);
        (pseudonym.text, pseudonym.valid)
    }

    #[test]
    fn it_is_typed_short_and_depends_on_key_kind_and_value() {
        let person = make(&key(), Kind::Person, "Jane Doe");
        assert!(person.starts_with("Person-") && person.len() == 7 + LENGTH, "{person}");
        let mail = make(&key(), Kind::Email, "jane@example.com");
        assert!(mail.ends_with("@email.invalid") && mail.len() == 14 + LENGTH, "{mail}");
        assert_eq!(person, make(&key(), Kind::Person, "Jane Doe"));
        assert_ne!(person, make(&key(), Kind::Person, "Jane doe"));
        assert_ne!(person, make(&HashKey::new([8; 32]), Kind::Person, "Jane Doe"));
        let phone = make(&key(), Kind::Phone, "Jane Doe");
        assert_ne!(person.split_once('-').unwrap().1, phone.split_once('-').unwrap().1);
    }

    #[test]
    fn a_models_habits_do_not_hide_it() {
        let person = make(&key(), Kind::Person, "Jane Doe");
        let symbols = person.strip_prefix("Person-").unwrap();
        for text in [
            person.to_lowercase(),
            person.to_uppercase(),
            format!("**{person}**"),
            format!("_{person}_"),
            format!("\"{person}\""),
            format!("{person}'s car"),
            format!("{person}s Auto"),
            format!("Person\\-{symbols}"),
            format!("Person\u{2011}{symbols}"),
            format!("Person-{}", symbols.replace('0', "o").replace('1', "l")),
        ] {
            assert_eq!(one(&text), (person.clone(), true), "{text}");
        }
        let mail = make(&key(), Kind::Email, "jane@example.com");
        for text in [
            mail.to_uppercase(),
            format!("<{mail}>."),
            format!("mailto:{mail}?subject=x"),
            mail.replace('@', "\\@").replace('.', "\\."),
        ] {
            assert_eq!(one(&text), (mail.clone(), true), "{text}");
        }
    }

    #[test]
    fn any_one_wrong_symbol_is_noticed_almost_always() {
        let person = make(&key(), Kind::Person, "Jane Doe");
        let mut missed = 0;
        for at in 7..person.len() {
            for symbol in "0123456789ABCDEFGHJKMNPQRSTVWXYZU".chars() {
                let mut wrong = person.clone();
                wrong.replace_range(at..=at, symbol.encode_utf8(&mut [0; 4]));
                missed += usize::from(wrong != person && one(&wrong).1);
            }
        }
        assert!(missed <= 3, "{missed} of 372");
    }

    #[test]
    fn words_and_longer_identifiers_are_not_pseudonyms() {
        for text in [
            "phone-verification",
            "Person-relationship",
            "person-Organization",
            "PERSON-RELATIONSHIP",
            "Person-7K3M9QX2WD4",
            "ip-7K3M9QX2WD4FA",
            "xPerson-7K3M9QX2WD4F",
            "7k3m9qx2wd4@email.invalid",
            "7k3m9qx2wd4f@email.invalidated",
            "aa7k3m9qx2wd4f@email.invalid",
        ] {
            assert!(find(text).is_empty(), "{text}");
        }
        assert!(!one("Person-AAAAAAAAAAAA").1, "capitals that nobody writes as a word are an invented one");
        assert_eq!(one("Person-7K3M9QX2WD4F").1, find("Person-7K3M9QX2WD4F")[0].1.valid);
    }

    proptest! {
        #[test]
        fn every_pseudonym_is_recognized(value in any::<String>(), kind in 0..Kind::ALL.len()) {
            let kind = Kind::ALL[kind];
            let made = make(&key(), kind, &value);
            let found = find(&made);
            prop_assert_eq!(found.len(), 1);
            prop_assert_eq!(&found[0].0, &(0..made.len()));
            prop_assert_eq!((found[0].1.kind, found[0].1.valid, &found[0].1.text), (kind, true, &made));
        }

        #[test]
        fn arbitrary_text_never_panics(text in "(?s)[PpersonIip@.\\-\u{2011}\\\\0-9A-Zé]{0,60}") {
            find(&text);
        }
    }
}
