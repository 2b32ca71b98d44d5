//! The attacker wants the gateway to fetch a certificate of theirs, or to believe one that the token carries.
//! RFC 8725 §3.10: neither `x5u` nor `x5c` is looked at.

use serde_json::json;

use super::{own, worthless};
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_brings_a_certificate_of_their_own(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let inside = format!("{}/certificate", world.stage.idp.origin());
    let before = world.stage.idp.seen().len();
    worthless(world, &agent, &own(&agent.token, &[("x5u", json!(inside))]));
    worthless(world, &agent, &own(&agent.token, &[("x5c", json!(["MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A"]))]));
    worthless(world, &agent, &own(&agent.token, &[("x5t#S256", json!("own")), ("kid", json!("own"))]));
    assert_eq!(world.stage.idp.seen().len(), before, "nothing was fetched");
}
