//! Payment cards: 13 to 19 digits in a brand's range (ISO/IEC 7812-1; the brands' published number ranges) with a
//! Luhn check digit (ISO/IEC 7812-1, annex B), bare or in groups.
//!
//! The check digit tells, and so what stands around does not matter: a code or an expiry date behind, a word glued
//! on with a hyphen, another card. Only a run of digits, or of digits and letters, is one thing: a part of it is no
//! card. Of groups in a row the longest that make a card count.
//!
//! Thirteen-digit Visa numbers are no longer issued, and one in ten article numbers (EAN-13, 4...) would look like
//! one: they are left out.

use std::ops::Range;

use crate::pii::numbers::{Gap, Numbers};

pub(in crate::pii) fn find(numbers: &Numbers<'_>) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let cards = (0..numbers.groups.len()).filter_map(|index| at(numbers, index));
    for card in cards {
        match found.last_mut() {
            // Which of two that overlap is the card nobody can tell: both go.
            Some(last) if card.start < last.end => last.end = last.end.max(card.end),
            _ => found.push(card),
        }
    }
    found
}

/// The longest card that begins with the group at `index`.
fn at(numbers: &Numbers<'_>, index: usize) -> Option<Range<usize>> {
    let first = numbers.groups.get(index)?;
    let start = first.range.start;
    // The first track of a magnetic stripe (ISO/IEC 7813): `%B4111111111111111^`.
    let track = numbers.before(start).ends_with("%B");
    let fraction = numbers.gap_before(index) == Gap::Dot && numbers.length(index) > 4;
    if !(first.free || track) || fraction || !(4..=19).contains(&numbers.length(index)) {
        return None;
    }
    let mut digits = numbers.digits(index).to_owned();
    let mut longest = valid(&digits).then_some(index);
    let mut last = index;
    while first.range.len() <= 8 && digits.len() < 19 && joins(numbers.wide_gap(last)) {
        last += 1;
        // "4111 1111 1111 1111", "3782 822463 10005", "41111111 11111111"
        let length = numbers.length(last);
        if first.range.len() == 8 && length != 8 || first.range.len() < 8 && !(3..=6).contains(&length) {
            break;
        }
        digits.push_str(numbers.digits(last));
        if digits.len() >= 14 && valid(&digits) {
            longest = Some(last);
        }
    }
    Some(start..numbers.groups.get(longest?)?.range.end)
}

fn joins(gap: Gap) -> bool {
    matches!(gap, Gap::Space | Gap::Wide | Gap::Hyphen | Gap::Dot)
}

fn valid(digits: &str) -> bool {
    brand(digits) && luhn(digits)
}

fn brand(digits: &str) -> bool {
    let head = |count: usize| digits.get(..count).and_then(|head| head.parse::<u32>().ok()).unwrap_or(0);
    let length = digits.len();
    match (head(2), head(4), head(6)) {
        // Visa
        (40..=49, ..) if matches!(length, 16 | 19) => true,
        // Mastercard
        (51..=55, ..) | (_, 2221..=2720, _) if length == 16 => true,
        // American Express
        (34 | 37, ..) if length == 15 => true,
        // Discover
        (65, ..) | (_, 6011 | 6440..=6499, _) | (.., 622_126..=622_925) if matches!(length, 16..=19) => true,
        // Diners Club
        (36 | 38 | 39, ..) | (_, 3000..=3059 | 3095, _) if matches!(length, 14 | 16..=19) => true,
        // JCB
        (_, 3528..=3589, _) if matches!(length, 16..=19) => true,
        // UnionPay
        (62 | 81, ..) if matches!(length, 16..=19) => true,
        // Maestro
        (_, 5018 | 5020 | 5038 | 5893 | 6304 | 6759 | 6761..=6763, _) if matches!(length, 13..=19) => true,
        _ => false,
    }
}

fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| match (place % 2, u32::from(byte - b'0')) {
            (0, digit) => digit,
            (_, digit) if digit > 4 => 2 * digit - 9,
            (_, digit) => 2 * digit,
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::find;
    use crate::pii::numbers::Numbers;

    fn found(text: &str) -> Vec<&str> {
        find(&Numbers::read(text, &[])).into_iter().map(|range| &text[range]).collect()
    }

    /// The brands' published test numbers, one of each range.
    const VALID: [&str; 14] = [
        "4111111111111111",
        "4012888888881881",
        "5555555555554444",
        "5105105105105100",
        "2223003122003222",
        "2720992593319364",
        "378282246310005",
        "371449635398431",
        "6011111111111117",
        "6011000990139424",
        "30569309025904",
        "38520000023237",
        "3530111333300000",
        "6304000000000000",
    ];

    #[test]
    fn published_numbers_are_found_and_with_one_digit_wrong_they_are_not() {
        for card in VALID {
            assert_eq!(found(card), [card]);
            for at in 0..card.len() {
                let mut wrong = card.as_bytes().to_vec();
                wrong[at] = b'0' + (wrong[at] - b'0' + 1) % 10;
                let wrong = String::from_utf8(wrong).unwrap();
                assert!(found(&wrong).is_empty(), "{wrong}");
            }
        }
    }

    #[test]
    fn groups_may_be_joined_by_what_people_put_between_them() {
        for text in [
            "4111 1111 1111 1111",
            "4111-1111-1111-1111",
            "4111.1111.1111.1111",
            "4111 1111-1111 1111",
            "4111  1111\t1111\u{202f}1111",
            "41111111 11111111",
            "3782 822463 10005",
            "4111\u{a0}1111\u{a0}1111\u{a0}1111",
        ] {
            assert_eq!(found(&format!("card {text}, thanks")), [text]);
        }
    }

    #[test]
    fn what_stands_around_does_not_hide_it() {
        for text in [
            "Card {} 123",
            "Card {} 1225",
            "Karte 2 {}",
            "12/25 {}",
            "{}/12/25",
            "{} 12/25/2030",
            "charged {} EUR 49.90",
            "#{}",
            "VISA-{}",
            "ID-{}",
            "/cards/{}/",
            "{}:123",
            ";{}=2512101",
            "{}.",
            "${}",
            "9 {}",
        ] {
            for card in ["4111111111111111", "4012 8888 8888 1881"] {
                assert_eq!(found(&text.replace("{}", card)), [card], "{text}");
            }
        }
        assert_eq!(found("%B4111111111111111^DOE/JANE^2512"), ["4111111111111111"]);
        assert_eq!(
            found("4111 1111 1111 1111 4012 8888 8888 1881"),
            ["4111 1111 1111 1111", "4012 8888 8888 1881"]
        );
    }

    #[test]
    fn a_part_of_a_longer_run_is_none() {
        for text in [
            "41111111111111112",
            "x4111111111111111",
            "4111111111111111_a",
            "0x4111111111111111",
            "4111111111111.111",
            "0.4111111111111111",
            "41111111-1111-1111-1111-111111111111",
        ] {
            assert!(found(text).is_empty(), "{text}");
        }
    }
}
