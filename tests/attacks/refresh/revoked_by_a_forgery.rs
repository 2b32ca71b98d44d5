//! The attacker writes a token themselves that names somebody's client, and wants to end that person's access with it.
//! RFC 7009 §2.1: only what this gateway issued is looked into.

use serde_json::json;

use crate::attacks::jwt::{es256, joined, own_key, part};
use crate::client::{Agent, revoke};
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_ends_an_access_by_a_forged_token(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let client = agent.ask.client_id.clone();
    let (own, _) = own_key();
    let said = part(&agent.token, 1).to_string();
    let forged = [
        format!("{}.{}", agent.token.rsplit_once('.').unwrap().0, "A".repeat(86)),
        es256(&own, &part(&agent.token, 0), &said),
        joined(&json!({ "alg": "none", "typ": "at+jwt" }), &said, &[]),
    ];
    for forged in &forged {
        let answer = revoke(world, &[("token", forged), ("client_id", &client)]);
        assert_eq!((answer.status(), answer.text()), (200, ""), "what is no token is revoked already");
    }
    agent.renewed(world);
    assert_eq!(world.recorded("token_revoked", "ok", None), 0);
}
