//! Results that are too large lose whole items, and say so; no value is cut in the middle.
//!
//! What a shorter list saves is told by the sizes of its items, so a result is written anew once, and a list that
//! cannot help is never tried: work is in proportion to the result (times [`MAX_DEPTH`]), however many lists it has.

pub mod notes;
mod several;

use std::ops::Range;

use self::several::from_several;
use crate::json::{self, MAX_VALUES};
use crate::mcp::raw::{Object, array, array_of, quoted};

/// How deep a list is looked for.
const MAX_DEPTH: usize = 12;

/// How the URI of a page of an app begins, and what such a page is.
const APP: &str = "ui://";
const PAGE: &str = "text/html";

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

/// Brings the result of a `tools/call` (the JSON text of `result`), or the task that it came of, under `max` bytes: items
/// are dropped from the end of the largest list that can help, in `structuredContent` and its text mirror alike, or else
/// of JSON in a text, or else whole lines, or else whole content items, or else of all of these. The last content item then
/// says how many are left out.
pub fn cap(result: &str, max: usize) -> Capped {
    if result.len() <= max {
        return Capped::Whole;
    }
    let Some(object) = Object::parse(result) else { return Capped::TooLarge };
    let of_call = ["content", "structuredContent"].iter().any(|member| object.get(member).is_some());
    let cut = match object.get("result").filter(|_| !of_call) {
        Some(_) => from_task(object, result.len(), max),
        None => shortened(result, max),
    };
    cut.map_or(Capped::TooLarge, Capped::Cut)
}

/// A task of so many bytes, with the result in it shortened.
fn from_task(mut task: Object<'_>, size: usize, max: usize) -> Option<String> {
    let result = task.get("result")?;
    let room = max.checked_sub(size.checked_sub(result.len())?)?;
    let shortened = shortened(result, room)?;
    task.set("result", shortened);
    fitting(task.to_string(), max)
}

fn shortened(result: &str, max: usize) -> Option<String> {
    let object = Object::parse(result)?;
    let content = object.get("content").and_then(array).unwrap_or_default();
    let structured = object.get("structuredContent");
    structured
        .and_then(|structured| from_structured(result, structured, &content, max))
        .or_else(|| from_text(result, &content, max))
        .or_else(|| from_content(result, &content, max))
        .or_else(|| from_several(result, structured, &content, max))
}

/// How much of a result counts, in bytes. The pages of apps (`ui://`) are not for the model, where one was `asked` for;
/// and the protocol's lists are cut nowhere: what they leave out could not be used.
pub fn size(method: &str, asked: Option<&str>, result: &str) -> usize {
    match method {
        "initialize" | "server/discover" => 0,
        "tools/list" | "prompts/list" | "resources/list" | "resources/templates/list" | "tasks/list" => 0,
        "resources/read" if asked.is_some_and(|uri| uri.starts_with(APP)) => {
            let contents = Object::parse(result).unwrap_or_default();
            let page = |item: &&str| {
                let item = Object::parse(item).unwrap_or_default();
                let kind = item.string("mimeType").unwrap_or_default();
                let kind = kind.split(';').next().unwrap_or_default().trim();
                kind.eq_ignore_ascii_case(PAGE) && item.string("uri").is_some_and(|uri| uri.starts_with(APP))
            };
            let items = contents.get("contents").and_then(array).unwrap_or_default();
            result.len() - items.into_iter().filter(page).map(str::len).sum::<usize>()
        }
        _ => result.len(),
    }
}

/// The content items that say in a text what the structured content says.
struct Mirrors(Vec<bool>);

impl Mirrors {
    fn of(structured: Option<&str>, content: &[&str]) -> Self {
        let value = structured.and_then(parsed);
        let mirror =
            |item: &&str| value.is_some() && text_of(item).is_some_and(|text| parsed(&text) == value);
        Self(content.iter().map(mirror).collect())
    }

    fn is(&self, at: usize) -> bool {
        self.0.get(at) == Some(&true)
    }

