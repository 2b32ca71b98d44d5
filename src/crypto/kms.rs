//! Google Cloud KMS over REST: `encrypt` and `decrypt` of symmetric keys, as a service account.
//!
//! Sources: <https://cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings.cryptoKeys/encrypt>,
//! `.../decrypt`, <https://cloud.google.com/kms/docs/data-integrity-guidelines>,
//! <https://developers.google.com/identity/protocols/oauth2/service-account#httprest>.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use crc::{CRC_32_ISCSI, Crc};
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{Request, Response, StatusCode};
use jwt_simple::claims::Audiences;
use jwt_simple::prelude::{JWTClaims, RS256KeyPair, RSAKeyPairLike as _};
use jwt_simple::reexports::coarsetime::UnixTimeStamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::form_urlencoded::Serializer;
use zeroize::Zeroizing;

use super::Secret;
use crate::config::Kms;
use crate::context::Context;
use crate::host::{FetchError, Host, Level, LogLine, PortError, Timestamp};
use crate::outbound::{SMALL, fetch_all};

/// The largest answer, in bytes.
const LONGEST: usize = 64 * 1024;
/// How long the account's assertion holds, in seconds: as long as Google allows.
const ASSERTION: u64 = 3600;
/// How long before its end a token is given up.
const EARLY: Duration = Duration::from_secs(60);
const SCOPE: &str = "https://www.googleapis.com/auth/cloudkms";

/// Encrypts a text under the key that wraps, bound to `binding`.
///
/// # Errors
/// When the service does not do it, or what arrived is not what was sent. The log says why.
pub(super) async fn encrypt<H: Host>(
    context: &Context<H>,
    kms: &Kms,
    binding: &[u8],
    plain: &[u8],
) -> Result<Vec<u8>, PortError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Encrypted {
        name: String,
        ciphertext: String,
        ciphertext_crc32c: Value,
        #[serde(default)]
        verified_plaintext_crc32c: bool,
        #[serde(default)]
        verified_additional_authenticated_data_crc32c: bool,
    }
    let body = Zeroizing::new(
        json!({
            "plaintext": STANDARD.encode(plain),
            "plaintextCrc32c": checksum(plain),
            "additionalAuthenticatedData": STANDARD.encode(binding),
            "additionalAuthenticatedDataCrc32c": checksum(binding),
        })
        .to_string(),
    );
    let asked = ask::<H, Encrypted>(context, kms, &kms.key, "encrypt", &body).await;
    let answer = asked.and_then(|answer| {
        let ciphertext = intact(&answer.ciphertext, &answer.ciphertext_crc32c)?.to_vec();
        let version = answer.name.strip_prefix(&kms.key).unwrap_or_default();
        let sound = answer.verified_plaintext_crc32c
            && answer.verified_additional_authenticated_data_crc32c
            && version.starts_with("/cryptoKeyVersions/");
        if sound { Ok(ciphertext) } else { Err(KmsError::Rubbish) }
    });
    answer.map_err(|error| failed(context, "encrypt", error))
}

/// Decrypts what [`encrypt`] made under one of the keys, for the same `binding`.
///
/// # Errors
/// As those of [`encrypt`].
pub(super) async fn decrypt<H: Host>(
    context: &Context<H>,
    kms: &Kms,
    key: &str,
    binding: &[u8],
    ciphertext: &[u8],
) -> Result<Zeroizing<Vec<u8>>, PortError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Decrypted {
        plaintext: Secret,
        plaintext_crc32c: Value,
    }
    let body = json!({
        "ciphertext": STANDARD.encode(ciphertext),
        "ciphertextCrc32c": checksum(ciphertext),
        "additionalAuthenticatedData": STANDARD.encode(binding),
        "additionalAuthenticatedDataCrc32c": checksum(binding),
    });
    let asked = ask::<H, Decrypted>(context, kms, key, "decrypt", &body.to_string()).await;
    let answer = asked.and_then(|answer| intact(answer.plaintext.expose(), &answer.plaintext_crc32c));
    answer.map_err(|error| failed(context, "decrypt", error))
}

