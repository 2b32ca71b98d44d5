//! The attacker signs with what the provider publishes, as if it were a shared secret.
//! RFC 8725 §2.1: they want to be anybody.

use serde_json::json;

use super::nobody_enters;
use crate::attacks::jwt::{as_secrets, hs256};
use crate::world::World;

pub(super) fn somebody_signs_an_id_token_with_the_published_key(world: &mut World) {
    let published = world.stage.idp.published();
    for secret in as_secrets(&published) {
        nobody_enters(world, move |header, claims, _| {
            let mut header = header.clone();
            header["alg"] = json!("HS256");
            hs256(&secret, &header, &claims.to_string())
        });
    }
}
