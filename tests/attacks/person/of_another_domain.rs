//! The attacker has an account at the same provider, in a domain that nobody has let in.
//! Default deny: they want to be let in all the same.

use super::kept_out;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_of_another_domain_wants_in(world: &mut World) {
    for domain in ["evil.example.org", "example.org", "gmail.com", "localhost.localdomain"] {
        kept_out(world, &Person::of(domain), "domain_not_allowed");
    }
}