/// Why the service did not do what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum KmsError {
    /// It is not there.
    Unreachable,
    /// It was too late.
    TimedOut,
    /// The secret with the service account is not set, or is not one.
    NotConfigured,
    /// The token endpoint does not take the account's assertion.
    Account(StatusCode),
    /// It said no.
    Refused(StatusCode),
    /// Its answer is not what its reference says, or was altered on the way.
    Rubbish,
}

impl KmsError {
    fn name(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::TimedOut => "timed_out",
            Self::NotConfigured => "not_configured",
            Self::Account(_) => "account",
            Self::Refused(_) => "refused",
            Self::Rubbish => "rubbish",
        }
    }
}

impl From<FetchError> for KmsError {
    fn from(error: FetchError) -> Self {
        match error {
            FetchError::Unreachable(_) => Self::Unreachable,
            FetchError::TimedOut => Self::TimedOut,
        }
    }
}

fn failed<H: Host>(context: &Context<H>, task: &'static str, error: KmsError) -> PortError {
    let status = match error {
        KmsError::Account(status) | KmsError::Refused(status) => status.as_u16(),
        _ => 0,
    };
    let line = LogLine::new(Level::Error, "kms_failed").word("task", task).word("why", error.name());
    context.host.log(line.number("status", status.into()));
    PortError::new("keys", format_args!("Google Cloud KMS: {}", error.name()))
}

/// Asks for something to be done with a key. A token that is not taken is renewed once.
async fn ask<H: Host, A: DeserializeOwned>(
    context: &Context<H>,
    kms: &Kms,
    key: &str,
    verb: &str,
    body: &str,
) -> Result<A, KmsError> {
    let url = format!("{}/v1/{key}:{verb}", kms.endpoint);
    let mut answer = post(context, kms, &url, body).await?;
    if answer.status() == StatusCode::UNAUTHORIZED {
        context.host.isolate().kms_tokens.forget(&kms.service_account);
        answer = post(context, kms, &url, body).await?;
    }
    if answer.status() != StatusCode::OK {
        return Err(KmsError::Refused(answer.status()));
    }
    serde_json::from_slice(answer.body()).map_err(|_| KmsError::Rubbish)
}

async fn post<H: Host>(
    context: &Context<H>,
    kms: &Kms,
    url: &str,
    body: &str,
) -> Result<Response<Bytes>, KmsError> {
    let token = token(context, kms).await?;
    let request = Request::post(url)
        .header(CONTENT_TYPE, "application/json")
        .header(ACCEPT, "application/json")
        .header(AUTHORIZATION, format!("Bearer {}", token.expose()));
    let request =
        request.body(Bytes::copy_from_slice(body.as_bytes())).map_err(|_| KmsError::NotConfigured)?;
    Ok(fetch_all(&context.host, request, SMALL, LONGEST).await?)
}

/// An access token of the service account, from the isolate's memory or a new one.
async fn token<H: Host>(context: &Context<H>, kms: &Kms) -> Result<Secret, KmsError> {
    #[derive(Deserialize)]
    struct Token {
        access_token: Secret,
        #[serde(default)]
        expires_in: u64,
    }
    let (host, isolate) = (&context.host, context.host.isolate());
    let known = isolate.kms_tokens.recall(&kms.service_account, host.now(), Duration::MAX);
    if let Some((token, _)) = known.filter(|(_, until)| host.now() < *until) {
        return Ok(token);
    }
    let secret = host.secret(&kms.service_account).await.ok().flatten().ok_or(KmsError::NotConfigured)?;
    let assertion =
        assertion(secret.expose(), &kms.token_endpoint, host.now()).ok_or(KmsError::NotConfigured)?;
    let form = Serializer::new(String::new())
        .append_pair("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")
        .append_pair("assertion", assertion.expose())
        .finish();
    let request = Request::post(&kms.token_endpoint)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(ACCEPT, "application/json")
        .body(Bytes::from(form))
        .map_err(|_| KmsError::NotConfigured)?;
    let answer = fetch_all(host, request, SMALL, LONGEST).await?;
    if answer.status() != StatusCode::OK {
        return Err(KmsError::Account(answer.status()));
    }
    let token: Token = serde_json::from_slice(answer.body()).map_err(|_| KmsError::Rubbish)?;
    let until = host.now().after(Duration::from_secs(token.expires_in)).before(EARLY);
    let kept = (token.access_token.clone(), until);
    isolate.kms_tokens.keep(kms.service_account.clone(), host.now(), kept);
    Ok(token.access_token)
}

