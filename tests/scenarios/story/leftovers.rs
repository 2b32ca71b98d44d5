//! After a day with much personal data and many secrets, none of it lies about in clear.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use mcpgate::host::memory::{Chunk, Reply};
use serde_json::{Value, json};

use super::{admin, tokens, vault};
use crate::client::{Agent, Ask, Browser, REDIRECT, field, register};
use crate::stage::{
    BANK_SECRET, BANK_SERVICES, BOOKS_SECRET, CLIENT_SECRET, DESK_TOKEN, OIDC_SECRET, Person,
};
use crate::world::World;
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Fresh: nothing_planted_is_found_in_what_is_kept_logged_or_exported;
};

/// Values in results and arguments.
const PLANTED: [&str; 12] = [
    "mia.muster@kunde.example",
    "j.o'hara+x@kunde.example",
    "+49 30 901820",
    "+1 (415) 555-2671",
    "DE89 3704 0044 0532 0130 00",
    "GB29NWBK60161331926819",
    "4111 1111 1111 1111",
    "5500005555555559",
    "203.0.113.77",
    "2001:db8:85a3::8a2e:370:7334",
    "Quirina Beispielhuber",
    "Torvald Musterfrau",
];

#[derive(Default)]
struct Planted(Vec<String>);

impl Planted {
    fn add(&mut self, value: &str) {
        assert!(value.len() >= 8, "{value} could be found by chance");
        self.0.push(value.to_owned());
    }

    fn add_all<'a>(&mut self, values: impl IntoIterator<Item = &'a str>) {
        values.into_iter().for_each(|value| self.add(value));
    }

    /// Each value as it is, and as base64 writes it.
    fn needles(&self) -> Vec<(String, Vec<u8>)> {
        let mut needles = Vec::new();
        for value in &self.0 {
            let encoded = [STANDARD_NO_PAD.encode(value), URL_SAFE_NO_PAD.encode(value)];
            let spellings = [value.clone(), value.to_lowercase()].into_iter().chain(encoded);
            needles.extend(spellings.map(|text| (value.clone(), text.into_bytes())));
        }
        needles
    }
}

/// What holds any of the values, and which.
fn found(needles: &[(String, Vec<u8>)], places: &[(String, Vec<u8>)]) -> Vec<String> {
    let mut found = Vec::new();
    for (place, bytes) in places {
        for (value, needle) in needles {
            if memchr::memmem::find(bytes, needle).is_some() {
                found.push(format!("{value:?} in {place}"));
            }
        }
    }
    found
}

