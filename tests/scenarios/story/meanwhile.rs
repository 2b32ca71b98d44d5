//! What happens while a question of a service of an older revision is open: nothing of it keeps the answer, or the word
//! that nobody wants one any more, from arriving.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use mcpgate::host::memory::{Chunk, Reply};
use serde_json::{Value, json};

use super::eras::last;
use super::turns::{event, stream};
use crate::client::{Agent, Ask, Browser};
use crate::stage::{Person, Seen};
use crate::world::{Open, World};
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Fresh: an_answer_arrives_however_much_a_service_says, a_cancellation_arrives_however_much_a_service_says,
        a_log_message_makes_no_call_twice, questions_without_end_end_the_call, a_question_is_taken_back,
        a_stream_is_resumed_while_a_question_is_open, an_answer_that_nobody_waits_for_is_refused,
        who_may_read_says_nothing_else;
};

/// The desk speaks 2025-11-25 in sessions.
fn old(world: &World, more: impl Fn(&Seen, &Value) -> Option<Reply> + Send + 'static) {
    let count = Mutex::new(0);
    world.stage.desk.answers(move |seen| {
        let message = seen.message();
        if let Some(reply) = more(seen, &message) {
            return Some(reply);
        }
        if message["method"] == "server/discover" {
            let error = json!({ "code": -32601, "message": "there is no such method" });
            let body = json!({ "jsonrpc": "2.0", "id": message["id"], "error": error });
            return Some(Reply::new(400, "application/json", body.to_string()));
        }
        if message["method"] == "initialize" {
            let mut count = count.lock().unwrap();
            *count += 1;
            let result = json!({ "protocolVersion": "2025-11-25", "capabilities": { "tools": {}, "logging": {} },
                "serverInfo": { "name": "desk", "version": "1" } });
            let body = json!({ "jsonrpc": "2.0", "id": message["id"], "result": result });
            let reply = Reply::new(200, "application/json", body.to_string());
            return Some(reply.header("mcp-session-id", &format!("session-{count}")));
        }
        None
    });
}

fn question(id: &Value) -> Chunk {
    let params = json!({ "message": "Who?", "requestedSchema": { "type": "object", "properties": {} } });
    event(&json!({ "jsonrpc": "2.0", "id": id, "method": "elicitation/create", "params": params }))
}

fn done(message: &Value) -> Chunk {
    let result = json!({ "content": [{ "type": "text", "text": "done" }], "isError": false });
    event(&json!({ "jsonrpc": "2.0", "id": message["id"], "result": result }))
}

fn note() -> Chunk {
    event(
        &json!({ "jsonrpc": "2.0", "method": "notifications/message", "params": { "level": "info", "data": "tick" } }),
    )
}

/// What is said on the stream of a session, which stays open.
fn aside(first: Chunk) -> Reply {
    stream(std::iter::once(first).chain(std::iter::repeat(Chunk::Later)))
}

/// An older client calls at the address of all services, and is asked.
fn called(world: &mut World) -> (Agent, Open, String, Value) {
    let agent = Agent::of(world, &Person::internal(), "").able(json!({ "elicitation": {} }));
    let mut agent = agent.speaking("2025-06-18");
    agent.initialize(world);
    let mut open = agent.open(world, "tools/call", json!({ "name": "desk__get_issue", "arguments": {} }));
    let mut rest = String::new();
    let asked =
        std::iter::from_fn(|| open.event(&mut rest)).find(|said| said["method"] == "elicitation/create");
    (agent, open, rest, asked.expect("a question"))
}

fn accept(world: &mut World, agent: &Agent, asked: &Value) -> u16 {
    let answer =
        json!({ "jsonrpc": "2.0", "id": asked["id"], "result": { "action": "accept", "content": {} } });
    let posted = agent.posting(world, answer.to_string());
    world.send(posted).status()
}

