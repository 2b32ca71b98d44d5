//! Results for clients of older revisions: what their revision does not have is said in what it has. Official clients
//! check what they read, and refuse a whole result or list for one block or schema that they do not know.

use super::raw::{Object, array, array_of, quoted};

/// The first revision with `resource_link`, `structuredContent` and `outputSchema`.
const LINKS: &str = "2025-06-18";
/// The first revision with `audio`.
const AUDIO: &str = "2025-03-26";

/// The result of a request of this method for a client of this revision, which is older than 2026-07-28.
pub fn result(method: &str, result: &str, revision: &str) -> String {
    let changed = Object::parse(result).and_then(|result| match method {
        "tools/call" => called(result, revision),
        "tools/list" => each(result, "tools", &mut tool),
        "prompts/get" => each(result, "messages", &mut |message| spoken(message, revision)),
        _ => None,
    });
    changed.unwrap_or_else(|| result.to_owned())
}

/// The same for the result of a call; [`None`] where nothing is to change, here and below.
fn called(mut result: Object<'_>, revision: &str) -> Option<String> {
    let structured = result.get("structuredContent").map(str::to_owned);
    let mut changed = false;
    if let Some(blocks) = result.get("content").and_then(array) {
        let (mut kept, mut any) = (Vec::new(), false);
        for text in blocks {
            let new = block(text, revision);
            any |= new.is_some();
            kept.push(new.unwrap_or_else(|| text.to_owned()));
        }
        // Older clients have the text alone; newer ones want an object.
        let unread = |text: &String| revision < LINKS || Object::parse(text).is_none();
        if let Some(structured) = structured.filter(unread) {
            if kept.is_empty() {
                kept.push(text_block(&structured));
                any = true;
            }
            result.remove("structuredContent");
            changed = true;
        }
        if any {
            let content = array_of(kept.iter().map(String::as_str));
            result.set("content", content);
            changed = true;
        }
    }
    changed.then(|| result.to_string())
}

/// A list of tools for a client that cannot have tasks of 2025-11-25: without the tools that can be nothing else.
pub fn without_tasks(result: &str) -> String {
    let changed = Object::parse(result).and_then(|mut result| {
        let needs = |text: &&str| {
            let execution =
                Object::parse(text).and_then(|tool| tool.object("execution")?.string("taskSupport"));
            execution.as_deref() == Some("required")
        };
        let (needing, others): (Vec<&str>, Vec<&str>) =
            array(result.get("tools")?)?.into_iter().partition(needs);
        let tools = array_of(others);
        (!needing.is_empty()).then(|| {
            result.set("tools", tools);
            result.to_string()
        })
    });
    changed.unwrap_or_else(|| result.to_owned())
}

/// A tool: up to 2025-11-25 what it gives back is an object, or not described.
fn tool(mut tool: Object<'_>) -> Option<String> {
    let schema = tool.get("outputSchema")?;
    let describes_object =
        Object::parse(schema).and_then(|schema| schema.string("type")).as_deref() == Some("object");
    if describes_object {
        return None;
    }
    tool.remove("outputSchema");
    Some(tool.to_string())
}

/// A message of a prompt.
fn spoken(mut message: Object<'_>, revision: &str) -> Option<String> {
    let changed = block(message.get("content")?, revision)?;
    message.set("content", changed);
    Some(message.to_string())
}

/// A content block.
fn block(text: &str, revision: &str) -> Option<String> {
    let block = Object::parse(text)?;
    let resource = match block.string("type")?.as_str() {
        "resource_link" if revision < LINKS => link(&block),
        "audio" if revision < AUDIO => sound(&block),
        _ => return None,
    };
    let mut embedded = Object::default();
    embedded.set("type", quoted("resource"));
    embedded.set("resource", resource.to_string());
    if let Some(annotations) = block.get("annotations") {
        embedded.set("annotations", annotations.to_owned());
    }
    Some(embedded.to_string())
}

