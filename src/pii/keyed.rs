//! A fast hash with a key of its own, for what comes from outside: who does not know the key can neither make two texts
//! that are taken for one nor fill a table with what falls into one place. No hash leaves the process.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::OnceLock;

use crate::crypto::HashKey;

/// The key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Keyed(u64, u64);

/// What the keys of this process are, once somebody's key was seen. The standard library has nothing random on
/// wasm32-unknown-unknown: there its keys can be read out of the module.
static SEED: OnceLock<Keyed> = OnceLock::new();

/// Has the keys come of a secret.
pub(super) fn seed(key: &HashKey) {
    SEED.get_or_init(|| {
        let made = key.mac("tables", &[]);
        let [first, second, ..] = made.as_chunks::<8>().0 else { return Keyed::random() };
        Keyed(u64::from_le_bytes(*first), u64::from_le_bytes(*second))
    });
}

impl Keyed {
    fn random() -> Self {
        let random = RandomState::new();
        Self(random.hash_one(0), random.hash_one(1))
    }
}

impl Default for Keyed {
    fn default() -> Self {
        SEED.get().copied().unwrap_or_else(Self::random)
    }
}

impl BuildHasher for Keyed {
    type Hasher = Hashing;

    fn build_hasher(&self) -> Hashing {
        Hashing { state: self.0, key: self.1 }
    }
}

/// A hash that is being made: each step multiplies what is hidden with what is hidden and folds the product.
pub(super) struct Hashing {
    state: u64,
    key: u64,
}

impl Hashing {
    fn step(&mut self, first: u64, second: u64) {
        let product = u128::from(self.state ^ first) * u128::from(self.key ^ second);
        self.state = product as u64 ^ (product >> 64) as u64;
    }
}

impl Hasher for Hashing {
    fn write(&mut self, bytes: &[u8]) {
        let (chunks, rest) = bytes.as_chunks::<16>();
        let halves = |chunk: &[u8; 16]| {
            let both = u128::from_le_bytes(*chunk);
            (both as u64, (both >> 64) as u64)
        };
        for chunk in chunks {
            let (first, second) = halves(chunk);
            self.step(first, second);
        }
        let mut last = [0; 16];
        if let Some(place) = last.get_mut(..rest.len()) {
            place.copy_from_slice(rest);
        }
        let (first, second) = halves(&last);
        self.step(first, second);
        self.write_u64(bytes.len() as u64);
    }

    fn write_u8(&mut self, value: u8) {
        self.write_u64(u64::from(value));
    }

    fn write_u64(&mut self, value: u64) {
        self.step(value, 0);
    }

    fn finish(&self) -> u64 {
        let mut last = Self { state: self.state, key: self.key };
        last.step(0, 0);
        last.state
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::hash::BuildHasher as _;

    use super::Keyed;

    #[test]
    fn texts_are_told_apart() {
        let key = Keyed::default();
        let texts = (0..70).flat_map(|length| ["a", "b", "\0"].map(|char| char.repeat(length)));
        let pairs = [("", "ab"), ("a", "b"), ("ab", "")];
        let hashes: HashSet<u64> =
            texts.map(|text| key.hash_one(text)).chain(pairs.map(|pair| key.hash_one(pair))).collect();
        assert_eq!(hashes.len(), 1 + 3 * 69 + 3);
        assert_ne!(key.hash_one("a"), Keyed::random().hash_one("a"), "the key matters");
    }
}
