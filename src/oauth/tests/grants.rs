//! Grants at services that come late, end or change, and servers that pass for others.

use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context as Waking, Poll, Waker};

use bytes::Bytes;
use futures_util::FutureExt as _;
use http::Request;
use serde_json::{Value, json};

use super::races::Halting;
use super::{App, REDIRECT, VERIFIER, answer, start};
use crate::gateway::Gateway;
use crate::host::memory::Reply;
use crate::host::{Host as _, Incoming, Row, Statement};
use crate::oidc::testing::{Browser, CONFIG, GATE, Page, World};

const WIKI: &str = "https://wiki.example.com";

/// The path, the body and the credential of each request that a peer got.
type Seen = Arc<Mutex<Vec<(String, String, String)>>>;

fn reply(status: u16, value: &Value) -> Reply {
    Reply::new(status, "application/json", value.to_string())
}

fn peer(world: &World, origin: &str, answer: impl Fn(&str, &str) -> Reply + Send + Sync + 'static) -> Seen {
    let seen = Seen::default();
    let log = Arc::clone(&seen);
    let answer = move |request: Request<Bytes>| {
        let path = request.uri().path().to_owned();
        let body = String::from_utf8_lossy(request.body()).into_owned();
        let sent = request.headers().get("authorization").map(|value| value.to_str().unwrap().to_owned());
        let path = if path == "/mcp" && sent.is_some() { "/mcp with a token".to_owned() } else { path };
        log.lock().unwrap().push((path.clone(), body.clone(), sent.unwrap_or_default()));
        answer(&path, &body)
    };
    world.host.set_peer(origin, Arc::new(answer));
    seen
}

fn rows(world: &World, sql: &'static str) -> Vec<Row> {
    world.host.query(Statement::new(sql)).now_or_never().unwrap().unwrap()
}

fn revoked(seen: &Seen, token: &str) -> bool {
    seen.lock().unwrap().iter().any(|(path, body, _)| path == "/revoke" && body.contains(token))
}

fn leave(browser: &mut Browser) -> Page {
    let page = browser.get("/connect/wiki");
    let csrf = page.field("csrf");
    browser.post("/connect/wiki", &[("csrf", &csrf), ("decision", "connect")])
}
fn disconnect(browser: &mut Browser) {
    let page = browser.get("/connect/wiki");
    let csrf = page.field("csrf");
    assert_eq!(browser.post("/connect/wiki", &[("csrf", &csrf), ("decision", "disconnect")]).status, 303);
}
fn connect(browser: &mut Browser, code: &str) {
    let state = leave(browser).sent("state").unwrap();
    let page = browser.get(&format!("/connect/wiki/callback?code={code}&state={state}"));
    assert_eq!(page.status, 200, "{}", page.text);
}
fn config(oauth: &str) -> String {
    format!("{CONFIG}[service.oauth]\nissuer = \"{WIKI}\"\nclient_id = \"gate\"\n{oauth}\n")
}

/// What the service takes.
#[derive(Clone, Copy, PartialEq)]
enum Takes {
    AnyToken,
    None,
}

/// A service and its authorization server. Codes are names of accounts; of these only `first` has a refresh token where
/// not all have one.
fn wiki(world: &World, takes: Takes, renew: fn(&str) -> Reply, all_renewable: bool) -> Seen {
    peer(world, WIKI, move |path, body| match path {
        "/mcp" => reply(401, &json!({})),
        "/mcp with a token" if takes == Takes::AnyToken => reply(503, &json!({})),
        "/mcp with a token" => reply(401, &json!({})),
        path if path.starts_with("/.well-known/oauth-protected-resource") => {
            reply(200, &json!({ "resource": format!("{WIKI}/mcp"), "authorization_servers": [WIKI] }))
        }
        "/.well-known/oauth-authorization-server" => reply(
            200,
            &json!({
                "issuer": WIKI, "authorization_endpoint": format!("{WIKI}/authorize"),
                "token_endpoint": format!("{WIKI}/token"), "revocation_endpoint": format!("{WIKI}/revoke"),
                "code_challenge_methods_supported": ["S256"],
            }),
        ),
        "/token" => {
            let form: std::collections::BTreeMap<_, _> =
                url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
            match form["grant_type"].as_str() {
                "refresh_token" => renew(&form["refresh_token"]),
                _ => {
                    let code = &form["code"];
                    let mut tokens = json!({
                        "access_token": format!("access-{code}"), "token_type": "bearer", "expires_in": 3600,
                    });
                    if all_renewable || code == "first" {
                        tokens["refresh_token"] = format!("refresh-{code}").into();
                    }
                    reply(200, &tokens)
                }
            }
        }
        "/revoke" => reply(200, &json!({})),
        _ => reply(404, &json!({})),
    })
}

