//! The public keys by which AI clients prove who they are.

use std::time::Duration;

use bytes::Bytes;
use http::header::ACCEPT;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::document::keep_for;
use crate::context::Context;
use crate::crypto::assertion::{self, Assertion, AssertionError, Claimed};
use crate::crypto::digest;
use crate::crypto::jwk::Jwk;
use crate::host::{Host, Timestamp};
use crate::outbound::{SMALL, fetch_all, public_url};

/// Where a client's keys are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Keys {
    /// In its document, or in the configuration.
    Here(Vec<Jwk>),
    /// At an address that may be asked: checked where it was read.
    At(String),
}

/// Why nothing was proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeysError {
    /// The assertion does not hold.
    Invalid,
    /// The keys could not be read.
    Unavailable,
}

/// For how long keys are kept at least and at most, whatever their own headers say.
const KEEP: (Duration, Duration) = (Duration::from_secs(300), Duration::from_secs(3600));

/// The floor between two readings, whatever came of the first and whatever its headers say: no assertion can make us ask
/// more often.
const FLOOR: Duration = Duration::from_secs(60);

/// The longest key set that is read, in bytes.
const LONGEST: usize = 64 * 1024;

/// Keys as they were read; [`None`] where they could not be.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ClientKeys {
    at: Timestamp,
    keys: Option<Vec<Jwk>>,
}

/// A JWK set (RFC 7517 §5), as a client writes it.
#[derive(Clone, Deserialize)]
pub(super) struct Set {
    keys: Vec<Value>,
}

impl Keys {
    /// What a client publishes of itself: a set, or where it is; [`None`] for neither. The error says what is wrong.
    pub(super) fn published(set: Option<Set>, uri: Option<String>) -> Result<Option<Self>, &'static str> {
        Ok(match (set, uri) {
            (Some(set), _) => {
                Some(Self::Here(Jwk::read_public(set.keys).ok_or("it publishes a private key")?))
            }
            (None, Some(uri)) => {
                let public = public_url(&uri);
                let public = public.ok_or("the address of its keys (jwks_uri) is not a public https URL")?;
                Some(Self::At(public.into()))
            }
            (None, None) => None,
        })
    }

    /// Checks an assertion with these keys; those at an address are read again when none of them is meant.
    pub(super) async fn verify<C: Serialize + DeserializeOwned, H: Host>(
        &self,
        context: &Context<H>,
        token: &str,
        claimed: Claimed<'_>,
    ) -> Result<Assertion<C>, KeysError> {
        let url = match self {
            Self::Here(keys) => {
                return assertion::verify(token, keys, claimed).map_err(|_| KeysError::Invalid);
            }
            Self::At(url) => url,
        };
        let (known, just_now) = match known(context, url).await {
            Some(known) => (known, false),
            None => (read(context, url).await, true),
        };
        let again = !just_now && known.at.after(FLOOR) <= claimed.now;
        match known.keys.map(|keys| assertion::verify(token, &keys, claimed)) {
            None | Some(Err(AssertionError::UnknownKey)) if again => {
                let keys = read(context, url).await.keys.ok_or(KeysError::Unavailable)?;
                assertion::verify(token, &keys, claimed).map_err(|_| KeysError::Invalid)
            }
            verified => verified.ok_or(KeysError::Unavailable)?.map_err(|_| KeysError::Invalid),
        }
    }
}

/// What was read lately: here, or by another isolate of this place.
async fn known<H: Host>(context: &Context<H>, url: &str) -> Option<ClientKeys> {
    let key = cache_key(url);
    if let Some(known) = context.host.isolate().client_keys.recall(&key, context.host.now(), FLOOR) {
        return Some(known);
    }
    let cached = context.host.cache_get(&key).await.ok().flatten()?;
    serde_json::from_str(&cached).ok()
}

/// Reads the keys, and remembers that, also when it fails.
async fn read<H: Host>(context: &Context<H>, url: &str) -> ClientKeys {
    let (host, at) = (&context.host, context.host.now());
    let (keys, keep) = match fetch(context, url).await {
        Ok((keys, keep)) => (Some(keys), keep.map_or(FLOOR, |keep| keep.max(FLOOR))),
        Err(_) => (None, FLOOR),
    };
    let read = ClientKeys { at, keys };
    if let Ok(text) = serde_json::to_string(&read) {
        // A cache that fails costs time, nothing else.
        let _ = host.cache_put(&cache_key(url), &text, keep).await;
    }
    host.isolate().client_keys.keep(cache_key(url), at, read.clone());
    read
}

/// The keys, and how long they may be kept by their own headers.
async fn fetch<H: Host>(context: &Context<H>, url: &str) -> Result<(Vec<Jwk>, Option<Duration>), KeysError> {
    let request = http::Request::get(url).header(ACCEPT, "application/jwk-set+json, application/json");
    let request = request.body(Bytes::new()).map_err(|_| KeysError::Unavailable)?;
    let response =
        fetch_all(&context.host, request, SMALL, LONGEST).await.map_err(|_| KeysError::Unavailable)?;
    // Redirects are not followed: where they lead to was not checked.
    if response.status() != http::StatusCode::OK {
        return Err(KeysError::Unavailable);
    }
    let set: Set = serde_json::from_slice(response.body()).map_err(|_| KeysError::Unavailable)?;
    let keys = Jwk::read_public(set.keys).ok_or(KeysError::Unavailable)?;
    Ok((keys, keep_for(response.headers(), KEEP)))
}

fn cache_key(url: &str) -> String {
    format!("jwks:{}", digest(url))
}
