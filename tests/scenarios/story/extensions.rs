//! What the protocol has beside its core: tasks, of both kinds, and apps. They pass where client and service have them.

use mcpgate::host::memory::Reply;
use serde_json::{Value, json};

use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Usual: tasks_of_2025_11_25_pass, the_tasks_extension_passes, a_destructive_task_waits_for_a_yes,
        an_app_passes_with_its_page;
};

const TASKS: &str = "io.modelcontextprotocol/tasks";
const APPS: &str = "io.modelcontextprotocol/ui";

/// Answers each of these methods with its result, and others as ever.
fn gives(world: &mut World, results: &[(&str, Value)]) {
    let results: Vec<(String, Value)> =
        results.iter().map(|(method, result)| ((*method).to_owned(), result.clone())).collect();
    world.stage.desk.answers(move |seen| {
        let message = seen.message();
        let (_, result) = results.iter().find(|(method, _)| message["method"] == *method)?;
        let body = json!({ "jsonrpc": "2.0", "id": message["id"], "result": result }).to_string();
        Some(Reply::new(200, "application/json", body))
    });
}

/// Sends a request whose result must come back as the service gave it, and whose params must arrive as they were sent.
fn passes(world: &mut World, agent: &Agent, method: &str, params: &Value, result: &Value) {
    let answer = agent.send(world, method, params.clone());
    assert_eq!((answer.status(), &answer.json()["result"]), (200, result), "{method}: {}", answer.text());
    let mut arrived = world.stage.desk.seen().pop().unwrap().message();
    assert_eq!(arrived["method"], method);
    arrived["params"].as_object_mut().unwrap().remove("_meta");
    assert_eq!(&arrived["params"], params, "{method}");
}

fn tasks_of_2025_11_25_pass(world: &mut World) {
    let task = json!({
        "taskId": "786512e2-9e0d-44bd-8f29-789f320fe840", "status": "working", "ttl": 60_000, "pollInterval": 5000,
        "createdAt": "2025-11-25T10:30:00Z", "lastUpdatedAt": "2025-11-25T10:40:00Z",
    });
    let about = json!({ "taskId": task["taskId"] });
    let related = json!({ "io.modelcontextprotocol/related-task": about });
    let done = json!({ "content": [{ "type": "text", "text": "done" }], "isError": false, "_meta": related });
    let tasks = json!({ "list": {}, "cancel": {}, "requests": { "tools": { "call": {} } } });
    let introduction = json!({
        "protocolVersion": "2025-11-25", "serverInfo": { "name": "scripted", "version": "1" },
        "capabilities": { "tools": {}, "tasks": tasks },
    });
    let mut agent = Agent::of(world, &Person::internal(), "desk").speaking("2025-11-25");
    agent.capabilities = json!({ "tasks": { "requests": { "elicitation": { "create": {} } } } });
    let call = json!({ "name": "get_issue", "arguments": {}, "task": { "ttl": 60_000 } });
    let steps = [
        ("tools/call", call, json!({ "task": task })),
        ("tasks/get", about.clone(), task.clone()),
        ("tasks/list", json!({}), json!({ "tasks": [task] })),
        ("tasks/result", about.clone(), done),
        ("tasks/cancel", about, task),
    ];
    let mut results: Vec<(&str, Value)> =
        steps.iter().map(|(method, _, result)| (*method, result.clone())).collect();
    results.push(("initialize", introduction));
    gives(world, &results);
    let params = json!({
        "protocolVersion": "2025-11-25", "capabilities": agent.capabilities, "clientInfo": { "name": "a", "version": "1" },
    });
    let answer = agent.send(world, "initialize", params);
    assert_eq!(answer.json()["result"]["capabilities"]["tasks"], tasks, "{}", answer.text());
    let arrived = world.stage.desk.seen().pop().unwrap().message();
    assert_eq!(arrived["params"]["capabilities"], agent.capabilities);
    for (method, params, result) in steps {
        passes(world, &agent, method, &params, &result);
    }
}

