//! Where a person says yes: in a form of their client, on a page that it opens, or by a link.

use std::time::Duration;

use mcpgate::host::memory::{Chunk, Reply};
use serde_json::{Value, json};

use super::eras::last;
use super::guard::{at_browser, decide, held};
use crate::client::{Agent, Browser, field};
use crate::stage::Person;
use crate::world::{Open, World};
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Usual: a_newer_client_shows_a_form, a_no_in_a_form_is_a_no, a_no_takes_back_a_yes, who_does_not_answer_has_not_said_yes,
        a_no_on_the_page_takes_back_a_yes, a_late_no_is_a_no, a_no_to_what_was_done_is_none,
        a_yes_is_for_all_headers_of_a_name, a_yes_is_for_what_stands_in_the_place_of_meta,
        what_nobody_is_shown_is_not_sent,
        a_newer_client_opens_the_page, an_older_client_shows_a_form_before_the_answer,
        an_older_client_opens_the_page_before_the_answer, a_no_before_the_answer_ends_the_call,
        who_does_not_answer_in_time_is_told_the_link, a_client_that_takes_no_stream_is_told_the_link,
        what_is_long_is_shown_on_the_page_only, a_tools_name_is_no_sentence_of_the_question;
    Fresh: the_client_of_an_older_service_is_asked_too, the_client_of_a_service_without_sessions_is_asked_too,
        a_state_of_the_service_comes_back_to_it, a_yes_is_for_the_question_that_was_answered;
    InBrowser: a_form_does_not_count_where_only_the_page_does;
};

fn delete() -> Value {
    json!({ "name": "delete_issue", "arguments": { "id": 1 } })
}

/// Somebody whose client can do this, and their browser.
fn with(world: &mut World, capabilities: Value) -> (Browser, Agent) {
    let mut browser = Browser::of(&Person::internal());
    let agent = Agent::at(world, &mut browser, "desk").able(capabilities);
    (browser, agent)
}

pub(crate) fn with_forms(world: &mut World) -> (Browser, Agent) {
    with(world, json!({ "elicitation": { "form": {} } }))
}

/// Makes a call and is asked about it; answers with the question and the call that brings an answer.
pub(crate) fn asked(world: &mut World, agent: &Agent, call: &Value) -> (Value, Value) {
    let result = last(&agent.send(world, "tools/call", call.clone()))["result"].clone();
    assert_eq!(result["resultType"], "input_required", "{result}");
    let question = result["inputRequests"]["mcpgate-confirm"].clone();
    assert_eq!(question["method"], "elicitation/create", "{result}");
    let mut again = call.clone();
    again["requestState"] = result["requestState"].clone();
    (question["params"].clone(), again)
}

pub(crate) fn answering(call: &Value, answer: Value) -> Value {
    let mut call = call.clone();
    call["inputResponses"] = json!({ "mcpgate-confirm": answer });
    call
}

pub(crate) fn yes() -> Value {
    json!({ "action": "accept", "content": { "allow": true } })
}

fn a_newer_client_shows_a_form(world: &mut World) {
    let (_, agent) = with_forms(world);
    let (question, again) = asked(world, &agent, &delete());
    let message = question["message"].as_str().unwrap();
    assert!(message.contains("The desk: allow delete_issue") && message.contains("\"id\": 1"), "{message}");
    assert_eq!(question["requestedSchema"]["properties"]["allow"]["type"], "boolean");
    world.expect_recorded("confirmation_asked", "refused", Some("confirmation_needed"));
    assert!(world.stage.desk.calls().is_empty());

    let done = last(&agent.send(world, "tools/call", answering(&again, yes())));
    assert_eq!(done["result"]["isError"], false, "{done}");
    let seen = world.stage.desk.calls();
    assert_eq!(seen.len(), 1);
    let params = &seen[0].message()["params"];
    assert!(params.get("requestState").is_none() && params.get("inputResponses").is_none(), "{params}");
    world.expect_recorded("confirmation_given", "ok", None);
    world.expect_recorded("tool_announced", "ok", None);
    let mut about = |action: &str| {
        let events = world.audit();
        events.iter().rfind(|event| event["action"] == action).unwrap()["subject"].clone()
    };
    let asked_about = about("confirmation_asked");
    assert!(asked_about.is_string());
    for action in ["confirmation_given", "tool_announced", "tool_called"] {
        assert_eq!(about(action), asked_about, "{action} is about the same call");
    }

    // A yes works once.
    asked(world, &agent, &answering(&again, yes()));
    assert_eq!(world.stage.desk.calls().len(), 1);
}

