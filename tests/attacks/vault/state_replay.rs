//! The attacker has the address that somebody came back to, and wants to use it again, or late.
//! RFC 9700 §4.7: `state` counts once, for ten minutes.

use std::time::Duration;

use serde_json::json;

use super::{at_the_books, leave};
use crate::world::World;

pub(super) fn somebody_comes_back_from_a_service_twice(world: &mut World) {
    let (mut browser, agent) = at_the_books(world);
    let url = leave(world, &mut browser);
    let back = world.stage.books.allow(&url);
    assert_eq!(browser.get(world, &back).status(), 200);
    assert_eq!(browser.get(world, &back).status(), 400);
    assert_eq!(agent.read(world, "get_issue", json!({})), "done", "the first counts");
    let url = leave(world, &mut browser);
    let back = world.stage.books.allow(&url);
    world.pass_time(Duration::from_secs(601));
    assert_eq!(browser.get(world, &back).status(), 400, "too late");
    world.expect_recorded("service_connected", "ok", None);
}
