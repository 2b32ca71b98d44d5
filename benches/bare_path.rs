//! One tool call through the gateway on the memory host, by the size of its result: bytes through, allocations, time.
//!
//! The service answers at once from memory, so what is counted is the gateway: its nine phases, its SQLite, its
//! cryptography. The first calls, which fill what an isolate remembers, do not count.
#![cfg(not(target_family = "wasm"))]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a measurement that cannot go on should stop")]
#![allow(clippy::print_stdout, reason = "it reports")]
#![allow(clippy::disallowed_methods, reason = "it measures real time")]

use std::alloc::System;
use std::fmt::Write as _;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context as Task, Poll, Waker};
use std::time::Instant;

use bytes::Bytes;
use http::Request;
use http_body::Body as _;
use jwt_simple::prelude::{Audiences, JWTClaims};
use jwt_simple::reexports::coarsetime::UnixTimeStamp;
use mcpgate::config::Config;
use mcpgate::context::Context;
use mcpgate::crypto::Keys;
use mcpgate::gateway::Gateway;
use mcpgate::host::memory::{Memory, Peer, Reply};
use mcpgate::host::{Host as _, Incoming};
use mcpgate::isolate::Setup;
use mcpgate::mcp::revision::MODERN;
use mcpgate::store::person::{self, Profile};
use serde_json::{Value, json};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// KiB of text in the result, and how often it is asked for.
const SIZES: [(usize, usize); 4] = [(1, 400), (16, 200), (64, 100), (1024, 10)];
const WARM_UP: usize = 3;

const CONFIG: &str = r#"
[gateway]
public_url = "https://gate.example.com"
[identity]
issuer = "https://idp.example.com"
client_id = "mcpgate"
[access.roles.internal]
services = ["desk"]
[[service]]
id = "desk"
mcp = "https://desk.example.com/mcp"
[service.guard]
max_result = "8 MiB"
"#;

fn main() {
    println!(
        "  {:<24} {:>9} {:>9} {:>12} {:>12} {:>10} {:>9}",
        "text in the result", "bytes in", "bytes out", "allocations", "allocated", "median", "p95"
    );
    for (what, line) in TEXTS {
        for (kib, rounds) in SIZES {
            let text = text(line, kib * 1024);
            let Measured { bytes_in, bytes_out, allocations, allocated, mut times } = measure(&text, rounds);
            times.sort_unstable();
            let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)];
            println!(
                "  {:<24} {bytes_in:>9} {bytes_out:>9} {allocations:>12} {allocated:>12} {:>7} µs {:>6} µs",
                format!("{kib} KiB, {what}"),
                at(50),
                at(95),
            );
        }
    }
}

/// A line of a text, by its number.
type Line = fn(usize) -> String;

const TEXTS: [(&str, Line); 2] = [
    ("nothing personal", |at| {
        format!("{at}: the rota on the kitchen door is older than the template in the shared folder.\n")
    }),
    ("all personal", |at| {
        // As many people as a large result names.
        let who = at % 100;
        format!(
            "Ask Erika Testfrau{who}, e.testfrau{who}@kunde.example, +49 30 23125 0{who:02}, about order {at}.\n"
        )
    }),
];

fn text(line: Line, bytes: usize) -> String {
    let mut text = String::with_capacity(bytes + 200);
    for at in 0.. {
        if text.len() >= bytes {
            break;
        }
        let _ = text.write_str(&line(at));
    }
    text.truncate(bytes);
    text
}

struct Measured {
    bytes_in: usize,
    bytes_out: usize,
    /// Of one request, on average.
    allocations: usize,
    /// Bytes, of one request, on average; what grew in place counts as often as it grew.
    allocated: usize,
    /// Microseconds.
    times: Vec<u128>,
}

fn measure(text: &str, rounds: usize) -> Measured {
    let (answer, peer) = service(text);
    let host = Memory::new();
    host.set_config(CONFIG);
    host.set_peer("https://desk.example.com", peer);
    let token = sign_in(&host);
    let gateway = Gateway::new(host.clone());
    let mut measured =
        Measured { bytes_in: answer, bytes_out: 0, allocations: 0, allocated: 0, times: Vec::new() };
    for round in 0..WARM_UP + rounds {
        let request = call(&token);
        let region = Region::new(ALLOCATOR);
        let began = Instant::now();
        let (status, bytes) = send(&gateway, request);
        let took = began.elapsed().as_micros();
        let change = region.change();
        assert_eq!(status, 200);
        if round == 0 {
            succeeded(&gateway, &token, text.len());
        }
        if round >= WARM_UP {
            measured.bytes_out = bytes;
            measured.allocations += change.allocations + change.reallocations;
            measured.allocated += change.bytes_allocated;
            measured.times.push(took);
        }
        now(host.run_later());
        host.take_queue();
    }
    measured.allocations /= rounds;
    measured.allocated /= rounds;
    measured
}

