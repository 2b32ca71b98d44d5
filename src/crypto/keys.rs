//! The gateway's own keys, read from three secrets and, if it is there, a fourth.
//!
//! | secret | form | used for |
//! |---|---|---|
//! | `MCPGATE_SIGNING_KEYS` | `key[,key...]`, each a P-256 scalar | access tokens (ES256); the first signs, all verify |
//! | `MCPGATE_SEALING_KEYS` | `key[,key...]` | sealed values; the first seals, all open |
//! | `MCPGATE_HASH_KEY` | `key` | identifiers in storage, logs and audit |
//! | `MCPGATE_AUDIT_KEY` | `key[,key...]`, each an Ed25519 seed; optional | checkpoints of the audit chain; the first signs |
//!
//! Every key is 32 random bytes as base64url, 43 characters.

use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jwt_simple::prelude::{
    ECDSAP256KeyPairLike as _, ECDSAP256PublicKeyLike as _, ES256KeyPair, HeaderOptions, JWTClaims,
    VerificationOptions,
};
use jwt_simple::reexports::coarsetime;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};
use std::fmt;
use zeroize::Zeroizing;

use super::{AuditKeys, HashKey, SealingRing, Secret};
use crate::host::{Host, PortError, Timestamp};

/// Names of the secrets that have to be there, for error texts and the command line.
pub const SECRET_NAMES: [&str; 3] = ["MCPGATE_SIGNING_KEYS", "MCPGATE_SEALING_KEYS", "MCPGATE_HASH_KEY"];

/// The name of the secret without which no checkpoints are signed, and nothing else changes.
pub const AUDIT_KEY: &str = "MCPGATE_AUDIT_KEY";

/// All keys of the gateway.
#[derive(Debug)]
pub struct Keys {
    /// Signs and verifies access tokens.
    pub signing: SigningKeys,
    /// Seals what is the gateway's own and wraps people's data keys.
    pub sealing: SealingRing,
    /// Hashes identifiers.
    pub hash: HashKey,
    /// Signs checkpoints of the audit chain, if the secret is set.
    pub audit: Option<AuditKeys>,
}

/// A ring of keys that can be rotated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ring {
    /// `MCPGATE_SIGNING_KEYS`.
    Signing,
    /// `MCPGATE_SEALING_KEYS`.
    Sealing,
    /// `MCPGATE_AUDIT_KEY`.
    Audit,
}

impl Ring {
    /// Its stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Signing => "signing_keys",
            Self::Sealing => "sealing_keys",
            Self::Audit => "audit_keys",
        }
    }
}

