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
//! can write the table. Both show against a last hash that was noted elsewhere before, such as in a signed
//! [`checkpoint`](super::checkpoint).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// `prev` of the first record.
pub const GENESIS: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// One record of the chain, as it is stored and exported. What the hash does not cover has no place beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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

/// A record that somebody vouches for: its place and its hash.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Point {
    /// Its place in the chain, from 1.
    pub seq: i64,
    /// Its hash.
    pub hash: String,
}

/// What holds, also against points that somebody vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// What holds; `records` counts those that were deleted before the first one, too.
    pub summary: Summary,
    /// The place of the first record.
    pub first: i64,
    /// How many points were of records that are there, and of the last one before them.
    pub compared: usize,
    /// How many points were of records that were deleted, and can be held against nothing.
    pub before: usize,
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
    /// It stands first and names a predecessor: the beginning was cut off.
    #[error("is not the first: it continues a record that is not there")]
    Headless,
    /// It names another predecessor: it was put in, or the record before was replaced together with its hash.
    #[error("does not continue the record before it: one of the two was replaced")]
    Unlinked,
    /// Its content is not what its hash was computed from.
    #[error("was altered: its hash does not fit its content")]
    Altered,
    /// It stands first, after the last record that was deleted, and does not continue what a checkpoint says of that one.
    #[error("does not continue the signed checkpoint before it: one of the two was replaced")]
    Unanchored,
    /// A checkpoint says otherwise: the chain was computed anew from this record on, or from one before.
    #[error("is another than the one that was signed: the chain was computed anew")]
    Replaced,
    /// A checkpoint speaks of a later one, and the chain ends before this one.
    #[error("is missing: the chain ends before it, and a checkpoint of record {0} was signed")]
    CutOff(i64),
    /// Two checkpoints speak of it, and differ.
    #[error("was signed with two different hashes: somebody signed two chains")]
    SignedTwice,
}

/// Checks a whole chain from its first record on.
///
/// # Errors
/// [`Broken`] for the first record that does not fit, or the error of whatever yields the records.
pub fn verify<E: From<Broken>>(records: impl IntoIterator<Item = Result<Record, E>>) -> Result<Summary, E> {
    verify_with(records, &[]).map(|verified| verified.summary)
}

/// Checks a chain and holds it against points that somebody vouches for. It begins with record 1, or right after one of
/// the points: what comes before may have been deleted up to there.
///
/// # Errors
/// As of [`verify`].
pub fn verify_with<E: From<Broken>>(
    records: impl IntoIterator<Item = Result<Record, E>>,
    points: &[Point],
) -> Result<Verified, E> {
    let mut points = points.to_vec();
    points.sort();
    points.dedup();
    if let Some([first, _]) = points.array_windows().find(|[one, two]| one.seq == two.seq) {
        return Err(Broken { seq: first.seq, what: Flaw::SignedTwice }.into());
    }
    let point = |seq: i64| {
        let found = points.binary_search_by_key(&seq, |point| point.seq).ok();
        found.and_then(|at| points.get(at))
    };
    let mut so_far = Summary { records: 0, last_hash: GENESIS.to_owned() };
    let (mut first, mut compared) = (None, 0);
    for record in records {
        let record = record?;
        if first.is_none()
            && let Some(before) = point(record.seq.saturating_sub(1))
        {
            so_far = Summary { records: before.seq, last_hash: before.hash.clone() };
            compared += 1;
        }
        let start = *first.get_or_insert(so_far.records + 1);
        let seq = so_far.records + 1;
        let signed = point(seq);
        let what = if record.seq > seq {
            Some(Flaw::Missing(record.seq))
        } else if record.seq < seq {
            Some(Flaw::OutOfOrder(record.seq))
        } else if record.prev != so_far.last_hash {
            Some(match seq == start {
                true if seq == 1 => Flaw::Headless,
                true => Flaw::Unanchored,
                false => Flaw::Unlinked,
            })
        } else if record.hash != hash(record.seq, &record.prev, &record.event) {
            Some(Flaw::Altered)
        } else if signed.is_some_and(|signed| signed.hash != record.hash) {
            Some(Flaw::Replaced)
        } else {
            None
        };
        if let Some(what) = what {
            return Err(Broken { seq, what }.into());
        }
        compared += usize::from(signed.is_some());
        so_far = Summary { records: seq, last_hash: record.hash };
    }
    if let Some(last) = points.last().filter(|last| last.seq > so_far.records) {
        return Err(Broken { seq: so_far.records + 1, what: Flaw::CutOff(last.seq) }.into());
    }
    let before = points.len() - compared;
    Ok(Verified { summary: so_far, first: first.unwrap_or(1), compared, before })
}

