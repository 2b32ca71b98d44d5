//! The attacker wants a token to count that they signed themselves under the gateway's key id, or under none.
//! RFC 7515 §5.2: the signature is checked with the gateway's key.

use serde_json::{Value, json};

use super::{own, worthless};
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_signs_a_token_with_a_key_of_their_own(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    worthless(world, &agent, &own(&agent.token, &[]));
    for kid in [json!(""), Value::Null, json!("nobody's"), json!(["x"]), json!(0)] {
        worthless(world, &agent, &own(&agent.token, &[("kid", kid)]));
    }
    let published = world.get("/jwks.json").json();
    assert!(published["keys"].as_array().unwrap().iter().all(|key| key.get("d").is_none()), "{published}");
}
