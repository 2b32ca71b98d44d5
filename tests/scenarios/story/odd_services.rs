//! Services that are briefly somebody else, or do what few do: neither lasts longer than it has to.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use mcpgate::host::memory::{Chunk, Reply};
use serde_json::{Value, json};

use super::eras::last;
use super::turns::{event, stream};
use crate::client::{Agent, MODERN, text};
use crate::stage::{Person, Seen, Service};
use crate::world::{Answer, World};
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Fresh: what_names_something_twice_is_not_handed_on, a_passing_failure_says_nothing_of_what_a_service_speaks, a_service_that_was_rolled_back_is_asked_anew,
        names_without_end_are_not_remembered, what_a_service_did_not_like_is_not_sent_again,
        a_session_that_a_service_names_is_begun_anew, each_revision_has_a_session_of_its_own,
        a_page_to_visit_has_a_name_for_older_clients, a_client_that_cannot_visit_pages_is_told_what_it_lacks,
        a_revision_that_nobody_knows_is_not_spoken, a_service_that_is_another_one_now_has_other_tools,
        what_the_gateway_asks_itself_has_the_services_time_in_all, what_the_gateway_asks_itself_has_an_end,
        a_batch_of_a_service_is_its_messages, an_array_is_no_message_of_other_revisions,
        a_list_of_tools_that_goes_on_and_on_is_none, a_last_page_that_names_itself_is_the_last,
        what_a_service_read_is_not_sent_again, a_refusal_without_end_is_not_waited_for,
        a_method_that_a_service_lacks_says_nothing_of_what_it_speaks,
        one_request_listens_to_a_hundred_resources_of_an_older_service,
        a_service_that_only_wants_to_be_asked_again_is_given_pauses,
        an_error_of_no_request_is_the_answer_only_if_nothing_else_is,
        an_answer_where_it_was_posted_is_one, a_service_is_told_what_a_client_cannot_do;
};

fn reply(id: &Value, result: &Value) -> Reply {
    Reply::new(200, "application/json", json!({ "jsonrpc": "2.0", "id": id, "result": result }).to_string())
}

fn error(status: u16, id: &Value, code: i64, message: &str, data: &Value) -> Reply {
    let error = json!({ "code": code, "message": message, "data": data });
    Reply::new(status, "application/json", json!({ "jsonrpc": "2.0", "id": id, "error": error }).to_string())
}

/// Makes the desk one of older revisions only, but for what `more` says.
fn only_older(world: &World, more: impl Fn(&Seen) -> Option<Reply> + Send + 'static) {
    world.stage.desk.answers(move |seen| {
        let message = seen.message();
        let newer = || error(400, &message["id"], -32601, "no such method", &Value::Null);
        more(seen).or_else(|| (message["method"] == "server/discover").then(newer))
    });
}

fn a_passing_failure_says_nothing_of_what_a_service_speaks(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let failures: [fn(&Seen) -> Reply; 5] = [
        |_| Reply::new(429, "text/plain", "slow down"),
        |_| Reply::new(408, "text/plain", "late"),
        |_| Reply::new(404, "text/html", "deploying"),
        |_| Reply::new(200, "text/html", "deploying"),
        |seen| error(200, &seen.message()["id"], -32603, "broken", &Value::Null),
    ];
    for fail in failures {
        world.stage.desk.answers(move |seen| Some(fail(seen)));
        let refused = agent.send(world, "tools/list", json!({}));
        assert!(refused.json()["result"].is_null(), "{}", refused.text());
        world.stage.desk.behaves();
        agent.tools(world);
        let seen = world.stage.desk.seen().pop().unwrap();
        assert_eq!(seen.header("mcp-protocol-version"), MODERN, "not spoken to as an older one");
        world.stage.desk.answers(|seen| {
            // Asked anew, for the next failure.
            (seen.message()["method"] == "tools/list").then(|| Reply::new(404, "text/html", ""))
        });
        agent.send(world, "tools/list", json!({}));
    }
}

fn a_service_that_was_rolled_back_is_asked_anew(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    agent.tools(world);
    only_older(world, |seen| {
        let newer = seen.header("mcp-protocol-version") == MODERN;
        newer.then(|| error(400, &seen.message()["id"], -32000, "unsupported protocol version", &Value::Null))
    });
    agent.send(world, "tools/list", json!({}));
    assert!(!agent.tools(world).is_empty(), "once is enough");
}

