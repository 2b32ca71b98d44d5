//! What happens is on record, or it does not happen.

use std::time::Duration;

use mcpgate::host::memory::{Chunk, Reply};
use serde_json::{Value, json};

use super::exempt::stream as session_stream;
use super::turns::{event, stream};
use crate::client::{Agent, Ask, Browser};
use crate::stage::Person;
use crate::world::World;
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Usual: what_the_queue_refuses_arrives_later, an_answer_that_gives_values_back_is_on_record,
        what_is_found_in_news_is_on_record, an_empty_result_is_empty;
    Observing: what_would_be_cut_from_news_is_on_record;
    Fresh: what_cannot_be_recorded_is_not_done, what_was_done_and_cannot_be_recorded_is_said_to_be_unsure,
        records_outlive_a_restart,
        another_configuration_is_on_record,
        a_configuration_gets_on_record_as_it_takes_effect;
    Lenient: a_lenient_gateway_goes_on_unrecorded;
};

fn what_the_queue_refuses_arrives_later(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    agent.tools(world);
    let before = world.audit().len();
    world.queue_refuses(true);
    agent.read(world, "add_comment", json!({ "text": "while the queue is down" }));
    assert_eq!(world.stage.desk.calls().len(), 1, "a call goes on");
    let spooled = world.rows("SELECT event FROM audit_outbox");
    assert_eq!(spooled.len(), 2, "both of its events are in the outbox: {spooled:?}");
    world.queue_refuses(false);
    agent.read(world, "get_issue", json!({}));
    let events = world.audit();
    let actions: Vec<&str> = events[before..].iter().map(|event| event["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["tool_announced", "tool_called", "tool_called"]);
    assert!(world.rows("SELECT event FROM audit_outbox").is_empty());
    world.expect_logged("audit_spooled");
}

fn what_cannot_be_recorded_is_not_done(world: &mut World) {
    let mut browser = Browser::of(&Person::internal());
    let agent = Agent::at(world, &mut browser, "desk");
    agent.tools(world);
    world.settle();
    world.queue_refuses(true);
    world.sql("ALTER TABLE audit_outbox RENAME TO audit_outbox_away");

    let told = agent.refused(world, "add_comment", json!({ "text": "unseen" }));
    assert!(told.contains("cannot record calls") && told.contains("Try again"), "{told}");
    assert!(world.stage.desk.calls().is_empty(), "nothing was forwarded");
    world.expect_logged("audit_lost");

    // Nobody gets in, either, and no client gets anything.
    let page = Browser::of(&Person::internal()).sign_in(world, "/login");
    assert_eq!(page.status(), 503, "{}", page.text());
    assert!(page.text().contains("This gateway") && page.text().contains("Try again"), "{}", page.text());
    let answer = agent.ask.refresh(world, &agent.refresh_token);
    assert_eq!((answer.status(), &answer.json()["error"]), (503, &json!("temporarily_unavailable")));

    world.sql("ALTER TABLE audit_outbox_away RENAME TO audit_outbox");
    world.queue_refuses(false);
    agent.renewed(world).read(world, "add_comment", json!({ "text": "seen" }));
    world.expect_recorded("tool_announced", "ok", None);
}

fn what_was_done_and_cannot_be_recorded_is_said_to_be_unsure(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    agent.tools(world);
    world.settle();
    world.queue_refuses(true);
    world.sql("ALTER TABLE audit_outbox RENAME TO audit_outbox_away");
    // A read is not announced, so it was made by the time that nothing can be recorded.
    let told = agent.refused(world, "get_issue", json!({}));
    assert!(told.contains("may have been done") && told.contains("Check before trying again"), "{told}");
    assert_eq!(world.stage.desk.calls().len(), 1);
    world.expect_logged("audit_lost");
    world.sql("ALTER TABLE audit_outbox_away RENAME TO audit_outbox");
    world.queue_refuses(false);
}

fn records_outlive_a_restart(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    agent.read(world, "get_issue", json!({}));
    let before = world.audit();
    world.restart();
    assert_eq!(world.audit(), before);
    agent.read(world, "get_issue", json!({}));
    assert_eq!(world.audit().len(), before.len() + 1);
}

fn a_lenient_gateway_goes_on_unrecorded(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    agent.tools(world);
    world.settle();
    world.queue_refuses(true);
    world.sql("ALTER TABLE audit_outbox RENAME TO audit_outbox_away");
    agent.read(world, "add_comment", json!({ "text": "unseen" }));
    assert_eq!(world.stage.desk.calls().len(), 1);
    world.expect_logged("audit_lost");
    let ask = Ask::new(world, "desk");
    ask.code(world, &mut Browser::of(&Person::internal()));
    world.sql("ALTER TABLE audit_outbox_away RENAME TO audit_outbox");
    world.queue_refuses(false);
    let lost = |event: &Value| event["action"] == "tool_called";
    assert!(!world.audit().iter().any(lost));
}

fn another_configuration_is_on_record(world: &mut World) {
    let noted = "SELECT value FROM noted WHERE what = 'configuration'";
    world.maintain_until(noted, "1");
    world.sql(
        "INSERT INTO config_version (version, toml, created_at) SELECT version + n, toml, created_at FROM config_version, \
         (SELECT 1 AS n UNION SELECT 2)",
    );
    world.pass_time(Duration::from_secs(120));
    world.maintain_until(noted, "3");
    world.maintain_until(noted, "3");
    world.maintain_until("SELECT count(*) FROM audit_outbox", "0");
    world.settle();
    let changed = |event: &&Value| event["action"] == "configuration_changed";
    let events = world.audit();
    let versions: Vec<&Value> = events.iter().filter(changed).map(|event| &event["configuration"]).collect();
    assert_eq!(versions, [1, 2, 3], "each is said once, also one that was followed at once");
    assert_eq!(world.recorded("sealing_keys_changed", "ok", None), 0, "keys did not change");
}

fn an_answer_that_gives_values_back_is_on_record(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk").able(json!({ "elicitation": {} }));
    let agent = agent.speaking("2025-06-18");
    world.stage.desk.says("mia.muster@kunde.example");
    let pseudonym = agent.read(world, "get_issue", json!({}));
    world.stage.desk.answers(|seen| {
        let message = seen.message();
        let params = json!({ "message": "Whom?", "requestedSchema": { "type": "object", "properties": {} } });
        let asks = json!({ "jsonrpc": "2.0", "id": 1, "method": "elicitation/create", "params": params });
        match message["method"].as_str() {
            Some("tools/call") => Some(stream(
                [event(&asks)].into_iter().chain(std::iter::repeat_with(|| Chunk::Later).take(60)),
            )),
            None if !message["id"].is_null() => Some(Reply::new(202, "text/plain", "")),
            _ => None,
        }
    });
    let mut open = agent.open(world, "tools/call", json!({ "name": "get_issue", "arguments": {} }));
    let mut rest = String::new();
    let question = open.event(&mut rest).expect("a question");
    let result = json!({ "action": "accept", "content": { "who": pseudonym } });
    let answer = json!({ "jsonrpc": "2.0", "id": question["id"], "result": result });
    let posted = agent.posting(world, answer.to_string());
    assert_eq!(world.send(posted).status(), 202);
    while open.event(&mut rest).is_some() {}
    let heard = world.stage.desk.seen().into_iter().map(|seen| seen.message());
    let heard: Vec<Value> = heard.filter(|message| message["result"]["action"] == "accept").collect();
    assert_eq!(heard[0]["result"]["content"]["who"], "mia.muster@kunde.example");
    assert_eq!(relayed(world), [json!(["ok", { "email": 1 }, null, null, null])]);
}

/// What is on record of what was passed on besides: outcome, what was given back and found, what was cut or would be
/// stopped.
fn relayed(world: &mut World) -> Vec<Value> {
    world.settle();
    let events = world.audit().into_iter().filter(|event| event["action"] == "relayed");
    events
        .map(|event| {
            json!([event["outcome"], event["given_back"], event["found"], event["cut"], event["observed"]])
        })
        .collect()
}

/// Lets the stream of the desk's sessions tell this.
fn tells(world: &World, messages: &[Value]) {
    let said: String = messages.iter().map(|message| format!("data: {message}\n\n")).collect();
    world.stage.desk.answers(move |seen| {
        (seen.method == "GET").then(|| Reply::new(200, "text/event-stream", said.clone()))
    });
}

fn log(text: &str) -> Value {
    let params = json!({ "level": "info", "data": text });
    json!({ "jsonrpc": "2.0", "method": "notifications/message", "params": params })
}

fn what_is_found_in_news_is_on_record(world: &mut World) {
    let mut agent = Agent::of(world, &Person::internal(), "desk").speaking("2025-11-25");
    agent.initialize(world);
    let content = json!([{ "type": "text", "text": "anna.schmidt@kunde.example" }]);
    let answer = json!({ "jsonrpc": "2.0", "id": 9, "result": { "content": content } });
    tells(world, &[log("mia.muster@kunde.example"), answer.clone(), log("max.muster@kunde.example")]);
    session_stream(world, &agent, "", "2025-11-25");
    assert_eq!(relayed(world), [json!(["ok", null, { "email": 2 }, null, null])]);
    let answers = world.audit().into_iter().filter(|event| event["action"] == "requested");
    let found: Vec<Value> = answers.map(|event| event["found"].clone()).collect();
    assert_eq!(found, [json!({ "email": 1 })], "an answer has an event of its own");

    let long = log(&"x".repeat(3000));
    tells(world, &[vec![long; 20], vec![answer]].concat());
    session_stream(world, &agent, "", "2025-11-25");
    assert_eq!(relayed(world).pop(), Some(json!(["ok", null, null, true, null])));
    let last = world.audit().into_iter().rfind(|event| event["action"] == "requested").unwrap();
    assert_eq!(last["cut"], Value::Null, "nothing was cut from the answer");

    tells(world, &[log("nothing")]);
    session_stream(world, &agent, "", "2025-11-25");
    assert_eq!(relayed(world).len(), 2, "what says nothing is not on record");
}

fn what_would_be_cut_from_news_is_on_record(world: &mut World) {
    let mut agent = Agent::of(world, &Person::internal(), "desk").speaking("2025-11-25");
    agent.initialize(world);
    tells(world, &vec![log(&"x".repeat(3000)); 20]);
    let told = session_stream(world, &agent, "", "2025-11-25");
    assert_eq!(told.events().len(), 20);
    assert_eq!(relayed(world), [json!(["ok", null, null, null, ["result_too_large"]])]);
}

fn an_empty_result_is_empty(world: &mut World) {
    let mut agent = Agent::of(world, &Person::internal(), "desk").speaking("2025-11-25");
    agent.initialize(world);
    world.stage.desk.answers(|seen| {
        let message = seen.message();
        let body = json!({ "jsonrpc": "2.0", "id": message["id"], "result": { "rows": ["all customers"] } });
        let quiet = ["ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe"];
        let is_quiet = message["method"].as_str().is_some_and(|method| quiet.contains(&method));
        is_quiet.then(|| Reply::new(200, "application/json", body.to_string()))
    });
    for (method, params) in [
        ("ping", json!({})),
        ("logging/setLevel", json!({ "level": "info" })),
        ("resources/subscribe", json!({ "uri": "crm://1" })),
        ("resources/unsubscribe", json!({ "uri": "crm://1" })),
    ] {
        let told = agent.send(world, method, params);
        assert_eq!(told.json()["result"], json!({}), "{method}: {}", told.text());
    }
}

fn a_configuration_gets_on_record_as_it_takes_effect(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    world.settle();
    world.sql(
        "INSERT INTO config_version (version, toml, created_at) \
         SELECT 2, toml || char(10) || '# another', 0 FROM config_version",
    );
    world.pass_time(Duration::from_secs(6));
    agent.read(world, "get_issue", json!({}));
    assert_eq!(world.rows("SELECT value FROM noted WHERE what = 'configuration'"), [["2"]]);
    // Somebody who may drop triggers hides it before the next maintenance.
    world.sql("DROP TRIGGER config_version_is_never_deleted");
    world.sql("DELETE FROM config_version WHERE version = 2");
    world.pass_time(Duration::from_secs(6));
    agent.read(world, "get_issue", json!({}));
    world.maintain_until("SELECT count(*) FROM audit_outbox", "0");
    world.settle();
    let changed = |event: &&Value| event["action"] == "configuration_changed";
    let events = world.audit();
    let (versions, texts): (Vec<&Value>, Vec<&Value>) =
        events.iter().filter(changed).map(|event| (&event["configuration"], &event["subject"])).unzip();
    assert_eq!(versions, [1, 2], "each is said once");
    assert!(texts[0].is_string() && texts[1].is_string() && texts[0] != texts[1], "{texts:?}");
}
