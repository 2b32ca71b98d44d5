//! What services say without being asked, at the address of all of them.

use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use mcpgate::host::memory::{Chunk, Reply};
use serde_json::{Value, json};

use super::super::turns::stream;
use super::{asked, everything, last, list, results, told, tool};
use crate::client::{Agent, MODERN};
use crate::stage::{ERA_MAIL, Person, Seen};
use crate::world::{Open, World};
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Usual: an_older_client_hears_the_news_of_all_services, what_is_subscribed_later_is_heard_on_the_open_stream,
        a_dead_service_keeps_no_news_of_the_others_back, a_service_that_comes_back_is_heard_again,
        the_stream_ends_with_its_session, a_stream_of_news_is_one_persons, only_what_is_listed_is_subscribed_to,
        a_subscription_is_made_with_the_real_name, a_changed_list_is_shown_anew_to_older_clients,
        only_what_services_acknowledge_is_acknowledged, who_does_not_acknowledge_is_said,
        an_older_service_acknowledges_what_it_declares, a_subscription_to_all_services_ends_some_time;
    Fresh: what_a_call_leaves_behind_is_heard_in_the_level_that_is_wanted, who_keeps_a_session_hears_that_roots_changed,
        services_that_hang_keep_no_other_from_being_heard, a_subscription_waits_for_all_services_together;
};

const OLDER: [&str; 4] = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];
const LIST_CHANGED: &str = "notifications/tools/list_changed";
const UPDATED: &str = "notifications/resources/updated";
const ACKNOWLEDGED: &str = "notifications/subscriptions/acknowledged";

/// A client of an older revision that has introduced itself to all services.
fn older(world: &mut World, person: &Person, revision: &'static str) -> Agent {
    let mut agent = Agent::of(world, person, "").speaking(revision);
    agent.initialize(world);
    agent
}

/// A request within its session that is no message.
fn bare(world: &World, agent: &Agent, method: Method) -> Request<Bytes> {
    let mut request = agent.request(world, "ping", json!({}));
    *request.method_mut() = method;
    *request.body_mut() = Bytes::new();
    request
}

fn stream_of(world: &mut World, agent: &Agent) -> Open {
    let request = bare(world, agent, Method::GET);
    let open = world.open(request);
    assert_eq!(open.head.status(), StatusCode::OK);
    assert_eq!(open.head.headers()["content-type"], "text/event-stream");
    open
}

/// Reads the stream until this holds for an event; gives all events that were read.
fn until(open: &mut Open, rest: &mut String, holds: impl Fn(&Value) -> bool) -> Vec<Value> {
    let mut heard = Vec::new();
    while heard.len() < 50 {
        let event = open.event(rest).unwrap_or_else(|| panic!("the stream ended after {heard:?}"));
        let found = holds(&event);
        heard.push(event);
        if found {
            return heard;
        }
    }
    panic!("not heard: {heard:?}")
}

fn says(method: &'static str, uri: &str) -> impl Fn(&Value) -> bool {
    move |event| event["method"] == method && (uri.is_empty() || event["params"]["uri"] == uri)
}

/// A stream of news that stays open.
fn lasting(seen: &Seen, notes: &[(&str, Value)]) -> Reply {
    let filter = seen.message()["params"]["notifications"].clone();
    let first = (ACKNOWLEDGED, json!({ "notifications": filter }));
    let event = |(method, params): (&str, Value)| {
        let mut params = params;
        params["_meta"] = json!({ "io.modelcontextprotocol/subscriptionId": seen.message()["id"] });
        let note = json!({ "jsonrpc": "2.0", "method": method, "params": params });
        Chunk::Bytes(format!("data: {note}\n\n").into())
    };
    let chunks: Vec<Chunk> = std::iter::once(first).chain(notes.iter().cloned()).map(event).collect();
    let chunks = chunks.into_iter().chain(std::iter::repeat(Chunk::Later));
    let mut response = Response::new(Box::new(chunks) as Box<dyn Iterator<Item = Chunk> + Send>);
    response.headers_mut().insert("content-type", "text/event-stream".parse().unwrap());
    Reply::Response(response)
}

fn listens(seen: &Seen) -> bool {
    seen.message()["method"] == "subscriptions/listen"
}

