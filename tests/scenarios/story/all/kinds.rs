//! Every kind of message at the address of all services.

use bytes::Bytes;
use http::{Method, Request};
use mcpgate::host::memory::Reply;
use serde_json::{Value, json};

use super::{asked, everything, last, list};
use crate::client::{Agent, MODERN, text};
use crate::setting::PAGE;
use crate::stage::{ERA_MAIL, Person, Seen, cut};
use crate::world::{Answer, Open, World};
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Usual: a_batch_goes_to_several_services, answers_come_in_a_batch, a_page_calls_all_services,
        a_task_stays_with_its_service, a_task_of_2025_11_25_is_made_in_that_revision, a_completion_reaches_its_service_alone,
        calls_at_two_services_tell_their_own_progress, a_cancelled_call_leaves_the_other_alone,
        a_level_reaches_every_service_that_is_called, a_cursor_is_for_the_service_that_gave_it,
        a_state_goes_back_as_it_was_and_nowhere_else, two_services_ask_at_once_and_get_their_own_answers;
};

/// A client of this revision of the services of every era, ready to call.
fn client(world: &mut World, revision: &'static str) -> Agent {
    let able = json!({ "elicitation": {}, "sampling": {}, "roots": {} });
    let mut agent = Agent::of(world, &Person::of("eras.example.com"), "").able(able).speaking(revision);
    if revision != MODERN {
        agent.initialize(world);
    }
    agent
}

fn request(id: impl Into<Value>, method: &str, params: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id.into(), "method": method, "params": params })
}

fn post(world: &mut World, agent: &Agent, body: &Value) -> Answer {
    let request = agent.posting(world, body.to_string());
    world.send(request)
}

fn open(world: &mut World, agent: &Agent, body: &Value) -> Open {
    let request = agent.posting(world, body.to_string());
    world.open(request)
}

