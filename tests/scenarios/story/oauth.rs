//! The authorization server: registration, consent, codes, tokens; and those who try their luck.

use std::time::Duration;

use serde_json::json;

use crate::client::{Agent, Ask, Browser, REDIRECT, field, parameter, register, token};
use crate::stage::Person;
use crate::world::{Answer, World};
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Usual: a_registration_says_what_is_wrong_with_it, a_confidential_client_proves_who_it_is,
        an_unknown_client_is_shown_not_redirected, a_redirect_that_is_not_registered_is_shown_not_followed,
        a_well_known_client_is_known_by_its_document,
        other_mistakes_go_back_to_the_client,
        nobody_is_redirected_before_they_have_signed_in, a_person_may_say_no, a_forged_consent_is_refused,
        a_consent_for_another_question_is_refused, a_code_works_once_and_its_second_use_ends_everything,
        a_code_lasts_a_minute, a_code_needs_its_verifier, a_code_is_its_clients, a_stranger_cannot_use_a_code_up,
        a_code_goes_with_its_redirect,
        a_code_is_for_its_resource, a_token_request_says_what_is_wrong_with_it,
        a_refresh_token_is_rotated, a_spent_refresh_token_ends_its_family, a_refresh_token_is_its_clients,
        a_refresh_token_ends_after_a_month_without_use;
};

fn a_registration_says_what_is_wrong_with_it(world: &mut World) {
    for (wish, error) in [
        (json!({}), "invalid_client_metadata"),
        (json!("x"), "invalid_client_metadata"),
        (json!({ "redirect_uris": [] }), "invalid_redirect_uri"),
        (json!({ "redirect_uris": ["http://evil.example.org/cb"] }), "invalid_redirect_uri"),
        (json!({ "redirect_uris": ["javascript:alert(1)"] }), "invalid_redirect_uri"),
        (json!({ "redirect_uris": ["https://app.example.org/cb#f"] }), "invalid_redirect_uri"),
        (
            json!({ "redirect_uris": [REDIRECT], "token_endpoint_auth_method": "private_key_jwt" }),
            "invalid_client_metadata",
        ),
        (
            json!({ "redirect_uris": [REDIRECT], "grant_types": ["client_credentials"] }),
            "invalid_client_metadata",
        ),
        (
            json!({ "redirect_uris": [REDIRECT], "client_name": "x".repeat(17_000) }),
            "invalid_client_metadata",
        ),
    ] {
        let answer = register(world, &wish);
        assert_eq!((answer.status(), &answer.json()["error"]), (400, &json!(error)), "{wish}");
        assert!(!answer.json()["error_description"].as_str().unwrap().is_empty());
    }
    assert_eq!(world.recorded("client_registered", "refused", Some("client_invalid")), 9);
    assert_eq!(world.recorded("client_registered", "ok", None), 0);
}

fn a_confidential_client_proves_who_it_is(world: &mut World) {
    let wish = json!({ "redirect_uris": [REDIRECT], "token_endpoint_auth_method": "client_secret_post" });
    let registered = register(world, &wish).json();
    let secret = registered["client_secret"].as_str().unwrap().to_owned();
    let ask =
        Ask { client_id: registered["client_id"].as_str().unwrap().to_owned(), ..Ask::new(world, "desk") };
    let mut browser = Browser::of(&Person::internal());
    let code = ask.code(world, &mut browser);
    for others in [&[][..], &[("client_secret", "wrong")]] {
        let answer = ask.redeem(world, &code, others);
        assert_eq!((answer.status(), &answer.json()["error"]), (401, &json!("invalid_client")));
    }
    assert_eq!(ask.redeem(world, &code, &[("client_secret", &secret)]).status(), 200);
    assert_eq!(world.recorded("token_refused", "refused", Some("client_unauthenticated")), 2);
}

/// A page says what is wrong, and the browser is sent nowhere.
#[track_caller]
fn shown(world: &mut World, path: &str, word: &str, reason: &str) {
    let page = Browser::of(&Person::internal()).get(world, path);
    assert_eq!((page.status(), page.header("location")), (400, ""), "{}", page.text());
    assert!(page.text().contains(word) && page.text().contains("Begin again"), "{}", page.text());
    assert!(!page.text().contains("evil.example.org"), "{}", page.text());
    world.expect_recorded("consent", "refused", Some(reason));
}

