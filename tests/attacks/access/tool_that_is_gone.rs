//! The attacker remembers a tool that the service no longer lists, and wants to call it.
//! What is listed now is what can be called; nobody is asked for a yes to what is not there.

use std::time::Duration;

use serde_json::json;

use super::{everything, results, tool};
use crate::world::World;

pub(super) fn somebody_calls_a_tool_that_is_gone(world: &mut World) {
    let agent = everything(world);
    results(&world.stage.desk, "tools/list", json!({ "tools": [tool("files.read"), tool("get_issue")] }));
    let alias = agent.tools(world).into_iter().find(|name| name.starts_with("desk__files_read_")).unwrap();
    results(&world.stage.desk, "tools/list", json!({ "tools": [tool("get_issue")] }));
    world.pass_time(Duration::from_secs(301));
    let told = agent.refused(world, &alias, json!({}));
    assert!(told.contains(&alias) && told.contains("tools/list"), "{told}");
    assert!(world.stage.desk.calls().is_empty());
    // So is one whose name says itself what it is called, and nobody is asked about it.
    results(&world.stage.desk, "tools/list", json!({ "tools": [] }));
    let told = agent.refused(world, "desk__delete_issue", json!({}));
    assert!(told.contains("has no tool delete_issue") && !told.contains("/approve/"), "{told}");
    assert!(world.stage.desk.calls().is_empty());
}
