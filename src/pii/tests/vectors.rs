//! Documents of everyday forms: what has to be hidden in them, and what is like it and has to stay.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{checked, key, none};
use crate::pii::charset::Charset;
use crate::pii::{Masker, Pointer, Policy};

/// A masked document with what its strings in Base64 hold.
fn opened(masked: &str) -> String {
    fn open(value: &Value, text: &mut String) {
        match value {
            Value::String(string) => {
                let bytes = STANDARD.decode(string.trim()).unwrap_or_default();
                let wide = bytes.chunks(2).map(|pair| u16::from_le_bytes([pair[0], *pair.last().unwrap()]));
                text.push_str(&String::from_utf16_lossy(&wide.collect::<Vec<_>>()));
                text.extend(bytes.iter().map(|byte| char::from(*byte)));
            }
            Value::Array(values) => values.iter().for_each(|value| open(value, text)),
            Value::Object(members) => members.values().for_each(|value| open(value, text)),
            _ => {}
        }
    }
    let mut text = masked.to_owned();
    open(&masked.parse().unwrap(), &mut text);
    text
}

fn hidden(vectors: &[(Value, &[&str])]) {
    for (document, hidden) in vectors {
        let masked = opened(&checked(&document.to_string()));
        for hidden in *hidden {
            assert!(!masked.contains(hidden), "{hidden}: {document}: {masked}");
        }
    }
}

fn kept(documents: &[Value]) {
    for document in documents {
        let text = document.to_string();
        assert_eq!(checked(&text), text);
    }
}

#[test]
fn a_packed_value_is_what_its_key_says() {
    let pack = |text: &str| STANDARD.encode(text);
    hidden(&[
        (json!({"data": {"DB_PASSWORD": pack("Kobalt!604-Xy9z")}}), &["S29iYWx0", "Kobalt"]),
        (json!({"client_secret": pack("kx8Q2mLw9ZtR4vB7nC1")}), &["a3g4UTJt", "kx8Q2m"]),
        (json!({"token": pack("svc-42:9f8e7d6c5b4a39281706")}), &["c3ZjLTQy", "9f8e7d"]),
        (json!({"key": "DB_PASSWORD", "value": pack("Kobalt!604-Xy9z")}), &["S29iYWx0", "Kobalt"]),
        (json!({"value": pack("Kobalt!604-Xy9z"), "name": "DB_PASSWORD"}), &["S29iYWx0", "Kobalt"]),
        (
            json!({"auths": {"registry.example.com": {"auth": pack("jdoe:Sommer2026")}}}),
            &["Sommer", "amRvZTp"],
        ),
        (json!({"username": pack("klingebiel-hj7")}), &["klingebiel"]),
        (json!({"phone": pack("030123456789 0")}), &["0301234"]),
        (json!({"birthDate": pack("1980-03-01 00:00")}), &["1980"]),
        (json!({"author": pack("Tjorven Quistorp")}), &["Tjorven"]),
    ]);
    kept(&[
        json!({"nextPageToken": pack("Kobalt!604-Xy9z")}),
        json!({"note": pack("nothing personal in here at all"), "status": pack("svc-42: nothing to do")}),
    ]);
}

#[test]
fn the_data_of_a_secret_and_the_private_part_of_a_key_are_secret() {
    let data = json!({"x": STANDARD.encode("some-plain-words"), "y": "YWRtaW4="});
    hidden(&[
        (json!({"apiVersion": "v1", "data": data, "kind": "Secret"}), &["c29tZS1w", "YWRtaW4"]),
        (json!({"items": [{"kind": "Secret", "stringData": {"x": "hello there"}}]}), &["hello"]),
        (json!({"kty": "EC", "x": "MKBCTNIcKUSDii11", "d": "870MB6gfuTJ4HtUn"}), &["870MB6"]),
        (json!({"k": "GawgguFyGrWKav7A", "kty": "oct"}), &["GawggU", "Gawggu"]),
    ]);
    kept(&[
        json!({"apiVersion": "v1", "data": data, "kind": "ConfigMap"}),
        json!({"d": "870MB6gfuTJ4HtUn", "k": "GawgguFyGrWKav7A", "kind": "x"}),
        json!({"kty": "EC", "crv": "P-256", "x": "MKBCTNIcKUSDii11"}),
    ]);
}