fn an_older_client_hears_the_news_of_all_services(world: &mut World) {
    let person = Person::of("eras.example.com");
    for revision in OLDER {
        let agent = older(world, &person, revision);
        for uri in ["new+x://1", "oldest+x://1"] {
            let answer = agent.send(world, "resources/subscribe", json!({ "uri": uri }));
            assert_eq!(last(&answer)["result"], json!({}), "{revision} {uri}");
        }
        let mut open = stream_of(world, &agent);
        let mut rest = String::new();
        let mut heard = Vec::new();
        let all = |heard: &[Value], of: &dyn Fn(&Value) -> bool| heard.iter().any(of);
        while !(all(heard.as_slice(), &says(UPDATED, "new+x://1"))
            && all(heard.as_slice(), &says(UPDATED, "oldest+x://1"))
            && all(heard.as_slice(), &says("notifications/message", "")))
        {
            assert!(heard.len() < 50, "{revision}: {heard:?}");
            heard.push(open.event(&mut rest).expect("the stream goes on"));
        }
        assert!(all(heard.as_slice(), &says(LIST_CHANGED, "")), "{heard:?}");
        assert!(
            !all(heard.as_slice(), &says(UPDATED, "old+x://1")),
            "it did not subscribe to that: {heard:?}"
        );
        let text = json!(heard).to_string();
        assert!(!text.contains(ERA_MAIL) && text.contains("@email.invalid"), "{text}");
        assert!(
            !text.contains("subscriptionId") && !text.contains(ACKNOWLEDGED),
            "of a newer revision: {text}"
        );
        let listened = world.stage.eras[0].heard("subscriptions/listen").pop().unwrap().message();
        assert_eq!(listened["params"]["notifications"]["resourceSubscriptions"], json!(["x://1"]));
        assert!(world.stage.eras[1].heard("resources/subscribe").is_empty(), "nobody asked it for that");
        let subscribed = world.stage.eras[4].heard("resources/subscribe").pop().unwrap().message();
        assert_eq!(subscribed["params"]["uri"], "x://1");
    }
}

fn what_is_subscribed_later_is_heard_on_the_open_stream(world: &mut World) {
    let agent = older(world, &Person::internal(), "2025-06-18");
    world.stage.desk.answers(|seen| {
        let subscribed = seen.message()["params"]["notifications"]["resourceSubscriptions"].is_array();
        let note = if subscribed { (UPDATED, json!({ "uri": "x:1" })) } else { (LIST_CHANGED, json!({})) };
        listens(seen).then(|| lasting(seen, &[note]))
    });
    let mut open = stream_of(world, &agent);
    let mut rest = String::new();
    until(&mut open, &mut rest, says(LIST_CHANGED, ""));
    let answer = agent.send(world, "resources/subscribe", json!({ "uri": "desk+x:1" }));
    assert_eq!(last(&answer)["result"], json!({}));
    until(&mut open, &mut rest, says(UPDATED, "desk+x:1"));
    let answer = agent.send(world, "resources/unsubscribe", json!({ "uri": "desk+x:1" }));
    assert_eq!(last(&answer)["result"], json!({}));
    until(&mut open, &mut rest, says(LIST_CHANGED, ""));
    assert_eq!(asked(&world.stage.desk, "subscriptions/listen"), 3);
    assert_eq!(asked(&world.stage.desk, "resources/subscribe"), 0, "its revision does not have it");
    assert!(
        asked(&world.stage.mail, "subscriptions/listen") <= 1,
        "who has no news is not asked again and again"
    );
}

fn a_dead_service_keeps_no_news_of_the_others_back(world: &mut World) {
    let agent = older(world, &Person::internal(), "2025-11-25");
    world.stage.mail.answers(|seen| listens(seen).then(|| lasting(seen, &[(LIST_CHANGED, json!({}))])));
    for reply in [
        || Reply::Silence,
        || Reply::Refusal,
        || Reply::new(500, "text/plain", "x"),
        || Reply::new(200, "text/event-stream", "data: nonsense\n\n"),
    ] {
        world.stage.desk.answers(move |seen| listens(seen).then(reply));
        let mut open = stream_of(world, &agent);
        let heard = until(&mut open, &mut String::new(), says(LIST_CHANGED, ""));
        assert_eq!(heard.len(), 1, "{heard:?}");
    }
}

