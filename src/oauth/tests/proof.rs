//! Clients that prove who they are by a key (`private_key_jwt`), and those who pretend to.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::StatusCode;
use jwt_simple::prelude::{ECDSAP256KeyPairLike as _, ES256KeyPair, JWTClaims};
use serde_json::{Value, json};

use super::{App, DEMO, REDIRECT, VERIFIER, denied, start};
use crate::host::Host as _;
use crate::host::memory::Reply;
use crate::oidc::testing::{Browser, CONFIG, GATE, Page, World, jwk};

const DOCUMENT: &str = "https://docs.example.com/client.json";
const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

fn pair(seed: u8) -> ES256KeyPair {
    ES256KeyPair::from_bytes(&[seed; 32]).unwrap().with_key_id(&format!("k{seed}"))
}

/// An assertion of a client about itself, with some claims changed.
fn assertion(world: &World, pair: &ES256KeyPair, client: &str, changes: &[(&str, Value)]) -> String {
    let now = world.host.now().seconds();
    let mut random = [0; 8];
    world.host.random(&mut random).unwrap();
    let mut claims = json!({
        "iss": client, "sub": client, "aud": GATE, "exp": now + 60, "jti": format!("{random:?}"),
    });
    for (name, value) in changes {
        claims[*name] = value.clone();
    }
    let mut empty = JWTClaims::<Value>::new();
    empty.custom = claims;
    pair.sign(empty).unwrap()
}

/// Publishes a client that must prove itself by a key; counts how often document and keys are fetched.
fn publish(world: &World, keys: fn() -> Value) -> Arc<AtomicUsize> {
    let fetched = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&fetched);
    let document = json!({
        "client_id": DOCUMENT, "client_name": "Keyed app", "redirect_uris": [REDIRECT],
        "token_endpoint_auth_method": "private_key_jwt", "jwks_uri": "https://docs.example.com/keys",
    });
    world.host.set_peer(
        "https://docs.example.com",
        Arc::new(move |request| {
            count.fetch_add(1, Ordering::Relaxed);
            let answer = if request.uri().path() == "/keys" { keys() } else { document.clone() };
            Reply::new(200, "application/json", answer.to_string())
        }),
    );
    fetched
}

fn first_key() -> Value {
    json!({ "keys": [jwk(&pair(1), "k1")] })
}

fn redeem(browser: &mut Browser, app: &App, code: &str, assertion: &str) -> Page {
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
        ("resource", DEMO),
        ("client_id", &app.id),
        ("client_assertion_type", TYPE),
        ("client_assertion", assertion),
    ];
    browser.post("/token", &form)
}

fn refresh(browser: &mut Browser, token: &str, more: &[(&str, &str)]) -> Page {
    let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
    browser.post("/token", &[form.as_slice(), more].concat())
}

#[test]
fn a_published_client_with_a_key_proves_itself_each_time() {
    let (world, mut browser, _) = start();
    publish(&world, first_key);
    let app = App::with_id(DOCUMENT, REDIRECT);
    let code = app.code(&mut browser);
    world.audited();
    denied(&app.redeem(&mut browser, &code), 401, "invalid_client");
    assert_eq!(world.audited(), ["token_refused refused client_unauthenticated"]);
    let code = app.code(&mut browser);
    let tokens = redeem(&mut browser, &app, &code, &assertion(&world, &pair(1), DOCUMENT, &[]));
    assert_eq!(tokens.status, StatusCode::OK, "{}", tokens.text);
    let token = tokens.json()["refresh_token"].as_str().unwrap().to_owned();
    denied(&refresh(&mut browser, &token, &[("client_id", DOCUMENT)]), 401, "invalid_client");
    let own = assertion(&world, &pair(1), DOCUMENT, &[("aud", json!(format!("{GATE}/token")))]);
    let more = [("client_assertion_type", TYPE), ("client_assertion", &*own)];
    let next = refresh(&mut browser, &token, &more);
    assert_eq!(next.status, StatusCode::OK, "client_id need not be said: {}", next.text);
    let token = next.json()["refresh_token"].as_str().unwrap().to_owned();
    denied(&browser.post("/revoke", &[("token", &*token), ("client_id", DOCUMENT)]), 401, "invalid_client");
}

