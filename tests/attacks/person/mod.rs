//! Who may enter: addresses that look like ones that may, guests whose time is over, and what nobody vouches for.

mod beside_a_guest;
mod guest_after_the_last_day;
mod guest_during_a_session;
mod of_a_domain_around;
mod of_a_lookalike_domain;
mod of_another_domain;
mod same_address_other_account;
mod unverified;
mod with_the_guest_hash;
mod with_two_addresses;
mod without_an_address;

use crate::Scenario;
use crate::attacks::attacks;
use crate::attacks::session::signed_out;
use crate::client::Browser;
use crate::stage::Person;
use crate::world::World;

pub(crate) const ALL: &[Scenario] = attacks! {
    Usual:
        of_another_domain::somebody_of_another_domain_wants_in,
        of_a_domain_around::somebody_of_a_domain_that_is_spelled_around_wants_in,
        of_a_lookalike_domain::somebody_of_a_domain_that_looks_alike_wants_in,
        with_two_addresses::somebody_with_two_addresses_in_one_wants_in,
        unverified::somebody_with_an_address_that_nobody_checked_wants_in,
        without_an_address::somebody_without_an_address_wants_in,
        guest_after_the_last_day::a_guest_whose_time_is_over_wants_in,
        beside_a_guest::somebody_with_an_address_like_a_guests_wants_in,
        with_the_guest_hash::somebody_signs_in_as_the_hash_of_a_guest,
        same_address_other_account::somebody_with_the_same_address_wants_the_others_things;
    Fresh:
        guest_during_a_session::a_guest_goes_on_with_what_they_had;
};

/// Whoever has this address is not let in; the page says why, and it is on record.
#[track_caller]
pub(super) fn kept_out(world: &mut World, person: &Person, reason: &str) {
    let before = world.recorded("sign_in", "refused", Some(reason));
    let mut browser = Browser::of(person);
    let page = browser.sign_in(world, "/login");
    assert_eq!(page.status(), 403, "{}: {}", person.email, page.text());
    assert_eq!(world.recorded("sign_in", "refused", Some(reason)), before + 1, "{}", person.email);
    assert_eq!(world.recorded("sign_in", "ok", None), 0);
    signed_out(world, &mut browser);
}
