//! The attacker owns a domain that looks like one that may enter: other letters, digits, scripts.
//! UTS 46: spellings of one domain are equal, look-alikes are not. They want in.

use super::kept_out;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_of_a_domain_that_looks_alike_wants_in(world: &mut World) {
    for domain in [
        "ex\u{430}mple.com",
        "examp1e.com",
        "exarnple.com",
        "xn--exmple-4nf.com",
        "example.\u{441}om",
        "\u{435}xample.com",
    ] {
        kept_out(world, &Person::of(domain), "domain_not_allowed");
    }
}
