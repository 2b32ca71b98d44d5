//! People's own accounts at a service: connected, used, renewed, disconnected.

use std::sync::Mutex;
use std::time::Duration;

use mcpgate::host::memory::Reply;
use serde_json::json;

use crate::client::{Agent, Ask, Browser, field};
use crate::stage::{BOOKS_SECRET, Person};
use crate::world::{Answer, World};
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Usual: an_account_is_connected_and_used, what_needs_an_account_answers_with_the_way_to_connect,
        a_client_that_shows_pages_gets_the_link_as_one, a_token_is_renewed_before_it_ends,
        a_token_that_is_not_accepted_is_renewed_at_once, a_renewal_that_fails_for_the_moment_changes_nothing,
        a_refusal_that_is_no_end_ends_no_account,
        a_dead_grant_empties_no_list_and_works_again_once_connected, a_missing_permission_is_asked_for,
        disconnecting_revokes_and_deletes, what_was_connected_before_is_revoked_with_the_last, two_calls_at_once_renew_once, a_session_outlives_its_account,
        the_gateway_is_a_client_with_a_document;
    Fresh: who_may_no_longer_use_a_service_can_disconnect_it, another_account_has_another_session,
        what_a_list_says_to_one_person_counts_for_nobody_else;
};

/// A person with the books, at their browser, and a client of theirs.
pub(crate) fn at_the_books(world: &mut World) -> (Browser, Agent) {
    let mut browser = Browser::of(&Person::of("books.example.com"));
    let agent = Agent::at(world, &mut browser, "books");
    (browser, agent)
}

/// Says yes at the gateway; answers with where the browser is sent.
pub(crate) fn leave(world: &mut World, browser: &mut Browser) -> String {
    let page = browser.get(world, "/connect/books");
    assert_eq!(page.status(), 200, "{}", page.text());
    let csrf = field(&page, "csrf");
    let left = browser.post(world, "/connect/books", &[("csrf", &csrf), ("decision", "connect")]);
    assert_eq!(left.status(), 303, "{}", left.text());
    left.header("location").to_owned()
}

pub(crate) fn connect(world: &mut World, browser: &mut Browser) -> Answer {
    let url = leave(world, browser);
    let back = world.stage.books.allow(&url);
    let answer = browser.get(world, &back);
    assert_eq!(answer.status(), 200, "{}", answer.text());
    assert!(answer.text().contains("is connected"), "{}", answer.text());
    answer
}

/// A person whose account at the books is connected, and a client of theirs.
pub(crate) fn connected(world: &mut World) -> (Browser, Agent) {
    let (mut browser, agent) = at_the_books(world);
    connect(world, &mut browser);
    (browser, agent)
}

/// The token that the last call came with.
pub(crate) fn bearer(world: &World) -> String {
    let call = world.stage.books.service.calls().pop().unwrap();
    call.header("authorization").strip_prefix("Bearer ").unwrap().to_owned()
}

fn an_account_is_connected_and_used(world: &mut World) {
    let (mut browser, agent) = at_the_books(world);
    let url = leave(world, &mut browser);
    assert!(url.contains("scope=books%3Aread+offline_access") && url.contains("resource="), "{url}");
    let back = world.stage.books.allow(&url);
    let answer = browser.get(world, &back);
    assert!(answer.text().contains("The books is connected"), "{}", answer.text());
    world.expect_recorded("service_connected", "ok", None);
    assert_eq!(agent.read(world, "get_issue", json!({})), "done");
    assert!(bearer(world).starts_with("planted-books-access-"));
    for (path, says) in [("/connections", "Connected since "), ("/connect/books", "Disconnect")] {
        let page = browser.get(world, path);
        assert!(page.text().contains(says), "{path}: {}", page.text());
    }
    // A second account needs no second registration, and the secret travels as the server wants it.
    assert!(world.stage.books.tokens().iter().all(|form| form["client_secret"] == BOOKS_SECRET));
}

