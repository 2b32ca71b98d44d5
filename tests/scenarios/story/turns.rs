//! Calls that take turns: a service asks before it answers, a client does not want the answer any more.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use mcpgate::host::memory::{Chunk, Reply};
use serde_json::{Value, json};

use super::eras::{client, last};
use crate::client::{Agent, MODERN, text};
use crate::stage::{Person, Seen};
use crate::world::{Open, World};
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Fresh: every_question_wants_an_answer_of_its_own, a_cancellation_is_heard_while_a_service_talks,
        a_cancellation_is_heard_before_the_answer_goes_out, a_cancellation_is_heard_while_a_question_is_open,
        a_call_that_an_older_service_is_late_with_is_cancelled_there,
        a_service_that_cannot_be_told_of_a_cancelled_call_did_not_fail, nobody_waits_four_times_for_a_late_service,
        nobody_is_asked_by_a_list, a_service_that_asks_before_it_lists_is_in_the_list_of_all,
        nobody_waits_again_for_a_service_that_was_just_late, a_request_for_no_one_thing_is_told_what_it_lacks;
};

pub(super) fn event(message: &Value) -> Chunk {
    Chunk::Bytes(format!("data: {message}\n\n").into())
}

pub(super) fn stream(chunks: impl Iterator<Item = Chunk> + Send + 'static) -> Reply {
    let mut response = http::Response::new(Box::new(chunks) as Box<dyn Iterator<Item = Chunk> + Send>);
    response.headers_mut().insert("content-type", "text/event-stream".parse().unwrap());
    Reply::Response(response)
}

/// The desk speaks older revisions only, but for what `more` says.
fn only_old(world: &World, more: impl Fn(&Seen, &Value) -> Option<Reply> + Send + 'static) {
    world.stage.desk.answers(move |seen| {
        let message = seen.message();
        more(seen, &message).or_else(|| {
            let error = json!({ "code": -32601, "message": "there is no such method" });
            let body = json!({ "jsonrpc": "2.0", "id": message["id"], "error": error });
            (message["method"] == "server/discover")
                .then(|| Reply::new(400, "application/json", body.to_string()))
        })
    });
}

/// An older client of all services.
fn older(world: &mut World) -> Agent {
    let mut agent = Agent::of(world, &Person::internal(), "").speaking("2025-06-18");
    agent.initialize(world);
    agent
}

fn cancel(world: &mut World, agent: &Agent) {
    let cancel = agent.send(world, "notifications/cancelled", json!({ "requestId": 7 }));
    assert_eq!(cancel.status(), 202);
}

/// The stream ends without an answer.
#[track_caller]
fn ends_cancelled(mut open: Open, mut rest: String) {
    while let Some(event) = open.event(&mut rest) {
        assert!(event["method"].is_string(), "who cancels is not answered: {event}");
    }
}

fn every_question_wants_an_answer_of_its_own(world: &mut World) {
    let answers: Arc<Mutex<Vec<Value>>> = Arc::default();
    let calls = Mutex::new(0);
    only_old(world, move |_, message| {
        if message["method"].is_null() && !message["id"].is_null() {
            answers.lock().unwrap().push(message.clone());
            return Some(Reply::new(202, "text/plain", ""));
        }
        if message["method"] != "tools/call" {
            return None;
        }
        let mut calls = calls.lock().unwrap();
        *calls += 1;
        let (call, answers, id) = (*calls, answers.clone(), message["id"].clone());
        let question = json!({ "message": "Delete the next file?", "requestedSchema": { "type": "object", "properties": {} } });
        let mut asked = 0;
        Some(stream(std::iter::from_fn(move || {
            let answers = answers.lock().unwrap();
            let of = |at: i32| answers.iter().find(|answer| answer["id"] == format!("{call}-{at}"));
            if asked > 0 && asked <= 2 && of(asked).is_none() {
                return Some(Chunk::Later);
            }
            asked += 1;
            match asked {
                1 | 2 => Some(event(
                    &json!({ "jsonrpc": "2.0", "id": format!("{call}-{asked}"), "method": "elicitation/create", "params": question }),
                )),
                3 => {
                    let said = [1, 2]
                        .map(|at| of(at).unwrap()["result"]["action"].as_str().unwrap_or("?").to_owned());
                    let result = json!({ "content": [{ "type": "text", "text": said.join(", ") }] });
                    Some(event(&json!({ "jsonrpc": "2.0", "id": id, "result": result })))
                }
                _ => None,
            }
        })))
    });
    let agent = Agent::of(world, &Person::internal(), "desk").able(json!({ "elicitation": {} }));
    let mut call = json!({ "name": "get_issue", "arguments": {} });
    for action in ["accept", "decline"] {
        let asked = last(&agent.send(world, "tools/call", call.clone()))["result"].clone();
        assert_eq!(asked["resultType"], "input_required", "{asked}");
        let key = asked["inputRequests"].as_object().unwrap().keys().next().unwrap().clone();
        call["inputResponses"] = json!({ key: { "action": action } });
        call["requestState"] = asked["requestState"].clone();
    }
    let answer = last(&agent.send(world, "tools/call", call));
    assert_eq!(text(&answer["result"]), "accept, decline");
}

