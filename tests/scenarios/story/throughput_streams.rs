//! How much people pull by other ways than an answer to a call: streams that break off and are taken up again, results of
//! tasks that are listened to, lists. It is counted, and held, all the same.

use mcpgate::host::memory::Reply;
use serde_json::{Value, json};

use super::exempt::{event_id, stream};
use super::tasks::{OLDER, at, last, unique};
use super::throughput::{get_held, is_held, reader};
use crate::client::{Agent, Browser};
use crate::stage::Person;
use crate::world::World;
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Usual: each_answer_on_a_stream_is_on_record_for_itself, a_service_without_a_stream_has_answered_nothing;
    Fresh: what_breaks_off_unanswered_is_counted_once;
    Watched: results_that_are_listened_to_are_counted, who_is_held_takes_up_no_stream,
        who_is_held_hears_of_no_result, who_is_held_hears_of_no_result_beside_a_list, who_is_held_lists_tools_and_nothing_else;
};

const HELD: &str = "held until an administrator decides";

/// A client of 2025-11-25 in a session, and an event of that session's stream.
fn in_session(world: &mut World, agent: &Agent) -> (Agent, String) {
    let mut agent = agent.speaking(OLDER);
    agent.initialize(world);
    let id = event_id(&stream(world, &agent, "", OLDER));
    (agent, id)
}

/// A result with so many records.
fn rows(count: usize) -> Value {
    let rows: Vec<Value> = (0..count).map(|n| json!({ "customer": n })).collect();
    json!({ "content": [], "structuredContent": { "rows": rows } })
}

/// The stream of the desk's sessions brings these messages.
fn streams(world: &World, messages: &[Value]) {
    let stream: String = messages.iter().map(|message| format!("data: {message}\n\n")).collect();
    world.stage.desk.answers(move |seen| {
        (seen.method == "GET")
            .then(|| Reply::new(200, "text/event-stream", format!("id: 8\ndata:\n\n{stream}")))
    });
}

/// Makes each call a task of this id, which a client that listens hears the end of at once, with so many records.
fn tells_of(world: &World, id: &str, records: usize) {
    let id = id.to_owned();
    world.stage.desk.answers(move |seen| {
        let message = seen.message();
        let mut task = json!({ "taskId": id, "status": "working", "ttlMs": 600_000 });
        if message["method"] == "tools/call" {
            task["resultType"] = json!("task");
            let body = json!({ "jsonrpc": "2.0", "id": message["id"], "result": task });
            return Some(Reply::new(200, "application/json", body.to_string()));
        }
        let meta = json!({ "io.modelcontextprotocol/subscriptionId": message["id"] });
        let granted = json!({ "notifications": message["params"]["notifications"], "_meta": meta });
        task["status"] = json!("completed");
        task["result"] = rows(records);
        task["_meta"] = meta;
        let note = |method: &str, params: &Value| {
            format!("data: {}\n\n", json!({ "jsonrpc": "2.0", "method": method, "params": params }))
        };
        let told =
            note("notifications/subscriptions/acknowledged", &granted) + &note("notifications/tasks", &task);
        (message["method"] == "subscriptions/listen").then(|| Reply::new(200, "text/event-stream", told))
    });
}

/// Begins a task by a call; answers with its id, as this client knows it.
fn begin(world: &mut World, agent: &Agent) -> String {
    let name = at(agent, "__", "get_issue");
    let answer = agent.send(world, "tools/call", json!({ "name": name, "arguments": {} }));
    let id = last(&answer)["result"]["taskId"].as_str().map(str::to_owned);
    id.unwrap_or_else(|| panic!("no task: {}", answer.text()))
}

fn counted(world: &mut World) -> Vec<Vec<String>> {
    world.settle();
    world.rows("SELECT sum(calls), sum(bytes), sum(records) FROM throughput WHERE span = 'hour'")
}

/// What is on record of this action.
fn on_record(world: &mut World, action: &str) -> Vec<Value> {
    world.settle();
    world.audit().into_iter().filter(|event| event["action"] == action).collect()
}

