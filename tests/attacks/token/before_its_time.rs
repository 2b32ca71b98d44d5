//! The attacker wants a token to count before the time it is for.
//! RFC 7519 §4.1.5: not before `nbf`.

use serde_json::json;

use super::{signed, worthless};
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_uses_a_token_before_its_time(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let later = world.clock.now() / 1000 + 300;
    let token = signed(world, &agent.token, "at+jwt", &[("nbf", json!(later))]);
    worthless(world, &agent, &token);
}
