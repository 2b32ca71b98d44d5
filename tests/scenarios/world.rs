//! Where scenarios happen: a gateway on one of three hosts, its peers, and time.
//!
//! A scenario never asks which host it is on. What a host does differently is in its [`Machine`].

mod memory;
mod process;
mod spin;
mod wire;
mod workers;

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use mcpgate::audit::chain::{self, Point, Record};
use mcpgate::crypto::{HashKey, Keys};
use mcpgate::host::contract::{self, Peers};
use serde_json::Value;

use crate::setting::{ORIGIN, Setting};
use crate::stage::Stage;

/// What a host does in its own way.
pub(crate) trait Machine {
    /// Sends a request, whose URI is the public one, and answers when the head is there.
    fn open(&mut self, request: Request<Bytes>) -> Open;
    /// Puts the gateway's clock forward.
    fn pass_time(&mut self, duration: Duration);
    /// Makes the audit queue refuse, or take messages again.
    fn queue_refuses(&mut self, refuses: bool);
    /// Runs one SQL statement in the gateway's database.
    fn sql(&mut self, statement: &'static str);
    /// Runs what a clock would start, and waits until the audit queue is empty.
    fn settle(&mut self);
    /// Everything that the gateway wrote and keeps: the SQLite file `database`, its `database-wal` if it has one, and
    /// others under their own names.
    fn kept(&mut self) -> Vec<(String, Vec<u8>)>;
    /// Everything that it logged.
    fn logs(&mut self) -> String;
    /// Asks the host from inside whether it keeps the contract of its ports, once more `again`.
    fn contract(&mut self, peers: Peers<'_>, again: bool) -> String;
    /// Ends the isolate, instance or process, and begins another on what is kept.
    fn restart(&mut self);
    /// The same, with these secrets.
    fn restart_with(&mut self, secrets: &Secrets);
    /// Runs what a clock would start; it may still be at it afterwards.
    fn maintain(&mut self);
}

/// An answer whose head is there.
pub(crate) struct Open {
    pub(crate) head: Response<()>,
    pub(crate) body: Box<dyn FnMut() -> Option<Result<Bytes, String>>>,
}

impl Open {
    /// The next chunk; [`None`] at the end; an error when it breaks off.
    pub(crate) fn chunk(&mut self) -> Option<Result<Bytes, String>> {
        (self.body)()
    }

    /// The next server-sent event with data, or [`None`] at the end. `rest` keeps what was read too much.
    pub(crate) fn event(&mut self, rest: &mut String) -> Option<Value> {
        loop {
            while let Some(end) = rest.find("\n\n") {
                let event: String = rest.drain(..end + 2).collect();
                let data: Vec<&str> = event.lines().filter_map(|line| line.strip_prefix("data: ")).collect();
                if !data.is_empty() {
                    return Some(serde_json::from_str(&data.join("\n")).expect("an event's data is JSON"));
                }
            }
            rest.push_str(
                std::str::from_utf8(&self.chunk()?.expect("the stream goes on")).expect("whole events"),
            );
        }
    }

    pub(crate) fn whole(mut self) -> Answer {
        let mut body = Vec::new();
        while let Some(chunk) = self.chunk() {
            body.extend_from_slice(&chunk.expect("the answer does not break off"));
        }
        Answer { head: self.head, body }
    }
}

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Answer {
    head: Response<()>,
    body: Vec<u8>,
}

impl Answer {
    pub(crate) fn status(&self) -> u16 {
        self.head.status().as_u16()
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        self.head.headers()
    }

    /// A header's value, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers().get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("a body is text")
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{} {:?}", self.status(), self.text()))
    }

    /// The data of the server-sent events, as JSON.
    pub(crate) fn events(&self) -> Vec<Value> {
        let data = self.text().lines().filter_map(|line| line.strip_prefix("data: "));
        data.map(|data| serde_json::from_str(data).expect("an event's data is JSON")).collect()
    }
}

/// Milliseconds since 1970, as far as the gateway and its peers know.
#[derive(Debug)]
pub(crate) struct Clock(AtomicI64);

impl Clock {
    pub(crate) fn now(&self) -> i64 {
        #[allow(clippy::disallowed_methods, reason = "hosts that are processes live in real time")]
        let real = || std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        match host() {
            HostName::Memory => memory::EPOCH + self.0.load(Ordering::SeqCst),
            _ => i64::try_from(real().as_millis()).unwrap() + self.0.load(Ordering::SeqCst),
        }
    }
}

/// The secrets of one gateway, as NAME and value.
pub(crate) type Secrets = Vec<(String, String)>;

/// A gateway, its peers, and what has been heard of it.
pub(crate) struct World {
    machine: Place,
    pub(crate) stage: Stage,
    pub(crate) clock: Arc<Clock>,
    pub(crate) secrets: Secrets,
    setting: Setting,
    /// How many audit records there were when this scenario began.
    records_before: usize,
    logged_before: usize,
    /// Whether something may wait on the audit queue.
    unsettled: bool,
    /// Everything that was answered, once somebody wants to know.
    heard: Option<Arc<Mutex<Vec<u8>>>>,
}

/// Where the gateway is: in this thread, or in a process that every thread can use.
enum Place {
    Here(Box<dyn Machine>),
    Apart(Box<dyn Machine + Send>),
}

impl std::ops::Deref for Place {
    type Target = dyn Machine;

