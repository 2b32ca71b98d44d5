//! The attacker registers a client and wants the gateway to fetch its keys from inside of the network, or at will from
//! anywhere: with assertions and nothing that was given to the client. RFC 7591 §5.

use serde_json::json;

use super::{INSIDE, fetched};
use crate::attacks::client::claims;
use crate::client::{REDIRECT, register, token};
use crate::stage::client_assertion;
use crate::world::World;

pub(super) fn a_registration_says_that_its_keys_are_inside(world: &mut World) {
    let wish = |uri: &str| json!({ "redirect_uris": [REDIRECT], "token_endpoint_auth_method": "private_key_jwt", "jwks_uri": uri });
    let before = fetched(world);
    for inside in INSIDE {
        let answer = register(world, &wish(inside));
        assert_eq!(answer.status(), 400, "{inside}: {}", answer.text());
        assert_eq!(answer.json()["error"], "invalid_client_metadata");
    }
    assert_eq!(fetched(world), before, "nothing was fetched");
    let registered = register(world, &wish("https://app.example.org/keys")).json();
    let id = registered["client_id"].as_str().unwrap();
    for (grant, name, value) in [
        ("authorization_code", "code", "invented"),
        ("refresh_token", "refresh_token", "invented"),
        ("urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion", "a.b.c"),
    ] {
        let assertion = client_assertion(claims(world, &[("iss", json!(id)), ("sub", json!(id))]));
        let form = [
            ("grant_type", grant),
            (name, value),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", &assertion),
        ];
        let answer = token(world, &form);
        assert!([400, 401].contains(&answer.status()), "{grant}: {}", answer.text());
    }
    assert!(world.stage.elsewhere.seen().is_empty(), "its keys were not fetched");
}
