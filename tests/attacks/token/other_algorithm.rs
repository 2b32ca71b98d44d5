//! The attacker wants a signature to be checked by an algorithm that the key is not for, or by a weaker one.
//! RFC 8725 §3.1: one key, one algorithm.

use serde_json::json;

use super::{gateway_key, worthless};
use crate::attacks::jwt::{es256, part};
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_wants_another_algorithm_for_the_same_key(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let claims = part(&agent.token, 1).to_string();
    for alg in ["ES384", "ES256K", "ES512", "RS256", "PS256", "EdDSA", "es256", "HS384", "HS512", "dir"] {
        let mut header = part(&agent.token, 0);
        header["alg"] = json!(alg);
        worthless(world, &agent, &es256(&gateway_key(world), &header, &claims));
    }
}
