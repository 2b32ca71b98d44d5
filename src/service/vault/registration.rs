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
use crate::config::{ClientAuth, Config, Grant, Service};
use crate::context::Context;
use crate::host::Host;
use crate::outbound::{SMALL, fetch_all};
use crate::store::service_client as store;

/// For how long a registration is used at most. Servers forget clients.
const LIFE: Duration = Duration::from_secs(90 * 86_400);

/// Where a service's authorization server sends people back to. One address for each service, so that an answer from
/// one server cannot pass for another's (RFC 9700 §4.4.2).
pub fn redirect_uri(config: &Config, service: &str) -> String {
    config.public_url.join(&format!("/connect/{service}/callback"))
}

/// The address of the gateway's metadata document for a service. Each service has one of its own: with one for all, an
/// authorization server that does not name itself in its answers would send the code that it made for one service
/// wherever another asked for it (RFC 9700 §4.4).
fn document_url(config: &Config, service: &str) -> String {
    config.public_url.join(&format!("/oauth/client/{service}.json"))
}

/// What the gateway is as a client for a service (draft-ietf-oauth-client-id-metadata-document); [`None`] where there is
/// nothing to be a client for.
pub fn document(config: &Config, service: &str) -> Option<Value> {
    let service = config.service(service)?;
    let oauth = service.credentials.oauth.as_ref()?;
    let by_key = oauth.auth_method == Some(ClientAuth::PrivateKeyJwt);
    if oauth.client_id.is_some() || (!by_key && oauth.grant != Grant::AuthorizationCode) {
        return None;
    }
    let method = if by_key { AuthMethod::Key } else { AuthMethod::None };
    let mut document = metadata(config, service, method.name());
    document["client_id"] = document_url(config, &service.id).into();
    if by_key {
        document["jwks_uri"] = config.public_url.join("/jwks.json").into();
        document["token_endpoint_auth_signing_alg"] = "ES256".into();
    }
    Some(document)
}

/// What is said of the gateway wherever it registers (RFC 7591 §2).
fn metadata(config: &Config, service: &Service, method: &str) -> Value {
    let mut metadata = json!({
        "client_name": "mcpgate",
        "client_uri": config.public_url.as_str(),
        "token_endpoint_auth_method": method,
        "application_type": "web",
    });
    let grants: &[&str] = match service.credentials.oauth.as_ref().map(|oauth| &oauth.grant) {
        None | Some(Grant::AuthorizationCode) => {
            metadata["redirect_uris"] = json!([redirect_uri(config, &service.id)]);
            metadata["response_types"] = json!(["code"]);
            &["authorization_code", "refresh_token"]
        }
        Some(Grant::ClientCredentials) => &["client_credentials"],
        Some(Grant::TokenExchange(_)) => &[TOKEN_EXCHANGE],
    };
    metadata["grant_types"] = json!(grants);
    metadata
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
        let method = if by_key { AuthMethod::Key } else { AuthMethod::None };
        return Ok(Registered { id: document_url(config, &service.id), secret: None, method });
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

/// Whether the gateway is this client because it registered itself.
pub(super) fn registered_itself(config: &Config, service: &Service, client: &Registered) -> bool {
    let configured = service.credentials.oauth.as_ref().and_then(|oauth| oauth.client_id.as_ref());
    configured != Some(&client.id) && document_url(config, &service.id) != client.id
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
    let wish = metadata(config, service, wanted.name());
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

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &str = "[gateway]\npublic_url = \"https://gate.example.com\"\n[identity]\n\
                          issuer = \"https://idp.example.com\"\nclient_id = \"mcpgate\"\n\
                          [[service]]\nid = \"other\"\nmcp = \"https://other.example.com/mcp\"\n[service.oauth]\n\
                          [[service]]\nid = \"crm\"\nmcp = \"https://crm.example.com/mcp\"\n[service.oauth]\n";

    fn read(oauth: &str) -> Option<Value> {
        document(&Config::parse(&format!("{CONFIG}{oauth}")).unwrap(), "crm")
    }

    #[test]
    fn a_document_is_about_one_service() {
        let public = read("").unwrap();
        assert_eq!(public["client_id"], "https://gate.example.com/oauth/client/crm.json");
        assert_eq!(public["redirect_uris"], json!(["https://gate.example.com/connect/crm/callback"]));
        assert_eq!(public["token_endpoint_auth_method"], "none");
        let keyed = read("auth_method = \"private_key_jwt\"").unwrap();
        assert_eq!(keyed["jwks_uri"], "https://gate.example.com/jwks.json");
        assert_eq!(keyed["redirect_uris"], public["redirect_uris"]);
    }

    #[test]
    fn a_client_without_people_is_sent_nowhere() {
        let key = "issuer = \"https://as.example.com\"\nauth_method = \"private_key_jwt\"\n";
        for (grant, name) in [
            ("grant = \"client_credentials\"", "client_credentials"),
            ("grant = \"token_exchange\"\nsubject = \"gateway\"", TOKEN_EXCHANGE),
        ] {
            let document = read(&format!("{key}{grant}")).unwrap();
            assert_eq!(document["grant_types"], json!([name]));
            assert!(document.get("redirect_uris").is_none() && document.get("response_types").is_none());
        }
    }

    #[test]
    fn who_was_registered_by_hand_has_no_document() {
        let by_hand = "issuer = \"https://as.example.com\"\nclient_id = \"gate\"";
        assert_eq!(read(by_hand), None);
        let config = Config::parse(&format!("{CONFIG}{by_hand}")).unwrap();
        assert_eq!(document(&config, "nothing"), None);
    }
}
