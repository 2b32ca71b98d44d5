//! Other parties' public keys (RFC 7517), and verification with them under a closed list of algorithms.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jwt_simple::prelude::{
    ECDSAP256PublicKeyLike as _, ES256PublicKey, Ed25519PublicKey, EdDSAPublicKeyLike as _, JWTClaims,
    PS256PublicKey, RS256PublicKey, RSAPublicKeyLike as _, VerificationOptions,
};
use jwt_simple::token::TokenMetadata;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// A public key as its set spells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwk {
    kty: String,
    #[serde(rename = "use")]
    purpose: Option<String>,
    alg: Option<String>,
    kid: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

/// The algorithms that what others sign may be signed with. Never `none`, never a symmetric one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// ECDSA with P-256 and SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Rs256, Self::Ps256, Self::Es256, Self::EdDsa];

    /// The algorithm that is called so in a token's header.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// What it is called (RFC 7518 §3.1, RFC 8037 §3.1).
    pub fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }
}

impl Jwk {
    /// Reads the keys of a set. Keys of unknown kinds are left out, as RFC 7517 §5 asks.
    pub fn read_all(keys: Vec<serde_json::Value>) -> Vec<Self> {
        keys.into_iter().take(64).filter_map(|key| serde_json::from_value(key).ok()).collect()
    }

    /// The same for keys that their owner published: [`None`] when one of them is secret, because then somebody else
    /// has it.
    pub fn read_public(keys: Vec<serde_json::Value>) -> Option<Vec<Self>> {
        let secret = |key: &serde_json::Value| key.get("d").is_some() || key.get("k").is_some();
        (!keys.iter().any(secret)).then(|| Self::read_all(keys))
    }

    /// The one key of these that a token's header means. Without a key id it must be the only one that suits (OpenID
    /// Connect Core §10.1).
    pub fn meant<'k>(keys: &'k [Self], algorithm: Algorithm, header: &TokenMetadata) -> Option<&'k Self> {
        let mut suitable = keys.iter().filter(|key| key.suits(algorithm));
        match header.key_id() {
            Some(kid) => suitable.find(|key| key.kid.as_deref() == Some(kid)),
            None => suitable.next().filter(|_| suitable.next().is_none()),
        }
    }

    /// Whether the key is for signatures of this algorithm. The kind of key decides, not the token's header.
    fn suits(&self, algorithm: Algorithm) -> bool {
        let kind = match algorithm {
            Algorithm::Rs256 | Algorithm::Ps256 => self.kty == "RSA",
            Algorithm::Es256 => self.kty == "EC" && self.crv.as_deref() == Some("P-256"),
            Algorithm::EdDsa => self.kty == "OKP" && self.crv.as_deref() == Some("Ed25519"),
        };
        kind && self.purpose.as_deref().is_none_or(|purpose| purpose == "sig")
            && self.alg.as_deref().is_none_or(|alg| alg == algorithm.name())
    }

    /// Verifies a token.
    ///
    /// # Errors
    /// What does not hold; [`None`] when this is not a usable key.
    pub fn verify<C: Serialize + DeserializeOwned>(
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

fn bytes(text: &Option<String>) -> Result<Vec<u8>, Option<jwt_simple::Error>> {
    text.as_deref().and_then(|text| URL_SAFE_NO_PAD.decode(text).ok()).ok_or(None)
}
