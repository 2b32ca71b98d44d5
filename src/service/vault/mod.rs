//! The token vault: tokens for services, each got in the way that `[service.oauth]` says, kept sealed and kept fresh.
//!
//! ```text
//! authorization_code   the person connects an account of their own, once -> refreshed before its end
//! client_credentials   the gateway's own account, for everybody          -> another one before its end
//! token_exchange       what says who the person is, exchanged            -> exchanged anew before its end
//! ```
//!
//! Choices that its users may want to know:
//! - What a token was got with (server, client, resource) is sealed beside it: it is refreshed there and nowhere else,
//!   whatever the service or the configuration says later. One that is got without the person counts only for the
//!   configuration that it was got by: another is got under a new one.
//! - One instance alone gets the next token (a lease in the database), while the others go on with the old one. What
//!   fails for the moment leaves the old token in use until its time is over. Only `invalid_grant` at a refresh, or a
//!   server that has forgotten the gateway's registration, ends the connection: the person is asked to connect anew. Where the person never connected anything, they are told who
//!   has to do something: the operator, or they themselves by signing in again.
//! - An authorization server without PKCE (S256) is refused where people are sent there, as the protocol asks.
//! - What proves who somebody is (a secret, an assertion, a person's token) goes to the issuer that the operator wrote
//!   down; a service can name another only where nothing but a code and a token of its own are at stake.

mod account;
mod assertion;
mod connect;
mod discovery;
mod exchange;
mod found;
mod held;
mod own;
mod registration;
mod token;

use http::HeaderMap;
use serde::{Deserialize, Serialize};
use url::Url;

pub use account::disconnect;
pub use connect::{Begun, Ended, Obtained, Return, begin, finish, keep};
pub use registration::{document, redirect_uri};
pub use token::AuthMethod;

use super::{Party, ending};
use crate::audit::Reason;
use crate::config::{Grant as Way, Service, is_loopback};
use crate::crypto::{Secret, digest};
use crate::error::{Fault, Refusal};
use crate::host::{Host, Level, LogLine, PortError};
use crate::outbound::public_url;
use crate::store::connection::Key;

/// What a token for a service consists of. Sealed in the database as JSON.
#[derive(Clone, Serialize, Deserialize)]
pub struct Grant {
    /// Where it was got and is renewed.
    issuer: String,
    token_endpoint: String,
    revocation_endpoint: Option<String>,
    /// As whom.
    client: Registered,
    /// What for (RFC 8707).
    resource: String,
    access_token: String,
    refresh_token: Option<String>,
    /// By which configuration it was got, for one that is got without the person; empty for an account that they
    /// connected.
    #[serde(default)]
    terms: String,
    /// What the person connected before, without disconnecting: ended with this one. Not sooner: some servers end all
    /// tokens of an account with one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    former: Vec<Self>,
}

/// The gateway as a client of an authorization server.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    id: String,
    secret: Option<String>,
    method: AuthMethod,
}

impl std::fmt::Debug for Grant {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Grant(..)")
    }
}

impl std::fmt::Debug for Registered {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Registered(..)")
    }
}

