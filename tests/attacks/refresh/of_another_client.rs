//! The attacker runs a client and wants to use a refresh token that another was given.
//! RFC 6749 §10.4: it is bound to its client.

use crate::attacks::code::denied;
use crate::client::{Agent, Ask};
use crate::stage::Person;
use crate::world::World;

pub(super) fn a_client_uses_another_clients_refresh_token(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let other = Ask::new(world, "desk");
    let answer = other.refresh(world, &agent.refresh_token);
    denied(world, &answer, "invalid_grant", "refresh_unknown");
    agent.renewed(world);
    world.expect_recorded("token_refreshed", "ok", None);
}
