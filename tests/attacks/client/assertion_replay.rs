//! The attacker has caught an assertion on its way and wants to use it for a code of their own.
//! RFC 7523 §3 (7): an assertion counts once.

use super::{ask, claims, denied, redeem};
use crate::stage::client_assertion;
use crate::world::World;

pub(super) fn a_thief_of_an_assertion_wants_to_use_it_again(world: &mut World) {
    let (first, first_code) = ask(world, "keyed");
    let assertion = client_assertion(claims(world, &[]));
    assert_eq!(redeem(world, &first, &first_code, &assertion).status(), 200);
    let (second, second_code) = ask(world, "keyed");
    denied(&redeem(world, &second, &second_code, &assertion));
    world.expect_recorded("token_refused", "refused", Some("assertion_reused"));
    world.expect_recorded("token_issued", "ok", None);
}
