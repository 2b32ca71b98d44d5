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

use super::vouching::Said;
use crate::config::Vouching;
use crate::crypto::jwk::{Algorithm, Jwk};
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
    /// `nonce`; [`None`] where there was no authorization request (OpenID Connect Core §12.2).
    pub nonce: Option<&'a str>,
    /// The moment of checking.
    pub now: Timestamp,
    /// How the provider says that an address is the person's.
    pub vouching: &'a Vouching,
    /// Since when the person must have proven who they are, as far as the token says when they did.
    pub since: Option<Timestamp>,
}

/// Who has signed in. Personal data: `Debug` shows none of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Claims {
    /// The provider's identifier of the person.
    pub subject: String,
    /// Their address, verified or not.
    pub email: Option<String>,
    /// Whether the provider vouches for the address.
    pub email_verified: bool,
    /// What to call them.
    pub name: Option<String>,
    /// When they proved to the provider who they are, if it says so.
    pub auth_time: Option<Timestamp>,
    /// When what the provider says of them is over.
    pub expires_at: Timestamp,
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
    /// The provider does not say when the person proved who they are.
    #[error("it does not say when you proved who you are (auth_time), as it was asked to")]
    Undated,
    /// The provider did not ask the person anew.
    #[error("it says that you proved who you are before you were asked to")]
    Stale,
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
    let key = Jwk::meant(keys, algorithm, &header).ok_or(IdTokenError::UnknownKey)?;
    let now = u64::try_from(expected.now.seconds()).map_err(|_| IdTokenError::Time)?;
    let options = VerificationOptions {
        allowed_issuers: Some(HashSet::from([expected.issuer.to_owned()])),
        allowed_audiences: Some(HashSet::from([expected.client_id.to_owned()])),
        required_nonce: expected.nonce.map(str::to_owned),
        time_tolerance: Some(Duration::from_secs(SKEW)),
        artificial_time: Some(UnixTimeStamp::from_secs(now)),
        max_token_length: Some(64 * 1024),
        ..VerificationOptions::default()
    };
    let claims: JWTClaims<Custom> = key.verify(algorithm, token, options).map_err(refusal)?;
    // The library checks these times where they stand; OpenID Connect requires that they stand there.
    let expires_at = claims.expires_at.filter(|_| claims.issued_at.is_some()).ok_or(IdTokenError::Time)?;
    let expires_at = i64::try_from(expires_at.as_secs()).map_err(|_| IdTokenError::Time)?;
    let audiences = claims.audiences.map(|audiences| audiences.into_set()).unwrap_or_default();
    let azp = claims.custom.azp.as_deref();
    if azp.is_some_and(|azp| azp != expected.client_id) || (audiences.len() > 1 && azp.is_none()) {
        return Err(IdTokenError::Audience);
    }
    let auth_time = claims.custom.auth_time.as_ref().map(|at| at.as_i64().unwrap_or_default());
    if let Some(since) = expected.since {
        // OpenID Connect Core §2: required where `max_age` was asked for. Whoever has the browser can take that away.
        let at = auth_time.ok_or(IdTokenError::Undated)?;
        if at.saturating_add_unsigned(SKEW) < since.seconds() {
            return Err(IdTokenError::Stale);
        }
    }
    let subject = claims.subject.filter(|sub| !sub.is_empty() && sub.len() <= 255);
    Ok(Claims {
        subject: subject.ok_or(IdTokenError::Malformed)?,
        email_verified: claims.custom.address.is_vouched(expected.vouching),
        email: claims.custom.address.email,
        name: claims.custom.name,
        auth_time: auth_time.map(|at| Timestamp(at.saturating_mul(1000))),
        expires_at: Timestamp(expires_at.saturating_mul(1000)),
    })
}

#[derive(Serialize, Deserialize)]
struct Custom {
    azp: Option<String>,
    #[serde(flatten)]
    address: Said,
    name: Option<String>,
    auth_time: Option<Value>,
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

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use jwt_simple::prelude::{
        ES256KeyPair, Ed25519KeyPair, EdDSAKeyPairLike as _, HS256Key, JWTClaims, MACLike as _,
    };
    use serde_json::json;

    use super::super::testing::{jwk, sign};
    use super::*;

    const NOW: i64 = 1_800_000_000;

