//! The attacker wants their own key to count: it is in the header (`jwk`) of the token that it signed.
//! RFC 8725 §3.10: keys come from where the gateway has them, never out of the token.

use serde_json::json;

use super::{own, worthless};
use crate::attacks::jwt::own_key;
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_brings_the_key_along_in_the_token(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let (_, mut jwk) = own_key();
    worthless(world, &agent, &own(&agent.token, &[("jwk", jwk.clone())]));
    jwk["kid"] = json!("own");
    worthless(world, &agent, &own(&agent.token, &[("kid", json!("own")), ("jwk", jwk)]));
}
