//! Tasks and `requestState` belong to a person, also at a service that cannot tell people apart.

use std::time::Duration;

use bytes::Bytes;
use http::Method;
use mcpgate::host::memory::Reply;
use serde_json::{Value, json};

use super::vault::connected;
use crate::client::{Agent, MODERN};
use crate::stage::{Person, Service, cut};
use crate::world::{Answer, World};
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Usual: a_request_about_a_task_says_which, a_list_of_tasks_is_ones_own,
        a_service_that_knows_people_is_asked_about_any_task, news_of_another_persons_task_are_not_delivered,
        nothing_is_said_within_another_persons_task;
    Fresh: a_task_that_nobody_can_be_told_to_own_is_withheld, a_task_is_ones_own_as_long_as_it_lives;
};

pub(crate) const OLDER: &str = "2025-11-25";
const TASKS: &str = "io.modelcontextprotocol/tasks";
pub(crate) const RELATED: &str = "io.modelcontextprotocol/related-task";

/// The doors to the desk, and the revisions with tasks.
pub(crate) const WAYS: [(&str, &str); 4] = [("desk", OLDER), ("desk", MODERN), ("", OLDER), ("", MODERN)];

/// Somebody's client of this revision, at the desk's own address or at that of all services.
pub(crate) fn client(world: &mut World, door: &str, revision: &'static str) -> Agent {
    let able = json!({ "extensions": { TASKS: {} } });
    let mut agent = Agent::of(world, &Person::internal(), door).able(able).speaking(revision);
    if revision == OLDER {
        agent.initialize(world);
    }
    agent
}

/// What is called so at the desk, as a client at this door calls it.
pub(crate) fn at(agent: &Agent, between: &str, name: &str) -> String {
    if agent.service.is_empty() { format!("desk{between}{name}") } else { name.to_owned() }
}

/// The last message of an answer, whatever its shape.
pub(crate) fn last(answer: &Answer) -> Value {
    match answer.header("content-type") {
        "text/event-stream" => answer.events().pop().expect("a stream ends with a message"),
        _ => answer.json(),
    }
}

/// Makes each call a task of this id, and knows it whoever asks.
pub(crate) fn knows(service: &Service, id: &str, ttl: Value) {
    let id = id.to_owned();
    service.answers(move |seen| {
        let message = seen.message();
        let modern = seen.header("mcp-protocol-version") == MODERN;
        let state = json!({ "taskId": id, "status": "working", "ttl": ttl, "ttlMs": ttl });
        let mut flat = state.clone();
        let result = match message["method"].as_str()? {
            "tools/call" if modern => {
                flat["resultType"] = json!("task");
                flat
            }
            "tools/call" => json!({ "task": state }),
            "tasks/result" => json!({ "content": [{ "type": "text", "text": "the secret" }] }),
            method if method.starts_with("tasks/") => {
                flat["resultType"] = json!("complete");
                flat
            }
            _ => return None,
        };
        let body = json!({ "jsonrpc": "2.0", "id": message["id"], "result": result });
        Some(Reply::new(200, "application/json", body.to_string()))
    });
}

/// Calls a tool as a task.
fn call(world: &mut World, agent: &Agent) -> Answer {
    let mut params = json!({ "name": at(agent, "__", "get_issue"), "arguments": {} });
    if agent.revision == OLDER {
        params["task"] = json!({ "ttl": 60_000 });
    }
    agent.send(world, "tools/call", params)
}

/// Calls a tool as a task; answers with its id, as this client knows it.
pub(crate) fn begin(world: &mut World, agent: &Agent) -> String {
    let answer = call(world, agent);
    let result = last(&answer)["result"].clone();
    let task = if agent.revision == OLDER { &result["task"] } else { &result };
    task["taskId"].as_str().unwrap_or_else(|| panic!("no task: {}", answer.text())).to_owned()
}

/// How often the desk was asked about tasks.
pub(crate) fn asked(world: &World) -> usize {
    let about = |method: &Value| method.as_str().is_some_and(|method| method.starts_with("tasks/"));
    world.stage.desk.seen().iter().filter(|seen| about(&seen.message()["method"])).count()
}

pub(crate) fn methods(revision: &str) -> [&'static str; 3] {
    ["tasks/get", if revision == OLDER { "tasks/result" } else { "tasks/update" }, "tasks/cancel"]
}

pub(crate) fn unique() -> String {
    format!("task-{}", World::number())
}

