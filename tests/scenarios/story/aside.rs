//! A service of an older revision asks on the stream of its session (`GET`), which belongs to no request.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use mcpgate::host::memory::{Chunk, Reply};
use serde_json::{Value, json};

use super::eras::last;
use super::turns::{event, stream};
use crate::client::{Agent, Browser, text};
use crate::stage::{Person, Seen};
use crate::world::{Open, World};
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Fresh: a_question_on_the_sessions_stream_reaches_a_client_of_every_era,
        calls_at_once_are_asked_each_its_own, one_call_after_the_other_is_in_the_same_session,
        a_stream_that_is_still_open_is_waited_for, a_session_without_a_stream_is_shared,
        a_forgotten_session_is_begun_again_before_the_call,
        what_is_asked_for_no_call_makes_no_call_twice, what_a_new_session_asks_is_asked_before_a_call, what_a_cancelled_call_still_asks_no_other_hears,
        clients_of_a_person_have_sessions_of_their_own, a_client_says_why_it_does_not_answer,
        a_stream_that_ends_or_breaks_off_is_opened_again, everybody_who_listens_hears_what_is_new,
        what_is_lost_with_its_isolate_is_ended_all_the_same,
        a_session_whose_stream_is_not_found_says_nothing_of_others;
};

/// What the service remembers.
#[derive(Default)]
struct Desk {
    sessions: usize,
    /// The call that waits in each session: its id and what it is about.
    calls: HashMap<String, (Value, Value)>,
    answers: HashMap<String, Value>,
    /// How often it still takes the session's stream for open, though nobody listens any more.
    busy: usize,
    forgets: bool,
    /// Whether sessions have a stream.
    streams: bool,
    /// What it asks of each session, if it answers calls without asking.
    beside: Option<&'static str>,
    /// How many tenths of a second it takes to ask for them, and to answer a call.
    late: usize,
    slow: usize,
    /// How often the session's stream is over as soon as it begins.
    broken: usize,
    /// Whether it has news, until there are none any more, for one who listens in each session.
    news: bool,
    /// How many sessions still are told that there is no stream; and those that were: their calls ask nothing.
    absent: usize,
    deaf: Vec<String>,
    listening: Vec<String>,
}

type Shared = Arc<Mutex<Desk>>;

/// The desk speaks 2025-11-25 and asks who wants it, before it answers a call, on the stream of the call's session.
fn asking(world: &World, streams: bool) -> Shared {
    let desk: Shared = Arc::new(Mutex::new(Desk { streams, ..Desk::default() }));
    let shared = Arc::clone(&desk);
    world.stage.desk.answers(move |seen| answer(&shared, seen));
    desk
}

