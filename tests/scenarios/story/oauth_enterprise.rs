//! Enterprise-managed authorization: the identity provider lets a client act for somebody, and those who try without.

use serde_json::{Value, json};

use crate::attacks::id_jag::present;
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Usual: the_identity_provider_lets_a_client_act_without_a_browser, the_keys_of_the_identity_provider_may_change;
};

const TYPE: &str = "oauth-id-jag+jwt";

/// What the provider asserts of a person toward the client `secretive`, for the desk.
fn asserted(world: &World, typ: &str, person: &Person, changes: &[(&str, Value)]) -> String {
    let resource = world.url("/mcp/desk");
    world.stage.idp.asserts(typ, person, (world.origin(), "secretive", &resource), changes)
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

fn the_keys_of_the_identity_provider_may_change(world: &mut World) {
    let assertion = asserted(world, TYPE, &Person::internal(), &[]);
    assert_eq!(present(world, &assertion).status(), 200);
    world.pass_time(std::time::Duration::from_secs(61));
    world.stage.idp.rotates_keys();
    let assertion = asserted(world, TYPE, &Person::internal(), &[]);
    let answer = present(world, &assertion);
    assert_eq!(answer.status(), 200, "{}", answer.text());
}
