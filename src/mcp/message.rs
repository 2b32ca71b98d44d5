//! One JSON-RPC message, read once into what the gateway needs of it.

use super::raw::Object;
use crate::json::{self, MAX_VALUES};

/// How deep a message may be nested. serde_json stops at 128 by itself; this is what peers' parsers can take.
pub const MAX_DEPTH: usize = 64;

/// A JSON-RPC 2.0 message that was read and found well-formed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The message as it came.
    pub text: String,
    /// What it is.
    pub kind: Kind,
}

/// What a message is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Wants an answer.
    Request {
        /// The id's exact text: a JSON string or number.
        id: String,
        /// The method.
        method: String,
        /// The name of the tool or prompt, or the URI of the resource, where the method has one.
        name: Option<String>,
    },
    /// Wants none.
    Notification {
        /// The method.
        method: String,
    },
    /// Answers a request of the other side.
    Response,
}

/// Why a text is not a message that is passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// Not UTF-8 or not JSON, or nested deeper than [`MAX_DEPTH`], or with duplicate keys.
    #[error(
        "the body is not JSON that can be read in only one way (UTF-8, no duplicate keys, at most 64 levels)"
    )]
    Json,
    /// More values than are read into memory.
    #[error("the body holds more than {MAX_VALUES} values")]
    Dense,
    /// An array of messages.
    #[error(
        "revision 2025-03-26 alone has batches, of at most 50 messages here and without initialize; send one message per request"
    )]
    Batch,
    /// JSON, but not JSON-RPC 2.0.
    #[error("the body is not a JSON-RPC 2.0 request, notification or response")]
    JsonRpc,
}

impl Message {
    /// Reads a message.
    ///
    /// # Errors
    /// [`ParseError`] says what the text is instead.
    pub fn parse(body: &[u8]) -> Result<Self, ParseError> {
        let text = std::str::from_utf8(body).map_err(|_| ParseError::Json)?;
        if json::is_dense(text) {
            return Err(ParseError::Dense);
        }
        check(text)?;
        if text.trim_start().starts_with('[') {
            return Err(ParseError::Batch);
        }
        let object = Object::parse(text).ok_or(ParseError::Json)?;
        let params = object.object("params");
        if doubtful(&object, &MEMBERS) || params.is_some_and(|params| doubtful(&params, &PARAMS)) {
            return Err(ParseError::Json);
        }
        if object.string("jsonrpc").as_deref() != Some("2.0") {
            return Err(ParseError::JsonRpc);
        }
        let id = object
            .get("id")
            .filter(|id| id.starts_with(|c: char| c == '"' || c == '-' || c.is_ascii_digit()));
        let answered = object.get("result").is_some() || object.get("error").is_some();
        let kind = match (object.string("method"), id, object.get("id")) {
            (Some(method), Some(id), _) if !answered => {
                let name = name_member(&method).and_then(|member| object.object("params")?.string(member));
                Kind::Request { id: id.to_owned(), method, name }
            }
            // A call without an id is no call: what asks for something wants an answer.
            (Some(method), None, None) if !answered && method.starts_with("notifications/") => {
                Kind::Notification { method }
            }
            (None, _, Some(_)) if answered => Kind::Response,
            _ => return Err(ParseError::JsonRpc),
        };
        Ok(Self { text: text.to_owned(), kind })
    }

    /// The id of a request.
    pub fn id(&self) -> Option<&str> {
        match &self.kind {
            Kind::Request { id, .. } => Some(id),
            Kind::Notification { .. } | Kind::Response => None,
        }
    }

    /// The method of a request or notification.
    pub fn method(&self) -> Option<&str> {
        match &self.kind {
            Kind::Request { method, .. } | Kind::Notification { method } => Some(method),
            Kind::Response => None,
        }
    }

    /// Whether it changes nothing at its service, whatever that is; a call of a tool does what the tool does.
    pub fn reads(&self) -> bool {
        match &self.kind {
            Kind::Request { method, .. } => READING.contains(&method.as_str()),
            Kind::Notification { method } => HARMLESS.contains(&method.as_str()),
            // What was asked meanwhile is asked for something that reads.
            Kind::Response => true,
        }
    }

