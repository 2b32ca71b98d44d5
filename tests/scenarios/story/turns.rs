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
    Usual: every_question_wants_an_answer_of_its_own, a_cancellation_is_heard_while_a_service_talks,
        a_cancellation_is_heard_while_a_question_is_open,
        a_call_that_an_older_service_is_late_with_is_cancelled_there,
        nobody_is_asked_by_a_list, a_service_that_asks_before_it_lists_is_in_the_list_of_all,
        nobody_waits_again_for_a_service_that_was_just_late, a_request_for_no_one_thing_is_told_what_it_lacks;
};

fn event(message: &Value) -> Chunk {
    Chunk::Bytes(format!("data: {message}\n\n").into())
}

fn stream(chunks: impl Iterator<Item = Chunk> + Send + 'static) -> Reply {
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