fn a_service_without_a_stream_has_answered_nothing(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let (agent, _) = in_session(world, &agent);
    world.stage.desk.answers(|seen| {
        let error = json!({ "jsonrpc": "2.0", "id": null, "error": { "code": -32000, "message": "Method not allowed." } });
        (seen.method == "GET").then(|| Reply::new(405, "application/json", error.to_string()))
    });
    assert_eq!(stream(world, &agent, "", OLDER).status(), 405);
    let events = on_record(world, "requested");
    assert!(events.is_empty(), "{events:?}");
}

fn each_answer_on_a_stream_is_on_record_for_itself(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let (agent, id) = in_session(world, &agent);
    let large = format!("mia.muster@kunde.example\n{}", "a line\n".repeat(30_000));
    let answer = |id: u64, text: &str, error: bool| {
        let content = json!([{ "type": "text", "text": text }]);
        json!({ "jsonrpc": "2.0", "id": id, "result": { "content": content, "isError": error } })
    };
    let note = json!({ "jsonrpc": "2.0", "method": "notifications/message",
        "params": { "level": "info", "data": "max.muster@kunde.example" } });
    let error = json!({ "jsonrpc": "2.0", "id": 10, "error": { "code": 1, "message": "no" } });
    streams(world, &[answer(8, &large, false), note, answer(9, "it failed", true), error]);
    let told = stream(world, &agent, &id, OLDER);
    assert!(told.text().contains("it failed"), "{}", told.text());
    let events = on_record(world, "requested");
    let said: Vec<Value> =
        events.iter().map(|event| json!([event["outcome"], event["found"], event["cut"]])).collect();
    let expected =
        [json!(["ok", { "email": 1 }, true]), json!(["failed", null, null]), json!(["failed", null, null])];
    assert_eq!(said, expected, "{events:?}");
}

fn what_breaks_off_unanswered_is_counted_once(world: &mut World) {
    let (_, agent) = reader(world);
    let mut agent = agent.speaking(OLDER);
    agent.initialize(world);
    world.stage.desk.answers(|seen| {
        let note = json!({ "jsonrpc": "2.0", "method": "notifications/message",
            "params": { "level": "info", "data": "customer record ".repeat(900) } });
        let answer = json!({ "jsonrpc": "2.0", "id": 7, "result": rows(5) });
        let broken = || Reply::new(200, "text/event-stream", format!("id: 1\ndata: {note}\n\n"));
        let taken_up = || Reply::new(200, "text/event-stream", format!("data: {answer}\n\n"));
        match seen.method == "GET" {
            true => Some(taken_up()),
            false => (seen.message()["method"] == "tools/call").then(broken),
        }
    });
    let broken = agent.send(world, "tools/call", json!({ "name": "get_issue", "arguments": {} }));
    let before = on_record(world, "tool_called").pop().unwrap();
    let bytes = before["result_bytes"].as_u64().unwrap();
    assert!(before["reason"] == "unanswered" && bytes > 14_000, "{before}");
    assert_eq!(counted(world), [["1".to_owned(), bytes.to_string(), "0".to_owned()]]);

    stream(world, &agent, &event_id(&broken), OLDER);
    let later = on_record(world, "requested").pop().unwrap();
    assert_eq!((&later["outcome"], &later["records"]), (&json!("ok"), &json!(5)), "{later}");
    let bytes = bytes + later["result_bytes"].as_u64().unwrap();
    assert_eq!(
        counted(world),
        [["1".to_owned(), bytes.to_string(), "5".to_owned()]],
        "the answer, and no call"
    );
}

fn results_that_are_listened_to_are_counted(world: &mut World) {
    for door in ["desk", ""] {
        let agent = Agent::of(world, &Person::internal(), door);
        agent.tools(world);
        tells_of(world, &unique(), 60);
        for heard in [60, 120] {
            let id = begin(world, &agent);
            agent.send(world, "subscriptions/listen", json!({ "notifications": { "taskIds": [id] } }));
            let events = on_record(world, "requested");
            let event = events.last().unwrap();
            assert_eq!((&event["outcome"], &event["records"]), (&json!("ok"), &json!(60)), "{event}");
            let holds = world.rows("SELECT count(*) FROM hold WHERE released_at IS NULL");
            assert_eq!(holds == [["0"]], heard <= 100 && door == "desk", "{heard} at {door:?}");
            if heard > 100 {
                is_held(world, &agent);
            }
        }
    }
}

