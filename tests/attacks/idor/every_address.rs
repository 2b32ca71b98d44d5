//! The attacker writes ids of others into the gateway's addresses: people, clients, questions, tokens, services.
//! OWASP API1: every id in every address is looked up among the visitor's own. They want to see or change what is not theirs.

use serde_json::{Value, json};

use crate::client::{Agent, Ask, Browser};
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_tries_ids_of_others_in_every_address(world: &mut World) {
    let mut victim = Browser::of(&Person::internal());
    let ask = Ask::vouched(world, "desk");
    let agent = Agent::asking(world, &mut victim, ask, "desk");
    let held = crate::story::guard::held(world, &agent, "delete_issue", json!({ "id": 1 }));
    let mut admin = crate::story::admin::administrator(world);
    let token = crate::story::admin::token(world, &mut admin, &["scope_tokens"], "1");
    let listed =
        crate::story::admin::ask(world, &token, "GET", "/admin/tokens", &Value::Null).json()["tokens"]
            .clone();
    let one = listed[0]["id"].as_str().unwrap().to_owned();
    let mut thief = Browser::of(&Person::internal());
    thief.sign_in(world, "/login");
    for path in [
        held.clone(),
        format!("/admin/tokens/{one}"),
        "/connect/books".to_owned(),
        "/connect/books/callback?state=x&code=y".to_owned(),
    ] {
        let page = thief.get(world, &path);
        assert!(page.status() >= 400, "{path}: {}", page.status());
        assert!(
            !page.text().contains("delete_issue") && !page.text().contains(&victim.person.email),
            "{path}"
        );
        let posted = thief.post(world, &path, &[("csrf", "x"), ("decision", "approve")]);
        assert!(posted.status() >= 400, "{path}: {}", posted.status());
    }
    assert_eq!(victim.get(world, &held).status(), 200, "it waits for its own person");
    assert_eq!(crate::story::admin::ask(world, &token, "GET", "/admin/tokens", &Value::Null).status(), 200);
    agent.renewed(world);
}
