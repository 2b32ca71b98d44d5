//! Sessions of older revisions: which the gateway has at services, and which clients have with the gateway.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

use mcpgate::host::memory::{Chunk, Reply};
use serde_json::{Value, json};

use super::eras::last;
use super::turns::{event, stream};
use crate::client::Agent;
use crate::stage::{Person, Seen};
use crate::world::{Open, World};
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Fresh: a_session_whose_time_is_over_is_ended_before_its_place_is_taken,
        a_session_that_cannot_be_kept_is_ended, a_session_whose_introduction_stalls_is_ended,
        a_session_whose_stream_is_not_to_be_had_is_ended,
        the_stream_of_a_session_tells_what_it_wants_and_no_more,
        a_level_counts_also_where_the_service_does_not_keep_to_it,
        a_session_has_one_stream_and_it_is_the_newest,
        a_silent_call_has_the_services_time_also_where_it_may_ask;
};

/// A service of 2025-11-25 with sessions, one for each `initialize`.
fn old(world: &World, capabilities: Value, more: impl Fn(&Seen, &Value) -> Option<Reply> + Send + 'static) {
    let count = Mutex::new(0);
    world.stage.desk.answers(move |seen| {
        let message = seen.message();
        if let Some(reply) = more(seen, &message) {
            return Some(reply);
        }
        let (status, content, session) = match message["method"].as_str() {
            Some("server/discover") => {
                (400, json!({ "error": { "code": -32601, "message": "there is no such method" } }), None)
            }
            Some("initialize") => {
                let mut count = count.lock().unwrap();
                *count += 1;
                let result = json!({ "protocolVersion": "2025-11-25", "capabilities": capabilities,
                    "serverInfo": { "name": "desk", "version": "1" } });
                (200, json!({ "result": result }), Some(format!("session-{count}")))
            }
            _ => return None,
        };
        let mut body = json!({ "jsonrpc": "2.0", "id": message["id"] });
        body.as_object_mut().unwrap().extend(content.as_object().unwrap().clone());
        let reply = Reply::new(status, "application/json", body.to_string());
        Some(match session {
            Some(session) => reply.header("mcp-session-id", &session),
            None => reply,
        })
    });
}

fn call(world: &mut World, agent: &Agent) -> String {
    agent.send(world, "tools/call", json!({ "name": "get_issue", "arguments": {} })).text().to_owned()
}

/// The sessions that the service was asked to end.
fn ended(world: &World) -> BTreeSet<String> {
    let seen = world.stage.desk.seen();
    let ends = seen.iter().filter(|seen| seen.method == "DELETE");
    ends.map(|seen| seen.header("mcp-session-id").to_owned()).collect()
}

/// How many sessions were begun at the service.
fn begun(world: &World) -> usize {
    world.stage.desk.seen().iter().filter(|seen| seen.message()["method"] == "initialize").count()
}

/// Fails unless all sessions but these are ended, at the latest after a while: nobody waits for a session's end.
#[track_caller]
fn all_ended_but(world: &mut World, open: usize) {
    world.waits_until(|world| ended(world).len() + open >= begun(world));
    let (begun, ended) = (begun(world), ended(world));
    assert!(begun > 0);
    assert_eq!(ended.len() + open, begun, "ended of {begun}: {ended:?}");
}

fn a_session_whose_time_is_over_is_ended_before_its_place_is_taken(world: &mut World) {
    old(world, json!({ "tools": {} }), |_, _| None);
    let agent = Agent::of(world, &Person::internal(), "desk");
    call(world, &agent);
    world.settle();
    // Before anybody has cleaned up.
    world.sql("UPDATE service_session SET expires_at = 1");
    call(world, &agent);
    world.settle();
    let calls = world.stage.desk.calls();
    let sessions: BTreeSet<_> = calls.iter().map(|seen| seen.header("mcp-session-id").to_owned()).collect();
    assert_eq!(sessions.len(), 2, "{sessions:?}");
    all_ended_but(world, 1);
    assert!(world.stage.desk.ended(calls[0].header("mcp-session-id")), "{:?}", ended(world));
}

fn a_session_that_cannot_be_kept_is_ended(world: &mut World) {
    old(world, json!({ "tools": {} }), |_, _| None);
    let agent = Agent::of(world, &Person::internal(), "desk");
    world.sql("CREATE TRIGGER full BEFORE INSERT ON service_session BEGIN SELECT RAISE(ABORT, 'no'); END");
    for _ in 0..3 {
        let text = call(world, &agent);
        assert!(text.contains("database"), "{text}");
    }
    world.sql("DROP TRIGGER full");
    world.settle();
    all_ended_but(world, 0);
}

