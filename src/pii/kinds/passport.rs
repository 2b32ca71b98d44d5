//! Numbers of passports and of other countries' identity cards (ICAO Doc 9303, part 4: up to nine letters and digits,
//! and a check digit where somebody copied it): nothing but a cue tells them.

use std::ops::Range;
use std::sync::LazyLock;

use crate::pii::context::OTHER_CODE;
use crate::pii::cues::{Cues, List};
use crate::pii::scene::Scene;

/// Groups that people write, where it is not one piece.
const GROUPS: [&[u8]; 13] = [
    &[1, 7],
    &[1, 8],
    &[2, 6],
    &[2, 7],
    &[2, 4, 3],
    &[2, 2, 5],
    &[2, 7, 1],
    &[3, 6],
    &[3, 5],
    &[3, 3, 3],
    &[2, 5],
    &[1, 6],
    &[9, 1],
];

pub(in crate::pii) fn at(scene: &Scene<'_>, start: usize) -> Option<Range<usize>> {
    let run = scene.run_end(start) - start;
    let code = match run {
        6..=10 => scene.code(start, run)?,
        // In groups: the longest that holds.
        1..=3 => (7..=10)
            .rev()
            .find_map(|length| scene.code(start, length).filter(|code| GROUPS.contains(&code.groups())))?,
        _ => return None,
    };
    let symbols = code.symbols();
    let digits = symbols.iter().filter(|byte| byte.is_ascii_digit()).count();
    let text = scene.text.get(start..code.end)?;
    let grouped = code.groups().len() > 1 && text.bytes().any(|byte| byte.is_ascii_lowercase());
    let mixed = grouped
        || text.bytes().any(|byte| byte.is_ascii_lowercase())
            && text.bytes().any(|byte| byte.is_ascii_uppercase());
    // "20260512" is a day.
    let dated = symbols.len() == 8 && digits == 8 && matches!(code.number(0..4), Some(1900..=2050));
    if dated || digits < 2 || (digits == symbols.len() && symbols.len() < 7) || mixed {
        return None;
    }
    let range = start..code.end;
    // A document's number may be an order's: it takes the form of a passport's.
    let form = digits < symbols.len() || digits == 9;
    let told = scene.announced(&range, &CUES, &OTHER_CODE)
        || form && scene.announced(&range, &DOCUMENTS, &OTHER_CODE);
    told.then_some(range)
}

static CUES: List = LazyLock::new(|| {
    Cues::new(
        "passport* passp* pasport* ppt pp_no pp_number travel_doc* reisepass* passnummer* passnr* pass_nr pass_no pass_nummer pass_number passeport* pasaporte* passaport* \
         paspoort* paszport* reisdocument* travel_document* traveldocument* reisedokument* document_de_voyage \
         documento_di_viaggio documento_de_viaje identity_card* identitycard* carte_d_identite* carte_nationale* \
         carta_d_identita* carta_identita* identiteitskaart* identiteitsbewijs* dowod* dowodu",
    )
});

static DOCUMENTS: List = LazyLock::new(|| {
    Cues::new(
        "document_number* document_no document_nr documentnumber* document_id doc_no doc_number id_document identity_document \
         id_number identity_number numero_de_documento numero_documento numero_de_document document_d_identite \
         documento_d_identita documento_de_identidad dokumentnummer* dokumentennummer* documentnummer* numer_dokumentu \
         nr_dokumentu legitimation*",
    )
});

#[cfg(test)]
mod tests {
    use crate::pii::kinds::testing;

    #[test]
    fn they_are_found_after_a_cue_in_every_language() {
        let values =
            ["C01X00T47", "123456789", "12AB34567", "AB1234567", "AB 1234567", "12 AB 34567", "X1234567"];
        for cue in [
            "passport number ",
            "Reisepass-Nr.: ",
            "passeport n° ",
            "pasaporte: ",
            "passaporto n. ",
            "paspoort ",
            "Nr paszportu: ",
        ] {
            testing::after(super::at, cue, &values);
        }
        testing::after(super::at, "The passport of Jane Doe (number ", &values);
        testing::none(
            super::at,
            &[
                "C01X00T47",
                "passport order C01X00T47",
                "passport 123456",
                "passport abcdefgh",
                "passport 20260512",
            ],
        );
    }
}
