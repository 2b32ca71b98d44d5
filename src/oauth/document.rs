//! Client id metadata documents: a client whose id is the address of a JSON document about it
//! (draft-ietf-oauth-client-id-metadata-document).
//!
//! They are fetched, over the public internet only, and cached by their own headers. Those of well-known clients are also
//! in `pinned.json`, as they were published in September 2026, by their exact id: some of their hosts answer requests from
//! data centres with a challenge. These stand in when a document cannot be fetched, never for one that can.
//!
//! A client is accepted as a public one when its document says nothing about authentication or lists `none`. One whose
//! document lists only `private_key_jwt` must prove that it holds one of the keys that it publishes. Shared secrets, and
//! private keys, have no place in a public document.

use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE};
use serde::Deserialize;
use serde_json::Value;

use super::client::{Client, ClientError, Registration, displayable, is_redirect_uri};
use super::keys::{Keys, Set};
use crate::context::Context;
use crate::crypto::digest;
use crate::host::{FetchError, Host};
use crate::outbound::{SMALL, fetch_all, public_url};

/// The longest document that is read, in bytes.
const LONGEST: usize = 16 * 1024;

/// For how long a document is kept at least and at most, whatever its own headers say.
const KEEP: (Duration, Duration) = (Duration::from_secs(300), Duration::from_secs(86_400));

/// Finds a client by the address of its document.
pub(super) async fn find<H: Host>(context: &Context<H>, id: &str) -> Result<Client, ClientError> {
    let url = address(id)?;
    let host = url.host_str().unwrap_or_default();
    let key = cache_key(id);
    // A cache that fails costs a fetch. What is cached was checked, and is checked again.
    if let Ok(Some(text)) = context.host.cache_get(&key).await
        && let Ok(client) = read(id, host, text.as_bytes())
    {
        return Ok(client);
    }
    let (client, text, ttl) = match fetch(context, id).await {
        Ok(response) => {
            let client = read(id, host, response.body())?;
            let text = String::from_utf8(response.body().to_vec()).unwrap_or_default();
            (client, text, keep_for(response.headers(), KEEP))
        }
        Err(ClientError::Unavailable(problem)) => {
            let text = pinned(id).ok_or(ClientError::Unavailable(problem))?;
            (read(id, host, text.as_bytes())?, text, Some(KEEP.0))
        }
        Err(error) => return Err(error),
    };
    if let Some(ttl) = ttl {
        let _ = context.host.cache_put(&key, &text, ttl).await;
    }
    Ok(client)
}

async fn fetch<H: Host>(context: &Context<H>, id: &str) -> Result<http::Response<Bytes>, ClientError> {
    let request = http::Request::get(id).header(ACCEPT, "application/json").body(Bytes::new());
    let request = request.map_err(|_| ClientError::Unacceptable("its address is not a URL"))?;
    let response = fetch_all(&context.host, request, SMALL, LONGEST).await.map_err(|error| {
        ClientError::Unavailable(match error {
            FetchError::Unreachable(_) => "its host could not be reached",
            FetchError::TimedOut => "its host did not answer in time",
        })
    })?;
    // Redirects are not followed: where they lead to was not checked.
    if response.status() != http::StatusCode::OK {
        return Err(ClientError::Unavailable("its host did not answer with it"));
    }
    let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if !content_type.is_some_and(is_json) {
        return Err(ClientError::Unavailable("its host answered with something other than JSON"));
    }
    Ok(response)
}

/// Whether finding the client needs no fetch: an anonymous visitor cannot make the gateway fetch anything.
pub(super) async fn is_at_hand<H: Host>(context: &Context<H>, id: &str) -> bool {
    matches!(context.host.cache_get(&cache_key(id)).await, Ok(Some(_)))
}

fn cache_key(id: &str) -> String {
    format!("client:{}", digest(id))
}

