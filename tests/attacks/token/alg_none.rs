//! The attacker wants a token that nobody signed to count: its header says that it needs no signature.
//! RFC 8725 §3.1, §3.2: algorithms are a closed list, and `none` is not in it.

use serde_json::json;

use super::worthless;
use crate::attacks::jwt::{joined, part};
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_wants_an_unsigned_token_to_count(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let claims = part(&agent.token, 1).to_string();
    for alg in ["none", "NONE", "nOnE", "None", "none ", ""] {
        let mut header = part(&agent.token, 0);
        header["alg"] = json!(alg);
        worthless(world, &agent, &joined(&header, &claims, &[]));
        header.as_object_mut().unwrap().shift_remove("kid");
        worthless(world, &agent, &joined(&header, &claims, &[]));
    }
}
