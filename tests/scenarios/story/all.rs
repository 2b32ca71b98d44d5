//! All services behind one address.

pub(super) mod attacks;
pub(super) mod kinds;
pub(super) mod news;

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use mcpgate::host::memory::Reply;
use serde_json::{Value, json};

use super::eras::SERVICES;
use crate::client::{Agent, Ask, Browser, MODERN, field, parameter, text};
use crate::stage::{Person, Service, cut};
use crate::world::{Answer, World};
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Usual: all_services_are_one_list, a_call_reaches_its_service_under_its_own_name,
        names_that_no_client_takes_are_mapped_back_exactly, a_name_that_is_no_service_s_reaches_nobody,
        a_role_has_its_own_services_and_tools_there_too,
        a_dead_service_is_missing_and_said_to_be, a_hanging_service_does_not_hide_the_others,
        a_service_that_answers_rubbish_is_missing, every_page_of_a_list_is_read,
        resources_are_read_by_the_uris_that_are_listed, prompts_and_completions_reach_their_service,
        uris_in_results_are_ones_that_can_be_read, a_stream_comes_through_event_by_event,
        the_gateway_says_itself_what_the_address_is, there_is_no_stream_without_a_session, an_older_client_cancels_and_sets_its_level,
        lists_are_kept_as_long_as_services_allow, a_service_is_told_what_the_client_can_do,
        a_destructive_call_waits_for_a_yes_there_too, pseudonyms_of_one_service_do_not_reach_another,
        services_of_every_era_are_there_for_every_client, a_question_of_a_service_comes_through,
        nobody_waits_a_minute_for_one_of_many, news_of_all_services_come_on_one_stream, headers_have_to_agree_there_too, a_token_is_for_all_services_or_for_one,
        a_client_that_names_no_resource_gets_all;
};

/// A client of all services.
pub(crate) fn everything(world: &mut World) -> Agent {
    Agent::of(world, &Person::internal(), "")
}

/// Answers requests of this method with this result.
pub(crate) fn results(service: &Service, method: &'static str, result: Value) {
    service.answers(move |seen| {
        (seen.message()["method"] == method).then(|| {
            let body = json!({ "jsonrpc": "2.0", "id": seen.message()["id"], "result": result });
            Reply::new(200, "application/json", body.to_string())
        })
    });
}

pub(crate) fn tool(name: &str) -> Value {
    json!({ "name": name, "inputSchema": { "type": "object" }, "annotations": { "readOnlyHint": true } })
}

/// The last message of an answer, whatever its shape.
pub(crate) fn last(answer: &Answer) -> Value {
    match answer.header("content-type") {
        "text/event-stream" => answer.events().pop().expect("a stream ends with a message"),
        _ => answer.json(),
    }
}

/// How often a service was asked for this.
pub(crate) fn asked(service: &Service, method: &str) -> usize {
    service.seen().iter().filter(|seen| seen.message()["method"] == method).count()
}

pub(crate) fn list(world: &mut World, agent: &Agent, method: &str) -> Value {
    let answer = agent.send(world, method, json!({}));
    assert_eq!(answer.status(), 200, "{}", answer.text());
    answer.json()["result"].clone()
}

fn all_services_are_one_list(world: &mut World) {
    let agent = everything(world);
    let expected: Vec<String> = ["desk", "mail"]
        .iter()
        .flat_map(|service| {
            ["get_issue", "search_issues", "add_comment", "delete_issue", "archive"]
                .map(|tool| format!("{service}__{tool}"))
        })
        .collect();
    assert_eq!(agent.tools(world), expected, "in the order of the configuration");
    let result = list(world, &agent, "tools/list");
    assert_eq!((&result["cacheScope"], &result["resultType"]), (&json!("private"), &json!("complete")));
    assert!((1..=1000).contains(&result["ttlMs"].as_u64().unwrap()), "{result}");
    assert_eq!(result["tools"][0]["x-unknown"]["kept"].to_string(), "[1.0,1000.0]", "the rest stays");
    assert_eq!(result["_meta"].get("mcpgate/unavailable"), None);
    let listed = world.audit().into_iter().filter(|event| event["action"] == "tools_listed");
    let mut services: Vec<Value> = listed.map(|event| event["service"].clone()).collect();
    services.sort_by_key(Value::to_string);
    assert_eq!(services, ["desk", "desk", "mail", "mail"], "each list is on record as the service's");
}