/// What the service account signs to get a token (RFC 7523 §2.1); [`None`] when the secret is no key of one.
fn assertion(account: &str, audience: &str, now: Timestamp) -> Option<Secret> {
    #[derive(Deserialize)]
    struct Account {
        client_email: String,
        private_key: Secret,
        private_key_id: String,
    }
    #[derive(Serialize, Deserialize)]
    struct Scope {
        scope: &'static str,
    }
    let account: Account = serde_json::from_str(account).ok()?;
    let pair =
        RS256KeyPair::from_pem(account.private_key.expose()).ok()?.with_key_id(&account.private_key_id);
    let now = u64::try_from(now.seconds()).ok()?;
    let claims = JWTClaims {
        issued_at: Some(UnixTimeStamp::from_secs(now)),
        expires_at: Some(UnixTimeStamp::from_secs(now + ASSERTION)),
        invalid_before: None,
        issuer: Some(account.client_email),
        subject: None,
        audiences: Some(Audiences::AsString(audience.to_owned())),
        jwt_id: None,
        nonce: None,
        custom: Scope { scope: SCOPE },
    };
    pair.sign(claims).ok().map(Secret::new)
}

/// CRC32C, as the service writes 64-bit numbers in JSON.
fn checksum(bytes: &[u8]) -> String {
    const CRC: Crc<u32> = Crc::<u32>::new(&CRC_32_ISCSI);
    CRC.checksum(bytes).to_string()
}

/// The bytes of a field, if its checksum says that they are those that were sent.
fn intact(field: &str, expected: &Value) -> Result<Zeroizing<Vec<u8>>, KmsError> {
    let bytes = STANDARD.decode(field).map(Zeroizing::new).map_err(|_| KmsError::Rubbish)?;
    let expected = match expected {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if expected == checksum(&bytes) { Ok(bytes) } else { Err(KmsError::Rubbish) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_crc32c() {
        // RFC 3720, appendix B.4: 32 bytes of zeroes, and of ones.
        assert_eq!(checksum(&[0; 32]), 0x8a91_36aa_u32.to_string());
        assert_eq!(checksum(&[0xff; 32]), 0x62a8_ab43_u32.to_string());
    }

    #[test]
    fn a_field_that_was_altered_is_rubbish() {
        let (text, sum) = (STANDARD.encode("value"), checksum(b"value"));
        assert_eq!(intact(&text, &json!(sum)).unwrap().as_slice(), b"value");
        assert_eq!(intact(&text, &json!(sum.parse::<u32>().unwrap())).unwrap().as_slice(), b"value");
        for (field, sum) in [
            (STANDARD.encode("valve"), json!(sum)),
            ("%".to_owned(), json!(sum)),
            (text.clone(), Value::Null),
            (text.clone(), json!("0")),
        ] {
            assert_eq!(intact(&field, &sum).unwrap_err(), KmsError::Rubbish);
        }
    }

    #[test]
    fn what_is_no_service_account_signs_nothing() {
        let now = Timestamp(1_800_000_000_000);
        for account in [
            "",
            "{}",
            r#"{"client_email":"a@b","private_key":"","private_key_id":"1"}"#,
            r#"{"client_email":"a@b","private_key":"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n","private_key_id":"1"}"#,
        ] {
            assert!(assertion(account, "https://oauth2.googleapis.com/token", now).is_none(), "{account}");
        }
    }
}
