//! Which members of a message belong to the protocol and are never masked or given back: changing an id, a cursor
//! or a `requestState` breaks the conversation, and none of them is for a model to read.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::raw::{Object, array};
use crate::json::Segment;

/// Members of a result that the client hands back as they are.
const RESULT: [&str; 2] = ["nextCursor", "requestState"];

/// Members of params that the other side matches or hands back as they are.
const PARAMS: [&str; 5] = ["progressToken", "requestId", "cursor", "requestState", "taskId"];

/// Members of a listed tool, prompt, resource or template that are names or schemas.
const LISTED: [&str; 7] =
    ["name", "inputSchema", "outputSchema", "annotations", "icons", "mimeType", "execution"];

/// Whether a member of a message from the service to the client stays as it is.
pub fn from_service(path: &[Segment<'_>]) -> bool {
    match path {
        [only] => is(only, &["id"]),
        [root, member, rest @ ..] if is(root, &["result"]) => {
            is(member, &RESULT)
                || protocol_meta(member, rest)
                || listed(member, rest)
                || matches!(rest, [key] if is(member, &["task"]) && is(key, &["taskId"]))
        }
        [root, member, rest @ ..] if is(root, &["params"]) => {
            is(member, &PARAMS) || protocol_meta(member, rest)
        }
        _ => false,
    }
}

/// Whether a member of a message from the client to the service stays as it is.
pub fn from_client(path: &[Segment<'_>]) -> bool {
    match path {
        [only] => is(only, &["jsonrpc", "id", "method"]),
        [root, member, ..] if is(root, &["params"]) => {
            is(member, &["name", "_meta", "clientInfo", "capabilities", "protocolVersion"])
                || is(member, &PARAMS)
        }
        [root, member, ..] if is(root, &["result"]) => {
            is(member, &["_meta", "model", "role", "stopReason", "action"])
        }
        _ => false,
    }
}

/// The `_meta` members that the other side matches; all others may hold anything.
fn protocol_meta(member: &Segment<'_>, rest: &[Segment<'_>]) -> bool {
    let matched =
        ["progressToken", "io.modelcontextprotocol/subscriptionId", "io.modelcontextprotocol/related-task"];
    is(member, &["_meta"]) && matches!(rest, [key, ..] if is(key, &matched))
}

fn listed(member: &Segment<'_>, rest: &[Segment<'_>]) -> bool {
    let lists = ["tools", "prompts", "resources", "resourceTemplates"];
    is(member, &lists) && matches!(rest, [Segment::Index(_), key, ..] if is(key, &LISTED))
}

/// Where a message of the service holds images, audio and files: base64 text, which can look like a number by
/// chance. A member of the same name that holds anything else is no such place.
pub fn binary<'t>(message: &'t Object<'_>) -> Vec<Vec<Segment<'t>>> {
    let Some(result) = message.object("result") else { return Vec::new() };
    let mut places = Vec::new();
    for list in ["content", "contents", "messages"] {
        for (at, item) in result.get(list).and_then(array).unwrap_or_default().into_iter().enumerate() {
            let Some(item) = Object::parse(item) else { continue };
            for inner in [
                &["data"][..],
                &["blob"],
                &["resource", "blob"],
                &["content", "data"],
                &["content", "resource", "blob"],
            ] {
                if is_base64(&item, inner) {
                    let keys = inner.iter().map(|key| Segment::Key((*key).into()));
                    let head = ["result", list].map(|key| Segment::Key(key.into()));
                    places.push(head.into_iter().chain([Segment::Index(at)]).chain(keys).collect());
                }
            }
        }
    }
    places
}

fn is_base64(object: &Object<'_>, path: &[&str]) -> bool {
    match path {
        [key] => object.string(key).is_some_and(|text| {
            let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);
            text.len() % 4 == 0 && text.bytes().all(legal) && STANDARD.decode(&text).is_ok()
        }),
        [key, rest @ ..] => object.object(key).is_some_and(|inner| is_base64(&inner, rest)),
        [] => false,
    }
}

fn is(segment: &Segment<'_>, names: &[&str]) -> bool {
    matches!(segment, Segment::Key(key) if names.contains(&key.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &'static str) -> Vec<Segment<'static>> {
        text.split('/').map(|part| part.parse().map_or(Segment::Key(part.into()), Segment::Index)).collect()
    }

    #[test]
    fn protocol_members_stay() {
        for text in [
            "id",
            "result/nextCursor",
            "result/requestState",
            "result/tools/0/name",
            "result/tools/0/inputSchema/properties/email/description",
            "params/progressToken",
        ] {
            assert!(from_service(&path(text)), "{text}");
        }
        assert!(from_client(&path("params/requestState")) && from_client(&path("params/name")));
    }

    #[test]
    fn what_a_model_reads_does_not() {
        for text in [
            "result/content/0/text",
            "result/structuredContent/id",
            "result/structuredContent/content/0/data/email",
            "result/structuredContent/serverInfo",
            "result/content/0/data/email",
            "result/task/owner",
            "params/requestedSchema/properties/email/default",
            "method",
            "result/tools/0/description",
            "error/message",
            "error/data/email",
            "params/message",
        ] {
            assert!(!from_service(&path(text)), "{text}");
        }
        assert!(!from_client(&path("params/arguments/name")) && !from_client(&path("params/uri")));
    }

    #[test]
    fn only_base64_is_binary() {
        let message = r#"{"result":{"content":[{"type":"image","data":"QUJD"},{"type":"text","text":"x","data":{"email":"a@b.c"}},
            {"type":"image","data":"anna@example.com"},{"type":"resource","resource":{"blob":"QUJD"}}]}}"#;
        let message = Object::parse(message).unwrap();
        assert_eq!(binary(&message), [path("result/content/0/data"), path("result/content/3/resource/blob")]);
    }
}
