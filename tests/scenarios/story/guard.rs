//! What a model cannot talk away: confirmation and caps.

use std::time::Duration;

use serde_json::{Value, json};

use crate::client::{Agent, Browser, field};
use mcpgate::host::memory::Reply;

use super::eras::last;
use super::exempt::{event_id, stream as session_stream};
use super::pins::{HONEST, weather};
use super::turns::{event, stream};
use crate::stage::Person;
use crate::world::World;
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Usual: a_destructive_call_waits_for_a_yes_that_works_once, a_denied_call_is_not_made, a_tool_that_calls_itself_destructive_waits_too, the_person_sees_the_real_values,
        a_tool_of_an_unknown_list_is_not_called,
        a_tool_for_clients_that_can_be_asked_is_known_to_be_theirs,
        a_result_that_is_too_large_loses_whole_items, a_result_that_cannot_be_cut_is_withheld,
        a_long_list_beside_a_small_structured_content_is_cut, what_was_done_is_not_asked_for_again,
        the_result_of_a_task_is_cut_where_it_is_told, what_a_task_came_to_is_part_of_what_a_call_says,
        an_error_that_is_too_large_is_withheld, what_a_task_gives_back_is_capped_too,
        a_prompt_or_resource_that_is_too_large_is_withheld, a_page_of_an_app_is_not_for_the_model,
        a_list_of_a_services_own_is_no_list_of_the_protocol,
        on_a_stream_that_is_resumed_a_result_is_capped_whatever_else_it_has,
        a_notification_that_is_too_large_loses_its_text, a_yes_is_for_the_shape_of_the_call,
        a_yes_is_for_what_a_service_reads_in_meta_too, what_is_shared_by_a_service_is_the_persons_own_here,
        the_person_sees_what_hides, every_form_of_a_destructive_word_waits,
        a_tool_that_says_nothing_waits_unless_it_reads,
        a_tool_that_writes_by_its_name_waits_even_if_it_says_that_it_reads,
        what_writes_is_announced_even_if_it_says_that_it_reads, a_tools_own_limit_counts_for_it,
        a_tools_own_limit_counts_on_a_stream_that_is_taken_up,
        what_is_said_before_an_answer_is_no_more_than_a_result,
        what_is_said_on_a_stream_of_news_is_no_more_than_a_result;
    Unguarded: guardrails_that_are_off_stop_and_say_nothing;
    Observing: guardrails_that_observe_stop_nothing_and_say_what_they_would;
    Fresh: a_yes_is_for_the_answers_too_and_outlives_no_state;
};

/// Calls a destructive tool; answers with the path of the approval page.
pub(crate) fn held(world: &mut World, agent: &Agent, tool: &str, arguments: Value) -> String {
    let told = agent.refused(world, tool, arguments);
    let link = format!("{}/approve/", world.origin());
    let at = told.find(&link).unwrap_or_else(|| panic!("no link in {told}"));
    assert!(
        told.contains("own yes") && told.contains("The desk") && told.contains("same arguments"),
        "{told}"
    );
    told[at + world.origin().len()..].split_whitespace().next().unwrap().to_owned()
}

pub(crate) fn decide(world: &mut World, browser: &mut Browser, path: &str, decision: &str) -> String {
    let page = browser.get(world, path);
    assert_eq!(page.status(), 200, "{}", page.text());
    let csrf = field(&page, "csrf");
    let answer = browser.post(world, path, &[("csrf", &csrf), ("decision", decision)]);
    assert_eq!(answer.status(), 200, "{}", answer.text());
    answer.text().to_owned()
}

pub(crate) fn at_browser(world: &mut World) -> (Browser, Agent) {
    let mut browser = Browser::of(&Person::internal());
    let agent = Agent::at(world, &mut browser, "desk");
    (browser, agent)
}

fn a_destructive_call_waits_for_a_yes_that_works_once(world: &mut World) {
    let (mut browser, agent) = at_browser(world);
    let path = held(world, &agent, "delete_issue", json!({ "id": 1 }));
    assert!(world.stage.desk.calls().is_empty(), "nothing was forwarded");
    world.expect_recorded("confirmation_asked", "refused", Some("confirmation_needed"));

    assert!(decide(world, &mut browser, &path, "approve").contains("Allowed, once"));
    assert!(world.stage.desk.calls().is_empty(), "the yes alone does nothing");
    agent.read(world, "delete_issue", json!({ "id": 1 }));
    assert_eq!(world.stage.desk.calls().len(), 1);
    world.expect_recorded("confirmation_given", "ok", None);
    world.expect_recorded("tool_announced", "ok", None);

    held(world, &agent, "delete_issue", json!({ "id": 1 }));
    assert_eq!(world.stage.desk.calls().len(), 1, "a yes works once");
    assert_eq!(browser.get(world, &path).status(), 404, "and its page is gone");
}

fn a_denied_call_is_not_made(world: &mut World) {
    let (mut browser, agent) = at_browser(world);
    let path = held(world, &agent, "delete_issue", json!({ "id": 1 }));
    assert!(decide(world, &mut browser, &path, "deny").contains("Not allowed"));
    world.expect_recorded("confirmation_denied", "ok", None);
    // Nobody is asked again for ten minutes, and the model hears why.
    let told = agent.refused(world, "delete_issue", json!({ "id": 1 }));
    assert!(told.contains("said no") && !told.contains("/approve/"), "{told}");
    assert_eq!(browser.get(world, &path).status(), 404);
    held(world, &agent, "delete_issue", json!({ "id": 2 }));
    world.pass_time(Duration::from_secs(601));
    let agent = agent.renewed(world);
    let again = held(world, &agent, "delete_issue", json!({ "id": 1 }));
    assert_ne!(again, path);
    assert!(world.stage.desk.calls().is_empty(), "nothing was forwarded");
}