    /// Whether the protocol has it, in one of its revisions or official extensions.
    pub fn is_known(&self) -> bool {
        match &self.kind {
            Kind::Request { method, .. } => {
                READING.contains(&method.as_str()) || CHANGING.contains(&method.as_str())
            }
            Kind::Notification { method } => HARMLESS.contains(&method.as_str()),
            Kind::Response => true,
        }
    }

    /// The resource that a `resources/read` reads.
    pub fn uri(&self) -> Option<&str> {
        match &self.kind {
            Kind::Request { method, name, .. } if method == "resources/read" => name.as_deref(),
            _ => None,
        }
    }

    /// The tool that a `tools/call` calls. The empty text when it names none: no tool has that name.
    pub fn tool(&self) -> Option<&str> {
        match &self.kind {
            Kind::Request { method, name, .. } if method == "tools/call" => {
                Some(name.as_deref().unwrap_or_default())
            }
            _ => None,
        }
    }

    /// Whether it asks for a page of a list that is not the first.
    pub fn has_cursor(&self) -> bool {
        let message = Object::parse(&self.text).unwrap_or_default();
        let params = message.object("params").unwrap_or_default();
        params.get("cursor").is_some_and(|cursor| cursor != "null")
    }

    /// `params._meta`, as its exact text.
    pub fn meta_object(&self) -> Option<String> {
        let object = Object::parse(&self.text)?;
        let params = object.object("params")?;
        params.get("_meta").map(str::to_owned)
    }

    /// A member of `params._meta`, as its exact text.
    pub fn meta(&self, key: &str) -> Option<String> {
        Object::parse(&self.meta_object()?)?.get(key).map(str::to_owned)
    }
}

/// Whether a message asks for something that may change something at its service.
pub fn acts(text: &str) -> bool {
    let message = Object::parse(text).filter(|message| message.get("id").is_some());
    let method = message.and_then(|message| message.string("method"));
    method.is_some_and(|method| !READING.contains(&method.as_str()))
}

/// Notifications of a client that change nothing at a service but what it knows of the client.
const HARMLESS: [&str; 4] = [
    "notifications/initialized",
    "notifications/cancelled",
    "notifications/progress",
    "notifications/roots/list_changed",
];

/// The methods that read. What an extension has besides may do anything.
const READING: [&str; 17] = [
    "initialize",
    "ping",
    "server/discover",
    "tools/list",
    "prompts/list",
    "prompts/get",
    "resources/list",
    "resources/templates/list",
    "resources/read",
    "resources/subscribe",
    "resources/unsubscribe",
    "subscriptions/listen",
    "completion/complete",
    "logging/setLevel",
    "tasks/get",
    "tasks/result",
    "tasks/list",
];

/// The methods that may change something.
const CHANGING: [&str; 3] = ["tools/call", "tasks/cancel", "tasks/update"];

/// Members that decide what a message does.
const MEMBERS: [&str; 6] = ["jsonrpc", "id", "method", "params", "result", "error"];
/// Members of `params` that decide what a call does.
const PARAMS: [&str; 11] = [
    "name",
    "uri",
    "arguments",
    "taskId",
    "inputResponses",
    "requestState",
    "_meta",
    "cursor",
    "ref",
    "notifications",
    "task",
];

/// Whether a member has one of these names but for its case: some parsers take `Method` for `method`, and fold letters
/// that are not ASCII too (the Kelvin sign is a `k`, the long s an `s`).
fn doubtful(object: &Object<'_>, names: &[&str]) -> bool {
    let folded = |name: &str| name.to_uppercase().to_lowercase();
    object.members().any(|(member, _)| {
        let member_folded = folded(member);
        names.iter().any(|name| *name != member && folded(name) == member_folded)
    })
}

/// The member of `params` that `Mcp-Name` mirrors (2026-07-28, streamable HTTP, "Standard Headers").
pub fn name_member(method: &str) -> Option<&'static str> {
    match method {
        "tools/call" | "prompts/get" => Some("name"),
        "resources/read" => Some("uri"),
        "tasks/get" | "tasks/update" | "tasks/cancel" => Some("taskId"),
        _ => None,
    }
}

