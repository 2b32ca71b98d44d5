//! The attacker may use the same service as the victim, and wants the victim's account there to answer their calls.
//! Each call is made with its own person's token or not at all.

use serde_json::json;

use super::{at_the_books, bearer, connect, connected, unconnected};
use crate::world::World;

pub(super) fn somebody_wants_to_use_another_persons_account(world: &mut World) {
    let (_, first) = connected(world);
    let (mut browser, second) = at_the_books(world);
    unconnected(world, &second);
    connect(world, &mut browser);
    first.read(world, "get_issue", json!({}));
    let one = bearer(world);
    second.read(world, "get_issue", json!({}));
    assert_ne!(one, bearer(world));
    first.read(world, "get_issue", json!({}));
    assert_eq!(bearer(world), one);
}
