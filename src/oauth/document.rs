//! Client id metadata documents: a client whose id is the address of a JSON document about it
//! (draft-ietf-oauth-client-id-metadata-document).
//!
//! The documents of well-known clients are also in `pinned.json`, by their exact id: some of their hosts answer
//! requests from data centres with a challenge. Others are fetched, over the public internet only, and cached.
//!
//! A client is accepted as a public one when its document says nothing about authentication or lists `none`. One that
//! insists on `private_key_jwt` is refused: accepting it without its proof would take away what its document
//! promises. Shared secrets have no place in a public document.

use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE};
use serde::Deserialize;
use serde_json::Value;

use super::client::{Client, ClientError, Registration, displayable, is_redirect_uri};
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
    if let Some(text) = pinned(id) {
        return read(id, host, text.as_bytes());
    }
    let key = cache_key(id);
    // A cache that fails costs a fetch. What is cached was checked, and is checked again.
    if let Ok(Some(text)) = context.host.cache_get(&key).await
        && let Ok(client) = read(id, host, text.as_bytes())
    {
        return Ok(client);
    }
    let request = http::Request::get(id).header(ACCEPT, "application/json").body(Bytes::new());
    let request = request.map_err(|_| ClientError::Unacceptable("its address is not a URL"))?;
    let response = fetch_all(&context.host, request, SMALL, LONGEST).await.map_err(|error| {
        ClientError::Unavailable(match error {
            FetchError::Unreachable(_) => "its host could not be reached",
            FetchError::TimedOut => "its host did not answer in time",
        })
    })?;
    if response.status() != http::StatusCode::OK {
        return Err(ClientError::Unavailable("its host did not answer with it"));
    }
    let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if !content_type.is_some_and(is_json) {
        return Err(ClientError::Unavailable("its host answered with something other than JSON"));
    }
    let client = read(id, host, response.body())?;
    if let Ok(text) = std::str::from_utf8(response.body()) {
        let cache_control = response.headers().get(CACHE_CONTROL).and_then(|value| value.to_str().ok());
        let _ = context.host.cache_put(&key, text, keep_for(cache_control)).await;
    }
    Ok(client)
}

/// Whether finding the client needs no fetch: an anonymous visitor cannot make the gateway fetch anything.
pub(super) async fn is_at_hand<H: Host>(context: &Context<H>, id: &str) -> bool {
    pinned(id).is_some() || matches!(context.host.cache_get(&cache_key(id)).await, Ok(Some(_)))
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
    if !said.is_empty() && !said.contains(&"none") {
        return Err(ClientError::Unacceptable(
            "it insists on a way to authenticate that is not offered here",
        ));
    }
    Ok(Client {
        id: document.client_id,
        name: document.client_name.as_deref().and_then(displayable).unwrap_or_else(|| host.to_owned()),
        redirect_uris,
        registration: Registration::Document { host: host.to_owned() },
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

fn keep_for(cache_control: Option<&str>) -> Duration {
    let directives = cache_control.unwrap_or_default().split(',').map(str::trim);
    let max_age = directives.filter_map(|directive| directive.strip_prefix("max-age=")?.parse().ok()).next();
    max_age.map_or(KEEP.0, Duration::from_secs).clamp(KEEP.0, KEEP.1)
}

/// The document of a well-known client.
fn pinned(id: &str) -> Option<String> {
    let documents: Vec<Value> = serde_json::from_str(include_str!("pinned.json")).ok()?;
    documents
        .into_iter()
        .find(|document| document.get("client_id").and_then(Value::as_str) == Some(id))
        .map(|found| found.to_string())
}
