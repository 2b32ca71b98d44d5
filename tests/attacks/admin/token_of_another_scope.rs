//! The attacker has an admin token for one thing and wants to do another with it.
//! A token does what it is for.

use serde_json::{Value, json};

use super::{administrator, ask, token};
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn an_admin_token_is_used_for_something_else(world: &mut World) {
    let mut admin = administrator(world);
    let tokens = token(world, &mut admin, &["scope_tokens"], "1");
    let people = token(world, &mut admin, &["scope_people"], "1");
    let audit = token(world, &mut admin, &["scope_audit"], "1");
    let agent = Agent::of(world, &Person::internal(), "desk");
    let body = json!({ "email": "nobody@example.com" });
    let wish = json!({ "name": "x", "scopes": ["people"], "days": 1 });
    for (token, method, path, body) in [
        (&tokens, "POST", "/admin/people/remove", &body),
        (&tokens, "GET", "/admin", &Value::Null),
        (&people, "GET", "/admin", &Value::Null),
        (&people, "GET", "/admin/tokens", &Value::Null),
        (&people, "POST", "/admin/tokens", &wish),
        (&tokens, "GET", "/admin/audit/export", &Value::Null),
        (&people, "GET", "/admin/audit/export?limit=1", &Value::Null),
        (&people, "GET", "/admin/audit/deliveries", &Value::Null),
        (&tokens, "POST", "/admin/audit/deliveries/splunk/replay", &Value::Null),
        (&audit, "GET", "/admin/tokens", &Value::Null),
        (&audit, "POST", "/admin/tokens", &wish),
        (&audit, "POST", "/admin/people/remove", &body),
        (&people, "DELETE", "/admin/tokens/AAAAAAAAAAAAAAAAAAAAAA", &Value::Null),
    ] {
        let answer = ask(world, token, method, path, body);
        assert_eq!(
            (answer.status(), &answer.json()["error"]),
            (403, &json!("admin_scope")),
            "{method} {path}"
        );
    }
    assert_eq!(world.recorded("person_removed", "ok", None), 0);
    assert_eq!(world.recorded("admin_token_made", "ok", None), 3, "the administrator's own");
    agent.renewed(world);
}
