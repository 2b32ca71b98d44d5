//! `speed FILE ROUNDS [--alone]` masks the documents of JSON lines ROUNDS times with each engine, in turns, on one thread, and
//! prints one line of JSON: their bytes and the median seconds of each. `--alone` leaves datafog-core out.

use std::hint::black_box;
use std::time::Instant;

use pii_peers::peer::Datafog;
use pii_peers::{corpus, engine};
use serde_json::json;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (file, rounds, alone) = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [file, rounds] => (*file, *rounds, false),
        [file, rounds, "--alone"] => (*file, *rounds, true),
        _ => panic!("speed FILE ROUNDS [--alone]"),
    };
    let rounds: usize = rounds.parse().expect("ROUNDS is a number");
    let lines = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{file}: {error}"));
    let documents = corpus::parse(&lines);
    let datafog = Datafog::default();
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    // The first round warms up.
    for round in 0..=rounds {
        let our = seconds(|| engine::mask(&documents));
        let their = if alone {
            0.0
        } else {
            seconds(|| documents.iter().map(|document| datafog.mask(document).len()).sum())
        };
        if round > 0 {
            ours.push(our);
            theirs.push(their);
        }
    }
    let datafog = (!alone).then(|| median(theirs));
    println!(
        "{}",
        json!({ "bytes": corpus::bytes(&documents), "mcpgate": median(ours), "datafog": datafog })
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
