//! The attacker has an address that differs from a guest's by what some mail servers leave out, or that looks like it.
//! Guests are known by the hash of the whole address. They want the guest's place.

use super::kept_out;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_with_an_address_like_a_guests_wants_in(world: &mut World) {
    for email in [
        "pat.welcome+x@partner.example.org",
        "patwelcome@partner.example.org",
        "pat.welcome@sub.partner.example.org",
        "p\u{430}t.welcome@partner.example.org",
        "pat.welcome@partner.example.org.evil.example.org",
        "pat-welcome@partner.example.org",
        "pat..welcome@partner.example.org",
        "pat.welcome.@partner.example.org",
    ] {
        kept_out(world, &Person::with_email(email), "domain_not_allowed");
    }
}
