//! Where no one list that loses items is enough: each list, and the lines or the content items beside them, lose some.
//! All get an equal share of the room, and what needs less leaves the rest to the others.

use std::ops::Range;

use super::{
    Mirrors, document, escaped, fitting, lists, most, noted_as, pieces, text_of, with_text, written,
};
use crate::json::{self, MAX_VALUES};

/// So many content items are one list; fewer are looked into, each for itself.
const MANY: usize = 8;

/// Shortens all that can be shortened.
pub(super) fn from_several(
    result: &str,
    structured: Option<&str>,
    content: &[&str],
    max: usize,
) -> Option<String> {
    let mirrors = Mirrors::of(structured, content);
    let mut parts: Vec<Part> = Vec::new();
    if let Some(structured) = structured {
        let size = |text: &str| text.len() + mirrors.count() * escaped(text);
        parts.extend(Part::of_json(Place::Structured, structured, 0..structured.len(), &size));
    }
    let texts: Vec<Option<String>> = content.iter().map(|item| text_of(item)).collect();
    let others = content.iter().enumerate().filter(|(at, _)| !mirrors.is(*at));
    if others.clone().count() > MANY {
        let sizes: Vec<usize> = content.iter().map(|item| item.len() + 1).collect();
        let ends = (0..=content.len()).collect();
        parts.push(Part { place: Place::Content, ends, sizes, what: "content items" });
    } else {
        for (at, _) in others {
            let Some(Some(text)) = texts.get(at) else { continue };
            let found = document(text)
                .map(|document| Part::of_json(Place::Text(at), text, document, &escaped).collect::<Vec<_>>());
            match found.filter(|found| !found.is_empty()) {
                Some(found) => parts.extend(found),
                None => parts.extend(Part::of_lines(at, text)),
            }
        }
    }
    let total: usize = parts.iter().map(Part::size).sum();
    let counts = |kept: &[usize]| -> Vec<(usize, usize, &'static str)> {
        parts.iter().zip(kept).map(|(part, kept)| (*kept, part.sizes.len(), part.what)).collect()
    };
    let all: Vec<usize> = parts.iter().map(|part| part.sizes.len()).collect();
    let around = result.len().checked_sub(total)? + noted_as(&counts(&all), max).len() + 1;
    let shares = shares(&parts.iter().map(Part::size).collect::<Vec<_>>(), max.checked_sub(around)?);
    let kept = parts.iter().zip(shares).map(|(part, share)| part.kept(share)).collect::<Option<Vec<_>>>()?;
    let cut = |place: Place, text: &str| {
        let here = parts.iter().zip(&kept).filter(|(part, _)| part.place == place);
        // From behind, so that what stands before keeps its place.
        here.rev().fold(text.to_owned(), |text, (part, kept)| part.cut(&text, *kept))
    };
    let structured = structured.map(|structured| cut(Place::Structured, structured));
    let of_content = parts.iter().zip(&kept).find(|(part, _)| part.place == Place::Content);
    let last = of_content.map_or(content.len(), |(_, kept)| *kept);
    let shown = content.iter().zip(&texts).take(last).enumerate().map(|(at, (item, text))| {
        match (&structured, text) {
            (Some(structured), _) if mirrors.is(at) => with_text(item, structured),
            (_, Some(text)) if parts.iter().any(|part| part.place == Place::Text(at)) => {
                with_text(item, &cut(Place::Text(at), text))
            }
            _ => (*item).to_owned(),
        }
    });
    let mut shown: Vec<String> = shown.collect();
    let lost: Vec<_> = counts(&kept).into_iter().filter(|(kept, total, _)| kept < total).collect();
    shown.push(noted_as(&lost, max));
    fitting(written(result, structured.as_deref(), &shown), max)
}

/// Where something stands that can lose parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Structured,
    /// In the text of the content item there.
    Text(usize),
    Content,
}

/// A list, or the lines of a text.
#[derive(Debug)]
struct Part {
    place: Place,
    /// Where the first item begins, and where each ends.
    ends: Vec<usize>,
    sizes: Vec<usize>,
    what: &'static str,
}

impl Part {
    /// The lists of a JSON document in a text that are in no other.
    fn of_json(
        place: Place,
        text: &str,
        document: Range<usize>,
        size: &dyn Fn(&str) -> usize,
    ) -> impl Iterator<Item = Self> {
        let mut found = lists(text.get(document.clone()).unwrap_or_default());
        // An outer list begins before those in it.
        found.sort_by_key(|list| list.start);
        let mut end = 0;
        found.retain(|list| {
            let outer = list.start >= end;
            end = end.max(list.end);
            outer
        });
        let parts: Vec<Self> = found
            .into_iter()
            .filter_map(|list| pieces(text, document.start + list.start..document.start + list.end, size))
            .map(|(ends, sizes)| Self { place, ends, sizes, what: "items" })
            .collect();
        parts.into_iter()
    }

