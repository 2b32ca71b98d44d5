//! Audit: what happened, on record, provably.
//!
//! A handler makes an [`Event`] and hands it to [`record`]; the host's queue consumer hands messages to [`consume`],
//! which extends the hash chain in `audit_log`; the host's cron runs [`flush_outbox`] for what the queue did not take.
//! [`deliver`] sends what is in the chain to the sinks of the configuration; [`format`] is how they and others read it.
//! [`chain::verify`] says whether a chain holds.

pub mod chain;
mod delivery;
pub mod event;
pub mod format;
mod record;
mod text;
mod vocabulary;

pub use delivery::{deliver, deliver_soon};
pub use event::{Action, Event, EventId, Outcome, ParseError, Range, Reason, ToolName};
pub use record::{consume, flush_outbox, record};
