//! The attacker is held, and lets a page of theirs post the release to an administrator's browser.
//! RFC 9700 §4.7 (CSRF). They want to be released in the administrator's name.

use super::{get_held, hold, is_held, reader};
use crate::story::admin::{administrator, csrf, page};
use crate::world::World;

pub(super) fn a_page_of_others_wants_somebody_released(world: &mut World) {
    let (_, agent) = reader(world);
    get_held(world, &agent);
    let mut admin = administrator(world);
    let shown = page(world, &mut admin);
    let path = format!("/admin/holds/{}/release", hold(world));
    let (own, people) = (csrf(&shown, &path), csrf(&shown, "/admin/people/remove"));
    for token in ["", &*people] {
        assert_eq!(admin.post(world, &path, &[("csrf", token)]).status(), 403);
    }
    for origin in ["https://evil.example.org", "null", "http://gate.example.com"] {
        assert_eq!(admin.post_from(world, origin, &path, &[("csrf", &own)]).status(), 403, "{origin}");
    }
    assert_eq!(world.recorded("hold_released", "refused", Some("csrf")), 5);
    is_held(world, &agent);
    assert_eq!(admin.post(world, &path, &[("csrf", &own)]).status(), 303, "the administrator's own is taken");
}
