//! The attacker's role has some tools of a service, and they want the others: by name, in another spelling, by another
//! revision or door. OWASP API5: what is left out of the list is refused before it is forwarded.

use serde_json::json;

use crate::client::{Agent, Browser, MODERN};
use crate::stage::{Person, Seen};
use crate::world::World;

pub(super) fn somebody_calls_a_tool_that_their_role_does_not_have(world: &mut World) {
    let mut browser = Browser::of(&Person::of("limited.example.com"));
    let agent = Agent::at(world, &mut browser, "desk");
    let shared = Agent::at(world, &mut browser, "");
    assert_eq!(agent.tools(world), ["get_issue", "search_issues"]);
    for tool in [
        "add_comment",
        "ADD_COMMENT",
        "add_comment ",
        "add_comment\u{0}get_issue",
        "../add_comment",
        "g\u{435}t_issue",
        "*",
        "",
    ] {
        for agent in [&agent, &agent.speaking("2025-11-25"), &agent.speaking("2025-03-26")] {
            let body = json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": { "name": tool, "arguments": {} } });
            let request = match agent.revision == MODERN {
                true => agent.request(
                    world,
                    "tools/call",
                    json!({ "name": tool.trim_matches('\u{0}').replace('\u{0}', "_"), "arguments": {} }),
                ),
                false => agent.posting(world, body.to_string()),
            };
            let answer = world.send(request);
            assert!(!answer.text().contains("\"done\""), "{tool:?}: {}", answer.text());
        }
        if tool.is_ascii() && !tool.contains('\u{0}') {
            let answer =
                shared.send(world, "tools/call", json!({ "name": format!("desk__{tool}"), "arguments": {} }));
            assert!(!answer.text().contains("\"done\""), "{tool:?}: {}", answer.text());
        }
    }
    let get =
        |call: &Seen| call.message()["params"]["name"].as_str().is_some_and(|name| name.starts_with("get_"));
    assert!(world.stage.desk.calls().iter().all(get), "nothing of it was forwarded");
    agent.read(world, "get_issue", json!({}));
}
