//! The attacker has some secret and wants a client that signs to be believed without its key.
//! RFC 7591 §2: the method is the client's, not the caller's choice.

use super::{ask, claims, denied, redeem};
use crate::stage::{CLIENT_SECRET, client_assertion};
use crate::world::World;

pub(super) fn somebody_wants_a_client_with_a_key_to_need_none(world: &mut World) {
    let (ask, code) = ask(world, "keyed");
    denied(&ask.redeem(world, &code, &[]));
    denied(&ask.redeem(world, &code, &[("client_secret", CLIENT_SECRET)]));
    denied(&ask.redeem(world, &code, &[("client_secret", "")]));
    let good = client_assertion(claims(world, &[]));
    assert_eq!(redeem(world, &ask, &code, &good).status(), 200, "it still has its code");
}
