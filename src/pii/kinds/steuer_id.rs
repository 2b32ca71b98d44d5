//! German tax identification numbers (section 139b of the Abgabenordnung): eleven digits, the first not 0; of the
//! first ten one occurs twice or three times and the others at most once (Steueridentifikationsnummerverordnung, section
//! 1; since 2016 three times, but not in a row); the last is a check digit (ISO/IEC 7064, MOD 11,10).

use std::ops::Range;

use crate::pii::scene::{Code, Scene};

pub(in crate::pii) fn at(scene: &Scene<'_>, start: usize) -> Option<Range<usize>> {
    let code = scene.code(start, 11)?;
    (code.grouped(&[&[2, 3, 3, 3], &[3, 4, 4], &[3, 3, 3, 2], &[5, 6], &[10, 1]]) && valid(&code))
        .then_some(start..code.end)
}

fn valid(code: &Code) -> bool {
    let (Some(first), true) = (code.digit(0), code.digits(0..11)) else { return false };
    let mut counts = [0_u8; 10];
    for digit in (0..10).filter_map(|at| code.digit(at)) {
        if let Some(count) = counts.get_mut(digit as usize) {
            *count += 1;
        }
    }
    let several = counts.iter().filter(|count| **count > 1).count();
    let most = counts.iter().max().copied().unwrap_or(0);
    let runs = (0..8).any(|at| code.digit(at) == code.digit(at + 1) && code.digit(at) == code.digit(at + 2));
    first != 0
        && several == 1
        && most <= 3
        && !runs
        && check(code).is_some_and(|check| code.digit(10) == Some(check))
}

fn check(code: &Code) -> Option<u32> {
    let product = (0..10).try_fold(10, |product, at| {
        let sum = (code.digit(at)? + product) % 10;
        Some(if sum == 0 { 10 } else { sum } * 2 % 11)
    })?;
    Some((11 - product) % 10)
}

#[cfg(test)]
mod tests {
    use crate::pii::kinds::testing;

    #[test]
    fn right_ones_are_found_and_with_one_digit_wrong_they_are_not() {
        // The sample numbers of the tax administration's interface descriptions.
        testing::digits(
            super::at,
            &["86095742719", "47036892816", "65929970489", "57549285017", "25768131411"],
        );
        testing::found(super::at, &["86 095 742 719", "86095742719"]);
        testing::none(
            super::at,
            &["86095742719-1", "186095742719", "8 6095742719", "11111111111", "12345678901"],
        );
    }
}
