//! The attacker has an ID token of another sign-in, and wants it to count in this one.
//! OpenID Connect Core §3.1.3.7 (11): the nonce is the one that was sent.

use serde_json::{Value, json};

use super::nobody_enters_with;
use crate::world::World;

pub(super) fn an_id_token_of_another_sign_in_is_used(world: &mut World) {
    for nonce in [Value::Null, json!(""), json!("another"), json!(["x"])] {
        nobody_enters_with(world, "nonce", &nonce);
    }
    assert_eq!(world.recorded("sign_in", "identity_provider", Some("id_token_invalid")), 4);
}
