//! Polish population register numbers (ustawa o ewidencji ludności, article 15): date of birth with the century in the
//! month, four digits, and a check digit with the weights 1 3 7 9.

use std::ops::Range;

use crate::pii::scene::{Code, Scene};

pub(in crate::pii) fn at(scene: &Scene<'_>, start: usize) -> Option<Range<usize>> {
    let code = scene.code(start, 11)?;
    (code.grouped(&[&[6, 5], &[2, 2, 2, 5], &[3, 3, 3, 2], &[2, 2, 2, 3, 2]]) && valid(&code))
        .then_some(start..code.end)
}

fn valid(code: &Code) -> bool {
    let (Some(month), Some(day)) = (code.number(2..4), code.number(4..6)) else { return false };
    // 80 more for the 19th century, 20 more for the 21st.
    let date = (1..=31).contains(&day) && matches!(month, 1..=12 | 21..=32 | 81..=92);
    let sum = code.weighted(&[1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]);
    date && sum.is_some_and(|sum| sum.is_multiple_of(10))
}

#[cfg(test)]
mod tests {
    use crate::pii::kinds::testing;

    #[test]
    fn right_ones_are_found_and_with_one_digit_wrong_they_are_not() {
        testing::digits(super::at, &["44051401359", "02070803628", "90090515836"]);
        testing::none(super::at, &["44051401358", "44131401359", "144051401359", "ORD-44051401359"]);
    }
}
