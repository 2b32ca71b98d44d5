//! Which texts of a message belong to the protocol and are never masked or given back: changing an id, a cursor or a
//! `requestState` breaks the conversation, and none of them is for a model to read.
//!
//! Toward the client these are single strings, by the method that is answered: an object in their place is no member of
//! the protocol, and neither is a member of the same name in another method's result. Schemas, titles and icons are
//! looked through: a choice of a schema that became a pseudonym becomes the value again in the call that uses it.

use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::raw::{Object, array};
use crate::json::Segment;

/// Members of params that the other side matches or hands back as they are.
const PARAMS: [&str; 4] = ["progressToken", "requestId", "cursor", "taskId"];

/// Where in an item of a result the data of images, audio and files stand.
const BINARY: [&[&str]; 5] =
    [&["data"], &["blob"], &["resource", "blob"], &["content", "data"], &["content", "resource", "blob"]];

/// Base64 below this many characters is looked at like any text: in so little, nothing is found by chance, and a number
/// would fit.
const SHORT: usize = 64;

/// The strings of one message from the service that stay as they are.
#[derive(Debug)]
pub struct FromService<'a> {
    method: Option<&'a str>,
    /// Items of the method's list, and which of [`BINARY`] their data are.
    binary: HashSet<(usize, usize)>,
}

impl<'a> FromService<'a> {
    /// Of a message that answers this method; [`None`] where it answers nothing, or nobody knows what.
    pub fn new(method: Option<&'a str>, message: &Object<'_>) -> Self {
        Self { method, binary: binary(list(method), message) }
    }

    /// Whether the string at this path is one of them.
    pub fn names(&self, path: &[Segment<'_>]) -> bool {
        let method = self.method.unwrap_or_default();
        match path {
            [only] => is(only, &["id"]),
            [root, rest @ ..] if is(root, &["params"]) => match rest {
                [member] => is(member, &PARAMS),
                rest => protocol_meta(rest),
            },
            [root, rest @ ..] if is(root, &["result"]) => match rest {
                [member] if is(member, &["nextCursor"]) => method.is_empty() || method.ends_with("/list"),
                [member] => is(member, &["requestState", "taskId"]),
                [task, id] if is(task, &["task"]) => is(id, &["taskId"]),
                [tasks, Segment::Index(_), id] if is(tasks, &["tasks"]) => {
                    method == "tasks/list" && is(id, &["taskId"])
                }
                // Calls use these; a list tells none that masking would change.
                [items, Segment::Index(_), name] if is(name, &["name"]) => {
                    named(method).is_some_and(|list| is(items, &[list]))
                }
                [items, Segment::Index(at), inner @ ..] if is(items, &[list(self.method)]) => {
                    let same = |keys: &[&str]| {
                        keys.len() == inner.len()
                            && keys.iter().zip(inner).all(|(key, segment)| is(segment, &[key]))
                    };
                    BINARY
                        .iter()
                        .enumerate()
                        .any(|(which, keys)| same(keys) && self.binary.contains(&(*at, which)))
                }
                rest => protocol_meta(rest),
            },
            _ => false,
        }
    }
}

/// The list of a method's result whose items are called by their names.
pub fn named(method: &str) -> Option<&'static str> {
    match method {
        "tools/list" => Some("tools"),
        "prompts/list" => Some("prompts"),
        _ => None,
    }
}

/// Whether a member of a message from the client to the service stays as it is, with everything in it.
pub fn from_client(path: &[Segment<'_>]) -> bool {
    match path {
        [only] => is(only, &["jsonrpc", "id", "method"]),
        [root, member, ..] if is(root, &["params"]) => {
            is(member, &["name", "_meta", "clientInfo", "capabilities", "protocolVersion", "requestState"])
                || is(member, &PARAMS)
        }
        [root, member, ..] if is(root, &["result"]) => {
            is(member, &["_meta", "model", "role", "stopReason", "action"])
        }
        _ => false,
    }
}

/// The `_meta` members that the other side matches; all others may hold anything.
fn protocol_meta(path: &[Segment<'_>]) -> bool {
    match path {
        [meta, key] if is(meta, &["_meta"]) => {
            is(key, &["progressToken", "io.modelcontextprotocol/subscriptionId"])
        }
        [meta, key, id] if is(meta, &["_meta"]) => {
            is(key, &["io.modelcontextprotocol/related-task"]) && is(id, &["taskId"])
        }
        _ => false,
    }
}

/// The list of a method's result that can hold images, audio and files.
fn list(method: Option<&str>) -> &'static str {
    match method {
        Some("resources/read") => "contents",
        Some("prompts/get") => "messages",
        _ => "content",
    }
}

/// Where a message holds images, audio and files: long base64 text, which can look like a number by chance. A member of
/// the same name that holds anything else is no such place.
fn binary(list: &str, message: &Object<'_>) -> HashSet<(usize, usize)> {
    let result = message.object("result").unwrap_or_default();
    let items = result.get(list).and_then(array).unwrap_or_default();
    let mut places = HashSet::new();
    for (at, item) in items.into_iter().enumerate() {
        let Some(item) = Object::parse(item) else { continue };
        places.extend(
            (0..).zip(BINARY).filter(|(_, keys)| is_binary(&item, keys)).map(|(which, _)| (at, which)),
        );
    }
    places
}

fn is_binary(object: &Object<'_>, path: &[&str]) -> bool {
    match path {
        ["data"] => {
            let kind = object.string("type").unwrap_or_default();
            let media = object.string("mimeType").unwrap_or_default();
            ["image", "audio"].contains(&&*kind)
                && media.starts_with(&format!("{kind}/"))
                && is_base64(object, "data")
        }
        [key] => is_base64(object, key),
        [key, rest @ ..] => object.object(key).is_some_and(|inner| is_binary(&inner, rest)),
        [] => false,
    }
}

fn is_base64(object: &Object<'_>, key: &str) -> bool {
    object.string(key).is_some_and(|text| {
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);
        text.len() >= SHORT
            && text.len() % 4 == 0
            && text.bytes().all(legal)
            && STANDARD.decode(&text).is_ok()
    })
}

