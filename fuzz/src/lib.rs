//! What must hold for every input, one module for each reader of what strangers send.
//!
//! Each `check` takes any bytes and panics when something does not hold. The fuzzer calls it with inputs of its own
//! (`fuzz_targets/`), `tests/fuzz.rs` with those in `corpus/`.

pub mod bridge;
pub mod header;
pub mod mask;
pub mod message;
pub mod param;
pub mod stream;

use http::{HeaderMap, HeaderName, HeaderValue};

/// A check: panics when something does not hold for these bytes.
pub type Check = fn(&[u8]);

/// Each check by its name, which is its target's and its corpus's.
pub const CHECKS: [(&str, Check); 6] = [
    ("bridge", bridge::check),
    ("header", header::check),
    ("mask", mask::check),
    ("message", message::check),
    ("param", param::check),
    ("stream", stream::check),
];

/// An input as `N` parts with empty lines between them; missing ones are empty.
fn parts<const N: usize>(data: &[u8]) -> [&[u8]; N] {
    let mut rest = Some(data);
    std::array::from_fn(|at| {
        let all = rest.unwrap_or_default();
        let cut = all.windows(2).position(|two| two == b"\n\n").filter(|_| at + 1 < N);
        rest = cut.and_then(|cut| all.get(cut + 2..));
        cut.map_or(all, |cut| &all[..cut])
    })
}

/// Lines `name: value`; what is no header is left out.
fn headers(lines: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in lines.split(|byte| *byte == b'\n') {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let (name, value) = line.split_at(colon);
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name), HeaderValue::from_bytes(&value[1..])) {
            headers.append(name, value);
        }
    }
    headers
}
