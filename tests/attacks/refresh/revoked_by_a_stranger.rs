//! The attacker has a token, or has seen one, and wants to end its owner's access.
//! RFC 7009 §2.1: only the client that it was issued to.

use serde_json::json;

use crate::client::{Agent, Ask, revoke};
use crate::stage::Person;
use crate::world::World;

pub(super) fn a_stranger_wants_to_end_somebodys_access(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let registered = Ask::new(world, "desk").client_id;
    for stranger in ["https://anything.example.org/never-fetched", &registered] {
        for token in [&agent.token, &agent.refresh_token] {
            let answer = revoke(world, &[("token", token), ("client_id", stranger)]);
            assert_eq!((answer.status(), &answer.json()["error"]), (400, &json!("invalid_grant")));
        }
    }
    let unknown = revoke(world, &[("token", &agent.refresh_token), ("client_id", "nobody")]);
    assert_eq!((unknown.status(), &unknown.json()["error"]), (401, &json!("invalid_client")));
    agent.renewed(world);
    assert_eq!(world.recorded("revocation_refused", "refused", Some("refresh_unknown")), 4);
    world.expect_recorded("revocation_refused", "refused", Some("client_unknown"));
}
