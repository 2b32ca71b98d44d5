//! Who may use what: tokens, roles, tools.

use serde_json::json;

use crate::client::Agent;
use crate::stage::Person;
use crate::world::{Answer, World};
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Usual: a_call_without_a_token_is_told_where_to_get_one, a_role_sees_and_calls_its_own_tools_only,
        a_guest_is_let_in_with_their_role, nobody_is_asked_about_a_tool_that_is_not_there;
};

/// The answer is a challenge that leads to the right metadata; nothing reaches the service.
#[track_caller]
fn challenged(world: &mut World, answer: &Answer, error: &str) {
    assert_eq!(answer.status(), 401, "{}", answer.text());
    let challenge = answer.header("www-authenticate");
    assert!(challenge.starts_with("Bearer ") && challenge.contains(error), "{challenge}");
    let metadata = "https://gate.example.com/.well-known/oauth-protected-resource/mcp/desk";
    assert!(challenge.contains(&format!("resource_metadata=\"{metadata}\"")), "{challenge}");
    assert!(world.stage.desk.seen().is_empty(), "nothing was forwarded");
}

fn a_call_without_a_token_is_told_where_to_get_one(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let mut request = agent.request(world, "tools/list", json!({}));
    request.headers_mut().remove("authorization");
    let answer = world.send(request);
    challenged(world, &answer, "Bearer resource_metadata");
    assert!(answer.text().contains("Sign in"), "{}", answer.text());

    let metadata = world.get("/.well-known/oauth-protected-resource/mcp/desk").json();
    assert_eq!(metadata["resource"], world.url("/mcp/desk"));
    assert_eq!(metadata["authorization_servers"], json!([world.origin()]));
    let server = world.get("/.well-known/oauth-authorization-server").json();
    assert_eq!(server["issuer"], world.origin());
    assert_eq!(server["code_challenge_methods_supported"], json!(["S256"]));
    assert_eq!(world.get("/.well-known/openid-configuration").status(), 404);
}

fn a_role_sees_and_calls_its_own_tools_only(world: &mut World) {
    let agent = Agent::of(world, &Person::of("limited.example.com"), "desk");
    assert_eq!(agent.tools(world), ["get_issue", "search_issues"]);
    agent.read(world, "get_issue", json!({}));
    let told = agent.refused(world, "add_comment", json!({ "text": "x" }));
    assert!(
        told.contains("add_comment") && told.contains("your role") && told.contains("tools/list"),
        "{told}"
    );
    assert!(world.stage.desk.calls().iter().all(|call| call.message()["params"]["name"] == "get_issue"));
    world.expect_recorded("tool_called", "refused", Some("tool_not_allowed"));
    let list = agent.send(world, "tools/list", json!({})).json()["result"].clone();
    assert_eq!(list["cacheScope"], "private", "a list of one's own is not to be shared");
    assert_eq!(list["tools"][0]["x-unknown"]["kept"].to_string(), "[1.0,1000.0]");
}

fn a_guest_is_let_in_with_their_role(world: &mut World) {
    let guest = Person::with_email(crate::setting::WELCOME_GUEST);
    let agent = Agent::of(world, &guest, "desk");
    assert_eq!(agent.tools(world), ["get_issue", "search_issues"]);
}

fn nobody_is_asked_about_a_tool_that_is_not_there(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let mut older = agent.speaking("2025-06-18");
    older.initialize(world);
    for agent in [&agent, &older] {
        for name in ["delete_everything", "frobnicate"] {
            let told = agent.refused(world, name, json!({}));
            assert!(told.contains(&format!("The desk has no tool {name}")), "{told}");
            assert!(told.contains("tools/list") && !told.contains("/approve/"), "{told}");
        }
    }
    assert!(world.stage.desk.calls().is_empty(), "nothing was forwarded");
    assert_eq!(world.recorded("confirmation_asked", "refused", Some("confirmation_needed")), 0);
    assert_eq!(world.recorded("tool_called", "refused", Some("tool_unknown")), 4);
    // What needs no yes is the service's own to answer, listed or not.
    agent.read(world, "get_anything", json!({}));
    super::guard::held(world, &agent, "delete_issue", json!({ "id": 1 }));
}
