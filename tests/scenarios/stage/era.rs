//! A scripted MCP service that speaks one way only: 2026-07-28, older revisions by streamable HTTP, or HTTP+SSE.
//! Stricter than most: what its revision does not have, it refuses.

use std::collections::HashMap;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{Method, Request, Response};
use mcpgate::host::memory::{Chunk, Peer, Reply};
use serde_json::{Value, json};

use super::service::Seen;
use crate::world::World;

/// What a service speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Speech {
    /// 2026-07-28.
    Modern,
    /// This older revision, by streamable HTTP.
    Streamable(&'static str),
    /// 2024-11-05, by HTTP+SSE.
    Sse,
}

/// The service.
pub(crate) struct Era {
    speech: Speech,
    state: Mutex<State>,
    /// What clients have posted as answers, by the id that was asked; and what waits to go out on the oldest
    /// transport's streams.
    arrived: Arc<Mutex<Arrived>>,
}

#[derive(Default)]
struct Arrived {
    answers: HashMap<String, Value>,
    streams: HashMap<String, VecDeque<Value>>,
}

struct State {
    origin: String,
    seen: Vec<Seen>,
    sessions: Vec<String>,
    ended: Vec<String>,
    number: usize,
    tasks: Vec<String>,
    silent: bool,
    busy: bool,
}

/// Somebody in every result.
pub(crate) const MAIL: &str = "olga.alt@kunde.example";

impl Era {
    pub(super) fn new(speech: Speech, origin: &str) -> Self {
        let state = State {
            origin: origin.to_owned(),
            seen: Vec::new(),
            sessions: Vec::new(),
            ended: Vec::new(),
            number: 0,
            tasks: Vec::new(),
            silent: false,
            busy: false,
        };
        Self { speech, state: Mutex::new(state), arrived: Arc::default() }
    }

    pub(crate) fn origin(&self) -> String {
        self.state.lock().unwrap().origin.clone()
    }

    pub(super) fn set_origin(&self, origin: String) {
        self.state.lock().unwrap().origin = origin;
    }

    pub(super) fn reset(&self) {
        let mut state = self.state.lock().unwrap();
        state.seen.clear();
        state.silent = false;
        state.busy = false;
    }

    /// Answers nothing any more.
    pub(crate) fn falls_silent(&self) {
        self.state.lock().unwrap().silent = true;
    }

    /// Never comes to an end with a call, and says nothing meanwhile.
    pub(crate) fn is_busy(&self) {
        self.state.lock().unwrap().busy = true;
    }

    /// The messages with this method that arrived.
    pub(crate) fn heard(&self, method: &str) -> Vec<Seen> {
        let state = self.state.lock().unwrap();
        state.seen.iter().filter(|seen| seen.message()["method"] == method).cloned().collect()
    }

    /// The answers of clients that arrived.
    pub(crate) fn answers(&self) -> Vec<Value> {
        let state = self.state.lock().unwrap();
        let messages = state.seen.iter().map(Seen::message);
        messages.filter(|message| message["method"].is_null() && !message["id"].is_null()).collect()
    }

    /// Forgets all sessions, as a service that was restarted.
    pub(crate) fn forget_sessions(&self) {
        self.state.lock().unwrap().sessions.clear();
    }

    /// The sessions that clients have ended.
    pub(crate) fn ended(&self) -> Vec<String> {
        self.state.lock().unwrap().ended.clone()
    }

    fn answer(&self, request: Request<Bytes>) -> Reply {
        let (parts, body) = request.into_parts();
        let seen = Seen {
            method: parts.method,
            uri: parts.uri.to_string(),
            headers: parts.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        };
        let message = seen.message();
        self.state.lock().unwrap().seen.push(seen.clone());
        if self.state.lock().unwrap().silent {
            return Reply::Silence;
        }
        if message["method"] == "tools/call" && self.state.lock().unwrap().busy {
            return Reply::Waiting;
        }
        match self.speech {
            Speech::Modern => self.modern(&seen, &message),
            Speech::Streamable(revision) => self.streamable(revision, &seen, &message),
            Speech::Sse => self.sse(&seen, &message),
        }
    }

