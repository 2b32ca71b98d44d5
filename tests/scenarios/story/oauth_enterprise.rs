//! Enterprise-managed authorization: the identity provider lets a client act for somebody, and those who try without.

use serde_json::{Value, json};

use crate::client::{Agent, Ask, token};
use crate::stage::{CLIENT_SECRET, Person};
use crate::world::{Answer, World};
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Usual: the_identity_provider_lets_a_client_act_without_a_browser, a_thief_wants_to_use_an_assertion_again,
        a_client_wants_to_use_another_clients_assertion, somebody_wants_an_id_token_to_be_an_assertion,
        somebody_from_elsewhere_is_not_let_in_by_an_assertion, a_client_that_proves_nothing_gets_nothing,
        the_keys_of_the_identity_provider_may_change;
    Lenient: no_assertion_is_taken_where_the_configuration_does_not_say_so;
};

const TYPE: &str = "oauth-id-jag+jwt";

/// What the provider asserts of a person toward the client `secretive`, for the desk.
fn asserted(world: &World, typ: &str, person: &Person, changes: &[(&str, Value)]) -> String {
    let resource = world.url("/mcp/desk");
    world.stage.idp.asserts(typ, person, (world.origin(), "secretive", &resource), changes)
}

fn present(world: &mut World, assertion: &str) -> Answer {
    let form = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
        ("assertion", assertion),
        ("client_id", "secretive"),
        ("client_secret", CLIENT_SECRET),
    ];
    token(world, &form)
}

#[track_caller]
fn denied(world: &mut World, answer: &Answer, reason: &str) {
    assert_eq!(
        (answer.status(), &answer.json()["error"]),
        (400, &json!("invalid_grant")),
        "{}",
        answer.text()
    );
    world.expect_recorded("token_refused", "refused", Some(reason));
}

fn the_identity_provider_lets_a_client_act_without_a_browser(world: &mut World) {
    let assertion = asserted(world, TYPE, &Person::internal(), &[]);
    let answer = present(world, &assertion);
    assert_eq!(answer.status(), 200, "{}", answer.text());
    assert_eq!(answer.json().get("refresh_token"), None, "the provider is asked again");
    let token = answer.json()["access_token"].as_str().unwrap().to_owned();
    let agent = Agent { token, ..Agent::of(world, &Person::internal(), "desk") };
    agent.read(world, "get_issue", json!({}));
    let metadata = world.get("/.well-known/oauth-authorization-server").json();
    let profile = json!(["urn:ietf:params:oauth:grant-profile:id-jag"]);
    assert_eq!(metadata["authorization_grant_profiles_supported"], profile);
}

fn a_thief_wants_to_use_an_assertion_again(world: &mut World) {
    let assertion = asserted(world, TYPE, &Person::internal(), &[]);
    assert_eq!(present(world, &assertion).status(), 200);
    let again = present(world, &assertion);
    denied(world, &again, "assertion_reused");
}

fn a_client_wants_to_use_another_clients_assertion(world: &mut World) {
    let assertion = asserted(world, TYPE, &Person::internal(), &[("client_id", json!("keyed"))]);
    let answer = present(world, &assertion);
    denied(world, &answer, "assertion_invalid");
}

fn somebody_wants_an_id_token_to_be_an_assertion(world: &mut World) {
    for typ in ["JWT", "at+jwt", "client-authentication+jwt"] {
        let token = asserted(world, typ, &Person::internal(), &[]);
        assert_eq!(present(world, &token).json()["error"], "invalid_grant", "{typ}");
    }
    for (name, value) in [
        ("aud", json!("mcpgate")),
        ("aud", json!([world.origin(), "https://other.example.com"])),
        ("iss", json!("https://evil.example.org")),
        ("resource", Value::Null),
        ("jti", Value::Null),
        ("exp", Value::Null),
    ] {
        let token = asserted(world, TYPE, &Person::internal(), &[(name, value)]);
        assert_eq!(present(world, &token).json()["error"], "invalid_grant", "{name}");
    }
    assert_eq!(world.recorded("token_refused", "refused", Some("assertion_invalid")), 9);
}

fn somebody_from_elsewhere_is_not_let_in_by_an_assertion(world: &mut World) {
    let assertion = asserted(world, TYPE, &Person::of("elsewhere.example.org"), &[]);
    let answer = present(world, &assertion);
    denied(world, &answer, "domain_not_allowed");
    let unverified = Person { verified: json!("true"), ..Person::internal() };
    let assertion = asserted(world, TYPE, &unverified, &[]);
    let answer = present(world, &assertion);
    denied(world, &answer, "email_unverified");
    let assertion = asserted(world, TYPE, &Person::of("nothing.example.com"), &[]);
    let answer = present(world, &assertion);
    denied(world, &answer, "service_not_allowed");
}

fn a_client_that_proves_nothing_gets_nothing(world: &mut World) {
    let public = Ask::new(world, "desk").client_id;
    let resource = world.url("/mcp/desk");
    let toward = (world.origin(), public.as_str(), resource.as_str());
    let assertion = world.stage.idp.asserts(TYPE, &Person::internal(), toward, &[]);
    let form = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
        ("assertion", &*assertion),
        ("client_id", &public),
    ];
    assert_eq!(token(world, &form).json()["error"], "unauthorized_client");
}

fn the_keys_of_the_identity_provider_may_change(world: &mut World) {
    let assertion = asserted(world, TYPE, &Person::internal(), &[]);
    assert_eq!(present(world, &assertion).status(), 200);
    world.pass_time(std::time::Duration::from_secs(61));
    world.stage.idp.rotates_keys();
    let assertion = asserted(world, TYPE, &Person::internal(), &[]);
    let answer = present(world, &assertion);
    assert_eq!(answer.status(), 200, "{}", answer.text());
}

fn no_assertion_is_taken_where_the_configuration_does_not_say_so(world: &mut World) {
    let assertion = asserted(world, TYPE, &Person::internal(), &[]);
    let answer = present(world, &assertion);
    assert_eq!((answer.status(), &answer.json()["error"]), (400, &json!("unsupported_grant_type")));
}
