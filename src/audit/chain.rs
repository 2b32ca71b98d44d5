//! The hash chain: each record is bound to the one before it.
//!
//! ```text
//! hash(n) = base64url( SHA-256( label | prev | seq | event ) )
//!   label = "mcpgate audit record 1", prev = hash(n-1) as text, event = its JSON text:
//!           each as length in bytes (8 bytes, big-endian), then the UTF-8 bytes
//!   seq   = n, 8 bytes, big-endian, from 1
//!   prev of record 1 = 43 times "A" (32 zero bytes)
//! ```
//!
//! The hash has no key, on purpose: an auditor verifies an export anywhere, with nothing but this page. A key that
//! the gateway holds would not stop who controls the gateway, and would keep everybody else from verifying. Nothing
//! secret or personal is hashed: identifiers within an event are keyed hashes already.
//!
//! What a chain alone shows: a record that was altered, taken out, put in or moved, and a missing beginning. What it
//! cannot show: records missing at the end, and a chain that was computed anew from some record on by somebody who
//! can write the table. Both show against a last hash that was noted elsewhere before.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// `prev` of the first record.
pub const GENESIS: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// One record of the chain, as it is stored and exported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// 1, 2, 3, ... without gaps.
    pub seq: i64,
    /// The event's JSON text.
    pub event: String,
    /// The hash of the record before; [`GENESIS`] for the first.
    pub prev: String,
    /// This record's hash.
    pub hash: String,
}

impl Record {
    /// The record that holds `event` at `seq`, after one with the hash `prev`.
    pub fn new(seq: i64, prev: &str, event: String) -> Self {
        Self { seq, hash: hash(seq, prev, &event), prev: prev.to_owned(), event }
    }
}

/// What holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// How many records there are.
    pub records: i64,
    /// The last one's hash; [`GENESIS`] when there is none.
    pub last_hash: String,
}

/// The first record that does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("record {seq} {what}")]
pub struct Broken {
    /// Its place in the chain, from 1.
    pub seq: i64,
    /// How it does not fit.
    pub what: Flaw,
}

/// How a record does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// A later one stands in its place.
    #[error("is missing: record {0} stands in its place")]
    Missing(i64),
    /// An earlier one, or the same again, stands in its place.
    #[error("is out of order: record {0} stands in its place")]
    OutOfOrder(i64),
    /// It names another predecessor: it was put in, or the record before was replaced together with its hash.
    #[error("does not continue the record before it: one of the two was replaced")]
    Unlinked,
    /// Its content is not what its hash was computed from.
    #[error("was altered: its hash does not fit its content")]
    Altered,
}

/// Checks a whole chain from its first record on.
///
/// # Errors
/// [`Broken`] for the first record that does not fit, or the error of whatever yields the records.
pub fn verify<E: From<Broken>>(records: impl IntoIterator<Item = Result<Record, E>>) -> Result<Summary, E> {
    let mut so_far = Summary { records: 0, last_hash: GENESIS.to_owned() };
    for record in records {
        let record = record?;
        let seq = so_far.records + 1;
        let what = if record.seq > seq {
            Some(Flaw::Missing(record.seq))
        } else if record.seq < seq {
            Some(Flaw::OutOfOrder(record.seq))
        } else if record.prev != so_far.last_hash {
            Some(Flaw::Unlinked)
        } else if record.hash != hash(record.seq, &record.prev, &record.event) {
            Some(Flaw::Altered)
        } else {
            None
        };
        if let Some(what) = what {
            return Err(Broken { seq, what }.into());
        }
        so_far = Summary { records: seq, last_hash: record.hash };
    }
    Ok(so_far)
}

const LABEL: &str = "mcpgate audit record 1";

fn hash(seq: i64, prev: &str, event: &str) -> String {
    let mut hash = Sha256::new();
    for text in [LABEL, prev] {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    }
    hash.update(seq.to_be_bytes());
    hash.update((event.len() as u64).to_be_bytes());
    hash.update(event);
    URL_SAFE_NO_PAD.encode(hash.finalize())
}
