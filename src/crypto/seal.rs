//! Sealed values: AES-256-GCM, bound to the place where they are stored and to the moment they expire.
//!
//! ```text
//! sealed = base64url( version(1) | key id(4) | nonce(12, random) | ciphertext | tag(16) )
//! associated data = version | for each of table, row, column, owner: length(8) | text | then expiry(8)
//! ```

use std::fmt;

use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::hash;
use crate::host::{Host, PortError, Timestamp};

const VERSION: u8 = 1;
const HEAD: usize = 1 + 4 + 12;

/// Where a sealed value lives. It opens nowhere else, for nobody else, and under no other expiry.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The row's primary key.
    pub row: &'a str,
    /// The person it belongs to, or the empty text for what is nobody's own.
    pub owner: &'a str,
    /// The row's `expires_at`; [`None`] when it does not expire.
    pub expires_at: Option<Timestamp>,
}

/// A value could not be sealed or opened. Deliberately says no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a sealed value could not be opened")]
pub struct SealError;

/// How many characters at the beginning of a sealed value name the key that sealed it: the version and 28 of the 32
/// bits of the key's id. So much of it the database can compare.
pub const MARK: usize = 6;

/// The gateway's own keys: the first seals, any opens. Rotation is putting a new key in front.
#[derive(Clone)]
pub struct SealingRing(Vec<RingKey>);

#[derive(Clone, ZeroizeOnDrop)]
struct RingKey {
    id: [u8; 4],
    key: [u8; 32],
}

impl SealingRing {
    /// A ring from at least one key; [`None`] for none.
    pub fn new(keys: Vec<[u8; 32]>) -> Option<Self> {
        if keys.is_empty() {
            return None;
        }
        Some(Self(keys.into_iter().map(|key| RingKey { id: key_id(&key), key }).collect()))
    }

    /// The ids of its keys, in their order.
    pub(super) fn ids(&self) -> String {
        self.0.iter().map(|key| URL_SAFE_NO_PAD.encode(key.id)).collect::<Vec<_>>().join(" ")
    }

    /// Seals a text for its place.
    ///
    /// # Errors
    /// When the host has no randomness for the nonce.
    pub fn seal<H: Host>(&self, host: &H, place: Place<'_>, plain: &str) -> Result<String, PortError> {
        let key = self.0.first().ok_or_else(|| PortError::new("random", "empty key ring"))?;
        seal(host, key.id, &key.key, place, plain.as_bytes())
    }

    /// Opens a value that [`seal`](Self::seal) made for the same place, with whichever key of the ring made it.
    ///
    /// # Errors
    /// [`SealError`] when the value was altered, moved, or sealed with a key that is gone.
    pub fn open(&self, place: Place<'_>, sealed: &str) -> Result<Zeroizing<String>, SealError> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| SealError)?;
        let key = self.0.iter().find(|key| bytes.get(1..5) == Some(&key.id)).ok_or(SealError)?;
        text(open(&key.key, place, &bytes)?)
    }

    /// What each value begins with that the key seals which is this far from the first; see [`MARK`].
    pub fn marks(&self) -> Vec<String> {
        self.0.iter().map(|key| mark(key.id)).collect()
    }

    /// Whether the first key sealed a value.
    pub fn is_current(&self, sealed: &str) -> bool {
        self.0.first().is_some_and(|key| sealed.starts_with(&mark(key.id)))
    }

    /// Seals what an older key sealed with the first one, for the same place.
    ///
    /// # Errors
    /// When the value cannot be opened, or the host has no randomness.
    pub fn seal_anew<H: Host>(&self, host: &H, place: Place<'_>, sealed: &str) -> Result<String, PortError> {
        let plain = self.open(place, sealed).map_err(|error| PortError::new("keys", error))?;
        self.seal(host, place, &plain)
    }

    /// Wraps a person's data key for storage.
    ///
    /// # Errors
    /// When the host has no randomness.
    pub fn wrap<H: Host>(&self, host: &H, person: &str, key: &DataKey) -> Result<String, PortError> {
        self.seal(host, data_key_place(person), &Zeroizing::new(URL_SAFE_NO_PAD.encode(key.key)))
    }

    /// Unwraps a person's data key.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn data_key(&self, person: &str, wrapped: &str) -> Result<DataKey, SealError> {
        let encoded = self.open(data_key_place(person), wrapped)?;
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(encoded.as_bytes()).map_err(|_| SealError)?);
        DataKey::from_bytes(&bytes).ok_or(SealError)
    }
}

