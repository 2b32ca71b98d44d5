//! Input that is made to break something: an error that says so, nothing forwarded, and the gateway goes on.

use bytes::Bytes;
use http::HeaderValue;
use mcpgate::host::memory::{Chunk, Reply};
use serde_json::json;

use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Usual: a_body_that_is_no_text_is_refused, a_header_that_is_no_text_is_refused_or_left_out,
        a_session_id_that_is_none_is_not_handed_on, a_result_without_a_bottom_is_withheld,
        a_result_that_is_no_text_is_withheld, a_compressed_answer_is_not_unpacked, a_million_tools_are_not_listed,
        too_many_values_are_not_taken_apart,
        a_list_of_tools_that_never_ends_is_not_read;
};

/// The service is still well served afterwards.
#[track_caller]
fn goes_on(world: &mut World, agent: &Agent) {
    world.stage.desk.behaves();
    assert_eq!(agent.read(world, "get_issue", json!({})), "done");
}

fn a_body_that_is_no_text_is_refused(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let message = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_issue","arguments":{"a":"?"}}}"#;
    let with = |bytes: &[u8]| {
        let (head, tail) = message.split_once('?').unwrap();
        [head.as_bytes(), bytes, tail.as_bytes()].concat()
    };
    for body in [
        with(b"\xff"),
        with(b"\xed\xa0\x80"),
        with(b"\xc0\xae"),
        with(b"\x00"),
        with(b"\n"),
        [b"\xef\xbb\xbf".as_slice(), message.as_bytes()].concat(),
        message.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        [b"\0".as_slice(), message.as_bytes()].concat(),
        vec![b'['; 1024 * 1024],
        r#"{"a":"#.repeat(200_000).into_bytes(),
    ] {
        let mut request = agent.speaking("2025-11-25").posting(world, message.to_owned());
        *request.body_mut() = body.into();
        let answer = world.send(request);
        assert_eq!(
            (answer.status(), &answer.json()["error"]["code"]),
            (400, &json!(-32700)),
            "{}",
            answer.text()
        );
    }
    assert!(world.stage.desk.seen().is_empty(), "nothing was forwarded");
    goes_on(world, &agent);
}

