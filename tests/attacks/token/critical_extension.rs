//! The attacker wants the gateway to pass over what it does not understand, although the token says that it must not:
//! `crit` names an extension, such as that the payload is not encoded (`b64`). RFC 7515 §4.1.11, RFC 7797 §6.

use serde_json::json;

use super::{gateway_key, worthless};
use crate::attacks::jwt::{es256, part};
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_uses_an_extension_that_must_be_understood(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let claims = part(&agent.token, 1).to_string();
    for (crit, name, value) in [
        (json!(["b64"]), "b64", json!(false)),
        (json!(["x-bound-to"]), "x-bound-to", json!("another machine")),
        (json!(["exp"]), "exp", json!(0)),
    ] {
        let mut header = part(&agent.token, 0);
        header["crit"] = crit;
        header[name] = value;
        worthless(world, &agent, &es256(&gateway_key(world), &header, &claims));
    }
}
