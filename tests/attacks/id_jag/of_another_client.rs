//! The attacker is a client that proves itself, and wants to use what the provider asserted toward another.
//! draft-ietf-oauth-identity-assertion-authz-grant: `client_id` is the one that asks.

use serde_json::{Value, json};

use super::{TYPE, asserted, worth_nothing};
use crate::stage::Person;
use crate::world::World;

pub(super) fn a_client_wants_to_use_another_clients_assertion(world: &mut World) {
    for client in [json!("keyed"), json!(""), Value::Null, json!(["secretive", "keyed"]), json!("SECRETIVE")]
    {
        let assertion = asserted(world, TYPE, &Person::internal(), &[("client_id", client)]);
        worth_nothing(world, &assertion);
    }
    assert_eq!(world.recorded("token_refused", "refused", Some("assertion_invalid")), 5);
}
