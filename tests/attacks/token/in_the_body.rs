//! The attacker wants a page's form to call with a token that stands in the body, where no header is needed.
//! RFC 6750 §2.2, MCP: the token is in the header of every request.

use serde_json::json;

use super::refused;
use crate::client::{Agent, encoded};
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_puts_a_token_into_the_body(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let params = json!({ "name": "get_issue", "arguments": {}, "access_token": agent.token,
        "_meta": { "authorization": format!("Bearer {}", agent.token) } });
    let mut request = agent.request(world, "tools/call", params);
    request.headers_mut().remove("authorization");
    refused(world, &agent, request);
    let mut request = agent.posting(world, encoded(&[("access_token", &agent.token)]));
    request.headers_mut().remove("authorization");
    request.headers_mut().insert("content-type", "application/x-www-form-urlencoded".parse().unwrap());
    refused(world, &agent, request);
}