#[test]
fn a_packed_text_is_read_in_any_character_set() {
    let text = "Name;E-Mail\nJürgen Müller;juergen.mueller@example.com\nJane Doe;jane.doe@example.com\n";
    let utf16 = [Charset::Utf16 { big: false }, Charset::Utf16 { big: true }];
    for charset in [Charset::Windows1252, Charset::Utf8].into_iter().chain(utf16) {
        for text in [text.to_owned(), format!("\u{feff}{text}")] {
            let bytes =
                if charset == Charset::Windows1252 { text.trim_start_matches('\u{feff}') } else { &text };
            hidden(&[(
                json!({"content": STANDARD.encode(charset.write(bytes))}),
                &["Müller", "mueller@", "jane"],
            )]);
        }
    }
    hidden(&[
        (json!([STANDARD.encode("\u{1b}[0;32mjane.doe@example.com\u{1b}[0m logged in")]), &["jane.doe@"]),
        (json!([STANDARD.encode("page one\u{c}jane.doe@example.com and more")]), &["jane.doe@"]),
    ]);
    kept(&[
        json!([STANDARD.encode((0..60_u8).map(|byte| byte.wrapping_mul(37)).collect::<Vec<_>>())]),
        json!([STANDARD.encode(Charset::Windows1252.write("Grüße, nichts Persönliches"))]),
    ]);
}

#[test]
fn parts_of_a_letter_are_read_however_it_says_that_they_are_packed() {
    let packed = STANDARD.encode("Hallo Jane Doe, jane.doe@example.com\n");
    let latin = STANDARD.encode(Charset::Windows1252.write("Hallo Jürgen Müller, jm@example.com\n"));
    for field in [
        "Content-Transfer-Encoding: BASE64",
        "content-transfer-encoding:base64",
        "X: y\r\nCONTENT-TRANSFER-ENCODING:  Base64\r",
    ] {
        for body in [&packed, &latin] {
            hidden(&[(json!([format!("Subject: x\n{field}\n\n{body}")]), &[&body[8..24]])]);
        }
    }
    hidden(&[
        (
            json!(["From: =?iso-8859-1?B?SvxyZ2VuIE38bGxlcg==?= <x@example.com>\nSubject: hi"]),
            &["SvxyZ2VuIE38"],
        ),
        (json!(["From: =?us-ascii?B?SmFuZSBEb2U=?= <x@example.com>"]), &["SmFuZSBEb2U"]),
        (json!(["From: =?UTF-8*de?B?SsO8cmdlbiBNw7xsbGVy?= <x@example.com>"]), &["SsO8cmdlbiBN"]),
        (json!(["=?UTF-8?B?SmFuZSBEb2U=?= ist krank"]), &["SmFuZSBEb2U"]),
    ]);
    kept(&[
        json!([format!("Content-Transfer-Encoding: 8bit\n\n{packed}")]),
        json!(["Subject: =?UTF-8?B?TWVldGluZyBub3Rlcw==?= \nX: a=?b?=c"]),
    ]);
}

