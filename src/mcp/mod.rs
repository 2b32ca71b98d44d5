//! The Model Context Protocol: messages, revisions, mirrored headers, event streams. Pure: bytes in, values out.
//!
//! What is not rewritten is forwarded as it came: messages are read into [`raw`] objects that keep every member's
//! text, so unknown fields, number spelling and key order survive.

pub mod alias;
pub mod bridge;
pub mod definition;
pub mod exempt;
pub mod header;
pub mod item;
pub mod list;
pub mod merge;
pub mod message;
pub mod older;
pub mod param;
pub mod promise;
pub mod question;
pub mod raw;
pub mod relabel;
pub mod reply;
pub mod revision;
pub mod sse;
pub mod task;
pub mod topics;
pub mod trace;
