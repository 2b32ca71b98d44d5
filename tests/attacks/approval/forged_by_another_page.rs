//! The attacker's page posts the yes from the person's browser.
//! RFC 9700 §4.7 (CSRF). They want the call to be made.

use serde_json::json;

use super::{at_browser, held, still_waits};
use crate::client::field;
use crate::world::World;

pub(super) fn a_web_page_approves_a_call(world: &mut World) {
    let (mut browser, agent) = at_browser(world);
    let path = held(world, &agent, "delete_issue", json!({ "id": 1 }));
    let csrf = field(&browser.get(world, &path), "csrf");
    for (origin, csrf) in [
        ("https://evil.example.org", csrf.as_str()),
        ("null", csrf.as_str()),
        ("https://gate.example.com", ""),
        ("https://gate.example.com", "A"),
    ] {
        let answer = browser.post_from(world, origin, &path, &[("csrf", csrf), ("decision", "approve")]);
        assert_eq!(answer.status(), 403, "{origin} {csrf}");
    }
    assert_eq!(world.recorded("confirmation_given", "refused", Some("csrf")), 4);
    still_waits(world, &agent);
}
