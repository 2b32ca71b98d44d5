//! The attacker who may remove people writes an address so that more are meant than they say: a pattern, a query, nothing.
//! Who is removed is exactly who is named. They want everybody out.

use serde_json::json;

use super::{administrator, ask, call, page, remove, token};
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_wants_to_remove_everybody_at_once(world: &mut World) {
    let mut admin = administrator(world);
    let agent = Agent::of(world, &Person::internal(), "desk");
    for who in ["%", "*", "%@example.com", "@example.com", "", " ", "' OR 1=1 --", "example.com", "null"] {
        let told = remove(world, &mut admin, who);
        assert!([400, 404].contains(&told.status()), "{who}: {}", told.text());
    }
    let token = token(world, &mut admin, &["scope_people"], "1");
    for whom in [
        json!({ "email": "%" }),
        json!({ "person": "%" }),
        json!({ "person": "" }),
        json!({ "email": null }),
        json!([]),
        json!({ "email": ["a@example.com"] }),
    ] {
        let answer = ask(world, &token, "POST", "/admin/people/remove", &whom);
        assert!([400, 404].contains(&answer.status()), "{whom}: {}", answer.text());
    }
    assert_eq!(world.recorded("person_removed", "ok", None), 0);
    assert_eq!(call(world, &agent).status(), 200);
    page(world, &mut admin);
}
