//! The attacker wants a token that counts for ever: one that says no end, or none that is a time.
//! RFC 9068 §2.2: `exp` is required.

use serde_json::{Value, json};

use super::{signed, worthless};
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_uses_a_token_that_never_ends(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    for end in [Value::Null, json!("never"), json!(""), json!(0), json!([4_102_444_800_i64])] {
        let token = signed(world, &agent.token, "at+jwt", &[("exp", end)]);
        worthless(world, &agent, &token);
    }
}
