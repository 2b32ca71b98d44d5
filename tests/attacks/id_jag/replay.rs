//! The attacker has caught an assertion on its way and wants another token for it.
//! RFC 7523 §3 (7): it counts once.

use super::{TYPE, asserted, present, worth_nothing};
use crate::stage::Person;
use crate::world::World;

pub(super) fn a_thief_wants_to_use_an_assertion_again(world: &mut World) {
    let assertion = asserted(world, TYPE, &Person::internal(), &[]);
    assert_eq!(present(world, &assertion).status(), 200);
    worth_nothing(world, &assertion);
    world.expect_recorded("token_refused", "refused", Some("assertion_reused"));
}