fn is(segment: &Segment<'_>, names: &[&str]) -> bool {
    matches!(segment, Segment::Key(key) if names.contains(&key.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> Vec<Segment<'static>> {
        let step = |part: &str| match part.parse() {
            Ok(at) => Segment::Index(at),
            // Keys with slashes are written with dots.
            Err(_) => Segment::Key(part.replace("mcp.", "io.modelcontextprotocol/").into()),
        };
        text.split('/').map(step).collect()
    }

    fn stays(method: &str, text: &str) -> bool {
        let method = Some(method).filter(|method| !method.is_empty());
        FromService::new(method, &Object::default()).names(&path(text))
    }

    #[test]
    fn protocol_members_stay() {
        for (method, text) in [
            ("ping", "id"),
            ("resources/list", "result/nextCursor"),
            ("", "result/nextCursor"),
            ("tools/call", "result/requestState"),
            ("tools/call", "result/task/taskId"),
            ("tasks/get", "result/taskId"),
            ("tasks/list", "result/tasks/3/taskId"),
            ("tools/list", "result/tools/0/name"),
            ("prompts/list", "result/prompts/0/name"),
            ("tools/call", "result/_meta/mcp.related-task/taskId"),
            ("", "params/progressToken"),
            ("", "params/_meta/mcp.subscriptionId"),
        ] {
            assert!(stays(method, text), "{method} {text}");
        }
        assert!(from_client(&path("params/requestState")) && from_client(&path("params/name")));
    }

    #[test]
    fn what_a_model_reads_does_not() {
        for (method, text) in [
            ("tools/call", "result/content/0/text"),
            ("tools/call", "result/structuredContent/id"),
            ("tools/call", "result/structuredContent/content/0/data/email"),
            ("tools/call", "result/nextCursor"),
            ("tools/call", "result/tools/0/name"),
            ("tools/call", "result/prompts/0/name"),
            ("tools/call", "result/content/0/data"),
            ("tools/call", "result/task/owner"),
            ("tools/call", "result/_meta/mcp.related-task/owner"),
            ("initialize", "result/serverInfo"),
            ("resources/list", "result/resources/0/name"),
            ("tools/list", "result/prompts/0/name"),
            ("tools/list", "result/tools/0/description"),
            ("tools/list", "result/tools/0/annotations/title"),
            ("tools/list", "result/tools/0/inputSchema/properties/email/description"),
            ("prompts/list", "result/prompts/0/arguments/0/name"),
            ("", "result/tools/0/name"),
            ("", "params/requestState"),
            ("", "params/requestedSchema/properties/email/default"),
            ("", "method"),
            ("", "error/message"),
            ("", "error/data/email"),
            ("", "params/message"),
        ] {
            assert!(!stays(method, text), "{method} {text}");
        }
        assert!(!from_client(&path("params/arguments/name")) && !from_client(&path("params/uri")));
    }

    #[test]
    fn only_long_base64_of_images_audio_and_files_is_binary() {
        let data = "QUJD".repeat(16);
        let message = |list: &str| {
            format!(
                r#"{{"result":{{"{list}":[{{"type":"image","data":"{data}","mimeType":"image/png"}},
                {{"type":"text","text":"x","data":"{data}","mimeType":"image/png"}},
                {{"type":"image","data":"{data}","mimeType":"x"}},
                {{"type":"image","data":"anna@example.com","mimeType":"image/png"}},
                {{"type":"resource","resource":{{"blob":"{data}"}}}},
                {{"content":{{"type":"audio","data":"{data}","mimeType":"audio/wav"}}}},
                {{"blob":"QUJD"}}]}}}}"#
            )
        };
        for (method, list) in
            [("tools/call", "content"), ("resources/read", "contents"), ("prompts/get", "messages")]
        {
            let text = message(list);
            let exempt = FromService::new(Some(method), &Object::parse(&text).unwrap()).binary;
            assert_eq!(exempt, HashSet::from([(0, 0), (4, 2), (5, 3)]), "{method}");
        }
        let text = message("contents");
        assert!(FromService::new(Some("tools/call"), &Object::parse(&text).unwrap()).binary.is_empty());
    }
}
