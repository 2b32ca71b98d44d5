//! mcpgate's engine, natively and as a wasm module. JavaScript fills a buffer with JSON lines, loads it, and has the
//! documents masked as often as it wants.
#![allow(unsafe_code, reason = "names of exported functions")]

use std::sync::Mutex;

use mcpgate::crypto::HashKey;
use mcpgate::pii::{Masker, Policy};

use crate::corpus::{self, Document};

/// Masks each document by itself, as one result of a service. How many bytes came out.
pub fn mask(documents: &[Document]) -> usize {
    let key = HashKey::new([7; 32]);
    let policy = Policy::default();
    let mask = |document: &Document| {
        let mut masker = Masker::new(&key, &policy);
        match document {
            Document::Text(text) => masker.text(text).len(),
            Document::Json(text) => masker.json(text, &|_| false).expect("JSON").len(),
        }
    };
    documents.iter().map(mask).sum()
}

static BUFFER: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static LOADED: Mutex<Vec<Document>> = Mutex::new(Vec::new());

/// Where `length` bytes can be written.
#[unsafe(no_mangle)]
pub extern "C" fn pii_buffer(length: usize) -> *mut u8 {
    let mut buffer = BUFFER.lock().expect("one thread");
    *buffer = vec![0; length];
    buffer.as_mut_ptr()
}

/// Takes what was written. How many bytes the documents are.
#[unsafe(no_mangle)]
pub extern "C" fn pii_load() -> usize {
    let lines = std::mem::take(&mut *BUFFER.lock().expect("one thread"));
    let documents = corpus::parse(std::str::from_utf8(&lines).expect("UTF-8"));
    let bytes = corpus::bytes(&documents);
    *LOADED.lock().expect("one thread") = documents;
    bytes
}

/// Masks every document once. How many bytes came out.
#[unsafe(no_mangle)]
pub extern "C" fn pii_mask() -> usize {
    mask(&LOADED.lock().expect("one thread"))
}
