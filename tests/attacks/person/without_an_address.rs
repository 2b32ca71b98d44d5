//! The attacker has an account without an address, and wants that nothing to check is nothing to refuse.
//! Default deny.

use super::kept_out;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_without_an_address_wants_in(world: &mut World) {
    kept_out(world, &Person { email: String::new(), ..Person::internal() }, "email_missing");
    kept_out(world, &Person { email: " ".to_owned(), ..Person::internal() }, "email_missing");
}
