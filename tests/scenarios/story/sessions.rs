//! Sessions of older revisions: which the gateway has at services, and which clients have with the gateway.

use std::collections::BTreeSet;
use std::sync::Mutex;

use mcpgate::host::memory::{Chunk, Reply};
use serde_json::{Value, json};

use crate::client::Agent;
use crate::stage::{Person, Seen};
use crate::world::World;
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Fresh: a_session_whose_time_is_over_is_ended_before_its_place_is_taken,
        a_session_that_cannot_be_kept_is_ended, a_session_whose_introduction_stalls_is_ended,
        a_session_whose_stream_is_not_to_be_had_is_ended;
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

/// Whether all sessions but these were ended.
fn all_ended_but(world: &World, open: usize) {
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
    assert!(ended(world).contains(calls[0].header("mcp-session-id")), "{:?}", ended(world));
    all_ended_but(world, 1);
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
