//! What every host must keep of the promises in [`super::Host`], checked from inside: the same checks run on the
//! memory host, in workerd and under wasmtime.
//!
//! Natively this is always there, like the memory host. Elsewhere it needs the feature `contract`, which gives the
//! entry point one more route; no bundle that is shipped has it.
//!
//! Not checked here, because a host cannot be asked: that the cache forgets when a TTL ends, and that the queue
//! delivers. The scenarios check the latter.

use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};

use super::{FetchError, Host, Incoming, Limits, PortError, Row, Statement, Value};
use crate::body::Body;
use crate::oauth::Form;

/// A scripted peer at an origin, and an origin where nobody listens.
#[derive(Clone, Copy, Debug)]
pub struct Peers<'a> {
    /// Answers `/echo`, `/status`, `/redirect`, `/silent`, `/pause`, `/break`, `/steps` and `/step`, `/endless` and
    /// `/gone` as these names say.
    pub scripted: &'a str,
    /// Refuses connections.
    pub nobody: &'a str,
}

/// What an empty secret and one that is set are called, and what the latter is.
pub const SECRETS: [(&str, &str); 2] = [("CONTRACT_EMPTY", ""), ("CONTRACT_SET", "the value, with = and ü")];

/// The messages that the checks put on the queue.
pub fn messages() -> [String; 2] {
    ["a message that is no event: ä 🙂".to_owned(), "x".repeat(100 * 1024)]
}

/// Runs all checks; a line for each: `ok NAME` or `failed NAME: WHY`. Run `again` after the first response was
/// sent, they also look for what was to happen after it.
pub async fn run<H: Host>(host: &H, peers: Peers<'_>, again: bool) -> String {
    let mut lines = String::new();
    macro_rules! check {
        ($($name:ident($($argument:expr),*);)*) => {$(
            match $name(host, $($argument),*).await {
                Ok(()) => lines.push_str(concat!("ok ", stringify!($name), "\n")),
                Err(why) => lines.push_str(&format!("failed {}: {}\n", stringify!($name), why.0)),
            }
        )*};
    }
    check! {
        a_batch_happens_whole_or_not_at_all();
        a_batch_answers_each_statement();
        rows_are_read_by_name();
        whole_numbers_keep_their_value();
        texts_keep_every_character();
        lists_go_in_as_json();
        what_is_consumed_once_is_consumed_once();
        an_error_holds_no_bound_value();
        the_cache_keeps_and_forgets();
        the_queue_takes_messages();
        requests_arrive_as_they_are(peers);
        answers_are_answers_whatever_their_status(peers);
        redirects_are_not_followed(peers);
        nobody_there_is_unreachable(peers);
        a_late_head_times_out(peers);
        a_late_chunk_times_out(peers);
        a_broken_body_is_no_whole_one(peers);
        a_body_comes_chunk_by_chunk(peers);
        dropping_a_body_ends_the_exchange(peers);
        random_bytes_differ();
        secrets_are_read_by_name();
        the_clock_tells_the_time();
        sleeping_takes_its_time();
        the_isolate_is_one();
        work_goes_on_after_the_response(again);
    }
    lines
}

/// Answers `GET /contract?scripted=ORIGIN&nobody=ORIGIN[&again=1]` with what [`run`] says; [`None`] to others.
pub async fn route<H: Host>(host: &H, request: &Request<Incoming>) -> Option<Response<Body>> {
    if request.uri().path() != "/contract" {
        return None;
    }
    let form = Form::query(request).ok()?;
    let peers = Peers { scripted: form.value("scripted")?, nobody: form.value("nobody")? };
    Some(Response::new(Body::from(run(host, peers, form.value("again").is_some()).await)))
}

/// Why a check failed.
struct Broken(String);

impl From<PortError> for Broken {
    fn from(error: PortError) -> Self {
        Self(error.to_string())
    }
}

impl From<FetchError> for Broken {
    fn from(error: FetchError) -> Self {
        Self(error.to_string())
    }
}

type Check = Result<(), Broken>;

fn expect(holds: bool, why: impl FnOnce() -> String) -> Check {
    if holds { Ok(()) } else { Err(Broken(why())) }
}

