//! Tokens that nobody connects anything for: the gateway's own at a service, and those that are exchanged for what says
//! who a person is.

use std::time::Duration;

use mcpgate::host::memory::Reply;
use serde_json::{Value, json};

use super::admin;
use crate::attacks::part;
use crate::client::{Agent, Browser};
use crate::stage::{BANK_KEYED, BANK_LIFE, Person};
use crate::world::World;
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Usual: a_person_is_who_the_gateway_says, an_exchanged_token_is_exchanged_anew,
        a_server_that_lets_somebody_not_in_is_named, an_id_token_is_exchanged_until_its_end,
        an_access_token_is_renewed_by_the_provider,
        a_sign_in_that_the_server_does_not_take_is_to_be_made_again;
    Fresh: the_gateways_own_account_serves_everybody, an_own_token_is_renewed_before_it_ends,
        an_own_token_that_is_not_accepted_is_renewed_once, credentials_that_are_refused_are_the_operators_matter,
        a_permission_that_an_own_token_lacks_is_the_operators_matter, the_gateway_proves_itself_by_its_key,
        a_provider_that_renews_no_more_ends_the_sign_in, what_was_exchanged_goes_with_the_person,
        exchanged_tokens_that_are_over_are_deleted, what_is_found_out_about_a_server_is_remembered_for_a_while,
        what_is_left_of_a_removed_service_is_deleted_and_revoked;
};

/// Somebody who may use all services of the bank, which knows the gateway's keys.
pub(crate) fn at_the_bank(world: &mut World) -> Browser {
    let jwks = world.get("/jwks.json").json();
    world.stage.bank.trusts(&jwks);
    Browser::of(&Person::of("bank.example.com"))
}

/// A client of somebody new, for one of the services.
pub(crate) fn customer(world: &mut World, service: &str) -> (Browser, Agent) {
    let mut browser = at_the_bank(world);
    let agent = Agent::at(world, &mut browser, service);
    (browser, agent)
}

/// The token that the last call came with.
pub(crate) fn bearer(world: &World) -> String {
    let call = world.stage.bank.service.calls().pop().unwrap();
    call.header("authorization").strip_prefix("Bearer ").unwrap().to_owned()
}

fn exchanges(world: &World) -> usize {
    let forms = world.stage.bank.forms();
    forms.iter().filter(|form| form["grant_type"].ends_with("token-exchange")).count()
}

fn the_gateways_own_account_serves_everybody(world: &mut World) {
    let (mut browser, first) = customer(world, "ledger");
    assert_eq!(first.read(world, "get_issue", json!({})), "done");
    let token = bearer(world);
    let (_, second) = customer(world, "ledger");
    assert_eq!(second.read(world, "get_issue", json!({})), "done");
    assert_eq!(bearer(world), token, "the same for everybody");
    let forms = world.stage.bank.forms();
    let resource = format!("{}/ledger/mcp", world.stage.bank.origin());
    assert_eq!(forms.len(), 1, "{forms:?}");
    assert_eq!(
        ["grant_type", "client", "resource", "scope"].map(|name| forms[0][name].as_str()),
        ["client_credentials", "gateway", &*resource, "bank:use"]
    );
    // Nobody has anything to connect.
    let page = browser.get(world, "/connections");
    assert!(page.text().contains("None of your services has an account to connect"), "{}", page.text());
    assert_eq!(browser.get(world, "/connect/ledger").status(), 404);
    assert_eq!(world.get("/oauth/client/ledger.json").status(), 404);
}