fn what_needs_an_account_answers_with_the_way_to_connect(world: &mut World) {
    let (_, agent) = at_the_books(world);
    let link = format!("{}/connect/books", world.origin());
    let told = agent.refused(world, "get_issue", json!({}));
    assert!(told.contains(&link) && told.contains("The books"), "{told}");
    world.expect_recorded("tool_called", "refused", Some("not_connected"));
    assert!(world.stage.books.service.seen().is_empty(), "nothing was forwarded");
    let discovered = agent.send(world, "server/discover", json!({})).json();
    assert!(discovered["result"]["instructions"].as_str().unwrap().contains(&link), "{discovered}");
    assert_eq!(agent.tools(world), ["connect_account"]);
    assert!(agent.refused(world, "connect_account", json!({})).contains(&link));
    let prompts = agent.send(world, "prompts/list", json!({})).json();
    assert_eq!(prompts["result"]["prompts"], json!([]), "{prompts}");
    // A client of an older revision introduces itself all the same.
    let mut older = agent.speaking("2025-06-18");
    older.initialize(world);
    assert_eq!(older.tools(world), ["connect_account"]);
    assert!(older.refused(world, "get_issue", json!({})).contains(&link));
}

fn a_client_that_shows_pages_gets_the_link_as_one(world: &mut World) {
    let (mut browser, agent) = at_the_books(world);
    let link = format!("{}/connect/books", world.origin());
    let able = agent.able(json!({ "elicitation": { "url": {} } }));
    let call = json!({ "name": "get_issue", "arguments": { "id": 7 } });
    let asked = able.send(world, "tools/call", call.clone()).json()["result"].clone();
    assert_eq!(asked["resultType"], "input_required", "{asked}");
    let question = &asked["inputRequests"]["mcpgate-connect"];
    assert_eq!(
        (&question["method"], &question["params"]["url"]),
        (&json!("elicitation/create"), &json!(link))
    );
    let mut older = able.speaking("2025-11-25");
    older.initialize(world);
    let error = older.send(world, "tools/call", call.clone()).json()["error"].clone();
    assert_eq!((&error["code"], &error["data"]["elicitations"][0]["url"]), (&json!(-32042), &json!(link)));

    // Saying that it was done does not make it so.
    let mut again = call;
    again["requestState"] = asked["requestState"].clone();
    again["inputResponses"] = json!({ "mcpgate-connect": { "action": "accept" } });
    assert_eq!(
        able.send(world, "tools/call", again.clone()).json()["result"]["resultType"],
        "input_required"
    );
    connect(world, &mut browser);
    let answer = able.send(world, "tools/call", again).json();
    assert_eq!(answer["result"]["content"][0]["text"], "done", "{answer}");
    let arrived = world.stage.books.service.calls().pop().unwrap().message();
    assert_eq!(arrived["params"]["arguments"], json!({ "id": 7 }));
    assert!(arrived["params"]["inputResponses"].is_null() && arrived["params"]["requestState"].is_null());
    assert_eq!(
        older.read(world, "get_issue", json!({})),
        "done",
        "in the session that began without the account"
    );
}

fn a_token_is_renewed_before_it_ends(world: &mut World) {
    let (_, agent) = connected(world);
    agent.read(world, "get_issue", json!({}));
    let first = bearer(world);
    world.pass_time(Duration::from_secs(3600 - 30));
    let agent = agent.renewed(world);
    agent.read(world, "get_issue", json!({}));
    let second = bearer(world);
    assert_ne!(first, second);
    agent.read(world, "get_issue", json!({}));
    assert_eq!(bearer(world), second, "once");
    let renewals = world.stage.books.tokens();
    assert_eq!(renewals.iter().filter(|form| form["grant_type"] == "refresh_token").count(), 1);
    assert!(renewals.iter().all(|form| form["resource"].ends_with("/mcp")));
}

fn a_token_that_is_not_accepted_is_renewed_at_once(world: &mut World) {
    let (_, agent) = connected(world);
    world.stage.books.forgets_access();
    assert_eq!(agent.read(world, "get_issue", json!({})), "done");
}

