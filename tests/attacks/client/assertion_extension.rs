//! The attacker uses an extension that must be understood (`crit`), and wants it to be passed over.
//! RFC 7515 §4.1.11.

use serde_json::json;

use super::{claims, header, none_counts};
use crate::attacks::jwt::es256;
use crate::world::World;

pub(super) fn an_assertion_with_an_extension_is_used(world: &mut World) {
    none_counts(world, |world| {
        let said = claims(world, &[]).to_string();
        [(json!(["x"]), "x"), (json!(["b64"]), "b64"), (json!(["exp"]), "exp")]
            .into_iter()
            .map(|(crit, name)| {
                let mut header = header();
                header["crit"] = crit;
                header[name] = json!(false);
                es256(&[11; 32], &header, &said)
            })
            .collect()
    });
}
