//! Assertions: JWTs by which somebody else proves something once (RFC 7523).
//!
//! Pure: token, keys and the moment in; claims or the reason out. That it counts once is for who accepts it to see to.

use std::collections::HashSet;
use std::time::Duration;

use jwt_simple::prelude::{JWTClaims, VerificationOptions};
use jwt_simple::reexports::coarsetime::{Duration as Seconds, UnixTimeStamp};
use jwt_simple::token::Token;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::jwk::{Algorithm, Jwk};
use crate::host::Timestamp;

/// How far the clocks of others and ours may differ.
const SKEW: Duration = Duration::from_secs(60);

/// The longest assertion, in bytes.
const LONGEST: usize = 16 * 1024;

/// What an assertion must say.
#[derive(Clone, Copy, Debug)]
pub struct Claimed<'a> {
    /// What the header's `typ` may be, in small letters. [`None`] in the list: it may be missing.
    pub types: &'a [Option<&'a str>],
    /// `iss`.
    pub issuer: &'a str,
    /// `aud` is one of these, or a list of nothing else.
    pub audiences: &'a [&'a str],
    /// How far ahead `exp` may lie at most.
    pub life: Duration,
    /// The moment of checking.
    pub now: Timestamp,
}

/// An assertion that holds. It counts once.
#[derive(Clone, PartialEq, Eq)]
pub struct Assertion<C> {
    /// `sub`.
    pub subject: String,
    /// `jti`.
    pub id: String,
    /// Until when it would hold again: so long it must be remembered that it was used.
    pub expires_at: Timestamp,
    /// What else it says.
    pub claims: C,
}

/// Why an assertion is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssertionError {
    /// None of the published keys is meant. The keys may have changed.
    #[error("its key is not one of those that are published")]
    UnknownKey,
    /// It does not hold.
    #[error("it does not hold")]
    Invalid,
}

/// Checks an assertion. Keys come from the published set only; a key inside the token, or a link to one, is ignored.
///
/// # Errors
/// [`AssertionError`].
pub fn verify<C: Serialize + DeserializeOwned>(
    token: &str,
    keys: &[Jwk],
    claimed: Claimed<'_>,
) -> Result<Assertion<C>, AssertionError> {
    let invalid = AssertionError::Invalid;
    if token.len() > LONGEST {
        return Err(invalid);
    }
    let header = Token::decode_metadata(token).map_err(|_| invalid)?;
    let algorithm = Algorithm::named(header.algorithm()).ok_or(invalid)?;
    // A token that was made for something else is not taken for this (RFC 8725 §3.11).
    let typ = header.signature_type().map(str::to_ascii_lowercase);
    if !claimed.types.contains(&typ.as_deref()) {
        return Err(invalid);
    }
    let key = Jwk::meant(keys, algorithm, &header).ok_or(AssertionError::UnknownKey)?;
    let now = u64::try_from(claimed.now.seconds()).map_err(|_| invalid)?;
    let audiences: HashSet<String> =
        claimed.audiences.iter().map(|audience| (*audience).to_owned()).collect();
    let options = VerificationOptions {
        allowed_issuers: Some(HashSet::from([claimed.issuer.to_owned()])),
        allowed_audiences: Some(audiences.clone()),
        time_tolerance: Some(Seconds::from_secs(SKEW.as_secs())),
        artificial_time: Some(UnixTimeStamp::from_secs(now)),
        ..VerificationOptions::default()
    };
    let said: JWTClaims<C> = key.verify(algorithm, token, options).map_err(|_| invalid)?;
    // One that is also meant for others could be presented by them.
    let meant = said.audiences.map(|audiences| audiences.into_set()).unwrap_or_default();
    if !meant.iter().all(|audience| audiences.contains(audience)) {
        return Err(invalid);
    }
    let expires_at = said.expires_at.and_then(|at| i64::try_from(at.as_secs()).ok()).ok_or(invalid)?;
    let expires_at = Timestamp(expires_at.checked_mul(1000).ok_or(invalid)?).after(SKEW);
    if expires_at > claimed.now.after(claimed.life).after(SKEW).after(SKEW) {
        return Err(invalid);
    }
    let named = |text: Option<String>| text.filter(|text| !text.is_empty() && text.len() <= 512);
    Ok(Assertion {
        subject: named(said.subject).ok_or(invalid)?,
        id: named(said.jwt_id).ok_or(invalid)?,
        expires_at,
        claims: said.custom,
    })
}

impl<C> std::fmt::Debug for Assertion<C> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Assertion(..)")
    }
}

#[cfg(test)]
mod tests {
    use jwt_simple::prelude::{
        ECDSAP256KeyPairLike as _, ES256KeyPair, HS256Key, HeaderOptions, MACLike as _, NoCustomClaims,
    };
    use serde_json::{Value, json};

    use super::*;
    use crate::oidc::testing::jwk;