#[test]
fn an_assertion_counts_once() {
    let (world, mut browser, _) = start();
    publish(&world, first_key);
    let app = App::with_id(DOCUMENT, REDIRECT);
    let once = assertion(&world, &pair(1), DOCUMENT, &[]);
    let code = app.code(&mut browser);
    assert_eq!(redeem(&mut browser, &app, &code, &once).status, StatusCode::OK);
    let code = app.code(&mut browser);
    world.audited();
    denied(&redeem(&mut browser, &app, &code, &once), 401, "invalid_client");
    assert_eq!(world.audited(), ["token_refused refused assertion_reused"]);
    let held = world.host.database_bytes();
    let id = once.split('.').nth(1).unwrap();
    assert_eq!(memchr::memmem::find(&held, id.as_bytes()), None);
}

#[test]
fn somebody_without_the_key_wants_the_tokens() {
    let (world, mut browser, _) = start();
    publish(&world, first_key);
    let app = App::with_id(DOCUMENT, REDIRECT);
    let now = world.host.now().seconds();
    let own = |changes: &[(&str, Value)]| assertion(&world, &pair(1), DOCUMENT, changes);
    let forgeries = [
        assertion(&world, &pair(2), DOCUMENT, &[]),
        assertion(&world, &pair(2).with_key_id("k1"), DOCUMENT, &[]),
        own(&[("iss", json!("https://docs.example.com/other.json"))]),
        own(&[("sub", json!("https://docs.example.com/other.json"))]),
        own(&[("aud", json!("https://other.example.com/token"))]),
        own(&[("aud", json!([GATE, "https://other.example.com"]))]),
        own(&[("exp", json!(now - 61))]),
        own(&[("exp", json!(now + 700))]),
        own(&[("jti", json!(""))]),
        "x".to_owned(),
        String::new(),
    ];
    for forged in forgeries {
        let code = app.code(&mut browser);
        let page = redeem(&mut browser, &app, &code, &forged);
        assert!([400, 401].contains(&page.status.as_u16()), "{forged}: {}", page.text);
        let good = redeem(&mut browser, &app, &code, &own(&[]));
        assert_eq!(good.status, StatusCode::OK, "a forgery uses nothing up: {}", good.text);
    }
}

#[test]
fn a_stranger_makes_the_gateway_fetch_nothing() {
    let (world, mut browser, other) = start();
    let fetched = publish(&world, first_key);
    let theirs = other.tokens(&mut browser)["refresh_token"].as_str().unwrap().to_owned();
    let mut stranger = world.browser();
    let forged = assertion(&world, &pair(2), DOCUMENT, &[]);
    let proof = [("client_assertion_type", TYPE), ("client_assertion", &*forged)];
    for token in ["made-up", &theirs] {
        denied(&refresh(&mut stranger, token, &proof), 400, "invalid_grant");
        let page = stranger.post("/revoke", &[[("token", token)].as_slice(), &proof].concat());
        assert_eq!(page.status, StatusCode::OK);
    }
    let code = [("grant_type", "authorization_code"), ("code", "made-up"), ("code_verifier", VERIFIER)];
    denied(&stranger.post("/token", &[code.as_slice(), &proof].concat()), 400, "invalid_grant");
    assert_eq!(fetched.load(Ordering::Relaxed), 0);
    assert_eq!(other.refresh(&mut browser, &theirs).status, StatusCode::OK, "nothing was ended");
}

