//! Phone numbers: international (ITU-T E.164: `+`, country code, at most 15 digits; RFC 3966 for `tel:`) and in
//! the national formats of Germany, Austria, Switzerland, the United States, the United Kingdom, France, Spain,
//! Italy, the Netherlands and Poland (the countries' numbering plans as ITU-T E.164 national notifications).
//!
//! A phone number has no check digit, so its form must tell: a `+`, a leading 0, or a plan's own grouping. Bare
//! digits are a phone number only after a cue (`Tel.`, a key `phone`), or when the same digits stood after one
//! elsewhere. After the name of another number (`order`, `Rechnung`) only an international form counts.

use std::ops::Range;

use crate::pii::context::{self, Cues};
use crate::pii::numbers::{Gap, Numbers};

/// A number, and whether only its surroundings say that it is one.
pub(in crate::pii) struct Phone {
    pub(in crate::pii) range: Range<usize>,
    pub(in crate::pii) by_cue: bool,
}

/// Country codes with the number of digits that follow, trunk prefix not counted.
const PLANS: [(&str, Range<usize>); 10] = [
    ("1", 10..11),
    ("31", 9..10),
    ("33", 9..10),
    ("34", 9..10),
    ("39", 6..12),
    ("41", 9..10),
    ("43", 4..14),
    ("44", 9..11),
    ("48", 9..10),
    ("49", 5..13),
];

/// A number has no more groups than this.
const MAX_GROUPS: usize = 8;

/// A national number has no fewer digits.
const SHORTEST: usize = 7;

pub(in crate::pii) fn find(numbers: &Numbers<'_>, key: Option<&str>) -> Vec<Phone> {
    let mut found: Vec<Phone> = key.and_then(|key| field(numbers, key)).into_iter().collect();
    let mut index = if found.is_empty() { 0 } else { numbers.groups.len() };
    let mut after = false;
    while let Some(group) = numbers.groups.get(index) {
        if !group.free {
            (index, after) = (index + 1, false);
            continue;
        }
        let candidate = Candidate { numbers, index, key, after };
        match candidate.international().or_else(|| candidate.national()) {
            Some((start, last, by_cue)) => {
                let end = numbers.groups.get(last).map_or(group.range.end, |group| group.range.end);
                // A bracket that closes behind the number is not the number's.
                let open = numbers.after(start).starts_with('(')
                    && !numbers.text.get(start..end).is_some_and(|number| number.contains(')'));
                found.push(Phone { range: start + usize::from(open)..end, by_cue });
                (index, after) = (last + 1, true);
            }
            None => (index, after) = (index + 1, false),
        }
    }
    found
}

/// A string that is a telephone number as a whole, as its key says, of any country and length.
fn field(numbers: &Numbers<'_>, key: &str) -> Option<Phone> {
    let text = numbers.text.trim();
    let sign = |char: char| {
        char.is_ascii_digit() || matches!(char, '+' | '(' | ')' | '-' | '.' | '/' | ' ' | '\u{a0}')
    };
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let whole = (5..=17).contains(&digits)
        && text.len() <= 40
        && text.chars().all(sign)
        && text.starts_with(|char: char| char.is_ascii_digit() || matches!(char, '+' | '('))
        && text.ends_with(|char: char| char.is_ascii_digit())
        && numbers.groups.iter().all(|group| group.free)
        && context::is_phone(key);
    let start = numbers.text.len() - numbers.text.trim_start().len();
    whole.then(|| Phone { range: start..start + text.len(), by_cue: true })
}

struct Candidate<'n, 't> {
    numbers: &'n Numbers<'t>,
    index: usize,
    key: Option<&'n str>,
    /// Another number ends before.
    after: bool,
}

/// Start in bytes, last group, whether by cue.
type Match = (usize, usize, bool);

impl Candidate<'_, '_> {
    /// `+49 (0)30 1234567`, `0049 30 1234567`.
    fn international(&self) -> Option<Match> {
        let group = self.numbers.groups.get(self.index)?;
        let plus = self.numbers.byte_before(group.range.start) == Some(b'+');
        let start = group.range.start - usize::from(plus);
        let (start, skip) = if plus {
            let open = self.numbers.byte_before(start) == Some(b'(');
            (start - usize::from(open), 0)
        } else if self.numbers.digits(self.index).starts_with("00") && self.numbers.begins(start) {
            (start, 2)
        } else {
            return None;
        };
        if !context::may_be_glued(self.numbers.before(start)) {
            return None;
        }
        let mut all = String::new();
        let mut best = None;
        for last in self.index..self.index + MAX_GROUPS {
            let digits = self.numbers.digits(last);
            if !(self.trunk_zero(last) && last > self.index) {
                all.push_str(digits);
            }
            let number = all.get(skip..).unwrap_or_default();
            if number.len() > 15 {
                break;
            }
            if complete(number, plus) && self.numbers.groups.get(last).is_some_and(|group| group.free) {
                best = Some(last);
            }
            match self.numbers.wide_gap(last) {
                Gap::Apart => break,
                // What a column further on holds is something else.
                Gap::Wide if best.is_some() => break,
                _ => {}
            }
        }
        best.map(|last| (start, last, false))
    }

