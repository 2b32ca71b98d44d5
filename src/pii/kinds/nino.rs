//! National insurance numbers of the United Kingdom (HM Revenue & Customs, NIM39110): two letters, six digits and a
//! letter from A to D; no D, F, I, Q, U, V in the first two and no O in the second, some pairs never given. There is no
//! check digit, but few other numbers look so: it counts unless something else is announced.

use std::ops::Range;
use std::sync::LazyLock;

use crate::pii::context::OTHER_THING;
use crate::pii::cues::{Cues, List};
use crate::pii::scene::{Code, Scene};

pub(in crate::pii) fn at(scene: &Scene<'_>, start: usize) -> Option<Range<usize>> {
    let code = scene.code(start, 9)?;
    if !(code.grouped(&[&[2, 2, 2, 2, 1], &[2, 6, 1], &[2, 3, 3, 1], &[2, 7], &[8, 1]]) && valid(&code)) {
        return None;
    }
    let range = start..code.end;
    let text = scene.text.get(range.clone())?;
    let capitals =
        !text.bytes().any(|byte| byte.is_ascii_lowercase()) && !scene.text.get(..start)?.ends_with('#');
    let told = scene.announced(&range, &CUES, &OTHER_THING)
        || (capitals && scene.words(start).since_number().last(4).find(&OTHER_THING).is_none());
    told.then_some(range)
}

fn valid(code: &Code) -> bool {
    let [first, second, .., last] = code.symbols() else { return false };
    let letter = |byte: &u8| byte.is_ascii_uppercase() && !b"DFIQUV".contains(byte);
    let pair = [*first, *second];
    let given = ![*b"BG", *b"GB", *b"KN", *b"NK", *b"NT", *b"TN", *b"ZZ"].contains(&pair);
    letter(first)
        && letter(second)
        && *second != b'O'
        && given
        && code.digits(2..8)
        && matches!(last, b'A'..=b'D')
}

static CUES: List = LazyLock::new(|| {
    Cues::new(
        "nino ninos national_insurance* nationalinsurance* ni_number* ni_no ni insurance_number* insurance_no ninumber* nin",
    )
});

#[cfg(test)]
mod tests {
    use crate::pii::kinds::testing;

    #[test]
    fn they_are_found_unless_something_else_is_announced() {
        testing::found(super::at, &["AB 12 34 56 C", "AB123456C"]);
        testing::after(super::at, "National Insurance no. ", &["AB123456C", "AB 123456 C", "ab123456c"]);
        testing::none(
            super::at,
            &["NINO AB123456E", "NINO QQ123456C", "NINO GB123456C", "NINO AO123456C", "NINO AB12345C"],
        );
        testing::none(super::at, &["ab123456c", "#AB123456C", "order AB 12 34 56 C", "NINO XAB123456C"]);
    }
}
