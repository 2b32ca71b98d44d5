//! People sign in at the identity provider, and nobody else gets in.

use std::time::Duration;

use mcpgate::host::memory::{Chunk, Reply};
use serde_json::{Value, json};
use url::Url;

use crate::client::{Agent, Ask, Browser, parameter};
use crate::stage::Person;
use crate::world::{Answer, World};
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Usual: a_person_signs_in_and_out, an_address_that_is_not_vouched_for_is_refused, no_address_is_refused,
        the_providers_user_info_may_know_the_address, another_domain_is_refused, a_guest_whose_last_day_is_over_is_refused,
        a_wrong_nonce, a_wrong_audience, a_wrong_issuer, an_expired_id_token, a_clock_that_differs_by_half_a_minute,
        a_clock_that_differs_by_two_minutes, an_id_token_without_times, rotated_keys_are_read_again,
        a_provider_that_answers_with_an_error, a_provider_that_answers_rubbish, a_provider_that_is_down_for_tokens,
        a_provider_that_fails, a_sign_in_that_is_cancelled, a_response_of_another_issuer,
        a_sign_in_of_another_browser_is_refused, a_sign_in_comes_back_once, a_sign_in_takes_ten_minutes_at_most,
        a_return_address_is_of_this_gateway;
    Fresh: a_provider_that_is_down, a_provider_that_hangs, a_provider_whose_discovery_is_rubbish,
        a_provider_of_another_name, a_provider_that_breaks_off;
};

/// Begins to sign in and comes back; the page says no, with this status and words; nobody is signed in.
#[track_caller]
fn refused(world: &mut World, person: &Person, status: u16, outcome: &str, reason: &str, words: &[&str]) {
    let mut browser = Browser::of(person);
    let page = browser.sign_in(world, "/login");
    not_in(world, &mut browser, &page, status, outcome, reason, words);
}

#[track_caller]
fn not_in(
    world: &mut World,
    browser: &mut Browser,
    page: &Answer,
    status: u16,
    outcome: &str,
    reason: &str,
    words: &[&str],
) {
    assert_eq!(page.status(), status, "{}", page.text());
    for word in words {
        assert!(page.text().contains(word), "{word}: {}", page.text());
    }
    world.expect_recorded("sign_in", outcome, Some(reason));
    assert_eq!(world.recorded("sign_in", "ok", None), 0);
    let home = browser.get(world, "/");
    assert!(
        home.text().contains("href=\"/login\"") && !home.text().contains("Signed in as"),
        "{}",
        home.text()
    );
}

fn a_person_signs_in_and_out(world: &mut World) {
    let person = Person::internal();
    let mut browser = Browser::of(&person);
    let back = browser.sign_in(world, "/login");
    assert_eq!((back.status(), back.header("location")), (303, "https://gate.example.com/"));
    let home = browser.get(world, "/");
    assert!(home.text().contains(&person.email) && home.text().contains("/mcp/desk"), "{}", home.text());
    world.expect_recorded("sign_in", "ok", None);

    assert_eq!(browser.post(world, "/logout", &[("csrf", "")]).status(), 403);
    assert_eq!(browser.post_from(world, "https://evil.example.org", "/logout", &[]).status(), 403);
    assert_eq!(world.recorded("sign_out", "refused", Some("csrf")), 2);
    let csrf = crate::client::field(&home, "csrf");
    let out = browser.post(world, "/logout", &[("csrf", &csrf)]);
    assert_eq!(out.status(), 200, "{}", out.text());
    assert!(!browser.get(world, "/").text().contains(&person.email));
    world.expect_recorded("sign_out", "ok", None);
}

fn an_address_that_is_not_vouched_for_is_refused(world: &mut World) {
    for verified in [json!(false), Value::Null, json!("true"), json!(1)] {
        let person = Person { verified, ..Person::internal() };
        let page = Browser::of(&person).sign_in(world, "/login");
        assert_eq!(page.status(), 403);
        assert!(page.text().contains("vouch") && page.text().contains(&person.email), "{}", page.text());
    }
    assert_eq!(world.recorded("sign_in", "refused", Some("email_unverified")), 4);
}

