//! A text that must never be shown.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use subtle::ConstantTimeEq as _;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::host::{Host, PortError};

/// A secret text: redacted in `Debug`, without `Display`, wiped when dropped, compared in constant time.
#[derive(Clone, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Takes a text in.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// A fresh text of 256 random bits in base64url: a code, a token, a session id.
    ///
    /// # Errors
    /// When the host has no randomness.
    pub fn random<H: Host>(host: &H) -> Result<Self, PortError> {
        let mut bytes = Zeroizing::new([0; 32]);
        host.random(bytes.as_mut())?;
        Ok(Self(URL_SAFE_NO_PAD.encode(*bytes)))
    }

    /// The length of a [`random`](Self::random) text.
    pub const RANDOM_LENGTH: usize = 43;

    /// Lets the text out, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(..)")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Eq for Secret {}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "Secret(..)");
    }
}
