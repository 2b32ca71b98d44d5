//! Numbers of German identity cards (Personalausweisverordnung; ICAO Doc 9303, part 3, section 4.9): a letter, eight
//! letters and digits without vowels and the like, and a check digit with the weights 7 3 1. Without the check digit, and
//! the nine digits of cards before 2010, they need a cue as the whole does.

use std::ops::Range;
use std::sync::LazyLock;

use crate::pii::context::OTHER_THING;
use crate::pii::cues::{Cues, List};
use crate::pii::scene::{Code, Scene};

pub(in crate::pii) fn at(scene: &Scene<'_>, start: usize) -> Option<Range<usize>> {
    let code = [10, 9]
        .into_iter()
        .find_map(|length| scene.code(start, length).filter(|code| valid(code, length)))?;
    let range = start..code.end;
    // Nine digits without a check digit are the number of many a document.
    let cues = if code.digits(0..9) { &SURE } else { &CUES };
    let told = scene.announced(&range, cues, &OTHER_THING)
        || (code.symbols().len() == 10 && scene.beside_birth(&range));
    (code.grouped(&[&[9, 1]]) && told).then_some(range)
}

fn valid(code: &Code, length: usize) -> bool {
    let symbols = code.symbols();
    let ours = symbols.iter().all(|byte| byte.is_ascii_digit() || LETTERS.contains(byte));
    let new =
        symbols.first().is_some_and(|byte| FIRST.contains(byte)) && symbols.iter().any(u8::is_ascii_digit);
    ours && (new || code.digits(0..9))
        && (length == 9 || check(symbols.get(..9)).is_some_and(|check| code.digit(9) == Some(check)))
}

/// The check digit of machine-readable documents.
fn check(symbols: Option<&[u8]>) -> Option<u32> {
    let value = |byte: &u8| u32::from(if byte.is_ascii_digit() { byte - b'0' } else { byte - b'A' + 10 });
    let sum: u32 =
        symbols?.iter().zip([7, 3, 1].into_iter().cycle()).map(|(byte, weight)| value(byte) * weight).sum();
    Some(sum % 10)
}

/// The letters that serial numbers use, and those that they begin with.
const LETTERS: &[u8] = b"CFGHJKLMNPRTVWXYZ";
const FIRST: &[u8] = b"LMNPRTVWXY";

static CUES: List = LazyLock::new(|| {
    Cues::new(
        "*ausweis* perso personalausw* identity_card* id_card* idcard* identitycard* identity_document* national_id* identification* identity_no identity_number document_number* document_no documentnumber* doc_no id_no \
         id_number id_document carte_d_identite* carte_nationale* piece_d_identite carta_d_identita* carta_identita* \
         documento_d_identita documento_identita documento_de_identidad identiteitskaart* id_kaart* identiteitsbewijs* \
         dowod* nr_dowodu id_doc* perso_nr personr* bpa npa dokument_tozsamosci",
    )
});

static SURE: List = LazyLock::new(|| {
    Cues::new(
        "*ausweis* perso personalausw* identity_card* id_card* idcard* identitycard* personr* perso_nr bpa npa",
    )
});

#[cfg(test)]
mod tests {
    use crate::pii::kinds::testing;

    #[test]
    fn right_ones_are_found_after_a_cue_and_with_one_digit_wrong_they_are_not() {
        // The specimen of the Bundesdruckerei.
        testing::after(super::at, "Personalausweis Nr. ", &["T220001293", "t220001293", "T22000129"]);
        testing::after(super::at, "Carte d'identité : ", &["L01X00T471"]);
        testing::none(
            super::at,
            &["Ausweis T220001294", "Ausweis A220001293", "T220001293", "Ausweis, order T220001293"],
        );
    }
}