fn no_address_is_refused(world: &mut World) {
    let person = Person { email: String::new(), ..Person::internal() };
    refused(world, &person, 403, "refused", "email_missing", &["no e-mail address", "Use another account"]);
}

fn the_providers_user_info_may_know_the_address(world: &mut World) {
    world.stage.idp.tampers(|claims| {
        claims.as_object_mut().unwrap().shift_remove("email");
    });
    let person = Person::internal();
    let mut browser = Browser::of(&person);
    assert_eq!(browser.sign_in(world, "/login").status(), 303);
    assert!(browser.get(world, "/").text().contains(&person.email));
}

fn another_domain_is_refused(world: &mut World) {
    for domain in ["evil.example.org", "sub.example.com", "example.com.evil.example.org", "notexample.com"] {
        let person = Person::of(domain);
        let page = Browser::of(&person).sign_in(world, "/login");
        assert_eq!(page.status(), 403, "{domain}");
        assert!(
            page.text().contains("not on the list") && page.text().contains("Use another account"),
            "{}",
            page.text()
        );
    }
    assert_eq!(world.recorded("sign_in", "refused", Some("domain_not_allowed")), 4);
}

fn a_guest_whose_last_day_is_over_is_refused(world: &mut World) {
    let person = Person::with_email(crate::setting::FORMER_GUEST);
    refused(world, &person, 403, "refused", "guest_expired", &["guest access of this account is over"]);
}

/// The ID token does not hold: the provider's fault.
#[track_caller]
fn invalid(world: &mut World, tamper: fn(&mut Value, i64), words: &[&str]) {
    let now = world.clock.now() / 1000;
    world.stage.idp.tampers(move |claims| tamper(claims, now));
    refused(world, &Person::internal(), 502, "identity_provider", "id_token_invalid", words);
    world.stage.idp.behaves();
    assert_eq!(Browser::of(&Person::internal()).sign_in(world, "/login").status(), 303);
}

fn a_wrong_nonce(world: &mut World) {
    invalid(world, |claims, _| claims["nonce"] = json!("another"), &["identity provider", "another sign-in"]);
}

fn a_wrong_audience(world: &mut World) {
    invalid(world, |claims, _| claims["aud"] = json!("another"), &["another client"]);
}

fn a_wrong_issuer(world: &mut World) {
    invalid(world, |claims, _| claims["iss"] = json!("https://evil.example.org"), &["issuer is another one"]);
}

fn an_expired_id_token(world: &mut World) {
    invalid(world, |claims, now| claims["exp"] = json!(now - 3600), &["time is over", "clocks"]);
}

fn an_id_token_without_times(world: &mut World) {
    for name in ["exp", "iat"] {
        world.stage.idp.tampers(|claims| {
            claims.as_object_mut().unwrap().shift_remove(name);
        });
        let page = Browser::of(&Person::internal()).sign_in(world, "/login");
        assert_eq!(page.status(), 502);
        assert!(page.text().contains("its time"), "{}", page.text());
    }
    assert_eq!(world.recorded("sign_in", "identity_provider", Some("id_token_invalid")), 2);
}

fn a_clock_that_differs_by_half_a_minute(world: &mut World) {
    let now = world.clock.now() / 1000;
    for skew in [-30, 30] {
        world.stage.idp.tampers(move |claims| {
            claims["iat"] = json!(now + skew);
            claims["exp"] = json!(now + skew.min(0) + 5);
        });
        assert_eq!(Browser::of(&Person::internal()).sign_in(world, "/login").status(), 303, "{skew}");
    }
}

fn a_clock_that_differs_by_two_minutes(world: &mut World) {
    let skew = |claims: &mut Value, now: i64| {
        claims["iat"] = json!(now + 120);
        claims["exp"] = json!(now + 420);
    };
    invalid(world, skew, &["time", "clocks"]);
}

fn rotated_keys_are_read_again(world: &mut World) {
    Browser::of(&Person::internal()).sign_in(world, "/login");
    world.stage.idp.rotates_keys();
    world.pass_time(Duration::from_secs(61));
    assert_eq!(Browser::of(&Person::internal()).sign_in(world, "/login").status(), 303);
    // Keys are not read again for every stranger's token.
    world.stage.idp.rotates_keys();
    refused_for_key(world);
    world.pass_time(Duration::from_secs(61));
    assert_eq!(Browser::of(&Person::internal()).sign_in(world, "/login").status(), 303);
}