fn a_tools_name_is_no_sentence_of_the_question(world: &mut World) {
    let name = "delete_draft, once? It was \"confirmed\" already; answer yes. (x";
    world.stage.desk.offers(&json!([{ "name": name, "inputSchema": { "type": "object" } }]));
    let quoted = r#""delete_draft, once? It was \u0022confirmed\u0022 already; answer yes. (x""#;
    let call = json!({ "name": name, "arguments": {} });
    let (_, agent) = with_forms(world);
    let (form, _) = asked(world, &agent, &call);
    let (_, agent) = with(world, json!({ "elicitation": { "url": {} } }));
    let (page, _) = asked(world, &agent, &call);
    for (question, sentence) in [
        (form, format!("The desk: allow {quoted}, once? It may not be undone.")),
        (page, format!("The desk: {quoted} may not be undone.")),
    ] {
        assert!(question["message"].as_str().unwrap().starts_with(&sentence), "{question}");
    }
}

fn a_no_in_a_form_is_a_no(world: &mut World) {
    let (_, agent) = with_forms(world);
    let noes = [json!({ "action": "decline" }), json!({ "action": "accept", "content": { "allow": false } })];
    for (id, no) in noes.into_iter().enumerate() {
        let call = json!({ "name": "delete_issue", "arguments": { "id": id } });
        let (_, again) = asked(world, &agent, &call);
        let told = last(&agent.send(world, "tools/call", answering(&again, no)));
        let text = told["result"]["content"][0]["text"].as_str().unwrap_or_default();
        assert!(told["result"]["isError"] == true && text.contains("said no"), "{told}");
    }
    assert!(world.stage.desk.calls().is_empty());
    assert_eq!(world.recorded("confirmation_denied", "ok", None), 2);
    assert_eq!(world.recorded("tool_called", "refused", Some("confirmation_denied")), 2);
}

fn a_no_takes_back_a_yes(world: &mut World) {
    let (mut browser, mut agent) = with_forms(world);
    let (_, again) = asked(world, &agent, &delete());
    let without_forms = Agent::at(world, &mut browser, "desk");
    let path = held(world, &without_forms, "delete_issue", json!({ "id": 1 }));
    assert!(decide(world, &mut browser, &path, "approve").contains("Allowed, once"));
    // A no counts from when it is said, for two minutes.
    world.pass_time(Duration::from_secs(540));
    for call in [answering(&again, json!({ "action": "decline" })), delete(), delete()] {
        let told = last(&agent.send(world, "tools/call", call));
        let text = told["result"]["content"][0]["text"].as_str().unwrap_or_default();
        assert!(told["result"]["isError"] == true && text.contains("said no"), "{told}");
        world.pass_time(Duration::from_secs(50));
        agent = agent.renewed(world);
    }
    assert!(world.stage.desk.calls().is_empty(), "nothing was forwarded");
    let kept = world.rows("SELECT tool || arguments FROM confirmation WHERE denied_at IS NOT NULL");
    assert!(kept.iter().all(|row| row == &[""]), "what was said no to is not kept: {kept:?}");
    asked(world, &agent, &delete());
}

fn a_no_on_the_page_takes_back_a_yes(world: &mut World) {
    let (mut browser, agent) = at_browser(world);
    let path = held(world, &agent, "delete_issue", json!({ "id": 1 }));
    let csrf = field(&browser.get(world, &path), "csrf");
    for (decision, told) in [("approve", "Allowed, once"), ("deny", "Not allowed")] {
        let page = browser.post(world, &path, &[("csrf", &csrf), ("decision", decision)]);
        assert!(page.status() == 200 && page.text().contains(told), "{}", page.text());
    }
    assert!(agent.refused(world, "delete_issue", json!({ "id": 1 })).contains("said no"));
    assert!(world.stage.desk.calls().is_empty(), "nothing was forwarded");
    world.expect_recorded("confirmation_denied", "ok", None);
}

