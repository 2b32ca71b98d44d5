//! The ID token: what the provider asserts, and every check before it is believed (OpenID Connect Core §3.1.3.7).
//!
//! Pure: token, keys and the moment in; claims or the reason out.

use std::collections::HashSet;

use jwt_simple::JWTError;
use jwt_simple::prelude::{JWTClaims, VerificationOptions};
use jwt_simple::reexports::coarsetime::{Duration, UnixTimeStamp};
use jwt_simple::token::Token;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::keys::{Algorithm, Jwk};
use crate::host::Timestamp;

/// How far the provider's clock and ours may differ, in seconds.
const SKEW: u64 = 60;

/// What an ID token must say.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// `iss`.
    pub issuer: &'a str,
    /// `aud`, and `azp` where there is one.
    pub client_id: &'a str,
    /// `nonce`.
    pub nonce: &'a str,
    /// The moment of checking.
    pub now: Timestamp,
}

/// Who has signed in. Personal data: `Debug` shows none of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Claims {
    /// The provider's identifier of the person.
    pub subject: String,
    /// Their address, verified or not.
    pub email: Option<String>,
    /// Whether the provider vouches for the address: only by the JSON value `true`.
    pub email_verified: bool,
    /// What to call them.
    pub name: Option<String>,
}

impl std::fmt::Debug for Claims {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Claims(..)")
    }
}

/// Why an ID token is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdTokenError {
    /// It is not a signed JWT.
    #[error("it is not a signed JWT")]
    Malformed,
    /// It is signed in a way that is not allowed here.
    #[error("its algorithm is not allowed")]
    Algorithm,
    /// No published key has its key id.
    #[error("its key is not one that the provider publishes")]
    UnknownKey,
    /// The signature is wrong.
    #[error("its signature is wrong")]
    Signature,
    /// Somebody else issued it.
    #[error("its issuer is another one")]
    Issuer,
    /// It is for somebody else.
    #[error("it is meant for another client")]
    Audience,
    /// Its time is over, or has not come; clocks may differ by a minute.
    #[error("its time is over or has not come; are the clocks right?")]
    Time,
    /// It belongs to another sign-in.
    #[error("it belongs to another sign-in")]
    Nonce,
}

/// Checks an ID token.
///
/// Keys come from the provider's published set only; a key inside the token, or a link to one, is ignored.
///
/// # Errors
/// [`IdTokenError`], the first that applies.
pub(super) fn verify(token: &str, keys: &[Jwk], expected: Expected<'_>) -> Result<Claims, IdTokenError> {
    let header = Token::decode_metadata(token).map_err(|_| IdTokenError::Malformed)?;
    let algorithm = Algorithm::named(header.algorithm()).ok_or(IdTokenError::Algorithm)?;
    let mut suitable = keys.iter().filter(|key| key.suits(algorithm));
    let key = match header.key_id() {
        Some(kid) => suitable.find(|key| key.kid.as_deref() == Some(kid)),
        // Without a key id the key must be the only one (OpenID Connect Core §10.1).
        None => suitable.next().filter(|_| suitable.next().is_none()),
    };
    let key = key.ok_or(IdTokenError::UnknownKey)?;
    let now = u64::try_from(expected.now.seconds()).map_err(|_| IdTokenError::Time)?;
    let options = VerificationOptions {
        allowed_issuers: Some(HashSet::from([expected.issuer.to_owned()])),
        allowed_audiences: Some(HashSet::from([expected.client_id.to_owned()])),
        required_nonce: Some(expected.nonce.to_owned()),
        time_tolerance: Some(Duration::from_secs(SKEW)),
        artificial_time: Some(UnixTimeStamp::from_secs(now)),
        max_token_length: Some(64 * 1024),
        ..VerificationOptions::default()
    };
    let claims: JWTClaims<Custom> = key.verify(algorithm, token, options).map_err(refusal)?;
    // The library checks these times where they stand; OpenID Connect requires that they stand there.
    if claims.expires_at.is_none() || claims.issued_at.is_none() {
        return Err(IdTokenError::Time);
    }
    let audiences = claims.audiences.map(|audiences| audiences.into_set()).unwrap_or_default();
    let azp = claims.custom.azp.as_deref();
    if azp.is_some_and(|azp| azp != expected.client_id) || (audiences.len() > 1 && azp.is_none()) {
        return Err(IdTokenError::Audience);
    }
    let subject = claims.subject.filter(|sub| !sub.is_empty() && sub.len() <= 255);
    Ok(Claims {
        subject: subject.ok_or(IdTokenError::Malformed)?,
        email: claims.custom.email,
        email_verified: claims.custom.email_verified == Some(Value::Bool(true)),
        name: claims.custom.name,
    })
}

#[derive(Serialize, Deserialize)]
struct Custom {
    azp: Option<String>,
    email: Option<String>,
    email_verified: Option<Value>,
    name: Option<String>,
}

fn refusal(error: Option<jwt_simple::Error>) -> IdTokenError {
    let Some(error) = error else { return IdTokenError::UnknownKey };
    match error.downcast_ref::<JWTError>() {
        Some(JWTError::InvalidSignature) => IdTokenError::Signature,
        Some(JWTError::AlgorithmMismatch) => IdTokenError::Algorithm,
        Some(JWTError::RequiredIssuerMismatch | JWTError::RequiredIssuerMissing) => IdTokenError::Issuer,
        Some(JWTError::RequiredAudienceMismatch | JWTError::RequiredAudienceMissing) => {
            IdTokenError::Audience
        }
        Some(JWTError::RequiredNonceMismatch | JWTError::RequiredNonceMissing) => IdTokenError::Nonce,
        Some(JWTError::TokenHasExpired | JWTError::TokenNotValidYet | JWTError::ClockDrift) => {
            IdTokenError::Time
        }
        _ => IdTokenError::Malformed,
    }
}