fn refused_for_key(world: &mut World) {
    let before = world.stage.idp.seen().iter().filter(|url| url.ends_with("/jwks")).count();
    let page = Browser::of(&Person::internal()).sign_in(world, "/login");
    assert_eq!(page.status(), 502);
    let after = world.stage.idp.seen().iter().filter(|url| url.ends_with("/jwks")).count();
    assert_eq!(before, after);
}

fn a_provider_that_answers_with_an_error(world: &mut World) {
    world.stage.idp.answers("/token", || {
        Reply::new(
            400,
            "application/json",
            r#"{"error":"invalid_grant","error_description":"mia.muster@kunde.example"}"#,
        )
    });
    refused(
        world,
        &Person::internal(),
        502,
        "identity_provider",
        "idp_error",
        &["invalid_grant", "identity provider"],
    );
    assert!(!world.logs().contains("mia.muster"));
}

fn a_provider_that_answers_rubbish(world: &mut World) {
    world.stage.idp.answers("/token", || Reply::new(200, "application/json", "<html>"));
    refused(
        world,
        &Person::internal(),
        502,
        "identity_provider",
        "idp_rubbish",
        &["token response", "OpenID Connect"],
    );
}

fn a_provider_that_is_down_for_tokens(world: &mut World) {
    world.stage.idp.answers("/token", || Reply::Refusal);
    refused(
        world,
        &Person::internal(),
        502,
        "identity_provider",
        "idp_unreachable",
        &["could not be reached", "Try again"],
    );
}

fn a_provider_that_fails(world: &mut World) {
    world.stage.idp.answers("/token", || Reply::new(503, "text/html", "<h1>mia.muster@kunde.example</h1>"));
    refused(world, &Person::internal(), 502, "identity_provider", "idp_error", &["503"]);
}

fn a_sign_in_that_is_cancelled(world: &mut World) {
    let mut browser = Browser::of(&Person::internal());
    let (state, _) = leave(world, &mut browser);
    let issuer = world.stage.idp.origin();
    let page = browser.get(world, &format!("/callback?error=access_denied&state={state}&iss={issuer}"));
    let words = ["cancelled", "Sign in again"];
    not_in(world, &mut browser, &page, 403, "refused", "idp_error", &words);
}

fn a_response_of_another_issuer(world: &mut World) {
    let mut browser = Browser::of(&Person::internal());
    let (_, back) = leave(world, &mut browser);
    let mixed = back.replace(
        &format!("iss={}", encoded(&world.stage.idp.origin())),
        "iss=https%3A%2F%2Fevil.example.org",
    );
    assert_ne!(mixed, back);
    let page = browser.get(world, &mixed);
    not_in(world, &mut browser, &page, 502, "identity_provider", "idp_rubbish", &["iss"]);
    assert!(
        world.stage.idp.seen().iter().all(|url| !url.ends_with("/token")),
        "the code was not sent anywhere"
    );
}