#[test]
fn keys_are_remembered_and_read_again_for_a_new_one_but_not_more_often_than_once_a_minute() {
    static KEYS: AtomicUsize = AtomicUsize::new(1);
    let (world, mut browser, _) = start();
    let fetched = publish(&world, || {
        let seed = KEYS.load(Ordering::Relaxed) as u8;
        json!({ "keys": [jwk(&pair(seed), &format!("k{seed}"))] })
    });
    let app = App::with_id(DOCUMENT, REDIRECT);
    let mut redeemed = |seed: u8| {
        let code = app.code(&mut browser);
        redeem(&mut browser, &app, &code, &assertion(&world, &pair(seed), DOCUMENT, &[])).status
    };
    assert_eq!((redeemed(1), redeemed(1)), (StatusCode::OK, StatusCode::OK));
    assert_eq!(fetched.load(Ordering::Relaxed), 2, "the document and the keys");
    KEYS.store(2, Ordering::Relaxed);
    assert_eq!(redeemed(2), StatusCode::UNAUTHORIZED);
    world.advance(61);
    assert_eq!(redeemed(2), StatusCode::OK);
    assert_eq!(redeemed(3), StatusCode::UNAUTHORIZED);
    assert_eq!(fetched.load(Ordering::Relaxed), 3);
}

#[test]
fn keys_that_cannot_be_had_are_not_the_clients_fault() {
    for reply in [
        (|| Reply::new(302, "application/json", "").header("location", "http://127.0.0.1/")) as fn() -> Reply,
        || Reply::new(500, "text/plain", "x"),
        || Reply::new(200, "application/json", "{}"),
        || Reply::new(200, "application/json", r#"{"keys":[{"kty":"oct","k":"AAAA"}]}"#),
        || Reply::Silence,
    ] {
        let (world, mut browser, _) = start();
        publish(&world, first_key);
        let app = App::with_id(DOCUMENT, REDIRECT);
        let code = app.code(&mut browser);
        world.host.set_peer("https://docs.example.com", Arc::new(move |_| reply()));
        world.audited();
        let page = redeem(&mut browser, &app, &code, &assertion(&world, &pair(1), DOCUMENT, &[]));
        denied(&page, 503, "temporarily_unavailable");
        assert_eq!(world.audited(), ["token_refused refused client_keys_unavailable"]);
    }
}

/// A gateway where these clients are set up.
fn configured(clients: &str) -> (World, Browser) {
    let (world, browser, _) = start();
    world.host.set_config(&format!("{CONFIG}\n{clients}"));
    (world, browser)
}

#[test]
fn a_configured_client_with_a_secret_proves_itself_by_it() {
    let (world, mut browser) = configured(
        "[[client]]\nid = \"agent\"\nname = \"Our agent\"\nredirect_uris = [\"https://app.example.com/cb\"]\n\
         secret = { secret = \"AGENT_SECRET\" }\n",
    );
    let app = App::with_id("agent", REDIRECT);
    let page = app.ask(&mut browser);
    assert!(page.text.contains("Our agent") && page.text.contains("set up by those who run this gateway"));
    let code = app.code(&mut browser);
    let with = |browser: &mut Browser, secret: &str| {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", &*code),
            ("client_id", "agent"),
            ("code_verifier", VERIFIER),
            ("client_secret", secret),
        ];
        browser.post("/token", &form)
    };
    denied(&with(&mut browser, "right"), 503, "temporarily_unavailable");
    world.host.set_secret("AGENT_SECRET", "right");
    denied(&with(&mut browser, ""), 401, "invalid_client");
    denied(&with(&mut browser, "wrong"), 401, "invalid_client");
    assert_eq!(with(&mut browser, "right").status, StatusCode::OK);
    // Somebody vouches for it, and its answer goes to an https address: it is asked about once.
    assert_eq!(app.ask(&mut browser).status, StatusCode::SEE_OTHER);
}

