//! The attacker puts a call that their role does not have, or one of another service, into a batch of harmless ones.
//! They want it to pass with them. Each message goes its own way through all phases.

use serde_json::json;

use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn a_call_of_another_role_hides_in_a_batch(world: &mut World) {
    let agent = Agent::of(world, &Person::of("limited.example.com"), "desk").speaking("2025-03-26");
    let one = |id: i64, tool: &str| {
        json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call",
        "params": { "name": tool, "arguments": {} } })
    };
    let batch =
        json!([one(1, "get_issue"), one(2, "add_comment"), one(3, "mail__get_issue"), one(4, "get_issue")]);
    let request = agent.posting(world, batch.to_string());
    let answer = world.send(request);
    assert_eq!(answer.text().matches("\"done\"").count(), 2, "{}", answer.text());
    assert!(world.stage.desk.calls().iter().all(|call| call.message()["params"]["name"] == "get_issue"));
    assert!(world.stage.mail.seen().is_empty());
    assert_eq!(world.recorded("tool_called", "refused", Some("tool_not_allowed")), 2);
}