    fn modern(&self, seen: &Seen, message: &Value) -> Reply {
        let (method, params) = (message["method"].as_str().unwrap_or_default(), &message["params"]);
        let meta = &params["_meta"];
        if seen.method != Method::POST {
            return Reply::new(405, "text/plain", "");
        }
        if meta["io.modelcontextprotocol/protocolVersion"] != "2026-07-28"
            || seen.header("mcp-protocol-version") != "2026-07-28"
        {
            let data = json!({ "supported": ["2026-07-28"], "requested": null });
            return error(400, message, -32022, "only 2026-07-28", data);
        }
        let named = params["name"].as_str().or(params["uri"].as_str()).unwrap_or_default();
        let capabilities = &meta["io.modelcontextprotocol/clientCapabilities"];
        if seen.header("mcp-method") != method
            || seen.header("mcp-name") != named
            || !capabilities.is_object()
            || (named == "read" && seen.header("mcp-param-to") != mirrored(&params["arguments"]["to"]))
        {
            return error(400, message, -32020, "headers and body differ", Value::Null);
        }
        let whole = |mut result: Value| {
            result["resultType"] = json!("complete");
            if !matches!(method, "tools/call" | "prompts/get" | "completion/complete") {
                result["ttlMs"] = json!(1000);
                result["cacheScope"] = json!("public");
            }
            result["_meta"] =
                json!({ "io.modelcontextprotocol/serverInfo": { "name": "new", "version": "1" } });
            json!({ "jsonrpc": "2.0", "id": message["id"], "result": result })
        };
        match method {
            "server/discover" => ok(&whole(
                json!({ "supportedVersions": ["2026-07-28"], "capabilities": capabilities_of_server(), "instructions": "be kind" }),
            )),
            "tools/call" if asks(params).is_some() => {
                let (capability, ask) = asks(params).unwrap();
                if capabilities[capability].is_null() {
                    let data = json!({ "requiredCapabilities": { capability: {} } });
                    return error(400, message, -32021, "a capability is needed", data);
                }
                let answer = &params["inputResponses"]["who"];
                if answer.is_object() && params["requestState"] == "state-of-new" {
                    return ok(&whole(after(answer)));
                }
                ok(&json!({ "jsonrpc": "2.0", "id": message["id"], "result": {
                    "resultType": "input_required", "inputRequests": { "who": ask }, "requestState": "state-of-new",
                } }))
            }
            "tools/call" if params["name"] == "wait" => {
                chunks(std::iter::once(event(&notes(params)[0])).chain(std::iter::repeat(Chunk::Later)))
            }
            "tools/call" if params["name"] == "tell" => {
                let level = &meta["io.modelcontextprotocol/logLevel"];
                let notes = notes(params)
                    .into_iter()
                    .filter(|note| note["method"] != "notifications/message" || !level.is_null());
                stream(notes.chain([whole(text("told"))]).collect())
            }
            "subscriptions/listen" => {
                let tag = |mut note: Value| {
                    note["params"]["_meta"] =
                        json!({ "io.modelcontextprotocol/subscriptionId": message["id"] });
                    note
                };
                let first = json!({ "jsonrpc": "2.0", "method": "notifications/subscriptions/acknowledged", "params": { "notifications": params["notifications"] } });
                stream([first].into_iter().chain(news()).map(tag).collect())
            }
            _ => match result(method, params) {
                Some(result) => ok(&whole(result)),
                None => error(404, message, -32601, "there is no such method", Value::Null),
            },
        }
    }

