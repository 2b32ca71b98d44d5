//! Who vouches for people at a service: RFC 9728 -> RFC 8414 or OpenID Connect Discovery, as the protocol's
//! authorization chapter has it (2025-11-25 and 2026-07-28, "Authorization Server Discovery").

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderMap, Request, StatusCode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{VaultError, allowed};
use crate::config::Service;
use crate::context::Context;
use crate::host::Host;
use crate::outbound::{SMALL, fetch_all};

/// The longest document that is read, in bytes.
pub(super) const LONGEST: usize = 64 * 1024;

/// What is known of the authorization server of a service (RFC 8414 §2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Server {
    pub(super) issuer: String,
    /// Needed only where people are sent there.
    pub(super) authorization_endpoint: Option<String>,
    pub(super) token_endpoint: String,
    pub(super) registration_endpoint: Option<String>,
    pub(super) revocation_endpoint: Option<String>,
    pub(super) token_endpoint_auth_methods_supported: Option<Vec<String>>,
    pub(super) code_challenge_methods_supported: Option<Vec<String>>,
    pub(super) scopes_supported: Option<Vec<String>>,
    #[serde(default)]
    pub(super) authorization_response_iss_parameter_supported: bool,
    #[serde(default)]
    pub(super) client_id_metadata_document_supported: bool,
}

/// Everything that getting a token for a service needs to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Discovered {
    pub(super) server: Server,
    /// What tokens are for (RFC 8707).
    pub(super) resource: String,
    /// The scopes that the service names.
    pub(super) scopes: Vec<String>,
}

impl Discovered {
    /// Whether it may be used for the service as it is configured: what a cache says is not believed more than a server.
    pub(super) fn is_for(&self, service: &Service) -> bool {
        let named = service.credentials.oauth.as_ref().and_then(|oauth| oauth.issuer.as_ref());
        named.is_none_or(|named| *named == self.server.issuer) && self.server.is_safe(service)
    }
}

impl Server {
    /// Whether a code cannot come from another server than the one that it is sent to (RFC 9700 §4.4): the operator
    /// named the issuer, the server names itself in its answers, or people are sent, the gateway registers and codes go
    /// to one place.
    pub(super) fn answers_for_itself(&self, service: &Service) -> bool {
        let origin = |url: &str| Url::parse(url).ok().map(|url| url.origin());
        let others = [&self.authorization_endpoint, &self.registration_endpoint].into_iter().flatten();
        service.credentials.oauth.as_ref().is_some_and(|oauth| oauth.issuer.is_some())
            || self.authorization_response_iss_parameter_supported
            || others.into_iter().all(|url| origin(url) == origin(&self.token_endpoint))
    }

    /// Whether all that it names may be asked.
    fn is_safe(&self, service: &Service) -> bool {
        let optional = [&self.authorization_endpoint, &self.registration_endpoint, &self.revocation_endpoint];
        let endpoints = optional.into_iter().flatten().chain([&self.token_endpoint, &self.issuer]);
        endpoints.into_iter().all(|url| allowed(service, url))
    }
}

/// RFC 9728 §2, as far as it is used.
#[derive(Deserialize)]
struct Metadata {
    resource: String,
    #[serde(default)]
    authorization_servers: Vec<String>,
    #[serde(default)]
    scopes_supported: Vec<String>,
}

/// Finds out who gives tokens for a service.
pub(super) async fn discover<H: Host>(
    context: &Context<H>,
    service: &Service,
) -> Result<Discovered, VaultError> {
    let found = discover_as_said(context, service).await?;
    let resource = service.credentials.oauth.as_ref().and_then(|oauth| oauth.resource.clone());
    Ok(Discovered { resource: resource.unwrap_or(found.resource), ..found })
}

async fn discover_as_said<H: Host>(
    context: &Context<H>,
    service: &Service,
) -> Result<Discovered, VaultError> {
    let challenge = challenge(context, service).await?;
    let metadata = resource_metadata(context, service, challenge.metadata.as_deref()).await?;
    let named = service.credentials.oauth.as_ref().and_then(|oauth| oauth.issuer.clone());
    let Some(metadata) = metadata else {
        // 2025-03-26: the service's own origin vouches.
        let issuer = named.clone().unwrap_or_else(|| service.mcp.origin().ascii_serialization());
        let found = server(context, service, &issuer).await?;
        let server = match found {
            Some(server) => server,
            None if named.is_none() => by_default(&issuer),
            None => return Err(VaultError::Rubbish("the issuer in [service.oauth] has no metadata")),
        };
        return Ok(Discovered { server, resource: resource_of(&service.mcp), scopes: challenge.scopes });
    };
    if !covers(&metadata.resource, &service.mcp) {
        return Err(VaultError::Rubbish("the service's metadata is about another resource than its address"));
    }
    let issuer = match named {
        Some(named) if metadata.authorization_servers.is_empty() => named,
        Some(named) if metadata.authorization_servers.contains(&named) => named,
        Some(_) => {
            return Err(VaultError::Rubbish(
                "the service does not name the issuer in [service.oauth] as its own",
            ));
        }
        None => metadata
            .authorization_servers
            .into_iter()
            .next()
            .ok_or(VaultError::Rubbish("the service names no authorization server"))?,
    };
    let server = server(context, service, &issuer)
        .await?
        .ok_or(VaultError::Rubbish("the service's authorization server has no metadata"))?;
    let scopes = if challenge.scopes.is_empty() { metadata.scopes_supported } else { challenge.scopes };
    Ok(Discovered { server, resource: metadata.resource, scopes })
}

