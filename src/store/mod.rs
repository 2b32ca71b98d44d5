//! One file per table family: typed rows in, typed rows out; no SQL anywhere else.

pub(crate) mod audit;
pub mod client;
pub mod code;
pub mod login;
pub mod person;
pub mod refresh;
pub mod session;
