//! Spin: the real component under wasmtime, with a real SQLite file and a real Redis.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use mcpgate::host::contract::Peers;

use super::process::{Directory, Running, built, config_sql, database, files, lines, root};
use super::{Machine, Open, Secrets, contract_request, wire};
use crate::setting::Setting;
use crate::stage::{NOBODY, Stage};

/// The component is compiled once for a run of tests.
static COMPILED: LazyLock<Directory> = LazyLock::new(Directory::new);

/// Removes what outlives all gateways.
pub(super) fn clear() {
    let _ = std::fs::remove_dir_all(COMPILED.path());
}

pub(super) struct Process {
    setting: Setting,
    running: Running,
    address: SocketAddr,
    redis: Option<Redis>,
    redis_port: u16,
    allowed: Vec<String>,
    directory: Directory,
    ahead: Duration,
}

impl Process {
    pub(super) fn start(setting: Setting, stage: &Stage, toml: Option<&str>, secrets: &Secrets) -> Self {
        let directory = Directory::new();
        directory.file("config.sql", &toml.map(config_sql).unwrap_or_else(|| "SELECT 1;".to_owned()));
        directory.file("secrets", &lines(secrets));
        directory.file("clock", "0");
        std::fs::create_dir(directory.path().join("redis")).unwrap();
        let free = || TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let started = (0..10).map(|_| free()).find_map(|port| Some((port, start_redis(&directory, port)?)));
        let (redis_port, redis) = started.expect("redis-server starts");
        let allowed: Vec<String> =
            stage.peers().iter().map(|(origin, _)| origin.trim_start_matches("http://").to_owned()).collect();
        let (running, address) = run(setting, &directory, redis_port, &allowed);
        Self {
            setting,
            running,
            address,
            redis: Some(redis),
            redis_port,
            allowed,
            directory,
            ahead: Duration::ZERO,
        }
    }

    /// Sends one command to Redis; answers with the first line of what it says.
    fn redis(&self, command: &str) -> Option<String> {
        ask_redis(self.redis_port, command)
    }

    fn waiting(&self) -> bool {
        let queued = self.redis("XLEN mcpgate:audit").is_some_and(|length| length != ":0");
        queued || self.spooled()
    }

    fn spooled(&self) -> bool {
        let count = "SELECT count(*) FROM audit_outbox";
        self.connection().query_row(count, [], |row| row.get::<_, i64>(0)).is_ok_and(|count| count > 0)
    }

    /// Whether a session waits to be ended at its service.
    fn overdue(&self) -> bool {
        let count = "SELECT (SELECT count(*) FROM service_session WHERE expires_at <= ?1)
            + (SELECT count(*) FROM service_task WHERE expires_at <= ?1)";
        #[allow(clippy::disallowed_methods, reason = "this host lives in real time")]
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap() + self.ahead;
        let now = i64::try_from(now.as_millis()).unwrap();
        self.connection().query_row(count, [now], |row| row.get::<_, i64>(0)).is_ok_and(|count| count > 0)
    }

    fn connection(&self) -> rusqlite::Connection {
        let connection = rusqlite::Connection::open(self.directory.path().join("gateway.sqlite")).unwrap();
        connection.busy_timeout(Duration::from_secs(5)).unwrap();
        connection
    }
}

fn run(
    setting: Setting,
    directory: &Directory,
    redis_port: u16,
    allowed: &[String],
) -> (Running, SocketAddr) {
    let path = |name: &str| directory.path().join(name);
    #[allow(clippy::disallowed_methods, reason = "cargo says in the environment where it builds")]
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), Into::into);
    let (component, compiled) = match setting {
        Setting::Contract => {
            let usual = target.join("wasm32-wasip2/contract/mcpgate.wasm");
            (built("MCPGATE_CONTRACT_COMPONENT", usual), "contract")
        }
        _ => (built("MCPGATE_COMPONENT", target.join("wasm32-wasip2/release/mcpgate.wasm")), "component"),
    };
    let host = built("SPIN_TEST_HOST", root().join("wasmtime/target/debug/spin-test-host"));
    let mut command = Command::new(host);
    command.arg("--component").arg(component).arg("--compiled").arg(COMPILED.path().join(compiled));
    command.arg("--db").arg(path("gateway.sqlite")).arg("--kv").arg(path("cache.sqlite"));
    let migrations = std::fs::read_dir(root().join("migrations")).unwrap();
    let mut migrations: Vec<_> = migrations.map(|file| file.unwrap().path()).collect();
    migrations.sort();
    for migration in migrations {
        command.arg("--migrate").arg(migration);
    }
    command.arg("--migrate").arg(path("config.sql"));
    command.arg("--redis").arg(format!("redis://127.0.0.1:{redis_port}"));
    command.arg("--vars-file").arg(path("secrets")).arg("--clock").arg(path("clock"));
    // Where nobody is, one may look all the same.
    for peer in allowed.iter().map(String::as_str).chain([NOBODY.trim_start_matches("http://")]) {
        command.arg("--allow").arg(peer);
    }
    let mut running = Running::start(command, false, &path("spin.log"));
    let address = running.after("ready http://").parse().unwrap();
    (running, address)
}

