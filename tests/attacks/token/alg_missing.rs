//! The attacker wants a token to count whose header does not say how it is signed, and that is not.
//! RFC 7515 §4.1.1: `alg` must be there and be understood.

use serde_json::{Value, json};

use super::worthless;
use crate::attacks::jwt::{es256, joined, own_key, part};
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_wants_a_token_that_says_no_algorithm_to_count(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let claims = part(&agent.token, 1).to_string();
    for alg in [Value::Null, json!(["ES256"]), json!({}), json!(0)] {
        let mut header = part(&agent.token, 0);
        header["alg"] = alg.clone();
        if alg.is_null() {
            header.as_object_mut().unwrap().shift_remove("alg");
        }
        worthless(world, &agent, &joined(&header, &claims, &[]));
        worthless(world, &agent, &es256(&own_key().0, &header, &claims));
    }
}