    fn streamable(&self, revision: &str, seen: &Seen, message: &Value) -> Reply {
        let session = seen.header("mcp-session-id").to_owned();
        let mut state = self.state.lock().unwrap();
        let named = seen.header("mcp-protocol-version");
        if named == "2026-07-28" || message["method"] != "initialize" && !["", revision].contains(&named) {
            return error(400, message, -32000, "unsupported protocol version", Value::Null);
        }
        if message["method"] == "initialize" {
            state.number += 1;
            let mut session = format!("session-{}-{}", state.number, World::number());
            // On a stream that is open beside calls nothing is said that a call says too.
            if message["params"]["capabilities"].as_object().is_some_and(|able| !able.is_empty()) {
                session += "-asked";
            }
            state.sessions.push(session.clone());
            return ok(&introduction(message, revision)).header("mcp-session-id", &session);
        }
        if !state.sessions.contains(&session) {
            return error(404, message, -32001, "there is no such session", Value::Null);
        }
        match seen.method {
            Method::DELETE => {
                state.sessions.retain(|known| *known != session);
                state.ended.push(session);
                return Reply::new(200, "text/plain", "");
            }
            Method::GET => {
                let log = (!session.ends_with("-asked")).then(log);
                return stream(news().into_iter().chain(log).collect());
            }
            _ => {}
        }
        drop(state);
        if message["params"]["_meta"]
            .as_object()
            .is_some_and(|meta| meta.keys().any(|key| key.contains("modelcontextprotocol")))
        {
            return error(400, message, -32602, "what is that in _meta?", Value::Null);
        }
        match self.old_answer(message) {
            Old::Nothing => Reply::new(202, "text/plain", ""),
            Old::Messages(messages) if message["params"]["name"] == "wait" => {
                chunks(std::iter::once(event(&messages[0])).chain(std::iter::repeat(Chunk::Later)))
            }
            Old::Messages(messages) if messages.len() == 1 => ok(&messages[0]),
            Old::Messages(messages) => stream(messages),
            Old::Asks(id, ask) => {
                let (message, arrived) = (message.clone(), Arc::clone(&self.arrived));
                let mut waits = true;
                let rest = std::iter::from_fn(move || {
                    let answer = arrived.lock().unwrap().answers.remove(&id);
                    let next = answer.map_or(Chunk::Later, |answer| event(&after_answer(&message, &answer)));
                    waits.then(|| {
                        waits = matches!(next, Chunk::Later);
                        next
                    })
                });
                chunks(std::iter::once(event(&ask)).chain(rest))
            }
        }
    }

    fn sse(&self, seen: &Seen, message: &Value) -> Reply {
        if seen.method == Method::GET {
            if seen.header("accept") != "text/event-stream" {
                return Reply::new(406, "text/plain", "");
            }
            let name = format!("s{}", World::number());
            self.arrived.lock().unwrap().streams.insert(name.clone(), VecDeque::new());
            let arrived = Arc::clone(&self.arrived);
            let first = Chunk::Bytes(format!("event: endpoint\ndata: /messages?session={name}\n\n").into());
            let rest = std::iter::from_fn(move || Some(next_message(&arrived, &name)));
            return chunks(std::iter::once(first).chain(rest));
        }
        let Some((_, name)) = seen.uri.split_once("/messages?session=") else {
            return Reply::new(405, "text/plain", "");
        };
        let answer = match message["method"].as_str() {
            Some("initialize") => vec![introduction(message, "2024-11-05")],
            _ => match self.old_answer(message) {
                Old::Nothing => Vec::new(),
                Old::Messages(messages) => messages,
                Old::Asks(id, ask) => {
                    let mut arrived = self.arrived.lock().unwrap();
                    arrived.answers.insert(format!("waits-{id}"), message.clone());
                    drop(arrived);
                    vec![ask]
                }
            },
        };
        let mut arrived = self.arrived.lock().unwrap();
        // The answer to a question releases the call that waits for it.
        let released = message["id"].as_str().and_then(|id| {
            let waiting = arrived.answers.remove(&format!("waits-{id}"))?;
            Some(after_answer(&waiting, &message["result"]))
        });
        let Some(stream) = arrived.streams.get_mut(name) else { return Reply::new(404, "text/plain", "") };
        stream.extend(answer.into_iter().chain(released));
        drop(arrived);
        Reply::new(202, "text/plain", "Accepted")
    }

