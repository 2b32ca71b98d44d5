use std::rc::Rc;

use futures_util::FutureExt as _;
use proptest::prelude::*;

use super::*;
use crate::audit::chain::{self, Broken, Record, Verified};
use crate::audit::{consume, flush_outbox, record};
use crate::config::Config;
use crate::crypto::{Keys, NoteKey};
use crate::gateway::clock::believed_time;
use crate::host::memory::Memory;
use crate::host::{Row, Statement};
use crate::isolate::Setup;

const DAY: Duration = Duration::from_secs(86_400);
const HOUR: Duration = Duration::from_secs(3600);
const ORIGIN: &str = "gate.example.com/audit";
const CONFIG: &str = "[gateway]\npublic_url = \"https://gate.example.com\"\n[identity]\n\
                      issuer = \"https://idp.example.com\"\nclient_id = \"mcpgate\"\n\
                      [audit]\nretention = \"30d\"\npublish = true\n";

fn now<T>(work: impl Future<Output = T>) -> T {
    work.now_or_never().expect("the memory host does not wait")
}

/// A gateway with these audit keys, each a letter.
fn gateway(host: &Memory, keys: &str) -> Context<Memory> {
    let keys: Vec<_> = keys.chars().map(|letter| letter.to_string().repeat(42) + "A").collect();
    host.set_secret(AUDIT_KEY, &keys.join(","));
    let (config, keys) = (Config::parse(CONFIG).unwrap(), now(Keys::read(host)).unwrap());
    Context::new(host.clone(), Rc::new(Setup { config, version: 1, keys }))
}

fn happen(context: &Context<Memory>, events: usize) {
    for _ in 0..events {
        now(record(context, Event::new(&context.host, Action::SignIn).unwrap())).unwrap();
    }
    assert!(now(consume(context, context.host.take_queue())).iter().all(|done| *done));
}

/// As the maintenance does it.
fn maintain(context: &Context<Memory>) {
    now(flush_outbox(context)).unwrap();
    now(sign(context)).unwrap();
    let believed = now(believed_time(context)).unwrap();
    now(prune(context, believed)).unwrap();
}

/// The clock has gone evenly for long.
fn maintain_evenly(context: &Context<Memory>) {
    let sql = "INSERT OR REPLACE INTO noted (what, value) VALUES ('clock', ?1)";
    let value = format!("{} 0 0 0", context.host.now().0);
    now(context.host.query(Statement::new(sql).bind(value))).unwrap();
    maintain(context);
}

fn rows(host: &Memory, sql: &'static str) -> Vec<Row> {
    now(host.query(Statement::new(sql))).unwrap()
}

fn records(host: &Memory) -> Vec<Record> {
    let rows = rows(host, "SELECT seq, event, prev, hash FROM audit_log ORDER BY seq");
    let text = |row: &Row, column| row.text(column).unwrap().to_owned();
    rows.iter()
        .map(|row| Record {
            seq: row.integer("seq").unwrap(),
            event: text(row, "event"),
            prev: text(row, "prev"),
            hash: text(row, "hash"),
        })
        .collect()
}

fn checkpoints(host: &Memory, keys: &[NoteKey]) -> Vec<Checkpoint> {
    let rows = rows(host, "SELECT note FROM audit_checkpoint ORDER BY seq");
    rows.iter().map(|row| Checkpoint::open(row.text("note").unwrap(), keys).unwrap()).collect()
}

fn public(context: &Context<Memory>) -> Vec<NoteKey> {
    context.setup.keys.audit.as_ref().unwrap().public(ORIGIN)
}

fn verify(context: &Context<Memory>, keys: &[NoteKey]) -> Result<Verified, Broken> {
    let points: Vec<_> = checkpoints(&context.host, keys).into_iter().map(|signed| signed.point).collect();
    chain::verify_with(records(&context.host).into_iter().map(Ok), &points)
}

#[test]
fn the_chain_is_signed_every_hour_if_it_has_grown() {
    let host = Memory::new();
    let context = gateway(&host, "B");
    maintain_evenly(&context);
    assert!(checkpoints(&host, &[]).is_empty(), "nothing is there to sign");
    happen(&context, 3);
    maintain_evenly(&context);
    let signed = checkpoints(&host, &public(&context));
    let expected = Checkpoint { origin: ORIGIN.to_owned(), point: signed[0].point.clone(), at: host.now() };
    assert_eq!((signed.len(), signed[0].point.seq, &signed[0]), (1, 3, &expected));
    for (passes, events, seqs) in
        [(60, 1, vec![3]), (3539, 1, vec![3]), (1, 0, vec![3, 5]), (9999, 0, vec![3, 5])]
    {
        host.advance(Duration::from_secs(passes));
        happen(&context, events);
        maintain_evenly(&context);
        let signed = checkpoints(&host, &public(&context));
        assert_eq!(signed.iter().map(|signed| signed.point.seq).collect::<Vec<_>>(), seqs);
    }
    let verified = verify(&context, &public(&context)).unwrap();
    assert_eq!((verified.compared, verified.first, verified.summary.records), (2, 1, 5));
}

