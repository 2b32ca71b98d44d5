//! The attacker has somebody's ID token, or another token of the provider, and wants it to be an assertion.
//! RFC 8725 §3.11: the type tells them apart.

use super::{asserted, worth_nothing};
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_wants_an_id_token_to_be_an_assertion(world: &mut World) {
    for typ in ["JWT", "at+jwt", "client-authentication+jwt", "logout+jwt", ""] {
        let token = asserted(world, typ, &Person::internal(), &[]);
        worth_nothing(world, &token);
    }
    assert_eq!(world.recorded("token_refused", "refused", Some("assertion_invalid")), 5);
}
