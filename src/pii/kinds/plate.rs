//! German licence plates (Fahrzeug-Zulassungsverordnung, section 9 and annex 1): one to three letters of the district,
//! one or two letters, up to four digits, and E or H for electric and historic vehicles. There is no check digit: it takes
//! a cue, or the whole form with a district that there is.

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
    let near = |cues: &Cues| words.find(cues).is_some_and(|at| words.behind(at) <= 8);
    let plate = scene.text.get(start..digits.end)?;
    let told = near(&CUES) || (near(&VEHICLES) && (in_two(plate) || !plate.contains('-')));
    (told && !STANDARDS.contains(&plate.split(['-', ' ']).next().unwrap_or_default()) || official(plate))
        .then_some(start..end)
}

/// Whether the letters of a district and the others stand apart, as they do on plates: a ticket's `OPS-123` has one word.
fn in_two(plate: &str) -> bool {
    plate
        .trim_end_matches(|char: char| char.is_ascii_digit())
        .trim_end_matches([' ', '-'])
        .contains([' ', '-'])
}

/// What standards and their numbers begin with.
const STANDARDS: [&str; 8] = ["ISO", "DIN", "EN", "UTF", "SHA", "COVID", "RFC", "IEC"];

/// Whether a text is written as on the plate, with a district that there is: few other things are.
fn official(text: &str) -> bool {
    let Some((district, rest)) = text.split_once('-') else { return false };
    let Some((letters, digits)) = rest.split_once(' ') else { return false };
    let written = letters.bytes().all(|byte| byte.is_ascii_uppercase()) && digits.len() >= 2;
    // Words that are no districts' plates: `DIN-A 4`, `IT-AB 12`.
    written && DISTRICTS.split_ascii_whitespace().any(|known| known == district)
}

/// Districts with many vehicles, and the state capitals (annex 1 of the ordinance). Single letters that stand for much
/// else are left out.
const DISTRICTS: &str = "\
    AA AB AC AK AUR AÖ BA BB BC BI BIT BM BN BO BOR BOT BS BT CB CE CHA CLP COE CO CUX CW DA DAH DAN DAU DD DE DEG DH DN DO DON DU \
    DÜW EBE ED EE EF EI EL EM EMD EN ER ERB ERH ES ESW EU FB FD FDS FFB FL FN FO FR FRG FRI FS FT FÜ GAP GE GER GF GG GI GL GM GÖ \
    GP GR GS GT GTH GZ HA HAL HAM HB HD HDH HE HEF HEI HER HF HG HH HI HL HM HN HO HOL HOM HP HR HRO HS HSK HST HU HVL HX IGB IK \
    IN IZ JL KA KB KC KE KEH KEL KF KG KH KI KL KLE KN KO KR KS KT KU KUS KYF LA LAU LB LD LDK LDS LER LEV LG LI LIF LL LM LÖ LOS \
    LU LWL MA MB MD ME MEI MG MH MI MIL MK MKK ML MM MN MOL MOS MR MS MSH MSP MST MTK MÜ MYK MZ MZG NB NE NEA NES NEW NF NH NI \
    NK NM NMS NOH NOM NR NRW NU NW OA OAL OB OD OE OF OG OH OHA OHV OHZ OL OPR OS OSL PA PAF PAN PB PE PF PI PIR PLÖ PM PR PS RA \
    RD RE REG RH RO ROW RP RS RT RÜD RV RW RZ SAW SB SC SCZ SE SFA SG SHA SHG SHK SI SIG SIM SK SL SLF SLS SN SO SÖM SON SP SPN \
    SR ST STA STD SU SÜW SW SZ TBB TF TIR TO TR TS TÜ TUT UE UL UM UN VB VEC VER VIE VK VS WAF WAK WB WE WEN WES WF WHV WI WIL \
    WL WM WN WND WO WOB WR WST WT WTM WÜ WUG WUN WW ZW";

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
         numberplate* immatriculation* plaque* matricula* targa* kenteken* rejestracyj* tablic* vrm vrn reg_no registration_number* \
         vehicle_registration* car_registration* kz kennz amtl",
    )
});

/// Words for vehicles and where they stand, which say as much of other things.
static VEHICLES: List = LazyLock::new(|| {
    Cues::new(
        "registration* fahrzeug* *wagen* vehicle* car auto voiture coche samochod* stellplatz* parkplatz* parkdeck* parkhaus* parkte \
         parkt parken geparkt halter* fahrer* leihwagen* auto* autos wohnmobil* motorrad* lkw transporter* bil garage* tiefgarage* \
         parked parking",
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
        }
        for plate in ["HH-GG 2910", "TÜ-Z 485E", "PAF-ZZ 920"] {
            assert_eq!(found(&format!("x {plate}, y")), Some(plate));
        }
        for text in ["M-VY 43", "HH GG 2910", "DIN-A 40", "USB-C 31", "XX-YY 123"] {
            assert_eq!(found(text), None, "{text}");
        }
        for text in [
            "Kennzeichen M-VYX 43",
            "Kennzeichen M-VY 04",
            "Kennzeichen ABCD-EF 12",
            "Kennzeichen M-VY 12345",
            "The auto scaler is fixed in OPS-123 and DEV-42",
            "Registration encodes as UTF-8 and SHA-256",
            "Kennzeichen ISO-9001 ist",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
