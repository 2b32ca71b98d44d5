//! The attacker has another person's MCP session id, and wants to go on in that session.
//! MCP "Session Hijacking": session ids are sealed for their person.

use http::Method;
use serde_json::json;

use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_goes_on_in_another_persons_session(world: &mut World) {
    let mut somebody = Agent::of(world, &Person::internal(), "desk").speaking("2025-11-25");
    somebody.initialize(world);
    let mut agent = Agent::of(world, &Person::internal(), "desk").speaking("2025-11-25");
    agent.session = somebody.session.clone();
    let before = world.stage.desk.seen().len();
    for method in ["tools/call", "tools/list", "ping", "logging/setLevel"] {
        let answer =
            agent.send(world, method, json!({ "name": "get_issue", "arguments": {}, "level": "debug" }));
        assert_eq!(
            (answer.status(), &answer.json()["error"]["code"]),
            (404, &json!(-32001)),
            "{}",
            answer.text()
        );
        assert!(answer.text().contains("Initialize a new one"), "{}", answer.text());
    }
    for method in [Method::GET, Method::DELETE] {
        let mut request = agent.posting(world, String::new());
        *request.method_mut() = method;
        assert_eq!(world.send(request).status(), 404);
    }
    assert_eq!(world.stage.desk.seen().len(), before, "nothing was forwarded");
    world.expect_recorded("tool_called", "refused", Some("session_unknown"));
    somebody.read(world, "get_issue", json!({}));
}
