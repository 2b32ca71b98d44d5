//! The attacker has an access token, which lives for minutes, and wants to make it live on.
//! RFC 6749 §6: what is exchanged is a refresh token.

use crate::attacks::code::denied;
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_refreshes_with_an_access_token(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let answer = agent.ask.refresh(world, &agent.token);
    denied(world, &answer, "invalid_grant", "refresh_unknown");
    agent.renewed(world);
}
