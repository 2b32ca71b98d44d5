//! What happens to a delivery that two do at once, that is killed, and that never ends.

use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::task::{Context as Wake, Poll};

use futures_util::task::noop_waker_ref;
use http::Response;

use super::*;
use crate::audit::{consume, record};
use crate::config::Config;
use crate::crypto::Keys;
use crate::host::Statement;
use crate::host::memory::{Chunk, Memory, Reply};
use crate::isolate::Setup;

const CONFIG: &str = r#"
[gateway]
public_url = "https://gate.example.com"
[identity]
issuer = "https://idp.example.com"
client_id = "mcpgate"
[[audit.sink]]
id = "lake"
kind = "https"
url = "https://lake.example.com/in"
token = { secret = "LAKE" }
batch = 2
"#;

/// The places of the records that the sink took, and how it answers.
#[derive(Clone, Default)]
struct Lake(Arc<Mutex<(Vec<i64>, u16)>>);

impl Lake {
    fn taken(&self) -> Vec<i64> {
        self.0.lock().unwrap().0.clone()
    }

    /// 200 and the like, another status, or 0 for nothing at all.
    fn answers(&self, status: u16) {
        self.0.lock().unwrap().1 = status;
    }
}

fn run<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(done) = future.as_mut().poll(&mut Wake::from_waker(noop_waker_ref())) {
            return done;
        }
    }
}

/// A chain of so many records, and a sink that hears of them a moment before it answers.
fn set(records: usize) -> (Context<Memory>, Lake) {
    let (host, lake) = (Memory::new(), Lake::default());
    host.set_secret("LAKE", "planted");
    lake.answers(200);
    let own = lake.clone();
    host.set_peer(
        "https://lake.example.com",
        Arc::new(move |request| {
            assert_eq!(request.headers()["authorization"], "Bearer planted");
            let mut state = own.0.lock().unwrap();
            let status = state.1;
            if status == 0 {
                return Reply::Refusal;
            }
            if status < 300 {
                let text = std::str::from_utf8(request.body()).unwrap();
                let seq = |line| serde_json::from_str::<Record>(line).unwrap().seq;
                state.0.extend(text.lines().map(seq));
            }
            let body: Box<dyn Iterator<Item = Chunk> + Send> =
                Box::new([Chunk::Later, Chunk::Later].into_iter());
            let mut answer = Response::new(body);
            *answer.status_mut() = StatusCode::from_u16(status).unwrap();
            Reply::Response(answer)
        }),
    );
    let keys = run(Keys::read(&host)).unwrap();
    let setup = Setup { config: Config::parse(CONFIG).unwrap(), version: 1, keys };
    let context = Context::new(host, Rc::new(setup));
    grow(&context, records);
    (context, lake)
}

fn grow(context: &Context<Memory>, records: usize) {
    for _ in 0..records {
        run(record(context, Event::new(&context.host, Action::SignIn).unwrap())).unwrap();
    }
    let messages = context.host.take_queue();
    assert!(run(consume(context, messages)).iter().all(|taken| *taken));
}

fn number(context: &Context<Memory>, sql: &'static str) -> i64 {
    run(context.host.query(Statement::new(sql))).unwrap()[0].integer("n").unwrap()
}

const SEQ: &str = "SELECT seq AS n FROM audit_delivery";
const LETTERS: &str = "SELECT count(*) AS n FROM audit_dead_letter";

/// What the chain is told, as action and reason.
fn told(context: &Context<Memory>) -> Vec<String> {
    context
        .host
        .take_queue()
        .iter()
        .map(|text| {
            let event: serde_json::Value = serde_json::from_str(text).unwrap();
            assert_eq!(event["sink"], "lake");
            format!("{} {}", event["action"].as_str().unwrap(), event["reason"].as_str().unwrap_or("-"))
        })
        .collect()
}