fn names_without_end_are_not_remembered(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let pages = Arc::new(AtomicUsize::new(0));
    let asked = Arc::clone(&pages);
    let name = "x".repeat(300);
    let named = name.clone();
    world.stage.desk.lists(move |seen| {
        asked.fetch_add(1, Ordering::SeqCst);
        let tool = json!({ "name": named, "inputSchema": { "type": "object" }, "annotations": { "readOnlyHint": true } });
        reply(&seen.message()["id"], &json!({ "tools": [tool], "resultType": "complete" }))
    });
    agent.send(world, "tools/list", json!({}));
    for _ in 0..2 {
        agent.send(world, "tools/call", json!({ "name": name, "arguments": {} }));
    }
    assert_eq!(
        pages.load(Ordering::SeqCst),
        3,
        "each call asks for the list again: nothing is known of the tool"
    );
}

fn what_a_service_did_not_like_is_not_sent_again(world: &mut World) {
    only_older(world, |seen| {
        let message = seen.message();
        (message["method"] == "tools/call").then(|| {
            error(400, &message["id"], -32602, "Invalid arguments: session is required", &Value::Null)
        })
    });
    let agent = Agent::of(world, &Person::internal(), "desk");
    agent.tools(world);
    let answer = agent.send(world, "tools/call", json!({ "name": "add_comment", "arguments": {} }));
    assert_eq!(last(&answer)["error"]["code"], -32602, "{}", answer.text());
    assert_eq!(world.stage.desk.calls().len(), 1, "a call that writes is sent once");
}

fn a_session_that_a_service_names_is_begun_anew(world: &mut World) {
    let fails = Arc::new(AtomicUsize::new(1));
    only_older(world, move |seen| {
        let message = seen.message();
        let forgets = message["method"] == "tools/call" && fails.swap(0, Ordering::SeqCst) == 1;
        forgets.then(|| error(400, &message["id"], -32000, "Bad Request: no valid session ID", &Value::Null))
    });
    let agent = Agent::of(world, &Person::internal(), "desk");
    agent.tools(world);
    let ended = |world: &World| {
        world.stage.desk.seen().iter().filter(|seen| seen.method == http::Method::DELETE).count()
    };
    let before = ended(world);
    let answer = agent.send(world, "tools/call", json!({ "name": "add_comment", "arguments": {} }));
    assert_eq!(text(&last(&answer)["result"]), "done", "{}", answer.text());
    world.waits_until(|world| ended(world) > before);
    assert_eq!(ended(world), before + 1, "the session before is ended");
}

fn each_revision_has_a_session_of_its_own(world: &mut World) {
    only_older(world, |_| None);
    let person = Person::internal();
    let named = |world: &mut World, revision| {
        let mut agent = Agent::of(world, &person, "").speaking(revision);
        agent.initialize(world);
        agent.send(world, "tools/call", json!({ "name": "desk__get_issue", "arguments": {} }));
        world.stage.desk.calls().pop().unwrap().header("mcp-protocol-version").to_owned()
    };
    for revision in ["2024-11-05", "2025-11-25"] {
        assert_eq!(named(world, revision), revision);
    }
}

fn a_page_to_visit_has_a_name_for_older_clients(world: &mut World) {
    world.stage.desk.replies(|seen| {
        let params = json!({ "mode": "url", "url": "https://x.example/", "message": "Go there" });
        let asks = json!({ "q": { "method": "elicitation/create", "params": params } });
        reply(
            &seen.message()["id"],
            &json!({ "resultType": "input_required", "requestState": "s", "inputRequests": asks }),
        )
    });
    let able = json!({ "elicitation": { "form": {}, "url": {} } });
    let mut agent = Agent::of(world, &Person::internal(), "").speaking("2025-11-25").able(able);
    agent.initialize(world);
    let mut open = agent.open(world, "tools/call", json!({ "name": "desk__get_issue", "arguments": {} }));
    let question = open.event(&mut String::new()).unwrap();
    assert!(question["params"]["elicitationId"].is_string(), "{question}");
}

