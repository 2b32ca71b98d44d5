//! The attacker was a guest, and wants to go on after the last day.
//! A guest entry has an end.

use super::kept_out;
use crate::client::Browser;
use crate::setting::FORMER_GUEST;
use crate::stage::Person;
use crate::world::World;

pub(super) fn a_guest_whose_time_is_over_wants_in(world: &mut World) {
    let person = Person::with_email(FORMER_GUEST);
    let page = Browser::of(&person).sign_in(world, "/login");
    assert!(page.text().contains("guest access of this account is over"), "{}", page.text());
    kept_out(world, &person, "guest_expired");
    kept_out(world, &Person::with_email(&FORMER_GUEST.to_uppercase()), "guest_expired");
}
