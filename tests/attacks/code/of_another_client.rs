//! The attacker runs a client of their own and wants tokens for a code that another was given.
//! RFC 6749 §4.1.3: a code is its client's.

use super::{asked, denied, nothing_issued};
use crate::client::Ask;
use crate::world::World;

pub(super) fn a_client_redeems_another_clients_code(world: &mut World) {
    let (ask, code) = asked(world);
    let other = Ask::new(world, "desk");
    let stolen = Ask { client_id: other.client_id, ..ask.clone() };
    let answer = stolen.redeem(world, &code, &[]);
    denied(world, &answer, "invalid_grant", "code_unknown");
    nothing_issued(world);
    assert_eq!(ask.redeem(world, &code, &[]).status(), 200, "its owner still has it");
}
