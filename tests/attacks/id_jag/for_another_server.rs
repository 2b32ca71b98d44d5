//! The attacker runs another server that gets assertions, and wants to use one of those here.
//! RFC 7523 §3 (3): `aud` is this gateway and nobody besides.

use serde_json::{Value, json};

use super::{TYPE, asserted, worth_nothing};
use crate::stage::Person;
use crate::world::World;

pub(super) fn an_assertion_toward_another_server_is_presented(world: &mut World) {
    let both = json!([world.origin(), "https://other.example.com"]);
    for audience in [
        Value::Null,
        json!("mcpgate"),
        json!("https://other.example.com"),
        both,
        json!(world.url("/mcp/desk")),
    ] {
        let assertion = asserted(world, TYPE, &Person::internal(), &[("aud", audience)]);
        worth_nothing(world, &assertion);
    }
}
