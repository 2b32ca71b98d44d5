//! Clients that are set up in the configuration, by what they prove who they are, and those who pretend to be one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Request;
use serde_json::json;

use crate::attacks::client::claims;
use crate::client::{Ask, Browser, REDIRECT, encoded, parameter, register, token};
use crate::stage::{CLIENT_SECRET, Person, client_assertion};
use crate::world::{Answer, World};
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Usual: a_client_with_a_secret_posts_it_or_sends_it_in_the_header, a_client_with_a_key_signs_who_it_is,
        a_client_registers_itself_with_its_key, a_registration_with_a_key_is_checked,
        a_configured_client_is_asked_about_once,
        the_metadata_say_how_clients_may_prove_themselves;
};

const JWT: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

fn ask(world: &mut World, client: &str) -> (Ask, String) {
    let ask = Ask {
        client_id: client.to_owned(),
        redirect_uri: format!("https://{client}.example/callback"),
        ..Ask::new(world, "desk")
    };
    let code = ask.code(world, &mut Browser::of(&Person::internal()));
    (ask, code)
}

fn redeem(world: &mut World, ask: &Ask, code: &str, assertion: &str) -> Answer {
    ask.redeem(world, code, &[("client_assertion_type", JWT), ("client_assertion", assertion)])
}

#[track_caller]
fn denied(answer: &Answer) {
    assert_eq!(
        (answer.status(), &answer.json()["error"]),
        (401, &json!("invalid_client")),
        "{}",
        answer.text()
    );
}

fn a_client_with_a_secret_posts_it_or_sends_it_in_the_header(world: &mut World) {
    let (ask, code) = ask(world, "secretive");
    denied(&ask.redeem(world, &code, &[]));
    denied(&ask.redeem(world, &code, &[("client_secret", "wrong")]));
    let tokens = ask.redeem(world, &code, &[("client_secret", CLIENT_SECRET)]);
    assert_eq!(tokens.status(), 200, "{}", tokens.text());
    let refresh_token = tokens.json()["refresh_token"].as_str().unwrap().to_owned();
    let secret = encoded(&[("", CLIENT_SECRET)]).split_off(1);
    let request = Request::post(world.url("/token"))
        .header("authorization", format!("Basic {}", STANDARD.encode(format!("secretive:{secret}"))))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(encoded(&[("grant_type", "refresh_token"), ("refresh_token", &refresh_token)]).into())
        .unwrap();
    let refreshed = world.send(request);
    assert_eq!(refreshed.status(), 200, "{}", refreshed.text());
    assert_eq!(world.recorded("token_refused", "refused", Some("client_unauthenticated")), 2);
}

fn a_client_with_a_key_signs_who_it_is(world: &mut World) {
    let (ask, code) = ask(world, "keyed");
    let assertion = client_assertion(claims(world, &[]));
    let tokens = redeem(world, &ask, &code, &assertion);
    assert_eq!(tokens.status(), 200, "{}", tokens.text());
    let refresh_token = tokens.json()["refresh_token"].as_str().unwrap().to_owned();
    let audience = json!(world.url("/token"));
    let assertion = client_assertion(claims(world, &[("aud", audience)]));
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", &*refresh_token),
        ("client_assertion_type", JWT),
        ("client_assertion", &assertion),
    ];
    let refreshed = token(world, &form);
    assert_eq!(refreshed.status(), 200, "who signs need not say client_id: {}", refreshed.text());
}

