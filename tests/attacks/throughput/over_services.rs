//! The attacker wants more than is usual, and takes a part of it from each service. What a person pulls is judged as a
//! whole.

use serde_json::{Value, json};

use super::{alerts, is_held, pull, reader};
use crate::client::Agent;
use crate::world::World;

pub(super) fn somebody_takes_a_little_from_each_service(world: &mut World) {
    let (mut browser, agent) = reader(world);
    pull(world, &agent, 60);
    let items: Vec<Value> = (0..41).map(|_| json!({})).collect();
    let content = json!([{ "type": "text", "text": "as asked" }]);
    let result = json!({ "content": content, "structuredContent": { "items": items }, "isError": false });
    world.stage.mail.results(result.to_string());
    let other = Agent::at(world, &mut browser, "mail");
    other.read(world, "get_issue", json!({}));
    world.settle();
    assert_eq!(alerts(world).len(), 1);
    is_held(world, &agent);
}
