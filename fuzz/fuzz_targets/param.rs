//! Fuzzes mirrored arguments.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mcpgate_fuzz::param::check(data));
