//! The attacker has a token for the address of all services and wants it to count at a single one, or the other way
//! round. RFC 8707 §2: resources are compared exactly, not by where one begins like another.

use serde_json::json;

use super::worthless;
use crate::client::{Agent, Browser};
use crate::stage::Person;
use crate::world::World;

pub(super) fn a_token_of_the_shared_address_is_tried_at_a_service(world: &mut World) {
    let mut browser = Browser::of(&Person::internal());
    let desk = Agent::at(world, &mut browser, "desk");
    let all = Agent::at(world, &mut browser, "");
    worthless(world, &desk, &all.token);
    let thief = Agent { service: String::new(), ..desk.clone() };
    let answer = thief.send(world, "tools/call", json!({ "name": "desk__get_issue", "arguments": {} }));
    assert_eq!(answer.status(), 401, "{}", answer.text());
    assert_eq!(world.stage.desk.calls().len(), 1, "the honest one only");
    assert!(!all.tools(world).is_empty());
}
