//! The attacker wants the published key to be taken for a shared secret: the header says HS256, and the signature is
//! made with the key of `/jwks.json`. RFC 8725 §2.1: the key decides the algorithm, not the token.

use serde_json::json;

use super::worthless;
use crate::attacks::jwt::{as_secrets, hs256, part};
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_wants_the_published_key_to_be_a_shared_secret(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let published = world.get("/jwks.json").json()["keys"][0].clone();
    let claims = part(&agent.token, 1).to_string();
    let mut header = part(&agent.token, 0);
    header["alg"] = json!("HS256");
    for secret in as_secrets(&published) {
        worthless(world, &agent, &hs256(&secret, &header, &claims));
    }
}