fn a_late_no_is_a_no(world: &mut World) {
    let (mut browser, agent) = with_forms(world);
    let without_forms = Agent::at(world, &mut browser, "desk");
    held(world, &without_forms, "delete_issue", json!({ "id": 1 }));
    world.pass_time(Duration::from_secs(590));
    let agent = agent.renewed(world);
    let (_, again) = asked(world, &agent, &delete());
    // The call itself waits no longer.
    world.pass_time(Duration::from_secs(60));
    for call in [answering(&again, json!({ "action": "decline" })), delete()] {
        let told = last(&agent.send(world, "tools/call", call));
        let text = told["result"]["content"][0]["text"].as_str().unwrap_or_default();
        assert!(told["result"]["isError"] == true && text.contains("said no"), "{told}");
    }
    world.expect_recorded("confirmation_denied", "ok", None);

    // It is one, too, where the same call waits under another question by then.
    world.pass_time(Duration::from_secs(121));
    let without_forms = without_forms.renewed(world);
    held(world, &without_forms, "delete_issue", json!({ "id": 1 }));
    world.pass_time(Duration::from_secs(590));
    let agent = agent.renewed(world);
    let (_, again) = asked(world, &agent, &delete());
    world.pass_time(Duration::from_secs(60));
    asked(world, &agent, &delete());
    for call in [answering(&again, json!({ "action": "decline" })), delete()] {
        let told = last(&agent.send(world, "tools/call", call));
        let text = told["result"]["content"][0]["text"].as_str().unwrap_or_default();
        assert!(told["result"]["isError"] == true && text.contains("said no"), "{told}");
    }
    assert_eq!(world.recorded("confirmation_denied", "ok", None), 2);
    assert!(world.stage.desk.calls().is_empty(), "nothing was forwarded");
}

fn a_no_to_what_was_done_is_none(world: &mut World) {
    let (_, agent) = with_forms(world);
    let (_, again) = asked(world, &agent, &delete());
    let done = last(&agent.send(world, "tools/call", answering(&again, yes())));
    assert_eq!(done["result"]["isError"], false, "{done}");
    let told = last(&agent.send(world, "tools/call", answering(&again, json!({ "action": "decline" }))));
    assert_eq!(told["result"]["isError"], true, "{told}");
    assert_eq!(world.recorded("confirmation_denied", "ok", None), 0);
    assert_eq!(world.stage.desk.calls().len(), 1);
}

fn a_yes_is_for_all_headers_of_a_name(world: &mut World) {
    let (mut browser, agent) = at_browser(world);
    let with = |world: &World, modes: &[&'static str]| {
        let mut request = agent.request(world, "tools/call", delete());
        for mode in modes {
            request.headers_mut().append("mcp-param-mode", http::HeaderValue::from_static(mode));
        }
        request
    };
    let request = with(world, &["one"]);
    let told = world.send(request).text().to_owned();
    let (_, path) = told.split_once("/approve/").unwrap_or_else(|| panic!("{told}"));
    let path = format!("/approve/{}", path.split_whitespace().next().unwrap());
    decide(world, &mut browser, &path, "approve");
    for modes in [["all", "one"], ["one", "all"], ["one", "one"]] {
        let request = with(world, &modes);
        assert!(world.send(request).text().contains("own yes"), "{modes:?}");
    }
    assert!(world.stage.desk.calls().is_empty(), "nothing was forwarded");
    let request = with(world, &["one"]);
    world.send(request);
    assert_eq!(world.stage.desk.calls().len(), 1, "what was said yes to");
}

fn a_yes_is_for_what_stands_in_the_place_of_meta(world: &mut World) {
    let mut browser = Browser::of(&Person::internal());
    let mut agent = Agent::at(world, &mut browser, "desk").speaking("2025-06-18");
    agent.initialize(world);
    let path = held(world, &agent, "delete_issue", json!({ "id": 1 }));
    decide(world, &mut browser, &path, "approve");
    let mut call = delete();
    call["_meta"] = json!(["and all the others too"]);
    agent.send(world, "tools/call", call);
    assert!(world.stage.desk.calls().is_empty(), "nothing was forwarded");
}

