//! The attacker has copied a refresh token and wants to go on with it beside its owner.
//! RFC 9700 §4.14.2: a spent one that comes back ends all that came of it.

use std::time::Duration;

use crate::attacks::code::denied;
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn a_thief_uses_a_refresh_token_that_was_spent(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let next = agent.renewed(world);
    world.pass_time(Duration::from_secs(31));
    let stolen = agent.ask.refresh(world, &agent.refresh_token);
    denied(world, &stolen, "invalid_grant", "refresh_reused");
    world.expect_recorded("token_revoked", "refused", Some("refresh_reused"));
    let answer = next.ask.refresh(world, &next.refresh_token);
    denied(world, &answer, "invalid_grant", "refresh_unknown");
}
