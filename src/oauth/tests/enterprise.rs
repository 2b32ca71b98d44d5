//! Assertions of the identity provider (ID-JAG) for access tokens, and those who would like to use one.

use http::StatusCode;
use serde_json::{Value, json};

use super::{App, DEMO, REDIRECT, authenticated, denied, register, start};
use crate::oidc::testing::{Browser, CONFIG, GATE, IDP, Page, World};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const TYPE: &str = "oauth-id-jag+jwt";

/// A gateway that takes assertions, and a client with a secret.
fn ready() -> (World, Browser, App, String) {
    let (world, mut browser, _) = start();
    world.host.set_config(&CONFIG.replace("[identity]", "[identity]\nid_jag = true"));
    let wish = json!({ "redirect_uris": [REDIRECT], "token_endpoint_auth_method": "client_secret_post" });
    let registered = register(&mut browser, &wish).json();
    let app = App::with_id(registered["client_id"].as_str().unwrap(), REDIRECT);
    world.audited();
    (world, browser, app, registered["client_secret"].as_str().unwrap().to_owned())
}

/// What the provider asserts of somebody new, with some claims changed; null takes one out.
fn claims(world: &World, client: &str, changes: &[(&str, Value)]) -> Value {
    let now = crate::host::Host::now(&world.host).seconds();
    let mut random = [0; 8];
    crate::host::Host::random(&world.host, &mut random).unwrap();
    let mut claims = json!({
        "iss": IDP, "sub": "joan", "aud": GATE, "client_id": client, "resource": DEMO, "scope": "mcp",
        "exp": now + 300, "iat": now, "jti": format!("{random:?}"),
        "email": "joan@example.com", "email_verified": true, "name": "Joan Doe",
    });
    for (name, value) in changes {
        claims[*name] = value.clone();
    }
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    claims
}

fn present(browser: &mut Browser, app: &App, secret: &str, assertion: &str, more: &[(&str, &str)]) -> Page {
    let form =
        [("grant_type", GRANT), ("assertion", assertion), ("client_id", &app.id), ("client_secret", secret)];
    browser.post("/token", &[form.as_slice(), more].concat())
}

#[test]
fn the_identity_provider_lets_a_client_act_for_somebody_who_never_came_here() {
    let (world, mut browser, app, secret) = ready();
    let assertion = world.idp.signed(TYPE, claims(&world, &app.id, &[]));
    let page = present(&mut browser, &app, &secret, &assertion, &[]);
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let tokens = page.json();
    assert_eq!((tokens.get("refresh_token"), &tokens["scope"]), (None, &json!("mcp")));
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    let principal = authenticated(&world, DEMO, &[&bearer]).unwrap();
    assert_eq!((principal.role(), principal.client()), ("internal", app.id.as_str()));
    assert_eq!(world.audited(), ["token_issued ok"]);
    // They are known now: an assertion without an address counts for them, and for nobody else.
    let unnamed = [("email", Value::Null), ("email_verified", Value::Null)];
    let assertion = world.idp.signed(TYPE, claims(&world, &app.id, &unnamed));
    assert_eq!(present(&mut browser, &app, &secret, &assertion, &[]).status, StatusCode::OK);
    let stranger = [unnamed.as_slice(), &[("sub", json!("jim"))]].concat();
    let assertion = world.idp.signed(TYPE, claims(&world, &app.id, &stranger));
    world.audited();
    denied(&present(&mut browser, &app, &secret, &assertion, &[]), 400, "invalid_grant");
    assert_eq!(world.audited(), ["token_refused refused email_missing"]);
}

#[test]
fn it_is_the_same_person_as_at_a_sign_in() {
    let (world, mut browser, app, secret) = ready();
    let assertion = world.idp.signed(TYPE, claims(&world, &app.id, &[("sub", json!("jane"))]));
    let page = present(&mut browser, &app, &secret, &assertion, &[]);
    let bearer = |page: &Page| format!("Bearer {}", page.json()["access_token"].as_str().unwrap());
    let asserted = authenticated(&world, DEMO, &[&bearer(&page)]).unwrap();
    let public = App::register(&mut browser);
    let code = public.code(&mut browser);
    let signed_in = public.redeem(&mut browser, &code);
    assert_eq!(asserted.person(), authenticated(&world, DEMO, &[&bearer(&signed_in)]).unwrap().person());
}

