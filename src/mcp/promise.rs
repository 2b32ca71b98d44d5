//! What a tool promises of its results (`outputSchema`, JSON Schema 2020-12), as far as it still holds when personal data
//! in them has become pseudonyms, and lists have lost items because the result is too large: a date, an address of a
//! network or a code of ten letters is then a text of another form, and of 500 rows there may be 200. SDKs check results
//! and refuse those that do not fit.

use serde_json::Value;

/// What says how a text is written.
const FORMS: [&str; 5] = ["format", "pattern", "minLength", "maxLength", "contentMediaType"];

/// What says that a list has enough, and what depends on that. Of a list that is cut the first item stays.
const LENGTHS: [&str; 4] = ["contains", "minContains", "maxContains", "unevaluatedItems"];
/// What may hold of a list that is cut when it did not hold of the whole one.
const OF_LISTS: [&str; 8] = [
    "items",
    "additionalItems",
    "prefixItems",
    "unevaluatedItems",
    "maxItems",
    "contains",
    "maxContains",
    "uniqueItems",
];

/// The schema without what it says of the form of texts and the length of lists; [`None`] when it says nothing of it.
/// E-mail addresses stay such.
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
    let cut = members.contains_key("contains");
    members.retain(|key, value| match key.as_str() {
        "minItems" => value.as_f64().is_none_or(|least| least <= 1.0),
        key => !(cut && LENGTHS.contains(&key)),
    });
    let mut changed = members.len() < before;
    // What these say depends on what does not fit: they hold for less when a schema in them fits more.
    for (key, others) in NEGATED {
        if members.get_mut(*key).is_some_and(|schema| loosen(schema) || is_about_lists(schema)) {
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
const NEGATED: &[(&str, &[&str])] = &[("if", &["then", "else"]), ("not", &[]), ("propertyNames", &[])];

/// Whether a schema, or one in it, says something of the items of a list. One that only has such a name in it is
/// taken for one: then less is promised.
fn is_about_lists(schema: &Value) -> bool {
    match schema {
        Value::Object(members) => {
            members.iter().any(|(key, value)| OF_LISTS.contains(&key.as_str()) || is_about_lists(value))
        }
        Value::Array(each) => each.iter().any(is_about_lists),
        _ => false,
    }
}

/// Whether one of them changed.
fn all<'s>(schemas: impl Iterator<Item = &'s mut Value>) -> bool {
    schemas.filter_map(|schema| loosen(schema).then_some(())).count() > 0
}

#[cfg(test)]
mod tests {
    use super::loosened;

    #[test]
    fn the_length_of_lists_is_not_promised() {
        for (schema, expected) in [
            (
                r#"{"properties":{"rows":{"minItems":500,"type":"array"}},"type":"object"}"#,
                r#"{"properties":{"rows":{"type":"array"}},"type":"object"}"#,
            ),
            (
                r#"{"contains":{"const":1},"maxItems":9,"minContains":2,"unevaluatedItems":false}"#,
                r#"{"maxItems":9}"#,
            ),
            (r#"{"not":{"maxItems":3},"type":"array"}"#, r#"{"type":"array"}"#),
            (
                r#"{"if":{"properties":{"rows":{"maxItems":9}}},"then":{"required":["small"]},"type":"object"}"#,
                r#"{"type":"object"}"#,
            ),
            (r#"{"oneOf":[{"minItems":2},{"maxItems":1}]}"#, r#"{"anyOf":[{},{"maxItems":1}]}"#),
            (r#"{"anyOf":[{"minItems":2},{"type":"null"}]}"#, r#"{"anyOf":[{},{"type":"null"}]}"#),
        ] {
            assert_eq!(loosened(schema).as_deref(), Some(expected), "{schema}");
        }
        // The first item stays, and so does what is not about lists.
        for schema in [
            r#"{"minItems":1,"type":"array"}"#,
            r#"{"properties":{"contains":{"type":"string"},"minItems":{"type":"integer"}}}"#,
            r#"{"if":{"required":["a"]},"then":{"required":["b"]}}"#,
        ] {
            assert_eq!(loosened(schema), None, "{schema}");
        }
    }

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
