//! The attacker has seen the question, and with it the challenge, and wants that to be taken for the verifier.
//! RFC 7636 §4.2: with S256 it is not; `plain` is not offered.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::{asked, denied, nothing_issued};
use crate::world::World;

pub(super) fn a_thief_sends_the_challenge_as_the_verifier(world: &mut World) {
    let (ask, code) = asked(world);
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&ask.verifier));
    let others = [("code_verifier", &*challenge), ("code_challenge_method", "plain")];
    let answer = ask.redeem(world, &code, &others);
    denied(world, &answer, "invalid_grant", "pkce_mismatch");
    nothing_issued(world);
}