fn answer(shared: &Shared, seen: &Seen) -> Option<Reply> {
    let (message, session) = (seen.message(), seen.header("mcp-session-id").to_owned());
    let mut desk = shared.lock().unwrap();
    let plain = |status: u16, body: Value| Reply::new(status, "application/json", body.to_string());
    if message["method"] == "server/discover" {
        let error = json!({ "code": -32601, "message": "there is no such method" });
        return Some(plain(400, json!({ "jsonrpc": "2.0", "id": message["id"], "error": error })));
    }
    if message["method"] == "initialize" {
        desk.sessions += 1;
        desk.forgets = false;
        desk.busy = 0;
        let result = json!({ "protocolVersion": "2025-11-25", "capabilities": { "tools": { "listChanged": true } },
            "serverInfo": { "name": "desk", "version": "1" } });
        let body = json!({ "jsonrpc": "2.0", "id": message["id"], "result": result });
        return Some(plain(200, body).header("mcp-session-id", &format!("session-{}", desk.sessions)));
    }
    if desk.forgets {
        return Some(plain(
            404,
            json!({ "jsonrpc": "2.0", "id": null, "error": { "code": -32001, "message": "no such session" } }),
        ));
    }
    if seen.method == "GET" {
        if !desk.streams {
            return Some(Reply::new(405, "text/plain", ""));
        }
        if desk.busy > 0 {
            desk.busy -= 1;
            return Some(Reply::new(409, "text/plain", ""));
        }
        if desk.absent > 0 {
            desk.absent -= 1;
            desk.deaf.push(session);
            return Some(Reply::new(404, "text/plain", "no route"));
        }
        if desk.broken > 0 {
            desk.broken -= 1;
            let id = Chunk::Bytes("id: here\nretry: 100\ndata:\n\n".into());
            return Some(stream(
                [id].into_iter().chain(desk.broken.is_multiple_of(2).then_some(Chunk::Break)),
            ));
        }
        if desk.news {
            if desk.listening.contains(&session) {
                return Some(Reply::new(409, "text/plain", ""));
            }
            desk.listening.push(session);
            let shared = Arc::clone(shared);
            let news = event(&json!({ "jsonrpc": "2.0", "method": "notifications/tools/list_changed" }));
            let rest = std::iter::from_fn(move || shared.lock().unwrap().news.then_some(Chunk::Later));
            return Some(stream(std::iter::once(news).chain(rest)));
        }
        if let Some(method) = desk.beside {
            let asks = event(&json!({ "jsonrpc": "2.0", "id": "beside", "method": method, "params": {} }));
            let said = std::iter::repeat_n(Chunk::Later, desk.late).chain([asks]);
            return Some(stream(said.chain(std::iter::repeat(Chunk::Later))));
        }
        let (shared, mut asked) = (Arc::clone(shared), Value::Null);
        return Some(stream(std::iter::from_fn(move || {
            let desk = shared.lock().unwrap();
            let Some((id, about)) = desk.calls.get(&session).filter(|(id, _)| *id != asked) else {
                return Some(Chunk::Later);
            };
            asked = id.clone();
            let params = json!({ "message": format!("Who wants {about}?"),
                "requestedSchema": { "type": "object", "properties": {} } });
            let id = format!("{session} {id}");
            Some(event(
                &json!({ "jsonrpc": "2.0", "id": id, "method": "elicitation/create", "params": params }),
            ))
        })));
    }
    if message["method"] == "notifications/cancelled" {
        desk.calls.remove(&session);
    }
    if message["method"].is_null() && !message["id"].is_null() {
        desk.calls.remove(&session);
        let answer = message.get("result").unwrap_or(&message["error"]).clone();
        desk.answers.insert(message["id"].as_str().unwrap().to_owned(), answer);
        return Some(Reply::new(202, "text/plain", ""));
    }
    if message["method"] != "tools/call" || !desk.streams || desk.deaf.contains(&session) {
        return None;
    }
    let id = message["id"].clone();
    if desk.beside.is_some() {
        let result = json!({ "content": [{ "type": "text", "text": "added" }], "isError": false });
        let done = event(&json!({ "jsonrpc": "2.0", "id": id, "result": result }));
        return Some(stream(std::iter::repeat_n(Chunk::Later, desk.slow.max(1)).chain([done])));
    }
    desk.calls.insert(session.clone(), (id.clone(), message["params"]["arguments"]["about"].clone()));
    let (shared, mut over) = (Arc::clone(shared), false);
    Some(stream(std::iter::from_fn(move || {
        let desk = shared.lock().unwrap();
        if over {
            return None;
        }
        let Some(answer) = desk.answers.get(&format!("{session} {id}")) else { return Some(Chunk::Later) };
        over = true;
        let said = match answer["action"].as_str() {
            Some(action) => format!("{action} by {}", answer["content"]["name"]),
            None => format!("no answer: {answer}"),
        };
        let result = json!({ "content": [{ "type": "text", "text": said }] });
        Some(event(&json!({ "jsonrpc": "2.0", "id": id, "result": result })))
    })))
}

fn accepted(name: &str) -> Value {
    json!({ "action": "accept", "content": { "name": name } })
}

/// A client of an older revision, of all services, that can be asked.
fn older(world: &mut World) -> Agent {
    let agent = Agent::of(world, &Person::internal(), "").able(json!({ "elicitation": {} }));
    let mut agent = agent.speaking("2025-06-18");
    agent.initialize(world);
    agent
}

