//! French social security numbers (numéro d'inscription au répertoire, décret n° 82-103): sex, year and month of birth,
//! department (with 2A and 2B for Corsica), municipality, a running number, and as key 97 less the remainder modulo 97.
//! Without the key they need a cue.

use std::ops::Range;
use std::sync::LazyLock;

use crate::pii::context::OTHER_THING;
use crate::pii::cues::{Cues, List};
use crate::pii::scene::{Code, Scene};

pub(in crate::pii) fn at(scene: &Scene<'_>, start: usize) -> Option<Range<usize>> {
    let groups: [&[u8]; 7] = [
        &[1, 2, 2, 2, 3, 3, 2],
        &[1, 2, 2, 2, 6, 2],
        &[1, 2, 2, 5, 3, 2],
        &[1, 4, 2, 3, 3, 2],
        &[1, 6, 6, 2],
        &[13, 2],
        &[3, 2, 2, 3, 3, 2],
    ];
    if let Some(code) = scene.code(start, 15) {
        return (code.grouped(&groups) && valid(&code)).then_some(start..code.end);
    }
    let code = scene.code(start, 13)?;
    let range = start..code.end;
    let whole = code.grouped(&[&[1, 2, 2, 2, 3, 3]]) && plausible(&code).is_some();
    (whole && scene.announced(&range, &CUES, &OTHER_THING)).then_some(range)
}

fn valid(code: &Code) -> bool {
    let (Some(number), Some(key)) = (plausible(code), code.number(13..15)) else { return false };
    97 - number % 97 == key
}

/// The number as it is divided, if its parts can be.
fn plausible(code: &Code) -> Option<u64> {
    let symbols = code.symbols();
    let month = code.number(3..5)?;
    // Corsica's departments are numbers less one and two million (INSEE).
    let (department, less) = match symbols.get(5..7)? {
        b"2A" => (19, 1_000_000),
        b"2B" => (18, 2_000_000),
        _ => (code.number(5..7)?, 0),
    };
    let tail = code.number(7..13)?;
    let sex = code.digit(0)?;
    let known = matches!(sex, 1 | 2 | 3 | 4 | 7 | 8) && matches!(month, 1..=12 | 20 | 30..=42 | 50..=99);
    let department = if less > 0 { 20 } else { department };
    let number = code.number(0..5)? * 100_000_000 + department * 1_000_000 + tail;
    (known && department > 0).then_some(number - less)
}

static CUES: List = LazyLock::new(|| {
    Cues::new(
        "nir securite_sociale secu insee numero_secu num_secu nss social_security* securitesociale* carte_vitale vitale",
    )
});

#[cfg(test)]
mod tests {
    use crate::pii::kinds::testing;

    #[test]
    fn right_ones_are_found_and_with_one_digit_wrong_they_are_not() {
        testing::digits(super::at, &["255081416802538", "180126955222380", "185122A00412371"]);
        testing::found(
            super::at,
            &["2 55 08 14 168 025 38", "1 80 12 69 552 223 80", "1 85 12 2A 004 123 71", "185122B00412301"],
        );
        testing::after(super::at, "sécurité sociale ", &["2 55 08 14 168 025", "2550814168025"]);
        testing::none(
            super::at,
            &["255081416802537", "2550814168025", "255131416802538", "9 55 08 14 168 025 38"],
        );
    }
}
