//! How many records a result hands on: a pull of data is told by that, whatever its size.

use std::collections::HashMap;

use memchr::{memchr2, memchr2_iter};

use crate::json::MAX_DEPTH;
use crate::mcp::raw::{Object, array};

/// How many lists of different names are told apart in one text.
const MOST_NAMES: usize = 4096;

/// How many items the `result` of a request hands on (its JSON text), whichever of these says more: what
/// `structuredContent` or a completion holds; what the texts hold together; how many content items, contents of a
/// resource or messages there are.
///
/// Reads the text three times at most.
pub fn count(result: &str) -> usize {
    let Some(result) = Object::parse(result) else { return 0 };
    let of = |member: &str| result.get(member).filter(|value| *value != "null");
    let values = ["structuredContent", "completion"].into_iter().filter_map(of).map(held);
    let lists = ["content", "contents", "messages"].into_iter().filter_map(of);
    let items: Vec<&str> = lists.filter_map(array).flatten().collect();
    let texts = items.iter().filter_map(|item| text(item)).map(|text| held(&text)).sum();
    values.chain([texts, items.len()]).max().unwrap_or_default()
}

/// The text of an item: its own, that of a message, or of a resource in either.
fn text(item: &str) -> Option<String> {
    let item = Object::parse(item)?;
    let content = item.object("content");
    let content = content.as_ref().unwrap_or(&item);
    content.string("text").or_else(|| content.object("resource")?.string("text"))
}

/// How many records a text holds: those of the JSON in it, one value or many (JSON lines, JSON after a few words);
/// without any, it is one.
fn held(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut at, mut values) = (0, Vec::new());
    while let Some(start) = next(bytes, at) {
        let (records, end) = tally(bytes, start);
        // A list of one among words is a link.
        if at == 0 || records > 1 || bytes.get(start) == Some(&b'{') {
            values.push(records);
        }
        at = end;
    }
    match *values {
        [] => 1,
        [records] => records,
        // A line without a record in it is one.
        _ => values.into_iter().map(|records| records.max(1)).sum(),
    }
}

/// Where JSON begins that is an object, or a list of more than bare numbers. What is first in a text is JSON if it can
/// be.
fn next(bytes: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    let begins = if from == 0 { bytes.iter().position(|byte| !byte.is_ascii_whitespace()) } else { None };
    memchr2_iter(b'[', b'{', rest).map(|found| from + found).find(|at| {
        let first =
            bytes.get(at + 1..).and_then(|inside| inside.iter().find(|byte| !byte.is_ascii_whitespace()));
        match (bytes.get(*at), first) {
            (Some(b'['), Some(b'{' | b'[' | b'"')) | (Some(b'{'), Some(b'"')) => true,
            _ => begins == Some(*at),
        }
    })
}

/// A list or an object that is open.
#[derive(Default)]
struct Open<'t> {
    list: bool,
    /// What it is called where it is a member.
    name: Option<&'t [u8]>,
    /// Of an object, the member that is read.
    key: &'t [u8],
    /// How many members an object has; how many commas a list.
    parts: usize,
    /// Whether a list holds lists or objects, or texts.
    nested: bool,
    words: bool,
    /// Of an object, its first member; that of the first object in it, and how many in it begin so.
    first: Option<&'t [u8]>,
    shape: Option<&'t [u8]>,
    alike: usize,
    /// Of an object, how many of its members are lists of lists or objects, and what these hold together.
    lists: usize,
    listed: usize,
}

/// What was counted in one JSON value.
#[derive(Default)]
struct Tally<'t> {
    most: Option<usize>,
    /// By name; of what has none, by how deep it is.
    named: HashMap<(usize, &'t [u8]), usize>,
}

impl<'t> Tally<'t> {
    fn found(&mut self, records: usize) {
        self.most = self.most.max(Some(records));
    }

    /// Counts what is closed, which has `last` before its end; `open` still are.
    fn close(&mut self, closed: &Open<'t>, last: u8, open: &mut [Open<'t>]) {
        let depth = open.len();
        let parent = open.last_mut();
        if !closed.list {
            // A map of records, or of lists of them; one member is a wrapping.
            if closed.parts > 1 && closed.alike == closed.parts {
                self.found(closed.parts);
            }
            if closed.parts > 1 && closed.lists == closed.parts {
                self.found(closed.listed);
            }
            let Some(parent) = parent.filter(|parent| !parent.list) else { return };
            if closed.first.is_none() || parent.shape.is_none_or(|shape| Some(shape) == closed.first) {
                parent.shape = parent.shape.or(closed.first);
                parent.alike += 1;
            }
            return;
        }
        let items = if last == b'[' { 0 } else { closed.parts + 1 };
        self.found(items);
        let Some(parent) = parent else { return };
        // Pages hold lists of one name. The cells of a row, and a list of numbers, are one thing.
        let name = closed.name.map_or((depth, &b""[..]), |name| (0, name));
        let adds_up = closed.nested || (closed.words && closed.name.is_some());
        if adds_up && (self.named.len() < MOST_NAMES || self.named.contains_key(&name)) {
            let sum = self.named.entry(name).or_default();
            *sum += items;
            let sum = *sum;
            self.found(sum);
        }
        if closed.nested && !parent.list {
            parent.lists += 1;
            parent.listed += items;
        }
    }
}

