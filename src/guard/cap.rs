//! Results that are too large lose whole items, and say so; no value is cut in the middle.

use crate::json::{self, MAX_VALUES};
use crate::mcp::raw::{Object, array, array_of, quoted};

/// How deep a list is looked for, and how many lists are considered.
const MAX_DEPTH: usize = 12;
const MAX_LISTS: usize = 64;

/// What became of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Capped {
    /// It fits.
    Whole,
    /// Items were dropped; this is the new result.
    Cut(String),
    /// It does not fit, whatever is dropped.
    TooLarge,
}

/// Brings the result of a `tools/call` (the JSON text of `result`) under `max` bytes: items are dropped from the end
/// of the largest list, in `structuredContent` and its text mirror alike, or else of JSON in a text, or else whole
/// content items, or else whole lines. The last content item then says how many are left out.
pub fn cap(result: &str, max: usize) -> Capped {
    if result.len() <= max {
        return Capped::Whole;
    }
    let Some(object) = Object::parse(result) else { return Capped::TooLarge };
    let content: Vec<String> =
        object.get("content").and_then(array).unwrap_or_default().into_iter().map(str::to_owned).collect();
    let size = bytesize::ByteSize(max as u64);
    let cut = |kept: usize, total: usize, what: &str, structured: Option<&str>, content: Vec<String>| {
        let note = format!(
            "[mcpgate] {kept} of {total} {what} are shown: the whole result is larger than {size}. \
             Ask for less at a time (a filter, a page, single items) to see the others."
        );
        let note = format!(r#"{{"type":"text","text":{}}}"#, quoted(&note));
        let mut cut = Object::parse(result).unwrap_or_default();
        if let Some(structured) = structured {
            cut.set("structuredContent", structured.to_owned());
        }
        cut.set("content", array_of(content.iter().chain([&note]).map(String::as_str)));
        let cut = cut.to_string();
        (cut.len() <= max).then_some(cut)
    };

    if let Some(structured) = object.get("structuredContent") {
        let value = parsed(structured);
        let mirror =
            |item: &String| text_of(item).is_some_and(|text| parsed(&text) == value && value.is_some());
        for list in lists(structured, max) {
            let found = most(list.items, |kept| {
                let shrunk = list.keep(structured, kept)?;
                let content = content
                    .iter()
                    .map(|item| if mirror(item) { with_text(item, &shrunk) } else { item.clone() })
                    .collect();
                cut(kept, list.items, "items", Some(&shrunk), content)
            });
            if let Some(found) = found {
                return Capped::Cut(found);
            }
        }
        return Capped::TooLarge;
    }

    let largest = content.iter().enumerate().max_by_key(|(_, item)| item.len());
    if let Some((at, text)) = largest.and_then(|(at, item)| Some((at, text_of(item)?))) {
        let replaced = |text: &str| {
            content
                .iter()
                .enumerate()
                .map(|(n, item)| if n == at { with_text(item, text) } else { item.clone() })
                .collect()
        };
        for list in lists(&text, max) {
            let found = most(list.items, |kept| {
                cut(kept, list.items, "items", None, replaced(&list.keep(&text, kept)?))
            });
            if let Some(found) = found {
                return Capped::Cut(found);
            }
        }
        let lines: Vec<&str> = text.split_inclusive('\n').take(MAX_VALUES + 1).collect();
        if (2..=MAX_VALUES).contains(&lines.len()) && !json::is_dense(&text) && parsed(&text).is_none() {
            let found = most(lines.len(), |kept| {
                let head = lines.get(..kept)?.concat();
                cut(kept, lines.len(), "lines", None, replaced(&head))
            });
            if let Some(found) = found {
                return Capped::Cut(found);
            }
        }
    }
    let found = most(content.len(), |kept| {
        cut(kept, content.len(), "content items", None, content.iter().take(kept).cloned().collect())
    });
    found.map_or(Capped::TooLarge, Capped::Cut)
}

/// How much of a result counts, in bytes. The pages of apps (`ui://`) are not for the model, and lists are cut nowhere:
/// what they leave out could not be used.
pub fn size(method: &str, result: &str) -> usize {
    match method {
        "initialize" | "server/discover" => 0,
        list if list.ends_with("/list") => 0,
        "resources/read" => {
            let contents = Object::parse(result).unwrap_or_default();
            let page = |item: &&str| {
                Object::parse(item)
                    .and_then(|item| item.string("uri"))
                    .is_some_and(|uri| uri.starts_with("ui://"))
            };
            let items = contents.get("contents").and_then(array).unwrap_or_default();
            result.len() - items.into_iter().filter(page).map(str::len).sum::<usize>()
        }
        _ => result.len(),
    }
}

/// Brings the `params` of a message from the service under `max` bytes: the text of a notification is left out, and
/// that is said in its place.
pub fn params(params: &str, notifies: bool, max: usize) -> Capped {
    if params.len() <= max {
        return Capped::Whole;
    }
    let mut cut = Object::parse(params).filter(|_| notifies).unwrap_or_default();
    for key in ["data", "message", "statusMessage"] {
        let Some(size) = cut.get(key).map(str::len) else { continue };
        let note = format!("[mcpgate] {size} bytes were left out: that is more than may be shown.");
        cut.set(key, quoted(&note));
    }
    if cut.is_empty() || cut.to_string().len() > max {
        Capped::TooLarge
    } else {
        Capped::Cut(cut.to_string())
    }
}

/// The largest count from 1 to `items - 1` for which `make` has something to give.
fn most(items: usize, make: impl Fn(usize) -> Option<String>) -> Option<String> {
    if items < 2 {
        return None;
    }
    // Where one item is too large already, nobody has to look further.
    let mut best = Some(make(1)?);
    let (mut low, mut high) = (2, items - 1);
    while low <= high {
        let middle = low + (high - low) / 2;
        match make(middle) {
            Some(made) => {
                best = Some(made);
                low = middle + 1;
            }
            None => high = middle - 1,
        }
    }
    best
}

/// A list inside a JSON text.
struct List {
    path: Vec<Step>,
    items: usize,
    bytes: usize,
}

#[derive(Clone)]
enum Step {
    Key(String),
    Index(usize),
}

impl List {
    /// The text with only the first `kept` items of this list.
    fn keep(&self, text: &str, kept: usize) -> Option<String> {
        rewrite(text, &self.path, kept)
    }
}

fn rewrite(text: &str, path: &[Step], kept: usize) -> Option<String> {
    match path {
        [] => Some(array_of(array(text)?.into_iter().take(kept))),
        [Step::Key(key), rest @ ..] => {
            let mut object = Object::parse(text)?;
            let member = rewrite(object.get(key)?, rest, kept)?;
            object.set(key, member);
            Some(object.to_string())
        }
        [Step::Index(at), rest @ ..] => {
            let items = array(text)?;
            let item = rewrite(items.get(*at)?, rest, kept)?;
            Some(array_of(
                items.iter().enumerate().map(|(n, other)| if n == *at { item.as_str() } else { other }),
            ))
        }
    }
}

/// The lists of at least two items without which the text fits into `max`, largest first.
fn lists(text: &str, max: usize) -> Vec<List> {
    let mut found = Vec::new();
    if !json::is_dense(text) {
        look(text, &mut Vec::new(), &mut found);
    }
    found.retain(|list: &List| text.len() - list.bytes <= max);
    found.sort_by_key(|list| std::cmp::Reverse(list.bytes));
    found
}

fn look(text: &str, path: &mut Vec<Step>, found: &mut Vec<List>) {
    if path.len() > MAX_DEPTH || found.len() >= MAX_LISTS {
        return;
    }
    if text.starts_with('[') {
        let items = array(text).unwrap_or_default();
        if items.len() > 1 {
            found.push(List { path: path.clone(), items: items.len(), bytes: text.len() });
        }
        for (at, item) in items.into_iter().enumerate() {
            path.push(Step::Index(at));
            look(item, path, found);
            path.pop();
        }
    } else if text.starts_with('{') {
        let object = Object::parse(text).unwrap_or_default();
        for (key, member) in object.members() {
            path.push(Step::Key(key.to_owned()));
            look(member, path, found);
            path.pop();
        }
    }
}

/// The value of a JSON text, if it fits into memory.
fn parsed(text: &str) -> Option<serde_json::Value> {
    if json::is_dense(text) { None } else { serde_json::from_str(text).ok() }
}

fn text_of(item: &str) -> Option<String> {
    let item = Object::parse(item)?;
    (item.string("type")? == "text").then(|| item.string("text"))?
}

fn with_text(item: &str, text: &str) -> String {
    let mut item = Object::parse(item).unwrap_or_default();
    item.set("text", quoted(text));
    item.to_string()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn cut(result: &Value, max: usize) -> Value {
        match cap(&result.to_string(), max) {
            Capped::Cut(text) => {
                assert!(text.len() <= max, "{} > {max}", text.len());
                serde_json::from_str(&text).unwrap()
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn drops_whole_items_from_structured_content_and_its_mirror() {
        let issues: Vec<Value> = (0..100).map(|n| json!({"id": n, "title": "x".repeat(50)})).collect();
        let structured = json!({"issues": issues, "total": 100});
        let result = json!({
            "content": [{"type": "text", "text": structured.to_string()}],
            "structuredContent": structured, "isError": false,
        });
        let cut = cut(&result, 4000);
        let kept = cut["structuredContent"]["issues"].as_array().unwrap();
        assert!(!kept.is_empty() && kept.len() < 100);
        assert_eq!(kept[..], issues[..kept.len()]);
        assert_eq!(cut["structuredContent"]["total"], 100);
        let mirror: Value = serde_json::from_str(cut["content"][0]["text"].as_str().unwrap()).unwrap();
        assert_eq!(mirror, cut["structuredContent"]);
        let note = cut["content"][1]["text"].as_str().unwrap();
        assert!(note.starts_with(&format!("[mcpgate] {} of 100 items are shown", kept.len())), "{note}");
    }

    #[test]
    fn drops_from_an_inner_list_when_the_outer_has_one_item() {
        let result = json!({"content": [], "structuredContent": {"issues": [{"comments": vec!["c".repeat(100); 50]}]}});
        assert!(
            cut(&result, 2000)["structuredContent"]["issues"][0]["comments"].as_array().unwrap().len() > 5
        );
    }

    #[test]
    fn drops_items_of_json_in_text_lines_and_content_items() {
        let list = json!(vec!["y".repeat(30); 100]).to_string();
        let shown = cut(&json!({"content": [{"type": "text", "text": list}]}), 1500);
        assert!(serde_json::from_str::<Vec<String>>(shown["content"][0]["text"].as_str().unwrap()).is_ok());

        let lines = "a line of text\n".repeat(200);
        let shown = cut(&json!({"content": [{"type": "text", "text": lines}]}), 1500);
        assert!(shown["content"][0]["text"].as_str().unwrap().ends_with("text\n"));

        let images = vec![json!({"type": "image", "data": "A".repeat(400)}); 10];
        let shown = cut(&json!({"content": images}), 1500);
        assert_eq!(shown["content"][0], images[0]);
    }

    #[test]
    fn what_cannot_be_cut_is_withheld() {
        let one = json!({"content": [{"type": "text", "text": "z".repeat(5000)}]});
        assert_eq!(cap(&one.to_string(), 1000), Capped::TooLarge);
        assert_eq!(cap(&one.to_string(), 6000), Capped::Whole);
        let zeros = format!("[{}]", vec!["0"; MAX_VALUES].join(",\n"));
        let dense = json!({"content": [{"type": "text", "text": zeros}]});
        assert_eq!(cap(&dense.to_string(), 1000), Capped::TooLarge);
    }

    proptest! {
        #[test]
        fn never_larger_and_never_a_value_cut(sizes in proptest::collection::vec(0usize..200, 1..40), max in 300usize..4000) {
            let items: Vec<String> = sizes.iter().map(|size| "v".repeat(*size)).collect();
            let result = json!({"structuredContent": {"items": items}, "content": []}).to_string();
            if let Capped::Cut(text) = cap(&result, max) {
                prop_assert!(text.len() <= max);
                let cut: Value = serde_json::from_str(&text).unwrap();
                for (kept, item) in cut["structuredContent"]["items"].as_array().unwrap().iter().zip(&items) {
                    prop_assert_eq!(kept, item);
                }
            }
        }
    }
}
