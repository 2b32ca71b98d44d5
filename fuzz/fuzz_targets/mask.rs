//! Fuzzes masking and giving back.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mcpgate_fuzz::mask::check(data));