    fn deref(&self) -> &Self::Target {
        match self {
            Self::Here(machine) => &**machine,
            Self::Apart(machine) => &**machine,
        }
    }
}

impl std::ops::DerefMut for Place {
    fn deref_mut(&mut self) -> &mut Self::Target {
        match self {
            Self::Here(machine) => &mut **machine,
            Self::Apart(machine) => &mut **machine,
        }
    }
}

/// A gateway in the usual setting that has served some scenarios and waits for others.
struct Waiting {
    machine: Box<dyn Machine + Send>,
    stage: Stage,
    clock: Arc<Clock>,
    secrets: Secrets,
}

/// Emptied before the end: a process of ours must not outlive this one.
static WAITING: Mutex<Vec<Waiting>> = Mutex::new(Vec::new());

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum HostName {
    Memory,
    Workers,
    Spin,
}

/// The host of this run: `MCPGATE_HOST`, or memory.
pub(crate) fn host() -> HostName {
    #[allow(clippy::disallowed_methods, reason = "which host to test is said in the environment")]
    match std::env::var("MCPGATE_HOST").as_deref() {
        Err(_) | Ok("memory") => HostName::Memory,
        Ok("workers") => HostName::Workers,
        Ok("spin") => HostName::Spin,
        Ok(other) => panic!("MCPGATE_HOST is memory, workers or spin, not {other}"),
    }
}

impl World {
    /// A gateway in this setting. One in the usual setting may have served other scenarios, with other people.
    pub(crate) fn take(setting: Setting) -> Self {
        let waiting = (setting == Setting::Usual).then(|| WAITING.lock().unwrap().pop()).flatten();
        let mut world = match waiting {
            Some(Waiting { machine, stage, clock, secrets }) => {
                Self::new(Place::Apart(machine), stage, clock, secrets, setting)
            }
            None => Self::start(setting),
        };
        world.stage.reset();
        world.records_before = world.all_records().len();
        world.logged_before = world.machine.logs().len();
        world
    }

    /// Leaves the gateway to the next scenario, if it is one for all.
    pub(crate) fn give_back(mut self) {
        if self.setting != Setting::Usual {
            return;
        }
        self.machine.settle();
        if let Place::Apart(machine) = self.machine {
            let waiting = Waiting { machine, stage: self.stage, clock: self.clock, secrets: self.secrets };
            WAITING.lock().unwrap().push(waiting);
        }
    }

