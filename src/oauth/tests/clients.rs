//! Clients: how they register, publish themselves, and prove who they are.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::FutureExt as _;
use http::{Request, StatusCode};
use serde_json::{Value, json};
use url::Url;

use super::{App, REDIRECT, VERIFIER, denied, register, start};
use crate::host::Host as _;
use crate::host::memory::Reply;
use crate::oidc::testing::{Browser, GATE, World, encode};

#[test]
fn a_confidential_client_proves_itself() {
    let (world, mut browser, _app) = start();
    let answer = register(&mut browser, &json!({ "redirect_uris": [REDIRECT] })).json();
    assert_eq!(answer["token_endpoint_auth_method"], "client_secret_basic");
    assert_eq!(answer["client_secret_expires_at"], 0);
    let secret = answer["client_secret"].as_str().unwrap();
    let app = App::with_id(answer["client_id"].as_str().unwrap(), REDIRECT);
    let code = app.code(&mut browser);
    world.audited();
    denied(&app.redeem(&mut browser, &code), 401, "invalid_client");
    let form = |code: &str| {
        encode(&[("grant_type", "authorization_code"), ("code", code), ("code_verifier", VERIFIER)])
    };
    let basic = |browser: &mut Browser, pair: String, more: &str| {
        use base64::Engine as _;
        let pair = base64::engine::general_purpose::STANDARD.encode(pair);
        let request = Request::post(format!("{GATE}/token"))
            .header("content-type", "application/x-www-form-urlencoded; charset=UTF-8")
            .header("authorization", format!("Basic {pair}"));
        browser.send(request, format!("{}{more}", form(&code)).into())
    };
    let page = basic(&mut browser, format!("{}:wrong", app.id), "");
    denied(&page, 401, "invalid_client");
    assert_eq!(page.headers["www-authenticate"], "Basic realm=\"mcpgate\"");
    denied(&basic(&mut browser, format!("{}:{secret}", app.id), "&client_secret=x"), 400, "invalid_request");
    denied(&basic(&mut browser, format!("{}:{secret}", app.id), "&client_id=other"), 400, "invalid_request");
    let refused = "token_refused refused client_unauthenticated";
    assert_eq!(world.audited()[..2], [refused, refused]);
    assert_eq!(basic(&mut browser, format!("{}:{secret}", app.id), "").status, StatusCode::OK);
    let code = app.code(&mut browser);
    let post = browser.post(
        "/token",
        &[
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("code_verifier", VERIFIER),
            ("client_id", &app.id),
            ("client_secret", secret),
        ],
    );
    assert_eq!(post.status, StatusCode::OK);
}

#[test]
fn registrations_are_checked() {
    let world = World::new();
    let mut browser = world.browser();
    for (wish, error) in [
        (json!([]), "invalid_client_metadata"),
        (json!({}), "invalid_client_metadata"),
        (json!({ "redirect_uris": "https://app.example.com/cb" }), "invalid_client_metadata"),
        (json!({ "redirect_uris": [] }), "invalid_redirect_uri"),
        (json!({ "redirect_uris": vec![REDIRECT; 33] }), "invalid_redirect_uri"),
        (json!({ "redirect_uris": ["http://app.example.com/cb"] }), "invalid_redirect_uri"),
        (json!({ "redirect_uris": [REDIRECT, "javascript:alert(1)"] }), "invalid_redirect_uri"),
        (
            json!({ "redirect_uris": ["com.example.app:/cb"], "application_type": "web" }),
            "invalid_redirect_uri",
        ),
        (json!({ "redirect_uris": [REDIRECT], "application_type": "x" }), "invalid_client_metadata"),
        (
            json!({ "redirect_uris": [REDIRECT], "token_endpoint_auth_method": "private_key_jwt" }),
            "invalid_client_metadata",
        ),
        (
            json!({ "redirect_uris": [REDIRECT], "grant_types": ["client_credentials"] }),
            "invalid_client_metadata",
        ),
        (json!({ "redirect_uris": [REDIRECT], "response_types": ["token"] }), "invalid_client_metadata"),
        (
            json!({ "redirect_uris": [REDIRECT], "client_name": "x".repeat(20_000) }),
            "invalid_client_metadata",
        ),
    ] {
        denied(&register(&mut browser, &wish), 400, error);
        assert_eq!(world.audited(), ["client_registered refused client_invalid"]);
    }
}

#[test]
fn a_client_lives_as_long_as_it_is_used() {
    let (world, mut browser, app) = start();
    world.advance(80 * 86_400);
    browser.sign_in(&world);
    app.tokens(&mut browser);
    world.advance(80 * 86_400);
    browser.sign_in(&world);
    app.tokens(&mut browser);
    world.advance(90 * 86_400 + 1);
    browser.sign_in(&world);
    assert_eq!(app.ask(&mut browser).status, StatusCode::BAD_REQUEST);
    denied(&app.refresh(&mut browser, "x"), 401, "invalid_client");
}

