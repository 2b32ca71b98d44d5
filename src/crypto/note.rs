//! Signed notes (<https://c2sp.org/signed-note>): a text and, under it, who signed it, with Ed25519.
//!
//! ```text
//! the text, one or several lines
//!
//! — name base64( key id | signature )
//!   key id = the first 4 bytes of SHA-256( name | 0x0A | 0x01 | public key )
//!
//! a public key is written: name+key id in hexadecimal+base64( 0x01 | public key )
//! ```

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_compact::{KeyPair, PublicKey, Seed, Signature};
use sha2::{Digest as _, Sha256};

/// What the form calls Ed25519.
const ED25519: u8 = 1;
/// What a line with a signature begins with: an em dash and a space.
const DASH: &str = "\u{2014} ";
/// The most signatures that a note may have.
const MOST_SIGNATURES: usize = 16;

/// The keys that sign checkpoints of the audit chain. The first signs; what any of them signed is the gateway's own.
pub struct AuditKeys(Vec<KeyPair>);

/// A public key, and the name that its owner signs under.
#[derive(Clone, PartialEq, Eq)]
pub struct NoteKey {
    name: String,
    id: [u8; 4],
    key: PublicKey,
}

/// Why a note does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// It has not the form of one.
    #[error("it is not a signed note")]
    Malformed,
    /// No key that is given signed it.
    #[error("none of the given keys signed it")]
    OtherKey,
    /// It names a key that is given, and that did not sign this text.
    #[error("its signature does not fit its text")]
    Forged,
}

impl AuditKeys {
    /// Keys from their seeds; [`None`] when there is none, or one is no seed.
    pub fn new(seeds: &[[u8; 32]]) -> Option<Self> {
        let pair = |seed: &[u8; 32]| KeyPair::try_from_seed(Seed::new(*seed)).ok();
        let keys = seeds.iter().map(pair).collect::<Option<Vec<_>>>()?;
        (!keys.is_empty()).then_some(Self(keys))
    }

    /// The text as a note, signed under this name; [`None`] when one of the two has not the form.
    pub fn sign(&self, name: &str, text: &str) -> Option<String> {
        let pair = self.0.first()?;
        let key = NoteKey::new(name, pair.pk)?;
        if !is_text(text) {
            return None;
        }
        let mut signature = key.id.to_vec();
        signature.extend_from_slice(pair.sk.sign(text, None).as_ref());
        Some(format!("{text}\n{DASH}{name} {}\n", STANDARD.encode(signature)))
    }

    /// The ids of the keys, in their order, under no name of anybody's.
    pub(super) fn ids(&self) -> String {
        self.public("mcpgate").iter().map(NoteKey::hex_id).collect::<Vec<_>>().join(" ")
    }

    /// The public halves under this name, in the order of the keys.
    pub fn public(&self, name: &str) -> Vec<NoteKey> {
        self.0.iter().filter_map(|pair| NoteKey::new(name, pair.pk)).collect()
    }
}

impl fmt::Debug for AuditKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "AuditKeys({} keys)", self.0.len())
    }
}

impl NoteKey {
    fn new(name: &str, key: PublicKey) -> Option<Self> {
        if name.is_empty() || name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+') {
            return None;
        }
        let mut hash = Sha256::new();
        hash.update(name);
        hash.update([b'\n', ED25519]);
        hash.update(key.as_ref());
        let id = hash.finalize().get(..4)?.try_into().ok()?;
        Some(Self { name: name.to_owned(), id, key })
    }

    /// Reads what `Display` writes; [`None`] when it is not that, down to the key's id.
    pub fn parse(text: &str) -> Option<Self> {
        let (name, rest) = text.trim().split_once('+')?;
        let (id, key) = rest.split_once('+')?;
        let bytes = STANDARD.decode(key).ok()?;
        let (&ED25519, key) = bytes.split_first()? else { return None };
        let key = Self::new(name, PublicKey::from_slice(key).ok()?)?;
        (key.hex_id() == id).then_some(key)
    }

    fn hex_id(&self) -> String {
        format!("{:08x}", u32::from_be_bytes(self.id))
    }
}

impl fmt::Display for NoteKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = STANDARD.encode([&[ED25519], self.key.as_slice()].concat());
        write!(formatter, "{}+{}+{key}", self.name, self.hex_id())
    }
}

impl fmt::Debug for NoteKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "NoteKey({self})")
    }
}

/// The text of a note that at least one of these keys signed. Signatures of others are passed over, as the form wants.
///
/// # Errors
/// [`NoteError`].
pub fn open<'n>(note: &'n str, keys: &[NoteKey]) -> Result<&'n str, NoteError> {
    let (text, lines) = split(note).ok_or(NoteError::Malformed)?;
    let mut holds = false;
    for line in lines {
        let (name, signature) = signature(line).ok_or(NoteError::Malformed)?;
        let (id, signature) = signature.split_first_chunk::<4>().ok_or(NoteError::Malformed)?;
        let Some(key) = keys.iter().find(|key| key.name == name && key.id == *id) else { continue };
        let signature = Signature::from_slice(signature).map_err(|_| NoteError::Forged)?;
        key.key.verify(text, &signature).map_err(|_| NoteError::Forged)?;
        holds = true;
    }
    if holds { Ok(text) } else { Err(NoteError::OtherKey) }
}

