//! The attacker is held, and wants to go on with new tokens: a refreshed one, and those of a new permission.
//! A hold is of the person, whatever they come with.

use super::{get_held, is_held, reader};
use crate::client::Agent;
use crate::world::World;

pub(super) fn somebody_held_comes_with_a_new_token(world: &mut World) {
    let (mut browser, agent) = reader(world);
    get_held(world, &agent);
    let renewed = agent.renewed(world);
    let again = Agent::asking(world, &mut browser, agent.ask.clone(), "desk");
    for agent in [&agent, &renewed, &again] {
        is_held(world, agent);
    }
}
