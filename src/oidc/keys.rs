//! The provider's public keys (RFC 7517), and verification with them under a closed list of algorithms.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jwt_simple::prelude::{
    ECDSAP256PublicKeyLike as _, ES256PublicKey, Ed25519PublicKey, EdDSAPublicKeyLike as _, JWTClaims,
    PS256PublicKey, RS256PublicKey, RSAPublicKeyLike as _, VerificationOptions,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{OidcError, ask, get};
use crate::host::Host;

/// A public key as its set spells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Jwk {
    kty: String,
    #[serde(rename = "use")]
    purpose: Option<String>,
    alg: Option<String>,
    pub(super) kid: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

/// The algorithms an ID token may be signed with. Never `none`, never a symmetric one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    Rs256,
    Ps256,
    Es256,
    EdDsa,
}

impl Algorithm {
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::Rs256),
            "PS256" => Some(Self::Ps256),
            "ES256" => Some(Self::Es256),
            "EdDSA" => Some(Self::EdDsa),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }
}

impl Jwk {
    /// Whether the key is for signatures of this algorithm. The kind of key decides, not the token's header.
    pub(super) fn suits(&self, algorithm: Algorithm) -> bool {
        let kind = match algorithm {
            Algorithm::Rs256 | Algorithm::Ps256 => self.kty == "RSA",
            Algorithm::Es256 => self.kty == "EC" && self.crv.as_deref() == Some("P-256"),
            Algorithm::EdDsa => self.kty == "OKP" && self.crv.as_deref() == Some("Ed25519"),
        };
        kind && self.purpose.as_deref().is_none_or(|purpose| purpose == "sig")
            && self.alg.as_deref().is_none_or(|alg| alg == algorithm.name())
    }

    /// Verifies a token; `Err(None)` when this is not a usable key.
    pub(super) fn verify<C: Serialize + DeserializeOwned>(
        &self,
        algorithm: Algorithm,
        token: &str,
        options: VerificationOptions,
    ) -> Result<JWTClaims<C>, Option<jwt_simple::Error>> {
        let options = Some(options);
        let verified = match algorithm {
            Algorithm::Rs256 => RS256PublicKey::from_components(&bytes(&self.n)?, &bytes(&self.e)?)
                .map_err(|_| None)?
                .verify_token(token, options),
            Algorithm::Ps256 => PS256PublicKey::from_components(&bytes(&self.n)?, &bytes(&self.e)?)
                .map_err(|_| None)?
                .verify_token(token, options),
            Algorithm::Es256 => {
                let point = [vec![4], bytes(&self.x)?, bytes(&self.y)?].concat();
                ES256PublicKey::from_bytes(&point).map_err(|_| None)?.verify_token(token, options)
            }
            Algorithm::EdDsa => {
                Ed25519PublicKey::from_bytes(&bytes(&self.x)?).map_err(|_| None)?.verify_token(token, options)
            }
        };
        verified.map_err(Some)
    }
}

/// Reads a key set. Keys of unknown kinds are left out, as RFC 7517 §5 asks.
pub(super) async fn fetch<H: Host>(host: &H, jwks_uri: &str) -> Result<Vec<Jwk>, OidcError> {
    #[derive(Deserialize)]
    struct Set {
        keys: Vec<serde_json::Value>,
    }
    let set: Set = ask(host, get(jwks_uri, None)?, "key set").await?;
    Ok(read(set.keys))
}

pub(super) fn read(keys: Vec<serde_json::Value>) -> Vec<Jwk> {
    keys.into_iter().take(64).filter_map(|key| serde_json::from_value(key).ok()).collect()
}

fn bytes(text: &Option<String>) -> Result<Vec<u8>, Option<jwt_simple::Error>> {
    text.as_deref().and_then(|text| URL_SAFE_NO_PAD.decode(text).ok()).ok_or(None)
}
