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
    Usual: another_persons_task_is_none, a_request_about_a_task_says_which, a_list_of_tasks_is_ones_own,
        a_service_that_knows_people_is_asked_about_any_task, news_of_another_persons_task_are_not_delivered,
        news_are_heard_of_ones_own_tasks_only, nothing_is_said_within_another_persons_task,
        nothing_is_answered_within_another_persons_task, a_list_of_tasks_goes_on_for_its_person_only,
        a_state_goes_back_as_it_was_and_for_its_person_only;
    Fresh: a_task_that_nobody_can_be_told_to_own_is_withheld, a_task_is_ones_own_as_long_as_it_lives;
};

const OLDER: &str = "2025-11-25";
const TASKS: &str = "io.modelcontextprotocol/tasks";
const RELATED: &str = "io.modelcontextprotocol/related-task";

/// The doors to the desk, and the revisions with tasks.
const WAYS: [(&str, &str); 4] = [("desk", OLDER), ("desk", MODERN), ("", OLDER), ("", MODERN)];

/// Somebody's client of this revision, at the desk's own address or at that of all services.
fn client(world: &mut World, door: &str, revision: &'static str) -> Agent {
    let able = json!({ "extensions": { TASKS: {} } });
    let mut agent = Agent::of(world, &Person::internal(), door).able(able).speaking(revision);
    if revision == OLDER {
        agent.initialize(world);
    }
    agent
}

/// What is called so at the desk, as a client at this door calls it.
fn at(agent: &Agent, between: &str, name: &str) -> String {
    if agent.service.is_empty() { format!("desk{between}{name}") } else { name.to_owned() }
}

/// The last message of an answer, whatever its shape.
fn last(answer: &Answer) -> Value {
    match answer.header("content-type") {
        "text/event-stream" => answer.events().pop().expect("a stream ends with a message"),
        _ => answer.json(),
    }
}

