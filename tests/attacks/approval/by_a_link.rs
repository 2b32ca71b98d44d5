//! The attacker writes the whole answer into a link, and wants opening it (or a preview of it) to be the yes.
//! RFC 9110 §9.2.1: GET decides nothing.

use serde_json::json;

use super::{at_browser, held, still_waits};
use crate::client::{encoded, field};
use crate::world::World;

pub(super) fn somebody_approves_a_call_by_a_link(world: &mut World) {
    let (mut browser, agent) = at_browser(world);
    let path = held(world, &agent, "delete_issue", json!({ "id": 1 }));
    let csrf = field(&browser.get(world, &path), "csrf");
    for query in [
        encoded(&[("csrf", &csrf), ("decision", "approve")]),
        "decision=approve".to_owned(),
        "approve".to_owned(),
    ] {
        assert_eq!(browser.get(world, &format!("{path}?{query}")).status(), 200);
    }
    for more in ["/approve", "/yes", "/"] {
        assert_eq!(browser.get(world, &format!("{path}{more}")).status(), 404);
    }
    still_waits(world, &agent);
}
