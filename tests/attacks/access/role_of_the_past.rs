//! The attacker's role was narrowed, and they want to go on with what their client was given before.
//! Access tokens are short-lived, and every refresh decides anew.

use std::time::Duration;

use serde_json::json;

use crate::client::{Agent, Ask, Browser};
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_goes_on_with_the_role_they_had(world: &mut World) {
    let mut browser = Browser::of(&Person::internal());
    let ask = Ask::vouched(world, "desk");
    let agent = Agent::asking(world, &mut browser, ask, "desk");
    world.sql(
        "INSERT INTO config_version (version, toml, created_at) \
         SELECT 2, replace(toml, 'role = \"internal\"', 'role = \"limited\"'), 0 FROM config_version",
    );
    world.pass_time(Duration::from_secs(6));
    let agent = agent.renewed(world);
    assert_eq!(agent.tools(world), ["get_issue", "search_issues"]);
    agent.refused(world, "add_comment", json!({}));
    let page = browser.get(world, &agent.ask.path());
    assert_eq!(page.status(), 200, "what another role allowed is asked about anew");
    let mail = Ask::new(world, "mail").path();
    assert_eq!(browser.get(world, &mail).status(), 403);
    assert!(world.stage.desk.calls().is_empty(), "nothing was forwarded");
}
