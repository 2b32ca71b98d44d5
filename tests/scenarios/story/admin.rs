//! Administrators: who is one, their tokens, and the end of somebody's access at once.

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use mcpgate::host::memory::{Chunk, Reply};
use serde_json::{Value, json};

use super::vault;
use crate::client::{Agent, Ask, Browser, field};
use crate::setting::{ADMIN, WELCOME_GUEST};
use crate::stage::{Person, slow};
use crate::world::{Answer, Open, World};
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Usual: an_administrator_proves_anew_who_they_are,
        a_token_is_shown_once_listed_and_ended,
        a_token_does_what_it_is_for_until_its_end, a_token_makes_another_that_may_as_much,
        who_is_removed_is_out_at_once, who_is_removed_can_come_back_if_the_configuration_lets_them,
        a_program_removes_by_id, of_who_is_erased_nothing_is_left, an_open_stream_ends_for_who_is_removed,
        an_account_is_forgotten_though_its_service_does_not_answer, nobody_else_is_removed,
        what_an_administrator_writes_wrongly_is_said;
    Fresh: an_open_stream_ends_for_who_is_taken_out_of_the_configuration, a_removed_administrator_takes_their_tokens_along, who_is_no_longer_on_the_list_is_out_within_the_life_of_a_token, removal_outlives_a_restart,
        people_of_before_are_found_by_their_address;
};

pub(crate) const ANEW: &str = "/login?return_to=%2Fadmin&anew=1";

/// An administrator who has just proven who they are.
pub(crate) fn administrator(world: &mut World) -> Browser {
    let mut browser = Browser::of(&Person::with_email(ADMIN));
    let back = browser.sign_in(world, ANEW);
    assert_eq!(back.header("location"), world.url("/admin"), "{}", back.text());
    browser
}

/// The page, which must be there.
pub(crate) fn page(world: &mut World, browser: &mut Browser) -> Answer {
    let page = browser.get(world, "/admin");
    assert_eq!(page.status(), 200, "{}", page.text());
    page
}