fn an_unknown_client_is_shown_not_redirected(world: &mut World) {
    let ask = Ask { client_id: "nobody".to_owned(), ..Ask::new(world, "desk") };
    let path = ask.path_with(&[("redirect_uri", "https://evil.example.org/cb")]);
    shown(world, &path, "No application is registered", "client_unknown");
}

fn a_redirect_that_is_not_registered_is_shown_not_followed(world: &mut World) {
    let ask = Ask::new(world, "desk");
    let path = ask.path_with(&[("redirect_uri", "https://evil.example.org/cb")]);
    shown(world, &path, "redirect_uri", "redirect_mismatch");
    for uri in [
        "http://127.0.0.1:33418/callback/x",
        "http://127.0.0.1.evil.example.org:33418/callback",
        "http://127.0.0.1:33418/callback?x=1",
        "",
    ] {
        let page = Browser::of(&Person::internal()).get(world, &ask.path_with(&[("redirect_uri", uri)]));
        assert_eq!((page.status(), page.header("location")), (400, ""), "{uri}");
    }
}

fn a_well_known_client_is_known_by_its_document(world: &mut World) {
    let ask = Ask {
        client_id: "https://claude.ai/oauth/claude-code-client-metadata".to_owned(),
        redirect_uri: "http://localhost:54321/callback".to_owned(),
        ..Ask::new(world, "desk")
    };
    let mut browser = Browser::of(&Person::internal());
    let page = ask.consent_page(world, &mut browser);
    assert!(page.text().contains("Claude Code") && page.text().contains("claude.ai"), "{}", page.text());
    let code = ask.code(world, &mut browser);
    assert_eq!(ask.redeem(world, &code, &[]).status(), 200);
}

fn other_mistakes_go_back_to_the_client(world: &mut World) {
    let ask = Ask::new(world, "desk");
    let mut browser = Browser::of(&Person::internal());
    ask.consent_page(world, &mut browser);
    for (others, error) in [
        ([("response_type", "token")], "unsupported_response_type"),
        ([("response_mode", "fragment")], "invalid_request"),
        ([("code_challenge", "")], "invalid_request"),
        ([("code_challenge_method", "plain")], "invalid_request"),
        ([("resource", "https://evil.example.org/mcp/desk")], "invalid_target"),
        ([("resource", "https://gate.example.com/mcp/nothing")], "invalid_target"),
        ([("scope", "admin")], "invalid_scope"),
    ] {
        let answer = browser.get(world, &ask.path_with(&others));
        assert_eq!(answer.status(), 303, "{others:?}");
        let back = url::Url::parse(answer.header("location")).unwrap();
        assert!(back.as_str().starts_with(REDIRECT), "{back}");
        assert_eq!(parameter(&back, "error").as_deref(), Some(error), "{others:?}");
        assert_eq!(parameter(&back, "state").as_deref(), Some("client-state"));
        assert_eq!(parameter(&back, "iss").as_deref(), Some(world.origin()));
    }
    let twice = format!("{}&state=again", ask.path());
    assert_eq!(Browser::of(&Person::internal()).get(world, &twice).status(), 400);
    assert_eq!(world.recorded("consent", "refused", Some("pkce_mismatch")), 2);
    assert_eq!(world.recorded("consent", "refused", Some("resource_unknown")), 2);
}

fn nobody_is_redirected_before_they_have_signed_in(world: &mut World) {
    let wish = json!({
        "client_name": "x", "redirect_uris": ["https://evil.example.org/phish"], "token_endpoint_auth_method": "none",
    });
    let client_id = register(world, &wish).json()["client_id"].as_str().unwrap().to_owned();
    let redirect_uri = "https://evil.example.org/phish".to_owned();
    let ask = Ask { client_id, redirect_uri, ..Ask::new(world, "desk") };
    for (name, value, word) in [
        ("response_type", "x", "response_type must be code"),
        ("code_challenge", "", "PKCE is required"),
        ("resource", "https://evil.example.org/", "resource must be"),
        ("scope", "admin", "the scopes are mcp and mcp:read"),
    ] {
        let page = Browser::of(&Person::internal()).get(world, &ask.path_with(&[(name, value)]));
        assert_eq!((page.status(), page.header("location")), (400, ""), "{}", page.text());
        assert!(page.text().contains(word) && !page.text().contains("evil.example.org"), "{}", page.text());
    }
    world.expect_recorded("consent", "refused", Some("pkce_mismatch"));
}

