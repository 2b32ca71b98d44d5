//! The attacker has their own yes to a call, and wants it to count for the same call of a victim, or at another service.
//! A yes is its person's, and its service's.

use serde_json::json;

use super::{at_browser, decide, held};
use crate::client::Agent;
use crate::world::World;

pub(super) fn one_persons_yes_is_used_for_anothers_call(world: &mut World) {
    let (mut browser, own) = at_browser(world);
    let (_, agent) = at_browser(world);
    let path = held(world, &own, "delete_issue", json!({ "id": 1 }));
    decide(world, &mut browser, &path, "approve");
    held(world, &agent, "delete_issue", json!({ "id": 1 }));
    let at_mail = Agent::at(world, &mut browser, "mail");
    let told = at_mail.refused(world, "delete_issue", json!({ "id": 1 }));
    assert!(told.contains("own yes"), "{told}");
    assert!(
        world.stage.desk.calls().is_empty() && world.stage.mail.calls().is_empty(),
        "nothing was forwarded"
    );
}