/// Asks on the session's stream, and says something ten times a second in the call's until it is answered.
fn ticking(world: &World) -> Arc<Mutex<Option<Value>>> {
    let answered: Arc<Mutex<Option<Value>>> = Arc::default();
    let shared = answered.clone();
    old(world, move |seen, message| {
        if seen.method == "GET" {
            return Some(aside(question(&json!("q"))));
        }
        if message["method"].is_null() && !message["id"].is_null() {
            *shared.lock().unwrap() = Some(message.clone());
            return Some(Reply::new(202, "text/plain", ""));
        }
        if message["method"] != "tools/call" {
            return None;
        }
        let (shared, message, mut ticks) = (shared.clone(), message.clone(), 0);
        Some(stream(std::iter::from_fn(move || {
            ticks += 1;
            match (ticks % 2, shared.lock().unwrap().is_some()) {
                (1, _) => Some(Chunk::Later),
                (_, true) => Some(done(&message)),
                (_, false) => Some(note()),
            }
        })))
    });
    answered
}

fn an_answer_arrives_however_much_a_service_says(world: &mut World) {
    let answered = ticking(world);
    let (agent, mut open, mut rest, asked) = called(world);
    assert_eq!(accept(world, &agent, &asked), 202);
    for _ in 0..60 {
        let said = open.event(&mut rest).expect("more");
        if said["method"].is_null() {
            assert_eq!(said["result"]["content"][0]["text"], "done", "{said}");
            break;
        }
        world.pass_time(Duration::from_millis(190));
    }
    assert_eq!(answered.lock().unwrap().take().expect("an answer")["result"]["action"], "accept");
}

fn a_cancellation_arrives_however_much_a_service_says(world: &mut World) {
    ticking(world);
    let (agent, mut open, mut rest, _) = called(world);
    assert_eq!(agent.send(world, "notifications/cancelled", json!({ "requestId": 7 })).status(), 202);
    let notes = std::iter::from_fn(|| {
        world.pass_time(Duration::from_millis(190));
        open.event(&mut rest)
    });
    let notes: Vec<Value> = notes.take(100).collect();
    assert!(notes.len() < 100, "its stream ends");
    assert!(notes.iter().all(|said| !said["method"].is_null()), "and nobody is answered: {notes:?}");
}

fn a_log_message_makes_no_call_twice(world: &mut World) {
    old(world, |seen, message| {
        if seen.method == "GET" {
            let asks =
                json!({ "jsonrpc": "2.0", "id": "beside", "method": "sampling/createMessage", "params": {} });
            return Some(aside(event(&asks)));
        }
        (message["method"] == "tools/call").then(|| stream([Chunk::Later, note(), done(message)].into_iter()))
    });
    let newer = Agent::of(world, &Person::internal(), "desk").able(json!({ "sampling": {} }));
    let told = last(&newer.send(world, "tools/call", json!({ "name": "get_issue", "arguments": {} })));
    assert_eq!(told["result"]["content"][0]["text"], "done", "{told}");
    assert_eq!(world.stage.desk.calls().len(), 1);
}

fn questions_without_end_end_the_call(world: &mut World) {
    old(world, |seen, message| {
        if seen.method == "GET" {
            let questions = (0..1000).map(|number| question(&json!(number)));
            return Some(stream(questions.chain(std::iter::repeat(Chunk::Later))));
        }
        (message["method"] == "tools/call").then(|| stream(std::iter::repeat(Chunk::Later)))
    });
    let (_, mut open, mut rest, _) = called(world);
    let said: Vec<Value> = std::iter::from_fn(|| open.event(&mut rest)).collect();
    assert!(said.len() <= 101, "{}", said.len());
    let told = crate::client::text(&said.last().expect("an answer")["result"]);
    assert!(told.contains("asks again and again"), "{told}");
}