/// Calls, and reads the question.
fn ask(world: &mut World, agent: &Agent, about: &str) -> (Open, String, Value) {
    let params = json!({ "name": "desk__get_issue", "arguments": { "about": about } });
    let (mut open, mut rest) = (agent.open(world, "tools/call", params), String::new());
    let question = open.event(&mut rest).expect("a question");
    assert_eq!(question["params"]["message"], format!("Who wants \"{about}\"?"), "{question}");
    (open, rest, question)
}

/// Answers it, and reads the result.
fn reply(
    world: &mut World,
    agent: &Agent,
    (mut open, mut rest, question): (Open, String, Value),
    name: &str,
) {
    let answer = json!({ "jsonrpc": "2.0", "id": question["id"], "result": accepted(name) });
    let posted = agent.posting(world, answer.to_string());
    assert_eq!(world.send(posted).status(), 202);
    let message = open.event(&mut rest).expect("an answer");
    assert_eq!(text(&message["result"]), format!("accept by \"{name}\""), "{message}");
}

fn a_question_on_the_sessions_stream_reaches_a_client_of_every_era(world: &mut World) {
    asking(world, true);
    let newer = Agent::of(world, &Person::internal(), "desk").able(json!({ "elicitation": {} }));
    let mut call = json!({ "name": "get_issue", "arguments": { "about": "this" } });
    let asked = last(&newer.send(world, "tools/call", call.clone()))["result"].clone();
    let (key, question) = asked["inputRequests"].as_object().unwrap().iter().next().unwrap();
    assert_eq!(question["params"]["message"], "Who wants \"this\"?");
    call["inputResponses"] = json!({ key: accepted("me") });
    call["requestState"] = asked["requestState"].clone();
    let told = last(&newer.send(world, "tools/call", call));
    assert_eq!(text(&told["result"]), "accept by \"me\"", "{told}");
    let older = older(world);
    let asked = ask(world, &older, "that");
    reply(world, &older, asked, "you");
}

fn calls_at_once_are_asked_each_its_own(world: &mut World) {
    asking(world, true);
    let agent = older(world);
    let asked = ["one", "two", "three"].map(|about| (about, ask(world, &agent, about)));
    for (about, asked) in asked {
        reply(world, &agent, asked, about);
    }
}

fn one_call_after_the_other_is_in_the_same_session(world: &mut World) {
    asking(world, true);
    let agent = older(world);
    for about in ["one", "two"] {
        let asked = ask(world, &agent, about);
        reply(world, &agent, asked, "me");
        agent.tools(world);
    }
    let used = |method: &str| {
        let seen = world.stage.desk.seen();
        let of = seen.iter().filter(|seen| seen.message()["method"] == method);
        of.map(|seen| seen.header("mcp-session-id").to_owned()).collect::<Vec<_>>()
    };
    let calls = used("tools/call");
    assert_eq!(calls.len(), 2);
    assert!(calls.iter().all(|session| *session == calls[0]), "{calls:?}");
}

fn a_stream_that_is_still_open_is_waited_for(world: &mut World) {
    let desk = asking(world, true);
    let agent = older(world);
    // The first call begins the session. However long a stream counts as open, a new session has another.
    for busy in [0, 2, 600] {
        desk.lock().unwrap().busy = busy;
        let asked = ask(world, &agent, "this");
        reply(world, &agent, asked, "me");
    }
}

fn a_session_without_a_stream_is_shared(world: &mut World) {
    asking(world, false);
    let agent = Agent::of(world, &Person::internal(), "desk").able(json!({ "elicitation": {} }));
    for _ in 0..3 {
        assert_eq!(agent.read(world, "get_issue", json!({})), "done");
    }
    let seen = world.stage.desk.seen();
    let calls: Vec<_> = seen.iter().filter(|seen| seen.message()["method"] == "tools/call").collect();
    assert!(calls.iter().all(|call| call.header("mcp-session-id") == calls[0].header("mcp-session-id")));
    assert_eq!(seen.iter().filter(|seen| seen.method == "GET").count(), 1, "it is asked for once");
}

