//! German pension insurance numbers (section 147 of the Sechstes Buch Sozialgesetzbuch; VKVV, section 2): two digits of
//! the insurer, date of birth, first letter of the name at birth, two digits, and a check digit: the digits with the letter
//! as two, times 2 1 2 5 7 1 2 1 2 1 2 1, digit sums of the products, modulo 10.

use std::ops::Range;

use crate::pii::scene::{Code, Scene};

pub(in crate::pii) fn at(scene: &Scene<'_>, start: usize) -> Option<Range<usize>> {
    let code = scene.code(start, 12)?;
    let groups: [&[u8]; 6] =
        [&[2, 6, 1, 3], &[2, 2, 2, 2, 1, 3], &[2, 6, 1, 2, 1], &[8, 1, 3], &[2, 6, 4], &[2, 10]];
    (code.grouped(&groups) && valid(&code)).then_some(start..code.end)
}

fn valid(code: &Code) -> bool {
    let (Some(day), Some(month)) = (code.number(2..4), code.number(4..6)) else { return false };
    // Where a day is used up, 50 is added to it.
    let date = (matches!(day, 1..=31 | 51..=81)) && (1..=12).contains(&month);
    date && check(code).is_some_and(|check| code.digit(11) == Some(check))
}

fn check(code: &Code) -> Option<u32> {
    let letter = *code.symbols().get(8).filter(|byte| byte.is_ascii_uppercase())?;
    let place = u32::from(letter - b'A') + 1;
    let head = (0..8).map(|at| code.digit(at));
    let tail = (9..11).map(|at| code.digit(at));
    let digits = head.chain([Some(place / 10), Some(place % 10)]).chain(tail);
    let weights = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1];
    let products = digits.zip(weights).map(|(digit, weight)| digit.map(|digit| digit * weight));
    let sum: u32 =
        products.map(|product| product.map(|product| product / 10 + product % 10)).sum::<Option<u32>>()?;
    Some(sum % 10)
}

#[cfg(test)]
mod tests {
    use crate::pii::kinds::testing;

    #[test]
    fn right_ones_are_found_and_with_one_digit_wrong_they_are_not() {
        testing::digits(super::at, &["15070649C103", "65180539W001"]);
        testing::found(super::at, &["15 070649 C 103", "15-070649-C-103"]);
        testing::none(super::at, &["15071349C103", "15070649C1034", "X15070649C103"]);
    }
}
