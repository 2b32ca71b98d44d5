//! The attacker found a code in a log, a while later, and wants tokens for it.
//! RFC 6749 §4.1.2: codes are short-lived. Here: a minute.

use std::time::Duration;

use super::{asked, denied, nothing_issued};
use crate::world::World;

pub(super) fn somebody_uses_a_code_that_lay_about(world: &mut World) {
    let (ask, code) = asked(world);
    world.pass_time(Duration::from_secs(61));
    let answer = ask.redeem(world, &code, &[]);
    denied(world, &answer, "invalid_grant", "code_unknown");
    nothing_issued(world);
}
