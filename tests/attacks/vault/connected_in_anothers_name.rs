//! The attacker says yes at the service and wants the victim to come back with that: then the victim's data goes into
//! the attacker's account. RFC 9700 §4.7.1: the way back is bound to the person and the session that began.

use super::{at_the_books, leave, unconnected};
use crate::world::World;

pub(super) fn somebody_connects_their_account_in_a_victims_name(world: &mut World) {
    let (mut attacker, _) = at_the_books(world);
    let (mut victim, agent) = at_the_books(world);
    let url = leave(world, &mut attacker);
    let back = world.stage.books.allow(&url);
    let answer = victim.get(world, &back);
    assert_eq!(answer.status(), 400, "{}", answer.text());
    world.expect_recorded("service_connected", "refused", Some("state_unknown"));
    // Nor while the victim is on the way themselves.
    leave(world, &mut victim);
    assert_eq!(victim.get(world, &back).status(), 400);
    unconnected(world, &agent);
    assert!(world.stage.books.tokens().is_empty(), "the code was not sent anywhere");
}
