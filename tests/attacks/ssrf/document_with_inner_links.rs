//! The attacker's document is public, and what it links to is inside: its keys, its logo, its pages.
//! They want the gateway, or the person's browser on the gateway's page, to go there.

use mcpgate::host::memory::Reply;
use serde_json::json;

use super::{INSIDE, document, fetched, no_client};
use crate::world::World;

pub(super) fn a_document_links_to_what_is_inside(world: &mut World) {
    for inside in INSIDE {
        let before = fetched(world)[1..4].to_vec();
        no_client(world, move || {
            let proof =
                [("jwks_uri", json!(inside)), ("token_endpoint_auth_method", json!("private_key_jwt"))];
            Reply::new(200, "application/json", document(&proof).to_string())
        });
        assert_eq!(fetched(world)[1..4], before[..], "{inside}");
    }
    assert!(world.stage.elsewhere.seen().iter().all(|path| path == "/client.json"), "no link was followed");
}
