//! The attacker has one yes and wants two calls, by repeating the call, the page or the form.
//! A yes works once.

use serde_json::json;

use super::{at_browser, decide, held};
use crate::client::field;
use crate::world::World;

pub(super) fn one_yes_is_used_for_two_calls(world: &mut World) {
    let (mut browser, agent) = at_browser(world);
    let path = held(world, &agent, "delete_issue", json!({ "id": 1 }));
    let csrf = field(&browser.get(world, &path), "csrf");
    decide(world, &mut browser, &path, "approve");
    let form = [("csrf", csrf.as_str()), ("decision", "approve")];
    assert_eq!(browser.post(world, &path, &form).status(), 404);
    agent.read(world, "delete_issue", json!({ "id": 1 }));
    held(world, &agent, "delete_issue", json!({ "id": 1 }));
    assert_eq!(browser.post(world, &path, &form).status(), 404, "the form is over too");
    assert_eq!(browser.get(world, &path).status(), 404, "and its page");
    held(world, &agent, "delete_issue", json!({ "id": 1 }));
    assert_eq!(world.stage.desk.calls().len(), 1);
    world.expect_recorded("confirmation_given", "ok", None);
}