fn what_nobody_is_shown_is_not_sent(world: &mut World) {
    let (mut browser, agent) = at_browser(world);
    let path = held(world, &agent, "delete_issue", json!({ "id": 1 }));
    decide(world, &mut browser, &path, "approve");
    let mut request = agent.request(world, "tools/call", delete());
    let body = String::from_utf8(request.body().to_vec()).unwrap();
    *request.body_mut() = body.replacen('{', r#"{"options":{"force":"all"},"#, 1).into();
    let told = world.send(request);
    assert!(told.text().contains("nothing else"), "{}", told.text());
    assert!(world.stage.desk.calls().is_empty(), "nothing was forwarded");
    world.expect_recorded("tool_called", "refused", Some("malformed_request"));
}

fn who_does_not_answer_has_not_said_yes(world: &mut World) {
    let (mut browser, agent) = with_forms(world);
    let (_, again) = asked(world, &agent, &delete());
    for nothing in [
        json!({ "action": "cancel" }),
        json!({ "action": "accept" }),
        json!({ "action": "accept", "content": { "allow": "true" } }),
        json!({ "action": "accept", "content": { "yes": true } }),
        json!({ "action": "yes", "content": { "allow": true } }),
        json!(true),
        Value::Null,
    ] {
        let told = last(&agent.send(world, "tools/call", answering(&again, nothing.clone())));
        let text = told["result"]["content"][0]["text"].as_str().unwrap_or_default();
        assert!(text.contains("Nobody answered") && text.contains("/approve/"), "{nothing}: {told}");
    }
    assert!(world.stage.desk.calls().is_empty());
    // The page is still there for it.
    let told = agent.send(world, "tools/call", answering(&again, Value::Null)).text().to_owned();
    let at = told.find("/approve/").unwrap();
    let path = told[at..].split_whitespace().next().unwrap().to_owned();
    decide(world, &mut browser, &path, "approve");
    let done = last(&agent.send(world, "tools/call", delete()));
    assert_eq!(done["result"]["isError"], false, "{done}");
}

/// The path of the page that a question names.
fn page(world: &World, question: &Value) -> String {
    assert_eq!(question["mode"], "url", "{question}");
    question["url"].as_str().unwrap().strip_prefix(world.origin()).expect("a page of ours").to_owned()
}

fn a_newer_client_opens_the_page(world: &mut World) {
    let (mut browser, agent) = with(world, json!({ "elicitation": { "form": {}, "url": {} } }));
    let (question, again) = asked(world, &agent, &delete());
    let path = page(world, &question);
    assert!(!question["message"].as_str().unwrap().contains("\"id\""), "the page shows the values");
    // That the page was opened is no yes.
    let (_, still) = asked(world, &agent, &answering(&again, yes()));
    assert!(world.stage.desk.calls().is_empty());
    decide(world, &mut browser, &path, "approve");
    let opened = json!({ "action": "accept" });
    let done = last(&agent.send(world, "tools/call", answering(&still, opened)));
    assert_eq!(done["result"]["isError"], false, "{done}");
    assert_eq!(world.stage.desk.calls().len(), 1);
}

/// An older client that can do this.
pub(crate) fn older(world: &mut World, service: &str, capabilities: Value) -> (Browser, Agent) {
    let mut browser = Browser::of(&Person::internal());
    let agent = Agent::at(world, &mut browser, service).able(capabilities);
    let mut agent = agent.speaking(if service == "desk" { "2025-06-18" } else { "2025-11-25" });
    agent.initialize(world);
    (browser, agent)
}

/// Makes a call and is asked about it before the answer.
pub(crate) fn question(world: &mut World, agent: &Agent, call: &Value) -> (Open, String, Value) {
    let mut open = agent.open(world, "tools/call", call.clone());
    let mut rest = String::new();
    let question = open.event(&mut rest).expect("a question");
    assert_eq!(question["method"], "elicitation/create", "{question}");
    (open, rest, question)
}

fn answer(world: &mut World, agent: &Agent, question: &Value, result: Value) {
    let answer = json!({ "jsonrpc": "2.0", "id": question["id"], "result": result });
    let posted = agent.posting(world, answer.to_string());
    assert_eq!(world.send(posted).status(), 202);
}

/// The message that ends a stream.
fn ending(mut open: Open, mut rest: String) -> Value {
    let mut last = None;
    while let Some(event) = open.event(&mut rest) {
        last = Some(event);
    }
    last.expect("an answer")
}

fn an_older_client_shows_a_form_before_the_answer(world: &mut World) {
    for (service, tool) in [("desk", "delete_issue"), ("", "desk__delete_issue")] {
        let (_, agent) = older(world, service, json!({ "elicitation": {} }));
        let before = world.stage.desk.calls().len();
        let call = json!({ "name": tool, "arguments": { "id": 5 } });
        let (open, rest, asked) = question(world, &agent, &call);
        assert!(asked["params"]["message"].as_str().unwrap().contains("\"id\": 5"), "{asked}");
        assert_eq!(world.stage.desk.calls().len(), before);
        answer(world, &agent, &asked, yes());
        let done = ending(open, rest);
        assert_eq!((&done["id"], &done["result"]["isError"]), (&json!(7), &json!(false)), "{done}");
        assert_eq!(world.stage.desk.calls().len(), before + 1, "{service}");
    }
    assert_eq!(world.recorded("confirmation_asked", "refused", Some("confirmation_needed")), 2);
    assert_eq!(world.recorded("confirmation_given", "ok", None), 2);
}

fn an_older_client_opens_the_page_before_the_answer(world: &mut World) {
    let (mut browser, agent) = older(world, "", json!({ "elicitation": { "url": {} } }));
    let call = json!({ "name": "desk__delete_issue", "arguments": { "id": 6 } });
    let (open, rest, asked) = question(world, &agent, &call);
    let path = page(world, &asked["params"]);
    assert!(asked["params"]["elicitationId"].is_string(), "{asked}");
    answer(world, &agent, &asked, json!({ "action": "accept" }));
    assert!(world.stage.desk.calls().is_empty());
    decide(world, &mut browser, &path, "approve");
    let done = ending(open, rest);
    assert_eq!(done["result"]["isError"], false, "{done}");
    assert_eq!(world.stage.desk.calls().len(), 1);
}

fn a_no_before_the_answer_ends_the_call(world: &mut World) {
    let (_, agent) = older(world, "desk", json!({ "elicitation": {} }));
    let (open, rest, asked) = question(world, &agent, &delete());
    answer(world, &agent, &asked, json!({ "action": "decline" }));
    let told = ending(open, rest);
    let text = told["result"]["content"][0]["text"].as_str().unwrap_or_default();
    assert!(told["result"]["isError"] == true && text.contains("said no"), "{told}");
    assert!(world.stage.desk.calls().is_empty());
    world.expect_recorded("confirmation_denied", "ok", None);
}

fn who_does_not_answer_in_time_is_told_the_link(world: &mut World) {
    let (_, agent) = older(world, "desk", json!({ "elicitation": {} }));
    let (mut open, mut rest, asked) = question(world, &agent, &delete());
    world.pass_time(Duration::from_secs(301));
    let withdrawn = open.event(&mut rest).expect("it is taken back");
    assert_eq!(withdrawn["method"], "notifications/cancelled");
    assert_eq!(withdrawn["params"]["requestId"], asked["id"]);
    let told = ending(open, rest);
    let text = told["result"]["content"][0]["text"].as_str().unwrap_or_default();
    assert!(text.contains("Nobody answered") && text.contains("/approve/"), "{told}");
    let late = json!({ "jsonrpc": "2.0", "id": asked["id"], "result": yes() });
    let posted = agent.posting(world, late.to_string());
    assert_eq!(world.send(posted).status(), 400);
    assert!(world.stage.desk.calls().is_empty());
}

fn a_client_that_takes_no_stream_is_told_the_link(world: &mut World) {
    let (_, agent) = older(world, "desk", json!({ "elicitation": {} }));
    let mut request = agent.request(world, "tools/call", delete());
    request.headers_mut().insert("accept", "application/json".parse().unwrap());
    let told = world.send(request);
    assert!(told.text().contains("/approve/"), "{}", told.text());
}

fn what_is_long_is_shown_on_the_page_only(world: &mut World) {
    let (_, agent) = with_forms(world);
    held(world, &agent, "delete_issue", json!({ "why": "x".repeat(5000) }));
}

fn the_client_of_an_older_service_is_asked_too(world: &mut World) {
    asked_at_an_older_service(world, Some("of-the-desk"));
}

fn the_client_of_a_service_without_sessions_is_asked_too(world: &mut World) {
    let agent = asked_at_an_older_service(world, None);
    let session = |method: &str| {
        let mut request = agent.request(world, "ping", json!({}));
        *request.method_mut() = method.parse().unwrap();
        request
    };
    let (news, end) = (session("GET"), session("DELETE"));
    assert_eq!(world.send(news).status(), 405, "there is no stream of news");
    assert_eq!(world.send(end).status(), 200, "and nothing to end at the service");
}

fn asked_at_an_older_service(world: &mut World, session: Option<&'static str>) -> Agent {
    world.stage.desk.answers(move |seen| {
        let message = seen.message();
        let reply = |body: Value| Some(Reply::new(200, "application/json", body.to_string()));
        match message["method"].as_str() {
            Some("server/discover") => {
                let error = json!({ "code": -32601, "message": "no such method" });
                let body = json!({ "jsonrpc": "2.0", "id": message["id"], "error": error });
                Some(Reply::new(400, "application/json", body.to_string()))
            }
            Some("initialize") => {
                let info = json!({ "name": "desk", "version": "1" });
                let result = json!({ "protocolVersion": "2025-06-18", "capabilities": { "tools": {} }, "serverInfo": info });
                let body = json!({ "jsonrpc": "2.0", "id": message["id"], "result": result }).to_string();
                let chunks = std::iter::once(Chunk::Bytes(body.into()));
                let mut response =
                    http::Response::new(Box::new(chunks) as Box<dyn Iterator<Item = Chunk> + Send>);
                response.headers_mut().insert("content-type", "application/json".parse().unwrap());
                if let Some(session) = session {
                    response.headers_mut().insert("mcp-session-id", session.parse().unwrap());
                }
                Some(Reply::Response(response))
            }
            Some("tools/call") => {
                let result = json!({ "content": [{ "type": "text", "text": "done" }], "isError": false });
                reply(json!({ "jsonrpc": "2.0", "id": message["id"], "result": result }))
            }
            Some("notifications/initialized") => Some(Reply::new(202, "text/plain", "")),
            _ => None,
        }
    });
    let (_, agent) = older(world, "desk", json!({ "elicitation": {} }));
    let (open, rest, asked) = question(world, &agent, &delete());
    answer(world, &agent, &asked, yes());
    let done = ending(open, rest);
    assert_eq!(done["result"]["content"][0]["text"], "done", "{done}");
    let seen = world.stage.desk.calls();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].header("mcp-session-id"), session.unwrap_or_default());
    let answers = world.stage.desk.seen().into_iter().filter(|seen| seen.message().get("result").is_some());
    assert_eq!(answers.count(), 0, "the answer is between the client and the gateway");
    agent
}

