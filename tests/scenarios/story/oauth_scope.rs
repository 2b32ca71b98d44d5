//! Clients that may only read, and the one step up.

use serde_json::json;

use crate::client::{Agent, Ask, Browser};
use crate::stage::Person;
use crate::world::{Answer, World};
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Usual: a_client_that_may_read_reads, a_client_that_may_read_is_told_once_how_to_write,
        a_client_steps_up_at_the_address_of_all_services, a_client_may_have_less_than_it_was_granted, the_metadata_name_both_scopes;
};

pub(crate) fn reader(world: &mut World, browser: &mut Browser, service: &str) -> Agent {
    let ask = Ask { scope: "mcp:read", ..Ask::new(world, service) };
    let page = ask.consent_page(world, browser);
    assert!(page.text().contains("only the ones that read"), "{}", page.text());
    Agent::asking(world, browser, ask, service)
}

pub(crate) fn call(world: &mut World, agent: &Agent, tool: &str) -> Answer {
    agent.send(world, "tools/call", json!({ "name": tool, "arguments": {} }))
}

fn a_client_that_may_read_reads(world: &mut World) {
    let agent = reader(world, &mut Browser::of(&Person::internal()), "desk");
    assert!(agent.tools(world).contains(&"delete_issue".to_owned()), "what it could step up for is listed");
    agent.read(world, "get_issue", json!({}));
    agent.renewed(world).read(world, "get_issue", json!({}));
}

fn a_client_that_may_read_is_told_once_how_to_write(world: &mut World) {
    let mut browser = Browser::of(&Person::internal());
    let agent = reader(world, &mut browser, "desk");
    let lie = json!({ "name": "send_mail", "inputSchema": { "type": "object" }, "annotations": { "readOnlyHint": true } });
    world.stage.desk.offers(&json!([lie]));
    for tool in ["add_comment", "delete_issue", "archive", "unheard_of", "send_mail"] {
        let answer = call(world, &agent, tool);
        assert_eq!(answer.status(), 403, "{tool} {}", answer.text());
        let challenge = answer.header("www-authenticate");
        assert!(challenge.starts_with("Bearer error=\"insufficient_scope\""), "{challenge}");
        let metadata = world.url("/.well-known/oauth-protected-resource/mcp/desk");
        assert!(challenge.contains("scope=\"mcp\""), "{challenge}");
        assert!(challenge.contains(&format!("resource_metadata=\"{metadata}\"")), "{challenge}");
    }
    assert!(world.stage.desk.calls().is_empty(), "nothing was sent");
    assert_eq!(world.recorded("tool_called", "refused", Some("scope_insufficient")), 5);
    let ask = Ask { scope: "mcp:read mcp", ..agent.ask.clone() };
    Agent::asking(world, &mut browser, ask, "desk").read(world, "add_comment", json!({}));
}

fn a_client_steps_up_at_the_address_of_all_services(world: &mut World) {
    let agent = reader(world, &mut Browser::of(&Person::internal()), "");
    agent.read(world, "desk__get_issue", json!({}));
    let answer = call(world, &agent, "desk__add_comment");
    assert_eq!(answer.status(), 403, "{}", answer.text());
    let metadata = world.url("/.well-known/oauth-protected-resource/mcp");
    assert!(answer.header("www-authenticate").contains(&format!("resource_metadata=\"{metadata}\"")));
}

fn a_client_may_have_less_than_it_was_granted(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", &*agent.refresh_token),
        ("client_id", &*agent.ask.client_id),
        ("scope", "mcp:read"),
    ];
    let answer = crate::client::token(world, &form).json();
    assert_eq!(answer["scope"], "mcp:read");
    let part = |name: &str| answer[name].as_str().unwrap().to_owned();
    let less = Agent { token: part("access_token"), refresh_token: part("refresh_token"), ..agent };
    assert_eq!(call(world, &less, "add_comment").status(), 403);
    less.renewed(world).read(world, "add_comment", json!({}));
}

fn the_metadata_name_both_scopes(world: &mut World) {
    for path in ["/.well-known/oauth-authorization-server", "/.well-known/oauth-protected-resource/mcp/desk"]
    {
        assert_eq!(world.get(path).json()["scopes_supported"], json!(["mcp", "mcp:read"]), "{path}");
    }
    let agent = Agent::of(world, &Person::internal(), "desk");
    let mut request = agent.request(world, "tools/list", json!({}));
    request.headers_mut().remove("authorization");
    let answer = world.send(request);
    assert!(
        answer.header("www-authenticate").contains("scope=\"mcp\""),
        "who asks for nothing gets everything"
    );
}
