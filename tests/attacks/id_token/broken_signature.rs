//! The attacker changes an honest ID token and wants the signature not to be looked at closely: zeros, another's, none.
//! OpenID Connect Core §3.1.3.7.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::nobody_enters;
use crate::attacks::jwt::{es256, joined};
use crate::world::World;

pub(super) fn somebody_changes_an_id_token(world: &mut World) {
    nobody_enters(world, |header, claims, _| joined(header, &claims.to_string(), &[0; 64]));
    nobody_enters(world, |header, claims, _| joined(header, &claims.to_string(), &[]));
    nobody_enters(world, |header, claims, key| {
        let honest = es256(key, header, &claims.to_string());
        let mut said = claims.clone();
        said["email"] = json!("ada.admin@example.com");
        let signature = URL_SAFE_NO_PAD.decode(honest.rsplit('.').next().unwrap()).unwrap();
        joined(header, &said.to_string(), &signature)
    });
}
