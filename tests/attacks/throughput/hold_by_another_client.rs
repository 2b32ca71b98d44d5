//! The attacker is held, and wants to go on with another AI client, at another service.
//! A hold is of the person, whatever they come with.

use super::{get_held, is_held, reader};
use crate::client::Agent;
use crate::world::World;

pub(super) fn somebody_held_comes_with_another_client(world: &mut World) {
    let (mut browser, agent) = reader(world);
    get_held(world, &agent);
    let other = Agent::at(world, &mut browser, "desk");
    is_held(world, &other);
    let mail = Agent::at(world, &mut browser, "mail");
    is_held(world, &mail);
    assert!(world.stage.mail.calls().is_empty(), "nothing was forwarded");
}