    fn count(&self) -> usize {
        self.0.iter().filter(|mirror| **mirror).count()
    }
}

/// Shortens a list of the structured content, and of its mirrors.
fn from_structured(result: &str, structured: &str, content: &[&str], max: usize) -> Option<String> {
    let mirrors = Mirrors::of(Some(structured), content);
    let with = |shrunk: &str| -> Vec<String> {
        let item = |(at, item): (usize, &&str)| match mirrors.is(at) {
            true => with_text(item, shrunk),
            false => (*item).to_owned(),
        };
        content.iter().enumerate().map(item).collect()
    };
    // What else stands there may tell of items that are left out.
    let what = if mirrors.count() == content.len() { "items" } else { "items of structuredContent" };
    // A digit stands for the structured content, nothing for its text.
    let bare = written(result, Some("0"), &with("")).len() - 1;
    let size = |text: &str| text.len() + mirrors.count() * escaped(text);
    let (text, kept, items) = shortest_cut(structured, 0..structured.len(), bare, &size, max, what)?;
    let mut content = with(&text);
    content.push(note(kept, items, what, max));
    fitting(written(result, Some(&text), &content), max)
}

/// Shortens a list of JSON in the largest text, or the text by lines.
fn from_text(result: &str, content: &[&str], max: usize) -> Option<String> {
    let (at, item) = content.iter().enumerate().max_by_key(|(_, item)| item.len())?;
    let text = text_of(item)?;
    let with = |text: &str| -> Vec<String> {
        let item =
            |(n, item): (usize, &&str)| if n == at { with_text(item, text) } else { (*item).to_owned() };
        content.iter().enumerate().map(item).collect()
    };
    let bare = written(result, None, &with("")).len();
    let shown = |text: &str, kept: usize, total: usize, what: &str| {
        let mut content = with(text);
        content.push(note(kept, total, what, max));
        fitting(written(result, None, &content), max)
    };
    let document = document(&text);
    let in_document = |document| shortest_cut(&text, document, bare, &escaped, max, "items");
    if let Some((text, kept, items)) = document.clone().and_then(in_document) {
        return shown(&text, kept, items, "items");
    }
    if json::is_dense(&text) || document == Some(0..text.len()) || text.lines().nth(MAX_VALUES).is_some() {
        return None;
    }
    let sizes: Vec<usize> = text.split_inclusive('\n').map(escaped).collect();
    let kept = most(&sizes, max.checked_sub(bare + noted(sizes.len(), "lines", max))?)?;
    let head: String = text.split_inclusive('\n').take(kept).collect();
    shown(&head, kept, sizes.len(), "lines")
}

/// Drops content items from the end.
fn from_content(result: &str, content: &[&str], max: usize) -> Option<String> {
    let bare = written(result, None, &[]).len();
    let sizes: Vec<usize> = content.iter().map(|item| item.len() + 1).collect();
    let kept = most(&sizes, max.checked_sub(bare + noted(sizes.len(), "content items", max))?)?;
    let mut kept_items: Vec<String> = content.iter().take(kept).map(|item| (*item).to_owned()).collect();
    kept_items.push(note(kept, content.len(), "content items", max));
    fitting(written(result, None, &kept_items), max)
}

/// What is left of a text when the largest list that can help, of the JSON `document` in it, has lost as few items as must
/// be for `bare`, the `size` of the text and the note to fit, with how many items are kept of how many.
fn shortest_cut(
    text: &str,
    document: Range<usize>,
    bare: usize,
    size: &dyn Fn(&str) -> usize,
    max: usize,
    what: &str,
) -> Option<(String, usize, usize)> {
    let whole = bare + size(text);
    for list in lists(text.get(document.clone())?) {
        let list = document.start + list.start..document.start + list.end;
        let inside = text.get(list.clone())?;
        // Nothing saves more than it takes.
        if whole > max + size(inside) {
            continue;
        }
        let (ends, sizes) = pieces(text, list, size)?;
        let around = whole - sizes.iter().sum::<usize>();
        let total = sizes.len();
        let room = max.checked_sub(around + noted(total, what, max));
        if let Some(kept) = room.and_then(|room| most(&sizes, room)) {
            let (end, last) = ends.get(kept).copied().zip(ends.last().copied())?;
            return Some((format!("{}{}", text.get(..end)?, text.get(last..)?), kept, total));
        }
    }
    None
}

