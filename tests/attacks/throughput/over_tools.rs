//! The attacker wants more than is usual, and takes a part of it with each tool. What a person pulls is judged as a whole.

use serde_json::json;

use super::{alerts, is_held, pull, reader};
use crate::story::throughput::hands_on;
use crate::world::World;

pub(super) fn somebody_takes_a_little_with_each_tool(world: &mut World) {
    let (_, agent) = reader(world);
    pull(world, &agent, 34);
    for tool in ["search_issues", "add_comment"] {
        hands_on(world, 34);
        agent.read(world, tool, json!({}));
    }
    world.settle();
    assert_eq!(alerts(world).len(), 1);
    is_held(world, &agent);
}
