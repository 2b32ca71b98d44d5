//! The attacker wants the gateway to fetch their keys: the header says where (`jku`).
//! RFC 8725 §3.10: links to keys are not followed. That would be a request into the network besides.

use serde_json::json;

use super::{own, worthless};
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_says_in_the_token_where_its_key_is(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let inside = world.stage.idp.origin();
    let before = world.stage.idp.seen().len();
    for url in
        ["https://evil.example.org/keys", &format!("{inside}/keys"), &format!("{inside}@evil.example.org/")]
    {
        worthless(world, &agent, &own(&agent.token, &[("jku", json!(url))]));
        worthless(world, &agent, &own(&agent.token, &[("jku", json!(url)), ("kid", json!("own"))]));
    }
    assert_eq!(world.stage.idp.seen().len(), before, "nothing was fetched");
}
