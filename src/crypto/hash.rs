//! Keyed hashes for identifiers, plain digests for values that are random already.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac as _};
use sha2::{Digest as _, Sha256};
use std::fmt;
use zeroize::ZeroizeOnDrop;

/// The key of all keyed hashes: who has it can test a guess, nobody else can.
#[derive(Clone, ZeroizeOnDrop)]
pub struct HashKey([u8; 32]);

impl HashKey {
    /// A key from 32 random bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// HMAC-SHA-256 of `parts`, each prefixed with its length, under the label `purpose`: two purposes never
    /// give the same hash for the same value, and parts cannot slide into one another.
    pub fn mac(&self, purpose: &'static str, parts: &[&str]) -> [u8; 32] {
        mac(&self.0, purpose, parts)
    }

    /// [`mac`](Self::mac) as base64url text, 43 characters.
    pub fn id(&self, purpose: &'static str, parts: &[&str]) -> String {
        URL_SAFE_NO_PAD.encode(self.mac(purpose, parts))
    }
}

impl fmt::Debug for HashKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("HashKey(..)")
    }
}

/// SHA-256 as base64url. Only for values with at least 128 random bits (codes, tokens, session ids): they cannot
/// be guessed, so they need no key.
pub fn digest(random: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(random))
}

/// Length-prefixed HMAC-SHA-256; see [`HashKey::mac`].
pub(super) fn mac(key: &[u8; 32], purpose: &'static str, parts: &[&str]) -> [u8; 32] {
    // A 32-byte key is always accepted by HMAC; the fallback key is never reached.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return [0; 32] };
    for part in std::iter::once(&purpose).chain(parts) {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part.as_bytes());
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::HashKey;

    #[test]
    fn purposes_and_boundaries_matter() {
        let key = HashKey::new([7; 32]);
        assert_ne!(key.id("person", &["ab", "c"]), key.id("person", &["a", "bc"]));
        assert_ne!(key.id("person", &["a"]), key.id("client", &["a"]));
        assert_eq!(key.id("person", &["a"]), key.id("person", &["a"]));
        assert_ne!(key.id("person", &["a"]), HashKey::new([8; 32]).id("person", &["a"]));
    }
}