/// Walks the whole text: well-formed, not too deep, no duplicate keys at any level.
fn check(text: &str) -> Result<(), ParseError> {
    struct Strict(usize);
    impl<'de> serde::de::DeserializeSeed<'de> for Strict {
        type Value = ();
        fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
            deserializer.deserialize_any(self)
        }
    }
    impl<'de> serde::de::Visitor<'de> for Strict {
        type Value = ();
        fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            formatter.write_str("JSON")
        }
        fn visit_bool<E>(self, _: bool) -> Result<(), E> {
            Ok(())
        }
        fn visit_i64<E>(self, _: i64) -> Result<(), E> {
            Ok(())
        }
        fn visit_u64<E>(self, _: u64) -> Result<(), E> {
            Ok(())
        }
        fn visit_f64<E>(self, _: f64) -> Result<(), E> {
            Ok(())
        }
        fn visit_str<E>(self, _: &str) -> Result<(), E> {
            Ok(())
        }
        fn visit_unit<E>(self) -> Result<(), E> {
            Ok(())
        }
        fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
            let deeper = self.deeper::<A::Error>()?;
            while seq.next_element_seed(Self(deeper))?.is_some() {}
            Ok(())
        }
        fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
            let deeper = self.deeper::<A::Error>()?;
            let mut names = std::collections::HashSet::new();
            while let Some(name) = map.next_key::<String>()? {
                if !names.insert(name) {
                    return Err(serde::de::Error::custom("duplicate key"));
                }
                map.next_value_seed(Self(deeper))?;
            }
            Ok(())
        }
    }
    impl Strict {
        fn deeper<E: serde::de::Error>(&self) -> Result<usize, E> {
            self.0.checked_sub(1).ok_or_else(|| E::custom("too deep"))
        }
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    serde::de::DeserializeSeed::deserialize(Strict(MAX_DEPTH), &mut deserializer)
        .and_then(|()| deserializer.end())
        .map_err(|_| ParseError::Json)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Kind, ParseError> {
        Message::parse(text.as_bytes()).map(|message| message.kind)
    }

    #[test]
    fn tells_the_kinds_apart() {
        assert_eq!(
            parse(r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"get_issue"}}"#),
            Ok(Kind::Request { id: "7".into(), method: "tools/call".into(), name: Some("get_issue".into()) })
        );
        assert_eq!(
            parse(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#),
            Ok(Kind::Notification { method: "notifications/initialized".into() })
        );
        assert_eq!(parse(r#"{"jsonrpc":"2.0","id":"a","result":{}}"#), Ok(Kind::Response));
        assert_eq!(
            parse(r#"{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":""}}"#),
            Ok(Kind::Response)
        );
    }

    #[test]
    fn refuses_what_two_readers_could_read_differently() {
        for text in [
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","method":"tools/list"}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","name":"b"}}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"ping","Method":"tools/call"}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a"},"Params":{"name":"b"}}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","Name":"b"}}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","argumentſ":{}}}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"x","params":{"arguments":{"a":[{"b":1,"\u0062":2}]}}}"#,
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"x\"} {}",
            "",
            "nonsense",
        ] {
            assert_eq!(parse(text), Err(ParseError::Json), "{text}");
        }
        assert_eq!(
            Message::parse(b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xff\"}"),
            Err(ParseError::Json)
        );
        assert_eq!(parse(&format!("{}{}", "[".repeat(500), "]".repeat(500))), Err(ParseError::Json));
        let deep = format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"x","params":{}1{}}}"#,
            "[".repeat(70),
            "]".repeat(70)
        );
        assert_eq!(parse(&deep), Err(ParseError::Json));
    }

    #[test]
    fn refuses_more_values_than_fit_into_memory() {
        let zeros = vec!["0"; MAX_VALUES].join(",");
        let text = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"x","params":{{"a":[{zeros}]}}}}"#);
        assert_eq!(parse(&text), Err(ParseError::Dense));
    }

    #[test]
    fn refuses_what_is_not_one_message() {
        assert_eq!(parse(r#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#), Err(ParseError::Batch));
        for text in [
            r#"{"id":1,"method":"ping"}"#,
            r#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#,
            r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#,
            r#"{"jsonrpc":"2.0","method":"tools/call","params":{"name":"delete_issue"}}"#,
            r#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#,
            r#"{"jsonrpc":"2.0","id":1}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"ping","result":{}}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":5}"#,
        ] {
            assert_eq!(parse(text), Err(ParseError::JsonRpc), "{text}");
        }
    }
}