fn a_tool_that_calls_itself_destructive_waits_too(world: &mut World) {
    let (_, agent) = at_browser(world);
    held(world, &agent, "archive", json!({}));
    assert!(world.stage.desk.calls().is_empty(), "nothing was forwarded");
}

/// Services may list a tool only to clients that can do what it needs. The gateway asks for the list by itself when it
/// does not know the tool any more: as that client.
fn a_tool_for_clients_that_can_be_asked_is_known_to_be_theirs(world: &mut World) {
    let able = |capabilities: &Value| !capabilities["elicitation"].is_null();
    world.stage.desk.answers(move |seen| {
        let (message, id) = (seen.message(), seen.id());
        let own = &message["params"]["_meta"]["io.modelcontextprotocol/clientCapabilities"];
        let annotations = json!({ "readOnlyHint": false, "destructiveHint": false });
        let tool =
            json!({ "name": "post_answer", "inputSchema": { "type": "object" }, "annotations": annotations });
        let asks = able(own) || seen.header("mcp-session-id") == "of-an-able-client";
        let result = match message["method"].as_str() {
            Some("tools/list") if asks => json!({ "tools": [tool], "resultType": "complete" }),
            Some("initialize") => json!({
                "protocolVersion": "2025-11-25",
                "capabilities": { "tools": {} },
                "serverInfo": { "name": "scripted", "version": "1" },
            }),
            _ => return None,
        };
        let body = format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{result}}}"#);
        let reply = Reply::new(200, "application/json", body);
        let session =
            if able(&message["params"]["capabilities"]) { "of-an-able-client" } else { "of-another" };
        Some(if message["method"] == "initialize" { reply.header("mcp-session-id", session) } else { reply })
    });
    let newer = Agent::of(world, &Person::internal(), "desk").able(json!({ "elicitation": {} }));
    let mut older = newer.speaking("2025-11-25");
    older.initialize(world);
    for agent in [newer, older] {
        world.restart();
        assert_eq!(agent.read(world, "post_answer", json!({})), "done", "{}", agent.revision);
    }
    // A service of an older revision lists within the session that the call is made in.
    let bridged = Agent::of(world, &Person::of("eras.example.com"), "old").able(json!({ "elicitation": {} }));
    bridged.send(world, "tools/call", json!({ "name": "read", "arguments": {} }));
    let introduced: Vec<Value> = world.stage.eras[1]
        .heard("initialize")
        .iter()
        .map(|seen| seen.message()["params"]["clientInfo"]["name"].clone())
        .collect();
    assert_eq!(introduced.last(), Some(&json!("scripted")), "{introduced:?}");
    let lists = world.stage.eras[1].heard("tools/list");
    let calls = world.stage.eras[1].heard("tools/call");
    assert_eq!(
        lists.last().unwrap().header("mcp-session-id"),
        calls.last().unwrap().header("mcp-session-id")
    );
}

fn a_tool_of_an_unknown_list_is_not_called(world: &mut World) {
    let (_, agent) = at_browser(world);
    world.stage.desk.answers(|seen| {
        (seen.message()["method"] == "tools/list").then(|| Reply::new(429, "text/plain", "later"))
    });
    let told = agent.refused(world, "never_listed", json!({}));
    assert!(told.contains("The desk answered with HTTP 429"), "{told}");
    assert!(world.stage.desk.calls().is_empty(), "nothing was forwarded");
    world.stage.desk.behaves();
}

fn the_person_sees_the_real_values(world: &mut World) {
    let (mut browser, agent) = at_browser(world);
    world.stage.desk.says("Owner: mia.muster@kunde.example");
    let seen = agent.read(world, "get_issue", json!({}));
    let pseudonym = seen.strip_prefix("Owner: ").unwrap();
    let path = held(world, &agent, "delete_issue", json!({ "owner": pseudonym }));
    let page = browser.get(world, &path);
    assert!(page.text().contains("mia.muster@kunde.example"), "{}", page.text());
    assert!(!page.text().contains(pseudonym));
    decide(world, &mut browser, &path, "approve");
    agent.read(world, "delete_issue", json!({ "owner": pseudonym }));
    assert_eq!(world.stage.desk.calls().pop().unwrap().arguments()["owner"], "mia.muster@kunde.example");
}

fn a_result_that_is_too_large_loses_whole_items(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let items: Vec<Value> = (0..100).map(|n| json!({ "n": n, "text": "x".repeat(300) })).collect();
    let structured = json!({ "items": items, "total": 100 });
    let content = json!([{ "type": "text", "text": structured.to_string() }]);
    world.stage.desk.results(
        json!({ "content": content, "structuredContent": structured, "isError": false }).to_string(),
    );
    let seen = agent.call(world, "get_issue", json!({}));
    assert!(seen.to_string().len() <= 16 * 1024);
    let kept = seen["structuredContent"]["items"].as_array().unwrap();
    assert!(!kept.is_empty() && kept[..] == items[..kept.len()]);
    assert_eq!(seen["structuredContent"]["total"], 100);
    let note = seen["content"].as_array().unwrap().last().unwrap()["text"].as_str().unwrap().to_owned();
    assert!(note.contains(&format!("{} of 100", kept.len())), "{note}");
    world.expect_recorded("tool_called", "ok", None);
}

