//! Requests and answers on their way between the address of all services and one of them: [aliases](super::alias)
//! become the service's own names and URIs, and back. Every other byte stays as it is.

use super::alias;
use super::message::{Kind, Message};
use super::raw::{Object, array_of, quoted};
use crate::json::{self, Duplicates, JsonError, Segment};

/// What a request is about, and so which service it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// What kind of thing it is.
    pub thing: Thing,
    /// What it is called at the address of all services.
    pub alias: String,
    path: &'static [&'static str],
}

/// What a request can be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    /// A tool, by name.
    Tool,
    /// A prompt, by name.
    Prompt,
    /// A resource or a template, by URI.
    Resource,
    /// A task, by id.
    Task,
}

impl Subject {
    /// What a request is about; [`None`] when it is about no one thing, or does not say which.
    pub fn of(message: &Message) -> Option<Self> {
        let Kind::Request { method, .. } = &message.kind else { return None };
        let object = Object::parse(&message.text)?;
        let params = object.object("params")?;
        let reference = params.object("ref");
        let about = |thing, path: &'static [&'static str]| {
            let holder = if path.len() == 3 { reference.as_ref()? } else { &params };
            Some(Self { thing, alias: holder.string(path.last()?)?, path })
        };
        match method.as_str() {
            "tools/call" => about(Thing::Tool, &["params", "name"]),
            "prompts/get" => about(Thing::Prompt, &["params", "name"]),
            "resources/read" | "resources/subscribe" | "resources/unsubscribe" => {
                about(Thing::Resource, &["params", "uri"])
            }
            "tasks/get" | "tasks/result" | "tasks/update" | "tasks/cancel" => {
                about(Thing::Task, &["params", "taskId"])
            }
            "completion/complete" => match reference.as_ref()?.string("type")?.as_str() {
                "ref/prompt" => about(Thing::Prompt, &["params", "ref", "name"]),
                "ref/resource" => about(Thing::Resource, &["params", "ref", "uri"]),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether requests with this method are about one thing, and have to say which.
    pub fn is_in(method: &str) -> bool {
        let methods = [
            "tools/call",
            "prompts/get",
            "resources/read",
            "resources/subscribe",
            "resources/unsubscribe",
            "tasks/get",
            "tasks/result",
            "tasks/update",
            "tasks/cancel",
            "completion/complete",
        ];
        methods.contains(&method)
    }

    /// The request's text with the thing's own name in the alias's place.
    ///
    /// # Errors
    /// When the text is not the JSON of a [`Message`].
    pub fn put(&self, text: &str, name: &str) -> Result<String, JsonError> {
        json::rewrite(text, Duplicates::Refuse, &mut |path, _| is(path, self.path).then(|| name.to_owned()))
    }
}

/// A message of a service, in answer to a request of this method, as the client of all services may read it. Lists
/// are not read here but in [`merge`](super::merge).
///
/// # Errors
/// When the text is not JSON that can be read in only one way.
pub fn answer(service: &str, method: &str, text: &str) -> Result<String, JsonError> {
    let notification = Object::parse(text).and_then(|object| object.string("method"));
    let updated = notification.as_deref() == Some("notifications/resources/updated");
    // By the extension of 2026-07-28, and of 2025-11-25.
    let task = matches!(notification.as_deref(), Some("notifications/tasks" | "notifications/tasks/status"));
    json::rewrite(text, Duplicates::Refuse, &mut |path, value| {
        let [Segment::Key(root), rest @ ..] = path else { return None };
        match root.as_ref() {
            "params" if updated && is(rest, &["uri"]) => Some(alias::of_uri(service, value)),
            "params" if task && is(rest, &["taskId"]) => Some(alias::of_id(service, value)),
            "params" if task && holds_uri("tasks/get", rest) => Some(alias::of_uri(service, value)),
            "result" if is(rest, &["taskId"]) || is(rest, &["task", "taskId"]) => {
                Some(alias::of_id(service, value))
            }
            "params" | "result" if is(rest, &RELATED) => Some(alias::of_id(service, value)),
            "result" if holds_uri(method, rest) => Some(alias::of_uri(service, value)),
            "error" if method == "resources/read" && is(rest, &["data", "uri"]) => {
                Some(alias::of_uri(service, value))
            }
            _ => None,
        }
    })
}

/// A message of the client for one service, with the service's own id of the task that it says it belongs to. What is
/// another service's stays as it is.
///
/// # Errors
/// As [`answer`].
pub fn of_client(service: &str, text: &str) -> Result<String, JsonError> {
    json::rewrite(text, Duplicates::Refuse, &mut |path, value| {
        let [Segment::Key(root), rest @ ..] = path else { return None };
        let related = ["params", "result"].contains(&root.as_ref()) && is(rest, &RELATED);
        let (_, id) = alias::split_id(value).filter(|(of, _)| related && *of == service)?;
        Some(id.to_owned())
    })
}

/// One item of a list of a service: a tool, prompt, resource or template, under its alias.
///
/// # Errors
/// As [`answer`].
pub fn item(service: &str, text: &str, member: &str, to: &str) -> Result<String, JsonError> {
    json::rewrite(text, Duplicates::Refuse, &mut |path, value| match path {
        path if is(path, &[member]) => Some(to.to_owned()),
        [Segment::Key(meta), rest @ ..] if meta == "_meta" && names_page(rest) => {
            Some(alias::of_uri(service, value))
        }
        _ => None,
    })
}

/// The part of the filter of `subscriptions/listen` that one service can fulfil, in its own words; [`None`] when it
/// can fulfil nothing of it.
pub fn filter_for(service: &str, filter: &Object<'_>) -> Option<String> {
    let mut own = Object::default();
    for (key, value) in filter.members().filter(|(_, value)| is_wanted(value)) {
        let Some(names) = Names::of(key) else {
            own.set(key, value.to_owned());
            continue;
        };
        let aliases: Vec<String> = serde_json::from_str(value).unwrap_or_default();
        let split = aliases.iter().filter_map(|alias| names.split(alias));
        let kept: Vec<String> = split.filter(|(of, _)| *of == service).map(|(_, own)| quoted(&own)).collect();
        if !kept.is_empty() {
            own.set(key, array_of(kept.iter().map(String::as_str)));
        }
    }
    own.members().next().is_some().then(|| own.to_string())
}

/// What services have acknowledged of the filter of `subscriptions/listen`, each in its own words, in those of all
/// services. Names stand as the client wrote them.
pub fn granted(filter: &Object<'_>, services: &[(String, String)]) -> String {
    let parts: Vec<(&str, Object<'_>)> = services
        .iter()
        .filter_map(|(service, granted)| Some((service.as_str(), Object::parse(granted)?)))
        .collect();
    let mut all = Object::default();
    for (key, value) in filter.members().filter(|(_, value)| is_wanted(value)) {
        let mut told = parts.iter().filter_map(|(service, part)| Some((*service, part.get(key)?)));
        let Some(names) = Names::of(key) else {
            if let Some((_, told)) = told.find(|(_, told)| is_wanted(told)) {
                all.set(key, told.to_owned());
            }
            continue;
        };
        let asked: Vec<String> = serde_json::from_str(value).unwrap_or_default();
        let own = told.flat_map(|(service, told)| {
            let own: Vec<String> = serde_json::from_str(told).unwrap_or_default();
            own.into_iter().map(move |own| (service, own))
        });
        let alias = |(service, own): (&str, String)| {
            let same =
                |alias: &&String| names.split(alias).is_some_and(|asked| asked == (service, own.clone()));
            asked.iter().find(same).cloned().unwrap_or_else(|| names.alias(service, &own))
        };
        let listed: Vec<String> = own.map(alias).map(|alias| quoted(&alias)).collect();
        if !listed.is_empty() {
            all.set(key, array_of(listed.iter().map(String::as_str)));
        }
    }
    all.to_string()
}

/// The members of a filter that name things.
#[derive(Clone, Copy)]
enum Names {
    Uris,
    Tasks,
}

impl Names {
    fn of(member: &str) -> Option<Self> {
        match member {
            "resourceSubscriptions" => Some(Self::Uris),
            "taskIds" => Some(Self::Tasks),
            _ => None,
        }
    }

    fn split(self, alias: &str) -> Option<(&str, String)> {
        match self {
            Self::Uris => alias::split_uri(alias),
            Self::Tasks => alias::split_id(alias).map(|(service, id)| (service, id.to_owned())),
        }
    }

    fn alias(self, service: &str, own: &str) -> String {
        match self {
            Self::Uris => alias::of_uri(service, own),
            Self::Tasks => alias::of_id(service, own),
        }
    }
}

fn is_wanted(value: &str) -> bool {
    !["false", "null"].contains(&value)
}

/// Where a message says which task it belongs to (2025-11-25), from `params` or `result` on.
const RELATED: [&str; 3] = ["_meta", "io.modelcontextprotocol/related-task", "taskId"];

/// Whether a member of a result is the URI of a resource of the service.
fn holds_uri(method: &str, path: &[Segment<'_>]) -> bool {
    let Some((Segment::Key(first), rest)) = path.split_first() else { return false };
    match (method, first.as_ref()) {
        ("tools/call", "content") => matches!(rest, [Segment::Index(_), block @ ..] if is_link(block)),
        ("tools/call", "_meta") => names_page(rest),
        ("prompts/get", "messages") => match rest {
            [Segment::Index(_), Segment::Key(content), Segment::Index(_), block @ ..]
            | [Segment::Index(_), Segment::Key(content), block @ ..] => {
                content == "content" && is_link(block)
            }
            _ => false,
        },
        ("resources/read", "contents") => matches!(rest, [Segment::Index(_), uri @ ..] if is(uri, &["uri"])),
        // The result of the call that a task was: by the extension of 2026-07-28, and of 2025-11-25.
        ("tasks/get", "result") => holds_uri("tools/call", rest),
        ("tasks/result", _) => holds_uri("tools/call", path),
        _ => false,
    }
}

/// Whether a member of a content block is a URI: of a resource link, or of an embedded resource.
fn is_link(path: &[Segment<'_>]) -> bool {
    is(path, &["uri"]) || is(path, &["resource", "uri"])
}

/// Whether a member of a tool's `_meta` is the URI of its page: by the MCP apps extension, as its first draft had it,
/// and as ChatGPT reads it.
fn names_page(path: &[Segment<'_>]) -> bool {
    is(path, &["ui", "resourceUri"]) || is(path, &["ui/resourceUri"]) || is(path, &["openai/outputTemplate"])
}

fn is(path: &[Segment<'_>], keys: &[&str]) -> bool {
    path.len() == keys.len() && path.iter().zip(keys).all(|(segment, key)| segment.key() == Some(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(method: &str, params: &str) -> Option<Subject> {
        let text = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{params}}}"#);
        Subject::of(&Message::parse(text.as_bytes()).unwrap())
    }

    #[test]
    fn a_request_says_what_it_is_about() {
        for (method, params, thing) in [
            ("tools/call", r#"{"name":"x"}"#, Thing::Tool),
            ("prompts/get", r#"{"name":"x"}"#, Thing::Prompt),
            ("resources/read", r#"{"uri":"x"}"#, Thing::Resource),
            ("resources/subscribe", r#"{"uri":"x"}"#, Thing::Resource),
            ("tasks/update", r#"{"taskId":"x"}"#, Thing::Task),
            ("tasks/result", r#"{"taskId":"x"}"#, Thing::Task),
            ("completion/complete", r#"{"ref":{"type":"ref/prompt","name":"x"}}"#, Thing::Prompt),
            ("completion/complete", r#"{"ref":{"type":"ref/resource","uri":"x"}}"#, Thing::Resource),
        ] {
            let subject = subject(method, params).unwrap();
            assert_eq!((subject.thing, subject.alias.as_str()), (thing, "x"), "{method}");
        }
        for (method, params) in [
            ("tools/call", "{}"),
            ("tools/call", r#"{"name":1}"#),
            ("tools/list", r#"{"name":"x"}"#),
            ("completion/complete", r#"{"ref":{"type":"ref/else","name":"x"}}"#),
        ] {
            assert_eq!(subject(method, params), None, "{method} {params}");
        }
    }

    #[test]
    fn only_the_name_of_a_request_changes() {
        let text = r#" {"jsonrpc":"2.0", "id":1e0,"params":{"arguments":{"name":"desk__a","n":1.10},"name":"desk__\u0061"},"method":"tools/call"}"#;
        let subject = Subject::of(&Message::parse(text.as_bytes()).unwrap()).unwrap();
        assert_eq!(subject.alias, "desk__a");
        let put = subject.put(text, "a \"b\"").unwrap();
        assert_eq!(put, text.replace(r#"desk__\u0061"#, r#"a \"b\""#));
    }

    #[test]
    fn uris_of_answers_change_and_nothing_else() {
        for (method, text) in [
            (
                "tools/call",
                r#"{"result":{"content":[{"type":"resource_link","uri":"@x:1"},{"type":"resource","resource":{"uri":"@x:2","text":"x:1"}}],"structuredContent":{"uri":"x:1"}, "n":1.0}}"#,
            ),
            (
                "tools/call",
                r#"{"result":{"_meta":{"ui":{"resourceUri":"@x:1"},"ui/resourceUri":"@x:1","uri":"x:1"},"uri":"x:1"}}"#,
            ),
            ("tools/call", r#"{"result":{"resultType":"task","taskId":"@7"}}"#),
            ("tools/call", r#"{"result":{"task":{"taskId":"@7","status":"working"}}}"#),
            (
                "tasks/result",
                r#"{"result":{"content":[{"uri":"@x:1"}],"_meta":{"io.modelcontextprotocol/related-task":{"taskId":"@7"}}}}"#,
            ),
            ("tools/call", r#"{"method":"notifications/tasks/status","params":{"taskId":"@7"}}"#),
            (
                "tasks/result",
                r#"{"method":"elicitation/create","params":{"_meta":{"io.modelcontextprotocol/related-task":{"taskId":"@7"}},"taskId":"7"}}"#,
            ),
            ("tasks/get", r#"{"result":{"taskId":"@7","result":{"content":[{"uri":"@x:1"}]}}}"#),
            (
                "prompts/get",
                r#"{"result":{"messages":[{"content":{"uri":"@x:1"}},{"content":[{"resource":{"uri":"@x:1"}}]}]}}"#,
            ),
            ("resources/read", r#"{"result":{"contents":[{"uri":"@x:1","text":"{\"uri\":\"x:1\"}"}]}}"#),
            ("resources/read", r#"{"error":{"code":-32602,"message":"x:1","data":{"uri":"@x:1"}}}"#),
            ("tools/call", r#"{"method":"notifications/resources/updated","params":{"uri":"@x:1"}}"#),
            (
                "subscriptions/listen",
                r#"{"method":"notifications/tasks","params":{"taskId":"@7","result":{"content":[{"uri":"@x:1"}]}}}"#,
            ),
            ("tools/call", r#"{"method":"elicitation/create","params":{"url":"https://x","uri":"x:1"}}"#),
            ("completion/complete", r#"{"result":{"completion":{"values":["x:1"]}}}"#),
        ] {
            assert_eq!(answer("desk", method, &text.replace('@', "")).unwrap(), text.replace('@', "desk+"));
        }
    }

    #[test]
    fn a_filter_is_shared_out() {
        let text = r#"{"toolsListChanged":true,"promptsListChanged":false,"resourceSubscriptions":["a+x:1","ui://b+p","x:1"],"taskIds":["a+7"],"new":{"n":1.0}}"#;
        let filter = Object::parse(text).unwrap();
        let of = |service| filter_for(service, &filter).unwrap();
        assert_eq!(
            of("a"),
            r#"{"toolsListChanged":true,"resourceSubscriptions":["x:1"],"taskIds":["7"],"new":{"n":1.0}}"#
        );
        assert_eq!(
            of("b"),
            r#"{"toolsListChanged":true,"resourceSubscriptions":["ui://p"],"new":{"n":1.0}}"#
        );
        let only = Object::parse(r#"{"toolsListChanged":false,"resourceSubscriptions":["a+x:1"]}"#).unwrap();
        assert_eq!(filter_for("b", &only), None);
    }

    #[test]
    fn what_is_acknowledged_is_what_services_have_acknowledged() {
        let text = r#"{"promptsListChanged":true,"toolsListChanged":true,"resourceSubscriptions":["a+x:1","b+ui://p","a+x:2"],"taskIds":["a+7"],"new":{"n":1.0}}"#;
        let filter = Object::parse(text).unwrap();
        let of = |parts: &[(&str, &str)]| {
            let own: Vec<_> = parts.iter().map(|(of, part)| ((*of).to_owned(), (*part).to_owned())).collect();
            granted(&filter, &own)
        };
        assert_eq!(of(&[]), "{}");
        assert_eq!(
            of(&[
                (
                    "a",
                    r#"{"toolsListChanged":false,"resourcesListChanged":true,"resourceSubscriptions":["x:2"]}"#
                ),
                ("b", r#"{"toolsListChanged":true,"resourceSubscriptions":["ui://p","x:3"]}"#),
            ]),
            r#"{"toolsListChanged":true,"resourceSubscriptions":["a+x:2","b+ui://p","b+x:3"]}"#
        );
        assert_eq!(
            of(&[("a", r#"{"taskIds":["7"],"new":{"n":1.0}}"#), ("b", "odd")]),
            r#"{"taskIds":["a+7"],"new":{"n":1.0}}"#
        );
    }

    #[test]
    fn a_message_says_which_task_of_the_service_it_belongs_to() {
        let text = |id: &str| {
            format!(
                r#"{{"id":1,"result":{{"_meta":{{"io.modelcontextprotocol/related-task":{{"taskId":"{id}"}}}},"taskId":"{id}"}}}}"#
            )
        };
        let one = text("a+7").replacen("a+7", "7", 1);
        assert_eq!(of_client("a", &text("a+7")).unwrap(), one);
        assert_eq!(of_client("b", &text("a+7")).unwrap(), text("a+7"), "it is none of theirs");
    }

    #[test]
    fn an_item_of_a_list_is_renamed() {
        let text = r#"{"inputSchema":{"properties":{"name":{}}},"name":"a","n":1.0,"_meta":{"ui":{"resourceUri":"ui://p","x":1},"openai/outputTemplate":"ui://p"}}"#;
        let renamed = text.replace(r#""name":"a""#, r#""name":"desk__a""#).replace("ui://p", "ui://desk+p");
        assert_eq!(item("desk", text, "name", "desk__a").unwrap(), renamed);
    }
}
