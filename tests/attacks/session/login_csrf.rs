//! The attacker signs in at the provider and wants the victim's browser to come back with that: what the victim does is then
//! done in the attacker's account. RFC 9700 §4.7.1: the way back is bound to the browser that left.

use super::{leave, signed_out};
use crate::client::Browser;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_signs_a_victim_in_as_the_attacker(world: &mut World) {
    let mut attacker = Browser::of(&Person::internal());
    let back = leave(world, &mut attacker);
    let mut victim = Browser::of(&Person::internal());
    let page = victim.get(world, &back);
    assert_eq!(page.status(), 400, "{}", page.text());
    assert!(
        page.text().contains("another browser") && page.text().contains("Begin again"),
        "{}",
        page.text()
    );
    world.expect_recorded("sign_in", "refused", Some("state_unknown"));
    signed_out(world, &mut victim);
    // Nor while the victim is on the way themselves.
    leave(world, &mut victim);
    assert_eq!(victim.get(world, &back).status(), 400);
    signed_out(world, &mut victim);
    assert_eq!(world.recorded("sign_in", "ok", None), 0);
}