#[test]
fn a_password_is_found_wherever_it_is_said_to_stand() {
    hidden(&[
        (json!(["<server><id>nexus</id><password>Xk9!mQ2z</password></server>"]), &["Xk9!mQ2z"]),
        (json!(["<password><![CDATA[Xk9!<mQ2z]]></password>"]), &["Xk9", "mQ2z"]),
        (json!([r#"<property name="password" value="Xk9!mQ2z"/>"#]), &["Xk9!mQ2z"]),
        (json!([r#"<add value="Xk9!mQ2z" key="Password" />"#]), &["Xk9!mQ2z"]),
        (json!(["<apiKey>a1b2c3d4e5f6g7h8i9</apiKey>"]), &["a1b2c3d4"]),
        (json!(["<tr><td>Password</td><td>Xk9!mQ2z</td></tr>"]), &["Xk9!mQ2z"]),
        (json!(["<key>apiToken</key>\n <string>a1b2c3d4e5f6g7h8i9</string>"]), &["a1b2c3d4"]),
        (json!(["| Password | Xk9!mQ2z |"]), &["Xk9!mQ2z"]),
        (json!(["Password\tXk9!mQ2z"]), &["Xk9!mQ2z"]),
        (json!([{"password": "Your2026Dog!"}, {"passwort": "[9K2!lmQ"}]), &["2026Dog", "9K2!"]),
        (json!({"passphrase": "Correct Horse 42 Battery"}), &["Horse"]),
        (json!(["password: \"correct horse 42 battery\""]), &["horse"]),
        (json!(["Server=x;User=y;Password=Som mer2026!;Database=z"]), &["mer2026"]),
        (json!(["ALTER ROLE x WITH PASSWORD 'hunter22'"]), &["hunter22"]),
        (json!(["mysql -uroot -pSommer2026 -h db"]), &["Sommer"]),
    ]);
    kept(&[
        json!(["<password>${db.password}</password><password>changeit</password><token>identifier</token>"]),
        json!([r#"<property name="timeout" value="Xk9!mQ2z"/><input name="password" value=""/>"#]),
        json!(["if password > Max5 then a <b> c</b> d"]),
        json!(["| Password | Status |\n|---|---|\n| required | 2026-11-22 |"]),
        json!([{"password": "must be at least 8 characters"}, {"password": "{{ password1 }}"}]),
        json!(["password: \"expires in 90 days\"; the password policy 2026 applies"]),
    ]);
}

#[test]
fn quoted_printable_is_read_where_a_letter_says_so() {
    let letter = |body: &str| json!([format!("Content-Transfer-Encoding: quoted-printable\n\n{body}")]);
    hidden(&[
        (letter("Sehr geehrter Herr M=C3=BCller, J=C3=BCrgen M=C3=BCller ruft an."), &["M=C3", "J=C3"]),
        (
            letter("Herr M=FCller,\nJ=FCrgen M=FCller, Gr=FCnstra=DFe 5, 10115 Berlin"),
            &["M=FC", "Gr=FC", "J=FC"],
        ),
    ]);
    kept(&[json!(["if a=FC then b=20 and c=C3=BC"]), letter("gr=FCn und wei=DF")]);
}

#[test]
fn who_signs_in_is_found_however_it_is_written() {
    hidden(&[
        (json!(["smtps://jane.doe%40example.com:Sommer2026@smtp.example.com:465"]), &["jane", "Sommer"]),
        (json!(["https://user@example.com:Sommer2026@host.example/x"]), &["user@example", "Sommer"]),
        (json!({"x": "jdoe", "author": "Jane Doe"}), &["jdoe"]),
        (json!({"from": "doeja", "fromString": "Jane Doe"}), &["doeja"]),
        (json!({"BankAccountHolderName": "Tjorven Quistorp"}), &["Tjorven"]),
    ]);
    kept(&[json!(["https://x-access-token@example.com/x and imaps://imap.example.com/"])]);
}

#[test]
fn the_keys_of_what_is_blocked_do_not_tell_what_it_says() {
    let policy = Policy { block: vec![Pointer::parse("/**/staff").unwrap()], ..Policy::default() };
    let key = key();
    let masked = |text: &str| Masker::new(&key, &policy).json(text, &none).unwrap();
    let text = r#"{"staff":{"klingebiel":{"salary":5},"emp-0042":{"salary":7}},"team":{"klingebiel":1}}"#;
    let once = masked(text);
    let shown: Value = once.parse().unwrap();
    assert!(shown["staff"].as_object().unwrap().keys().all(|key| key.starts_with("Secret-")), "{once}");
    assert!(once.contains(r#":{"salary":0}"#) && once.ends_with(r#""team":{"klingebiel":1}}"#), "{once}");
    assert_eq!(masked(&once), once);
}
