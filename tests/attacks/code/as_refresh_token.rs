//! The attacker wants a code to count as a refresh token, or the other way round: then neither its minute nor its
//! verifier would matter. RFC 6749 §4.1.3, §6.

use super::{asked, denied, nothing_issued};
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_refreshes_with_a_code(world: &mut World) {
    let (ask, code) = asked(world);
    let answer = ask.refresh(world, &code);
    denied(world, &answer, "invalid_grant", "refresh_unknown");
    nothing_issued(world);
    let agent = Agent::of(world, &Person::internal(), "desk");
    let answer = agent.ask.redeem(world, &agent.refresh_token, &[]);
    denied(world, &answer, "invalid_grant", "code_unknown");
    agent.renewed(world);
}
