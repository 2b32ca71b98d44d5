//! The attacker answers for a service's metadata and says that it is about another, or another issuer's.
//! RFC 9728 §3.3, RFC 8414 §3.3. They want a token for one service to be got for another, or by another server.

use mcpgate::host::memory::Reply;
use serde_json::json;

use crate::attacks::ssrf::{RESOURCE, SERVER, not_followed, server};
use crate::world::World;

pub(super) fn metadata_of_another_is_tried(world: &mut World) {
    let origin = world.stage.books.origin();
    for issuer in ["https://another.example.org".to_owned(), format!("{origin}/"), format!("{origin}/x")] {
        let document = server(world, &[("issuer", json!(issuer))]);
        not_followed(world, SERVER, "another issuer", move || {
            Reply::new(200, "application/json", document.clone())
        });
    }
    let desk = world.stage.desk.origin();
    for resource in [
        "https://another.example.org/mcp".to_owned(),
        format!("{origin}/other"),
        format!("{desk}/mcp"),
        format!("{origin}/mcp/x"),
    ] {
        let document = json!({ "resource": resource, "authorization_servers": [origin] }).to_string();
        not_followed(world, RESOURCE, "another resource", move || {
            Reply::new(200, "application/json", document.clone())
        });
    }
}
