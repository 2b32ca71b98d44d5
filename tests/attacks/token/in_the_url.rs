//! The attacker wants tokens in addresses, where logs, histories and `Referer` keep them, to count.
//! RFC 6750 §2.3, OAuth 2.1 §5.1.1: never in the query.

use serde_json::json;

use super::refused;
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_puts_a_token_into_the_url(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    for query in ["access_token", "token", "authorization", "bearer_token"] {
        let mut request = agent.request(world, "tools/list", json!({}));
        request.headers_mut().remove("authorization");
        *request.uri_mut() = world.url(&format!("/mcp/desk?{query}={}", agent.token)).parse().unwrap();
        refused(world, &agent, request);
    }
}
