//! The attacker is held, and wants to go on at the address of all services.
//! A hold is of the person, whatever they come with.

use super::{get_held, is_held, reader};
use crate::client::Agent;
use crate::world::World;

pub(super) fn somebody_held_comes_to_the_shared_address(world: &mut World) {
    let (mut browser, agent) = reader(world);
    get_held(world, &agent);
    let shared = Agent::at(world, &mut browser, "");
    assert!(!shared.tools(world).is_empty());
    is_held(world, &shared);
}