fn a_renewal_that_fails_for_the_moment_changes_nothing(world: &mut World) {
    let (_, agent) = connected(world);
    agent.read(world, "get_issue", json!({}));
    let first = bearer(world);
    world.pass_time(Duration::from_secs(3600 - 30));
    let agent = agent.renewed(world);
    world.stage.books.answers("/token", || Reply::new(503, "text/plain", "later"));
    agent.read(world, "get_issue", json!({}));
    assert_eq!(bearer(world), first, "the old token is good until its end");
    world.pass_time(Duration::from_secs(60));
    let told = agent.refused(world, "get_issue", json!({}));
    assert!(told.contains("does not answer") && !told.contains("/connect/"), "{told}");
    world.stage.books.behaves();
    agent.read(world, "get_issue", json!({}));
    assert_ne!(bearer(world), first);
}

fn a_refusal_that_is_no_end_ends_no_account(world: &mut World) {
    let (mut browser, mut agent) = connected(world);
    // (status, what it says, what the caller reads)
    for (status, said, told) in [
        (400, r#"{"error":"temporarily_unavailable"}"#, "does not answer"),
        (429, r#"{"error":"invalid_request"}"#, "does not answer"),
        (401, r#"{"message":"proxy authentication required"}"#, "does not answer"),
        (403, r#"{"error":"rate_limited"}"#, "\u{201c}unknown error\u{201d}"),
        (400, r#"{"error":"invalid_scope"}"#, "\u{201c}invalid_scope\u{201d}"),
        (200, r#"{"ok":true}"#, "not what OAuth asks for"),
    ] {
        world.pass_time(Duration::from_secs(3601));
        agent = agent.renewed(world);
        world.stage.books.answers("/token", move || Reply::new(status, "application/json", said));
        let answer = agent.refused(world, "get_issue", json!({}));
        assert!(answer.contains(told), "{status} {said}: {answer}");
        let page = browser.get(world, "/connections");
        assert!(page.text().contains("Connected since"), "{status} {said}: {}", page.text());
        world.stage.books.behaves();
        agent.read(world, "get_issue", json!({}));
    }
    // GitHub's way to say that it is over.
    world.pass_time(Duration::from_secs(3601));
    let agent = agent.renewed(world);
    world
        .stage
        .books
        .answers("/token", || Reply::new(200, "application/json", r#"{"error":"bad_refresh_token"}"#));
    assert!(agent.refused(world, "get_issue", json!({})).contains("connect it"));
    world.stage.books.behaves();
    assert!(browser.get(world, "/connections").text().contains("Has to be connected again"));
    world.expect_logged("refresh_failed");
}

fn a_dead_grant_empties_no_list_and_works_again_once_connected(world: &mut World) {
    let (mut browser, agent) = connected(world);
    let tools = agent.tools(world);
    assert!(tools.contains(&"get_issue".to_owned()), "{tools:?}");
    world.stage.books.forgets_access();
    world.stage.books.forgets_refresh();
    let told = agent.refused(world, "get_issue", json!({}));
    assert!(told.contains("/connect/books"), "{told}");
    assert_eq!(agent.tools(world), tools, "the list is as it was");
    let page = browser.get(world, "/connections");
    assert!(page.text().contains("Has to be connected again"), "{}", page.text());
    assert!(browser.get(world, "/connect/books").text().contains("Disconnect"));
    connect(world, &mut browser);
    assert_eq!(agent.read(world, "get_issue", json!({})), "done");
}

fn a_missing_permission_is_asked_for(world: &mut World) {
    let (mut browser, agent) = connected(world);
    world.stage.books.needs("books:write");
    let told = agent.refused(world, "get_issue", json!({}));
    assert!(told.contains("/connect/books") && told.contains("permission"), "{told}");
    world.expect_recorded("tool_called", "refused", Some("scope_missing"));
    assert!(browser.get(world, "/connect/books").text().contains("books:write"));
    let url = leave(world, &mut browser);
    assert!(url.contains("scope=books%3Aread+offline_access+books%3Awrite"), "{url}");
}

fn disconnecting_revokes_and_deletes(world: &mut World) {
    let (mut browser, agent) = connected(world);
    agent.read(world, "get_issue", json!({}));
    let token = bearer(world);
    let page = browser.get(world, "/connect/books");
    let csrf = field(&page, "csrf");
    let forged = browser.post(world, "/connect/books", &[("csrf", "x"), ("decision", "disconnect")]);
    assert_eq!(forged.status(), 403);
    world.expect_recorded("service_connected", "refused", Some("csrf"));
    let done = browser.post(world, "/connect/books", &[("csrf", &csrf), ("decision", "disconnect")]);
    assert_eq!((done.status(), done.header("location")), (303, &*format!("{}/connections", world.origin())));
    world.expect_recorded("service_disconnected", "ok", None);
    let revoked = world.stage.books.revoked();
    assert!(revoked.contains(&token) && revoked.iter().any(|token| token.contains("refresh")), "{revoked:?}");
    assert!(agent.refused(world, "get_issue", json!({})).contains("/connect/books"));
}

fn what_was_connected_before_is_revoked_with_the_last(world: &mut World) {
    let (mut browser, agent) = connected(world);
    agent.read(world, "get_issue", json!({}));
    let first = bearer(world);
    connect(world, &mut browser);
    agent.read(world, "get_issue", json!({}));
    let second = bearer(world);
    assert_ne!(first, second);
    assert!(world.stage.books.revoked().is_empty(), "a server may end all tokens of an account with one");
    let page = browser.get(world, "/connect/books");
    let csrf = field(&page, "csrf");
    browser.post(world, "/connect/books", &[("csrf", &csrf), ("decision", "disconnect")]);
    let revoked = world.stage.books.revoked();
    assert!(revoked.contains(&first) && revoked.contains(&second), "{revoked:?}");
}

fn two_calls_at_once_renew_once(world: &mut World) {
    let (_, agent) = connected(world);
    world.pass_time(Duration::from_secs(3600 + 30));
    let agent = agent.renewed(world);
    let body = json!({ "name": "get_issue", "arguments": {} });
    let mut first = agent.open(world, "tools/call", body.clone());
    let second = agent.open(world, "tools/call", body);
    while first.chunk().is_some() {}
    assert!(second.whole().text().contains("done"));
    let renewals = world.stage.books.tokens();
    assert_eq!(renewals.iter().filter(|form| form["grant_type"] == "refresh_token").count(), 1);
}

fn a_session_outlives_its_account(world: &mut World) {
    let (mut browser, agent) = connected(world);
    let mut older = agent.speaking("2025-06-18");
    older.initialize(world);
    assert_eq!(older.read(world, "get_issue", json!({})), "done");
    world.stage.books.forgets_access();
    world.stage.books.forgets_refresh();
    assert!(older.refused(world, "get_issue", json!({})).contains("/connect/books"));
    connect(world, &mut browser);
    assert_eq!(older.read(world, "get_issue", json!({})), "done");
}

fn who_may_no_longer_use_a_service_can_disconnect_it(world: &mut World) {
    let (mut browser, agent) = connected(world);
    agent.read(world, "get_issue", json!({}));
    let token = bearer(world);
    world.sql(
        "INSERT INTO config_version (version, toml, created_at) \
         SELECT 2, replace(toml, 'role = \"books\"', 'role = \"nothing\"'), 0 FROM config_version",
    );
    world.pass_time(Duration::from_secs(120));
    let page = browser.get(world, "/connect/books");
    assert!(page.text().contains("You may no longer use this"), "{}", page.text());
    let csrf = field(&page, "csrf");
    let answer = browser.post(world, "/connect/books", &[("csrf", &csrf), ("decision", "connect")]);
    assert_eq!(answer.status(), 404, "{}", answer.text());
    let answer = browser.post(world, "/connect/books", &[("csrf", &csrf), ("decision", "disconnect")]);
    assert_eq!(answer.status(), 303, "{}", answer.text());
    assert!(world.stage.books.revoked().contains(&token));
    assert_eq!(browser.get(world, "/connect/books").status(), 404, "nothing is left");
}

fn another_account_has_another_session(world: &mut World) {
    let (mut browser, agent) = connected(world);
    let begun = Mutex::new(0);
    world.stage.books.service.answers(move |seen| {
        let message = seen.message();
        let mut number = begun.lock().unwrap();
        let (status, said) = match message["method"].as_str()? {
            "server/discover" => (400, json!({ "error": { "code": -32601, "message": "no such method" } })),
            "initialize" => {
                *number += 1;
                let server = json!({ "name": "books", "version": "1" });
                let result = json!({ "protocolVersion": "2025-11-25", "capabilities": { "tools": {} }, "serverInfo": server });
                (200, json!({ "result": result }))
            }
            _ => return None,
        };
        let mut body = said;
        (body["jsonrpc"], body["id"]) = (json!("2.0"), message["id"].clone());
        let reply = Reply::new(status, "application/json", body.to_string());
        Some(if status == 200 { reply.header("mcp-session-id", &format!("of-{number}")) } else { reply })
    });
    agent.read(world, "get_issue", json!({}));
    for decision in ["disconnect", "connect"] {
        let page = browser.get(world, "/connect/books");
        let form = [("csrf", &*field(&page, "csrf")), ("decision", decision)];
        let answer = browser.post(world, "/connect/books", &form);
        assert_eq!(answer.status(), 303, "{}", answer.text());
        if decision == "connect" {
            let back = world.stage.books.allow(answer.header("location"));
            browser.get(world, &back);
        }
    }
    agent.read(world, "get_issue", json!({}));
    let calls = world.stage.books.service.calls();
    let of =
        |header: &'static str| calls.iter().map(|call| call.header(header).to_owned()).collect::<Vec<_>>();
    let (tokens, sessions) = (of("authorization"), of("mcp-session-id"));
    assert_ne!(tokens[0], tokens[1]);
    assert_ne!(sessions[0], sessions[1], "a service may take the account from the session");
    assert!(world.waits_until(|world| world.stage.books.service.ended(&sessions[0])));
}

fn the_gateway_is_a_client_with_a_document(world: &mut World) {
    let mut anyone = Browser::of(&Person::internal());
    let answer = anyone.get(world, "/oauth/client/books.json");
    let document = answer.json();
    let origin = world.origin();
    assert_eq!(document["client_id"], format!("{origin}/oauth/client/books.json"));
    assert_eq!(document["redirect_uris"], json!([format!("{origin}/connect/books/callback")]));
    assert_eq!(document["token_endpoint_auth_method"], "none");
    // Where the gateway is a client by other means, or none, there is nothing to be read.
    for service in ["desk", "ledger", "nothing"] {
        assert_eq!(anyone.get(world, &format!("/oauth/client/{service}.json")).status(), 404, "{service}");
    }
}

/// People may have tools of their own at a service, and others of the same name.
fn what_a_list_says_to_one_person_counts_for_nobody_else(world: &mut World) {
    let (_, first) = connected(world);
    let (mut browser, second) = connected(world);
    let ask = Ask { scope: "mcp:read", ..Ask::new(world, "books") };
    let reader = Agent::asking(world, &mut browser, ask, "books");
    let listed: Mutex<Option<String>> = Mutex::default();
    world.stage.books.service.lists(move |seen| {
        let token = seen.header("authorization").to_owned();
        let hints = match *listed.lock().unwrap().get_or_insert_with(|| token.clone()) == token {
            true => json!({ "readOnlyHint": true }),
            false => json!({ "readOnlyHint": false, "destructiveHint": true }),
        };
        let tool = json!({ "name": "monthly", "inputSchema": { "type": "object" }, "annotations": hints });
        let result =
            json!({ "tools": [tool], "resultType": "complete", "ttlMs": 0, "cacheScope": "private" });
        let body = json!({ "jsonrpc": "2.0", "id": seen.message()["id"], "result": result });
        Reply::new(200, "application/json", body.to_string())
    });
    first.tools(world);
    let told = second.refused(world, "monthly", json!({ "pay": 1000 }));
    assert!(told.contains("/approve/"), "it destroys something there: {told}");
    let answer = reader.send(world, "tools/call", json!({ "name": "monthly", "arguments": {} }));
    assert_eq!(answer.status(), 403, "{}", answer.text());
    assert!(world.stage.books.service.calls().is_empty());
    first.read(world, "monthly", json!({}));
}
