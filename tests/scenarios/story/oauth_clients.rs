//! Clients that are set up in the configuration, by what they prove who they are, and those who pretend to be one.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::Request;
use serde_json::{Value, json};

use crate::client::{Ask, Browser, encoded, parameter, token};
use crate::stage::{CLIENT_SECRET, Person, client_assertion};
use crate::world::{Answer, World};
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Usual: a_client_with_a_secret_posts_it_or_sends_it_in_the_header, a_client_with_a_key_signs_who_it_is,
        a_thief_of_an_assertion_wants_to_use_it_again, somebody_without_the_key_wants_to_be_the_client,
        a_client_with_a_key_is_not_believed_without_it, a_configured_client_is_asked_about_once,
        somebody_wants_the_gateway_to_fetch_from_inside, the_metadata_say_how_clients_may_prove_themselves;
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

/// What the client `keyed` signs, with some claims changed; [`Value::Null`] takes one out.
fn claims(world: &World, changes: &[(&str, Value)]) -> Value {
    let now = world.clock.now() / 1000;
    let mut claims = json!({
        "iss": "keyed", "sub": "keyed", "aud": world.origin(), "exp": now + 60, "iat": now,
        "jti": format!("assertion-{}", World::number()),
    });
    for (name, value) in changes {
        claims[*name] = value.clone();
    }
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    claims
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

fn a_thief_of_an_assertion_wants_to_use_it_again(world: &mut World) {
    let (first, first_code) = ask(world, "keyed");
    let assertion = client_assertion(claims(world, &[]));
    assert_eq!(redeem(world, &first, &first_code, &assertion).status(), 200);
    let (second, second_code) = ask(world, "keyed");
    denied(&redeem(world, &second, &second_code, &assertion));
    world.expect_recorded("token_refused", "refused", Some("assertion_reused"));
}

fn somebody_without_the_key_wants_to_be_the_client(world: &mut World) {
    let (ask, code) = ask(world, "keyed");
    let now = world.clock.now() / 1000;
    let good = client_assertion(claims(world, &[]));
    let (head, signature) = good.rsplit_once('.').unwrap();
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let body = part(&claims(world, &[]));
    let headed = |header: Value| format!("{}.{body}.{signature}", part(&header));
    let mut forgeries = vec![
        headed(json!({ "alg": "none" })),
        headed(json!({ "alg": "HS256", "kid": "client-key" })),
        headed(json!({ "alg": "ES256", "kid": "client-key", "jku": "https://evil.example.org/keys" })),
        headed(json!({ "alg": "ES256", "kid": "client-key", "crit": ["x"], "x": 1 })),
        headed(json!({ "alg": "ES256", "kid": "nobody's" })),
        format!("{head}."),
        format!("{head}.{}", "A".repeat(86)),
    ];
    for (name, value) in [
        ("iss", json!("secretive")),
        ("aud", json!("https://other.example.com")),
        ("aud", json!([world.origin(), "https://other.example.com"])),
        ("aud", Value::Null),
        ("exp", json!(now - 3600)),
        ("exp", json!(now + 3600)),
        ("exp", Value::Null),
        ("jti", Value::Null),
    ] {
        forgeries.push(client_assertion(claims(world, &[(name, value)])));
    }
    for forged in &forgeries {
        denied(&redeem(world, &ask, &code, forged));
    }
    let another = client_assertion(claims(world, &[("sub", json!("secretive"))]));
    assert_eq!(redeem(world, &ask, &code, &another).status(), 400, "it says two names");
    let tokens = redeem(world, &ask, &code, &good);
    assert_eq!(tokens.status(), 200, "a forgery uses nothing up: {}", tokens.text());
}

fn a_client_with_a_key_is_not_believed_without_it(world: &mut World) {
    let (ask, code) = ask(world, "keyed");
    denied(&ask.redeem(world, &code, &[]));
    denied(&ask.redeem(world, &code, &[("client_secret", CLIENT_SECRET)]));
    let both = client_assertion(claims(world, &[]));
    let others = [("client_assertion_type", JWT), ("client_assertion", &*both), ("client_secret", "x")];
    assert_eq!(ask.redeem(world, &code, &others).json()["error"], "invalid_request");
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

fn somebody_wants_the_gateway_to_fetch_from_inside(world: &mut World) {
    let mut browser = Browser::of(&Person::internal());
    let ask = Ask::new(world, "desk");
    ask.consent_page(world, &mut browser);
    let peers = [world.stage.idp.origin(), world.stage.desk.origin()].map(|origin| {
        let rest = origin.split_once("://").unwrap().1.to_owned();
        format!("https://user@{rest}/client.json")
    });
    let addresses = [
        "https://127.0.0.1/client.json",
        "https://2130706433/client.json",
        "https://0x7f000001/client.json",
        "https://0177.0.0.1/client.json",
        "https://127.1/client.json",
        "https://10.0.0.1/client.json",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/client.json",
        "https://[::ffff:127.0.0.1]/client.json",
        "https://[64:ff9b::7f00:1]/client.json",
        "https://[fd00::1]/client.json",
        "https://[fe80::1]/client.json",
        "https://localhost/client.json",
        "https://metadata.google.internal/client.json",
        "https://10.0.0.1.nip.io/client.json",
        "https://desk.example.org:8443/client.json",
        "https://desk.example.org/a/../client.json",
        "https://desk.example.org/%2e%2e/client.json",
        "https://desk.example.org/client.json#x",
        "https://desk.example.org/",
        "https://desk.example.org",
        "https://DESK.example.org/client.json",
        "https://desk.example.org./client.json",
    ];
    let before = (world.stage.idp.seen().len(), world.stage.desk.seen().len());
    for address in addresses.into_iter().chain(peers.iter().map(String::as_str)) {
        let page = browser.get(world, &ask.path_with(&[("client_id", address)]));
        assert_eq!((page.status(), page.header("location")), (400, ""), "{address}");
        assert!(page.text().contains("not a public https URL"), "{address}: {}", page.text());
    }
    assert_eq!((world.stage.idp.seen().len(), world.stage.desk.seen().len()), before);
    assert_eq!(world.recorded("consent", "refused", Some("client_invalid")), addresses.len() + 2);
}

fn the_metadata_say_how_clients_may_prove_themselves(world: &mut World) {
    let metadata = world.get("/.well-known/oauth-authorization-server").json();
    let methods = ["none", "client_secret_basic", "client_secret_post", "private_key_jwt"];
    assert_eq!(metadata["token_endpoint_auth_methods_supported"], json!(methods));
    let algorithms = json!(["RS256", "PS256", "ES256", "EdDSA"]);
    assert_eq!(metadata["token_endpoint_auth_signing_alg_values_supported"], algorithms);
}
