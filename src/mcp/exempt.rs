//! Which texts of a message belong to the protocol and are never masked or given back: changing an id, a cursor or a
//! `requestState` breaks the conversation, and none of them is for a model to read.
//!
//! Toward the client these are single strings, by the method that is answered: an object in their place is no member of
//! the protocol, and neither is a member of the same name in another method's result. Schemas, titles and icons are
//! looked through: a choice of a schema that became a pseudonym becomes the value again in the call that uses it.

use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::raw::{Object, array, quoted};
use super::revision::Era;
use crate::json::{self, Duplicates, Edit, Event, Segment, escape};
use crate::pii;

/// Members of params that the service matches or hands back as they are.
const PARAMS: [&str; 4] = ["progressToken", "requestId", "cursor", "taskId"];

/// Where in an item of a result the data of images, audio and files stand.
const BINARY: [&[&str]; 3] = [&["data"], &["blob"], &["resource", "blob"]];

/// Base64 below this many characters is looked at like any text: in so little, nothing is found by chance, and a number
/// would fit.
const SHORT: usize = 64;

/// The strings of one message from the service that stay as they are.
#[derive(Debug)]
pub struct FromService<'a> {
    /// The method that is answered.
    method: Option<&'a str>,
    /// The message's own method, of a notification or a request.
    says: Option<String>,
    /// Whether it is of 2026-07-28.
    modern: bool,
    /// Whether the answer asks for input, and whether it is a task (2026-07-28, `resultType`).
    asks: bool,
    task: bool,
    /// Whether the message is a request, whose progress the client may tell.
    request: bool,
    /// The paths of images, audio and files, as [`written`] writes them.
    binary: HashSet<String>,
}

impl<'a> FromService<'a> {
    /// Of a message of this era that answers this method; [`None`] where it answers nothing, or nobody knows what.
    pub fn new(era: Era, method: Option<&'a str>, message: &Object<'_>) -> Self {
        let says = message.string("method");
        let modern = era == Era::Modern;
        let kind = message.object("result").and_then(|result| result.string("resultType")).filter(|_| modern);
        let task =
            kind.as_deref() == Some("task") || method.is_none_or(|method| method.starts_with("tasks/"));
        let asks = kind.as_deref() == Some("input_required");
        let request = says.is_some() && message.get("id").is_some();
        Self { method, binary: binary(method, says.as_deref(), message), says, modern, asks, task, request }
    }

