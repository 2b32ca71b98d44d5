//! People's accounts at services, where what happens between two steps of the gateway counts.

use std::future::Future;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures_util::FutureExt as _;
use http::Request;
use serde_json::{Value, json};

use super::{App, VERIFIER, start};
use crate::config::Config;
use crate::context::Context;
use crate::crypto::{Keys, digest};
use crate::gateway::Gateway;
use crate::host::memory::{Memory, Reply};
use crate::host::{Host as _, Row, Statement};
use crate::isolate::Setup;
use crate::oidc::testing::{Browser, CONFIG, GATE, Page, World};
use crate::service::{Party, own_facts, vault};
use crate::store::{connection, person};

const WIKI: &str = "https://wiki.example.com";

/// The path and the body of each request that a peer got.
type Seen = Arc<Mutex<Vec<(String, String)>>>;

fn peer(world: &World, origin: &str, answer: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Seen {
    let seen = Seen::default();
    let log = Arc::clone(&seen);
    let answer = move |request: Request<Bytes>| {
        let path = request.uri().path().to_owned();
        let body = String::from_utf8_lossy(request.body()).into_owned();
        log.lock().unwrap().push((path.clone(), body));
        answer(&path)
    };
    world.host.set_peer(origin, Arc::new(answer));
    seen
}

fn reply(status: u16, value: &Value) -> Reply {
    Reply::new(status, "application/json", value.to_string())
}

/// A service that is its own authorization server, or names another.
fn wiki(world: &World, issuer: &'static str) -> Seen {
    peer(world, WIKI, move |path| match path {
        "/mcp" => reply(401, &json!({})),
        path if path.starts_with("/.well-known/oauth-protected-resource") => {
            reply(200, &json!({ "resource": format!("{WIKI}/mcp"), "authorization_servers": [issuer] }))
        }
        path => server(path, WIKI),
    })
}

fn server(path: &str, issuer: &str) -> Reply {
    match path {
        "/.well-known/oauth-authorization-server" => reply(
            200,
            &json!({
                "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"),
                "token_endpoint": format!("{issuer}/token"), "revocation_endpoint": format!("{issuer}/revoke"),
                "code_challenge_methods_supported": ["S256"],
            }),
        ),
        "/token" => reply(
            200,
            &json!({
                "access_token": "planted-access", "refresh_token": "planted-refresh", "token_type": "bearer",
                "expires_in": 3600,
            }),
        ),
        _ => reply(404, &json!({})),
    }
}

fn config(oauth: &str) -> String {
    format!("{CONFIG}[service.oauth]\nissuer = \"{WIKI}\"\nclient_id = \"gate\"\n{oauth}\n")
}

fn leave(browser: &mut Browser) -> Page {
    let page = browser.get("/connect/wiki");
    let csrf = page.field("csrf");
    browser.post("/connect/wiki", &[("csrf", &csrf), ("decision", "connect")])
}

fn connect(browser: &mut Browser) {
    let state = leave(browser).sent("state").unwrap();
    let page = browser.get(&format!("/connect/wiki/callback?code=c&state={state}"));
    assert_eq!(page.status, 200, "{}", page.text);
}

fn now<T>(work: impl Future<Output = T>) -> T {
    work.now_or_never().unwrap()
}

fn rows(world: &World, sql: &'static str) -> Vec<Row> {
    now(world.host.query(Statement::new(sql))).unwrap()
}

fn revoked(seen: &Seen) -> usize {
    seen.lock().unwrap().iter().filter(|(path, _)| path == "/revoke").count()
}

fn party(world: &World, toml: &str) -> Party<Memory> {
    let keys = now(Keys::read(&world.host)).unwrap();
    let config = Config::parse(toml).unwrap();
    let service = Rc::clone(config.service("wiki").unwrap());
    let context = Context::new(world.host.clone(), Rc::new(Setup { config, version: 1, keys }));
    let person = rows(world, "SELECT id FROM person")[0].text("id").unwrap().to_owned();
    let key = now(person::data_key(&context, &person)).unwrap().unwrap();
    Party { context, service, person, key, facts: Rc::new(own_facts()) }
}

#[test]
fn a_service_that_names_another_server_gets_no_secret_there() {
    let (world, mut browser, _) = start();
    world.host.set_config(&config("client_secret = { secret = \"WIKI_SECRET\" }"));
    world.host.set_secret("WIKI_SECRET", "planted-operator-secret");
    let evil = "https://evil.example.net";
    let (at_wiki, at_evil) = (wiki(&world, evil), peer(&world, evil, move |path| server(path, evil)));
    let page = leave(&mut browser);
    assert_eq!(page.status, 502, "{}", page.text);
    assert!(page.text.contains("does not name the issuer"), "{}", page.text);
    assert!(at_evil.lock().unwrap().is_empty(), "it was not even asked");
    assert!(!format!("{:?}", at_wiki.lock().unwrap()).contains("planted"));
}

