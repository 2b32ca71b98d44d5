//! The attacker's client was allowed by one person, and wants that yes to count for another.

use super::{is_asked, permitted};
use crate::client::{Ask, Browser};
use crate::stage::Person;
use crate::world::World;

pub(super) fn one_persons_yes_is_used_for_another(world: &mut World) {
    let ask = Ask::vouched(world, "desk");
    permitted(world, &ask);
    let mut other = Browser::of(&Person::internal());
    other.sign_in(world, "/login");
    is_asked(world, &mut other, &ask);
    assert_eq!(world.recorded("consent_used", "ok", None), 0);
}