/// Why the keys could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The secret is not set.
    #[error("the secret {0} is not set; `mcpgate keygen` makes one")]
    Missing(&'static str),
    /// The secret is set to something else.
    #[error("the secret {0} is not a key of 32 bytes in base64url; `mcpgate keygen` makes one")]
    Malformed(&'static str),
    /// The host could not say.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Keys {
    /// Reads the secrets.
    ///
    /// # Errors
    /// [`KeyError`] names the first secret that is missing or malformed.
    pub async fn read<H: Host>(host: &H) -> Result<Self, KeyError> {
        let [signing, sealing, hash] = SECRET_NAMES;
        let scalars = ring(host, signing).await?;
        let signing = SigningKeys::new(&scalars).ok_or(KeyError::Malformed(signing))?;
        let secret = host.secret(sealing).await?.ok_or(KeyError::Missing(sealing))?;
        let sealing = sealing_ring(secret.expose()).ok_or(KeyError::Malformed(sealing))?;
        let hash = match ring(host, hash).await?.as_slice() {
            [key] => HashKey::new(*key),
            _ => return Err(KeyError::Malformed(hash)),
        };
        let audit = match host.secret(AUDIT_KEY).await? {
            Some(secret) => Some(audit_keys(secret.expose()).ok_or(KeyError::Malformed(AUDIT_KEY))?),
            None => None,
        };
        Ok(Self { signing, sealing, hash, audit })
    }

    /// The ids of a ring's keys, in their order, which say nothing of the keys; the empty text for no ring.
    pub fn ids(&self, ring: Ring) -> String {
        match ring {
            Ring::Signing => self.signing.0.iter().map(|key| key.id.as_str()).collect::<Vec<_>>().join(" "),
            Ring::Sealing => self.sealing.ids(),
            Ring::Audit => self.audit.as_ref().map(AuditKeys::ids).unwrap_or_default(),
        }
    }

    /// Fresh values for the secrets: those of [`SECRET_NAMES`] in their order, then [`AUDIT_KEY`]. `random` fills a
    /// buffer, as [`Host::random`] does.
    ///
    /// # Errors
    /// Those of `random`.
    pub fn generate(
        random: impl Fn(&mut [u8]) -> Result<(), PortError>,
    ) -> Result<[(&'static str, Secret); 4], PortError> {
        let mut made = Vec::with_capacity(4);
        for name in SECRET_NAMES.into_iter().chain([AUDIT_KEY]) {
            // A random scalar is out of range with a probability of 2^-32: then another is drawn.
            let secret = loop {
                let mut bytes = Zeroizing::new([0; 32]);
                random(bytes.as_mut())?;
                if SigningKeys::new(&[*bytes]).is_some() {
                    break Secret::new(URL_SAFE_NO_PAD.encode(*bytes));
                }
            };
            made.push((name, secret));
        }
        <[_; 4]>::try_from(made).map_err(|_| PortError::new("random", "four keys were asked for"))
    }
}

async fn ring<H: Host>(host: &H, name: &'static str) -> Result<Zeroizing<Vec<[u8; 32]>>, KeyError> {
    let secret = host.secret(name).await?.ok_or(KeyError::Missing(name))?;
    parse(secret.expose()).ok_or(KeyError::Malformed(name))
}

/// The ring that a value of `MCPGATE_SEALING_KEYS` stands for; [`None`] when it is malformed.
pub fn sealing_ring(text: &str) -> Option<SealingRing> {
    SealingRing::new(parse(text)?.to_vec())
}

/// The keys that a value of `MCPGATE_AUDIT_KEY` stands for; [`None`] when it is malformed.
pub fn audit_keys(text: &str) -> Option<AuditKeys> {
    AuditKeys::new(&parse(text)?)
}

fn parse(text: &str) -> Option<Zeroizing<Vec<[u8; 32]>>> {
    let mut keys = Zeroizing::new(Vec::new());
    for key in text.split(',') {
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(key.trim()).ok()?);
        keys.push(bytes.as_slice().try_into().ok()?);
    }
    Some(keys)
}

/// ES256 key pairs for the tokens that the gateway issues (RFC 7515, RFC 7518 §3.4).
pub struct SigningKeys(Vec<SigningKey>);

struct SigningKey {
    id: String,
    pair: ES256KeyPair,
}

/// Why a token is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It was ours and its time is over.
    #[error("the token has expired")]
    Expired,
    /// It is not a token of ours for this purpose.
    #[error("the token is not valid here")]
    Invalid,
}

/// What a token must say to be accepted.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The header's `typ`, such as `at+jwt` (RFC 9068).
    pub typ: &'static str,
    /// `iss`.
    pub issuer: &'a str,
    /// One of `aud`.
    pub audience: &'a str,
    /// The moment of checking.
    pub now: Timestamp,
}

impl SigningKeys {
    /// Key pairs from P-256 scalars; [`None`] when there is none or one is out of range.
    pub fn new(scalars: &[[u8; 32]]) -> Option<Self> {
        let keys = scalars
            .iter()
            .map(|scalar| {
                let pair = ES256KeyPair::from_bytes(scalar).ok()?;
                let id = Sha256::digest(pair.public_key().public_key().to_bytes_uncompressed());
                let id = URL_SAFE_NO_PAD.encode(id.get(..9)?);
                Some(SigningKey { pair: pair.with_key_id(&id), id })
            })
            .collect::<Option<Vec<_>>>()?;
        (!keys.is_empty()).then_some(Self(keys))
    }

    /// Signs claims with the first key.
    ///
    /// # Errors
    /// When the claims cannot be written as JSON.
    pub fn sign<C: Serialize>(&self, typ: &'static str, claims: JWTClaims<C>) -> Result<String, PortError> {
        let key = self.0.first().ok_or_else(|| PortError::new("secret", "no signing key"))?;
        let options = HeaderOptions { signature_type: Some(typ.to_owned()), content_type: None };
        key.pair
            .sign_with_options(claims, &options)
            .map_err(|_| PortError::new("secret", "claims not signable"))
    }

