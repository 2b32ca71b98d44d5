//! The attacker makes up a way back, with a code of their own account at the service.
//! RFC 9700 §4.7.1. They want the victim's account here to be theirs.

use super::{at_the_books, leave, unconnected};
use crate::client::encoded;
use crate::world::World;

pub(super) fn somebody_comes_back_from_a_service_without_having_left(world: &mut World) {
    let (mut browser, agent) = at_the_books(world);
    leave(world, &mut browser);
    let issuer = world.stage.books.origin();
    for state in ["x", "", "' OR 1=1 --", "%00"] {
        let query = encoded(&[("code", "planted"), ("state", state), ("iss", &issuer)]);
        assert_eq!(browser.get(world, &format!("/connect/books/callback?{query}")).status(), 400, "{state}");
    }
    let query = encoded(&[("code", "planted"), ("iss", &issuer)]);
    assert_eq!(browser.get(world, &format!("/connect/books/callback?{query}")).status(), 400);
    assert!(world.stage.books.tokens().is_empty(), "no code was sent anywhere");
    unconnected(world, &agent);
}
