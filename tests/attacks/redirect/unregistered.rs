//! The attacker sends a person a link that asks for an honest client, and wants the code at their own address.
//! RFC 9700 §2.1: only what the client registered, compared exactly; what is wrong is said on a page (§4.11).

use super::shown;
use crate::client::{Agent, Ask, Browser};
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_wants_a_clients_answer_at_their_own_address(world: &mut World) {
    let ask = Ask::new(world, "desk");
    for redirect in [
        "https://evil.example.org/cb",
        "http://evil.example.org/callback",
        "//evil.example.org/callback",
        "evil",
    ] {
        shown(world, &ask, redirect);
    }
    assert_eq!(world.recorded("consent", "refused", Some("redirect_mismatch")), 8);
    Agent::asking(world, &mut Browser::of(&Person::internal()), ask, "desk");
}
