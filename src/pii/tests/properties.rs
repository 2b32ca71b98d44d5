//! What holds for every text and document that is made of personal values, look-alikes and what stands between them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;

use super::{checked, key, none};
use crate::pii::charset::Charset;
use crate::pii::{Kind, Masker, Policy, give_back_text, pseudonyms};

/// Texts made of personal values, look-alikes and what stands between them.
pub(in crate::pii) fn texts() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "jane.doe@example.com",
        "a@b.de",
        "Jane",
        "Doe",
        "Jane Doe",
        "Doe, Jane",
        "Janes",
        "d'Jane",
        "José García",
        "张伟",
        "Öz",
        "+49 30 1234567",
        "0171 2345678",
        "4155552671",
        "(415) 555-2671",
        "Tel. ",
        "call ",
        "phone",
        "order ",
        "4111 1111 1111 1111",
        "4111111111111111",
        "DE89 3704 0044 0532 0130 00",
        "192.0.2.1",
        "2001:db8::1",
        "version ",
        "v",
        "123-45-6789",
        "AB 12 34 56 C",
        "86095742719",
        "15 070649 C 103",
        "T220001293",
        "2 55 08 14 168 025 38",
        "12.345.678-Z",
        "RSSMRA85T10A562S",
        "111222333",
        "943 476 5919",
        "44051401359",
        "passport ",
        "C01X00T47",
        "BSN ",
        "Ausweis ",
        "Kennzeichen ",
        "M-VY 43",
        "HH-GG 2910",
        "born ",
        "12 May 1980",
        "12.05.1980",
        "Lindenstraße 71",
        "12 Oak Street",
        "Via Roma 8",
        ", 70179 Stuttgart",
        "user=",
        "login ",
        "jdoe7",
        "@jane_doe7",
        "https://github.com/",
        "/home/",
        "00:1a:2b:3c:4d:5e",
        "2026-11-22",
        "12:30",
        "7",
        "12",
        "0",
        "+",
        "-",
        ".",
        ",",
        " ",
        "  ",
        "\n",
        "@",
        "/",
        ":",
        "'s",
        "s",
        "\"",
        "\\",
        "<",
        ">",
        "(",
        ")",
        "_",
        "#",
        "é",
        "\u{fffd}",
        "Person-",
        "@email.invalid",
        "{\"author\":\"Jane Doe\"}",
        "[1,\"a@b.de\"]",
        "x",
        "Rose",
        "the ",
        "&uuml;",
        "M&uuml;ller",
        "jane%40example.com",
        "Jane%20Doe",
        "%",
        "&",
        "<b>",
        "</b>",
        "<td>",
        "</td>",
        "<br/>",
        "=\n",
        "=C3=BC",
        "\\u00fc",
        "id,name,phone\n",
        "Vorname;Nachname\n",
        "| Name | E-Mail |\n|---|---|\n|",
        ";",
        "|",
        "\t",
        "Author: ",
        "owner=",
        "[10:30] ",
        "{\"phone\":\"",
        "\"}",
        "\u{a0}",
        "\u{2011}",
        "password",
        "Your2026Dog!",
        "Pass (2026)!",
        "<password>",
        "</password>",
        "<username>",
        "value=\"",
        "mysql -uroot -p",
        "Login: ",
        " / ",
        "postgres://app:",
        "References: <",
        "491711234567@x.example",
        "20240101.112233@x.example>",
        "Zeil 45",
        ", 60313 Frankfurt",
        "An der alten ",
        "jdoe",
        "Content-Transfer-Encoding: base64\n\n",
        "Content-Transfer-Encoding: quoted-printable\n\n",
        "SmFuZSBEb2UsIGphbmVAZXhhbXBsZS5jb20=",
        "SvxyZ2VuIE38bGxlciBqYW5lQGV4YW1wbGUuY29t",
        "S29iYWx0ITYwNC1YeTl6UQ==",
        "=?iso-8859-1?B?SvxyZ2VuIE38bGxlcg==?=",
        "M=FCller",
    ]);
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