/// A call whose service says very much before it answers, and the first that it says.
fn talked_to(world: &mut World, agent: &Agent, events: usize) -> (Open, String) {
    world.stage.desk.replies(move |seen| {
        let progress = json!({ "jsonrpc": "2.0", "method": "notifications/progress",
            "params": { "progressToken": "t".repeat(240), "progress": 1 } });
        let result = json!({ "jsonrpc": "2.0", "id": seen.message()["id"],
            "result": { "content": [{ "type": "text", "text": "done" }], "resultType": "complete" } });
        // A pause now and then: what is beyond the cap waits for no client.
        let said = (0..events).map(move |at| if at % 50 == 49 { Chunk::Later } else { event(&progress) });
        stream(said.chain([event(&result)]))
    });
    let params =
        json!({ "name": "desk__get_issue", "arguments": {}, "_meta": { "progressToken": "t".repeat(240) } });
    let mut open = agent.open(world, "tools/call", params);
    let mut rest = String::new();
    assert_eq!(open.event(&mut rest).expect("progress")["method"], "notifications/progress");
    (open, rest)
}

fn a_cancellation_is_heard_while_a_service_talks(world: &mut World) {
    let agent = older(world);
    let (open, rest) = talked_to(world, &agent, 60_000);
    cancel(world, &agent);
    world.pass_time(Duration::from_secs(3));
    ends_cancelled(open, rest);
}

fn a_cancellation_is_heard_before_the_answer_goes_out(world: &mut World) {
    let agent = older(world);
    let (mut open, mut rest) = talked_to(world, &agent, 20_000);
    // It has just been looked for.
    world.pass_time(Duration::from_millis(1100));
    open.event(&mut rest).expect("more progress");
    cancel(world, &agent);
    ends_cancelled(open, rest);
    // Clients of scenarios before may be noticed to be gone by now.
    assert!(world.recorded("tool_called", "caller", Some("cancelled")) >= 1);
}

fn a_cancellation_is_heard_while_a_question_is_open(world: &mut World) {
    for (at, service) in ["new", "old"].into_iter().enumerate() {
        let agent = client(world, service, "2025-06-18");
        // Between the same revisions nothing is told anew: at the address of all services it always is.
        let agent = if service == "new" { agent } else { at_all(world) };
        let tool = if service == "new" { "ask" } else { "old__ask" };
        let before = world.stage.eras[at].heard("tools/call").len();
        let mut open = agent.open(world, "tools/call", json!({ "name": tool, "arguments": {} }));
        let mut rest = String::new();
        assert_eq!(open.event(&mut rest).expect("a question")["method"], "elicitation/create");
        cancel(world, &agent);
        ends_cancelled(open, rest);
        world.settle();
        assert_eq!(
            world.stage.eras[at].heard("tools/call").len(),
            before + 1,
            "{service} is not called again"
        );
        if service == "old" {
            assert!(!world.stage.eras[at].heard("notifications/cancelled").is_empty());
        }
    }
}