fn nothing_planted_is_found_in_what_is_kept_logged_or_exported(world: &mut World) {
    let heard = world.hear();
    let mut planted = Planted::default();
    planted.add_all(PLANTED);
    planted.add_all([DESK_TOKEN, OIDC_SECRET, CLIENT_SECRET]);
    let secrets = world.secrets.clone();
    planted.add_all(secrets.iter().flat_map(|(_, value)| value.split(',')));

    let (mut browser, agent) = sign_in(world, &mut planted);
    session(world, &agent);
    let pseudonym = read_and_write(world, &agent);
    hold(world, &mut browser, &agent, &pseudonym);
    fail(world, &agent, &mut planted);
    account(world, &mut planted);
    without_connecting(world, &mut planted);
    administer(world, &mut planted);

    // While the queue refuses, all of it waits in the outbox.
    world.settle();
    world.queue_refuses(true);
    read_and_write(world, &agent);
    let waiting = world.kept();
    assert!(!world.rows("SELECT event FROM audit_outbox").is_empty());
    world.queue_refuses(false);
    read_and_write(world, &agent);
    world.settle();
    world.restart();
    let renewed = agent.renewed(world);
    planted.add_all([renewed.token.as_str(), &renewed.refresh_token]);
    read_and_write(world, &renewed);

    let needles = planted.needles();
    let export: String = world.audit().iter().map(|event| format!("{event}\n")).collect();
    let peers = [world.stage.desk.seen(), world.stage.mail.seen(), world.stage.bank.service.seen()].concat();
    let mut urls: Vec<String> = peers.into_iter().map(|seen| seen.uri).collect();
    urls.extend(world.stage.idp.seen());
    urls.extend(world.stage.bank.asked());
    let mut places = world.kept();
    places.extend(waiting);
    places.push(("the log".to_owned(), world.logs().into_bytes()));
    places.push(("the audit export".to_owned(), export.into_bytes()));
    places.push(("the URLs that peers saw".to_owned(), urls.join("\n").into_bytes()));

    // What is there is found; so what is not found is not there.
    let there = |text: &str| found(&[(text.to_owned(), text.as_bytes().to_vec())], &places);
    for text in ["tool_called", "sign_in_failed", "/mcp", "/jwks", "pii_mapping", "public_url"] {
        assert!(!there(text).is_empty(), "{text}");
    }
    assert_eq!(found(&needles, &places), [""; 0]);

    // Answers hold what is for their reader: a client its own token, a person what they decide about. Nobody's are the
    // gateway's keys, and what it proves itself with at services and at the identity provider.
    let mut inner = Planted::default();
    inner.add_all([DESK_TOKEN, OIDC_SECRET, CLIENT_SECRET, BOOKS_SECRET, BANK_SECRET]);
    inner.add_all([
        "planted-books-access",
        "planted-books-refresh",
        "planted-bank-access",
        "planted-bank-refresh",
    ]);
    inner.add_all(["planted-idp-access", "planted-idp-refresh"]);
    inner.add_all(secrets.iter().flat_map(|(_, value)| value.split(',')));
    inner.add_all(world.stage.idp.id_tokens().iter().map(String::as_str));
    let answers = [("the answers".to_owned(), heard.lock().unwrap().clone())];
    for text in ["access_token", "__Host-", "Person-", "credential withheld"] {
        assert!(!found(&[(text.to_owned(), text.as_bytes().to_vec())], &answers).is_empty(), "{text}");
    }
    assert_eq!(found(&inner.needles(), &answers), [""; 0]);
}

fn sign_in(world: &mut World, planted: &mut Planted) -> (Browser, Agent) {
    let person = Person { name: "Walpurga Wohlgemut-Planted".to_owned(), ..Person::internal() };
    let mut browser = Browser::of(&person);
    let wish = json!({ "redirect_uris": [REDIRECT], "token_endpoint_auth_method": "client_secret_post" });
    let registered = register(world, &wish).json();
    let secret = registered["client_secret"].as_str().unwrap().to_owned();
    let ask =
        Ask { client_id: registered["client_id"].as_str().unwrap().to_owned(), ..Ask::new(world, "desk") };
    let code = ask.code(world, &mut browser);
    assert_eq!(ask.redeem(world, &code, &[("client_secret", &secret)]).status(), 200);
    planted.add_all([secret.as_str(), &code, &ask.verifier]);

    let agent = Agent::at(world, &mut browser, "desk");
    planted.add_all([person.email.as_str(), &person.name, &person.sub]);
    planted.add_all([agent.token.as_str(), &agent.refresh_token, &agent.ask.verifier]);
    planted.add_all(browser.cookies.values().map(String::as_str));
    planted.add_all(["planted-idp-code", "planted-idp-access"]);

    // Somebody who may not enter, and somebody who only begins.
    let stranger = Person::of("evil.example.org");
    let mut elsewhere = Browser::of(&stranger);
    assert_eq!(elsewhere.sign_in(world, "/login").status(), 403);
    let mut hesitant = Browser::of(&Person::internal());
    hesitant.get(world, "/login?return_to=%2Fapprove%2Fplanted-return-to");
    planted.add_all([stranger.email.as_str(), &stranger.name, "planted-return-to"]);
    planted.add_all(hesitant.cookies.values().chain(elsewhere.cookies.values()).map(String::as_str));
    (browser, agent)
}

