//! The attacker wants the gateway to spend its time on tokens of any size.
//! RFC 9700 asks for no such limit; the gateway has one (8 KiB).

use serde_json::json;

use super::{signed, worthless};
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_sends_a_token_of_a_huge_size(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let padded = signed(world, &agent.token, "at+jwt", &[("padding", json!("x".repeat(8000)))]);
    worthless(world, &agent, &padded);
    worthless(world, &agent, &"A".repeat(12_000));
    worthless(world, &agent, &".".repeat(9000));
}
