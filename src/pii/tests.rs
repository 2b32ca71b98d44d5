//! What the whole engine promises: masked text holds nothing that was found, giving back restores it, masking
//! twice changes nothing, and everything else stays as it was, byte for byte.

mod properties;
mod vectors;

pub(super) use self::properties::texts;
use super::{Kind, Masker, Pointer, Policy, give_back_json, give_back_text, pseudonyms};
use crate::crypto::HashKey;
use crate::json::{JsonError, Segment};

pub(super) fn key() -> HashKey {
    HashKey::new([7; 32])
}

fn none(_: &[Segment<'_>]) -> bool {
    false
}

/// The masked document, and what was found as (kind, value).
pub(super) fn mask(text: &str) -> (String, Vec<(Kind, String)>) {
    mask_under(text, &Policy::default(), &none)
}

fn mask_under(
    text: &str,
    policy: &Policy,
    exempt: &dyn Fn(&[Segment<'_>]) -> bool,
) -> (String, Vec<(Kind, String)>) {
    let key = key();
    let mut masker = Masker::new(&key, policy);
    let masked = masker.json(text, exempt).unwrap();
    (masked, masker.found().iter().map(|found| (found.kind, found.value.to_string())).collect())
}

/// Masks and checks everything that must hold for any document.
pub(super) fn checked(text: &str) -> String {
    let (key, policy) = (key(), Policy::default());
    let mut masker = Masker::new(&key, &policy);
    let masked = masker.json(text, &none).unwrap();
    let values = |pseudonym: &str| {
        masker.found().iter().find(|found| found.pseudonym == pseudonym).map(|found| found.value.as_str())
    };
    let back = give_back_json(&masked, &values, &none).unwrap();
    let (before, after): (serde_json::Value, serde_json::Value) =
        (serde_json::from_str(text).unwrap(), serde_json::from_str(&back).unwrap());
    assert!(before == after || masker.count(Kind::Secret) > 0, "given back: {before} {after}");
    assert_eq!(Masker::new(&key, &policy).json(&masked, &none).unwrap(), masked, "masked twice");
    let there = pseudonyms(text);
    assert!(pseudonyms(&masked).iter().all(|pseudonym| pseudonym.valid || there.contains(pseudonym)));
    masked
}

#[test]
fn documents_in_a_text_are_read_as_such() {
    let key = HashKey::new([1; 32]);
    let policy = Policy::default();
    let fenced =
        "Result:\n```json\n{\"assignee\": {\"displayName\": \"Jane Doeson\"}}\n```\nJane Doeson is away.";
    let lines = "{\"assignee\":{\"displayName\":\"Jack Miller\"}}\n{\"e\":\"anna\\u0040example.com\"}\n[1] Jack Miller";
    for (text, clear) in [(fenced, ["Doeson", "Jane"]), (lines, ["Miller", "0040"])] {
        let document = serde_json::json!({ "text": text }).to_string();
        let masked = Masker::new(&key, &policy).json(&document, &|_| false).unwrap();
        for clear in clear {
            assert!(!masked.contains(clear), "{masked}");
        }
    }
}

#[test]
fn names_in_telling_fields_are_masked_there_and_everywhere_else() {
    let text = r#"{"issue":{"author":{"displayName":"Jane Doe"},"status":{"name":"Mark"},"n":1.50,
        "comments":["Jane asked Doe, Jane; JANE DOE's and Jane’s J. Doe", "jane doe", "Janeway Does not"]},"other":"Doe"}"#;
    let masked = checked(text);
    let lower = masked.to_lowercase();
    for gone in ["jane ", "\"jane ", "jane\"", "j. doe", "doe, ", "doe\""] {
        assert!(!lower.contains(gone), "{gone}: {masked}");
    }
    for kept in
        ["\"name\":\"Mark\"", "\"n\":1.50,\n        ", "Janeway Does not", "’s Person-", " asked Person-"]
    {
        assert!(masked.contains(kept), "{kept}: {masked}");
    }
}

#[test]
fn every_pattern_kind_is_masked_in_values_keys_and_json_in_strings() {
    let inner = r#"{\"mail\":\"jane@example.com\",\"deep\":\"{\\\"tel\\\":\\\"+49 30 1234567\\\"}\"}"#;
    let text =
        format!(r#"{{"192.0.2.1":"DE89370400440532013000","j":"{inner}","c":["4111 1111 1111 1111"]}}"#);
    let (masked, found) = mask(&text);
    checked(&text);
    let mut kinds: Vec<_> = found.iter().map(|(kind, _)| *kind).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, [Kind::Email, Kind::Phone, Kind::Iban, Kind::Card, Kind::Ip]);
    for (_, value) in &found {
        assert!(!masked.contains(value.as_str()));
    }
    assert!(masked.contains(r#"{\\\"tel\\\":\\\"Phone-"#), "{masked}");
}

#[test]
fn protocol_and_catalogue_names_are_nobody() {
    for text in [
        r#"{"serverInfo":{"name":"Jane Doe","version":"1.2.3.4"},"clientInfo":{"name":"Claude Code"}}"#,
        r#"{"tools":[{"name":"Jane Doe","title":"Jane Doe"}],"components":[{"name":"Jane Doe"}]}"#,
        r#"{"issuetype":{"name":"Bug"},"fixVersions":[{"name":"Jane Doe"}],"project":{"name":"Jane Doe","email":"x"}}"#,
        r#"{"type":"Bot","name":"Jane Doe","email":""}"#,
        r#"{"author":{"displayName":"Support Team"},"owner":"platform","user":{"name":"admin"}}"#,
        r#"{"company":{"name":"Doe GmbH","phone":"x"},"names":["Blue Harbour"],"name":"Blue Harbour"}"#,
    ] {
        assert_eq!(mask(text).1, [], "{text}");
    }
}

#[test]
fn what_stands_around_a_plain_name_decides() {
    for text in [
        r#"{"assignees":[{"id":1,"name":"Jane Doe"}]}"#,
        r#"{"x":{"name":"Jane Doe","email":"x"}}"#,
        r#"{"members":{"a1@b":{"name":"Jane Doe"}}}"#,
        r#"{"vorname":"Jane","name":"Doe"}"#,
        r#"{"columns":["id","Name","E-Mail"],"rows":[[1,"Jane Doe","x"]]}"#,
        r#"{"values":[["Name","Phone"],["Jane Doe","x"]]}"#,
        r#"{"headers":[{"name":"From","value":"\"Doe, Jane\" <j@example.com>"}]}"#,
        r#"{"a":"Jane Doe","b":"jane.doe@example.com"}"#,
        r#"{"a":"Jane Doe","b":"jdoe@example.com"}"#,
        r#"{"author":"Doe, Jane"}"#,
        r#"{"author":"Dr. Jane Doe"}"#,
    ] {
        let (masked, found) = mask(text);
        assert!(found.iter().any(|(kind, _)| *kind == Kind::Person), "{text}");
        assert!(!masked.contains("Doe"), "{masked}");
        checked(text);
    }
}

#[test]
fn a_name_in_a_telling_field_counts_whatever_it_stands_in() {
    for text in [
        r#"{"items":[{"authorName":"Jane Doe","summary":"call Jane Doe"}]}"#,
        r#"{"issue":{"reporterDisplayName":"Jane Doe"}}"#,
        r#"{"account":{"accountHolder":"Jane Doe"}}"#,
        r#"{"accounts":[{"kontoinhaber":"Jane Doe"}]}"#,
        r#"{"Resources":[{"displayName":"Jane Doe"}]}"#,
        r#"{"event":{"contactName":"Jane Doe"},"files":[{"ownerName":"Jane Doe"}]}"#,
        r#"{"ticket":{"fullName":"Jane Doe"},"team":{"contactPerson":"Jane Doe"}}"#,
        r#"{"items":[{"name":"Jane Doe","phone":"x"}]}"#,
        r#"{"assignees":{"nodes":[{"name":"Jane Doe"}]}}"#,
        r#"{"permissions":[{"displayName":"Jane Doe"}]}"#,
        r#"{"type":"item","authorName":"Jane Doe"}"#,
        r#"{"patient":{"family":"Doe","given":["Jane"],"birthDate":"x"}}"#,
        r#"{"first":"Jane","last":"Doe","phone":"x"}"#,
        r#"{"event":"signup","name":"Jane Miller","x":"Jane Doe-Miller"}"#,
        r#"{"oncall":{"primary":"Jane Doe","secondary":"Jane Doe"}}"#,
        r#"{"author":"A.B. Doe","patient":{"fullName":"S.A. Doe"}}"#,
        r#"{"assignee":{"summary":"Jane Doe","type":"user_reference"}}"#,
        r#"{"items":[{"field":"assignee","fromString":"Max Roe","toString":"Jane Doe"}]}"#,
        r#"{"type":"account","displayName":"Jane Doe","firstName":"Jane"}"#,
        r#"{"callerName":"Jane Doe","sachbearbeiter":"Jane Doe","mieter":"Jane Doe","host":"Jane Doe"}"#,
        r#"{"tenant":"Jane Doe","doctor":"Jane Doe","Auftraggeberin":"Jane Doe","signedBy":"Jane Doe"}"#,
    ] {
        let masked = checked(text);
        assert!(!masked.contains("Doe"), "{masked}");
    }
    for text in [
        r#"{"projects":{"items":[{"displayName":"Blue Harbour"}]}}"#,
        r#"{"job":{"fullName":"Nightly Harbour"},"type":"project","displayName":"Blue Harbour"}"#,
        r#"{"host":{"name":"Titan"},"tenant":{"name":"Blue Harbour"},"sortedBy":"Created Harbour"}"#,
        r#"{"from":"in progress","to":"under review","event":{"name":"Blue Harbour","phone":"x"}}"#,
        r#"{"first":"Monday","last":"Friday"}"#,
        r#"{"issuer":"Stalmex S.A.","owner":"Duinrand B.V.","products":[{"label":"Diana lamp"}]}"#,
        r#"{"requestedSchema":{"properties":{"name":{"type":"string","default":"John Miller"}}}}"#,
        r#"{"children":[{"name":"Blue Harbour"}],"owner":"平台团队","displayName":"Meeting Room 4"}"#,
    ] {
        assert_eq!(mask(text).1, [], "{text}");
    }
}

#[test]
fn names_in_telling_fields_are_read_however_they_are_written() {
    for name in [
        "jane doe",
        "Jane Doe [ext]",
        "Jane Doe 2",
        "Jane Doe - ACME",
        "Maria del Carmen Fernanda Lopez Garcia Ruiz",
        "Jane\u{ad} Doe",
        "Rose Hill",
        "Will Young",
        "李小龙",
    ] {
        for key in ["displayName", "author"] {
            let text = serde_json::json!({ key: name }).to_string();
            let masked = checked(&text);
            assert!(masked.starts_with(&format!("{{\"{key}\":\"Person-")), "{masked}");
        }
    }
    for (list, joined) in [
        ("Jane Doe and Max Miller", "P and P"),
        ("Jane Doe, Max Miller; Doe, Jane", "P, P; P"),
        ("Jane Doe, Max Miller and Ana Lima", "P, P and P"),
        ("Jane Doe; Support Team", "P; Support Team"),
    ] {
        let masked = checked(&serde_json::json!({ "attendees": list }).to_string());
        let shown: serde_json::Value = serde_json::from_str(&masked).unwrap();
        let mut shape = shown["attendees"].as_str().unwrap().to_owned();
        for pseudonym in pseudonyms(&masked) {
            shape = shape.replace(&pseudonym.text, "P");
        }
        assert_eq!(shape, joined, "{list}");
    }
}

#[test]
fn what_shows_nothing_hides_nothing() {
    for text in [
        "anna.schmidt\u{200b}@kunde.de",
        "anna@kun\u{ad}de.de",
        "anna＠kunde.de",
        "anna@mu\u{308}nchen.de",
        "ju\u{308}rgen@kunde.de",
        "4111\u{200b} 1111 1111 1111",
        "+49 30 12\u{2060}34567",
        "DE89 3704 0044 05\u{200d}32 0130 00",
        "２０３.0.113.5",
    ] {
        let masked = checked(&serde_json::json!([text]).to_string());
        assert_eq!(
            masked.len(),
            4 + pseudonyms(&masked).iter().map(|found| found.text.len()).sum::<usize>(),
            "{masked}"
        );
    }
    let masked =
        checked(&serde_json::json!({ "author": "Jane Doe", "text": "x\u{200b}Jane Doe" }).to_string());
    assert!(!masked.contains("Doe"), "{masked}");
}

#[test]
fn what_only_a_pseudonym_tells_is_found_too() {
    // The long word ends the name, what took its place does not.
    let masked = checked(r#"["Dr. Erika Testfrauanna@kunde.de, x", "Erika"]"#);
    assert!(!masked.contains("Erika"), "{masked}");
}

#[test]
fn a_document_that_is_none_after_all_is_a_text() {
    let deep = format!("x\n{}{{\"a\":\"jane@example.com\"}}{}", "[".repeat(200), "]".repeat(200));
    let masked = checked(&serde_json::json!([deep]).to_string());
    assert!(masked.contains("@email.invalid"), "{masked}");
}

#[test]
fn common_words_are_masked_in_their_field_only() {
    let text = r#"{"firstName":"Will","lastName":"Hunter","text":"Will you hunt? Will Hunter will. The hunter, The Hunter"}"#;
    let masked = checked(text);
    assert!(
        masked.contains("\"Will you hunt? Person-") && masked.ends_with(" will. The hunter, The Hunter\"}"),
        "{masked}"
    );
    assert!(masked.starts_with(r#"{"firstName":"Person-"#), "{masked}");
}

#[test]
fn what_is_not_replaced_stays_byte_for_byte() {
    let text = "{ \"b\" : 1e2,\"a\":\"\\u0041\\/\\ud800 jane@example.com \\u00e9\" , \"a\":null}\n";
    let (masked, found) = mask(text);
    let [(_, value)] = &found[..] else { panic!("{found:?}") };
    let pseudonym = pseudonyms(&masked).remove(0).text;
    assert_eq!(masked, text.replace(value, &pseudonym));
}

#[test]
fn exempt_strings_are_left_alone_and_kept_values_with_everything_in_them() {
    let text = r#"{"id":"a@b.de","requestState":{"x":["c@d.de"]},"issues":[{"key":["e@f.de"],"v":"g@h.de"}],"m":"i@j.de"}"#;
    let policy = Policy { keep: vec![Pointer::parse("/issues/*/key").unwrap()], ..Policy::default() };
    let exempt =
        |path: &[Segment<'_>]| matches!(path, [Segment::Key(key)] if key == "id" || key == "requestState");
    let (masked, found) = mask_under(text, &policy, &exempt);
    assert_eq!(found.len(), 3);
    for kept in ["\"a@b.de\"", "\"key\":[\"e@f.de\"]"] {
        assert!(masked.contains(kept), "{masked}");
    }
    assert!(!masked.contains("c@d.de"), "an object is no string: {masked}");
    let values = |_: &str| Some("x");
    let back = give_back_json(&format!("[{masked},{masked}]"), &values, &|path| path == [Segment::Index(0)])
        .unwrap();
    assert_eq!(back.matches("@email.invalid").count(), 3);
}

#[test]
fn what_is_blocked_keeps_its_type_and_what_is_masked_is_so_as_a_whole() {
    let pointer = |text: &str| Pointer::parse(text).unwrap();
    let policy = Policy {
        block: vec![pointer("/salary"), pointer("/*/notes")],
        mask: vec![(pointer("/ref"), Kind::Custom), (pointer("/contact"), Kind::Person)],
        ..Policy::default()
    };
    let document = r#"{"salary":[1.5,"x",null,true],"a":{"notes":"{\"b\":1}"},"ref":"the blue one","contact":"will hunter","t":"Will Hunter"}"#;
    let masked = |text: &str| mask_under(text, &policy, &none).0;
    let once = masked(&serde_json::json!({ "structuredContent": document.parse::<serde_json::Value>().unwrap(), "text": document }).to_string());
    let shown: serde_json::Value = serde_json::from_str(&once).unwrap();
    let content = &shown["structuredContent"];
    assert_eq!(content["salary"], serde_json::json!([0, "[withheld by policy]", null, false]));
    assert_eq!(content["a"]["notes"], "[withheld by policy]");
    assert!(content["ref"].as_str().unwrap().starts_with("Custom-"), "{once}");
    assert!(content["contact"].as_str().unwrap().starts_with("Person-"), "{once}");
    assert!(content["t"].as_str().unwrap().starts_with("Person-"), "{once}");
    assert_eq!(shown["text"].as_str().unwrap().parse::<serde_json::Value>().unwrap(), *content);
    assert_eq!(masked(&once), once);
}

#[test]
fn what_the_configuration_adds_is_found_and_what_it_allows_stays() {
    let mut custom = super::Custom::default();
    custom.pattern(r"KD-\d+", Kind::Custom).unwrap();
    custom.terms(&["Nordlicht".to_owned()], Kind::Custom, true).unwrap();
    let mut allow = super::Allow::default();
    allow.exact.insert("hello@example.com".to_owned());
    allow.caseless.insert("jane harbour".to_owned());
    let policy = Policy { custom: custom.into(), allow, ..Policy::default() };
    let text = r#"{"author":"Jane Harbour","t":"KD-123, NORDLICHT: hello@example.com, jane@example.com"}"#;
    let (masked, found) = mask_under(text, &policy, &none);
    assert!(masked.starts_with(r#"{"author":"Jane Harbour","t":"Custom-"#), "{masked}");
    assert!(masked.contains(": hello@example.com, "), "{masked}");
    let values: Vec<_> = found.iter().map(|(_, value)| value.as_str()).collect();
    assert_eq!(values, ["KD-123", "NORDLICHT", "jane@example.com"]);
    assert_eq!(mask_under(&masked, &policy, &none).0, masked);
}

#[test]
fn names_learnt_from_one_document_are_known_in_the_next() {
    let (key, policy) = (key(), Policy::default());
    let mut masker = Masker::new(&key, &policy);
    masker.json(r#"{"author":{"name":"Jane Doe"}}"#, &none).unwrap();
    let next = masker.json(r#"{"text":"Jane says hello"}"#, &none).unwrap();
    assert!(next.starts_with("{\"text\":\"Person-") && next.ends_with(" says hello\"}"), "{next}");
    assert_eq!((masker.count(Kind::Person), masker.found().len()), (2, 2));
}

#[test]
fn a_text_and_its_structured_mirror_agree() {
    let text = r#"{"content":[{"type":"text","text":"{\"phone\":\"6001234567\",\"name\":\"A\"}"}],"structuredContent":{"phone":"6001234567","note":"6001234567"}}"#;
    let masked = checked(text);
    assert_eq!(masked.matches("Phone-").count(), 3, "{masked}");
    assert_eq!(pseudonyms(&masked).len(), 1, "{masked}");
}

#[test]
fn a_value_is_given_back_escaped_as_deep_as_its_pseudonym_stands() {
    let (masked, found) = mask(r#"["jane@example.com"]"#);
    let pseudonym = masked.trim_matches(['[', ']', '"']);
    assert_eq!(found.len(), 1);
    let values = |asked: &str| (asked == pseudonym).then_some("say \"hi\"\\");
    let text = format!(r#"{{"{pseudonym}":"{{\"a\":\"<{pseudonym}>\"}}"}}"#);
    let back: serde_json::Value =
        serde_json::from_str(&give_back_json(&text, &values, &none).unwrap()).unwrap();
    let (key, inner) = back.as_object().unwrap().iter().next().unwrap();
    assert_eq!(key, "say \"hi\"\\");
    let inner: serde_json::Value = serde_json::from_str(inner.as_str().unwrap()).unwrap();
    assert_eq!(inner["a"], "<say \"hi\"\\>");
}

#[test]
fn invented_and_mistyped_pseudonyms_are_told() {
    let (masked, _) = mask(r#"["jane@example.com"]"#);
    let right = &pseudonyms(&masked)[0];
    assert!(right.valid && right.kind == Kind::Email);
    let wrong = pseudonyms(r#"{"to":"Person-7K3M9QX2WD4F","x":"{\"y\":\"person\\-7k3m9qx2wd4f\"}"}"#);
    assert_eq!(wrong.len(), 1);
    assert!(!wrong[0].valid && wrong[0].text == "Person-7K3M9QX2WD4F");
    assert_eq!(pseudonyms("mail Person-7K3M9QX2WD4F's").len(), 1);
    assert_eq!(give_back_text("Person-7K3M9QX2WD4F", &|_| Some("x")), "Person-7K3M9QX2WD4F");
    // A value begins no other part of a URI.
    let own = super::pseudonym::make(&key(), Kind::Address, "x");
    let uri = give_back_text(&format!("https://a.example/{own}?q={own}&l=1 and {own}"), &|_| {
        Some("12 Oak St/1&role=admin#")
    });
    let part = "12 Oak St/1%26role=admin%23";
    assert_eq!(uri, format!("https://a.example/{part}?q={part}&l=1 and 12 Oak St/1&role=admin#"));
}

#[test]
fn what_is_not_json_is_refused_and_nothing_was_masked() {
    let (key, policy) = (key(), Policy::default());
    let mut masker = Masker::new(&key, &policy);
    assert_eq!(masker.json("{\"a\":\"jane@example.com\"", &none), Err(JsonError::Truncated));
    assert!(masker.found().is_empty());
    assert_eq!(masker.text("{\"a\":\"jane@example.com\"").matches("@email.invalid").count(), 1);
}

#[test]
fn debug_shows_no_value() {
    let (key, policy) = (key(), Policy::default());
    let mut masker = Masker::new(&key, &policy);
    masker.text("jane@example.com");
    let shown = format!("{masker:?} {:?}", masker.found());
    assert!(!shown.contains("jane") && shown.contains("@email.invalid"), "{shown}");
}

#[test]
fn tables_and_labels_in_a_text_say_whose_name_stands_in_them() {
    for text in [
        "id,full_name,phone\n1,Jane Doe,030 1234567\n2,\"Roe, Max\",0171 2345678\n\nJane and Max agree.",
        "| Vorname | Nachname |\n|---|---|\n| Jane | Doe |\n| Max | Roe |\n\nJane Doe, Max Roe",
        "Reporter: Jane Doe\nAssignee: Max Roe\n\nJane and Max agree.",
        "INSERT INTO t (name, phone) VALUES ('Jane Doe', '030 1234567'), ('Max Roe', NULL);",
        "first,last,mobile\nJane,Doe,030 1234567\nMax,Roe,0171 2345678\n\nJane Doe, Max Roe",
        "10:30 INFO saved {\"author\": {\"displayName\": \"Jane Doe\"}} user=\"Max Roe\"",
        "[10:30] Jane Doe: is Max there?\n[10:31] Max Roe: yes, Jane\n",
    ] {
        let masked = checked(&serde_json::json!([text]).to_string());
        for gone in ["Jane", "Doe", "Max", "Roe", "1234567", "2345678"] {
            assert!(!masked.contains(gone), "{gone}: {masked}");
        }
        let (key, policy) = (key(), Policy::default());
        assert_eq!(
            serde_json::json!([Masker::new(&key, &policy).text(text)]).to_string(),
            masked,
            "a text and a string are read alike"
        );
    }
    let (_, found) = mask(
        r#"{"columns":["id","mobile"],"rows":[["a1","6001234567"],["a2","6001234568"]],"x":"6001234568"}"#,
    );
    assert_eq!(found.len(), 2, "{found:?}");
    let (_, found) =
        mask(r#"[{"label":"Telefon","value":"6001234567"},{"label":"Nr","value":"6001234568"}]"#);
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn what_is_encoded_hides_nothing() {
    for (text, masked_text) in [
        ("<p>Author: J&uuml;rgen Do&#101;</p> <b>J&uuml;rgen</b> Doe", "<p>Author: P</p> <b>P</b> P"),
        ("Author: Jürgen Doe, https://x.example/J%C3%BCrgen%20Doe.png", "Author: P, https://x.example/P.png"),
        (
            "author=\"Jane Doe\" https://x.example/?q=Jane+Doe&m=jane%40example.com",
            "author=\"P\" https://x.example/?q=P&m=P",
        ),
        ("From: J=C3=BCrgen =\nDoe <j@=\nexample.com>\n", "From: P <P>\n"),
        (
            "<table>\n<tr> <th>Vorname</th> <th>Nachname</th></tr>\n<tr><td>Jane</td> <td>D&ouml;</td></tr></table>",
            "<table>\n<tr> <th>Vorname</th> <th>Nachname</th></tr>\n<tr><td>P</td> <td>P</td></tr></table>",
        ),
        (
            "<a href=\"mailto:jane@example.com\" title=\"Jane Doe\">Hello Jane</a> <author>Jane Doe</author>",
            "<a href=\"mailto:P\" title=\"P\">Hello P</a> <author>P</author>",
        ),
        ("'author': 'J\\u00fcrgen Doe'", "'author': 'P'"),
    ] {
        let masked = checked(&serde_json::json!([text]).to_string());
        let shown: serde_json::Value = serde_json::from_str(&masked).unwrap();
        let mut shape = shown[0].as_str().unwrap().to_owned();
        for pseudonym in pseudonyms(&masked) {
            shape = shape.replace(&pseudonym.text, "P");
        }
        assert_eq!(shape, masked_text, "{text}");
    }
}

#[test]
fn texts_in_base64_are_read_and_packed_again() {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
    let letter = "Hallo Jane,\n\nbitte an Jürgen Doe <juergen@example.com> ÿÿ?>\n\nViele Grüße\nMara Roe";
    for packed in [STANDARD.encode(letter), URL_SAFE.encode(letter), URL_SAFE_NO_PAD.encode(letter)] {
        let raw = format!("Subject: x\r\nContent-Transfer-Encoding: base64\r\n\r\n{packed}\r\n");
        let text = serde_json::json!({"payload": {"body": {"data": packed}}, "raw": URL_SAFE.encode(&raw)})
            .to_string();
        let masked = checked(&text);
        let shown: serde_json::Value = serde_json::from_str(&masked).unwrap();
        let data = shown["payload"]["body"]["data"].as_str().unwrap();
        let plain = data.trim_end_matches('=').replace('-', "+").replace('_', "/");
        let opened = STANDARD_NO_PAD.decode(plain).unwrap();
        let opened = String::from_utf8(opened).unwrap();
        assert!(!opened.contains("Jane") && !opened.contains("Doe") && !opened.contains("Roe"), "{opened}");
        assert!(opened.starts_with("Hallo Person-") && opened.contains("ÿÿ?>"), "{opened}");
    }
}

#[test]
fn an_encoded_pseudonym_gives_an_encoded_value_back() {
    let (masked, _) = mask(r#"["jane@example.com"]"#);
    let pseudonym = pseudonyms(&masked).remove(0).text;
    let values = |asked: &str| (asked == pseudonym).then_some("jane+a@example.com");
    let written = pseudonym.replace('@', "%40");
    let text = format!("{pseudonym} /?q={written}&amp;x");
    assert_eq!(give_back_text(&text, &values), "jane+a@example.com /?q=jane%2Ba%40example.com&amp;x");
    assert_eq!(pseudonyms(&format!("q={written}")).len(), 1);
}

#[test]
fn what_everyday_documents_hold_is_found_and_what_is_like_it_stays() {
    for (text, hidden) in [
        (r#"[{"from":{"emailAddress":{"name":"Olivia Brown","address":"q@x.example"}}}]"#, "Olivia Brown"),
        (r#"[{"email":{"name":"Bisi Ojo","address":"q@x.example"}}]"#, "Bisi Ojo"),
        (r#"[{"author":"Grace"}]"#, "Grace"),
        (r#"[{"assignee":{"displayName":"Grace"}}]"#, "Grace"),
        (r#"[{"nom":"Petit","prenom":"Rose"}]"#, "Petit"),
        (r#"["1015 CJ Amsterdam, tel. 06-12345678"]"#, "06-12345678"),
        (r#"["The password is changeme. mot de passe : soleil123."]"#, "soleil123"),
        (r#"["the wifi password is sunshine42"]"#, "sunshine42"),
        (r#"["hello <@U012|adaeze> there"]"#, "adaeze"),
        (r#"[{"mentionText":"Elke Lindemann"}]"#, "Elke Lindemann"),
        (r#"[{"sys_created_by":"jferrand"}]"#, "jferrand"),
        (r#"["x]: jdoe-x/2001:db8:1:2:3:4:5:6:1194 up"]"#, "jdoe-x"),
        (r#"["Hallo Anna, Bernd ist krank"]"#, "Bernd"),
        (r#"["ship to: 12 Oak Street, Leeds"]"#, "Oak"),
        (r#"[{"straat":"Kastanjelaan","huisnummer":"33"}]"#, "Kastanjelaan"),
        (r#"["postgresql://app_rw:9wK!x2Lq#7vT@db.internal:5432/app"]"#, "9wK!x2Lq"),
        (r#"["mysql://root:pa/ss9W@db/x"]"#, "ss9W"),
        (r#"["userPassword:: e1NTSEF9MTIzNDU2Nzg5MGFiY2RlZg=="]"#, "e1NTSEF9"),
        (r#"[{"userPassword":"{SSHA}DkMTwBl+a/3DQTxCYEApdUtNXGgdUac3"}]"#, "DkMTwBl"),
        (r#"["https://x-my.sharepoint.example/personal/uwe_kern_contoso_com/Documents/a"]"#, "uwe_kern"),
        (r#"[{"CreatedByUser":"KLINGEBIEL"}]"#, "KLINGEBIEL"),
        (r#"[{"ReportsTo":{"Name":"Keanu Makoa"}}]"#, "Keanu"),
        (r#"[{"author":{"name":"Ciaran from Lumen"}}]"#, "Ciaran"),
        (r#"["Tel: 020-5567100 / 06 1234 5678"]"#, "1234 5678"),
        (r#"["API_TOKEN=amFuZUBleGFtcGxlLmNvbTpBVEFUVDN4RmZHRjBhYmNkZWZnaDEyMzQ="]"#, "TpBVEFUVDN4"),
        (
            r#"["the password for https://c.example/?eid=N2NiaDhycGMxMGxyYzBjIGphbmVAZXhhbXBsZS5jb20= is hunter2Xyz99"]"#,
            "hunter2",
        ),
        (
            r#"["https://c.example/event?eid=N2NiaDhycGMxMGxyYzBjIGphbmVAZXhhbXBsZS5jb20=&ctz=x"]"#,
            "IGphbmVAZXhhbXBs",
        ),
        (r#"["References: hans.mueller1972@gmx.de"]"#, "hans"),
        (r#"[{"references":["hans.mueller1972@gmx.de"],"eventUid":"hans.mueller1972@gmx.de"}]"#, "hans"),
        (r#"["Message-ID: <20240101.1234@mail.example>, From: hans.mueller1972@gmx.de"]"#, "hans"),
        (r#"["Michael Bank called about the invoice."]"#, "Michael"),
        (r#"["Signed: Robert Miller, Texas"]"#, "Robert"),
        (r#"["Ask Sam, 34, who lives next door."]"#, "Sam"),
        (r#"["He said \"Jane\": go away"]"#, "Jane"),
        (r#"[{"userId":"jane42doe"},{"login":"mtalbot"},{"login":"jane_ro"}]"#, "doe"),
        (r#"[{"login":"mtalbot"}]"#, "talbot"),
        (r#"[{"login":"jane_ro"}]"#, "jane"),
        (r#"["https://x.example/users/JDOE42"]"#, "JDOE42"),
    ] {
        let masked = checked(text);
        assert!(!masked.contains(hidden), "{text}: {masked}");
    }
    for text in [
        r#"["Mar  2 10:11:14 web-3 sshd[12]: Failed"]"#,
        r#"["Last login: Mon Mar  2 10:11:14"]"#,
        r#"["Fri, 27 Nov 2026 01:02:03 -0800 (PST)"]"#,
        r#"["ab Mi., 27. Nov., bis Fr., 29. Nov."]"#,
        r#"["https://x.example/?context=%7b%22Tid%22%3a%2211111111-2222-3333%22%7d"]"#,
        r#"[{"organizer":{"displayName":"Room Aurora"}}]"#,
        r#"["cc @channel and @here, see @everyone"]"#,
        r#"["@keyframes spin"]"#,
        r#"[{"displayName":"Humboldt (8)","resource":true}]"#,
        r#"[{"user":{"name":"Administrator"}}]"#,
        r#"[{"committer":{"name":"GitHub Actions"}}]"#,
        r#"[{"environment":"Chrome 121 on Windows 11","delivery_status":"Attempt 2, failed"}]"#,
        r#"["identification number 123456789 of the machine"]"#,
        r#"[{"time_zone":"Africa/Johannesburg","user":{"tz":"Asia/Seoul"}}]"#,
        r#"[{"assignee":{"id":"PXPGF42","self":"https://api.example.com/users/PXPGF42"},"user_id":"6h3wqk7fjibjzdhyyq"}]"#,
        r#"["https://gitlab.example/uploads/-/system/user/avatar/4155490/avatar.png"]"#,
        r#"["https://a.example.com/avatar/e3b51ca72dee4ef87916ae2b9240df50.jpg"]"#,
        r#"[{"login":"web-flow"},{"name":"slackbot","real_name":"Slackbot"},{"userName":"AdminRole"}]"#,
        r#"["41898282+github-actions[bot]@users.noreply.github.com"]"#,
        r#"["private readonly Uri _baseAddress; run :marie:assemble"]"#,
        r#"[{"callDuration":"12345","phone_count":"10000","streetMarket":"Acme GmbH"}]"#,
        r#"[{"name":"pascal-lint","full_name":"acme/pascal-lint","owner":{"type":"x"}}]"#,
        r#"["https://registry.npmjs.org/@sinclair/typebox/-/typebox-0.27.8.tgz"]"#,
        r#"["https://api.example.com/users/PXPGF42"]"#,
        r#"["p{font-family:\"Calibri\",sans-serif}"]"#,
        r#"[{"PrivateIpAddress":"10.0.1.5"}]"#,
        r#"[{"city":"Salem, Oregon"},"Sehr geehrte Damen und Herren, liebe Leute"]"#,
        r#"["Message-ID: <CAKx7Q9+abcDEF_ghi01@mail.example.com>"]"#,
        r#"[{"iCalUID":"7cbh8rpc10lrc0ckih9tafss99@google.com"}]"#,
    ] {
        assert_eq!(checked(text), text);
    }
    let masked = checked(r#"["von Frau Abebe. IBAN DE89370400440532013000"]"#);
    assert!(masked.contains(". IBAN Iban-"), "{masked}");
}
