//! The only door to keys: sealing, key rings, keyed hashes, token signatures.
//!
//! Built from RustCrypto and jwt-simple; nothing here is cryptography of our own, only its careful use.

pub mod assertion;
pub mod envelope;
mod hash;
pub mod jwk;
mod keys;
mod kms;
pub mod note;
mod seal;
mod secret;

pub use hash::{HashKey, digest};
pub use keys::{
    AUDIT_KEY, Expected, KeyError, Keys, Ring, SECRET_NAMES, SigningKeys, TokenError, audit_keys,
    sealing_ring,
};
pub use note::{AuditKeys, NoteKey};
pub use seal::{DataKey, MARK, Place, SealError, SealingRing};
pub use secret::Secret;
