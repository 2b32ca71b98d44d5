//! What clients read first: RFC 9728, RFC 8414, RFC 7517.

use http::{Response, StatusCode};
use serde_json::json;

use super::scope::SCOPES;
use super::{NO_STORE, Resource, enterprise, json};
use crate::body::Body;
use crate::context::Context;
use crate::crypto::jwk::Algorithm;
use crate::host::Host;

/// The ways in which a client may authenticate.
const METHODS: [&str; 4] = ["none", "client_secret_basic", "client_secret_post", "private_key_jwt"];

/// For how long clients may keep these documents.
const CACHE: &str = "public, max-age=300";

/// `GET /.well-known/oauth-protected-resource/mcp/{service}`, or without a service for all of them (RFC 9728).
pub fn resource_metadata<H: Host>(context: &Context<H>, service: Option<&str>) -> Response<Body> {
    let config = &context.setup.config;
    let found = match service {
        Some(id) => Resource::of(config, id).zip(config.service(id).map(|service| service.name.as_str())),
        None => Some((Resource::all(), "All services")),
    };
    let Some((resource, name)) = found else {
        let answer = json!({ "error": "there is no such resource here" });
        return json(StatusCode::NOT_FOUND, &answer, NO_STORE);
    };
    let document = json!({
        "resource": resource.url(config),
        "resource_name": format!("{name} (mcpgate)"),
        "authorization_servers": [config.public_url.as_str()],
        "scopes_supported": SCOPES,
        "bearer_methods_supported": ["header"],
    });
    json(StatusCode::OK, &document, CACHE)
}

/// `GET /.well-known/oauth-authorization-server` (RFC 8414). Not an OpenID Provider: there is deliberately nothing
/// at `openid-configuration`.
pub fn server_metadata<H: Host>(context: &Context<H>) -> Response<Body> {
    let config = &context.setup.config;
    let url = &config.public_url;
    let mut document = json!({
        "issuer": url.as_str(),
        "authorization_endpoint": url.join("/authorize"),
        "token_endpoint": url.join("/token"),
        "registration_endpoint": url.join("/register"),
        "revocation_endpoint": url.join("/revoke"),
        "jwks_uri": url.join("/jwks.json"),
        "scopes_supported": SCOPES,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_methods_supported": METHODS,
        "token_endpoint_auth_signing_alg_values_supported": Algorithm::ALL.map(Algorithm::name),
        "revocation_endpoint_auth_methods_supported": METHODS,
        "revocation_endpoint_auth_signing_alg_values_supported": Algorithm::ALL.map(Algorithm::name),
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
        "client_id_metadata_document_supported": true,
    });
    if let (true, Some(document)) = (config.identity.id_jag, document.as_object_mut()) {
        let grants = ["authorization_code", "refresh_token", enterprise::GRANT];
        document.insert("grant_types_supported".to_owned(), json!(grants));
        document.insert("authorization_grant_profiles_supported".to_owned(), json!([enterprise::PROFILE]));
    }
    json(StatusCode::OK, &document, CACHE)
}

/// `GET /jwks.json`: the public keys of the access tokens.
pub fn jwks<H: Host>(context: &Context<H>) -> Response<Body> {
    json(StatusCode::OK, &context.setup.keys.signing.jwks(), CACHE)
}