    /// Whether a group is the `(0)` that is dialled inside the country only.
    fn trunk_zero(&self, index: usize) -> bool {
        self.numbers.digits(index) == "0"
            && self.numbers.groups.get(index).is_some_and(|group| {
                self.numbers.byte_before(group.range.start) == Some(b'(')
                    && self.numbers.after(group.range.end).starts_with(')')
            })
    }

    fn national(&self) -> Option<Match> {
        let group = self.numbers.groups.get(self.index)?;
        let open = self.numbers.byte_before(group.range.start) == Some(b'(');
        let start = group.range.start - usize::from(open);
        let apart = self.numbers.gap_before(self.index) == Gap::Apart
            || self.after && self.index.checked_sub(1).is_some_and(|before| self.slashed(before));
        // The cheapest question first: of most numbers.
        if !apart || self.joined() < SHORTEST || !self.numbers.begins(start) || self.amount(start) {
            return None;
        }
        let cues = context::cues(self.numbers.text, start, self.key);
        let last = if cues.other && !cues.phone {
            None
        } else {
            self.trunk(cues).or_else(|| self.grouped(cues, open)).filter(|last| self.closes(*last))
        };
        if let Some(last) = last {
            return Some((start, last, false));
        }
        let last = self.by_surroundings(cues)?;
        Some((start, last, true))
    }

    /// Whether a slash stands between a group and the next.
    fn slashed(&self, index: usize) -> bool {
        let end = self.numbers.groups.get(index).map_or(0, |group| group.range.end);
        let next = self.numbers.groups.get(index + 1).map_or(end, |group| group.range.start);
        self.numbers.text.get(end..next).is_some_and(|between| between.contains('/'))
    }

    /// How many digits stand here, in groups that something joins.
    fn joined(&self) -> usize {
        let mut total = 0;
        for last in self.index..self.index + MAX_GROUPS {
            total += self.numbers.length(last);
            if self.numbers.gap(last) == Gap::Apart {
                break;
            }
        }
        total
    }

    /// `030 1234567`, `06 12 34 56 78`, `(0171) 1234567`, `07512867439`.
    fn trunk(&self, cues: Cues) -> Option<usize> {
        let first = self.numbers.digits(self.index);
        let mut head = first.bytes();
        if head.next() != Some(b'0') || !matches!(head.next(), Some(b'1'..=b'9')) {
            return None;
        }
        let mut total = 0;
        let mut best = None;
        let (mut pairs, mut dots) = (true, 0);
        for last in self.index..self.index + MAX_GROUPS {
            total += self.numbers.length(last);
            pairs &= self.numbers.length(last) == 2;
            if total > 12 {
                break;
            }
            let groups = last - self.index + 1;
            let holds = match groups {
                1 => (10..=12).contains(&total),
                _ if pairs => total == 10,
                _ if dots > 0 => dots == groups - 1 && total >= 9 && first.len() >= 3,
                _ => total >= if cues.phone { SHORTEST } else { 9 } && first.len() <= 6,
            };
            if holds {
                best = Some(last);
            }
            match self.numbers.gap(last) {
                Gap::Apart => break,
                // "020-5567100 / 06 1234 5678" are two.
                _ if best.is_some() && self.slashed(last) => break,
                Gap::Dot => dots += 1,
                _ => {}
            }
        }
        best
    }

