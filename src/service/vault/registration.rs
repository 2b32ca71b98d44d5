//! The gateway as a client of a service's authorization server: registered by hand, known by its own metadata document,
//! or registering itself (2025-11-25, "Client Registration Approaches", in that order).

use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{Request, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::discovery::{LONGEST, Server};
use super::token::AuthMethod;
use super::{Registered, VaultError};
use crate::config::{Config, Service};
use crate::context::Context;
use crate::host::Host;
use crate::outbound::{SMALL, fetch_all};
use crate::store::service_client as store;

/// For how long a registration is used at most. Servers forget clients.
const LIFE: Duration = Duration::from_secs(90 * 86_400);

/// The path of the gateway's metadata document.
const DOCUMENT: &str = "/oauth/client.json";

/// Where a service's authorization server sends people back to. One address for each service, so that an answer from
/// one server cannot pass for another's (RFC 9700 §4.4.2).
pub fn redirect_uri(config: &Config, service: &str) -> String {
    config.public_url.join(&format!("/connect/{service}/callback"))
}

/// `GET /oauth/client.json`: what the gateway is as a client (draft-ietf-oauth-client-id-metadata-document).
pub fn document(config: &Config) -> Value {
    let redirect_uris: Vec<String> = config
        .services
        .iter()
        .filter(|service| service.credentials.oauth.is_some())
        .map(|service| redirect_uri(config, &service.id))
        .collect();
    let mut document = metadata(config, redirect_uris, "none");
    if let Some(document) = document.as_object_mut() {
        document.insert("client_id".to_owned(), config.public_url.join(DOCUMENT).into());
    }
    document
}

fn metadata(config: &Config, redirect_uris: Vec<String>, method: &str) -> Value {
    json!({
        "client_name": "mcpgate",
        "client_uri": config.public_url.as_str(),
        "redirect_uris": redirect_uris,
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": method,
        "application_type": "web",
    })
}

/// As whom the gateway asks this server.
pub(super) async fn client<H: Host>(
    context: &Context<H>,
    service: &Service,
    server: &Server,
) -> Result<Registered, VaultError> {
    let setup = &context.setup;
    let oauth = service.credentials.oauth.clone().unwrap_or_default();
    if let Some(id) = oauth.client_id {
        let secret = match oauth.client_secret {
            Some(name) => Some(context.host.secret(&name).await?.ok_or(VaultError::NotConfigured(
                "the secret that [service.oauth] client_secret names is not set",
            ))?),
            None => None,
        };
        let method = method(server, secret.is_some());
        return Ok(Registered { id, secret: secret.map(|secret| secret.expose().to_owned()), method });
    }
    if server.client_id_metadata_document_supported && setup.config.public_url.is_secure() {
        let id = setup.config.public_url.join(DOCUMENT);
        return Ok(Registered { id, secret: None, method: AuthMethod::None });
    }
    if let Some(kept) = store::find(context, &service.id, &server.issuer).await?
        && let Ok(kept) = serde_json::from_str(&kept)
    {
        return Ok(kept);
    }
    let registered = register(context, service, server).await?;
    let text = serde_json::to_string(&registered).unwrap_or_default();
    store::keep(context, &service.id, &server.issuer, &text, context.host.now().after(LIFE)).await?;
    Ok(registered)
}

/// Forgets a registration that the server does not know any more.
pub(super) async fn forget<H: Host>(
    context: &Context<H>,
    service: &Service,
    issuer: &str,
) -> Result<(), VaultError> {
    Ok(store::forget(&context.host, &service.id, issuer).await?)
}

#[derive(Deserialize)]
struct Answer {
    client_id: String,
    client_secret: Option<String>,
    token_endpoint_auth_method: Option<String>,
}

async fn register<H: Host>(
    context: &Context<H>,
    service: &Service,
    server: &Server,
) -> Result<Registered, VaultError> {
    let Some(endpoint) = &server.registration_endpoint else {
        return Err(VaultError::NotConfigured(
            "the authorization server registers no clients by itself; register the gateway there and set client_id \
             in [service.oauth]",
        ));
    };
    let config = &context.setup.config;
    let wanted = method(server, true);
    let wish = metadata(config, vec![redirect_uri(config, &service.id)], wanted.name());
    let request = Request::post(endpoint)
        .header(CONTENT_TYPE, "application/json")
        .header(ACCEPT, "application/json")
        .body(Bytes::from(wish.to_string()))
        .map_err(|_| VaultError::Rubbish("the registration endpoint is not a URL"))?;
    let answer = fetch_all(&context.host, request, SMALL, LONGEST).await;
    let answer = answer.map_err(|_| VaultError::Unreachable("the authorization server"))?;
    if !matches!(answer.status(), StatusCode::OK | StatusCode::CREATED) {
        return Err(VaultError::NotConfigured(
            "the authorization server did not register the gateway; register it by hand and set client_id in \
             [service.oauth]",
        ));
    }
    let answer: Answer = serde_json::from_slice(answer.body()).map_err(|_| {
        VaultError::Rubbish("the registration's answer is not the JSON that RFC 7591 asks for")
    })?;
    let method = match (answer.token_endpoint_auth_method.as_deref(), &answer.client_secret) {
        (_, None) => AuthMethod::None,
        (Some(name), Some(_)) => AuthMethod::of(name)
            .ok_or(VaultError::Rubbish("the registration asks for an unknown way to authenticate"))?,
        (None, Some(_)) => wanted,
    };
    Ok(Registered { id: answer.client_id, secret: answer.client_secret, method })
}

/// How the gateway proves itself, of the ways that the server takes (RFC 8414 §2: `client_secret_basic` unless it
/// says otherwise).
fn method(server: &Server, secret: bool) -> AuthMethod {
    let Some(supported) = &server.token_endpoint_auth_methods_supported else {
        return if secret { AuthMethod::Basic } else { AuthMethod::None };
    };
    let ways: &[AuthMethod] = match secret {
        true => &[AuthMethod::Basic, AuthMethod::Post, AuthMethod::None],
        false => &[AuthMethod::None],
    };
    let found = ways.iter().find(|way| supported.iter().any(|name| name == way.name()));
    found.copied().unwrap_or(if secret { AuthMethod::Basic } else { AuthMethod::None })
}
