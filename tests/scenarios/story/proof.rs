//! The audit record is signed, what was signed can be had, and what is old goes only up to there.

use std::time::Duration;

use mcpgate::audit::chain::{self, Broken};
use mcpgate::audit::checkpoint::{Checkpoint, notes};
use mcpgate::crypto::NoteKey;
use serde_json::{Value, json};

use super::admin::{administrator, ask, token};
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Usual: what_is_signed_is_for_administrators;
    Fresh: nothing_is_signed_without_a_key;
    Audited: what_is_signed_can_be_kept_elsewhere, an_idle_gateway_signs_nothing_new,
        what_is_old_goes_up_to_what_was_signed, nothing_goes_without_a_key, nothing_goes_that_could_not_be_told_of,
        what_the_former_key_signed_counts_after_a_rotation;
};

const DAY: Duration = Duration::from_secs(86_400);
const SIGNED: &str = "SELECT count(*) FROM audit_checkpoint";

/// Something happens, and all of it is signed.
fn happen(world: &mut World) {
    Agent::of(world, &Person::internal(), "desk").read(world, "get_issue", json!({}));
    world.settle();
    world.pass_time(Duration::from_secs(3601));
    let last = world.rows("SELECT max(seq) FROM audit_log")[0][0].clone();
    world.maintain_until(&format!("SELECT max(seq) >= {last} FROM audit_checkpoint"), "1");
}

/// More time goes by than records are kept, and what the clock says is believed, as if it had gone evenly.
fn grow_old(world: &mut World) {
    const CLOCK: &str = "SELECT coalesce((SELECT value FROM noted WHERE what = 'clock'), '')";
    world.pass_time(DAY * 32);
    let before = world.rows(CLOCK)[0][0].clone();
    world.maintain_until(&format!("{CLOCK} <> '{before}'"), "1");
    world.sql("UPDATE noted SET value = substr(value, 1, instr(value, ' ')) || '0 0 0' WHERE what = 'clock'");
}

fn keys(world: &mut World) -> Vec<NoteKey> {
    let told = world.get("/audit/keys");
    assert_eq!((told.status(), told.header("content-type")), (200, "text/plain; charset=utf-8"));
    told.text().lines().map(|key| NoteKey::parse(key).expect(key)).collect()
}

/// The record's number and hash.
fn record(world: &mut World, seq: i64) -> Vec<Vec<String>> {
    world.rows(&format!("SELECT hash FROM audit_log WHERE seq = {seq}"))
}

fn what_is_signed_can_be_kept_elsewhere(world: &mut World) {
    let none = world.get("/audit/checkpoint");
    assert_eq!(none.status(), 404);
    assert!(none.text().contains("MCPGATE_AUDIT_KEY"), "{}", none.text());
    happen(world);
    let keys = keys(world);
    let told = world.get("/audit/checkpoint");
    assert_eq!((told.status(), told.header("cache-control")), (200, "public, max-age=60"));
    let signed = Checkpoint::open(told.text(), &keys).unwrap();
    assert_eq!(signed.origin, "gate.example.com/audit");
    let point = signed.point;
    assert_eq!(record(world, point.seq), [[point.hash]]);
    let other = told.text().replacen(&point.seq.to_string(), &(point.seq + 1).to_string(), 1);
    assert!(Checkpoint::open(&other, &keys).is_err());
    happen(world);
    let later = Checkpoint::open(world.get("/audit/checkpoint").text(), &keys).unwrap();
    assert!(later.point.seq > point.seq && later.at > signed.at);
}

fn an_idle_gateway_signs_nothing_new(world: &mut World) {
    happen(world);
    // Whatever waited is in the chain now, and signed.
    world.settle();
    world.pass_time(DAY);
    world.settle();
    world.pass_time(DAY);
    world.settle();
    let before = world.rows("SELECT count(*), max(seq) FROM audit_checkpoint");
    let records = world.rows("SELECT count(*) FROM audit_log");
    for _ in 0..3 {
        world.pass_time(DAY);
        world.settle();
    }
    assert_eq!(world.rows("SELECT count(*), max(seq) FROM audit_checkpoint"), before);
    assert_eq!(world.rows("SELECT count(*) FROM audit_log"), records);
}

fn what_is_signed_is_for_administrators(world: &mut World) {
    happen(world);
    for path in ["/audit/checkpoint", "/audit/keys"] {
        assert_eq!(world.get(path).status(), 404, "{path}: nothing says that it is public");
    }
    let mut admin = administrator(world);
    let audit = token(world, &mut admin, &["scope_audit"], "1");
    let told = ask(world, &audit, "GET", "/admin/audit/checkpoints", &Value::Null);
    assert_eq!((told.status(), told.header("cache-control")), (200, "no-store"));
    let all = notes(told.text());
    assert!(!all.is_empty());
    let newest = all.last().unwrap().lines().nth(1).unwrap().to_owned();
    let path = format!("/admin/audit/checkpoints?after={newest}");
    assert_eq!(ask(world, &audit, "GET", &path, &Value::Null).text(), "");
    assert_eq!(admin.get(world, "/admin/audit/checkpoints").text(), told.text());
    let answer = ask(world, &audit, "GET", "/admin/audit/checkpoints?after=x", &Value::Null);
    assert_eq!((answer.status(), &answer.json()["error"]), (400, &json!("malformed_request")));
    let people = token(world, &mut admin, &["scope_people"], "1");
    let answer = ask(world, &people, "GET", "/admin/audit/checkpoints", &Value::Null);
    assert_eq!((answer.status(), &answer.json()["error"]), (403, &json!("admin_scope")));
}

