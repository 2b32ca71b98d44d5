//! The attacker writes two addresses into one, or one that parsers cut differently, and wants the allowed half to count.
//! RFC 5321 §4.1.2: one address is one local part and one domain.

use super::kept_out;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_with_two_addresses_in_one_wants_in(world: &mut World) {
    for email in [
        "mia@evil.example.org@example.com",
        "\"mia@evil.example.org\"@example.com",
        "mia@evil.example.org,x@example.com",
        "mia@evil.example.org;x@example.com",
        "mia@evil.example.org x@example.com",
        "<mia@evil.example.org>x@example.com",
        "mia@evil.example.org\n@example.com",
        "mia@evil.example.org\u{0}@example.com",
        "mia@[127.0.0.1]",
        "mia@example%2ecom",
        "@example.com",
        "example.com",
    ] {
        kept_out(world, &Person::with_email(email), "email_missing");
    }
}
