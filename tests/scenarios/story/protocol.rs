//! What is not what the protocol says is refused before anything else happens.

use bytes::Bytes;
use http::Request;
use mcpgate::host::memory::Reply;
use serde_json::{Value, json};

use crate::client::Agent;
use crate::stage::Person;
use crate::world::{Answer, World};
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Usual: a_missing_or_other_header_is_a_mismatch, an_unknown_revision_is_told_which_are_known,
        a_body_that_can_be_read_in_two_ways_is_refused, a_batch_is_refused, a_batch_of_its_revision_is_answered,
        a_message_of_a_batch_that_cannot_be_read_keeps_none_back, a_batch_that_is_refused_is_told_why, a_body_that_is_too_large_is_refused,
        other_methods_are_refused,
        an_unknown_method_is_the_services_to_refuse, a_method_of_earlier_revisions_is_not_found,
        a_request_without_its_meta_is_refused, a_client_is_an_object_with_name_and_version,
        only_capabilities_that_are_objects_are_told, a_notification_is_accepted, a_notification_is_accepted_however_its_service_says_so,
        a_look_for_a_stream_is_answered_and_forgotten, a_body_of_another_type_is_refused,
        an_answer_that_the_client_does_not_take_is_not_given,
        a_refused_notification_says_whose_fault_it_is,
        discover_names_the_gateways_own_revisions, a_stream_that_ends_to_be_resumed_ends_without_an_answer;
};

/// The request is refused with this code; nothing reaches the service.
#[track_caller]
fn refused(world: &mut World, request: Request<Bytes>, status: u16, code: i64, reason: &str) -> Answer {
    let before = (
        world.recorded("tool_called", "refused", Some(reason)),
        world.recorded("request_refused", "refused", Some(reason)),
    );
    let answer = world.send(request);
    let error = answer.json()["error"].clone();
    assert_eq!((answer.status(), &error["code"]), (status, &json!(code)), "{}", answer.text());
    assert!(!error["message"].as_str().unwrap().is_empty());
    assert!(world.stage.desk.seen().is_empty(), "nothing was forwarded");
    let after = (
        world.recorded("tool_called", "refused", Some(reason)),
        world.recorded("request_refused", "refused", Some(reason)),
    );
    assert_eq!(after.0 + after.1, before.0 + before.1 + 1, "recorded as {reason}");
    answer
}

fn call() -> Value {
    json!({ "name": "get_issue", "arguments": {} })
}

