//! The attacker's client may only read, and wants to refresh itself into writing.
//! RFC 6749 §6: not more than what was granted.

use serde_json::json;

use super::refreshed;
use crate::client::{Agent, Ask, Browser};
use crate::stage::Person;
use crate::world::World;

pub(super) fn a_reading_client_wants_to_refresh_itself_into_writing(world: &mut World) {
    let ask = Ask { scope: "mcp:read", ..Ask::new(world, "desk") };
    let agent = Agent::asking(world, &mut Browser::of(&Person::internal()), ask, "desk");
    for scope in ["mcp", "mcp:read mcp", "offline_access", "admin", "*"] {
        let answer = refreshed(world, &agent, &[("scope", scope)]);
        assert_eq!((answer.status(), &answer.json()["error"]), (400, &json!("invalid_scope")), "{scope}");
    }
    let renewed = agent.renewed(world);
    let answer = renewed.send(world, "tools/call", json!({ "name": "add_comment", "arguments": {} }));
    assert_eq!(answer.status(), 403, "{}", answer.text());
    assert!(world.stage.desk.calls().is_empty(), "nothing was forwarded");
}