/// Makes each call a task of this id, and knows it whoever asks.
fn knows(service: &Service, id: &str, ttl: Value) {
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
fn begin(world: &mut World, agent: &Agent) -> String {
    let answer = call(world, agent);
    let result = last(&answer)["result"].clone();
    let task = if agent.revision == OLDER { &result["task"] } else { &result };
    task["taskId"].as_str().unwrap_or_else(|| panic!("no task: {}", answer.text())).to_owned()
}

/// How often the desk was asked about tasks.
fn asked(world: &World) -> usize {
    let about = |method: &Value| method.as_str().is_some_and(|method| method.starts_with("tasks/"));
    world.stage.desk.seen().iter().filter(|seen| about(&seen.message()["method"])).count()
}

fn methods(revision: &str) -> [&'static str; 3] {
    ["tasks/get", if revision == OLDER { "tasks/result" } else { "tasks/update" }, "tasks/cancel"]
}

fn unique() -> String {
    format!("task-{}", World::number())
}

fn another_persons_task_is_none(world: &mut World) {
    for (door, revision) in WAYS {
        let (own, unknown) = (unique(), unique());
        let agent = client(world, door, revision);
        let stranger = client(world, door, revision);
        knows(&world.stage.desk, &own, json!(60_000));
        let task = begin(world, &agent);
        assert_eq!(task, at(&agent, "+", &own));
        let before = asked(world);
        for method in methods(revision) {
            let tell = |world: &mut World, id: &str| {
                let answer = stranger.send(world, method, json!({ "taskId": id, "inputResponses": {} }));
                let message = last(&answer);
                assert_eq!((answer.status(), &message["error"]["code"]), (200, &json!(-32602)), "{message}");
                answer.text().to_owned()
            };
            let nobodys = tell(world, &at(&agent, "+", &unknown));
            assert_eq!(tell(world, &task), nobodys, "{method}: there is no difference");
        }
        assert_eq!(asked(world), before, "nothing is forwarded");
        // Of what they made themselves they hear, by whichever door.
        for method in methods(revision) {
            let answer = agent.send(world, method, json!({ "taskId": task, "inputResponses": {} }));
            assert!(last(&answer)["result"].is_object(), "{method}: {}", answer.text());
            let arrived = world.stage.desk.seen().pop().unwrap().message();
            assert_eq!((&arrived["method"], &arrived["params"]["taskId"]), (&json!(method), &json!(own)));
        }
        assert_eq!(asked(world), before + 3);
    }
    assert_eq!(world.recorded("request_refused", "refused", Some("task_unknown")), 24);
    let kept = world.rows("SELECT * FROM service_task");
    assert!(kept.iter().flatten().all(|column| !column.starts_with("task-")), "no id is kept in clear");
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

/// Where a list goes on, a service may say by the id of whoever's task is the last.
fn a_list_of_tasks_goes_on_for_its_person_only(world: &mut World) {
    let agent = client(world, "desk", OLDER);
    let stranger = client(world, "desk", OLDER);
    let other = unique();
    let cursor = other.clone();
    world.stage.desk.answers(move |seen| {
        let message = seen.message();
        let result = json!({ "tasks": [{ "taskId": cursor, "status": "working" }], "nextCursor": cursor });
        let body = json!({ "jsonrpc": "2.0", "id": message["id"], "result": result }).to_string();
        (message["method"] == "tasks/list").then(|| Reply::new(200, "application/json", body))
    });
    let answer = agent.send(world, "tasks/list", json!({ "cursor": null }));
    assert!(!answer.text().contains(&other), "{}", answer.text());
    let sealed = last(&answer)["result"]["nextCursor"].clone();
    let before = asked(world);
    for (agent, cursor) in [(&stranger, &sealed), (&agent, &json!(other)), (&agent, &json!(7))] {
        let answer = agent.send(world, "tasks/list", json!({ "cursor": cursor }));
        assert_eq!(last(&answer)["error"]["code"], -32602, "{cursor}: {}", answer.text());
    }
    assert_eq!(asked(world), before, "nothing is forwarded");
    let answer = agent.send(world, "tasks/list", json!({ "cursor": sealed }));
    assert_eq!(last(&answer)["result"]["tasks"], json!([]), "{}", answer.text());
    assert_eq!(world.stage.desk.seen().pop().unwrap().message()["params"]["cursor"], other.as_str());
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
fn events(messages: &[Value]) -> Reply {
    let stream: String =
        messages.iter().enumerate().map(|(at, message)| format!("id: {at}\ndata: {message}\n\n")).collect();
    cut(200, "text/event-stream", &stream, 11)
}

fn note(method: &str, params: Value) -> Value {
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

fn news_are_heard_of_ones_own_tasks_only(world: &mut World) {
    for door in ["desk", ""] {
        let (own, other) = (unique(), unique());
        let agent = client(world, door, MODERN);
        knows(&world.stage.desk, &own, Value::Null);
        let alias = begin(world, &agent);
        let (about, of_other) = (own.clone(), other.clone());
        world.stage.desk.answers(move |seen| {
            let filter = seen.message()["params"]["notifications"].clone();
            let meta = json!({ "io.modelcontextprotocol/subscriptionId": seen.message()["id"] });
            let acknowledged = note(
                "notifications/subscriptions/acknowledged",
                json!({ "_meta": meta, "notifications": filter }),
            );
            let says = |id: &str| note("notifications/tasks", json!({ "_meta": meta, "taskId": id, "status": "working" }));
            let end = json!({ "jsonrpc": "2.0", "id": seen.message()["id"], "result": { "resultType": "complete" } });
            (seen.message()["method"] == "subscriptions/listen")
                .then(|| events(&[acknowledged, says(&of_other), says(&about), end]))
        });
        let wanted = json!({ "taskIds": [at(&agent, "+", &other), alias, at(&agent, "+", &unique())] });
        let answer = agent.send(world, "subscriptions/listen", json!({ "notifications": wanted }));
        let events = answer.events();
        let heard = world.stage.desk.seen().pop().unwrap().message();
        assert_eq!(heard["params"]["notifications"], json!({ "taskIds": [own] }), "nobody asks for more");
        assert_eq!(events[0]["params"]["notifications"], json!({ "taskIds": [alias] }), "{events:?}");
        assert_eq!((events.len(), &events[1]["params"]["taskId"]), (3, &json!(alias)), "{events:?}");
        assert_eq!(events[2]["result"]["resultType"], "complete");
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

fn nothing_is_answered_within_another_persons_task(world: &mut World) {
    let own = unique();
    let agent = client(world, "desk", OLDER);
    let stranger = client(world, "desk", OLDER);
    knows(&world.stage.desk, &own, Value::Null);
    begin(world, &agent);
    world.stage.desk.answers(|seen| {
        let message = seen.message();
        if message["method"].is_null() {
            return Some(Reply::new(202, "text/plain", ""));
        }
        let params = json!({ "message": "Sure?", "requestedSchema": { "type": "object", "properties": {} } });
        let asks = json!({ "jsonrpc": "2.0", "id": "q", "method": "elicitation/create", "params": params });
        let done = json!({ "jsonrpc": "2.0", "id": message["id"], "result": { "content": [] } });
        (message["method"] == "tools/call").then(|| events(&[asks, done]))
    });
    let meta = json!({ RELATED: { "taskId": own } });
    for (agent, belongs) in [(&agent, true), (&stranger, false)] {
        let call = agent.send(world, "tools/call", json!({ "name": "get_issue", "arguments": {} }));
        let answer = json!({ "jsonrpc": "2.0", "id": call.events()[0]["id"], "result": { "action": "accept", "_meta": meta } });
        let told =
            note("notifications/progress", json!({ "progressToken": 1, "progress": 1, "_meta": meta }));
        for (message, holder) in [(answer, "result"), (told, "params")] {
            let posted = agent.posting(world, message.to_string());
            assert_eq!(world.send(posted).status(), 202);
            let arrived = world.stage.desk.seen().pop().unwrap().message();
            assert!(arrived[holder].is_object(), "the rest of it arrives: {arrived}");
            assert_eq!(arrived[holder]["_meta"][RELATED].is_object(), belongs, "{arrived}");
        }
    }
}

/// A state in a spelling that no writer of ours has.
const STATE: &str = r#""s\u00e4\/ \u2028mia.muster@kunde.example Person-7K3M9QX2WD4F""#;

fn a_state_goes_back_as_it_was_and_for_its_person_only(world: &mut World) {
    let agent = client(world, "desk", MODERN).able(json!({ "elicitation": {} }));
    let stranger = client(world, "desk", MODERN).able(json!({ "elicitation": {} }));
    world.stage.desk.replies(|seen| {
        let id = seen.id();
        let result = match seen.message()["params"]["requestState"].is_null() {
            true => format!(
                r#"{{"resultType":"input_required","n":1.10,"inputRequests":{{"k":{{"method":"elicitation/create","params":{{"message":"m","requestedSchema":{{"type":"object","properties":{{}}}}}}}}}},"requestState":{STATE}}}"#
            ),
            false => r#"{"resultType":"complete","content":[{"type":"text","text":"done"}]}"#.to_owned(),
        };
        Reply::new(200, "application/json", format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{result}}}"#))
    });
    let params = json!({ "name": "get_issue", "arguments": { "n": 1 } });
    let first = agent.send(world, "tools/call", params.clone());
    assert!(first.text().contains(r#""n":1.10"#), "the rest stays: {}", first.text());
    let state = first.json()["result"]["requestState"].as_str().unwrap().to_owned();
    assert!(!state.contains("\\u2028") && !state.contains("mia.muster"), "sealed: {state}");
    let mut retry = params;
    retry["inputResponses"] = json!({ "k": { "action": "accept", "content": {} } });
    retry["requestState"] = json!(state);
    let before = world.stage.desk.seen().len();
    let with = |member: &str, value: Value| {
        let mut other = retry.clone();
        other[member] = value;
        other
    };
    let shared = Agent { service: String::new(), ..agent.clone() };
    for (agent, method, params) in [
        (&stranger, "tools/call", retry.clone()),
        (&agent, "tools/call", with("name", json!("search_issues"))),
        (&agent, "tools/call", with("arguments", json!({ "n": 2 }))),
        (&agent, "prompts/get", retry.clone()),
        (&agent, "tools/call", with("requestState", json!(format!("{state}A")))),
        (&agent, "tools/call", with("requestState", json!("s\u{e4}/ "))),
        (&agent, "tools/call", with("requestState", json!(7))),
    ] {
        let answer = agent.send(world, method, params);
        assert_eq!(answer.json()["error"]["code"], -32602, "{method}: {}", answer.text());
        assert!(answer.text().contains("requestState"), "{}", answer.text());
    }
    assert_eq!(shared.send(world, "tools/call", retry.clone()).status(), 401, "the token is for one address");
    assert_eq!(world.stage.desk.seen().len(), before, "the service hears of none of it");
    let done = agent.send(world, "tools/call", retry);
    assert_eq!(done.json()["result"]["content"][0]["text"], "done", "{}", done.text());
    let heard = world.stage.desk.calls().pop().unwrap();
    assert!(heard.body.contains(&format!(r#""requestState":{STATE}"#)), "byte for byte: {}", heard.body);
    assert_eq!(heard.message()["params"]["inputResponses"]["k"]["action"], "accept");
}

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