fn a_missing_or_other_header_is_a_mismatch(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    for (name, value) in [
        ("mcp-protocol-version", None),
        ("mcp-protocol-version", Some("2025-11-25")),
        ("mcp-method", None),
        ("mcp-method", Some("tools/list")),
        ("mcp-name", None),
        ("mcp-name", Some("delete_issue")),
        ("mcp-name", Some("GET_ISSUE")),
        ("mcp-name", Some("=?base64?%%%?=")),
    ] {
        let mut request = agent.request(world, "tools/call", call());
        request.headers_mut().remove(name);
        if let Some(value) = value {
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        let answer = refused(world, request, 400, -32020, "header_mismatch");
        assert_eq!(answer.json()["id"], 7, "{name} {value:?}");
        let message = answer.json()["error"]["message"].as_str().unwrap().to_lowercase();
        assert!(message.contains(name), "{name} {value:?}: {message}");
    }
}

fn an_unknown_revision_is_told_which_are_known(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let mut request = agent.request(world, "tools/call", call());
    let body = String::from_utf8(request.body().to_vec()).unwrap().replace("2026-07-28", "2099-01-01");
    *request.body_mut() = body.into();
    request.headers_mut().insert("mcp-protocol-version", "2099-01-01".parse().unwrap());
    let answer = refused(world, request, 400, -32022, "unsupported_version");
    let data = answer.json()["error"]["data"].clone();
    assert_eq!(data["requested"], "2099-01-01");
    for revision in ["2026-07-28", "2025-11-25", "2025-06-18"] {
        assert!(data["supported"].as_array().unwrap().contains(&json!(revision)));
    }
}

fn a_body_that_can_be_read_in_two_ways_is_refused(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk").speaking("2025-11-25");
    for (body, code) in [
        (r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_issue","name":"delete_issue"}}"#.to_owned(), -32700),
        (r#"{"jsonrpc":"2.0","id":1,"id":2,"method":"tools/list"}"#.to_owned(), -32700),
        ("{".to_owned(), -32700),
        (format!(r#"{{"jsonrpc":"2.0","id":1,"method":"x","params":{}1{}}}"#, "[".repeat(100), "]".repeat(100)), -32700),
        ("null".to_owned(), -32700),
        (r#"{"id":1,"method":"tools/list"}"#.to_owned(), -32600),
        (r#"{"jsonrpc":"2.0","id":{},"method":"tools/list"}"#.to_owned(), -32600),
    ] {
        let request = agent.posting(world, body);
        refused(world, request, 400, code, "malformed_request");
    }
}

fn a_batch_is_refused(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk").speaking("2025-06-18");
    let request = agent.posting(world, r#"[{"jsonrpc":"2.0","id":1,"method":"tools/list"}]"#.to_owned());
    let answer = refused(world, request, 400, -32600, "malformed_request");
    assert!(answer.text().contains("one message per request"), "{}", answer.text());
}

fn a_batch_of_its_revision_is_answered(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk").speaking("2025-03-26");
    let batch = json!([
        { "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 99 } },
        { "jsonrpc": "2.0", "id": 1, "method": "tools/list" },
        { "jsonrpc": "2.0", "id": "two", "method": "tools/call", "params": call() },
        { "jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": { "name": "delete_issue", "arguments": {} } },
        { "jsonrpc": "2.0", "id": 4 },
    ]);
    for named in [true, false] {
        world.stage.desk.says("write to mia.muster@kunde.example");
        let mut request = agent.posting(world, batch.to_string());
        if !named {
            request.headers_mut().remove("mcp-protocol-version");
        }
        let answer = world.send(request);
        assert_eq!((answer.status(), answer.header("content-type")), (200, "text/event-stream"));
        let events = answer.events();
        let ids: Vec<&Value> = events.iter().map(|event| &event["id"]).collect();
        assert_eq!(ids, [&json!(1), &json!("two"), &json!(3), &Value::Null], "{events:?}");
        assert!(
            events[0]["result"]["tools"].is_array() && events[3]["error"]["code"] == -32600,
            "{events:?}"
        );
        assert!(
            events[2].to_string().contains("own yes"),
            "each call goes through all phases: {}",
            events[2]
        );
        assert!(!answer.text().contains("mia.muster"), "{}", answer.text());
    }
    let quiet = json!([{ "jsonrpc": "2.0", "method": "notifications/initialized" }]);
    let answer = world.send(agent.posting(world, quiet.to_string()));
    assert_eq!((answer.status(), answer.text()), (202, ""));
    let mut stranger = agent.clone();
    stranger.token = "x".to_owned();
    assert_eq!(world.send(stranger.posting(world, batch.to_string())).status(), 401);
}

fn a_body_that_is_too_large_is_refused(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let arguments = json!({ "text": "x".repeat(4 * 1024 * 1024) });
    let request = agent.request(world, "tools/call", json!({ "name": "get_issue", "arguments": arguments }));
    let answer = refused(world, request, 413, -32600, "too_large");
    assert!(answer.text().contains("4 MiB") || answer.text().contains("4.0 MiB"), "{}", answer.text());
}

fn a_message_of_a_batch_that_cannot_be_read_keeps_none_back(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk").speaking("2025-03-26");
    let unreadable = json!({ "jsonrpc": "2.0", "id": 1, "method": 5 });
    let read = json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": call() });
    for batch in [[&unreadable, &read], [&read, &unreadable]] {
        let request = agent.posting(world, json!(batch).to_string());
        let answer = world.send(request);
        assert_eq!(answer.status(), 200, "{}", answer.text());
        let events = answer.events();
        assert_eq!(events.len(), 2, "{events:?}");
        assert!(events.iter().any(|event| event["error"]["code"] == -32600), "{events:?}");
        let done = events.iter().find(|event| event["id"] == 2).expect("the other's answer");
        assert_eq!(crate::client::text(&done["result"]), "done");
    }
    let mut stranger = agent;
    stranger.token = "x".to_owned();
    let request = stranger.posting(world, json!([unreadable]).to_string());
    assert_eq!(world.send(request).status(), 401);
}

fn a_batch_that_is_refused_is_told_why(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk").speaking("2025-03-26");
    let ping = json!({ "jsonrpc": "2.0", "id": 7, "method": "ping" });
    let params = json!({ "protocolVersion": "2025-03-26", "capabilities": {}, "clientInfo": { "name": "a", "version": "1" } });
    let initialize = json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params });
    for (batch, word) in
        [(vec![ping.clone(); 51], "at most 50"), (vec![ping, initialize], "without initialize")]
    {
        let request = agent.posting(world, json!(batch).to_string());
        let answer = refused(world, request, 400, -32600, "malformed_request");
        assert!(answer.text().contains(word), "{}", answer.text());
    }
}

fn other_methods_are_refused(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    for method in ["PUT", "PATCH"] {
        let mut request = agent.request(world, "tools/call", call());
        *request.method_mut() = method.parse().unwrap();
        *request.body_mut() = Bytes::new();
        let answer = world.send(request);
        assert_eq!((answer.status(), answer.header("allow")), (405, "POST"), "{method}");
    }
    for path in ["/authorize", "/token", "/callback", "/health", "/"] {
        let answer = world.send(Request::put(world.url(path)).body(Bytes::new()).unwrap());
        assert_eq!(answer.status(), 405, "{path}");
    }
    assert_eq!(world.get("/nothing/here").status(), 404);
    assert!(world.stage.desk.seen().is_empty(), "nothing was forwarded");
}

fn discover_names_the_gateways_own_revisions(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let discovered = agent.send(world, "server/discover", json!({})).json();
    let mut request = agent.request(world, "tools/call", call());
    let body = String::from_utf8(request.body().to_vec()).unwrap().replace("2026-07-28", "2099-01-01");
    *request.body_mut() = body.into();
    request.headers_mut().insert("mcp-protocol-version", "2099-01-01".parse().unwrap());
    let refused = world.send(request).json();
    assert_eq!(discovered["result"]["supportedVersions"], refused["error"]["data"]["supported"]);
}

fn a_stream_that_ends_to_be_resumed_ends_without_an_answer(world: &mut World) {
    let mut agent = Agent::of(world, &Person::internal(), "desk").speaking("2025-11-25");
    agent.initialize(world);
    for (event, resumable) in [("id: 1\nretry: 500\ndata: \n\n", true), ("retry: 500\ndata: \n\n", false)] {
        world.stage.desk.replies(move |_| Reply::new(200, "text/event-stream", event));
        let answer = agent.send(world, "tools/call", call());
        assert_eq!(answer.text().contains("id: "), resumable, "{}", answer.text());
        assert_eq!(answer.text().contains("without an answer"), !resumable, "{}", answer.text());
    }
    world.expect_recorded("tool_called", "service", Some("unanswered"));
}

fn an_unknown_method_is_the_services_to_refuse(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let answer = agent.send(world, "something/new", json!({ "field": 1.0 }));
    assert_eq!(
        (answer.status(), &answer.json()["error"]["code"]),
        (404, &json!(-32601)),
        "{}",
        answer.text()
    );
    assert_eq!(world.stage.desk.seen().pop().unwrap().message()["params"]["field"], 1.0);
}

fn a_method_of_earlier_revisions_is_not_found(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    for method in [
        "initialize",
        "ping",
        "logging/setLevel",
        "resources/subscribe",
        "resources/unsubscribe",
        "tasks/list",
        "tasks/result",
    ] {
        let request = agent.request(world, method, json!({}));
        let answer = refused(world, request, 404, -32601, "malformed_request");
        assert_eq!(answer.json()["id"], 7, "{method}");
    }
}

fn a_request_without_its_meta_is_refused(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let revision = json!({ "io.modelcontextprotocol/protocolVersion": "2026-07-28" });
    let capabilities = json!({ "io.modelcontextprotocol/clientCapabilities": {} });
    for params in
        [json!({}), json!({ "_meta": {} }), json!({ "_meta": capabilities }), json!({ "_meta": revision })]
    {
        let body = json!({ "jsonrpc": "2.0", "id": "a", "method": "prompts/list", "params": params });
        let request = agent.posting(world, body.to_string());
        let answer = refused(world, request, 400, -32602, "malformed_request");
        assert_eq!(answer.json()["id"], "a");
        let message = answer.json()["error"]["message"].as_str().unwrap().to_owned();
        assert!(message.contains("io.modelcontextprotocol/"), "{message}");
    }
}

fn a_client_is_an_object_with_name_and_version(world: &mut World) {
    let clients = [json!([7]), json!("x"), json!({ "name": "x" }), json!({ "name": "x", "version": 1 })];
    for door in ["desk", "", "old"] {
        let person = if door == "old" { Person::of("eras.example.com") } else { Person::internal() };
        let agent = Agent::of(world, &person, door);
        let old = agent.speaking("2025-06-18");
        for client in &clients {
            let mut request = agent.request(world, "prompts/list", json!({}));
            let body = String::from_utf8(request.body().to_vec()).unwrap();
            let named = json!({ "name": "scripted", "version": "1" }).to_string();
            *request.body_mut() = body.replace(&named, &client.to_string()).into();
            let answer = refused(world, request, 400, -32602, "malformed_request");
            assert!(answer.text().contains("clientInfo"), "{}", answer.text());
            let params = json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client });
            let request = old.request(world, "initialize", params);
            refused(world, request, 400, -32602, "malformed_request");
        }
        let client = json!({ "name": "x", "version": "1" });
        let params = json!({ "protocolVersion": "2025-06-18", "capabilities": [], "clientInfo": client });
        let request = old.request(world, "initialize", params);
        refused(world, request, 400, -32602, "malformed_request");
    }
}

fn only_capabilities_that_are_objects_are_told(world: &mut World) {
    let able = json!({ "elicitation": 5, "sampling": [], "roots": { "n": 1.5 } });
    let agent = Agent::of(world, &Person::of("eras.example.com"), "old").able(able);
    assert_eq!(agent.send(world, "prompts/list", json!({})).status(), 200);
    let heard = world.stage.eras[1].heard("initialize").pop().unwrap().message();
    assert_eq!(heard["params"]["capabilities"], json!({ "roots": { "n": 1.5 } }));
}

fn a_notification_is_accepted(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    for agent in [&agent, &agent.speaking("2025-11-25")] {
        let params = json!({ "requestId": 7 });
        let body = json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": params });
        let request = agent.posting(world, body.to_string());
        let answer = world.send(request);
        assert_eq!((answer.status(), answer.text()), (202, ""), "{}", agent.revision);
    }
}

fn a_notification_is_accepted_however_its_service_says_so(world: &mut World) {
    let mut agent = Agent::of(world, &Person::internal(), "desk").speaking("2025-11-25");
    agent.initialize(world);
    for (status, body) in [(200, ""), (204, ""), (200, "{}"), (202, "")] {
        world.stage.desk.answers(move |seen| {
            let told = seen.message()["method"] == "notifications/roots/list_changed";
            told.then(|| Reply::new(status, "application/json", body))
        });
        let answer = agent.send(world, "notifications/roots/list_changed", json!({}));
        assert_eq!((answer.status(), answer.text()), (202, ""), "{status} {body}");
        assert_eq!(
            world.stage.desk.seen().pop().unwrap().message()["method"],
            "notifications/roots/list_changed"
        );
    }
}

fn a_look_for_a_stream_is_answered_and_forgotten(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    for (method, revision, session) in
        [("GET", "2025-11-25", None), ("DELETE", "2025-11-25", None), ("GET", "2026-07-28", Some("any"))]
    {
        let mut request = agent.speaking(revision).request(world, "ping", json!({}));
        *request.method_mut() = method.parse().unwrap();
        *request.body_mut() = Bytes::new();
        if let Some(session) = session {
            request.headers_mut().insert("mcp-session-id", session.parse().unwrap());
        }
        let answer = world.send(request);
        assert_eq!((answer.status(), answer.header("allow")), (405, "POST"), "{method}");
        assert!(
            answer.text().contains("use POST") && answer.text().lines().count() == 1,
            "{}",
            answer.text()
        );
    }
    let stranger = Request::get(world.url("/mcp/desk")).body(Bytes::new()).unwrap();
    assert_eq!(world.send(stranger).status(), 401, "who does not sign in learns nothing");
    assert!(world.stage.desk.seen().is_empty(), "nothing was forwarded");
    assert_eq!(world.recorded("request_refused", "refused", Some("malformed_request")), 0);
    assert!(!world.logs().contains("reason=malformed_request"), "{}", world.logs());
}

fn a_body_of_another_type_is_refused(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    for content_type in
        ["", "text/plain", "application/x-www-form-urlencoded", "application/json-seq", "multipart/form-data"]
    {
        let mut request = agent.request(world, "tools/call", call());
        request.headers_mut().remove("content-type");
        if !content_type.is_empty() {
            request.headers_mut().insert("content-type", content_type.parse().unwrap());
        }
        let answer = refused(world, request, 415, -31_001, "malformed_request");
        assert_eq!(answer.header("accept"), "application/json", "{content_type}");
    }
    for coding in ["gzip", "br", "zstd", "deflate"] {
        let mut request = agent.request(world, "tools/call", call());
        request.headers_mut().insert("content-encoding", coding.parse().unwrap());
        let answer = refused(world, request, 415, -31_001, "malformed_request");
        assert_eq!(answer.header("accept-encoding"), "identity", "{coding}");
    }
    let mut request = agent.request(world, "tools/call", call());
    request.headers_mut().insert("content-type", "Application/JSON; charset=utf-8".parse().unwrap());
    assert_eq!(world.send(request).status(), 200);
}

fn an_answer_that_the_client_does_not_take_is_not_given(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let mut request = agent.request(world, "tools/call", call());
    request.headers_mut().insert("accept", "text/html, image/png".parse().unwrap());
    refused(world, request, 406, -31_001, "malformed_request");
    for accept in ["", "*/*", "application/json", "application/json;q=0.9, text/event-stream"] {
        let mut request = agent.request(world, "tools/call", call());
        request.headers_mut().remove("accept");
        if !accept.is_empty() {
            request.headers_mut().insert("accept", accept.parse().unwrap());
        }
        assert_eq!(world.send(request).status(), 200, "{accept}");
    }
}

fn a_refused_notification_says_whose_fault_it_is(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let params = json!({ "progressToken": 1, "progress": 1, "message": "Person-7K3M9QX2WD4F" });
    let answer = agent.send(world, "notifications/progress", params);
    assert_eq!(
        (answer.status(), &answer.json()["error"]["code"]),
        (400, &json!(-31001)),
        "{}",
        answer.text()
    );
    let forwarded = |seen: &crate::stage::Seen| seen.message()["method"] == "notifications/progress";
    assert!(!world.stage.desk.seen().iter().any(forwarded), "nothing was forwarded");
}