    /// Whether the string at this path is one of them.
    pub fn names(&self, path: &[Segment<'_>]) -> bool {
        let method = self.method.unwrap_or_default();
        match path {
            [only] => is(only, &["id", "jsonrpc"]),
            [.., last] if is(last, &["data", "blob"]) && !self.binary.is_empty() => {
                self.binary.contains(&written(path))
            }
            [root, rest @ ..] if is(root, &["params"]) => match rest {
                [member] => match self.says.as_deref().unwrap_or_default() {
                    "notifications/progress" => is(member, &["progressToken"]),
                    "notifications/cancelled" => is(member, &["requestId"]),
                    "notifications/tasks" | "notifications/tasks/status" => is(member, &["taskId"]),
                    _ => false,
                },
                rest => match meta(rest) {
                    Some(Meta::Progress) => self.request,
                    // Of the client's own tasks nobody knows which they are.
                    Some(Meta::Task) => !self.says.as_deref().is_none_or(|says| says.starts_with("tasks/")),
                    Some(Meta::Subscription) => self.modern,
                    None => false,
                },
            },
            [root, rest @ ..] if is(root, &["result"]) => match rest {
                [member] if is(member, &["nextCursor"]) => method.is_empty() || method.ends_with("/list"),
                [member] if is(member, &["requestState"]) => self.asks,
                [member] => is(member, &["taskId"]) && self.task,
                [task, id] if is(task, &["task"]) => is(id, &["taskId"]),
                [tasks, Segment::Index(_), id] if is(tasks, &["tasks"]) => {
                    method == "tasks/list" && is(id, &["taskId"])
                }
                // Calls use these; a list tells none that masking would change.
                [items, Segment::Index(_), name] if is(name, &["name"]) => {
                    named(method).is_some_and(|list| is(items, &[list]))
                }
                rest => match meta(rest) {
                    Some(Meta::Task) => self.task,
                    Some(Meta::Subscription) => {
                        self.modern && (method.is_empty() || method == "subscriptions/listen")
                    }
                    Some(Meta::Progress) | None => false,
                },
            },
            _ => false,
        }
    }
}

impl FromService<'_> {
    /// The message with a text in the place of each image, audio and file; the same when there is none.
    pub fn without_binary(&self, message: &str, text: &str) -> String {
        if self.binary.is_empty() {
            return message.to_owned();
        }
        let mut edits = Vec::new();
        let mut put = |range, text: &str| edits.push(Edit { range, text: escape(text).into_owned() });
        // What has been read is valid; if not, nothing of it is handed on anyway.
        let _ = json::walk(message, Duplicates::Allow, &mut |path, event| {
            let [around @ .., Segment::Key(member)] = path else { return };
            let beside =
                |member: &str| self.binary.contains(&format!("{}/{}", written(around), quoted(member)));
            match (&**member, event) {
                ("data" | "blob", Event::Key(key)) if beside(member) => put(key.span(), "text"),
                ("data" | "blob", Event::String(value)) if beside(member) => put(value.span(), text),
                ("type", Event::String(value)) if beside("data") => put(value.span(), "text"),
                ("mimeType", Event::String(value)) if beside("data") || beside("blob") => {
                    put(value.span(), "text/plain");
                }
                _ => {}
            }
        });
        json::splice(message, &edits)
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

/// The members of `_meta` that the other side matches; all others may hold anything.
enum Meta {
    Progress,
    Subscription,
    Task,
}

fn meta(path: &[Segment<'_>]) -> Option<Meta> {
    match path {
        [meta, key] if is(meta, &["_meta"]) && is(key, &["progressToken"]) => Some(Meta::Progress),
        [meta, key] if is(meta, &["_meta"]) && is(key, &["io.modelcontextprotocol/subscriptionId"]) => {
            Some(Meta::Subscription)
        }
        [meta, key, id]
            if is(meta, &["_meta"])
                && is(key, &["io.modelcontextprotocol/related-task"])
                && is(id, &["taskId"]) =>
        {
            Some(Meta::Task)
        }
        _ => None,
    }
}

/// Where a message holds images, audio and files: long base64 text, which can look like a number by chance. A member of
/// the same name that holds anything else is no such place.
fn binary(method: Option<&str>, says: Option<&str>, message: &Object<'_>) -> HashSet<String> {
    let mut places = Places::default();
    if says == Some("sampling/createMessage") {
        let params = message.object("params").unwrap_or_default();
        places.list("/\"params\"", &params, "messages");
    }
    let Some(result) = message.object("result") else { return places.0 };
    let root = "/\"result\"";
    match method {
        Some("resources/read") => places.list(root, &result, "contents"),
        Some("prompts/get") => places.list(root, &result, "messages"),
        // The result of the call that a task was (2026-07-28, the tasks extension).
        Some("tasks/get") => {
            let inner = result.object("result").unwrap_or_default();
            places.list(&format!("{root}/\"result\""), &inner, "content");
        }
        _ => places.list(root, &result, "content"),
    }
    // What the client is asked for (2026-07-28, "Multi Round-Trip Requests").
    for (key, request) in result.object("inputRequests").iter().flat_map(Object::members) {
        let request = Object::parse(request).unwrap_or_default();
        let params = request.object("params").unwrap_or_default();
        let base = format!("{root}/\"inputRequests\"/{}/\"params\"", quoted(key));
        places.list(&base, &params, "messages");
    }
    places.0
}

#[derive(Default)]
struct Places(HashSet<String>);

impl Places {
    /// Those in a list: of content, or of messages that hold one content or several.
    fn list(&mut self, base: &str, holder: &Object<'_>, list: &str) {
        let items = holder.get(list).and_then(array).unwrap_or_default();
        for (at, item) in items.into_iter().enumerate() {
            let Some(item) = Object::parse(item) else { continue };
            let base = format!("{base}/{}/{at}", quoted(list));
            self.item(&base, &item);
            if let Some(content) = item.object("content") {
                self.item(&format!("{base}/\"content\""), &content);
            } else if list == "messages" {
                self.list(&base, &item, "content");
            }
        }
    }

    fn item(&mut self, base: &str, item: &Object<'_>) {
        for keys in BINARY.iter().filter(|keys| is_binary(item, keys)) {
            let keys: String = keys.iter().map(|key| format!("/{}", quoted(key))).collect();
            self.0.insert(format!("{base}{keys}"));
        }
    }
}

/// A path as text that no other path has.
fn written(path: &[Segment<'_>]) -> String {
    let step = |segment: &Segment<'_>| match segment {
        Segment::Key(key) => format!("/{}", quoted(key)),
        Segment::Index(at) => format!("/{at}"),
        Segment::Embedded => "//".to_owned(),
    };
    path.iter().map(step).collect()
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
        // A text in Base64 is a text, and looked at as such.
        [key] => is_base64(object, key) && !object.string(key).is_some_and(|text| pii::is_packed_text(&text)),
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
        FromService::new(Era::Modern, method, &Object::default()).names(&path(text))
    }

    fn stays_in(message: &str, method: &str, text: &str) -> bool {
        let message = Object::parse(message).unwrap();
        let method = Some(method).filter(|method| !method.is_empty());
        FromService::new(Era::Modern, method, &message).names(&path(text))
    }

    #[test]
    fn what_a_revision_does_not_have_is_a_text_like_any_other() {
        let older = |message: &str, text: &str| {
            FromService::new(Era::Legacy, Some("tools/call"), &Object::parse(message).unwrap())
                .names(&path(text))
        };
        assert!(!older(r#"{"result":{"resultType":"input_required"}}"#, "result/requestState"));
        assert!(!older(r#"{"result":{"resultType":"task"}}"#, "result/taskId"));
        assert!(!older(r#"{"method":"notifications/message"}"#, "params/_meta/mcp.subscriptionId"));
        assert!(!stays_in(r#"{"method":"notifications/tasksx","params":{}}"#, "", "params/taskId"));
    }

    #[test]
    fn what_comes_back_stays_where_it_is_the_protocols() {
        let asks = r#"{"result":{"resultType":"input_required"}}"#;
        let task = r#"{"result":{"resultType":"task"}}"#;
        let plain = r#"{"result":{"content":[]}}"#;
        for (message, stays) in [(asks, true), (task, false), (plain, false)] {
            assert_eq!(stays_in(message, "tools/call", "result/requestState"), stays, "{message}");
        }
        for (message, stays) in [(asks, false), (task, true), (plain, false)] {
            assert_eq!(stays_in(message, "tools/call", "result/taskId"), stays, "{message}");
        }
        for (says, member, stays) in [
            ("notifications/progress", "progressToken", true),
            ("notifications/progress", "taskId", false),
            ("notifications/cancelled", "requestId", true),
            ("notifications/tasks", "taskId", true),
            ("notifications/tasks/status", "taskId", true),
            ("notifications/message", "taskId", false),
            ("notifications/message", "cursor", false),
            ("notifications/message", "progressToken", false),
        ] {
            let message = format!(r#"{{"method":"{says}","params":{{}}}}"#);
            assert_eq!(stays_in(&message, "", &format!("params/{member}")), stays, "{says} {member}");
        }
        for (message, progress, task) in [
            (r#"{"id":1,"method":"elicitation/create"}"#, true, true),
            (r#"{"id":1,"method":"tasks/get"}"#, true, false),
            (r#"{"method":"notifications/message"}"#, false, true),
        ] {
            assert_eq!(stays_in(message, "", "params/_meta/progressToken"), progress, "{message}");
            assert_eq!(stays_in(message, "", "params/_meta/mcp.related-task/taskId"), task, "{message}");
        }
    }

    #[test]
    fn a_text_takes_the_place_of_what_nobody_looks_into() {
        let data = "/9j/".repeat(20);
        let without = |method: &str, message: &str| {
            let read = Object::parse(message).unwrap();
            FromService::new(Era::Modern, Some(method), &read).without_binary(message, "no")
        };
        let image = format!(
            r#"{{"result":{{"content":[{{"type":"image","data":"{data}","mimeType":"image/png"}},{{"type":"text","text":"a"}},{{"type":"resource","resource":{{"uri":"u","blob":"{data}"}}}}]}}}}"#
        );
        assert_eq!(
            without("tools/call", &image),
            r#"{"result":{"content":[{"type":"text","text":"no","mimeType":"text/plain"},{"type":"text","text":"a"},{"type":"resource","resource":{"uri":"u","text":"no"}}]}}"#
        );
        let read = format!(
            r#"{{"result":{{"contents":[{{"uri":"u","mimeType":"application/pdf","blob":"{data}"}}]}}}}"#
        );
        assert_eq!(
            without("resources/read", &read),
            r#"{"result":{"contents":[{"uri":"u","mimeType":"text/plain","text":"no"}]}}"#
        );
        let other = format!(r#"{{"result":{{"structuredContent":{{"data":"{data}"}}}}}}"#);
        assert_eq!(without("tools/call", &other), other);
    }

    #[test]
    fn protocol_members_stay() {
        for (method, text) in [
            ("ping", "id"),
            ("resources/list", "result/nextCursor"),
            ("", "result/nextCursor"),
            ("tools/call", "result/task/taskId"),
            ("tasks/get", "result/taskId"),
            ("tasks/list", "result/tasks/3/taskId"),
            ("tools/list", "result/tools/0/name"),
            ("prompts/list", "result/prompts/0/name"),
            ("tasks/result", "result/_meta/mcp.related-task/taskId"),
            ("", "params/_meta/mcp.subscriptionId"),
            ("subscriptions/listen", "result/_meta/mcp.subscriptionId"),
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
            ("tasks/result", "result/_meta/mcp.related-task/owner"),
            ("tools/call", "result/_meta/mcp.related-task/taskId"),
            ("tools/call", "result/_meta/mcp.subscriptionId"),
            ("tasks/result", "result/_meta/progressToken"),
            ("", "result/_meta/progressToken"),
            ("", "params/_meta/progressToken"),
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
        let data = "/9j/".repeat(16);
        let message = |list: &str| {
            format!(
                r#"{{"result":{{"{list}":[{{"type":"image","data":"{data}","mimeType":"image/png"}},
                {{"type":"text","text":"x","data":"{data}","mimeType":"image/png"}},
                {{"type":"image","data":"{data}","mimeType":"x"}},
                {{"type":"image","data":"anna@example.com","mimeType":"image/png"}},
                {{"type":"resource","resource":{{"blob":"{data}"}}}},
                {{"content":{{"type":"audio","data":"{data}","mimeType":"audio/wav"}}}},
                {{"blob":"/9j/"}}]}}}}"#
            )
        };
        for (method, list) in
            [("tools/call", "content"), ("resources/read", "contents"), ("prompts/get", "messages")]
        {
            let text = message(list);
            let exempt = FromService::new(Era::Modern, Some(method), &Object::parse(&text).unwrap()).binary;
            let at = |path: &str| format!("/\"result\"/\"{list}\"/{path}");
            let places = [at("0/\"data\""), at("4/\"resource\"/\"blob\""), at("5/\"content\"/\"data\"")];
            assert_eq!(exempt, HashSet::from(places), "{method}");
        }
        let text = message("contents");
        assert!(
            FromService::new(Era::Modern, Some("tools/call"), &Object::parse(&text).unwrap())
                .binary
                .is_empty()
        );
        let image = format!(r#"{{"type":"image","data":"{data}","mimeType":"image/png"}}"#);
        for (method, message, place) in [
            (
                "tasks/get",
                format!(r#"{{"result":{{"result":{{"content":[{image}]}}}}}}"#),
                "result/result/content/0/data",
            ),
            (
                "tools/call",
                format!(
                    r#"{{"result":{{"inputRequests":{{"q":{{"params":{{"messages":[{{"content":{image}}}]}}}}}}}}}}"#
                ),
                "result/inputRequests/q/params/messages/0/content/data",
            ),
            (
                "",
                format!(
                    r#"{{"method":"sampling/createMessage","params":{{"messages":[{{"content":[{image}]}}]}}}}"#
                ),
                "params/messages/0/content/0/data",
            ),
        ] {
            assert!(stays_in(&message, method, place), "{place}");
            assert!(!stays_in(&message.replace("image/png", "x"), method, place), "{place}");
        }
    }
}
