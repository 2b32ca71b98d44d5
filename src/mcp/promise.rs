//! What a tool promises of its results (`outputSchema`, JSON Schema 2020-12), as far as it still holds when personal data
//! in them has become pseudonyms, and lists have lost items because the result is too large: a date, an address of a
//! network or a code of ten letters is then a text of another form, and of 500 rows there may be 200. SDKs check results
//! and refuse those that do not fit.

use std::collections::BTreeSet;

use serde_json::Value;

/// What says how a text is written.
const FORMS: [&str; 5] = ["format", "pattern", "minLength", "maxLength", "contentMediaType"];

/// What says that a list has enough, and what depends on that. Of a list that is cut the first item stays.
const LENGTHS: [&str; 4] = ["contains", "minContains", "maxContains", "unevaluatedItems"];
/// What may hold of a list that is cut when it did not hold of the whole one.
const OF_LISTS: [&str; 10] = [
    // What is referred to may say such.
    "$ref",
    "$dynamicRef",
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
    let mut places = BTreeSet::new();
    places_of(&value, &mut String::new(), &mut places);
    places.retain(|place| value.pointer(place).is_some());
    let mut changed = loosen(&mut value);
    for place in &places {
        changed |= value.pointer_mut(place).is_some_and(loosen);
    }
    let is_gone = |place: &String| value.pointer(place).is_none();
    if places.iter().any(is_gone)
        && let Some(members) = value.as_object_mut()
    {
        // What refers to nothing promises nothing.
        members.retain(|key, _| key == "type");
    }
    changed.then(|| value.to_string())
}

/// The places that a schema refers to (JSON pointers), wherever they are, and those that have a name of their own.
fn places_of(value: &Value, at: &mut String, places: &mut BTreeSet<String>) {
    let mut inside = |part: &str, value: &Value| {
        let before = at.len();
        at.push('/');
        at.push_str(&part.replace('~', "~0").replace('/', "~1"));
        places_of(value, at, places);
        at.truncate(before);
    };
    match value {
        Value::Array(each) => {
            each.iter().enumerate().for_each(|(part, value)| inside(&part.to_string(), value));
        }
        Value::Object(members) => {
            members.iter().for_each(|(part, value)| inside(part, value));
            for (key, value) in members {
                match (key.as_str(), value.as_str()) {
                    ("$ref" | "$dynamicRef", Some(to)) => {
                        places.extend(to.split_once('#').map(|(_, place)| place.to_owned()));
                    }
                    ("$anchor" | "$dynamicAnchor", Some(_)) => {
                        places.insert(at.clone());
                    }
                    _ => {}
                }
            }
        }
        _ => {}
    }
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
        key => !((cut && LENGTHS.contains(&key)) || names_list(key, value, 2)),
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
        && (all(one.iter_mut()) || one.iter().any(is_about_lists))
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
                "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas"
                | "dependencies",
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
        Value::Object(members) => members.iter().any(|(key, value)| {
            let lists = OF_LISTS.contains(&key.as_str()) || is_about_lists(value);
            lists || names_list(key, value, 1)
        }),
        Value::Array(each) => each.iter().any(is_about_lists),
        _ => false,
    }
}

/// Whether `const` or `enum` names a list of at least so many items, or what has one in it.
fn names_list(key: &str, value: &Value, least: usize) -> bool {
    match value {
        Value::Array(each) if key == "enum" => each.iter().any(|value| has_list(value, least)),
        value => key == "const" && has_list(value, least),
    }
}

fn has_list(value: &Value, least: usize) -> bool {
    match value {
        Value::Array(each) => each.len() >= least || each.iter().any(|value| has_list(value, least)),
        Value::Object(members) => members.values().any(|value| has_list(value, least)),
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
        for (schema, expected) in [
            (
                r#"{"properties":{"columns":{"const":["a","b"]}},"type":"object"}"#,
                r#"{"properties":{"columns":{}},"type":"object"}"#,
            ),
            (
                r#"{"properties":{"row":{"enum":[["a"],{"b":[1,2]}]}},"type":"object"}"#,
                r#"{"properties":{"row":{}},"type":"object"}"#,
            ),
            (r#"{"if":{"properties":{"const":{"maxItems":3}}},"then":{}}"#, "{}"),
            (r#"{"not":{"const":["a"]},"type":"object"}"#, r#"{"type":"object"}"#),
            (
                r#"{"oneOf":[{"const":["a"]},{"type":"array"}]}"#,
                r#"{"anyOf":[{"const":["a"]},{"type":"array"}]}"#,
            ),
        ] {
            assert_eq!(loosened(schema).as_deref(), Some(expected), "{schema}");
        }
        // The first item stays, and so does what is not about lists.
        for schema in [
            r#"{"minItems":1,"type":"array"}"#,
            r#"{"properties":{"contains":{"type":"string"},"minItems":{"type":"integer"}}}"#,
            r#"{"if":{"required":["a"]},"then":{"required":["b"]}}"#,
            r#"{"properties":{"kind":{"const":"a"},"one":{"enum":["a",["b"],{"c":[]}]}}}"#,
            r##"{"$defs":{"a":{"type":"string"}},"properties":{"a":{"$ref":"#/$defs/a"},"enum":{"$ref":"https://a.example/b#/c"}}}"##,
        ] {
            assert_eq!(loosened(schema), None, "{schema}");
        }
    }

    #[test]
    fn what_is_referred_to_is_not_promised_wherever_it_is() {
        for (schema, expected) in [
            (
                r##"{"properties":{"rows":{"$ref":"#/x-shared/ro~1ws/0"}},"type":"object","x-shared":{"ro/ws":[{"minItems":500}]}}"##,
                r##"{"properties":{"rows":{"$ref":"#/x-shared/ro~1ws/0"}},"type":"object","x-shared":{"ro/ws":[{}]}}"##,
            ),
            (
                r##"{"properties":{"rows":{"$ref":"#rows"}},"x-shared":{"a":{"$anchor":"rows","minItems":500}}}"##,
                r##"{"properties":{"rows":{"$ref":"#rows"}},"x-shared":{"a":{"$anchor":"rows"}}}"##,
            ),
            (
                r##"{"not":{"$ref":"#/x-few"},"oneOf":[{"$ref":"#/x-few"},{}],"x-few":{"maxItems":3}}"##,
                r##"{"x-few":{"maxItems":3},"anyOf":[{"$ref":"#/x-few"},{}]}"##,
            ),
            // A reference to what is gone is none.
            (
                r##"{"not":{"maxItems":3},"properties":{"rows":{"$ref":"#/not"}},"type":"object"}"##,
                r#"{"type":"object"}"#,
            ),
        ] {
            assert_eq!(loosened(schema).as_deref(), Some(expected), "{schema}");
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
