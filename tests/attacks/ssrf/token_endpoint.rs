//! The attacker runs an authorization server, whose endpoints are inside of the gateway's network.
//! RFC 8414 §6.2. They want the gateway to post there: codes, secrets, tokens to revoke.

use mcpgate::host::memory::Reply;
use serde_json::json;

use super::{INSIDE, SERVER, not_followed, server};
use crate::world::World;

pub(super) fn an_authorization_server_has_its_endpoints_inside(world: &mut World) {
    for (at, inside) in INSIDE.into_iter().enumerate() {
        let endpoints =
            ["token_endpoint", "registration_endpoint", "revocation_endpoint", "authorization_endpoint"];
        let document = server(world, &[(endpoints[at % 4], json!(inside))]);
        not_followed(world, SERVER, "must not ask", move || {
            Reply::new(200, "application/json", document.clone())
        });
    }
    let document = server(world, &[("authorization_endpoint", json!("javascript:alert(1)"))]);
    not_followed(world, SERVER, "must not ask", move || {
        Reply::new(200, "application/json", document.clone())
    });
}