/// What a service says to whoever brings no token (RFC 6750 §3, RFC 9728 §5.1).
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::service) struct Challenge {
    metadata: Option<String>,
    pub(in crate::service) error: Option<String>,
    pub(in crate::service) scopes: Vec<String>,
}

impl Challenge {
    /// Reads the `Bearer` challenge among those of an answer.
    pub(in crate::service) fn of(headers: &HeaderMap) -> Self {
        let texts = headers.get_all(WWW_AUTHENTICATE).iter().filter_map(|value| value.to_str().ok());
        let challenges = texts.filter_map(|text| http_auth::parse_challenges(text).ok()).flatten();
        let mut found = Self::default();
        for challenge in challenges.filter(|challenge| challenge.scheme.eq_ignore_ascii_case("bearer")) {
            for (name, value) in &challenge.params {
                let value = value.to_unescaped();
                match name.to_ascii_lowercase().as_str() {
                    "resource_metadata" => found.metadata = Some(value),
                    "error" => found.error = Some(value),
                    "scope" => found.scopes = value.split_whitespace().map(str::to_owned).collect(),
                    _ => {}
                }
            }
        }
        found
    }
}

/// What nobody gets without a token, if anything; and what some services want none for.
const PROBES: [&str; 2] = [
    r#"{"jsonrpc":"2.0","id":"mcpgate","method":"tools/list"}"#,
    r#"{"jsonrpc":"2.0","id":"mcpgate","method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"mcpgate","version":"1"}}}"#,
];

async fn challenge<H: Host>(context: &Context<H>, service: &Service) -> Result<Challenge, VaultError> {
    for body in PROBES {
        let request = Request::post(service.mcp.as_str())
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT, "application/json, text/event-stream")
            .body(Bytes::from_static(body.as_bytes()))
            .map_err(|_| VaultError::Rubbish("the service's address is not a URL"))?;
        // Only the head is of interest: a service that answers without a token may begin a stream.
        let answer =
            context.host.fetch(request, SMALL).await.map_err(|_| VaultError::Unreachable("the service"))?;
        if [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN].contains(&answer.status()) {
            return Ok(Challenge::of(answer.headers()));
        }
    }
    Ok(Challenge::default())
}