/// A note's text, with its last line break, and its lines with signatures.
fn split(note: &str) -> Option<(&str, Vec<&str>)> {
    let at = note.rfind("\n\n")?;
    let (text, rest) = note.split_at_checked(at + 1)?;
    let lines: Vec<&str> = rest.strip_prefix('\n')?.strip_suffix('\n')?.split('\n').collect();
    (is_text(text) && lines.len() <= MOST_SIGNATURES).then_some((text, lines))
}

fn signature(line: &str) -> Option<(&str, Vec<u8>)> {
    let (name, signature) = line.strip_prefix(DASH)?.split_once(' ')?;
    Some((name, STANDARD.decode(signature).ok()?))
}

fn is_text(text: &str) -> bool {
    text.ends_with('\n') && text.chars().all(|c| c == '\n' || !c.is_control())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn keys(seed: u8) -> AuditKeys {
        AuditKeys::new(&[[seed; 32]]).unwrap()
    }

    /// The example of <https://c2sp.org/signed-note>, and of Go's `golang.org/x/mod/sumdb/note`.
    #[test]
    fn a_note_of_others_is_read() {
        let key =
            NoteKey::parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").unwrap();
        let note = "If you think cryptography is the answer to your problem,\n\
                    then you don't know what your problem is.\n\n\
                    \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
        let text = open(note, std::slice::from_ref(&key)).unwrap();
        assert!(text.starts_with("If you") && text.ends_with("is.\n"), "{text}");
        assert_eq!(
            open(&note.replace("answer", "problem"), std::slice::from_ref(&key)),
            Err(NoteError::Forged)
        );
        assert_eq!(open(note, &keys(1).public("PeterNeumann")), Err(NoteError::OtherKey));
        assert_eq!(NoteKey::parse(&key.to_string()), Some(key));
    }

    #[test]
    fn what_is_no_key_is_not_taken_for_one() {
        assert!(AuditKeys::new(&[]).is_none());
        assert!(AuditKeys::new(&[[0; 32]]).is_none(), "nobody's seed");
        let key = keys(1).public("gate.example.com/audit")[0].to_string();
        assert!(NoteKey::parse(&key).is_some());
        for (from, to) in
            [("gate", "gale"), ("+", " "), ("+A", "+B"), ("/audit", ""), ("05e5c163", "05e5c164")]
        {
            assert_ne!(key.replace(from, to), key, "{from}");
            assert_eq!(NoteKey::parse(&key.replace(from, to)), None, "{from}");
        }
        for name in ["", "a b", "a+b", "a\u{2003}b", "a\nb"] {
            assert!(keys(1).public(name).is_empty(), "{name}");
            assert_eq!(keys(1).sign(name, "x\n"), None, "{name}");
        }
        assert!(!format!("{:?}", keys(1)).contains("1, 1"));
    }

    #[test]
    fn what_is_no_note_is_not_taken_for_one() {
        let (keys, name) = (keys(1), "gate.example.com/audit");
        let (public, note) = (keys.public(name), keys.sign(name, "a\nb\n").unwrap());
        assert_eq!(open(&note, &public), Ok("a\nb\n"));
        assert_eq!(keys.sign(name, "no end"), None);
        assert_eq!(keys.sign(name, "a\tb\n"), None);
        for (from, to) in
            [("\n\n", "\n"), ("\u{2014} ", "- "), ("\u{2014} ", ""), ("a\n", "a\u{7}\n"), (" gate", "gate")]
        {
            let other = note.replacen(from, to, 1);
            assert_eq!(open(&other, &public), Err(NoteError::Malformed), "{other:?}");
        }
        assert_eq!(open(note.trim_end(), &public), Err(NoteError::Malformed));
        let line = note.split_once("\n\n").unwrap().1;
        assert_eq!(open(&format!("{note}{}", line.repeat(16)), &public), Err(NoteError::Malformed));
    }

    #[test]
    fn one_signature_of_several_is_enough_and_a_wrong_one_is_too_many() {
        let (old, new, name) = (keys(1), keys(2), "gate.example.com/audit");
        let note = new.sign(name, "x\n").unwrap();
        let both = note.clone() + old.sign(name, "x\n").unwrap().split_once("\n\n").unwrap().1;
        assert_eq!(open(&both, &old.public(name)), Ok("x\n"));
        let wrong = note + old.sign(name, "y\n").unwrap().split_once("\n\n").unwrap().1;
        assert_eq!(open(&wrong, &old.public(name)), Err(NoteError::Forged));
        assert_eq!(open(&wrong, &new.public(name)), Ok("x\n"), "an unknown key's signature is passed over");
    }

    proptest! {
        #[test]
        fn whatever_is_changed_in_a_note_it_does_not_count(
            text in "[ -~]{0,40}\n",
            at in any::<prop::sample::Index>(),
            to in any::<char>(),
        ) {
            let (keys, name) = (keys(3), "gate.example.com/audit");
            let (public, note) = (keys.public(name), keys.sign(name, &text).unwrap());
            prop_assert_eq!(open(&note, &public), Ok(&*text));
            let mut changed: Vec<char> = note.chars().collect();
            *at.get_mut(&mut changed) = to;
            let changed: String = changed.into_iter().collect();
            prop_assume!(changed != note);
            prop_assert!(open(&changed, &public).is_err(), "{}", changed);
        }
    }
}
