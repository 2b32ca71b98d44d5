//! Fuzzes the reader of event streams.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mcpgate_fuzz::stream::check(data));
