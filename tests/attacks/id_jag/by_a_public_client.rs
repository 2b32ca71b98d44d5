//! The attacker registers a client, which proves nothing, and wants an assertion to count that names it.
//! RFC 7523 §3.1, ID-JAG: the grant is for clients that prove who they are.

use super::TYPE;
use crate::client::{Ask, token};
use crate::stage::Person;
use crate::world::World;

pub(super) fn a_client_that_proves_nothing_presents_an_assertion(world: &mut World) {
    let public = Ask::new(world, "desk").client_id;
    let resource = world.url("/mcp/desk");
    for client in [&*public, "secretive", "https://claude.ai/oauth/mcp-oauth-client-metadata"] {
        let assertion =
            world.stage.idp.asserts(TYPE, &Person::internal(), (world.origin(), client, &resource), &[]);
        let form = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
            ("assertion", &*assertion),
            ("client_id", client),
        ];
        let answer = token(world, &form);
        assert!([400, 401].contains(&answer.status()), "{client}: {}", answer.text());
    }
    assert_eq!(world.recorded("token_issued", "ok", None), 0);
}
