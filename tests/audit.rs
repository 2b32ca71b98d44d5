//! Audit from end to end on the memory host: queue, outbox, consumers that race, crashes, the append-only table, and
//! the page that documents it.
#![cfg(not(target_family = "wasm"))]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on should stop")]

use std::cell::RefCell;
use std::collections::HashSet;
use std::collections::VecDeque;
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context as Wake, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::task::noop_waker_ref;
use mcpgate::audit::chain::{self, Broken, Record, Summary};
use mcpgate::audit::{
    Action, CaseRef, Event, Outcome, Range, Reason, RoleName, ToolName, consume, flush_outbox, record,
};
use mcpgate::config::Config;
use mcpgate::context::Context;
use mcpgate::crypto::{Keys, Secret};
use mcpgate::error::Fault;
use mcpgate::guard::throughput::{Measure, Span, Unusual};
use mcpgate::host::memory::Memory;
use mcpgate::host::{FetchError, Host, Limits, LogLine, PortError, Row, Statement, Timestamp};
use mcpgate::isolate::{Isolate, Setup};
use mcpgate::pii::Policy;
use proptest::prelude::*;

const CONFIG: &str = r#"
[gateway]
public_url = "https://gate.example.com"
[identity]
issuer = "https://idp.example.com"
client_id = "mcpgate"
[[service]]
id = "demo"
mcp = "https://demo.example.com/mcp"
"#;

/// The memory host, whose database can be made to fail, and which lets others run between two of its answers.
#[derive(Clone)]
struct Shaky {
    memory: Memory,
    faults: Rc<RefCell<VecDeque<Trouble>>>,
}

/// What befalls one use of the database.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Trouble {
    None,
    /// Nothing happens.
    Before,
    /// It happens, and nobody hears of it.
    After,
}

impl Shaky {
    fn new() -> Self {
        Self { memory: Memory::new(), faults: Rc::default() }
    }

    async fn troubled<T>(&self, work: impl Future<Output = Result<T, PortError>>) -> Result<T, PortError> {
        yield_once().await;
        let trouble = self.faults.borrow_mut().pop_front().unwrap_or(Trouble::None);
        if trouble == Trouble::Before {
            return Err(PortError::new("sql", "failed before"));
        }
        let done = work.await;
        yield_once().await;
        if trouble == Trouble::After { Err(PortError::new("sql", "failed after")) } else { done }
    }
}

impl Host for Shaky {
    const PEER: &'static str = Memory::PEER;

    type Body = <Memory as Host>::Body;

    async fn query(&self, statement: Statement) -> Result<Vec<Row>, PortError> {
        self.troubled(self.memory.query(statement)).await
    }

    async fn batch(&self, statements: Vec<Statement>) -> Result<Vec<Vec<Row>>, PortError> {
        self.troubled(self.memory.batch(statements)).await
    }

    async fn cache_get(&self, key: &str) -> Result<Option<String>, PortError> {
        self.memory.cache_get(key).await
    }

    async fn cache_put(&self, key: &str, value: &str, ttl: Duration) -> Result<(), PortError> {
        self.memory.cache_put(key, value, ttl).await
    }

    async fn cache_delete(&self, key: &str) -> Result<(), PortError> {
        self.memory.cache_delete(key).await
    }

    async fn queue_send(&self, message: &str) -> Result<(), PortError> {
        self.memory.queue_send(message).await
    }

    async fn fetch(
        &self,
        request: http::Request<Bytes>,
        limits: Limits,
    ) -> Result<http::Response<Self::Body>, FetchError> {
        self.memory.fetch(request, limits).await
    }

    fn now(&self) -> Timestamp {
        self.memory.now()
    }

    async fn sleep(&self, duration: Duration) {
        self.memory.sleep(duration).await;
    }

    fn random(&self, buffer: &mut [u8]) -> Result<(), PortError> {
        self.memory.random(buffer)
    }

    async fn secret(&self, name: &str) -> Result<Option<Secret>, PortError> {
        self.memory.secret(name).await
    }

    fn after_response(&self, work: Pin<Box<dyn Future<Output = ()>>>) {
        self.memory.after_response(work);
    }

    fn log(&self, line: LogLine) {
        self.memory.log(line);
    }

    fn isolate(&self) -> Rc<Isolate> {
        self.memory.isolate()
    }
}

