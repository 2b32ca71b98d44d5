//! Which members of a message belong to the protocol and are never masked or given back: changing an id, a cursor
//! or a `requestState` breaks the conversation, and none of them is for a model to read.

use crate::json::Segment;

/// Members of a result that only the protocol reads.
const RESULT: [&str; 10] = [
    "nextCursor",
    "requestState",
    "resultType",
    "protocolVersion",
    "capabilities",
    "supportedVersions",
    "serverInfo",
    "ttlMs",
    "cacheScope",
    "task",
];

/// Members of params that only the protocol reads.
const PARAMS: [&str; 8] =
    ["progressToken", "progress", "total", "requestId", "cursor", "requestState", "taskId", "level"];

/// Members of a listed tool, prompt, resource or template that are names or schemas.
const LISTED: [&str; 7] =
    ["name", "inputSchema", "outputSchema", "annotations", "icons", "mimeType", "execution"];

/// Whether a member of a message from the service to the client stays as it is.
pub fn from_service(path: &[Segment<'_>]) -> bool {
    match path {
        [only] => is(only, &["jsonrpc", "id", "method"]),
        [root, member, rest @ ..] if is(root, &["result"]) => {
            is(member, &RESULT) || protocol_meta(member, rest) || listed(member, rest) || blob(path)
        }
        [root, member, ..] if is(root, &["error"]) => is(member, &["code"]),
        [root, member, rest @ ..] if is(root, &["params"]) => {
            is(member, &PARAMS)
                || is(member, &["requestedSchema"])
                || protocol_meta(member, rest)
                || blob(path)
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

/// The protocol's own `_meta` members; other parties' may hold anything and are masked.
fn protocol_meta(member: &Segment<'_>, rest: &[Segment<'_>]) -> bool {
    let own = |key: &str| key.starts_with("io.modelcontextprotocol/") || key == "progressToken";
    is(member, &["_meta"]) && matches!(rest, [Segment::Key(key), ..] if own(key))
}

fn listed(member: &Segment<'_>, rest: &[Segment<'_>]) -> bool {
    let lists = ["tools", "prompts", "resources", "resourceTemplates"];
    is(member, &lists) && matches!(rest, [Segment::Index(_), key, ..] if is(key, &LISTED))
}

/// Base64 of images, audio and files. Text that looks like a number in it is none.
fn blob(path: &[Segment<'_>]) -> bool {
    let [.., parent, Segment::Key(key)] = path else { return false };
    match key.as_ref() {
        "data" | "type" | "mimeType" => in_content(path),
        "blob" => matches!(parent, Segment::Index(_)) || is(parent, &["resource"]),
        _ => false,
    }
}

/// `content[n].x`, and nothing that a service put deeper under the same names.
fn in_content(path: &[Segment<'_>]) -> bool {
    matches!(path, [_, content, Segment::Index(_), _] if is(content, &["content"]))
        || matches!(path, [_, messages, Segment::Index(_), content, _]
            if is(messages, &["messages"]) && is(content, &["content"]))
        || matches!(path, [_, contents, Segment::Index(_), _] if is(contents, &["contents"]))
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
            "result/serverInfo/name",
            "result/tools/0/name",
            "result/tools/0/inputSchema/properties/email/description",
            "result/content/0/data",
            "result/contents/0/blob",
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
            "result/tools/0/description",
            "error/message",
            "error/data/email",
            "params/message",
        ] {
            assert!(!from_service(&path(text)), "{text}");
        }
        assert!(!from_client(&path("params/arguments/name")) && !from_client(&path("params/uri")));
    }
}