async fn sql<H: Host>(host: &H, sql: &'static str) -> Result<Vec<Row>, PortError> {
    host.query(Statement::new(sql)).await
}

async fn table<H: Host>(host: &H) -> Check {
    sql(host, "DROP TABLE IF EXISTS port_contract").await?;
    sql(host, "CREATE TABLE port_contract (id INTEGER PRIMARY KEY, a TEXT UNIQUE, b TEXT, n INTEGER)")
        .await?;
    Ok(())
}

fn insert(id: i64, text: &str) -> Statement {
    Statement::new("INSERT INTO port_contract (id, a) VALUES (?1, ?2) RETURNING id").bind(id).bind(text)
}

async fn a_batch_happens_whole_or_not_at_all<H: Host>(host: &H) -> Check {
    table(host).await?;
    let refused = host.batch(vec![insert(1, "one"), insert(2, "two"), insert(1, "again")]).await;
    expect(refused.is_err(), || format!("a batch with a duplicate key was {refused:?}"))?;
    let rows = sql(host, "SELECT id FROM port_contract").await?;
    expect(rows.is_empty(), || format!("half a batch happened: {rows:?}"))
}

async fn a_batch_answers_each_statement<H: Host>(host: &H) -> Check {
    table(host).await?;
    let none = host.batch(Vec::new()).await?;
    expect(none.is_empty(), || format!("an empty batch answered {none:?}"))?;
    let update = Statement::new("UPDATE port_contract SET b = 'x' WHERE id > ?1").bind(100);
    let select = Statement::new("SELECT count(*) AS many FROM port_contract");
    let answers = host.batch(vec![insert(1, "one"), update, insert(2, "two"), select]).await?;
    let sizes: Vec<usize> = answers.iter().map(Vec::len).collect();
    expect(sizes == [1, 0, 1, 1], || format!("{answers:?}"))?;
    let many = answers.last().and_then(|rows| rows.first()).map(|row| row.integer("many"));
    expect(many == Some(Ok(2)), || format!("later statements see earlier ones: {many:?}"))
}

async fn rows_are_read_by_name<H: Host>(host: &H) -> Check {
    table(host).await?;
    let statement = Statement::new("INSERT INTO port_contract (id, a, b, n) VALUES (?4, ?2, ?1, ?3)");
    let null: Option<String> = None;
    host.query(statement.bind(null).bind("text").bind(7).bind(1)).await?;
    let rows = sql(host, "SELECT n, b, a AS other, id FROM port_contract WHERE b IS NULL").await?;
    let [row] = rows.as_slice() else { return Err(Broken(format!("{rows:?}"))) };
    let read = (row.integer("id")?, row.integer("n")?, row.text("other")?, row.optional_text("b")?);
    expect(read == (1, 7, "text", None), || format!("{read:?}"))?;
    let absent = (row.text("a").is_err(), row.integer("other").is_err(), row.text("b").is_err());
    expect(absent == (true, true, true), || format!("{absent:?}"))
}

async fn whole_numbers_keep_their_value<H: Host>(host: &H) -> Check {
    const MOST: i64 = 1 << 53;
    for number in [0, 1, -1, 1_795_000_000_000, i64::from(i32::MAX) + 1, MOST - 1, 1 - MOST] {
        let rows = host.query(Statement::new("SELECT ?1 AS n, ?1 = n AS same, typeof(n) AS type FROM (SELECT CAST(?2 AS INTEGER) AS n)")
            .bind(number).bind(number.to_string())).await?;
        let row = rows.first().ok_or_else(|| Broken("no row".to_owned()))?;
        expect(row.integer("n")? == number && row.integer("same")? == 1, || format!("{number}: {row:?}"))?;
    }
    table(host).await?;
    host.query(Statement::new("INSERT INTO port_contract (id, n) VALUES (?1, ?2)").bind(1).bind(MOST - 1))
        .await?;
    let rows = sql(host, "SELECT n, typeof(n) AS type FROM port_contract").await?;
    let row = rows.first().ok_or_else(|| Broken("no row".to_owned()))?;
    expect(row.integer("n")? == MOST - 1 && row.text("type")? == "integer", || format!("{row:?}"))
}