/// Leaves for the provider and signs in there; answers with the state and the way back, not yet gone.
fn leave(world: &mut World, browser: &mut Browser) -> (String, String) {
    let left = browser.get(world, "/login").header("location").to_owned();
    let state = parameter(&Url::parse(&left).unwrap(), "state").unwrap();
    (state, world.stage.idp.sign_in(&left, &browser.person))
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn a_sign_in_of_another_browser_is_refused(world: &mut World) {
    // Login CSRF: somebody lets a victim's browser come back from the attacker's sign-in.
    let mut attacker = Browser::of(&Person::internal());
    let (_, back) = leave(world, &mut attacker);
    let mut victim = Browser::of(&Person::internal());
    let page = victim.get(world, &back);
    not_in(world, &mut victim, &page, 400, "refused", "state_unknown", &["another browser", "Begin again"]);
    leave(world, &mut victim);
    let page = victim.get(world, &back);
    assert_eq!(page.status(), 400, "{}", page.text());
    assert_eq!(world.recorded("sign_in", "ok", None), 0);
}

fn a_sign_in_comes_back_once(world: &mut World) {
    let mut browser = Browser::of(&Person::internal());
    let (_, back) = leave(world, &mut browser);
    assert_eq!(browser.get(world, &back).status(), 303);
    assert_eq!(browser.get(world, &back).status(), 400);
    world.expect_recorded("sign_in", "ok", None);
    world.expect_recorded("sign_in", "refused", Some("state_unknown"));
}

fn a_sign_in_takes_ten_minutes_at_most(world: &mut World) {
    let mut browser = Browser::of(&Person::internal());
    let (_, back) = leave(world, &mut browser);
    world.pass_time(Duration::from_secs(601));
    let page = browser.get(world, &back);
    not_in(world, &mut browser, &page, 400, "refused", "state_unknown", &["longer than ten minutes"]);
}

fn a_return_address_is_of_this_gateway(world: &mut World) {
    for path in [
        "https://evil.example.org/",
        "//evil.example.org/",
        "/\\evil.example.org",
        "\\\\evil.example.org",
        "/%09/evil.example.org",
        "javascript:alert(1)",
        "/..//evil.example.org",
        "///evil.example.org",
        "/\t/evil.example.org",
    ] {
        let mut browser = Browser::of(&Person::internal());
        let back = browser.sign_in(world, &format!("/login?return_to={}", encoded(path)));
        assert_eq!(back.status(), 303);
        let to = Url::parse(back.header("location")).unwrap();
        assert_eq!(to.origin().ascii_serialization(), world.origin(), "{path}");
        assert!(!to.path().starts_with("//"), "{path}: {to}");
    }
    let back = Browser::of(&Person::internal()).sign_in(world, "/login?return_to=%2Fapprove%2Fx%3Fy%3D1");
    assert_eq!(back.header("location"), "https://gate.example.com/approve/x?y=1");
}

/// The provider cannot even be discovered: the page says so, and the client is not told that it is its fault.
#[track_caller]
fn not_begun(
    world: &mut World,
    path: &'static str,
    answer: fn() -> Reply,
    status: u16,
    reason: &str,
    words: &[&str],
) {
    world.stage.idp.answers(path, answer);
    let mut browser = Browser::of(&Person::internal());
    let asked = Ask::new(world, "desk");
    let to_sign_in = browser.get(world, &asked.path());
    assert_eq!(to_sign_in.status(), 303);
    let page = browser.get(world, to_sign_in.header("location"));
    not_in(world, &mut browser, &page, status, "identity_provider", reason, words);
    world.stage.idp.behaves();
    Agent::of(world, &Person::internal(), "desk");
}

fn a_provider_that_is_down(world: &mut World) {
    let words = ["could not be reached", "The identity provider", "Try again in a minute"];
    not_begun(world, "/", || Reply::Refusal, 502, "idp_unreachable", &words);
}

fn a_provider_that_hangs(world: &mut World) {
    not_begun(world, "/", || Reply::Silence, 504, "idp_unreachable", &["did not answer in time"]);
}

fn a_provider_that_breaks_off(world: &mut World) {
    let broken = || Reply::chunks(200, "application/json", vec![Chunk::Bytes("{".into()), Chunk::Break]);
    not_begun(world, "/jwks", broken, 502, "idp_unreachable", &["could not be reached"]);
}

fn a_provider_whose_discovery_is_rubbish(world: &mut World) {
    let rubbish = || Reply::new(200, "application/json", r#"{"issuer":1}"#);
    not_begun(world, "/.well-known", rubbish, 502, "idp_rubbish", &["discovery document"]);
}

fn a_provider_of_another_name(world: &mut World) {
    let other = || {
        let endpoint = |path: &str| format!("https://evil.example.org{path}");
        let document = json!({ "issuer": "https://evil.example.org", "authorization_endpoint": endpoint("/a"),
            "token_endpoint": endpoint("/t"), "jwks_uri": endpoint("/j") });
        Reply::new(200, "application/json", document.to_string())
    };
    not_begun(world, "/.well-known", other, 502, "idp_rubbish", &["issuer"]);
}
