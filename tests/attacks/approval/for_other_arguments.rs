//! The attacker lets the person say yes to something harmless, and wants the yes for something else.
//! A yes is for this tool and these arguments.

use serde_json::json;

use super::{at_browser, decide, held};
use crate::world::World;

pub(super) fn a_yes_to_one_call_is_used_for_another(world: &mut World) {
    let (mut browser, agent) = at_browser(world);
    let path = held(world, &agent, "delete_issue", json!({ "id": 1, "why": { "a": 1, "b": 2 } }));
    decide(world, &mut browser, &path, "approve");
    for arguments in [
        json!({ "id": 2, "why": { "a": 1, "b": 2 } }),
        json!({ "id": 1 }),
        json!({ "id": 1, "why": { "a": 1, "b": "2" } }),
        json!({ "id": "1", "why": { "a": 1, "b": 2 } }),
        json!({ "id": [1], "why": { "a": 1, "b": 2 } }),
        json!({ "id": 1, "why": { "a": 1, "b": 2 }, "all": true }),
    ] {
        held(world, &agent, "delete_issue", arguments);
    }
    held(world, &agent, "archive", json!({ "id": 1, "why": { "a": 1, "b": 2 } }));
    assert!(world.stage.desk.calls().is_empty(), "nothing was forwarded");
    agent.read(world, "delete_issue", json!({ "why": { "b": 2, "a": 1 }, "id": 1 }));
    assert_eq!(world.stage.desk.calls().len(), 1, "the order of keys does not matter");
}
