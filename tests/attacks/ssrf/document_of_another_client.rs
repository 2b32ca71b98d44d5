//! The attacker publishes a document that says it is another client, and wants that client's name and yes.
//! Client ID Metadata Documents §4: `client_id` in it is its own address.

use mcpgate::host::memory::Reply;
use serde_json::json;

use super::{document, no_client};
use crate::world::World;

pub(super) fn a_document_says_that_it_is_another_client(world: &mut World) {
    for id in [
        "https://claude.ai/oauth/mcp-oauth-client-metadata",
        "secretive",
        "https://app.example.org/client.json/",
        "",
    ] {
        no_client(world, move || {
            Reply::new(200, "application/json", document(&[("client_id", json!(id))]).to_string())
        });
    }
}
