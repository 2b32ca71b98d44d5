//! Typed rows in, typed rows out: one file per table family, and no SQL anywhere else.

pub mod admin_token;
pub mod assertion;
pub mod audit;
pub(crate) mod checkpoint;
pub mod client;
pub mod client_session;
pub mod code;
pub mod config;
pub mod confirmation;
pub mod connecting;
pub mod connection;
pub mod consent;
pub mod delivery;
pub mod departed;
pub mod hold;
pub mod identity_token;
pub mod login;
pub mod mapping;
pub(crate) mod noted;
pub mod person;
pub mod pin;
pub mod question;
pub mod quota;
pub mod refresh;
pub mod service_client;
pub mod service_session;
pub mod service_task;
pub mod service_token;
pub mod service_tools;
pub mod session;
pub mod throughput;

use crate::host::Timestamp;

/// The time in which it is asked whether something is due: nobody waits past the latest moment that a pause or a lease can
/// reach from `now`, for only a clock that was ahead can have said so.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Due {
    pub(crate) now: Timestamp,
    pub(crate) latest: Timestamp,
}
