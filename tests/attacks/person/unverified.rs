//! The attacker wrote somebody else's address into their account at the provider, which nobody has checked.
//! OpenID Connect Core §5.7: only a verified address is one. They want in as that person.

use serde_json::{Value, json};

use super::kept_out;
use crate::setting::{ADMIN, WELCOME_GUEST};
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_with_an_address_that_nobody_checked_wants_in(world: &mut World) {
    for verified in
        [json!(false), Value::Null, json!("true"), json!(1), json!("yes"), json!([true]), json!({})]
    {
        for email in ["mia.muster@example.com", ADMIN, WELCOME_GUEST] {
            let person = Person { verified: verified.clone(), ..Person::with_email(email) };
            kept_out(world, &person, "email_unverified");
        }
    }
}
