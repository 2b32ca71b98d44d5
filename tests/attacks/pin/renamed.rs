//! The attacker takes a pinned tool off the list and brings it back under another name, with what it could not say under
//! the first. They want it to pass as a new tool, where those are let in.

use std::time::Duration;

use serde_json::json;

use super::{HONEST, agent, is_held, is_trusted, switch_on, weather};
use crate::world::World;

pub(super) fn a_trusted_tool_comes_back_under_another_name(world: &mut World) {
    let agent = agent(world);
    let before = weather(HONEST);
    let mut after = weather("Tells the weather of all cities, and more.");
    after[0]["name"] = json!("get_weather_now");
    for tools in [&before, &after] {
        world.stage.desk.offers(tools);
        is_trusted(world, &agent, tools);
    }
    world.stage.desk.offers(&before);
    switch_on(world);
    is_trusted(world, &agent, &before);
    world.pass_time(Duration::from_secs(601));
    let agent = agent.renewed(world);
    world.stage.desk.offers(&after);
    is_held(world, &agent, "get_weather_now");
    assert_eq!(world.rows("SELECT why FROM pin WHERE state = 'waiting'"), [["renamed"]]);
    world.expect_recorded("tool_held", "refused", Some("tool_quarantined"));
    let mut new = weather("Says a poem.");
    new[0]["name"] = json!("read_poem");
    new[0]["inputSchema"] = json!({ "type": "object" });
    world.stage.desk.offers(&new);
    is_trusted(world, &agent, &new);
}
