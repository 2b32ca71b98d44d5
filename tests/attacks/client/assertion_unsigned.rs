//! The attacker wants an assertion that nobody signed, or that was signed with zeros, to prove the client.
//! RFC 8725 §3.1.

use serde_json::json;

use super::{claims, header, none_counts};
use crate::attacks::jwt::joined;
use crate::stage::client_assertion;
use crate::world::World;

pub(super) fn somebody_proves_a_client_by_an_unsigned_assertion(world: &mut World) {
    none_counts(world, |world| {
        let said = claims(world, &[]).to_string();
        let good = client_assertion(claims(world, &[]));
        let (head, _) = good.rsplit_once('.').unwrap();
        vec![
            joined(&json!({ "alg": "none" }), &said, &[]),
            joined(&json!({ "alg": "none", "kid": "client-key" }), &said, &[]),
            joined(&header(), &said, &[0; 64]),
            format!("{head}."),
            format!("{head}.{}", "A".repeat(86)),
            "x".to_owned(),
            "..".to_owned(),
        ]
    });
}