fn a_client_that_cannot_visit_pages_is_told_what_it_lacks(world: &mut World) {
    only_older(world, |seen| {
        let page = json!({ "mode": "url", "elicitationId": "1", "url": "https://x.example/", "message": "Go there" });
        let (message, data) = (seen.message(), json!({ "elicitations": [page] }));
        (message["method"] == "tools/call").then(|| error(200, &message["id"], -32042, "visit", &data))
    });
    let agent = Agent::of(world, &Person::internal(), "desk").able(json!({ "elicitation": {} }));
    let answer = agent.send(world, "tools/call", json!({ "name": "get_issue", "arguments": {} }));
    assert_eq!(answer.status(), 400);
    let error = last(&answer)["error"].clone();
    assert_eq!(error["code"], -32021, "{error}");
    assert_eq!(error["data"]["requiredCapabilities"], json!({ "elicitation": { "url": {} } }));
}

fn a_revision_that_nobody_knows_is_not_spoken(world: &mut World) {
    only_older(world, |seen| {
        let message = seen.message();
        let result = json!({ "protocolVersion": "1999-01-01", "capabilities": {}, "serverInfo": { "name": "x", "version": "1" } });
        (message["method"] == "initialize").then(|| reply(&message["id"], &result))
    });
    let agent = Agent::of(world, &Person::internal(), "desk");
    let answer = agent.send(world, "tools/list", json!({}));
    assert!(answer.text().contains("did not answer as an MCP server"), "{}", answer.text());
    let named =
        world.stage.desk.seen().iter().any(|seen| seen.header("mcp-protocol-version") == "1999-01-01");
    assert!(!named, "{}", answer.text());
}

fn a_service_that_is_another_one_now_has_other_tools(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    agent.read(world, "get_issue", json!({}));
    let destructive = json!({ "name": "get_issue", "inputSchema": { "type": "object" }, "annotations": { "destructiveHint": true } });
    world.stage.desk.lists(move |seen| {
        let tools = if seen.uri.ends_with("/moved") { vec![destructive.clone()] } else { Vec::new() };
        reply(&seen.message()["id"], &json!({ "tools": tools, "resultType": "complete" }))
    });
    world.sql(
        "INSERT INTO config_version (version, toml, created_at) \
         SELECT 2, replace(toml, '/mcp\"', '/moved\"'), 0 FROM config_version",
    );
    world.pass_time(Duration::from_secs(10));
    let told = agent.refused(world, "get_issue", json!({}));
    assert!(told.contains("/approve/"), "what the one before said of it is not believed: {told}");
}

/// Answers this method with a stream that has these chunks before its answer; other requests as usual, at a service of
/// older revisions only if `older`.
fn before_its_answer(
    service: &Service,
    method: &'static str,
    older: bool,
    chunks: impl Fn() -> Vec<Chunk> + Send + 'static,
) {
    service.answers(move |seen| {
        let message = seen.message();
        if message["method"] != method {
            let newer = older && message["method"] == "server/discover";
            return newer.then(|| error(400, &message["id"], -32601, "no such method", &Value::Null));
        }
        let result = match method {
            "initialize" => json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "serverInfo": { "name": "x", "version": "1" } }),
            "server/discover" => json!({ "supportedVersions": [MODERN], "capabilities": {}, "resultType": "complete" }),
            _ => json!({ "tools": [{ "name": "get_issue", "inputSchema": { "type": "object" }, "annotations": { "readOnlyHint": true } }], "resultType": "complete" }),
        };
        let answer = json!({ "jsonrpc": "2.0", "id": message["id"], "result": result });
        let answer = Chunk::Bytes(format!("data: {answer}\n\n").into());
        Some(Reply::chunks(200, "text/event-stream", chunks().into_iter().chain([answer]).collect()))
    });
}

/// Calls a tool whose service does this in the answer to each thing that the gateway has to know first; gives what the
/// model reads.
fn asked_first(world: &mut World, chunks: fn() -> Vec<Chunk>) -> Vec<String> {
    let person = Person::internal();
    let (desk, mail) = (Agent::of(world, &person, "desk"), Agent::of(world, &person, "mail"));
    let mut told = Vec::new();
    for method in ["server/discover", "initialize", "tools/list"] {
        before_its_answer(&world.stage.desk, method, true, chunks);
        told.push(desk.refused(world, "get_issue", json!({})));
    }
    before_its_answer(&world.stage.mail, "tools/list", false, chunks);
    told.push(mail.refused(world, "get_issue", json!({})));
    assert!(world.stage.desk.calls().is_empty() && world.stage.mail.calls().is_empty(), "{told:?}");
    told
}

