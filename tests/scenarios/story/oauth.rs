//! The authorization server: registration, consent, codes, tokens.

use serde_json::json;

use crate::client::{Agent, Ask, Browser, REDIRECT, parameter, register, token};
use crate::stage::Person;
use crate::world::World;
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Usual: a_registration_says_what_is_wrong_with_it, a_confidential_client_proves_who_it_is,
        a_well_known_client_is_known_by_its_document,
        other_mistakes_go_back_to_the_client,
        a_person_may_say_no, a_token_request_says_what_is_wrong_with_it,
        who_did_not_sign_in_for_long_has_to_again, a_refresh_token_is_rotated;
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

fn a_person_may_say_no(world: &mut World) {
    let ask = Ask::new(world, "desk");
    let back = ask.decide(world, &mut Browser::of(&Person::internal()), "deny");
    assert_eq!(parameter(&back, "error").as_deref(), Some("access_denied"));
    assert_eq!(parameter(&back, "code"), None);
    world.expect_recorded("consent", "refused", Some("consent_denied"));
    assert_eq!(world.recorded("consent", "ok", None), 0);
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

fn who_did_not_sign_in_for_long_has_to_again(world: &mut World) {
    let mut agent = Agent::of(world, &Person::internal(), "desk");
    // However often it is renewed meanwhile.
    for _ in 0..3 {
        world.pass_time(std::time::Duration::from_secs(9 * 86_400));
        agent = agent.renewed(world);
    }
    world.pass_time(std::time::Duration::from_secs(4 * 86_400));
    let refused = agent.ask.refresh(world, &agent.refresh_token);
    assert_eq!(
        (refused.status(), &refused.json()["error"]),
        (400, &json!("invalid_grant")),
        "{}",
        refused.text()
    );
    world.expect_recorded("token_refused", "refused", Some("sign_in_needed"));
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
