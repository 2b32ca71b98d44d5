//! The attacker's service says of a tool that writes that it only reads. They want clients that may only read, and clients
//! that do not ask before reading, to call it. MCP 2026-07-28, "Tool Annotations" (untrusted unless from a trusted server).

use serde_json::json;

use super::{HONEST, call, reader, switch_on, weather};
use crate::client::Browser;
use crate::stage::Person;
use crate::world::World;

pub(super) fn a_tool_that_writes_says_that_it_reads(world: &mut World) {
    let agent = reader(world, &mut Browser::of(&Person::internal()), "desk");
    let (mut writes, reads) = (weather(HONEST), weather(HONEST));
    writes[0]["annotations"] = json!({ "readOnlyHint": false });
    for on in [false, true] {
        if on {
            switch_on(world);
        }
        world.stage.desk.offers(&writes);
        agent.tools(world);
        assert_eq!(call(world, &agent, "get_weather").status(), 403, "it writes");
        world.stage.desk.offers(&reads);
        let shown = agent.tools(world).contains(&"get_weather".to_owned());
        let told = agent.call(world, "get_weather", json!({}));
        assert_eq!((shown, told["isError"] == true), (!on, on), "{told}");
    }
    assert_eq!(world.stage.desk.calls().len(), 1, "the one without pins");
}
