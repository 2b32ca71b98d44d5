//! The attacker has something that the gateway's key signed for another purpose, such as an assertion, and wants it to
//! be an access token. RFC 8725 §3.11, RFC 9068 §4: `typ` must be `at+jwt`.

use super::{gateway_key, signed, worthless};
use crate::attacks::jwt::{es256, part};
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn a_token_of_another_kind_is_tried_as_an_access_token(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    for typ in ["JWT", "", "oauth-id-jag+jwt", "client-authentication+jwt", "logout+jwt", "dpop+jwt"] {
        let token = signed(world, &agent.token, typ, &[]);
        worthless(world, &agent, &token);
    }
    let mut header = part(&agent.token, 0);
    header.as_object_mut().unwrap().shift_remove("typ");
    let token = es256(&gateway_key(world), &header, &part(&agent.token, 1).to_string());
    worthless(world, &agent, &token);
}
