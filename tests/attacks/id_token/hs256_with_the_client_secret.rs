//! The attacker knows the gateway's client secret at the provider, and wants to make ID tokens with it.
//! OpenID Connect Core §10.1 has such tokens; here no symmetric algorithm counts (RFC 8725 §3.1).

use serde_json::json;

use super::nobody_enters;
use crate::attacks::jwt::hs256;
use crate::stage::OIDC_SECRET;
use crate::world::World;

pub(super) fn somebody_signs_an_id_token_with_the_client_secret(world: &mut World) {
    for with_key in [true, false] {
        nobody_enters(world, move |header, claims, _| {
            let mut header = header.clone();
            header["alg"] = json!("HS256");
            if !with_key {
                header.as_object_mut().unwrap().shift_remove("kid");
            }
            hs256(OIDC_SECRET.as_bytes(), &header, &claims.to_string())
        });
    }
}
