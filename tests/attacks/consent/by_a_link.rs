//! The attacker sends a link that holds the whole answer, and wants opening it to be the yes.
//! RFC 9110 §9.2.1: GET decides nothing.

use super::{form, nothing_allowed, pairs};
use crate::client::{Ask, Browser, encoded};
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_allows_a_client_by_a_link(world: &mut World) {
    let mut browser = Browser::of(&Person::internal());
    let ask = Ask::new(world, "desk");
    let page = ask.consent_page(world, &mut browser);
    let form = form(&page);
    for path in [
        format!("{}&{}", ask.path(), encoded(&pairs(&form)[1..])),
        format!("/authorize?{}", encoded(&pairs(&form))),
    ] {
        let answer = browser.get(world, &path);
        assert!([200, 400].contains(&answer.status()) && answer.header("location").is_empty(), "{path}");
    }
    nothing_allowed(world);
}
