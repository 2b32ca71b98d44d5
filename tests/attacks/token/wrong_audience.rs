//! The attacker has something that the gateway's key signed for somebody else, and wants it to count here.
//! RFC 9068 §4: `aud` must be there, and be this resource.

use serde_json::{Value, json};

use super::{call, signed, worthless};
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn a_token_for_somebody_else_is_tried_here(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let same = signed(world, &agent.token, "at+jwt", &[("jti", json!("another"))]);
    assert_eq!(call(world, &Agent { token: same, ..agent.clone() }), 200, "signed so, it counts");
    for audience in [
        Value::Null,
        json!(""),
        json!(world.origin()),
        json!(world.url("/mcp/")),
        json!(world.url("/mcp/desk/")),
        json!(world.url("/mcp/des")),
        json!("https://gate.example.com.evil.example.org/mcp/desk"),
        json!(["https://evil.example.org"]),
        json!([]),
    ] {
        let token = signed(world, &agent.token, "at+jwt", &[("aud", audience)]);
        worthless(world, &agent, &token);
    }
}
