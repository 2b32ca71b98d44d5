//! Records for a SIEM that pulls them.

use std::time::Duration;

use mcpgate::audit::chain::{self, Broken, Record};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::admin::{administrator, ask, token};
use crate::client::{Agent, Browser};
use crate::stage::Person;
use crate::world::{Answer, World};
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Usual: a_siem_pulls_in_every_format, a_browser_gets_records_only_for_an_administrator,
        what_cannot_be_exported_is_said_and_recorded, a_time_can_be_asked_for;
    Fresh: pages_together_are_the_whole_chain, what_cannot_be_recorded_is_not_exported;
};

const EXPORT: &str = "/admin/audit/export";

fn pull(world: &mut World, token: &str, query: &str) -> Answer {
    world.settle();
    let answer = ask(world, token, "GET", &format!("{EXPORT}{query}"), &Value::Null);
    assert_eq!(answer.status(), 200, "{}", answer.text());
    assert_eq!(answer.header("cache-control"), "no-store");
    answer
}

fn records(answer: &Answer) -> Vec<Record> {
    answer.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn next(answer: &Answer) -> i64 {
    answer.header("mcpgate-next-after").parse().unwrap()
}

/// A token for the record, and a person who calls.
fn set(world: &mut World) -> (String, Agent) {
    let mut admin = administrator(world);
    let token = token(world, &mut admin, &["scope_audit"], "1");
    let agent = Agent::of(world, &Person::internal(), "desk");
    agent.read(world, "get_issue", json!({}));
    (token, agent)
}

/// The place after which this scenario's own records come.
fn here(world: &mut World) -> i64 {
    world.settle();
    world.rows("SELECT coalesce(max(seq), 0) FROM audit_log")[0][0].parse().unwrap()
}

fn pages_together_are_the_whole_chain(world: &mut World) {
    let (token, agent) = set(world);
    let (mut all, mut after, mut links) = (Vec::new(), 0, 0);
    loop {
        let answer = pull(world, &token, &format!("?limit=3&after={after}"));
        let some = records(&answer);
        assert!(some.len() <= 3);
        assert_eq!(next(&answer), some.last().unwrap().seq);
        after = next(&answer);
        all.extend(some);
        let link = answer.header("link").to_owned();
        if link.is_empty() {
            break;
        }
        assert_eq!(link, format!("<{}?limit=3&after={after}>; rel=\"next\"", world.url(EXPORT)));
        links += 1;
        if links < 4 {
            // The chain grows meanwhile, by this and by each page.
            agent.read(world, "get_issue", json!({}));
        }
        assert!(links < 50, "it ends though every page is on record itself");
    }
    assert!(links >= 3);
    // Within the chain, what came last: the event of the last page.
    let rest = pull(world, &token, &format!("?after={after}"));
    all.extend(records(&rest));
    let summary =
        chain::verify(all.iter().cloned().map(Ok::<_, Broken>)).expect("nothing is missing or doubled");
    assert_eq!(summary.records, next(&rest));
    let at_once = records(&pull(world, &token, ""));
    assert_eq!(at_once[..all.len()], all);

    let end = here(world);
    let nothing = pull(world, &token, &format!("?after={end}"));
    assert_eq!((nothing.text(), next(&nothing)), ("", end), "and nothing more than there is");
}

fn a_siem_pulls_in_every_format(world: &mut World) {
    let before = here(world);
    let (token, _) = set(world);
    for (format, media_type) in [
        ("jsonl", "application/x-ndjson"),
        ("ocsf", "application/x-ndjson"),
        ("cef", "text/plain; charset=utf-8"),
        ("otlp", "application/json"),
    ] {
        let answer = pull(world, &token, &format!("?format={format}&after={before}&limit=4"));
        assert_eq!(answer.header("content-type"), media_type);
        assert!(answer.header("link").contains(&format!("format={format}")), "{}", answer.header("link"));
        let ids: Vec<String> = match format {
            "jsonl" => records(&answer)
                .into_iter()
                .map(|record| event(&record)["id"].as_str().unwrap().to_owned())
                .collect(),
            "ocsf" => answer
                .text()
                .lines()
                .map(|line| {
                    serde_json::from_str::<Value>(line).unwrap()["metadata"]["uid"]
                        .as_str()
                        .unwrap()
                        .to_owned()
                })
                .collect(),
            "cef" => answer
                .text()
                .lines()
                .map(|line| line.split_once("externalId=").unwrap().1.split(' ').next().unwrap().to_owned())
                .collect(),
            _ => {
                let logs = answer.json()["resourceLogs"][0]["scopeLogs"][0]["logRecords"].clone();
                let uid = |log: &Value| {
                    let attributes = log["attributes"].as_array().unwrap();
                    let uid =
                        attributes.iter().find(|attribute| attribute["key"] == "log.record.uid").unwrap();
                    uid["value"]["stringValue"].as_str().unwrap().to_owned()
                };
                logs.as_array().unwrap().iter().map(uid).collect()
            }
        };
        let same = records(&pull(world, &token, &format!("?after={before}&limit=4")));
        let same: Vec<String> =
            same.iter().map(|record| event(record)["id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(ids, same, "{format}");
    }
    let exports: Vec<Value> =
        world.audit().into_iter().filter(|event| event["action"] == "audit_exported").collect();
    assert_eq!(exports.len(), 8);
    for export in &exports {
        let range = json!({ "first": before + 1, "last": before + 4, "count": 4 });
        assert_eq!((&export["range"], &export["outcome"]), (&range, &json!("ok")));
        assert!(export["person"].is_string() && export["client"].is_string(), "{export}");
    }
}

fn event(record: &Record) -> Value {
    serde_json::from_str(&record.event).unwrap()
}

fn a_time_can_be_asked_for(world: &mut World) {
    let before = here(world);
    let (token, agent) = set(world);
    let moment = |world: &World| {
        let moment = OffsetDateTime::from_unix_timestamp(world.clock.now() / 1000).unwrap();
        moment.format(&Rfc3339).unwrap()
    };
    world.pass_time(Duration::from_secs(60));
    let from = moment(world);
    world.pass_time(Duration::from_secs(1));
    agent.read(world, "get_issue", json!({}));
    world.pass_time(Duration::from_secs(2));
    let to = moment(world);
    world.pass_time(Duration::from_secs(2));
    agent.read(world, "get_issue", json!({}));
    let some = records(&pull(world, &token, &format!("?after={before}&from={from}&to={to}")));
    assert_eq!(some.len(), 1, "{some:?}");
    assert_eq!(event(&some[0])["action"], "tool_called");
}

fn a_browser_gets_records_only_for_an_administrator(world: &mut World) {
    let before = here(world);
    let mut admin = administrator(world);
    world.settle();
    let shown = admin.get(world, &format!("{EXPORT}?limit=1&after={before}"));
    assert_eq!((shown.status(), records(&shown).len()), (200, 1));
    let mut browser = Browser::of(&Person::internal());
    browser.sign_in(world, "/login");
    assert_eq!(browser.get(world, EXPORT).status(), 403);
    world.expect_recorded("audit_exported", "refused", Some("not_admin"));
    assert_eq!(world.get(EXPORT).status(), 303, "who brings nothing is asked to sign in");
    assert_eq!(world.recorded("audit_exported", "ok", None), 1);
}

fn what_cannot_be_exported_is_said_and_recorded(world: &mut World) {
    let (token, _) = set(world);
    let end = here(world);
    let beyond = format!("?after={}", end + 1000);
    for (query, told) in [
        ("?format=xml", "format: write jsonl, ocsf, cef or otlp"),
        ("?limit=5000", "limit: write a number from 1 to 1000"),
        ("?after=x", "after: write the number of a record"),
        (&*beyond, "after: the chain ends at"),
        ("?until=now", "there are the parameters format, after, from, to and limit"),
    ] {
        let answer = ask(world, &token, "GET", &format!("{EXPORT}{query}"), &Value::Null);
        assert_eq!((answer.status(), &answer.json()["error"]), (400, &json!("malformed_request")), "{query}");
        assert!(answer.json()["error_description"].as_str().unwrap().starts_with(told), "{}", answer.text());
    }
    assert_eq!(world.recorded("audit_exported", "refused", Some("malformed_request")), 5);
    let mut admin = administrator(world);
    let other = super::admin::token(world, &mut admin, &["scope_tokens", "scope_people", "scope_guard"], "1");
    let answer = ask(world, &other, "GET", EXPORT, &Value::Null);
    assert_eq!((answer.status(), &answer.json()["error"]), (403, &json!("admin_scope")));
    world.expect_recorded("audit_exported", "refused", Some("admin_scope"));
    assert_eq!(ask(world, &token, "POST", EXPORT, &Value::Null).status(), 405);
    assert_eq!(world.recorded("audit_exported", "ok", None), 0);
}

fn what_cannot_be_recorded_is_not_exported(world: &mut World) {
    let (token, _) = set(world);
    world.settle();
    world.queue_refuses(true);
    world.sql("ALTER TABLE audit_outbox RENAME TO audit_outbox_away");
    let answer = ask(world, &token, "GET", EXPORT, &Value::Null);
    assert_eq!((answer.status(), &answer.json()["error"]), (503, &json!("temporarily_unavailable")));
    world.sql("ALTER TABLE audit_outbox_away RENAME TO audit_outbox");
    world.queue_refuses(false);
    pull(world, &token, "");
    world.expect_recorded("audit_exported", "ok", None);
}
