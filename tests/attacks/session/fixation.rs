//! The attacker plants a session id in the victim's browser, lets the victim sign in, and wants to be in with it too.
//! OWASP ASVS 3.2.1: signing in makes a new id.

use super::{SESSION, signed_out};
use crate::client::Browser;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_plants_a_session_before_a_sign_in(world: &mut World) {
    let mut attacker = Browser::of(&Person::internal());
    attacker.sign_in(world, "/login");
    let own = attacker.cookies[SESSION].clone();
    for planted in [own, "A".repeat(43), "planted".to_owned()] {
        let mut victim = Browser::of(&Person::internal());
        victim.cookies.insert(SESSION.to_owned(), planted.clone());
        assert_eq!(victim.sign_in(world, "/login").status(), 303);
        assert_ne!(victim.cookies[SESSION], planted, "another id");
        let mut attacker = Browser::of(&attacker.person);
        attacker.cookies.insert(SESSION.to_owned(), planted);
        signed_out(world, &mut attacker);
        assert!(victim.get(world, "/").text().contains(&victim.person.email));
    }
}
