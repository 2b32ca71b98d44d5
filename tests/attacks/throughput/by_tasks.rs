//! The attacker lets calls be tasks and wants what these give back, which is no call of a tool. It is on record and counts
//! all the same.

use mcpgate::host::memory::Reply;
use serde_json::{Value, json};

use super::{alerts, is_held};
use crate::story::tasks::{OLDER, begin, client, last};
use crate::world::World;

pub(super) fn somebody_takes_it_as_the_results_of_tasks(world: &mut World) {
    let agent = client(world, "desk", OLDER);
    world.stage.desk.answers(|seen| {
        let message = seen.message();
        let state = json!({ "taskId": "big", "status": "completed", "ttl": 60_000 });
        let items: Vec<Value> = (0..101).map(|_| json!({})).collect();
        let result = match message["method"].as_str()? {
            "tools/call" => json!({ "task": state }),
            "tasks/result" => json!({ "content": [], "structuredContent": { "items": items } }),
            _ => return None,
        };
        let body = json!({ "jsonrpc": "2.0", "id": message["id"], "result": result });
        Some(Reply::new(200, "application/json", body.to_string()))
    });
    let task = begin(world, &agent);
    let answer = agent.send(world, "tasks/result", json!({ "taskId": task }));
    assert_eq!(answer.status(), 200, "{}", answer.text());
    world.expect_recorded("requested", "ok", None);
    assert_eq!(alerts(world).len(), 1);
    is_held(world, &agent);
    let answer = agent.send(world, "tasks/result", json!({ "taskId": task }));
    assert!(last(&answer)["error"]["message"].as_str().unwrap().contains("held"), "{}", answer.text());
}
