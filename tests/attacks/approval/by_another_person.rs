//! The attacker has the link to another person's question, and wants to say yes in their place, or to read it.
//! OWASP API1 (object level authorization): a question is its person's.

use serde_json::json;

use super::{at_browser, held, still_waits};
use crate::client::{Agent, Browser, field};
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_approves_another_persons_call(world: &mut World) {
    let (_, agent) = at_browser(world);
    let path = held(world, &agent, "delete_issue", json!({ "id": 1 }));
    let mut stranger = Browser::of(&Person::internal());
    let sent = stranger.get(world, &path);
    assert_eq!(sent.status(), 303, "who is not signed in signs in first");
    stranger.sign_in(world, sent.header("location"));
    let page = stranger.get(world, &path);
    assert_eq!(page.status(), 404);
    assert!(!page.text().contains("delete_issue"), "{}", page.text());
    let own = Agent::at(world, &mut stranger, "desk");
    let theirs = held(world, &own, "delete_issue", json!({ "id": 1 }));
    for csrf in [field(&stranger.get(world, "/"), "csrf"), field(&stranger.get(world, &theirs), "csrf")] {
        let posted = stranger.post(world, &path, &[("csrf", &csrf), ("decision", "approve")]);
        assert_eq!(posted.status(), 403, "{}", posted.text());
    }
    still_waits(world, &agent);
}
