//! The attacker has a refresh token of a client with a secret, and not the secret.
//! RFC 6749 §6: a confidential client proves itself each time. They want its tokens.

use serde_json::json;

use super::{confidential, refreshed};
use crate::stage::CLIENT_SECRET;
use crate::world::World;

pub(super) fn a_thief_refreshes_without_the_clients_secret(world: &mut World) {
    let (agent, secret) = confidential(world);
    for more in [
        &[][..],
        &[("client_secret", "")],
        &[("client_secret", "wrong")],
        &[("client_secret", CLIENT_SECRET)],
    ] {
        let answer = refreshed(world, &agent, more);
        assert_eq!((answer.status(), &answer.json()["error"]), (401, &json!("invalid_client")), "{more:?}");
    }
    assert_eq!(world.recorded("token_refreshed", "ok", None), 0);
    assert_eq!(refreshed(world, &agent, &[("client_secret", &secret)]).status(), 200);
}