fn a_service_that_comes_back_is_heard_again(world: &mut World) {
    let agent = older(world, &Person::internal(), "2025-11-25");
    world.stage.desk.answers(|seen| listens(seen).then_some(Reply::Refusal));
    world.stage.mail.answers(|seen| listens(seen).then(|| lasting(seen, &[(LIST_CHANGED, json!({}))])));
    let mut open = stream_of(world, &agent);
    let mut rest = String::new();
    until(&mut open, &mut rest, says(LIST_CHANGED, ""));
    world.stage.desk.answers(|seen| {
        listens(seen).then(|| lasting(seen, &[("notifications/prompts/list_changed", json!({}))]))
    });
    world.pass_time(Duration::from_secs(31));
    until(&mut open, &mut rest, says("notifications/prompts/list_changed", ""));
}

fn the_stream_ends_with_its_session(world: &mut World) {
    let agent = older(world, &Person::internal(), "2025-11-25");
    world.stage.desk.answers(|seen| listens(seen).then(|| lasting(seen, &[(LIST_CHANGED, json!({}))])));
    let mut open = stream_of(world, &agent);
    let mut rest = String::new();
    until(&mut open, &mut rest, says(LIST_CHANGED, ""));
    let end = bare(world, &agent, Method::DELETE);
    assert_eq!(world.send(end).status(), 200);
    assert_eq!(open.event(&mut rest), None, "a clean end");
    let again = bare(world, &agent, Method::GET);
    assert_eq!(world.send(again).status(), 404);
}

fn a_stream_of_news_is_one_persons(world: &mut World) {
    let agent = older(world, &Person::internal(), "2025-11-25");
    let mut stranger = Agent::of(world, &Person::internal(), "").speaking("2025-11-25");
    stranger.session.clone_from(&agent.session);
    let mut elsewhere = Agent::of(world, &Person::internal(), "desk").speaking("2025-11-25");
    elsewhere.session.clone_from(&agent.session);
    let mut invented = agent.clone();
    invented.session = Some("invented".to_owned());
    let mut newer = agent.speaking(MODERN);
    let mut without = agent.clone();
    without.session = None;
    let mut unknown = agent.speaking("1999-01-01");
    let mut signed_out = agent.clone();
    signed_out.token = "x".to_owned();
    world.stage.desk.reset();
    for (agent, status) in [
        (&mut stranger, 404),
        (&mut invented, 404),
        (&mut newer, 405),
        (&mut without, 405),
        (&mut unknown, 400),
        (&mut signed_out, 401),
    ] {
        let request = bare(world, agent, Method::GET);
        let answer = world.send(request);
        assert_eq!(answer.status(), status, "{}", answer.text());
    }
    assert!(world.stage.desk.seen().is_empty() && world.stage.mail.seen().is_empty());
}

fn only_what_is_listed_is_subscribed_to(world: &mut World) {
    let agent = older(world, &Person::of("limited.example.com"), "2025-11-25");
    let subscribe = |world: &mut World, agent: &Agent, uri: &str| {
        last(&agent.send(world, "resources/subscribe", json!({ "uri": uri })))["error"].to_string()
    };
    let foreign = subscribe(world, &agent, "mail+x:1");
    assert!(foreign.contains("-32002"), "{foreign}");
    assert_eq!(
        foreign,
        subscribe(world, &agent, "nope+x:1").replace("nope", "mail"),
        "theirs or nobody's: the same"
    );
    for uri in ["x:1", "", "DESK+x:1"] {
        assert!(subscribe(world, &agent, uri).contains("-32002"), "{uri}");
    }
    let mut without = agent.clone();
    without.session = None;
    assert!(subscribe(world, &without, "desk+x:1").contains("initialize first"));
    let answer = agent.speaking(MODERN).send(world, "resources/subscribe", json!({ "uri": "desk+x:1" }));
    assert_eq!((answer.status(), &answer.json()["error"]["code"]), (404, &json!(-32601)));
    assert_eq!(asked(&world.stage.desk, "resources/subscribe"), 0);
    assert!(world.stage.mail.seen().is_empty());
}