/// What a link says, as a resource: the client can read it by its URI.
fn link(block: &Object<'_>) -> Object<'static> {
    let mut resource = Object::default();
    resource.set("uri", block.get("uri").unwrap_or(r#""""#).to_owned());
    let name = block.string("title").or_else(|| block.string("name")).unwrap_or_default();
    let described = block.string("description").map(|text| format!(": {text}")).unwrap_or_default();
    resource.set("text", quoted(&format!("{name}{described}")));
    resource
}

/// A sound, as a resource that cannot be read again.
fn sound(block: &Object<'_>) -> Object<'static> {
    let mut resource = Object::default();
    resource.set("uri", quoted("audio:"));
    for (from, to) in [("mimeType", "mimeType"), ("data", "blob")] {
        if let Some(value) = block.get(from) {
            resource.set(to, value.to_owned());
        }
    }
    resource
}

fn text_block(text: &str) -> String {
    format!(r#"{{"type":"text","text":{}}}"#, quoted(text))
}

/// Changes the objects of a list in a result.
fn each(
    mut result: Object<'_>,
    member: &str,
    change: &mut dyn FnMut(Object<'_>) -> Option<String>,
) -> Option<String> {
    let (mut kept, mut any) = (Vec::new(), false);
    for text in array(result.get(member)?)? {
        let new = Object::parse(text).and_then(&mut *change);
        any |= new.is_some();
        kept.push(new.unwrap_or_else(|| text.to_owned()));
    }
    if !any {
        return None;
    }
    let list = array_of(kept.iter().map(String::as_str));
    result.set(member, list);
    Some(result.to_string())
}

#[cfg(test)]
mod tests {
    use super::{result, without_tasks};

    #[test]
    fn what_a_revision_has_stays_as_it_is() {
        let call = r#"{"content":[{"type":"audio","data":"AA==","mimeType":"audio/wav"},{"type":"resource_link","uri":"x:1","name":"n"}], "structuredContent":{"n":1.0}}"#;
        for revision in ["2025-06-18", "2025-11-25"] {
            assert_eq!(result("tools/call", call, revision), call);
        }
        let list = r#"{"tools":[{"name":"a","outputSchema":{"type":"object"}}, {"name":"b"}]}"#;
        assert_eq!(result("tools/list", list, "2025-11-25"), list);
        let other = r#"{"content":[{"type":"audio"}]}"#;
        assert_eq!(result("completion/complete", other, "2024-11-05"), other);
        assert_eq!(result("tools/call", "7", "2024-11-05"), "7");
    }

    #[test]
    fn links_and_sounds_become_resources() {
        let call = r#"{"content":[{"type":"text","text":"t"},{"type":"resource_link","uri":"x:1","name":"n","title":"T","description":"d","annotations":{"priority":1.0}},{"type":"audio","data":"AA==","mimeType":"audio/wav"}],"isError":false}"#;
        assert_eq!(
            result("tools/call", call, "2024-11-05"),
            r#"{"content":[{"type":"text","text":"t"},{"type":"resource","resource":{"uri":"x:1","text":"T: d"},"annotations":{"priority":1.0}},{"type":"resource","resource":{"uri":"audio:","mimeType":"audio/wav","blob":"AA=="}}],"isError":false}"#
        );
        assert!(result("tools/call", call, "2025-03-26").contains(r#"{"type":"audio","data":"AA==""#));
        let prompt =
            r#"{"messages":[{"role":"user","content":{"type":"resource_link","uri":"x:1","name":"n"}}]}"#;
        assert_eq!(
            result("prompts/get", prompt, "2025-03-26"),
            r#"{"messages":[{"role":"user","content":{"type":"resource","resource":{"uri":"x:1","text":"n"}}}]}"#
        );
    }

    #[test]
    fn a_tool_that_must_be_a_task_is_not_offered_where_there_are_none() {
        let list = r#"{"tools":[{"name":"a","execution":{"taskSupport":"required"}},{"name":"b","execution":{"taskSupport":"optional"}}, {"name":"c"}],"n":1.0}"#;
        let told = r#"{"tools":[{"name":"b","execution":{"taskSupport":"optional"}},{"name":"c"}],"n":1.0}"#;
        assert_eq!(without_tasks(list), told);
        let same = r#"{"tools":[ {"name":"c"}]}"#;
        assert_eq!(without_tasks(same), same);
    }

    #[test]
    fn structured_content_is_an_object_or_text() {
        let list = r#"{"content":[],"structuredContent":[1.0]}"#;
        for revision in ["2025-11-25", "2024-11-05"] {
            let told = r#"{"content":[{"type":"text","text":"[1.0]"}]}"#;
            assert_eq!(result("tools/call", list, revision), told);
        }
        let both = r#"{"content":[{"type":"text","text":"x"}],"structuredContent":[1.0]}"#;
        assert_eq!(result("tools/call", both, "2025-11-25"), r#"{"content":[{"type":"text","text":"x"}]}"#);
        let tools = r#"{"tools":[{"name":"a","outputSchema":{"type":"array"}}],"ttlMs":5}"#;
        assert_eq!(result("tools/list", tools, "2025-11-25"), r#"{"tools":[{"name":"a"}],"ttlMs":5}"#);
    }
}