fn a_forgotten_session_is_begun_again_before_the_call(world: &mut World) {
    let desk = asking(world, true);
    let agent = older(world);
    let asked = ask(world, &agent, "this");
    reply(world, &agent, asked, "me");
    desk.lock().unwrap().forgets = true;
    let asked = ask(world, &agent, "that");
    reply(world, &agent, asked, "me");
    assert_eq!(world.stage.desk.calls().len(), 2, "no call is made twice");
}

/// The sessions that its calls came in.
fn sessions(world: &World) -> Vec<String> {
    world.stage.desk.calls().iter().map(|call| call.header("mcp-session-id").to_owned()).collect()
}

fn what_is_asked_for_no_call_makes_no_call_twice(world: &mut World) {
    asking(world, true).lock().unwrap().beside = Some("sampling/createMessage");
    let newer = Agent::of(world, &Person::internal(), "desk").able(json!({ "sampling": {} }));
    assert_eq!(newer.read(world, "add_comment", json!({})), "added");
    assert_eq!(world.stage.desk.calls().len(), 1);
    let older = Agent::of(world, &Person::internal(), "").able(json!({ "sampling": {} }));
    let mut older = older.speaking("2025-06-18");
    older.initialize(world);
    let answer = older.send(world, "tools/call", json!({ "name": "desk__add_comment", "arguments": {} }));
    assert_eq!(text(&last(&answer)["result"]), "added", "{}", answer.text());
    assert_eq!(world.stage.desk.calls().len(), 2);
}

fn what_a_new_session_asks_is_asked_before_a_call(world: &mut World) {
    let desk = asking(world, true);
    *desk.lock().unwrap() =
        Desk { streams: true, beside: Some("roots/list"), late: 3, slow: 15, ..Desk::default() };
    let agent = Agent::of(world, &Person::internal(), "desk").able(json!({ "roots": {} }));
    let mut call = json!({ "name": "add_comment", "arguments": {} });
    let asked = last(&agent.send(world, "tools/call", call.clone()))["result"].clone();
    let (key, question) = asked["inputRequests"].as_object().expect("a question").iter().next().unwrap();
    assert_eq!(question["method"], "roots/list");
    assert!(world.stage.desk.calls().is_empty(), "the service has not seen the call yet");
    call["inputResponses"] = json!({ key: { "roots": [{ "uri": "file:///here" }] } });
    call["requestState"] = asked["requestState"].clone();
    let told = last(&agent.send(world, "tools/call", call.clone()));
    assert_eq!(text(&told["result"]), "added", "{told}");
    assert_eq!(world.stage.desk.calls().len(), 1, "once");
    assert_eq!(desk.lock().unwrap().answers["beside"]["roots"][0]["uri"], "file:///here");
    // In the session that goes on it is not asked again.
    assert_eq!(agent.read(world, "add_comment", json!({})), "added");
    assert_eq!(world.stage.desk.calls().len(), 2);
}

fn what_a_cancelled_call_still_asks_no_other_hears(world: &mut World) {
    asking(world, true);
    let agent = older(world);
    let (mut open, mut rest, _) = ask(world, &agent, "the first");
    assert_eq!(agent.send(world, "notifications/cancelled", json!({ "requestId": 7 })).status(), 202);
    while open.event(&mut rest).is_some() {}
    drop(open);
    world.settle();
    let asked = ask(world, &agent, "the second");
    reply(world, &agent, asked, "me");
    let sessions = sessions(world);
    assert_ne!(sessions[0], sessions[1]);
    assert!(world.waits_until(|world| world.stage.desk.ended(&sessions[0])), "ended at the service too");
}

