//! The attacker's client was allowed to read, and wants that yes to count for writing.
//! RFC 6749 §3.3: a wider scope is another question.

use super::{is_asked, permitted};
use crate::client::Ask;
use crate::world::World;

pub(super) fn a_yes_to_reading_is_used_for_writing(world: &mut World) {
    let reads = Ask { scope: "mcp:read", ..Ask::vouched(world, "desk") };
    let mut browser = permitted(world, &reads);
    assert_eq!(browser.get(world, &reads.path()).status(), 303);
    for scope in ["mcp", "mcp:read mcp", "mcp mcp:read"] {
        is_asked(world, &mut browser, &Ask { scope, ..reads.clone() });
    }
    let unsaid = browser.get(world, &reads.path_with(&[("scope", "")]));
    assert_eq!(unsaid.status(), 200, "what is not said is everything, and asked about");
    world.expect_recorded("consent_used", "ok", None);
}
