//! The attacker wants more than is usual, and takes a part of it with each AI client. What a person pulls is judged as a
//! whole.

use super::{alerts, is_held, pull, reader};
use crate::client::Agent;
use crate::world::World;

pub(super) fn somebody_takes_a_little_with_each_client(world: &mut World) {
    let (mut browser, agent) = reader(world);
    for _ in 0..3 {
        let agent = Agent::at(world, &mut browser, "desk");
        pull(world, &agent, 34);
    }
    assert_eq!(alerts(world).len(), 1);
    is_held(world, &agent);
}
