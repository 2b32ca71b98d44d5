//! The attacker runs another server that the client proves itself to, and wants to use what they got there here.
//! RFC 7523 §3 (3): `aud` is this server and nobody besides.

use serde_json::{Value, json};

use super::{claims, none_counts};
use crate::stage::client_assertion;
use crate::world::World;

pub(super) fn an_assertion_for_another_server_is_used(world: &mut World) {
    none_counts(world, |world| {
        let audiences = [
            Value::Null,
            json!("https://other.example.com"),
            json!([world.origin(), "https://other.example.com"]),
            json!("https://gate.example.com.evil.example.org"),
            json!(""),
            json!([]),
        ];
        audiences.into_iter().map(|audience| client_assertion(claims(world, &[("aud", audience)]))).collect()
    });
}