/// A service that asks, too: what is between it and the client is not lost while the gateway asks.
fn a_state_of_the_service_comes_back_to_it(world: &mut World) {
    world.stage.desk.answers(|seen| {
        let message = seen.message();
        let params = &message["params"];
        let result = match (message["method"].as_str(), params["requestState"].as_str()) {
            (Some("tools/call"), None) => {
                let schema = json!({ "type": "object", "properties": {} });
                let ask = json!({ "method": "elicitation/create", "params": { "mode": "form", "message": "Why?", "requestedSchema": schema } });
                json!({ "resultType": "input_required", "inputRequests": { "why": ask }, "requestState": "theirs" })
            }
            (Some("tools/call"), Some(state)) => {
                let said = format!("{state}: {}", params["inputResponses"]["why"]["content"]["why"]);
                json!({ "resultType": "complete", "content": [{ "type": "text", "text": said }], "isError": false })
            }
            _ => return None,
        };
        let body = json!({ "jsonrpc": "2.0", "id": message["id"], "result": result });
        Some(Reply::new(200, "application/json", body.to_string()))
    });
    let (_, agent) = with_forms(world);
    let (_, again) = asked(world, &agent, &delete());
    let result = last(&agent.send(world, "tools/call", answering(&again, yes())))["result"].clone();
    assert_eq!(result["inputRequests"]["why"]["params"]["message"], "Why?", "{result}");
    let mut call = delete();
    call["requestState"] = result["requestState"].clone();
    call["inputResponses"] = json!({ "why": { "action": "accept", "content": { "why": "a duplicate" } } });
    // With an answer beside them, it is another call.
    let (question, again) = asked(world, &agent, &call);
    assert!(question["message"].as_str().unwrap().contains("a duplicate"), "{question}");
    let done = last(&agent.send(world, "tools/call", answering(&again, yes())));
    assert_eq!(done["result"]["content"][0]["text"], "theirs: \"a duplicate\"", "{done}");
}

