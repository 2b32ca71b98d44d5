//! The attacker has something else that the client's key signed, such as a token of its own users, and wants it to be an
//! assertion. RFC 8725 §3.11: kinds of tokens are told apart by their type.

use serde_json::json;

use super::{claims, header, none_counts};
use crate::attacks::jwt::es256;
use crate::world::World;

pub(super) fn something_else_that_a_client_signed_is_used(world: &mut World) {
    none_counts(world, |world| {
        ["at+jwt", "oauth-id-jag+jwt", "dpop+jwt", "logout+jwt"]
            .into_iter()
            .map(|typ| {
                let mut header = header();
                header["typ"] = json!(typ);
                es256(&[11; 32], &header, &claims(world, &[]).to_string())
            })
            .collect()
    });
}