fn a_client_registers_itself_with_its_key(world: &mut World) {
    let key = world.stage.idp.client_key();
    let wish = json!({ "redirect_uris": [REDIRECT], "token_endpoint_auth_method": "private_key_jwt",
        "jwks": { "keys": [key] } });
    let registered = register(world, &wish);
    assert_eq!(registered.status(), 201, "{}", registered.text());
    let answer = registered.json();
    assert_eq!(answer["token_endpoint_auth_method"], "private_key_jwt");
    assert_eq!(answer["jwks"], wish["jwks"]);
    assert!(answer["client_secret"].is_null(), "{answer}");
    let id = answer["client_id"].as_str().unwrap();
    let ask = Ask { client_id: id.to_owned(), ..Ask::new(world, "desk") };
    let code = ask.code(world, &mut Browser::of(&Person::internal()));
    denied(&ask.redeem(world, &code, &[]));
    denied(&ask.redeem(world, &code, &[("client_secret", "anything")]));
    let own = |world: &World| client_assertion(claims(world, &[("iss", json!(id)), ("sub", json!(id))]));
    let assertion = own(world);
    let tokens = redeem(world, &ask, &code, &assertion);
    assert_eq!(tokens.status(), 200, "{}", tokens.text());
    let refresh_token = tokens.json()["refresh_token"].as_str().unwrap().to_owned();
    denied(&ask.refresh(world, &refresh_token));
    let assertion = own(world);
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", &*refresh_token),
        ("client_assertion_type", JWT),
        ("client_assertion", &assertion),
    ];
    assert_eq!(token(world, &form).status(), 200);
    // The key alone makes nobody known: it has to be of something that was given to the client.
    let assertion = own(world);
    let form = [form[0], ("refresh_token", "invented"), form[2], ("client_assertion", &assertion)];
    assert!(token(world, &form).status() >= 400);
}

fn a_registration_with_a_key_is_checked(world: &mut World) {
    let key = world.stage.idp.client_key();
    let mut private = key.clone();
    private["d"] = json!("AAAA");
    for (keys, told) in [
        (json!({}), "needs jwks"),
        (json!({ "jwks": { "keys": [] } }), "needs jwks"),
        (json!({ "jwks": { "keys": [{ "kty": "oct", "k": "AAAA" }] } }), "private key"),
        (json!({ "jwks": { "keys": [private] } }), "private key"),
        (json!({ "jwks": "x" }), "JWK set"),
        (json!({ "jwks_uri": "http://app.example.org/keys" }), "public https URL"),
        (json!({ "jwks_uri": "https://app.example.org/keys", "jwks": { "keys": [key] } }), "not both"),
    ] {
        let mut wish = keys.clone();
        wish["redirect_uris"] = json!([REDIRECT]);
        wish["token_endpoint_auth_method"] = json!("private_key_jwt");
        let answer = register(world, &wish);
        assert_eq!(answer.status(), 400, "{keys}: {}", answer.text());
        let described = answer.json()["error_description"].as_str().unwrap().to_owned();
        assert!(described.contains(told), "{keys}: {described}");
    }
    let wish = json!({ "redirect_uris": [REDIRECT], "token_endpoint_auth_method": "private_key_jwt",
        "jwks_uri": "https://app.example.org/keys" });
    assert_eq!(register(world, &wish).status(), 201);
    assert!(world.stage.elsewhere.seen().is_empty(), "nothing is fetched for a stranger");
}

fn a_configured_client_is_asked_about_once(world: &mut World) {
    let ask = Ask {
        client_id: "secretive".to_owned(),
        redirect_uri: "https://secretive.example/callback".to_owned(),
        ..Ask::new(world, "desk")
    };
    let mut browser = Browser::of(&Person::internal());
    let page = ask.consent_page(world, &mut browser);
    for text in ["A secretive client", "set up by those who run this gateway", "secretive.example"] {
        assert!(page.text().contains(text), "{}", page.text());
    }
    ask.code(world, &mut browser);
    let answer = browser.get(world, &ask.path());
    let back = url::Url::parse(answer.header("location")).unwrap();
    assert!(parameter(&back, "code").is_some(), "{back}");
}

fn the_metadata_say_how_clients_may_prove_themselves(world: &mut World) {
    let metadata = world.get("/.well-known/oauth-authorization-server").json();
    let methods = ["none", "client_secret_basic", "client_secret_post", "private_key_jwt"];
    assert_eq!(metadata["token_endpoint_auth_methods_supported"], json!(methods));
    let algorithms = json!(["RS256", "PS256", "ES256", "EdDSA"]);
    assert_eq!(metadata["token_endpoint_auth_signing_alg_values_supported"], algorithms);
}