fn an_own_token_is_renewed_before_it_ends(world: &mut World) {
    let (_, agent) = customer(world, "ledger");
    agent.read(world, "get_issue", json!({}));
    let first = bearer(world);
    world.pass_time(Duration::from_secs(BANK_LIFE - 30));
    let agent = agent.renewed(world);
    world.stage.bank.answers("/token", || Reply::new(503, "text/plain", "later"));
    agent.read(world, "get_issue", json!({}));
    assert_eq!(bearer(world), first, "the old token is good until its end");
    world.pass_time(Duration::from_secs(60));
    let told = agent.refused(world, "get_issue", json!({}));
    assert!(told.contains("does not answer") && !told.contains(world.origin()), "{told}");
    world.stage.bank.behaves();
    let body = json!({ "name": "get_issue", "arguments": {} });
    let mut one = agent.open(world, "tools/call", body.clone());
    let other = agent.open(world, "tools/call", body);
    while one.chunk().is_some() {}
    assert!(other.whole().text().contains("done"));
    assert_ne!(bearer(world), first);
    // One for the first, two that failed, one for both.
    assert!(world.stage.bank.forms().len() <= 2, "{:?}", world.stage.bank.forms());
    world.expect_logged("service_token_failed");
}

fn an_own_token_that_is_not_accepted_is_renewed_once(world: &mut World) {
    let (_, agent) = customer(world, "ledger");
    agent.read(world, "get_issue", json!({}));
    world.stage.bank.forgets_access();
    assert_eq!(agent.read(world, "get_issue", json!({})), "done");
    assert_eq!(world.stage.bank.forms().len(), 2);
    // Whatever the token: the service takes none.
    world.stage.bank.answers("/ledger/mcp", || Reply::new(401, "application/json", "{}"));
    let told = agent.refused(world, "get_issue", json!({}));
    assert!(told.contains("operator") && !told.contains("/connect/") && !told.contains("/login"), "{told}");
    assert_eq!(world.stage.bank.forms().len(), 3, "once");
    world.expect_recorded("tool_called", "gateway", Some("service_credentials"));
    world.stage.bank.behaves();
    assert_eq!(agent.read(world, "get_issue", json!({})), "done");
}

