//! The provider's public keys.

use serde::Deserialize;

use super::{OidcError, ask, get};
use crate::crypto::jwk::Jwk;
use crate::host::Host;

/// Reads a key set.
pub(super) async fn fetch<H: Host>(host: &H, jwks_uri: &str) -> Result<Vec<Jwk>, OidcError> {
    #[derive(Deserialize)]
    struct Set {
        keys: Vec<serde_json::Value>,
    }
    let set: Set = ask(host, get(jwks_uri, None)?, "key set").await?;
    Ok(Jwk::read_all(set.keys))
}
