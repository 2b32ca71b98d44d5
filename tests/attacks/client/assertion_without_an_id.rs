//! The attacker wants an assertion that cannot be told from another, so that it counts as often as they like.
//! RFC 7523 §3 (7): here `jti` is required.

use serde_json::{Value, json};

use super::{claims, none_counts};
use crate::stage::client_assertion;
use crate::world::World;

pub(super) fn an_assertion_without_an_id_is_used(world: &mut World) {
    none_counts(world, |world| {
        let ids = [Value::Null, json!(""), json!(7), json!("x".repeat(513)), json!(["a"])];
        ids.into_iter().map(|id| client_assertion(claims(world, &[("jti", id)]))).collect()
    });
}
