//! The attacker has a token that another gateway made with the same key (a copy, a test deployment), and wants it to
//! count here. RFC 9068 §4: `iss` must be this gateway.

use serde_json::{Value, json};

use super::{signed, worthless};
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn a_token_of_another_gateway_is_tried_here(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let idp = world.stage.idp.origin();
    for issuer in [
        Value::Null,
        json!("https://staging.example.com"),
        json!("https://gate.example.com/"),
        json!(idp),
        json!(""),
    ] {
        let token = signed(world, &agent.token, "at+jwt", &[("iss", issuer)]);
        worthless(world, &agent, &token);
    }
}
