//! Clients that give their tokens up (RFC 7009).

use serde_json::json;

use crate::client::{Agent, Ask, revoke};
use crate::stage::Person;
use crate::world::World;
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Usual: a_revoked_refresh_token_takes_its_family_along, a_spent_refresh_token_can_be_revoked_too,
        a_revoked_access_token_is_not_renewed, what_is_no_token_is_revoked_already,
        a_revocation_says_what_is_wrong_with_it, the_metadata_say_where_to_revoke;
};

fn a_revoked_refresh_token_takes_its_family_along(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let other = agent.renewed(world);
    let form = [("token", &*agent.renewed(world).refresh_token), ("client_id", &*agent.ask.client_id)];
    let answer = revoke(world, &form);
    assert_eq!((answer.status(), answer.text(), answer.header("cache-control")), (200, "", "no-store"));
    world.expect_recorded("token_revoked", "ok", None);
    assert_eq!(other.ask.refresh(world, &other.refresh_token).json()["error"], "invalid_grant");
    let again = revoke(world, &form);
    assert_eq!(again.status(), 200, "what is over is over: {}", again.text());
    world.expect_recorded("token_revoked", "ok", None);
}

fn a_spent_refresh_token_can_be_revoked_too(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let next = agent.renewed(world);
    world.pass_time(std::time::Duration::from_secs(31));
    let form = [
        ("token", &*agent.refresh_token),
        ("token_type_hint", "refresh_token"),
        ("client_id", &agent.ask.client_id),
    ];
    assert_eq!(revoke(world, &form).status(), 200);
    assert_eq!(next.ask.refresh(world, &next.refresh_token).status(), 400);
}

fn a_revoked_access_token_is_not_renewed(world: &mut World) {
    for service in ["desk", ""] {
        let agent = Agent::of(world, &Person::internal(), service);
        let form = [
            ("token", &*agent.token),
            ("token_type_hint", "access_token"),
            ("client_id", &agent.ask.client_id),
        ];
        assert_eq!(revoke(world, &form).status(), 200);
        let refreshed = agent.ask.refresh(world, &agent.refresh_token);
        assert_eq!(refreshed.json()["error"], "invalid_grant");
        // It is not looked up: until it expires it works.
        assert!(!agent.tools(world).is_empty());
    }
    assert_eq!(world.recorded("token_revoked", "ok", None), 2);
}

fn what_is_no_token_is_revoked_already(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let client = agent.ask.client_id.clone();
    for token in ["nothing", "a.b.c", &"x".repeat(20_000)] {
        let answer = revoke(world, &[("token", token), ("client_id", &client)]);
        assert_eq!((answer.status(), answer.text()), (200, ""));
    }
    agent.renewed(world);
    assert_eq!(world.recorded("token_revoked", "ok", None), 0);
}

fn a_revocation_says_what_is_wrong_with_it(world: &mut World) {
    let ask = Ask::new(world, "desk");
    let client = ("client_id", &*ask.client_id);
    for (form, status, error) in [
        (vec![client], 400, "invalid_request"),
        (vec![client, ("token", "x"), ("token", "x")], 400, "invalid_request"),
        (vec![("token", "x")], 401, "invalid_client"),
    ] {
        let answer = revoke(world, &form);
        assert_eq!((answer.status(), &answer.json()["error"]), (status, &json!(error)), "{form:?}");
    }
}

fn the_metadata_say_where_to_revoke(world: &mut World) {
    let metadata = world.get("/.well-known/oauth-authorization-server").json();
    assert_eq!(metadata["revocation_endpoint"], world.url("/revoke"));
    let methods = &metadata["revocation_endpoint_auth_methods_supported"];
    assert_eq!(methods, &metadata["token_endpoint_auth_methods_supported"]);
}