#[test]
fn without_a_key_nothing_is_signed_and_nothing_deleted() {
    let host = Memory::new();
    let context = gateway(&host, "");
    happen(&context, 3);
    maintain_evenly(&context);
    host.advance(DAY * 40);
    happen(&context, 1);
    maintain_evenly(&context);
    assert!(checkpoints(&host, &[]).is_empty());
    assert_eq!(records(&host).len(), 4);
    assert!(host.logged().contains("audit_not_pruned why=no_key"), "{}", host.logged());
    // From now on there is one; what is before it goes once all of that is old.
    let context = gateway(&host, "B");
    maintain_evenly(&context);
    assert_eq!(records(&host).len(), 4);
    assert!(host.logged().contains("audit_not_pruned why=no_checkpoint"), "{}", host.logged());
}

#[test]
fn a_chain_that_denies_what_was_signed_is_not_signed_again() {
    for (ruin, record) in [
        ("UPDATE audit_log SET hash = prev WHERE seq = 3", 3),
        ("DELETE FROM audit_log WHERE seq >= 3", 3),
        ("DELETE FROM audit_log", 3),
    ] {
        let host = Memory::new();
        let context = gateway(&host, "B");
        happen(&context, 3);
        maintain_evenly(&context);
        for trigger in [
            "DROP TRIGGER audit_log_is_never_changed",
            "DROP TRIGGER audit_log_is_deleted_up_to_a_checkpoint",
        ] {
            rows(&host, trigger);
        }
        rows(&host, ruin);
        happen(&context, 1);
        host.advance(DAY);
        maintain_evenly(&context);
        assert_eq!(checkpoints(&host, &public(&context)).len(), 1, "{ruin}");
        assert!(host.logged().contains(&format!("audit_chain_broken record={record}")), "{ruin}");
    }
}

/// Three days with five events each and a checkpoint after them, then the time passes.
fn three_old_days(context: &Context<Memory>) {
    for _ in 0..3 {
        happen(context, 5);
        maintain_evenly(context);
        context.host.advance(DAY);
    }
    context.host.advance(DAY * 29);
}

fn first(host: &Memory) -> Option<i64> {
    records(host).first().map(|record| record.seq)
}

/// So many hours with a maintenance each.
fn hours(context: &Context<Memory>, hours: usize) {
    for _ in 0..hours {
        context.host.advance(HOUR);
        maintain(context);
    }
}

#[test]
fn what_only_a_clock_that_jumps_makes_look_old_stays() {
    let host = Memory::new();
    let context = gateway(&host, "B");
    happen(&context, 5);
    hours(&context, 29 * 24);
    happen(&context, 1);
    host.advance(HOUR * 47);
    hours(&context, 24);
    assert_eq!(first(&host), Some(1), "30 days have gone by, and the clock says 32");
    assert!(host.logged().contains("audit_not_pruned why=clock"), "{}", host.logged());
    hours(&context, 2);
    assert_eq!(first(&host), Some(6));
    // Further ahead: it takes days until that is believed.
    hours(&context, 2);
    let before = first(&host);
    host.advance(DAY * 400);
    hours(&context, 5 * 24);
    assert_eq!(first(&host), before);
    hours(&context, 9 * 24);
    assert!(first(&host) > before);
}

#[test]
fn nothing_is_deleted_because_of_a_clock_that_runs_away() {
    let host = Memory::new();
    let context = gateway(&host, "B");
    hours(&context, 30);
    happen(&context, 5);
    hours(&context, 1);
    happen(&context, 1);
    for _ in 0..200 {
        host.advance(HOUR * 47);
        maintain(&context);
    }
    assert_eq!(first(&host), Some(1));
}

#[test]
fn what_is_old_is_deleted_also_where_nights_go_by_without_a_request() {
    let host = Memory::new();
    let context = gateway(&host, "B");
    happen(&context, 5);
    for _ in 0..38 {
        hours(&context, 10);
        host.advance(HOUR * 14);
    }
    happen(&context, 1);
    hours(&context, 10);
    assert_eq!(first(&host), Some(6));
}