fn what_the_gateway_asks_itself_has_the_services_time_in_all(world: &mut World) {
    const NOTE: &str = "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{\"level\":\"info\",\"data\":1}}\n\n";
    // Each pause is shorter than the service's timeout, all of them together are not.
    let told = asked_first(world, || {
        let pause = || [vec![Chunk::Later; 5], vec![Chunk::Bytes(NOTE.into())]].concat();
        (0..10).flat_map(|_| pause()).collect()
    });
    assert!(told.iter().all(|told| told.contains("did not answer within 2s")), "{told:?}");
}

fn what_the_gateway_asks_itself_has_an_end(world: &mut World) {
    let told = asked_first(world, || {
        let note = format!(
            "data: {{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{{\"data\":\"{}\"}}}}\n\n",
            "x".repeat(1024 * 1024)
        );
        vec![Chunk::Bytes(note.into()); 40]
    });
    // A slow machine may need more than the service's time for it.
    let ends =
        |told: &String| told.contains("more than 16777216 bytes") || told.contains("did not answer within");
    assert!(told.iter().all(ends), "{told:?}");
}

/// Makes the desk one of this older revision, whose answers to calls are this; a note that says who reads along comes with
/// the result.
fn batching(world: &World, revision: &'static str, answer: fn(&Value, &Value) -> Reply) {
    only_older(world, move |seen| {
        let message = seen.message();
        match message["method"].as_str() {
            Some("initialize") => {
                let result = json!({ "protocolVersion": revision, "capabilities": { "tools": {} }, "serverInfo": { "name": "x", "version": "1" } });
                Some(reply(&message["id"], &result).header("mcp-session-id", "planted-session-4711"))
            }
            Some("tools/call") => {
                let note = json!({ "jsonrpc": "2.0", "method": "notifications/progress", "params": { "progressToken": 1, "progress": 1, "message": "mia.muster@kunde.example" } });
                let result = json!({ "content": [{ "type": "text", "text": "for mia.muster@kunde.example" }], "isError": false });
                Some(answer(&json!({ "jsonrpc": "2.0", "id": message["id"], "result": result }), &note))
            }
            _ => None,
        }
    });
}

/// Clients of each way to a service of an older revision: told in another, in their own, and at the address of all.
fn of_each_way(world: &mut World) -> [Agent; 3] {
    let person = Person::internal();
    let modern = Agent::of(world, &person, "desk");
    let mut own = Agent::of(world, &person, "desk").speaking("2025-03-26");
    own.session = None;
    let mut all = Agent::of(world, &person, "").speaking("2025-03-26");
    all.initialize(world);
    [modern, own, all]
}

fn calls(world: &mut World, agent: &Agent) -> Answer {
    let tool = if agent.service.is_empty() { "desk__get_issue" } else { "get_issue" };
    agent.send(world, "tools/call", json!({ "name": tool, "arguments": {}, "_meta": { "progressToken": 1 } }))
}

fn a_batch_of_a_service_is_its_messages(world: &mut World) {
    let answers: [fn(&Value, &Value) -> Reply; 3] = [
        |result, note| Reply::new(200, "application/json", json!([result, note]).to_string()),
        |result, note| {
            let (first, last) = (json!([note, note]), json!([note, result]));
            Reply::new(200, "text/event-stream", format!("data: {first}\n\nid: 1\ndata: {last}\n\n"))
        },
        |result, note| Reply::new(200, "text/event-stream", format!("data: {note}\n\ndata: [{result}]\n\n")),
    ];
    for (answer, notes) in answers.into_iter().zip([1, 3, 1]) {
        batching(world, "2025-03-26", answer);
        for agent in of_each_way(world) {
            let answer = calls(world, &agent);
            let events = answer.events();
            assert_eq!(events.len(), notes + 1, "{}: {}", agent.revision, answer.text());
            let (result, before) = events.split_last().unwrap();
            assert!(
                before.iter().all(|note| note["method"] == "notifications/progress"),
                "{}",
                answer.text()
            );
            assert_eq!((&result["id"], &result["result"]["isError"]), (&json!(7), &json!(false)));
            assert!(!answer.text().contains("mia.muster"), "{}", answer.text());
        }
    }
    assert_eq!(world.recorded("tool_called", "ok", None), 9);
}