#[test]
fn a_configured_client_with_keys_proves_itself_by_one_and_by_nothing_else() {
    let key = jwk(&pair(1), "k1");
    let (world, mut browser) = configured(&format!(
        "[[client]]\nid = \"agent\"\nredirect_uris = [\"https://app.example.com/cb\"]\n\
         jwks = {{ keys = [{{ kty = \"EC\", crv = \"P-256\", kid = \"k1\", x = {}, y = {} }}] }}\n\
         [[client]]\nid = \"other\"\nredirect_uris = [\"https://app.example.com/cb\"]\n\
         jwks_uri = \"https://keys.example.com/set\"\n\
         [[client]]\nid = \"public\"\nredirect_uris = [\"https://app.example.com/cb\"]\n",
        key["x"], key["y"],
    ));
    world.host.set_peer(
        "https://keys.example.com",
        Arc::new(|_| {
            Reply::new(200, "application/json", json!({ "keys": [jwk(&pair(2), "k2")] }).to_string())
        }),
    );
    for (id, seed) in [("agent", 1), ("other", 2)] {
        let app = App::with_id(id, REDIRECT);
        let code = app.code(&mut browser);
        denied(&app.redeem(&mut browser, &code), 401, "invalid_client");
        let foreign = assertion(&world, &pair(3 - seed), id, &[]);
        denied(&redeem(&mut browser, &app, &code, &foreign), 401, "invalid_client");
        let tokens = redeem(&mut browser, &app, &code, &assertion(&world, &pair(seed), id, &[]));
        assert_eq!(tokens.status, StatusCode::OK, "{}", tokens.text);
    }
    let app = App::with_id("public", REDIRECT);
    let code = app.code(&mut browser);
    let proof = assertion(&world, &pair(1), "public", &[]);
    denied(&redeem(&mut browser, &app, &code, &proof), 401, "invalid_client");
    assert_eq!(app.redeem(&mut browser, &code).status, StatusCode::OK);
    assert_eq!(App::with_id("agent", "https://app.example.com/x").ask(&mut browser).status.as_u16(), 400);
}

#[test]
fn no_assertion_makes_the_gateway_read_keys_more_often() {
    for answer in [
        (|| Reply::new(200, "application/json", first_key().to_string())) as fn() -> Reply,
        || Reply::new(200, "application/json", first_key().to_string()).header("cache-control", "no-store"),
        || Reply::new(503, "application/json", "{}"),
        || Reply::new(200, "application/json", "[]"),
    ] {
        let (world, mut browser) = configured(
            "[[client]]\nid = \"batch\"\nredirect_uris = [\"https://app.example.com/cb\"]\n\
             jwks_uri = \"https://keys.example.com/set\"\n",
        );
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        world.host.set_peer(
            "https://keys.example.com",
            Arc::new(move |_| {
                count.fetch_add(1, Ordering::Relaxed);
                answer()
            }),
        );
        for expected in [1, 2] {
            for _ in 0..5 {
                let foreign = assertion(&world, &pair(9), "batch", &[]);
                let more = [("client_assertion_type", TYPE), ("client_assertion", &*foreign)];
                assert_ne!(refresh(&mut browser, "x", &more).status, StatusCode::OK);
            }
            assert_eq!(asked.load(Ordering::Relaxed), expected);
            world.advance(61);
        }
    }
}

#[test]
fn a_client_proves_itself_in_one_way() {
    let (world, mut browser, app) = start();
    let proof = assertion(&world, &pair(1), &app.id, &[]);
    for more in [
        &[("client_assertion", &*proof)] as &[_],
        &[("client_assertion_type", TYPE)],
        &[("client_assertion_type", "x"), ("client_assertion", &proof)],
        &[("client_assertion_type", TYPE), ("client_assertion", &proof), ("client_secret", "x")],
        &[("client_assertion_type", TYPE), ("client_assertion", &proof), ("client_id", "other")],
    ] {
        denied(&refresh(&mut browser, "x", more), 400, "invalid_request");
    }
    let more = [("client_assertion_type", TYPE), ("client_assertion", &*proof)];
    denied(&refresh(&mut browser, "x", &more), 401, "invalid_client");
}
