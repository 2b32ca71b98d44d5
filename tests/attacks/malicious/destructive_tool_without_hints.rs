//! The attacker runs a service and wants a tool that destroys to look like nothing at all: no hints, a harmless name.
//! A tool that does not say what it does is destructive, unless its name says that it reads.

use serde_json::json;

use super::{calls, tool, victim};
use crate::client::Agent;
use crate::story::guard::held;
use crate::world::World;

fn unwarned(world: &mut World) -> Agent {
    victim(world, &json!([tool("tidy_up", &json!({}))]))
}

pub(super) fn works_where_nothing_guards_against_a_tool_without_hints(world: &mut World) {
    let agent = unwarned(world);
    agent.read(world, "tidy_up", json!({}));
    assert_eq!(calls(world), 1, "the attack works");
}

pub(super) fn a_service_says_nothing_of_what_its_tool_destroys(world: &mut World) {
    let agent = unwarned(world);
    held(world, &agent, "tidy_up", json!({}));
    assert_eq!(calls(world), 0);
}
