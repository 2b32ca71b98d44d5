//! Guardrails that no argument, flag or text of a model can talk away.

pub mod cap;
pub mod confirm;
pub mod deed;
mod letters;
pub mod pin;
pub mod records;
pub mod suspicion;
pub mod throughput;
