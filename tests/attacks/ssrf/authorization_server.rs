//! The attacker runs a service, which names an authorization server inside of the gateway's network.
//! RFC 9728 §7.7. They want the request, or the secrets that the gateway sends there.

use mcpgate::host::memory::Reply;
use serde_json::json;

use super::{INSIDE, RESOURCE, not_followed};
use crate::world::World;

pub(super) fn a_service_names_an_authorization_server_that_is_inside(world: &mut World) {
    let resource = format!("{}/mcp", world.stage.books.origin());
    for inside in INSIDE {
        let document = json!({ "resource": resource, "authorization_servers": [inside] }).to_string();
        not_followed(world, RESOURCE, "must not ask", move || {
            Reply::new(200, "application/json", document.clone())
        });
    }
}
