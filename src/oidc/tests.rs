//! Sign-in over the memory host: the way in, and the attacks on it.

use http::StatusCode;
use serde_json::{Value, json};

use super::testing::{Browser, GATE, Page, World};
use crate::host::memory::Reply;

const SESSION: &str = "__Host-mcpgate_session";

fn is_signed_in(browser: &mut Browser) -> bool {
    browser.get("/").text.contains("jane@example.com")
}

/// Signs in and expects not to get in.
#[track_caller]
fn refused(world: &World, browser: &mut Browser, status: u16, audit: &str) -> Page {
    let page = browser.sign_in(world);
    assert_eq!(page.status.as_u16(), status, "{}", page.text);
    assert!(!browser.cookies.contains_key(SESSION) && !is_signed_in(browser));
    assert_eq!(world.audited(), [format!("sign_in {audit}")]);
    page
}

#[test]
fn a_person_signs_in_and_out() {
    let world = World::new();
    let mut browser = world.browser();
    assert!(!is_signed_in(&mut browser));
    let back = browser.leave(&world, "/login?return_to=%2Fauthorize%3Fx%3D1");
    let page = browser.get(&back);
    assert_eq!(
        (page.status, page.location()),
        (StatusCode::SEE_OTHER, "https://gate.example.com/authorize?x=1")
    );
    let cookie = page.headers["set-cookie"].to_str().unwrap();
    for attribute in ["__Host-mcpgate_session=", "; HttpOnly", "; Secure", "; SameSite=Lax", "; Path=/"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(!cookie.contains("Domain"));
    let home = browser.get("/");
    assert!(home.text.contains("Jane Doe") && home.text.contains("https://gate.example.com/mcp/demo"));
    let out = browser.post("/logout", &[("csrf", &home.field("csrf"))]);
    assert_eq!(out.status, StatusCode::OK);
    assert!(!is_signed_in(&mut browser));
    assert_eq!(world.audited(), ["sign_in ok", "sign_out ok"]);
}

#[test]
fn pages_are_locked_down() {
    let world = World::new();
    let mut browser = world.browser();
    browser.sign_in(&world);
    for path in ["/", "/callback"] {
        let headers = browser.get(path).headers;
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'; form-action 'self'"), "{policy}");
        assert_eq!(headers["x-frame-options"], "DENY");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["referrer-policy"], "same-origin");
        assert_eq!(headers["cache-control"], "no-store");
    }
}

#[test]
fn a_sign_in_that_another_browser_began_does_not_end_here() {
    let world = World::new();
    let back = world.browser().leave(&world, "/login");
    let mut victim = world.browser();
    assert_eq!(victim.get(&back).status, StatusCode::BAD_REQUEST);
    victim.leave(&world, "/login"); // now with a cookie of its own
    assert_eq!(victim.get(&back).status, StatusCode::BAD_REQUEST);
    assert!(!is_signed_in(&mut victim));
    assert_eq!(world.audited(), ["sign_in refused state_unknown", "sign_in refused state_unknown"]);
}

#[test]
fn a_return_works_once_and_not_late() {
    let world = World::new();
    let mut browser = world.browser();
    let back = browser.leave(&world, "/login");
    assert_eq!(browser.get(&back).status, StatusCode::SEE_OTHER);
    assert_eq!(browser.get(&back).status, StatusCode::BAD_REQUEST);
    let late = browser.leave(&world, "/login");
    world.advance(601);
    assert_eq!(browser.get(&late).status, StatusCode::BAD_REQUEST);
    assert_eq!(browser.get("/callback?code=x&state=made-up").status, StatusCode::BAD_REQUEST);
    assert_eq!(browser.get("/callback").status, StatusCode::BAD_REQUEST);
}

#[test]
fn two_tabs_of_one_browser_can_sign_in_at_once() {
    let world = World::new();
    let mut browser = world.browser();
    let (first, second) = (browser.leave(&world, "/login"), browser.leave(&world, "/login"));
    assert_eq!(browser.get(&first).status, StatusCode::SEE_OTHER);
    assert_eq!(browser.get(&second).status, StatusCode::SEE_OTHER);
}

