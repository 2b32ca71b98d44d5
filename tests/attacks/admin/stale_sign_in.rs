//! The attacker has taken an administrator's session, and wants to administer with it.
//! RFC 9470, OpenID Connect Core §3.1.2.1: only shortly after they have proven who they are.

use std::time::Duration;

use super::{ANEW, administrator, csrf, nothing_done, page};
use crate::client::{Agent, Browser};
use crate::setting::ADMIN;
use crate::stage::Person;
use crate::world::World;

pub(super) fn a_thief_of_an_administrators_session_wants_to_administer(world: &mut World) {
    let victim = Agent::of(world, &Person::internal(), "desk");
    let mut old = Browser::of(&Person::with_email(ADMIN));
    old.sign_in(world, "/login");
    assert_eq!(old.get(world, "/admin").header("location"), ANEW, "a session alone is not enough");
    assert_eq!(old.post(world, "/admin/people/remove", &[("csrf", "x"), ("who", ADMIN)]).status(), 403);
    nothing_done(world, &victim);
    let mut admin = administrator(world);
    let form = csrf(&page(world, &mut admin), "/admin/people/remove");
    world.pass_time(Duration::from_secs(15 * 60 + 1));
    assert_eq!(admin.get(world, "/admin").header("location"), ANEW, "for a quarter of an hour");
    let late = admin.post(world, "/admin/people/remove", &[("csrf", &form), ("who", ADMIN)]);
    assert_eq!(late.status(), 403);
    assert_eq!(world.recorded("person_removed", "refused", Some("proof_too_old")), 2);
    assert_eq!(world.recorded("person_removed", "ok", None), 0);
}
