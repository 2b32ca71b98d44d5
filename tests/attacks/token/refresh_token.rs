//! The attacker has a refresh token, a code or a cookie and wants to call with it as it is.
//! RFC 6749 §1.5: only access tokens open a resource.

use super::worthless;
use crate::client::{Agent, Browser};
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_brings_a_secret_that_is_no_access_token(world: &mut World) {
    let mut browser = Browser::of(&Person::internal());
    let agent = Agent::at(world, &mut browser, "desk");
    worthless(world, &agent, &agent.refresh_token);
    let code = agent.ask.code(world, &mut browser);
    worthless(world, &agent, &code);
    for cookie in browser.cookies.values() {
        worthless(world, &agent, cookie);
    }
    worthless(world, &agent, &agent.ask.client_id);
    agent.renewed(world);
}