fn a_session_whose_introduction_stalls_is_ended(world: &mut World) {
    let count = Mutex::new(0);
    old(world, json!({ "tools": {} }), move |_, message| {
        let mut count = count.lock().unwrap();
        *count += usize::from(message["method"] == "initialize");
        let chunks = vec![Chunk::Bytes(": hello\n\n".into()), Chunk::Hang];
        let stalls = || {
            Reply::chunks(200, "text/event-stream", chunks)
                .header("mcp-session-id", &format!("stalls-{count}"))
        };
        // First when the service is asked what it speaks, then when a session begins.
        (message["method"] == "initialize" && *count != 2).then(stalls)
    });
    let agent = Agent::of(world, &Person::internal(), "desk");
    for _ in 0..2 {
        call(world, &agent);
        world.settle();
    }
    assert_eq!(begun(world), 3);
    all_ended_but(world, 0);
}

fn a_session_whose_stream_is_not_to_be_had_is_ended(world: &mut World) {
    old(world, json!({ "tools": { "listChanged": true } }), |seen, _| {
        let status = match seen.header("mcp-session-id") {
            "session-1" | "session-2" => 409,
            _ => 503,
        };
        (seen.method == "GET").then(|| Reply::new(status, "text/plain", ""))
    });
    let agent = Agent::of(world, &Person::internal(), "desk");
    for _ in 0..3 {
        agent.send(world, "subscriptions/listen", json!({ "notifications": { "toolsListChanged": true } }));
        world.settle();
    }
    assert!(begun(world) > 3, "{}", begun(world));
    // The one that its calls are in.
    all_ended_but(world, 1);
}

/// An older client of all services.
fn of_all(world: &mut World) -> Agent {
    let mut agent = Agent::of(world, &Person::internal(), "").speaking("2025-11-25");
    agent.initialize(world);
    agent
}

fn stream_of(world: &mut World, agent: &Agent) -> Open {
    let mut request = agent.posting(world, String::new());
    *request.method_mut() = http::Method::GET;
    let open = world.open(request);
    assert_eq!(open.head.status(), 200);
    open
}

fn note(method: &str, params: Value) -> Value {
    json!({ "jsonrpc": "2.0", "method": method, "params": params })
}

const LIST_CHANGED: &str = "notifications/tools/list_changed";

/// What a new stream says until a list has changed.
fn told(world: &mut World, agent: &Agent) -> Vec<String> {
    let (mut open, mut rest, mut told) = (stream_of(world, agent), String::new(), Vec::new());
    loop {
        let event = open.event(&mut rest).unwrap_or_else(|| panic!("the stream ended after {told:?}"));
        let method = event["method"].as_str().unwrap().to_owned();
        if method == LIST_CHANGED {
            return told;
        }
        told.push(event["params"]["uri"].as_str().map_or(method, str::to_owned));
    }
}

fn the_stream_of_a_session_tells_what_it_wants_and_no_more(world: &mut World) {
    old(
        world,
        json!({ "tools": { "listChanged": true }, "resources": { "subscribe": true } }),
        |seen, message| {
            let says = [
                note(
                    "notifications/progress",
                    json!({ "progressToken": 7, "progress": 1, "message": "of mail" }),
                ),
                note("notifications/anything", json!({})),
                note("notifications/resources/updated", json!({ "uri": "x:1" })),
                note("notifications/resources/updated", json!({ "uri": "x:2" })),
                note(LIST_CHANGED, json!({})),
            ];
            if seen.method == "GET" {
                return Some(stream(
                    says.map(|note| event(&note)).into_iter().chain(std::iter::repeat(Chunk::Later)),
                ));
            }
            let body = json!({ "jsonrpc": "2.0", "id": message["id"], "result": {} });
            let subscribes =
                message["method"].as_str().is_some_and(|method| method.starts_with("resources/"));
            subscribes.then(|| Reply::new(200, "application/json", body.to_string()))
        },
    );
    let agent = of_all(world);
    assert!(told(world, &agent).is_empty());
    for (method, hears) in [("resources/subscribe", vec!["desk+x:1"]), ("resources/unsubscribe", vec![])] {
        let answer = agent.send(world, method, json!({ "uri": "desk+x:1" }));
        assert_eq!(last(&answer)["result"], json!({}));
        assert_eq!(told(world, &agent), hears, "after {method}");
    }
}