/// What every hash begins with: which way of hashing this is.
pub(super) const LABEL: &str = "mcpgate audit record 1";

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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(records: Vec<Record>) -> Result<Summary, Broken> {
        verify(records.into_iter().map(Ok))
    }

    fn chain(events: Vec<String>) -> Vec<Record> {
        let mut records: Vec<Record> = Vec::new();
        for event in events {
            let prev = records.last().map_or(GENESIS, |record| &record.hash).to_owned();
            records.push(Record::new(records.len() as i64 + 1, &prev, event));
        }
        records
    }

    #[derive(Deserialize)]
    struct Vector {
        name: String,
        records: Vec<Record>,
        verdict: String,
    }

    /// The file was computed by another implementation of the module's documentation.
    #[test]
    fn agrees_with_the_vectors() {
        let vectors: Vec<Vector> =
            serde_json::from_str(include_str!("../../tests/vectors/audit-chain.json")).unwrap();
        assert!(vectors.len() > 8);
        for Vector { name, records, verdict } in vectors {
            let said = match check(records) {
                Ok(Summary { records, last_hash }) => format!("holds: {records} {last_hash}"),
                Err(broken) => broken.to_string(),
            };
            assert_eq!(said, verdict, "{name}");
        }
    }

    fn broken_at(records: Vec<Record>) -> Option<i64> {
        check(records).err().map(|broken| broken.seq)
    }

    proptest! {
        #[test]
        fn any_change_to_one_record_is_named(
            events in prop::collection::vec(".{0,40}", 1..12),
            at in any::<prop::sample::Index>(),
            field in 0..4,
            by in 1..i64::MAX,
            text in ".{0,40}",
        ) {
            let mut records = chain(events);
            let at = at.index(records.len());
            let record = &mut records[at];
            let before = record.clone();
            match field {
                0 => record.seq = record.seq.wrapping_add(by),
                1 => record.event = text,
                2 => record.prev = text,
                _ => record.hash = text,
            }
            prop_assume!(*record != before);
            prop_assert_eq!(broken_at(records), Some(at as i64 + 1));
        }

        #[test]
        fn a_changed_record_with_a_fitting_hash_is_named_by_the_next(
            events in prop::collection::vec(".{0,40}", 2..12),
            at in any::<prop::sample::Index>(),
            text in ".{0,40}",
        ) {
            let mut records = chain(events);
            let at = at.index(records.len() - 1);
            prop_assume!(records[at].event != text);
            records[at] = Record::new(records[at].seq, &records[at].prev.clone(), text);
            prop_assert_eq!(check(records), Err(Broken { seq: at as i64 + 2, what: Flaw::Unlinked }));
        }

        #[test]
        fn taking_out_doubling_and_swapping_are_named(
            events in prop::collection::vec(".{0,40}", 2..12),
            at in any::<prop::sample::Index>(),
        ) {
            let records = chain(events);
            let at = at.index(records.len() - 1);
            let seq = at as i64 + 1;

            let mut shorter = records.clone();
            shorter.remove(at);
            prop_assert_eq!(check(shorter), Err(Broken { seq, what: Flaw::Missing(seq + 1) }));

            let mut longer = records.clone();
            longer.insert(at, records[at].clone());
            prop_assert_eq!(check(longer), Err(Broken { seq: seq + 1, what: Flaw::OutOfOrder(seq) }));

            let mut swapped = records;
            swapped.swap(at, at + 1);
            prop_assert_eq!(check(swapped), Err(Broken { seq, what: Flaw::Missing(seq + 1) }));
        }

        /// What the module says that a chain alone cannot show.
        #[test]
        fn a_missing_end_holds_with_another_last_hash(events in prop::collection::vec(".{0,40}", 2..12)) {
            let mut records = chain(events);
            let whole = check(records.clone()).unwrap();
            records.pop();
            let part = check(records).unwrap();
            prop_assert_ne!(part.last_hash, whole.last_hash);
        }
    }
}