async fn resource_metadata<H: Host>(
    context: &Context<H>,
    service: &Service,
    said: Option<&str>,
) -> Result<Option<Metadata>, VaultError> {
    if let Some(said) = said {
        if !allowed(service, said) {
            return Err(VaultError::Rubbish(
                "the service's metadata is at an address that the gateway must not ask",
            ));
        }
        let found = ask(context, said, "the service").await?;
        return found.map(Some).ok_or(VaultError::Rubbish("the service's metadata is not where it says"));
    }
    for url in well_known(&service.mcp, "oauth-protected-resource") {
        if let Some(found) = ask(context, &url, "the service").await? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

async fn server<H: Host>(
    context: &Context<H>,
    service: &Service,
    issuer: &str,
) -> Result<Option<Server>, VaultError> {
    const NOT_ALLOWED: VaultError =
        VaultError::Rubbish("the authorization server is at an address that the gateway must not ask");
    if !allowed(service, issuer) {
        return Err(NOT_ALLOWED);
    }
    let url = Url::parse(issuer).map_err(|_| VaultError::Rubbish("the issuer is not a URL"))?;
    let mut candidates = well_known(&url, "oauth-authorization-server");
    // For a path, the root speaks for another issuer.
    candidates.truncate(1);
    candidates.extend(well_known(&url, "openid-configuration").into_iter().take(1));
    if url.path() != "/" {
        candidates.push(format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/')));
    }
    for candidate in candidates {
        let Some(server) = ask::<H, Server>(context, &candidate, "the authorization server").await? else {
            continue;
        };
        // RFC 8414 §3.3: as it was asked for, or it is another's.
        if server.issuer != issuer {
            return Err(VaultError::Rubbish("the authorization server's metadata is another issuer's"));
        }
        if service.credentials.are_connected() {
            let s256 = |methods: &Vec<String>| methods.iter().any(|method| method == "S256");
            if !server.code_challenge_methods_supported.as_ref().is_some_and(s256) {
                return Err(VaultError::Rubbish("the authorization server does not offer PKCE with S256"));
            }
            if server.authorization_endpoint.is_none() {
                return Err(VaultError::Rubbish(
                    "the authorization server has no place where people say yes",
                ));
            }
        }
        return if server.is_safe(service) { Ok(Some(server)) } else { Err(NOT_ALLOWED) };
    }
    Ok(None)
}

/// What an authorization server without metadata has (2025-03-26, "Fallbacks for Servers without Metadata
/// Discovery").
fn by_default(origin: &str) -> Server {
    Server {
        issuer: origin.to_owned(),
        authorization_endpoint: Some(format!("{origin}/authorize")),
        token_endpoint: format!("{origin}/token"),
        registration_endpoint: Some(format!("{origin}/register")),
        revocation_endpoint: None,
        token_endpoint_auth_methods_supported: None,
        code_challenge_methods_supported: None,
        scopes_supported: None,
        authorization_response_iss_parameter_supported: false,
        client_id_metadata_document_supported: false,
    }
}

/// Where a well-known document about a URL is: with its path put behind, and at the root (RFC 8615, RFC 9728 §3.1).
fn well_known(url: &Url, name: &str) -> Vec<String> {
    let origin = url.origin().ascii_serialization();
    let path = url.path().trim_end_matches('/');
    let mut urls = vec![format!("{origin}/.well-known/{name}{path}")];
    if !path.is_empty() {
        urls.push(format!("{origin}/.well-known/{name}"));
    }
    urls
}

/// A service's address as a resource identifier: without query and fragment.
fn resource_of(mcp: &Url) -> String {
    let mut resource = mcp.clone();
    resource.set_query(None);
    resource.set_fragment(None);
    resource.to_string()
}

/// Whether a resource identifier is the service's address, or one that its address is under.
fn covers(resource: &str, mcp: &Url) -> bool {
    let Ok(resource) = Url::parse(resource) else { return false };
    let under = |path: &str| {
        let path = path.trim_end_matches('/');
        mcp.path() == path || mcp.path().strip_prefix(path).is_some_and(|rest| rest.starts_with('/'))
    };
    resource.origin() == mcp.origin() && resource.fragment().is_none() && under(resource.path())
}

/// Asks for a JSON document; [`None`] when there is none.
async fn ask<H: Host, T: DeserializeOwned>(
    context: &Context<H>,
    url: &str,
    whom: &'static str,
) -> Result<Option<T>, VaultError> {
    let request = Request::get(url).header(ACCEPT, "application/json").body(Bytes::new());
    let request = request.map_err(|_| VaultError::Rubbish("a well-known address is not a URL"))?;
    let answer = fetch_all(&context.host, request, SMALL, LONGEST).await;
    let answer = answer.map_err(|_| VaultError::Unreachable(whom))?;
    match answer.status() {
        StatusCode::OK => serde_json::from_slice(answer.body()).map(Some).map_err(|_| {
            VaultError::Rubbish("a well-known document is not the JSON that its standard asks for")
        }),
        status if status.is_client_error() => Ok(None),
        _ => Err(VaultError::Unreachable(whom)),
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use http::header::WWW_AUTHENTICATE;
    use url::Url;

    use super::{Challenge, covers, resource_of, well_known};

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn a_challenge_is_read_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(WWW_AUTHENTICATE, "Basic realm=\"x, Bearer scope=\\\"no\\\"\"".parse().unwrap());
        headers.append(
            WWW_AUTHENTICATE,
            "bearer error=insufficient_scope, scope=\"a b\", resource_metadata=\"https://s.example.org/m\""
                .parse()
                .unwrap(),
        );
        let challenge = Challenge::of(&headers);
        assert_eq!(challenge.metadata.as_deref(), Some("https://s.example.org/m"));
        assert_eq!(
            (challenge.error.as_deref(), challenge.scopes),
            (Some("insufficient_scope"), vec!["a".into(), "b".into()])
        );
        headers.clear();
        headers.append(WWW_AUTHENTICATE, "Bearer resource_metadata=\"".parse().unwrap());
        assert_eq!(Challenge::of(&headers), Challenge::default());
    }

    #[test]
    fn well_known_documents_are_beside_the_path_and_at_the_root() {
        assert_eq!(
            well_known(&url("https://s.example.org:8443/a/mcp/"), "x"),
            ["https://s.example.org:8443/.well-known/x/a/mcp", "https://s.example.org:8443/.well-known/x"]
        );
        assert_eq!(well_known(&url("https://s.example.org"), "x"), ["https://s.example.org/.well-known/x"]);
    }

    #[test]
    fn a_resource_covers_what_is_under_it_and_nothing_else() {
        let mcp = url("https://s.example.org/a/mcp?x=1");
        assert_eq!(resource_of(&mcp), "https://s.example.org/a/mcp");
        for resource in ["https://s.example.org/a/mcp", "https://s.example.org/a/", "https://s.example.org"] {
            assert!(covers(resource, &mcp), "{resource}");
        }
        for resource in [
            "https://s.example.org/a/m",
            "https://s.example.org/b",
            "https://evil.example.org/a/mcp",
            "http://s.example.org/a/mcp",
            "https://s.example.org:444/a/mcp",
            "https://s.example.org/a/mcp#f",
            "s.example.org/a/mcp",
        ] {
            assert!(!covers(resource, &mcp), "{resource}");
        }
    }
}
