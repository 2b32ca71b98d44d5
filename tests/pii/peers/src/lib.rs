//! mcpgate's engine and datafog-core, each behind what masks one document.

pub mod corpus;
#[cfg(feature = "speed")]
pub mod engine;
#[cfg(not(target_family = "wasm"))]
pub mod peer;
