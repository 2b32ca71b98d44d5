//! The attacker has read the configuration, where guests stand as hashes, and wants to enter by such a hash.
//! What is compared is made from the address that the provider vouches for.

use super::kept_out;
use crate::setting::WELCOME_GUEST;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_signs_in_as_the_hash_of_a_guest(world: &mut World) {
    let toml = world.rows("SELECT toml FROM config_version").pop().unwrap().pop().unwrap();
    let hashes: Vec<&str> = toml.split('\u{22}').filter(|part| part.starts_with("hmac:")).collect();
    assert_eq!(hashes.len(), 2);
    assert!(!toml.contains(WELCOME_GUEST));
    for hash in hashes {
        kept_out(world, &Person::with_email(&format!("{hash}@partner.example.org")), "email_missing");
        kept_out(world, &Person::with_email(hash), "email_missing");
        let hash = hash.strip_prefix("hmac:").unwrap();
        kept_out(world, &Person::with_email(&format!("{hash}@partner.example.org")), "domain_not_allowed");
    }
}