fn bearer(browser: &mut Browser) -> String {
    let mut app = App::register(browser);
    app.query.insert("resource", format!("{GATE}/mcp/wiki"));
    let code = app.code(browser);
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &*code),
        ("client_id", &*app.id),
        ("code_verifier", VERIFIER),
    ];
    browser.post("/token", &form).json()["access_token"].as_str().unwrap().to_owned()
}

fn call(token: &str) -> (http::request::Builder, String) {
    let call = json!({
        "jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": { "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": { "name": "x", "version": "1" } },
    });
    let request = Request::post(format!("{GATE}/mcp/wiki"))
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .header("accept", "application/json, text/event-stream");
    (request, call.to_string())
}

/// A call renews the token of an account; meanwhile the person disconnects that and connects another.
fn late_refresh(renew: fn(&str) -> Reply) -> Seen {
    let (world, mut browser, _) = start();
    world.host.set_config(&config(""));
    let seen = wiki(&world, Takes::AnyToken, renew, true);
    connect(&mut browser, "first");
    world.advance(3570);
    let token = bearer(&mut browser);
    let gateway = Gateway::new(Halting(world.host.clone()));
    let (request, body) = call(&token);
    let mut work = pin!(gateway.handle(request.body(Incoming::Whole(body.into())).unwrap()));
    let mut waking = Waking::from_waker(Waker::noop());
    let asked = |seen: &Seen| {
        seen.lock().unwrap().iter().any(|(_, body, _)| body.contains("grant_type=refresh_token"))
    };
    while !asked(&seen) {
        assert!(matches!(work.as_mut().poll(&mut waking), Poll::Pending));
    }
    disconnect(&mut browser);
    connect(&mut browser, "second");
    while work.as_mut().poll(&mut waking).is_pending() {}
    let (request, body) = call(&token);
    browser.send(request, body.into());
    seen
}

#[test]
fn a_refresh_that_is_late_is_none_of_the_account_that_was_connected_since() {
    for renew in [
        (|old| {
            let tokens = json!({ "access_token": format!("renewed-of-{old}"), "token_type": "bearer", "expires_in": 3600 });
            reply(200, &tokens)
        }) as fn(&str) -> Reply,
        |_| reply(400, &json!({ "error": "invalid_grant" })),
    ] {
        let seen = late_refresh(renew);
        let (path, _, sent) = seen.lock().unwrap().last().cloned().unwrap();
        assert_eq!((&*path, &*sent), ("/mcp with a token", "Bearer access-second"));
    }
}

#[test]
fn a_narrow_answer_permits_nothing_wider_elsewhere() {
    const DOCUMENT: &str = "https://docs.example.com/client.json";
    let (world, mut browser, _) = start();
    let narrow = CONFIG.replace("services = [\"demo\", \"wiki\"]", "services = [\"demo\"]");
    world.host.set_config(&narrow);
    world.advance(61);
    let document = json!({ "client_id": DOCUMENT, "client_name": "App", "redirect_uris": [REDIRECT] });
    world.host.set_peer(
        "https://docs.example.com",
        Arc::new(move |_| Reply::new(200, "application/json", document.to_string())),
    );
    let mut app = App::with_id(DOCUMENT, REDIRECT);
    app.query.insert("resource", format!("{GATE}/mcp"));
    app.query.insert("scope", "mcp".to_owned());
    let page = app.ask(&mut browser);
    assert_eq!(page.status, 200, "{} {}", page.location(), page.text);
    assert!(page.text.contains("Demo desk") && !page.text.contains("wiki"), "{}", page.text);
    answer(&mut browser, &page, "allow");
    // The role may use another service now; the client asks to read only.
    world.host.set_config(CONFIG);
    world.advance(61);
    app.query.insert("scope", "mcp:read".to_owned());
    let page = app.ask(&mut browser);
    assert_eq!(page.status, 200, "asked: {}", page.location());
    assert!(page.text.contains("wiki"));
    answer(&mut browser, &page, "allow");
    // Nobody ever permitted it to write at wiki.
    app.query.insert("scope", "mcp".to_owned());
    let page = app.ask(&mut browser);
    assert_eq!(page.status, 200, "given without asking: {}", page.location());
}

