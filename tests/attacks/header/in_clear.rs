//! The attacker is on the network and wants requests without TLS to be answered, by saying that there was TLS.
//! RFC 9700 §2.6: refused, whatever a header says. (On Spin, that header is the host's: nobody else may reach it.)

use super::{call, turned_away};
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_says_that_there_was_tls(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    for (name, value) in [
        ("x-forwarded-ssl", "on"),
        ("front-end-https", "on"),
        ("x-forwarded-scheme", "https"),
        ("forwarded", "proto=https"),
    ] {
        let mut request = call(world, &agent);
        *request.uri_mut() = "http://gate.example.com/mcp/desk".parse().unwrap();
        request.headers_mut().insert(name, value.parse().unwrap());
        turned_away(world, &agent, request, 403);
    }
    assert_eq!(world.recorded("request_refused", "refused", Some("transport_insecure")), 4);
}
