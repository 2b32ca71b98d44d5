//! Signed checkpoints: what the chain was at a moment, so that it can be held against that later, and elsewhere.
//!
//! The form is that of a checkpoint of a transparency log (<https://c2sp.org/tlog-checkpoint>), so that whatever keeps
//! such checkpoints and looks at their signatures can keep ours:
//!
//! ```text
//! gate.example.com/audit                          the origin, also the name that the key signs under
//! 1042                                            how many records there were: the last one's place in the chain
//! 3Nf0wX0bI1m3i5w0m3Tq6tJmVd0oQz7Zl1s2u9yX4aE=    the last one's hash, base64
//! mcpgate audit record 1                          what is hashed how
//! at 1795000000000                                when it was signed, in milliseconds since 1970
//!
//! — gate.example.com/audit ...                    the signature
//! ```
//!
//! The hash is that of a record of a linear chain ([`chain`](super::chain)) and not the root of a Merkle tree; the
//! fourth line says so. Nobody can prove with two checkpoints and a few hashes that one continues the other, as they
//! can with such a tree: it takes the records between them.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::chain::{LABEL, Point};
use crate::config::Origin;
use crate::crypto::note::{self, NoteError};
use crate::crypto::{AuditKeys, NoteKey};
use crate::host::Timestamp;

/// What a checkpoint says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Whose chain it is: [`origin`].
    pub origin: String,
    /// The record that was the last.
    pub point: Point,
    /// When it was signed.
    pub at: Timestamp,
}

/// What a gateway's chain is called: the gateway's host, and the path under which it publishes checkpoints. A key's
/// name can have no plus, which a host could.
pub fn origin(public_url: &Origin) -> String {
    format!("{}/audit", public_url.authority().replace('+', "%2B"))
}

impl Checkpoint {
    /// What is signed.
    pub fn text(&self) -> String {
        let Point { seq, hash } = &self.point;
        let hash = STANDARD.encode(URL_SAFE_NO_PAD.decode(hash).unwrap_or_default());
        format!("{}\n{seq}\n{hash}\n{LABEL}\nat {}\n", self.origin, self.at.0)
    }

    /// As a note; [`None`] when the origin can be nobody's name.
    pub fn sign(&self, keys: &AuditKeys) -> Option<String> {
        keys.sign(&self.origin, &self.text())
    }

    /// Reads what a note says that one of these keys signed.
    ///
    /// # Errors
    /// When none did, or it is no checkpoint of such a chain.
    pub fn open(note: &str, keys: &[NoteKey]) -> Result<Self, NoteError> {
        Self::parse(note::open(note, keys)?).ok_or(NoteError::Malformed)
    }

    /// The same for the gateway's own keys: whatever it was called when they signed.
    ///
    /// # Errors
    /// As of [`open`](Self::open).
    pub fn open_own(note: &str, keys: &AuditKeys) -> Result<Self, NoteError> {
        let name = note.split('\n').next().unwrap_or_default();
        Self::open(note, &keys.public(name))
    }

    /// Reads [`text`](Self::text) back, and nothing else.
    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.split('\n');
        let (origin, seq, hash, _) = (lines.next()?, lines.next()?, lines.next()?, lines.next()?);
        let hash = URL_SAFE_NO_PAD.encode(<[u8; 32]>::try_from(STANDARD.decode(hash).ok()?).ok()?);
        let at = Timestamp(lines.next()?.strip_prefix("at ")?.parse().ok()?);
        let point = Point { seq: seq.parse().ok().filter(|seq| *seq > 0)?, hash };
        let read = Self { origin: origin.to_owned(), point, at };
        (read.text() == text).then_some(read)
    }
}