fn a_subscription_is_made_with_the_real_name(world: &mut World) {
    const REAL: &str = "note:mia.muster@kunde.example";
    let agent = older(world, &Person::internal(), "2025-06-18");
    results(&world.stage.desk, "resources/list", json!({ "resources": [{ "uri": REAL, "name": "n" }] }));
    let listed = list(world, &agent, "resources/list");
    let alias = listed["resources"][0]["uri"].as_str().unwrap().to_owned();
    assert!(alias.starts_with("desk+note:") && alias.ends_with("@email.invalid"), "{alias}");
    world
        .stage
        .desk
        .answers(|seen| listens(seen).then(|| lasting(seen, &[(UPDATED, json!({ "uri": REAL }))])));
    let answer = agent.send(world, "resources/subscribe", json!({ "uri": alias }));
    assert_eq!(last(&answer)["result"], json!({}));
    let mut open = stream_of(world, &agent);
    until(&mut open, &mut String::new(), says(UPDATED, &alias));
    let request = world.stage.desk.seen().pop().unwrap().message();
    assert_eq!(request["params"]["notifications"]["resourceSubscriptions"], json!([REAL]));
    let elsewhere = alias.replace("desk+", "mail+");
    let answer = agent.send(world, "resources/subscribe", json!({ "uri": elsewhere }));
    assert!(last(&answer)["error"].to_string().contains("may not see"), "{}", answer.text());
}

fn a_changed_list_is_shown_anew_to_older_clients(world: &mut World) {
    let agent = older(world, &Person::internal(), "2025-11-25");
    world.stage.desk.answers(|seen| match seen.message()["method"].as_str() {
        Some("subscriptions/listen") => Some(lasting(seen, &[(LIST_CHANGED, json!({}))])),
        Some("tools/list") => {
            let list = json!({ "tools": [tool("a")], "ttlMs": 60_000 });
            let list = json!({ "jsonrpc": "2.0", "id": seen.message()["id"], "result": list });
            Some(Reply::new(200, "application/json", list.to_string()))
        }
        _ => None,
    });
    // Only results of the newest revision say how long they may be kept.
    let newer = agent.speaking(MODERN);
    newer.tools(world);
    newer.tools(world);
    assert_eq!(asked(&world.stage.desk, "tools/list"), 1);
    let mut open = stream_of(world, &agent);
    until(&mut open, &mut String::new(), says(LIST_CHANGED, ""));
    newer.tools(world);
    assert_eq!(asked(&world.stage.desk, "tools/list"), 2);
}

/// What `subscriptions/listen` acknowledges, and which services it says are missing.
fn acknowledged(world: &mut World, agent: &Agent, filter: Value) -> (Value, Value) {
    let mut open = agent.open(world, "subscriptions/listen", json!({ "notifications": filter }));
    let first = open.event(&mut String::new()).expect("an acknowledgement");
    assert_eq!(first["method"], ACKNOWLEDGED, "{first}");
    let meta = &first["params"]["_meta"];
    assert_eq!(meta["io.modelcontextprotocol/subscriptionId"], 7);
    (first["params"]["notifications"].clone(), meta["mcpgate/unavailable"].clone())
}

fn only_what_services_acknowledge_is_acknowledged(world: &mut World) {
    let agent = everything(world);
    let granted = |filter: Value| [(ACKNOWLEDGED, json!({ "notifications": filter }))];
    let wanted = json!({
        "toolsListChanged": true, "promptsListChanged": true, "resourcesListChanged": false,
        "resourceSubscriptions": ["desk+x:1", "desk+x:2", "mail+x:1"], "taskIds": ["mail+7", "desk+7"],
    });
    told(
        &world.stage.desk,
        &granted(
            json!({ "toolsListChanged": true, "promptsListChanged": false, "resourceSubscriptions": ["x:2"] }),
        ),
    );
    told(&world.stage.mail, &granted(json!({ "taskIds": ["7"], "resourcesListChanged": true })));
    let (filter, missing) = acknowledged(world, &agent, wanted.clone());
    let expected =
        json!({ "toolsListChanged": true, "resourceSubscriptions": ["desk+x:2"], "taskIds": ["mail+7"] });
    assert_eq!((filter, missing), (expected, Value::Null));
    // What was not acknowledged first is no stream of news.
    told(&world.stage.desk, &[(LIST_CHANGED, json!({}))]);
    let (filter, missing) = acknowledged(world, &agent, wanted.clone());
    assert_eq!(filter, json!({ "taskIds": ["mail+7"] }));
    assert_eq!((&missing[0]["service"], &missing[0]["reason"]), (&json!("desk"), &json!("service_error")));
    // Services without news are not missing.
    world.stage.desk.behaves();
    told(&world.stage.mail, &granted(json!({})));
    let answer = agent.send(world, "subscriptions/listen", json!({ "notifications": wanted }));
    let events = answer.events();
    assert_eq!(events[0]["params"]["notifications"], json!({}));
    assert_eq!(events[0]["params"]["_meta"].get("mcpgate/unavailable"), None);
    assert_eq!(
        (events.len(), &events[1]["result"]["resultType"]),
        (2, &json!("complete")),
        "and it ends at once"
    );
}

