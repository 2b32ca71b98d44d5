//! The attacker is a provider themselves, or a tenant of the same one, and wants their people to be this one's.
//! OpenID Connect Core §3.1.3.7 (2): `iss` is exactly the configured one.

use serde_json::{Value, json};

use super::nobody_enters_with;
use crate::world::World;

pub(super) fn an_id_token_of_another_issuer_is_used(world: &mut World) {
    let idp = world.stage.idp.origin();
    for issuer in [
        Value::Null,
        json!("https://evil.example.org"),
        json!(format!("{idp}/")),
        json!(idp.to_uppercase()),
        json!([idp]),
    ] {
        nobody_enters_with(world, "iss", &issuer);
    }
}
