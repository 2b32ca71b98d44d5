//! The attacker wants a token inside of another to be unpacked and believed: the outer one is theirs.
//! RFC 7519 §5.2: nobody asked for nested tokens here.

use serde_json::json;

use super::{gateway_key, worthless};
use crate::attacks::jwt::{es256, own_key, part};
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_wraps_a_token_in_a_token(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let mut header = part(&agent.token, 0);
    header["cty"] = json!("JWT");
    worthless(world, &agent, &es256(&own_key().0, &header, &agent.token));
    worthless(world, &agent, &es256(&gateway_key(world), &header, &agent.token));
    let quoted = json!(agent.token).to_string();
    worthless(world, &agent, &es256(&gateway_key(world), &header, &quoted));
}
