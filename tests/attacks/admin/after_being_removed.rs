//! The attacker was an administrator, and wants to go on with the tokens that they made.
//! Tokens go with their maker, and with the maker's place on the list.

use std::time::Duration;

use serde_json::{Value, json};

use super::{administrator, ask, token};
use crate::world::World;

pub(super) fn a_former_administrator_goes_on_with_their_tokens(world: &mut World) {
    let mut admin = administrator(world);
    let own = token(world, &mut admin, &["scope_tokens", "scope_people"], "30");
    let wish = json!({ "name": "child", "scopes": ["people"], "days": 1 });
    let child = ask(world, &own, "POST", "/admin/tokens", &wish).json()["token"].as_str().unwrap().to_owned();
    world.sql(
        "INSERT INTO config_version (version, toml, created_at) \
         SELECT 2, replace(toml, 'admins = [\"', 'admins = [\"x.'), 0 FROM config_version",
    );
    world.pass_time(Duration::from_secs(6));
    let body = json!({ "email": "nobody@example.com" });
    for token in [&own, &child] {
        let answer = ask(world, token, "POST", "/admin/people/remove", &body);
        assert_eq!((answer.status(), &answer.json()["error"]), (403, &json!("not_admin")));
    }
    assert_eq!(ask(world, &own, "GET", "/admin/tokens", &Value::Null).status(), 403);
    assert_eq!(admin.get(world, "/admin").status(), 403);
    assert_eq!(world.recorded("person_removed", "ok", None), 0);
}
