//! The attacker wants the database to say the key: `kid` goes on as a query of their own.
//! RFC 8725 §3.10: `kid` is data.

use serde_json::json;

use super::{own, worthless};
use crate::attacks::jwt::{hs256, part};
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_writes_a_query_as_the_key_id(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let claims = part(&agent.token, 1).to_string();
    for kid in [
        "' UNION SELECT 'secret' --",
        "' OR 1=1 --",
        "'; DROP TABLE audit_log; --",
        "\" OR \"\"=\"",
        "%",
        "*",
        "0",
    ] {
        let header = json!({ "alg": "HS256", "typ": "at+jwt", "kid": kid });
        worthless(world, &agent, &hs256(b"secret", &header, &claims));
        worthless(world, &agent, &own(&agent.token, &[("kid", json!(kid))]));
    }
}
