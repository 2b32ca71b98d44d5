//! German licence plates (Fahrzeug-Zulassungsverordnung, section 9 and annex 1): one to three letters of the district,
//! one or two letters, up to four digits, and E or H for electric and historic vehicles. There is no check digit: it takes
//! a cue.

use std::ops::Range;
use std::sync::LazyLock;

use crate::pii::cues::{Cues, List};
use crate::pii::numbers::{hyphen, space};
use crate::pii::scene::Scene;

/// The plate that has these digits.
pub(in crate::pii) fn around(scene: &Scene<'_>, digits: &Range<usize>) -> Option<Range<usize>> {
    if digits.len() > 4 || scene.text.as_bytes().get(digits.start) == Some(&b'0') {
        return None;
    }
    let before = scene.text.get(..digits.start)?;
    let letters = letters(before)?;
    let start = digits.start - letters;
    let behind = scene.text.get(digits.end..)?;
    let end = digits.end + suffix(behind);
    if !scene.closes(end) || !scene.opens(start) {
        return None;
    }
    let words = scene.words(start);
    let at = words.find(&CUES)?;
    (words.behind(at) <= 8).then_some(start..end)
}

/// How many bytes before the digits are its letters: `M-VY `, `HH GG`, `TÜ-Z`.
fn letters(before: &str) -> Option<usize> {
    let mut length = 0;
    let mut counts = [0_usize; 2];
    let mut part = 0;
    let mut joined = false;
    for char in before.chars().rev() {
        let joint = space(char) || hyphen(char);
        if joint && (length == 0 || (part == 0 && !joined)) {
            // One before the digits and one between the letters.
            joined = length > 0;
            part = usize::from(joined);
        } else if char.is_ascii_uppercase() || matches!(char, 'Ä' | 'Ö' | 'Ü') {
            *counts.get_mut(part)? += 1;
        } else {
            break;
        }
        length += char.len_utf8();
        if length > 12 {
            return None;
        }
    }
    let trimmed = before.get(before.len() - length..)?;
    let lead = trimmed.len() - trimmed.trim_start_matches(|char: char| space(char) || hyphen(char)).len();
    let whole = match counts {
        [own, district] if district > 0 => own <= 2 && own > 0 && district <= 3,
        // Written together.
        [all, _] => (2..=5).contains(&all),
    };
    whole.then_some(length - lead)
}

/// `E` or `H` behind the digits.
fn suffix(behind: &str) -> usize {
    let spaced = usize::from(behind.starts_with(' '));
    let mut rest = behind.get(spaced..).unwrap_or_default().chars();
    let marked = matches!(rest.next(), Some('E' | 'H')) && !rest.next().is_some_and(char::is_alphanumeric);
    if marked { spaced + 1 } else { 0 }
}

static CUES: List = LazyLock::new(|| {
    Cues::new(
        "*kennzeichen* nummernschild* kfz* pkw* plate* plates licence_plate* license_plate* licenseplate* number_plate* \
         numberplate* registration* immatriculation* plaque* matricula* targa* kenteken* rejestracyj* tablic* fahrzeug* \
         *wagen* vehicle* car auto voiture coche samochod* stellplatz* parkplatz* vrm vrn reg_no kz kennz amtl halter* fahrer* leihwagen* auto* autos wohnmobil* motorrad* lkw transporter* bil garage* tiefgarage* parkt geparkt parked parking",
    )
});

#[cfg(test)]
mod tests {
    use super::around;
    use crate::pii::kinds::testing;

    fn found(text: &str) -> Option<&str> {
        let scene = testing::scene(text, None);
        scene.numbers.groups.iter().find_map(|group| around(&scene, &group.range)).map(|range| &text[range])
    }

    #[test]
    fn they_are_found_after_a_cue() {
        for plate in ["M-VY 43", "HH GG 2910", "TÜ-Z 485E", "PAF-ZZ 920 H", "M-VY43", "MAV 5309", "B-A 1"] {
            for cue in
                ["Kennzeichen: ", "das Auto mit dem amtlichen Kennzeichen ", "licence plate ", "Firmenwagen "]
            {
                assert_eq!(found(&format!("{cue}{plate}, x")), Some(plate), "{cue}{plate}");
            }
            assert_eq!(found(plate), None);
        }
        for text in [
            "Kennzeichen M-VYX 43",
            "Kennzeichen M-VY 04",
            "Kennzeichen ABCD-EF 12",
            "Kennzeichen M-VY 12345",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
