//! The attacker has an old assertion, or one that never ends or cannot be told from others, and wants it to count.
//! RFC 7523 §3 (4, 7).

use serde_json::{Value, json};

use super::{TYPE, asserted, worth_nothing};
use crate::stage::Person;
use crate::world::World;

pub(super) fn an_assertion_is_presented_out_of_its_time(world: &mut World) {
    let now = world.clock.now() / 1000;
    for (name, value) in [
        ("exp", json!(now - 3600)),
        ("exp", json!(now + 86_400)),
        ("exp", Value::Null),
        ("exp", json!(-1)),
        ("iat", json!(now + 3600)),
        ("nbf", json!(now + 3600)),
        ("jti", Value::Null),
        ("jti", json!("")),
    ] {
        let assertion = asserted(world, TYPE, &Person::internal(), &[(name, value)]);
        worth_nothing(world, &assertion);
    }
}
