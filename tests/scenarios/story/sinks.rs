//! Records on their way to a SIEM that they are sent to.

use std::time::Duration;

use mcpgate::audit::chain::{self, Broken, Record};
use mcpgate::host::memory::Reply;
use serde_json::{Value, json};

use super::admin::{administrator, ask, token};
use crate::client::{Agent, Browser};
use crate::stage::Person;
use crate::world::World;
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Sinks: records_arrive_at_every_sink_in_their_order, a_sink_that_is_down_gets_everything_later,
        what_a_sink_refuses_waits_until_it_is_replayed, what_was_deleted_is_not_said_to_be_sent_again, a_sink_that_is_busy_is_asked_again_when_it_says,
        a_slow_sink_keeps_nobody_waiting, a_sink_goes_on_after_a_restart;
};

const DELIVERIES: &str = "/admin/audit/deliveries";

/// Until every sink has what there is to have, or as much as these few say of themselves.
#[track_caller]
fn delivered(world: &mut World, sinks: &[&str]) {
    world.settle();
    for _ in 0..4 {
        let names: Vec<String> = sinks.iter().map(|sink| format!("'{sink}'")).collect();
        let left = format!(
            "SELECT count(*) FROM audit_delivery WHERE sink IN ({}) AND seq < (SELECT max(seq) FROM audit_log)",
            names.join(",")
        );
        world.maintain_until(&left, "0");
        // What is said of the delivery itself comes after it.
        world.settle();
    }
}

/// What a sink took is the chain, from its beginning on.
#[track_caller]
fn whole(world: &mut World, sink: &str) -> Vec<Record> {
    let taken = world.stage.siem.taken(sink);
    chain::verify(taken.iter().cloned().map(Ok::<_, Broken>))
        .expect("nothing is missing, doubled or out of order");
    let end: usize = world.rows("SELECT max(seq) FROM audit_log")[0][0].parse().unwrap();
    assert_eq!(taken.len(), end, "{sink}");
    taken
}

fn deliveries(world: &mut World, token: &str) -> Value {
    let answer = ask(world, token, "GET", DELIVERIES, &Value::Null);
    assert_eq!(answer.status(), 200, "{}", answer.text());
    answer.json()
}

fn of<'a>(deliveries: &'a Value, id: &str) -> &'a Value {
    deliveries["sinks"].as_array().unwrap().iter().find(|sink| sink["id"] == id).unwrap()
}

fn audit_token(world: &mut World) -> String {
    let mut admin = administrator(world);
    token(world, &mut admin, &["scope_audit"], "30")
}

fn records_arrive_at_every_sink_in_their_order(world: &mut World) {
    let token = audit_token(world);
    let agent = Agent::of(world, &Person::internal(), "desk");
    for _ in 0..8 {
        agent.read(world, "get_issue", json!({}));
    }
    delivered(world, &["splunk", "lake", "otel"]);
    let lake = whole(world, "lake");
    assert_eq!(whole(world, "splunk"), lake);
    assert_eq!(whole(world, "otel"), lake);
    assert!(world.stage.siem.asked("lake") >= lake.len() / 5, "in batches");
    let told = deliveries(world, &token);
    for sink in ["splunk", "lake", "otel"] {
        let sink = of(&told, sink);
        assert_eq!((&sink["failing"], &sink["dead_letters"]), (&Value::Null, &json!([])), "{sink}");
        assert!(sink["delivered_to"].as_i64().unwrap() >= lake.len() as i64, "{sink}");
    }
    world.expect_recorded("deliveries_viewed", "ok", None);
    assert_eq!(world.recorded("delivery_failed", "sink", None), 0);
}

