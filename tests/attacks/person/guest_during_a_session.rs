//! The attacker is a guest who signed in before the last day, and wants to go on with what they have then: the session,
//! the refresh token, a new client. Every grant is decided anew.

use std::time::Duration;

use serde_json::json;

use crate::client::{Agent, Ask, Browser};
use crate::setting::WELCOME_GUEST;
use crate::stage::Person;
use crate::world::World;

pub(super) fn a_guest_goes_on_with_what_they_had(world: &mut World) {
    let mut browser = Browser::of(&Person::with_email(WELCOME_GUEST));
    let agent = Agent::at(world, &mut browser, "desk");
    world.sql(
        "INSERT INTO config_version (version, toml, created_at) \
         SELECT 2, replace(toml, 'until = 2099', 'until = 2021'), 0 FROM config_version",
    );
    world.pass_time(Duration::from_secs(6));
    let refused = agent.ask.refresh(world, &agent.refresh_token);
    assert_eq!(refused.json()["error"], "invalid_grant", "{}", refused.text());
    world.expect_recorded("token_refused", "refused", Some("guest_expired"));
    let ask = Ask::new(world, "desk");
    let page = browser.get(world, &ask.path());
    assert_eq!(page.status(), 403, "{}", page.text());
    world.pass_time(Duration::from_secs(601));
    assert_eq!(agent.send(world, "tools/list", json!({})).status(), 401);
    assert_eq!(browser.get(world, "/connect/books").status(), 404);
}
