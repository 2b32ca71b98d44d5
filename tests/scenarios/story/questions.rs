//! What a service asks, where it and the client speak the same revision: only who was asked answers, with or without a
//! session.

use std::time::Duration;

use mcpgate::host::memory::{Chunk, Reply};
use serde_json::{Value, json};

use super::eras;
use super::turns::{event, stream};
use crate::client::{Agent, MODERN};
use crate::stage::{Person, Seen};
use crate::world::World;
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Fresh: only_who_was_asked_answers, a_service_hears_that_an_answer_was_refused, an_answer_that_comes_too_late_is_none,
        without_a_session_nobody_cancels_anothers_call, the_id_of_a_question_says_nothing,
        who_is_asked_may_think_longer_than_the_service, a_service_that_asks_nothing_is_late_in_its_own_time;
};

const REVISION: &str = "2025-06-18";

/// The desk speaks older revisions only, has no sessions, and asks this in each call: whatever it says comes before
/// the answer, which does not come.
fn asks(world: &World, says: Vec<Value>) {
    world.stage.desk.answers(move |seen| {
        let message = seen.message();
        let reply = |status, body: Value| Some(Reply::new(status, "application/json", body.to_string()));
        let id = &message["id"];
        match message["method"].as_str() {
            Some("server/discover") => {
                let error = json!({ "code": -32601, "message": "no such method" });
                reply(400, json!({ "jsonrpc": "2.0", "id": id, "error": error }))
            }
            Some("tools/call") => {
                let says: Vec<Chunk> = says.iter().map(event).collect();
                let result = json!({ "content": [{ "type": "text", "text": "thought about" }] });
                let answer = event(&json!({ "jsonrpc": "2.0", "id": id, "result": result }));
                let answer = (message["params"]["name"] == "add_comment").then_some(answer);
                // Somewhere else that is three seconds, and a service has two.
                let silence = std::iter::repeat_n(Chunk::Later, 30);
                let forever = std::iter::repeat(Chunk::Later);
                Some(stream(says.into_iter().chain(silence).chain(answer).chain(forever)))
            }
            None if !id.is_null() => Some(Reply::new(202, "text/plain", "")),
            _ => None,
        }
    });
}

fn question(id: &Value) -> Value {
    let params = json!({ "message": "Sure?", "requestedSchema": { "type": "object", "properties": {} } });
    json!({ "jsonrpc": "2.0", "id": id, "method": "elicitation/create", "params": params })
}

fn client(world: &mut World) -> Agent {
    Agent::of(world, &Person::internal(), "desk").able(json!({ "elicitation": {} })).speaking(REVISION)
}

/// Answers the question of this id; the status says what became of that.
fn answer(world: &mut World, agent: &Agent, id: &Value) -> u16 {
    let answer = json!({ "jsonrpc": "2.0", "id": id, "result": { "action": "accept", "content": {} } });
    let posted = agent.posting(world, answer.to_string());
    let answer = world.send(posted);
    if answer.status() != 202 {
        let error = &answer.json()["error"];
        let text = error["message"].as_str().unwrap_or_default();
        assert!(error["code"] == -32600 && text.contains("its id is not that of a question"), "{error}");
    }
    answer.status()
}

/// The ids of the answers that the desk got.
fn answered(world: &World) -> Vec<Value> {
    let answers =
        |seen: &Seen| Some(seen.message()).filter(|message| message["result"]["action"] == "accept");
    world.stage.desk.seen().iter().filter_map(answers).map(|message| message["id"].clone()).collect()
}

/// The ids of the questions that a call is asked.
fn asked(world: &mut World, agent: &Agent, questions: usize) -> Vec<Value> {
    let mut open = agent.open(world, "tools/call", json!({ "name": "get_issue", "arguments": {} }));
    let mut rest = String::new();
    (0..questions).map(|_| open.event(&mut rest).expect("a question")["id"].clone()).collect()
}

fn only_who_was_asked_answers(world: &mut World) {
    let ids = [json!(1), json!("1"), json!(-7)];
    asks(world, ids.iter().map(question).collect());
    let (agent, stranger) = (client(world), client(world));
    let sealed = asked(world, &agent, ids.len());
    for id in ids.iter().chain(&sealed).chain([&json!(""), &Value::Null]) {
        assert_eq!(answer(world, &stranger, id), 400, "{id}");
    }
    for id in &ids {
        assert_eq!(answer(world, &agent, id), 400, "nobody was asked under {id}");
    }
    assert!(answered(world).is_empty(), "nothing is forwarded");
    for id in &sealed {
        assert_eq!(answer(world, &agent, id), 202);
    }
    assert_eq!(answered(world), ids, "as the service knows them");
}

