//! The attacker's document is huge, is no JSON, or says where nobody may be redirected, and wants to be taken all the same.
//! 16 KiB at most, of JSON, with a redirect that may be used.

use mcpgate::host::memory::Reply;
use serde_json::json;

use super::{document, no_client};
use crate::world::World;

pub(super) fn a_document_is_no_document(world: &mut World) {
    let huge = document(&[("x", json!("y".repeat(20_000)))]).to_string();
    no_client(world, move || Reply::new(200, "application/json", huge.clone()));
    no_client(world, || Reply::new(200, "text/html", document(&[]).to_string()));
    no_client(world, || Reply::new(200, "application/json", "<html>"));
    no_client(world, || Reply::new(404, "application/json", document(&[]).to_string()));
    for changes in [
        ("redirect_uris", json!(["javascript:alert(1)"])),
        ("redirect_uris", json!([])),
        ("client_secret", json!("published")),
        ("jwks", json!({ "keys": [{ "kty": "oct", "k": "c2VjcmV0" }] })),
        ("token_endpoint_auth_method", json!("client_secret_post")),
    ] {
        no_client(world, move || {
            Reply::new(200, "application/json", document(std::slice::from_ref(&changes)).to_string())
        });
    }
}
