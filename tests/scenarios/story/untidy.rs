//! Services that do not keep to the protocol: what of it reaches clients, and what it does to others.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mcpgate::host::memory::{Chunk, Reply};
use serde_json::{Value, json};

use super::all::{everything, last, list, results};
use super::tasks::{OLDER, client, events, note};
use crate::client::{Agent, MODERN};
use crate::stage::{Person, Seen, slow};
use crate::world::World;
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Usual: what_is_no_message_ends_a_call, at_all_services_one_says_nothing_for_another;
    Fresh: an_item_that_no_client_reads_hides_no_other, an_event_of_another_type_is_passed_over, an_older_services_event_of_another_type_is_passed_over,
        a_stream_of_news_is_over_in_time, a_state_is_over_in_time, what_a_service_refuses_is_one_message_of_a_batch,
        a_stream_without_a_session_is_taken_up_again;
};

fn an_item_that_no_client_reads_hides_no_other(world: &mut World) {
    let agent = everything(world);
    let bad = json!([{ "name": "get_bad" }, { "name": "get_null", "inputSchema": { "type": "object" }, "annotations": null }]);
    results(&world.stage.desk, "tools/list", json!({ "tools": bad }));
    let listed = list(world, &agent, "tools/list");
    let names: Vec<&str> =
        listed["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    assert!(names.iter().any(|name| name.starts_with("mail__")), "{listed}");
    assert!(!names.iter().any(|name| name.starts_with("desk__")), "{listed}");
    let missing = &listed["_meta"]["mcpgate/unavailable"][0];
    assert_eq!((&missing["service"], &missing["reason"]), (&json!("desk"), &json!("service_rubbish")));
    assert!(missing["message"].as_str().unwrap().contains("lists 2 that are left out"), "{missing}");
}

/// Says something of another type, then answers.
fn pinging(seen: &Seen) -> Reply {
    let answer = json!({ "jsonrpc": "2.0", "id": seen.message()["id"], "result": { "content": [], "resultType": "complete" } });
    let text = format!("event: ping\ndata: it is late\n\ndata: {answer}\n\n");
    Reply::chunks(200, "text/event-stream", vec![Chunk::Bytes(text.into())])
}

fn an_event_of_another_type_is_passed_over(world: &mut World) {
    world.stage.desk.replies(pinging);
    all_read_past_it(world);
}

fn an_older_services_event_of_another_type_is_passed_over(world: &mut World) {
    world.stage.desk.answers(|seen| old_one(seen, true).or_else(|| seen.calls().then(|| pinging(seen))));
    all_read_past_it(world);
}

fn all_read_past_it(world: &mut World) {
    for (door, revision) in [("desk", MODERN), ("", MODERN), ("", OLDER)] {
        let agent = client(world, door, revision);
        let name = if door.is_empty() { "desk__get_issue" } else { "get_issue" };
        let told = last(&agent.send(world, "tools/call", json!({ "name": name, "arguments": {} })));
        assert_eq!(told["result"]["content"], json!([]), "{revision} at {door:?}: {told}");
    }
}

/// What a service of 2025-11-25 answers to what is no call.
fn old_one(seen: &Seen, sessions: bool) -> Option<Reply> {
    let message = seen.message();
    let answer = |part: &str, value: Value| {
        let mut body = json!({ "jsonrpc": "2.0", "id": message["id"] });
        body[part] = value;
        Reply::new(if part == "error" { 400 } else { 200 }, "application/json", body.to_string())
    };
    if seen.header("mcp-protocol-version") == MODERN {
        return Some(answer(
            "error",
            json!({ "code": -32000, "message": "Bad Request: Unsupported protocol version" }),
        ));
    }
    if seen.method == "GET" && !sessions {
        return None;
    }
    if seen.method != "POST" {
        return Some(Reply::new(405, "text/plain", ""));
    }
    let result = match message["method"].as_str()? {
        "initialize" => json!({ "protocolVersion": "2025-11-25", "capabilities": { "tools": {} },
            "serverInfo": { "name": "desk", "version": "1" } }),
        "tools/list" => json!({ "tools": [super::all::tool("get_issue")] }),
        _ => return None,
    };
    let begins = sessions && message["method"] == "initialize";
    let reply = answer("result", result);
    Some(if begins { reply.header("mcp-session-id", "one") } else { reply })
}

fn what_is_no_message_ends_a_call(world: &mut World) {
    for junk in [r#"{"hello":"world"}"#, r#"{"jsonrpc":"1.0","id":5,"result":{}}"#, r#"{"jsonrpc":"2.0"}"#] {
        for revision in [MODERN, OLDER] {
            let agent = client(world, "desk", revision);
            world.stage.desk.replies(move |seen| {
                let answer =
                    json!({ "jsonrpc": "2.0", "id": seen.message()["id"], "result": { "content": [] } });
                let text = format!("data: {junk}\n\ndata: {answer}\n\n");
                Reply::chunks(200, "text/event-stream", vec![Chunk::Bytes(text.into())])
            });
            let answer = agent.send(world, "tools/call", json!({ "name": "get_issue", "arguments": {} }));
            let told = answer.events();
            assert_eq!(told.len(), 1, "{}", answer.text());
            let text = told[0]["result"]["content"][0]["text"].as_str().unwrap_or_default();
            assert!(
                text.contains("not JSON-RPC") && text.contains("check before trying again"),
                "{}",
                told[0]
            );
        }
    }
}

fn at_all_services_one_says_nothing_for_another(world: &mut World) {
    let agent = everything(world);
    let cancelled = note("notifications/cancelled", json!({ "requestId": 8 }));
    let asks = json!({ "jsonrpc": "2.0", "id": 1, "method": "sampling/createMessage",
        "params": { "messages": [], "maxTokens": 1 } });
    let others = note("notifications/progress", json!({ "progressToken": "of-mail", "progress": 1 }));
    let said = [cancelled.clone(), asks.clone(), others.clone()];
    world.stage.desk.replies(move |seen| {
        let own = note("notifications/progress", json!({ "progressToken": "own", "progress": 2 }));
        let result = json!({ "resultType": "complete", "content": [] });
        let answer = json!({ "jsonrpc": "2.0", "id": seen.message()["id"], "result": result });
        events(&[&said[..], &[own, answer]].concat())
    });
    let params = json!({ "name": "desk__get_issue", "arguments": {}, "_meta": { "progressToken": "own" } });
    let told = agent.send(world, "tools/call", params).events();
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(told[0]["params"]["progressToken"], "own");
    let log = note("notifications/message", json!({ "level": "error", "data": "nobody wanted this" }));
    let unasked = note("notifications/prompts/list_changed", json!({}));
    let said = [cancelled, asks, others, log, unasked];
    world.stage.desk.answers(move |seen| {
        (seen.message()["method"] == "subscriptions/listen").then(|| {
            let id = seen.message()["id"].clone();
            let heard = json!({ "notifications": { "toolsListChanged": true },
                "_meta": { "io.modelcontextprotocol/subscriptionId": id } });
            let acknowledged = note("notifications/subscriptions/acknowledged", heard);
            let changed = note("notifications/tools/list_changed", json!({}));
            events(&[&[acknowledged], &said[..], &[changed]].concat())
        })
    });
    let topics = json!({ "notifications": { "toolsListChanged": true } });
    let mut open = agent.open(world, "subscriptions/listen", topics);
    let mut rest = String::new();
    let told = [(); 2].map(|()| open.event(&mut rest).expect("news")["method"].clone());
    assert_eq!(told, ["notifications/subscriptions/acknowledged", "notifications/tools/list_changed"]);
}

fn a_stream_of_news_is_over_in_time(world: &mut World) {
    let newer = Agent::of(world, &Person::internal(), "desk");
    let mut older = Agent::of(world, &Person::internal(), "desk").speaking(OLDER);
    older.initialize(world);
    let ((say, listened), (tell, streamed)) =
        (slow(200, "text/event-stream"), slow(200, "text/event-stream"));
    let (listened, streamed) = (Mutex::new(listened), Mutex::new(streamed));
    world.stage.desk.answers(move |seen| match (seen.message()["method"].as_str(), seen.method.as_str()) {
        (Some("subscriptions/listen"), _) => Some((listened.lock().unwrap())()),
        (_, "GET") => Some((streamed.lock().unwrap())()),
        _ => None,
    });
    let event = |method: &str| {
        let note = note(method, json!({ "notifications": {} }));
        Chunk::Bytes(format!("data: {note}\n\n").into())
    };
    say.send(event("notifications/subscriptions/acknowledged")).unwrap();
    tell.send(event("notifications/tools/list_changed")).unwrap();
    let topics = json!({ "notifications": { "toolsListChanged": true } });
    let (mut listens, mut rest) = (newer.open(world, "subscriptions/listen", topics), String::new());
    assert!(listens.event(&mut rest).is_some());
    let mut request = older.request(world, "ping", json!({}));
    *request.method_mut() = http::Method::GET;
    *request.body_mut() = bytes::Bytes::new();
    let (mut stream, mut remains) = (world.open(request), String::new());
    assert!(stream.event(&mut remains).is_some());
    world.pass_time(Duration::from_secs(601));
    say.send(event("notifications/tools/list_changed")).unwrap();
    tell.send(event("notifications/resources/list_changed")).unwrap();
    let ended = |said: Option<Value>| said.is_none_or(|said| said["method"].is_null());
    // What comes while its end is noticed may still be told.
    let ends = (0..2).any(|_| ended(listens.event(&mut rest)));
    assert!(ends && (0..2).any(|_| ended(stream.event(&mut remains))), "the client asks anew");
}

fn a_state_is_over_in_time(world: &mut World) {
    let agent = client(world, "desk", MODERN).able(json!({ "elicitation": {} }));
    world.stage.desk.replies(|seen| {
        let params = json!({ "message": "Who?", "requestedSchema": { "type": "object", "properties": {} } });
        let asks = json!({ "resultType": "input_required", "requestState": "state",
            "inputRequests": { "key": { "method": "elicitation/create", "params": params } } });
        let done = json!({ "resultType": "complete", "content": [] });
        let result = if seen.message()["params"]["requestState"].is_null() { asks } else { done };
        let body = json!({ "jsonrpc": "2.0", "id": seen.message()["id"], "result": result });
        Reply::new(200, "application/json", body.to_string())
    });
    let mut call = json!({ "name": "get_issue", "arguments": {} });
    let asked = last(&agent.send(world, "tools/call", call.clone()));
    call["requestState"] = asked["result"]["requestState"].clone();
    call["inputResponses"] = json!({ "key": { "action": "accept", "content": {} } });
    world.pass_time(Duration::from_secs(3000));
    let agent = agent.renewed(world);
    assert_eq!(last(&agent.send(world, "tools/call", call.clone()))["result"]["resultType"], "complete");
    world.pass_time(Duration::from_secs(700));
    let agent = agent.renewed(world);
    let refused = last(&agent.send(world, "tools/call", call));
    assert_eq!(refused["error"]["code"], -32602, "{refused}");
    assert_eq!(world.stage.desk.calls().len(), 2, "nothing was forwarded");
}

fn what_a_service_refuses_is_one_message_of_a_batch(world: &mut World) {
    let mut agent = Agent::of(world, &Person::internal(), "desk").speaking("2025-03-26");
    agent.initialize(world);
    let count = AtomicUsize::new(0);
    world.stage.desk.replies(move |seen| {
        let id = &seen.message()["id"];
        if count.fetch_add(1, Ordering::SeqCst) == 0 {
            let error = json!({ "code": -32000, "message": "not now" });
            let body = json!({ "jsonrpc": "2.0", "id": id, "error": error });
            return Reply::new(429, "application/json", body.to_string());
        }
        let body = json!({ "jsonrpc": "2.0", "id": id, "result": { "content": [] } });
        Reply::new(200, "application/json", body.to_string())
    });
    let call = |id: u8| {
        json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call",
        "params": { "name": "get_issue", "arguments": {} } })
    };
    let posted = agent.posting(world, json!([call(1), call(2)]).to_string());
    let told = world.send(posted).events();
    assert_eq!((&told[0]["id"], told[0]["error"].is_object()), (&json!(1), true), "{told:?}");
    assert_eq!((&told[1]["id"], &told[1]["result"]["content"]), (&json!(2), &json!([])), "{told:?}");
}

