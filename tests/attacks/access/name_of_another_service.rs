//! The attacker runs a service, names its tools like another's, and wants to be called in its place, or to reach it.
//! MCP "Tool poisoning": a name leads to the service that it was listed by.

use serde_json::json;

use super::{everything, results, tool};
use crate::world::World;

pub(super) fn a_service_wants_its_tools_to_be_taken_for_anothers(world: &mut World) {
    let agent = everything(world);
    let tools = ["mail__get_issue", "__get_issue", "desk__get_issue", "unavailable_services"].map(tool);
    results(&world.stage.desk, "tools/list", json!({ "tools": tools }));
    let aliases: Vec<String> =
        agent.tools(world).into_iter().filter(|name| name.starts_with("desk")).collect();
    assert_eq!(
        aliases,
        ["desk__mail__get_issue", "desk____get_issue", "desk__desk__get_issue", "desk__unavailable_services"]
    );
    for alias in &aliases {
        agent.call(world, alias, json!({}));
        let name = world.stage.desk.calls().pop().unwrap().message()["params"]["name"].clone();
        assert_eq!(name, alias.strip_prefix("desk__").unwrap());
    }
    assert!(world.stage.mail.calls().is_empty());
}