fn an_array_is_no_message_of_other_revisions(world: &mut World) {
    let batch: fn(&Value, &Value) -> Reply =
        |result, note| Reply::new(200, "application/json", json!([note, result]).to_string());
    let nothing: fn(&Value, &Value) -> Reply = |_, _| Reply::new(200, "application/json", "[]");
    for (revision, answer) in [("2025-06-18", batch), ("2025-03-26", nothing)] {
        batching(world, revision, answer);
        let [modern, mut own, all] = of_each_way(world);
        own.revision = revision;
        for agent in [modern, own, all] {
            let answer = calls(world, &agent);
            assert!(answer.text().contains("did not answer as an MCP server"), "{}", answer.text());
            assert!(!answer.text().contains("mia.muster"), "{}", answer.text());
        }
    }
}

/// A tool that says that it destroys something, and has a header.
fn destroying(name: &str) -> Value {
    let to = json!({ "to": { "type": "string", "x-mcp-header": "To" } });
    json!({ "name": name, "inputSchema": { "type": "object", "properties": to }, "annotations": { "destructiveHint": true } })
}

fn a_list_of_tools_that_goes_on_and_on_is_none(world: &mut World) {
    world.stage.desk.lists(|seen| {
        let message = seen.message();
        let at: usize = message["params"]["cursor"].as_str().map_or(0, |cursor| cursor.parse().unwrap());
        let tool = destroying(&format!("get_{at}"));
        reply(
            &message["id"],
            &json!({ "tools": [tool], "nextCursor": (at + 1).to_string(), "resultType": "complete" }),
        )
    });
    let agent = Agent::of(world, &Person::internal(), "desk");
    for tool in ["get_19", "get_25", "get_1000"] {
        let told = agent.refused(world, tool, json!({ "to": "x" }));
        assert!(told.contains("goes on after 100 pages"), "{told}");
    }
    assert!(world.stage.desk.calls().is_empty(), "nobody knows what they do");
}

fn a_last_page_that_names_itself_is_the_last(world: &mut World) {
    for cursor in ["", "same"] {
        world.stage.desk.lists(move |seen| {
            let tools = json!([{ "name": "get_all", "inputSchema": { "type": "object" }, "annotations": { "readOnlyHint": true } }]);
            let result = json!({ "tools": tools, "nextCursor": cursor, "resultType": "complete" });
            reply(&seen.message()["id"], &result)
        });
        let agent = Agent::of(world, &Person::internal(), "desk");
        agent.read(world, "get_all", json!({}));
        world.pass_time(Duration::from_secs(600));
    }
}

fn what_a_service_read_is_not_sent_again(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let padded = " ".repeat(16 * 1024);
    let answers: [(u16, i64, &str, &str); 5] = [
        (404, -32000, "Comment was added; the issue's watcher was not found", ""),
        (400, -32000, "Card was charged; then the checkout session expired", ""),
        (404, -32601, "no such method", ""),
        (404, -32603, "Session not found", ""),
        (400, -32000, "Session not found", &padded),
    ];
    for (at, (status, code, text, padding)) in answers.into_iter().enumerate() {
        let padding = padding.to_owned();
        only_older(world, move |seen| {
            let message = seen.message();
            let body =
                json!({ "jsonrpc": "2.0", "id": message["id"], "error": { "code": code, "message": text } });
            let body = format!("{body}{padding}");
            (message["method"] == "tools/call").then(|| Reply::new(status, "application/json", body))
        });
        agent.tools(world);
        let answer = agent.send(world, "tools/call", json!({ "name": "add_comment", "arguments": {} }));
        assert_eq!(last(&answer)["error"]["code"], code, "{}", answer.text());
        assert_eq!(world.stage.desk.calls().len(), at + 1, "{text}");
    }
}