/// A client of all services of all eras that can be asked.
fn at_all(world: &mut World) -> Agent {
    let agent = Agent::of(world, &Person::of("eras.example.com"), "");
    let mut agent = agent.able(json!({ "elicitation": {} })).speaking("2025-06-18");
    agent.initialize(world);
    agent
}

fn a_call_that_an_older_service_is_late_with_is_cancelled_there(world: &mut World) {
    only_old(world, |_, message| {
        let result = json!({ "protocolVersion": "2025-11-25", "capabilities": { "tools": {} },
            "serverInfo": { "name": "desk", "version": "1" } });
        let body = json!({ "jsonrpc": "2.0", "id": message["id"], "result": result });
        match message["method"].as_str() {
            Some("initialize") => {
                Some(Reply::new(200, "application/json", body.to_string()).header("mcp-session-id", "one"))
            }
            Some("tools/call") => Some(Reply::Silence),
            _ => None,
        }
    });
    let agent = Agent::of(world, &Person::internal(), "desk");
    let told = agent.refused(world, "get_issue", json!({}));
    assert!(told.contains("did not answer within"), "{told}");
    world.settle();
    let seen: Vec<Value> = world.stage.desk.seen().iter().map(Seen::message).collect();
    let called = seen.iter().find(|message| message["method"] == "tools/call").unwrap();
    let cancelled = seen.iter().find(|message| message["method"] == "notifications/cancelled").unwrap();
    assert_eq!(cancelled["params"]["requestId"], called["id"]);
}

fn a_service_that_cannot_be_told_of_a_cancelled_call_did_not_fail(world: &mut World) {
    only_old(world, |seen, message| {
        let result = json!({ "protocolVersion": "2025-11-25", "capabilities": { "tools": {} },
            "serverInfo": { "name": "desk", "version": "1" } });
        let body = json!({ "jsonrpc": "2.0", "id": message["id"], "result": result });
        match message["method"].as_str() {
            Some("initialize") => {
                Some(Reply::new(200, "application/json", body.to_string()).header("mcp-session-id", "one"))
            }
            Some("tools/call") => Some(Reply::Waiting),
            Some("notifications/cancelled") => Some(Reply::Refusal),
            None if seen.method == "DELETE" => Some(Reply::Refusal),
            _ => None,
        }
    });
    let agent = older(world);
    cancel(world, &agent);
    let answer = agent.send(world, "tools/call", json!({ "name": "desk__get_issue", "arguments": {} }));
    assert_eq!(answer.text(), "");
    world.settle();
    let told = |seen: &Seen| seen.message()["method"] == "notifications/cancelled";
    assert!(world.stage.desk.seen().iter().any(told), "it would have been told");
    world.expect_logged("cancelled service=desk");
    assert!(!world.logs().contains("service_failed"), "{}", world.logs());
    // Clients of scenarios before may be noticed to be gone by now.
    assert!(world.recorded("tool_called", "caller", Some("cancelled")) >= 1);
}

/// The desk asks for roots before it lists its tools; gives what it is answered.
fn asks_for_roots(world: &World) -> Arc<Mutex<Option<Value>>> {
    let answered: Arc<Mutex<Option<Value>>> = Arc::default();
    let answer = answered.clone();
    only_old(world, move |_, message| {
        if message["method"].is_null() && message["id"] == "roots-1" {
            *answer.lock().unwrap() = Some(message.clone());
            return Some(Reply::new(202, "text/plain", ""));
        }
        let (answer, id) = (answer.clone(), message["id"].clone());
        let mut asked = false;
        (message["method"] == "tools/list").then(|| {
            stream(std::iter::from_fn(move || {
                if !std::mem::replace(&mut asked, true) {
                    return Some(event(
                        &json!({ "jsonrpc": "2.0", "id": "roots-1", "method": "roots/list" }),
                    ));
                }
                if answer.lock().unwrap().is_none() {
                    return Some(Chunk::Later);
                }
                let tools = json!([{ "name": "plain", "inputSchema": { "type": "object" } }]);
                Some(event(&json!({ "jsonrpc": "2.0", "id": id, "result": { "tools": tools } })))
            }))
        })
    });
    answered
}