    /// The plans without a trunk prefix, told by how they group.
    fn grouped(&self, cues: Cues, open: bool) -> Option<usize> {
        let shape = |lengths: &[usize]| -> Option<usize> {
            let last = self.index + lengths.len() - 1;
            let fits = lengths.iter().enumerate().all(|(at, length)| {
                self.numbers.length(self.index + at) == *length
                    && (at == 0 || self.numbers.gap(self.index + at - 1) != Gap::Apart)
            });
            let joints = lengths.len() - 1;
            let same =
                (1..joints).all(|at| self.numbers.gap(self.index + at) == self.numbers.gap(self.index));
            (fits && (same || open)).then_some(last)
        };
        let first = self.numbers.digits(self.index);
        let head = |count: usize| first.get(..count).and_then(|head| head.parse::<u16>().ok()).unwrap_or(0);
        let gap = self.numbers.gap(self.index);
        // United States: area and exchange begin with 2 to 9.
        let area =
            |index: usize| self.numbers.digits(index).starts_with(|digit| ('2'..='9').contains(&digit));
        if let Some(last) = shape(&[3, 3, 4])
            && area(self.index)
            && area(self.index + 1)
            && (open || gap != Gap::Space || cues.phone)
        {
            return Some(last);
        }
        if first == "1" && area(self.index + 1) && area(self.index + 2) && gap != Gap::Dot {
            return shape(&[1, 3, 3, 4]);
        }
        // Italian mobiles: 320 to 399.
        if (320..400).contains(&head(3)) && first.len() == 3 {
            let mobile = shape(&[3, 3, 4]).or_else(|| shape(&[3, 7])).or_else(|| shape(&[3, 6]));
            if mobile.is_some() {
                return mobile;
            }
        }
        // Spain and Poland: nine digits.
        if gap == Gap::Dot && !cues.phone {
            return None;
        }
        let spain = matches!(first.as_bytes().first(), Some(b'6'..=b'9'));
        let mobile = (600..750).contains(&head(3)) || POLISH_MOBILE.contains(&head(2));
        let nine = shape(&[2, 3, 2, 2]).or_else(|| shape(&[3, 2, 2, 2]));
        if nine.is_some() && (spain || cues.phone || self.numbers.length(self.index) == 2) && head(2) >= 12 {
            return nine;
        }
        shape(&[3, 3, 3]).filter(|_| mobile || cues.phone)
    }

    /// Any digits after a cue.
    fn by_surroundings(&self, cues: Cues) -> Option<usize> {
        if !cues.called {
            return None;
        }
        let mut all = String::new();
        let mut best = None;
        for last in self.index..self.index + MAX_GROUPS {
            all.push_str(self.numbers.digits(last));
            if all.len() > 15 {
                break;
            }

            if all.len() >= SHORTEST && self.closes(last) {
                best = Some(last);
            }
            if matches!(self.numbers.gap(last), Gap::Apart) {
                break;
            }
        }
        best
    }

    /// Whether nothing after the group says that the number goes on or was none.
    fn closes(&self, last: usize) -> bool {
        let inner = if last > self.index { self.numbers.gap(last - 1) } else { Gap::Space };
        let next = self.numbers.gap(last);
        (next == Gap::Apart || next != inner)
            && self.numbers.groups.get(last).is_some_and(|group| self.numbers.ends(group.range.end))
    }

    /// Whether a currency stands before.
    fn amount(&self, start: usize) -> bool {
        let before = self.numbers.before(start).trim_end_matches([' ', '\u{a0}']);
        before.ends_with(['€', '$', '£', '¥'])
            || ["EUR", "USD", "CHF", "GBP", "PLN"].iter().any(|code| before.ends_with(code))
    }
}

/// Whether digits after `+` or `00` are a whole number. After `00` only the ten plans count.
fn complete(number: &str, plus: bool) -> bool {
    for (code, lengths) in &PLANS {
        if let Some(rest) = number.strip_prefix(code) {
            // "+49 030 1234567" is written often enough; Italy's 0 belongs to the number.
            let rest = if *code == "39" { rest } else { rest.strip_prefix('0').unwrap_or(rest) };
            return lengths.contains(&rest.len()) && rest.len() + code.len() >= 8;
        }
    }
    plus && (9..=15).contains(&number.len()) && !number.starts_with('0')
}

/// The first two digits of Polish mobile numbers.
const POLISH_MOBILE: [u16; 13] = [45, 50, 51, 53, 57, 60, 66, 69, 72, 73, 78, 79, 88];

#[cfg(test)]
mod tests {
    use super::find;
    use crate::pii::numbers::Numbers;
    use proptest::prelude::*;