/// The notes in a file, one after another, with or without blank lines between them.
pub fn notes(text: &str) -> Vec<String> {
    let mut notes = Vec::new();
    let (mut note, mut signed) = (String::new(), false);
    for line in text.lines().map(|line| line.trim_end_matches('\r')) {
        let signature = line.starts_with('\u{2014}');
        if signed && !signature {
            notes.push(std::mem::take(&mut note));
            signed = false;
        }
        if line.is_empty() && note.is_empty() {
            continue;
        }
        signed |= signature;
        note.push_str(line);
        note.push('\n');
    }
    if !note.is_empty() {
        notes.push(note);
    }
    notes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;

    use super::super::chain::{self, Broken, Record, Verified};
    use super::*;

    fn keys(seed: u8) -> AuditKeys {
        AuditKeys::new(&[[seed; 32]]).unwrap()
    }

    fn checkpoint(seq: i64) -> Checkpoint {
        let hash = URL_SAFE_NO_PAD.encode([u8::try_from(seq % 251).unwrap(); 32]);
        Checkpoint {
            origin: "gate.example.com/audit".to_owned(),
            point: Point { seq, hash },
            at: Timestamp(1_795_000_000_000),
        }
    }

    /// One case of the file that another implementation computed.
    #[derive(Deserialize)]
    struct Vector {
        name: String,
        records: Vec<Record>,
        checkpoints: String,
        keys: Vec<String>,
        verdict: String,
    }

    #[derive(Deserialize)]
    struct Signed {
        seed: String,
        key: String,
        origin: String,
        seq: i64,
        hash: String,
        at: i64,
        note: String,
    }

    #[derive(Deserialize)]
    struct Vectors {
        signed: Vec<Signed>,
        verified: Vec<Vector>,
    }

    fn vectors() -> Vectors {
        serde_json::from_str(include_str!("../../tests/vectors/audit-checkpoints.json")).unwrap()
    }

    #[test]
    fn signs_what_another_implementation_signs() {
        for Signed { seed, key, origin, seq, hash, at, note } in vectors().signed {
            let seed: [u8; 32] = URL_SAFE_NO_PAD.decode(seed).unwrap().try_into().unwrap();
            let keys = AuditKeys::new(&[seed]).unwrap();
            let point = Point { seq, hash };
            let checkpoint = Checkpoint { origin: origin.clone(), point, at: Timestamp(at) };
            assert_eq!(keys.public(&origin)[0].to_string(), key);
            assert_eq!(checkpoint.sign(&keys).unwrap(), note);
            assert_eq!(Checkpoint::open_own(&note, &keys), Ok(checkpoint));
        }
    }

    #[test]
    fn agrees_with_the_vectors() {
        let vectors = vectors().verified;
        assert!(vectors.len() > 10);
        for Vector { name, records, checkpoints, keys, verdict } in vectors {
            let keys: Vec<_> = keys.iter().map(|key| NoteKey::parse(key).unwrap()).collect();
            let opened: Result<Vec<Point>, NoteError> = notes(&checkpoints)
                .iter()
                .map(|note| Checkpoint::open(note, &keys).map(|checkpoint| checkpoint.point))
                .collect();
            let said = match opened {
                Err(error) => error.to_string(),
                Ok(points) => match chain::verify_with::<Broken>(records.into_iter().map(Ok), &points) {
                    Ok(Verified { summary, compared, before, .. }) => {
                        format!("holds: {} {} {compared} {before}", summary.records, summary.last_hash)
                    }
                    Err(broken) => broken.to_string(),
                },
            };
            assert_eq!(said, verdict, "{name}");
        }
    }

    #[test]
    fn only_a_checkpoint_of_this_chain_is_read() {
        let keys = keys(1);
        let text = checkpoint(7).text();
        let open = |text: &str| {
            let note = keys.sign("gate.example.com/audit", text).unwrap();
            Checkpoint::open_own(&note, &keys)
        };
        assert_eq!(open(&text), Ok(checkpoint(7)));
        for (from, to) in [
            ("\n7\n", "\n07\n"),
            ("\n7\n", "\n+7\n"),
            ("\n7\n", "\n0\n"),
            ("\n7\n", "\n-7\n"),
            ("=\n", "\n"),
            ("mcpgate audit record 1\n", ""),
            ("record 1", "record 2"),
            ("at ", "at  "),
            ("at 17", "at 017"),
            ("000\n", "000\nmore\n"),
        ] {
            let other = text.replacen(from, to, 1);
            assert_ne!(other, text, "{from}");
            assert_eq!(open(&other), Err(NoteError::Malformed), "{other}");
        }
        // Signed by the right key, in somebody else's name.
        let other = keys.sign("gate.example.com", &text).unwrap();
        assert_eq!(Checkpoint::open_own(&other, &keys), Err(NoteError::OtherKey));
    }

    proptest! {
        #[test]
        fn a_checkpoint_is_read_back_and_several_are_told_apart(
            seqs in prop::collection::vec(1..i64::MAX, 1..5),
            blank in prop::sample::select(vec!["", "\n", "\n\n\n"]),
        ) {
            let keys = keys(1);
            let all: Vec<_> = seqs.iter().map(|seq| checkpoint(*seq)).collect();
            let file: Vec<_> = all.iter().map(|checkpoint| checkpoint.sign(&keys).unwrap()).collect();
            let read: Vec<_> =
                notes(&file.join(blank)).iter().map(|note| Checkpoint::open_own(note, &keys).unwrap()).collect();
            prop_assert_eq!(read, all);
        }
    }
}
