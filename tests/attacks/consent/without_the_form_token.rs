//! The attacker knows the question and wants the person's browser to answer it without the page's secret.
//! RFC 9700 §4.7: the form token is the session's.

use super::nothing_allowed;
use crate::client::{Ask, Browser, field};
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_allows_a_client_without_the_form_token(world: &mut World) {
    let mut browser = Browser::of(&Person::internal());
    let page = Ask::new(world, "desk").consent_page(world, &mut browser);
    let request = field(&page, "request");
    for csrf in ["", "x", "null", "undefined", &"A".repeat(43)] {
        let answer = browser.post(
            world,
            "/authorize",
            &[("request", &request), ("csrf", csrf), ("decision", "allow")],
        );
        assert_eq!((answer.status(), answer.header("location")), (403, ""), "{csrf}");
    }
    let answer = browser.post(world, "/authorize", &[("request", &request), ("decision", "allow")]);
    assert_eq!(answer.status(), 403);
    nothing_allowed(world);
}
