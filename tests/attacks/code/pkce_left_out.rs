//! The attacker takes the challenge out of the question and wants a code without one, for which any verifier does.
//! RFC 9700 §4.8.2 (PKCE downgrade): a question without a challenge is refused.

use super::told_no;
use crate::client::Ask;
use crate::world::World;

pub(super) fn somebody_wants_a_code_without_a_challenge(world: &mut World) {
    let ask = Ask::new(world, "desk");
    for challenge in ["", "x", "=", &"A".repeat(42), &"A".repeat(129), &"+".repeat(43)] {
        told_no(world, &ask.path_with(&[("code_challenge", challenge)]), "invalid_request");
    }
    let bare = ask.path_with(&[("code_challenge", ""), ("code_challenge_method", "")]);
    told_no(world, &bare, "invalid_request");
}