async fn yield_once() {
    let mut yielded = false;
    std::future::poll_fn(
        |_| if std::mem::replace(&mut yielded, true) { Poll::Ready(()) } else { Poll::Pending },
    )
    .await;
}

fn run<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Wake::from_waker(noop_waker_ref())) {
            return value;
        }
    }
}

/// Runs both to their end; `turns` says whose turn it is, then they alternate.
fn interleave<T>(turns: &[bool], one: impl Future<Output = T>, two: impl Future<Output = T>) -> (T, T) {
    let (mut one, mut two) = (pin!(one), pin!(two));
    let (mut first, mut second) = (None, None);
    let mut turns = turns.iter().copied().chain([true, false].into_iter().cycle());
    loop {
        match (turns.next(), &first, &second) {
            (_, Some(_), Some(_)) => break,
            (Some(true), None, _) => first = poll(one.as_mut()),
            (Some(false), _, None) => second = poll(two.as_mut()),
            _ => {}
        }
    }
    (first.unwrap(), second.unwrap())
}

fn poll<T>(future: Pin<&mut impl Future<Output = T>>) -> Option<T> {
    match future.poll(&mut Wake::from_waker(noop_waker_ref())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

/// A person's id, which is a keyed hash.
const PERSON: &str = "0123456789012345678901234567890123456789012";

fn context(host: &Shaky) -> Context<Shaky> {
    configured(host, CONFIG)
}

fn configured(host: &Shaky, config: &str) -> Context<Shaky> {
    let keys = run(Keys::read(&host.memory)).unwrap();
    let setup = Setup { config: Config::parse(config).unwrap(), version: 1, keys };
    // Who was never there, or was erased, is not counted.
    let person = Statement::new(
        "INSERT INTO person (id, data_key, created_at, seen_at, generation) VALUES (?1, 'x', 0, 0, 0)
         ON CONFLICT (id) DO NOTHING",
    );
    run(host.memory.query(person.bind(PERSON))).unwrap();
    Context::new(host.clone(), Rc::new(setup))
}

fn event(host: &Shaky) -> Event {
    Event::new(host, Action::ToolCalled).unwrap().person(PERSON).service("demo").records(3)
}

fn events(host: &Shaky, count: usize) -> Vec<String> {
    (0..count).map(|_| event(host).to_text().unwrap()).collect()
}

/// The chain as it is stored, without troubles.
fn stored(host: &Shaky) -> Vec<Record> {
    let sql = "SELECT seq, event, prev, hash, event_id, at FROM audit_log ORDER BY seq";
    let rows = host.memory.query(Statement::new(sql)).now_or_never().unwrap().unwrap();
    rows.iter()
        .map(|row| {
            let event = Event::parse(row.text("event").unwrap()).unwrap();
            assert_eq!(row.text("event_id"), Ok(event.id().as_str()));
            assert_eq!(row.timestamp("at"), Ok(event.at()));
            Record {
                seq: row.integer("seq").unwrap(),
                event: row.text("event").unwrap().to_owned(),
                prev: row.text("prev").unwrap().to_owned(),
                hash: row.text("hash").unwrap().to_owned(),
            }
        })
        .collect()
}

fn count(host: &Shaky, sql: &'static str) -> i64 {
    host.memory.query(Statement::new(sql)).now_or_never().unwrap().unwrap()[0].integer("n").unwrap()
}

fn verify(records: &[Record]) -> Result<Summary, Broken> {
    chain::verify(records.iter().cloned().map(Ok))
}

/// Asserts that the chain holds and contains exactly these events, each once, and that each was counted once.
fn assert_recorded(host: &Shaky, expected: &[String]) {
    let records = stored(host);
    assert_eq!(verify(&records).unwrap().records, records.len() as i64);
    let recorded: Vec<&str> = records.iter().map(|record| record.event.as_str()).collect();
    assert_eq!(recorded.len(), expected.len());
    assert_eq!(
        recorded.into_iter().collect::<HashSet<_>>(),
        expected.iter().map(String::as_str).collect::<HashSet<_>>()
    );
    let counted = "SELECT coalesce(sum(calls), 0) AS n FROM throughput WHERE span = 'hour'";
    assert_eq!(count(host, counted), expected.len() as i64);
    let counted = "SELECT coalesce(sum(records), 0) AS n FROM throughput WHERE span = 'day'";
    assert_eq!(count(host, counted), 3 * expected.len() as i64);
}

#[test]
fn an_event_goes_over_the_queue_into_the_chain() {
    let host = Shaky::new();
    let context = context(&host);
    run(record(&context, event(&host).outcome(Outcome::Failed(Fault::Service, Reason::ServiceTimeout))))
        .unwrap();
    let messages = host.memory.take_queue();
    assert_eq!(run(consume(&context, messages.clone())), [true]);
    assert_recorded(&host, &messages);
    assert_eq!(count(&host, "SELECT count(*) AS n FROM audit_outbox"), 0);
}

#[test]
fn what_the_queue_refuses_arrives_later() {
    let host = Shaky::new();
    let context = context(&host);
    host.memory.refuse("queue", true);
    let event = event(&host);
    run(record(&context, event.clone())).unwrap();
    assert!(host.memory.logged().contains("audit_spooled action=tool_called"));
    host.memory.refuse("queue", false);
    assert_eq!(run(flush_outbox(&context)), Ok(1));
    assert_eq!(run(flush_outbox(&context)), Ok(0));
    assert_recorded(&host, &[event.to_text().unwrap()]);
}

#[test]
fn an_event_that_neither_takes_is_an_error() {
    let host = Shaky::new();
    let context = context(&host);
    host.memory.refuse("queue", true);
    host.memory.refuse("sql", true);
    assert!(run(record(&context, event(&host))).is_err());
    assert!(host.memory.logged().contains("audit_lost action=tool_called"));
}

#[test]
fn an_event_in_queue_and_outbox_is_recorded_once() {
    let host = Shaky::new();
    let context = context(&host);
    let event = event(&host);
    host.memory.refuse("queue", true);
    run(record(&context, event.clone())).unwrap();
    let text = event.to_text().unwrap();
    assert_eq!(run(consume(&context, vec![text.clone(), text.clone()])), [true, true]);
    assert_eq!(count(&host, "SELECT count(*) AS n FROM audit_outbox"), 0);
    assert_eq!(run(consume(&context, vec![text.clone()])), [true]);
    assert_recorded(&host, &[text]);
}

#[test]
fn a_full_outbox_is_flushed_in_several_runs() {
    let host = Shaky::new();
    let context = context(&host);
    host.memory.refuse("queue", true);
    for _ in 0..1130 {
        run(record(&context, event(&host))).unwrap();
    }
    assert_eq!(run(flush_outbox(&context)), Ok(1000));
    assert_eq!(run(flush_outbox(&context)), Ok(130));
    assert_eq!(verify(&stored(&host)).unwrap().records, 1130);
}

#[test]
fn a_service_that_is_not_configured_is_not_named() {
    let host = Shaky::new();
    let context = context(&host);
    run(record(&context, event(&host).service("jane-doe"))).unwrap();
    run(record(&context, event(&host))).unwrap();
    let messages = host.memory.take_queue();
    assert!(!messages[0].contains("jane-doe"));
    assert!(messages[1].contains("\"service\":\"demo\""));
}

#[test]
fn a_message_that_is_no_event_blocks_nothing_and_leaves_no_text() {
    let host = Shaky::new();
    let context = context(&host);
    let good = events(&host, 2);
    let rubbish = "{\"v\":1,\"name\":\"Jane Doe\"}".to_owned();
    let messages = vec![good[0].clone(), rubbish.clone(), good[1].clone(), rubbish];
    assert_eq!(run(consume(&context, messages)), [true; 4]);
    assert_recorded(&host, &good);
    assert_eq!(count(&host, "SELECT count(*) AS n FROM audit_rejected WHERE bytes = 25"), 1);
    assert!(!String::from_utf8_lossy(&host.memory.database_bytes()).contains("Jane"));
    assert!(!host.memory.logged().contains("Jane"));
}

#[test]
fn what_a_newer_version_wrote_waits_for_it_in_the_outbox() {
    let host = Shaky::new();
    let context = context(&host);
    let texts = events(&host, 2);
    let newer = texts[0].replacen("{\"v\":2,", "{\"v\":3,\"more\":true,", 1);
    assert_eq!(run(consume(&context, vec![newer, texts[1].clone()])), [true, true]);
    assert_eq!(run(flush_outbox(&context)), Ok(0));
    assert_eq!(count(&host, "SELECT count(*) AS n FROM audit_outbox WHERE event LIKE '{\"v\":3%'"), 1);
    assert_recorded(&host, &texts[1..]);
}

#[test]
fn rubbish_in_the_outbox_blocks_nothing() {
    let host = Shaky::new();
    let context = context(&host);
    let [good, moved] = [event(&host), event(&host)];
    let spool = Statement::new(
        "INSERT INTO audit_outbox (event_id, at, event) VALUES ('a', 0, 'x'), ('b', 1, ?1), (?2, 2, ?3)",
    );
    let [good_text, moved_text] = [&good, &moved].map(|event| event.to_text().unwrap());
    run(host.memory.query(spool.bind(moved_text).bind(good.id().as_str()).bind(good_text.as_str()))).unwrap();
    assert_eq!(run(flush_outbox(&context)), Ok(3));
    assert_eq!(count(&host, "SELECT count(*) AS n FROM audit_rejected"), 2);
    assert_eq!(count(&host, "SELECT count(*) AS n FROM audit_outbox"), 0);
    assert_recorded(&host, &[good_text]);
}

#[test]
fn the_table_only_grows_at_its_end() {
    let host = Shaky::new();
    let context = context(&host);
    let texts = events(&host, 3);
    run(consume(&context, texts.clone()));
    let columns = "INTO audit_log (seq, event_id, at, event, prev, hash)";
    let taken = stored(&host)[1].event.split('"').nth(5).unwrap().to_owned();
    for sql in [
        "UPDATE audit_log SET event = '' WHERE seq = 2".to_owned(),
        "DELETE FROM audit_log WHERE seq = 3".to_owned(),
        "DELETE FROM audit_log".to_owned(),
        format!("INSERT {columns} VALUES (5, 'x', 0, '', '', '')"),
        format!("INSERT OR REPLACE {columns} VALUES (2, 'x', 0, '', '', '')"),
        format!("INSERT OR REPLACE {columns} VALUES (4, '{taken}', 0, '', '', '')"),
    ] {
        let refused = host.memory.query(Statement::new(Box::leak(sql.clone().into_boxed_str())));
        let error = run(refused).expect_err(&sql);
        assert!(error.detail.contains("audit_log"), "{sql}: {error}");
    }
    assert_recorded(&host, &texts);
}

#[test]
fn versions_of_the_configuration_stay_as_they_are() {
    let host = Memory::new();
    host.set_config(CONFIG);
    host.set_config("two");
    let columns = "INTO config_version (version, toml, created_at)";
    for sql in [
        "UPDATE config_version SET toml = '' WHERE version = 2".to_owned(),
        "DELETE FROM config_version WHERE version = 2".to_owned(),
        format!("INSERT OR REPLACE {columns} VALUES (2, '', 0)"),
        format!("INSERT {columns} VALUES (0, '', 0)"),
    ] {
        let refused = run(host.query(Statement::new(Box::leak(sql.clone().into_boxed_str()))));
        let error = refused.expect_err(&sql);
        assert!(error.detail.contains("config_version"), "{sql}: {error}");
    }
    host.set_config("three");
    let rows = run(host.query(Statement::new("SELECT toml FROM config_version ORDER BY version"))).unwrap();
    let texts: Vec<_> = rows.iter().map(|row| row.text("toml").unwrap()).collect();
    assert_eq!(texts, [CONFIG, "two", "three"]);
}

fn trouble() -> impl Strategy<Value = Trouble> {
    prop_oneof![3 => Just(Trouble::None), 1 => Just(Trouble::Before), 1 => Just(Trouble::After)]
}

/// Two consumers take deliveries of these messages at once, each its own; what one is not done with comes again. Whether
/// all are taken in the end.
fn all_taken(context: &Context<Shaky>, all: &[String], deliveries: &[(usize, bool)], turns: &[bool]) -> bool {
    let share = |mine| -> Vec<String> {
        deliveries.iter().filter(|(_, whose)| *whose == mine).map(|(at, _)| all[*at].clone()).collect()
    };
    let (mut one, mut two) = (share(true), share(false));
    for _ in 0..20 {
        let (done_one, done_two) =
            interleave(turns, consume(context, one.clone()), consume(context, two.clone()));
        one = redelivered(one, &done_one);
        two = redelivered(two, &done_two);
    }
    one.is_empty() && two.is_empty()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Two consumers at once, each with its own share of doubled and shuffled messages, on a database that fails
    /// before or after it did its work; what is not acknowledged is delivered again.
    #[test]
    fn racing_consumers_record_everything_exactly_once(
        deliveries in prop::collection::vec((0usize..12, any::<bool>()), 1..40),
        turns in prop::collection::vec(any::<bool>(), 0..200),
        faults in prop::collection::vec(trouble(), 0..12),
    ) {
        let host = Shaky::new();
        let context = context(&host);
        let all = events(&host, 12);
        host.faults.borrow_mut().extend(faults);
        prop_assert!(all_taken(&context, &all, &deliveries, &turns));
        let mut expected: Vec<String> = deliveries.iter().map(|(at, _)| all[*at].clone()).collect();
        expected.sort();
        expected.dedup();
        assert_recorded(&host, &expected);
    }

    /// Two consumers judge the same calls, on a database that fails: what is unusual is told once, and holds once.
    #[test]
    fn racing_consumers_raise_an_alert_once(
        deliveries in prop::collection::vec((0usize..8, any::<bool>()), 1..40),
        turns in prop::collection::vec(any::<bool>(), 0..200),
        faults in prop::collection::vec(trouble(), 0..12),
    ) {
        let host = Shaky::new();
        let limits = "[guard.throughput]\nhold = true\nmost_calls_per_hour = 4\nleast_calls = 1\n";
        let context = configured(&host, &CONFIG.replace("[[service]]", &format!("{limits}[[service]]")));
        let all = events(&host, 8);
        host.faults.borrow_mut().extend(faults);
        prop_assert!(all_taken(&context, &all, &deliveries, &turns));
        host.faults.borrow_mut().clear();
        run(flush_outbox(&context)).unwrap();
        let calls = deliveries.iter().map(|(at, _)| *at).collect::<HashSet<_>>().len();
        let raised = i64::from(calls > 4);
        for (what, sql) in [
            ("told", "SELECT count(*) AS n FROM audit_log WHERE event LIKE '%\"throughput_alerted\"%'"),
            ("placed", "SELECT count(*) AS n FROM audit_log WHERE event LIKE '%\"hold_placed\"%'"),
            ("alerts", "SELECT count(*) AS n FROM throughput_alert"),
            ("holds", "SELECT count(*) AS n FROM hold"),
        ] {
            prop_assert_eq!(count(&host, sql), raised, "{} of {} calls", what, calls);
        }
        prop_assert_eq!(verify(&stored(&host)).unwrap().records, calls as i64 + 2 * raised);
    }

    /// The queue refuses now and then; the outbox is flushed while a consumer works; the database fails.
    #[test]
    fn queue_and_outbox_together_lose_nothing_and_double_nothing(
        refusals in prop::collection::vec(any::<bool>(), 1..20),
        turns in prop::collection::vec(any::<bool>(), 0..100),
        faults in prop::collection::vec(trouble(), 0..8),
    ) {
        let host = Shaky::new();
        let context = context(&host);
        let mut accepted = Vec::new();
        for refuses in refusals {
            host.memory.refuse("queue", refuses);
            let event = event(&host);
            if run(record(&context, event.clone())).is_ok() {
                accepted.push(event.to_text().unwrap());
            }
        }
        host.faults.borrow_mut().extend(faults);
        let mut queue = host.memory.take_queue();
        for _ in 0..20 {
            let flush = async {
                let _ = flush_outbox(&context).await;
                Vec::new()
            };
            let (done, _) = interleave(&turns, consume(&context, queue.clone()), flush);
            queue = redelivered(queue, &done);
        }
        assert_recorded(&host, &accepted);
        prop_assert_eq!(count(&host, "SELECT count(*) AS n FROM audit_outbox"), 0);
    }
}

const ALERTS: &str = "SELECT count(*) AS n FROM throughput_alert";

fn at_most_one_call(host: &Shaky) -> Context<Shaky> {
    let limits = "[guard.throughput]\nmost_calls_per_hour = 1\nleast_calls = 1\n";
    configured(host, &CONFIG.replace("[[service]]", &format!("{limits}[[service]]")))
}

#[test]
fn what_came_over_the_outbox_is_judged_however_often_that_fails() {
    for fails in 0..12 {
        for trouble in [Trouble::Before, Trouble::After] {
            let host = Shaky::new();
            let context = at_most_one_call(&host);
            host.memory.refuse("queue", true);
            let all: Vec<Event> = (0..3).map(|_| event(&host)).collect();
            all.iter().for_each(|event| run(record(&context, event.clone())).unwrap());
            host.faults.borrow_mut().extend([Trouble::None].repeat(fails));
            host.faults.borrow_mut().push_back(trouble);
            let _ = run(flush_outbox(&context));
            host.faults.borrow_mut().clear();
            run(flush_outbox(&context)).unwrap();
            assert_eq!(count(&host, ALERTS), 1, "{fails} {trouble:?}");
            assert_eq!(count(&host, "SELECT sum(calls) AS n FROM throughput WHERE span = 'hour'"), 3);
            assert_eq!(verify(&stored(&host)).unwrap().records, 4);
            assert_eq!(count(&host, "SELECT count(*) AS n FROM audit_outbox"), 0);
        }
    }
}

#[test]
fn what_cannot_be_judged_does_not_keep_the_rest_from_the_chain() {
    let host = Shaky::new();
    let context = at_most_one_call(&host);
    host.memory.refuse("queue", true);
    (0..250).for_each(|_| run(record(&context, event(&host))).unwrap());
    let rename = |sql| run(host.memory.query(Statement::new(sql))).map(drop).unwrap();
    rename("ALTER TABLE throughput_role RENAME TO away");
    (0..3).for_each(|_| assert!(run(flush_outbox(&context)).is_err()));
    assert_eq!(stored(&host).len(), 250);
    rename("ALTER TABLE away RENAME TO throughput_role");
    assert_eq!(run(flush_outbox(&context)), Ok(251), "with the alert");
    assert_eq!((count(&host, ALERTS), stored(&host).len()), (1, 251));
}

#[test]
fn nothing_is_counted_of_who_was_erased() {
    let host = Shaky::new();
    let context = at_most_one_call(&host);
    let late = events(&host, 3);
    run(mcpgate::store::person::erase(&host.memory, PERSON)).unwrap();
    assert_eq!(run(consume(&context, late)), [true; 3]);
    assert_eq!(count(&host, "SELECT count(*) AS n FROM throughput") + count(&host, ALERTS), 0);
    assert_eq!(stored(&host).len(), 3, "the record has them");
}

fn redelivered(messages: Vec<String>, done: &[bool]) -> Vec<String> {
    assert_eq!(messages.len(), done.len());
    messages.into_iter().zip(done).filter(|(_, done)| !**done).map(|(message, _)| message).collect()
}

#[test]
fn the_page_says_what_the_program_does() {
    let page = include_str!("../docs/audit.md");
    let row =
        |name: &str, meaning: &str| assert!(page.contains(&format!("| `{name}` | {meaning} |\n")), "{name}");
    Action::ALL.iter().for_each(|action| row(action.name(), action.meaning()));
    Reason::ALL.iter().for_each(|reason| row(reason.name(), reason.meaning()));

    let host = Shaky::new();
    let key = &context(&host).setup.keys.hash;
    let whole = event(&host)
        .outcome(Outcome::Failed(Fault::Service, Reason::ServiceError))
        .observed([Reason::QuotaUsed])
        .follows(event(&host).id())
        .person(&key.id("person", &["i", "s"]))
        .role(RoleName::new(key, "r"))
        .client("c", key)
        .from_address("192.0.2.1".parse().ok(), key)
        .about_admin_token("t", key)
        .sink("siem")
        .tool(ToolName::known(key, &Policy::default(), "t"))
        .range(Range { first: 1, last: 1, count: 1 })
        .duration(Duration::from_secs(1))
        .request_bytes(1)
        .result_bytes(1)
        .records(1)
        .items(1)
        .cut(true)
        .found([("email", 1)])
        .given_back([("email", 1)])
        .unusual(Unusual {
            what: Measure::Calls,
            per: Span::Day,
            since: 0,
            amount: 3,
            usual: Some(1),
            limit: 2,
        })
        .case(CaseRef::try_from("CASE-1".to_owned()).unwrap())
        .version(1);
    let written: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&whole.to_text().unwrap()).unwrap();
    let table = page.split("| field | what |").nth(1).unwrap().split("\n\n").next().unwrap();
    let documented: Vec<&str> =
        table.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    assert_eq!(documented, written.keys().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(Action::ALL.len() + Reason::ALL.len() + documented.len(), page.matches("\n| `").count() - 2);
}