    /// What both older transports answer.
    fn old_answer(&self, message: &Value) -> Old {
        let (method, params) = (message["method"].as_str().unwrap_or_default(), &message["params"]);
        let whole = |result: Value| json!({ "jsonrpc": "2.0", "id": message["id"], "result": result });
        if message["id"].is_null() {
            return Old::Nothing;
        }
        match method {
            "" => {
                let id = message["id"].as_str().unwrap_or_default().to_owned();
                self.arrived.lock().unwrap().answers.insert(id, message["result"].clone());
                Old::Nothing
            }
            "tools/call" | "tasks/get" | "tasks/result" | "tasks/cancel"
                if self.speech == Speech::Streamable("2025-11-25")
                    && (method != "tools/call" || params["task"].is_object()) =>
            {
                Old::Messages(vec![match self.task(method, params) {
                    Some(result) => whole(result),
                    None => error_message(message, -32602, "there is no such task", Value::Null),
                }])
            }
            "tools/call" if asks(params).is_some() => {
                let id = format!("q{}", World::number());
                let (_, mut ask) = asks(params).unwrap();
                ask["jsonrpc"] = json!("2.0");
                ask["id"] = json!(id);
                Old::Asks(id, ask)
            }
            "tools/call" if params["name"] == "tell" => {
                Old::Messages(notes(params).into_iter().chain([whole(text("told"))]).collect())
            }
            "resources/subscribe" if self.speech == Speech::Sse => {
                Old::Messages([whole(json!({}))].into_iter().chain(news()).collect())
            }
            "tools/call" if params["name"] == "wait" => Old::Messages(vec![notes(params)[0].clone()]),
            "ping" | "logging/setLevel" | "resources/subscribe" | "resources/unsubscribe" => {
                Old::Messages(vec![whole(json!({}))])
            }
            _ => Old::Messages(vec![match result(method, params) {
                Some(result) => whole(result),
                None if method == "resources/read" => {
                    error_message(message, -32002, "no such resource", Value::Null)
                }
                None => error_message(message, -32601, "there is no such method", Value::Null),
            }]),
        }
    }
}

impl Era {
    /// Tasks of 2025-11-25.
    fn task(&self, method: &str, params: &Value) -> Option<Value> {
        let mut state = self.state.lock().unwrap();
        if method == "tools/call" {
            let id = format!("task-{}", World::number());
            state.tasks.push(id.clone());
            return Some(json!({ "task": { "taskId": id, "status": "working" } }));
        }
        let id = params["taskId"].as_str().filter(|id| state.tasks.iter().any(|known| known == id))?;
        Some(match method {
            "tasks/get" => json!({ "taskId": id, "status": "working" }),
            "tasks/cancel" => json!({ "taskId": id, "status": "cancelled" }),
            _ => {
                let mut result = text(&format!("done for {MAIL}"));
                result["_meta"] = json!({ "io.modelcontextprotocol/related-task": { "taskId": id } });
                result
            }
        })
    }
}

enum Old {
    Nothing,
    Messages(Vec<Value>),
    Asks(String, Value),
}

pub(super) fn peer(service: &Arc<Era>) -> Peer {
    let service = Arc::clone(service);
    Arc::new(move |request| service.answer(request))
}

fn capabilities_of_server() -> Value {
    json!({ "tools": { "listChanged": true }, "prompts": {}, "resources": { "subscribe": true }, "logging": {}, "completions": {} })
}

fn introduction(message: &Value, revision: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": message["id"], "result": {
        "protocolVersion": revision,
        "capabilities": capabilities_of_server(),
        "serverInfo": { "name": "old", "version": "1" },
        "instructions": "be kind",
    } })
}

/// What a tool asks of the client: the capability, and the request.
fn asks(params: &Value) -> Option<(&'static str, Value)> {
    let schema =
        json!({ "type": "object", "properties": { "name": { "type": "string" } }, "required": ["name"] });
    let said = json!({ "role": "user", "content": { "type": "text", "text": format!("Who asks {MAIL}?") } });
    Some(match params["name"].as_str()? {
        "ask" => {
            let params = json!({ "message": format!("Who asks {MAIL}?"), "requestedSchema": schema });
            ("elicitation", json!({ "method": "elicitation/create", "params": params }))
        }
        "ask_model" => {
            let params = json!({ "messages": [said], "maxTokens": 9, "includeContext": "allServers" });
            ("sampling", json!({ "method": "sampling/createMessage", "params": params }))
        }
        // What no client can be asked.
        "ask_odd" => ("elicitation", json!({ "method": "tools/call", "params": { "name": "read" } })),
        "ask_roots" => ("roots", json!({ "method": "roots/list", "params": {} })),
        _ => return None,
    })
}

/// The result after the client has answered.
fn after(answer: &Value) -> Value {
    let chosen = [&answer["content"]["name"], &answer["content"]["text"], &answer["roots"][0]["uri"]];
    match chosen.into_iter().find_map(Value::as_str) {
        Some(chosen) => text(&format!("chosen {chosen} for {MAIL}")),
        None => text("nobody said who"),
    }
}

