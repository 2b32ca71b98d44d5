//! Fuzzes the message parser and the agreement of headers.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mcpgate_fuzz::message::check(data));