fn credentials_that_are_refused_are_the_operators_matter(world: &mut World) {
    let (mut browser, agent) = customer(world, "ledger");
    let error = || Reply::new(401, "application/json", r#"{"error":"invalid_client"}"#);
    world.stage.bank.answers("/token", error);
    let told = agent.refused(world, "get_issue", json!({}));
    assert!(told.contains("operator") && told.contains("invalid_client"), "{told}");
    assert!(!told.contains("/connect/") && !told.contains("/login"), "{told}");
    world.expect_recorded("tool_called", "gateway", Some("service_credentials"));
    assert!(!browser.get(world, "/connections").text().contains("ledger"));
    assert!(world.stage.bank.service.seen().is_empty(), "nothing was forwarded");
    world.stage.bank.behaves();
    assert_eq!(agent.read(world, "get_issue", json!({})), "done", "once it is mended");
}

fn a_permission_that_an_own_token_lacks_is_the_operators_matter(world: &mut World) {
    let (_, agent) = customer(world, "ledger");
    world.stage.bank.needs("bank:more");
    let told = agent.refused(world, "get_issue", json!({}));
    assert!(told.contains("operator") && told.contains("scopes") && !told.contains("/connect/"), "{told}");
    world.expect_recorded("tool_called", "gateway", Some("scope_missing"));
}

fn the_gateway_proves_itself_by_its_key(world: &mut World) {
    let (_, agent) = customer(world, "teller");
    assert_eq!(agent.read(world, "get_issue", json!({})), "done");
    let form = world.stage.bank.forms().pop().unwrap();
    assert_eq!(form["client_assertion_type"], "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    let said = part(&form["client_assertion"], 1);
    assert_eq!(said["aud"], json!(world.stage.bank.origin()), "for this server only");
    assert_eq!((&said["iss"], &said["sub"]), (&json!(BANK_KEYED), &json!(BANK_KEYED)));
    assert!(!form.contains_key("client_secret") && !form.contains_key("client"));
    // Another time, another assertion.
    world.stage.bank.forgets_access();
    agent.read(world, "get_issue", json!({}));
    assert_ne!(world.stage.bank.forms().pop().unwrap()["client_assertion"], form["client_assertion"]);
    // It is known there by a name of its own, not by a document.
    assert_eq!(world.get("/oauth/client/teller.json").status(), 404);
}

fn a_person_is_who_the_gateway_says(world: &mut World) {
    let (mut browser, agent) = customer(world, "safe");
    assert_eq!(agent.read(world, "get_issue", json!({})), "done");
    let form = world.stage.bank.forms().pop().unwrap();
    assert_eq!(form["subject_token_type"], "urn:ietf:params:oauth:token-type:jwt");
    assert_eq!((form["audience"].as_str(), form["scope"].as_str()), ("safe", "bank:use"));
    assert!(form["resource"].ends_with("/safe/mcp") && !form.contains_key("requested_token_type"));
    let said = part(&form["subject_token"], 1);
    assert_eq!(said["email"], json!(browser.person.email));
    assert_eq!((&said["email_verified"], &said["iss"]), (&json!(true), &json!(world.origin())));
    assert_eq!(said["aud"], json!(world.stage.bank.origin()));
    let life = said["exp"].as_i64().unwrap() - said["iat"].as_i64().unwrap();
    assert!(life <= 120 && said["jti"].is_string(), "{said}");
    assert_eq!(part(&form["subject_token"], 0)["typ"], "JWT");
    // The person sees nothing of it.
    assert!(!browser.get(world, "/connections").text().contains("safe"));
    assert_eq!(browser.get(world, "/connect/safe").status(), 404);
}

fn an_exchanged_token_is_exchanged_anew(world: &mut World) {
    let (_, agent) = customer(world, "safe");
    agent.read(world, "get_issue", json!({}));
    agent.read(world, "get_issue", json!({}));
    let first = bearer(world);
    assert_eq!(exchanges(world), 1);
    world.pass_time(Duration::from_secs(BANK_LIFE - 30));
    let agent = agent.renewed(world);
    agent.read(world, "get_issue", json!({}));
    assert_ne!(bearer(world), first);
    world.stage.bank.forgets_access();
    agent.read(world, "get_issue", json!({}));
    assert_eq!(exchanges(world), 3);
    assert!(world.stage.bank.forms().iter().all(|form| !form.contains_key("refresh_token")));
}

fn a_server_that_lets_somebody_not_in_is_named(world: &mut World) {
    let (_, agent) = customer(world, "safe");
    let error = || Reply::new(400, "application/json", r#"{"error":"access_denied"}"#);
    world.stage.bank.answers("/token", error);
    let told = agent.refused(world, "get_issue", json!({}));
    assert!(
        told.contains("access_denied") && told.contains("operator") && !told.contains("/login"),
        "{told}"
    );
    world.expect_recorded("tool_called", "gateway", Some("service_credentials"));
    // What is no token for a service is not sent to one.
    for issued in [json!("urn:ietf:params:oauth:token-type:refresh_token"), json!("x"), Value::Null] {
        let answer = json!({ "access_token": "planted-bank-other", "token_type": "Bearer", "expires_in": 60,
            "issued_token_type": issued });
        world.stage.bank.answers("/token", move || Reply::new(200, "application/json", answer.to_string()));
        let told = agent.refused(world, "get_issue", json!({}));
        assert!(told.contains("not what OAuth asks for"), "{told}");
    }
    assert!(world.stage.bank.service.seen().is_empty());
}

fn an_id_token_is_exchanged_until_its_end(world: &mut World) {
    let (mut browser, agent) = customer(world, "deeds");
    assert_eq!(agent.read(world, "get_issue", json!({})), "done");
    let form = world.stage.bank.forms().pop().unwrap();
    assert_eq!(form["subject_token_type"], "urn:ietf:params:oauth:token-type:id_token");
    assert!(world.stage.idp.id_tokens().contains(&form["subject_token"]));
    let tools = agent.tools(world);
    // What was exchanged is good for longer than what it was exchanged for.
    world.pass_time(Duration::from_secs(400));
    assert_eq!(agent.read(world, "get_issue", json!({})), "done");
    world.pass_time(Duration::from_secs(BANK_LIFE));
    let agent = agent.renewed(world);
    let told = agent.refused(world, "get_issue", json!({}));
    assert!(told.contains(&world.url("/login")) && told.contains("sign in"), "{told}");
    world.expect_recorded("tool_called", "refused", Some("sign_in_needed"));
    assert_eq!(agent.tools(world), tools, "the list is as it was");
    let able = agent.able(json!({ "elicitation": { "url": {} } }));
    let asked = able.send(world, "tools/call", json!({ "name": "get_issue", "arguments": {} })).json();
    let question = &asked["result"]["inputRequests"]["mcpgate-connect"]["params"];
    assert_eq!(question["url"], json!(world.url("/login")), "{asked}");
    browser.sign_in(world, "/login");
    assert_eq!(agent.read(world, "get_issue", json!({})), "done");
}

fn an_access_token_is_renewed_by_the_provider(world: &mut World) {
    world.stage.idp.renews();
    let (browser, agent) = customer(world, "funds");
    assert_eq!(agent.read(world, "get_issue", json!({})), "done");
    let first = world.stage.bank.forms().pop().unwrap()["subject_token"].clone();
    world.pass_time(Duration::from_secs(BANK_LIFE + 60));
    let agent = agent.renewed(world);
    assert_eq!(agent.read(world, "get_issue", json!({})), "done");
    let form = world.stage.bank.forms().pop().unwrap();
    assert_ne!(form["subject_token"], first);
    assert_eq!(world.stage.idp.owner(&form["subject_token"]).as_deref(), Some(browser.person.sub.as_str()));
    assert!(form["requested_token_type"].ends_with(":access_token"), "{form:?}");
    // While the provider does not answer, the call says so; nothing ends.
    world.pass_time(Duration::from_secs(BANK_LIFE + 60));
    let agent = agent.renewed(world);
    world.stage.idp.answers("/token", || Reply::new(503, "text/plain", "later"));
    let told = agent.refused(world, "get_issue", json!({}));
    assert!(told.contains("identity provider") && !told.contains("/login"), "{told}");
    world.expect_recorded("tool_called", "identity_provider", Some("idp_error"));
    world.stage.idp.behaves();
    assert_eq!(agent.read(world, "get_issue", json!({})), "done");
}

fn a_provider_that_renews_no_more_ends_the_sign_in(world: &mut World) {
    world.stage.idp.renews();
    let (mut browser, agent) = customer(world, "funds");
    assert_eq!(agent.read(world, "get_issue", json!({})), "done");
    world.pass_time(Duration::from_secs(BANK_LIFE + 60));
    let agent = agent.renewed(world);
    world.stage.idp.forgets_refresh();
    let told = agent.refused(world, "get_issue", json!({}));
    assert!(told.contains(&world.url("/login")), "{told}");
    let kept = "SELECT count(*) FROM identity_token";
    assert_eq!(world.rows(kept), [["0"]], "it is of no use to anybody");
    // Who answers for the provider cannot put somebody else in their place.
    browser.sign_in(world, "/login");
    world.pass_time(Duration::from_secs(BANK_LIFE + 60));
    let agent = agent.renewed(world);
    world.stage.idp.tampers(|claims| claims["sub"] = json!("planted-sub-of-another"));
    agent.refused(world, "get_issue", json!({}));
    world.stage.idp.behaves();
}

fn a_sign_in_that_the_server_does_not_take_is_to_be_made_again(world: &mut World) {
    let (_, agent) = customer(world, "funds");
    let error = || Reply::new(400, "application/json", r#"{"error":"invalid_request"}"#);
    world.stage.bank.answers("/token", error);
    let told = agent.refused(world, "get_issue", json!({}));
    assert!(
        told.contains("/login") && told.contains("operator") && told.contains("invalid_request"),
        "{told}"
    );
    assert_eq!(agent.tools(world), ["sign_in"], "a list is never empty");
}

fn what_was_exchanged_goes_with_the_person(world: &mut World) {
    world.stage.idp.renews();
    let (browser, agent) = customer(world, "safe");
    agent.read(world, "get_issue", json!({}));
    let token = bearer(world);
    let connections = "SELECT count(*) FROM connection WHERE grant_text IS NOT NULL";
    let kept = "SELECT count(*) FROM identity_token";
    assert_eq!(
        (world.rows(connections), world.rows(kept)),
        (vec![vec!["1".to_owned()]], vec![vec!["1".to_owned()]])
    );
    let mut admin = admin::administrator(world);
    let removed = admin::remove(world, &mut admin, &browser.person.email);
    assert!(removed.text().contains("The safe"), "{}", removed.text());
    assert!(world.stage.bank.revoked().contains(&token));
    assert_eq!(world.rows("SELECT count(*) FROM connection"), [["0"]]);
    // The administrator has signed in meanwhile.
    assert_eq!(world.rows(kept), [["1"]]);
    assert_eq!(agent.send(world, "tools/list", json!({})).status(), 401);
}

fn exchanged_tokens_that_are_over_are_deleted(world: &mut World) {
    let (_, agent) = customer(world, "deeds");
    agent.read(world, "get_issue", json!({}));
    let left = "SELECT (SELECT count(*) FROM connection) + (SELECT count(*) FROM identity_token)";
    assert_eq!(world.rows(left), [["2"]]);
    world.pass_time(Duration::from_secs(BANK_LIFE + 30));
    world.maintain_until(left, "0");
}

fn what_is_found_out_about_a_server_is_remembered_for_a_while(world: &mut World) {
    let asked = |world: &World| {
        let asked = world.stage.bank.asked();
        asked.iter().filter(|path| *path == "/.well-known/oauth-authorization-server").count()
    };
    for _ in 0..2 {
        let (_, agent) = customer(world, "safe");
        agent.read(world, "get_issue", json!({}));
    }
    assert_eq!((exchanges(world), asked(world)), (2, 1));
    world.pass_time(Duration::from_secs(601));
    let (_, agent) = customer(world, "safe");
    agent.read(world, "get_issue", json!({}));
    assert_eq!(asked(world), 2, "for ten minutes");
    // What does not work is not remembered.
    world.stage.bank.answers("/token", || Reply::new(404, "text/html", "moved"));
    let (_, agent) = customer(world, "safe");
    agent.refused(world, "get_issue", json!({}));
    world.stage.bank.behaves();
    agent.read(world, "get_issue", json!({}));
    assert_eq!(asked(world), 3);
}

fn what_is_left_of_a_removed_service_is_deleted_and_revoked(world: &mut World) {
    let (mut browser, agent) = customer(world, "safe");
    agent.read(world, "get_issue", json!({}));
    let exchanged = bearer(world);
    Agent::at(world, &mut browser, "ledger").read(world, "get_issue", json!({}));
    let (_, at_books) = super::vault::connected(world);
    at_books.read(world, "get_issue", json!({}));
    let books = super::vault::bearer(world);
    // Gone just now: it may be a mistake.
    world.sql(
        "INSERT INTO config_version (version, toml, created_at) SELECT 2, \
         replace(replace(replace(replace(toml, 'id = \"books\"', 'id = \"tomes\"'), '[\"books\"]', '[\"tomes\"]'), \
         '\"safe\"', '\"chest\"'), '\"ledger\"', '\"journal\"'), unixepoch('now', '+100 years') * 1000 FROM config_version",
    );
    world.pass_time(Duration::from_secs(6));
    world.settle();
    let left = "SELECT (SELECT count(*) FROM connection) + (SELECT count(*) FROM service_token) \
                + (SELECT count(*) FROM service_client) + (SELECT count(*) FROM service_tools)";
    let before = world.rows(left);
    assert_ne!(before, [["0"]]);
    assert!(world.stage.bank.revoked().is_empty());
    // Long ago.
    world.sql("DROP TRIGGER config_version_is_never_changed");
    world.sql("UPDATE config_version SET created_at = 0 WHERE version = 2");
    world.maintain_until(left, "0");
    assert!(world.stage.bank.revoked().contains(&exchanged));
    assert!(world.stage.books.revoked().contains(&books), "{:?}", world.stage.books.revoked());
    world.settle();
    assert_eq!(world.recorded("service_disconnected", "ok", None), 2);
}
