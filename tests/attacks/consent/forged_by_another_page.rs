//! The attacker's page posts the consent form from the person's browser, cookies and all.
//! They want a code without the person's yes. RFC 9700 §4.7 (CSRF): origin and form token must be the gateway's own.

use super::{form, nothing_allowed, pairs};
use crate::client::{Ask, Browser};
use crate::stage::Person;
use crate::world::World;

pub(super) fn a_web_page_allows_a_client_for_somebody(world: &mut World) {
    let mut browser = Browser::of(&Person::internal());
    let page = Ask::new(world, "desk").consent_page(world, &mut browser);
    let form = form(&page);
    for origin in [
        "https://evil.example.org",
        "null",
        "https://gate.example.com.evil.example.org",
        "http://gate.example.com",
    ] {
        let answer = browser.post_from(world, origin, "/authorize", &pairs(&form));
        assert_eq!((answer.status(), answer.header("location")), (403, ""), "{origin}");
    }
    assert_eq!(world.recorded("consent", "refused", Some("csrf")), 4);
    nothing_allowed(world);
    assert_eq!(browser.post(world, "/authorize", &pairs(&form)).status(), 303, "the person themselves may");
}