fn a_level_counts_also_where_the_service_does_not_keep_to_it(world: &mut World) {
    old(world, json!({ "tools": {}, "logging": {} }), |seen, message| {
        let logs =
            |level: &str| event(&note("notifications/message", json!({ "level": level, "data": level })));
        let result = json!({ "content": [{ "type": "text", "text": "done" }] });
        let done = event(&json!({ "jsonrpc": "2.0", "id": message["id"], "result": result }));
        match message["method"].as_str() {
            Some("tools/call") => Some(stream([logs("info"), logs("alert"), done].into_iter())),
            Some("logging/setLevel") => {
                let body = json!({ "jsonrpc": "2.0", "id": message["id"], "result": {} });
                Some(Reply::new(200, "application/json", body.to_string()))
            }
            None if seen.method == "GET" => {
                let says = [
                    logs("info"),
                    logs("alert"),
                    event(&note("notifications/elicitation/complete", json!({ "elicitationId": "1" }))),
                ];
                Some(stream(says.into_iter().chain(std::iter::repeat(Chunk::Later))))
            }
            _ => None,
        }
    });
    let agent = of_all(world);
    for (level, heard) in [("info", true), ("error", false)] {
        agent.send(world, "logging/setLevel", json!({ "level": level }));
        let called = agent.send(world, "tools/call", json!({ "name": "desk__get_issue", "arguments": {} }));
        let called = called.text().to_owned();
        assert_eq!(called.contains(r#""level":"info""#), heard, "{level}: {called}");
        assert!(called.contains(r#""level":"alert""#) && called.contains("done"), "{level}: {called}");
        let (mut open, mut rest) = (stream_of(world, &agent), String::new());
        let first = open.event(&mut rest).unwrap();
        assert_eq!(first["params"]["level"], if heard { "info" } else { "alert" });
    }
}

fn a_session_has_one_stream_and_it_is_the_newest(world: &mut World) {
    let listening: Mutex<BTreeSet<String>> = Mutex::default();
    old(world, json!({ "tools": { "listChanged": true } }), move |seen, _| {
        let session = seen.header("mcp-session-id").to_owned();
        match seen.method.as_str() {
            "GET" if listening.lock().unwrap().insert(session) => {
                let news = event(&note(LIST_CHANGED, json!({})));
                // Whoever listens waits a while for the first of them.
                let silent = || std::iter::repeat(Chunk::Later);
                Some(stream(silent().take(3).chain([news]).chain(silent())))
            }
            "GET" => Some(Reply::new(409, "text/plain", "")),
            _ => None,
        }
    });
    let agent = of_all(world);
    let (mut open, mut rest) = (stream_of(world, &agent), String::new());
    assert_eq!(open.event(&mut rest).unwrap()["method"], LIST_CHANGED);
    for _ in 0..3 {
        let (mut newer, mut rest_of_newer) = (stream_of(world, &agent), String::new());
        world.pass_time(Duration::from_secs(6));
        assert_eq!(open.event(&mut rest), None, "the stream before ends");
        assert_eq!(newer.event(&mut rest_of_newer).unwrap()["method"], LIST_CHANGED);
        (open, rest) = (newer, rest_of_newer);
    }
    world.settle();
    // The one that all share, and that of the stream that is still open: what only a stream had is ended with it.
    all_ended_but(world, 2);
    drop(open);
}

fn a_silent_call_has_the_services_time_also_where_it_may_ask(world: &mut World) {
    old(world, json!({ "tools": {} }), |seen, message| {
        let silent = || std::iter::repeat(Chunk::Later);
        match message["method"].as_str() {
            Some("tools/call") => {
                let begins = Chunk::Bytes(": begun\n\n".into());
                Some(stream(std::iter::once(begins).chain(silent())))
            }
            None if seen.method == "GET" => Some(stream(silent())),
            _ => None,
        }
    });
    let mut agent = Agent::of(world, &Person::internal(), "").able(json!({ "elicitation": {} }));
    agent = agent.speaking("2025-11-25");
    agent.initialize(world);
    let answer = agent.send(world, "tools/call", json!({ "name": "desk__get_issue", "arguments": {} }));
    assert!(answer.text().contains("did not answer within"), "{}", answer.text());
    assert_eq!(world.recorded("tool_called", "service", Some("service_timeout")), 1);
}