impl fmt::Debug for SealingRing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SealingRing({} keys)", self.0.len())
    }
}

/// One person's key. Everything that is theirs is sealed with it; deleting its row erases all of that.
#[derive(Clone, ZeroizeOnDrop)]
pub struct DataKey {
    id: [u8; 4],
    key: [u8; 32],
}

impl DataKey {
    /// A new one.
    ///
    /// # Errors
    /// When the host has no randomness.
    pub fn random<H: Host>(host: &H) -> Result<Self, PortError> {
        let mut bytes = Zeroizing::new([0; 32]);
        host.random(bytes.as_mut())?;
        Ok(Self { id: key_id(&bytes), key: *bytes })
    }

    /// One from its 32 bytes.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let key = bytes.try_into().ok()?;
        Some(Self { id: key_id(&key), key })
    }

    /// Its 32 bytes, for who wraps it.
    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.key
    }

    /// As [`SealingRing::seal`].
    ///
    /// # Errors
    /// When the host has no randomness for the nonce.
    pub fn seal<H: Host>(&self, host: &H, place: Place<'_>, plain: &str) -> Result<String, PortError> {
        seal(host, self.id, &self.key, place, plain.as_bytes())
    }

    /// As [`SealingRing::open`].
    ///
    /// # Errors
    /// [`SealError`] when the value was altered, moved, or sealed with another key.
    pub fn open(&self, place: Place<'_>, sealed: &str) -> Result<Zeroizing<String>, SealError> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| SealError)?;
        text(open(&self.key, place, &bytes)?)
    }

    /// A key for keyed hashes that are this person's own, so that the same value hashes differently for others.
    pub fn hash_key(&self, purpose: &'static str) -> hash::HashKey {
        hash::HashKey::new(hash::mac(&self.key, "hash-key", &[purpose]))
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("DataKey(..)")
    }
}

/// What binds a wrapped data key to its person.
pub(super) fn data_key_binding(person: &str) -> Vec<u8> {
    associated_data(data_key_place(person))
}

fn data_key_place(person: &str) -> Place<'_> {
    Place { table: "person", column: "data_key", row: person, owner: person, expires_at: None }
}

/// What every value that a key seals begins with.
fn mark(id: [u8; 4]) -> String {
    let mut head = [VERSION; 5];
    head[1..].copy_from_slice(&id);
    let mut mark = URL_SAFE_NO_PAD.encode(head);
    mark.truncate(MARK);
    mark
}

/// Names a key without telling anything of it: the head of a labelled digest.
fn key_id(key: &[u8; 32]) -> [u8; 4] {
    let digest = Sha256::new().chain_update("mcpgate key id").chain_update(key).finalize();
    [digest[0], digest[1], digest[2], digest[3]]
}

fn seal<H: Host>(
    host: &H,
    id: [u8; 4],
    key: &[u8; 32],
    place: Place<'_>,
    plain: &[u8],
) -> Result<String, PortError> {
    let mut nonce = [0; 12];
    host.random(&mut nonce)?;
    let body = Aes256Gcm::new(key.into())
        .encrypt(Nonce::from_slice(&nonce), Payload { msg: plain, aad: &associated_data(place) })
        .map_err(|_| PortError::new("random", "value too long to seal"))?;
    let mut sealed = Vec::with_capacity(HEAD + body.len());
    sealed.push(VERSION);
    sealed.extend_from_slice(&id);
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(&body);
    Ok(URL_SAFE_NO_PAD.encode(sealed))
}

fn open(key: &[u8; 32], place: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
    let (head, body) = sealed.split_at_checked(HEAD).ok_or(SealError)?;
    if head.first() != Some(&VERSION) {
        return Err(SealError);
    }
    let nonce = head.get(5..).ok_or(SealError)?;
    Aes256Gcm::new(key.into())
        .decrypt(Nonce::from_slice(nonce), Payload { msg: body, aad: &associated_data(place) })
        .map_err(|_| SealError)
}

fn associated_data(place: Place<'_>) -> Vec<u8> {
    let mut data = vec![VERSION];
    for part in [place.table, place.row, place.column, place.owner] {
        data.extend_from_slice(&(part.len() as u64).to_be_bytes());
        data.extend_from_slice(part.as_bytes());
    }
    data.extend_from_slice(&place.expires_at.map_or(i64::MAX, |at| at.0).to_be_bytes());
    data
}