fn a_person_may_say_no(world: &mut World) {
    let ask = Ask::new(world, "desk");
    let back = ask.decide(world, &mut Browser::of(&Person::internal()), "deny");
    assert_eq!(parameter(&back, "error").as_deref(), Some("access_denied"));
    assert_eq!(parameter(&back, "code"), None);
    world.expect_recorded("consent", "refused", Some("consent_denied"));
    assert_eq!(world.recorded("consent", "ok", None), 0);
}

fn a_forged_consent_is_refused(world: &mut World) {
    let mut browser = Browser::of(&Person::internal());
    let ask = Ask::new(world, "desk");
    let page = ask.consent_page(world, &mut browser);
    assert!(
        page.text().contains("A scripted client") && page.text().contains("nobody has checked it"),
        "{}",
        page.text()
    );
    let (request, csrf) = (field(&page, "request"), field(&page, "csrf"));
    for (origin, csrf) in [
        ("https://evil.example.org", csrf.as_str()),
        ("null", csrf.as_str()),
        (world.origin(), ""),
        (world.origin(), "x"),
    ] {
        let form = [("request", request.as_str()), ("csrf", csrf), ("decision", "allow")];
        let answer = browser.post_from(world, origin, "/authorize", &form);
        assert_eq!((answer.status(), answer.header("location")), (403, ""), "{origin} {csrf}");
    }
    assert_eq!(world.recorded("consent", "refused", Some("csrf")), 4);
    assert_eq!(world.recorded("consent", "ok", None), 0);
}

fn a_consent_for_another_question_is_refused(world: &mut World) {
    let mut browser = Browser::of(&Person::internal());
    let page = Ask::new(world, "desk").consent_page(world, &mut browser);
    let other = Ask::new(world, "mail").path();
    let form = [
        ("request", other.split_once('?').unwrap().1),
        ("csrf", &field(&page, "csrf")),
        ("decision", "allow"),
    ];
    assert_eq!(browser.post(world, "/authorize", &form).status(), 403);
    // Nor does another person's token fit.
    let mut somebody = Browser::of(&Person::internal());
    let theirs = Ask::new(world, "desk").consent_page(world, &mut somebody);
    let form =
        [("request", &*field(&theirs, "request")), ("csrf", &field(&theirs, "csrf")), ("decision", "allow")];
    assert_eq!(browser.post(world, "/authorize", &form).status(), 403);
}

/// The token endpoint says no, in its protocol's words.
#[track_caller]
fn denied(world: &mut World, answer: &Answer, error: &str, reason: &str) {
    assert_eq!((answer.status(), &answer.json()["error"]), (400, &json!(error)), "{}", answer.text());
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(!answer.json()["error_description"].as_str().unwrap().is_empty());
    world.expect_recorded("token_refused", "refused", Some(reason));
}

fn asked(world: &mut World) -> (Ask, String) {
    let ask = Ask::new(world, "desk");
    let code = ask.code(world, &mut Browser::of(&Person::internal()));
    (ask, code)
}

fn a_code_works_once_and_its_second_use_ends_everything(world: &mut World) {
    let (ask, code) = asked(world);
    let tokens = ask.redeem(world, &code, &[]).json();
    let again = ask.redeem(world, &code, &[]);
    denied(world, &again, "invalid_grant", "code_reused");
    let refreshed = ask.refresh(world, tokens["refresh_token"].as_str().unwrap());
    denied(world, &refreshed, "invalid_grant", "refresh_unknown");
}

fn a_code_lasts_a_minute(world: &mut World) {
    let (ask, code) = asked(world);
    world.pass_time(Duration::from_secs(61));
    let answer = ask.redeem(world, &code, &[]);
    denied(world, &answer, "invalid_grant", "code_unknown");
}

fn a_code_needs_its_verifier(world: &mut World) {
    let (ask, code) = asked(world);
    let answer = ask.redeem(world, &code, &[("code_verifier", &"w".repeat(43))]);
    denied(world, &answer, "invalid_grant", "pkce_mismatch");
    let answer = ask.redeem(world, &code, &[]);
    assert_eq!(answer.status(), 400, "who guesses, guesses once");
}

fn a_code_is_its_clients(world: &mut World) {
    let (ask, code) = asked(world);
    let other = Ask::new(world, "desk");
    let answer = ask.redeem(world, &code, &[("client_id", &other.client_id)]);
    denied(world, &answer, "invalid_grant", "code_unknown");
}

