//! The attacker has a token of a client with a secret, and wants to end it without the secret.
//! RFC 7009 §2.1: a confidential client proves itself first.

use super::{confidential, refreshed};
use crate::client::revoke;
use crate::world::World;

pub(super) fn a_thief_revokes_without_the_clients_secret(world: &mut World) {
    let (agent, secret) = confidential(world);
    let form = [("token", &*agent.refresh_token), ("client_id", &*agent.ask.client_id)];
    for secret in [None, Some("wrong"), Some("")] {
        let mut form = form.to_vec();
        form.extend(secret.map(|secret| ("client_secret", secret)));
        assert_eq!(revoke(world, &form).status(), 401);
    }
    assert_eq!(world.recorded("token_revoked", "ok", None), 0);
    assert_eq!(refreshed(world, &agent, &[("client_secret", &secret)]).status(), 200, "it goes on");
}
