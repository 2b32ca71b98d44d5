//! The attacker's client has a refresh token for one service and wants a token for another from it.
//! RFC 8707 §2.2: only for what was consented to.

use serde_json::json;

use super::refreshed;
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn a_client_refreshes_itself_to_another_service(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    for resource in ["/mcp/mail", "/mcp", "/mcp/desk/", ""] {
        let answer = refreshed(world, &agent, &[("resource", &world.url(resource))]);
        assert_eq!((answer.status(), &answer.json()["error"]), (400, &json!("invalid_target")), "{resource}");
    }
    assert_eq!(world.recorded("token_refreshed", "ok", None), 0);
    agent.renewed(world).read(world, "get_issue", json!({}));
}
