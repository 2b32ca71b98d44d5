//! The attacker wants two readers of one token to see two things: it names a claim twice.
//! RFC 7519 §4: claim names are unique, and a token in which they are not is none.

use super::{gateway_key, worthless};
use crate::attacks::jwt::{es256, part};
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_says_a_claim_twice(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let (header, claims) = (part(&agent.token, 0), part(&agent.token, 1).to_string());
    let key = gateway_key(world);
    for twice in [
        r#""aud":"https://evil.example.org""#,
        r#""sub":"somebody""#,
        r#""role":"limited""#,
        r#""exp":4102444800"#,
        r#""client_id":"x""#,
    ] {
        for claims in
            [claims.replacen('{', &format!("{{{twice},"), 1), claims.replace('}', &format!(",{twice}}}"))]
        {
            let token = es256(&key, &header, &claims);
            worthless(world, &agent, &token);
        }
    }
}