    /// Ends the gateways that wait, and removes what all of them shared.
    pub(crate) fn close() {
        WAITING.lock().unwrap().clear();
        if host() == HostName::Spin {
            spin::clear();
        }
    }

    fn new(machine: Place, stage: Stage, clock: Arc<Clock>, secrets: Secrets, setting: Setting) -> Self {
        Self {
            machine,
            stage,
            clock,
            secrets,
            setting,
            records_before: 0,
            logged_before: 0,
            unsettled: true,
            heard: None,
        }
    }

    fn start(setting: Setting) -> Self {
        let clock = Arc::new(Clock(AtomicI64::new(0)));
        let random = |buffer: &mut [u8]| {
            getrandom::fill(buffer).map_err(|error| mcpgate::host::PortError::new("random", error))
        };
        let keys = Keys::generate(random).unwrap();
        let mut secrets: Secrets =
            keys.iter().map(|(name, secret)| ((*name).to_owned(), secret.expose().to_owned())).collect();
        secrets.extend(Stage::secrets());
        if setting == Setting::Contract {
            secrets.extend(contract::SECRETS.map(|(name, value)| (name.to_owned(), value.to_owned())));
        }
        let mut stage = Stage::new(Arc::clone(&clock));
        if host() != HostName::Memory {
            stage.bring_to_sockets(wire::serve);
        }
        let toml = setting.toml(&stage, &hash_key(&secrets));
        secrets.retain(|(name, _)| Some(name.as_str()) != setting.lost_secret());
        let machine = match host() {
            HostName::Memory => {
                Place::Here(Box::new(memory::Process::start(&stage, toml.as_deref(), &secrets)))
            }
            HostName::Workers => {
                Place::Apart(Box::new(workers::Process::start(setting, toml.as_deref(), &secrets)))
            }
            HostName::Spin => {
                Place::Apart(Box::new(spin::Process::start(setting, &stage, toml.as_deref(), &secrets)))
            }
        };
        Self::new(machine, stage, clock, secrets, setting)
    }

    /// Sends a request and reads the whole answer.
    pub(crate) fn send(&mut self, request: Request<Bytes>) -> Answer {
        self.open(request).whole()
    }

    /// From now on every answer is kept: its headers, and its body as far as it is read.
    pub(crate) fn hear(&mut self) -> Arc<Mutex<Vec<u8>>> {
        Arc::clone(self.heard.get_or_insert_default())
    }

    /// Sends a request; the answer is read chunk by chunk. Every answer, whatever it is, must have safe headers.
    pub(crate) fn open(&mut self, request: Request<Bytes>) -> Open {
        let path = request.uri().path().to_owned();
        let open = self.machine.open(request);
        self.unsettled = true;
        let header = |name: &str| open.head.headers().get(name).map_or("", |value| value.to_str().unwrap());
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("x-frame-options"), "DENY", "{path}");
        assert!(header("content-security-policy").starts_with("default-src 'none'"), "{path}");
        assert!(header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert!(["no-referrer", "same-origin"].contains(&header("referrer-policy")), "{path}");
        assert!(!header("cache-control").is_empty(), "{path}");
        if self.setting.is_secure() {
            assert!(header("strict-transport-security").starts_with("max-age="), "{path}");
        }
        let Some(heard) = &self.heard else { return open };
        heard.lock().unwrap().extend_from_slice(format!("\n{path} {:?}\n", open.head.headers()).as_bytes());
        let (heard, mut body) = (Arc::clone(heard), open.body);
        let body = Box::new(move || {
            let chunk = body();
            if let Some(Ok(bytes)) = &chunk {
                heard.lock().unwrap().extend_from_slice(bytes);
            }
            chunk
        });
        Open { body, ..open }
    }

    /// The URL of a path of the gateway.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin())
    }

