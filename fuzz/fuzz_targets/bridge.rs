//! Fuzzes the translation between eras.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mcpgate_fuzz::bridge::check(data));