    /// Made with OpenSSL: a key that is nobody's, and what it signed.
    const RSA: &str = "rz5OXu-PQVHLw6NJ1ZNnSWJZY1RY33u-jmIiEP_nT8m-wCg_lKHgiwpspySpx2hSpxgqSFccmtYfib1B9_KYajnkr7Wkj-vE\
         7IJEtebXP2LWLro4GHtrRPy5RRk2tDX7qCUFAy1chyfLXRtBru2_bh54L-GwDX7g8CLhGTuXf4L-abn1SEo1IkGa33X2U-86\
         QXbmI63SwBcmbB0vveJkTiRU7CN3ycI8TarEpsIAfh4CgjAW9bRwIBe2DRpeQBnkNrBrlUTjr7TS4y3K8aUAaNk0C-Zj-NVs\
         LjC9f74itkjV7_qNzjUhZ0vJ-R-1ljSRtTfXDFLAmCaI9C0xISXzEw";
    const CLAIMS: &str = "eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlLmNvbSIsInN1YiI6ImphbmUiLCJhdWQiOiJtY3BnYXRlIiwiZXhwIjoxODAw\
         MDAwMzAwLCJpYXQiOjE4MDAwMDAwMDAsIm5vbmNlIjoibiJ9";
    const RS256: &str = "HZMbkv1iDEGU5Tvgcba6mAWFi-WYjSYSiqDD0O6xkRi9dB8BL_Cxy9dZpFbUKvDpQYaSOiOR1ML_qeIddNYBUCrYaxiOZKSe\
         UDSWTPMkI5C-x1rqRHwtyHb3HZf_iQeTId5fUU1ey1E-6uCF2P2bOps8lMhZj3cJ-Dy6UpHZGIAyplrpzeCQwbvlKpUHpGFR\
         saDz05O4QqbT1ksf92mLC7zDREAVM8Q0ecIcmYMHwKFY7UjPV8QvQ0VKhB6751LI2I6wiHj5Sbuu2idz_1UY7ba5SsOg5I9n\
         oS6-lOxL8pD7s3c3Az1iVxdmOsZ1Oykp4lllEHCThKw-zCOV05Zj2g";
    const PS256: &str = "h_b-Arz_mXTD248ZTWxxK3M971NpuEdTxdjoLU1XgUvEdsHlKOfKgiFAKMq_sFVfto2lPchWWG0xrKAoCnyTyqk7VfQU9Hzs\
         _pO5XvRu61wArwfVIounEtBZxVdluflQVTLweyBO-MqnnXH_pTkj8HPZ35xeEw34wNdMEInhpZMv4bYtJ7lMKp68CQcXDudQ\
         m7Mm4U3Y8NRsq0DuLbexsayMDUJhFQ_PxfPkenC2CVEEZdL6BBAif_o3EH1pcbqAOKuENYkOrB_o1rUl_16D3YIeSfFgvcv5\
         TFMdgCMgcGyQMs6ljNz-4i_O5cHHIwERLJrgMkUU1UzCLogDDU5t_Q";

    fn pair(seed: u8) -> ES256KeyPair {
        ES256KeyPair::from_bytes(&[seed; 32]).unwrap().with_key_id("k1")
    }

    fn edwards() -> Ed25519KeyPair {
        let seed = ed25519_compact_seed();
        Ed25519KeyPair::from_bytes(&seed).unwrap().with_key_id("ed")
    }

    /// RFC 8032 §7.1, test 1: secret and public key.
    fn ed25519_compact_seed() -> [u8; 64] {
        let text = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60\
                    d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
        std::array::from_fn(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap())
    }

    fn keys() -> Vec<Jwk> {
        let x = URL_SAFE_NO_PAD.encode(&ed25519_compact_seed()[32..]);
        Jwk::read_all(vec![
            json!({ "kty": "oct", "kid": "k1", "k": "AAAA" }),
            json!({ "kty": "EC", "kid": "broken", "crv": "P-256", "x": "AA", "y": "AA" }),
            jwk(&pair(1), "k1"),
            json!({ "kty": "RSA", "kid": "rsa", "n": RSA, "e": "AQAB" }),
            json!({ "kty": "RSA", "kid": "enc", "use": "enc", "n": RSA, "e": "AQAB" }),
            json!({ "kty": "OKP", "kid": "ed", "crv": "Ed25519", "x": x }),
        ])
    }

