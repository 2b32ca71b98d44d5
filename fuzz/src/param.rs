//! Arguments that are mirrored in headers. Input: a schema, an empty line, arguments, an empty line, header lines.

use http::{HeaderMap, HeaderValue};
use mcpgate::mcp::header::{decode, encode};
use mcpgate::mcp::param::{PREFIX, Param, compare, declared, mint};
use mcpgate::mcp::raw::Object;
use mcpgate::mcp::revision::HEADER_MISMATCH;
use serde_json::Value;

/// Checks one input.
pub fn check(data: &[u8]) {
    let parts: [&[u8]; 3] = super::parts(data);
    let (Ok(schema), Ok(arguments)) = (std::str::from_utf8(parts[0]), std::str::from_utf8(parts[1])) else {
        return;
    };
    let Ok(params) = declared(schema) else { return };
    if let Ok(schema) = serde_json::from_str::<Value>(schema) {
        are_declared(&params, &schema);
    }
    let Some(object) = Object::parse(arguments) else { return };
    minted_headers_agree(&params, &object);
    let value = serde_json::from_str::<Value>(arguments).unwrap_or_default();
    agrees(&params, &super::headers(parts[2]), &object, &value);
}

/// Another reader of the schema finds the same parameters.
fn are_declared(params: &[Param], schema: &Value) {
    let mut found = Vec::new();
    collect(schema, &mut Vec::new(), &mut found);
    let mut read: Vec<(Vec<String>, String)> =
        params.iter().map(|param| (param.path.clone(), param.header.to_string())).collect();
    found.sort();
    read.sort();
    assert_eq!(read, found);
    let mut names: Vec<_> = read.iter().map(|(_, name)| name).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), read.len(), "no two have one name");
}

fn collect(schema: &Value, path: &mut Vec<String>, found: &mut Vec<(Vec<String>, String)>) {
    if let Some(name) = schema.get("x-mcp-header") {
        let name = name.as_str().expect("a name is a string").to_ascii_lowercase();
        let kind = schema["type"].as_str().expect("a mirrored argument has a type");
        assert!(["string", "integer", "boolean"].contains(&kind), "{kind}");
        assert!(!path.is_empty(), "all arguments together are no argument");
        found.push((path.clone(), format!("{PREFIX}{name}")));
    }
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    for (key, property) in properties {
        path.push(key.clone());
        collect(property, path, found);
        path.pop();
    }
}

/// Headers made from arguments pass, and do not when one of them is changed or missing.
fn minted_headers_agree(params: &[Param], arguments: &Object<'_>) {
    let minted: HeaderMap = mint(params, arguments).into_iter().collect();
    assert_eq!(compare(params, &minted, arguments), Ok(()));
    for (name, value) in &minted {
        let code = |headers: &HeaderMap| compare(params, headers, arguments).map_err(|error| error.code);
        let text = decode(value.to_str().expect("ASCII")).expect("readable");
        let mut changed = minted.clone();
        changed.insert(name, HeaderValue::from_str(&encode(&format!("{text}x"))).expect("a header"));
        assert_eq!(code(&changed), Err(HEADER_MISMATCH), "{name} changed");
        changed.remove(name);
        assert_eq!(code(&changed), Err(HEADER_MISMATCH), "{name} missing");
        changed.append(name, value.clone());
        changed.append(name, value.clone());
        assert_eq!(code(&changed), Err(HEADER_MISMATCH), "{name} twice");
    }
}

/// Headers that pass say what the arguments say.
fn agrees(params: &[Param], headers: &HeaderMap, arguments: &Object<'_>, value: &Value) {
    if compare(params, headers, arguments).is_err() {
        return;
    }
    for Param { path, header } in params {
        let argument = path.iter().fold(value, |value, key| &value[key]);
        let sent = headers.get(header).map(|sent| decode(sent.to_str().expect("ASCII")).expect("readable"));
        match argument {
            Value::String(text) => assert_eq!(sent.as_ref(), Some(text)),
            Value::Bool(bool) => assert_eq!(sent, Some(bool.to_string())),
            Value::Number(number) => {
                let sent = sent.map(|sent| sent.parse::<f64>().expect("a number"));
                assert!(sent.is_none_or(|sent| Some(sent) == number.as_f64()), "{sent:?} is not {number}");
            }
            // What is read as nothing may be a number that this reader cannot hold.
            Value::Null => {}
            Value::Array(_) | Value::Object(_) => assert_eq!(sent, None),
        }
    }
}
