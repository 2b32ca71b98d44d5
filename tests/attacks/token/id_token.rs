//! The attacker has somebody's ID token of the identity provider (it is not secret everywhere) and wants to call with it.
//! RFC 9068 §5, RFC 8725 §3.11: an ID token is for a client and no access token.

use serde_json::json;

use super::worthless;
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_brings_an_id_token(world: &mut World) {
    let person = Person::internal();
    let agent = Agent::of(world, &person, "desk");
    let resource = world.url("/mcp/desk");
    for (typ, audience) in [("JWT", "mcpgate"), ("JWT", &*resource), ("at+jwt", &*resource)] {
        let toward = (audience, &*agent.ask.client_id, &*resource);
        let token = world.stage.idp.asserts(
            typ,
            &person,
            toward,
            &[("scope", json!("mcp")), ("role", json!("internal"))],
        );
        worthless(world, &agent, &token);
    }
}