fn a_batch_goes_to_several_services(world: &mut World) {
    let agent = client(world, "2025-03-26");
    let read = |service: &str| json!({ "name": format!("{service}__read"), "arguments": { "of": service } });
    let batch = json!([
        { "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 99 } },
        request(1, "tools/list", json!({})),
        request("two", "tools/call", read("new")),
        request(3, "tools/call", read("oldest")),
        request(4, "tools/call", read("nobody")),
        { "jsonrpc": "2.0", "id": "old.nothing", "result": {} },
        request(5, "ping", json!({})),
        request(6, "resources/read", json!({ "uri": "elder+x://1" })),
    ]);
    for named in [true, false] {
        let mut request = agent.posting(world, batch.to_string());
        if !named {
            request.headers_mut().remove("mcp-protocol-version");
        }
        let answer = world.send(request);
        assert_eq!((answer.status(), answer.header("content-type")), (200, "text/event-stream"));
        let events = answer.events();
        let ids: Vec<&Value> = events.iter().map(|event| &event["id"]).collect();
        let expected = [json!(1), json!("two"), json!(3), json!(4), Value::Null, json!(5), json!(6)];
        assert_eq!(ids, expected.iter().collect::<Vec<_>>(), "{events:?}");
        assert_eq!(events[0]["result"]["tools"].as_array().unwrap().len(), 35);
        assert!(text(&events[1]["result"]).contains(r#"{"of":"new"}"#), "{}", events[1]);
        assert!(text(&events[2]["result"]).contains(r#"{"of":"oldest"}"#), "{}", events[2]);
        assert_eq!(events[3]["result"]["isError"], true, "no refusal keeps the others back");
        assert!(events[4]["error"].is_object(), "nobody asked that: {}", events[4]);
        assert_eq!(
            (&events[5]["result"], &events[6]["result"]["contents"][0]["uri"]),
            (&json!({}), &json!("elder+x://1"))
        );
        assert!(!answer.text().contains(ERA_MAIL), "{}", answer.text());
    }
    let quiet = json!([{ "jsonrpc": "2.0", "method": "notifications/initialized" }]);
    let answer = post(world, &agent, &quiet);
    assert_eq!((answer.status(), answer.text()), (202, ""));
    let answer = post(world, &agent.speaking("2025-06-18"), &batch);
    assert_eq!((answer.status(), &answer.json()["error"]["code"]), (400, &json!(-32600)));
    let mut stranger = agent.clone();
    stranger.token = "x".to_owned();
    assert_eq!(post(world, &stranger, &batch).status(), 401);
}

fn answers_come_in_a_batch(world: &mut World) {
    let agent = client(world, "2025-03-26");
    let ask = |id: i64, service: &str| {
        request(id, "tools/call", json!({ "name": format!("{service}__ask_model"), "arguments": {} }))
    };
    let mut calls = Vec::new();
    let mut batch = Vec::new();
    for (id, service) in [(1, "new"), (2, "elder")] {
        let mut call = open(world, &agent, &ask(id, service));
        let mut rest = String::new();
        let question = call.event(&mut rest).expect("a question");
        assert_eq!(question["method"], "sampling/createMessage", "{question}");
        let said =
            json!({ "role": "assistant", "content": { "type": "text", "text": service }, "model": "m" });
        batch.push(json!({ "jsonrpc": "2.0", "id": question["id"], "result": said }));
        calls.push((call, rest, service));
    }
    batch.push(request(3, "ping", json!({})));
    let events = post(world, &agent, &json!(batch)).events();
    assert_eq!(events, [json!({ "jsonrpc": "2.0", "id": 3, "result": {} })]);
    for (mut call, mut rest, service) in calls {
        let told = text(&call.event(&mut rest).expect("an answer")["result"]);
        assert!(told.starts_with(&format!("chosen {service}")), "{told}");
    }
}

#[track_caller]
fn readable(answer: &http::HeaderMap) {
    let header = |name: &str| answer.get(name).map_or("", |value| value.to_str().unwrap());
    assert_eq!(header("access-control-allow-origin"), PAGE);
    assert!(header("vary").to_lowercase().contains("origin"));
    let exposed = header("access-control-expose-headers").to_lowercase();
    assert!(exposed.contains("mcp-session-id") && exposed.contains("www-authenticate"), "{exposed}");
}

fn a_page_calls_all_services(world: &mut World) {
    let wanted = "authorization, content-type, last-event-id, mcp-method, mcp-name, mcp-protocol-version, mcp-session-id";
    for (origin, status) in [(PAGE, 204), ("https://evil.example.org", 403)] {
        let request = Request::options(world.url("/mcp"))
            .header("origin", origin)
            .header("access-control-request-method", "GET")
            .header("access-control-request-headers", wanted)
            .body(Bytes::new())
            .unwrap();
        let answer = world.send(request);
        assert_eq!(answer.status(), status, "{origin}");
        if status == 204 {
            readable(answer.headers());
            assert_eq!(answer.header("access-control-allow-headers"), wanted);
            assert!(
                ["POST", "GET", "DELETE"]
                    .iter()
                    .all(|method| answer.header("access-control-allow-methods").contains(method))
            );
        }
    }
    let mut agent = client(world, "2025-11-25");
    let page = |world: &mut World, agent: &Agent, method: &str, bare: Option<Method>| {
        let mut request = agent.request(world, method, json!({}));
        request.headers_mut().insert("origin", PAGE.parse().unwrap());
        if let Some(bare) = bare {
            *request.method_mut() = bare;
            *request.body_mut() = Bytes::new();
        }
        let open = world.open(request);
        readable(open.head.headers());
        open.head.status().as_u16()
    };
    assert_eq!(page(world, &agent, "tools/list", None), 200);
    assert_eq!(page(world, &agent, "ping", Some(Method::GET)), 200, "the stream");
    assert_eq!(page(world, &agent, "ping", Some(Method::DELETE)), 200);
    assert_eq!(page(world, &agent, "ping", Some(Method::GET)), 404, "the session is over");
    agent.token = "x".to_owned();
    assert_eq!(page(world, &agent, "tools/list", None), 401);
}

fn a_task_stays_with_its_service(world: &mut World) {
    let agent = client(world, "2025-11-25");
    let call = json!({ "name": "old__read", "arguments": {}, "task": { "ttl": 1000 } });
    let created = last(&agent.send(world, "tools/call", call))["result"]["task"].clone();
    let alias = created["taskId"].as_str().unwrap().to_owned();
    let own = alias.strip_prefix("old+").expect("the service stands in front").to_owned();
    assert_eq!(created["status"], "working");
    for (method, status) in
        [("tasks/get", Some("working")), ("tasks/result", None), ("tasks/cancel", Some("cancelled"))]
    {
        let result = last(&agent.send(world, method, json!({ "taskId": alias })))["result"].clone();
        assert_eq!(result["status"].as_str(), status, "{method}: {result}");
        match status {
            Some(_) => assert_eq!(result["taskId"], alias.as_str(), "{method}"),
            None => {
                let related = &result["_meta"]["io.modelcontextprotocol/related-task"]["taskId"];
                assert_eq!(related, &json!(alias));
                assert!(text(&result).contains("@email.invalid"), "{result}");
            }
        }
        let heard = world.stage.eras[1].heard(method).pop().unwrap().message();
        assert_eq!(heard["params"]["taskId"], own.as_str(), "{method}");
        let others = [0, 2, 3, 4].map(|at: usize| world.stage.eras[at].heard(method).len());
        assert_eq!(others, [0; 4], "{method}");
    }
    // Under another service's name, or nobody's, it reaches nobody.
    let answer = last(&agent.send(world, "tasks/get", json!({ "taskId": format!("older+{own}") })));
    assert_eq!(answer["error"]["code"], -32602, "{answer}");
    assert!(world.stage.eras[2].heard("tasks/get").is_empty());
    let before = world.stage.eras[1].heard("tasks/get").len();
    for alias in [own.clone(), format!("desk+{own}"), format!("OLD+{own}"), format!("+{own}")] {
        let answer = last(&agent.send(world, "tasks/get", json!({ "taskId": alias })));
        assert_eq!(answer["error"]["code"], -32602, "{alias}: {answer}");
    }
    let answer = last(&agent.send(world, "tasks/list", json!({})));
    assert_eq!(answer["error"]["code"], -32601, "of all services there is no list: {answer}");
    assert_eq!(world.stage.eras[1].heard("tasks/get").len(), before);
}

/// The service speaks 2026-07-28 too, which has tasks of another kind.
fn a_task_of_2025_11_25_is_made_in_that_revision(world: &mut World) {
    let mut agent = everything(world).speaking("2025-11-25");
    agent.initialize(world);
    world.stage.desk.answers(|seen| {
        let message = seen.message();
        let result = match (message["method"].as_str()?, seen.header("mcp-protocol-version")) {
            ("tools/call", "2025-11-25") => json!({ "task": { "taskId": "4711", "status": "working" } }),
            ("tasks/get", "2025-11-25") => {
                json!({ "taskId": message["params"]["taskId"], "status": "working" })
            }
            _ => return None,
        };
        let body = json!({ "jsonrpc": "2.0", "id": message["id"], "result": result });
        Some(Reply::new(200, "application/json", body.to_string()))
    });
    let call = json!({ "name": "desk__get_issue", "arguments": {}, "task": {} });
    let created = last(&agent.send(world, "tools/call", call));
    assert_eq!(created["result"]["task"]["taskId"], "desk+4711", "{created}");
    let told = last(&agent.send(world, "tasks/get", json!({ "taskId": "desk+4711" })));
    assert_eq!(told["result"], json!({ "taskId": "desk+4711", "status": "working" }), "{told}");
    assert_eq!(agent.read(world, "desk__get_issue", json!({})), "done", "without a task as ever");
    assert_eq!(world.stage.desk.seen().pop().unwrap().header("mcp-protocol-version"), MODERN);
    assert_eq!(asked(&world.stage.mail, "tasks/get"), 0);
}

fn a_completion_reaches_its_service_alone(world: &mut World) {
    for revision in [MODERN, "2025-06-18"] {
        let agent = client(world, revision);
        for (at, service) in ["new", "old"].into_iter().enumerate() {
            for (kind, member, name, own) in [
                ("ref/prompt", "name", format!("{service}__p"), "p"),
                ("ref/resource", "uri", format!("{service}+x://{{id}}"), "x://{id}"),
            ] {
                let params = json!({
                    "ref": { "type": kind, member: name }, "argument": { "name": "id", "value": "o" },
                    "context": { "arguments": { "name": "new__p" } },
                });
                let answer = last(&agent.send(world, "completion/complete", params));
                assert_eq!(answer["result"]["completion"]["values"], json!(["one"]), "{answer}");
                let heard = world.stage.eras[at].heard("completion/complete").pop().unwrap().message();
                assert_eq!(heard["params"]["ref"][member], own);
                assert_eq!(
                    heard["params"]["context"]["arguments"]["name"], "new__p",
                    "an argument is no name"
                );
            }
        }
        let heard = [0, 1, 2, 3, 4].map(|at: usize| world.stage.eras[at].heard("completion/complete").len());
        assert_eq!(heard[2..], [0, 0, 0]);
        for reference in [
            json!({ "type": "ref/prompt", "name": "desk__p" }),
            json!({ "type": "ref/resource", "uri": "desk+x://{id}" }),
            json!({ "type": "ref/prompt", "name": "p" }),
        ] {
            let params = json!({ "ref": reference, "argument": { "name": "id", "value": "o" } });
            let code = last(&agent.send(world, "completion/complete", params))["error"]["code"].clone();
            assert!([json!(-32602), json!(-32002)].contains(&code), "{reference}: {code}");
        }
    }
}

/// A call of `wait`, which says that it goes on and then nothing more.
fn wait(id: i64, service: &str, token: &Value) -> Value {
    let meta = json!({ "progressToken": token });
    request(id, "tools/call", json!({ "name": format!("{service}__wait"), "arguments": {}, "_meta": meta }))
}

fn calls_at_two_services_tell_their_own_progress(world: &mut World) {
    let agent = client(world, "2025-11-25");
    let token = json!("the same");
    for (one, other) in [(token.clone(), token.clone()), (json!(1), json!("1"))] {
        let mut calls = [("new", one, 1), ("old", other, 2)].map(|(service, token, id)| {
            (open(world, &agent, &wait(id, service, &token)), String::new(), token)
        });
        for (call, rest, token) in calls.iter_mut().rev() {
            let event = call.event(rest).expect("progress");
            assert_eq!(event["method"], "notifications/progress");
            assert_eq!(event["params"]["progressToken"], *token, "as it was");
        }
    }
    let modern = client(world, MODERN);
    for service in ["new", "old"] {
        let params =
            json!({ "name": format!("{service}__wait"), "arguments": {}, "_meta": { "progressToken": "t" } });
        let mut call = modern.open(world, "tools/call", params);
        let event = call.event(&mut String::new()).expect("progress");
        assert_eq!(event["params"]["progressToken"], "t", "{service}");
    }
}

fn a_cancelled_call_leaves_the_other_alone(world: &mut World) {
    let agent = client(world, "2025-06-18");
    let mut rests = [String::new(), String::new()];
    let mut calls =
        [("new", 8), ("old", 9)].map(|(service, id)| open(world, &agent, &wait(id, service, &json!(id))));
    for (call, rest) in calls.iter_mut().zip(&mut rests) {
        assert_eq!(call.event(rest).expect("progress")["method"], "notifications/progress");
    }
    let stranger = client(world, "2025-06-18");
    assert_eq!(stranger.send(world, "notifications/cancelled", json!({ "requestId": 9 })).status(), 202);
    let [one, other] = &mut calls;
    let [rest_of_one, rest_of_other] = &mut rests;
    for (call, rest, id) in [(other, rest_of_other, 9), (one, rest_of_one, 8)] {
        assert_eq!(agent.send(world, "notifications/cancelled", json!({ "requestId": id })).status(), 202);
        // An older service also says things on the stream of its session.
        while let Some(message) = call.event(rest) {
            assert_eq!(message["method"], "notifications/message", "who cancels is not answered: {message}");
        }
    }
    assert!(world.recorded("tool_called", "caller", Some("cancelled")) >= 2);
}

fn a_level_reaches_every_service_that_is_called(world: &mut World) {
    let agent = client(world, "2025-11-25");
    assert_eq!(last(&agent.send(world, "logging/setLevel", json!({ "level": "info" })))["result"], json!({}));
    for service in ["new", "old", "oldest"] {
        let params =
            json!({ "name": format!("{service}__tell"), "arguments": {}, "_meta": { "progressToken": 1 } });
        let told = agent.send(world, "tools/call", params);
        let methods: Vec<Value> = told.events().iter().map(|event| event["method"].clone()).collect();
        assert!(methods.contains(&json!("notifications/message")), "{service}: {methods:?}");
        assert!(!told.text().contains(ERA_MAIL));
    }
    let called = world.stage.eras[0].heard("tools/call").pop().unwrap().message();
    assert_eq!(called["params"]["_meta"]["io.modelcontextprotocol/logLevel"], "info");
    let levels = [0, 1, 2, 3, 4].map(|at: usize| world.stage.eras[at].heard("logging/setLevel").len());
    // By HTTP+SSE each request has a session of its own: the call, and before it the gateway's, where it does not know
    // the tools yet.
    assert!((1..=2).contains(&levels[4]), "{levels:?}");
    assert_eq!(levels[..4], [0, 1, 0, 0], "who is not called is not told");
}

fn a_cursor_is_for_the_service_that_gave_it(world: &mut World) {
    let agent = everything(world);
    let pages = |service: &'static str| {
        move |seen: &Seen| {
            let message = seen.message();
            let cursor = message["params"]["cursor"].as_str().map(str::to_owned);
            let page = |name: &str, next: Option<&str>| {
                let tool = json!({ "name": name, "inputSchema": { "type": "object" } });
                json!({ "tools": [tool], "nextCursor": next, "ttlMs": 0 })
            };
            let result = match cursor.as_deref() {
                None => page("first", Some(service)),
                Some(cursor) if cursor == service => page("second", None),
                Some(_) => page("foreign_cursor", None),
            };
            let body = json!({ "jsonrpc": "2.0", "id": message["id"], "result": result });
            (message["method"] == "tools/list").then(|| Reply::new(200, "application/json", body.to_string()))
        }
    };
    world.stage.desk.answers(pages("desk"));
    world.stage.mail.answers(pages("mail"));
    assert_eq!(agent.tools(world), ["desk__first", "desk__second", "mail__first", "mail__second"]);
    assert_eq!(list(world, &agent, "tools/list").get("nextCursor"), None);
    let before = asked(&world.stage.desk, "tools/list");
    let stranger = everything(world);
    for agent in [&agent, &stranger, &agent.speaking("2025-11-25")] {
        for cursor in ["desk", "mail", "", "desk+desk", "\u{0}"] {
            for method in ["tools/list", "prompts/list", "resources/list", "resources/templates/list"] {
                let answer = last(&agent.send(world, method, json!({ "cursor": cursor })));
                assert_eq!(answer["error"]["code"], -32602, "{method} {cursor:?}: {answer}");
            }
        }
    }
    assert_eq!(asked(&world.stage.desk, "tools/list"), before, "nobody is asked");
}

/// A state in a spelling that no writer of ours has.
const STATE: &str = r#""s\u00e4\/ \u2028mia.muster@kunde.example Person-7K3M9QX2WD4F""#;

fn a_state_goes_back_as_it_was_and_nowhere_else(world: &mut World) {
    let agent = everything(world).able(json!({ "elicitation": {} }));
    let asks = |size: usize| {
        move |seen: &Seen| {
            let body = match seen.message()["params"]["requestState"].is_null() {
                true => format!(
                    r#"{{"jsonrpc":"2.0","id":{},"result":{{"resultType":"input_required","n":1.10,"inputRequests":{{"k":{{"method":"elicitation/create","params":{{"message":"m","requestedSchema":{{"type":"object","properties":{{}}}}}}}}}},"requestState":{STATE}}}}}"#,
                    seen.id()
                ),
                false => {
                    let done = json!({ "content": [{ "type": "text", "text": "done" }], "contents": [], "isError": false });
                    json!({ "jsonrpc": "2.0", "id": seen.message()["id"], "result": done }).to_string()
                }
            };
            let about = ["tools/call", "resources/read"]
                .contains(&seen.message()["method"].as_str().unwrap_or_default());
            about.then(|| match size {
                0 => Reply::new(200, "application/json", body),
                _ => cut(200, "text/event-stream", &format!("data: {body}\n\n"), size),
            })
        }
    };
    let calls = [
        ("tools/call", json!({ "name": "desk__get_issue", "arguments": { "n": 1.0 } })),
        ("resources/read", json!({ "uri": "desk+x:1" })),
    ];
    for (size, (method, params)) in
        [0, 7].into_iter().flat_map(|size| calls.iter().map(move |call| (size, call)))
    {
        world.stage.desk.answers(asks(size));
        world.stage.mail.answers(asks(size));
        let first = agent.send(world, method, params.clone());
        assert!(first.text().contains("1.10"), "the rest stays: {}", first.text());
        let result = last(&first)["result"].clone();
        let state = result["requestState"].as_str().unwrap().to_owned();
        assert!(!state.contains("\\u2028") && !state.contains("mia.muster"), "sealed: {state}");
        let mut retry = params.clone();
        retry["inputResponses"] = json!({ "k": { "action": "accept", "content": {} } });
        retry["requestState"] = json!(state);
        let calls = world.stage.mail.seen().len() + world.stage.desk.seen().len();
        let foreign = |agent: &Agent, world: &mut World, retry: Value| {
            let answer = last(&agent.send(world, method, retry));
            assert_eq!(answer["error"]["code"], -32602, "{answer}");
            assert!(answer["error"]["message"].as_str().unwrap().contains("requestState"), "{answer}");
        };
        let named = |retry: &Value, of: &str, to: &str| {
            let mut other = retry.clone();
            for member in ["name", "uri"] {
                if let Some(name) = retry[member].as_str() {
                    other[member] = json!(name.replacen(of, to, 1));
                }
            }
            other
        };
        foreign(&agent, world, named(&retry, "desk", "mail"));
        foreign(&agent, world, named(&named(&retry, "get_issue", "search_issues"), "x:1", "x:2"));
        let stranger = everything(world).able(json!({ "elicitation": {} }));
        foreign(&stranger, world, retry.clone());
        for forged in
            [json!(format!("{state}A")), json!(state.to_lowercase()), json!(7), json!(""), json!("s\u{e4}/ ")]
        {
            let mut retry = retry.clone();
            retry["requestState"] = forged;
            foreign(&agent, world, retry);
        }
        assert_eq!(
            world.stage.mail.seen().len() + world.stage.desk.seen().len(),
            calls,
            "no service hears of it"
        );
        let done = last(&agent.send(world, method, retry));
        assert!(done["result"].is_object(), "{done}");
        let heard = world.stage.desk.seen().pop().unwrap();
        assert!(heard.body.contains(&format!(r#""requestState":{STATE}"#)), "byte for byte: {}", heard.body);
        assert_eq!(heard.message()["params"]["inputResponses"]["k"]["action"], "accept");
    }
    let kept: Vec<String> = world.audit().iter().map(Value::to_string).collect();
    assert!(kept.iter().any(|event| event.contains("malformed_request")), "the refusals are on record");
}

fn two_services_ask_at_once_and_get_their_own_answers(world: &mut World) {
    let agent = client(world, "2025-06-18");
    let mut calls = Vec::new();
    for (id, service) in [(1, "new"), (2, "old"), (3, "older")] {
        let call = request(id, "tools/call", json!({ "name": format!("{service}__ask"), "arguments": {} }));
        let mut call = open(world, &agent, &call);
        let mut rest = String::new();
        let question = call.event(&mut rest).expect("a question");
        assert_eq!(question["method"], "elicitation/create", "{question}");
        calls.push((call, rest, question["id"].clone(), service));
    }
    // An answer under another service's name is nobody's.
    let answer = |id: &Value, said: &str| json!({ "jsonrpc": "2.0", "id": id, "result": { "action": "accept", "content": { "name": said } } });
    let moved = calls[0].2.as_str().unwrap().replacen("new", "old", 1);
    for id in [moved, "desk.x".to_owned(), "x".to_owned()] {
        let answer = post(world, &agent, &answer(&json!(id), "Eve"));
        assert!(answer.json()["error"].is_object(), "{id}: {}", answer.text());
    }
    for (_, _, id, service) in calls.iter().rev() {
        let answer = post(world, &agent, &answer(id, service));
        assert_eq!(answer.status(), 202, "{}", answer.text());
    }
    for (mut call, mut rest, _, service) in calls {
        let told = text(&call.event(&mut rest).expect("an answer")["result"]);
        assert!(told.starts_with(&format!("chosen {service}")), "{service}: {told}");
    }
}