fn a_sink_that_is_down_gets_everything_later(world: &mut World) {
    // Before anything is on record: hosts deliver while a scenario goes on.
    world.stage.siem.answers("lake", || Reply::Refusal);
    let token = audit_token(world);
    let agent = Agent::of(world, &Person::internal(), "desk");
    agent.read(world, "get_issue", json!({}));
    delivered(world, &["splunk", "otel"]);
    whole(world, "splunk");
    assert!(world.stage.siem.taken("lake").is_empty());
    for attempt in 1..=6 {
        world.pass_time(Duration::from_secs(20 * 60));
        let failures = format!("SELECT failures > {attempt} FROM audit_delivery WHERE sink = 'lake'");
        world.maintain_until(&failures, "1");
    }
    world.expect_logged("delivery_failed sink=lake reason=sink_unreachable");
    world.settle();
    world.expect_recorded("delivery_failed", "sink", Some("sink_unreachable"));
    let told = deliveries(world, &token);
    assert_eq!(of(&told, "lake")["failing"]["reason"], "sink_unreachable");
    assert_eq!(
        (&of(&told, "lake")["delivered_to"], &of(&told, "lake")["dead_letters"]),
        (&json!(0), &json!([]))
    );
    assert!(of(&told, "lake")["waiting"].as_i64().unwrap() > 5, "{told}");

    world.stage.siem.behaves("lake");
    world.pass_time(Duration::from_secs(20 * 60));
    delivered(world, &["lake", "splunk", "otel"]);
    let lake = whole(world, "lake");
    assert_eq!(whole(world, "splunk"), lake);
    world.expect_recorded("delivery_resumed", "ok", None);
    let resumed = world.audit().into_iter().find(|event| event["action"] == "delivery_resumed").unwrap();
    assert_eq!((&resumed["sink"], &resumed["range"]["first"]), (&json!("lake"), &json!(1)));
    world.expect_recorded("delivery_failed", "sink", Some("sink_unreachable"));
}

fn what_a_sink_refuses_waits_until_it_is_replayed(world: &mut World) {
    world.stage.siem.answers("splunk", || {
        Reply::new(403, "application/json", "{\"text\":\"Invalid token jane@example.com\",\"code\":4}")
    });
    let token = audit_token(world);
    let agent = Agent::of(world, &Person::internal(), "desk");
    agent.read(world, "get_issue", json!({}));
    for _ in 0..4 {
        world.pass_time(Duration::from_secs(20 * 60));
        delivered(world, &["lake", "otel"]);
    }
    whole(world, "lake");
    let letters = world.rows("SELECT first_seq, reason, status, last_seq > 5 FROM audit_dead_letter");
    assert_eq!(letters, [["1", "sink_refused", "403", "1"]], "one row for all that follows one another");
    world.expect_recorded("delivery_failed", "sink", Some("sink_refused"));
    let told = deliveries(world, &token);
    let letter = &of(&told, "splunk")["dead_letters"][0];
    assert_eq!(
        (&letter["first"], &letter["status"], &letter["replaying"]),
        (&json!(1), &json!(403), &json!(false))
    );
    assert!(!told.to_string().contains("jane"), "what a sink says of it is kept nowhere");

    world.stage.siem.behaves("splunk");
    world.pass_time(Duration::from_secs(20 * 60));
    agent.renewed(world).read(world, "get_issue", json!({}));
    delivered(world, &["splunk", "lake", "otel"]);
    let before = world.stage.siem.taken("splunk");
    assert!(before.first().is_some_and(|record| record.seq > 5), "it goes on after them");
    let replay = ask(world, &token, "POST", &format!("{DELIVERIES}/splunk/replay"), &Value::Null);
    assert_eq!((replay.status(), &replay.json()["sink"]), (202, &json!("splunk")), "{}", replay.text());
    assert_eq!(replay.json()["replaying"][0]["first"], 1);
    world.maintain_until("SELECT count(*) FROM audit_dead_letter", "0");
    delivered(world, &["splunk", "lake", "otel"]);
    let mut taken = world.stage.siem.taken("splunk");
    assert_eq!(taken[..before.len()], before, "what is new is not kept waiting");
    taken.sort_by_key(|record| record.seq);
    assert_eq!(taken, whole(world, "lake"), "each once");
    world.expect_recorded("delivery_replayed", "ok", None);
    world.expect_recorded("delivery_resumed", "ok", None);

    let unknown = ask(world, &token, "POST", &format!("{DELIVERIES}/nowhere/replay"), &Value::Null);
    assert_eq!((unknown.status(), &unknown.json()["error"]), (404, &json!("sink_unknown")));
    world.expect_recorded("delivery_replayed", "refused", Some("sink_unknown"));
    let mut admin = administrator(world);
    let other = super::admin::token(world, &mut admin, &["scope_people"], "1");
    assert_eq!(ask(world, &other, "POST", &format!("{DELIVERIES}/lake/replay"), &Value::Null).status(), 403);
    assert_eq!(ask(world, &other, "GET", DELIVERIES, &Value::Null).status(), 403);
    world.expect_recorded("delivery_replayed", "refused", Some("admin_scope"));
    world.expect_recorded("deliveries_viewed", "refused", Some("admin_scope"));
    let foreign = admin.post(world, &format!("{DELIVERIES}/lake/replay"), &[]);
    assert_eq!(foreign.status(), 403, "a page of somebody else gets nothing sent");
    world.expect_recorded("delivery_replayed", "refused", Some("csrf"));
}