/// Why an account could not be connected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// The service or its authorization server does not answer.
    #[error("{0} could not be reached")]
    Unreachable(&'static str),
    /// What one of them says is not what its standard asks for.
    #[error("{0}")]
    Rubbish(&'static str),
    /// The authorization server said no, in a word of OAuth.
    #[error("the authorization server answered with the error \u{201c}{0}\u{201d}")]
    Refused(&'static str),
    /// The operator has to do something.
    #[error("{0}")]
    NotConfigured(&'static str),
    /// The host failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl VaultError {
    /// In one word, for the log.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "unreachable",
            Self::Rubbish(_) => "rubbish",
            Self::Refused(word) => word,
            Self::NotConfigured(_) => "not_configured",
            Self::Port(_) => "storage",
        }
    }
}

/// A token to send, and which one it is.
pub(super) struct Bearer {
    pub(super) token: Secret,
    generation: i64,
}

/// The token for the service, fresh enough to be sent.
///
/// # Errors
/// A [`Refusal`] with [`Reason::NotConnected`] when the person has to connect their account, with
/// [`Reason::SignInNeeded`] when they have to sign in again.
pub(super) async fn bearer<H: Host>(party: &Party<H>) -> Result<Bearer, Refusal> {
    match way(&party.service) {
        Way::AuthorizationCode => account::bearer(party).await,
        Way::ClientCredentials | Way::TokenExchange(_) => held::bearer(party, None).await,
    }
}

/// What to do about a token that the service did not accept: a newer one, if there can be one.
///
/// # Errors
/// As [`bearer`].
pub(super) async fn instead<H: Host>(party: &Party<H>, refused: &Bearer) -> Result<Bearer, Refusal> {
    match way(&party.service) {
        Way::AuthorizationCode => account::instead(party, refused).await,
        Way::ClientCredentials | Way::TokenExchange(_) => held::bearer(party, Some(refused)).await,
    }
}

/// Gives up on a token that is the newest there can be and that the service does not accept.
pub(super) async fn give_up<H: Host>(party: &Party<H>, refused: &Bearer) -> Refusal {
    let name = &party.service.name;
    let whose = match way(&party.service) {
        Way::AuthorizationCode => return account::give_up(party, refused).await,
        Way::ClientCredentials => "the gateway's own account",
        Way::TokenExchange(_) => "you",
    };
    let text = format!(
        "{name} did not accept the token that its authorization server gave for {whose}. The gateway's operator has to \
         see to it that both agree (audience, resource and scopes in [service.oauth])."
    );
    Refusal::new(Fault::Gateway, Reason::ServiceCredentials, text)
}

/// Says what to do about a permission that the service wants besides.
pub(super) async fn wants<H: Host>(party: &Party<H>, scope: &str) -> Refusal {
    if *way(&party.service) == Way::AuthorizationCode {
        return account::wants(party, scope).await;
    }
    scope_missing(party)
}

/// The refusal where it is the operator who says which permissions are asked for.
fn scope_missing<H: Host>(party: &Party<H>) -> Refusal {
    let name = &party.service.name;
    let text = format!(
        "{name} wants a permission for this that the gateway's token for it does not have. The gateway's operator has to \
         add it to scopes in [service.oauth]."
    );
    Refusal::new(Fault::Gateway, Reason::ScopeMissing, text)
}

/// The permission that an answer says is missing (RFC 6750 §3.1).
pub(super) fn missing_scope(headers: &HeaderMap) -> Option<String> {
    let challenge = discovery::Challenge::of(headers);
    let missing = challenge.error.as_deref() == Some("insufficient_scope") && !challenge.scopes.is_empty();
    missing.then(|| challenge.scopes.join(" "))
}

/// How tokens for a service are got.
fn way(service: &Service) -> &Way {
    service.credentials.oauth.as_ref().map_or(&Way::AuthorizationCode, |oauth| &oauth.grant)
}

/// What tells the configuration that a token is got by from others. Empty where people connect accounts: those stay
/// with the server that they were connected at.
fn terms(service: &Service) -> String {
    if *way(service) == Way::AuthorizationCode {
        return String::new();
    }
    let oauth = serde_json::to_string(&service.credentials.oauth).unwrap_or_default();
    digest(&format!("{} {oauth}", service.mcp))
}

/// Where a person does what they have to do, that the service can be used: connects their account, or signs in.
pub fn link<H: Host>(party: &Party<H>) -> String {
    let public_url = &party.context.setup.config.public_url;
    match way(&party.service) {
        Way::AuthorizationCode => public_url.join(&format!("/connect/{}", party.service.id)),
        Way::ClientCredentials | Way::TokenExchange(_) => public_url.join("/login"),
    }
}

fn bearer_of(grant: &Grant, generation: i64) -> Bearer {
    Bearer { token: Secret::new(grant.access_token.as_str()), generation }
}

fn key<H: Host>(party: &Party<H>) -> Key<'_> {
    Key { person: &party.person, key: &party.key, service: &party.service.id }
}

fn unreachable<H: Host>(party: &Party<H>) -> Refusal {
    let name = &party.service.name;
    Refusal::new(
        Fault::Service,
        Reason::ServiceUnreachable,
        format!(
            "The authorization server of {name} does not answer, so nothing was sent. Try again in a minute."
        ),
    )
}

fn unkept<H: Host>(party: &Party<H>, error: &PortError) -> Refusal {
    party.context.host.log(LogLine::new(Level::Error, "storage_failed").port(error));
    Refusal::new(
        Fault::Gateway,
        Reason::StorageUnavailable,
        "The gateway's database does not answer; nothing was sent. Try again in a moment.",
    )
}

/// A URL that a service or its authorization server named, if the gateway may fetch it: a public one, one at the
/// service's own origin or at the issuer's that the operator wrote down, or, for a service on this very machine, one
/// there.
fn allowed(service: &Service, text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let issuer = service.credentials.oauth.as_ref().and_then(|oauth| oauth.issuer.as_deref());
    let issuer = issuer.and_then(|issuer| Url::parse(issuer).ok());
    let named =
        url.origin() == service.mcp.origin() || issuer.is_some_and(|issuer| issuer.origin() == url.origin());
    let local = is_loopback(&service.mcp) && is_loopback(&url);
    let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    // Issuers are mostly written as an origin, without the slash that URLs have.
    let bare = public_url(&format!("{text}/")).is_some_and(|url| url.path() == "/");
    plain && (public_url(text).is_some() || bare || named || local)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn what_a_service_names_is_asked_where_it_is_public_or_its_own() {
        let text = "[gateway]\npublic_url = \"https://gate.example.com\"\n[identity]\nissuer = \"https://idp.example.com\"\n\
                    client_id = \"mcpgate\"\n[[service]]\nid = \"crm\"\nmcp = \"https://crm.example.com:8443/mcp\"\n\
                    [service.oauth]\nissuer = \"https://sso.corp:8443/realms/x\"\n";
        let config = Config::parse(text).unwrap();
        let service = config.service("crm").unwrap();
        for url in [
            "https://as.example.com",
            "https://as.example.com/",
            "https://as.example.com/tenant",
            "https://crm.example.com:8443/token",
            "https://sso.corp:8443/token",
        ] {
            assert!(allowed(service, url), "{url}");
        }
        for url in [
            "https://10.0.0.1",
            "https://localhost",
            "https://as.example.com:8443",
            "https://user@as.example.com",
            "https://as.example.com#x",
            "https://as.example.com?x",
            "https://as.example.com/..",
            "http://as.example.com",
            "https://other.corp",
            "https://",
            "",
        ] {
            assert!(!allowed(service, url), "{url}");
        }
    }
}
