//! The attacker has a page that the person would say yes to, and wants that yes to count for another question.
//! The form token is bound to what was shown.

use super::nothing_allowed;
use crate::client::{Ask, Browser, field};
use crate::stage::Person;
use crate::world::World;

pub(super) fn a_yes_to_one_question_is_used_for_another(world: &mut World) {
    let mut browser = Browser::of(&Person::internal());
    let ask = Ask::new(world, "desk");
    let page = ask.consent_page(world, &mut browser);
    let csrf = field(&page, "csrf");
    let other = Ask::new(world, "mail").path();
    let wider = Ask { resource: world.url("/mcp"), ..ask.clone() }.path();
    let longer = format!("{}&prompt=none", ask.path());
    for path in [other, wider, longer] {
        let (_, request) = path.split_once('?').unwrap();
        let answer = browser.post(
            world,
            "/authorize",
            &[("request", request), ("csrf", &csrf), ("decision", "allow")],
        );
        assert_eq!((answer.status(), answer.header("location")), (403, ""), "{request}");
    }
    nothing_allowed(world);
}
