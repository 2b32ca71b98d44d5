//! The attacker can read codes on their way to the gateway, and wants a server without PKCE to make them useful.
//! MCP: a server that does not say S256 is refused.

use mcpgate::host::memory::Reply;
use serde_json::{Value, json};

use crate::attacks::ssrf::{SERVER, not_followed, server};
use crate::world::World;

pub(super) fn a_server_without_pkce_wants_to_be_used(world: &mut World) {
    for methods in [json!(["plain"]), json!([]), Value::Null, json!(["s256"])] {
        let document = server(world, &[("code_challenge_methods_supported", methods)]);
        not_followed(world, SERVER, "PKCE", move || Reply::new(200, "application/json", document.clone()));
    }
}