/// The items of a list in a text: where the list begins and each ends, and how large each is, up to its end from the end of
/// the one before.
fn pieces(text: &str, list: Range<usize>, size: &dyn Fn(&str) -> usize) -> Option<(Vec<usize>, Vec<usize>)> {
    let items = array(text.get(list.clone())?)?;
    let ends = items.iter().map(|item| offset(text, item) + item.len());
    let ends: Vec<usize> = std::iter::once(list.start).chain(ends).collect();
    let sizes = ends.windows(2).map(|pair| {
        pair.first().zip(pair.last()).and_then(|(from, to)| text.get(*from..*to)).map_or(0, size)
    });
    let sizes = sizes.collect();
    Some((ends, sizes))
}

/// Where the JSON document of a text stands: it is all of the text, or follows words and a line break.
fn document(text: &str) -> Option<Range<usize>> {
    if parsed(text).is_some() {
        return Some(0..text.len());
    }
    let opens = |(at, _): &(usize, &str)| text.get(at + 1..).is_some_and(|line| line.starts_with(['[', '{']));
    let (start, _) = text.match_indices('\n').find(opens)?;
    let end = text.rfind([']', '}'])? + 1;
    parsed(text.get(start + 1..end)?).map(|_| start + 1..end)
}

/// How many parts there is room for, if it is at least one and not all.
fn most(sizes: &[usize], room: usize) -> Option<usize> {
    let fits = |sum: &mut usize, size: &usize| {
        *sum += size;
        (*sum <= room).then_some(())
    };
    let kept = sizes.iter().take(sizes.len().saturating_sub(1)).scan(0, fits).count();
    (kept > 0).then_some(kept)
}

/// The content item that says what is left out.
fn note(kept: usize, total: usize, what: &str, max: usize) -> String {
    noted_as(&[(kept, total, what)], max)
}

