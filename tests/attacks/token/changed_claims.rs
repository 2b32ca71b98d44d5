//! The attacker has a token of little worth and wants it to say more, by writing that in: another person, role, client,
//! scope or end. RFC 7515 §5.2.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::worthless;
use crate::attacks::jwt::{joined, part};
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_writes_more_into_their_own_token(world: &mut World) {
    let agent = Agent::of(world, &Person::of("limited.example.com"), "desk");
    let victim = part(&Agent::of(world, &Person::internal(), "desk").token, 1);
    let signature = agent.token.rsplit('.').next().unwrap().to_owned();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    for (name, value) in [
        ("sub", victim["sub"].clone()),
        ("role", json!("internal")),
        ("client_id", victim["client_id"].clone()),
        ("scope", json!("mcp admin")),
        ("exp", json!(4_102_444_800_i64)),
        ("generation", json!(1)),
    ] {
        let mut claims = part(&agent.token, 1);
        claims[name] = value;
        worthless(world, &agent, &joined(&part(&agent.token, 0), &claims.to_string(), &signature));
    }
    assert_eq!(agent.tools(world), ["get_issue", "search_issues"]);
}
