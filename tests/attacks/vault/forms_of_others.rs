//! The attacker's page posts the form that connects or disconnects an account.
//! RFC 9700 §4.7 (CSRF). They want it done in the person's name.

use serde_json::json;

use super::connected;
use crate::client::{encoded, field};
use crate::world::World;

pub(super) fn a_web_page_connects_and_disconnects(world: &mut World) {
    let (mut browser, agent) = connected(world);
    let csrf = field(&browser.get(world, "/connect/books"), "csrf");
    for decision in ["connect", "disconnect"] {
        let form = [("csrf", csrf.as_str()), ("decision", decision)];
        assert_eq!(
            browser.post_from(world, "https://evil.example.org", "/connect/books", &form).status(),
            403
        );
        assert_eq!(browser.post_from(world, "null", "/connect/books", &form).status(), 403);
        assert_eq!(browser.post(world, "/connect/books", &[("csrf", "x"), form[1]]).status(), 403);
        let linked = browser.get(world, &format!("/connect/books?{}", encoded(&form)));
        assert_eq!((linked.status(), linked.header("location")), (200, ""), "a link does nothing");
    }
    assert_eq!(world.recorded("service_connected", "refused", Some("csrf")), 6);
    assert!(world.stage.books.revoked().is_empty());
    assert_eq!(agent.read(world, "get_issue", json!({})), "done");
}