#[test]
fn what_is_old_is_deleted_up_to_a_checkpoint_that_stays() {
    let host = Memory::new();
    let context = gateway(&host, "B");
    three_old_days(&context);
    happen(&context, 1);
    maintain_evenly(&context);
    // 32 days have passed since the first day, 31 since the second, 30 since the third.
    let verified = verify(&context, &public(&context)).unwrap();
    assert_eq!((verified.first, verified.summary.records, verified.before), (16, 16, 0));
    assert_eq!(rows(&host, "SELECT seq FROM audit_checkpoint ORDER BY seq").len(), 2, "of 15 and 16");
    assert_eq!(
        chain::verify::<Broken>(records(&host).into_iter().map(Ok)).unwrap_err().to_string(),
        "record 1 is missing: record 16 stands in its place"
    );
    maintain_evenly(&context);
    let last = records(&host).pop().unwrap();
    assert!(
        last.seq == 17 && last.event.contains("\"audit_pruned\"") && last.event.contains("\"records\":15")
    );
    maintain_evenly(&context);
    assert_eq!(records(&host).len(), 2, "nothing more is told of, and nothing more deleted");
    assert!(verify(&context, &public(&context)).is_ok());
}

#[test]
fn of_dead_letters_whose_records_are_deleted_it_is_told() {
    let host = Memory::new();
    let context = gateway(&host, "B");
    three_old_days(&context);
    happen(&context, 1);
    rows(
        &host,
        "INSERT INTO audit_dead_letter (sink, first_seq, last_seq, reason, at) VALUES ('lake', 4, 16, 'sink_refused', 0)",
    );
    maintain_evenly(&context);
    let left =
        rows(&host, "SELECT first_seq || '-' || last_seq || ' ' || reason AS left FROM audit_dead_letter");
    let left: Vec<_> = left.iter().map(|row| row.text("left").unwrap()).collect();
    assert_eq!(left, ["16-16 sink_refused", "4-15 records_deleted"]);
    assert!(host.logged().contains("dead_letters_deleted sink=lake first=4 last=15"), "{}", host.logged());
}

#[test]
fn the_last_record_stays_and_an_idle_chain_does_not_grow() {
    let host = Memory::new();
    let context = gateway(&host, "B");
    three_old_days(&context);
    for _ in 0..200 {
        maintain_evenly(&context);
        host.advance(DAY);
    }
    let left = records(&host);
    assert!((1..=3).contains(&left.len()), "{left:?}");
    // In 200 days: each deletion is told of, and nothing else happens.
    assert!(left.last().unwrap().seq <= 15 + 2 * 200 / 30 + 2, "{left:?}");
    assert!(verify(&context, &public(&context)).is_ok());
}

#[test]
fn only_what_the_gateway_signed_itself_lets_records_go() {
    let host = Memory::new();
    three_old_days(&gateway(&host, "B"));
    let other = gateway(&host, "C");
    maintain_evenly(&other);
    assert_eq!(records(&host).len(), 15);
    assert!(host.logged().contains("audit_not_pruned why=other_key"), "{}", host.logged());
    // A row that somebody wrote, right in all but the signature.
    happen(&other, 1);
    let forged = "INSERT INTO audit_checkpoint SELECT seq, hash, at, \
                  (SELECT replace(note, char(10) || '15' || char(10), char(10) || '16' || char(10)) \
                   FROM audit_checkpoint WHERE seq = 15) FROM audit_log WHERE seq = 16";
    rows(&host, forged);
    host.advance(DAY * 40);
    happen(&other, 1);
    maintain_evenly(&other);
    assert_eq!(records(&host).len(), 17);
    // After a rotation, the former key still counts; without what it signed, the new one's does.
    maintain_evenly(&gateway(&host, "CB"));
    assert_eq!(records(&host)[0].seq, 16);
}

#[test]
fn a_record_of_the_future_keeps_what_comes_after_it() {
    let host = Memory::new();
    let context = gateway(&host, "B");
    happen(&context, 5);
    maintain_evenly(&context);
    host.advance(DAY * 300);
    happen(&context, 1);
    host.set_clock(Timestamp(host.now().0 - 299 * 86_400_000));
    happen(&context, 4);
    maintain_evenly(&context);
    host.advance(DAY * 60);
    happen(&context, 1);
    maintain_evenly(&context);
    assert_eq!(records(&host)[0].seq, 6);
}

#[test]
fn deleting_is_told_of_or_does_not_happen_and_happens_once() {
    let host = Memory::new();
    let context = gateway(&host, "B");
    three_old_days(&context);
    rows(&host, "ALTER TABLE audit_outbox RENAME TO away");
    assert!(now(prune(&context, Some(host.now()))).is_err());
    assert_eq!((records(&host).len(), rows(&host, "SELECT 1 FROM audit_pruned").len()), (15, 0));
    rows(&host, "ALTER TABLE away RENAME TO audit_outbox");
    // Two at once: both have looked, one is first.
    let cutoff = host.now().before(DAY * 30);
    let candidates = now(store::before(&host, cutoff, MOST)).unwrap();
    let event = || Event::new(&host, Action::AuditPruned).unwrap().records(10);
    assert_eq!(now(store::prune(&host, &candidates[0], &event())), Ok(true));
    assert_eq!(now(store::prune(&host, &candidates[0], &event())), Ok(false));
    assert_eq!(rows(&host, "SELECT 1 FROM audit_outbox").len(), 1);
    assert_eq!(records(&host)[0].seq, candidates[0].point.seq + 1);
}