fn a_stream_without_a_session_is_taken_up_again(world: &mut World) {
    let asked = Arc::new(Mutex::new(Value::Null));
    let id = Arc::clone(&asked);
    world.stage.desk.answers(move |seen| {
        let chunk =
            |text: String| Some(Reply::chunks(200, "text/event-stream", vec![Chunk::Bytes(text.into())]));
        if seen.method == "GET" {
            assert_eq!(seen.header("last-event-id"), "first");
            let result = json!({ "content": [{ "type": "text", "text": "at last" }] });
            let answer = json!({ "jsonrpc": "2.0", "id": *id.lock().unwrap(), "result": result });
            return chunk(format!("id: second\ndata: {answer}\n\n"));
        }
        old_one(seen, false).or_else(|| {
            *id.lock().unwrap() = seen.message()["id"].clone();
            seen.calls().then(|| chunk("id: first\nretry: 10\ndata: \n\n".to_owned())).flatten()
        })
    });
    let agent = Agent::of(world, &Person::internal(), "desk").speaking(OLDER);
    let begun = agent.send(world, "tools/call", json!({ "name": "get_issue", "arguments": {} }));
    let last = begun.text().lines().find_map(|line| line.strip_prefix("id: ")).expect("an id").to_owned();
    let mut request = agent.request(world, "ping", json!({}));
    *request.method_mut() = http::Method::GET;
    *request.body_mut() = bytes::Bytes::new();
    let refused = world.send(request.clone());
    assert_eq!(refused.status(), 405, "there is no session to listen to");
    request.headers_mut().insert("last-event-id", last.parse().unwrap());
    let told = world.send(request);
    assert!(told.text().contains("at last"), "{} {}", told.status(), told.text());
}
