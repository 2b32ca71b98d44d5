//! The attacker can read the database, where sessions are, and wants to be somebody who is signed in.
//! OWASP ASVS 3.2.3 and this gateway: only digests of ids are kept.

use super::{SESSION, signed_out};
use crate::client::Browser;
use crate::stage::Person;
use crate::world::World;

pub(super) fn a_reader_of_the_database_takes_a_session_from_it(world: &mut World) {
    let mut victim = Browser::of(&Person::internal());
    victim.sign_in(world, "/login");
    let kept = world.rows("SELECT id_hash, person FROM session");
    assert_eq!(kept.len(), 1);
    assert!(kept.iter().flatten().all(|kept| *kept != victim.cookies[SESSION]));
    for stolen in kept.into_iter().flatten() {
        let mut thief = Browser::of(&victim.person);
        thief.cookies.insert(SESSION.to_owned(), stolen);
        signed_out(world, &mut thief);
    }
}
