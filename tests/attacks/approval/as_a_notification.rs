//! The attacker makes a destructive call without an id, to which there is no answer, and wants it to pass unasked.
//! JSON-RPC §4.1: what has no id is no call.

use serde_json::json;

use super::{at_browser, still_waits};
use crate::world::World;

pub(super) fn a_call_without_an_id_wants_to_pass(world: &mut World) {
    let (_, agent) = at_browser(world);
    let params = json!({ "name": "delete_issue", "arguments": { "id": 1 } });
    for id in ["", r#""id":null,"#] {
        let body = format!(r#"{{"jsonrpc":"2.0",{id}"method":"tools/call","params":{params}}}"#);
        for agent in [&agent, &agent.speaking("2025-03-26")] {
            let request = agent.posting(world, body.clone());
            assert_eq!(world.send(request).status(), 400, "{id}");
        }
    }
    still_waits(world, &agent);
}