#[test]
fn a_planted_session_id_is_worth_nothing() {
    let world = World::new();
    let mut attacker = world.browser();
    attacker.sign_in(&world);
    let planted = attacker.cookies[SESSION].clone();
    let mut victim = world.browser();
    victim.cookies.insert(SESSION.to_owned(), planted.clone());
    victim.sign_in(&world);
    assert_ne!(victim.cookies[SESSION], planted);
    assert!(!is_signed_in(&mut attacker), "the planted session has ended");
    let mut invented = world.browser();
    invented.cookies.insert(SESSION.to_owned(), "A".repeat(43));
    assert!(!is_signed_in(&mut invented));
}

#[test]
fn a_session_ends_by_itself() {
    let world = World::new();
    let mut browser = world.browser();
    browser.sign_in(&world);
    world.advance(8 * 3600 - 1);
    assert!(is_signed_in(&mut browser));
    world.advance(1);
    assert!(!is_signed_in(&mut browser));
}

#[test]
fn signing_in_leads_nowhere_else() {
    let world = World::new();
    for path in [
        "https://evil.example.org/",
        "//evil.example.org/",
        "/\\evil.example.org/",
        "\\\\evil.example.org",
        "/\t/evil.example.org",
        "/.//evil.example.org",
        "/..//evil.example.org",
        "javascript:alert(1)",
        "evil",
        "",
    ] {
        let mut browser = world.browser();
        let back = browser.leave(&world, &super::login_path(path));
        assert_eq!(browser.get(&back).location(), format!("{GATE}/"), "{path:?}");
    }
}

#[test]
fn who_is_not_on_the_list_stays_out() {
    let world = World::new();
    let mut browser = world.browser();
    world.idp.claim("email", json!("jane@example.org"));
    let page = refused(&world, &mut browser, 403, "refused domain_not_allowed");
    assert!(page.text.contains("jane@example.org") && page.text.contains("/login?switch=1"));
    world.idp.claim("email", Value::Null);
    refused(&world, &mut browser, 403, "refused email_missing");
    world.idp.claim("email", json!("jane@example.com"));
    for unverified in [json!(false), Value::Null, json!("true"), json!(1), json!([true])] {
        world.idp.claim("email_verified", unverified);
        refused(&world, &mut browser, 403, "refused email_unverified");
    }
}

#[test]
fn a_guest_enters_until_the_day_ends() {
    let world = World::new();
    let keys = crate::crypto::Keys::read(&world.host);
    let keys = futures_util::FutureExt::now_or_never(keys).unwrap().unwrap();
    let id = crate::access::guest_id(&keys.hash, "pat@partner.org").unwrap();
    let guest = format!(
        "[[access.guests]]\nid = \"{id}\"\nrole = \"external\"\nuntil = 2026-11-18\n[tokens]\nsession = \"2d\"\n[[service]]"
    );
    world.host.set_config(&super::testing::CONFIG.replacen("[[service]]", &guest, 1));
    world.idp.claim("email", json!("Pat@Partner.org"));
    let mut browser = world.browser();
    browser.sign_in(&world);
    let home = browser.get("/").text;
    assert!(home.contains("/mcp/wiki") && !home.contains("/mcp/demo"), "{home}");
    world.advance(86_400);
    assert!(browser.get("/").text.contains("the guest access of this account is over"));
    world.audited();
    refused(&world, &mut world.browser(), 403, "refused guest_expired");
}

#[test]
fn an_address_can_come_from_userinfo_if_the_subject_agrees() {
    let world = World::new();
    let mut browser = world.browser();
    world.idp.claim("email", Value::Null);
    world.idp.claim("email_verified", Value::Null);
    world.idp.state().userinfo =
        json!({ "sub": "mallory", "email": "jane@example.com", "email_verified": true });
    refused(&world, &mut browser, 502, "failed idp_rubbish");
    world.idp.state().userinfo =
        json!({ "sub": "jane", "email": "jane@example.com", "email_verified": "true" });
    refused(&world, &mut browser, 403, "refused email_unverified");
    world.idp.state().userinfo =
        json!({ "sub": "jane", "email": "jane@example.com", "email_verified": true });
    browser.sign_in(&world);
    assert!(is_signed_in(&mut browser));
}

