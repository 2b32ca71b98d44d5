//! Whether an item of a list is one that every client can read. Official clients check what they read, and refuse a
//! whole list for one item that is not as the protocol has it: among those of other services nobody would find theirs.

use super::merge::List;
use super::raw::{Object, array};

/// Whether it has what its kind must have, and nothing of another shape.
pub fn is_whole(list: List, item: &Object<'_>) -> bool {
    let texts = ["title", "description", "mimeType"].iter().all(|name| item.get(name).is_none_or(is_text));
    let objects =
        ["annotations", "_meta", "execution"].iter().all(|name| item.get(name).is_none_or(is_object));
    let named = item.get("name").is_some_and(is_text);
    texts
        && objects
        && named
        && has_icons(item)
        && match list {
            List::Tools => is_tool(item),
            List::Prompts => item.get("arguments").is_none_or(|list| each(list, is_argument)),
            List::Resources => item.get("uri").is_some_and(is_text) && item.get("size").is_none_or(is_number),
            List::Templates => item.get("uriTemplate").is_some_and(is_text),
        }
}

fn is_tool(tool: &Object<'_>) -> bool {
    let input = tool.object("inputSchema");
    let well = input.is_some_and(|schema| {
        schema.string("type").as_deref() == Some("object")
            && schema.get("properties").is_none_or(is_object)
            && schema.get("required").is_none_or(|names| each(names, is_text))
    });
    let annotations = tool.object("annotations").unwrap_or_default();
    let hints = annotations.members().filter(|(name, _)| name.ends_with("Hint"));
    well && tool.get("outputSchema").is_none_or(is_object)
        && annotations.get("title").is_none_or(is_text)
        && hints.into_iter().all(|(_, value)| is_truth(value))
}

fn is_argument(argument: &str) -> bool {
    Object::parse(argument).is_some_and(|argument| {
        argument.get("name").is_some_and(is_text)
            && ["title", "description"].iter().all(|name| argument.get(name).is_none_or(is_text))
            && argument.get("required").is_none_or(is_truth)
    })
}

fn has_icons(item: &Object<'_>) -> bool {
    let is_icon = |icon: &str| Object::parse(icon).is_some_and(|icon| icon.get("src").is_some_and(is_text));
    item.get("icons").is_none_or(|icons| each(icons, is_icon))
}

fn each(list: &str, is: impl Fn(&str) -> bool) -> bool {
    array(list).is_some_and(|items| items.into_iter().all(is))
}

fn is_text(value: &str) -> bool {
    value.starts_with('"')
}

fn is_object(value: &str) -> bool {
    value.starts_with('{')
}

fn is_number(value: &str) -> bool {
    value.starts_with(|first: char| first == '-' || first.is_ascii_digit())
}

fn is_truth(value: &str) -> bool {
    ["true", "false"].contains(&value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_what_the_protocol_has() {
        for (list, item, whole) in [
            (List::Tools, r#"{"name":"a","inputSchema":{"type":"object"}}"#, true),
            (
                List::Tools,
                r#"{"name":"a","title":"A","inputSchema":{"type":"object","properties":{"x":true},"required":["x"]},"outputSchema":{},"annotations":{"title":"A","readOnlyHint":true,"other":1},"icons":[{"src":"x"}],"execution":{},"unknown":null}"#,
                true,
            ),
            (List::Tools, r#"{"name":"a"}"#, false),
            (List::Tools, r#"{"name":"a","inputSchema":{"type":"array"}}"#, false),
            (List::Tools, r#"{"name":"a","inputSchema":{"type":"object","properties":[]}}"#, false),
            (List::Tools, r#"{"name":"a","inputSchema":{"type":"object","required":[1]}}"#, false),
            (List::Tools, r#"{"name":"a","inputSchema":{"type":"object"},"annotations":null}"#, false),
            (
                List::Tools,
                r#"{"name":"a","inputSchema":{"type":"object"},"annotations":{"readOnlyHint":1}}"#,
                false,
            ),
            (List::Tools, r#"{"name":"a","inputSchema":{"type":"object"},"outputSchema":[]}"#, false),
            (List::Tools, r#"{"name":"a","inputSchema":{"type":"object"},"description":null}"#, false),
            (List::Tools, r#"{"name":"a","inputSchema":{"type":"object"},"icons":[{}]}"#, false),
            (List::Resources, r#"{"name":"a","uri":"x:1","size":3}"#, true),
            (List::Resources, r#"{"uri":"x:1"}"#, false),
            (List::Resources, r#"{"name":"a","uri":"x:1","size":"3"}"#, false),
            (List::Templates, r#"{"name":"a","uriTemplate":"x:{y}","mimeType":"text/plain"}"#, true),
            (List::Templates, r#"{"name":"a","uriTemplate":"x:{y}","mimeType":7}"#, false),
            (List::Prompts, r#"{"name":"a","arguments":[{"name":"x","required":true}]}"#, true),
            (List::Prompts, r#"{"name":"a","arguments":{"x":1}}"#, false),
            (List::Prompts, r#"{"name":"a","arguments":[{"name":"x","required":"yes"}]}"#, false),
        ] {
            assert_eq!(is_whole(list, &Object::parse(item).unwrap()), whole, "{item}");
        }
    }
}
