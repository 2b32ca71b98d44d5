//! International bank account numbers: country, two check digits, the country's length, and remainder 1 modulo 97
//! (ISO 13616-1; lengths from the SWIFT IBAN Registry), bare or with single spaces, hyphens or full stops.

use std::ops::Range;

pub(super) fn find(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 4;
    while at <= bytes.len() {
        // Two letters and two digits; the cheapest question first.
        let start = at - 4;
        let head = bytes.get(start..at).unwrap_or_default();
        let candidate = matches!(head, [first, second, third, fourth]
            if fourth.is_ascii_digit() && third.is_ascii_digit()
                && second.is_ascii_alphabetic() && first.is_ascii_alphabetic())
            && !start
                .checked_sub(1)
                .and_then(|before| bytes.get(before))
                .is_some_and(u8::is_ascii_alphanumeric);
        if candidate && let Some(end) = end(bytes, start) {
            found.push(start..end);
            at = end + 4;
        } else {
            at += 1;
        }
    }
    found
}

/// The end of the account number that begins here.
fn end(bytes: &[u8], start: usize) -> Option<usize> {
    let country = [bytes.get(start)?.to_ascii_uppercase(), bytes.get(start + 1)?.to_ascii_uppercase()];
    let (_, length) = LENGTHS.iter().find(|(code, _)| code.as_bytes() == country)?;
    let mut symbols = Vec::with_capacity(*length);
    let mut at = start;
    while symbols.len() < *length {
        match bytes.get(at..)? {
            [byte, ..] if byte.is_ascii_alphanumeric() => {
                symbols.push(byte.to_ascii_uppercase());
                at += 1;
            }
            [b' ' | b'-' | b'.', next, ..] if next.is_ascii_alphanumeric() => at += 1,
            [0xc2, 0xa0, next, ..] if next.is_ascii_alphanumeric() => at += 2,
            _ => return None,
        }
    }
    let closed = !bytes.get(at).is_some_and(u8::is_ascii_alphanumeric);
    (closed && remainder(&symbols) == 1).then_some(at)
}

/// The number modulo 97, with the first four symbols last and letters as 10 to 35.
fn remainder(symbols: &[u8]) -> u32 {
    let (head, tail) = symbols.split_at(symbols.len().min(4));
    tail.iter().chain(head).fold(0, |rest, byte| match byte {
        b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
        _ => (rest * 100 + u32::from(byte - b'A') + 10) % 97,
    })
}

const LENGTHS: [(&str, usize); 89] = [
    ("AD", 24),
    ("AE", 23),
    ("AL", 28),
    ("AT", 20),
    ("AZ", 28),
    ("BA", 20),
    ("BE", 16),
    ("BG", 22),
    ("BH", 22),
    ("BI", 27),
    ("BR", 29),
    ("BY", 28),
    ("CH", 21),
    ("CR", 22),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DJ", 27),
    ("DK", 18),
    ("DO", 28),
    ("EE", 20),
    ("EG", 29),
    ("ES", 24),
    ("FI", 18),
    ("FK", 18),
    ("FO", 18),
    ("FR", 27),
    ("GB", 22),
    ("GE", 22),
    ("GI", 23),
    ("GL", 18),
    ("GR", 27),
    ("GT", 28),
    ("HN", 28),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IL", 23),
    ("IQ", 23),
    ("IS", 26),
    ("IT", 27),
    ("JO", 30),
    ("KW", 30),
    ("KZ", 20),
    ("LB", 28),
    ("LC", 32),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("LY", 25),
    ("MC", 27),
    ("MD", 24),
    ("ME", 22),
    ("MK", 19),
    ("MN", 20),
    ("MR", 27),
    ("MT", 31),
    ("MU", 30),
    ("NI", 28),
    ("NL", 18),
    ("NO", 15),
    ("OM", 23),
    ("PK", 24),
    ("PL", 28),
    ("PS", 29),
    ("PT", 25),
    ("QA", 29),
    ("RO", 24),
    ("RS", 22),
    ("RU", 33),
    ("SA", 24),
    ("SC", 31),
    ("SD", 18),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("SM", 27),
    ("SO", 23),
    ("ST", 25),
    ("SV", 28),
    ("TL", 23),
    ("TN", 24),
    ("TR", 26),
    ("UA", 29),
    ("VA", 22),
    ("VG", 24),
    ("XK", 20),
    ("YE", 30),
];

#[cfg(test)]
mod tests {
    use super::find;
    use proptest::prelude::*;

    fn found(text: &str) -> Vec<&str> {
        find(text).into_iter().map(|range| &text[range]).collect()
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
        ] {
            assert_eq!(found(&format!("({text}).")), [text]);
        }
        for text in [
            "xDE89370400440532013000",
            "DE893704004405320130001",
            "DE89  3704 0044 0532 0130 00",
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
