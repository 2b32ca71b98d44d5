//! What of a service's answer stays as it is because the protocol needs it, and that nothing else does.

use bytes::Bytes;
use http::{Method, Request};
use mcpgate::host::memory::Reply;
use serde_json::{Value, json};

use crate::client::Agent;
use crate::stage::Person;
use crate::world::{Answer, World};
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Usual: lists_are_masked_but_for_names_that_calls_use, a_name_that_tells_of_a_person_is_left_out,
        a_masked_choice_of_a_schema_becomes_the_value_again, what_one_method_keeps_another_does_not,
        only_the_text_of_a_protocol_member_stays, a_result_has_no_tokens_of_other_messages, only_images_and_files_are_binary,
        other_fields_of_events_tell_nothing, a_stream_goes_on_after_an_event_that_it_had,
        an_event_of_somebody_else_is_refused, a_revision_that_is_none_is_refused_in_sessions_too,
        a_trace_that_is_none_is_not_passed_on, a_list_without_id_is_no_answer;
};

const MAIL: &str = "anna.schmidt@kunde.example";

/// What a client sees when the desk answers a method with this result.
fn shown(world: &mut World, agent: &Agent, method: &'static str, params: Value, result: &Value) -> Value {
    let result = result.to_string();
    world.stage.desk.answers(move |seen| {
        let body = format!(r#"{{"jsonrpc":"2.0","id":{},"result":{result}}}"#, seen.id());
        (seen.message()["method"] == method).then(|| Reply::new(200, "application/json", body))
    });
    let answer = agent.send(world, method, params);
    assert_eq!(answer.status(), 200, "{}", answer.text());
    assert!(!answer.text().contains(MAIL), "{method}: {}", answer.text());
    answer.json()["result"].clone()
}

fn lists_are_masked_but_for_names_that_calls_use(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let named = format!("Mail from {MAIL}");
    let resource =
        json!({ "uri": "mail://1", "name": named, "title": named, "annotations": { "note": MAIL } });
    let seen = shown(
        world,
        &agent,
        "resources/list",
        json!({}),
        &json!({ "resources": [resource], "nextCursor": "c1" }),
    );
    assert!(seen["resources"][0]["name"].as_str().unwrap().ends_with("@email.invalid"), "{seen}");
    assert_eq!((&seen["resources"][0]["uri"], &seen["nextCursor"]), (&json!("mail://1"), &json!("c1")));

    let template = json!({ "uriTemplate": "mail://{id}", "name": named });
    shown(world, &agent, "resources/templates/list", json!({}), &json!({ "resourceTemplates": [template] }));

    let prompt =
        json!({ "name": "reply", "title": named, "arguments": [{ "name": "to", "description": MAIL }] });
    let seen = shown(world, &agent, "prompts/list", json!({}), &json!({ "prompts": [prompt] }));
    assert_eq!(seen["prompts"][0]["name"], "reply");

    let tool = json!({
        "name": "get_issue", "description": MAIL, "annotations": { "title": named, "readOnlyHint": true },
        "inputSchema": { "type": "object", "properties": { "to": { "enum": [MAIL], "description": MAIL } } },
        "icons": [{ "src": format!("https://icons.example/{MAIL}") }],
    });
    let seen = shown(world, &agent, "tools/list", json!({}), &json!({ "tools": [tool] }));
    assert_eq!(seen["tools"][0]["name"], "get_issue");
    assert_eq!(seen["tools"][0]["annotations"]["readOnlyHint"], true);
}

fn a_name_that_tells_of_a_person_is_left_out(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let named = format!("reply_to_{MAIL}");
    let tools = json!({ "tools": [{ "name": named, "inputSchema": {} }, { "name": "get_issue", "inputSchema": {} }] });
    let seen = shown(world, &agent, "tools/list", json!({}), &tools);
    assert_eq!(seen["tools"].as_array().unwrap().len(), 1, "{seen}");
    let prompts = json!({ "prompts": [{ "name": "greet" }, { "name": named }] });
    let seen = shown(world, &agent, "prompts/list", json!({}), &prompts);
    assert_eq!(seen["prompts"], json!([{ "name": "greet" }]));
    world.expect_logged("names_left_out");
    assert!(!world.logs().contains(MAIL), "{}", world.logs());
}

fn a_masked_choice_of_a_schema_becomes_the_value_again(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let schema = json!({ "type": "object", "properties": { "to": { "type": "string", "enum": [MAIL] } } });
    let tools = json!({ "tools": [{ "name": "add_comment", "inputSchema": schema,
        "annotations": { "destructiveHint": false } }] });
    let seen = shown(world, &agent, "tools/list", json!({}), &tools);
    let choice = seen["tools"][0]["inputSchema"]["properties"]["to"]["enum"][0].clone();
    assert_ne!(choice, MAIL);
    agent.read(world, "add_comment", json!({ "to": choice }));
    assert_eq!(world.stage.desk.calls().pop().unwrap().arguments()["to"], MAIL);
}

fn what_one_method_keeps_another_does_not(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let result = json!({
        "content": [], "resources": [{ "name": MAIL }], "prompts": [{ "name": MAIL }],
        "tools": [{ "name": MAIL, "annotations": { "who": MAIL } }], "nextCursor": MAIL,
        "contents": [{ "blob": MAIL }],
    });
    shown(world, &agent, "tools/call", json!({ "name": "get_issue", "arguments": {} }), &result);
}

fn a_result_has_no_tokens_of_other_messages(world: &mut World) {
    let meta = json!({ "progressToken": MAIL, "io.modelcontextprotocol/subscriptionId": MAIL,
        "io.modelcontextprotocol/related-task": { "taskId": MAIL } });
    let result = json!({ "content": [], "_meta": meta });
    let newer = Agent::of(world, &Person::internal(), "desk");
    let older = newer.speaking("2025-06-18");
    for agent in [&newer, &older] {
        shown(world, agent, "tools/call", json!({ "name": "get_issue", "arguments": {} }), &result);
    }
    let result = json!({ "description": "x", "messages": [], "_meta": meta });
    shown(world, &newer, "prompts/get", json!({ "name": "x" }), &result);
}

fn only_the_text_of_a_protocol_member_stays(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let inside = json!({ "mail": MAIL });
    let result = json!({ "content": [], "requestState": inside, "task": { "taskId": inside }, "taskId": inside,
        "_meta": { "progressToken": inside, "io.modelcontextprotocol/related-task": { "taskId": inside, "of": MAIL } } });
    shown(world, &agent, "tools/call", json!({ "name": "get_issue", "arguments": {} }), &result);
    shown(world, &agent, "resources/list", json!({}), &json!({ "resources": [], "nextCursor": inside }));
    shown(world, &agent, "tools/list", json!({}), &json!({ "tools": [{ "name": inside }] }));

    world.stage.desk.replies(|seen| {
        let (id, inside) = (seen.id(), json!({ "mail": MAIL }));
        let asks =
            json!({ "jsonrpc": "2.0", "id": inside, "method": "ping", "params": { "cursor": inside } });
        let answer = format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{{"content":[]}}}}"#);
        Reply::new(200, "text/event-stream", format!("data: {asks}\n\ndata: {answer}\n\n"))
    });
    let answer = agent.send(world, "tools/call", json!({ "name": "get_issue", "arguments": {} }));
    assert!(!answer.text().contains(MAIL), "{}", answer.text());
}