fn who_does_not_acknowledge_is_said(world: &mut World) {
    let agent = everything(world);
    let filter = json!({ "toolsListChanged": true });
    told(&world.stage.mail, &[(ACKNOWLEDGED, json!({ "notifications": filter }))]);
    let fails = |seen: &Seen, code: i64| {
        let error = json!({ "code": code, "message": "mia.muster@kunde.example" });
        let body = json!({ "jsonrpc": "2.0", "id": seen.message()["id"], "error": error });
        Reply::new(200, "application/json", body.to_string())
    };
    for reason in ["service_timeout", "service_unreachable", "service_error", "service_rubbish"] {
        world.stage.desk.answers(move |seen| {
            listens(seen).then(|| match reason {
                "service_timeout" => Reply::Silence,
                "service_unreachable" => Reply::Refusal,
                "service_error" => Reply::new(503, "text/plain", ""),
                _ => Reply::new(200, "text/html", "<p>"),
            })
        });
        let (granted, missing) = acknowledged(world, &agent, filter.clone());
        assert_eq!(granted, filter, "{reason}");
        assert_eq!(
            (&missing[0]["service"], &missing[0]["reason"]),
            (&json!("desk"), &json!(reason)),
            "{missing}"
        );
        assert!(missing[0]["message"].as_str().unwrap().contains("The desk"), "{missing}");
    }
    world.stage.desk.answers(move |seen| listens(seen).then(|| fails(seen, -32603)));
    let (_, missing) = acknowledged(world, &agent, filter.clone());
    assert_eq!(missing[0]["reason"], "service_error");
    assert!(!missing.to_string().contains("mia"), "{missing}");
    assert_eq!(
        world.recorded("request_refused", "service", Some("service_timeout")),
        0,
        "news are not on record"
    );
}

fn an_older_service_acknowledges_what_it_declares(world: &mut World) {
    let agent = Agent::of(world, &Person::of("eras.example.com"), "");
    let filter = json!({
        "promptsListChanged": true,
        "resourceSubscriptions": ["old+x://1", "older+x://1", "elder+x://1", "oldest+x://1"],
    });
    world.stage.eras[0].falls_silent();
    let mut open = agent.open(world, "subscriptions/listen", json!({ "notifications": filter }));
    let mut rest = String::new();
    let first = open.event(&mut rest).expect("an acknowledgement")["params"].clone();
    let granted = json!({ "resourceSubscriptions": filter["resourceSubscriptions"] });
    assert_eq!(first["notifications"], granted, "none of them says that its prompts change");
    let missing = &first["_meta"]["mcpgate/unavailable"];
    assert_eq!((&missing[0]["service"], &missing[1]), (&json!("new"), &Value::Null), "{missing}");
    let heard = until(&mut open, &mut rest, says(UPDATED, "elder+x://1"));
    assert!(!heard.iter().any(says(LIST_CHANGED, "")), "nobody asked for that: {heard:?}");
}