fn clients_of_a_person_have_sessions_of_their_own(world: &mut World) {
    asking(world, true);
    let mut browser = Browser::of(&Person::internal());
    for about in ["one", "two"] {
        let agent = Agent::at(world, &mut browser, "").able(json!({ "elicitation": {} }));
        let mut agent = agent.speaking("2025-06-18");
        agent.initialize(world);
        let asked = ask(world, &agent, about);
        reply(world, &agent, asked, "me");
    }
    let sessions = sessions(world);
    assert_ne!(sessions[0], sessions[1], "what one has told a service the other did not");
}

fn a_client_says_why_it_does_not_answer(world: &mut World) {
    asking(world, true);
    let agent = older(world);
    let (mut open, mut rest, question) = ask(world, &agent, "this");
    let error =
        json!({ "jsonrpc": "2.0", "id": question["id"], "error": { "code": -1, "message": "not now" } });
    let posted = agent.posting(world, error.to_string());
    assert_eq!(world.send(posted).status(), 202);
    let message = open.event(&mut rest).expect("an answer");
    assert!(text(&message["result"]).contains("not now"), "{message}");
}

fn a_stream_that_ends_or_breaks_off_is_opened_again(world: &mut World) {
    let desk = asking(world, true);
    let agent = older(world);
    desk.lock().unwrap().broken = 2;
    let asked = ask(world, &agent, "this");
    reply(world, &agent, asked, "me");
    let seen = world.stage.desk.seen();
    let after =
        seen.iter().filter(|seen| seen.method == "GET").map(|seen| seen.header("last-event-id").to_owned());
    assert_eq!(after.collect::<Vec<_>>(), ["", "here", "here"], "it goes on where it was");
}

fn everybody_who_listens_hears_what_is_new(world: &mut World) {
    let desk = asking(world, true);
    desk.lock().unwrap().news = true;
    let agent = Agent::of(world, &Person::internal(), "desk");
    let topics = json!({ "notifications": { "toolsListChanged": true } });
    let mut open: Vec<(Open, String)> = Vec::new();
    for _ in 0..3 {
        let mut listens = (agent.open(world, "subscriptions/listen", topics.clone()), String::new());
        let told = [(); 2].map(|()| listens.0.event(&mut listens.1).expect("news")["method"].clone());
        assert_eq!(told, ["notifications/subscriptions/acknowledged", "notifications/tools/list_changed"]);
        open.push(listens);
    }
    let listening = desk.lock().unwrap().listening.clone();
    desk.lock().unwrap().news = false;
    for (open, rest) in &mut open {
        while open.event(rest).is_some() {}
    }
    drop(open);
    world.settle();
    let ended =
        |world: &World| listening.iter().map(|session| world.stage.desk.ended(session)).collect::<Vec<_>>();
    world.waits_until(|world| ended(world) == [false, true, true]);
    assert_eq!(ended(world), [false, true, true], "{listening:?}");
    assert_eq!(world.rows("SELECT id FROM service_session").len(), 1);
}

fn what_is_lost_with_its_isolate_is_ended_all_the_same(world: &mut World) {
    asking(world, true);
    let agent = older(world);
    let asked = ask(world, &agent, "this");
    let lost = sessions(world).remove(0);
    std::mem::forget(asked);
    world.restart();
    world.pass_time(std::time::Duration::from_secs(3700));
    world.settle();
    assert!(world.waits_until(|world| world.stage.desk.ended(&lost)), "nobody uses {lost} any more");
}

fn a_session_whose_stream_is_not_found_says_nothing_of_others(world: &mut World) {
    let desk = asking(world, true);
    // A session that was kept is begun anew, for it may be over.
    desk.lock().unwrap().absent = 2;
    let agent = older(world);
    for _ in 0..2 {
        let answer = agent.send(world, "tools/call", json!({ "name": "desk__get_issue", "arguments": {} }));
        assert_eq!(text(&last(&answer)["result"]), "done");
    }
    let seen = world.stage.desk.seen();
    assert_eq!(seen.iter().filter(|seen| seen.method == "GET").count(), 2, "not asked for again");
    let other = older(world);
    let asked = ask(world, &other, "this");
    reply(world, &other, asked, "me");
}