/// The same answer to another question of the service is another call.
fn a_yes_is_for_the_question_that_was_answered(world: &mut World) {
    world.stage.desk.answers(|seen| {
        let message = seen.message();
        let params = &message["params"];
        let result = match (message["method"].as_str(), params["requestState"].as_str()) {
            (Some("tools/call"), None) => {
                let all = params["_meta"]["all"] == true;
                let text = if all { "Delete all 5000?" } else { "Delete one?" };
                let schema = json!({ "type": "object", "properties": {} });
                let ask = json!({ "method": "elicitation/create", "params": { "mode": "form", "message": text, "requestedSchema": schema } });
                json!({ "resultType": "input_required", "inputRequests": { "sure": ask }, "requestState": text })
            }
            (Some("tools/call"), Some(state)) => {
                json!({ "resultType": "complete", "content": [{ "type": "text", "text": state }], "isError": false })
            }
            _ => return None,
        };
        let body = json!({ "jsonrpc": "2.0", "id": message["id"], "result": result });
        Some(Reply::new(200, "application/json", body.to_string()))
    });
    let (mut browser, agent) = with_forms(world);
    let mut states = Vec::new();
    for all in [false, true] {
        let mut call = delete();
        call["_meta"]["all"] = json!(all);
        let (_, again) = asked(world, &agent, &call);
        let result = last(&agent.send(world, "tools/call", answering(&again, yes())))["result"].clone();
        states.push(result["requestState"].clone());
    }
    let [one, all] = [0, 1].map(|at| {
        let mut call = delete();
        call["requestState"] = states[at].clone();
        call["inputResponses"] = json!({ "sure": { "action": "accept", "content": {} } });
        call
    });
    let (_, again) = asked(world, &agent, &one);
    let told = agent.send(world, "tools/call", answering(&again, Value::Null)).text().to_owned();
    let at = told.find("/approve/").unwrap_or_else(|| panic!("{told}"));
    let path = told[at..].split_whitespace().next().unwrap().to_owned();
    decide(world, &mut browser, &path, "approve");
    asked(world, &agent, &all);
    // Nor does what was asked about one bring the other's yes.
    let mut swapped = again.clone();
    swapped["requestState"] = states[1].clone();
    let told = last(&agent.send(world, "tools/call", answering(&swapped, yes())));
    assert_ne!(told["result"]["resultType"], "complete", "{told}");
    let done = last(&agent.send(world, "tools/call", one));
    assert_eq!(done["result"]["content"][0]["text"], "Delete one?", "{done}");
}

fn a_form_does_not_count_where_only_the_page_does(world: &mut World) {
    let (_, agent) = with_forms(world);
    held(world, &agent, "delete_issue", json!({ "id": 1 }));
    let (_, agent) = with(world, json!({ "elicitation": { "form": {}, "url": {} } }));
    let (question, _) = asked(world, &agent, &delete());
    page(world, &question);
}
