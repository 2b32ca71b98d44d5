//! The attacker found an old token and wants it to count still.
//! RFC 9068 §4: the current time must be before `exp`.

use std::time::Duration;

use serde_json::json;

use super::{call, worthless};
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_uses_a_token_whose_time_is_over(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    assert_eq!(call(world, &agent), 200);
    world.pass_time(Duration::from_secs(601));
    let fresh = agent.renewed(world);
    let answer = agent.send(world, "tools/call", json!({ "name": "get_issue" }));
    assert!(answer.text().contains("expired") && answer.status() == 401, "{}", answer.text());
    world.expect_recorded("request_refused", "refused", Some("token_expired"));
    assert_eq!(world.stage.desk.calls().len(), 1, "the one of before");
    worthless(world, &fresh, &agent.token);
}
