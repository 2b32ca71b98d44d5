//! Social security numbers of the United States (Social Security Administration, POMS RM 10201.030 and .035): area,
//! group and serial; no area 000, 666 or from 900 on, no group 00, no serial 0000. There is no check digit: bare or with
//! spaces they need a cue; with hyphens, none that says otherwise.

use std::ops::Range;
use std::sync::LazyLock;

use crate::pii::context::OTHER_THING;
use crate::pii::cues::{Cues, List};
use crate::pii::scene::{Code, Scene};

pub(in crate::pii) fn at(scene: &Scene<'_>, start: usize) -> Option<Range<usize>> {
    let code = scene.code(start, 9)?;
    if !(code.grouped(&[&[3, 2, 4]]) && valid(&code)) {
        return None;
    }
    let range = start..code.end;
    let hyphens = scene.text.get(range.clone()).is_some_and(|text| text.matches('-').count() == 2);
    let told = scene.announced(&range, &CUES, &OTHER_THING)
        || (hyphens
            && !scene.text.get(..start)?.ends_with('#')
            && scene.words(start).since_number().last(4).find(&OTHER_THING).is_none());
    told.then_some(range)
}

fn valid(code: &Code) -> bool {
    let (Some(area), Some(group), Some(serial)) = (code.number(0..3), code.number(3..5), code.number(5..9))
    else {
        return false;
    };
    // Two were printed in advertisements and are nobody's.
    let advertised = matches!((area, group, serial), (78, 5, 1120) | (219, 9, 9999));
    matches!(area, 1..=665 | 667..=899) && group > 0 && serial > 0 && !advertised
}

static CUES: List = LazyLock::new(|| {
    Cues::new(
        "ssn ssns social social_security* socialsecurity* soc_sec* social_sec* ss_number ss_no sozialversicherung* taxpayer* us_ssn tax_id tin",
    )
});

#[cfg(test)]
mod tests {
    use crate::pii::kinds::testing;

    #[test]
    fn they_are_found_by_their_hyphens_or_after_a_cue() {
        testing::found(super::at, &["123-45-6789", "899-99-9999"]);
        testing::after(super::at, "SSN: ", &["123-45-6789", "123 45 6789", "123456789"]);
        testing::after(super::at, "her Social Security number is ", &["123456789"]);
        testing::none(
            super::at,
            &["SSN 000-45-6789", "SSN 666-45-6789", "SSN 900-45-6789", "SSN 123-00-6789", "SSN 123-45-0000"],
        );
        testing::none(
            super::at,
            &["123456789", "123 45 6789", "order 123-45-6789", "1123-45-6789", "123-45-67890", "219-09-9999"],
        );
    }
}
