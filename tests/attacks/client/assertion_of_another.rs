//! The attacker is a client with a key themselves, signs that they are another, and wants to be taken for it.
//! RFC 7523 §3 (1, 2): issuer and subject are the client whose key it is.

use serde_json::json;

use super::{ask, claims, redeem};
use crate::stage::{CLIENT_SECRET, client_assertion};
use crate::world::World;

pub(super) fn a_client_signs_that_it_is_another(world: &mut World) {
    let (ask, code) = ask(world, "secretive");
    for changes in [
        &[("iss", json!("secretive")), ("sub", json!("secretive"))][..],
        &[("sub", json!("secretive"))],
        &[("iss", json!("secretive"))],
        &[],
    ] {
        let assertion = client_assertion(claims(world, changes));
        let answer = redeem(world, &ask, &code, &assertion);
        assert!([400, 401].contains(&answer.status()), "{changes:?}: {}", answer.text());
    }
    assert_eq!(world.recorded("token_issued", "ok", None), 0);
    assert_eq!(ask.redeem(world, &code, &[("client_secret", CLIENT_SECRET)]).status(), 200);
}
