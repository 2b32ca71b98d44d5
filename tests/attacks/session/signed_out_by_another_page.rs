//! The attacker's page wants to sign the person out, to sign them in as somebody else afterwards.
//! RFC 9700 §4.7 (CSRF).

use crate::client::{Browser, field};
use crate::stage::Person;
use crate::world::World;

pub(super) fn a_web_page_signs_somebody_out(world: &mut World) {
    let mut browser = Browser::of(&Person::internal());
    browser.sign_in(world, "/login");
    let csrf = field(&browser.get(world, "/"), "csrf");
    assert_eq!(browser.post(world, "/logout", &[("csrf", "")]).status(), 403);
    assert_eq!(
        browser.post_from(world, "https://evil.example.org", "/logout", &[("csrf", &csrf)]).status(),
        403
    );
    assert_eq!(browser.get(world, &format!("/logout?csrf={csrf}")).status(), 405, "a link does nothing");
    assert_eq!(world.recorded("sign_out", "refused", Some("csrf")), 2);
    assert!(browser.get(world, "/").text().contains(&browser.person.email));
}