/// The address of a document, if it may be one: public, canonical, with a path.
fn address(id: &str) -> Result<url::Url, ClientError> {
    public_url(id)
        .filter(|url| url.path() != "/")
        .ok_or(ClientError::Unacceptable("its address is not a public https URL with a path"))
}

#[derive(Deserialize)]
struct Document {
    client_id: String,
    client_name: Option<String>,
    redirect_uris: Vec<String>,
    token_endpoint_auth_method: Option<Value>,
    token_endpoint_auth_methods_supported: Option<Value>,
    client_secret: Option<Value>,
    jwks: Option<Set>,
    jwks_uri: Option<String>,
}

fn read(id: &str, host: &str, bytes: &[u8]) -> Result<Client, ClientError> {
    let document: Document = serde_json::from_slice(bytes)
        .map_err(|_| ClientError::Unacceptable("it is not the JSON of a client"))?;
    if document.client_id != id {
        return Err(ClientError::Unacceptable("it names another client"));
    }
    if document.redirect_uris.is_empty() || document.redirect_uris.len() > 32 {
        return Err(ClientError::Unacceptable("it must have 1 to 32 redirect URIs"));
    }
    // What nobody may be redirected to is left out; the rest of the document stays good.
    let redirect_uris: Vec<String> =
        document.redirect_uris.into_iter().filter(|uri| is_redirect_uri(uri).is_ok()).collect();
    if redirect_uris.is_empty() {
        return Err(ClientError::Unacceptable("none of its redirect URIs may be used here"));
    }
    let methods = [&document.token_endpoint_auth_method, &document.token_endpoint_auth_methods_supported];
    let said: Vec<&str> = methods.into_iter().flatten().flat_map(names).collect();
    let proof = !said.is_empty() && !said.contains(&"none");
    if proof && !said.contains(&"private_key_jwt") {
        return Err(ClientError::Unacceptable(
            "it insists on a way to authenticate that is not offered here",
        ));
    }
    if document.client_secret.is_some() {
        return Err(ClientError::Unacceptable("it publishes a secret"));
    }
    let keys = Keys::published(document.jwks, document.jwks_uri).map_err(ClientError::Unacceptable)?;
    if proof && keys.is_none() {
        return Err(ClientError::Unacceptable("it wants to prove itself by a key and publishes none"));
    }
    Ok(Client {
        id: document.client_id,
        name: document.client_name.as_deref().and_then(displayable).unwrap_or_else(|| host.to_owned()),
        redirect_uris,
        registration: Registration::Document { host: host.to_owned() },
        proof,
        keys,
    })
}

/// A text, or a list of texts: clients write both.
fn names(value: &Value) -> Vec<&str> {
    match value {
        Value::String(name) => vec![name],
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// For how long an answer is kept by its own headers, within bounds; [`None`] when it is not to be kept.
pub(super) fn keep_for(headers: &HeaderMap, (least, most): (Duration, Duration)) -> Option<Duration> {
    let values = headers.get_all(CACHE_CONTROL).into_iter().filter_map(|value| value.to_str().ok());
    let said = values.collect::<Vec<_>>().join(",").to_ascii_lowercase();
    let directives = || said.split(',').map(str::trim);
    if directives().any(|directive| matches!(directive, "no-store" | "no-cache")) {
        return None;
    }
    let seconds = |name| directives().find_map(|directive| directive.strip_prefix(name)?.parse().ok());
    // The gateway keeps it for all of its people: a shared cache (RFC 9111 §5.2.2.10).
    let age = seconds("s-maxage=").or_else(|| seconds("max-age="));
    Some(age.map_or(least, Duration::from_secs).clamp(least, most))
}

/// The document of a well-known client.
fn pinned(id: &str) -> Option<String> {
    let documents: Vec<Value> = serde_json::from_str(include_str!("pinned.json")).ok()?;
    documents
        .into_iter()
        .find(|document| document.get("client_id").and_then(Value::as_str) == Some(id))
        .map(|found| found.to_string())
}
