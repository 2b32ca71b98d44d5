//! The attacker is signed in, has just proven who they are, and is no administrator.
//! OWASP API5 (function level authorization). They want to administer.

use super::{ANEW, nothing_done};
use crate::client::{Agent, Browser};
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_without_the_role_wants_to_administer(world: &mut World) {
    let victim = Agent::of(world, &Person::internal(), "desk");
    let mut browser = Browser::of(&Person::internal());
    assert_eq!(browser.get(world, "/admin").header("location"), ANEW);
    browser.sign_in(world, ANEW);
    assert!(!browser.get(world, "/").text().contains("href=\"/admin\""));
    for path in ["/admin", "/admin/tokens"] {
        let answer = browser.get(world, path);
        assert_eq!(answer.status(), 403, "{path}");
        assert!(answer.text().contains("This is for administrators"), "{}", answer.text());
    }
    for action in ["admin_viewed", "admin_tokens_viewed"] {
        world.expect_recorded(action, "refused", Some("not_admin"));
    }
    assert_eq!(browser.get(world, "/admin/audit/export").status(), 403);
    world.expect_recorded("audit_exported", "refused", Some("not_admin"));
    for (path, action) in [
        ("/admin/tokens", "admin_token_made"),
        ("/admin/tokens/AAAAAAAAAAAAAAAAAAAAAA", "admin_token_ended"),
        ("/admin/people/remove", "person_removed"),
    ] {
        let form = [
            ("csrf", "x"),
            ("who", &*victim.ask.client_id),
            ("name", "x"),
            ("days", "1"),
            ("scope_people", "1"),
        ];
        assert_eq!(browser.post(world, path, &form).status(), 403, "{path}");
        world.expect_recorded(action, "refused", Some("not_admin"));
        let nobody = Browser::of(&Person::internal()).post(world, path, &form);
        assert_eq!(nobody.status(), 403, "{path}");
    }
    nothing_done(world, &victim);
}
