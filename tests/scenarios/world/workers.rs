//! Cloudflare Workers: the real bundle in workerd, under Miniflare.
//!
//! Around the bundle is a module that moves its clock; nothing else in it is touched.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use mcpgate::host::contract::Peers;

use super::process::{Directory, Running, built, config_sql, database, files, lines, root};
use super::{Machine, Open, Secrets, contract_request, wire};
use crate::setting::Setting;

pub(super) struct Process {
    // Before its directory: fields are dropped in this order.
    running: Running,
    directory: Directory,
    url: String,
    ahead: Duration,
}

/// Moves the clock that the bundle sees, when it is told to.
const CLOCK: &str = r"
import * as bundle from './bundle/index.js';
export * from './bundle/index.js';
const real = Date.now.bind(Date);
let ahead = 0;
const Real = Date;
globalThis.Date = class Date extends Real {
  constructor(...parts) { parts.length ? super(...parts) : super(real() + ahead); }
  static now() { return real() + ahead; }
};
export default class extends bundle.default {
  async fetch(request) {
    const url = new URL(request.url);
    if (url.hostname !== 'clock.test') return super.fetch(request);
    ahead = Number(url.searchParams.get('ahead'));
    return new Response();
  }
}
";

impl Process {
    pub(super) fn start(setting: Setting, toml: Option<&str>, secrets: &Secrets) -> Self {
        let directory = Directory::new();
        directory.file("config.sql", &toml.map(config_sql).unwrap_or_else(|| "SELECT 1;".to_owned()));
        directory.file("secrets", &lines(secrets));
        let bundle = match setting {
            Setting::Contract => built("MCPGATE_CONTRACT_WORKER", root().join("target/contract-worker")),
            _ => built("MCPGATE_WORKER", root().join("build")),
        };
        let wrapped = directory.path().join("wrapped");
        copy(&bundle, &wrapped.join("bundle"));
        directory.file("wrapped/index.js", CLOCK);
        let (running, url) = run(&directory, true);
        Self { directory, running, url, ahead: Duration::ZERO }
    }

    /// Tells the isolate what time it is: it does not survive.
    fn set_clock(&self) {
        let uri = format!("http://clock.test/?ahead={}", self.ahead.as_millis());
        self.send(Request::get(uri).body(Bytes::new()).unwrap());
    }

    fn send(&self, mut request: Request<Bytes>) -> Open {
        // Miniflare takes the URL that the request has for its Worker from here.
        let url = request.uri().to_string().parse().unwrap();
        request.headers_mut().insert("mf-original-url", url);
        wire::open(self.url.strip_prefix("http://").unwrap().parse().unwrap(), request)
    }
}

fn run(directory: &Directory, first: bool) -> (Running, String) {
    let path = |name: &str| directory.path().join(name);
    let mut command = Command::new("node");
    command.current_dir(root()).arg("miniflare/serve.mjs");
    command.arg("--data").arg(path("data")).arg("--secrets").arg(path("secrets"));
    command.arg("--bundle").arg(path("wrapped"));
    if first {
        command.arg("--config-sql").arg(path("config.sql"));
    }
    let mut running = Running::start(command, true, &path("harness.log"));
    let url = running.after("ready");
    (running, url)
}

impl Machine for Process {
    fn open(&mut self, request: Request<Bytes>) -> Open {
        self.send(request)
    }

    fn pass_time(&mut self, duration: Duration) {
        self.ahead += duration;
        self.set_clock();
    }

    fn queue_refuses(&mut self, refuses: bool) {
        self.running.tell(if refuses { "queue off" } else { "queue on" });
        self.set_clock();
    }

    fn sql(&mut self, statement: &'static str) {
        self.running.tell(&format!("execute {statement}"));
    }

    fn settle(&mut self) {
        self.running.tell("settle");
    }

    fn kept(&mut self) -> Vec<(String, Vec<u8>)> {
        let file = PathBuf::from(self.running.tell("database"));
        let mut kept = database(&file);
        kept.extend(files(&self.directory.path().join("data/state")));
        kept
    }

    fn logs(&mut self) -> String {
        let read = |name| std::fs::read_to_string(self.directory.path().join(name)).unwrap_or_default();
        read("harness.log") + &read("data/worker.log")
    }

    fn contract(&mut self, peers: Peers<'_>, again: bool) -> String {
        self.open(contract_request(peers, again)).whole().text().to_owned()
    }

    fn restart(&mut self) {
        self.running.stop();
        (self.running, self.url) = run(&self.directory, false);
        self.set_clock();
    }

    fn restart_with(&mut self, secrets: &Secrets) {
        self.directory.file("secrets", &lines(secrets));
        self.restart();
    }

    fn maintain(&mut self) {
        self.running.tell("cron");
    }
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}