/// The service, and the size of its answer to a call.
fn service(text: &str) -> (usize, Peer) {
    let result = json!({ "content": [{ "type": "text", "text": text }], "resultType": "complete" });
    let answer = Bytes::from(json!({ "jsonrpc": "2.0", "id": 1, "result": result }).to_string());
    let size = answer.len();
    let peer = move |request: Request<Bytes>| {
        let message: Value = serde_json::from_slice(request.body()).unwrap();
        let result = match message["method"].as_str().unwrap() {
            "tools/call" => return Reply::new(200, "application/json", answer.clone()),
            "tools/list" => json!({
                "tools": [{
                    "name": "read", "inputSchema": { "type": "object" }, "annotations": { "readOnlyHint": true },
                }],
                "ttlMs": 3_600_000, "cacheScope": "public", "resultType": "complete",
            }),
            _ => json!({
                "supportedVersions": [MODERN], "capabilities": { "tools": {} },
                "ttlMs": 3_600_000, "cacheScope": "public", "resultType": "complete",
            }),
        };
        let answer = json!({ "jsonrpc": "2.0", "id": message["id"], "result": result });
        Reply::new(200, "application/json", answer.to_string())
    };
    (size, Arc::new(peer))
}

/// Somebody who has signed in; answers with the token of their client.
fn sign_in(host: &Memory) -> String {
    let keys = now(Keys::read(host)).unwrap();
    let setup = Setup { config: Config::parse(CONFIG).unwrap(), version: 1, keys };
    let context = Context::new(host.clone(), Rc::new(setup));
    let profile = Profile { email: "somebody@example.com".to_owned(), name: None };
    now(person::keep(&context, "somebody", &profile)).unwrap();
    let generation = now(person::known(&context, "somebody")).unwrap().expect("a person").generation;
    let seconds = |at: i64| Some(UnixTimeStamp::from_secs(u64::try_from(at).unwrap()));
    let claims = JWTClaims {
        issued_at: seconds(host.now().seconds()),
        expires_at: seconds(host.now().seconds() + 600),
        invalid_before: None,
        issuer: Some("https://gate.example.com".to_owned()),
        subject: Some("somebody".to_owned()),
        audiences: Some(Audiences::AsString("https://gate.example.com/mcp/desk".to_owned())),
        jwt_id: None,
        nonce: None,
        custom: json!({ "client_id": "bench", "scope": "mcp", "role": "internal", "generation": generation }),
    };
    context.setup.keys.signing.sign("at+jwt", claims).unwrap()
}

fn call(token: &str) -> Request<Incoming> {
    let body = json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": { "name": "read", "arguments": {}, "_meta": {
            "io.modelcontextprotocol/protocolVersion": MODERN,
            "io.modelcontextprotocol/clientCapabilities": {},
        } },
    });
    Request::post("https://gate.example.com/mcp/desk")
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .header("accept", "application/json, text/event-stream")
        .header("mcp-protocol-version", MODERN)
        .header("mcp-method", "tools/call")
        .header("mcp-name", "read")
        .body(Incoming::Whole(body.to_string().into()))
        .unwrap()
}

/// Sends a request; status and size of the answer, read chunk by chunk.
fn send(gateway: &Gateway<Memory>, request: Request<Incoming>) -> (u16, usize) {
    let mut size = 0;
    let status = each_chunk(gateway, request, |chunk| size += chunk.len());
    (status, size)
}

/// Checks that a call gives the whole result, so that nothing else is measured.
fn succeeded(gateway: &Gateway<Memory>, token: &str, size: usize) {
    let mut body = Vec::new();
    each_chunk(gateway, call(token), |chunk| body.extend_from_slice(&chunk));
    let answer: Value = serde_json::from_slice(&body).unwrap();
    let text = answer["result"]["content"][0]["text"].as_str().unwrap_or_else(|| panic!("{answer}"));
    assert!(text.len() * 2 > size && answer["result"]["isError"] != true, "{text}");
}

fn each_chunk(gateway: &Gateway<Memory>, request: Request<Incoming>, mut take: impl FnMut(Bytes)) -> u16 {
    let (parts, mut body) = now(gateway.handle(request)).into_parts();
    while let Some(frame) = now(std::future::poll_fn(|task| Pin::new(&mut body).poll_frame(task))) {
        take(frame.unwrap().into_data().unwrap_or_default());
    }
    parts.status.as_u16()
}

/// Nothing on the memory host ever waits.
fn now<T>(work: impl Future<Output = T>) -> T {
    let mut work = std::pin::pin!(work);
    match work.as_mut().poll(&mut Task::from_waker(Waker::noop())) {
        Poll::Ready(done) => done,
        Poll::Pending => panic!("the memory host waited"),
    }
}