fn a_subscription_to_all_services_ends_some_time(world: &mut World) {
    let agent = everything(world);
    world.stage.desk.answers(|seen| listens(seen).then(|| lasting(seen, &[(LIST_CHANGED, json!({}))])));
    let filter = json!({ "toolsListChanged": true });
    let mut open = agent.open(world, "subscriptions/listen", json!({ "notifications": filter }));
    let mut rest = String::new();
    until(&mut open, &mut rest, says(LIST_CHANGED, ""));
    world.pass_time(Duration::from_secs(601));
    // Its silence is broken often enough to notice the time.
    for _ in 0..4 {
        let Some(chunk) = open.chunk() else { break };
        rest.push_str(std::str::from_utf8(&chunk.unwrap()).unwrap());
    }
    let last = rest.lines().rfind(|line| line.starts_with("data: ")).expect("the client is told to ask anew");
    let end: Value = serde_json::from_str(&last[6..]).unwrap();
    assert_eq!((&end["id"], &end["result"]["resultType"]), (&json!(7), &json!("complete")), "{end}");
    assert_eq!(end["result"]["_meta"]["io.modelcontextprotocol/subscriptionId"], 7);
    assert!(open.chunk().is_none(), "nothing comes after it");
}

/// Has twelve services that are called `mail-1` and so on in the place of `mail`, each with five minutes' time, and the
/// desk after them; none of the twelve answers who wants its news.
fn twelve_hang(world: &mut World) {
    world.sql(
        "INSERT INTO config_version (version, toml, created_at) \
         WITH RECURSIVE number(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM number WHERE i < 12), \
         part(toml, mail) AS (SELECT toml, substr(toml, instr(toml, 'id = \"mail\"') - 12, \
             instr(toml, 'id = \"books\"') - instr(toml, 'id = \"mail\"')) FROM config_version), \
         rest(toml, mail, desk) AS (SELECT toml, mail, substr(toml, instr(toml, 'id = \"desk\"') - 12, \
             instr(toml, 'id = \"mail\"') - instr(toml, 'id = \"desk\"')) FROM part) \
         SELECT 2, replace(replace(toml, 'services = [\"desk\", \"mail\"]', 'services = [' || \
                 (SELECT group_concat('\"mail-' || i || '\"', ', ') FROM number) || ', \"desk\"]'), desk, '') || \
             (SELECT group_concat(replace(replace(mail, '\"mail\"', '\"mail-' || i || '\"'), '2s', '300s'), '') \
                 FROM number) || desk, 0 \
         FROM rest",
    );
    world.pass_time(Duration::from_secs(10));
    let wants_news = |seen: &Seen| seen.message()["method"] == "subscriptions/listen";
    world.stage.mail.answers(move |seen| wants_news(seen).then_some(Reply::Waiting));
}

fn services_that_hang_keep_no_other_from_being_heard(world: &mut World) {
    twelve_hang(world);
    let acknowledged = (ACKNOWLEDGED, json!({ "notifications": { "toolsListChanged": true } }));
    told(&world.stage.desk, &[acknowledged, (LIST_CHANGED, json!({}))]);
    let agent = older(world, &Person::internal(), OLDER[1]);
    let (mut open, mut rest) = (stream_of(world, &agent), String::new());
    until(&mut open, &mut rest, |event| event["method"] == LIST_CHANGED);
}

fn a_subscription_waits_for_all_services_together(world: &mut World) {
    twelve_hang(world);
    let agent = everything(world);
    let filter = json!({ "notifications": { "toolsListChanged": true } });
    let (mut open, mut rest) = (agent.open(world, "subscriptions/listen", filter), String::new());
    let begun = open.event(&mut rest).expect("the acknowledgement");
    let missing = begun["params"]["_meta"]["mcpgate/unavailable"].as_array().unwrap();
    assert!(missing.len() >= 12, "{begun}");
    assert!(missing.iter().all(|service| service["reason"] == "service_timeout"), "{begun}");
    assert_eq!(asked(&world.stage.mail, "subscriptions/listen"), 12, "those that hang make place for others");
}

