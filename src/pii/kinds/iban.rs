//! International bank account numbers: country, two check digits, the country's length, and remainder 1 modulo 97
//! (ISO 13616-1; lengths from the SWIFT IBAN Registry), bare or in groups with spaces of any kind, tabs, hyphens, full
//! stops or one line break between them.

use std::ops::Range;

use crate::pii::numbers::{Numbers, hyphen, space};

/// Account numbers, and with `false` those that are written like one and whose remainder is wrong: they are no phone
/// number either.
pub(in crate::pii) fn find(numbers: &Numbers<'_>) -> Vec<(Range<usize>, bool)> {
    let (text, bytes) = (numbers.text, numbers.text.as_bytes());
    let mut found = Vec::new();
    let mut done = 0;
    // The check digits begin a group of digits.
    for digits in numbers.groups.iter().map(|group| &group.range).filter(|digits| digits.len() > 1) {
        let Some(start) = digits.start.checked_sub(2).filter(|start| *start >= done) else { continue };
        let country = bytes.get(start..digits.start).unwrap_or_default().iter().all(u8::is_ascii_alphabetic);
        let begins = || {
            let before = start.checked_sub(1).and_then(|before| bytes.get(before));
            // "IBANDE89370400440532013000"
            !before.is_some_and(u8::is_ascii_alphanumeric) || labelled(bytes.get(..start).unwrap_or_default())
        };
        if country
            && begins()
            && let Some((end, right)) = end(text, start)
        {
            found.push((start..end, right));
            done = end;
        }
    }
    found
}

fn labelled(before: &[u8]) -> bool {
    let label = before.len().checked_sub(4).and_then(|at| before.get(at..)).unwrap_or_default();
    let word = before.len().checked_sub(5).and_then(|at| before.get(at));
    label.eq_ignore_ascii_case(b"IBAN") && !word.is_some_and(u8::is_ascii_alphanumeric)
}

/// The end of the account number that begins here, and whether its remainder is right.
fn end(text: &str, start: usize) -> Option<(usize, bool)> {
    let bytes = text.as_bytes();
    let country = [bytes.get(start)?.to_ascii_uppercase(), bytes.get(start + 1)?.to_ascii_uppercase()];
    let mut countries = LENGTHS.split_whitespace().filter_map(|entry| entry.split_at_checked(2));
    let length: usize = countries.find(|(code, _)| code.as_bytes() == country)?.1.parse().ok()?;
    let mut symbols = Vec::with_capacity(length);
    let (mut at, mut group, mut fours) = (start, 0, true);
    while symbols.len() < length {
        match bytes.get(at)? {
            byte if byte.is_ascii_alphanumeric() => {
                symbols.push(byte.to_ascii_uppercase());
                at += 1;
                group += 1;
            }
            _ => {
                at += separator(text.get(at..)?)?;
                fours &= group == 4;
                group = 0;
            }
        }
    }
    let right = remainder(&symbols) == 1;
    let next = bytes.get(at).copied().unwrap_or(b' ');
    // "DE89370400440532013000BIC": letters may be glued to a right one that ends with a digit.
    let glued = right && next.is_ascii_alphabetic() && symbols.last().is_some_and(u8::is_ascii_digit);
    let bare = group == length;
    let closed = !next.is_ascii_alphanumeric() || glued;
    (closed && (right || bare || fours)).then_some((at, right))
}

/// How long what stands between two groups is.
fn separator(text: &str) -> Option<usize> {
    let mut length = 0;
    let mut breaks = 0;
    for (count, char) in text.chars().enumerate() {
        if char.is_ascii_alphanumeric() {
            return (count > 0).then_some(length);
        }
        breaks += usize::from(char == '\n');
        let joins = space(char) || hyphen(char) || matches!(char, '\t' | '.' | '\r' | '\n');
        if !joins || breaks > 1 || count == 4 {
            return None;
        }
        length += char.len_utf8();
    }
    None
}

/// The number modulo 97, with the first four symbols last and letters as 10 to 35.
fn remainder(symbols: &[u8]) -> u32 {
    let (head, tail) = symbols.split_at(symbols.len().min(4));
    tail.iter().chain(head).fold(0, |rest, byte| match byte {
        b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
        _ => (rest * 100 + u32::from(byte - b'A') + 10) % 97,
    })
}

/// Each country and the length of its numbers.
const LENGTHS: &str = "\
    AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 \
    EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 \
    IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 \
    NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 \
    SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30 \
    ";

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use crate::pii::numbers::Numbers;
    use proptest::prelude::*;

    fn find(text: &str) -> Vec<(Range<usize>, bool)> {
        super::find(&Numbers::read(text, &[]))
    }

    fn found(text: &str) -> Vec<&str> {
        find(text).into_iter().filter(|(_, right)| *right).map(|(range, _)| &text[range]).collect()
    }

    /// The examples of the SWIFT IBAN Registry.
    const VALID: [&str; 16] = [
        "DE89370400440532013000",
        "AT611904300234573201",
        "CH9300762011623852957",
        "GB29NWBK60161331926819",
        "FR1420041010050500013M02606",
        "ES9121000418450200051332",
        "IT60X0542811101000000123456",
        "NL91ABNA0417164300",
        "PL61109010140000071219812874",
        "BE68539007547034",
        "NO9386011117947",
        "LU280019400644750000",
        "MT84MALT011000012345MTLCAST001S",
        "TR330006100519786457841326",
        "SE4550000000058398257466",
        "PT50000201231234567890154",
    ];

    #[test]
    fn registry_examples_are_found_and_with_one_symbol_wrong_they_are_not() {
        for iban in VALID {
            assert_eq!(found(iban), [iban]);
            for at in 2..iban.len() {
                let mut wrong = iban.as_bytes().to_vec();
                wrong[at] =
                    if wrong[at].is_ascii_digit() { b'0' + (wrong[at] - b'0' + 1) % 10 } else { b'Q' };
                let wrong = String::from_utf8(wrong).unwrap();
                assert!(wrong == iban || found(&wrong).is_empty(), "{wrong}");
            }
        }
    }

    #[test]
    fn it_may_be_written_in_groups_and_in_any_case() {
        for text in [
            "DE89 3704 0044 0532 0130 00",
            "gb29-nwbk-6016-1331-9268-19",
            "AT61\u{a0}1904\u{a0}3002\u{a0}3457\u{a0}3201",
            "DE89\u{202f}3704\u{2009}0044\t0532  0130 00",
            "DE89 3704 0044\n0532 0130 00",
        ] {
            assert_eq!(found(&format!("({text}).")), [text]);
        }
        for text in ["IBANDE89370400440532013000", "iban:DE89370400440532013000", "DE89370400440532013000BIC"]
        {
            assert_eq!(found(text), ["DE89370400440532013000"], "{text}");
        }
        assert!(find("DE10 Tel 0171 2345678 Anna").is_empty(), "words are no number that is wrong");
        assert!(!find("DE90 3704 0044 0532 0130 00")[0].1 && !find("DE90370400440532013000")[0].1);
        for text in [
            "xDE89370400440532013000",
            "DE893704004405320130001",
            "DE89 3704 0044\n\n0532 0130 00",
            "ZZ89370400440532013000",
        ] {
            assert!(found(text).is_empty(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn arbitrary_text_never_panics(text in "(?s)[DEGB0-9 é.-]{0,60}") {
            find(&text);
        }
    }
}