fn text(bytes: Vec<u8>) -> Result<Zeroizing<String>, SealError> {
    String::from_utf8(bytes).map(Zeroizing::new).map_err(|_| SealError)
}

#[cfg(test)]
mod tests {
    use super::{DataKey, Place, SealError, SealingRing};
    use crate::host::Timestamp;
    use crate::host::memory::Memory;

    const PLACE: Place<'static> = Place {
        table: "pii_mapping",
        column: "value",
        row: "r1",
        owner: "p1",
        expires_at: Some(Timestamp(1000)),
    };

    #[test]
    fn opens_in_its_place_only() {
        let host = Memory::new();
        let ring = SealingRing::new(vec![[1; 32]]).unwrap();
        let sealed = ring.seal(&host, PLACE, "jane@example.com").unwrap();
        assert!(!sealed.contains("jane"));
        assert_eq!(ring.open(PLACE, &sealed).unwrap().as_str(), "jane@example.com");
        for other in [
            Place { table: "session", ..PLACE },
            Place { column: "other", ..PLACE },
            Place { row: "r2", ..PLACE },
            Place { owner: "p2", ..PLACE },
            Place { expires_at: Some(Timestamp(1001)), ..PLACE },
            Place { expires_at: None, ..PLACE },
        ] {
            assert_eq!(ring.open(other, &sealed), Err(SealError));
        }
    }

    #[test]
    fn a_flipped_bit_anywhere_is_refused() {
        use base64::Engine as _;
        use base64::engine::general_purpose::URL_SAFE_NO_PAD;
        let ring = SealingRing::new(vec![[1; 32]]).unwrap();
        let sealed = ring.seal(&Memory::new(), PLACE, "value").unwrap();
        let bytes = URL_SAFE_NO_PAD.decode(sealed).unwrap();
        for at in 0..bytes.len() {
            let mut bytes = bytes.clone();
            bytes[at] ^= 1;
            assert_eq!(ring.open(PLACE, &URL_SAFE_NO_PAD.encode(bytes)), Err(SealError), "byte {at}");
        }
    }

    #[test]
    fn rotation_seals_with_the_first_and_opens_with_any() {
        let host = Memory::new();
        let old = SealingRing::new(vec![[1; 32]]).unwrap();
        let both = SealingRing::new(vec![[2; 32], [1; 32]]).unwrap();
        let new = SealingRing::new(vec![[2; 32]]).unwrap();
        let before = old.seal(&host, PLACE, "a").unwrap();
        let after = both.seal(&host, PLACE, "b").unwrap();
        assert_eq!(both.open(PLACE, &before).unwrap().as_str(), "a");
        assert_eq!(new.open(PLACE, &after).unwrap().as_str(), "b");
        assert_eq!(new.open(PLACE, &before), Err(SealError));
    }

    #[test]
    fn what_an_older_key_sealed_is_known_and_sealed_anew() {
        let host = Memory::new();
        let old = SealingRing::new(vec![[1; 32]]).unwrap();
        let both = SealingRing::new(vec![[2; 32], [1; 32]]).unwrap();
        let new = SealingRing::new(vec![[2; 32]]).unwrap();
        for length in 0..40 {
            let before = old.seal(&host, PLACE, &"x".repeat(length)).unwrap();
            assert!(old.is_current(&before) && !both.is_current(&before));
            assert!(before.starts_with(&both.marks()[1]) && !before.starts_with(&both.marks()[0]));
            let after = both.seal_anew(&host, PLACE, &before).unwrap();
            assert!(both.is_current(&after) && after.starts_with(&both.marks()[0]));
            assert_eq!(new.open(PLACE, &after).unwrap().len(), length);
            assert!(new.seal_anew(&host, PLACE, &before).is_err(), "its key is gone");
        }
    }

    #[test]
    fn a_data_key_opens_for_its_person_only() {
        let host = Memory::new();
        let ring = SealingRing::new(vec![[1; 32]]).unwrap();
        let key = DataKey::random(&host).unwrap();
        let wrapped = ring.wrap(&host, "p1", &key).unwrap();
        let sealed = key.seal(&host, PLACE, "v").unwrap();
        assert_eq!(ring.data_key("p1", &wrapped).unwrap().open(PLACE, &sealed).unwrap().as_str(), "v");
        assert!(ring.data_key("p2", &wrapped).is_err());
    }
}
