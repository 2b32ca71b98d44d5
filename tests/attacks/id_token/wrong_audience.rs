//! The attacker runs another client of the same provider, and wants an ID token that somebody gave that one to count here.
//! OpenID Connect Core §3.1.3.7 (3-5): `aud`, and `azp` where there is one, is this gateway.

use serde_json::{Value, json};

use super::nobody_enters_with;
use crate::world::World;

pub(super) fn an_id_token_for_another_client_is_used(world: &mut World) {
    let gateway = json!(world.origin());
    for audience in [
        Value::Null,
        json!("another"),
        json!(["another"]),
        json!(["another", "mcpgate"]),
        gateway,
        json!("MCPGATE"),
    ] {
        nobody_enters_with(world, "aud", &audience);
    }
    nobody_enters_with(world, "azp", &json!("another"));
}
