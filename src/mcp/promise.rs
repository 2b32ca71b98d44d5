//! What a tool promises of its results (`outputSchema`, JSON Schema 2020-12), as far as it still holds when personal data
//! in them has become pseudonyms: a date, an address of a network or a code of ten letters is then a text of another form.
//! SDKs check results and refuse those that do not fit.

use serde_json::Value;

/// What says how a text is written.
const FORMS: [&str; 5] = ["format", "pattern", "minLength", "maxLength", "contentMediaType"];

/// The schema without what it says of the form of texts; [`None`] when it says nothing of it. E-mail addresses stay such.
pub fn loosened(schema: &str) -> Option<String> {
    let mut value: Value = serde_json::from_str(schema).ok()?;
    loosen(&mut value).then(|| value.to_string())
}

fn loosen(schema: &mut Value) -> bool {
    let Value::Object(members) = schema else { return false };
    let before = members.len();
    members.retain(|key, value| {
        !FORMS.contains(&key.as_str())
            || !(value.is_string() || value.is_number())
            || (key == "format" && matches!(value.as_str(), Some("email" | "idn-email")))
    });
    let mut changed = members.len() < before;
    // What these say depends on what does not fit: they hold for less when a schema in them fits more.
    for (key, others) in NEGATED {
        if members.get_mut(*key).is_some_and(loosen) {
            members.remove(*key);
            others.iter().for_each(|other| drop(members.remove(*other)));
            changed = true;
        }
    }
    if let Some(Value::Array(one)) = members.get_mut("oneOf")
        && all(one.iter_mut())
    {
        let one = members.remove("oneOf").unwrap_or_default();
        // Where there is an `anyOf` too, it goes unsaid.
        if !members.contains_key("anyOf") {
            members.insert("anyOf".to_owned(), one);
        }
        changed = true;
    }
    for (key, value) in members.iter_mut() {
        changed |= match (key.as_str(), value) {
            (
                "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas",
                Value::Object(each),
            ) => all(each.values_mut()),
            ("allOf" | "anyOf" | "prefixItems" | "items", Value::Array(each)) => all(each.iter_mut()),
            (
                "items"
                | "additionalItems"
                | "additionalProperties"
                | "unevaluatedProperties"
                | "unevaluatedItems"
                | "then"
                | "else",
                schema,
            ) => loosen(schema),
            _ => false,
        };
    }
    changed
}

/// Keywords that hold for less when their schema fits more, and what says more of them.
const NEGATED: &[(&str, &[&str])] = &[
    ("if", &["then", "else"]),
    ("not", &[]),
    ("contains", &["minContains", "maxContains"]),
    ("propertyNames", &[]),
];

/// Whether one of them changed.
fn all<'s>(schemas: impl Iterator<Item = &'s mut Value>) -> bool {
    schemas.filter_map(|schema| loosen(schema).then_some(())).count() > 0
}

#[cfg(test)]
mod tests {
    use super::loosened;

    #[test]
    fn the_form_of_texts_is_not_promised() {
        let schema = r##"{"type":"object","properties":{"born":{"type":"string","format":"date"},"format":{"type":"string","maxLength":3},"mail":{"type":"string","format":"email"},"list":{"type":"array","items":{"$ref":"#/$defs/x"},"maxItems":3}},"$defs":{"x":{"anyOf":[{"type":"string","pattern":"^a$"},{"type":"null"}]}},"required":["born"]}"##;
        let expected = r##"{"type":"object","properties":{"born":{"type":"string"},"format":{"type":"string"},"mail":{"type":"string","format":"email"},"list":{"type":"array","items":{"$ref":"#/$defs/x"},"maxItems":3}},"$defs":{"x":{"anyOf":[{"type":"string"},{"type":"null"}]}},"required":["born"]}"##;
        assert_eq!(loosened(schema).as_deref(), Some(expected));
        assert_eq!(loosened(expected), None);
        for (schema, expected) in [
            (r#"{"oneOf":[{"format":"date"},{"format":"time"}]}"#, r#"{"anyOf":[{},{}]}"#),
            (r#"{"if":{"properties":{"kind":{"pattern":"^p"}}},"then":{"required":["b"]}}"#, "{}"),
            (r#"{"contains":{"pattern":"^x"},"maxContains":1,"type":"array"}"#, r#"{"type":"array"}"#),
            (
                r#"{"not":{"pattern":"^x"},"propertyNames":{"maxLength":3},"type":"object"}"#,
                r#"{"type":"object"}"#,
            ),
        ] {
            assert_eq!(loosened(schema).as_deref(), Some(expected), "{schema}");
        }
        assert_eq!(loosened(r#"{"oneOf":[{"type":"string"},{"type":"null"}],"not":{"const":1}}"#), None);
        assert_eq!(loosened("true"), None);
        assert_eq!(loosened(r#"{"properties":{"format":{"type":"string"}}}"#), None);
    }
}
