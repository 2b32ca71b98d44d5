//! The attacker puts a destructive call into a list of messages, behind harmless ones, and wants it to pass with them.
//! MCP 2025-03-26 has batches: each message goes its own way through all phases.

use serde_json::{Value, json};

use super::at_browser;
use crate::world::World;

pub(super) fn a_destructive_call_hides_in_a_batch(world: &mut World) {
    let (_, agent) = at_browser(world);
    let agent = agent.speaking("2025-03-26");
    let call = |id: i64, tool: &str| {
        json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call",
        "params": { "name": tool, "arguments": { "id": 1 } } })
    };
    let request = agent.posting(
        world,
        json!([call(1, "get_issue"), call(2, "delete_issue"), call(3, "get_issue")]).to_string(),
    );
    let answer = world.send(request);
    assert!(answer.text().contains("own yes"), "{}", answer.text());
    let called: Vec<Value> =
        world.stage.desk.calls().iter().map(|call| call.message()["params"]["name"].clone()).collect();
    assert_eq!(called, ["get_issue", "get_issue"]);
}
