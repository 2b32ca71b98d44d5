//! The attacker runs a service, or reads its logs, and wants the token that the gateway sends there to count at the
//! gateway. MCP "Token Passthrough": the two are never the same.

use super::{call, worthless};
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn a_service_turns_the_token_that_it_got_against_the_gateway(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    assert_eq!(call(world, &agent), 200);
    let got = world.stage.desk.calls().pop().unwrap().header("authorization").to_owned();
    let got = got.strip_prefix("Bearer ").unwrap();
    assert_ne!(got, agent.token, "the client's own token is not passed on");
    worthless(world, &agent, got);
}
