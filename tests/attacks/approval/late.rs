//! The attacker keeps a yes for later, when the person thinks no more of it.
//! They want the call then. A yes is over after ten minutes.

use std::time::Duration;

use serde_json::json;

use super::{at_browser, decide, held};
use crate::world::World;

pub(super) fn a_yes_is_kept_for_later(world: &mut World) {
    let (mut browser, agent) = at_browser(world);
    let path = held(world, &agent, "delete_issue", json!({ "id": 1 }));
    decide(world, &mut browser, &path, "approve");
    world.pass_time(Duration::from_secs(601));
    let agent = agent.renewed(world);
    held(world, &agent, "delete_issue", json!({ "id": 1 }));
    assert_eq!(browser.get(world, &path).status(), 404);
    assert!(world.stage.desk.calls().is_empty(), "nothing was forwarded");
}