fn a_refusal_without_end_is_not_waited_for(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    only_older(world, |_| None);
    agent.tools(world);
    only_older(world, |seen| {
        (seen.message()["method"] == "tools/list").then(|| {
            let chunks = Box::new(std::iter::repeat(Chunk::Later)) as Box<dyn Iterator<Item = Chunk> + Send>;
            let mut response = http::Response::new(chunks);
            *response.status_mut() = http::StatusCode::BAD_REQUEST;
            Reply::Response(response)
        })
    });
    let told = agent.refused(world, "unheard_of", json!({}));
    assert!(told.contains("did not answer within 2s"), "{told}");
}

fn a_method_that_a_service_lacks_says_nothing_of_what_it_speaks(world: &mut World) {
    let (own, mut all) = (
        Agent::of(world, &Person::internal(), "desk"),
        Agent::of(world, &Person::internal(), "").speaking("2025-06-18"),
    );
    all.initialize(world);
    for _ in 0..3 {
        let answer = own.send(world, "prompts/list", json!({}));
        assert_eq!(answer.json()["error"]["code"], -32601, "{}", answer.text());
        let params = json!({ "ref": { "type": "ref/prompt", "name": "desk__x" }, "argument": { "name": "a", "value": "b" } });
        all.send(world, "completion/complete", params);
        own.read(world, "get_issue", json!({}));
    }
    let asked = |seen: &Seen| seen.message()["method"] == "server/discover";
    let asked = world.stage.desk.seen().iter().filter(|seen| asked(seen)).count();
    assert_eq!(asked, 1, "what it speaks is known");
}

fn one_request_listens_to_a_hundred_resources_of_an_older_service(world: &mut World) {
    only_older(world, |seen| (seen.method == "GET").then(|| Reply::new(405, "text/plain", "")));
    let agent = Agent::of(world, &Person::internal(), "desk");
    let filter = |number: usize| {
        let uris: Vec<String> = (0..number).map(|at| format!("x:{at}")).collect();
        json!({ "notifications": { "resourceSubscriptions": uris } })
    };
    let answer = agent.send(world, "subscriptions/listen", filter(101));
    assert_eq!(answer.json()["error"]["code"], -32602, "{}", answer.text());
    assert!(answer.text().contains("at most 100"), "{}", answer.text());
    let sent = |seen: &Seen| seen.message()["method"] == "resources/subscribe";
    assert!(!world.stage.desk.seen().iter().any(sent));
    let mut open = agent.open(world, "subscriptions/listen", filter(100));
    let first = open.event(&mut String::new()).unwrap();
    assert_eq!(first["method"], "notifications/subscriptions/acknowledged", "{first}");
}

fn a_service_that_only_wants_to_be_asked_again_is_given_pauses(world: &mut World) {
    let mut agent = Agent::of(world, &Person::internal(), "").speaking("2025-06-18");
    agent.initialize(world);
    for (patience, words, calls) in [(2, "done", 3), (usize::MAX, "asks again and again", 5)] {
        let asked = AtomicUsize::new(0);
        let before = world.stage.desk.calls().len();
        world.stage.desk.replies(move |seen| {
            let done = asked.fetch_add(1, Ordering::SeqCst) >= patience;
            let result = match done {
                true => json!({ "resultType": "complete", "content": [{ "type": "text", "text": "done" }] }),
                false => json!({ "resultType": "input_required", "requestState": "s" }),
            };
            reply(&seen.message()["id"], &result)
        });
        let answer = self::calls(world, &agent);
        assert!(text(&last(&answer)["result"]).contains(words), "{}", answer.text());
        assert_eq!(world.stage.desk.calls().len() - before, calls);
    }
}

fn an_error_of_no_request_is_the_answer_only_if_nothing_else_is(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    for alone in [false, true] {
        only_older(world, move |seen| {
            let message = seen.message();
            let hint =
                json!({ "jsonrpc": "2.0", "id": null, "error": { "code": -32000, "message": "a hint" } });
            let result = json!({ "content": [{ "type": "text", "text": "done" }], "isError": false });
            let done = json!({ "jsonrpc": "2.0", "id": message["id"], "result": result });
            let events = if alone { vec![event(&hint)] } else { vec![event(&hint), event(&done)] };
            (message["method"] == "tools/call").then(|| stream(events.into_iter()))
        });
        let told = last(&calls(world, &agent));
        match alone {
            true => assert_eq!(told["error"]["code"], -32000, "{told}"),
            false => assert_eq!(text(&told["result"]), "done", "{told}"),
        }
    }
}

