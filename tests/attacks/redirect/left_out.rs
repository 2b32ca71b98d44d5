//! The attacker leaves the address out and wants the gateway to choose one, or to pass over the check.
//! OAuth 2.1 §4.1.1: it must be said, and be one that is registered.

use super::shown;
use crate::client::Ask;
use crate::world::World;

pub(super) fn somebody_leaves_the_redirect_out(world: &mut World) {
    let ask = Ask::new(world, "desk");
    shown(world, &ask, "");
}
