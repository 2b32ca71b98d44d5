//! The attacker signs an ID token themselves, and says in it where the key is or brings it along.
//! RFC 8725 §3.10: keys are the provider's published ones. They want to be anybody.

use serde_json::{Value, json};

use super::nobody_enters;
use crate::attacks::jwt::{es256, own_key};
use crate::world::World;

pub(super) fn somebody_signs_an_id_token_with_a_key_of_their_own(world: &mut World) {
    let inside = world.stage.idp.origin();
    for (name, value) in [
        ("kid", Value::Null),
        ("jwk", own_key().1),
        ("jku", json!(format!("{inside}/own-keys"))),
        ("x5u", json!(format!("{inside}/own-keys"))),
        ("typ", json!("JWT")),
    ] {
        nobody_enters(world, move |header, claims, _| {
            let mut header = header.clone();
            header[name] = value.clone();
            es256(&own_key().0, &header, &claims.to_string())
        });
    }
    assert!(world.stage.idp.seen().iter().all(|url| !url.ends_with("/own-keys")), "nothing was fetched");
}