/// How many records the JSON list or object has that begins here, and where it ends: as many as its longest list, or map
/// of objects, has; one without any. Lists of one name count together. One pass, which keeps no more than what is open
/// and the sums; what is cut off is read as far as it goes.
fn tally(bytes: &[u8], start: usize) -> (usize, usize) {
    let (mut tally, mut open, mut deeper) = (Tally::default(), Vec::<Open<'_>>::new(), 0_usize);
    let (mut at, mut last) = (start, 0);
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'"' => {
                let end = after_string(bytes, at);
                let string = bytes.get(at..end.saturating_sub(1)).unwrap_or_default();
                at = end;
                match open.last_mut() {
                    Some(inner) if inner.list && deeper == 0 => inner.words = true,
                    Some(inner) if deeper == 0 && matches!(last, b'{' | b',') => {
                        inner.key = string;
                        inner.first = inner.first.or(Some(string));
                        inner.parts += 1;
                    }
                    _ => {}
                }
            }
            b'[' | b'{' if open.len() == MAX_DEPTH => deeper += 1,
            b'[' | b'{' => {
                let name = open.last().filter(|outer| !outer.list).map(|outer| outer.key);
                if let Some(outer) = open.last_mut() {
                    outer.nested = true;
                }
                open.push(Open { list: byte == b'[', name, ..Open::default() });
            }
            b',' if deeper == 0 => {
                if let Some(list) = open.last_mut().filter(|inner| inner.list) {
                    list.parts += 1;
                }
            }
            b']' | b'}' if deeper > 0 => deeper -= 1,
            b']' | b'}' => {
                if let Some(closed) = open.pop() {
                    tally.close(&closed, last, &mut open);
                }
                if open.is_empty() {
                    break;
                }
            }
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            last = byte;
        }
    }
    while let Some(closed) = open.pop() {
        tally.close(&closed, last, &mut open);
        last = 0;
    }
    (tally.most.unwrap_or(1), at)
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

    /// So many records.
    fn rows(count: usize) -> Vec<Value> {
        (0..count).map(|n| json!({ "n": n })).collect()
    }

    fn structured(value: &Value) -> usize {
        counted(&json!({ "content": [text("as asked")], "structuredContent": value }))
    }

    #[test]
    fn the_longest_list_of_the_structured_content_counts() {
        let structured = json!({ "issues": [{ "labels": ["a", "b", "c"] }, {}], "total": 90 });
        let result = json!({ "content": [text(&structured)], "structuredContent": structured });
        assert_eq!(counted(&result), 3);
        let none = json!({ "structuredContent": { "issues": [] }, "content": [] });
        assert_eq!(counted(&none), 0, "an empty list hands nothing on");
        let commas = json!({ "structuredContent": [[1, 2], { "a": 1, "b": 2, "c": 3 }, "x,\",]\\", 4] });
        assert_eq!(counted(&commas), 4);
    }

    #[test]
    fn pages_and_maps_count_as_what_they_hold() {
        let pages: Vec<Value> = (0..10).map(|_| json!({ "rows": rows(50) })).collect();
        assert_eq!(structured(&json!({ "pages": pages })), 500);
        let names: Vec<Value> = (0..10).map(|_| json!({ "names": ["a", "b", "c"] })).collect();
        assert_eq!(structured(&json!({ "teams": names })), 30);
        assert_eq!(structured(&json!({ "pages": vec![rows(50); 10] })), 500, "without names");
        let map = |value: &Value| -> Value {
            (0..500).map(|n| (format!("c{n}"), value.clone())).collect::<serde_json::Map<_, _>>().into()
        };
        assert_eq!(structured(&json!({ "customers": map(&json!({ "n": 1, "mail": "a" })) })), 500);
        assert_eq!(structured(&map(&json!(rows(3)))), 1500, "of lists");
        assert_eq!(structured(&map(&json!("x"))), 1, "of scalars");
    }

    #[test]
    fn one_record_is_one() {
        let fields =
            json!({ "id": 1, "name": "x", "address": { "street": "s" }, "open": true, "owner": { "id": 2 } });
        for one in [
            fields.clone(),
            json!({ "result": fields }),
            json!({ "data": { "id": 1 }, "meta": { "took": 1 } }),
        ] {
            assert_eq!(structured(&one), 1, "{one}");
            assert_eq!(counted(&json!({ "content": [text(&one)] })), 1, "{one}");
        }
        let vectors: Vec<Value> = (0..20).map(|n| json!({ "n": n, "vector": [1, 2, 3] })).collect();
        let cells: Vec<Value> = (0..20).map(|_| json!(["a", "b", "c"])).collect();
        for several in [json!({ "rows": vectors }), json!({ "rows": cells })] {
            assert_eq!(structured(&several), 20, "{several}");
        }
        let prose =
            "See [1], [[Page]], [\"a\"](https://a.example), {{name}}, and [a, b]: one {thing}.\n".repeat(40);
        assert_eq!(counted(&json!({ "content": [text(prose)] })), 1);
    }

    #[test]
    fn all_texts_count_together() {
        let list = Value::from(rows(90));
        assert_eq!(counted(&json!({ "content": vec![text(&list); 6] })), 540);
        let resource =
            json!({ "type": "resource", "resource": { "uri": "x://1", "text": list.to_string() } });
        assert_eq!(counted(&json!({ "content": [text("as asked"), resource] })), 91);
        let message = json!({ "role": "user", "content": text(&list) });
        assert_eq!(counted(&json!({ "messages": [message] })), 90);
        for beside in [json!({ "ok": true }), json!({ "tags": ["x"] }), json!({ "tags": [] })] {
            assert_eq!(counted(&json!({ "structuredContent": beside, "content": [text(&list)] })), 90);
        }
        let lines: String = (0..90).map(|n| format!("{{\"n\": {n}, \"labels\": []}}\n")).collect();
        let indented = serde_json::to_string_pretty(&list).unwrap();
        let cut_off = list.to_string().trim_end_matches("}]").to_owned();
        for said in [lines, format!("Here are: {list}."), format!("Here:\n```json\n{indented}\n```"), cut_off]
        {
            assert_eq!(counted(&json!({ "content": [text(&said)] })), 90, "{said}");
        }
    }

    #[test]
    fn an_inner_list_hides_no_items() {
        for (labels, expected) in [(json!([]), 300), (json!([1, 2]), 600), (json!(null), 300)] {
            let item = |n| text(json!({ "id": n, "labels": labels }));
            let items: Vec<Value> = (0..300).map(item).collect();
            assert_eq!(counted(&json!({ "content": items })), expected, "{labels}");
        }
        let items: Vec<Value> = (0..399).map(text).chain([text("[]")]).collect();
        assert_eq!(counted(&json!({ "content": items, "structuredContent": { "tags": ["x"] } })), 400);
    }

    #[test]
    fn else_the_items_count() {
        assert_eq!(counted(&json!({ "content": [text("one"), text("two [1,2,3]")] })), 2);
        assert_eq!(counted(&json!({ "contents": [{ "uri": "file:///a", "text": "[1,2,3]" }] })), 3);
        assert_eq!(counted(&json!({ "messages": [{ "role": "user", "content": text("x") }] })), 1);
        assert_eq!(counted(&json!({ "isError": true, "content": [], "structuredContent": null })), 0);
        assert_eq!(counted(&json!({ "completion": { "values": vec!["x"; 100], "total": 900 } })), 100);
        assert_eq!((counted(&json!({})), count("no object")), (0, 0));
    }

    #[test]
    fn what_is_too_deep_takes_no_memory() {
        let deep = "[".repeat(1_000_000);
        assert_eq!(counted(&json!({ "content": [text(format!("{deep}1,2"))] })), 1);
    }

    /// What [`tally`] counts, read from memory.
    #[derive(Default)]
    struct Reader {
        most: Option<usize>,
        named: HashMap<(usize, String), usize>,
    }

    impl Reader {
        fn read(&mut self, value: &Value, depth: usize, name: Option<&str>) {
            let holds = |value: &Value| value.is_array() || value.is_object();
            let nested = |value: &Value| value.as_array().is_some_and(|items| items.iter().any(holds));
            match value {
                Value::Array(items) => {
                    self.most = self.most.max(Some(items.len()));
                    let words = items.iter().any(Value::is_string);
                    if depth > 0 && (nested(value) || (words && name.is_some())) {
                        let name = name.map_or((depth, String::new()), |name| (0, name.to_owned()));
                        let sum = self.named.entry(name).or_default();
                        *sum += items.len();
                        self.most = self.most.max(Some(*sum));
                    }
                    items.iter().for_each(|item| self.read(item, depth + 1, None));
                }
                Value::Object(members) => {
                    let mut firsts: Vec<_> =
                        members.values().filter_map(|value| value.as_object()?.keys().next()).collect();
                    firsts.dedup();
                    if members.len() > 1 && firsts.len() < 2 && members.values().all(Value::is_object) {
                        self.most = self.most.max(Some(members.len()));
                    }
                    if members.len() > 1 && members.values().all(nested) {
                        let items = members.values().filter_map(Value::as_array).map(Vec::len).sum();
                        self.most = self.most.max(Some(items));
                    }
                    members.iter().for_each(|(name, value)| self.read(value, depth + 1, Some(name)));
                }
                _ => {}
            }
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
                proptest::collection::btree_map("[ab\"\\\\]?", inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn one_pass_finds_what_a_reader_finds(value in values()) {
            prop_assume!(value.is_array() || value.is_object());
            let mut reader = Reader::default();
            reader.read(&value, 0, None);
            for text in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
                prop_assert_eq!(tally(text.as_bytes(), 0), (reader.most.unwrap_or(1), text.len()));
            }
        }

        #[test]
        fn any_text_is_read_to_its_end(text in any::<String>(), brackets in "[\\[\\]{}\", a]{0,40}") {
            count(&text);
            held(&text);
            held(&brackets);
        }
    }
}