#[test]
fn who_is_removed_while_they_connect_an_account_has_none() {
    let (world, mut browser, _) = start();
    let toml = config("");
    world.host.set_config(&toml);
    let seen = wiki(&world, WIKI);
    let state = leave(&mut browser).sent("state").unwrap();
    let session = digest(&browser.cookies["__Host-mcpgate_session"]);
    let party = party(&world, &toml);
    // What the way back does, with the removal between its steps.
    let back = vault::Return { state: Some(&state), code: Some("c"), iss: None, error: None };
    let Ok(obtained) = now(vault::finish(&party, &session, back)) else { panic!("not finished") };
    now(person::end_access(&world.host, &party.person)).unwrap();
    now(connection::forget_all(&world.host, &party.person)).unwrap();
    assert!(!now(vault::keep(&party, &session, obtained)).unwrap());
    assert!(rows(&world, "SELECT service FROM connection").is_empty());
    assert_eq!(revoked(&seen), 2, "what was got is given back");
}

#[test]
fn nobody_is_asked_for_more_than_the_operator_chose() {
    let (world, mut browser, _) = start();
    world.host.set_config(&config("scopes = [\"pages:read\"]"));
    wiki(&world, WIKI);
    connect(&mut browser);
    // What a service's 403 leaves behind.
    rows(&world, "UPDATE connection SET wanted = 'admin:everything'");
    assert_eq!(leave(&mut browser).sent("scope").as_deref(), Some("pages:read"));
    let missing = "Bearer error=\"insufficient_scope\", scope=\"admin:everything\"";
    world.host.set_peer(WIKI, Arc::new(move |_| reply(403, &json!({})).header("www-authenticate", missing)));
    let mut app = App::register(&mut browser);
    app.query.insert("resource", format!("{GATE}/mcp/wiki"));
    let code = app.code(&mut browser);
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &*code),
        ("client_id", &*app.id),
        ("code_verifier", VERIFIER),
    ];
    let token = browser.post("/token", &form).json()["access_token"].as_str().unwrap().to_owned();
    let call = json!({
        "jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": { "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": { "name": "x", "version": "1" } },
    });
    let request = Request::post(format!("{GATE}/mcp/wiki"))
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .header("accept", "application/json, text/event-stream");
    let told = browser.send(request, call.to_string().into()).text;
    assert!(told.contains("operator") && !told.contains("/connect/"), "{told}");
}

#[test]
fn who_is_removed_loses_accounts_at_services_that_are_gone_too() {
    let (world, mut browser, _) = start();
    let admins = |toml: &str| {
        toml.replace("[access.domains", "[access]\nadmins = [\"jane@example.com\"]\n[access.domains")
    };
    world.host.set_config(&admins(&config("")));
    let seen = wiki(&world, WIKI);
    connect(&mut browser);
    world.host.set_config(
        &admins(CONFIG.split("[[service]]\nid = \"wiki\"").next().unwrap())
            .replace(", \"wiki\"", "")
            .replace("\"wiki\"", ""),
    );
    world.advance(60);
    let mut admin = world.browser();
    let back = admin.leave(&world, "/login?anew=1");
    admin.get(&back);
    let page = admin.get("/admin");
    let at = page.text.find("/admin/people/remove").unwrap();
    let csrf = page.text[at..].split_once("name=\"csrf\" value=\"").unwrap().1.split('"').next().unwrap();
    let page = admin.post("/admin/people/remove", &[("csrf", csrf), ("who", "jane@example.com")]);
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(page.text.contains("disconnected: wiki"), "{}", page.text);
    assert!(rows(&world, "SELECT service FROM connection").is_empty());
    assert_eq!(revoked(&seen), 2);
}

#[test]
fn services_that_left_lately_keep_no_other_from_being_forgotten() {
    let (world, mut browser, _) = start();
    world.host.set_config(&config(""));
    let seen = wiki(&world, WIKI);
    connect(&mut browser);
    let service = |id: &str| format!("[[service]]\nid = \"{id}\"\nmcp = \"https://{id}.example.com/mcp\"\n");
    let many: String = ["a", "b", "c", "d", "e"].map(service).concat();
    let without = CONFIG.split("[[service]]\nid = \"wiki\"").next().unwrap();
    let without = without.replace(", \"wiki\"", "").replace("\"wiki\"", "");
    world.host.set_config(&format!("{without}{many}"));
    rows(
        &world,
        "INSERT INTO connection (person, service, scope, created_at, token_until)
         SELECT person, value, '', 0, 0 FROM connection, json_each('[\"a\",\"b\",\"c\",\"d\",\"e\"]')",
    );
    world.advance(8 * 86_400);
    // The last version is stored just now, and the one before was long ago.
    let stored = Statement::new(
        "INSERT INTO config_version (version, toml, created_at)
         SELECT max(version) + 1, ?1, ?2 FROM config_version",
    );
    now(world.host.query(stored.bind(without).bind(world.host.now()))).unwrap();
    let gateway = Gateway::new(world.host.clone());
    world.advance(60);
    now(gateway.maintain());
    let left = rows(&world, "SELECT service FROM connection ORDER BY service");
    let left: Vec<_> = left.iter().map(|row| row.text("service").unwrap()).collect();
    assert_eq!(left, ["a", "b", "c", "d", "e"]);
    assert_eq!(revoked(&seen), 2);
}
