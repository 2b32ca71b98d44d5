//! The attacker makes up a way back: a code of their own, and a state that nobody began with.
//! They want to be signed in without the provider. RFC 9700 §4.7.

use super::{leave, signed_out};
use crate::client::{Browser, encoded};
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_comes_back_without_having_left(world: &mut World) {
    let mut browser = Browser::of(&Person::internal());
    leave(world, &mut browser);
    let issuer = world.stage.idp.origin();
    let before = world.stage.idp.seen().len();
    for query in [
        encoded(&[("code", "x"), ("state", "x"), ("iss", &issuer)]),
        encoded(&[("code", "x"), ("iss", &issuer)]),
        encoded(&[("code", "x"), ("state", ""), ("iss", &issuer)]),
        encoded(&[("code", "x"), ("state", "%"), ("iss", &issuer)]),
        encoded(&[("id_token", "x"), ("state", "' OR 1=1 --")]),
        String::new(),
    ] {
        assert_eq!(browser.get(world, &format!("/callback?{query}")).status(), 400, "{query}");
    }
    assert_eq!(world.stage.idp.seen().len(), before, "no code was sent anywhere");
    signed_out(world, &mut browser);
}
