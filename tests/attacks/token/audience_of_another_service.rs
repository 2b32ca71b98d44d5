//! The attacker has a token for one service and wants to use another with it (a confused deputy).
//! RFC 8707 §2, RFC 9068 §4: a token is for the resource it names.

use super::worthless;
use crate::client::{Agent, Browser};
use crate::stage::Person;
use crate::world::World;

pub(super) fn a_token_of_one_service_is_tried_at_another(world: &mut World) {
    let mut browser = Browser::of(&Person::internal());
    let desk = Agent::at(world, &mut browser, "desk");
    let mail = Agent::at(world, &mut browser, "mail");
    worthless(world, &desk, &mail.token);
    assert!(world.stage.mail.seen().is_empty());
    mail.tools(world);
}
