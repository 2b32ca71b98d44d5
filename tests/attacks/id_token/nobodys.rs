//! The attacker wants to be a person without a name, whom all others without a name are too.
//! OpenID Connect Core §2: `sub` is there, and at most 255 characters.

use serde_json::{Value, json};

use super::nobody_enters_with;
use crate::world::World;

pub(super) fn an_id_token_of_nobody_is_used(world: &mut World) {
    for subject in [Value::Null, json!(""), json!(7), json!("x".repeat(256)), json!(["a"])] {
        nobody_enters_with(world, "sub", &subject);
    }
}
