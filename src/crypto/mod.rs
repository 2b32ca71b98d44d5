//! The only door to keys: sealing, key rings, keyed hashes, token signatures.
//!
//! Built from RustCrypto and jwt-simple; nothing here is cryptography of our own, only its careful use.

pub mod assertion;
mod hash;
pub mod jwk;
mod keys;
mod seal;
mod secret;

pub use hash::{HashKey, digest};
pub use keys::{Expected, KeyError, Keys, SECRET_NAMES, SigningKeys, TokenError};
pub use seal::{DataKey, Place, SealError, SealingRing};
pub use secret::Secret;
