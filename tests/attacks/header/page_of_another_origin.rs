//! The attacker's page calls the gateway from the person's browser, by DNS rebinding or straight on.
//! MCP "Security Warning": `Origin` is looked at. They want the call to be made and the answer to be read.

use super::{call, turned_away};
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn a_web_page_of_another_origin_calls(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    for origin in [
        "https://evil.example.org",
        "null",
        "https://gate.example.com.evil.example.org",
        "http://inspector.example",
        "https://inspector.example:8443",
        "https://INSPECTOR.example",
        "https://x.inspector.example",
        "http://localhost",
    ] {
        let mut request = call(world, &agent);
        request.headers_mut().insert("origin", origin.parse().unwrap());
        turned_away(world, &agent, request, 403);
    }
    let mut request = call(world, &agent);
    for origin in [world.origin(), "https://evil.example.org"] {
        request.headers_mut().append("origin", origin.parse().unwrap());
    }
    turned_away(world, &agent, request, 403);
    assert_eq!(world.recorded("request_refused", "refused", Some("origin_not_allowed")), 9);
}
