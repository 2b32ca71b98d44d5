//! Arguments that are said twice, in the body and in a header: both say the same, toward the gateway and from it.

use http::{HeaderValue, Request};
use mcpgate::host::memory::Reply;
use serde_json::{Value, json};

use super::guard::{decide, held};
use crate::client::{Agent, Browser, MODERN, text};
use crate::stage::{ERA_MAIL, Person};
use crate::world::World;
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Usual: a_mirrored_argument_goes_along, a_mirrored_argument_that_disagrees_is_refused,
        a_pseudonym_is_given_back_in_argument_and_header, a_line_break_stays_inside_its_header,
        a_header_that_nobody_declares_goes_along, a_tool_that_mirrors_wrongly_is_not_offered,
        a_tool_that_mirrors_since_a_minute_ago_is_called, an_argument_is_mirrored_for_an_older_client,
        an_older_service_gets_no_mirrored_arguments;
    Fresh: a_header_that_is_wanted_since_a_minute_ago_is_made_for_older_clients,
        a_tool_that_destroys_since_a_minute_ago_waits_for_a_yes, a_yes_is_asked_for_once,
        a_service_that_wants_other_headers_than_it_says_is_asked_once_more;
};

/// Tools that mirror arguments. Their names are no other scenario's.
fn tools() -> Value {
    json!([{
        "name": "get_routed",
        "annotations": { "readOnlyHint": true },
        "inputSchema": { "type": "object", "properties": {
            "region": { "type": "string", "x-mcp-header": "Region" },
            "limit": { "type": "integer", "x-mcp-header": "Limit" },
            "deep": { "type": "object", "properties": { "dry": { "type": "boolean", "x-mcp-header": "Dry-Run" } } },
            "query": { "type": "string" },
        } },
    }])
}

fn agent(world: &mut World) -> Agent {
    world.stage.desk.offers(&tools());
    let agent = Agent::of(world, &Person::internal(), "desk");
    assert!(agent.tools(world).contains(&"get_routed".to_owned()));
    agent
}

