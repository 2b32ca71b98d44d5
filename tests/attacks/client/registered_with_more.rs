//! The attacker registers a client that says of itself what only the operator may: its id, its secret, that it is trusted,
//! other grants. They want to be a client of the configuration. RFC 7591 §5.

use serde_json::{Value, json};

use crate::client::{REDIRECT, register, token};
use crate::world::World;

pub(super) fn a_client_registers_itself_with_more_than_it_may(world: &mut World) {
    for grants in [
        json!(["client_credentials"]),
        json!(["password"]),
        json!(["urn:ietf:params:oauth:grant-type:jwt-bearer"]),
    ] {
        let answer = register(world, &json!({ "redirect_uris": [REDIRECT], "grant_types": grants }));
        assert_eq!(answer.json()["error"], "invalid_client_metadata", "{grants}");
    }
    let wish = json!({
        "redirect_uris": [REDIRECT], "client_id": "secretive", "client_secret": "chosen", "scope": "mcp admin",
        "token_endpoint_auth_method": "client_secret_post", "trusted": true, "client_secret_expires_at": 1,
        "grant_types": ["authorization_code", "client_credentials"],
    });
    let registered = register(world, &wish);
    let said = registered.json();
    assert_ne!(said["client_id"], "secretive");
    assert_ne!(said["client_secret"], "chosen");
    assert_eq!((&said["scope"], &said["trusted"]), (&json!("mcp"), &Value::Null), "{said}");
    assert!(!said["grant_types"].to_string().contains("client_credentials"), "{said}");
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", said["client_id"].as_str().unwrap()),
        ("client_secret", said["client_secret"].as_str().unwrap()),
    ];
    assert_eq!(token(world, &form).json()["error"], "unsupported_grant_type");
}