fn a_call_reaches_its_service_under_its_own_name(world: &mut World) {
    let agent = everything(world);
    assert_eq!(agent.read(world, "mail__get_issue", json!({ "id": 1.0 })), "done");
    let call = world.stage.mail.calls().pop().unwrap();
    assert_eq!(
        (call.message()["params"]["name"].as_str(), call.header("mcp-name")),
        (Some("get_issue"), "get_issue")
    );
    assert_eq!(call.arguments().to_string(), r#"{"id":1.0}"#);
    assert!(world.stage.desk.seen().is_empty(), "the other service is not asked");
    let called = world.audit().pop().unwrap();
    assert_eq!(
        (&called["action"], &called["service"], &called["tool"]),
        (&json!("tool_called"), &json!("mail"), &json!("get_issue"))
    );
    agent.speaking("2025-11-25").read(world, "desk__get_issue", json!({}));
    assert_eq!(world.stage.desk.calls().pop().unwrap().message()["params"]["name"], "get_issue");
}

fn names_that_no_client_takes_are_mapped_back_exactly(world: &mut World) {
    let long = "long_".repeat(20);
    let names = ["files.read", "files/read", "files_read", "files:read", "a__b", "x_2abcdefghi", &long];
    let tools: Vec<Value> = names.iter().map(|name| tool(name)).collect();
    let agent = everything(world);
    results(&world.stage.desk, "tools/list", json!({ "tools": tools }));
    let aliases = agent.tools(world);
    let ours: Vec<&String> = aliases.iter().filter(|alias| alias.starts_with("desk__")).collect();
    assert_eq!(ours.len(), names.len());
    for (alias, name) in ours.iter().zip(names) {
        let legal = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        assert!(alias.len() <= 60 && alias.chars().all(legal), "{alias}");
        agent.call(world, alias, json!({}));
        assert_eq!(world.stage.desk.calls().pop().unwrap().message()["params"]["name"], name, "{alias}");
    }
    // An isolate that has forgotten, or never saw the list, asks for it.
    world.restart();
    agent.call(world, ours[0], json!({}));
    assert_eq!(world.stage.desk.calls().pop().unwrap().message()["params"]["name"], names[0]);
    assert!(world.stage.mail.calls().is_empty());
}

fn a_name_that_is_no_service_s_reaches_nobody(world: &mut World) {
    let agent = everything(world);
    for name in ["get_issue", "other__get_issue", "desk__get.issue", "desk__x_2abcdefghi", "DESK__get_issue"]
    {
        let told = agent.refused(world, name, json!({}));
        assert!(told.contains(name) && told.contains("tools/list"), "{told}");
    }
    assert!(world.stage.desk.calls().is_empty() && world.stage.mail.calls().is_empty());
    assert_eq!(world.recorded("tool_called", "refused", Some("service_unknown")), 4);
    assert_eq!(world.recorded("tool_called", "refused", Some("tool_not_allowed")), 1);
    for (method, params) in [
        ("resources/read", json!({ "uri": "file:///x" })),
        ("prompts/get", json!({ "name": "p" })),
        ("resources/read", json!({ "uri": "other+file:///x" })),
        ("tools/list", json!({ "cursor": "x" })),
    ] {
        let answer = agent.send(world, method, params);
        assert_eq!(
            (answer.status(), &answer.json()["error"]["code"]),
            (200, &json!(-32602)),
            "{}",
            answer.text()
        );
    }
    let answer = agent.send(world, "something/new", json!({}));
    assert_eq!((answer.status(), &answer.json()["error"]["code"]), (404, &json!(-32601)));
}

fn a_role_has_its_own_services_and_tools_there_too(world: &mut World) {
    let agent = Agent::of(world, &Person::of("limited.example.com"), "");
    assert_eq!(agent.tools(world), ["desk__get_issue", "desk__search_issues"]);
    assert!(world.stage.mail.seen().is_empty(), "a service that is not theirs is not asked");
    agent.read(world, "desk__get_issue", json!({}));
    let told = agent.refused(world, "desk__add_comment", json!({ "text": "x" }));
    assert!(told.contains("your role"), "{told}");
    let told = agent.refused(world, "mail__get_issue", json!({}));
    assert!(told.contains("mail__get_issue") && !told.contains("The mail"), "{told}");
    assert!(world.stage.mail.seen().is_empty());
    assert_eq!(world.stage.desk.calls().len(), 1);
    world.expect_recorded("tool_called", "refused", Some("tool_not_allowed"));
    world.expect_recorded("tool_called", "refused", Some("service_not_allowed"));
}

/// One service fails to list; the other's tools are there, and the answer says why its are not.
#[track_caller]
fn missing(world: &mut World, reason: &str, words: &str) {
    let agent = everything(world);
    let result = list(world, &agent, "tools/list");
    let names: Vec<&str> =
        result["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    assert_eq!(names.len(), 6);
    assert!(names[..5].iter().all(|name| name.starts_with("mail__")), "{names:?}");
    let said = &result["_meta"]["mcpgate/unavailable"];
    assert_eq!((&said[0]["service"], &said[0]["reason"]), (&json!("desk"), &json!(reason)), "{said}");
    assert_eq!(said.as_array().unwrap().len(), 1);
    let note = &result["tools"][5];
    assert_eq!(note["name"], "unavailable_services");
    for told in [said[0]["message"].as_str().unwrap(), note["description"].as_str().unwrap()] {
        assert!(told.contains("The desk") && told.contains(words), "{told}");
    }
    assert!(result["ttlMs"].as_u64().unwrap() <= 10_000);
    let told = agent.read(world, "unavailable_services", json!({}));
    assert!(told.contains("The desk") && told.contains(words), "{told}");
    world.stage.desk.behaves();
    // One that was late is left alone for a while.
    world.pass_time(Duration::from_secs(11));
    let told = agent.read(world, "unavailable_services", json!({}));
    assert!(told.contains("none is missing"), "{told}");
    assert_eq!(agent.tools(world).len(), 10);
}

fn a_dead_service_is_missing_and_said_to_be(world: &mut World) {
    world.stage.desk.answers(|_| Some(Reply::Refusal));
    missing(world, "service_unreachable", "cannot be reached");
}

fn a_hanging_service_does_not_hide_the_others(world: &mut World) {
    world.stage.desk.answers(|_| Some(Reply::Silence));
    missing(world, "service_timeout", "did not answer within");
}

fn a_service_that_answers_rubbish_is_missing(world: &mut World) {
    let rubbish = || Reply::new(200, "text/html", "<h1>mia.muster@kunde.example</h1>");
    world.stage.desk.answers(move |seen| (seen.message()["method"] == "tools/list").then(rubbish));
    missing(world, "service_rubbish", "did not answer as an MCP server");
}

fn every_page_of_a_list_is_read(world: &mut World) {
    let agent = everything(world);
    world.stage.desk.answers(|seen| {
        let message = seen.message();
        let page: usize = message["params"]["cursor"].as_str().map_or(0, |cursor| cursor.parse().unwrap());
        let mut result = json!({ "tools": [tool(&format!("page_{page}"))], "ttlMs": 60_000 });
        if page < 4 {
            result["nextCursor"] = json!((page + 1).to_string());
        }
        let body = json!({ "jsonrpc": "2.0", "id": message["id"], "result": result });
        (message["method"] == "tools/list").then(|| match page % 2 {
            0 => Reply::new(200, "application/json", body.to_string()),
            _ => cut(200, "text/event-stream", &format!(": x\n\ndata: {body}\n\n"), 7),
        })
    });
    let names = agent.tools(world);
    let pages: Vec<String> = (0..5).map(|page| format!("desk__page_{page}")).collect();
    assert_eq!(names[..5], pages);
    // A list without end is cut, and said to be.
    world.stage.desk.answers(|seen| {
        let result = json!({ "tools": [tool("same")], "nextCursor": "on", "ttlMs": 0 });
        let body = json!({ "jsonrpc": "2.0", "id": seen.message()["id"], "result": result });
        (seen.message()["method"] == "tools/list")
            .then(|| Reply::new(200, "application/json", body.to_string()))
    });
    let agent = everything(world);
    let result = list(world, &agent, "tools/list");
    assert_eq!(result["tools"][0]["name"], "desk__same");
    assert_eq!(result["_meta"]["mcpgate/unavailable"][0]["reason"], "result_too_large", "{result}");
}

fn resources_are_read_by_the_uris_that_are_listed(world: &mut World) {
    let agent = everything(world);
    let resource = |uri: &str| json!({ "uri": uri, "name": uri });
    results(
        &world.stage.desk,
        "resources/list",
        json!({ "resources": [resource("file:///a+b"), resource("ui://page")] }),
    );
    results(&world.stage.mail, "resources/list", json!({ "resources": [resource("file:///a+b")] }));
    let listed = list(world, &agent, "resources/list");
    let uris: Vec<&str> =
        listed["resources"].as_array().unwrap().iter().map(|item| item["uri"].as_str().unwrap()).collect();
    assert_eq!(uris, ["desk+file:///a+b", "ui://desk+page", "mail+file:///a+b"]);
    let templates = json!({ "resourceTemplates": [{ "uriTemplate": "file:///{path}", "name": "f" }] });
    results(&world.stage.desk, "resources/templates/list", templates);
    let listed = list(world, &agent, "resources/templates/list");
    assert_eq!(listed["resourceTemplates"][0]["uriTemplate"], "desk+file:///{path}");
    assert_eq!(listed["resourceTemplates"].as_array().unwrap().len(), 1, "the other service has none");
    assert_eq!(listed["_meta"].get("mcpgate/unavailable"), None, "and that is no failure");

    let contents = json!({ "contents": [{ "uri": "file:///a+b", "text": "file:///a+b" }], "ttlMs": 1 });
    results(&world.stage.mail, "resources/read", contents);
    let answer = agent.send(world, "resources/read", json!({ "uri": "mail+file:///a+b" }));
    let read = world.stage.mail.seen().pop().unwrap();
    assert_eq!(
        (read.message()["params"]["uri"].as_str(), read.header("mcp-name")),
        (Some("file:///a+b"), "file:///a+b")
    );
    let contents = &answer.json()["result"]["contents"][0];
    assert_eq!((&contents["uri"], &contents["text"]), (&json!("mail+file:///a+b"), &json!("file:///a+b")));
    world.expect_recorded("requested", "ok", None);
    assert!(world.stage.desk.seen().iter().all(|seen| seen.message()["method"] != "resources/read"));
}

fn prompts_and_completions_reach_their_service(world: &mut World) {
    let agent = everything(world);
    results(
        &world.stage.desk,
        "prompts/list",
        json!({ "prompts": [{ "name": "daily.report" }, { "name": "p" }] }),
    );
    let listed = list(world, &agent, "prompts/list");
    let alias = listed["prompts"][0]["name"].as_str().unwrap().to_owned();
    assert!(alias.starts_with("desk__daily_report_"), "{alias}");
    assert_eq!(listed["prompts"][1]["name"], "desk__p");
    let content = json!({ "type": "resource", "resource": { "uri": "x:1", "text": "t" } });
    results(
        &world.stage.desk,
        "prompts/get",
        json!({ "messages": [{ "role": "user", "content": content }] }),
    );
    let answer = agent.send(world, "prompts/get", json!({ "name": alias })).json();
    assert_eq!(world.stage.desk.seen().pop().unwrap().message()["params"]["name"], "daily.report");
    assert_eq!(answer["result"]["messages"][0]["content"]["resource"]["uri"], "desk+x:1");

    results(&world.stage.mail, "completion/complete", json!({ "completion": { "values": ["x:1"] } }));
    let reference = json!({ "type": "ref/resource", "uri": "mail+x:{n}" });
    let params = json!({ "ref": reference, "argument": { "name": "n", "value": "" } });
    let answer = agent.send(world, "completion/complete", params).json();
    assert_eq!(answer["result"]["completion"]["values"], json!(["x:1"]));
    assert_eq!(world.stage.mail.seen().pop().unwrap().message()["params"]["ref"]["uri"], "x:{n}");
}

fn uris_in_results_are_ones_that_can_be_read(world: &mut World) {
    let agent = everything(world);
    let result = concat!(
        r#"{"z":1.10,"content":[{"type":"resource_link","uri":"@x:1","name":"n"},{"type":"text","text":"x:1"},"#,
        r#"{"type":"resource","resource":{"uri":"@x:2","text":"plain \u00e4"}}],"structuredContent":{"uri":"x:1"},"#,
        r#""isError":false,"_meta":{"ui":{"resourceUri":"%ui://p"}}}"#
    );
    let (theirs, ours) =
        (result.replace(['@', '%'], ""), result.replace('@', "desk+").replace("%ui://", "ui://desk+"));
    world.stage.desk.results(theirs);
    let call = json!({ "name": "desk__get_issue", "arguments": {} });
    let answer = agent.send(world, "tools/call", call);
    assert_eq!(answer.text(), format!(r#"{{"jsonrpc":"2.0","id":7,"result":{ours}}}"#));

    let mut page = tool("show");
    page["_meta"] = json!({ "ui": { "resourceUri": "ui://p" }, "other": "ui://p" });
    results(&world.stage.desk, "tools/list", json!({ "tools": [page] }));
    let agent = everything(world);
    let listed = list(world, &agent, "tools/list");
    assert_eq!(
        listed["tools"][0]["_meta"],
        json!({ "ui": { "resourceUri": "ui://desk+p" }, "other": "ui://p" })
    );
}

fn a_stream_comes_through_event_by_event(world: &mut World) {
    let agent = everything(world);
    for size in [1, 9, 100_000] {
        world.stage.desk.replies(move |seen| {
            let updated =
                json!({ "jsonrpc": "2.0", "method": "notifications/resources/updated", "params": { "uri": "x:1" } });
            let link = json!({ "type": "resource_link", "uri": "x:1", "name": "mia.muster@kunde.example" });
            let message = json!({ "jsonrpc": "2.0", "id": seen.message()["id"], "result": { "content": [link] } });
            let stream = format!(": hello\n\nid: 4\ndata: {updated}\n\ndata: {message}\n\n");
            cut(200, "text/event-stream", &stream, size)
        });
        let call = json!({ "name": "desk__get_issue", "arguments": {} });
        let answer = agent.send(world, "tools/call", call);
        assert_eq!(answer.header("content-type"), "text/event-stream");
        assert!(answer.text().contains("\nid: "), "{}", answer.text());
        let events = answer.events();
        assert_eq!(events[0]["params"]["uri"], "desk+x:1");
        let link = &events[1]["result"]["content"][0];
        assert_eq!(link["uri"], "desk+x:1");
        assert!(link["name"].as_str().unwrap().ends_with("@email.invalid"), "{link}");
    }
    assert_eq!(world.recorded("tool_called", "ok", None), 3);
}

fn the_gateway_says_itself_what_the_address_is(world: &mut World) {
    let agent = everything(world);
    let discovered = list(world, &agent, "server/discover");
    assert_eq!(discovered["supportedVersions"][0], "2026-07-28");
    assert_eq!(discovered["_meta"]["io.modelcontextprotocol/serverInfo"]["name"], "mcpgate");
    let instructions = discovered["instructions"].as_str().unwrap();
    assert!(instructions.contains("desk is The desk, mail is The mail"), "{instructions}");
    let client = json!({ "name": "scripted", "version": "1" });
    for revision in ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"] {
        let agent = agent.speaking(revision);
        let params = json!({ "protocolVersion": revision, "capabilities": {}, "clientInfo": client });
        let answer = agent.send(world, "initialize", params);
        let result = answer.json()["result"].clone();
        assert_eq!(result["protocolVersion"], revision);
        let capabilities = &result["capabilities"];
        assert_eq!(capabilities["resources"], json!({ "subscribe": true, "listChanged": true }));
        assert_eq!(capabilities["tasks"].is_object(), revision == "2025-11-25", "{capabilities}");
        assert!(!answer.header("mcp-session-id").is_empty());
        assert_eq!(agent.send(world, "notifications/initialized", json!({})).status(), 202);
        assert_eq!(list(world, &agent, "ping"), json!({}));
        assert_eq!(list(world, &agent, "logging/setLevel"), json!({}));
        assert_eq!(agent.tools(world).len(), 10);
    }
    let unknown = json!({ "protocolVersion": "1999-01-01", "capabilities": {}, "clientInfo": client });
    let mut request = agent.speaking("2025-11-25").request(world, "initialize", unknown);
    request.headers_mut().remove("mcp-protocol-version");
    assert_eq!(world.send(request).json()["result"]["protocolVersion"], "2025-11-25");
    for method in ["initialize", "ping", "logging/setLevel"] {
        assert_eq!(agent.send(world, method, json!({})).status(), 404, "{method} is not of this revision");
    }
    for method in ["initialize", "ping", "logging/setLevel"] {
        assert_eq!(asked(&world.stage.desk, method), 0, "no service is asked for {method}");
    }
}

fn there_is_no_stream_without_a_session(world: &mut World) {
    let agent = everything(world);
    for method in ["GET", "DELETE"] {
        let mut request = agent.request(world, "tools/list", json!({}));
        *request.method_mut() = method.parse().unwrap();
        *request.body_mut() = Bytes::new();
        let answer = world.send(request);
        assert_eq!((answer.status(), answer.header("allow")), (405, "POST"), "{method}");
    }
    let response = json!({ "jsonrpc": "2.0", "id": 1, "result": {} });
    let request = agent.speaking("2025-11-25").posting(world, response.to_string());
    let answer = world.send(request);
    assert_eq!((answer.status(), &answer.json()["error"]["code"]), (400, &json!(-32600)));
    assert!(world.stage.desk.seen().is_empty());
}

fn lists_are_kept_as_long_as_services_allow(world: &mut World) {
    let agent = everything(world);
    results(&world.stage.desk, "tools/list", json!({ "tools": [tool("a")], "ttlMs": 60_000 }));
    results(&world.stage.mail, "tools/list", json!({ "tools": [tool("b")] }));
    let lists =
        |world: &World| (asked(&world.stage.desk, "tools/list"), asked(&world.stage.mail, "tools/list"));
    assert_eq!(list(world, &agent, "tools/list")["ttlMs"], 0, "the other service allows nothing");
    agent.tools(world);
    assert_eq!(lists(world), (1, 2), "one list was enough");
    everything(world).tools(world);
    assert_eq!(lists(world), (2, 3), "another person has their own");
    agent.able(json!({ "elicitation": {} })).tools(world);
    assert_eq!(lists(world), (3, 4), "a service may list by what the client can do");
    world.pass_time(Duration::from_secs(61));
    agent.tools(world);
    assert_eq!(lists(world), (4, 5));
    assert_eq!(world.recorded("tools_listed", "ok", None), 10, "each list that was seen is on record");
}

fn a_service_is_told_what_the_client_can_do(world: &mut World) {
    let person = Person::of("eras.example.com");
    let told = |world: &World| {
        let introduced = world.stage.eras[1].heard("initialize").pop().expect("an introduction").message();
        introduced["params"]["capabilities"].clone()
    };
    let plain = Agent::of(world, &person, "");
    plain.tools(world);
    let able = plain.able(json!({ "elicitation": {} }));
    able.tools(world);
    assert_eq!(told(world)["elicitation"], json!({}));
    let mut older = plain.able(json!({ "roots": {} })).speaking("2025-11-25");
    older.initialize(world);
    older.tools(world);
    assert_eq!(told(world)["roots"], json!({}), "an older client said it when it began its session");
}

fn a_destructive_call_waits_for_a_yes_there_too(world: &mut World) {
    let agent = everything(world);
    let told = agent.refused(world, "desk__delete_issue", json!({ "id": "A-1" }));
    assert!(told.contains("own yes") && told.contains("/approve/") && told.contains("The desk"), "{told}");
    assert!(world.stage.desk.calls().is_empty());
    world.expect_recorded("confirmation_asked", "refused", Some("confirmation_needed"));
}

fn pseudonyms_of_one_service_do_not_reach_another(world: &mut World) {
    let agent = everything(world);
    world.stage.desk.says("From: mia.muster@kunde.example");
    let seen = agent.read(world, "desk__get_issue", json!({}));
    let pseudonym = seen.strip_prefix("From: ").unwrap();
    assert!(pseudonym.ends_with("@email.invalid"), "{pseudonym}");
    let told = agent.refused(world, "mail__add_comment", json!({ "text": pseudonym }));
    assert!(told.contains("The mail") && told.contains("may not see"), "{told}");
    assert!(world.stage.mail.calls().is_empty());
    agent.read(world, "desk__add_comment", json!({ "text": pseudonym }));
    assert_eq!(world.stage.desk.calls().pop().unwrap().arguments()["text"], "mia.muster@kunde.example");
    world.expect_recorded("tool_called", "refused", Some("pseudonym_unknown"));
}

fn services_of_every_era_are_there_for_every_client(world: &mut World) {
    let person = Person::of("eras.example.com");
    let own = Agent::of(world, &person, "new").tools(world);
    let everything = Agent::of(world, &person, "");
    for revision in [MODERN, "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"] {
        let agent = everything.speaking(revision);
        let tools = |service| own.iter().map(|tool| format!("{service}__{tool}")).collect::<Vec<_>>();
        assert_eq!(agent.tools(world), SERVICES.map(tools).concat(), "{revision}");
        let uris = list(world, &agent, "resources/list")["resources"].clone();
        for service in SERVICES {
            let call = json!({ "name": format!("{service}__read"), "arguments": { "n": 1 } });
            let told = text(&last(&agent.send(world, "tools/call", call))["result"]);
            assert!(
                told.contains("@email.invalid") && told.contains(r#"{"n":1}"#),
                "{revision} {service}: {told}"
            );
            let own = |item: &&Value| item["uri"].as_str().unwrap().starts_with(&format!("{service}+"));
            let uri = &uris.as_array().unwrap().iter().find(own).unwrap()["uri"];
            let read = last(&agent.send(world, "resources/read", json!({ "uri": uri })));
            assert_eq!(&read["result"]["contents"][0]["uri"], uri, "{revision} {service}: {read}");
        }
    }
}

fn a_question_of_a_service_comes_through(world: &mut World) {
    let agent = Agent::of(world, &Person::of("eras.example.com"), "").able(json!({ "elicitation": {} }));
    for service in ["new", "old"] {
        let mut call = json!({ "name": format!("{service}__ask"), "arguments": {} });
        let first = last(&agent.send(world, "tools/call", call.clone()))["result"].clone();
        assert_eq!(first["resultType"], "input_required", "{service}: {first}");
        let key = first["inputRequests"].as_object().unwrap().keys().next().unwrap();
        call["inputResponses"] = json!({ key: { "action": "accept", "content": { "name": "blue" } } });
        call["requestState"] = first["requestState"].clone();
        let told = text(&last(&agent.send(world, "tools/call", call))["result"]);
        assert!(told.starts_with("chosen blue"), "{service}: {told}");
    }
    // An older client answers in a request of its own: the question's id says which service asked.
    let mut agent = agent.speaking("2025-11-25");
    let told = agent.refused(world, "new__ask", json!({}));
    assert!(told.contains("your client cannot do it"), "nothing is known of it yet: {told}");
    agent.initialize(world);
    let params = json!({ "name": "new__ask", "arguments": {} });
    for service in ["new", "old", "oldest"] {
        let params = json!({ "name": format!("{service}__ask"), "arguments": {} });
        let mut open = agent.open(world, "tools/call", params);
        let mut rest = String::new();
        let question = open.event(&mut rest).expect("a question");
        assert_eq!(question["method"], "elicitation/create", "{service}: {question}");
        let answer = json!({ "action": "accept", "content": { "name": "blue" } });
        let answer = json!({ "jsonrpc": "2.0", "id": question["id"], "result": answer });
        let posted = agent.posting(world, answer.to_string());
        assert_eq!(world.send(posted).status(), 202);
        let told = text(&open.event(&mut rest).expect("an answer")["result"]);
        assert!(told.starts_with("chosen blue"), "{service}: {told}");
    }
    let mut request = agent.request(world, "ping", json!({}));
    *request.method_mut() = http::Method::DELETE;
    *request.body_mut() = Bytes::new();
    assert_eq!(world.send(request).status(), 200);
    assert_eq!(agent.send(world, "tools/call", params).status(), 404, "the session is over");
}

fn an_older_client_cancels_and_sets_its_level(world: &mut World) {
    let mut agent = Agent::of(world, &Person::of("eras.example.com"), "").speaking("2025-06-18");
    agent.initialize(world);
    assert_eq!(
        last(&agent.send(world, "logging/setLevel", json!({ "level": "loud" })))["error"]["code"],
        -32602
    );
    assert_eq!(last(&agent.send(world, "logging/setLevel", json!({ "level": "info" })))["result"], json!({}));
    let tell = json!({ "name": "new__tell", "arguments": {}, "_meta": { "progressToken": 1 } });
    let told = agent.send(world, "tools/call", tell);
    assert!(told.text().contains("notifications/message"), "{}", told.text());
    let wait = json!({ "name": "new__wait", "arguments": {}, "_meta": { "progressToken": 1 } });
    let mut open = agent.open(world, "tools/call", wait);
    let mut rest = String::new();
    assert_eq!(open.event(&mut rest).expect("progress")["method"], "notifications/progress");
    assert_eq!(agent.send(world, "notifications/cancelled", json!({ "requestId": 7 })).status(), 202);
    assert_eq!(open.event(&mut rest), None, "no answer, and the stream ends");
}

/// The services of this role may take a minute each.
fn nobody_waits_a_minute_for_one_of_many(world: &mut World) {
    let agent = Agent::of(world, &Person::of("eras.example.com"), "");
    let all = agent.tools(world).len();
    world.pass_time(Duration::from_secs(2));
    world.stage.eras[0].falls_silent();
    let result = list(world, &agent, "tools/list");
    assert_eq!(result["_meta"]["mcpgate/unavailable"][0]["service"], "new", "{result}");
    assert_eq!(result["_meta"]["mcpgate/unavailable"][0]["reason"], "service_timeout");
    assert_eq!(result["tools"].as_array().unwrap().len(), all - all / SERVICES.len() + 1);
    world.expect_recorded("tools_listed", "service", Some("service_timeout"));
}

/// A stream of news with these messages, each of the subscription 7.
fn told(service: &Service, messages: &[(&str, Value)]) {
    let event = |(method, params): &(&str, Value)| {
        let mut params = params.clone();
        params["_meta"] = json!({ "io.modelcontextprotocol/subscriptionId": 7 });
        format!("data: {}\n\n", json!({ "jsonrpc": "2.0", "method": method, "params": params }))
    };
    let stream: String = messages.iter().map(event).collect();
    service.answers(move |seen| {
        let list = json!({ "tools": [tool("a")], "ttlMs": 60_000 });
        let list = json!({ "jsonrpc": "2.0", "id": seen.message()["id"], "result": list });
        match seen.message()["method"].as_str() {
            Some("subscriptions/listen") => Some(cut(200, "text/event-stream", &stream, 11)),
            Some("tools/list") => Some(Reply::new(200, "application/json", list.to_string())),
            _ => None,
        }
    });
}

fn news_of_all_services_come_on_one_stream(world: &mut World) {
    let agent = everything(world);
    let acknowledged =
        |filter: Value| ("notifications/subscriptions/acknowledged", json!({ "notifications": filter }));
    let updated = ("notifications/resources/updated", json!({ "uri": "x:1" }));
    told(&world.stage.desk, &[acknowledged(json!({ "resourceSubscriptions": ["x:1"] })), updated]);
    let changed = ("notifications/tools/list_changed", json!({}));
    told(&world.stage.mail, &[acknowledged(json!({ "toolsListChanged": true })), changed]);
    agent.tools(world);
    let filter = json!({ "toolsListChanged": true, "resourceSubscriptions": ["desk+x:1", "other+x:1"] });
    let events = agent.send(world, "subscriptions/listen", json!({ "notifications": filter })).events();
    let id = |event: &Value| event["_meta"]["io.modelcontextprotocol/subscriptionId"].clone();
    assert_eq!(events[0]["method"], "notifications/subscriptions/acknowledged");
    let granted = json!({ "toolsListChanged": true, "resourceSubscriptions": ["desk+x:1"] });
    assert_eq!(events[0]["params"]["notifications"], granted);
    assert_eq!(events.len(), 4, "{events:?}");
    assert!(events[..3].iter().all(|event| id(&event["params"]) == 7), "{events:?}");
    let updated = |event: &&Value| event["method"] == "notifications/resources/updated";
    assert_eq!(events.iter().find(updated).unwrap()["params"]["uri"], "desk+x:1");
    assert!(events.iter().any(|event| event["method"] == "notifications/tools/list_changed"));
    assert_eq!((&events[3]["id"], id(&events[3]["result"])), (&json!(7), json!(7)), "the end is said");

    let request = world.stage.desk.seen().pop().unwrap().message();
    let theirs = json!({ "toolsListChanged": true, "resourceSubscriptions": ["x:1"] });
    assert_eq!(request["params"]["notifications"], theirs);
    let request = world.stage.mail.seen().pop().unwrap().message();
    assert_eq!(request["params"]["notifications"], json!({ "toolsListChanged": true }));
    agent.tools(world);
    let lists = (asked(&world.stage.desk, "tools/list"), asked(&world.stage.mail, "tools/list"));
    assert_eq!(lists, (1, 2), "a list that has changed is asked for again");

    // A service that is dead, or has no news, does not keep those of the other back.
    world.stage.mail.answers(|_| Some(Reply::Silence));
    let params = json!({ "notifications": { "toolsListChanged": true } });
    let events = agent.send(world, "subscriptions/listen", params.clone()).events();
    assert_eq!(events[1]["method"], "notifications/resources/updated");
    world.stage.desk.behaves();
    let events = agent.send(world, "subscriptions/listen", params).events();
    assert_eq!((events.len(), &events[0]["params"]["notifications"]), (2, &json!({})));
    let answer = agent.send(world, "subscriptions/listen", json!({}));
    assert_eq!(answer.json()["error"]["code"], -32602);
}

fn headers_have_to_agree_there_too(world: &mut World) {
    let agent = everything(world);
    for name in ["mail__get_issue", "get_issue", "desk__delete_issue"] {
        let call = json!({ "name": "desk__get_issue", "arguments": {} });
        let mut request = agent.request(world, "tools/call", call);
        request.headers_mut().insert("mcp-name", name.parse().unwrap());
        let answer = world.send(request);
        assert_eq!(
            (answer.status(), &answer.json()["error"]["code"]),
            (400, &json!(-32020)),
            "{}",
            answer.text()
        );
    }
    assert!(world.stage.desk.seen().is_empty() && world.stage.mail.seen().is_empty());
    assert_eq!(world.recorded("request_refused", "refused", Some("header_mismatch")), 3);
}

fn a_token_is_for_all_services_or_for_one(world: &mut World) {
    let person = Person::internal();
    let mut agent = Agent::of(world, &person, "");
    agent.service = "desk".to_owned();
    assert_eq!(agent.send(world, "tools/list", json!({})).status(), 401);
    let mut agent = Agent::of(world, &person, "desk");
    agent.service = String::new();
    let answer = agent.send(world, "tools/list", json!({}));
    assert_eq!(answer.status(), 401);
    let metadata = "/.well-known/oauth-protected-resource/mcp";
    let challenge = answer.header("www-authenticate").to_owned();
    assert!(challenge.contains(&format!("resource_metadata=\"{}\"", world.url(metadata))), "{challenge}");
    assert_eq!(world.get(metadata).json()["resource"], world.url("/mcp"));
    assert!(world.stage.desk.seen().is_empty());

    let mut browser = Browser::of(&person);
    let page = Ask::new(world, "").consent_page(world, &mut browser);
    for name in ["The desk", "The mail"] {
        assert!(page.text().contains(name), "{}", page.text());
    }
    let home = browser.get(world, "/");
    assert!(home.text().contains(&format!("{}</code>", world.url("/mcp"))), "{}", home.text());
}

fn a_client_that_names_no_resource_gets_all(world: &mut World) {
    let mut browser = Browser::of(&Person::internal());
    let ask = Ask::new(world, "");
    ask.consent_page(world, &mut browser);
    let page = browser.get(world, &ask.path_with(&[("resource", "")]));
    let form =
        [("request", &*field(&page, "request")), ("csrf", &field(&page, "csrf")), ("decision", "allow")];
    let back = url::Url::parse(browser.post(world, "/authorize", &form).header("location")).unwrap();
    let code = parameter(&back, "code").unwrap();
    let tokens = ask.redeem(world, &code, &[]).json();
    let request = Request::post(world.url("/mcp"))
        .header("content-type", "application/json")
        .header("accept", "application/json, text/event-stream")
        .header("authorization", format!("Bearer {}", tokens["access_token"].as_str().unwrap()))
        .body(r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#.into())
        .unwrap();
    assert_eq!(world.send(request).status(), 200);
}
