//! The attacker has a victim's code and puts it into their own sign-in at the same client, whose verifier is another.
//! What they want is the victim's account. RFC 9700 §4.5 (code injection): PKCE tells the two apart.

use super::{asked, denied, nothing_issued};
use crate::client::{Ask, Browser};
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_injects_a_victims_code_into_their_own_sign_in(world: &mut World) {
    let (victim, code) = asked(world);
    let own = Ask { verifier: format!("attackers-own-verifier-{:0>30}", World::number()), ..victim.clone() };
    let mut browser = Browser::of(&Person::internal());
    let own_code = own.code(world, &mut browser);
    let answer = own.redeem(world, &code, &[]);
    denied(world, &answer, "invalid_grant", "pkce_mismatch");
    nothing_issued(world);
    assert_eq!(own.redeem(world, &own_code, &[]).status(), 200, "their own does them no harm");
}
