use proptest::prelude::*;

use super::*;
use crate::mcp::revision::HEADER_MISMATCH;

const SCHEMA: &str = r#"{"type":"object","properties":{
    "region":{"type":"string","x-mcp-header":"Region"},
    "priority":{"x-mcp-header":"Priority","description":"first the annotation","type":"integer"},
    "verbose":{"type":"boolean","x-mcp-header":"Verbose"},
    "filter":{"type":"object","properties":{"owner":{"type":"string","x-mcp-header":"Owner"}}},
    "x-mcp-header":{"type":"string"},
    "query":{"type":"string","default":{"x-mcp-header":"a value, no annotation"}}},
    "examples":[{"x-mcp-header":"nor is this"}]}"#;

fn params() -> Vec<Param> {
    declared(SCHEMA).unwrap()
}

fn map(headers: &[(&'static str, &str)]) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(*name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    map
}

/// Whether a call of the tool above, with these arguments and headers, is in agreement; else what is said.
fn check(arguments: &str, headers: &[(&'static str, &str)]) -> Result<(), String> {
    compare(&params(), &map(headers), &Object::parse(arguments).unwrap()).map_err(|disagreement| {
        assert_eq!((disagreement.code, disagreement.data), (HEADER_MISMATCH, None));
        disagreement.message
    })
}

fn minted(arguments: &str) -> Vec<(String, String)> {
    let headers = mint(&params(), &Object::parse(arguments).unwrap());
    headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect()
}

#[test]
fn reads_declarations_at_any_depth_of_properties() {
    let read: Vec<(String, String)> =
        params().iter().map(|param| (param.path.join("/"), param.header.to_string())).collect();
    let expected = [
        ("region", "mcp-param-region"),
        ("priority", "mcp-param-priority"),
        ("verbose", "mcp-param-verbose"),
        ("filter/owner", "mcp-param-owner"),
    ];
    assert_eq!(read, expected.map(|(path, header)| (path.to_owned(), header.to_owned())));
    assert_eq!(declared("true"), Ok(Vec::new()));
    assert_eq!(declared(r#"{"properties":{"a":{"type":"string"}}}"#), Ok(Vec::new()));
}

#[test]
fn refuses_what_is_not_the_name_of_a_header() {
    for name in [
        "",
        " ",
        "My Region",
        "Region:Primary",
        "Région",
        "Region\\t1",
        "a\\r\\nX: y",
        "a\\u0000",
        "(a)",
        "a/b",
    ] {
        let schema = format!(r#"{{"properties":{{"a":{{"type":"string","x-mcp-header":"{name}"}}}}}}"#);
        assert_eq!(declared(&schema), Err(Invalid::Name), "{name}");
    }
    for value in ["5", "null", "true", "{}", r#"["Region"]"#, r#"{"a":"Region"}"#] {
        let schema = format!(r#"{{"properties":{{"a":{{"type":"string","x-mcp-header":{value}}}}}}}"#);
        assert_eq!(declared(&schema), Err(Invalid::Name), "{value}");
    }
    let long = "a".repeat(MAX_NAME + 1);
    let schema = format!(r#"{{"properties":{{"a":{{"type":"string","x-mcp-header":"{long}"}}}}}}"#);
    assert_eq!(declared(&schema), Err(Invalid::Name));
}

#[test]
fn refuses_types_that_a_header_cannot_say() {
    let types = [r#""type":"number","#, r#""type":"object","#, r#""type":"array","#, r#""type":"null","#]
        .into_iter()
        .chain([
            "",
            r#""type":["string","null"],"#,
            r#""type":true,"#,
            r#""properties":{"type":{"type":"string"}},"#,
        ]);
    for kind in types {
        let schema = format!(r#"{{"type":"string","properties":{{"a":{{{kind}"x-mcp-header":"A"}}}}}}"#);
        assert_eq!(declared(&schema), Err(Invalid::Type), "{kind}");
    }
}

#[test]
fn refuses_annotations_that_properties_alone_do_not_reach() {
    let annotated = r#"{"type":"string","x-mcp-header":"A"}"#;
    for schema in [
        annotated.to_owned(),
        format!(r#"{{"items":{annotated}}}"#),
        format!(r#"{{"properties":{{"a":{{"items":{annotated}}}}}}}"#),
        format!(r#"{{"properties":{{"a":{{"items":{{"properties":{{"b":{annotated}}}}}}}}}}}"#),
        format!(r#"{{"properties":{{"a":{{"prefixItems":[{annotated}]}}}}}}"#),
        format!(r#"{{"oneOf":[{{"properties":{{"a":{annotated}}}}}]}}"#),
        format!(r#"{{"anyOf":[{annotated}]}}"#),
        format!(r#"{{"allOf":[{{"properties":{{"a":{annotated}}}}}]}}"#),
        format!(r#"{{"not":{annotated}}}"#),
        format!(r#"{{"if":{{"properties":{{"a":{annotated}}}}}}}"#),
        format!(r#"{{"then":{{"properties":{{"a":{annotated}}}}}}}"#),
        format!(r#"{{"else":{{"properties":{{"a":{annotated}}}}}}}"#),
        format!(r##"{{"properties":{{"a":{{"$ref":"#/$defs/a"}}}},"$defs":{{"a":{annotated}}}}}"##),
        format!(r#"{{"definitions":{{"a":{annotated}}}}}"#),
        format!(r#"{{"patternProperties":{{"a":{annotated}}}}}"#),
        format!(r#"{{"additionalProperties":{annotated}}}"#),
        format!(r#"{{"dependentSchemas":{{"a":{annotated}}}}}"#),
        format!(r#"{{"x-of-a-vendor":{{"properties":{{"a":{annotated}}}}}}}"#),
        // The key is written in a way that a search for its text does not find.
        r#"{"items":{"type":"string","x-m\u0063p-header":"A"}}"#.to_owned(),
    ] {
        assert_eq!(declared(&schema), Err(Invalid::Place), "{schema}");
    }
}

#[test]
fn refuses_names_that_differ_in_case_only_and_too_many() {
    for other in ["A", "a"] {
        let schema = format!(
            r#"{{"properties":{{"x":{{"type":"string","x-mcp-header":"A"}},"y":{{"type":"string","x-mcp-header":"{other}"}}}}}}"#
        );
        assert_eq!(declared(&schema), Err(Invalid::Repeated));
    }
    let many = |count: usize| {
        let one = |n| format!(r#""p{n}":{{"type":"string","x-mcp-header":"P{n}"}}"#);
        format!(r#"{{"properties":{{{}}}}}"#, (0..count).map(one).collect::<Vec<_>>().join(","))
    };
    assert_eq!(declared(&many(MAX_PARAMS)).map(|params| params.len()), Ok(MAX_PARAMS));
    assert_eq!(declared(&many(MAX_PARAMS + 1)), Err(Invalid::Many));
}

#[test]
fn refuses_schemas_that_two_readers_could_read_differently() {
    let twice = r#"{"properties":{"a":{"type":"string","type":"number","x-mcp-header":"A"}}}"#;
    let deep = format!("{}1{}", r#"{"not":"#.repeat(200), "}".repeat(200));
    for schema in [twice, &deep, "{", ""] {
        assert_eq!(declared(schema), Err(Invalid::Schema), "{schema}");
    }
}

#[test]
fn mints_what_a_header_can_say() {
    let arguments =
        r#"{"region":"us-west1","priority":-7,"verbose":false,"filter":{"owner":"Grüße"},"query":"q"}"#;
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        minted(arguments),
        [
            pair("mcp-param-region", "us-west1"),
            pair("mcp-param-priority", "-7"),
            pair("mcp-param-verbose", "false"),
            pair("mcp-param-owner", "=?base64?R3LDvMOfZQ==?="),
        ]
    );
    for arguments in [
        "{}",
        r#"{"region":null,"priority":null}"#,
        r#"{"region":{"a":1},"priority":[1]}"#,
        r#"{"priority":9007199254740992}"#,
        r#"{"priority":1.5}"#,
        r#"{"priority":1e400}"#,
        r#"{"region":"\ud800"}"#,
        r#"{"filter":"owner"}"#,
        r#"{"filter":{"owner":null}}"#,
    ] {
        assert_eq!(minted(arguments), [], "{arguments}");
    }
    for (number, text) in [
        ("42.0", "42"),
        ("4.2e1", "42"),
        ("-0", "0"),
        ("9007199254740991", "9007199254740991"),
        ("0.0e9", "0"),
    ] {
        assert_eq!(minted(&format!(r#"{{"priority":{number}}}"#))[0].1, text, "{number}");
    }
}

#[test]
fn agreement_is_by_value() {
    for (arguments, headers) in [
        ("{}", &[][..]),
        (r#"{"region":null}"#, &[]),
        (r#"{"region":"us-west1"}"#, &[("mcp-param-region", "us-west1")]),
        (r#"{"region":"us-west1"}"#, &[("mcp-param-region", "=?base64?dXMtd2VzdDE=?=")]),
        (r#"{"region":"SGVsbG8="}"#, &[("mcp-param-region", "SGVsbG8=")]),
        (r#"{"region":"=?base64?SGVsbG8="}"#, &[("mcp-param-region", "=?base64?SGVsbG8=")]),
        (r#"{"region":""}"#, &[("mcp-param-region", "")]),
        (r#"{"priority":42}"#, &[("mcp-param-priority", "42.0")]),
        (r#"{"priority":1.50}"#, &[("mcp-param-priority", "1.5")]),
        (r#"{"priority":1.5}"#, &[]),
        (r#"{"verbose":true}"#, &[("mcp-param-verbose", "true")]),
        ("{}", &[("mcp-param-nobody-declares-this", "x")]),
    ] {
        assert_eq!(check(arguments, headers), Ok(()), "{arguments} {headers:?}");
    }
}

#[test]
fn disagreement_is_refused_and_names_the_header() {
    for (arguments, headers) in [
        (r#"{"region":"us-west1"}"#, &[][..]),
        (r#"{"verbose":false}"#, &[]),
        (r#"{"priority":0}"#, &[]),
        (r#"{"filter":{"owner":"a"}}"#, &[]),
        (r#"{"region":"us-west1"}"#, &[("mcp-param-region", "us-west2")]),
        (r#"{"region":"us-west1"}"#, &[("mcp-param-region", "US-WEST1")]),
        (r#"{"region":"us-west1"}"#, &[("mcp-param-region", "us-west1"), ("mcp-param-region", "us-west1")]),
        (r#"{"region":"Hello"}"#, &[("mcp-param-region", "=?base64?SGVsbG8?=")]),
        (r#"{"region":"Hello"}"#, &[("mcp-param-region", "=?base64?SGVs!!!bG8=?=")]),
        (r#"{"region":"Hello"}"#, &[("mcp-param-region", "=?BASE64?SGVsbG8=?=")]),
        (r#"{"region":""}"#, &[("mcp-param-region", "=?base64?=")]),
        (r#"{"region":"ü"}"#, &[("mcp-param-region", "ü")]),
        ("{}", &[("mcp-param-region", "us-west1")]),
        (r#"{"region":null}"#, &[("mcp-param-region", "null")]),
        (r#"{"region":{"a":1}}"#, &[("mcp-param-region", "{\"a\":1}")]),
        (r#"{"priority":42}"#, &[("mcp-param-priority", "0x2a")]),
        (r#"{"priority":42}"#, &[("mcp-param-priority", "43")]),
        (r#"{"priority":9007199254740993}"#, &[("mcp-param-priority", "9007199254740992")]),
        (r#"{"verbose":true}"#, &[("mcp-param-verbose", "True")]),
    ] {
        let said = check(arguments, headers).expect_err(arguments);
        assert!(said.contains("the header mcp-param-"), "{said}");
    }
}

proptest! {
    #[test]
    fn what_is_minted_compares_equal(
        region in "\\PC*|[ -~\\t\\r\\n]*|=\\?base64\\?[ -~]*\\?=",
        priority in -MAX_INTEGER..=MAX_INTEGER,
        verbose: bool,
        owner: Option<String>,
    ) {
        let arguments = serde_json::json!({
            "region": region, "priority": priority, "verbose": verbose, "filter": { "owner": owner },
        }).to_string();
        let arguments = Object::parse(&arguments).unwrap();
        let headers = mint(&params(), &arguments);
        prop_assert_eq!(headers.len(), 3 + usize::from(owner.is_some()));
        for (_, value) in &headers {
            prop_assert!(value.as_bytes().iter().all(|byte| *byte == b'\t' || (0x20..=0x7e).contains(byte)));
        }
        prop_assert_eq!(compare(&params(), &HeaderMap::from_iter(headers), &arguments), Ok(()));
    }

    #[test]
    fn another_value_does_not(region: String, other: String) {
        prop_assume!(region != other);
        let body = |region: &str| serde_json::json!({ "region": region }).to_string();
        let (body, other) = (body(&region), body(&other));
        let headers = HeaderMap::from_iter(mint(&params(), &Object::parse(&other).unwrap()));
        prop_assert!(compare(&params(), &headers, &Object::parse(&body).unwrap()).is_err());
    }

    #[test]
    fn numbers_compare_by_value_whatever_their_spelling(number in -99_999i64..99_999, zeros in 0usize..4) {
        let zero = "0".repeat(zeros);
        let plain = Decimal::parse(&number.to_string());
        prop_assert_eq!(&Decimal::parse(&format!("{number}.0{zero}")), &plain);
        prop_assert_eq!(&Decimal::parse(&format!("{number}{zero}e-{zeros}")), &plain);
        prop_assert_eq!(plain.unwrap().integer(), Some(number));
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC*|[{}\\[\\]\",:a-z0-9.e-]*") {
        let _ = declared(&text);
        let _ = Decimal::parse(&text);
    }
}