fn a_request_about_a_task_says_which(world: &mut World) {
    let agent = client(world, "desk", OLDER);
    knows(&world.stage.desk, &unique(), Value::Null);
    begin(world, &agent);
    for params in [json!({}), json!({ "taskId": 7 }), json!({ "taskId": null }), json!({ "taskId": "" })] {
        let answer = agent.send(world, "tasks/get", params.clone());
        assert_eq!(last(&answer)["error"]["code"], -32602, "{params}: {}", answer.text());
    }
    let foreign =
        json!({ "name": "get_issue", "arguments": {}, "_meta": { RELATED: { "taskId": unique() } } });
    let answer = agent.send(world, "tools/call", foreign);
    assert_eq!(last(&answer)["error"]["code"], -32602, "no call belongs to it either: {}", answer.text());
    assert_eq!((asked(world), world.stage.desk.calls().len()), (0, 1));
}

fn a_list_of_tasks_is_ones_own(world: &mut World) {
    let (own, other) = (unique(), unique());
    let agent = client(world, "desk", OLDER);
    let stranger = client(world, "desk", OLDER);
    for (agent, id) in [(&agent, &own), (&stranger, &other)] {
        knows(&world.stage.desk, id, json!(60_000));
        begin(world, agent);
    }
    let tasks = json!([{ "taskId": own, "status": "working" }, { "taskId": other, "n": 1 }, { "taskId": unique() }, 7]);
    for size in [0, 7] {
        let listed = tasks.clone();
        world.stage.desk.answers(move |seen| {
            let result = json!({ "tasks": listed });
            let body = json!({ "jsonrpc": "2.0", "id": seen.message()["id"], "result": result }).to_string();
            (seen.message()["method"] == "tasks/list").then(|| match size {
                0 => Reply::new(200, "application/json", body),
                _ => cut(200, "text/event-stream", &format!("data: {body}\n\n"), size),
            })
        });
        for (agent, at) in [(&agent, 0), (&stranger, 1)] {
            let answer = agent.send(world, "tasks/list", json!({}));
            assert_eq!(last(&answer)["result"], json!({ "tasks": [tasks[at]] }));
        }
    }
}

fn a_service_that_knows_people_is_asked_about_any_task(world: &mut World) {
    let (_, agent) = connected(world);
    let agent = agent.speaking(OLDER);
    knows(&world.stage.books.service, "t", Value::Null);
    let answer = agent.send(world, "tasks/get", json!({ "taskId": "t" }));
    assert_eq!(last(&answer)["result"]["status"], "working", "{}", answer.text());
    assert!(world.rows("SELECT * FROM service_task WHERE service = 'books'").is_empty());
}

/// An answer of events with these messages.
pub(crate) fn events(messages: &[Value]) -> Reply {
    let stream: String =
        messages.iter().enumerate().map(|(at, message)| format!("id: {at}\ndata: {message}\n\n")).collect();
    cut(200, "text/event-stream", &stream, 11)
}

pub(crate) fn note(method: &str, params: Value) -> Value {
    json!({ "jsonrpc": "2.0", "method": method, "params": params })
}

fn news_of_another_persons_task_are_not_delivered(world: &mut World) {
    let (own, other) = (unique(), unique());
    for (method, door) in [
        ("notifications/tasks/status", "desk"),
        ("notifications/tasks/status", ""),
        ("notifications/tasks", ""),
    ] {
        let agent = client(world, door, OLDER);
        knows(&world.stage.desk, &own, Value::Null);
        let alias = begin(world, &agent);
        let listed = note("notifications/tools/list_changed", json!({}));
        let about =
            |id: &str| note(method, json!({ "taskId": id, "status": "failed", "statusMessage": "psst" }));
        let within = note(
            "notifications/message",
            json!({ "data": "psst", "_meta": { RELATED: { "taskId": other } } }),
        );
        let news = [about(&other), about(&own), within, note(method, json!({ "taskId": [own] })), listed];
        world.stage.desk.answers(move |seen| {
            let listens = seen.method == Method::GET || seen.message()["method"] == "subscriptions/listen";
            listens.then(|| events(&news))
        });
        let mut request = agent.request(world, "ping", json!({}));
        *request.method_mut() = Method::GET;
        *request.body_mut() = Bytes::new();
        let (mut open, mut rest, mut heard) = (world.open(request), String::new(), Vec::new());
        while heard.last().is_none_or(|event: &Value| event["method"] != "notifications/tools/list_changed") {
            heard.push(open.event(&mut rest).expect("news"));
        }
        assert_eq!(heard.len(), 2, "{heard:?}");
        assert_eq!((&heard[0]["method"], &heard[0]["params"]["taskId"]), (&json!(method), &json!(alias)));
    }
}

