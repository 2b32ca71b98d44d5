//! `memory FILE` masks the documents of JSON lines with mcpgate's engine and prints one line of JSON: their bytes, those of
//! the longest line, and how many bytes more than before were allocated at most.
#![allow(unsafe_code, reason = "an allocator that counts")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use pii_peers::corpus::{self, Document};
use pii_peers::engine;
use serde_json::json;

struct Counting;

static NOW: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

// SAFETY: the system's allocator does the work, with what it is given.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        PEAK.fetch_max(NOW.fetch_add(layout.size(), Relaxed) + layout.size(), Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Relaxed);
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let now = NOW.fetch_add(size, Relaxed) + size - layout.size();
        NOW.fetch_sub(layout.size(), Relaxed);
        PEAK.fetch_max(now, Relaxed);
        unsafe { System.realloc(at, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn main() {
    let file = std::env::args().nth(1).expect("memory FILE");
    let lines = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}"));
    let documents = corpus::parse(&lines);
    let longest = documents.iter().map(|document| match document {
        Document::Text(text) => text.lines().map(str::len).max().unwrap_or_default(),
        Document::Json(text) => text.len(),
    });
    let longest = longest.max().unwrap_or_default();
    let before = NOW.load(Relaxed);
    PEAK.store(before, Relaxed);
    engine::mask(&documents);
    let more = PEAK.load(Relaxed) - before;
    println!("{}", json!({ "bytes": corpus::bytes(&documents), "longest": longest, "peak": more }));
}
