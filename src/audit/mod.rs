//! Audit: what happened, on record, provably.
//!
//! A handler makes an [`Event`] and hands it to [`record`]; the host's queue consumer hands messages to [`consume`],
//! which extends the hash chain in `audit_log`; the host's cron runs [`flush_outbox`] for what the queue did not take.
//! How much people pull is counted with it, and judged: [`learn_roles`] is for the cron, too.
//! [`deliver`] sends what is in the chain to the sinks of the configuration; [`format`] is how they and others read it.
//! [`chain::verify`] says whether a chain holds, [`chain::verify_with`] also against signed checkpoints of it.

pub mod chain;
pub mod checkpoint;
mod delivery;
pub mod event;
pub mod format;
mod record;
mod text;
mod throughput;
mod vocabulary;

pub use delivery::{deliver, deliver_soon, set_deleted_apart};
pub use event::{Action, CaseRef, Event, EventId, Outcome, ParseError, Range, Reason, RoleName, ToolName};
pub use record::{consume, flush_outbox, record};
pub use throughput::{Habit, learn_roles};
