//! The attacker wants the key to be a file whose content they know: `kid` is a path, and the signature is made with
//! what is there. RFC 8725 §3.10: `kid` is looked up among known keys and is nothing else.

use serde_json::json;

use super::{own, worthless};
use crate::attacks::jwt::{hs256, part};
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_names_a_file_as_the_key(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let claims = part(&agent.token, 1).to_string();
    for kid in [
        "../../../../dev/null",
        "/dev/null",
        "file:///dev/null",
        "..\\..\\nul",
        "/proc/sys/kernel/randomize_va_space",
    ] {
        let header = json!({ "alg": "HS256", "typ": "at+jwt", "kid": kid });
        worthless(world, &agent, &hs256(b"", &header, &claims));
        worthless(world, &agent, &hs256(b"2\n", &header, &claims));
        worthless(world, &agent, &own(&agent.token, &[("kid", json!(kid))]));
    }
}
