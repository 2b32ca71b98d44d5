//! `datafog FILE` masks JSON lines with datafog-core, as `mcpgate mask` does with its own engine. The seconds of the masking
//! alone go to standard error.
#![allow(clippy::disallowed_methods, reason = "it measures real time")]

use std::time::Instant;

use pii_peers::corpus::{self, Document};
use pii_peers::peer::Datafog;
use serde_json::{Value, json};

fn main() {
    let file = std::env::args().nth(1).expect("datafog FILE");
    let lines = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}"));
    let documents = corpus::parse(&lines);
    let datafog = Datafog::default();
    let started = Instant::now();
    let masked: Vec<String> = documents.iter().map(|document| datafog.mask(document)).collect();
    let seconds = started.elapsed().as_secs_f64();
    let lines = lines.lines().filter(|line| !line.trim().is_empty());
    for ((line, document), masked) in lines.zip(&documents).zip(masked) {
        let id = serde_json::from_str::<Value>(line).expect("JSON")["id"].take();
        let masked = match document {
            Document::Text(_) => json!({ "id": id, "text": masked }),
            Document::Json(_) => {
                json!({ "id": id, "doc": serde_json::from_str::<Value>(&masked).expect("JSON") })
            }
        };
        println!("{masked}");
    }
    eprintln!("{}", json!({ "seconds": seconds }));
}