#[test]
fn an_assertion_counts_once() {
    let (world, mut browser, app, secret) = ready();
    let assertion = world.idp.signed(TYPE, claims(&world, &app.id, &[]));
    assert_eq!(present(&mut browser, &app, &secret, &assertion, &[]).status, StatusCode::OK);
    world.audited();
    denied(&present(&mut browser, &app, &secret, &assertion, &[]), 400, "invalid_grant");
    assert_eq!(world.audited(), ["token_refused refused assertion_reused"]);
}

#[test]
fn a_token_that_was_made_for_something_else_is_no_assertion() {
    let (world, mut browser, app, secret) = ready();
    for typ in ["JWT", "at+jwt", "id-jag+jwt", "client-authentication+jwt"] {
        let token = world.idp.signed(typ, claims(&world, &app.id, &[]));
        denied(&present(&mut browser, &app, &secret, &token, &[]), 400, "invalid_grant");
        assert_eq!(world.audited(), ["token_refused refused assertion_invalid"], "{typ}");
    }
}

#[test]
fn an_assertion_is_for_its_client_resource_person_and_time() {
    let (world, mut browser, app, secret) = ready();
    let now = crate::host::Host::now(&world.host).seconds();
    for (name, value, error, reason) in [
        ("iss", json!("https://evil.example.org"), "invalid_grant", "assertion_invalid"),
        ("aud", json!("https://other.example.com"), "invalid_grant", "assertion_invalid"),
        ("aud", json!([GATE, "https://other.example.com"]), "invalid_grant", "assertion_invalid"),
        ("aud", json!(DEMO), "invalid_grant", "assertion_invalid"),
        ("aud", json!("mcpgate"), "invalid_grant", "assertion_invalid"),
        ("client_id", json!("other"), "invalid_grant", "assertion_invalid"),
        ("client_id", Value::Null, "invalid_grant", "assertion_invalid"),
        ("resource", json!("https://gate.example.com/mcp/none"), "invalid_target", "resource_unknown"),
        ("resource", json!("https://demo.example.com/mcp"), "invalid_target", "resource_unknown"),
        ("resource", json!([DEMO, GATE]), "invalid_grant", "assertion_invalid"),
        ("resource", Value::Null, "invalid_grant", "assertion_invalid"),
        ("scope", json!("files.read"), "invalid_scope", "scope_unknown"),
        ("exp", json!(now - 61), "invalid_grant", "assertion_invalid"),
        ("exp", json!(now + 3600), "invalid_grant", "assertion_invalid"),
        ("exp", Value::Null, "invalid_grant", "assertion_invalid"),
        ("jti", Value::Null, "invalid_grant", "assertion_invalid"),
        ("sub", Value::Null, "invalid_grant", "assertion_invalid"),
        ("email", json!("joan@elsewhere.org"), "invalid_grant", "domain_not_allowed"),
        ("email_verified", json!(false), "invalid_grant", "email_unverified"),
        ("email_verified", json!("true"), "invalid_grant", "email_unverified"),
        ("email_verified", Value::Null, "invalid_grant", "email_unverified"),
    ] {
        let assertion = world.idp.signed(TYPE, claims(&world, &app.id, &[(name, value.clone())]));
        let page = present(&mut browser, &app, &secret, &assertion, &[]);
        denied(&page, 400, error);
        assert_eq!(world.audited(), [format!("token_refused refused {reason}")], "{name} {value}");
    }
    let assertion = world.idp.signed(TYPE, claims(&world, &app.id, &[]));
    let other = [("resource", "https://gate.example.com/mcp/wiki")];
    denied(&present(&mut browser, &app, &secret, &assertion, &other), 400, "invalid_target");
}