fn a_header_that_is_no_text_is_refused_or_left_out(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let params = json!({ "name": "get_issue", "arguments": {} });
    for (name, value) in [
        ("mcp-protocol-version", "2026-07-28ü"),
        ("mcp-method", "tools/cäll"),
        ("mcp-name", "get_issueü"),
        ("mcp-name", "=?base64?ü?="),
        ("mcp-param-undeclared", "ü"),
        ("mcp-param-undeclared", "=?base64?/w==?="),
    ] {
        let mut request = agent.request(world, "tools/call", params.clone());
        request.headers_mut().insert(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        let answer = world.send(request);
        assert_eq!((answer.status(), &answer.json()["error"]["code"]), (400, &json!(-32020)), "{name}");
    }
    for session in ["ü", "a b", ""] {
        let mut request = agent.speaking("2025-11-25").request(world, "tools/call", params.clone());
        request.headers_mut().insert("mcp-session-id", HeaderValue::from_bytes(session.as_bytes()).unwrap());
        assert_eq!(world.send(request).status(), 404);
    }
    assert!(world.stage.desk.calls().is_empty(), "nothing was forwarded");

    let mut request = agent.request(world, "tools/call", params);
    request.headers_mut().insert("traceparent", HeaderValue::from_bytes("00-ü".as_bytes()).unwrap());
    request.headers_mut().insert("tracestate", "x".repeat(5000).parse().unwrap());
    assert_eq!(world.send(request).status(), 200);
    let seen = world.stage.desk.calls().pop().unwrap();
    assert!(!seen.headers.contains_key("traceparent") && !seen.headers.contains_key("tracestate"));
}

fn a_session_id_that_is_none_is_not_handed_on(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk").speaking("2025-11-25");
    for id in ["planted session", "plantedü", "planted\tsession"] {
        world.stage.desk.answers(move |seen| {
            if seen.message()["method"] != "initialize" {
                return None;
            }
            let result = r#"{"protocolVersion":"2025-11-25","capabilities":{},"serverInfo":{"name":"s","version":"1"}}"#;
            let body = format!(r#"{{"jsonrpc":"2.0","id":{},"result":{result}}}"#, seen.id());
            let mut reply = Reply::new(200, "application/json", body);
            if let Reply::Response(response) = &mut reply {
                response.headers_mut().insert("mcp-session-id", HeaderValue::from_bytes(id.as_bytes()).unwrap());
            }
            Some(reply)
        });
        let answer =
            agent.send(world, "initialize", json!({ "protocolVersion": "2025-11-25", "capabilities": {} }));
        assert_eq!(answer.header("mcp-session-id"), "");
        assert!(
            answer.json()["error"]["message"].as_str().unwrap().contains("session id"),
            "{}",
            answer.text()
        );
    }
    goes_on(world, &agent);
}

fn a_result_without_a_bottom_is_withheld(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    for (open, close, times) in
        [("[", "]", 200), ("[", "]", 100_000), (r#"{"a":"#, "}", 200), (r#"{"a":"#, "}", 100_000)]
    {
        let deep = format!("{}1{}", open.repeat(times), close.repeat(times));
        for result in [
            format!(r#"{{"content":[],"structuredContent":{deep}}}"#),
            format!(r#"{{"content":{deep}}}"#),
            format!(r#"{{"content":[{deep}],"_meta":{deep}}}"#),
        ] {
            world.stage.desk.results(result);
            agent.refused(world, "get_issue", json!({}));
        }
    }
    goes_on(world, &agent);
}

fn a_result_that_is_no_text_is_withheld(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    for content_type in ["application/json", "text/event-stream"] {
        world.stage.desk.replies(move |seen| {
            let head = format!(
                r#"{{"jsonrpc":"2.0","id":{},"result":{{"content":[{{"type":"text","text":""#,
                seen.id()
            );
            let prefix = if content_type == "text/event-stream" { "data: " } else { "" };
            let body = [prefix.as_bytes(), head.as_bytes(), b"a\xffb", b"\"}]}}\n\n"].concat();
            Reply::new(200, content_type, body)
        });
        let answer = agent.send(world, "tools/call", json!({ "name": "get_issue", "arguments": {} }));
        assert!(answer.text().contains("not UTF-8"), "{}", answer.text());
    }
    assert_eq!(world.recorded("tool_called", "service", Some("service_rubbish")), 2);
    goes_on(world, &agent);
}

fn a_compressed_answer_is_not_unpacked(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    agent.tools(world);
    let bomb = zeros(64 * 1024 * 1024);
    assert!(bomb.len() < 1024 * 1024);
    for content_type in ["application/json", "text/event-stream"] {
        for coding in ["gzip", "GZIP", "br", "zstd", "deflate", "gzip, gzip", "x-unheard-of"] {
            let bomb = bomb.clone();
            world.stage.desk.replies(move |_| {
                let reply = Reply::chunks(200, content_type, vec![Chunk::Bytes(bomb.clone())]);
                reply.header("content-encoding", coding)
            });
            let answer = agent.send(world, "tools/call", json!({ "name": "get_issue", "arguments": {} }));
            assert!(answer.text().len() < 1000 && answer.text().contains("The desk"), "{}", answer.text());
        }
    }
    let failed = |event: &serde_json::Value| event["action"] == "tool_called" && event["fault"] == "service";
    assert_eq!(world.audit().iter().filter(|event| failed(event)).count(), 14);
    goes_on(world, &agent);
}

/// That many zeros, as gzip (RFC 1951, RFC 1952), without an end.
fn zeros(count: usize) -> Bytes {
    let mut packed = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    // One block with fixed codes: a zero, and again and again 258 bytes like the one before.
    let again = "1100010100000".repeat(count / 258);
    let bits = format!("11000110000{again}");
    packed.extend(
        bits.as_bytes()
            .chunks(8)
            .map(|byte| byte.iter().enumerate().fold(0, |sum, (at, bit)| sum | (bit - b'0') << at)),
    );
    packed.into()
}

fn a_million_tools_are_not_listed(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let (json, events) = ("application/json", "text/event-stream");
    let lists = [
        (r#"{"name":"a"}"#, 6000, "more than 5000 tools", json),
        (r#"{"name":"a"}"#, 6000, "more than 5000 tools", events),
        (r#"{"name":"a"}"#, 210_000, "more than 200000 values", json),
        ("{}", 1_000_000, "more than 200000 values", events),
    ];
    for (tool, count, words, content_type) in lists {
        let tools = vec![tool; count].join(",");
        world.stage.desk.lists(move |seen| {
            let list = format!(r#"{{"jsonrpc":"2.0","id":{},"result":{{"tools":[{tools}]}}}}"#, seen.id());
            match content_type {
                "text/event-stream" => Reply::new(200, content_type, format!("data: {list}\n\n")),
                _ => Reply::new(200, content_type, list),
            }
        });
        let answer = agent.send(world, "tools/list", json!({}));
        assert!(answer.text().len() < 1000 && answer.text().contains(words), "{}", answer.text());
        let told = agent.refused(world, "never_heard_of", json!({}));
        assert!(told.contains(words), "{told}");
    }
    assert!(world.stage.desk.calls().is_empty(), "nothing was forwarded");
    assert_eq!(world.recorded("tools_listed", "service", Some("service_rubbish")), 4);
    goes_on(world, &agent);
}

fn too_many_values_are_not_taken_apart(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    agent.tools(world);
    for item in ["0", "{}", "[]", r#""""#, r#"{"a":0}"#] {
        let items = vec![item; 210_000].join(",");
        for result in [
            format!(r#"{{"content":[{items}]}}"#),
            format!(r#"{{"content":[],"structuredContent":{{"a":[{items}]}}}}"#),
            json!({ "content": [{ "type": "text", "text": format!("[{items}]") }] }).to_string(),
        ] {
            world.stage.desk.results(result);
            let told = agent.refused(world, "get_issue", json!({}));
            assert!(told.contains("more than 200000 values") || told.contains("larger than"), "{told}");
        }
    }
    let calls = world.stage.desk.calls().len();
    let zeros = vec!["0"; 210_000].join(",");
    let params = format!(r#"{{"name":"get_issue","arguments":{{"a":[{zeros}]}}}}"#);
    let body = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{params}}}"#);
    let request = agent.speaking("2025-11-25").posting(world, body);
    let answer = world.send(request);
    assert_eq!(
        (answer.status(), &answer.json()["error"]["code"]),
        (400, &json!(-32600)),
        "{}",
        answer.text()
    );
    assert!(answer.text().contains("more than 200000 values"), "{}", answer.text());
    assert_eq!(world.stage.desk.calls().len(), calls, "nothing was forwarded");
    goes_on(world, &agent);
}

fn a_list_of_tools_that_never_ends_is_not_read(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    for content_type in ["application/json", "text/event-stream"] {
        world.stage.desk.lists(move |seen| {
            let head = format!(r#"data: {{"jsonrpc":"2.0","id":{},"result":{{"tools":["#, seen.id());
            let head =
                head.strip_prefix(if content_type == "application/json" { "data: " } else { "" }).unwrap();
            let tool = Bytes::from(r#"{"name":"get_issue"},"#.repeat(50_000));
            let more = std::iter::repeat_with(move || Chunk::Bytes(tool.clone())).take(100);
            let chunks = std::iter::once(Chunk::Bytes(head.to_owned().into())).chain(more);
            let mut response =
                http::Response::new(Box::new(chunks) as Box<dyn Iterator<Item = Chunk> + Send>);
            response.headers_mut().insert("content-type", content_type.parse().unwrap());
            Reply::Response(response)
        });
        let answer = agent.send(world, "tools/list", json!({}));
        assert!(answer.text().len() < 1000 && !answer.text().contains("get_issue"), "{}", answer.text());
        assert!(answer.text().contains("The desk"), "{}", answer.text());
    }
    goes_on(world, &agent);
}