fn a_result_that_cannot_be_cut_is_withheld(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    world.stage.desk.says(&"y".repeat(20_000));
    let told = agent.refused(world, "get_issue", json!({}));
    assert!(told.contains("larger") && told.contains("Ask for less"), "{told}");
    world.expect_recorded("tool_called", "service", Some("result_too_large"));
}

fn a_long_list_beside_a_small_structured_content_is_cut(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let item = |n: usize| json!({ "type": "text", "text": format!("{n} {}", "x ".repeat(150)) });
    let items: Vec<Value> = (0..100).map(item).collect();
    let list: Vec<Value> = (0..300).map(|n| json!({ "n": n, "t": "x ".repeat(50) })).collect();
    let list = json!([{ "type": "text", "text": Value::from(list).to_string() }]);
    for (content, structured, note) in [
        (json!(items), json!({ "ok": true }), "of 100 content items are shown"),
        (list, json!({ "count": 300 }), "of 300 items are shown"),
    ] {
        let result = json!({ "content": content, "structuredContent": structured, "isError": false });
        world.stage.desk.results(result.to_string());
        let told = agent.call(world, "get_issue", json!({}));
        assert_eq!((&told["isError"], &told["structuredContent"]), (&json!(false), &structured));
        let last = told["content"].as_array().unwrap().last().unwrap()["text"].as_str().unwrap();
        assert!(last.contains(note), "{last}");
    }
}

/// What a model reads of a write whose result is withheld is no reason to write again.
fn what_was_done_is_not_asked_for_again(world: &mut World) {
    let hints = json!({ "readOnlyHint": false, "destructiveHint": false });
    world.stage.desk.offers(
        &json!([{ "name": "create_invoice", "inputSchema": { "type": "object" }, "annotations": hints }]),
    );
    let agent = Agent::of(world, &Person::internal(), "desk").speaking("2025-11-25");
    world.stage.desk.says(&"y".repeat(20_000));
    let told = agent.refused(world, "create_invoice", json!({ "amount": 1000 }));
    assert!(told.contains("larger") && told.contains("do not make it again"), "{told}");
    assert!(!told.contains("Ask for less"), "{told}");
    assert_eq!(world.stage.desk.calls().len(), 1);

    begin(world, &agent);
    let result = json!({ "content": [{ "type": "text", "text": "y".repeat(20_000) }] });
    gives(world, "tasks/result", &result);
    let answer = agent.send(world, "tasks/result", json!({ "taskId": "t" }));
    let told = answer.json()["error"]["message"].as_str().unwrap_or_default().to_owned();
    assert!(told.contains("begin it again only if it changes nothing"), "{}", answer.text());
}

