//! The attacker runs a service, which says that its metadata is inside of the gateway's network.
//! MCP "SSRF": what a service names is fetched from its own origin, or from public names. They want the request.

use mcpgate::host::memory::Reply;

use super::{INSIDE, not_followed};
use crate::world::World;

pub(super) fn a_service_says_that_its_metadata_is_inside(world: &mut World) {
    for inside in INSIDE {
        not_followed(world, "/mcp", "must not ask", move || {
            let challenge = format!("Bearer resource_metadata=\"{inside}\"");
            Reply::new(401, "application/json", "{}").header("www-authenticate", &challenge)
        });
    }
    assert_eq!(world.recorded("service_connected", "service", Some("server_error")), INSIDE.len());
}