fn the_tasks_extension_passes(world: &mut World) {
    let both = json!({ "extensions": { TASKS: {} } });
    let agent = Agent::of(world, &Person::internal(), "desk").able(both.clone());
    let task = json!({
        "resultType": "task", "taskId": "t-7", "status": "working", "createdAt": "2026-07-28T10:30:00Z",
        "lastUpdatedAt": "2026-07-28T10:30:00Z", "ttlMs": 60_000, "pollIntervalMs": 5000,
    });
    let mut asks = task.clone();
    asks["resultType"] = json!("complete");
    asks["status"] = json!("input_required");
    asks["inputRequests"] = json!({ "q": { "method": "elicitation/create", "params": { "mode": "form", "message": "Sure?",
        "requestedSchema": { "type": "object", "properties": { "why": { "type": "string" } } } } } });
    let issue = json!({ "content": [], "structuredContent": { "assignee": { "displayName": "Jane Doeson" } }, "isError": false });
    let mut done = task.clone();
    done["resultType"] = json!("complete");
    done["status"] = json!("completed");
    done["result"] = issue;
    let empty = json!({ "resultType": "complete" });
    let discovered = json!({
        "supportedVersions": ["2026-07-28"], "resultType": "complete", "ttlMs": 0, "cacheScope": "private",
        "capabilities": { "tools": {}, "extensions": { TASKS: {} } },
    });
    let about = json!({ "taskId": "t-7" });
    gives(
        world,
        &[("server/discover", discovered), ("tools/call", task.clone()), ("tasks/get", asks.clone())],
    );
    let answer = agent.send(world, "server/discover", json!({}));
    assert_eq!(answer.json()["result"]["capabilities"]["extensions"], json!({ TASKS: {} }));
    passes(world, &agent, "tools/call", &json!({ "name": "get_issue", "arguments": {} }), &task);
    let seen = world.stage.desk.seen().pop().unwrap().message();
    assert_eq!(seen["params"]["_meta"]["io.modelcontextprotocol/clientCapabilities"], both);
    passes(world, &agent, "tasks/get", &about, &asks);
    assert_eq!(world.stage.desk.seen().pop().unwrap().header("mcp-name"), "t-7");

    gives(world, &[("tasks/get", done), ("tasks/update", empty.clone()), ("tasks/cancel", empty.clone())]);
    let answer = agent.send(world, "tasks/get", about.clone());
    let shown = answer.json()["result"]["result"]["structuredContent"]["assignee"]["displayName"].clone();
    assert!(shown.as_str().unwrap().starts_with("Person-"), "what a task gives back is masked: {shown}");
    let response = |why: &Value| json!({ "q": { "action": "accept", "content": { "why": why } } });
    let update = json!({ "taskId": "t-7", "inputResponses": response(&shown) });
    assert_eq!(agent.send(world, "tasks/update", update).json()["result"], empty);
    let arrived = world.stage.desk.seen().pop().unwrap().message();
    assert_eq!(
        arrived["params"]["inputResponses"],
        response(&json!("Jane Doeson")),
        "what it is given is real"
    );
    passes(world, &agent, "tasks/cancel", &about, &empty);

    let mut wrong = agent.request(world, "tasks/get", about);
    wrong.headers_mut().insert("mcp-name", "t-8".parse().unwrap());
    let answer = world.send(wrong);
    assert_eq!(
        (answer.status(), &answer.json()["error"]["code"]),
        (400, &json!(-32020)),
        "{}",
        answer.text()
    );
}

fn a_destructive_task_waits_for_a_yes(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk").speaking("2025-11-25");
    let call = json!({ "name": "delete_issue", "arguments": { "id": 1 }, "task": { "ttl": 1 } });
    let answer = agent.send(world, "tools/call", call);
    assert!(answer.text().contains("/approve/"), "{}", answer.text());
    assert!(world.stage.desk.calls().is_empty(), "nothing was forwarded");
}

fn an_app_passes_with_its_page(world: &mut World) {
    let able = json!({ "extensions": { APPS: { "mimeTypes": ["text/html;profile=mcp-app"] } } });
    let agent = Agent::of(world, &Person::internal(), "desk").able(able.clone());
    let page = json!({
        "uri": "ui://desk/board.html", "mimeType": "text/html;profile=mcp-app", "text": "<p>board</p><script>let n = 1.50;</script>",
        "_meta": { "ui": { "csp": { "connectDomains": ["https://api.example.com"] }, "prefersBorder": true } },
    });
    let tool = json!({
        "name": "board", "inputSchema": { "type": "object" }, "annotations": { "readOnlyHint": true },
        "_meta": { "ui": { "resourceUri": "ui://desk/board.html", "visibility": ["model", "app"] } },
    });
    let tools = json!({ "tools": [tool], "resultType": "complete", "ttlMs": 0, "cacheScope": "private" });
    let pages = json!({ "contents": [page], "resultType": "complete", "ttlMs": 0, "cacheScope": "private" });
    gives(world, &[("tools/list", tools.clone()), ("resources/read", pages.clone())]);
    let mut listed = agent.send(world, "tools/list", json!({})).json()["result"].clone();
    assert_eq!(listed["tools"].take(), tools["tools"]);
    let seen = world.stage.desk.seen().pop().unwrap().message();
    assert_eq!(seen["params"]["_meta"]["io.modelcontextprotocol/clientCapabilities"], able);
    let read = agent.send(world, "resources/read", json!({ "uri": "ui://desk/board.html" })).json();
    assert_eq!(read["result"]["contents"], pages["contents"]);
}
