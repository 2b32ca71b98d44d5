//! The attacker wants one reader to check one token and another to use the other: two headers, or two tokens in one.
//! RFC 9110 §5.3: `Authorization` is there once.

use serde_json::json;

use super::{refused, worthless};
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_brings_two_tokens_at_once(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let other = Agent::of(world, &Person::of("limited.example.com"), "desk");
    for pair in [[&agent, &other], [&other, &agent], [&agent, &agent]] {
        let mut request = agent.request(world, "tools/list", json!({}));
        request.headers_mut().remove("authorization");
        for agent in pair {
            request.headers_mut().append("authorization", format!("Bearer {}", agent.token).parse().unwrap());
        }
        refused(world, &agent, request);
    }
    worthless(world, &agent, &format!("{}, Bearer {}", agent.token, other.token));
    worthless(world, &agent, &format!("{} {}", agent.token, other.token));
}
