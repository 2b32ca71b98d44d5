//! People sign in at the identity provider.

use std::time::Duration;

use mcpgate::host::memory::{Chunk, Reply};
use serde_json::json;
use url::Url;

use crate::client::{Agent, Ask, Browser, parameter};
use crate::stage::Person;
use crate::world::{Answer, World};
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Usual: a_person_signs_in_and_out, the_providers_user_info_may_know_the_address, an_account_that_is_not_let_in_is_told_why,
        an_id_token_that_does_not_hold_is_the_providers_fault, a_clock_that_differs_by_half_a_minute,
        rotated_keys_are_read_again,
        a_provider_that_answers_with_an_error, a_provider_that_answers_rubbish, a_provider_that_is_down_for_tokens,
        a_provider_that_fails, a_sign_in_that_is_cancelled, a_sign_in_ends_where_it_began;
    Fresh: a_provider_that_is_down, a_provider_that_hangs, a_provider_whose_discovery_is_rubbish,
        a_provider_that_breaks_off;
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

fn the_providers_user_info_may_know_the_address(world: &mut World) {
    world.stage.idp.tampers(|claims| {
        claims.as_object_mut().unwrap().shift_remove("email");
    });
    let person = Person::internal();
    let mut browser = Browser::of(&person);
    assert_eq!(browser.sign_in(world, "/login").status(), 303);
    assert!(browser.get(world, "/").text().contains(&person.email));
}

fn an_account_that_is_not_let_in_is_told_why(world: &mut World) {
    let unverified = Person { verified: json!(false), ..Person::internal() };
    let nameless = Person { email: String::new(), ..Person::internal() };
    let foreign = Person::of("evil.example.org");
    let former = Person::with_email(crate::setting::FORMER_GUEST);
    for (person, words) in [
        (&unverified, ["vouch", &*unverified.email]),
        (&nameless, ["no e-mail address", "Use another account"]),
        (&foreign, ["not on the list", "Use another account"]),
        (&former, ["guest access of this account is over", "Use another account"]),
    ] {
        let page = Browser::of(person).sign_in(world, "/login");
        assert_eq!(page.status(), 403, "{}", page.text());
        assert!(words.iter().all(|word| page.text().contains(word)), "{words:?}: {}", page.text());
    }
}

fn an_id_token_that_does_not_hold_is_the_providers_fault(world: &mut World) {
    let now = world.clock.now() / 1000;
    for (name, value, words) in [
        ("nonce", json!("another"), ["identity provider", "another sign-in"]),
        ("aud", json!("another"), ["identity provider", "another client"]),
        ("iss", json!("https://evil.example.org"), ["identity provider", "issuer is another one"]),
        ("exp", json!(now - 3600), ["time is over", "clocks"]),
        ("iat", json!(now + 120), ["time is over or has not come", "clocks"]),
    ] {
        world.stage.idp.tampers(move |claims| claims[name] = value.clone());
        let page = Browser::of(&Person::internal()).sign_in(world, "/login");
        assert_eq!(page.status(), 502, "{}", page.text());
        assert!(words.iter().all(|word| page.text().contains(word)), "{words:?}: {}", page.text());
    }
    assert_eq!(world.recorded("sign_in", "identity_provider", Some("id_token_invalid")), 5);
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

/// Leaves for the provider and signs in there; answers with the state and the way back, not yet gone.
fn leave(world: &mut World, browser: &mut Browser) -> (String, String) {
    let left = browser.get(world, "/login").header("location").to_owned();
    let state = parameter(&Url::parse(&left).unwrap(), "state").unwrap();
    (state, world.stage.idp.sign_in(&left, &browser.person))
}

fn a_sign_in_ends_where_it_began(world: &mut World) {
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