fn who_is_held_takes_up_no_stream(world: &mut World) {
    let (_, modern) = reader(world);
    let (agent, id) = in_session(world, &modern);
    get_held(world, &modern);
    streams(world, &[json!({ "jsonrpc": "2.0", "id": 7, "result": rows(50) })]);
    let before = world.stage.desk.seen().len();
    let answer = stream(world, &agent, &id, OLDER);
    assert!(answer.status() == 400 && answer.text().contains(HELD), "{}", answer.text());
    assert_eq!(world.stage.desk.seen().len(), before, "nothing was forwarded");
    let answer = stream(world, &agent, "", OLDER);
    assert!(answer.status() == 200 && !answer.text().contains("customer"), "{}", answer.text());
    let refused = on_record(world, "request_refused");
    assert_eq!(refused.iter().filter(|event| event["reason"] == "held").count(), 2, "{refused:?}");
}

fn who_is_held_hears_of_no_result(world: &mut World) {
    let mut browser = Browser::of(&Person::internal());
    let id = unique();
    let mut agents = Vec::new();
    for door in ["desk", ""] {
        let agent = Agent::at(world, &mut browser, door);
        agent.tools(world);
        tells_of(world, &id, 5);
        let task = begin(world, &agent);
        agents.push((agent, task));
    }
    get_held(world, &agents[0].0);
    tells_of(world, &id, 5);
    for (agent, task) in &agents {
        let asked = json!({ "notifications": { "taskIds": [task], "toolsListChanged": true } });
        let answer = agent.send(world, "subscriptions/listen", asked);
        assert!(answer.text().contains(HELD) && !answer.text().contains("customer"), "{}", answer.text());
        // A service that tells of it unasked.
        let asked = json!({ "notifications": { "toolsListChanged": true } });
        let answer = agent.send(world, "subscriptions/listen", asked);
        assert!(answer.text().contains("acknowledged"), "{}", answer.text());
        assert!(!answer.text().contains("customer"), "{}", answer.text());
    }
}

fn who_is_held_hears_of_no_result_beside_a_list(world: &mut World) {
    let (_, agent) = reader(world);
    let id = unique();
    tells_of(world, &id, 5);
    begin(world, &agent);
    get_held(world, &agent);
    world.stage.desk.answers(move |seen| {
        let params = json!({ "taskId": id, "status": "completed", "ttlMs": null, "result": rows(50) });
        let told = json!({ "jsonrpc": "2.0", "method": "notifications/tasks", "params": params });
        let list = json!({ "jsonrpc": "2.0", "id": seen.message()["id"], "result": { "tools": [] } });
        let lists = seen.message()["method"] == "tools/list";
        lists.then(|| Reply::new(200, "text/event-stream", format!("data: {told}\n\ndata: {list}\n\n")))
    });
    let answer = agent.send(world, "tools/list", json!({}));
    assert!(answer.text().contains(HELD) && !answer.text().contains("customer"), "{}", answer.text());
}

fn who_is_held_lists_tools_and_nothing_else(world: &mut World) {
    let mut browser = Browser::of(&Person::internal());
    let agents = ["desk", ""].map(|door| Agent::at(world, &mut browser, door));
    let lists = ["resources/list", "resources/templates/list", "prompts/list"];
    world.stage.desk.answers(|seen| {
        let message = seen.message();
        let item = json!({ "uri": "crm://1", "uriTemplate": "crm://{id}", "name": "owes", "description": "Owes us 400" });
        let member = match message["method"].as_str()? {
            "resources/list" => "resources",
            "resources/templates/list" => "resourceTemplates",
            "prompts/list" => "prompts",
            _ => return None,
        };
        let result = json!({ "resultType": "complete", member: [item], "ttlMs": 60_000, "cacheScope": "private" });
        let body = json!({ "jsonrpc": "2.0", "id": message["id"], "result": result });
        Some(Reply::new(200, "application/json", body.to_string()))
    });
    for agent in &agents {
        for list in lists {
            let answer = agent.send(world, list, json!({}));
            assert!(answer.text().contains("Owes us"), "{list}: {}", answer.text());
        }
    }
    agents[0].tools(world);
    get_held(world, &agents[0]);
    for agent in &agents {
        for list in lists {
            let answer = agent.send(world, list, json!({}));
            assert!(answer.text().contains(HELD), "{list}: {}", answer.text());
        }
        assert!(!agent.tools(world).is_empty(), "what there is to call is no data");
    }
}