fn an_error_that_is_too_large_is_withheld(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    world.stage.desk.replies(|seen| {
        let error = json!({ "code": -32000, "message": "y".repeat(20_000) });
        let body = format!(r#"{{"jsonrpc":"2.0","id":{},"error":{error}}}"#, seen.id());
        Reply::new(200, "application/json", body)
    });
    let told = agent.refused(world, "get_issue", json!({}));
    assert!(told.contains("larger") && !told.contains("yyy"), "{told}");
    world.expect_recorded("tool_called", "service", Some("result_too_large"));
}

/// Answers a method with this result.
fn gives(world: &mut World, method: &'static str, result: &Value) {
    let result = result.to_string();
    world.stage.desk.answers(move |seen| {
        let body = format!(r#"{{"jsonrpc":"2.0","id":{},"result":{result}}}"#, seen.id());
        (seen.message()["method"] == method).then(|| Reply::new(200, "application/json", body))
    });
}

/// Begins a task `t`.
fn begin(world: &mut World, agent: &Agent) {
    gives(world, "tools/call", &json!({ "task": { "taskId": "t", "status": "working" } }));
    let answer = agent.send(world, "tools/call", json!({ "name": "get_issue", "arguments": {}, "task": {} }));
    assert_eq!(answer.json()["result"]["task"]["taskId"], "t", "{}", answer.text());
}

fn what_a_task_gives_back_is_capped_too(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk").speaking("2025-11-25");
    begin(world, &agent);
    let text = "a line\n".repeat(30_000);
    gives(world, "tasks/result", &json!({ "content": [{ "type": "text", "text": text }] }));
    let answer = agent.send(world, "tasks/result", json!({ "taskId": "t" }));
    assert_eq!(answer.status(), 200, "{}", answer.text());
    assert!(answer.text().len() <= 2 * 1024 + 100, "the smallest limit: {} bytes", answer.text().len());
    assert!(answer.text().contains("of 30000 lines are shown"), "{}", answer.text());
}

/// A task `t` that is over, with a long list.
fn over() -> Value {
    let rows: Vec<Value> = (0..400).map(|n| json!({ "n": n, "t": "x ".repeat(25) })).collect();
    let content = json!([{ "type": "text", "text": Value::from(rows).to_string() }]);
    json!({ "taskId": "t", "status": "completed", "ttlMs": 600_000, "result": { "content": content, "isError": false } })
}

/// Calls a tool as a task `t`, in the newest revision.
fn begin_newer(world: &mut World, agent: &Agent) {
    let task = json!({ "resultType": "task", "taskId": "t", "status": "working", "ttlMs": 600_000 });
    gives(world, "tools/call", &task);
    let answer = agent.send(world, "tools/call", json!({ "name": "get_issue", "arguments": {} }));
    assert_eq!(answer.json()["result"]["taskId"], "t", "{}", answer.text());
}

fn the_result_of_a_task_is_cut_where_it_is_told(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    begin_newer(world, &agent);
    world.stage.desk.answers(|seen| {
        let (message, mut task) = (seen.message(), over());
        if message["method"] == "tasks/get" {
            task["resultType"] = json!("complete");
            let body = json!({ "jsonrpc": "2.0", "id": message["id"], "result": task });
            return Some(Reply::new(200, "application/json", body.to_string()));
        }
        let meta = json!({ "io.modelcontextprotocol/subscriptionId": message["id"] });
        let granted = json!({ "notifications": message["params"]["notifications"], "_meta": meta });
        task["_meta"] = meta;
        let note =
            |method: &str, params: Value| json!({ "jsonrpc": "2.0", "method": method, "params": params });
        let told =
            [note("notifications/subscriptions/acknowledged", granted), note("notifications/tasks", task)];
        (message["method"] == "subscriptions/listen")
            .then(|| stream(told.map(|told| event(&told)).into_iter()))
    });
    let asked = agent.send(world, "tasks/get", json!({ "taskId": "t" })).json()["result"].clone();
    let listens = json!({ "notifications": { "taskIds": ["t"] } });
    let events = agent.send(world, "subscriptions/listen", listens).events();
    let heard = events.iter().find(|event| event["method"] == "notifications/tasks");
    let heard = heard.unwrap_or_else(|| panic!("{events:?}"))["params"].clone();
    for told in [asked, heard] {
        assert!(told["status"] == "completed" && told.to_string().len() <= 2048, "{told}");
        let content = &told["result"]["content"];
        let rows: Vec<Value> = serde_json::from_str(content[0]["text"].as_str().unwrap()).unwrap();
        assert!(!rows.is_empty(), "{told}");
        let note = format!("{} of 400 items are shown", rows.len());
        assert!(content[1]["text"].as_str().unwrap().contains(&note), "{told}");
    }
}

fn what_a_task_came_to_is_part_of_what_a_call_says(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    begin_newer(world, &agent);
    let told = json!({ "jsonrpc": "2.0", "method": "notifications/tasks", "params": over() });
    chatty(world, vec![told; 100]);
    let answer = agent.send(world, "tools/call", json!({ "name": "get_issue", "arguments": {} }));
    let told = answer.text().matches("of 400 items are shown").count();
    assert!(told > 0 && answer.text().len() < 20_000, "{told}, {} bytes", answer.text().len());
}

fn a_prompt_or_resource_that_is_too_large_is_withheld(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk").speaking("2025-11-25");
    begin(world, &agent);
    let text = "z".repeat(20_000);
    let content = json!({ "type": "text", "text": text });
    for (method, params, result) in [
        (
            "prompts/get",
            json!({ "name": "p" }),
            json!({ "messages": [{ "role": "user", "content": content }] }),
        ),
        (
            "resources/read",
            json!({ "uri": "x://1" }),
            json!({ "contents": [{ "uri": "x://1", "text": text }] }),
        ),
        ("tasks/get", json!({ "taskId": "t" }), json!({ "result": { "content": [content] } })),
    ] {
        gives(world, method, &result);
        let answer = agent.send(world, method, params);
        let told = answer.json()["error"]["message"].as_str().unwrap_or_default().to_owned();
        assert!(told.contains("larger than") && !answer.text().contains("zzz"), "{method}: {told}");
    }
}

fn a_page_of_an_app_is_not_for_the_model(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let page =
        json!({ "uri": "ui://page", "mimeType": "text/html;profile=mcp-app", "text": "z".repeat(20_000) });
    gives(world, "resources/read", &json!({ "contents": [page] }));
    let answer = agent.send(world, "resources/read", json!({ "uri": "ui://page" }));
    assert_eq!(answer.json()["result"]["contents"][0], page);
    // Nor is any text a page.
    let text = json!({ "uri": "ui://page", "mimeType": "text/plain", "text": "z".repeat(20_000) });
    gives(world, "resources/read", &json!({ "contents": [text] }));
    let answer = agent.send(world, "resources/read", json!({ "uri": "ui://page" }));
    let told = answer.json()["error"]["message"].as_str().unwrap_or_default().to_owned();
    assert!(told.contains("larger than") && !answer.text().contains("zzz"), "{told}");
    gives(world, "resources/read", &json!({ "contents": [page] }));
    // What another resource calls a page is none.
    let answer = agent.send(world, "resources/read", json!({ "uri": "file:///a" }));
    let told = answer.json()["error"]["message"].as_str().unwrap_or_default().to_owned();
    assert!(told.contains("larger than") && !answer.text().contains("zzz"), "{told}");
}

fn a_list_of_a_services_own_is_no_list_of_the_protocol(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk").speaking("2025-11-25");
    gives(world, "issues/list", &json!({ "rows": vec!["z".repeat(100); 200] }));
    let answer = agent.send(world, "issues/list", json!({}));
    let told = answer.json()["error"]["message"].as_str().unwrap_or_default().to_owned();
    assert!(told.contains("larger than") && !answer.text().contains("zzz"), "{}", answer.text());
}

fn on_a_stream_that_is_resumed_a_result_is_capped_whatever_else_it_has(world: &mut World) {
    let mut agent = Agent::of(world, &Person::internal(), "desk").speaking("2025-11-25");
    agent.initialize(world);
    let line = "a line\n".repeat(30_000);
    let tool = weather(HONEST)[0].clone();
    world.stage.desk.answers(move |seen| {
        let result = match (seen.method.as_str(), seen.header("last-event-id")) {
            ("GET", "") => return Some(Reply::new(200, "text/event-stream", "id: 7\ndata:\n\n")),
            ("GET", _) => json!({ "content": [{ "type": "text", "text": line }], "tools": [tool] }),
            _ => return None,
        };
        let message = json!({ "jsonrpc": "2.0", "id": 9, "result": result });
        Some(Reply::new(200, "text/event-stream", format!("data: {message}\n\n")))
    });
    let id = event_id(&session_stream(world, &agent, "", "2025-11-25"));
    let answer = session_stream(world, &agent, &id, "2025-11-25");
    let text = answer.text();
    assert!(text.contains("of 30000 lines are shown") && text.len() < 17_000, "{} bytes", text.len());
}

fn a_notification_that_is_too_large_loses_its_text(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    world.stage.desk.replies(|seen| {
        let long = "z".repeat(20_000);
        let note = |method: &str, params: Value| {
            format!("data: {}\n\n", json!({ "jsonrpc": "2.0", "method": method, "params": params }))
        };
        let answer = json!({ "jsonrpc": "2.0", "id": seen.message()["id"], "result": { "content": [] } });
        let events = [
            note("notifications/message", json!({ "level": "info", "data": { "text": long } })),
            note(
                "notifications/progress",
                json!({ "progressToken": 1, "progress": 2, "total": 3, "message": long }),
            ),
            format!("data: {answer}\n\n"),
        ];
        Reply::new(200, "text/event-stream", events.concat())
    });
    let answer = agent.send(world, "tools/call", json!({ "name": "get_issue", "arguments": {} }));
    let events = answer.events();
    assert!(events.len() == 3 && !answer.text().contains("zzz"), "{} bytes", answer.text().len());
    assert!(events[0]["params"]["data"].as_str().unwrap().starts_with("[mcpgate] "), "{}", events[0]);
    assert!(events[1]["params"]["message"].as_str().unwrap().contains("left out"), "{}", events[1]);
    assert_eq!((&events[1]["params"]["progress"], &events[1]["params"]["total"]), (&json!(2), &json!(3)));
    assert_eq!(events[2]["result"], json!({ "content": [] }));
}

fn a_yes_is_for_the_shape_of_the_call(world: &mut World) {
    let (mut browser, agent) = at_browser(world);
    // One call beside whose arguments another member stands, and one whose arguments look like both.
    let beside = json!({ "name": "delete_issue", "arguments": { "id": 1 }, "x": 1 });
    let told = agent.send(world, "tools/call", beside.clone()).text().to_owned();
    let at = told.find("/approve/").unwrap_or_else(|| panic!("{told}"));
    let path = told[at..].split_whitespace().next().unwrap().to_owned();
    let page = browser.get(world, &path);
    assert_eq!(page.text().matches("<pre").count(), 2, "both are shown, apart: {}", page.text());
    decide(world, &mut browser, &path, "approve");
    held(world, &agent, "delete_issue", json!({ "arguments": { "id": 1 }, "x": 1 }));
    assert!(world.stage.desk.calls().is_empty(), "nothing was forwarded");
    agent.send(world, "tools/call", beside);
    assert_eq!(world.stage.desk.calls().len(), 1);
}

fn a_yes_is_for_what_a_service_reads_in_meta_too(world: &mut World) {
    let (mut browser, agent) = at_browser(world);
    let call = |meta: Value| json!({ "name": "delete_issue", "arguments": { "id": 1 }, "_meta": meta });
    let path = held(world, &agent, "delete_issue", json!({ "id": 1 }));
    decide(world, &mut browser, &path, "approve");
    let told = agent.send(world, "tools/call", call(json!({ "com.example/recursive": true })));
    let at = told.text().find("/approve/").unwrap_or_else(|| panic!("{}", told.text()));
    let path = told.text()[at..].split_whitespace().next().unwrap().to_owned();
    assert!(browser.get(world, &path).text().contains("com.example/recursive"), "the person sees it");
    assert!(world.stage.desk.calls().is_empty(), "nothing was forwarded");
    // What tells one call from another changes nothing.
    agent.send(world, "tools/call", call(json!({ "progressToken": 7 })));
    assert_eq!(world.stage.desk.calls().len(), 1);
}

fn what_is_shared_by_a_service_is_the_persons_own_here(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let contents = json!({ "contents": [{ "uri": "x://1", "text": "jane@kunde.example" }],
        "resultType": "complete", "ttlMs": 1000, "cacheScope": "public" });
    gives(world, "resources/read", &contents);
    let read = agent.send(world, "resources/read", json!({ "uri": "x://1" })).json();
    assert!(!read.to_string().contains("jane@"), "{read}");
    assert_eq!(read["result"]["cacheScope"], "private", "pseudonyms are one person's");
    let discovered = agent.send(world, "server/discover", json!({})).json();
    assert_eq!(discovered["result"]["cacheScope"], "private");
}

fn the_person_sees_what_hides(world: &mut World) {
    let (mut browser, agent) = at_browser(world);
    let path = held(
        world,
        &agent,
        "delete_issue",
        json!({ "id": "1\u{202e}999\u{202c}\u{200b}", "ä\u{2066}": "ß€" }),
    );
    let page = browser.get(world, &path);
    assert!(!page.text().contains(['\u{202e}', '\u{202c}', '\u{200b}', '\u{2066}']), "raw");
    for shown in ["1\\u202e999\\u202c\\u200b", "ä\\u2066", "ß€"] {
        assert!(page.text().contains(shown), "{shown}: {}", page.text());
    }
    world
        .stage
        .desk
        .offers(&json!([{ "name": "dele\u{202e}te_issue", "inputSchema": { "type": "object" } }]));
    let path = held(world, &agent.speaking("2025-11-25"), "dele\u{202e}te_issue", json!({}));
    let page = browser.get(world, &path);
    assert!(
        page.text().contains("dele\\u202ete_issue") && !page.text().contains('\u{202e}'),
        "{}",
        page.text()
    );
}

/// The desk has tools of these names that say nothing of themselves.
fn offers(world: &mut World, names: &'static [&'static str]) {
    world.stage.desk.answers(move |seen| {
        let tools: Vec<Value> =
            names.iter().map(|name| json!({ "name": name, "inputSchema": { "type": "object" } })).collect();
        let message = json!({ "jsonrpc": "2.0", "id": seen.message()["id"], "result": { "tools": tools } });
        (seen.message()["method"] == "tools/list")
            .then(|| Reply::new(200, "application/json", message.to_string()))
    });
}

/// A tool of that name that says this of itself.
fn saying(name: &str, hints: &Value) -> Value {
    json!({ "name": name, "inputSchema": { "type": "object" }, "annotations": hints })
}

fn every_form_of_a_destructive_word_waits(world: &mut World) {
    let (_, agent) = at_browser(world);
    const NAMES: &[&str] = &[
        "deleteissue",
        "deleteall",
        "delete2",
        "rmdir",
        "dropdb",
        "bulk_deletion",
        "Deletes",
        "removal",
        "unlink",
        "reset_password",
        "overwrite",
        "get_and_delete",
        "purgeCache",
        "wipedisk",
        "force_push",
    ];
    offers(world, NAMES);
    agent.tools(world);
    for name in NAMES {
        held(world, &agent, name, json!({}));
    }
    assert!(world.stage.desk.calls().is_empty(), "nothing was forwarded");
}

fn a_tool_that_says_nothing_waits_unless_it_reads(world: &mut World) {
    let (_, agent) = at_browser(world);
    const WAIT: &[&str] = &[
        "send_mail",
        "updateIssue",
        "run",
        "sync_now",
        "frobnicate",
        "kill_query",
        "empty_list",
        "replaceView",
        "status_update",
        "find_replace",
        "transfer_fetch",
        "query_execute",
        "get_rid_of_everything",
    ];
    const GO: &[&str] = &[
        "list_dropdowns",
        "getIssue",
        "search",
        "count_open",
        "issue_read",
        "list_orders",
        "get_post",
        "get_status_updates",
    ];
    world.stage.desk.offers(&WAIT.iter().chain(GO).map(|name| saying(name, &json!({}))).collect());
    for name in WAIT {
        held(world, &agent, name, json!({}));
    }
    assert!(world.stage.desk.calls().is_empty(), "nothing was forwarded");
    for name in GO {
        agent.read(world, name, json!({}));
    }
    assert_eq!(world.stage.desk.calls().len(), GO.len());
}

fn a_tool_that_writes_by_its_name_waits_even_if_it_says_that_it_reads(world: &mut World) {
    const LIES: &[&str] = &[
        "send_money",
        "run_sql",
        "update_record",
        "kill_process",
        "close_account",
        "format_disk",
        "empty_trash",
        "force_push",
        "deLete_account",
        "DROPtable",
        "WIPEall",
        "unconditionaldelete",
        "dropboxdelete",
    ];
    const BELIEVED: &[&str] = &["summarize", "order_history", "pull_request_read", "frobnicate"];
    let reads = json!({ "readOnlyHint": true });
    let mut tools: Vec<Value> = LIES.iter().chain(BELIEVED).map(|name| saying(name, &reads)).collect();
    // That nothing is lost is believed of what only writes.
    tools.push(saying("create_issue", &json!({ "readOnlyHint": false, "destructiveHint": false })));
    world.stage.desk.offers(&Value::Array(tools));
    let (_, agent) = at_browser(world);
    for name in LIES {
        held(world, &agent, name, json!({}));
    }
    assert!(world.stage.desk.calls().is_empty(), "nothing was forwarded");
    for name in BELIEVED {
        agent.read(world, name, json!({}));
    }
    assert_eq!(world.recorded("tool_announced", "ok", None), 0);
    agent.read(world, "create_issue", json!({}));
    world.expect_recorded("tool_announced", "ok", None);
}

fn what_writes_is_announced_even_if_it_says_that_it_reads(world: &mut World) {
    world.stage.desk.offers(&json!([saying("delete_customer", &json!({ "readOnlyHint": true }))]));
    let (mut browser, agent) = at_browser(world);
    let path = held(world, &agent, "delete_customer", json!({ "id": 1 }));
    assert_eq!(world.recorded("tool_announced", "ok", None), 0);
    decide(world, &mut browser, &path, "approve");
    agent.read(world, "delete_customer", json!({ "id": 1 }));
    world.expect_recorded("tool_announced", "ok", None);
}

/// A destructive call whose older service asks something: it waits for a yes, and with the answer for another one, and
/// is made then, however long that took.
fn a_yes_is_for_the_answers_too_and_outlives_no_state(world: &mut World) {
    world.stage.desk.answers(|seen| {
        let message = seen.message();
        let error = json!({ "code": -32601, "message": "no such method" });
        let newer = json!({ "jsonrpc": "2.0", "id": message["id"], "error": error });
        match message["method"].as_str() {
            Some("server/discover") => Some(Reply::new(400, "application/json", newer.to_string())),
            Some("tools/call") => {
                let params =
                    json!({ "message": "Why?", "requestedSchema": { "type": "object", "properties": {} } });
                let asks =
                    json!({ "jsonrpc": "2.0", "id": "q", "method": "elicitation/create", "params": params });
                let result = json!({ "content": [{ "type": "text", "text": "deleted" }] });
                let done = json!({ "jsonrpc": "2.0", "id": message["id"], "result": result });
                Some(stream([event(&asks), event(&done)].into_iter()))
            }
            None if !message["id"].is_null() => Some(Reply::new(202, "text/plain", "")),
            _ => (seen.method == "GET").then(|| Reply::new(405, "text/plain", "")),
        }
    });
    let (mut browser, agent) = at_browser(world);
    let able = agent.able(json!({ "elicitation": {} }));
    let mut call = json!({ "name": "delete_issue", "arguments": { "id": 7 } });
    let path = held(world, &agent, "delete_issue", json!({ "id": 7 }));
    decide(world, &mut browser, &path, "approve");
    let asked = last(&able.send(world, "tools/call", call.clone()))["result"].clone();
    assert_eq!(asked["resultType"], "input_required", "{asked}");
    let answer = json!({ "action": "accept", "content": { "why": "it is a duplicate" } });
    call["inputResponses"] = json!({ "question-1": answer });
    call["requestState"] = asked["requestState"].clone();
    // The person takes their time, to answer and to decide.
    world.pass_time(Duration::from_secs(240));
    let told = agent.send(world, "tools/call", call.clone()).text().to_owned();
    let at = told.find("/approve/").unwrap_or_else(|| panic!("{told}"));
    let path = told[at..].split_whitespace().next().unwrap().to_owned();
    let page = browser.get(world, &path).text().to_owned();
    assert!(page.contains("it is a duplicate"), "they see what was answered: {page}");
    assert!(!page.contains(asked["requestState"].as_str().unwrap()), "and nothing that nobody can read");
    world.pass_time(Duration::from_secs(240));
    decide(world, &mut browser, &path, "approve");
    world.pass_time(Duration::from_secs(240));
    let done = last(&agent.renewed(world).send(world, "tools/call", call));
    assert_eq!(done["result"]["content"][0]["text"], "deleted", "{done}");
}

/// What every guardrail would stop: a destructive call, a third call of a ration, and a result that is too large.
fn tempted(world: &mut World) -> Vec<Value> {
    world.stage.desk.offers(&json!([
        { "name": "get_rationed", "inputSchema": { "type": "object" } },
    ]));
    let agent = Agent::of(world, &Person::internal(), "desk");
    agent.read(world, "delete_issue", json!({ "id": 1 }));
    for _ in 0..2 {
        agent.read(world, "get_rationed", json!({}));
    }
    let large = json!({ "content": [{ "type": "text", "text": "x ".repeat(20_000) }], "isError": false });
    world.stage.desk.results(large.to_string());
    let seen = agent.call(world, "get_rationed", json!({}));
    assert_eq!(seen["content"], large["content"], "all of it");
    assert_eq!(world.stage.desk.calls().len(), 4, "all went through");
    let events = world.audit();
    events.into_iter().filter(|event| event["action"] == "tool_called").collect()
}

fn guardrails_that_are_off_stop_and_say_nothing(world: &mut World) {
    let called = tempted(world);
    assert_eq!(called.len(), 4);
    assert!(called.iter().all(|event| event["outcome"] == "ok" && event.get("observed").is_none()));
}

fn guardrails_that_observe_stop_nothing_and_say_what_they_would(world: &mut World) {
    let called = tempted(world);
    let observed: Vec<&Value> = called.iter().map(|event| &event["observed"]).collect();
    let both = json!(["quota_used", "result_too_large"]);
    assert_eq!(observed, [&json!(["confirmation_needed"]), &Value::Null, &Value::Null, &both]);
    assert!(called.iter().all(|event| event["outcome"] == "ok"));
}

fn a_tools_own_limit_counts_for_it(world: &mut World) {
    world.stage.desk.offers(&json!([
        { "name": "get_summary", "inputSchema": { "type": "object" } },
        { "name": "get_issue", "inputSchema": { "type": "object" } },
    ]));
    let agent = Agent::of(world, &Person::internal(), "desk");
    let lines: String = (0..200).map(|n| format!("line {n} of many\n")).collect();
    let result = json!({ "content": [{ "type": "text", "text": lines }], "isError": false });
    world.stage.desk.results(result.to_string());
    assert_eq!(agent.call(world, "get_issue", json!({}))["content"][0]["text"], lines.as_str());
    let brief = agent.call(world, "get_summary", json!({}));
    let cut: Vec<_> = world.audit().into_iter().filter(|event| event["cut"] == true).collect();
    assert_eq!(cut.len(), 1, "and that is on record");
    assert_eq!(cut[0]["tool"], "get_summary");
    assert!(brief.to_string().len() <= 2048, "{brief}");
    assert!(brief["content"][1]["text"].as_str().unwrap().contains("of 200 lines are shown"), "{brief}");
}

/// The desk tells this much before each answer.
pub(crate) fn chatty(world: &World, said: Vec<Value>) {
    world.stage.desk.answers(move |seen| {
        let message = seen.message();
        if message["method"] != "tools/call" {
            return None;
        }
        let result = json!({ "resultType": "complete", "content": [{ "type": "text", "text": "done" }], "isError": false });
        let answer = json!({ "jsonrpc": "2.0", "id": message["id"], "result": result });
        let events: Vec<_> = said.iter().chain([&answer]).map(event).collect();
        Some(stream(events.into_iter()))
    });
}

fn what_is_said_before_an_answer_is_no_more_than_a_result(world: &mut World) {
    let log = |n: usize| {
        let params = json!({ "level": "info", "data": format!("{n} {}", "x".repeat(3000)) });
        json!({ "jsonrpc": "2.0", "method": "notifications/message", "params": params })
    };
    let progress = json!({ "progressToken": "t", "progress": 5, "message": "y".repeat(3000) });
    let progress = json!({ "jsonrpc": "2.0", "method": "notifications/progress", "params": progress });
    chatty(world, (0..100).map(log).chain([progress]).collect());
    let agent = Agent::of(world, &Person::internal(), "desk");
    let meta = json!({ "progressToken": "t", "io.modelcontextprotocol/logLevel": "debug" });
    let call = json!({ "name": "get_issue", "arguments": {}, "_meta": meta });
    let answer = agent.send(world, "tools/call", call);
    let events = answer.events();
    assert_eq!(events.len(), 5 + 1 + 1 + 1, "five whole ones, a word, the progress and the answer");
    assert!(
        events[5]["params"]["data"].as_str().unwrap().starts_with("[mcpgate] What else"),
        "{}",
        events[5]
    );
    assert_eq!(events[6]["params"]["progress"], 5);
    assert!(!events[6].to_string().contains("yyy"), "{}", events[6]);
    assert_eq!(events[7]["result"]["content"][0]["text"], "done");
}

fn what_is_said_on_a_stream_of_news_is_no_more_than_a_result(world: &mut World) {
    let mut agent = Agent::of(world, &Person::internal(), "desk").speaking("2025-11-25");
    agent.initialize(world);
    let note = |method: &str, params: Value| json!({ "jsonrpc": "2.0", "method": format!("notifications/{method}"), "params": params });
    let long = "x".repeat(3000);
    let log = |n: usize| note("message", json!({ "level": "info", "data": format!("{n} {long}") }));
    let word = json!({ "name": "news", "text": long });
    let news = [
        note("tools/list_changed", word.clone()),
        note("resources/updated", json!({ "uri": "crm://1", "title": long })),
        note("of_its_own", word),
    ];
    let too_much = [
        json!({ "jsonrpc": "2.0", "id": null, "error": { "code": -32000, "message": long } }),
        json!({ "jsonrpc": "2.0", "id": 1, "method": "elicitation/create", "params": { "message": long } }),
    ];
    let answer =
        json!({ "jsonrpc": "2.0", "id": 9, "result": { "content": [{ "type": "text", "text": "one" }] } });
    for last in too_much {
        let said: Vec<Value> =
            (0..100).map(log).chain(news.clone()).chain([answer.clone(), last, answer.clone()]).collect();
        world.stage.desk.answers(move |seen| {
            let events: String = said.iter().map(|message| format!("data: {message}\n\n")).collect();
            (seen.method == "GET").then(|| Reply::new(200, "text/event-stream", events))
        });
        let events = session_stream(world, &agent, "", "2025-11-25").events();
        assert_eq!(
            events.len(),
            5 + 1 + 2 + 1,
            "five whole ones, a word, what is new, and an answer: {events:?}"
        );
        let text = events[5]["params"]["data"].as_str().unwrap();
        assert!(text.starts_with("[mcpgate] What else"), "{text}");
        assert_eq!(
            (&events[6]["method"], &events[6]["params"]),
            (&json!("notifications/tools/list_changed"), &json!({}))
        );
        assert_eq!(events[7]["params"], json!({ "uri": "crm://1" }));
        assert_eq!(events[8], answer);
    }
}

fn a_tools_own_limit_counts_on_a_stream_that_is_taken_up(world: &mut World) {
    let tool = json!({ "name": "get_summary", "inputSchema": { "type": "object" }, "annotations": { "readOnlyHint": true } });
    world.stage.desk.offers(&json!([tool]));
    let mut agent = Agent::of(world, &Person::internal(), "desk").speaking("2025-11-25");
    agent.initialize(world);
    let content = json!([{ "type": "text", "text": "a line\n".repeat(1000) }]);
    world.stage.desk.answers(move |seen| {
        let answer = json!({ "jsonrpc": "2.0", "id": 7, "result": { "content": content } });
        let stream = match (
            seen.method == "GET",
            seen.headers.get("last-event-id").map_or("", |id| id.to_str().unwrap()),
        ) {
            (true, "1") => "id: 2\ndata:\n\n".to_owned(),
            (true, "2") => format!("data: {answer}\n\n"),
            _ => "id: 1\ndata:\n\n".to_owned(),
        };
        let calls = seen.method == "GET" || seen.message()["method"] == "tools/call";
        calls.then(|| Reply::new(200, "text/event-stream", stream))
    });
    let mut told = agent.send(world, "tools/call", json!({ "name": "get_summary", "arguments": {} }));
    for _ in 0..2 {
        told = session_stream(world, &agent, &event_id(&told), "2025-11-25");
    }
    let text = told.text();
    assert!(text.contains("of 1000 lines are shown") && text.len() < 2300, "{} bytes: {text}", text.len());
}
