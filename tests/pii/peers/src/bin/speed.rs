//! `speed FILE ROUNDS` masks the documents of JSON lines ROUNDS times with each engine, in turns, on one thread, and prints
//! one line of JSON: their bytes and the median seconds of each.
#![allow(clippy::disallowed_methods, reason = "it measures real time")]

use std::hint::black_box;
use std::time::Instant;

use pii_peers::peer::Datafog;
use pii_peers::{corpus, engine};
use serde_json::json;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, rounds] = arguments.as_slice() else { panic!("speed FILE ROUNDS") };
    let rounds: usize = rounds.parse().expect("ROUNDS is a number");
    let lines = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{file}: {error}"));
    let documents = corpus::parse(&lines);
    let datafog = Datafog::default();
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    // The first round warms up.
    for round in 0..=rounds {
        let our = seconds(|| engine::mask(&documents));
        let their = seconds(|| documents.iter().map(|document| datafog.mask(document).len()).sum());
        if round > 0 {
            ours.push(our);
            theirs.push(their);
        }
    }
    println!(
        "{}",
        json!({ "bytes": corpus::bytes(&documents), "mcpgate": median(ours), "datafog": median(theirs) })
    );
}

fn seconds(work: impl FnOnce() -> usize) -> f64 {
    let started = Instant::now();
    black_box(work());
    started.elapsed().as_secs_f64()
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