fn only_images_and_files_are_binary(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let params = json!({ "name": "get_issue", "arguments": {} });
    for item in [
        json!({ "type": "text", "text": "x", "data": "4111111111111111" }),
        json!({ "type": "image", "data": "AT611904300234573201", "mimeType": "image/png" }),
        json!({ "type": "image", "data": "4111111111111111", "mimeType": "image/png" }),
        json!({ "type": "resource", "resource": { "uri": "x://1", "blob": "AT611904300234573201" } }),
    ] {
        let seen = shown(world, &agent, "tools/call", params.clone(), &json!({ "content": [item] }));
        let text = seen.to_string();
        assert!(!text.contains("4111111111111111") && !text.contains("AT6119"), "{text}");
    }
    // By chance, the base64 of a picture reads like a number between slashes.
    let picture = format!("{}/4111111111111111/{}", "iVBORw0KGgo".repeat(6), "AAAAAAAA");
    let picture = &picture[..picture.len() / 4 * 4];
    let item = json!({ "type": "image", "data": picture, "mimeType": "image/png" });
    let seen = shown(world, &agent, "tools/call", params, &json!({ "content": [item] }));
    assert_eq!(seen["content"][0], item);
}

fn other_fields_of_events_tell_nothing(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    world.stage.desk.replies(|seen| {
        let answer = format!(r#"{{"jsonrpc":"2.0","id":{},"result":{{"content":[]}}}}"#, seen.id());
        let events = [
            format!(
                "event: {MAIL}\nid: {MAIL}\nretry: {MAIL}\ndata: {{\"jsonrpc\":\"2.0\",\"method\":\"x\"}}"
            ),
            format!("id: {MAIL}\nretry: 4111111111111111"),
            "retry: 1500".to_owned(),
            format!("event: message\nid: {MAIL}\ndata: {answer}"),
        ];
        Reply::new(200, "text/event-stream", events.join("\n\n") + "\n\n")
    });
    let answer = agent.send(world, "tools/call", json!({ "name": "get_issue", "arguments": {} }));
    let text = answer.text();
    assert!(!text.contains(MAIL) && !text.contains("4111111111111111"), "{text}");
    assert_eq!(answer.events().len(), 1, "a client knows no other events: {text}");
    assert!(text.contains("event: message\n") && text.contains("retry: 1500\n"), "{text}");
}

/// The stream of a session, from an event on.
pub(crate) fn stream(world: &mut World, agent: &Agent, after: &str, revision: &str) -> Answer {
    let request = Request::get(world.url("/mcp/desk"))
        .header("authorization", format!("Bearer {}", agent.token))
        .header("mcp-session-id", agent.session.clone().unwrap())
        .header("accept", "text/event-stream")
        .header("mcp-protocol-version", revision);
    let request = if after.is_empty() { request } else { request.header("last-event-id", after) };
    world.send(request.body(Bytes::new()).unwrap())
}

fn in_session(world: &mut World) -> Agent {
    let mut agent = Agent::of(world, &Person::internal(), "desk").speaking("2025-11-25");
    agent.initialize(world);
    agent
}

pub(crate) fn event_id(answer: &Answer) -> String {
    let id = answer.text().lines().find_map(|line| line.strip_prefix("id: "));
    id.unwrap_or_else(|| panic!("no id in {}", answer.text())).to_owned()
}

fn a_stream_goes_on_after_an_event_that_it_had(world: &mut World) {
    let agent = in_session(world);
    let id = event_id(&stream(world, &agent, "", "2025-11-25"));
    assert_ne!(id, "7", "the service's id is for nobody to read");
    let answer = stream(world, &agent, &id, "2025-11-25");
    assert_eq!(answer.status(), 200, "{}", answer.text());
    let last = world.stage.desk.seen().pop().unwrap();
    assert_eq!((last.method.clone(), last.header("last-event-id")), (Method::GET, "7"));
}

fn an_event_of_somebody_else_is_refused(world: &mut World) {
    let (agent, other) = (in_session(world), in_session(world));
    let theirs = event_id(&stream(world, &other, "", "2025-11-25"));
    let before = world.stage.desk.seen().len();
    for id in ["7", MAIL, "Person-7K3M9QX2WD4F", &theirs] {
        let answer = stream(world, &agent, id, "2025-11-25");
        assert_eq!(answer.status(), 400, "{id}: {}", answer.text());
        assert!(answer.text().contains("Last-Event-ID") && !answer.text().contains(id), "{}", answer.text());
    }
    assert_eq!(world.stage.desk.seen().len(), before, "nothing was forwarded");
}

fn a_revision_that_is_none_is_refused_in_sessions_too(world: &mut World) {
    let agent = in_session(world);
    let before = world.stage.desk.seen().len();
    for revision in ["nonsense", MAIL, "2099-01-01"] {
        let answer = stream(world, &agent, "", revision);
        assert_eq!((answer.status(), &answer.json()["error"]["code"]), (400, &json!(-32022)), "{revision}");
    }
    assert_eq!(world.stage.desk.seen().len(), before, "nothing was forwarded");
}

fn a_trace_that_is_none_is_not_passed_on(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    for (sent, state, passed) in [
        (parent, "congo=t61rcWkgMzE,rojo@vendor=1", (parent, "congo=t61rcWkgMzE,rojo@vendor=1")),
        (parent, "Person-7K3M9QX2WD4F", (parent, "")),
        ("Person-7K3M9QX2WD4F", "congo=1", ("", "")),
        (MAIL, "", ("", "")),
    ] {
        let mut request = agent.request(world, "tools/call", json!({ "name": "get_issue", "arguments": {} }));
        request.headers_mut().insert("traceparent", sent.parse().unwrap());
        request.headers_mut().insert("tracestate", state.parse().unwrap());
        assert_eq!(world.send(request).status(), 200);
        let call = world.stage.desk.calls().pop().unwrap();
        assert_eq!((call.header("traceparent"), call.header("tracestate")), passed, "{sent} {state}");
    }
}

fn a_list_without_id_is_no_answer(world: &mut World) {
    let agent = Agent::of(world, &Person::of("limited.example.com"), "desk");
    for id in [r#""id":null,"#, ""] {
        world.stage.desk.answers(move |seen| {
            let list = format!(r#"{{"jsonrpc":"2.0",{id}"result":{{"tools":[{{"name":"delete_issue"}}]}}}}"#);
            let own = format!(r#"{{"jsonrpc":"2.0","id":{},"result":{{"tools":[]}}}}"#, seen.id());
            (seen.message()["method"] == "tools/list")
                .then(|| Reply::new(200, "text/event-stream", format!("data: {list}\n\ndata: {own}\n\n")))
        });
        let answer = agent.send(world, "tools/list", json!({}));
        assert!(!answer.text().contains("delete_issue"), "{}", answer.text());
        assert!(answer.text().contains("answered another request"), "{}", answer.text());
    }
}