fn after_answer(message: &Value, answer: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": message["id"], "result": after(answer) })
}

fn text(text: &str) -> Value {
    json!({ "content": [{ "type": "text", "text": text }], "isError": false })
}

fn notes(params: &Value) -> Vec<Value> {
    let token = &params["_meta"]["progressToken"];
    vec![
        json!({ "jsonrpc": "2.0", "method": "notifications/progress", "params": { "progressToken": token, "progress": 1 } }),
        log(),
    ]
}

fn log() -> Value {
    json!({ "jsonrpc": "2.0", "method": "notifications/message", "params": { "level": "info", "data": format!("log of {MAIL}") } })
}

fn news() -> Vec<Value> {
    vec![
        json!({ "jsonrpc": "2.0", "method": "notifications/tools/list_changed" }),
        json!({ "jsonrpc": "2.0", "method": "notifications/resources/updated", "params": { "uri": "x://1" } }),
    ]
}

/// An argument as a header says it, as far as scenarios need it.
fn mirrored(argument: &Value) -> String {
    let text = argument.as_str().unwrap_or_default();
    if text.is_ascii() { text.to_owned() } else { format!("=?base64?{}?=", STANDARD.encode(text)) }
}

/// What is the same in all revisions.
fn result(method: &str, params: &Value) -> Option<Value> {
    let tool = |name: &str| json!({ "name": name, "description": name, "inputSchema": { "type": "object" }, "annotations": { "readOnlyHint": true } });
    Some(match method {
        "tools/list" => {
            let mut read = tool("read");
            read["inputSchema"]["properties"] = json!({ "to": { "type": "string", "x-mcp-header": "To" } });
            json!({ "tools": [read, tool("ask"), tool("tell"), tool("wait"), tool("ask_model"), tool("ask_roots"), tool("ask_odd")] })
        }
        "tools/call" if params["name"] == "read" => {
            text(&format!("Write to {MAIL}; {}", params["arguments"]))
        }
        "prompts/list" => json!({ "prompts": [{ "name": "p" }] }),
        "prompts/get" => {
            json!({ "messages": [{ "role": "user", "content": { "type": "text", "text": MAIL } }] })
        }
        "resources/list" => json!({ "resources": [{ "uri": "x://1", "name": "one" }] }),
        "resources/templates/list" => {
            json!({ "resourceTemplates": [{ "uriTemplate": "x://{id}", "name": "any" }] })
        }
        "resources/read" if params["uri"] == "x://1" => {
            json!({ "contents": [{ "uri": "x://1", "text": MAIL }] })
        }
        "completion/complete" => json!({ "completion": { "values": ["one"] } }),
        _ => return None,
    })
}

fn ok(message: &Value) -> Reply {
    Reply::new(200, "application/json", message.to_string())
}

fn error_message(message: &Value, code: i64, text: &str, data: Value) -> Value {
    let mut error = json!({ "code": code, "message": text });
    if !data.is_null() {
        error["data"] = data;
    }
    json!({ "jsonrpc": "2.0", "id": message["id"], "error": error })
}

fn error(status: u16, message: &Value, code: i64, text: &str, data: Value) -> Reply {
    Reply::new(status, "application/json", error_message(message, code, text, data).to_string())
}

fn event(message: &Value) -> Chunk {
    Chunk::Bytes(format!("event: message\ndata: {message}\n\n").into())
}

fn stream(messages: Vec<Value>) -> Reply {
    chunks(messages.into_iter().map(|message| event(&message)))
}

fn chunks(chunks: impl Iterator<Item = Chunk> + Send + 'static) -> Reply {
    let mut response = Response::new(Box::new(chunks) as Box<dyn Iterator<Item = Chunk> + Send>);
    response.headers_mut().insert("content-type", "text/event-stream".parse().unwrap());
    Reply::Response(response)
}

fn next_message(arrived: &Mutex<Arrived>, stream: &str) -> Chunk {
    let mut arrived = arrived.lock().unwrap();
    let message = arrived.streams.get_mut(stream).and_then(VecDeque::pop_front);
    message.map_or(Chunk::Later, |message| event(&message))
}