#[test]
fn an_id_token_that_does_not_hold_signs_nobody_in() {
    let world = World::new();
    let mut browser = world.browser();
    for (claim, value) in [
        ("iss", json!("https://evil.example.org")),
        ("aud", json!("another")),
        ("nonce", json!("another")),
        ("exp", json!(1)),
        ("sub", Value::Null),
    ] {
        world.idp.state().claims.clear();
        world.idp.claim(claim, value);
        let page = refused(&world, &mut browser, 502, "failed id_token_invalid");
        assert!(
            page.text.contains("The identity provider") && page.text.contains("ID token"),
            "{}",
            page.text
        );
    }
}

#[test]
fn the_issuer_that_answers_must_be_the_one_that_was_asked() {
    let world = World::new();
    let mut browser = world.browser();
    let back = browser
        .leave(&world, "/login")
        .replace("iss=https://idp.example.com", "iss=https://evil.example.org");
    assert_eq!(browser.get(&back).status, StatusCode::BAD_GATEWAY);
    let silent = browser.leave(&world, "/login").replace("&iss=https://idp.example.com", "");
    assert_eq!(browser.get(&silent).status, StatusCode::SEE_OTHER, "it does not say that it names itself");
    let world = World::new();
    world
        .idp
        .state()
        .metadata
        .insert("authorization_response_iss_parameter_supported".to_owned(), json!(true));
    let mut browser = world.browser();
    let silent = browser.leave(&world, "/login").replace("&iss=https://idp.example.com", "");
    assert_eq!(browser.get(&silent).status, StatusCode::BAD_GATEWAY);
}

