//! The attacker uses a stolen refresh token before its owner does, and wants to stay when the owner comes with it.
//! RFC 9700 §4.14.2: it cannot be told who is the thief, so neither goes on.

use std::time::Duration;

use crate::attacks::code::denied;
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn a_thief_is_faster_than_the_owner_of_a_refresh_token(world: &mut World) {
    let owner = Agent::of(world, &Person::internal(), "desk");
    let thief = owner.renewed(world).renewed(world);
    world.pass_time(Duration::from_secs(31));
    let late = owner.ask.refresh(world, &owner.refresh_token);
    denied(world, &late, "invalid_grant", "refresh_reused");
    let stays = thief.ask.refresh(world, &thief.refresh_token);
    denied(world, &stays, "invalid_grant", "refresh_unknown");
}