fn a_question_is_taken_back(world: &mut World) {
    old(world, |seen, message| {
        if seen.method == "GET" {
            return Some(Reply::new(405, "text/plain", ""));
        }
        let back =
            json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": "q" } });
        (message["method"] == "tools/call")
            .then(|| stream([question(&json!("q")), Chunk::Later, event(&back), done(message)].into_iter()))
    });
    let (agent, mut open, mut rest, asked) = called(world);
    let back = open.event(&mut rest).expect("word that nobody need answer");
    assert_eq!(
        (&back["method"], &back["params"]["requestId"]),
        (&json!("notifications/cancelled"), &asked["id"]),
        "by the name that the client knows: {back}"
    );
    let told = open.event(&mut rest).expect("the answer");
    assert_eq!(told["result"]["content"][0]["text"], "done", "{told}");
    assert_eq!(accept(world, &agent, &asked), 400, "nobody waits for it any more");
}

fn a_stream_is_resumed_while_a_question_is_open(world: &mut World) {
    let answered: Arc<Mutex<bool>> = Arc::default();
    old(world, move |seen, message| {
        if seen.method == "GET" && seen.header("last-event-id") == "here" {
            // It goes on when the person has answered.
            let answered = answered.clone();
            return Some(stream(std::iter::from_fn(move || {
                Some(if *answered.lock().unwrap() { note() } else { Chunk::Later })
            })));
        }
        if seen.method == "GET" {
            return Some(aside(question(&json!("q"))));
        }
        if message["method"].is_null() && !message["id"].is_null() {
            *answered.lock().unwrap() = true;
            return Some(Reply::new(202, "text/plain", ""));
        }
        let here = Chunk::Bytes("id: here\nretry: 100\ndata:\n\n".into());
        (message["method"] == "tools/call").then(|| stream([Chunk::Later, here].into_iter()))
    });
    let (agent, mut open, mut rest, asked) = called(world);
    assert_eq!(accept(world, &agent, &asked), 202);
    let said = open.event(&mut rest).expect("what the service says once it was answered");
    assert_eq!(said["params"]["data"], "tick", "{said}");
    let seen = world.stage.desk.seen();
    let resumed = seen.iter().filter(|seen| seen.method == "GET" && seen.header("last-event-id") == "here");
    // Once more, if the answer goes out before it began.
    let resumed = resumed.count();
    assert!((1..=2).contains(&resumed), "held on to: {resumed}");
}

fn an_answer_that_nobody_waits_for_is_refused(world: &mut World) {
    old(world, |seen, message| {
        if seen.method == "GET" {
            return Some(aside(question(&json!("q"))));
        }
        let later = std::iter::repeat_n(Chunk::Later, 3);
        (message["method"] == "tools/call")
            .then(|| stream(later.chain([done(message)]).collect::<Vec<_>>().into_iter()))
    });
    let (agent, mut open, mut rest, asked) = called(world);
    let said: Vec<Value> = std::iter::from_fn(|| open.event(&mut rest)).collect();
    let [back, told] = &*said else { panic!("{said:?}") };
    assert_eq!(back["params"]["requestId"], asked["id"], "{back}");
    assert_eq!(told["result"]["content"][0]["text"], "done", "{told}");
    assert_eq!(accept(world, &agent, &asked), 400);
    assert_eq!(world.rows("SELECT count(*) FROM question"), [["0"]]);
}

fn who_may_read_says_nothing_else(world: &mut World) {
    let ask = Ask { scope: "mcp:read", ..Ask::new(world, "desk") };
    let agent = Agent::asking(world, &mut Browser::of(&Person::internal()), ask, "desk");
    for method in ["notifications/vendor/delete_all", "notifications/tasks/cancel"] {
        assert_eq!(agent.send(world, method, json!({ "id": 1 })).status(), 403, "{method}");
    }
    assert!(
        world.stage.desk.seen().iter().all(|seen| !seen.body.contains("delete_all")),
        "nothing was forwarded"
    );
    assert_eq!(
        agent.send(world, "notifications/progress", json!({ "progressToken": 1, "progress": 1 })).status(),
        202
    );
}