fn what_was_deleted_is_not_said_to_be_sent_again(world: &mut World) {
    let token = audit_token(world);
    world.settle();
    // Before the first record that there is, as what `audit.retention` has deleted.
    world.sql(
        "INSERT INTO audit_dead_letter (sink, first_seq, last_seq, reason, at) VALUES ('lake', 0, 0, 'sink_refused', 0)",
    );
    let replay = ask(world, &token, "POST", &format!("{DELIVERIES}/lake/replay"), &Value::Null);
    let told =
        json!({ "sink": "lake", "records": 0, "replaying": [], "deleted": [{ "first": 0, "last": 0 }] });
    assert_eq!((replay.status(), replay.json()), (202, told));
    world.expect_logged("dead_letters_deleted sink=lake first=0 last=0");
    world.settle();
    world.expect_recorded("delivery_failed", "sink", Some("records_deleted"));
    world.expect_recorded("delivery_replayed", "refused", Some("records_deleted"));
    let told = deliveries(world, &token);
    let letters = &of(&told, "lake")["dead_letters"];
    assert_eq!((&letters[0]["reason"], letters.as_array().unwrap().len()), (&json!("records_deleted"), 1));
}

fn a_sink_that_is_busy_is_asked_again_when_it_says(world: &mut World) {
    world
        .stage
        .siem
        .answers("otel", || Reply::new(429, "application/json", "{}").header("retry-after", "600"));
    let mut browser = Browser::of(&Person::internal());
    let agent = Agent::at(world, &mut browser, "desk");
    agent.read(world, "get_issue", json!({}));
    delivered(world, &["splunk", "lake"]);
    assert_eq!(world.stage.siem.asked("otel"), 1);
    world.pass_time(Duration::from_secs(300));
    agent.read(world, "get_issue", json!({}));
    delivered(world, &["splunk", "lake"]);
    assert_eq!(world.stage.siem.asked("otel"), 1, "not before its time");
    world.stage.siem.behaves("otel");
    world.pass_time(Duration::from_secs(301));
    delivered(world, &["splunk", "lake", "otel"]);
    whole(world, "otel");
    let told: Vec<Value> = world.audit().into_iter().filter(|event| event["sink"] == "otel").collect();
    assert!(told.is_empty(), "one pause is nothing to tell: {told:?}");
}

fn a_slow_sink_keeps_nobody_waiting(world: &mut World) {
    world.stage.siem.answers("lake", || Reply::Silence);
    let agent = Agent::of(world, &Person::internal(), "desk");
    for _ in 0..3 {
        agent.read(world, "get_issue", json!({}));
    }
    delivered(world, &["splunk", "otel"]);
    whole(world, "splunk");
    // The gateway waits for ten seconds.
    let late = |world: &mut World| world.logs().contains("delivery_failed sink=lake reason=sink_timeout");
    let told = (0..300).any(|_| {
        let told = late(world);
        std::thread::sleep(Duration::from_millis(if told { 0 } else { 100 }));
        told
    });
    assert!(told, "{}", world.logs());
    assert_eq!(world.recorded("tool_called", "ok", None), 3);
    world.stage.siem.behaves("lake");
    world.pass_time(Duration::from_secs(20 * 60));
    delivered(world, &["splunk", "lake", "otel"]);
    whole(world, "lake");
}

fn a_sink_goes_on_after_a_restart(world: &mut World) {
    world.stage.siem.answers("splunk", || {
        Reply::new(503, "application/json", "{\"text\":\"Server is busy\",\"code\":9}")
    });
    let agent = Agent::of(world, &Person::internal(), "desk");
    agent.read(world, "get_issue", json!({}));
    delivered(world, &["lake", "otel"]);
    world.restart();
    world.stage.siem.behaves("splunk");
    world.pass_time(Duration::from_secs(20 * 60));
    delivered(world, &["splunk", "lake", "otel"]);
    whole(world, "splunk");
    whole(world, "lake");
}