/// The desk is of an older revision and says this on the stream of a session; without it, there is no such stream.
fn old_desk(world: &World, says: &'static [&'static str]) {
    let sessions = std::sync::Mutex::new(0);
    world.stage.desk.answers(move |seen| {
        let message = seen.message();
        let reply = |status, body: Value| {
            let body = json!({ "jsonrpc": "2.0", "id": message["id"], (if status == 200 { "result" } else { "error" }): body });
            Some(Reply::new(status, "application/json", body.to_string()))
        };
        match message["method"].as_str() {
            Some("server/discover") => reply(400, json!({ "code": -32601, "message": "no such method" })),
            Some("initialize") => {
                *sessions.lock().unwrap() += 1;
                let result = json!({ "protocolVersion": "2025-11-25", "capabilities": { "tools": {}, "logging": {} },
                    "serverInfo": { "name": "desk", "version": "1" } });
                reply(200, result).map(|reply| reply.header("mcp-session-id", &format!("desk-{}", sessions.lock().unwrap())))
            }
            Some("logging/setLevel") => reply(200, json!({})),
            None if seen.method == Method::GET && says.is_empty() => Some(Reply::new(405, "text/plain", "")),
            None if seen.method == Method::GET => {
                let event = |method: &&str| {
                    let params = json!({ "level": "info", "data": "for mia.muster@kunde.example", "elicitationId": "e1" });
                    let note = json!({ "jsonrpc": "2.0", "method": method, "params": params });
                    Chunk::Bytes(format!("data: {note}\n\n").into())
                };
                Some(stream(says.iter().map(event).chain(std::iter::repeat(Chunk::Later))))
            }
            _ => None,
        }
    });
}

/// The sessions that messages like this came in.
fn sessions(world: &World, these: impl Fn(&Seen) -> bool) -> Vec<String> {
    let seen = world.stage.desk.seen();
    seen.iter().filter(|seen| these(seen)).map(|seen| seen.header("mcp-session-id").to_owned()).collect()
}

fn what_a_call_leaves_behind_is_heard_in_the_level_that_is_wanted(world: &mut World) {
    const SAYS: [&str; 2] = ["notifications/message", "notifications/elicitation/complete"];
    old_desk(world, &SAYS);
    let agent = older(world, &Person::internal(), "2025-11-25");
    let call = json!({ "name": "desk__get_issue", "arguments": {} });
    agent.send(world, "tools/call", call.clone());
    let (mut open, mut rest) = (stream_of(world, &agent), String::new());
    let heard = until(&mut open, &mut rest, says(SAYS[1], ""));
    assert!(heard.iter().any(says(SAYS[0], "")), "{heard:?}");
    let heard = json!(heard).to_string();
    assert!(heard.contains("@email.invalid") && !heard.contains("mia.muster"), "{heard}");
    let listened = |seen: &Seen| seen.method == Method::GET;
    assert_eq!(sessions(world, listened), sessions(world, Seen::calls), "where the call was");
    // With another level the service has another session, which is listened to as well.
    agent.send(world, "logging/setLevel", json!({ "level": "warning" }));
    agent.send(world, "tools/call", call);
    world.pass_time(Duration::from_secs(6));
    let heard = until(&mut open, &mut rest, says(SAYS[1], ""));
    assert!(!heard.iter().any(says(SAYS[0], "")), "this service knows no levels: {heard:?}");
    assert_eq!(sessions(world, listened), sessions(world, Seen::calls));
    let level = sessions(world, |seen| seen.message()["params"]["level"] == "warning");
    assert_eq!(level.last(), sessions(world, listened).last());
}

fn who_keeps_a_session_hears_that_roots_changed(world: &mut World) {
    const CHANGED: &str = "notifications/roots/list_changed";
    old_desk(world, &[]);
    let agent = Agent::of(world, &Person::internal(), "").able(json!({ "roots": {} }));
    let mut agent = agent.speaking("2025-11-25");
    agent.initialize(world);
    agent.send(world, "tools/call", json!({ "name": "desk__get_issue", "arguments": {} }));
    let mail = world.stage.mail.seen().len();
    let params = json!({ "_meta": { "who": "mia.muster@kunde.example" } });
    let told = agent.send(world, CHANGED, params);
    assert_eq!((told.status(), told.text()), (202, ""));
    world.settle();
    let changed = |seen: &Seen| seen.message()["method"] == CHANGED;
    assert_eq!(sessions(world, changed), sessions(world, Seen::calls), "in the session of the call");
    assert_eq!(world.stage.mail.seen().len(), mail, "no session is begun for that");
    // A client that has no roots says nothing of them.
    let other = older(world, &Person::internal(), "2025-11-25");
    other.send(world, "tools/call", json!({ "name": "desk__get_issue", "arguments": {} }));
    other.send(world, CHANGED, json!({}));
    world.settle();
    assert_eq!(sessions(world, changed).len(), 1);
}
