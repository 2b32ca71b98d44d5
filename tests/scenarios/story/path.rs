//! The whole path: a person signs in, an AI client calls tools, personal data stays home.

use http::Request;
use serde_json::{Value, json};

use crate::client::{Agent, MODERN};
use crate::stage::Person;
use crate::world::World;
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Usual: the_whole_path_in_revision_2026_07_28, the_whole_path_in_revision_2025_11_25,
        the_whole_path_in_revision_2025_06_18, a_client_that_names_no_revision_is_served,
        a_session_has_its_stream_and_its_end, credentials_of_the_client_stay_at_the_gateway;
};

fn the_whole_path_in_revision_2026_07_28(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    assert_eq!(agent.revision, MODERN);
    whole_path(world, &agent);
    let call = world.stage.desk.calls().pop().unwrap();
    assert_eq!(call.header("mcp-protocol-version"), MODERN);
    assert_eq!(call.header("mcp-method"), "tools/call");
    assert_eq!(call.header("mcp-name"), "add_comment");
    assert_eq!(call.header("mcp-session-id"), "");
}

fn the_whole_path_in_revision_2025_11_25(world: &mut World) {
    in_a_session(world, "2025-11-25");
}

fn the_whole_path_in_revision_2025_06_18(world: &mut World) {
    in_a_session(world, "2025-06-18");
}

fn in_a_session(world: &mut World, revision: &'static str) {
    let mut agent = Agent::of(world, &Person::internal(), "desk").speaking(revision);
    agent.initialize(world);
    let session = agent.session.clone().unwrap();
    assert!(
        !session.is_empty() && !session.contains("planted-session"),
        "the session id is sealed: {session}"
    );
    whole_path(world, &agent);
    let call = world.stage.desk.calls().pop().unwrap();
    assert_eq!(call.header("mcp-protocol-version"), revision);
    assert_eq!(call.header("mcp-session-id"), "planted-session-4711");
}

/// Lists, reads, and writes back with what was read.
fn whole_path(world: &mut World, agent: &Agent) {
    let tools = agent.tools(world);
    assert_eq!(tools, ["get_issue", "search_issues", "add_comment", "delete_issue", "archive"]);

    let (mail, phone, iban) = ("mia.muster@kunde.example", "+49 30 901820", "DE89 3704 0044 0532 0130 00");
    world.stage.desk.says(&format!("Reported by {mail}, call {phone}, pay to {iban}."));
    let seen = agent.read(world, "get_issue", json!({ "id": 1 }));
    for value in [mail, phone, iban] {
        assert!(!seen.contains(value), "{seen}");
    }
    let pseudonym = seen.strip_prefix("Reported by ").unwrap().split(',').next().unwrap().to_owned();

    world.stage.desk.says(&format!("Sent to {mail}."));
    let answer = agent.read(world, "add_comment", json!({ "text": format!("Please answer {pseudonym}!") }));
    assert_eq!(answer, format!("Sent to {pseudonym}."));
    let call = world.stage.desk.calls().pop().unwrap();
    assert_eq!(call.arguments()["text"], format!("Please answer {mail}!"));

    for (action, count) in [
        ("sign_in", 1),
        ("consent", 1),
        ("token_issued", 1),
        ("client_registered", 1),
        ("tools_listed", 1),
        ("tool_announced", 1),
        ("tool_called", 2),
    ] {
        assert_eq!(world.recorded(action, "ok", None), count, "{action}");
    }
    let events = world.audit();
    let written: Vec<&Value> = events.iter().filter(|event| event["tool"] == "add_comment").collect();
    let announced = written.iter().find(|event| event["action"] == "tool_announced").unwrap();
    let called = written.iter().find(|event| event["action"] == "tool_called").unwrap();
    assert_eq!(called["follows"], announced["id"]);
    assert_eq!(called["given_back"], json!({ "email": 1 }));
    let read = events.iter().find(|event| event["tool"] == "get_issue").unwrap();
    assert_eq!(read["found"], json!({ "email": 1, "phone": 1, "iban": 1 }));
    let people: std::collections::HashSet<&str> =
        events.iter().filter_map(|event| event["person"].as_str()).collect();
    assert_eq!(people.len(), 1, "all of it is one person's");
}

fn a_client_that_names_no_revision_is_served(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk").speaking("2025-06-18");
    let mut request = agent.request(world, "tools/call", json!({ "name": "get_issue", "arguments": {} }));
    request.headers_mut().remove("mcp-protocol-version");
    let answer = world.send(request);
    assert_eq!((answer.status(), &answer.json()["result"]["content"][0]["text"]), (200, &json!("done")));
}

fn a_session_has_its_stream_and_its_end(world: &mut World) {
    let mut agent = Agent::of(world, &Person::internal(), "desk").speaking("2025-11-25");
    agent.initialize(world);
    for (method, status) in [("GET", 200), ("DELETE", 200)] {
        let request = Request::builder()
            .method(method)
            .uri(world.url("/mcp/desk"))
            .header("authorization", format!("Bearer {}", agent.token))
            .header("accept", "text/event-stream")
            .header("mcp-protocol-version", "2025-11-25")
            .header("mcp-session-id", agent.session.as_deref().unwrap())
            .body(bytes::Bytes::new())
            .unwrap();
        let answer = world.send(request);
        assert_eq!(answer.status(), status, "{method}: {}", answer.text());
        if method == "GET" {
            assert_eq!(answer.events()[0]["params"]["data"], "news");
        }
        let seen = world.stage.desk.seen().pop().unwrap();
        assert_eq!(seen.method, method);
        assert_eq!(seen.header("mcp-session-id"), "planted-session-4711");
    }
}

fn credentials_of_the_client_stay_at_the_gateway(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let mut request = agent.request(world, "tools/call", json!({ "name": "get_issue", "arguments": {} }));
    for (name, value) in
        [("cookie", "planted=cookie"), ("x-forwarded-for", "203.0.113.77"), ("x-own", "planted")]
    {
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    assert_eq!(world.send(request).status(), 200);
    let call = world.stage.desk.calls().pop().unwrap();
    assert_eq!(call.header("authorization"), format!("Bearer {}", crate::stage::DESK_TOKEN));
    assert!(call.header("user-agent").starts_with("mcpgate/"));
    let headers = format!("{:?}", call.headers);
    assert!(
        !headers.contains(&agent.token)
            && !headers.contains("planted=cookie")
            && !headers.contains("203.0.113.77")
    );
    assert_eq!(call.header("x-own"), "");
}