/// What a service says on the way to an answer is for whoever's task it says it belongs to.
fn nothing_is_said_within_another_persons_task(world: &mut World) {
    let agent = client(world, "desk", OLDER);
    let other = unique();
    world.stage.desk.replies(move |seen| {
        let meta = json!({ RELATED: { "taskId": other } });
        let asks = json!({ "jsonrpc": "2.0", "id": "q", "method": "elicitation/create",
            "params": { "_meta": meta, "message": "psst!", "requestedSchema": { "type": "object", "properties": {} } } });
        let done = json!({ "jsonrpc": "2.0", "id": seen.message()["id"], "result": { "content": [] } });
        events(&[asks, done])
    });
    let answer = agent.send(world, "tools/call", json!({ "name": "get_issue", "arguments": {} }));
    assert!(last(&answer)["result"].is_object() && !answer.text().contains("psst!"), "{}", answer.text());
}

/// A state in a spelling that no writer of ours has.
pub(crate) const STATE: &str = r#""s\u00e4\/ \u2028mia.muster@kunde.example Person-7K3M9QX2WD4F""#;

fn a_task_that_nobody_can_be_told_to_own_is_withheld(world: &mut World) {
    for (door, revision) in WAYS {
        let agent = client(world, door, revision);
        let id = unique();
        knows(&world.stage.desk, &id, Value::Null);
        begin(world, &agent);
        world.sql("ALTER TABLE service_task RENAME TO service_task_away");
        let answer = call(world, &agent);
        assert!(!answer.text().contains(&id), "{}", answer.text());
        assert!(answer.text().contains("withheld"), "{}", answer.text());
        let before = asked(world);
        let answer = agent.send(world, "tasks/get", json!({ "taskId": at(&agent, "+", &id) }));
        assert!(last(&answer)["error"].is_object(), "{}", answer.text());
        assert_eq!(asked(world), before, "nothing is forwarded");
        assert_eq!(agent.tools(world).len() % 5, 0, "what is about no task goes on");
        world.sql("ALTER TABLE service_task_away RENAME TO service_task");
        assert!(
            last(&agent.send(world, "tasks/get", json!({ "taskId": at(&agent, "+", &id) })))["result"]
                .is_object()
        );
    }
}

fn a_task_is_ones_own_as_long_as_it_lives(world: &mut World) {
    world.sql(
        "INSERT INTO config_version (version, toml, created_at) \
         SELECT 2, toml || char(10) || '[tokens]' || char(10) || 'sign_in = \"365d\"', 0 FROM config_version",
    );
    world.pass_time(Duration::from_secs(10));
    let mut agent = client(world, "desk", MODERN);
    let (short, endless) = (unique(), unique());
    for (id, ttl) in [(&short, json!(60_000)), (&endless, Value::Null)] {
        knows(&world.stage.desk, id, ttl);
        assert_eq!(begin(world, &agent), *id);
    }
    let is_there = |world: &mut World, agent: &Agent, id: &str| {
        let answer = agent.send(world, "tasks/get", json!({ "taskId": id }));
        last(&answer)["result"].is_object()
    };
    let hours = |hours: u64| Duration::from_secs(hours * 3600);
    // Its own minute and a day; and who asks keeps it for a day more.
    for (passes, short_is_there) in [(hours(20), true), (hours(20), true), (hours(25), false)] {
        world.pass_time(passes);
        agent = agent.renewed(world);
        assert_eq!(is_there(world, &agent, &short), short_is_there);
        assert!(is_there(world, &agent, &endless));
    }
    world.settle();
    assert_eq!(world.rows("SELECT task FROM service_task").len(), 1, "what is over is deleted");
    for day in 1..=30 {
        world.pass_time(hours(24));
        agent = agent.renewed(world);
        if day == 20 {
            assert!(is_there(world, &agent, &endless));
        }
    }
    assert!(!is_there(world, &agent, &endless), "nobody is known to own it for ever");
    world.settle();
    assert!(world.rows("SELECT task FROM service_task").is_empty());
}