    const NOW: i64 = 1_800_000_000;
    const ISSUER: &str = "client-1";
    const GATE: [&str; 2] = ["https://gate.example.com", "https://gate.example.com/token"];

    fn pair(seed: u8) -> ES256KeyPair {
        ES256KeyPair::from_bytes(&[seed; 32]).unwrap().with_key_id("k1")
    }

    fn signed(pair: &ES256KeyPair, typ: &str, change: &str, value: Value) -> String {
        let mut claims = json!({
            "iss": ISSUER, "sub": ISSUER, "aud": GATE[0], "exp": NOW + 300, "iat": NOW, "jti": "once",
        });
        match value {
            Value::Null => drop(claims.as_object_mut().unwrap().remove(change)),
            value => claims[change] = value,
        }
        let mut empty = JWTClaims::<Value>::new();
        empty.custom = claims;
        let options = HeaderOptions { signature_type: Some(typ.to_owned()), content_type: None };
        pair.sign_with_options(empty, &options).unwrap()
    }

    fn check(token: &str) -> Result<Assertion<NoCustomClaims>, AssertionError> {
        let keys = Jwk::read_all(vec![
            jwk(&pair(1), "k1"),
            json!({ "kty": "oct", "kid": "k1", "k": "A".repeat(43) }),
        ]);
        let claimed = Claimed {
            types: &[None, Some("jwt")],
            issuer: ISSUER,
            audiences: &GATE,
            life: Duration::from_secs(600),
            now: Timestamp(NOW * 1000),
        };
        verify(token, &keys, claimed)
    }

    fn with(change: &str, value: Value) -> Result<(), AssertionError> {
        check(&signed(&pair(1), "JWT", change, value)).map(drop)
    }

    #[test]
    fn an_assertion_holds_for_its_issuer_audience_and_time() {
        let held = check(&signed(&pair(1), "JWT", "x", json!(1))).unwrap();
        assert_eq!((held.subject.as_str(), held.id.as_str()), (ISSUER, "once"));
        assert_eq!(held.expires_at, Timestamp((NOW + 360) * 1000));
        for (change, value) in [
            ("aud", json!(GATE[1])),
            ("aud", json!([GATE[0]])),
            ("aud", json!(GATE)),
            ("exp", json!(NOW + 600)),
            ("exp", json!(NOW - 59)),
            ("iat", json!(NOW + 59)),
            ("iat", Value::Null),
        ] {
            assert_eq!(with(change, value.clone()), Ok(()), "{change} {value}");
        }
        for (change, value) in [
            ("iss", json!("client-2")),
            ("iss", Value::Null),
            ("aud", json!("https://other.example.com")),
            ("aud", json!([GATE[0], "https://other.example.com"])),
            ("aud", json!([])),
            ("aud", Value::Null),
            ("exp", json!(NOW + 661)),
            ("exp", json!(NOW - 61)),
            ("exp", json!(u64::MAX)),
            ("exp", json!(-1)),
            ("exp", json!("soon")),
            ("exp", Value::Null),
            ("iat", json!(NOW + 61)),
            ("nbf", json!(NOW + 61)),
            ("jti", json!("")),
            ("jti", json!("x".repeat(513))),
            ("jti", Value::Null),
            ("sub", json!("")),
            ("sub", Value::Null),
        ] {
            assert_eq!(with(change, value.clone()), Err(AssertionError::Invalid), "{change} {value}");
        }
    }

    #[test]
    fn what_was_made_for_something_else_is_not_taken() {
        for typ in ["at+jwt", "oauth-id-jag+jwt", "JWE", ""] {
            let token = signed(&pair(1), typ, "x", json!(1));
            assert_eq!(check(&token).unwrap_err(), AssertionError::Invalid, "{typ}");
        }
    }

    #[test]
    fn forgeries_do_not_hold() {
        let token = signed(&pair(1), "JWT", "x", json!(1));
        let (head, signature) = token.rsplit_once('.').unwrap();
        let other = signed(&pair(2), "JWT", "x", json!(2));
        let mut claims = JWTClaims::<Value>::new();
        claims.custom = json!({ "iss": ISSUER, "sub": ISSUER, "aud": GATE[0], "exp": NOW + 9, "jti": "j" });
        let symmetric = HS256Key::from_bytes(&[0; 32]).with_key_id("k1").authenticate(claims).unwrap();
        for forged in [
            format!("{head}."),
            format!("{head}.{}", "A".repeat(86)),
            format!("{}.{}", other.rsplit_once('.').unwrap().0, signature),
            other,
            symmetric,
            String::new(),
            "a.b.c".to_owned(),
            format!("{token}.x"),
            "x".repeat(20_000),
        ] {
            assert_eq!(check(&forged).unwrap_err(), AssertionError::Invalid, "{forged}");
        }
        let unknown = signed(&pair(1).with_key_id("k2"), "JWT", "x", json!(1));
        assert_eq!(check(&unknown).unwrap_err(), AssertionError::UnknownKey);
    }
}
