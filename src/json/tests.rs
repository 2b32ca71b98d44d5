//! What the scanner accepts, and that it changes nothing it was not asked to.

use super::{
    Duplicates, Edit, Event, JsonError, MAX_VALUES, Segment, escape, is_dense, rewrite, splice, walk,
};
use proptest::prelude::*;

fn events(text: &str) -> Result<Vec<String>, JsonError> {
    let mut out = Vec::new();
    walk(text, Duplicates::Refuse, &mut |path, event| {
        let path: String = path
            .iter()
            .map(|segment| match segment {
                Segment::Key(key) => format!("/{key}"),
                Segment::Index(index) => format!("/{index}"),
                Segment::Embedded => "/>".to_owned(),
            })
            .collect();
        out.push(match event {
            Event::Open => format!("{path} open"),
            Event::Close => format!("{path} close"),
            Event::Key(raw) => format!("{path} key {:?}", raw.span()),
            Event::String(raw) => format!("{path} = {}", raw.decode().as_str()),
            Event::Other(raw) => format!("{path} = {raw}"),
        });
    })?;
    Ok(out)
}

#[test]
fn density_is_counted_to_the_last_value() {
    let list = |item: &str, count: usize| format!("[{}]", vec![item; count].join(","));
    for (item, values) in [("0", 1), ("[]", 1), (r#"{"a":1}"#, 2), (r#"{"a":{"b":[1]}}"#, 4), ("\"[,{\"", 1)]
    {
        let fits = (MAX_VALUES - 1) / values;
        assert!(!is_dense(&list(item, fits)), "{item}");
        assert!(is_dense(&list(item, fits + 1)), "{item}");
    }
    assert!(!is_dense(&format!("{{\"csv\":\"{}\"}}", "a,b,c".repeat(MAX_VALUES))));
    assert!(!is_dense(&"one, two, ".repeat(MAX_VALUES)), "not JSON");
    assert!(is_dense(&list("0", MAX_VALUES).replace(']', "")), "as far as it is JSON");
}

#[test]
fn events_come_with_paths_in_the_order_of_the_text() {
    let text = r#" {"a": [1.0e+2, "x\u00e9\n"], "b\"": {"c": null}} "#;
    let expected = [
        " open",
        "/a key 3..4",
        "/a open",
        "/a/0 = 1.0e+2",
        "/a/1 = xé\n",
        "/a close",
        "/b\" key 31..34",
        "/b\" open",
        "/b\"/c key 39..40",
        "/b\"/c = null",
        "/b\" close",
        " close",
    ];
    assert_eq!(events(text).unwrap(), expected);
}

#[test]
fn what_is_not_json_is_refused_where_it_breaks() {
    for (text, error) in [
        ("", JsonError::Truncated),
        ("{\"a\":1", JsonError::Truncated),
        ("[1,]", JsonError::Syntax(3)),
        ("[01]", JsonError::Syntax(1)),
        ("[1.]", JsonError::Syntax(3)),
        ("[-]", JsonError::Syntax(2)),
        ("{a:1}", JsonError::Syntax(1)),
        ("\"\n\"", JsonError::Syntax(1)),
        (r#""\x""#, JsonError::Syntax(2)),
        (r#""\u12g4""#, JsonError::Syntax(5)),
        ("tru", JsonError::Truncated),
        ("nil!", JsonError::Syntax(0)),
        ("1 2", JsonError::Syntax(2)),
        (r#"{"a":1,"\u0061":2}"#, JsonError::DuplicateKey(8)),
    ] {
        assert_eq!(events(text), Err(error), "{text}");
    }
    assert_eq!(events(&"[".repeat(129)), Err(JsonError::TooDeep(128)));
    assert!(events(&format!("{}{}", "[".repeat(128), "]".repeat(128))).is_ok());
}

#[test]
fn a_lone_surrogate_is_kept_as_written() {
    let text = r#"["\ud800 a \udc00\ud83d\ude00"]"#;
    let new = rewrite(text, Duplicates::Refuse, &mut |_, _| None).unwrap();
    assert_eq!(new, text);
    walk(text, Duplicates::Refuse, &mut |_, event| {
        if let Event::String(raw) = event {
            let decoded = raw.decode();
            assert_eq!(decoded.as_str(), "\u{fffd} a \u{fffd}\u{1f600}");
            let edit = decoded.lift(&Edit { range: 4..5, text: "\"b".to_owned() });
            assert_eq!(splice(text, &[edit]), r#"["\ud800 \"b \udc00\ud83d\ude00"]"#);
        }
    })
    .unwrap();
}

#[test]
fn rewrite_changes_the_named_string_only() {
    let text = "{\"k\" : \"a\\u0041\",\n \"n\": 1.50, \"s\": \"\\/\"}";
    let new = rewrite(text, Duplicates::Refuse, &mut |path, value| {
        (path == [Segment::Key("k".into())]).then(|| format!("{value}\n"))
    });
    assert_eq!(new.unwrap(), "{\"k\" : \"aA\\n\",\n \"n\": 1.50, \"s\": \"\\/\"}");
}

proptest! {
    #[test]
    fn any_text_is_accepted_exactly_when_serde_accepts_it(text in "[\\[\\]{},:\"a\\\\u0-9e.+\\- \ntruefalsn]{0,24}") {
        let ours = walk(&text, Duplicates::Allow, &mut |_, _| {}).is_ok();
        let theirs = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
        // serde_json ignores what it skips less strictly in one way: it never looks at lone surrogates either.
        prop_assert_eq!(ours, theirs);
    }

    #[test]
    fn escaping_and_decoding_are_inverse(value in any::<String>()) {
        let text = format!("\"{}\"", escape(&value));
        let mut seen = None;
        walk(&text, Duplicates::Refuse, &mut |_, event| {
            if let Event::String(raw) = event {
                seen = Some(raw.decode().as_str().to_owned());
            }
        }).unwrap();
        prop_assert_eq!(seen.as_deref(), Some(value.as_str()));
    }

    #[test]
    fn arbitrary_text_never_panics(text in any::<String>()) {
        let _ = walk(&text, Duplicates::Refuse, &mut |_, _| {});
    }
}
