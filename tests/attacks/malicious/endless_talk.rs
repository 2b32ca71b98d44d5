//! The attacker runs a service and wants to flood the model or its client with what it says before it answers.
//! All of that together is no more than a result may be.

use serde_json::json;

use super::victim;
use crate::story::guard::chatty;
use crate::world::World;

/// How many bytes reach the client of 60 log messages with 3 KB each and 2000 that say how far the call is.
fn heard(world: &mut World) -> usize {
    let agent = victim(world, &json!([]));
    let log = |n: usize| {
        let params = json!({ "level": "info", "data": format!("{n} {}", "x".repeat(3000)) });
        json!({ "jsonrpc": "2.0", "method": "notifications/message", "params": params })
    };
    let progress = |n: usize| {
        let params = json!({ "progressToken": "t", "progress": n });
        json!({ "jsonrpc": "2.0", "method": "notifications/progress", "params": params })
    };
    chatty(world, (0..60).map(log).chain((0..2000).map(progress)).collect());
    let meta = json!({ "progressToken": "t", "io.modelcontextprotocol/logLevel": "debug" });
    let answer =
        agent.send(world, "tools/call", json!({ "name": "get_issue", "arguments": {}, "_meta": meta }));
    answer.text().len()
}

pub(super) fn works_where_nothing_guards_against_endless_talk(world: &mut World) {
    assert!(heard(world) > 180_000, "the attack works");
}

pub(super) fn a_service_talks_without_end_before_it_answers(world: &mut World) {
    assert!(heard(world) < 20_000);
}
