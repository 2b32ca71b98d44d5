//! The attacker has an account at the provider, but may not enter, and wants a client to act for them without a browser.
//! The person is admitted by the same rules as at a sign-in.

use serde_json::json;

use super::{TYPE, asserted, worth_nothing};
use crate::setting::FORMER_GUEST;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_from_elsewhere_is_not_let_in_by_an_assertion(world: &mut World) {
    let unverified = Person { verified: json!("true"), ..Person::internal() };
    let nameless = Person { email: String::new(), ..Person::internal() };
    for (person, reason) in [
        (Person::of("elsewhere.example.org"), "domain_not_allowed"),
        (Person::with_email(FORMER_GUEST), "guest_expired"),
        (unverified, "email_unverified"),
        (nameless, "email_missing"),
        (Person::of("nothing.example.com"), "service_not_allowed"),
    ] {
        let assertion = asserted(world, TYPE, &person, &[]);
        worth_nothing(world, &assertion);
        world.expect_recorded("token_refused", "refused", Some(reason));
    }
}