    fn found<'t>(text: &'t str, key: Option<&str>) -> Vec<&'t str> {
        let numbers = Numbers::read(text, &[]).dated();
        find(&numbers, key).into_iter().map(|phone| &text[phone.range]).collect()
    }

    #[test]
    fn international_numbers_are_found() {
        for phone in [
            "+49 30 1234567",
            "+49 (0)30 1234567",
            "+49 (0) 30 / 123 45 67",
            "+4915112345678",
            "+49-171-1234567",
            "+43 1 7145483",
            "+41 44 668 18 00",
            "+41446681800",
            "+1 (415) 555-2671",
            "+1-415-555-2671",
            "+14155552671",
            "+44 20 7946 0958",
            "+44 (0)161 496 0842",
            "+33 6 12 34 56 78",
            "+34 612 345 678",
            "+39 06 698 12345",
            "+39 347 1234567",
            "+31 6 12345678",
            "+48 22 123 45 67",
            "+48 505 288 652",
            "+90 212 555 12 34",
            "+353 1 234 5678",
            "0049 30 1234567",
            "0041446681800",
            "(+49) 30 1234567",
            "+49 30.123.4567",
        ] {
            assert_eq!(found(&format!("a {phone}, b"), None), [phone], "{phone}");
        }
        for text in ["T+49 30 1234567", "| M+49 30 1234567", "Tel+49 30 1234567", "+49 30 1234567\t4500"] {
            assert_eq!(found(text, None), ["+49 30 1234567"], "{text}");
        }
        assert_eq!(found("+49\t30\t1234567\t17", None), ["+49\t30\t1234567"]);
        assert_eq!(found("call (+49 711 998877) now", None), ["+49 711 998877"]);
        assert_eq!(found("Tel: 020-5567100 / 06 1234 5678", None), ["020-5567100", "06 1234 5678"]);
        assert_eq!(found("Tel: 02 1234567 / 333 1234567", None), ["02 1234567", "333 1234567"]);
        for phone in ["+685 21 123", "555-678", "555678"] {
            assert_eq!(found(phone, Some("phone")), [phone]);
            for key in ["order phone id", "callDuration", "phone_count", "mobileVersion", "phone_verified_at"]
            {
                assert!(found(phone, Some(key)).is_empty() || phone.starts_with('+'), "{key}");
            }
        }
        assert_eq!(found("tel:+493012345678", None), ["+493012345678"]);
        assert_eq!(found("+49 30 1234567 12:30 Uhr", None), ["+49 30 1234567"]);
        assert_eq!(found("+33 6 12 34 56 78 2026-11-22", None), ["+33 6 12 34 56 78"]);
    }

    #[test]
    fn national_numbers_are_found_by_their_form() {
        for phone in [
            "030 1234567",
            "0171/1234567",
            "(089) 123456-0",
            "0176 23956282",
            "01765 432100",
            "0664 1234567",
            "01/5123456 78",
            "044 668 18 00",
            "079 123 45 67",
            "020 7946 0958",
            "07512 867439",
            "07512867439",
            "(020) 7946 0958",
            "06 12 34 56 78",
            "06.12.34.56.78",
            "0612345678",
            "01-23-45-67-89",
            "06-12345678",
            "020-1234567",
            "(415) 555-2671",
            "415-555-2671",
            "415.555.2671",
            "1-415-555-2671",
            "02 66543953",
            "338 822 4398",
            "347 1234567",
            "91 614 84 67",
            "612 34 56 78",
            "636 297 062",
            "22 123 45 67",
            "603-820-987",
        ] {
            let phone = phone.trim();
            if phone == "91 614 84 67" || phone == "22 123 45 67" {
                assert_eq!(found(&format!("a {phone}, b"), Some("tel")), [phone], "{phone}");
            } else {
                assert_eq!(found(&format!("a {phone}, b"), None), [phone], "{phone}");
            }
        }
    }

    #[test]
    fn a_cue_makes_bare_digits_a_phone_number() {
        assert_eq!(found("call 4155552671 now", None), ["4155552671"]);
        assert_eq!(found("600123456", Some("mobilePhone")), ["600123456"]);
        assert_eq!(found("NHS 943 476 5919 or phone 943 476 5919", None), ["943 476 5919"]);
    }

    #[test]
    fn other_numbers_stay() {
        for text in [
            "4500922043",
            "order 0612345678",
            "Rechnung 0301234567",
            "INV-003140",
            "2026-11-22 10:30:00",
            "22.11.2026",
            "7 349,00 zł",
            "1.249,90 €",
            "€ 0301234567",
            "pages/0301234567",
            "75500da4-0612-4345-6789-749d22924f00",
            "4310 3360 8973 2618",
            "1.2.3",
            "10084073251",
            "0.123456789",
            "B-0040626",
            "+12 points",
            "a+49301234567",
            "0612345678 km",
            "943 476 5919",
            "2026-11-22T10:30:00.123456789Z",
            "1764000000000",
            "123 456 789",
            "0612345678.pdf",
            "build+493012345678",
            "sT+493012345678",
            "030\t1234567",
        ] {
            assert!(found(text, None).is_empty(), "{text}: {:?}", found(text, None));
        }
    }

    proptest! {
        #[test]
        fn arbitrary_text_never_panics(text in "(?s)[0-9+() ./tel:é\u{a0}-]{0,60}") {
            found(&text, Some("phone"));
        }
    }
}