async fn texts_keep_every_character<H: Host>(host: &H) -> Check {
    table(host).await?;
    let long = "long \u{1F642} ".repeat(20_000);
    for (id, text) in [
        "",
        "'; DROP TABLE port_contract; --",
        "\u{e4}\u{1F642}e\u{301}\u{2028}\u{feff}\u{ffff}\t\r\n\"\\ ",
        "1",
        "null",
        &long,
    ]
    .into_iter()
    .enumerate()
    {
        let id = i64::try_from(id).unwrap_or_default();
        host.query(insert(id, text)).await?;
        let rows = host
            .query(Statement::new("SELECT a FROM port_contract WHERE id = ?1 AND a = ?2").bind(id).bind(text))
            .await?;
        let read = rows.first().map(|row| row.text("a"));
        expect(read == Some(Ok(text)), || {
            format!("text {id} came back as {:?}", read.map(|text| text.map(str::len)))
        })?;
    }
    Ok(())
}

async fn lists_go_in_as_json<H: Host>(host: &H) -> Check {
    let statement =
        Statement::new("SELECT value FROM json_each(?1) ORDER BY key").bind(r#"["b","a","\u00e4"]"#);
    let rows = host.query(statement).await?;
    let values: Vec<&str> = rows.iter().filter_map(|row| row.text("value").ok()).collect();
    expect(values == ["b", "a", "\u{e4}"], || format!("{values:?}"))
}

async fn what_is_consumed_once_is_consumed_once<H: Host>(host: &H) -> Check {
    table(host).await?;
    host.query(insert(1, "code")).await?;
    let take =
        || host.query(Statement::new("DELETE FROM port_contract WHERE a = ?1 RETURNING id").bind("code"));
    let (first, second) = futures_util::future::join(take(), take()).await;
    let taken = first?.len() + second?.len();
    expect(taken == 1, || format!("taken {taken} times"))
}

async fn an_error_holds_no_bound_value<H: Host>(host: &H) -> Check {
    table(host).await?;
    host.query(insert(1, "a bound secret")).await?;
    let Err(error) = host.query(insert(2, "a bound secret")).await else {
        return Err(Broken("a duplicate was taken".to_owned()));
    };
    let text = error.to_string();
    expect(error.port == "sql" && !text.contains("secret") && !text.contains('\n'), || {
        format!("it says {text:?}")
    })
}

async fn the_cache_keeps_and_forgets<H: Host>(host: &H) -> Check {
    let key = "contract:key/with \u{e4}";
    host.cache_delete(key).await?;
    // Workers KV may remember for a while that nothing was there, so each step has a key of its own.
    expect(host.cache_get("contract:never").await?.is_none(), || {
        "something is there that never was".to_owned()
    })?;
    for (key, value) in [(key, "value \u{1F642}\n"), ("contract:short", "kept for a minute at least")] {
        host.cache_put(key, value, Duration::from_secs(1)).await?;
        let read = host.cache_get(key).await?;
        expect(read.as_deref() == Some(value), || format!("{key}: {read:?}"))?;
    }
    host.cache_put("contract:short", "another", Duration::from_secs(3600)).await?;
    host.cache_delete("contract:short").await?;
    host.cache_delete("contract:short").await?;
    Ok(())
}

async fn the_queue_takes_messages<H: Host>(host: &H) -> Check {
    for message in messages() {
        host.queue_send(&message).await?;
    }
    Ok(())
}

const PATIENT: Limits = Limits { head: Duration::from_secs(10), idle: Duration::from_secs(10) };
const HASTY: Limits = Limits { head: Duration::from_millis(300), idle: Duration::from_millis(300) };

fn get(origin: &str, path: &str) -> Result<Request<Bytes>, Broken> {
    Request::get(format!("{origin}{path}")).body(Bytes::new()).map_err(|error| Broken(error.to_string()))
}

async fn chunk<B: http_body::Body<Data = Bytes, Error = FetchError> + Unpin>(
    body: &mut B,
) -> Option<Result<Bytes, FetchError>> {
    let frame = poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await?;
    Some(frame.map(|frame| frame.into_data().unwrap_or_default()))
}

async fn whole<H: Host>(host: &H, request: Request<Bytes>) -> Result<Response<String>, Broken> {
    let (head, mut body) = host.fetch(request, PATIENT).await?.into_parts();
    let mut bytes = Vec::new();
    while let Some(chunk) = chunk(&mut body).await {
        bytes.extend_from_slice(&chunk?);
    }
    Ok(Response::from_parts(head, String::from_utf8_lossy(&bytes).into_owned()))
}

async fn requests_arrive_as_they_are<H: Host>(host: &H, peers: Peers<'_>) -> Check {
    let body = "b\u{e4}".repeat(100_000);
    let request = Request::post(format!("{}/echo?q=%20a%2Fb&x=1", peers.scripted))
        .header("x-one", "1 ,\"2\"")
        .header("authorization", "Bearer token")
        .header("content-type", "application/json")
        .header("accept-encoding", "identity")
        .body(Bytes::from(body.clone()))
        .map_err(|error| Broken(error.to_string()))?;
    let answer = whole(host, request).await?;
    let expected =
        format!("POST /echo?q=%20a%2Fb&x=1|1 ,\"2\"|Bearer token|application/json|identity|{body}");
    expect(*answer.body() == expected, || answer.body().chars().take(200).collect())?;
    let header = answer.headers().get("x-answer").map(http::HeaderValue::as_bytes);
    expect(header == Some(b"yes"), || format!("{header:?}"))?;
    for method in ["GET", "DELETE"] {
        let mut request = get(peers.scripted, "/echo")?;
        *request.method_mut() = method.parse().map_err(|_| Broken(method.to_owned()))?;
        let answer = whole(host, request).await?;
        expect(answer.body().starts_with(&format!("{method} /echo|")), || answer.body().clone())?;
    }
    Ok(())
}

async fn answers_are_answers_whatever_their_status<H: Host>(host: &H, peers: Peers<'_>) -> Check {
    for status in [200, 202, 204, 400, 401, 404, 418, 500, 503] {
        let answer = whole(host, get(peers.scripted, &format!("/status?{status}"))?).await?;
        expect(answer.status().as_u16() == status, || format!("{status} arrived as {}", answer.status()))?;
    }
    Ok(())
}

async fn redirects_are_not_followed<H: Host>(host: &H, peers: Peers<'_>) -> Check {
    let answer = whole(host, get(peers.scripted, "/redirect")?).await?;
    let location = answer.headers().get("location").map(http::HeaderValue::as_bytes);
    expect(answer.status().as_u16() == 302 && location == Some(b"/echo"), || format!("{answer:?}"))
}

async fn nobody_there_is_unreachable<H: Host>(host: &H, peers: Peers<'_>) -> Check {
    match host.fetch(get(peers.nobody, "/")?, PATIENT).await {
        Err(FetchError::Unreachable(_)) => Ok(()),
        Err(error) => Err(Broken(format!("it was {error}"))),
        Ok(answer) => Err(Broken(format!("it answered {}", answer.status()))),
    }
}

async fn a_late_head_times_out<H: Host>(host: &H, peers: Peers<'_>) -> Check {
    match host.fetch(get(peers.scripted, "/silent")?, HASTY).await {
        Err(FetchError::TimedOut) => Ok(()),
        Err(error) => Err(Broken(format!("it was {error}"))),
        Ok(answer) => Err(Broken(format!("it answered {}", answer.status()))),
    }
}

async fn a_late_chunk_times_out<H: Host>(host: &H, peers: Peers<'_>) -> Check {
    let limits = Limits { idle: HASTY.idle, ..PATIENT };
    let mut body = host.fetch(get(peers.scripted, "/pause")?, limits).await?.into_body();
    let read = (chunk(&mut body).await, chunk(&mut body).await);
    expect(read == (Some(Ok("one".into())), Some(Err(FetchError::TimedOut))), || format!("{read:?}"))
}

async fn a_broken_body_is_no_whole_one<H: Host>(host: &H, peers: Peers<'_>) -> Check {
    // A host may notice the break before it has handed on the head.
    let last = match host.fetch(get(peers.scripted, "/break")?, PATIENT).await {
        Err(error) => Some(Err(error)),
        Ok(answer) => {
            let mut body = answer.into_body();
            match chunk(&mut body).await {
                Some(Ok(_)) => chunk(&mut body).await,
                first => first,
            }
        }
    };
    expect(matches!(last, Some(Err(FetchError::Unreachable(_)))), || format!("it ended with {last:?}"))
}

async fn a_body_comes_chunk_by_chunk<H: Host>(host: &H, peers: Peers<'_>) -> Check {
    let mut body = host.fetch(get(peers.scripted, "/steps")?, PATIENT).await?.into_body();
    for step in ["one", "two", "three"] {
        let read = chunk(&mut body).await;
        expect(read == Some(Ok(step.into())), || format!("{step}: {read:?}"))?;
        // The peer goes on only now.
        whole(host, get(peers.scripted, "/step")?).await?;
    }
    let end = chunk(&mut body).await;
    expect(end.is_none(), || format!("{end:?}"))
}

async fn dropping_a_body_ends_the_exchange<H: Host>(host: &H, peers: Peers<'_>) -> Check {
    let mut body = host.fetch(get(peers.scripted, "/endless")?, PATIENT).await?.into_body();
    expect(matches!(chunk(&mut body).await, Some(Ok(_))), || "there is no body".to_owned())?;
    drop(body);
    for _ in 0..200 {
        if whole(host, get(peers.scripted, "/gone")?).await?.body() == "yes" {
            return Ok(());
        }
    }
    Err(Broken("the peer goes on".to_owned()))
}

async fn random_bytes_differ<H: Host>(host: &H) -> Check {
    let mut drawn = Vec::new();
    for length in [0, 1, 16, 32, 32, 100, 1000] {
        let mut bytes = vec![0; length];
        host.random(&mut bytes)?;
        drawn.push(bytes);
    }
    let long: Vec<_> = drawn.iter().filter(|bytes| bytes.len() >= 16).collect();
    let same =
        long.iter().enumerate().any(|(at, bytes)| long.iter().skip(at + 1).any(|other| other == bytes));
    let flat = long.iter().any(|bytes| bytes.windows(8).any(|window| window.iter().all(|byte| *byte == 0)));
    expect(!same && !flat, || "they repeat themselves".to_owned())
}

async fn secrets_are_read_by_name<H: Host>(host: &H) -> Check {
    let absent = host.secret("CONTRACT_ABSENT").await?;
    let [(empty, _), (set, value)] = SECRETS;
    let empty = host.secret(empty).await?;
    expect(absent.is_none() && empty.is_none(), || "what is not there or empty is not None".to_owned())?;
    let read = host.secret(set).await?;
    expect(read.is_some_and(|secret| secret.expose() == value), || "the value is another".to_owned())
}

async fn the_clock_tells_the_time<H: Host>(host: &H) -> Check {
    let before = host.now();
    sql(host, "SELECT 1 AS one").await?;
    let after = host.now();
    let sane = 1_700_000_000_000..4_000_000_000_000;
    expect(sane.contains(&before.0) && before <= after, || format!("{before:?} {after:?}"))
}

async fn sleeping_takes_its_time<H: Host>(host: &H) -> Check {
    let before = host.now();
    host.sleep(Duration::from_millis(60)).await;
    // A host's two clocks may differ by a little.
    let passed = host.now().0 - before.0;
    expect(passed >= 50, || format!("{passed} ms passed"))
}

async fn the_isolate_is_one<H: Host>(host: &H) -> Check {
    let first = host.isolate();
    sql(host, "SELECT 1 AS one").await?;
    expect(Rc::ptr_eq(&first, &host.isolate()), || "there are two".to_owned())
}

async fn work_goes_on_after_the_response<H: Host>(host: &H, again: bool) -> Check {
    if !again {
        sql(host, "CREATE TABLE IF NOT EXISTS port_contract_later (id INTEGER)").await?;
        let later = host.clone();
        host.after_response(Box::pin(async move {
            let insert =
                Statement::new("INSERT INTO port_contract_later (id) VALUES (?1)").bind(Value::Integer(1));
            // Whether it worked is seen later.
            let _ = later.query(insert).await;
        }));
        return Ok(());
    }
    let rows = sql(host, "SELECT id FROM port_contract_later").await?;
    expect(!rows.is_empty(), || "it was not done".to_owned())
}
