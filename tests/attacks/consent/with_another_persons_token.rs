//! The attacker gets a form token for the same question in their own session, and puts it into the victim's form.
//! They want a code for the victim. The token is bound to the session.

use super::{form, nothing_allowed, pairs};
use crate::client::{Ask, Browser};
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_uses_their_own_form_token_for_another_person(world: &mut World) {
    let ask = Ask::new(world, "desk");
    let theirs = ask.consent_page(world, &mut Browser::of(&Person::internal()));
    let mut victim = Browser::of(&Person::internal());
    ask.consent_page(world, &mut victim);
    let answer = victim.post(world, "/authorize", &pairs(&form(&theirs)));
    assert_eq!((answer.status(), answer.header("location")), (403, ""));
    world.expect_recorded("consent", "refused", Some("csrf"));
    nothing_allowed(world);
}