/// An account at a service: connected, used, renewed.
fn account(world: &mut World, planted: &mut Planted) {
    let (browser, agent) = vault::connected(world);
    agent.read(world, "get_issue", json!({}));
    world.stage.books.forgets_access();
    let calls = world.stage.books.service.calls().len();
    agent.read(world, "get_issue", json!({}));
    assert_eq!(world.stage.books.service.calls().len(), calls + 1, "renewed");
    // A service in some debug mode.
    world.stage.books.service.replies(|seen| {
        let text = format!("sent: {}", seen.header("authorization"));
        let result = json!({ "content": [{ "type": "text", "text": text }], "isError": false });
        let answer = json!({ "jsonrpc": "2.0", "id": seen.message()["id"], "result": result });
        Reply::new(200, "application/json", answer.to_string())
    });
    agent.read(world, "get_issue", json!({}));
    world.stage.books.service.behaves();
    planted.add_all([BOOKS_SECRET, "planted-books-code", "planted-books-access", "planted-books-refresh"]);
    planted.add_all(browser.cookies.values().map(String::as_str));
    planted.add_all([agent.token.as_str(), &agent.refresh_token]);
    for form in world.stage.books.tokens() {
        planted.add_all(form.get("code_verifier").map(String::as_str));
    }
}

/// Tokens that nobody connects anything for: the gateway's own and exchanged ones, with what they are got for.
fn without_connecting(world: &mut World, planted: &mut Planted) {
    world.stage.idp.renews();
    for service in BANK_SERVICES {
        let (browser, agent) = tokens::customer(world, service);
        agent.read(world, "get_issue", json!({}));
        world.stage.bank.forgets_access();
        agent.read(world, "get_issue", json!({}));
        planted.add_all([browser.person.email.as_str(), &browser.person.sub, &agent.token]);
    }
    planted.add_all([BANK_SECRET, "planted-bank-access", "planted-bank-refresh", "planted-idp-refresh"]);
    planted.add_all(world.stage.idp.id_tokens().iter().map(String::as_str));
    for form in world.stage.bank.forms() {
        let sent = ["subject_token", "client_assertion"].into_iter().filter_map(|name| form.get(name));
        planted.add_all(sent.map(String::as_str));
    }
    assert!(world.rows("SELECT person FROM identity_token").len() > 1);
    assert_eq!(world.rows("SELECT count(*) FROM service_token WHERE grant_text IS NOT NULL"), [["2"]]);
}

/// An administrator's token, made and used.
fn administer(world: &mut World, planted: &mut Planted) {
    let mut browser = admin::administrator(world);
    let token = admin::token(world, &mut browser, &["scope_people"], "30");
    let agent = Agent::of(world, &Person::internal(), "desk");
    let whom = json!({ "email": "planted.nobody@kunde.example" });
    let request = http::Request::post(world.url("/admin/people/remove"))
        .header("authorization", format!("Bearer {token}"))
        .body(whom.to_string().into())
        .unwrap();
    assert_eq!(world.send(request).status(), 404);
    planted.add_all([token.as_str(), "planted.nobody@kunde.example", &agent.token]);
    planted.add_all(browser.cookies.values().map(String::as_str));
}

fn session(world: &mut World, agent: &Agent) {
    let mut agent = agent.speaking("2025-11-25");
    agent.initialize(world);
    agent.read(world, "get_issue", json!({}));
}

