//! The attacker has an admin token that is over, or was ended, or whose bytes they guess, and wants to go on.
//! Tokens end, are ended, and are known by their digest only.

use std::time::Duration;

use serde_json::{Value, json};

use super::{administrator, ask, token};
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn an_admin_token_that_is_over_is_used(world: &mut World) {
    let mut admin = administrator(world);
    let agent = Agent::of(world, &Person::internal(), "desk");
    let short = token(world, &mut admin, &["scope_people"], "1");
    let list = token(world, &mut admin, &["scope_tokens"], "30");
    let listed = ask(world, &list, "GET", "/admin/tokens", &Value::Null).json()["tokens"].clone();
    let ids: Vec<String> =
        listed.as_array().unwrap().iter().map(|own| own["id"].as_str().unwrap().to_owned()).collect();
    let digests = world.rows("SELECT token_hash FROM admin_token").concat();
    let guesses = ids.into_iter().chain(digests).flat_map(|text| [format!("mcpgate_admin_{text}"), text]);
    let guesses: Vec<String> = guesses
        .chain([short[..short.len() - 1].to_owned(), format!("{short}A"), "mcpgate_admin_".to_owned()])
        .collect();
    let body = json!({ "email": "nobody@example.com" });
    for guess in &guesses {
        assert_eq!(ask(world, guess, "POST", "/admin/people/remove", &body).status(), 401, "{guess}");
    }
    world.pass_time(Duration::from_secs(86_401));
    assert_eq!(ask(world, &short, "POST", "/admin/people/remove", &body).status(), 401);
    assert_eq!(world.recorded("person_removed", "ok", None), 0);
    agent.renewed(world);
}
