//! The attacker sends a small body that unpacks to a huge one, or one that the gateway reads and its checks do not.
//! RFC 9110 §8.4. They want memory, or a call that was not looked at: compressed bodies are refused.

use super::{call, turned_away};
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_sends_a_compressed_call(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    for coding in ["gzip", "br", "deflate", "zstd", "identity, gzip", "x-gzip"] {
        let mut request = call(world, &agent);
        request.headers_mut().insert("content-encoding", coding.parse().unwrap());
        turned_away(world, &agent, request, 415);
    }
    for content_type in ["text/plain", "application/json+x", "text/html; application/json"] {
        let mut request = call(world, &agent);
        request.headers_mut().insert("content-type", content_type.parse().unwrap());
        turned_away(world, &agent, request, 415);
    }
    let mut request = call(world, &agent);
    request.headers_mut().append("content-type", "text/plain".parse().unwrap());
    turned_away(world, &agent, request, 415);
}