/// Reads all that is planted, and writes it back; answers with a pseudonym.
fn read_and_write(world: &mut World, agent: &Agent) -> String {
    let prose: String = PLANTED.iter().map(|value| format!("- {value}\n")).collect();
    let document =
        json!({ "assignee": { "displayName": PLANTED[10] }, "reporter": PLANTED[11], "prose": prose });
    // Names are known from the fields of the message that they stand in.
    let told: String = PLANTED[..10].iter().map(|value| format!("- {value}\n")).collect();
    let event = json!({ "jsonrpc": "2.0", "method": "notifications/progress",
        "params": { "progressToken": 1, "progress": 1, "message": told } });
    let result = json!({ "content": [{ "type": "text", "text": document.to_string() }], "structuredContent": document, "isError": false });
    world.stage.desk.replies(move |seen| {
        let answer = format!(r#"{{"jsonrpc":"2.0","id":{},"result":{result}}}"#, seen.id());
        Reply::chunks(
            200,
            "text/event-stream",
            vec![Chunk::Bytes(format!("data: {event}\n\ndata: {answer}\n\n").into())],
        )
    });
    let answer = agent.send(world, "tools/call", json!({ "name": "get_issue", "arguments": {} }));
    let seen = answer.events().pop().unwrap()["result"]["structuredContent"].clone();
    for value in PLANTED {
        assert!(!answer.text().contains(value), "{value}");
    }
    let back =
        agent.send(world, "tools/call", json!({ "name": "add_comment", "arguments": { "text": seen } }));
    assert_eq!(back.status(), 200);
    let written = world.stage.desk.calls().pop().unwrap().arguments();
    assert_eq!(written["text"]["prose"], prose, "the service gets the real values");
    seen["reporter"].as_str().unwrap().to_owned()
}

/// Calls wait for a yes: one gets it, one does not, one waits on.
fn hold(world: &mut World, browser: &mut Browser, agent: &Agent, pseudonym: &str) {
    world.stage.desk.behaves();
    for (n, decision) in [(1, Some("approve")), (2, Some("deny")), (3, None)] {
        // A model may also say a value that it was never shown as a pseudonym.
        let arguments = json!({ "n": n, "who": pseudonym, "plain": PLANTED[0] });
        let told = agent.refused(world, "delete_issue", arguments.clone());
        let path = told.split_once(world.origin()).unwrap().1.split_whitespace().next().unwrap().to_owned();
        let Some(decision) = decision else { continue };
        let csrf = field(&browser.get(world, &path), "csrf");
        browser.post(world, &path, &[("csrf", &csrf), ("decision", decision)]);
        if decision == "approve" {
            agent.read(world, "delete_issue", arguments);
        }
    }
}

/// Failures whose texts hold what must not be repeated.
fn fail(world: &mut World, agent: &Agent, planted: &mut Planted) {
    planted.add_all(["planted.in.error@kunde.example", "planted_tool_name", "planted_argument"]);
    let talkative = || Reply::new(500, "text/html", "planted.in.error@kunde.example");
    world.stage.desk.replies(move |_| talkative());
    agent.refused(world, "get_issue", json!({ "x": "planted_argument" }));
    let rubbish = || Reply::new(200, "application/json", "{planted.in.error@kunde.example");
    world.stage.desk.replies(move |_| rubbish());
    agent.refused(world, "get_issue", json!({}));
    agent.send(world, "tools/call", json!({ "name": "planted_tool_name", "arguments": {} }));
    agent.send(world, "planted_tool_name", json!({}));
    let mut posting = agent.posting(world, "{\"planted.in.error@kunde.example\"".to_owned());
    assert_eq!(world.send(posting.clone()).status(), 400);
    *posting.uri_mut() =
        world.url("/mcp/planted_argument?who=planted.in.error@kunde.example").parse().unwrap();
    assert_eq!(world.send(posting).status(), 404);
    let error = || json!({ "error": "invalid_grant", "error_description": "planted.in.error@kunde.example" });
    world.stage.idp.answers("/token", move || Reply::new(400, "application/json", error().to_string()));
    assert_eq!(Browser::of(&Person::internal()).sign_in(world, "/login").status(), 502);
    world.stage.idp.behaves();
    let _: Value =
        register(world, &json!({ "redirect_uris": ["http://planted.in.error@kunde.example/"] })).json();
    world.stage.desk.behaves();
}
