//! The attacker makes up a session id, or has one of the service's own, and wants the gateway to go on in it.
//! MCP "Session Hijacking": only ids that the gateway sealed for this person and service open.

use serde_json::json;

use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_goes_on_in_a_session_that_they_made_up(world: &mut World) {
    let mut own = Agent::of(world, &Person::internal(), "desk").speaking("2025-11-25");
    own.initialize(world);
    let sealed = own.session.clone().unwrap();
    let mut elsewhere = Agent::of(world, &Person::internal(), "mail").speaking("2025-11-25");
    world.stage.desk.reset();
    for session in ["planted-session-4711", "x", &sealed[..sealed.len() - 2], &format!("{sealed}AA")] {
        let agent = Agent { session: Some(session.to_owned()), ..own.clone() };
        let answer = agent.send(world, "tools/call", json!({ "name": "get_issue", "arguments": {} }));
        assert_eq!(answer.status(), 404, "{session}: {}", answer.text());
    }
    elsewhere.session = Some(sealed);
    let answer = elsewhere.send(world, "tools/call", json!({ "name": "get_issue", "arguments": {} }));
    assert_eq!(answer.status(), 404, "nor at another service: {}", answer.text());
    assert!(
        world.stage.desk.calls().is_empty() && world.stage.mail.calls().is_empty(),
        "nothing was forwarded"
    );
    own.read(world, "get_issue", json!({}));
}
