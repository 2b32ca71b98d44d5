//! The attacker's client was allowed one service, and wants that yes to count for another.
//! RFC 8707: each resource is a question of its own.

use super::{is_asked, permitted};
use crate::client::Ask;
use crate::world::World;

pub(super) fn a_yes_to_one_service_is_used_for_another(world: &mut World) {
    let ask = Ask::vouched(world, "desk");
    let mut browser = permitted(world, &ask);
    assert_eq!(browser.get(world, &ask.path()).status(), 303, "remembered for this one");
    for service in ["mail", ""] {
        let resource = Ask::vouched(world, service).resource;
        is_asked(world, &mut browser, &Ask { resource, ..ask.clone() });
    }
    world.expect_recorded("consent_used", "ok", None);
}
