//! The attacker has another browser of the same person, and wants to end there what was begun here.
//! RFC 9700 §4.7: `state` is bound to the session.

use super::{at_the_books, leave, unconnected};
use crate::client::Browser;
use crate::world::World;

pub(super) fn a_connection_is_ended_in_another_browser(world: &mut World) {
    let (mut browser, agent) = at_the_books(world);
    let url = leave(world, &mut browser);
    let back = world.stage.books.allow(&url);
    let mut other = Browser::of(&browser.person);
    other.sign_in(world, "/login");
    assert_eq!(other.get(world, &back).status(), 400);
    let signed_out = Browser::of(&browser.person).get(world, &back);
    assert!(signed_out.header("location").starts_with("/login?"), "{}", signed_out.status());
    unconnected(world, &agent);
    assert_eq!(browser.get(world, &back).status(), 200, "where it was begun, it ends");
}
