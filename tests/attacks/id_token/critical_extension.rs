//! The attacker's provider, or whoever changes the header, uses an extension that must be understood.
//! RFC 7515 §4.1.11: what is not understood is not passed over. They want their reading of the token to count.

use serde_json::json;

use super::nobody_enters;
use crate::attacks::jwt::es256;
use crate::world::World;

pub(super) fn an_id_token_with_an_extension_is_used(world: &mut World) {
    for (crit, name, value) in
        [(json!(["b64"]), "b64", json!(false)), (json!(["x"]), "x", json!(1)), (json!([""]), "y", json!(1))]
    {
        nobody_enters(world, move |header, claims, key| {
            let mut header = header.clone();
            header["crit"] = crit.clone();
            header[name] = value.clone();
            es256(key, &header, &claims.to_string())
        });
    }
}
