//! The attacker signs an assertion themselves and says in it where the key is, or brings it along.
//! RFC 8725 §3.10. They want to be the client.

use serde_json::{Value, json};

use super::{claims, header, none_counts};
use crate::attacks::jwt::{es256, own_key};
use crate::world::World;

pub(super) fn somebody_signs_an_assertion_with_a_key_of_their_own(world: &mut World) {
    let inside = format!("{}/own-keys", world.stage.idp.origin());
    none_counts(world, |world| {
        let said = claims(world, &[]).to_string();
        let (own, jwk) = own_key();
        let more = [
            ("jwk", jwk),
            ("jku", json!(inside)),
            ("x5u", json!(inside)),
            ("kid", json!("own")),
            ("typ", json!("JWT")),
        ];
        let with = |(name, value): &(&str, Value)| {
            let mut header = header();
            header[*name] = value.clone();
            es256(&own, &header, &said)
        };
        more.iter().map(with).collect()
    });
    assert!(world.stage.idp.seen().iter().all(|url| !url.ends_with("/own-keys")), "nothing was fetched");
}