    fn expected() -> Expected<'static> {
        Expected {
            issuer: "https://idp.example.com",
            client_id: "mcpgate",
            nonce: Some("n"),
            now: Timestamp(NOW * 1000),
            vouching: &Vouching::Verified,
            since: None,
        }
    }

    fn claims(name: &str, value: Value) -> Value {
        let mut claims = json!({
            "iss": "https://idp.example.com", "sub": "jane", "aud": "mcpgate", "exp": NOW + 300, "iat": NOW,
            "nonce": "n", "email": "jane@example.com", "email_verified": true,
        });
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value;
        }
        claims
    }

    fn check(token: &str) -> Result<Claims, IdTokenError> {
        verify(token, &keys(), expected())
    }

    fn with(name: &str, value: Value) -> Result<Claims, IdTokenError> {
        check(&sign(&pair(1), claims(name, value)))
    }

    /// A token with any header, and a signature that somebody made up.
    fn forged(header: Value, signature: &[u8]) -> String {
        let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.{}", part(header), part(claims("x", json!(1))), URL_SAFE_NO_PAD.encode(signature))
    }

    #[test]
    fn the_four_algorithms_hold() {
        assert_eq!(with("x", json!(1)).unwrap().email.as_deref(), Some("jane@example.com"));
        let mut plain = JWTClaims::<Value>::new();
        plain.custom = claims("x", json!(1));
        assert!(check(&edwards().sign(plain).unwrap()).is_ok());
        for (algorithm, signature) in [("RS256", RS256), ("PS256", PS256)] {
            let header = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"{algorithm}","kid":"rsa"}}"#));
            assert!(check(&format!("{header}.{CLAIMS}.{signature}")).is_ok(), "{algorithm}");
            let altered =
                String::from_utf8(URL_SAFE_NO_PAD.decode(CLAIMS).unwrap()).unwrap().replace("jane", "joan");
            let altered = URL_SAFE_NO_PAD.encode(altered);
            let token = format!("{header}.{altered}.{signature}");
            assert_eq!(check(&token), Err(IdTokenError::Signature), "{algorithm}");
        }
        // What one algorithm signed is nothing under the other.
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"PS256","kid":"rsa"}"#);
        assert_eq!(check(&format!("{header}.{CLAIMS}.{RS256}")), Err(IdTokenError::Signature));
    }

    #[test]
    fn an_algorithm_that_is_not_on_the_list_is_refused_before_anything_else() {
        for algorithm in ["none", "None", "HS256", "HS512", "RS1", "ES256K", "RS512", "dir", ""] {
            let token = forged(json!({ "alg": algorithm, "kid": "k1" }), b"");
            assert_eq!(check(&token), Err(IdTokenError::Algorithm), "{algorithm}");
        }
        // Algorithm confusion: the public key as an HMAC key.
        let secret = HS256Key::from_bytes(&URL_SAFE_NO_PAD.decode(RSA).unwrap()).with_key_id("rsa");
        let mut plain = JWTClaims::<Value>::new();
        plain.custom = claims("x", json!(1));
        assert_eq!(check(&secret.authenticate(plain).unwrap()), Err(IdTokenError::Algorithm));
    }

    #[test]
    fn only_published_keys_of_the_right_kind_count() {
        let header = |kid: &str| json!({ "alg": "ES256", "kid": kid });
        for kid in ["unknown", "rsa", "ed", "", "../k1"] {
            assert_eq!(check(&forged(header(kid), &[1; 64])), Err(IdTokenError::UnknownKey), "{kid}");
        }
        assert_eq!(check(&forged(header("broken"), &[1; 64])), Err(IdTokenError::UnknownKey));
        let encryption = forged(json!({ "alg": "RS256", "kid": "enc" }), &[1; 256]);
        assert_eq!(check(&encryption), Err(IdTokenError::UnknownKey));
        // The attacker's own key, signed well and sent along, or linked to.
        let token = sign(&pair(9), claims("x", json!(1)));
        assert_eq!(check(&token), Err(IdTokenError::Signature));
        let (_, rest) = token.split_once('.').unwrap();
        for extra in [
            json!({ "jwk": jwk(&pair(9), "k1") }),
            json!({ "jku": "https://evil.example.org/jwks" }),
            json!({ "x5u": "https://evil.example.org/cert" }),
        ] {
            let mut header = header("k1");
            header.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
            let head = URL_SAFE_NO_PAD.encode(header.to_string());
            assert!(check(&format!("{head}.{rest}")).is_err());
        }
    }

    #[test]
    fn without_a_key_id_the_key_must_be_the_only_one() {
        let nameless = ES256KeyPair::from_bytes(&[1; 32]).unwrap();
        let token = sign(&nameless, claims("x", json!(1)));
        let one = Jwk::read_all(vec![jwk(&pair(1), "k1")]);
        assert!(verify(&token, &one, expected()).is_ok());
        let two = Jwk::read_all(vec![jwk(&pair(1), "k1"), jwk(&pair(2), "k2")]);
        assert_eq!(verify(&token, &two, expected()), Err(IdTokenError::UnknownKey));
        assert_eq!(verify(&token, &[], expected()), Err(IdTokenError::UnknownKey));
    }

    #[test]
    fn signatures_cannot_be_empty_zero_or_altered() {
        let header = json!({ "alg": "ES256", "kid": "k1" });
        for signature in [&[][..], &[0; 64], &[1; 63], &[255; 64]] {
            assert!(check(&forged(header.clone(), signature)).is_err());
        }
        let critical = json!({ "alg": "ES256", "kid": "k1", "crit": ["exp"] });
        assert!(check(&forged(critical, &[1; 64])).is_err());
        for token in ["", ".", "..", "a.b.c", "a.b.c.d"] {
            assert_eq!(check(token), Err(IdTokenError::Malformed), "{token}");
        }
    }

    #[test]
    fn claims_must_be_for_us_from_them_and_of_this_sign_in() {
        let cases = [
            ("iss", json!("https://idp.example.com/"), IdTokenError::Issuer),
            ("iss", Value::Null, IdTokenError::Issuer),
            ("aud", json!("other"), IdTokenError::Audience),
            ("aud", json!(["other"]), IdTokenError::Audience),
            ("aud", json!([]), IdTokenError::Audience),
            ("aud", Value::Null, IdTokenError::Audience),
            ("aud", json!(["mcpgate", "other"]), IdTokenError::Audience),
            ("azp", json!("other"), IdTokenError::Audience),
            ("nonce", json!("m"), IdTokenError::Nonce),
            ("nonce", Value::Null, IdTokenError::Nonce),
            ("sub", Value::Null, IdTokenError::Malformed),
            ("sub", json!(""), IdTokenError::Malformed),
            ("sub", json!(7), IdTokenError::Malformed),
        ];
        for (name, value, error) in cases {
            assert_eq!(with(name, value.clone()), Err(error), "{name} {value}");
        }
        let mut both = claims("aud", json!(["mcpgate", "other"]));
        both["azp"] = json!("mcpgate");
        assert!(check(&sign(&pair(1), both)).is_ok());
    }

    #[test]
    fn times_must_stand_there_and_hold_within_a_minute() {
        for (name, value, holds) in [
            ("exp", json!(NOW - 60), true),
            ("exp", json!(NOW - 61), false),
            ("exp", Value::Null, false),
            ("iat", json!(NOW + 60), true),
            ("iat", json!(NOW + 61), false),
            ("iat", Value::Null, false),
            ("nbf", json!(NOW + 60), true),
            ("nbf", json!(NOW + 61), false),
        ] {
            let result = with(name, value.clone()).map(drop);
            assert_eq!(result, if holds { Ok(()) } else { Err(IdTokenError::Time) }, "{name} {value}");
        }
    }

    #[test]
    fn who_was_asked_anew_has_proven_it_since() {
        let since = |value: Value| {
            let expected = Expected { since: Some(Timestamp(NOW * 1000)), ..expected() };
            let token = sign(&pair(1), claims("auth_time", value));
            verify(&token, &keys(), expected).map(|claims| claims.auth_time)
        };
        assert_eq!(since(json!(NOW - 60)), Ok(Some(Timestamp((NOW - 60) * 1000))));
        for stale in [json!(NOW - 61), json!(0), json!("now"), json!([])] {
            assert_eq!(since(stale.clone()), Err(IdTokenError::Stale), "{stale}");
        }
        assert_eq!(since(Value::Null), Err(IdTokenError::Undated));
        assert!(with("auth_time", json!(0)).is_ok(), "who is not asked anew need not have");
    }

    #[test]
    fn an_address_is_verified_by_true_alone() {
        assert!(with("email_verified", json!(true)).unwrap().email_verified);
        for value in [json!(false), json!("true"), json!(1), json!([true]), Value::Null] {
            assert!(!with("email_verified", value.clone()).unwrap().email_verified, "{value}");
        }
    }
}