#[test]
fn two_at_once_send_each_record_once() {
    let (context, lake) = set(9);
    let (mut one, mut two) = (pin!(deliver(&context)), pin!(deliver(&context)));
    let (mut first, mut second) = (false, false);
    while !(first && second) {
        let mut wake = Wake::from_waker(noop_waker_ref());
        first = first || one.as_mut().poll(&mut wake).is_ready();
        second = second || two.as_mut().poll(&mut wake).is_ready();
    }
    assert_eq!(lake.taken(), (1..=9).collect::<Vec<_>>());
    assert_eq!(number(&context, SEQ), 9);
}

#[test]
fn who_is_killed_in_the_middle_loses_nothing() {
    let (context, lake) = set(5);
    {
        let mut killed = pin!(deliver(&context));
        while lake.taken().len() < 4 {
            assert!(killed.as_mut().poll(&mut Wake::from_waker(noop_waker_ref())).is_pending());
        }
    }
    assert_eq!(number(&context, SEQ), 2, "nobody heard that the second batch was taken");
    run(deliver(&context)).unwrap();
    assert_eq!(lake.taken().len(), 4, "the lease holds on");
    context.host.advance(LEASE);
    run(deliver(&context)).unwrap();
    assert_eq!(lake.taken(), [1, 2, 3, 4, 3, 4, 5], "the same again rather than never");
}

#[test]
fn who_has_lost_the_lease_moves_nothing() {
    let (context, lake) = set(5);
    let mut late = pin!(deliver(&context));
    while lake.taken().is_empty() {
        assert!(late.as_mut().poll(&mut Wake::from_waker(noop_waker_ref())).is_pending());
    }
    context.host.advance(LEASE);
    run(deliver(&context)).unwrap();
    assert_eq!(number(&context, SEQ), 5);
    run(late).unwrap();
    assert_eq!(number(&context, SEQ), 5);
    assert_eq!(lake.taken(), [1, 2, 1, 2, 3, 4, 5]);
    grow(&context, 1);
    run(deliver(&context)).unwrap();
    assert_eq!(lake.taken().last(), Some(&6));
}

#[test]
fn what_a_clock_that_was_ahead_has_put_off_is_not_waited_for() {
    let (context, lake) = set(3);
    let now = context.host.now();
    lake.answers(500);
    context.host.advance(Duration::from_secs(30 * 86_400));
    run(deliver(&context)).unwrap();
    context.host.set_clock(now);
    lake.answers(200);
    run(deliver(&context)).unwrap();
    assert_eq!(lake.taken(), [1, 2, 3]);
}

#[test]
fn an_outage_gives_nothing_up_and_is_told_once() {
    let (context, lake) = set(3);
    lake.answers(0);
    for _ in 0..300 {
        run(deliver(&context)).unwrap();
        context.host.advance(Duration::from_secs(900));
    }
    assert_eq!((number(&context, SEQ), number(&context, LETTERS)), (0, 0));
    assert_eq!(told(&context), ["delivery_failed sink_unreachable"]);
    lake.answers(200);
    run(deliver(&context)).unwrap();
    assert_eq!(lake.taken(), [1, 2, 3]);
    assert_eq!(told(&context), ["delivery_resumed -"]);
}

#[test]
fn what_is_answered_with_errors_for_a_day_is_put_aside() {
    let (context, lake) = set(3);
    lake.answers(500);
    let mut attempts = 0;
    while number(&context, LETTERS) == 0 {
        run(deliver(&context)).unwrap();
        context.host.advance(Duration::from_secs(900));
        attempts += 1;
    }
    assert_eq!((attempts, number(&context, SEQ)), (MOST_ERRORS, 2));
    lake.answers(200);
    run(deliver(&context)).unwrap();
    assert_eq!(lake.taken(), [3], "the others are not held up for ever");
}

#[test]
fn a_sink_that_comes_and_goes_is_told_of_once_an_hour() {
    let (context, lake) = set(2);
    let mut said = Vec::new();
    for _ in 0..30 {
        lake.answers(400);
        grow(&context, 1);
        run(deliver(&context)).unwrap();
        said.extend(told(&context));
        lake.answers(200);
        grow(&context, 1);
        context.host.advance(Duration::from_secs(60));
        run(deliver(&context)).unwrap();
        said.extend(told(&context));
    }
    assert_eq!(said, ["delivery_failed sink_refused", "delivery_resumed -"]);
}

