//! The attacker's client has an assertion for one service, and wants a token for another with it, or for none in particular.
//! draft-ietf-oauth-identity-assertion-authz-grant: the token is for the `resource` in it.

use serde_json::{Value, json};

use super::{TYPE, asserted};
use crate::client::token;
use crate::stage::{CLIENT_SECRET, Person};
use crate::world::World;

pub(super) fn a_client_wants_more_than_the_provider_asserted(world: &mut World) {
    let mail = world.url("/mcp/mail");
    for (resource, asked) in
        [(None, Some(&*mail)), (Some(json!("https://evil.example.org/mcp")), None), (Some(Value::Null), None)]
    {
        let changes: Vec<_> = resource.into_iter().map(|resource| ("resource", resource)).collect();
        let assertion = asserted(world, TYPE, &Person::internal(), &changes);
        let mut form = vec![
            ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
            ("assertion", &*assertion),
            ("client_id", "secretive"),
            ("client_secret", CLIENT_SECRET),
        ];
        form.extend(asked.map(|asked| ("resource", asked)));
        assert_eq!(token(world, &form).status(), 400);
    }
    let assertion = asserted(world, TYPE, &Person::internal(), &[("scope", json!("mcp:read"))]);
    let form = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
        ("assertion", &*assertion),
        ("client_id", "secretive"),
        ("client_secret", CLIENT_SECRET),
        ("scope", "mcp"),
    ];
    assert_eq!(token(world, &form).json()["error"], "invalid_scope");
    assert_eq!(world.recorded("token_issued", "ok", None), 0);
}