    /// The lines of a text that is no JSON.
    fn of_lines(at: usize, text: &str) -> Option<Self> {
        if json::is_dense(text)
            || text.lines().nth(MAX_VALUES).is_some()
            || document(text) == Some(0..text.len())
        {
            return None;
        }
        let lines = text.split_inclusive('\n');
        let sizes: Vec<usize> = lines.clone().map(escaped).collect();
        let ends = std::iter::once(0).chain(lines.scan(0, |end, line| {
            *end += line.len();
            Some(*end)
        }));
        (sizes.len() > 1).then(|| Self { place: Place::Text(at), ends: ends.collect(), sizes, what: "lines" })
    }

    fn size(&self) -> usize {
        self.sizes.iter().sum()
    }

    /// How many of it there is room for; [`None`] if not even one.
    fn kept(&self, room: usize) -> Option<usize> {
        if self.size() <= room { Some(self.sizes.len()) } else { most(&self.sizes, room) }
    }

    /// The text without the items behind those that are kept.
    fn cut(&self, text: &str, kept: usize) -> String {
        let (from, to) = (self.ends.get(kept), self.ends.last());
        let around = from.zip(to).and_then(|(from, to)| text.get(..*from).zip(text.get(*to..)));
        around.map_or_else(|| text.to_owned(), |(before, behind)| format!("{before}{behind}"))
    }
}

/// Equal shares of the room, but no more for any than it needs.
fn shares(needs: &[usize], mut room: usize) -> Vec<usize> {
    let mut order: Vec<(usize, usize)> = needs.iter().copied().enumerate().collect();
    order.sort_by_key(|(_, need)| *need);
    let mut shares = vec![0; needs.len()];
    for (done, (at, need)) in order.into_iter().enumerate() {
        let share = need.min(room / (needs.len() - done));
        room -= share;
        if let Some(place) = shares.get_mut(at) {
            *place = share;
        }
    }
    shares
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::{Capped, cap};
    use super::*;

    fn cut(result: &Value, max: usize) -> Value {
        match cap(&result.to_string(), max) {
            Capped::Cut(text) => serde_json::from_str(&text).unwrap(),
            other => panic!("{other:?}"),
        }
    }

    fn rows(count: usize) -> Vec<Value> {
        (0..count).map(|n| json!({"n": n, "text": "x".repeat(40)})).collect()
    }

    fn note(shown: &Value) -> &str {
        shown["content"].as_array().unwrap().last().unwrap()["text"].as_str().unwrap()
    }

    #[test]
    fn shares_are_equal_where_much_is_needed() {
        assert_eq!(shares(&[10, 500, 700], 410), [10, 200, 200]);
        assert_eq!(shares(&[500, 10], 5), [3, 2]);
        assert!(shares(&[], 5).is_empty());
    }

    #[test]
    fn lists_of_one_size_lose_items_alike() {
        let structured = json!({"open": rows(300), "closed": rows(290), "few": [1, 2]});
        let content = json!([{"type": "text", "text": structured.to_string()}]);
        let shown = cut(&json!({"content": content, "structuredContent": structured}), 10_000);
        let kept =
            ["open", "closed", "few"].map(|key| shown["structuredContent"][key].as_array().unwrap().len());
        assert!(kept[0] > 30 && kept[0].abs_diff(kept[1]) <= 2 && kept[2] == 2, "{kept:?}");
        let told = format!("[mcpgate] {} of 300 items and {} of 290 items are shown", kept[0], kept[1]);
        assert!(note(&shown).starts_with(&told), "{}", note(&shown));
        let mirror: Value = serde_json::from_str(shown["content"][0]["text"].as_str().unwrap()).unwrap();
        assert_eq!(mirror, shown["structuredContent"]);
    }

    #[test]
    fn what_is_rendered_beside_rows_is_cut_with_them() {
        let lines: String = (0..1000).map(|n| format!("row {n} as a line of text\n")).collect();
        let blocks: Vec<Value> =
            (0..500).map(|n| json!({"type": "text", "text": format!("block {n}")})).collect();
        for (content, what) in
            [(json!([{"type": "text", "text": lines}]), "lines"), (json!(blocks), "content items")]
        {
            let shown = cut(&json!({"content": content, "structuredContent": {"rows": rows(1000)}}), 10_000);
            let kept = shown["structuredContent"]["rows"].as_array().unwrap().len();
            assert!(kept > 50, "{kept}");
            let told = note(&shown);
            assert!(told.contains(&format!("{kept} of 1000 items and ")) && told.contains(what), "{told}");
        }
        let text = shown_lines(&cut(
            &json!({"content": [{"type": "text", "text": lines}], "structuredContent": {"rows": rows(1000)}}),
            10_000,
        ));
        assert!(text.ends_with("as a line of text\n") && text.lines().count() > 50, "{text}");
    }

    fn shown_lines(shown: &Value) -> String {
        shown["content"][0]["text"].as_str().unwrap().to_owned()
    }

    #[test]
    fn what_cannot_lose_enough_is_withheld() {
        let long = "z".repeat(20_000);
        let result =
            json!({"content": [{"type": "text", "text": long}], "structuredContent": {"rows": rows(100)}});
        assert_eq!(cap(&result.to_string(), 5000), Capped::TooLarge);
    }
}
