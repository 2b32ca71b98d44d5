//! The attacker has an old ID token, one that never ends, or one for later, and wants it to count now.
//! OpenID Connect Core §3.1.3.7 (9, 10): both times must be there; clocks may differ by a minute.

use serde_json::{Value, json};

use super::nobody_enters_with;
use crate::world::World;

pub(super) fn an_id_token_is_used_out_of_its_time(world: &mut World) {
    let now = world.clock.now() / 1000;
    for (name, value) in [
        ("exp", json!(now - 3600)),
        ("exp", json!(now - 61)),
        ("exp", Value::Null),
        ("exp", json!("never")),
        ("iat", Value::Null),
        ("iat", json!(now + 120)),
        ("nbf", json!(now + 3600)),
    ] {
        nobody_enters_with(world, name, &value);
    }
    assert_eq!(world.recorded("sign_in", "identity_provider", Some("id_token_invalid")), 7);
}