fn a_stranger_cannot_use_a_code_up(world: &mut World) {
    let (ask, code) = asked(world);
    let registered = Ask::new(world, "desk").client_id;
    let strangers = ["https://anything.example.org/never-fetched", &registered];
    for stranger in strangers {
        let answer = ask.redeem(world, &code, &[("client_id", stranger)]);
        assert_eq!((answer.status(), &answer.json()["error"]), (400, &json!("invalid_grant")), "{stranger}");
    }
    let tokens = ask.redeem(world, &code, &[]);
    assert_eq!(tokens.status(), 200, "its owner still has it: {}", tokens.text());
    for stranger in strangers {
        let answer = ask.redeem(world, &code, &[("client_id", stranger)]);
        assert_eq!((answer.status(), &answer.json()["error"]), (400, &json!("invalid_grant")), "{stranger}");
    }
    let refreshed = ask.refresh(world, tokens.json()["refresh_token"].as_str().unwrap());
    assert_eq!(refreshed.status(), 200, "and what it became: {}", refreshed.text());
    assert_eq!(world.recorded("token_refused", "refused", Some("code_unknown")), 4);
    assert_eq!(world.recorded("token_refused", "refused", Some("code_reused")), 0);
}

fn a_code_goes_with_its_redirect(world: &mut World) {
    let (ask, code) = asked(world);
    let answer = ask.redeem(world, &code, &[("redirect_uri", "http://127.0.0.1:1/callback")]);
    denied(world, &answer, "invalid_grant", "redirect_mismatch");
}

fn a_code_is_for_its_resource(world: &mut World) {
    let (ask, code) = asked(world);
    let answer = ask.redeem(world, &code, &[("resource", "https://gate.example.com/mcp/mail")]);
    denied(world, &answer, "invalid_target", "resource_unknown");
}

fn a_token_request_says_what_is_wrong_with_it(world: &mut World) {
    let ask = Ask::new(world, "desk");
    let client = ("client_id", ask.client_id.as_str());
    for (form, status, error) in [
        (vec![client], 400, "invalid_request"),
        (vec![client, ("grant_type", "password")], 400, "unsupported_grant_type"),
        (vec![client, ("grant_type", "authorization_code")], 400, "invalid_request"),
        (vec![client, ("grant_type", "refresh_token")], 400, "invalid_request"),
        (vec![client, client, ("grant_type", "refresh_token")], 400, "invalid_request"),
        (vec![("client_id", "nobody"), ("grant_type", "refresh_token")], 401, "invalid_client"),
        (vec![client, ("grant_type", "refresh_token"), ("refresh_token", "x")], 400, "invalid_grant"),
        (
            vec![client, ("grant_type", "authorization_code"), ("code", "x"), ("code_verifier", "y")],
            400,
            "invalid_grant",
        ),
    ] {
        let answer = token(world, &form);
        assert_eq!((answer.status(), &answer.json()["error"]), (status, &json!(error)), "{form:?}");
    }
}

fn a_refresh_token_is_rotated(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let first = agent.renewed(world);
    assert_ne!((&first.token, &first.refresh_token), (&agent.token, &agent.refresh_token));
    // Two chats of one client that refresh at once both survive.
    let second = agent.renewed(world);
    assert_ne!(second.refresh_token, first.refresh_token);
    for agent in [first.renewed(world), second.renewed(world)] {
        agent.read(world, "get_issue", json!({}));
    }
    assert_eq!(world.recorded("token_refreshed", "ok", None), 4);
}

fn a_spent_refresh_token_ends_its_family(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let next = agent.renewed(world);
    world.pass_time(Duration::from_secs(31));
    let stolen = agent.ask.refresh(world, &agent.refresh_token);
    denied(world, &stolen, "invalid_grant", "refresh_reused");
    world.expect_recorded("token_revoked", "refused", Some("refresh_reused"));
    let answer = next.ask.refresh(world, &next.refresh_token);
    denied(world, &answer, "invalid_grant", "refresh_unknown");
}

fn a_refresh_token_is_its_clients(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let other = Ask::new(world, "desk");
    let answer = other.refresh(world, &agent.refresh_token);
    denied(world, &answer, "invalid_grant", "refresh_unknown");
    agent.renewed(world);
}

fn a_refresh_token_ends_after_a_month_without_use(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    world.pass_time(Duration::from_secs(30 * 86_400 + 1));
    let answer = agent.ask.refresh(world, &agent.refresh_token);
    denied(world, &answer, "invalid_grant", "refresh_unknown");
}
