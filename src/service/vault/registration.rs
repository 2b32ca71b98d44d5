//! The gateway as a client of a service's authorization server: registered by hand, known by its own metadata document,
//! or registering itself (2025-11-25, "Client Registration Approaches", in that order).

use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{Request, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::discovery::{LONGEST, Server};
use super::token::{AuthMethod, TOKEN_EXCHANGE};
use super::{Registered, VaultError};
use crate::config::{ClientAuth, Config, Grant, Service, ServiceOAuth};
use crate::context::Context;
use crate::host::Host;
use crate::outbound::{SMALL, fetch_all};
use crate::store::service_client as store;

/// For how long a registration is used at most. Servers forget clients.
const LIFE: Duration = Duration::from_secs(90 * 86_400);

/// The paths of the gateway's metadata documents.
const DOCUMENT: &str = "/oauth/client.json";
const KEYED_DOCUMENT: &str = "/oauth/keyed-client.json";

/// Where a service's authorization server sends people back to. One address for each service, so that an answer from
/// one server cannot pass for another's (RFC 9700 §4.4.2).
pub fn redirect_uri(config: &Config, service: &str) -> String {
    config.public_url.join(&format!("/connect/{service}/callback"))
}

/// Which of its metadata documents the gateway shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// `/oauth/client.json`: a public client, bound to its codes by PKCE.
    Public,
    /// `/oauth/keyed-client.json`: one that proves who it is by the gateway's key (`auth_method = "private_key_jwt"`).
    Keyed,
}

/// What the gateway is as a client (draft-ietf-oauth-client-id-metadata-document).
pub fn document(config: &Config, shown: Shown) -> Value {
    let oauth =
        config.services.iter().filter_map(|service| Some((service, service.credentials.oauth.as_ref()?)));
    let keyed = |oauth: &ServiceOAuth| oauth.auth_method == Some(ClientAuth::PrivateKeyJwt);
    let shown_there: Vec<_> = oauth.filter(|(_, oauth)| keyed(oauth) == (shown == Shown::Keyed)).collect();
    let redirect_uris = shown_there
        .iter()
        .filter(|(service, _)| service.credentials.are_connected())
        .map(|(service, _)| redirect_uri(config, &service.id))
        .collect();
    let (path, method) = match shown {
        Shown::Public => (DOCUMENT, AuthMethod::None),
        Shown::Keyed => (KEYED_DOCUMENT, AuthMethod::Key),
    };
    let mut document = metadata(config, redirect_uris, method.name());
    document["client_id"] = config.public_url.join(path).into();
    if shown == Shown::Keyed {
        document["jwks_uri"] = config.public_url.join("/jwks.json").into();
        document["token_endpoint_auth_signing_alg"] = "ES256".into();
        let mut grants = vec!["authorization_code", "refresh_token"];
        for (_, oauth) in &shown_there {
            let name = match &oauth.grant {
                Grant::AuthorizationCode => continue,
                Grant::ClientCredentials => "client_credentials",
                Grant::TokenExchange(_) => TOKEN_EXCHANGE,
            };
            if !grants.contains(&name) {
                grants.push(name);
            }
        }
        document["grant_types"] = grants.into();
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
    let config = &context.setup.config;
    let oauth = service.credentials.oauth.clone().unwrap_or_default();
    let by_key = oauth.auth_method == Some(ClientAuth::PrivateKeyJwt);
    if let Some(id) = oauth.client_id {
        let secret = match oauth.client_secret {
            Some(name) => Some(context.host.secret(&name).await?.ok_or(VaultError::NotConfigured(
                "the secret that [service.oauth] client_secret names is not set",
            ))?),
            None => None,
        };
        let method = match oauth.auth_method {
            Some(ClientAuth::PrivateKeyJwt) => AuthMethod::Key,
            Some(ClientAuth::ClientSecretBasic) => AuthMethod::Basic,
            Some(ClientAuth::ClientSecretPost) => AuthMethod::Post,
            None => method(server, secret.is_some()),
        };
        return Ok(Registered { id, secret: secret.map(|secret| secret.expose().to_owned()), method });
    }
    if server.client_id_metadata_document_supported && config.public_url.is_secure() {
        let (path, method) =
            if by_key { (KEYED_DOCUMENT, AuthMethod::Key) } else { (DOCUMENT, AuthMethod::None) };
        return Ok(Registered { id: config.public_url.join(path), secret: None, method });
    }
    if by_key {
        return Err(VaultError::NotConfigured(
            "the authorization server takes no client by its metadata document; register the gateway's keys there and set \
             client_id in [service.oauth]",
        ));
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