#[test]
fn too_many_registrations_wait() {
    let world = World::new();
    let mut browser = world.browser();
    let wish = json!({ "redirect_uris": [REDIRECT] });
    let fill = crate::host::Statement::new(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 999)
         INSERT INTO oauth_client SELECT 'c' || i, 'x', '[]', NULL, ?1, ?1, NULL FROM n",
    );
    world.host.query(fill.bind(world.host.now())).now_or_never().unwrap().unwrap();
    assert_eq!(register(&mut browser, &wish).status, StatusCode::CREATED);
    denied(&register(&mut browser, &wish), 429, "temporarily_unavailable");
    world.advance(3600);
    assert_eq!(register(&mut browser, &wish).status, StatusCode::CREATED);
}

/// Puts a metadata document at `https://docs.example.com`; counts how often it is fetched.
fn publish(world: &World, document: &Value, cache_control: &'static str) -> Arc<AtomicUsize> {
    let fetched = Arc::new(AtomicUsize::new(0));
    let (count, text) = (Arc::clone(&fetched), document.to_string());
    world.host.set_peer(
        "https://docs.example.com",
        Arc::new(move |_| {
            count.fetch_add(1, Ordering::Relaxed);
            Reply::new(200, "application/json", text.clone()).header("cache-control", cache_control)
        }),
    );
    fetched
}

const DOCUMENT: &str = "https://docs.example.com/client.json";

fn document() -> Value {
    json!({
        "client_id": DOCUMENT, "client_name": "Published app", "redirect_uris": [REDIRECT, "weird-scheme:/x"],
        "token_endpoint_auth_methods_supported": ["none", "private_key_jwt"],
    })
}

#[test]
fn a_published_client_is_fetched_for_people_only_and_remembered() {
    let (world, mut browser, _app) = start();
    let fetched = publish(&world, &document(), "max-age=600");
    let count = || fetched.load(Ordering::Relaxed);
    let app = App::with_id(DOCUMENT, REDIRECT);
    assert!(app.ask(&mut world.browser()).location().starts_with("/login"));
    assert_eq!(count(), 0, "nobody unknown makes the gateway fetch");
    let page = app.ask(&mut browser);
    assert!(page.text.contains("Published app") && page.text.contains("docs.example.com"), "{}", page.text);
    app.tokens(&mut browser);
    world.advance(599);
    app.ask(&mut browser);
    assert_eq!(count(), 1);
    world.advance(2);
    app.ask(&mut browser);
    assert_eq!(count(), 2);
}

#[test]
fn a_document_that_is_not_acceptable_is_not_accepted_and_not_remembered() {
    for (change, value) in [
        ("client_id", json!("https://docs.example.com/other.json")),
        ("client_id", Value::Null),
        ("redirect_uris", json!([])),
        ("redirect_uris", json!(["http://app.example.com/cb"])),
        ("token_endpoint_auth_methods_supported", json!(["client_secret_basic"])),
        ("client_secret", json!("hunter2")),
        ("jwks_uri", json!("https://10.0.0.1/keys")),
        ("jwks_uri", json!("http://docs.example.com/keys")),
        ("jwks", json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "x": "AA", "d": "AA" }] })),
        ("padding", json!("x".repeat(17_000))),
    ] {
        let (world, mut browser, _app) = start();
        let mut changed = document();
        changed[change] = value;
        let fetched = publish(&world, &changed, "max-age=600");
        let app = App::with_id(DOCUMENT, REDIRECT);
        for _ in 0..2 {
            let page = app.ask(&mut browser);
            assert_eq!((page.status, page.location()), (StatusCode::BAD_REQUEST, ""), "{change}");
        }
        assert_eq!(fetched.load(Ordering::Relaxed), 2);
    }
    for reply in [
        (|| Reply::new(302, "application/json", "").header("location", "http://127.0.0.1/")) as fn() -> Reply,
        || Reply::new(403, "text/html", "challenge"),
        || Reply::new(200, "text/html", document().to_string()),
        || Reply::Silence,
        || Reply::Refusal,
    ] {
        let (world, mut browser, _app) = start();
        world.host.set_peer("https://docs.example.com", Arc::new(move |_| reply()));
        let page = App::with_id(DOCUMENT, REDIRECT).ask(&mut browser);
        assert_eq!((page.status, page.location()), (StatusCode::BAD_REQUEST, ""));
    }
    let (_world, mut browser, _app) = start();
    for id in [
        "https://127.0.0.1/c",
        "https://docs.example.com",
        "https://docs.example.com/a/../c",
        "https://x@docs.example.com/c",
    ] {
        assert_eq!(App::with_id(id, REDIRECT).ask(&mut browser).status, StatusCode::BAD_REQUEST, "{id}");
    }
}