fn nobody_is_asked_by_a_list(world: &mut World) {
    let answered = asks_for_roots(world);
    let agent = Agent::of(world, &Person::internal(), "desk").able(json!({ "roots": {} }));
    let result = last(&agent.send(world, "tools/list", json!({})))["result"].clone();
    assert_eq!((&result["resultType"], &result["tools"][0]["name"]), (&json!("complete"), &json!("plain")));
    assert_eq!(answered.lock().unwrap().as_ref().unwrap()["error"]["code"], -32601);
}

fn a_service_that_asks_before_it_lists_is_in_the_list_of_all(world: &mut World) {
    for revision in [MODERN, "2025-11-25"] {
        asks_for_roots(world);
        let mut agent =
            Agent::of(world, &Person::internal(), "").able(json!({ "roots": {} })).speaking(revision);
        if revision != MODERN {
            agent.initialize(world);
        }
        assert!(agent.tools(world).contains(&"desk__plain".to_owned()), "{revision}");
    }
}

fn nobody_waits_again_for_a_service_that_was_just_late(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "");
    let late = |world: &mut World| {
        let result = last(&agent.send(world, "tools/list", json!({})))["result"].clone();
        let missing = result["_meta"]["mcpgate/unavailable"].clone();
        (missing[0]["service"] == "desk", world.stage.desk.seen().len())
    };
    world.stage.desk.answers(|_| Some(Reply::Silence));
    let (missing, asked) = late(world);
    assert!(missing && asked > 0);
    assert_eq!(late(world), (true, asked), "it is left alone");
    world.stage.desk.behaves();
    world.pass_time(Duration::from_secs(11));
    let (missing, again) = late(world);
    assert!(!missing && again > asked);
    let recorded = world.recorded("tools_listed", "service", Some("service_timeout"));
    assert_eq!(recorded, 2, "each list that lacks it is on record");
}

/// What a client asks for when it comes: the first list shows that a service is late, and the others wait little.
fn nobody_waits_four_times_for_a_late_service(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "");
    let missing = |world: &mut World, method: &str| {
        let result = last(&agent.send(world, method, json!({})))["result"].clone();
        result["_meta"]["mcpgate/unavailable"].clone()
    };
    let late = |world: &mut World, method: &str| {
        let missing = missing(world, method);
        assert_eq!(
            (&missing[0]["service"], &missing[0]["reason"]),
            (&json!("desk"), &json!("service_timeout")),
            "{missing}"
        );
        let told = missing[0]["message"].as_str().unwrap().to_owned();
        assert!(told.contains("did not answer within"), "{told}");
        told.contains("within 1s") && told.contains("late with another list")
    };
    world.stage.desk.answers(|_| Some(Reply::Waiting));
    assert!(!late(world, "tools/list"), "it has its time");
    for method in ["prompts/list", "resources/list", "resources/templates/list"] {
        assert!(late(world, method), "{method} waits a moment");
    }
    world.pass_time(Duration::from_secs(31));
    assert!(!late(world, "prompts/list"), "after a while it has its time again");
    world.stage.desk.behaves();
    assert_eq!(missing(world, "resources/list"), Value::Null, "one that is quick is there at once");
}

fn a_request_for_no_one_thing_is_told_what_it_lacks(world: &mut World) {
    let agent = older(world);
    for method in ["tools/call", "prompts/get", "resources/read", "completion/complete", "tasks/get"] {
        let answer = agent.send(world, method, json!({}));
        let error = last(&answer)["error"].clone();
        assert_eq!((answer.status(), &error["code"]), (200, &json!(-32602)), "{method}: {error}");
    }
    let answer = agent.send(world, "something/new", json!({}));
    assert_eq!(last(&answer)["error"]["code"], -32601);
}
