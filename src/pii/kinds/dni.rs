//! Spanish identity numbers (Real Decreto 1553/2005, article 11): eight digits and a letter that the remainder modulo 23
//! tells; of foreigners (Real Decreto 557/2011, article 206) X, Y or Z, seven digits and the letter.

use std::ops::Range;

use crate::pii::scene::{Code, Scene};

pub(in crate::pii) fn at(scene: &Scene<'_>, start: usize) -> Option<Range<usize>> {
    let code = scene.code(start, 9)?;
    let groups: [&[u8]; 9] = [
        &[8, 1],
        &[2, 3, 3, 1],
        &[2, 3, 4],
        &[1, 7, 1],
        &[1, 8],
        &[1, 1, 3, 3, 1],
        &[2, 3, 3, 1],
        &[1, 3, 4, 1],
        &[4, 4, 1],
    ];
    (code.grouped(&groups) && written(scene, start, &code) && valid(&code)).then_some(start..code.end)
}

/// Small letters are a hash's as often as a number's, or a word's (`12345678 y`), unless a hyphen joins them.
fn written(scene: &Scene<'_>, start: usize, code: &Code) -> bool {
    let text = scene.text.get(start..code.end).unwrap_or_default();
    let small = text.bytes().any(|byte| byte.is_ascii_lowercase());
    !small || text.contains('-') && !text.contains(' ')
}

fn valid(code: &Code) -> bool {
    let symbols = code.symbols();
    let number = match symbols.first() {
        Some(first @ b'X'..=b'Z') => {
            code.number(1..8).map(|rest| u64::from(first - b'X') * 10_000_000 + rest)
        }
        _ => code.number(0..8),
    };
    number.is_some_and(|number| LETTERS.get((number % 23) as usize) == symbols.get(8))
}

const LETTERS: &[u8; 23] = b"TRWAGMYFPDXBNJZSQVHLCKE";

#[cfg(test)]
mod tests {
    use crate::pii::kinds::testing;

    #[test]
    fn right_ones_are_found_and_with_one_digit_wrong_they_are_not() {
        testing::digits(super::at, &["12345678Z", "00000000T", "X1234567L", "Y1234567X"]);
        testing::found(
            super::at,
            &["12345678-Z", "12.345.678-Z", "12.345.678 Z", "X-1234567-L", "12345678-z"],
        );
        testing::none(super::at, &["12345678A", "12345678z", "12345678ZZ", "112345678Z", "A-12345678-Z"]);
    }
}
