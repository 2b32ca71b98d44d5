//! The attacker sits between provider and gateway, or is a client of the provider, and wants an unsigned token to count.
//! OpenID Connect Core §3.1.3.7: algorithms are a closed list here, even over TLS.

use serde_json::json;

use super::nobody_enters;
use crate::attacks::jwt::joined;
use crate::world::World;

pub(super) fn somebody_signs_in_by_an_unsigned_id_token(world: &mut World) {
    for alg in ["none", "None", "NONE", ""] {
        nobody_enters(world, move |header, claims, _| {
            let mut header = header.clone();
            header["alg"] = json!(alg);
            joined(&header, &claims.to_string(), &[])
        });
    }
    assert_eq!(world.recorded("sign_in", "identity_provider", Some("id_token_invalid")), 4);
}
