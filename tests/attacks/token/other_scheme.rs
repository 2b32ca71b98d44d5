//! The attacker wants a token to count under a scheme whose checks the gateway does not make, such as a bound one.
//! RFC 6750 §2.1, RFC 9449 §7.1: a scheme that is not understood is no authentication.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::refused;
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_brings_a_token_under_another_scheme(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let basic = STANDARD.encode(format!("{}:", agent.token));
    for value in [
        format!("DPoP {}", agent.token),
        format!("Basic {basic}"),
        format!("Token {}", agent.token),
        format!("Bearer{}", agent.token),
        format!("Bearer\t{}", agent.token),
        agent.token.clone(),
    ] {
        let mut request = agent.request(world, "tools/list", json!({}));
        request.headers_mut().insert("authorization", value.parse().unwrap());
        refused(world, &agent, request);
    }
}