/// Texts in Base64, in one of the character sets.
fn packed() -> impl Strategy<Value = String> {
    let charsets = vec![
        Charset::Utf8,
        Charset::Windows1252,
        Charset::Utf16 { big: false },
        Charset::Utf16 { big: true },
    ];
    (texts(), prop::sample::select(charsets))
        .prop_map(|(text, charset)| STANDARD.encode(charset.write(&text)))
}

fn documents() -> impl Strategy<Value = serde_json::Value> {
    let key = prop::sample::select(vec![
        "name",
        "author",
        "displayName",
        "firstName",
        "lastName",
        "email",
        "phone",
        "status",
        "text",
        "members",
        "id",
        "rows",
        "columns",
        "type",
        "number",
        "passport",
        "dateOfBirth",
        "street",
        "username",
        "password",
        "token",
        "auth",
        "kind",
        "data",
        "value",
        "kty",
        "d",
        "references",
        "iCalUID",
    ]);
    let leaf = prop_oneof![
        4 => texts().prop_map(serde_json::Value::from),
        1 => packed().prop_map(serde_json::Value::from),
        1 => Just("Secret".into()),
        1 => any::<i64>().prop_map(serde_json::Value::from),
        1 => Just(serde_json::Value::Null),
    ];
    leaf.prop_recursive(4, 24, 5, move |inner| {
        let key = prop_oneof![4 => key.clone().prop_map(str::to_owned), 1 => texts()];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(serde_json::Value::from),
            prop::collection::vec((key, inner.clone()), 0..5)
                .prop_map(|members| { serde_json::Value::Object(members.into_iter().collect()) }),
            inner.prop_map(|inner| serde_json::Value::from(inner.to_string())),
        ]
    })
}

fn same_shape(before: &serde_json::Value, after: &serde_json::Value) -> bool {
    use serde_json::Value::{Array, Object, String};
    match (before, after) {
        (Object(before), Object(after)) => {
            before.len() == after.len() && before.values().zip(after.values()).all(|(a, b)| same_shape(a, b))
        }
        (Array(before), Array(after)) => {
            before.len() == after.len() && before.iter().zip(after).all(|(a, b)| same_shape(a, b))
        }
        (String(_), String(_)) => true,
        (before, after) => before == after,
    }
}

proptest! {
    #[test]
    fn any_document_comes_back_and_masks_the_same_twice(document in documents()) {
        let text = document.to_string();
        let masked = checked(&text);
        prop_assert!(same_shape(&document, &serde_json::from_str(&masked).unwrap()));
    }

    #[test]
    fn any_text_comes_back_and_masks_the_same_twice(text in texts()) {
        let (key, policy) = (key(), Policy::default());
        let mut masker = Masker::new(&key, &policy);
        let masked = masker.text(&text);
        let values = |pseudonym: &str| {
            masker.found().iter().find(|found| found.pseudonym == pseudonym).map(|found| found.value.as_str())
        };
        prop_assert!(give_back_text(&masked, &values) == text || masker.count(Kind::Secret) > 0);
        prop_assert_eq!(Masker::new(&key, &policy).text(&masked), masked.clone());
        // Of an address with a tag inside, each part is a value.
        let whole = |value: &str| value.contains('@') && !value.contains("invalid");
        for found in masker.found().iter().filter(|found| found.kind == Kind::Email && whole(&found.value)) {
            // As the beginning of a longer word it was none.
            let ends = |(at, value): (usize, &str)| masked[at + value.len()..].starts_with(char::is_alphanumeric);
            prop_assert!(masked.match_indices(found.value.as_str()).all(ends));
        }
    }

    #[test]
    fn arbitrary_text_never_panics(text in any::<String>()) {
        let (key, policy) = (key(), Policy::default());
        let mut masker = Masker::new(&key, &policy);
        let masked = masker.text(&text);
        let _ = masker.json(&text, &none);
        pseudonyms(&masked);
    }
}
