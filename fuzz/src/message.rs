//! The message parser, and what is decided by a message: its revision, whether its headers agree, what it is about.
//!
//! Input: header lines, an empty line, a body; without an empty line, a body.

use http::{HeaderMap, HeaderValue};
use mcpgate::json::{self, Duplicates, Event, Segment};
use mcpgate::mcp::header;
use mcpgate::mcp::message::{Kind, MAX_DEPTH, Message, name_member};
use mcpgate::mcp::raw::{self, Object};
use mcpgate::mcp::relabel::Subject;
use mcpgate::mcp::revision::{Era, HEADER_MISMATCH, META_REVISION, MODERN, REVISIONS, resolve};
use serde_json::Value;

/// Checks one input.
pub fn check(data: &[u8]) {
    let _ = Message::parse(data);
    let (lines, body) = match super::parts(data) {
        [body, []] => (&[][..], body),
        [lines, body] => (lines, body),
    };
    let Ok(message) = Message::parse(body) else { return };
    assert_eq!(message.text.as_bytes(), body, "the text is the body");
    let value: Value = serde_json::from_str(&message.text).expect("what was accepted is JSON");
    reads_as(&message, &value);
    walks_as(&message);
    survives_rewriting(&message, &value);
    agrees(&super::headers(lines), &message, &value);
    minted_headers_agree(&message, &value);
}

/// A reader of its own sees the same message.
fn reads_as(message: &Message, value: &Value) {
    assert_eq!(value["jsonrpc"], "2.0");
    assert_eq!(message.method(), value["method"].as_str());
    match &message.kind {
        Kind::Request { id, method, name } => {
            assert_eq!(serde_json::from_str::<Value>(id).expect("an id is JSON"), value["id"]);
            assert!(value["id"].is_string() || value["id"].is_number());
            let named = name_member(method).and_then(|member| value["params"][member].as_str());
            assert_eq!(name.as_deref(), named);
            if method == "tools/call" {
                assert_eq!(message.tool(), Some(named.unwrap_or_default()));
            }
        }
        Kind::Notification { .. } => assert!(value.get("id").is_none()),
        Kind::Response => assert!(value.get("result").is_some() || value.get("error").is_some()),
    }
    let meta = message.meta(META_REVISION).map(|meta| serde_json::from_str::<Value>(&meta).expect("JSON"));
    assert_eq!(meta.as_ref(), value["params"]["_meta"].get(META_REVISION));
}

/// The scanner that rewrites messages sees the same message, and nothing that is nested too deep.
fn walks_as(message: &Message) {
    let (mut method, mut tool) = (None, None);
    json::walk(&message.text, Duplicates::Refuse, &mut |path, event| {
        assert!(path.len() <= MAX_DEPTH, "nested {} deep", path.len());
        let Event::String(raw) = event else { return };
        match path {
            [Segment::Key(key)] if key == "method" => method = Some(raw.decode().into_text()),
            [Segment::Key(params), Segment::Key(key)] if params == "params" && key == "name" => {
                tool = Some(raw.decode().into_text());
            }
            _ => {}
        }
    })
    .expect("what was accepted can be rewritten");
    assert_eq!(message.method(), method.as_deref());
    if let Some(called) = message.tool() {
        assert_eq!(called, tool.as_deref().unwrap_or_default());
    }
}

/// Written anew, with a name exchanged, or in one spelling, it is the same message.
fn survives_rewriting(message: &Message, value: &Value) {
    let written = Object::parse(&message.text).expect("an object").to_string();
    assert_eq!(Message::parse(written.as_bytes()).map(|again| again.kind).as_ref(), Ok(&message.kind));
    let canonical = raw::canonical(&message.text);
    assert_eq!(raw::canonical(&canonical), canonical);
    assert_eq!(raw::canonical(&raw::indented(&message.text)), canonical);
    assert_eq!(&serde_json::from_str::<Value>(&canonical).expect("JSON"), value);
    if let Some(subject) = Subject::of(message) {
        let put = subject.put(&message.text, "other \"name\"").expect("a name can be exchanged");
        let put = Message::parse(put.as_bytes()).expect("still a message");
        assert_eq!(Subject::of(&put).expect("still about something").alias, "other \"name\"");
        let back = subject.put(&put.text, &subject.alias).expect("and back");
        assert_eq!(&serde_json::from_str::<Value>(&back).expect("JSON"), value);
    }
}

/// What passes as 2026-07-28 says the same in its headers and its body.
fn agrees(headers: &HeaderMap, message: &Message, value: &Value) {
    let header =
        |name: &str| headers.get(name).map(|value| value.to_str().expect("ASCII").trim_matches([' ', '\t']));
    let in_body = value["params"]["_meta"][META_REVISION].as_str();
    match resolve(headers, message) {
        Ok(Era::Legacy) => {
            assert_eq!(in_body, None);
            let revision = header("mcp-protocol-version").unwrap_or(REVISIONS[1]);
            assert!(REVISIONS[1..].contains(&revision));
        }
        Ok(Era::Modern) => {
            assert_eq!(header("mcp-protocol-version"), Some(MODERN));
            assert!(in_body == Some(MODERN) || message.id().is_none() && in_body.is_none());
            let method = message.method().expect("no answers from clients");
            let sent = header("mcp-method");
            assert!(sent == Some(method) || message.id().is_none() && sent.is_none());
            if let Some(member) = name_member(method) {
                let sent = header::decode(header("mcp-name").expect("a name")).expect("a readable name");
                assert_eq!(Some(&*sent), value["params"][member].as_str());
            }
        }
        Err(disagreement) => {
            assert!((-32700..=-32000).contains(&disagreement.code));
            if let Some(data) = &disagreement.data {
                serde_json::from_str::<Value>(data).expect("error.data is JSON");
            }
        }
    }
}

/// Headers made from the body pass, and do not when one of them is changed.
fn minted_headers_agree(message: &Message, value: &Value) {
    let Kind::Request { method, name, .. } = &message.kind else { return };
    let meta = &value["params"]["_meta"];
    let complete = meta[META_REVISION] == MODERN
        && meta["io.modelcontextprotocol/clientCapabilities"].is_object()
        && meta.get("io.modelcontextprotocol/clientInfo").is_none_or(is_client)
        && (name_member(method).is_none() || name.is_some());
    let speakable = method.bytes().all(|byte| (0x21..=0x7e).contains(&byte)) && !method.is_empty();
    if !complete || !speakable {
        return;
    }
    let with = |version: &str, method: &str, name: Option<&str>| {
        let text = |text: &str| HeaderValue::from_str(text).expect("a header can carry it");
        let mut headers = HeaderMap::new();
        headers.insert("mcp-protocol-version", text(version));
        headers.insert("mcp-method", text(method));
        if let Some(name) = name {
            headers.insert("mcp-name", text(&header::encode(name)));
        }
        resolve(&headers, message).map_err(|disagreement| disagreement.code)
    };
    let name = name.as_deref();
    assert_eq!(with(MODERN, method, name), Ok(Era::Modern));
    assert_eq!(with(REVISIONS[1], method, name), Err(HEADER_MISMATCH));
    assert_eq!(with(MODERN, &format!("{method}x"), name), Err(HEADER_MISMATCH));
    if let Some(name) = name {
        assert_eq!(with(MODERN, method, Some(&format!("{name}x"))), Err(HEADER_MISMATCH));
        assert_eq!(with(MODERN, method, None), Err(HEADER_MISMATCH));
    }
}

/// Whether a client says of itself what every service can read.
fn is_client(info: &Value) -> bool {
    info["name"].is_string() && info["version"].is_string()
}