fn call(
    world: &World,
    agent: &Agent,
    arguments: Value,
    headers: &[(&'static str, &str)],
) -> Request<bytes::Bytes> {
    let mut request =
        agent.request(world, "tools/call", json!({ "name": "get_routed", "arguments": arguments }));
    for (name, value) in headers {
        request.headers_mut().append(*name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    request
}

fn a_mirrored_argument_goes_along(world: &mut World) {
    let agent = agent(world);
    let arguments = json!({ "region": "Süd", "limit": 42, "deep": { "dry": false }, "query": "x" });
    let headers = [
        ("mcp-param-region", "=?base64?U8O8ZA==?="),
        ("mcp-param-limit", "42.0"),
        ("mcp-param-dry-run", "false"),
    ];
    let request = call(world, &agent, arguments.clone(), &headers);
    let answer = world.send(request);
    assert_eq!(answer.json()["result"]["isError"], false, "{}", answer.text());
    let seen = world.stage.desk.calls().pop().unwrap();
    assert_eq!(seen.arguments(), arguments);
    assert_eq!(seen.header("mcp-param-region"), "=?base64?U8O8ZA==?=");
    assert_eq!(
        (seen.header("mcp-param-limit"), seen.header("mcp-param-dry-run")),
        ("42", "false"),
        "minted anew"
    );
    let mirrored = seen.headers.keys().filter(|name| name.as_str().starts_with("mcp-param-"));
    assert_eq!(mirrored.count(), 3);
    for arguments in [json!({}), json!({ "region": null })] {
        let request = call(world, &agent, arguments, &[]);
        assert_eq!(world.send(request).json()["result"]["isError"], false);
        let seen = world.stage.desk.calls().pop().unwrap();
        assert!(!seen.headers.contains_key("mcp-param-region"));
    }
}

fn a_mirrored_argument_that_disagrees_is_refused(world: &mut World) {
    let agent = agent(world);
    let south = json!({ "region": "south" });
    let attacks: [(&Value, &[(&'static str, &str)]); 11] = [
        (&south, &[]),
        (&south, &[("mcp-param-region", "north")]),
        (&south, &[("mcp-param-region", "SOUTH")]),
        (&south, &[("mcp-param-region", "south"), ("mcp-param-region", "north")]),
        (&south, &[("mcp-param-region", "=?base64?c291dGg?=")]),
        (&south, &[("mcp-param-region", "=?base64?c291!!dGg=?=")]),
        (&south, &[("mcp-param-region", "söuth")]),
        (&south, &[("mcp-param-region", "south"), ("mcp-param-limit", "1")]),
        (&json!({ "region": "" }), &[("mcp-param-region", "=?base64?=")]),
        (&json!({ "limit": 9_007_199_254_740_993_i64 }), &[("mcp-param-limit", "9007199254740992")]),
        (&json!({ "deep": { "dry": true } }), &[("mcp-param-dry-run", "false")]),
    ];
    for (arguments, headers) in attacks {
        let request = call(world, &agent, arguments.clone(), headers);
        let answer = world.send(request);
        assert_eq!(answer.status(), 400, "{headers:?} {}", answer.text());
        let message = answer.json();
        assert_eq!((&message["id"], &message["error"]["code"]), (&json!(7), &json!(-32020)), "{message}");
        assert!(message["error"]["message"].as_str().unwrap().contains("mcp-param-"), "{message}");
    }
    assert!(world.stage.desk.calls().is_empty(), "nothing was forwarded");
    assert_eq!(world.recorded("tool_called", "refused", Some("header_mismatch")), attacks.len());
}

fn a_pseudonym_is_given_back_in_argument_and_header(world: &mut World) {
    let agent = agent(world);
    let value = "mia.müster@kunde.example";
    world.stage.desk.says(&format!("Owner: {value}, or mia.muster@kunde.example"));
    let seen = agent.read(world, "get_issue", json!({}));
    let pseudonym = seen.rsplit(' ').next().unwrap();
    assert!(!seen.contains("mia.muster"), "{seen}");
    let request = call(world, &agent, json!({ "region": pseudonym }), &[("mcp-param-region", pseudonym)]);
    let answer = world.send(request);
    assert_eq!(answer.status(), 200, "{}", answer.text());
    let seen = world.stage.desk.calls().pop().unwrap();
    assert_eq!(seen.arguments()["region"], "mia.muster@kunde.example");
    assert_eq!(seen.header("mcp-param-region"), "mia.muster@kunde.example");
}

fn a_line_break_stays_inside_its_header(world: &mut World) {
    let agent = agent(world);
    let region = "a\r\nX-Evil: 1\r\n\r\n\0";
    let header = "=?base64?YQ0KWC1FdmlsOiAxDQoNCgA=?=";
    let request = call(world, &agent, json!({ "region": region }), &[("mcp-param-region", header)]);
    assert_eq!(world.send(request).status(), 200);
    let seen = world.stage.desk.calls().pop().unwrap();
    assert_eq!((seen.header("mcp-param-region"), seen.header("x-evil")), (header, ""));
    assert_eq!(seen.arguments()["region"], region);

    let mut request = agent.request(world, "resources/read", json!({ "uri": "?" }));
    let body = String::from_utf8(request.body().to_vec()).unwrap();
    *request.body_mut() = body.replace("\"?\"", &json!(region).to_string()).into();
    request.headers_mut().insert("mcp-name", header.parse().unwrap());
    world.send(request);
    let seen = world.stage.desk.seen().pop().unwrap();
    assert_eq!((seen.header("mcp-name"), seen.header("x-evil")), (header, ""));
}

fn a_header_that_nobody_declares_goes_along(world: &mut World) {
    let agent = agent(world);
    let request =
        call(world, &agent, json!({}), &[("mcp-param-tenant", "4711"), ("mcp-param-tenant", "4712")]);
    assert_eq!(world.send(request).status(), 200);
    let seen = world.stage.desk.calls().pop().unwrap();
    let values: Vec<&str> = seen
        .headers
        .get_all("mcp-param-tenant")
        .iter()
        .flat_map(|value| value.to_str().unwrap().split(", "))
        .collect();
    assert_eq!(values, ["4711", "4712"]);
}

fn a_tool_that_mirrors_wrongly_is_not_offered(world: &mut World) {
    let wrong = |name: &str, property: Value| json!({ "name": name, "inputSchema": { "type": "object", "properties": property } });
    world.stage.desk.offers(&json!([
        wrong("get_wrong_name", json!({ "a": { "type": "string", "x-mcp-header": "A\r\nX-Evil: 1" } })),
        wrong("get_wrong_type", json!({ "a": { "type": "number", "x-mcp-header": "A" } })),
        wrong("get_wrong_place", json!({ "a": { "items": { "type": "string", "x-mcp-header": "A" } } })),
        wrong("get_right", json!({ "a": { "type": "string", "x-mcp-header": "A" } })),
    ]));
    let agent = Agent::of(world, &Person::internal(), "desk");
    let listed = agent.tools(world);
    assert!(
        listed.contains(&"get_right".to_owned()) && listed.contains(&"get_issue".to_owned()),
        "{listed:?}"
    );
    assert!(!listed.iter().any(|name| name.starts_with("get_wrong")), "{listed:?}");
    world.expect_logged("tools_left_out service=desk tools=3 first=name");

    for name in ["get_wrong_name", "get_wrong_type", "get_wrong_place"] {
        let told = agent.refused(world, name, json!({ "a": "b" }));
        assert!(told.contains("x-mcp-header") && told.contains("operator"), "{told}");
    }
    assert!(world.stage.desk.calls().is_empty(), "nothing was forwarded");
    assert_eq!(world.recorded("tool_called", "service", Some("service_rubbish")), 3);

    let old = agent.speaking("2025-11-25");
    assert!(old.tools(world).contains(&"get_wrong_type".to_owned()), "earlier revisions mirror nothing");
    old.call(world, "get_wrong_type", json!({ "a": 1.5 }));
    assert_eq!(world.stage.desk.calls().len(), 1);
}

fn a_tool_that_mirrors_since_a_minute_ago_is_called(world: &mut World) {
    let tool = |header: &str| {
        let property = json!({ "type": "string", "x-mcp-header": header });
        json!([{ "name": "get_renamed", "annotations": { "readOnlyHint": true },
            "inputSchema": { "type": "object", "properties": { "a": property } } }])
    };
    world.stage.desk.offers(&tool("Old"));
    let agent = Agent::of(world, &Person::internal(), "desk");
    agent.tools(world);
    // The client learns of it from elsewhere.
    world.stage.desk.offers(&tool("New"));
    let params = json!({ "name": "get_renamed", "arguments": { "a": "b" } });
    let mut request = agent.request(world, "tools/call", params);
    request.headers_mut().insert("mcp-param-new", "b".parse().unwrap());
    let answer = world.send(request);
    assert_eq!(answer.status(), 200, "{}", answer.text());
    assert_eq!(text(&answer.json()["result"]), "done");
    assert_eq!(world.stage.desk.calls().pop().unwrap().header("mcp-param-new"), "b");
}

fn an_argument_is_mirrored_for_an_older_client(world: &mut World) {
    let person = Person::of("eras.example.com");
    for revision in ["2025-11-25", "2024-11-05"] {
        let mut agent = Agent::of(world, &person, "new").speaking(revision);
        agent.initialize(world);
        let said = agent.call(world, "read", json!({}));
        let pseudonym = text(&said).split([' ', ';']).nth(2).unwrap().to_owned();
        for (to, header) in
            [("x", "x"), ("Süd", "=?base64?U8O8ZA==?="), (&*pseudonym, ERA_MAIL), ("a\nb", "=?base64?YQpi?=")]
        {
            agent.call(world, "read", json!({ "to": to }));
            let seen = world.stage.eras[0].heard("tools/call").pop().unwrap();
            assert_eq!(seen.header("mcp-param-to"), header, "{revision}");
        }
    }
}

fn an_older_service_gets_no_mirrored_arguments(world: &mut World) {
    let person = Person::of("eras.example.com");
    let agent = Agent::of(world, &person, "old");
    agent.read(world, "read", json!({ "to": "x" }));
    let seen = world.stage.eras[1].heard("tools/call").pop().unwrap();
    assert!(!seen.headers.keys().any(|name| name.as_str().starts_with("mcp-param-")), "{:?}", seen.headers);
    let mut request =
        agent.request(world, "tools/call", json!({ "name": "read", "arguments": { "to": "x" } }));
    request.headers_mut().insert("mcp-param-to", "y".parse().unwrap());
    assert_eq!(world.send(request).status(), 400, "the gateway reads both");
    assert_eq!(world.stage.eras[1].heard("tools/call").len(), 1, "nothing was forwarded");
}

/// Makes the desk one of 2026-07-28 only that compares the headers of its tool `get_moved` with the arguments. What the
/// tool is like, `now` says; what it was like until a moment ago, `before`.
fn strict(world: &World, before: Value, now: Value) -> Value {
    let tool = |more: Value| {
        let mut tool = json!({ "name": "get_moved", "inputSchema": { "type": "object" } });
        tool.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!([tool])
    };
    world.stage.desk.offers(&tool(before));
    world.stage.desk.answers(|seen| {
        let message = seen.message();
        let refuse = |code: i64, text: &str| {
            let error = json!({ "code": code, "message": text });
            let body = json!({ "jsonrpc": "2.0", "id": message["id"], "error": error }).to_string();
            Reply::new(400, "application/json", body)
        };
        if seen.header("mcp-protocol-version") != MODERN {
            return Some(refuse(-32022, "only 2026-07-28"));
        }
        let wrong = message["params"]["name"] == "get_moved" && seen.header("mcp-param-to") != "x";
        wrong.then(|| refuse(-32020, "headers and body differ"))
    });
    tool(now)
}

fn mirrored_to() -> Value {
    let property = json!({ "type": "string", "x-mcp-header": "To" });
    json!({ "annotations": { "readOnlyHint": true }, "inputSchema": { "type": "object", "properties": { "to": property } } })
}

/// An older client that has read the list of the desk's tools.
fn older(world: &mut World) -> Agent {
    older_at(world, &mut Browser::of(&Person::internal()))
}

fn older_at(world: &mut World, browser: &mut Browser) -> Agent {
    let mut agent = Agent::at(world, browser, "desk").speaking("2025-11-25");
    agent.initialize(world);
    agent.tools(world);
    agent
}

fn a_header_that_is_wanted_since_a_minute_ago_is_made_for_older_clients(world: &mut World) {
    let now = strict(world, json!({ "annotations": { "readOnlyHint": true } }), mirrored_to());
    let agent = older(world);
    world.stage.desk.offers(&now);
    let said = agent.read(world, "get_moved", json!({ "to": "x" }));
    assert_eq!(said, "done");
    let headers: Vec<String> =
        world.stage.desk.calls().iter().map(|seen| seen.header("mcp-param-to").to_owned()).collect();
    assert_eq!(headers, ["", "x"], "once without, once with it");
    assert_eq!(world.recorded("tool_called", "ok", None), 1);
    agent.read(world, "get_moved", json!({ "to": "x" }));
    assert_eq!(world.stage.desk.calls().len(), 3, "it is known from then on");
    // Who says the headers themselves hears of it themselves.
    let modern = agent.speaking(MODERN);
    let answer = Agent { session: None, ..modern }.send(
        world,
        "tools/call",
        json!({ "name": "get_moved", "arguments": { "to": "x" } }),
    );
    assert_eq!((answer.status(), &answer.json()["error"]["code"]), (400, &json!(-32020)));
}

fn a_tool_that_destroys_since_a_minute_ago_waits_for_a_yes(world: &mut World) {
    let mut destroys = mirrored_to();
    destroys["annotations"] = json!({ "destructiveHint": true });
    let now = strict(world, json!({ "annotations": { "readOnlyHint": true } }), destroys);
    let agent = older(world);
    world.stage.desk.offers(&now);
    let told = agent.refused(world, "get_moved", json!({ "to": "x" }));
    assert!(told.contains("/approve/"), "{told}");
    assert_eq!(world.stage.desk.calls().len(), 1, "only as what it was said to be");
}

fn a_yes_is_asked_for_once(world: &mut World) {
    let mut destroys = mirrored_to();
    destroys["annotations"] = json!({ "destructiveHint": true });
    let now = strict(world, json!({ "annotations": { "destructiveHint": true } }), destroys);
    let mut browser = Browser::of(&Person::internal());
    let agent = older_at(world, &mut browser);
    let path = held(world, &agent, "get_moved", json!({ "to": "x" }));
    decide(world, &mut browser, &path, "approve");
    world.stage.desk.offers(&now);
    assert_eq!(agent.read(world, "get_moved", json!({ "to": "x" })), "done");
    assert_eq!(world.recorded("tool_announced", "ok", None), 1, "it is one call");
}

fn a_service_that_wants_other_headers_than_it_says_is_asked_once_more(world: &mut World) {
    let same = json!({ "annotations": { "readOnlyHint": true } });
    strict(world, same.clone(), same);
    let agent = older(world);
    let told = agent.refused(world, "get_moved", json!({ "to": "x" }));
    assert!(told.contains("The desk") && told.contains("headers"), "{told}");
    assert_eq!(world.stage.desk.calls().len(), 2);
    world.expect_recorded("tool_called", "service", Some("header_mismatch"));
}
