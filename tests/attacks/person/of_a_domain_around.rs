//! The attacker owns a domain that begins, ends or goes on like one that may enter.
//! Domains are compared whole. They want in.

use super::kept_out;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_of_a_domain_that_is_spelled_around_wants_in(world: &mut World) {
    for domain in [
        "sub.example.com",
        "example.com.evil.example.org",
        "notexample.com",
        "example.co",
        "xample.com",
        "example.com.example.org",
    ] {
        kept_out(world, &Person::of(domain), "domain_not_allowed");
    }
}