#[test]
fn well_known_clients_are_known_when_their_hosts_do_not_answer() {
    let (_world, mut browser, _app) = start();
    for (id, redirect) in [
        ("https://claude.ai/oauth/mcp-oauth-client-metadata", "https://claude.ai/api/mcp/auth_callback"),
        ("https://claude.ai/oauth/claude-code-client-metadata", "http://localhost:53682/callback"),
        ("https://chatgpt.com/oauth/client.json", "https://chatgpt.com/connector_platform_oauth_redirect"),
        ("https://chatgpt.com/oauth/codex/client.json", "http://127.0.0.1:1455/callback"),
        ("https://vscode.dev/oauth/client-metadata.json", "http://127.0.0.1:33418/"),
    ] {
        let app = App::with_id(id, redirect);
        assert_eq!(app.ask(&mut browser).status, StatusCode::OK, "{id}");
        app.tokens(&mut browser);
        let host = Url::parse(id).unwrap().host_str().unwrap().to_owned();
        assert_eq!(
            App::with_id(&format!("https://{host}/made-up"), redirect).ask(&mut browser).status.as_u16(),
            400
        );
    }
    let (id, redirect) =
        ("https://opencode.ai/oauth/opencode/client.json", "http://127.0.0.1:19876/callback");
    assert_eq!(App::with_id(id, redirect).ask(&mut browser).status, StatusCode::OK);
    let secret = [("client_id", "https://claude.ai/oauth/mcp-oauth-client-metadata"), ("client_secret", "x")];
    denied(&browser.post("/token", &secret), 401, "invalid_client");
}

const VSCODE: &str = "https://vscode.dev/oauth/client-metadata.json";

/// Answers for `https://vscode.dev`; counts how often.
fn vscode(world: &World, reply: impl Fn() -> Reply + Send + Sync + 'static) -> Arc<AtomicUsize> {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    world.host.set_peer(
        "https://vscode.dev",
        Arc::new(move |_| {
            count.fetch_add(1, Ordering::Relaxed);
            reply()
        }),
    );
    asked
}

#[test]
fn a_pinned_document_stands_in_only_for_one_that_cannot_be_had() {
    let published = json!({
        "client_id": VSCODE, "client_name": "Renamed", "redirect_uris": ["https://vscode.dev/new"],
    });
    let (world, mut browser, _app) = start();
    vscode(&world, move || Reply::new(200, "application/json", published.to_string()));
    let page = App::with_id(VSCODE, "https://vscode.dev/new").ask(&mut browser);
    assert!(page.text.contains("Renamed"), "{}", page.text);
    assert_eq!(App::with_id(VSCODE, "https://vscode.dev/redirect").ask(&mut browser).status.as_u16(), 400);

    // A document that is there and not acceptable is not papered over.
    let (world, mut browser, _app) = start();
    vscode(&world, || Reply::new(200, "application/json", "{}"));
    assert_eq!(App::with_id(VSCODE, "https://vscode.dev/redirect").ask(&mut browser).status.as_u16(), 400);

    // A host that is in the way is asked again after five minutes.
    let (world, mut browser, _app) = start();
    let asked = vscode(&world, || Reply::new(403, "text/html", "challenge"));
    let app = App::with_id(VSCODE, "https://vscode.dev/redirect");
    for _ in 0..3 {
        assert_eq!(app.ask(&mut browser).status, StatusCode::OK);
    }
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    world.advance(301);
    assert_eq!(app.ask(&mut browser).status, StatusCode::OK);
    assert_eq!(asked.load(Ordering::Relaxed), 2);
}

#[test]
fn a_stranger_does_not_make_the_gateway_ask_for_a_well_known_document_either() {
    let (world, mut browser, _app) = start();
    let asked = vscode(&world, || Reply::new(403, "text/html", "challenge"));
    let app = App::with_id(VSCODE, "https://vscode.dev/redirect");
    assert!(app.ask(&mut world.browser()).location().starts_with("/login"));
    assert_eq!(asked.load(Ordering::Relaxed), 0);
    app.ask(&mut browser);
    assert_eq!(asked.load(Ordering::Relaxed), 1);
}

#[test]
fn a_document_is_kept_as_its_headers_say_within_bounds() {
    for (cache_control, kept) in [
        ("", 300),
        ("max-age=0", 300),
        ("max-age=600", 600),
        ("Max-Age=600, public", 600),
        ("max-age=600, s-maxage=900", 900),
        ("max-age=99999999", 86_400),
        ("max-age=x", 300),
        ("no-store", 0),
        ("max-age=600, no-store", 0),
        ("NO-CACHE", 0),
    ] {
        let (world, mut browser, _app) = start();
        let fetched = publish(&world, &document(), cache_control);
        let app = App::with_id(DOCUMENT, REDIRECT);
        app.ask(&mut browser);
        world.advance(if kept == 0 { 0 } else { kept - 1 });
        browser.sign_in(&world);
        app.ask(&mut browser);
        assert_eq!(fetched.load(Ordering::Relaxed), if kept == 0 { 2 } else { 1 }, "{cache_control}");
        world.advance(1);
        app.ask(&mut browser);
        assert_eq!(fetched.load(Ordering::Relaxed), if kept == 0 { 3 } else { 2 }, "{cache_control}");
    }
}
