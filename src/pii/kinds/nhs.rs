//! Numbers of the National Health Service (NHS Data Dictionary, NHS NUMBER): ten digits, the last by the weights 10 to 2
//! modulo 11. One in eleven numbers has it right, so it takes a
//! cue, or the usual groups and nothing else announced.

use std::ops::Range;
use std::sync::LazyLock;

use crate::pii::context::{OTHER_THING, PHONE};
use crate::pii::cues::{Cues, List};
use crate::pii::scene::{Code, Scene};

pub(in crate::pii) fn at(scene: &Scene<'_>, start: usize) -> Option<Range<usize>> {
    let code = scene.code(start, 10)?;
    let range = start..code.end;
    let right = code.grouped(&[&[3, 3, 4], &[3, 7], &[6, 4], &[5, 5]]) && valid(&code);
    let usual = code.groups() == [3, 3, 4] && scene.text.get(range.clone())?.matches(' ').count() == 2;
    let alone = || {
        let words = scene.words(start).since_number();
        words.find(&PHONE).is_none() && words.last(4).find(&OTHER_THING).is_none()
    };
    (right
        && (scene.announced(&range, &CUES, &OTHER_THING) || usual && alone() || scene.beside_birth(&range)))
    .then_some(range)
}

fn valid(code: &Code) -> bool {
    let (Some(sum), Some(last)) = (code.weighted(&[10, 9, 8, 7, 6, 5, 4, 3, 2]), code.digit(9)) else {
        return false;
    };
    sum > 0 && (11 - sum % 11) % 11 == last
}

static CUES: List = LazyLock::new(|| {
    Cues::new("nhs nhsnumber* nhs_number* national_health* nhsno health_service patient_number")
});

#[cfg(test)]
mod tests {
    use crate::pii::kinds::testing;

    #[test]
    fn right_ones_are_found_after_a_cue_and_with_one_digit_wrong_they_are_not() {
        testing::after(super::at, "NHS no. ", &["943 476 5919", "9434765919", "943-476-5919"]);
        testing::none(
            super::at,
            &["NHS 943 476 5918", "call 943 476 5919", "9434765919", "943-476-5919", "NHS 19434765919"],
        );
        testing::none(super::at, &["order 943 476 5919", "NHS order 9434765919"]);
    }
}
