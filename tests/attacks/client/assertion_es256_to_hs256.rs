//! The attacker signs with the client's published key, as if it were a shared secret.
//! RFC 8725 §2.1. They want to be the client.

use serde_json::json;

use super::{claims, none_counts};
use crate::attacks::jwt::{as_secrets, hs256};
use crate::world::World;

pub(super) fn somebody_signs_an_assertion_with_the_clients_published_key(world: &mut World) {
    let published = world.stage.idp.client_key();
    none_counts(world, |world| {
        let said = claims(world, &[]).to_string();
        let header = json!({ "alg": "HS256", "kid": "client-key" });
        as_secrets(&published).iter().map(|secret| hs256(secret, &header, &said)).collect()
    });
}