#[test]
fn the_best_checkpoint_is_the_newest_within_the_number_or_else_the_first() {
    let host = Memory::new();
    let context = gateway(&host, "B");
    three_old_days(&context);
    happen(&context, 1);
    let cutoff = host.now().before(DAY * 30);
    for (most, best) in [(1, 5), (5, 5), (9, 5), (10, 10), (14, 10), (15, 15), (i64::from(i32::MAX), 15)] {
        let candidates = now(store::before(&host, cutoff, most)).unwrap();
        assert_eq!(candidates.first().map(|candidate| candidate.point.seq), Some(best), "{most}");
    }
}

#[test]
fn nothing_else_is_deleted_or_put_in_the_place_of_what_was_signed() {
    let host = Memory::new();
    let context = gateway(&host, "B");
    three_old_days(&context);
    happen(&context, 1);
    for sql in [
        "DELETE FROM audit_log",
        "DELETE FROM audit_log WHERE seq <= 5",
        "INSERT INTO audit_pruned VALUES (4, 'x', 0)",
        "INSERT INTO audit_pruned VALUES (16, 'x', 0)",
        "INSERT INTO audit_pruned VALUES (99, 'x', 0)",
        "DELETE FROM audit_checkpoint",
        "UPDATE audit_checkpoint SET note = 'x'",
        "INSERT INTO audit_checkpoint VALUES (16, 'x', 0, 'x')",
        "INSERT OR REPLACE INTO audit_checkpoint SELECT seq, hash, 0, 'x' FROM audit_log WHERE seq = 15",
        "INSERT INTO audit_checkpoint SELECT seq, hash, 0, 'x' FROM audit_log WHERE seq = 14",
    ] {
        let error = now(host.query(Statement::new(sql))).expect_err(sql);
        assert!(error.detail.contains("audit_"), "{sql}: {error}");
    }
    maintain_evenly(&context);
    for sql in [
        "DELETE FROM audit_log",
        "DELETE FROM audit_checkpoint WHERE seq = 15",
        "DELETE FROM audit_pruned",
        "UPDATE audit_pruned SET seq = 16",
        "INSERT OR REPLACE INTO audit_pruned VALUES (15, 'x', 0)",
    ] {
        let error = now(host.query(Statement::new(sql))).expect_err(sql);
        assert!(error.detail.contains("audit_"), "{sql}: {error}");
    }
    assert!(verify(&context, &public(&context)).is_ok());
}

#[derive(Clone, Debug)]
enum Step {
    Happen(usize),
    Pass(u64),
    Maintain,
    Rotate,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (1usize..6).prop_map(Step::Happen),
        (1u64..1500).prop_map(Step::Pass),
        Just(Step::Maintain),
        Just(Step::Maintain),
        Just(Step::Rotate),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever happens in whatever order: the chain holds against all that was signed, nothing young is gone, and
    /// what is gone is told of to the record.
    #[test]
    fn the_chain_always_holds_and_nothing_young_is_gone(steps in prop::collection::vec(step(), 1..60)) {
        let host = Memory::new();
        let mut ring = "B".to_owned();
        let mut context = gateway(&host, &ring);
        let mut young: Vec<(Timestamp, i64)> = Vec::new();
        let mut seq = 0;
        for step in steps {
            match step {
                Step::Happen(events) => happen(&context, events),
                Step::Pass(hours) => host.advance(Duration::from_secs(hours * 3600)),
                Step::Maintain => maintain_evenly(&context),
                Step::Rotate => {
                    let next = char::from(ring.as_bytes()[0] + 1);
                    ring = format!("{next}{ring}");
                    context = gateway(&host, &ring);
                }
            }
            let all = records(&host);
            for record in all.iter().filter(|record| record.seq > seq) {
                young.push((Event::parse(&record.event).unwrap().at(), record.seq));
            }
            seq = all.last().map_or(seq, |last| last.seq);
            let first = all.first().map_or(1, |first| first.seq);
            let kept = |(at, _): &&(Timestamp, i64)| at.after(DAY * 30) > host.now();
            prop_assert!(young.iter().filter(kept).all(|(_, young)| *young >= first));
            let verified = verify(&context, &public(&context));
            prop_assert!(verified.is_ok(), "{:?}", verified);
            prop_assert_eq!(verified.unwrap().first, first);
            let gone = rows(&host, "SELECT coalesce(max(seq), 0) AS n FROM audit_pruned")[0].integer("n");
            prop_assert_eq!(gone, Ok(first - 1));
        }
    }
}