    /// Verifies signature, `typ`, `iss`, `aud` and time. No clock tolerance: the clock that issued is ours.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn verify<C: Serialize + DeserializeOwned>(
        &self,
        token: &str,
        expected: Expected<'_>,
    ) -> Result<JWTClaims<C>, TokenError> {
        let kid = jwt_simple::token::Token::decode_metadata(token).map_err(|_| TokenError::Invalid)?;
        let kid = kid.key_id().ok_or(TokenError::Invalid)?;
        let key = self.0.iter().find(|key| key.id == kid).ok_or(TokenError::Invalid)?;
        let now = u64::try_from(expected.now.seconds()).map_err(|_| TokenError::Invalid)?;
        let options = VerificationOptions {
            required_signature_type: Some(expected.typ.to_owned()),
            allowed_issuers: Some(HashSet::from([expected.issuer.to_owned()])),
            allowed_audiences: Some(HashSet::from([expected.audience.to_owned()])),
            time_tolerance: Some(coarsetime::Duration::from_secs(0)),
            artificial_time: Some(coarsetime::UnixTimeStamp::from_secs(now)),
            max_token_length: Some(8192),
            ..VerificationOptions::default()
        };
        let claims = key.pair.public_key().verify_token::<C>(token, Some(options)).map_err(|error| {
            match error.downcast_ref::<jwt_simple::JWTError>() {
                Some(jwt_simple::JWTError::TokenHasExpired) => TokenError::Expired,
                _ => TokenError::Invalid,
            }
        })?;
        // A token without `exp` would live for ever; none of ours is without.
        if claims.expires_at.is_none() {
            return Err(TokenError::Invalid);
        }
        Ok(claims)
    }

    /// The public halves as a JWK Set (RFC 7517 §5).
    pub fn jwks(&self) -> serde_json::Value {
        let keys: Vec<_> = self
            .0
            .iter()
            .map(|key| {
                let point = key.pair.public_key().public_key().to_bytes_uncompressed();
                let coordinate = |range: std::ops::Range<usize>| {
                    URL_SAFE_NO_PAD.encode(point.get(range).unwrap_or_default())
                };
                serde_json::json!({
                    "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": key.id,
                    "x": coordinate(1..33), "y": coordinate(33..65),
                })
            })
            .collect();
        serde_json::json!({ "keys": keys })
    }
}

impl fmt::Debug for SigningKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SigningKeys({} keys)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use jwt_simple::prelude::{Claims, NoCustomClaims};

    use super::*;

    fn claims(now: Timestamp, lifetime: u64) -> JWTClaims<NoCustomClaims> {
        let at = coarsetime::UnixTimeStamp::from_secs(now.seconds() as u64);
        let mut claims = Claims::create(coarsetime::Duration::from_secs(lifetime))
            .with_issuer("https://gate.example.com")
            .with_audience("https://gate.example.com/mcp/demo");
        claims.issued_at = Some(at);
        claims.invalid_before = None;
        claims.expires_at = Some(at + coarsetime::Duration::from_secs(lifetime));
        claims
    }

    fn expected(now: Timestamp) -> Expected<'static> {
        Expected {
            typ: "at+jwt",
            issuer: "https://gate.example.com",
            audience: "https://gate.example.com/mcp/demo",
            now,
        }
    }

    const NOW: Timestamp = Timestamp(1_800_000_000_000);

    #[test]
    fn a_token_is_accepted_for_its_purpose_only() {
        let keys = SigningKeys::new(&[[3; 32]]).unwrap();
        let token = keys.sign("at+jwt", claims(NOW, 60)).unwrap();
        let check = |expected| keys.verify::<NoCustomClaims>(&token, expected).map(|_| ());
        assert_eq!(check(expected(NOW)), Ok(()));
        assert_eq!(check(Expected { typ: "jwt", ..expected(NOW) }), Err(TokenError::Invalid));
        assert_eq!(
            check(Expected { issuer: "https://evil.example", ..expected(NOW) }),
            Err(TokenError::Invalid)
        );
        assert_eq!(
            check(Expected { audience: "https://gate.example.com/mcp/other", ..expected(NOW) }),
            Err(TokenError::Invalid)
        );
        assert_eq!(check(expected(Timestamp(NOW.0 + 61_000))), Err(TokenError::Expired));
    }

    #[test]
    fn rotation_verifies_with_the_old_key_and_signs_with_the_new() {
        let old = SigningKeys::new(&[[3; 32]]).unwrap();
        let both = SigningKeys::new(&[[4; 32], [3; 32]]).unwrap();
        let before = old.sign("at+jwt", claims(NOW, 60)).unwrap();
        let after = both.sign("at+jwt", claims(NOW, 60)).unwrap();
        assert!(both.verify::<NoCustomClaims>(&before, expected(NOW)).is_ok());
        assert!(old.verify::<NoCustomClaims>(&after, expected(NOW)).is_err());
        assert_eq!(both.jwks()["keys"].as_array().unwrap().len(), 2);
    }
}
