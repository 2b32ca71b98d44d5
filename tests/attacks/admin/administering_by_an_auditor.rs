//! The attacker is an auditor and no administrator, and wants to do what administrators do.
//! An auditor learns, for a case, who somebody is. Nothing else.

use super::{DOORS, csrf, page};
use crate::client::Agent;
use crate::setting::ADMIN;
use crate::stage::Person;
use crate::story::actor::{PATH, auditor};
use crate::world::World;

pub(super) fn an_auditor_wants_to_administer(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let mut auditor = auditor(world);
    let shown = page(world, &mut auditor);
    assert!(
        !shown.text().contains("/admin/tokens") && !shown.text().contains("/admin/people"),
        "{}",
        shown.text()
    );
    world.expect_recorded("admin_viewed", "ok", None);
    let csrf = csrf(&shown, PATH);
    let form = [("csrf", &*csrf), ("who", ADMIN), ("name", "x"), ("days", "1"), ("scope_people", "1")];
    let mut tried = 0;
    for (method, path) in DOORS.into_iter().filter(|(_, path)| *path != "/admin" && *path != PATH) {
        let answer = match method {
            "GET" => auditor.get(world, path),
            "POST" => auditor.post(world, path, &form),
            _ => continue,
        };
        assert_eq!(answer.status(), 403, "{method} {path}: {}", answer.text());
        tried += 1;
    }
    assert!(tried > 3);
    for action in ["admin_token_made", "admin_token_ended", "person_removed"] {
        assert_eq!(world.recorded(action, "ok", None), 0, "{action}");
    }
    agent.renewed(world);
}
