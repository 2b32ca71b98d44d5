//! Which recognizers of codes and numbers are asked at which place: all of them have digits, so every run of digits is
//! looked at once.

use std::ops::Range;

use super::{
    ausweis, bsn, codice_fiscale, dni, nhs, nino, nir, passport, pesel, plate, rvnr, ssn, steuer_id,
};
use crate::pii::Kind;
use crate::pii::scene::Scene;

/// A recognizer that is asked where a code may begin.
type At = fn(&Scene<'_>, usize) -> Option<Range<usize>>;

/// Codes in a text, ascending and apart.
pub(in crate::pii) fn find(scene: &Scene<'_>) -> Vec<(Range<usize>, Kind)> {
    let mut found: Vec<(Range<usize>, Kind)> = Vec::new();
    let mut done = 0;
    for (index, group) in scene.numbers.groups.iter().enumerate() {
        if group.range.start < done || group.taken {
            continue;
        }
        if let Some((range, kind)) = at(scene, index, &group.range, done) {
            done = range.end;
            found.push((range, kind));
        }
    }
    found
}

fn at(scene: &Scene<'_>, index: usize, group: &Range<usize>, done: usize) -> Option<(Range<usize>, Kind)> {
    let start = scene.run_start(group.start);
    let letters = group.start - start;
    // Only the first digits of a run begin a code.
    let first = !scene.text.get(start..group.start)?.bytes().any(|byte| byte.is_ascii_digit());
    let ask = |kinds: &[(At, Kind)], start: usize| {
        if scene.reach(start) < SHORTEST {
            return None;
        }
        if !scene.opens(start) {
            let range = passport::glued(scene, start).filter(|range| range.start >= done);
            return range.map(|range| (range, Kind::Passport));
        }
        kinds.iter().find_map(|(at, kind)| {
            at(scene, start).filter(|range| range.start >= done).map(|range| (range, *kind))
        })
    };
    let mut code = None;
    if first {
        code = match letters {
            0 => digits(scene, index, group).and_then(|kinds| ask(kinds, start)),
            1..=9 => ask(LETTERED, start),
            _ => None,
        };
    }
    if code.is_none() && letters == 0 {
        code = lead(scene, group.start).and_then(|start| ask(LETTERED, start));
    }
    code.or_else(|| {
        plate::around(scene, group).filter(|range| range.start >= done).map(|range| (range, Kind::Plate))
    })
}

/// A code has no fewer letters and digits.
const SHORTEST: usize = 6;

/// What may begin with these digits.
fn digits(scene: &Scene<'_>, index: usize, group: &Range<usize>) -> Option<&'static [(At, Kind)]> {
    let whole = scene.numbers.groups.get(index).is_some_and(|group| group.free);
    match group.len() {
        1 | 13 | 15 => Some(&[(nir::at, Kind::Nir), (dni::at, Kind::Dni)]),
        2 => Some(&[
            (steuer_id::at, Kind::SteuerId),
            (rvnr::at, Kind::Rvnr),
            (dni::at, Kind::Dni),
            (pesel::at, Kind::Pesel),
            (bsn::at, Kind::Bsn),
            (passport::at, Kind::Passport),
        ]),
        3 => Some(&[
            (ssn::at, Kind::Ssn),
            (nhs::at, Kind::Nhs),
            (bsn::at, Kind::Bsn),
            (steuer_id::at, Kind::SteuerId),
            (pesel::at, Kind::Pesel),
            (nir::at, Kind::Nir),
            (passport::at, Kind::Passport),
        ]),
        4 => Some(&[(bsn::at, Kind::Bsn), (dni::at, Kind::Dni), (passport::at, Kind::Passport)]),
        5 => Some(&[
            (nir::at, Kind::Nir),
            (nhs::at, Kind::Nhs),
            (steuer_id::at, Kind::SteuerId),
            (passport::at, Kind::Passport),
        ]),
        6 | 7 => Some(&[
            (pesel::at, Kind::Pesel),
            (nhs::at, Kind::Nhs),
            (nir::at, Kind::Nir),
            (passport::at, Kind::Passport),
        ]),
        8 => Some(&[(dni::at, Kind::Dni), (rvnr::at, Kind::Rvnr), (passport::at, Kind::Passport)]),
        9 => Some(&[
            (bsn::at, Kind::Bsn),
            (ssn::at, Kind::Ssn),
            (ausweis::at, Kind::Personalausweis),
            (passport::at, Kind::Passport),
        ]),
        10 => Some(&[
            (nhs::at, Kind::Nhs),
            (ausweis::at, Kind::Personalausweis),
            (steuer_id::at, Kind::SteuerId),
            (passport::at, Kind::Passport),
        ]),
        11 if whole => Some(&[(pesel::at, Kind::Pesel), (steuer_id::at, Kind::SteuerId)]),
        _ => None,
    }
}

/// What may begin with letters.
const LETTERED: &[(At, Kind)] = &[
    (codice_fiscale::at, Kind::CodiceFiscale),
    (dni::at, Kind::Dni),
    (nino::at, Kind::Nino),
    (ausweis::at, Kind::Personalausweis),
    (passport::at, Kind::Passport),
];

/// Where letters begin that stand before digits with one separator between: `AB 12`, `X-1234567`, `RSS MRA 85T10`.
fn lead(scene: &Scene<'_>, at: usize) -> Option<usize> {
    let piece = |end: usize| {
        let before = scene.text.as_bytes().get(..end)?;
        let (separator, rest) = before.split_last()?;
        let letters = rest.iter().rev().take(7).take_while(|byte| byte.is_ascii_alphabetic()).count();
        (matches!(separator, b' ' | b'-' | b'.') && (1..=6).contains(&letters))
            .then_some((rest.len() - letters, letters))
    };
    let (start, letters) = piece(at)?;
    match letters {
        1 | 2 | 6 => Some(start),
        3 => Some(piece(start).filter(|(_, letters)| *letters == 3).map_or(start, |(start, _)| start)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::find;
    use crate::pii::Kind;
    use crate::pii::kinds::testing::scene;
    use proptest::prelude::*;

    #[test]
    fn each_is_found_beside_others() {
        let text = "NI AB 12 34 56 C, NHS 943 476 5919, CF RSS MRA 85T10 A562S, DNI 12.345.678-Z, PESEL 44051401359; \
                    15 070649 C 103, 2 55 08 14 168 025 38, 86 095 742 719, BSN 111 222 333, SSN 123-45-6789, passport \
                    AB 1234567, Kennzeichen M-VY 43";
        let kinds: Vec<_> = find(&scene(text, None)).into_iter().map(|(_, kind)| kind).collect();
        assert_eq!(
            kinds,
            [
                Kind::Nino,
                Kind::Nhs,
                Kind::CodiceFiscale,
                Kind::Dni,
                Kind::Pesel,
                Kind::Rvnr,
                Kind::Nir,
                Kind::SteuerId,
                Kind::Bsn,
                Kind::Ssn,
                Kind::Passport,
                Kind::Plate
            ]
        );
    }

    #[test]
    fn the_key_is_a_cue() {
        for (key, value, kind) in [
            ("passportNumber", "123456789", Kind::Passport),
            ("us_ssn", "123456789", Kind::Ssn),
            ("bsn", "111222333", Kind::Bsn),
            ("nhs_number", "9434765919", Kind::Nhs),
            ("kennzeichen", "M-VY 43", Kind::Plate),
            ("personalausweis", "T220001293", Kind::Personalausweis),
            ("NINO", "AB123456C", Kind::Nino),
        ] {
            let found = find(&scene(value, Some(key)));
            assert_eq!(found, [(0..value.len(), kind)], "{key}");
            assert!(find(&scene(value, Some("orderNumber"))).is_empty(), "{key}");
        }
    }

    proptest! {
        #[test]
        fn arbitrary_text_never_panics(text in "[A-C0-9 .é/-]{0,60}", key in "(passport|bsn|plate)") {
            find(&scene(&text, Some(&key)));
        }
    }
}