    /// What the configuration calls `public_url`.
    pub(crate) fn origin(&self) -> &'static str {
        if self.setting.is_secure() { ORIGIN } else { crate::setting::LOOPBACK }
    }

    pub(crate) fn get(&mut self, path: &str) -> Answer {
        let request = Request::get(self.url(path)).body(Bytes::new()).unwrap();
        self.send(request)
    }

    /// Puts everybody's clock forward.
    pub(crate) fn pass_time(&mut self, duration: Duration) {
        self.clock.0.fetch_add(i64::try_from(duration.as_millis()).unwrap(), Ordering::SeqCst);
        self.machine.pass_time(duration);
    }

    pub(crate) fn queue_refuses(&mut self, refuses: bool) {
        self.machine.queue_refuses(refuses);
        self.unsettled = true;
    }

    pub(crate) fn sql(&mut self, statement: &'static str) {
        self.machine.sql(statement);
    }

    /// Asks the host from inside whether it keeps the contract of its ports, once more `again`.
    pub(crate) fn contract(&mut self, again: bool) -> String {
        self.unsettled = true;
        let (scripted, nobody) = (self.stage.contract.origin(), crate::stage::NOBODY);
        self.machine.contract(Peers { scripted: &scripted, nobody }, again)
    }

    pub(crate) fn settle(&mut self) {
        self.machine.settle();
        self.unsettled = false;
    }

    pub(crate) fn restart(&mut self) {
        self.machine.restart();
    }

    /// Begins anew with another value of a secret.
    pub(crate) fn restart_with(&mut self, name: &str, value: &str) {
        self.secrets.retain(|(other, _)| other != name);
        self.secrets.push((name.to_owned(), value.to_owned()));
        self.machine.restart_with(&self.secrets);
    }

    /// Runs what a clock would start, until this query has this answer.
    #[track_caller]
    pub(crate) fn maintain_until(&mut self, sql: &str, answer: &str) {
        let mut rows = Vec::new();
        for _ in 0..20 {
            self.machine.maintain();
            rows = self.rows(sql);
            if rows == [[answer]] {
                return;
            }
        }
        panic!("{sql}: {rows:?}\n{}", self.logs());
    }

    pub(crate) fn kept(&mut self) -> Vec<(String, Vec<u8>)> {
        self.machine.kept()
    }

    /// What was logged since the scenario began.
    pub(crate) fn logs(&mut self) -> String {
        let logs = self.machine.logs();
        logs.get(self.logged_before..).unwrap_or_default().to_owned()
    }

    /// Fails unless this was logged since the scenario began. A host's log may take a moment to arrive.
    #[track_caller]
    pub(crate) fn expect_logged(&mut self, text: &str) {
        for _ in 0..100 {
            if self.logs().contains(text) {
                return;
            }
            std::thread::sleep(Duration::from_millis(if host() == HostName::Memory { 0 } else { 100 }));
        }
        panic!("not logged: {text}\n{}", self.logs());
    }

    /// Whether something comes true within a time in which every host notices that a client has left.
    pub(crate) fn waits_until(&mut self, holds: impl Fn(&Self) -> bool) -> bool {
        (0..200).any(|_| {
            if holds(self) {
                return true;
            }
            if host() == HostName::Memory {
                self.pass_time(Duration::from_millis(100));
                self.settle();
            } else {
                std::thread::sleep(Duration::from_millis(100));
            }
            false
        })
    }

    /// The rows of a query of the gateway's database, each column as text.
    pub(crate) fn rows(&mut self, sql: &str) -> Vec<Vec<String>> {
        let directory = process::Directory::new();
        let file = directory.path().join("database");
        for (name, bytes) in self.machine.kept().into_iter().filter(|(name, _)| name.starts_with("database"))
        {
            std::fs::write(directory.path().join(name), bytes).unwrap();
        }
        let database = rusqlite::Connection::open(&file).unwrap();
        let Ok(mut statement) = database.prepare(sql) else { return Vec::new() };
        let columns = statement.column_count();
        let row = |row: &rusqlite::Row<'_>| {
            (0..columns)
                .map(|at| {
                    Ok(match row.get_ref(at)? {
                        rusqlite::types::ValueRef::Integer(number) => number.to_string(),
                        rusqlite::types::ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
                        _ => String::new(),
                    })
                })
                .collect()
        };
        statement.query_map([], row).unwrap().collect::<Result<_, _>>().unwrap()
    }

    fn all_records(&mut self) -> Vec<Record> {
        let rows = self.rows("SELECT seq, event, prev, hash FROM audit_log ORDER BY seq");
        rows.into_iter()
            .map(|row| {
                let [seq, event, prev, hash] = <[_; 4]>::try_from(row).unwrap();
                Record { seq: seq.parse().unwrap(), event, prev, hash }
            })
            .collect()
    }

    /// The audit events since the scenario began, oldest first, in a chain that holds.
    pub(crate) fn audit(&mut self) -> Vec<Value> {
        if self.unsettled {
            self.settle();
        }
        // What was signed first: the chain may grow meanwhile.
        let points =
            self.rows("SELECT seq, hash FROM audit_checkpoint ORDER BY seq").into_iter().map(|row| {
                let [seq, hash] = <[_; 2]>::try_from(row).unwrap();
                Point { seq: seq.parse().unwrap(), hash }
            });
        let points: Vec<Point> = points.collect();
        let records = self.all_records();
        chain::verify_with(records.iter().cloned().map(Ok::<_, chain::Broken>), &points)
            .expect("the chain holds");
        let events = records.into_iter().skip(self.records_before);
        let mut events: Vec<Value> =
            events.map(|record| serde_json::from_str(&record.event).unwrap()).collect();
        // The queue may deliver in any order.
        events.sort_by_key(|event| event["at"].as_i64());
        events
    }

    /// How often an event with this action, outcome (`ok`, `refused`, or the party at fault) and reason is on record.
    pub(crate) fn recorded(&mut self, action: &str, outcome: &str, reason: Option<&str>) -> usize {
        let events = self.audit();
        let said = |event: &&Value| {
            let fault = event["fault"].as_str().or(event["outcome"].as_str());
            event["action"] == action && fault == Some(outcome) && event["reason"].as_str() == reason
        };
        events.iter().filter(said).count()
    }

    /// Fails unless such an event is on record, exactly once.
    #[track_caller]
    pub(crate) fn expect_recorded(&mut self, action: &str, outcome: &str, reason: Option<&str>) {
        if self.recorded(action, outcome, reason) != 1 {
            let events: Vec<String> = self.audit().iter().map(Value::to_string).collect();
            panic!("not exactly once on record: {action} {outcome} {reason:?}\n{}", events.join("\n"));
        }
    }

    /// A number that no other scenario gets.
    pub(crate) fn number() -> u64 {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        NEXT.fetch_add(1, Ordering::SeqCst)
    }
}

/// The key that hashes identifiers.
pub(crate) fn hash_key(secrets: &Secrets) -> HashKey {
    use base64::Engine as _;
    let (_, key) = secrets.iter().find(|(name, _)| name == "MCPGATE_HASH_KEY").unwrap();
    let key = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(key).unwrap();
    HashKey::new(key.try_into().unwrap())
}

/// The request that has the contract checked.
fn contract_request(peers: Peers<'_>, again: bool) -> Request<Bytes> {
    let mut query = vec![("scripted", peers.scripted), ("nobody", peers.nobody)];
    query.extend(again.then_some(("again", "1")));
    let uri = format!("{ORIGIN}/contract?{}", crate::client::encoded(&query));
    Request::get(uri).body(Bytes::new()).unwrap()
}

/// A head for tests of ours.
pub(crate) fn head(status: StatusCode, headers: HeaderMap) -> Response<()> {
    let mut head = Response::new(());
    *head.status_mut() = status;
    *head.headers_mut() = headers;
    head
}
