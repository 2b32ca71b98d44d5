//! The attacker finds a browser that somebody left at the provider's page, and wants to go on there, hours later.
//! A sign-in takes ten minutes at most.

use std::time::Duration;

use super::{leave, signed_out};
use crate::client::Browser;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_goes_on_with_a_sign_in_that_was_left(world: &mut World) {
    let mut browser = Browser::of(&Person::internal());
    let back = leave(world, &mut browser);
    world.pass_time(Duration::from_secs(601));
    let page = browser.get(world, &back);
    assert_eq!(page.status(), 400);
    assert!(page.text().contains("longer than ten minutes"), "{}", page.text());
    world.expect_recorded("sign_in", "refused", Some("state_unknown"));
    signed_out(world, &mut browser);
}
