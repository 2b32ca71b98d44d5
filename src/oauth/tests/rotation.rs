//! Signing keys change with an overlap: nobody's token ends before its time, and none outlives its key.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use serde_json::{Value, json};

use super::{App, DEMO, authenticated, start};
use crate::oidc::testing::{Browser, World};

fn key(seed: u8) -> String {
    URL_SAFE_NO_PAD.encode([seed; 32])
}

/// The gateway runs on with these signing keys.
fn with_keys(world: &World, keys: &[String]) {
    world.host.set_secret("MCPGATE_SIGNING_KEYS", &keys.join(","));
    world.host.restart();
}

fn kid(token: &str) -> String {
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    header["kid"].as_str().unwrap().to_owned()
}

fn published(browser: &mut Browser) -> Vec<String> {
    let keys = browser.get("/jwks.json").json();
    keys["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

fn holds(world: &World, token: &str) -> bool {
    authenticated(world, DEMO, &[&format!("Bearer {token}")]).is_ok()
}

fn renewed(browser: &mut Browser, app: &App, tokens: &mut Value) -> String {
    let page = app.refresh(browser, tokens["refresh_token"].as_str().unwrap());
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    *tokens = page.json();
    tokens["access_token"].as_str().unwrap().to_owned()
}

#[test]
fn keys_overlap() {
    let (world, mut browser, app) = start();
    with_keys(&world, &[key(3)]);
    let mut tokens = app.tokens(&mut browser);
    let first = tokens["access_token"].as_str().unwrap().to_owned();
    assert_eq!(published(&mut browser), [kid(&first)]);

    // The new one behind the old one: published, and believed, before anything is signed with it.
    with_keys(&world, &[key(3), key(4)]);
    let second = renewed(&mut browser, &app, &mut tokens);
    assert_eq!(kid(&second), kid(&first));
    assert_eq!(published(&mut browser).len(), 2);

    with_keys(&world, &[key(4), key(3)]);
    let third = renewed(&mut browser, &app, &mut tokens);
    assert_ne!(kid(&third), kid(&first));
    assert_eq!(published(&mut browser), [kid(&third), kid(&first)]);
    assert!([&first, &second, &third].into_iter().all(|token| holds(&world, token)));

    with_keys(&world, &[key(4)]);
    assert_eq!(published(&mut browser), [kid(&third)]);
    assert!(holds(&world, &third) && !holds(&world, &first) && !holds(&world, &second));
    renewed(&mut browser, &app, &mut tokens);
}

#[test]
fn a_key_id_names_its_key_and_says_nothing_of_it() {
    let (world, mut browser, _) = start();
    with_keys(&world, &[key(3), key(4)]);
    let ids = published(&mut browser);
    with_keys(&world, &[key(4), key(3)]);
    assert_eq!(published(&mut browser), [ids[1].clone(), ids[0].clone()], "an id stays with its key");
    assert!(
        ids.iter().all(|id| id.len() == 12 && !key(3).contains(id.as_str()) && !key(4).contains(id.as_str()))
    );
    let text = browser.get("/jwks.json").text;
    for secret in [key(3), key(4)] {
        assert!(!text.contains(&secret));
    }
    assert_eq!(browser.get("/jwks.json").json()["keys"][0]["use"], json!("sig"));
}
