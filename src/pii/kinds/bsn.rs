//! Dutch citizen service numbers (Wet algemene bepalingen burgerservicenummer; the eleven test of the Rijksdienst voor
//! Identiteitsgegevens): nine digits, times 9 8 7 6 5 4 3 2 -1, divisible by eleven. One in eleven numbers is: it takes a
//! cue, or the grouping of official letters.

use std::ops::Range;
use std::sync::LazyLock;

use crate::pii::context::OTHER_THING;
use crate::pii::cues::{Cues, List};
use crate::pii::scene::{Code, Scene};

pub(in crate::pii) fn at(scene: &Scene<'_>, start: usize) -> Option<Range<usize>> {
    let code = scene.code(start, 9)?;
    let official = code.groups() == [4, 2, 3];
    let grouped = official || code.grouped(&[&[3, 3, 3], &[2, 3, 2, 2], &[4, 5], &[3, 2, 2, 2]]);
    let range = start..code.end;
    (grouped
        && valid(&code)
        && (official || scene.announced(&range, &CUES, &OTHER_THING) || scene.beside_birth(&range)))
    .then_some(range)
}

fn valid(code: &Code) -> bool {
    let (Some(sum), Some(last)) = (code.weighted(&[9, 8, 7, 6, 5, 4, 3, 2]), code.digit(8)) else {
        return false;
    };
    // The last weighs -1.
    sum > 0 && (sum + 10 * last).is_multiple_of(11)
}

static CUES: List = LazyLock::new(|| {
    Cues::new(
        "bsn bsns burgerservice* burger_service* sofi sofinummer* sofi_nummer citizen_service* citizenservice* bsnnummer*",
    )
});

#[cfg(test)]
mod tests {
    use crate::pii::kinds::testing;

    #[test]
    fn right_ones_are_found_after_a_cue_and_with_one_digit_wrong_they_are_not() {
        testing::after(super::at, "BSN ", &["111222333", "123456782", "111 222 333"]);
        testing::found(super::at, &["1112.22.333"]);
        testing::within(
            super::at,
            "111222333",
            &["111222333, born on 12 May 1980", "staan 111222333 en geboortedatum x"],
        );
        testing::none(
            super::at,
            &["BSN 111222334", "111222333", "1112.22.334", "BSN 000000000", "BSN bestelling 111222333"],
        );
    }
}