/// The same of several: how many are kept, of how many, of what.
fn noted_as(counts: &[(usize, usize, &str)], max: usize) -> String {
    let size = bytesize::ByteSize(max as u64);
    let counts: Vec<String> =
        counts.iter().map(|(kept, total, what)| format!("{kept} of {total} {what}")).collect();
    let counts = counts.join(" and ");
    let note = format!(
        "[mcpgate] {counts} are shown: the whole result is larger than {size}. \
         Ask for less at a time (a filter, a page, single items) to see the others."
    );
    format!(r#"{{"type":"text","text":{}}}"#, quoted(&note))
}

/// How much the note adds at most, with its comma.
fn noted(total: usize, what: &str, max: usize) -> usize {
    note(total, total, what, max).len() + 1
}

/// The result with other content.
fn written(result: &str, structured: Option<&str>, content: &[String]) -> String {
    let mut cut = Object::parse(result).unwrap_or_default();
    if let Some(structured) = structured {
        cut.set("structuredContent", structured.to_owned());
    }
    cut.set("content", array_of(content.iter().map(String::as_str)));
    cut.to_string()
}

fn fitting(text: String, max: usize) -> Option<String> {
    (text.len() <= max).then_some(text)
}

/// How many bytes a text takes inside a JSON string, as [`quoted`] writes it.
fn escaped(text: &str) -> usize {
    let length = |byte: u8| match byte {
        b'"' | b'\\' | 8 | b'\t' | b'\n' | 12 | b'\r' => 2,
        0..0x20 => 6,
        _ => 1,
    };
    text.bytes().map(length).sum()
}

/// Where the lists of at least two items stand in a JSON text, largest first.
fn lists(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if !json::is_dense(text) {
        look(text, 0, 0, &mut found);
    }
    found.sort_by_key(|list: &Range<usize>| std::cmp::Reverse(list.len()));
    found
}

fn look(text: &str, start: usize, depth: usize, found: &mut Vec<Range<usize>>) {
    if depth > MAX_DEPTH {
        return;
    }
    let mut inside = |part: &str| {
        look(part, start + offset(text, part), depth + 1, found);
    };
    if text.starts_with('[') {
        let items = array(text).unwrap_or_default();
        let several = items.len() > 1;
        items.into_iter().for_each(&mut inside);
        if several {
            found.push(start..start + text.len());
        }
    } else if text.starts_with('{') {
        let object = Object::parse(text).unwrap_or_default();
        object.members().for_each(|(_, member)| inside(member));
    }
}

/// Where a part of a text begins in it.
fn offset(text: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize)
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

        let led = format!("Here are the rows:\n{list}\nThat is all.");
        let shown = cut(&json!({"content": [{"type": "text", "text": led}]}), 1500);
        let text = shown["content"][0]["text"].as_str().unwrap();
        let rows =
            text.strip_prefix("Here are the rows:\n").and_then(|rest| rest.strip_suffix("\nThat is all."));
        assert!(serde_json::from_str::<Vec<String>>(rows.unwrap()).unwrap().len() > 20, "{text}");

        let lines = "a line of text\n".repeat(200);
        let shown = cut(&json!({"content": [{"type": "text", "text": lines}]}), 1500);
        assert!(shown["content"][0]["text"].as_str().unwrap().ends_with("text\n"));

        let images = vec![json!({"type": "image", "data": "A".repeat(400)}); 10];
        let shown = cut(&json!({"content": images}), 1500);
        assert_eq!(shown["content"][0], images[0]);
    }

    #[test]
    fn only_pages_that_were_asked_for_and_the_protocols_own_lists_do_not_count() {
        let page = |kind: &str| {
            json!({"contents": [{"uri": "ui://evil", "mimeType": kind, "text": "z".repeat(5000)}]})
                .to_string()
        };
        for kind in ["text/html", "text/html;profile=mcp-app", "Text/HTML ; profile=mcp-app"] {
            assert!(size("resources/read", Some("ui://page"), &page(kind)) < 100, "{kind}");
        }
        for kind in ["text/plain", "text/htmlx", "application/json", "", "x;text/html"] {
            assert_eq!(size("resources/read", Some("ui://page"), &page(kind)), page(kind).len(), "{kind}");
        }
        let page = page("text/html");
        for asked in [None, Some("file:///a"), Some("")] {
            assert_eq!(size("resources/read", asked, &page), page.len(), "{asked:?}");
        }
        let other = page.replace("ui://evil", "file:///a");
        assert_eq!(size("resources/read", Some("ui://page"), &other), other.len());
        for list in ["tools/list", "prompts/list", "resources/list", "resources/templates/list", "tasks/list"]
        {
            assert_eq!(size(list, None, &page), 0, "{list}");
        }
        for other in ["com.example/list", "tools/call/list", "/list"] {
            assert_eq!(size(other, None, &page), page.len(), "{other}");
        }
    }

    #[test]
    fn what_is_structured_and_small_stays_beside_what_is_cut() {
        let items: Vec<Value> =
            (0..100).map(|n| json!({"type": "text", "text": format!("{n}").repeat(30)})).collect();
        let rows = json!([{"type": "text", "text": json!(vec!["y".repeat(30); 100]).to_string()}]);
        let lines = json!([{"type": "text", "text": "a line of text\n".repeat(200)}]);
        for structured in [json!({"ok": true}), json!({"tags": ["x", "y"]}), json!(null)] {
            for (content, what) in [(&json!(items), "content items"), (&rows, "items"), (&lines, "lines")] {
                let shown = cut(&json!({"content": content, "structuredContent": structured}), 1500);
                assert_eq!(shown["structuredContent"], structured);
                let note = shown["content"].as_array().unwrap().last().unwrap()["text"].to_string();
                assert!(note.contains(&format!("00 {what} are shown")), "{note}");
            }
        }
    }

    #[test]
    fn a_task_keeps_what_it_is_and_its_result_is_cut() {
        let result = json!({"content": [], "structuredContent": {"rows": vec!["y".repeat(30); 100]}});
        let task = json!({"taskId": "t", "status": "completed", "result": result, "ttlMs": null});
        let shown = cut(&task, 1500);
        let rows = shown["result"]["structuredContent"]["rows"].as_array().unwrap().len();
        assert!((20..60).contains(&rows), "{rows}");
        for key in ["taskId", "status", "ttlMs"] {
            assert_eq!(shown[key], task[key], "{key}");
        }
        let words = json!({"taskId": "t", "statusMessage": "z".repeat(5000), "result": result});
        assert_eq!(cap(&words.to_string(), 1500), Capped::TooLarge);
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

    #[test]
    fn the_largest_list_is_cut_only_if_that_helps() {
        let long = "x".repeat(3000);
        let pages: Vec<Value> = (0..40).map(|n| json!({"n": n, "text": "y".repeat(100)})).collect();
        let lists = json!({"small": vec![0; 50], "one": [[long.clone()], 1], "pages": pages});
        let shown = cut(&json!({"content": [], "structuredContent": lists}), 5000);
        let kept = shown["structuredContent"]["pages"].as_array().unwrap().len();
        assert!((5..20).contains(&kept), "{kept}");
        assert_eq!(shown["structuredContent"]["small"], lists["small"]);
        let none = json!({"content": [], "structuredContent": {"a": vec![0; 50], "b": long}});
        assert_eq!(cap(&none.to_string(), 2000), Capped::TooLarge);
    }

    #[test]
    fn what_is_kept_stays_as_it_was_written() {
        let items = (0..100)
            .map(|n| format!(r#"{{"n" : 1.{n}0,  "s":"\u00e9\/"}}"#))
            .collect::<Vec<_>>()
            .join(" ,\n ");
        let result =
            format!(r#"{{"content":[],"structuredContent":{{ "z":1E2, "items" : [ {items} ] }},"b":1.0}}"#);
        let Capped::Cut(shown) = cap(&result, 1000) else { panic!() };
        assert!(shown.starts_with(r#"{"content":["#) && shown.ends_with(r#","b":1.0}"#), "{shown}");
        assert!(shown.contains(r#"{ "z":1E2, "items" : [ {"n" : 1.00,  "s":"\u00e9\/"} ,"#), "{shown}");
    }

    #[test]
    fn sizes_are_read_a_few_times_however_many_lists_there_are() {
        let long = "x".repeat(40_000);
        let deep = (0..10).fold(json!(vec![0; 5000]), |inner, _| json!([inner, 0]));
        for value in [
            json!({"lists": vec![vec![0; 1000]; 64], "long": long}),
            json!({"lists": vec![vec![0; 2]; 20_000], "long": long}),
            json!({"deep": deep, "long": long}),
            json!({"escaped": vec!["\n".repeat(50); 500], "long": long}),
        ] {
            let text = value.to_string();
            for max in [1000, text.len() / 2, text.len() - 10] {
                let read = std::cell::Cell::new(0);
                let size = |text: &str| {
                    read.set(read.get() + text.len());
                    escaped(text)
                };
                shortest_cut(&text, 0..text.len(), 100, &size, max, "items");
                assert!(read.get() <= (MAX_DEPTH + 2) * 2 * text.len(), "{} of {}", read.get(), text.len());
            }
        }
    }

    proptest! {
        #[test]
        fn a_size_is_that_of_what_is_written(text in any::<String>()) {
            prop_assert_eq!(escaped(&text), quoted(&text).len() - 2);
        }

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
