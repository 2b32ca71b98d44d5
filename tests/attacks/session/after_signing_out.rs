//! The attacker has copied a session cookie, and wants to go on when its person has signed out or its time is over.
//! OWASP ASVS 3.3.1: the session ends at the gateway, not only in the browser.

use std::time::Duration;

use super::signed_out;
use crate::client::{Browser, field};
use crate::stage::Person;
use crate::world::World;

pub(super) fn a_thief_goes_on_after_the_person_signed_out(world: &mut World) {
    let mut victim = Browser::of(&Person::internal());
    victim.sign_in(world, "/login");
    let mut thief = Browser::of(&victim.person);
    thief.cookies = victim.cookies.clone();
    let csrf = field(&victim.get(world, "/"), "csrf");
    assert_eq!(victim.post(world, "/logout", &[("csrf", &csrf)]).status(), 200);
    signed_out(world, &mut thief);
    world.expect_recorded("sign_out", "ok", None);
    let mut victim = Browser::of(&victim.person);
    victim.sign_in(world, "/login");
    world.pass_time(Duration::from_secs(31 * 86_400));
    signed_out(world, &mut victim);
}
