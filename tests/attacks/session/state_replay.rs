//! The attacker has the address that somebody came back to, from a history or a log, and wants to be in with it.
//! RFC 9700 §4.7: `state` counts once, and in the browser that began.

use super::{leave, signed_out};
use crate::client::Browser;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_comes_back_from_a_sign_in_twice(world: &mut World) {
    let mut browser = Browser::of(&Person::internal());
    let back = leave(world, &mut browser);
    let cookies = browser.cookies.clone();
    assert_eq!(browser.get(world, &back).status(), 303);
    assert_eq!(browser.get(world, &back).status(), 400);
    let mut thief = Browser::of(&Person::internal());
    thief.cookies = cookies;
    assert_eq!(thief.get(world, &back).status(), 400);
    signed_out(world, &mut thief);
    world.expect_recorded("sign_in", "ok", None);
    assert_eq!(world.recorded("sign_in", "refused", Some("state_unknown")), 2);
}