fn nothing_is_signed_without_a_key(world: &mut World) {
    world.restart_with("MCPGATE_AUDIT_KEY", "");
    Agent::of(world, &Person::internal(), "desk").read(world, "get_issue", json!({}));
    world.settle();
    world.pass_time(DAY);
    world.settle();
    assert_eq!(world.rows(SIGNED), [["0"]]);
    world.expect_logged("audit_unsigned missing=MCPGATE_AUDIT_KEY");
    world.restart_with("MCPGATE_AUDIT_KEY", &("B".repeat(42) + "A"));
    world.maintain_until(SIGNED, "1");
}

fn what_is_old_goes_up_to_what_was_signed(world: &mut World) {
    happen(world);
    let keys = keys(world);
    let kept = Checkpoint::open(world.get("/audit/checkpoint").text(), &keys).unwrap().point;
    grow_old(world);
    Agent::of(world, &Person::internal(), "desk").read(world, "get_issue", json!({}));
    world.settle();
    world.maintain_until("SELECT max(seq) FROM audit_pruned", &kept.seq.to_string());
    assert_eq!(world.rows("SELECT min(seq) FROM audit_log"), [[(kept.seq + 1).to_string()]]);
    world.settle();
    // `audit` verifies the chain with what was signed of it; without that, its beginning is missing.
    let events = world.audit();
    let pruned: Vec<_> = events.iter().filter(|event| event["action"] == "audit_pruned").collect();
    // Where the maintenance came in between, they went in two steps.
    let records = pruned.iter().map(|event| event["records"].as_i64().unwrap());
    assert_eq!(records.sum::<i64>(), kept.seq, "{pruned:?}");
    let rows = world.rows("SELECT seq, event, prev, hash FROM audit_log ORDER BY seq");
    let records = rows.into_iter().map(|row| {
        let [seq, event, prev, hash] = <[_; 4]>::try_from(row).unwrap();
        Ok::<_, Broken>(chain::Record { seq: seq.parse().unwrap(), event, prev, hash })
    });
    let records: Vec<_> = records.collect();
    assert!(chain::verify(records.clone()).is_err());
    let verified = chain::verify_with(records, std::slice::from_ref(&kept)).unwrap();
    assert!(verified.first > 1 && verified.compared == 1);
    world.expect_logged("audit_pruned");
    // Who pulls records is told what they missed, and where to go on.
    let mut admin = administrator(world);
    let audit = token(world, &mut admin, &["scope_audit"], "1");
    let mut export = |after: i64| {
        ask(world, &audit, "GET", &format!("/admin/audit/export?limit=1&after={after}"), &Value::Null)
    };
    let missed = export(kept.seq - 1);
    assert_eq!((missed.status(), &missed.json()["error"]), (410, &json!("records_deleted")));
    assert!(missed.text().contains(&format!("go on after {}", kept.seq)), "{}", missed.text());
    for after in [0, kept.seq] {
        assert_eq!(export(after).json()["seq"], kept.seq + 1, "after {after}");
    }
    // What stays is not deleted, and the gateway goes on.
    happen(world);
}

fn nothing_goes_without_a_key(world: &mut World) {
    happen(world);
    world.restart_with("MCPGATE_AUDIT_KEY", "");
    grow_old(world);
    Agent::of(world, &Person::internal(), "desk").read(world, "get_issue", json!({}));
    world.settle();
    world.maintain_until("SELECT min(seq) FROM audit_log", "1");
    world.expect_logged("audit_not_pruned why=no_key");
    assert!(world.rows("SELECT seq FROM audit_pruned").is_empty());
}

fn nothing_goes_that_could_not_be_told_of(world: &mut World) {
    happen(world);
    world.sql(
        "CREATE TRIGGER full_disk BEFORE INSERT ON audit_outbox BEGIN SELECT RAISE(ABORT, 'disk full'); END",
    );
    grow_old(world);
    Agent::of(world, &Person::internal(), "desk").read(world, "get_issue", json!({}));
    world.settle();
    world.maintain_until("SELECT min(seq) FROM audit_log", "1");
    world.expect_logged("maintenance_failed task=retention");
    assert!(world.rows("SELECT seq FROM audit_pruned").is_empty());
    world.sql("DROP TRIGGER full_disk");
    world.maintain_until("SELECT count(*) > 0 FROM audit_pruned", "1");
    world.settle();
    assert!(world.recorded("audit_pruned", "ok", None) > 0);
}

fn what_the_former_key_signed_counts_after_a_rotation(world: &mut World) {
    happen(world);
    let (_, old) = world.secrets.iter().find(|(name, _)| name == "MCPGATE_AUDIT_KEY").unwrap().clone();
    let new = "C".repeat(42) + "A";
    let before = keys(world);
    world.restart_with("MCPGATE_AUDIT_KEY", &format!("{new},{old}"));
    let both = keys(world);
    assert_eq!((both.len(), &both[1]), (2, &before[0]));
    happen(world);
    let note = world.get("/audit/checkpoint");
    assert!(Checkpoint::open(note.text(), &before).is_err());
    assert!(Checkpoint::open(note.text(), &both[..1]).is_ok());
    grow_old(world);
    Agent::of(world, &Person::internal(), "desk").read(world, "get_issue", json!({}));
    world.settle();
    world.maintain_until("SELECT count(*) > 0 FROM audit_pruned", "1");
}
