//! The attacker has an admin token and wants a better one: for more, for longer, or another person's.
//! RFC 6749 §6 in spirit: what is derived may not do more than what it comes from.

use serde_json::json;

use super::{administrator, ask, token};
use crate::world::World;

pub(super) fn an_admin_token_wants_to_make_a_better_one(world: &mut World) {
    let mut admin = administrator(world);
    let own = token(world, &mut admin, &["scope_tokens"], "10");
    for wish in [
        json!({ "name": "more", "scopes": ["people"], "days": 1 }),
        json!({ "name": "more", "scopes": ["tokens", "people"], "days": 1 }),
        json!({ "name": "more", "scopes": ["tokens"], "days": 11 }),
    ] {
        let answer = ask(world, &own, "POST", "/admin/tokens", &wish);
        assert_eq!((answer.status(), &answer.json()["error"]), (403, &json!("admin_scope")), "{wish}");
    }
    for wish in [
        json!({ "name": "more", "scopes": ["tokens"], "days": 1, "person": "another" }),
        json!({ "name": "more", "scopes": ["*"], "days": 1 }),
        json!({ "name": "more", "scopes": ["tokens"], "days": -1 }),
    ] {
        assert_eq!(ask(world, &own, "POST", "/admin/tokens", &wish).status(), 400, "{wish}");
    }
    assert!(world.rows("SELECT id FROM admin_token WHERE name = 'more'").is_empty());
}
