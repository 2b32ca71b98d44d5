//! How many calls people may make.

use std::time::Duration;

use serde_json::json;

use super::guard::{decide, held};
use crate::client::{Agent, Browser, text};
use crate::stage::Person;
use crate::world::World;
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Fresh: a_quota_is_each_persons_own, a_quota_can_be_for_everybody_together, a_quota_begins_anew_in_time,
        a_call_that_waits_for_a_yes_is_not_counted, one_quota_that_is_used_leaves_the_others;
};

const DAY: Duration = Duration::from_secs(86_400);

/// The desk with the tools that the configuration has quotas for, and somebody who works there.
fn rationed(world: &mut World) -> (Browser, Agent) {
    let tool = |name: &str| json!({ "name": name, "inputSchema": { "type": "object" } });
    world.stage.desk.offers(&json!([
        tool("get_rationed"),
        tool("get_shared_ration"),
        tool("search_rationed"),
        tool("delete_rationed"),
    ]));
    let mut browser = Browser::of(&Person::internal());
    let agent = Agent::at(world, &mut browser, "desk");
    (browser, agent)
}

fn a_quota_is_each_persons_own(world: &mut World) {
    let (mut browser, agent) = rationed(world);
    for _ in 0..2 {
        agent.read(world, "get_rationed", json!({}));
    }
    let answer = agent.send(world, "tools/call", json!({ "name": "get_rationed", "arguments": {} }));
    let (result, after) = (answer.json()["result"].clone(), answer.header("retry-after").to_owned());
    assert_eq!(result["_meta"]["mcpgate/retryAfter"].to_string(), after, "a program can read it, too");
    assert!((1..=86_400).contains(&after.parse::<u64>().unwrap()), "{after}");
    let told = text(&result);
    assert!(told.contains("You have made the 2 calls of get_rationed") && told.contains(" UTC"), "{told}");
    world.expect_recorded("tool_called", "refused", Some("quota_used"));
    let everything = Agent::at(world, &mut browser, "");
    assert!(everything.refused(world, "desk__get_rationed", json!({})).contains("2 calls"), "also at /mcp");
    assert_eq!(world.stage.desk.calls().len(), 2, "nothing more was forwarded");
    agent.read(world, "search_rationed", json!({}));
    let (_, other) = rationed(world);
    other.read(world, "get_rationed", json!({}));
}

fn a_quota_can_be_for_everybody_together(world: &mut World) {
    let (_, agent) = rationed(world);
    let (_, other) = rationed(world);
    agent.read(world, "get_shared_ration", json!({}));
    other.read(world, "get_shared_ration", json!({}));
    for agent in [&agent, &other] {
        let told = agent.refused(world, "get_shared_ration", json!({}));
        assert!(told.contains("Everybody together has made the 2 calls"), "{told}");
    }
    assert_eq!(world.stage.desk.calls().len(), 2);
}

fn a_quota_begins_anew_in_time(world: &mut World) {
    let (_, agent) = rationed(world);
    for _ in 0..2 {
        agent.read(world, "get_rationed", json!({}));
    }
    agent.refused(world, "get_rationed", json!({}));
    world.pass_time(DAY);
    let agent = agent.renewed(world);
    agent.read(world, "get_rationed", json!({}));
}

fn a_call_that_waits_for_a_yes_is_not_counted(world: &mut World) {
    let (mut browser, agent) = rationed(world);
    for id in 0..2 {
        let path = held(world, &agent, "delete_rationed", json!({ "id": id }));
        held(world, &agent, "delete_rationed", json!({ "id": id }));
        decide(world, &mut browser, &path, "approve");
        agent.read(world, "delete_rationed", json!({ "id": id }));
    }
    // Nobody is asked for a yes to what is not going to be done.
    let told = agent.refused(world, "delete_rationed", json!({ "id": 2 }));
    assert!(told.contains("2 calls") && !told.contains("/approve/"), "{told}");
}

fn one_quota_that_is_used_leaves_the_others(world: &mut World) {
    let (_, agent) = rationed(world);
    for _ in 0..2 {
        agent.read(world, "get_rationed", json!({}));
    }
    // Refused for what they may do of this, these count nowhere: of the five calls a person has, three are left.
    for _ in 0..6 {
        agent.refused(world, "get_rationed", json!({}));
    }
    for id in 0..2 {
        agent.read(world, "search_rationed", json!({ "id": id }));
    }
    agent.read(world, "get_shared_ration", json!({}));
    let told = agent.refused(world, "get_shared_ration", json!({}));
    assert!(told.contains("You have made the 5 calls that are allowed"), "{told}");
}