#[test]
fn what_the_provider_does_wrong_is_said_to_be_its_fault() {
    let rubbish = || Reply::new(200, "application/json", "<html>");
    let down = || Reply::new(503, "text/plain", "");
    let unauthorized = || Reply::new(401, "application/json", r#"{"error":"invalid_client"}"#);
    for (path, broken, status, audit) in [
        ("/.well-known/openid-configuration", (|| Reply::Refusal) as fn() -> Reply, 502, "idp_unreachable"),
        ("/.well-known/openid-configuration", || Reply::Silence, 504, "idp_unreachable"),
        ("/jwks", rubbish, 502, "idp_rubbish"),
        ("/jwks", down, 502, "idp_error"),
    ] {
        let world = World::new();
        world.idp.state().broken.insert(path, broken);
        let page = world.browser().get("/login");
        assert_eq!(page.status.as_u16(), status, "{path}");
        assert!(page.text.contains("The identity provider did not sign you in"));
        assert_eq!(world.audited(), [format!("sign_in failed {audit}")]);
    }
    for (broken, status, audit) in [
        ((|| Reply::Refusal) as fn() -> Reply, 502, "idp_unreachable"),
        (|| Reply::Silence, 504, "idp_unreachable"),
        (rubbish, 502, "idp_rubbish"),
        (down, 502, "idp_error"),
        (unauthorized, 502, "idp_error"),
    ] {
        let world = World::new();
        world.idp.state().broken.insert("/token", broken);
        refused(&world, &mut world.browser(), status, &format!("failed {audit}"));
    }
}

#[test]
fn errors_of_the_provider_are_told_apart_and_never_repeated() {
    let world = World::new();
    let mut browser = world.browser();
    for (error, status) in [("access_denied", 403), ("server_error", 502), ("<script>", 502)] {
        let back = browser.leave(&world, "/login");
        let state = back.split("state=").nth(1).unwrap();
        let page =
            browser.get(&format!("/callback?{}&state={state}", super::testing::encode(&[("error", error)])));
        assert_eq!(page.status.as_u16(), status, "{error}");
        assert!(!page.text.contains("script"));
    }
}

#[test]
fn a_discovery_document_for_somebody_else_is_refused() {
    for (name, value) in [
        ("issuer", "https://idp.example.com/"),
        ("issuer", "https://evil.example.org"),
        ("token_endpoint", "http://idp.example.com/token"),
        ("jwks_uri", "http://127.0.0.1/jwks"),
    ] {
        let world = World::new();
        world.idp.state().metadata.insert(name.to_owned(), json!(value));
        assert_eq!(world.browser().get("/login").status, StatusCode::BAD_GATEWAY, "{name}");
    }
}

#[test]
fn new_keys_are_fetched_but_not_again_and_again() {
    let world = World::new();
    let mut browser = world.browser();
    browser.sign_in(&world);
    world.audited();
    world.idp.rotate(2, "k2");
    refused(&world, &mut world.browser(), 502, "failed id_token_invalid"); // within the floor
    world.advance(61);
    browser.sign_in(&world);
    assert!(is_signed_in(&mut browser));
    let asked = || world.idp.state().asked.iter().filter(|path| *path == "/jwks").count();
    assert_eq!(asked(), 2);
    world.audited();
    world.idp.rotate(3, "k2"); // the old id with another key
    refused(&world, &mut world.browser(), 502, "failed id_token_invalid");
    assert_eq!(asked(), 2);
}

#[test]
fn discovery_survives_a_new_isolate_and_a_cache_that_fails() {
    let world = World::new();
    world.browser().sign_in(&world);
    world.host.restart();
    let mut browser = world.browser();
    browser.sign_in(&world);
    let asked = || world.idp.state().asked.iter().filter(|path| *path == "/jwks").count();
    assert_eq!(asked(), 1);
    world.host.restart();
    world.host.refuse("cache", true);
    world.browser().sign_in(&world);
    assert_eq!(asked(), 2);
}

#[test]
fn nobody_enters_unrecorded() {
    let world = World::new();
    let mut browser = world.browser();
    let back = browser.leave(&world, "/login");
    world.host.refuse("queue", true);
    assert_eq!(browser.get(&back).status, StatusCode::SEE_OTHER, "the outbox took it");
    let mut browser = world.browser();
    let back = browser.leave(&world, "/login");
    world.host.refuse("sql", true);
    let page = browser.get(&back);
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(!browser.cookies.contains_key(SESSION));
}

#[test]
fn signing_out_needs_the_form() {
    let world = World::new();
    let mut browser = world.browser();
    browser.sign_in(&world);
    let csrf = browser.get("/").field("csrf");
    assert_eq!(browser.post("/logout", &[]).status, StatusCode::FORBIDDEN);
    assert_eq!(browser.post("/logout", &[("csrf", "x")]).status, StatusCode::FORBIDDEN);
    browser.origin = Some("https://evil.example.org".to_owned());
    assert_eq!(browser.post("/logout", &[("csrf", &csrf)]).status, StatusCode::FORBIDDEN);
    browser.origin = Some("null".to_owned());
    assert_eq!(browser.post("/logout", &[("csrf", &csrf)]).status, StatusCode::FORBIDDEN);
    assert!(is_signed_in(&mut browser));
}

#[test]
fn a_loopback_gateway_has_cookies_that_browsers_keep() {
    let world = World::new();
    world.host.set_config(&super::testing::CONFIG.replace(GATE, "http://127.0.0.1:8787"));
    let mut browser = world.browser();
    let page = browser.send(http::Request::get("http://127.0.0.1:8787/login"), bytes::Bytes::new());
    let cookie = page.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("mcpgate_login=") && !cookie.contains("Secure"), "{cookie}");
}

#[test]
fn storage_and_logs_hold_nothing_of_the_person_in_clear() {
    let world = World::new();
    let mut browser = world.browser();
    browser.leave(&world, "/login?return_to=%2Ffind-me-in-the-file");
    browser.sign_in(&world);
    world.idp.claim("email", json!("jane@example.org"));
    world.browser().sign_in(&world);
    let mut held = world.host.database_bytes();
    held.extend_from_slice(world.host.logged().as_bytes());
    held.extend_from_slice(world.host.take_queue().join("").as_bytes());
    let session = browser.cookies[SESSION].clone();
    for planted in ["jane", "Jane", "Doe", "find-me-in-the-file", "s3cret", &session] {
        assert_eq!(memchr::memmem::find(&held, planted.as_bytes()), None, "{planted}");
    }
}
