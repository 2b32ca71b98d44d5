//! The attacker has seen a code and wants tokens for it too, after its owner.
//! RFC 6749 §4.1.2, RFC 9700 §2.1.1: a code counts once; a second use ends what the first was given.

use super::{asked, denied};
use crate::world::World;

pub(super) fn a_thief_wants_to_use_a_code_again(world: &mut World) {
    let (ask, code) = asked(world);
    let tokens = ask.redeem(world, &code, &[]).json();
    let again = ask.redeem(world, &code, &[]);
    denied(world, &again, "invalid_grant", "code_reused");
    let refreshed = ask.refresh(world, tokens["refresh_token"].as_str().unwrap());
    denied(world, &refreshed, "invalid_grant", "refresh_unknown");
    world.expect_recorded("token_issued", "ok", None);
}
