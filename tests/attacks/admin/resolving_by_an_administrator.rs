//! The attacker administers the gateway and wants to know whom the record speaks of, without being an auditor.
//! Who removes people, and who learns who they are, are two: neither their session nor a token of theirs is enough.

use serde_json::json;

use super::{administrator, ask, csrf, page, token};
use crate::story::actor::{PATH, somebody};
use crate::world::World;

pub(super) fn an_administrator_wants_to_know_who_somebody_on_record_is(world: &mut World) {
    let (person, actor) = somebody(world);
    let mut admin = administrator(world);
    let shown = page(world, &mut admin);
    assert!(!shown.text().contains(PATH), "{}", shown.text());
    let csrf = csrf(&shown, "/admin/people/remove");
    let form = [("csrf", &*csrf), ("actor", &*actor), ("case", "CASE-1")];
    for answer in [admin.post(world, PATH, &form), admin.post_for_json(world, PATH, &form)] {
        assert!(answer.status() == 403 && !answer.text().contains(&person.email), "{}", answer.text());
    }
    assert_eq!(world.recorded("actor_resolved", "refused", Some("not_auditor")), 2);
    let scopes = ["scope_tokens", "scope_people", "scope_audit", "scope_guard"];
    let all = token(world, &mut admin, &scopes, "1");
    let body = json!({ "actor": actor, "case": "CASE-1", "csrf": csrf });
    let answer = ask(world, &all, "POST", PATH, &body);
    assert_eq!((answer.status(), &answer.json()["error"]), (403, &json!("admin_scope")));
    world.expect_recorded("actor_resolved", "refused", Some("admin_scope"));
    assert_eq!(world.recorded("actor_resolved", "ok", None), 0);
}
