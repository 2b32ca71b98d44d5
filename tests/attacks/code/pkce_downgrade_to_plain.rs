//! The attacker changes the question on its way, so that the challenge is the verifier itself.
//! What they want is a code that whoever saw the question can use. RFC 9700 §2.1.1: S256 only.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::told_no;
use crate::client::Ask;
use crate::world::World;

pub(super) fn somebody_wants_a_challenge_in_clear(world: &mut World) {
    let ask = Ask::new(world, "desk");
    let digest = URL_SAFE_NO_PAD.encode(Sha256::digest(&ask.verifier));
    for method in ["plain", "none", "s256", "S512", ""] {
        for challenge in [&*ask.verifier, &"v".repeat(43), &digest] {
            let others = [("code_challenge", challenge), ("code_challenge_method", method)];
            told_no(world, &ask.path_with(&others), "invalid_request");
        }
    }
    assert_eq!(world.recorded("consent", "refused", Some("pkce_mismatch")), 15);
}
