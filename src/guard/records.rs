//! How many records a result hands on: a pull of data is told by that, whatever its size.

use memchr::memchr2;
use serde_json::value::RawValue;

use crate::mcp::raw::{Object, array};

/// How many items the `result` of a request hands on (its JSON text): as many as the longest list in
/// `structuredContent` has, at any depth; where that has none, as many as the longest list of JSON that stands in one
/// of the texts; where there is none either, as many as there are content items, contents of a resource or messages.
///
/// Reads the text twice at most, and once more what is JSON inside of a text.
pub fn count(result: &str) -> usize {
    let Some(result) = Object::parse(result) else { return 0 };
    if let Some(records) = result.get("structuredContent").and_then(longest) {
        return records;
    }
    let lists = ["content", "contents", "messages"];
    let items = lists.iter().find_map(|list| result.get(list)).and_then(array).unwrap_or_default();
    items.iter().filter_map(|item| longest(&embedded(item)?)).max().unwrap_or(items.len())
}

/// The JSON list or object that the text of an item is.
fn embedded(item: &str) -> Option<String> {
    let text = Object::parse(item)?.string("text")?;
    let begins = text.trim_start().starts_with(['{', '[']);
    (begins && serde_json::from_str::<&RawValue>(&text).is_ok()).then_some(text)
}

/// How many items the longest list in a JSON text has; [`None`] where there is no list. One pass, which keeps no more
/// than how many containers are open.
fn longest(json: &str) -> Option<usize> {
    let bytes = json.as_bytes();
    // Of each container that is open, how many commas it has had; nothing for an object.
    let mut open: Vec<Option<usize>> = Vec::new();
    let (mut at, mut most, mut last) = (0, None, 0);
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'"' => at = after_string(bytes, at),
            b'[' => open.push(Some(0)),
            b'{' => open.push(None),
            b',' => {
                if let Some(Some(commas)) = open.last_mut() {
                    *commas += 1;
                }
            }
            b']' | b'}' => {
                if let Some(Some(commas)) = open.pop() {
                    let items = if last == b'[' { 0 } else { commas + 1 };
                    most = most.max(Some(items));
                }
            }
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            last = byte;
        }
    }
    most
}

/// Where a string ends whose text begins here.
fn after_string(bytes: &[u8], mut at: usize) -> usize {
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        match memchr2(b'"', b'\\', rest) {
            Some(found) if rest.get(found) == Some(&b'"') => return at + found + 1,
            Some(found) => at += found + 2,
            None => return bytes.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn counted(result: &Value) -> usize {
        count(&result.to_string())
    }

    fn text(text: impl ToString) -> Value {
        json!({ "type": "text", "text": text.to_string() })
    }

    #[test]
    fn the_longest_list_of_the_structured_content_counts() {
        let structured = json!({ "issues": [{ "labels": ["a", "b", "c"] }, {}], "total": 90 });
        let result = json!({ "content": [text(&structured)], "structuredContent": structured });
        assert_eq!(counted(&result), 3);
        let none = json!({ "structuredContent": { "issues": [] }, "content": [text("none"), text("here")] });
        assert_eq!(counted(&none), 0, "an empty list hands nothing on");
        let commas = json!({ "structuredContent": [[1, 2], { "a": 1, "b": 2, "c": 3 }, "x,\",]\\", 4] });
        assert_eq!(counted(&commas), 4);
    }

    #[test]
    fn a_list_of_json_in_a_text_counts() {
        let list: Value = (0..40).map(|n| json!({ "n": n })).collect();
        assert_eq!(counted(&json!({ "content": [text("as asked:"), text(&list), text("[1, 2")] })), 40);
        let beside = json!({ "structuredContent": { "ok": true }, "content": [text(json!([1, 2, 3]))] });
        assert_eq!(counted(&beside), 3, "structured content without a list hides none");
    }

    #[test]
    fn else_the_items_count() {
        assert_eq!(counted(&json!({ "content": [text("one"), text("two [1,2,3]")] })), 2);
        assert_eq!(counted(&json!({ "contents": [{ "uri": "file:///a", "text": "[1,2,3]" }] })), 3);
        assert_eq!(counted(&json!({ "messages": [{ "role": "user", "content": text("x") }] })), 1);
        assert_eq!(counted(&json!({ "isError": true, "content": [] })), 0);
        assert_eq!((counted(&json!({})), count("no object")), (0, 0));
    }

    fn lists(value: &Value) -> Option<usize> {
        match value {
            Value::Array(items) => items.iter().filter_map(lists).max().max(Some(items.len())),
            Value::Object(members) => members.values().filter_map(lists).max(),
            _ => None,
        }
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<i32>().prop_map(Value::from),
            ".{0,8}".prop_map(Value::from)
        ];
        leaf.prop_recursive(4, 64, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                proptest::collection::btree_map(".{0,4}", inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn one_pass_finds_what_a_reader_finds(value in values()) {
            prop_assert_eq!(longest(&value.to_string()), lists(&value));
            prop_assert_eq!(longest(&serde_json::to_string_pretty(&value).unwrap()), lists(&value));
        }

        #[test]
        fn any_text_is_read_to_its_end(text in any::<String>()) {
            count(&text);
            longest(&text);
        }
    }
}