#[test]
fn a_token_goes_to_no_other_address() {
    let (world, mut browser, _) = start();
    world.host.set_config(&config(""));
    wiki(&world, Takes::AnyToken, |_| reply(500, &json!({})), true);
    connect(&mut browser, "first");
    let other = peer(&world, "https://other.example.net", |_, _| reply(401, &json!({})));
    world
        .host
        .set_config(&config("").replace("https://wiki.example.com/mcp", "https://other.example.net/mcp"));
    world.advance(61);
    let token = bearer(&mut browser);
    let (request, body) = call(&token);
    let told = browser.send(request, body.into()).text;
    let at_other = format!("{:?}", other.lock().unwrap());
    assert!(!at_other.contains("access-first"), "{told}\n{at_other}");
}

#[test]
fn a_server_that_does_not_name_itself_is_in_one_place() {
    let (world, mut browser, _) = start();
    let toml = format!("{CONFIG}[service.oauth]\n");
    world.host.set_config(&toml);
    // The evil service `wiki` names the honest server's pages, and its own token endpoint.
    let evil = peer(&world, WIKI, |path, _| match path {
        "/mcp" => reply(401, &json!({})),
        path if path.starts_with("/.well-known/oauth-protected-resource") => {
            reply(200, &json!({ "resource": format!("{WIKI}/mcp"), "authorization_servers": [WIKI] }))
        }
        "/.well-known/oauth-authorization-server" => reply(
            200,
            &json!({
                "issuer": WIKI, "authorization_endpoint": "https://honest.example.org/authorize",
                "registration_endpoint": "https://honest.example.org/register",
                "token_endpoint": format!("{WIKI}/token"),
                "code_challenge_methods_supported": ["S256"],
            }),
        ),
        _ => reply(200, &json!({ "access_token": "x", "token_type": "bearer" })),
    });
    let honest = peer(&world, "https://honest.example.org", |_, _| {
        reply(
            201,
            &json!({ "client_id": "gate-at-honest", "client_secret": "planted-honest-secret",
          "token_endpoint_auth_method": "client_secret_post" }),
        )
    });
    let page = leave(&mut browser);
    assert_eq!(page.status, 500, "{} {}", page.location(), page.text);
    assert!(page.text.contains("write issuer"), "{}", page.text);
    assert!(honest.lock().unwrap().is_empty() && !revoked(&evil, ""), "nothing went anywhere");
}

#[test]
fn what_was_connected_before_is_revoked_with_what_is_over() {
    let (world, mut browser, _) = start();
    world.host.set_config(&config(""));
    let seen = wiki(&world, Takes::AnyToken, |_| reply(500, &json!({})), false);
    connect(&mut browser, "first");
    connect(&mut browser, "second");
    world.advance(3601);
    let token = bearer(&mut browser);
    let (request, body) = call(&token);
    browser.send(request, body.into());
    disconnect(&mut browser);
    assert!(revoked(&seen, "refresh-first"));
}

#[test]
fn an_account_that_its_service_does_not_take_is_still_one_to_disconnect() {
    let (world, mut browser, _) = start();
    world.host.set_config(&config(""));
    let seen = wiki(
        &world,
        Takes::None,
        |_| reply(200, &json!({ "access_token": "renewed", "token_type": "bearer", "expires_in": 3600 })),
        true,
    );
    connect(&mut browser, "first");
    let token = bearer(&mut browser);
    let (request, body) = call(&token);
    assert!(browser.send(request, body.into()).text.contains("/connect/wiki"));
    disconnect(&mut browser);
    assert!(revoked(&seen, "refresh-first"));
}

#[test]
fn an_account_can_be_ended_when_the_grant_changed() {
    let (world, mut browser, _) = start();
    world.host.set_config(&config(""));
    let seen = wiki(&world, Takes::AnyToken, |_| reply(500, &json!({})), true);
    connect(&mut browser, "first");
    world.host.set_config(&config("grant = \"client_credentials\"\nclient_secret = { secret = \"S\" }"));
    world.host.set_secret("S", "s");
    world.advance(61);
    disconnect(&mut browser);
    assert!(rows(&world, "SELECT service FROM connection").is_empty());
    assert!(revoked(&seen, "refresh-first"));
    assert_eq!(browser.get("/connect/wiki").status, 404);
}