fn an_answer_that_comes_too_late_is_none(world: &mut World) {
    asks(world, vec![question(&json!(1))]);
    let agent = client(world);
    let sealed = asked(world, &agent, 1).remove(0);
    world.pass_time(Duration::from_secs(3600));
    let agent = agent.renewed(world);
    assert_eq!(answer(world, &agent, &sealed), 400);
    assert!(answered(world).is_empty());
}

fn a_service_hears_that_an_answer_was_refused(world: &mut World) {
    let stranger = eras::client(world, "new", MODERN);
    let theirs = eras::pseudonym(world, &stranger, "read");
    asks(world, vec![question(&json!(1))]);
    let agent = client(world);
    let sealed = asked(world, &agent, 1).remove(0);
    let content = json!({ "action": "accept", "content": { "who": theirs } });
    let posted =
        agent.posting(world, json!({ "jsonrpc": "2.0", "id": sealed, "result": content }).to_string());
    let told = world.send(posted);
    assert_eq!(told.status(), 400, "{}", told.text());
    let told = told.json()["error"]["message"].as_str().unwrap().to_owned();
    assert!(told.contains(&theirs) && told.contains("The desk") && told.contains("make it again"), "{told}");
    let heard = world.stage.desk.seen().pop().unwrap().message();
    assert_eq!((&heard["id"], heard["error"]["code"].is_number()), (&json!(1), true), "{heard}");
    assert!(!heard.to_string().contains(&theirs), "{heard}");
}

/// Clients count their requests from 0.
fn without_a_session_nobody_cancels_anothers_call(world: &mut World) {
    let modern = Agent::of(world, &Person::internal(), "desk").speaking(MODERN);
    let cancel = modern.send(world, "notifications/cancelled", json!({ "requestId": 7 }));
    assert_eq!((cancel.status(), cancel.text()), (202, ""));
    asks(world, vec![question(&json!(1))]);
    let (agent, stranger) = (client(world), client(world));
    let _open = agent.open(world, "tools/call", json!({ "name": "get_issue", "arguments": {} }));
    let cancel = stranger.send(world, "notifications/cancelled", json!({ "requestId": 7 }));
    assert_eq!((cancel.status(), cancel.text()), (202, ""));
    let seen = world.stage.desk.seen();
    assert!(
        seen.iter().all(|seen| seen.message()["method"] != "notifications/cancelled"),
        "nobody hears of it"
    );
}

fn the_id_of_a_question_says_nothing(world: &mut World) {
    let id = json!("ask olga.alt@kunde.example");
    let params = json!({ "requestId": id, "reason": "late" });
    let back = json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": params });
    asks(world, vec![question(&id), back]);
    let agent = client(world);
    let mut open = agent.open(world, "tools/call", json!({ "name": "get_issue", "arguments": {} }));
    let mut rest = String::new();
    let (question, back) = (open.event(&mut rest).unwrap(), open.event(&mut rest).unwrap());
    assert!(
        !question.to_string().contains("olga.alt") && !back.to_string().contains("olga.alt"),
        "{question} {back}"
    );
    assert_eq!(back["params"]["requestId"], question["id"], "the client knows which is taken back");
    drop(open);
    assert_eq!(answer(world, &agent, &question["id"]), 202);
    assert_eq!(answered(world), [id], "letter by letter");
}

fn who_is_asked_may_think_longer_than_the_service(world: &mut World) {
    asks(world, vec![question(&json!(1))]);
    let agent = client(world);
    let mut open = agent.open(world, "tools/call", json!({ "name": "add_comment", "arguments": {} }));
    let mut rest = String::new();
    let question = open.event(&mut rest).expect("a question");
    assert_eq!(question["method"], "elicitation/create");
    let answer = open.event(&mut rest).expect("an answer");
    assert_eq!(crate::client::text(&answer["result"]), "thought about", "{answer}");
}

fn a_service_that_asks_nothing_is_late_in_its_own_time(world: &mut World) {
    let progress = json!({ "progressToken": 1, "progress": 1 });
    asks(world, vec![json!({ "jsonrpc": "2.0", "method": "notifications/progress", "params": progress })]);
    let agent = client(world);
    let mut open = agent.open(world, "tools/call", json!({ "name": "get_issue", "arguments": {} }));
    let mut rest = String::new();
    assert_eq!(open.event(&mut rest).expect("progress")["method"], "notifications/progress");
    let end = open.event(&mut rest).expect("an end");
    assert!(crate::client::text(&end["result"]).contains("did not answer within 2s"), "{end}");
}
