//! Clients and services of different eras understand each other.

use mcpgate::host::memory::{Chunk, Reply};
use serde_json::{Value, json};

use crate::client::{Agent, MODERN, text};
use crate::stage::{ERA_MAIL, Person};
use crate::world::{Answer, Open, World};
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Usual: every_client_reads_from_every_service, every_client_is_introduced_to_every_service,
        what_is_not_there_is_said_in_the_clients_words, an_older_client_is_asked_within_the_call,
        a_newer_client_is_asked_by_a_result, a_client_that_cannot_be_asked_is_told, a_client_is_asked_nothing_odd,
        a_state_is_one_persons_and_one_calls, an_answer_that_is_refused_ends_its_call, nobody_answers_for_somebody_else, progress_and_logs_pass,
        news_reach_every_client, a_forgotten_session_is_begun_again, a_clients_session_ends, with_a_clients_session_end_those_at_its_services, a_cancelled_request_is_let_go,
        a_cancelled_request_is_let_go_before_its_answer_begins,
        a_call_that_says_nothing_for_long_begins_all_the_same, an_unused_session_is_ended_at_its_service;
    Fresh: what_a_service_does_not_have_the_gateway_does_not_grant, what_a_revision_does_not_have_is_said_in_what_it_has;
};

pub(super) const SERVICES: [&str; 5] = ["new", "old", "older", "elder", "oldest"];
const CLIENTS: [&str; 5] = [MODERN, "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];

fn person() -> Person {
    Person::of("eras.example.com")
}

/// A client of this revision that can be asked things, ready to call.
pub(super) fn client(world: &mut World, service: &str, revision: &'static str) -> Agent {
    let agent = Agent::of(world, &person(), service).able(able_to(revision));
    began(world, agent, revision)
}

/// What a client of a revision can be asked: elicitation came with 2025-06-18.
fn able_to(revision: &str) -> Value {
    match revision >= "2025-06-18" {
        true => json!({ "elicitation": {}, "sampling": {}, "roots": {} }),
        false => json!({ "sampling": {}, "roots": {} }),
    }
}

fn began(world: &mut World, agent: Agent, revision: &'static str) -> Agent {
    let mut agent = agent.speaking(revision);
    if revision != MODERN {
        agent.initialize(world);
    }
    agent
}

/// The last message of an answer, whatever its shape.
pub(crate) fn last(answer: &Answer) -> Value {
    match answer.header("content-type") {
        "text/event-stream" => answer.events().pop().expect("a stream ends with a message"),
        _ => answer.json(),
    }
}

fn every_client_reads_from_every_service(world: &mut World) {
    for service in SERVICES {
        for revision in CLIENTS {
            let agent = client(world, service, revision);
            assert_eq!(
                agent.tools(world),
                ["read", "ask", "tell", "wait", "ask_model", "ask_roots", "ask_odd"],
                "{revision} {service}"
            );
            let answer = agent.send(
                world,
                "tools/call",
                json!({ "name": "read", "arguments": { "n": 1, "to": "x" } }),
            );
            let message = last(&answer);
            let told = text(&message["result"]);
            assert!(
                told.contains("@email.invalid") && !told.contains(ERA_MAIL),
                "{revision} {service}: {told}"
            );
            assert!(told.contains(r#"{"n":1,"to":"x"}"#), "{told}");
            assert_eq!(message["result"]["resultType"].is_null(), revision != MODERN, "{message}");
            for (method, params, member) in [
                ("prompts/list", json!({}), "prompts"),
                ("prompts/get", json!({ "name": "p" }), "messages"),
                ("resources/list", json!({}), "resources"),
                ("resources/templates/list", json!({}), "resourceTemplates"),
                ("resources/read", json!({ "uri": "x://1" }), "contents"),
                (
                    "completion/complete",
                    json!({ "ref": { "type": "ref/prompt", "name": "p" }, "argument": { "name": "a", "value": "o" } }),
                    "completion",
                ),
            ] {
                let message = last(&agent.send(world, method, params));
                let result = &message["result"];
                assert!(!result[member].is_null(), "{revision} {service} {method}: {message}");
                assert!(!message.to_string().contains(ERA_MAIL), "{message}");
                let cached = !matches!(method, "prompts/get" | "completion/complete");
                assert_eq!(
                    result["cacheScope"].is_string(),
                    revision == MODERN && cached,
                    "{method}: {message}"
                );
            }
        }
    }
}

fn every_client_is_introduced_to_every_service(world: &mut World) {
    for service in SERVICES {
        for revision in CLIENTS {
            let agent = Agent::of(world, &person(), service).speaking(revision);
            let result = if revision == MODERN {
                let result = agent.send(world, "server/discover", json!({})).json()["result"].clone();
                let versions = result["supportedVersions"].as_array().unwrap();
                assert!(versions.contains(&json!(MODERN)), "{result}");
                assert!(
                    result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"].is_string(),
                    "{result}"
                );
                result
            } else {
                let params = json!({ "protocolVersion": revision, "capabilities": {}, "clientInfo": { "name": "c", "version": "1" } });
                let answer = agent.send(world, "initialize", params);
                assert!(!answer.header("mcp-session-id").is_empty());
                let result = answer.json()["result"].clone();
                assert_eq!(result["protocolVersion"], revision);
                assert!(result["serverInfo"]["name"].is_string(), "{result}");
                result
            };
            assert_eq!(result["instructions"], "be kind", "{result}");
            assert!(result["capabilities"]["tools"].is_object(), "{result}");
        }
    }
}

fn what_is_not_there_is_said_in_the_clients_words(world: &mut World) {
    for service in SERVICES {
        let modern = client(world, service, MODERN);
        let answer = modern.send(world, "tools/nonsense", json!({}));
        assert_eq!((answer.status(), &answer.json()["error"]["code"]), (404, &json!(-32601)), "{service}");
        let older = client(world, service, "2025-11-25");
        let answer = older.send(world, "tools/nonsense", json!({}));
        assert_eq!(last(&answer)["error"]["code"], -32601, "{service}");
        if service != "new" {
            let answer = modern.send(world, "resources/read", json!({ "uri": "x://none" }));
            assert_eq!(last(&answer)["error"]["code"], -32602, "-32002 is not of this revision");
        }
    }
    let older = client(world, "new", "2025-11-25");
    assert_eq!(last(&older.send(world, "ping", json!({})))["result"], json!({}));
}

/// Sends `ask`, is asked, answers; gives the text of the result.
fn asked(world: &mut World, agent: &Agent, answer: &Value) -> String {
    let mut open = agent.open(world, "tools/call", json!({ "name": "ask", "arguments": {} }));
    let mut rest = String::new();
    let question = open.event(&mut rest).expect("a question");
    assert_eq!(question["method"], "elicitation/create", "{question}");
    let message = question["params"]["message"].as_str().unwrap();
    assert!(message.contains("@email.invalid") && !message.contains(ERA_MAIL), "{message}");
    let posted = json!({ "jsonrpc": "2.0", "id": question["id"], "result": answer });
    let posted = agent.posting(world, posted.to_string());
    assert_eq!(world.send(posted).status(), 202);
    result_of(&mut open, &mut rest)
}

fn result_of(open: &mut Open, rest: &mut String) -> String {
    let message = open.event(rest).expect("an answer");
    assert_eq!(message["id"], 7, "{message}");
    text(&message["result"])
}

fn an_older_client_is_asked_within_the_call(world: &mut World) {
    for service in SERVICES {
        for revision in ["2025-11-25", "2025-06-18"] {
            let agent = client(world, service, revision);
            let told = asked(world, &agent, &json!({ "action": "accept", "content": { "name": "blue" } }));
            assert!(
                told.starts_with("chosen blue") && !told.contains(ERA_MAIL),
                "{service} {revision}: {told}"
            );
            let told = asked(world, &agent, &json!({ "action": "decline" }));
            assert_eq!(told, "nobody said who", "{service} {revision}");
        }
    }
}

fn a_newer_client_is_asked_by_a_result(world: &mut World) {
    for (at, service) in SERVICES.into_iter().enumerate() {
        let agent = client(world, service, MODERN);
        let call = json!({ "name": "ask", "arguments": {} });
        let first = last(&agent.send(world, "tools/call", call.clone()))["result"].clone();
        assert_eq!(first["resultType"], "input_required", "{service}: {first}");
        let (key, question) = first["inputRequests"].as_object().unwrap().iter().next().unwrap();
        let message = question["params"]["message"].as_str().unwrap();
        assert!(message.contains("@email.invalid") && !message.contains(ERA_MAIL), "{message}");
        let mut retry = call;
        retry["inputResponses"] = json!({ key: { "action": "accept", "content": { "name": "blue" } } });
        retry["requestState"] = first["requestState"].clone();
        let second = last(&agent.send(world, "tools/call", retry));
        let told = text(&second["result"]);
        assert!(told.starts_with("chosen blue") && !told.contains(ERA_MAIL), "{service}: {told}");
        if service != "new" {
            world.settle();
            let let_go = world.stage.eras[at].answers();
            let cancel = json!({ "action": "cancel" });
            assert!(
                let_go.iter().any(|answer| answer["result"] == cancel),
                "the first call was let go: {let_go:?}"
            );
            assert!(!world.stage.eras[at].heard("notifications/cancelled").is_empty());
        }
    }
}

fn a_client_that_cannot_be_asked_is_told(world: &mut World) {
    for revision in ["2025-11-25", "2024-11-05"] {
        let agent = Agent::of(world, &person(), "new");
        let agent = began(world, agent, revision);
        let message = last(&agent.send(world, "tools/call", json!({ "name": "ask", "arguments": {} })));
        assert_eq!(message["result"]["isError"], true, "{message}");
        let told = text(&message["result"]);
        let words = ["new needs your client", "the capability elicitation", "Use a client that has it"];
        assert!(words.iter().all(|word| told.contains(word)), "{told}");
    }
    let agent = Agent::of(world, &person(), "new");
    let answer = agent.send(world, "tools/call", json!({ "name": "ask", "arguments": {} }));
    assert_eq!(
        (answer.status(), &answer.json()["error"]["code"]),
        (400, &json!(-32021)),
        "{}",
        answer.text()
    );
    // A service of an older revision asks all the same, and hears that nobody can be asked.
    for service in ["old", "oldest"] {
        let agent = Agent::of(world, &person(), service);
        let message = last(&agent.send(world, "tools/call", json!({ "name": "ask", "arguments": {} })));
        assert_eq!(text(&message["result"]), "nobody said who", "{message}");
    }
    let error = world.stage.eras[1].answers()[0]["error"].clone();
    assert_eq!(error["code"], -32601);
    let told = error["message"].as_str().unwrap();
    let words = ["old cannot ask", "the capability elicitation", "Use a client that has it"];
    assert!(words.iter().all(|word| told.contains(word)), "{told}");
}

fn a_client_is_asked_nothing_odd(world: &mut World) {
    let call = json!({ "name": "ask_odd", "arguments": {} });
    let message = last(&client(world, "new", "2025-11-25").send(world, "tools/call", call.clone()));
    assert!(text(&message["result"]).contains("cannot be asked"), "{message}");
    let message = last(&client(world, "old", MODERN).send(world, "tools/call", call));
    assert_eq!(text(&message["result"]), "nobody said who", "the service hears an error: {message}");
    assert_eq!(world.stage.eras[1].answers()[0]["error"]["code"], -32601);
}

fn a_state_is_one_persons_and_one_calls(world: &mut World) {
    let agent = client(world, "old", MODERN);
    let call = json!({ "name": "ask", "arguments": { "n": 1 } });
    let first = last(&agent.send(world, "tools/call", call.clone()))["result"].clone();
    let key = first["inputRequests"].as_object().unwrap().keys().next().unwrap().clone();
    let mut retry = call;
    retry["inputResponses"] = json!({ key: { "action": "accept", "content": { "name": "blue" } } });
    retry["requestState"] = first["requestState"].clone();
    let somebody =
        Agent::of(world, &Person::of("eras.example.com"), "old").able(json!({ "elicitation": {} }));
    let mut other_arguments = retry.clone();
    other_arguments["arguments"]["n"] = json!(2);
    let mut forged = retry.clone();
    forged["requestState"] = json!("AAAA");
    for (who, call) in [(&somebody, &retry), (&agent, &other_arguments), (&agent, &forged)] {
        let before = world.stage.eras[1].heard("tools/call").len();
        let message = last(&who.send(world, "tools/call", call.clone()));
        assert_eq!(message["error"]["code"], -32602, "{message}");
        assert_eq!(world.stage.eras[1].heard("tools/call").len(), before, "nothing was forwarded");
    }
    world.pass_time(std::time::Duration::from_secs(901));
    let agent = agent.renewed(world);
    let message = last(&agent.send(world, "tools/call", retry));
    assert_eq!(message["error"]["code"], -32602, "too old: {message}");
}

fn nobody_answers_for_somebody_else(world: &mut World) {
    let owner = person();
    let of_owner = |world: &mut World, service| {
        let agent = Agent::of(world, &owner, service).able(able_to("2025-11-25"));
        began(world, agent, "2025-11-25")
    };
    let agent = of_owner(world, "new");
    let elsewhere = of_owner(world, "oldest");
    let somebody = client(world, "new", "2025-11-25");
    let mut open = agent.open(world, "tools/call", json!({ "name": "ask", "arguments": {} }));
    let mut rest = String::new();
    let question = open.event(&mut rest).expect("a question");
    let answer = json!({ "jsonrpc": "2.0", "id": question["id"], "result": { "action": "accept", "content": { "name": "Eve" } } });
    let posted = somebody.posting(world, answer.to_string());
    assert_eq!(world.send(posted).status(), 400, "not theirs to answer");
    let answer = json!({ "jsonrpc": "2.0", "id": question["id"], "result": { "action": "accept", "content": { "name": "blue" } } });
    // Given back for one service, a value must not reach another by the way of an answer.
    let posted = elsewhere.posting(world, answer.to_string());
    assert_eq!(world.send(posted).status(), 400, "asked by another service");
    let posted = agent.posting(world, answer.to_string());
    assert_eq!(world.send(posted).status(), 202);
    assert!(result_of(&mut open, &mut rest).starts_with("chosen blue"));
    let posted = agent.posting(world, answer.to_string());
    assert_eq!(world.send(posted).status(), 400, "and only once");
}

/// Somebody's pseudonym at this service.
pub(super) fn pseudonym(world: &mut World, agent: &Agent, tool: &str) -> String {
    let told =
        text(&last(&agent.send(world, "tools/call", json!({ "name": tool, "arguments": {} })))["result"]);
    let mut words = told.split(|c: char| c.is_whitespace() || "\"<>(),:;".contains(c));
    words.rfind(|word| word.ends_with("@email.invalid")).unwrap_or_else(|| panic!("{told}")).to_owned()
}

fn an_answer_that_is_refused_ends_its_call(world: &mut World) {
    let stranger = client(world, "new", MODERN);
    let theirs = pseudonym(world, &stranger, "read");
    let mut all = Agent::of(world, &person(), "").able(able_to("2025-06-18")).speaking("2025-06-18");
    all.initialize(world);
    for (agent, tool, at) in [
        (client(world, "new", "2025-06-18"), "ask", 0),
        (client(world, "oldest", "2025-06-18"), "ask", 4),
        (all, "old__ask", 1),
    ] {
        let mut open = agent.open(world, "tools/call", json!({ "name": tool, "arguments": {} }));
        let mut rest = String::new();
        let question = open.event(&mut rest).expect("a question");
        let content = json!({ "action": "accept", "content": { "name": theirs } });
        let answer = json!({ "jsonrpc": "2.0", "id": question["id"], "result": content });
        let posted = agent.posting(world, answer.to_string());
        let told = world.send(posted);
        assert_eq!(told.status(), 400, "{}", told.text());
        let why = told.json()["error"]["message"].as_str().unwrap().to_owned();
        assert!(why.contains(&theirs) && why.contains("make it again"), "{why}");
        let end = open.event(&mut rest).expect("the end of the call");
        assert_eq!((&end["id"], &end["result"]["isError"]), (&json!(7), &json!(true)), "{end}");
        let end = text(&end["result"]);
        assert!(end.contains("the answer was refused") && end.contains(&theirs), "{end}");
        assert_eq!(open.event(&mut rest), None);
        drop(open);
        let heard = world.stage.eras[at].answers();
        assert!(!format!("{heard:?}").contains(&theirs), "{heard:?}");
        if at == 1 {
            world.settle();
            assert!(!world.stage.eras[at].heard("notifications/cancelled").is_empty(), "the service is told");
        }
    }
    assert_eq!(world.recorded("tool_called", "refused", Some("pseudonym_unknown")), 3);
}

fn progress_and_logs_pass(world: &mut World) {
    for service in SERVICES {
        for revision in [MODERN, "2025-06-18"] {
            let agent = client(world, service, revision);
            if revision != MODERN {
                let set = agent.send(world, "logging/setLevel", json!({ "level": "debug" }));
                assert_eq!(last(&set)["result"], json!({}), "{service}");
            }
            let mut params = json!({ "name": "tell", "arguments": {}, "_meta": { "progressToken": "t1" } });
            if revision == MODERN {
                params["_meta"]["io.modelcontextprotocol/logLevel"] = json!("debug");
            }
            let answer = agent.send(world, "tools/call", params);
            let events = answer.events();
            let methods: Vec<&str> = events.iter().filter_map(|event| event["method"].as_str()).collect();
            assert_eq!(methods, ["notifications/progress", "notifications/message"], "{service} {revision}");
            assert_eq!(events[0]["params"]["progressToken"], "t1");
            assert!(!answer.text().contains(ERA_MAIL), "{}", answer.text());
        }
        let agent = client(world, service, MODERN);
        let answer = agent.send(world, "tools/call", json!({ "name": "tell", "arguments": {} }));
        assert!(!answer.text().contains("notifications/message"), "nobody wanted logs: {}", answer.text());
    }
}

fn what_a_revision_does_not_have_is_said_in_what_it_has(world: &mut World) {
    let content = json!([{ "type": "audio", "data": "UklGRg==", "mimeType": "audio/wav" },
        { "type": "resource_link", "uri": "desk:1", "name": "one", "description": "The first" }]);
    world.stage.desk.results(
        json!({ "content": content, "structuredContent": [1], "resultType": "complete" }).to_string(),
    );
    world.stage.desk.offers(&json!([{ "name": "count", "inputSchema": { "type": "object" },
        "outputSchema": { "type": "array" }, "annotations": { "readOnlyHint": true } }]));
    let mut called = |service: &str, name: &str, revision: &'static str| {
        let agent = Agent::of(world, &Person::internal(), service);
        let agent = began(world, agent, revision);
        let list = last(&agent.send(world, "tools/list", json!({})))["result"]["tools"].clone();
        let tool =
            list.as_array().unwrap().iter().find(|tool| tool["name"] == name).expect("the tool").clone();
        (
            tool["outputSchema"].clone(),
            last(&agent.send(world, "tools/call", json!({ "name": name })))["result"].clone(),
        )
    };
    let (schema, result) = called("desk", "count", MODERN);
    assert_eq!(
        (&schema["type"], &result["content"], &result["structuredContent"]),
        (&json!("array"), &content, &json!([1]))
    );
    let (schema, result) = called("", "desk__count", "2025-11-25");
    assert_eq!((&schema, &result["structuredContent"]), (&Value::Null, &Value::Null), "{result}");
    assert_eq!(result["content"][1]["uri"], "desk+desk:1");
    let (_, result) = called("", "desk__count", "2024-11-05");
    let sound = &result["content"][0]["resource"];
    assert_eq!((&sound["blob"], &sound["mimeType"]), (&json!("UklGRg=="), &json!("audio/wav")), "{result}");
    assert_eq!(result["content"][1]["resource"], json!({ "uri": "desk+desk:1", "text": "one: The first" }));
}

fn what_a_service_does_not_have_the_gateway_does_not_grant(world: &mut World) {
    world.stage.desk.answers(|seen| {
        (seen.message()["method"] == "server/discover").then(|| {
            let result = json!({ "resultType": "complete", "supportedVersions": [MODERN], "ttlMs": 0,
                "capabilities": { "tools": {}, "resources": { "listChanged": true } }, "cacheScope": "private" });
            let body = json!({ "jsonrpc": "2.0", "id": seen.message()["id"], "result": result });
            Reply::new(200, "application/json", body.to_string())
        })
    });
    let agent = Agent::of(world, &Person::internal(), "");
    let agent = began(world, agent, "2025-11-25");
    let refused = last(&agent.send(world, "resources/subscribe", json!({ "uri": "desk+x:1" })));
    assert_eq!(refused["error"]["code"], -32601, "{refused}");
    let agent = client(world, "new", "2025-11-25");
    for (method, params) in
        [("resources/subscribe", json!({ "uri": "x://1" })), ("logging/setLevel", json!({ "level": "info" }))]
    {
        assert_eq!(last(&agent.send(world, method, params))["result"], json!({}), "{method}");
    }
}

fn news_reach_every_client(world: &mut World) {
    for service in ["new", "old"] {
        let agent = client(world, service, MODERN);
        let wanted = json!({ "notifications": { "resourceSubscriptions": ["x://1"] } });
        let mut open = agent.open(world, "subscriptions/listen", wanted);
        let mut rest = String::new();
        let first = open.event(&mut rest).expect("an acknowledgement");
        assert_eq!(first["method"], "notifications/subscriptions/acknowledged", "{service}: {first}");
        let tag = |event: &Value| event["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"].clone();
        assert_eq!(tag(&first), 7);
        let mut event = open.event(&mut rest).expect("news");
        // The scripted service of 2026-07-28 does not filter.
        if service == "new" {
            event = open.event(&mut rest).expect("more news");
        }
        assert_eq!(
            (&event["method"], tag(&event)),
            (&json!("notifications/resources/updated"), json!(7)),
            "{service}"
        );
    }
    let agent = client(world, "new", "2025-06-18");
    assert_eq!(
        last(&agent.send(world, "resources/subscribe", json!({ "uri": "x://1" })))["result"],
        json!({})
    );
    let mut request = agent.request(world, "ping", json!({}));
    *request.method_mut() = http::Method::GET;
    *request.body_mut() = bytes::Bytes::new();
    let mut open = world.open(request);
    let mut rest = String::new();
    let methods: Vec<Value> =
        (0..2).map(|_| open.event(&mut rest).expect("news")["method"].clone()).collect();
    assert!(!methods.contains(&json!("notifications/subscriptions/acknowledged")), "of a newer revision");
    assert!(methods.contains(&json!("notifications/resources/updated")), "{methods:?}");
    let listened = world.stage.eras[0].heard("subscriptions/listen");
    assert_eq!(
        listened.last().unwrap().message()["params"]["notifications"]["resourceSubscriptions"],
        json!(["x://1"])
    );
}

fn a_forgotten_session_is_begun_again(world: &mut World) {
    let agent = client(world, "old", MODERN);
    agent.tools(world);
    let before = world.stage.eras[1].heard("initialize").len();
    agent.tools(world);
    assert_eq!(world.stage.eras[1].heard("initialize").len(), before, "one session serves many requests");
    world.stage.eras[1].forget_sessions();
    agent.tools(world);
    assert_eq!(world.stage.eras[1].heard("initialize").len(), before + 1);
    agent.tools(world);
    assert_eq!(world.stage.eras[1].heard("initialize").len(), before + 1);
    let kept = world.rows("SELECT content FROM service_session");
    assert!(!kept.is_empty() && !format!("{kept:?}").contains("session-"), "sealed: {kept:?}");
}

fn a_cancelled_request_is_let_go(world: &mut World) {
    let agent = client(world, "new", "2025-06-18");
    let params = json!({ "name": "wait", "arguments": {}, "_meta": { "progressToken": 1 } });
    let mut open = agent.open(world, "tools/call", params);
    let mut rest = String::new();
    assert_eq!(open.event(&mut rest).expect("progress")["method"], "notifications/progress");
    let cancel = agent.send(world, "notifications/cancelled", json!({ "requestId": 7 }));
    assert_eq!(cancel.status(), 202);
    assert_eq!(open.event(&mut rest), None, "no answer, and the stream ends");
    // Clients of scenarios before may be noticed to be gone by now.
    assert!(world.recorded("tool_called", "caller", Some("cancelled")) >= 1);
}

fn a_cancelled_request_is_let_go_before_its_answer_begins(world: &mut World) {
    let call = |prefix: &str| json!({ "name": format!("{prefix}read"), "arguments": {} });
    // Where the client's session is with the gateway, whatever the service speaks.
    let mut all = Agent::of(world, &person(), "").speaking("2025-06-18");
    all.initialize(world);
    for (agent, prefix, at) in [(client(world, "new", "2025-06-18"), "", 0), (all, "old__", 1)] {
        agent.send(world, "tools/call", call(prefix));
        world.stage.eras[at].is_busy();
        // The word may arrive before the call does: it is looked for while the service works.
        let cancel = agent.send(world, "notifications/cancelled", json!({ "requestId": 7 }));
        assert_eq!(cancel.status(), 202);
        let answer = agent.send(world, "tools/call", call(prefix));
        assert_eq!((answer.status(), answer.header("content-type")), (200, "text/event-stream"));
        assert_eq!(answer.text(), "", "nobody wants an answer any more");
    }
    assert!(world.recorded("tool_called", "caller", Some("cancelled")) >= 2);
    world.settle();
    let cancelled = world.stage.eras[1].heard("notifications/cancelled");
    let calls = world.stage.eras[1].heard("tools/call");
    let id = calls.last().unwrap().message()["id"].clone();
    assert!(
        cancelled.iter().any(|seen| seen.message()["params"]["requestId"] == id),
        "the service is told: {cancelled:?}"
    );
}

fn a_call_that_says_nothing_for_long_begins_all_the_same(world: &mut World) {
    world.stage.desk.replies(|seen| {
        let result = json!({ "resultType": "complete", "content": [] });
        let answer = json!({ "jsonrpc": "2.0", "id": seen.message()["id"], "result": result }).to_string();
        let late = std::iter::repeat_n(Chunk::Later, 15).chain([Chunk::Bytes(answer.into())]);
        Reply::chunks(200, "application/json", late.collect())
    });
    let agent = Agent::of(world, &Person::internal(), "desk");
    let answer = agent.send(world, "tools/call", json!({ "name": "get_issue", "arguments": {} }));
    assert_eq!(answer.header("content-type"), "application/json", "in time");
    let agent = client(world, "new", MODERN);
    world.stage.eras[0].is_busy();
    let open = agent.open(world, "tools/call", json!({ "name": "read", "arguments": {} }));
    assert_eq!(open.head.headers()["content-type"], "text/event-stream");
}

fn a_clients_session_ends(world: &mut World) {
    let agent = client(world, "new", "2025-06-18");
    let mut request = agent.request(world, "ping", json!({}));
    *request.method_mut() = http::Method::DELETE;
    *request.body_mut() = bytes::Bytes::new();
    assert_eq!(world.send(request).status(), 200);
    let answer = agent.send(world, "tools/list", json!({}));
    assert_eq!(answer.status(), 404, "{}", answer.text());
    let mut stranger = client(world, "new", "2025-06-18");
    stranger.session = client(world, "old", "2025-06-18").session;
    assert_eq!(stranger.send(world, "tools/list", json!({})).status(), 404, "of another service");
}

fn with_a_clients_session_end_those_at_its_services(world: &mut World) {
    for service in ["", "oldest"] {
        let mut agent = client(world, service, "2025-06-18");
        let name = if service.is_empty() { "old__read" } else { "read" };
        last(&agent.send(world, "tools/call", json!({ "name": name, "arguments": {} })));
        world.settle();
        let before = world.stage.eras[1].ended().len();
        let mut request = agent.request(world, "ping", json!({}));
        *request.method_mut() = http::Method::DELETE;
        *request.body_mut() = bytes::Bytes::new();
        assert_eq!(world.send(request).status(), 200);
        world.settle();
        let some_ended = |world: &World| world.stage.eras[1].ended().len() > before;
        if service.is_empty() {
            assert!(world.waits_until(some_ended), "the session at the service has ended");
        } else {
            assert!(!some_ended(world), "another client's session has ended");
        }
        agent.session = None;
    }
}

fn an_unused_session_is_ended_at_its_service(world: &mut World) {
    let agent = client(world, "old", MODERN);
    agent.tools(world);
    let before = world.stage.eras[1].ended().len();
    world.pass_time(std::time::Duration::from_secs(3700));
    world.settle();
    assert!(world.waits_until(|world| world.stage.eras[1].ended().len() > before), "ended after an hour");
}
