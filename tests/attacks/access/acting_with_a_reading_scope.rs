//! The attacker's client may only read, and wants to act by what is no tool call: to answer or cancel tasks, or by an
//! extension's own methods. RFC 6750 §3.1: `insufficient_scope`.

use mcpgate::host::memory::Reply;
use serde_json::json;

use super::{call, reader};
use crate::client::{Agent, Browser};
use crate::stage::Person;
use crate::world::World;

pub(super) fn a_reading_client_wants_to_act_by_other_methods(world: &mut World) {
    const TASKS: &str = "io.modelcontextprotocol/tasks";
    world.stage.desk.answers(|seen| {
        let message = seen.message();
        let mut state =
            json!({ "taskId": "t-1", "status": "working", "ttlMs": 60_000, "resultType": "complete" });
        match message["method"].as_str()? {
            "tools/call" => state["resultType"] = json!("task"),
            method if method.starts_with("tasks/") || method.starts_with("issues/") => {}
            _ => return None,
        }
        let body = json!({ "jsonrpc": "2.0", "id": message["id"], "result": state });
        Some(Reply::new(200, "application/json", body.to_string()))
    });
    let mut browser = Browser::of(&Person::internal());
    let able = json!({ "extensions": { TASKS: {} } });
    for (door, between) in [("desk", ""), ("", "desk")] {
        let writer = Agent::at(world, &mut browser, door).able(able.clone());
        let reader = reader(world, &mut browser, door).able(able.clone());
        let (tool, task) = match between {
            "" => ("add_comment", "t-1"),
            _ => ("desk__add_comment", "desk+t-1"),
        };
        call(world, &writer, tool);
        let before = world.stage.desk.seen().len();
        let answers = json!({ "taskId": task, "inputResponses": { "sure": { "action": "accept" } } });
        let acts = [
            ("tasks/update", answers),
            ("tasks/cancel", json!({ "taskId": task })),
            ("issues/delete", json!({})),
        ];
        for (method, params) in acts.into_iter().take(if door.is_empty() { 2 } else { 3 }) {
            let answer = reader.send(world, method, params.clone());
            assert_eq!(answer.status(), 403, "{method}: {}", answer.text());
            let challenge = answer.header("www-authenticate");
            assert!(
                challenge.contains("insufficient_scope") && challenge.contains("scope=\"mcp\""),
                "{challenge}"
            );
            assert_eq!(world.stage.desk.seen().len(), before, "{method}: nothing was sent");
        }
        let state = reader.send(world, "tasks/get", json!({ "taskId": task })).json();
        assert_eq!(state["result"]["status"], "working", "{state}");
        let answer = writer.send(world, "tasks/cancel", json!({ "taskId": task }));
        assert_eq!(answer.status(), 200, "{}", answer.text());
    }
}
