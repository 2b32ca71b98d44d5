//! The attacker runs a service that answers calls with a redirect, and wants the gateway to repeat the call elsewhere, with
//! its credential. RFC 9110 §15.4: it is not followed.

use mcpgate::host::memory::Reply;
use serde_json::json;

use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn a_service_redirects_a_call_to_another(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    for status in [301, 302, 303, 307, 308] {
        let place = format!("{}/mcp", world.stage.mail.origin());
        world
            .stage
            .desk
            .replies(move |_| Reply::new(status, "application/json", "{}").header("location", &place));
        let told = agent.refused(world, "get_issue", json!({}));
        assert!(!told.contains("mail.example.com"), "{told}");
    }
    assert!(world.stage.mail.seen().is_empty(), "nobody else was asked");
    assert_eq!(world.stage.desk.calls().len(), 5);
}