/// The token of the form that posts to this path.
pub(crate) fn csrf(page: &Answer, path: &str) -> String {
    let (_, form) = page.text().split_once(&format!("action=\"{path}\"")).expect("the form is there");
    let (_, rest) = form.split_once("name=\"csrf\" value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

/// A token of these scopes, made on the page.
pub(crate) fn token(world: &mut World, browser: &mut Browser, scopes: &[&str], days: &str) -> String {
    let csrf = csrf(&page(world, browser), "/admin/tokens");
    let mut form = vec![("csrf", &*csrf), ("name", "night job"), ("days", days)];
    form.extend(scopes.iter().map(|scope| (*scope, "1")));
    let made = browser.post(world, "/admin/tokens", &form);
    assert_eq!(made.status(), 200, "{}", made.text());
    let (_, token) = made.text().split_once("<pre>").unwrap();
    token.split('<').next().unwrap().to_owned()
}

/// What a program asks with a token.
pub(crate) fn ask(world: &mut World, token: &str, method: &str, path: &str, body: &Value) -> Answer {
    let body = if body.is_null() { Bytes::new() } else { body.to_string().into() };
    let request = Request::builder()
        .method(method)
        .uri(world.url(path))
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .body(body)
        .unwrap();
    world.send(request)
}

/// Removes somebody on the page.
pub(crate) fn remove(world: &mut World, admin: &mut Browser, who: &str) -> Answer {
    let csrf = csrf(&page(world, admin), "/admin/people/remove");
    admin.post(world, "/admin/people/remove", &[("csrf", &csrf), ("who", who)])
}

/// A new version of the configuration, with one text in the place of another.
fn configure(world: &mut World, statement: &'static str) {
    world.sql(statement);
    world.pass_time(Duration::from_secs(6));
}

#[track_caller]
fn void(answer: &Answer) {
    assert_eq!(answer.status(), 401, "{}", answer.text());
    let challenge = answer.header("www-authenticate");
    assert!(challenge.contains("invalid_token") && challenge.contains("resource_metadata="), "{challenge}");
}

pub(crate) fn call(world: &mut World, agent: &Agent) -> Answer {
    agent.send(world, "tools/call", json!({ "name": "get_issue", "arguments": {} }))
}

fn an_administrator_proves_anew_who_they_are(world: &mut World) {
    let mut admin = Browser::of(&Person::with_email(ADMIN));
    admin.sign_in(world, "/login");
    assert!(admin.get(world, "/").text().contains("href=\"/admin\""));
    let asked = admin.get(world, "/admin");
    assert_eq!((asked.status(), asked.header("location")), (303, ANEW), "a session alone is not enough");
    world.expect_recorded("admin_viewed", "refused", Some("proof_too_old"));
    let back = admin.sign_in(world, ANEW);
    assert_eq!(back.header("location"), world.url("/admin"));
    let seen = world.stage.idp.seen().join("\n");
    assert!(seen.contains("prompt=login&max_age=900"), "{seen}");
    let shown = page(world, &mut admin);
    assert!(shown.text().contains(ADMIN) && shown.text().contains("on record"), "{}", shown.text());
    world.expect_recorded("admin_viewed", "ok", None);
    let csrf = csrf(&shown, "/admin/people/remove");
    world.pass_time(Duration::from_secs(15 * 60 + 1));
    assert_eq!(admin.get(world, "/admin").header("location"), ANEW, "for a quarter of an hour");
    let elsewhere = admin.get(world, "/admin/throughput?span=day").header("location").to_owned();
    let back = Browser::of(&admin.person).sign_in(world, &elsewhere);
    assert_eq!(
        back.header("location"),
        world.url("/admin/throughput?span=day"),
        "and back to where they were"
    );
    let late = admin.post(world, "/admin/people/remove", &[("csrf", &csrf), ("who", ADMIN)]);
    assert_eq!(late.status(), 403);
    assert!(late.text().contains("prove who they are"), "{}", late.text());
    world.expect_recorded("person_removed", "refused", Some("proof_too_old"));
}

fn a_token_is_shown_once_listed_and_ended(world: &mut World) {
    let mut admin = administrator(world);
    let token = token(world, &mut admin, &["scope_tokens"], "30");
    assert!(token.starts_with("mcpgate_admin_") && token.len() == 57, "{token}");
    world.expect_recorded("admin_token_made", "ok", None);
    let shown = page(world, &mut admin);
    assert!(shown.text().contains("night job") && !shown.text().contains(&token), "{}", shown.text());
    let listed = ask(world, &token, "GET", "/admin/tokens", &Value::Null);
    assert_eq!((listed.status(), listed.header("cache-control")), (200, "no-store"));
    let listed = listed.json()["tokens"].clone();
    let own = listed.as_array().unwrap().iter().find(|own| own["name"] == "night job").unwrap().clone();
    assert_eq!(own["scopes"], json!(["tokens"]));
    assert!(own["token"].is_null() && own["expires_at"].as_str().unwrap().ends_with('Z'), "{own}");
    let made = world.audit().into_iter().find(|event| event["action"] == "admin_token_made").unwrap();
    let used = world.audit().into_iter().rfind(|event| event["action"] == "admin_tokens_viewed").unwrap();
    assert_eq!(made["subject"], used["client"], "the record says which token it was: {used}");
    assert_eq!(made["person"], used["person"], "and whose");

    let path = format!("/admin/tokens/{}", own["id"].as_str().unwrap());
    let csrf = csrf(&shown, &path);
    let ended = admin.post(world, &path, &[("csrf", &csrf)]);
    assert_eq!((ended.status(), ended.header("location")), (303, "/admin"));
    world.expect_recorded("admin_token_ended", "ok", None);
    let answer = ask(world, &token, "GET", "/admin/tokens", &Value::Null);
    assert_eq!((answer.status(), &answer.json()["error"]), (401, &json!("not_authenticated")));
    assert_eq!(admin.post(world, &path, &[("csrf", &csrf)]).status(), 404);
    world.expect_recorded("admin_token_ended", "refused", Some("admin_token_unknown"));
}

fn a_token_does_what_it_is_for_until_its_end(world: &mut World) {
    let mut admin = administrator(world);
    let tokens = token(world, &mut admin, &["scope_tokens"], "1");
    let people = token(world, &mut admin, &["scope_people"], "365");
    assert_eq!(ask(world, &tokens, "GET", "/admin/tokens", &Value::Null).status(), 200);
    world.pass_time(Duration::from_secs(86_401));
    assert_eq!(ask(world, &tokens, "GET", "/admin/tokens", &Value::Null).status(), 401);
    let body = json!({ "email": "nobody@example.com" });
    let answer = ask(world, &people, "POST", "/admin/people/remove", &body);
    assert_eq!(answer.status(), 404, "the other lives on: {}", answer.text());
}

fn a_token_makes_another_that_may_as_much(world: &mut World) {
    let mut admin = administrator(world);
    let own = token(world, &mut admin, &["scope_tokens"], "10");
    let wish = json!({ "name": "less", "scopes": ["tokens"], "days": 9 });
    let answer = ask(world, &own, "POST", "/admin/tokens", &wish);
    assert_eq!(answer.status(), 201, "{}", answer.text());
    let child = answer.json();
    let token = child["token"].as_str().unwrap();
    let path = format!("/admin/tokens/{}", child["id"].as_str().unwrap());
    assert_eq!(ask(world, token, "DELETE", &path, &Value::Null).status(), 204, "it may end itself");
    assert_eq!(ask(world, token, "GET", "/admin/tokens", &Value::Null).status(), 401);
}

fn who_is_removed_is_out_at_once(world: &mut World) {
    let mut admin = administrator(world);
    let (mut browser, agent) = vault::connected(world);
    agent.read(world, "get_issue", json!({}));
    let held = world.stage.books.service.calls().pop().unwrap();
    let held = held.header("authorization").strip_prefix("Bearer ").unwrap().to_owned();
    let mut older = agent.speaking("2025-06-18");
    older.initialize(world);
    let shared = Agent::at(world, &mut browser, "");
    assert!(!shared.tools(world).is_empty());
    let waiting = Ask::new(world, "books");
    let code = waiting.code(world, &mut browser);
    let vouched = Ask::vouched(world, "books");
    vouched.code(world, &mut browser);

    let told = remove(world, &mut admin, &browser.person.email.to_uppercase());
    assert_eq!(told.status(), 200, "{}", told.text());
    assert!(
        told.text().contains("has ended, everywhere") && told.text().contains("The books"),
        "{}",
        told.text()
    );
    assert!(told.text().contains("Remove them from the configuration as well"), "{}", told.text());
    let calls = world.stage.books.service.calls().len();
    for agent in [&agent, &older, &shared] {
        void(&call(world, agent));
        let answer = agent.send(world, "tools/list", json!({}));
        void(&answer);
        assert_eq!(agent.ask.refresh(world, &agent.refresh_token).json()["error"], "invalid_grant");
    }
    assert_eq!(world.stage.books.service.calls().len(), calls, "nothing was forwarded");
    assert_eq!(world.recorded("tool_called", "refused", Some("access_ended")), 0);
    assert_eq!(world.recorded("request_refused", "refused", Some("access_ended")), 6);
    assert_eq!(waiting.redeem(world, &code, &[]).json()["error"], "invalid_grant", "a code under way");
    assert!(browser.get(world, "/").text().contains("href=\"/login\""), "the browser is signed out");
    let revoked = world.stage.books.revoked();
    assert!(revoked.contains(&held) && revoked.iter().any(|token| token.contains("refresh")), "{revoked:?}");

    let events = world.audit();
    let removed = events.iter().find(|event| event["action"] == "person_removed").unwrap();
    let person = removed["subject"].as_str().unwrap().to_owned();
    assert_ne!(removed["person"], removed["subject"]);
    let ended = events.iter().find(|event| event["action"] == "service_disconnected").unwrap();
    assert_eq!((&ended["person"], &ended["service"]), (&removed["subject"], &json!("books")));
    for table in [
        "session",
        "oauth_code",
        "refresh_token",
        "consent",
        "client_session",
        "connection",
        "connecting",
        "confirmation",
        "question",
        "service_tools",
    ] {
        let left = world.rows(&format!("SELECT 1 FROM {table} WHERE person = '{person}'"));
        assert!(left.is_empty(), "{table}");
    }
}

fn who_is_removed_can_come_back_if_the_configuration_lets_them(world: &mut World) {
    let mut admin = administrator(world);
    let mut browser = Browser::of(&Person::internal());
    let ask = Ask::vouched(world, "desk");
    let agent = Agent::asking(world, &mut browser, ask, "desk");
    remove(world, &mut admin, &browser.person.email.clone());
    void(&call(world, &agent));
    let page = agent.ask.consent_page(world, &mut browser);
    assert_eq!(page.status(), 200, "they are asked again: nothing that was permitted is remembered");
    let again = Agent::at(world, &mut browser, "desk");
    assert_eq!(call(world, &again).status(), 200);
    void(&call(world, &agent));
    let events = world.audit();
    let removed = events.iter().find(|event| event["action"] == "person_removed").unwrap();
    let signed = events.iter().rfind(|event| event["action"] == "sign_in").unwrap();
    assert_eq!(removed["subject"], signed["person"], "it is the same person");
}

fn a_program_removes_by_id(world: &mut World) {
    let mut admin = administrator(world);
    let token = token(world, &mut admin, &["scope_people"], "1");
    let agent = Agent::of(world, &Person::internal(), "desk");
    agent.read(world, "get_issue", json!({}));
    let called = world.audit().into_iter().find(|event| event["action"] == "tool_called").unwrap();
    let person = called["person"].clone();
    let answer = ask(world, &token, "POST", "/admin/people/remove", &json!({ "person": person }));
    assert_eq!(answer.status(), 200, "{}", answer.text());
    let told = answer.json();
    assert_eq!(
        told["removed"],
        json!([{ "person": person, "accounts": [], "still_admitted": true, "erased": false }])
    );
    assert!(told["note"].as_str().unwrap().contains("from the configuration as well"), "{told}");
    void(&call(world, &agent));
    let removed = world.audit().into_iter().find(|event| event["action"] == "person_removed").unwrap();
    assert!(removed["client"].is_string(), "by which token: {removed}");
    // It can be said again: then nothing is left to end.
    let again = ask(world, &token, "POST", "/admin/people/remove", &json!({ "person": person }));
    assert_eq!(again.status(), 200);
}

fn of_who_is_erased_nothing_is_left(world: &mut World) {
    let mut admin = administrator(world);
    let (mut browser, agent) = vault::connected(world);
    const MAIL: &str = "ida.verloren@kunde.example";
    let seen = |world: &mut World, agent: &Agent| {
        world.stage.books.service.says(&format!("From: {MAIL}"));
        agent.read(world, "get_issue", json!({})).strip_prefix("From: ").unwrap().to_owned()
    };
    let before = seen(world, &agent);
    let form = csrf(&page(world, &mut admin), "/admin/people/remove");
    let email = browser.person.email.clone();
    let told =
        admin.post(world, "/admin/people/remove", &[("csrf", &*form), ("who", &*email), ("erase", "1")]);
    assert!(told.status() == 200 && told.text().contains("is erased"), "{}", told.text());
    void(&call(world, &agent));
    let events = world.audit();
    let erased = events.iter().find(|event| event["action"] == "person_erased").unwrap();
    let removed = events.iter().find(|event| event["action"] == "person_removed").unwrap();
    assert_eq!(erased["subject"], removed["subject"]);

    // Their key is gone: whoever comes again begins anew, and what was shown before is nothing.
    let again = Agent::at(world, &mut browser, "books");
    vault::connect(world, &mut browser);
    assert_ne!(seen(world, &again), before);
    let arguments = json!({ "text": before });
    let answer = again.send(world, "tools/call", json!({ "name": "get_issue", "arguments": arguments }));
    assert!(answer.text().contains("pseudonym"), "{}", answer.text());
    assert!(world.audit().iter().any(|event| event["reason"] == "pseudonym_unknown"));
}

/// A call under way at the desk: what makes the desk say more, the open answer, and what was read of it.
fn under_way(world: &mut World, agent: &Agent) -> (impl Fn(&str) + use<>, Open, String) {
    agent.tools(world);
    let (sender, reply) = slow(200, "text/event-stream");
    world.stage.desk.replies(move |_| reply());
    let say = move |text: &str| {
        let note = json!({ "jsonrpc": "2.0", "method": "notifications/progress",
            "params": { "progressToken": 1, "progress": 1, "message": text } });
        sender.send(Chunk::Bytes(format!("data: {note}\n\n").into())).unwrap();
    };
    say("begun");
    let mut open = agent.open(world, "tools/call", json!({ "name": "get_issue", "arguments": {} }));
    let mut rest = String::new();
    let first = open.event(&mut rest).unwrap();
    assert_eq!(first["params"]["message"], "begun");
    (say, open, rest)
}

fn an_open_stream_ends_for_who_is_removed(world: &mut World) {
    let mut admin = administrator(world);
    let mut browser = Browser::of(&Person::internal());
    let agent = Agent::at(world, &mut browser, "desk");
    let (say, mut open, mut rest) = under_way(world, &agent);
    remove(world, &mut admin, &browser.person.email.clone());
    world.pass_time(Duration::from_secs(6));
    say("unheard");
    let last = open.event(&mut rest).unwrap();
    assert!(last.to_string().contains("access of this person to the gateway was ended"), "{last}");
    assert_eq!(open.event(&mut rest), None, "it is over");
    world.expect_recorded("tool_called", "refused", Some("access_ended"));
}

fn an_account_is_forgotten_though_its_service_does_not_answer(world: &mut World) {
    let mut admin = administrator(world);
    let (browser, agent) = vault::connected(world);
    world.stage.books.answers("/revoke", || Reply::new(503, "text/plain", "later"));
    let told = remove(world, &mut admin, &browser.person.email);
    assert_eq!(told.status(), 200, "{}", told.text());
    void(&call(world, &agent));
    let mut again = Browser::of(&browser.person);
    let agent = Agent::at(world, &mut again, "books");
    assert!(agent.refused(world, "get_issue", json!({})).contains("/connect/books"));
}

fn nobody_else_is_removed(world: &mut World) {
    let mut admin = administrator(world);
    let mut browser = Browser::of(&Person::internal());
    let agent = Agent::at(world, &mut browser, "desk");
    let other = Agent::of(world, &Person::internal(), "desk");
    // The same address, another account at the provider: both are meant.
    let twin = Agent::of(world, &Person::with_email(&browser.person.email), "desk");
    let told = remove(world, &mut admin, &browser.person.email.clone());
    assert_eq!(told.text().matches("has ended, everywhere").count(), 2, "{}", told.text());
    void(&call(world, &agent));
    void(&call(world, &twin));
    assert_eq!(call(world, &other).status(), 200);
    other.renewed(world);
    page(world, &mut admin);
    for who in ["nobody.knows@example.com", "nothing", "@", "A".repeat(43).as_str()] {
        let told = remove(world, &mut admin, who);
        assert_eq!(told.status(), 404, "{who}: {}", told.text());
    }
    assert_eq!(world.recorded("person_removed", "refused", Some("person_unknown")), 4);
    assert_eq!(world.recorded("person_removed", "ok", None), 2);
}

fn what_an_administrator_writes_wrongly_is_said(world: &mut World) {
    let mut admin = administrator(world);
    let token = token(world, &mut admin, &["scope_tokens", "scope_people"], "30");
    for wish in [
        json!({ "name": "", "scopes": ["people"], "days": 1 }),
        json!({ "name": "x".repeat(65), "scopes": ["people"], "days": 1 }),
        json!({ "name": "a\u{202e}b", "scopes": ["people"], "days": 1 }),
        json!({ "name": "x", "scopes": [], "days": 1 }),
        json!({ "name": "x", "scopes": ["everything"], "days": 1 }),
        json!({ "name": "x", "scopes": ["people", "people"], "days": 1 }),
        json!({ "name": "x", "scopes": ["people"], "days": 0 }),
        json!({ "name": "x", "scopes": ["people"], "days": 366 }),
        json!({ "name": "x", "scopes": ["people"], "days": 1, "person": "other" }),
        json!(["x"]),
    ] {
        let answer = ask(world, &token, "POST", "/admin/tokens", &wish);
        assert_eq!((answer.status(), &answer.json()["error"]), (400, &json!("malformed_request")), "{wish}");
    }
    for whom in
        [json!({}), json!({ "email": 1 }), json!({ "email": "a@b.example", "person": "x" }), json!("x")]
    {
        let answer = ask(world, &token, "POST", "/admin/people/remove", &whom);
        assert_eq!((answer.status(), &answer.json()["error"]), (400, &json!("malformed_request")), "{whom}");
    }
    let csrf = csrf(&page(world, &mut admin), "/admin/tokens");
    let answer = admin.post(world, "/admin/tokens", &[("csrf", &csrf), ("name", "x"), ("days", "30")]);
    assert_eq!(answer.status(), 400, "{}", answer.text());
    assert!(answer.text().contains("at least one of"), "{}", answer.text());
    assert_eq!(world.recorded("admin_token_made", "refused", Some("malformed_request")), 11);
}

fn a_removed_administrator_takes_their_tokens_along(world: &mut World) {
    let mut admin = administrator(world);
    let own = token(world, &mut admin, &["scope_tokens", "scope_people"], "30");
    let wish = json!({ "name": "child", "scopes": ["people"], "days": 1 });
    let child = ask(world, &own, "POST", "/admin/tokens", &wish).json()["token"].as_str().unwrap().to_owned();
    let person = world.rows("SELECT person FROM admin_token")[0][0].clone();
    let told = ask(world, &child, "POST", "/admin/people/remove", &json!({ "person": person }));
    assert_eq!(told.status(), 200, "{}", told.text());
    for token in [own, child] {
        let answer = ask(world, &token, "POST", "/admin/people/remove", &json!({ "person": person }));
        assert_eq!(answer.status(), 401, "{}", answer.text());
    }
    assert!(world.rows("SELECT id FROM admin_token").is_empty());
    assert_eq!(admin.get(world, "/admin").header("location"), ANEW);
}

fn who_is_no_longer_on_the_list_is_out_within_the_life_of_a_token(world: &mut World) {
    let mut browser = Browser::of(&Person::internal());
    let agent = Agent::at(world, &mut browser, "desk");
    let waiting = Ask::new(world, "desk");
    let guest = Agent::of(world, &Person::with_email(WELCOME_GUEST), "desk");
    configure(
        world,
        "INSERT INTO config_version (version, toml, created_at) \
         SELECT 2, replace(replace(toml, '[access.domains.\"example.com\"]', '[access.domains.\"x.example.com\"]'), \
           'until = 2099', 'until = 2021'), 0 FROM config_version",
    );
    assert_eq!(call(world, &agent).status(), 200, "as long as the access token lives");
    let page = browser.get(world, &waiting.path());
    assert_eq!(page.status(), 403, "nothing more is permitted: {}", page.text());
    let refused = agent.ask.refresh(world, &agent.refresh_token);
    assert_eq!((refused.status(), &refused.json()["error"]), (400, &json!("invalid_grant")));
    world.expect_recorded("token_refused", "refused", Some("domain_not_allowed"));
    assert_eq!(agent.ask.refresh(world, &agent.refresh_token).json()["error"], "invalid_grant");
    assert_eq!(guest.ask.refresh(world, &guest.refresh_token).json()["error"], "invalid_grant");
    world.expect_recorded("token_refused", "refused", Some("guest_expired"));
    assert!(world.rows("SELECT 1 FROM refresh_token").is_empty(), "nothing is left to try again with");
    world.pass_time(Duration::from_secs(601));
    let answer = call(world, &agent);
    assert_eq!(answer.status(), 401);
    assert!(answer.text().contains("expired"), "{}", answer.text());
    let back = Browser::of(&browser.person).sign_in(world, "/login");
    assert_eq!(back.status(), 403, "{}", back.text());
}

fn removal_outlives_a_restart(world: &mut World) {
    let mut admin = administrator(world);
    let mut browser = Browser::of(&Person::internal());
    let agent = Agent::at(world, &mut browser, "desk");
    call(world, &agent);
    remove(world, &mut admin, &browser.person.email.clone());
    world.restart();
    void(&call(world, &agent));
    assert_eq!(agent.ask.refresh(world, &agent.refresh_token).json()["error"], "invalid_grant");
}

fn people_of_before_are_found_by_their_address(world: &mut World) {
    let mut admin = administrator(world);
    let mut browser = Browser::of(&Person::internal());
    let agent = Agent::at(world, &mut browser, "desk");
    world.sql("UPDATE person SET address = NULL");
    let told = remove(world, &mut admin, &browser.person.email.clone());
    assert_eq!(told.text().matches("has ended, everywhere").count(), 1, "{}", told.text());
    void(&call(world, &agent));
    let csrf = field(&admin.get(world, "/"), "csrf");
    assert!(!csrf.is_empty(), "the administrator is not meant");
}

fn an_open_stream_ends_for_who_is_taken_out_of_the_configuration(world: &mut World) {
    let mut browser = Browser::of(&Person::internal());
    let agent = Agent::at(world, &mut browser, "desk");
    let (say, mut open, mut rest) = under_way(world, &agent);
    world.sql(
        "INSERT INTO config_version (version, toml, created_at) \
         SELECT 2, replace(toml, 'role = \"internal\"', 'role = \"nothing\"'), 0 FROM config_version",
    );
    for _ in 0..24 {
        world.pass_time(Duration::from_secs(3600));
    }
    say("heard a day later");
    let last = open.event(&mut rest);
    assert!(format!("{last:?}").contains("taken out of the configuration"), "{last:?}");
    assert!(!format!("{last:?}").contains("heard a day later"), "{last:?}");
}
