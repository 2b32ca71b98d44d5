//! The attacker has a client with a secret of their own, and wants it to do for another client.
//! RFC 6749 §2.3: the secret is the client's that is named.

use serde_json::json;

use super::{ask, denied};
use crate::client::{REDIRECT, register};
use crate::stage::CLIENT_SECRET;
use crate::world::World;

pub(super) fn a_client_proves_itself_by_another_clients_secret(world: &mut World) {
    let wish = json!({ "redirect_uris": [REDIRECT], "token_endpoint_auth_method": "client_secret_post" });
    let own = register(world, &wish).json()["client_secret"].as_str().unwrap().to_owned();
    let (ask, code) = ask(world, "secretive");
    denied(&ask.redeem(world, &code, &[("client_secret", &own)]));
    assert_eq!(world.recorded("token_issued", "ok", None), 0);
    assert_eq!(ask.redeem(world, &code, &[("client_secret", CLIENT_SECRET)]).status(), 200);
}