/// Starts Redis; nothing when somebody else has taken the port meanwhile.
fn start_redis(directory: &Directory, port: u16) -> Option<Redis> {
    let child = Command::new("redis-server")
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "yes"])
        .arg("--dir")
        .arg(directory.path().join("redis"))
        .stdout(Stdio::null())
        .spawn()
        .expect("redis-server is installed");
    let mut redis = Redis(child);
    for _ in 0..500 {
        if redis.0.try_wait().unwrap().is_some() {
            return None;
        }
        if ask_redis(port, "PING").is_some_and(|answer| answer == "+PONG") {
            return Some(redis);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("redis-server does not answer");
}

/// A Redis that ends with this.
struct Redis(Child);

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn ask_redis(port: u16, command: &str) -> Option<String> {
    let mut socket = TcpStream::connect(("127.0.0.1", port)).ok()?;
    socket.write_all(format!("{command}\r\n").as_bytes()).ok()?;
    let mut answer = [0; 256];
    let read = socket.read(&mut answer).ok()?;
    String::from_utf8_lossy(&answer[..read]).lines().next().map(str::to_owned)
}

impl Machine for Process {
    fn open(&mut self, mut request: Request<Bytes>) -> Open {
        // Spin says so when the client came over TLS.
        let scheme = request.uri().scheme_str().unwrap().parse().unwrap();
        request.headers_mut().insert("x-forwarded-proto", scheme);
        wire::open(self.address, request)
    }

    fn pass_time(&mut self, duration: Duration) {
        self.ahead += duration;
        self.directory.file("clock", &self.ahead.as_millis().to_string());
    }

    fn queue_refuses(&mut self, refuses: bool) {
        if refuses {
            self.redis = None;
        } else if self.redis.is_none() {
            self.redis = start_redis(&self.directory, self.redis_port);
            assert!(self.redis.is_some(), "redis-server starts again");
        }
    }

    fn sql(&mut self, statement: &'static str) {
        self.connection().execute(statement, []).unwrap();
    }

    fn settle(&mut self) {
        // Every request lets the component do what has been waiting.
        for attempt in 0..200 {
            let health = Request::get("http://gate.example.com/health").body(Bytes::new()).unwrap();
            self.open(health).whole();
            let overdue = self.overdue();
            if !(self.waiting() || overdue) || self.redis.is_none() {
                return;
            }
            if attempt > 3 && (self.spooled() || overdue) {
                // Maintenance comes once a minute and instance: an idle instance ends after a second.
                self.redis("DEL mcpgate:maintained");
                std::thread::sleep(Duration::from_millis(1200));
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        panic!("the audit queue does not become empty\n{}", self.logs());
    }

    fn kept(&mut self) -> Vec<(String, Vec<u8>)> {
        let mut kept = database(&self.directory.path().join("gateway.sqlite"));
        let secrets = self.directory.path().join("secrets").display().to_string();
        kept.extend(files(self.directory.path()).into_iter().filter(|(name, _)| *name != secrets));
        kept
    }

    fn logs(&mut self) -> String {
        std::fs::read_to_string(self.directory.path().join("spin.log")).unwrap_or_default()
    }

    fn contract(&mut self, peers: Peers<'_>, again: bool) -> String {
        self.open(contract_request(peers, again)).whole().text().to_owned()
    }

    fn restart(&mut self) {
        self.running.stop();
        (self.running, self.address) = run(self.setting, &self.directory, self.redis_port, &self.allowed);
    }

    fn restart_with(&mut self, secrets: &Secrets) {
        self.directory.file("secrets", &lines(secrets));
        self.restart();
    }

    fn maintain(&mut self) {
        // It comes once a minute and instance: an idle instance ends after a second.
        self.redis("DEL mcpgate:maintained");
        std::thread::sleep(Duration::from_millis(1200));
        let health = Request::get("http://gate.example.com/health").body(Bytes::new()).unwrap();
        self.open(health).whole();
        std::thread::sleep(Duration::from_millis(200));
    }
}