/// By HTTP+SSE answers come on the one stream.
fn an_answer_where_it_was_posted_is_one(world: &mut World) {
    for (content_type, twice) in
        [("application/json", false), ("text/event-stream", false), ("application/json", true)]
    {
        let said: Arc<std::sync::Mutex<Vec<Value>>> = Arc::default();
        world.stage.desk.answers(move |seen| {
            let message = seen.message();
            if seen.method == "GET" {
                let said = Arc::clone(&said);
                let first = Chunk::Bytes("event: endpoint\ndata: /messages\n\n".into());
                return Some(stream(std::iter::once(first).chain(std::iter::from_fn(move || {
                    let mut said = said.lock().unwrap();
                    Some(if said.is_empty() { Chunk::Later } else { event(&said.remove(0)) })
                }))));
            }
            if !seen.uri.ends_with("/messages") {
                return Some(Reply::new(405, "text/plain", ""));
            }
            let result = match message["method"].as_str().unwrap_or_default() {
                "initialize" => json!({ "protocolVersion": "2024-11-05", "capabilities": { "tools": {} },
                    "serverInfo": { "name": "desk", "version": "1" } }),
                "tools/list" => {
                    json!({ "tools": [{ "name": "get_issue", "inputSchema": { "type": "object" } }] })
                }
                "tools/call" => {
                    json!({ "content": [{ "type": "text", "text": "done there" }], "isError": false })
                }
                _ => return Some(Reply::new(202, "text/plain", "Accepted")),
            };
            let answer = json!({ "jsonrpc": "2.0", "id": message["id"], "result": result });
            if twice {
                said.lock().unwrap().push(answer.clone());
            }
            Some(match content_type {
                "application/json" => Reply::new(200, content_type, answer.to_string()),
                _ => Reply::chunks(200, content_type, vec![event(&answer)]),
            })
        });
        let agent = Agent::of(world, &Person::internal(), "desk");
        assert_eq!(agent.read(world, "get_issue", json!({})), "done there", "{content_type} {twice}");
    }
}

fn a_service_is_told_what_a_client_cannot_do(world: &mut World) {
    only_older(world, |seen| {
        let message = seen.message();
        if message["method"] != "tools/call" {
            return message.get("error").map(|_| Reply::new(202, "text/plain", ""));
        }
        let url = json!({ "mode": "url", "message": "Visit", "url": "https://desk.example.com/" });
        let ask = |id: &str, method: &str, params: &Value| {
            event(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))
        };
        let done = json!({ "content": [{ "type": "text", "text": "done without" }], "isError": false });
        let says = vec![
            ask("page", "elicitation/create", &url),
            ask("roots", "roots/list", &json!({})),
            ask("odd", "odd/method", &json!({})),
            event(&json!({ "jsonrpc": "2.0", "id": message["id"], "result": done })),
        ];
        Some(stream(says.into_iter()))
    });
    let agent = Agent::of(world, &Person::internal(), "desk").able(json!({ "elicitation": {} }));
    assert_eq!(agent.read(world, "get_issue", json!({})), "done without");
    let told: Vec<Value> = world.stage.desk.seen().iter().map(Seen::message).collect();
    for (id, code, word) in [
        ("page", -32602, "elicitation.url"),
        ("roots", -32601, "capability roots"),
        ("odd", -32601, "not known"),
    ] {
        let error = &told.iter().find(|message| message["id"] == id).expect(id)["error"];
        let text = error["message"].as_str().unwrap_or_default();
        assert!(error["code"] == code && text.contains(word), "{id}: {error}");
    }
}

fn what_names_something_twice_is_not_handed_on(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    for result in [
        r#"{"content":[],"content":[{"type":"text","text":"done"}]}"#,
        r#"{"content":[{"type":"text","text":"one","text":"two"}]}"#,
    ] {
        world.stage.desk.results(result);
        let told = agent.refused(world, "get_issue", json!({}));
        assert!(told.contains("can be read in only one way"), "{told}");
    }
}
