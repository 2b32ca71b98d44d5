//! The attacker found a refresh token on a machine that was put away months ago.
//! RFC 9700 §4.14.2: it ends when it was not used for a while. They want to begin with it.

use std::time::Duration;

use crate::attacks::code::denied;
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_uses_a_refresh_token_of_last_month(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    world.pass_time(Duration::from_secs(30 * 86_400 + 1));
    let answer = agent.ask.refresh(world, &agent.refresh_token);
    denied(world, &answer, "invalid_grant", "refresh_unknown");
    assert_eq!(world.recorded("token_refreshed", "ok", None), 0);
}
