//! The attacker has stolen a code, and wants tokens without the secret of whoever asked for it.
//! RFC 7636 §4.6: the verifier must fit the challenge; a wrong guess uses the code up.

use super::{asked, denied, nothing_issued};
use crate::world::World;

pub(super) fn a_thief_guesses_the_verifier_of_a_code(world: &mut World) {
    let (ask, code) = asked(world);
    let answer = ask.redeem(world, &code, &[("code_verifier", &"w".repeat(43))]);
    denied(world, &answer, "invalid_grant", "pkce_mismatch");
    let answer = ask.redeem(world, &code, &[]);
    assert_eq!(answer.status(), 400, "who guesses, guesses once");
    nothing_issued(world);
}
