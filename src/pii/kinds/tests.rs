//! What the engine promises of the kinds that a cue or check digits tell, and of secrets.

use proptest::prelude::*;

use crate::pii::tests::{checked, key, mask, texts};
use crate::pii::{Given, Kind, Masker, Policy, pseudonyms};

/// What no pseudonym gives back.
const SECRETS: [&str; 4] = [
    "password=Sommer2026!",
    "postgres://app:aB3!x*Z@db-prod/x",
    "token: a1b2c3d4e5f6g7h8",
    "Bearer a1b2c3d4e5f6g7h8",
];

#[test]
fn every_new_kind_is_masked_and_comes_back() {
    for (kind, text, value) in [
        (Kind::Mac, "dev 00:1a:2b:3c:4d:5e", "00:1a:2b:3c:4d:5e"),
        (Kind::Ssn, "SSN 123-45-6789", "123-45-6789"),
        (Kind::Nino, "NI AB 12 34 56 C", "AB 12 34 56 C"),
        (Kind::Nhs, "NHS 943 476 5919", "943 476 5919"),
        (Kind::SteuerId, "IdNr. 86 095 742 719", "86 095 742 719"),
        (Kind::Rvnr, "RVNR 15 070649 C 103", "15 070649 C 103"),
        (Kind::Personalausweis, "Ausweis T220001293", "T220001293"),
        (Kind::Nir, "NIR 2 55 08 14 168 025 38", "2 55 08 14 168 025 38"),
        (Kind::Dni, "DNI 12.345.678-Z", "12.345.678-Z"),
        (Kind::CodiceFiscale, "CF RSSMRA85T10A562S", "RSSMRA85T10A562S"),
        (Kind::Bsn, "BSN 111222333", "111222333"),
        (Kind::Pesel, "PESEL 44051401359", "44051401359"),
        (Kind::Passport, "passport C01X00T47", "C01X00T47"),
        (Kind::BirthDate, "born 12 May 1980", "12 May 1980"),
        (Kind::Address, "to Lindenstraße 71, 70179 Stuttgart", "Lindenstraße 71, 70179 Stuttgart"),
        (Kind::Plate, "Kennzeichen M-VY 43", "M-VY 43"),
        (Kind::Username, "user=jdoe", "jdoe"),
    ] {
        let document = serde_json::json!([text, format!("x {text}, y")]).to_string();
        let (masked, found) = mask(&document);
        assert_eq!(found, [(kind, value.to_owned())], "{masked}");
        checked(&document);
    }
}

#[test]
fn what_a_cue_told_is_known_where_no_cue_stands() {
    for text in [
        r#"{"passport":"C01X00T47","note":"C01X00T47 was seen"}"#,
        r#"["born 12.05.1980", "12.05.1980 and so on"]"#,
        r#"{"bsn":"111222333","note":"111222333 x"}"#,
        r#"["Kennzeichen M-VY 43", "(M-VY 43)"]"#,
        r#"{"login":"jane-doe","note":"ask jane-doe"}"#,
        r#"[{"type":"passport","number":"C01X00T47"},{"number":"C01X00T47","type":"passport"}]"#,
    ] {
        let masked = checked(text);
        assert_eq!(pseudonyms(&masked).len(), 1, "{masked}");
        for value in ["C01X00T47", "12.05.1980", "111", "VY", "jane-doe"] {
            assert!(!masked.contains(value), "{masked}");
        }
    }
}

#[test]
fn a_secret_is_counted_and_not_remembered() {
    let (key, policy) = (key(), Policy::default());
    for text in SECRETS {
        let mut masker = Masker::new(&key, &policy);
        let masked = masker.text(text);
        assert!(masked.contains("Secret-"), "{masked}");
        assert_eq!((masker.count(Kind::Secret), masker.found().len()), (1, 0), "{text}");
        let [pseudonym] = &pseudonyms(&masked)[..] else { panic!("{masked}") };
        assert!(pseudonym.valid && pseudonym.kind == Kind::Secret && !pseudonym.kind.given_back());
        assert_eq!(masker.text(&masked), masked);
    }
    let masked = mask(r#"{"client_secret":"Zx9-aB3_dE6.gH9","host":"postgres://app:aB3!x*Z@db-prod/x"}"#).0;
    assert!(masked.contains(r#""client_secret":"Secret-"#) && masked.contains("@db-prod/x"), "{masked}");
}

#[test]
fn what_was_given_back_is_known_in_the_answer() {
    let (key, policy) = (key(), Policy::default());
    let mut given = Given::default();
    given.push(Kind::Passport, zeroize::Zeroizing::new("C01X00T47".to_owned()));
    given.push(Kind::Address, zeroize::Zeroizing::new("Am Anger 5".to_owned()));
    let masked = Masker::new(&key, &policy).expecting(&given).text("Sent C01X00T47 to Am Anger 5.");
    assert_eq!(pseudonyms(&masked).len(), 2, "{masked}");
}

proptest! {
    #[test]
    fn texts_with_secrets_mask_the_same_twice(
        before in texts(), secret in prop::sample::select(SECRETS.to_vec()), after in texts()
    ) {
        let (key, policy) = (key(), Policy::default());
        let mut masker = Masker::new(&key, &policy);
        let masked = masker.text(&format!("{before} {secret} {after}"));
        prop_assert_eq!(Masker::new(&key, &policy).text(&masked), masked.clone());
        prop_assert!(masker.found().iter().all(|found| found.kind != Kind::Secret));
    }
}
