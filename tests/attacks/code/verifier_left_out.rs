//! The attacker has stolen a code, and wants the check of the verifier to be passed over where there is none.
//! RFC 9700 §2.1.1: with a challenge in the question there must be a verifier.

use super::{asked, nothing_issued};
use crate::client::token;
use crate::world::World;

pub(super) fn a_thief_leaves_the_verifier_out(world: &mut World) {
    let (ask, code) = asked(world);
    let bare = [
        ("grant_type", "authorization_code"),
        ("code", &*code),
        ("client_id", &*ask.client_id),
        ("redirect_uri", &*ask.redirect_uri),
    ];
    assert_eq!(token(world, &bare).json()["error"], "invalid_request");
    let empty = ask.redeem(world, &code, &[("code_verifier", "")]);
    assert_eq!(empty.status(), 400, "{}", empty.text());
    nothing_issued(world);
}
