//! The attacker found an old assertion, or was given one that lives for ever, and wants it to count.
//! RFC 7523 §3 (4): it ends, and soon.

use serde_json::{Value, json};

use super::{claims, none_counts};
use crate::stage::client_assertion;
use crate::world::World;

pub(super) fn an_assertion_is_used_out_of_its_time(world: &mut World) {
    none_counts(world, |world| {
        let now = world.clock.now() / 1000;
        [
            ("exp", json!(now - 3600)),
            ("exp", json!(now + 3600)),
            ("exp", Value::Null),
            ("exp", json!(-1)),
            ("exp", json!(1e30)),
            ("nbf", json!(now + 3600)),
            ("iat", json!(now + 3600)),
        ]
        .into_iter()
        .map(|change| client_assertion(claims(world, &[change])))
        .collect()
    });
}