#[test]
fn without_its_secret_a_sink_is_sent_nothing() {
    let (context, lake) = set(1);
    context.host.set_secret("LAKE", "");
    run(deliver(&context)).unwrap();
    assert!(lake.taken().is_empty());
    assert!(context.host.logged().contains("sink_secret_missing sink=lake secret=LAKE"));
    assert!(context.host.logged().contains("delivery_failed sink=lake reason=not_configured"));
    context.host.set_secret("LAKE", "planted");
    context.host.advance(Duration::from_secs(60));
    run(deliver(&context)).unwrap();
    assert_eq!(lake.taken(), [1]);
}

#[test]
fn what_is_refused_again_rests_until_somebody_asks_anew() {
    let (context, lake) = set(3);
    lake.answers(400);
    run(deliver(&context)).unwrap();
    context.host.advance(Duration::from_secs(60));
    lake.answers(200);
    run(deliver(&context)).unwrap();
    assert_eq!((lake.taken(), number(&context, LETTERS)), (vec![3], 1));
    lake.answers(400);
    assert_eq!(run(store::replay(&context.host, "lake", context.host.now())), Ok(vec![(1, 2)]));
    run(deliver(&context)).unwrap();
    assert_eq!((number(&context, LETTERS), number(&context, SEQ)), (1, 3));
    context.host.advance(Duration::from_secs(3600));
    lake.answers(200);
    run(deliver(&context)).unwrap();
    assert_eq!(lake.taken(), [3], "not by itself");
    run(store::replay(&context.host, "lake", context.host.now())).unwrap();
    run(deliver(&context)).unwrap();
    assert_eq!((lake.taken(), number(&context, LETTERS)), (vec![3, 1, 2], 0));
}

#[test]
fn dead_letters_whose_records_were_deleted_stay_and_are_told() {
    let (context, lake) = set(4);
    lake.answers(400);
    for _ in 0..2 {
        run(deliver(&context)).unwrap();
        context.host.advance(Duration::from_secs(60));
    }
    assert_eq!((number(&context, LETTERS), number(&context, SEQ)), (1, 4));
    let delete = |seq: i64| {
        let sql = "DELETE FROM audit_log WHERE seq <= ?1";
        run(context.host.query(Statement::new(sql).bind(seq))).unwrap();
    };
    let replay = || run(store::replay(&context.host, "lake", context.host.now())).unwrap();
    run(context.host.query(Statement::new("DROP TRIGGER audit_log_is_deleted_up_to_a_checkpoint"))).unwrap();
    told(&context);
    lake.answers(200);
    // Asked for, and then deleted in part before it is sent.
    assert_eq!(replay(), [(1, 4)]);
    delete(3);
    run(deliver(&context)).unwrap();
    assert_eq!(lake.taken(), [4]);
    let deleted = run(store::deleted(&context.host, "lake"));
    assert_eq!((deleted, number(&context, LETTERS)), (Ok(vec![(1, 3)]), 1));
    assert_eq!(told(&context), ["delivery_failed records_deleted", "delivery_resumed -"]);
    let logged = context.host.logged();
    assert!(logged.contains("dead_letters_deleted sink=lake first=1 last=3"), "{logged}");
    assert!(replay().is_empty(), "there is nothing to send");
    // Deleted as a whole.
    grow(&context, 2);
    lake.answers(400);
    run(deliver(&context)).unwrap();
    told(&context);
    grow(&context, 1);
    delete(6);
    for _ in 0..2 {
        run(set_deleted_apart(&context)).unwrap();
    }
    assert_eq!(told(&context), ["delivery_failed records_deleted"], "once");
    assert_eq!(run(store::deleted(&context.host, "lake")), Ok(vec![(1, 3), (5, 6)]));
}