#[test]
fn somebody_else_signs_an_assertion() {
    let (world, mut browser, app, secret) = ready();
    let said = claims(&world, &app.id, &[]);
    let good = world.idp.signed(TYPE, said.clone());
    let (head, _) = good.rsplit_once('.').unwrap();
    world.idp.rotate(9, "k1");
    let foreign = world.idp.signed(TYPE, said);
    world.idp.rotate(1, "k1");
    for forged in [format!("{head}."), format!("{head}.{}", "A".repeat(86)), foreign, "x".to_owned()] {
        denied(&present(&mut browser, &app, &secret, &forged, &[]), 400, "invalid_grant");
    }
    assert_eq!(present(&mut browser, &app, &secret, &good, &[]).status, StatusCode::OK);
}

#[test]
fn an_assertion_may_be_for_less_and_never_for_more() {
    let (world, mut browser, app, secret) = ready();
    for (granted, asked, got) in [
        (json!("mcp:read"), None, Some("mcp:read")),
        (json!("mcp"), Some("mcp:read"), Some("mcp:read")),
        (Value::Null, None, Some("mcp")),
        (json!("mcp:read"), Some("mcp"), None),
    ] {
        let assertion = world.idp.signed(TYPE, claims(&world, &app.id, &[("scope", granted.clone())]));
        let more: Vec<(&str, &str)> = asked.map(|asked| ("scope", asked)).into_iter().collect();
        let page = present(&mut browser, &app, &secret, &assertion, &more);
        assert_eq!(page.json()["scope"].as_str(), got, "{granted} {asked:?} {}", page.text);
    }
}

#[test]
fn a_client_that_proves_nothing_gets_nothing() {
    let (world, mut browser, app, _) = ready();
    let public = App::register(&mut browser);
    let assertion = world.idp.signed(TYPE, claims(&world, &public.id, &[]));
    denied(&present(&mut browser, &public, "", &assertion, &[]), 400, "unauthorized_client");
    let theirs = world.idp.signed(TYPE, claims(&world, &app.id, &[]));
    denied(&present(&mut browser, &app, "", &theirs, &[]), 401, "invalid_client");
}

#[test]
fn a_role_counts_as_at_a_sign_in() {
    let (world, mut browser, app, secret) = ready();
    let config = CONFIG.replace("[identity]", "[identity]\nid_jag = true");
    world.host.set_config(&config.replace("role = \"internal\"", "role = \"external\""));
    let assertion = world.idp.signed(TYPE, claims(&world, &app.id, &[]));
    world.audited();
    denied(&present(&mut browser, &app, &secret, &assertion, &[]), 400, "invalid_grant");
    assert_eq!(world.audited(), ["token_refused refused service_not_allowed"]);
    world.host.set_config(&config);
    assert_eq!(
        present(&mut browser, &app, &secret, &assertion, &[]).status,
        StatusCode::OK,
        "nothing was used up"
    );
}

#[test]
fn no_assertion_is_taken_unless_the_configuration_says_so() {
    let (world, mut browser, app, secret) = ready();
    let path = "/.well-known/oauth-authorization-server";
    let metadata = browser.get(path).json();
    assert!(metadata["grant_types_supported"].as_array().unwrap().contains(&json!(GRANT)));
    let profile = "urn:ietf:params:oauth:grant-profile:id-jag";
    assert_eq!(metadata["authorization_grant_profiles_supported"], json!([profile]));
    world.host.set_config(CONFIG);
    let assertion = world.idp.signed(TYPE, claims(&world, &app.id, &[]));
    denied(&present(&mut browser, &app, &secret, &assertion, &[]), 400, "unsupported_grant_type");
    let metadata = browser.get(path).json();
    assert!(!metadata["grant_types_supported"].as_array().unwrap().contains(&json!(GRANT)));
    assert_eq!(metadata.get("authorization_grant_profiles_supported"), None);
}
