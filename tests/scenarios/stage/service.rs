//! A scripted MCP service, of all revisions at once.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{HeaderMap, Method, Request};
use mcpgate::host::memory::{Peer, Reply};
use serde_json::{Value, json};

/// The service.
pub(crate) struct Service(Mutex<State>);

struct State {
    origin: String,
    tools: Value,
    answering: Option<Answering>,
    seen: Vec<Seen>,
}

/// Answers some requests in the way that a scenario says.
type Answering = Box<dyn Fn(&Seen) -> Option<Reply> + Send>;

/// A request that arrived.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: Method,
    pub(crate) uri: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Seen {
    /// The message in its body.
    pub(crate) fn message(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }

    /// The text of the message's id.
    pub(crate) fn id(&self) -> String {
        self.message()["id"].to_string()
    }

    /// `params.arguments` of its message.
    pub(crate) fn arguments(&self) -> Value {
        self.message()["params"]["arguments"].clone()
    }

    /// A header's value, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn calls(&self) -> bool {
        self.message()["method"] == "tools/call"
    }
}

impl Service {
    pub(super) fn new(origin: &str) -> Self {
        Self(Mutex::new(State {
            origin: origin.to_owned(),
            tools: tools(),
            answering: None,
            seen: Vec::new(),
        }))
    }

    pub(crate) fn origin(&self) -> String {
        self.0.lock().unwrap().origin.clone()
    }

    pub(super) fn set_origin(&self, origin: String) {
        self.0.lock().unwrap().origin = origin;
    }

    pub(crate) fn reset(&self) {
        let mut state = self.0.lock().unwrap();
        state.tools = tools();
        state.answering = None;
        state.seen.clear();
    }

    /// Answers tool calls with this text as `result`.
    pub(crate) fn results(&self, result: impl Into<String>) {
        let result = result.into();
        self.replies(move |seen| {
            let body = format!(r#"{{"jsonrpc":"2.0","id":{},"result":{result}}}"#, seen.id());
            Reply::new(200, "application/json", body)
        });
    }

    /// Answers tool calls with a text.
    pub(crate) fn says(&self, text: &str) {
        self.results(json!({ "content": [{ "type": "text", "text": text }], "isError": false }).to_string());
    }

    /// Answers tool calls in this way.
    pub(crate) fn replies(&self, answer: impl Fn(&Seen) -> Reply + Send + 'static) {
        self.answers(move |seen| seen.calls().then(|| answer(seen)));
    }

    /// Answers requests for its tools in this way.
    pub(crate) fn lists(&self, answer: impl Fn(&Seen) -> Reply + Send + 'static) {
        self.answers(move |seen| (seen.message()["method"] == "tools/list").then(|| answer(seen)));
    }

    /// Answers all requests in this way, unless it is [`None`].
    pub(crate) fn answers(&self, answer: impl Fn(&Seen) -> Option<Reply> + Send + 'static) {
        self.0.lock().unwrap().answering = Some(Box::new(answer));
    }

    /// Has these tools, besides its own.
    pub(crate) fn offers(&self, more: &Value) {
        let mut all = tools();
        all.as_array_mut().unwrap().extend(more.as_array().unwrap().iter().cloned());
        self.0.lock().unwrap().tools = all;
    }

    /// Behaves well again.
    pub(crate) fn behaves(&self) {
        self.0.lock().unwrap().answering = None;
    }

    /// Takes a request and answers it.
    pub(super) fn take(&self, request: Request<Bytes>) -> Reply {
        self.0.lock().unwrap().answer(request)
    }

    /// Every request that arrived.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.0.lock().unwrap().seen.clone()
    }

    /// The tool calls that arrived.
    pub(crate) fn calls(&self) -> Vec<Seen> {
        self.seen().into_iter().filter(Seen::calls).collect()
    }

    /// Whether it was asked to end this session. Nobody waits for that: see [`waits_until`](crate::World::waits_until).
    pub(crate) fn ended(&self, session: &str) -> bool {
        self.seen().iter().any(|seen| seen.method == "DELETE" && seen.header("mcp-session-id") == session)
    }
}

pub(super) fn peer(service: &Arc<Service>) -> Peer {
    let service = Arc::clone(service);
    Arc::new(move |request| service.take(request))
}

impl State {
    fn answer(&mut self, request: Request<Bytes>) -> Reply {
        let (parts, body) = request.into_parts();
        let seen = Seen {
            method: parts.method,
            uri: parts.uri.to_string(),
            headers: parts.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        };
        self.seen.push(seen.clone());
        if let Some(reply) = self.answering.as_ref().and_then(|answering| answering(&seen)) {
            return reply;
        }
        match seen.method {
            Method::GET => {
                let event = r#"{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"news"}}"#;
                return Reply::new(200, "text/event-stream", format!("id: 7\ndata: {event}\n\n"));
            }
            Method::DELETE => return Reply::new(200, "application/json", ""),
            _ => {}
        }
        let message = seen.message();
        let result = match message["method"].as_str() {
            Some("initialize") => json!({
                "protocolVersion": message["params"]["protocolVersion"],
                "capabilities": { "tools": {}, "resources": { "subscribe": true } },
                "serverInfo": { "name": "scripted", "version": "1" },
            }),
            Some("server/discover") => json!({
                "supportedVersions": ["2026-07-28"],
                "capabilities": { "tools": {}, "resources": { "subscribe": true } },
                "resultType": "complete",
                "ttlMs": 1000,
                "cacheScope": "public",
                "_meta": { "io.modelcontextprotocol/serverInfo": { "name": "scripted", "version": "1" } },
            }),
            Some("tools/list") => {
                json!({ "tools": self.tools, "ttlMs": 1000, "cacheScope": "public", "resultType": "complete" })
            }
            Some("tools/call") => {
                json!({ "content": [{ "type": "text", "text": "done" }], "isError": false, "resultType": "complete" })
            }
            Some(_) if message["id"].is_null() => return Reply::new(202, "application/json", ""),
            _ => {
                let error = json!({ "code": -32601, "message": "there is no such method" });
                return reply(404, &json!({ "jsonrpc": "2.0", "id": message["id"], "error": error }));
            }
        };
        let reply = reply(200, &json!({ "jsonrpc": "2.0", "id": message["id"], "result": result }));
        match message["method"].as_str() {
            Some("initialize") => reply.header("mcp-session-id", "planted-session-4711"),
            _ => reply,
        }
    }
}

fn reply(status: u16, message: &Value) -> Reply {
    Reply::new(status, "application/json", message.to_string())
}

fn tools() -> Value {
    let tool = |name: &str, annotations: Value| {
        json!({
            "name": name,
            // Two services have these tools: without a name, no text seems to speak of the other's.
            "description": format!("What {} does", name.replace('_', " ")),
            "inputSchema": { "type": "object", "properties": { "email": { "type": "string" } } },
            "annotations": annotations,
            "x-unknown": { "kept": [1.0, 1e3] },
        })
    };
    json!([
        tool("get_issue", json!({ "readOnlyHint": true })),
        tool("search_issues", json!({ "readOnlyHint": true })),
        tool("add_comment", json!({ "readOnlyHint": false, "destructiveHint": false })),
        tool("delete_issue", json!({ "readOnlyHint": false, "destructiveHint": true })),
        tool("archive", json!({ "destructiveHint": true })),
    ])
}
