//! The attacker has the cookie that everybody gets who begins to sign in, or another secret, and wants it to be a session.
//! Each kind of secret is looked up among its own.

use super::{SESSION, signed_out};
use crate::client::{Agent, Browser};
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_uses_another_secret_as_a_session(world: &mut World) {
    let mut browser = Browser::of(&Person::internal());
    let agent = Agent::at(world, &mut browser, "desk");
    let code = agent.ask.code(world, &mut browser);
    let login = browser.cookies["__Host-mcpgate_login"].clone();
    for secret in [login, agent.refresh_token.clone(), code, agent.ask.client_id.clone(), agent.token.clone()]
    {
        let mut thief = Browser::of(&browser.person);
        thief.cookies.insert(SESSION.to_owned(), secret);
        signed_out(world, &mut thief);
    }
}
