//! The relying party: people sign in at the configured OpenID Provider.
//!
//! OpenID Connect Core 1.0 (authorization code flow), Discovery 1.0, PKCE (RFC 7636), `iss` in the response
//! (RFC 9207). Routes: [`fn@login`], [`callback`], [`logout`], [`fn@home`]. Afterwards the browser has a [`Session`].

mod home;
mod id_jag;
mod id_token;
mod identity_token;
mod keys;
mod login;
mod session;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod vouching;

use std::rc::Rc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use url::Url;
use url::form_urlencoded::{Serializer, byte_serialize};

pub use self::home::home;
pub use self::id_jag::{IdJag, id_jag};
pub use self::id_token::{Claims, Expected, IdTokenError};
pub use self::identity_token::identity_token;
pub use self::login::{anew_path, callback, login, login_path, logout};
pub use self::session::Session;
use crate::audit::Reason;
use crate::config::{Identity, Vouching, is_loopback};
use crate::context::Context;
use crate::crypto::digest;
use crate::crypto::jwk::Jwk;
use crate::error::Fault;
use crate::host::{FetchError, Host, Limits, PortError, Timestamp};
use crate::outbound::fetch_all;
use identity_token::Tokens;
use vouching::is_true;

/// For how long discovery and keys are taken from memory or cache.
const REMEMBER: Duration = Duration::from_secs(3600);

/// The floor between two fetches of the keys: a token with an unknown key id cannot make us ask more often.
const KEYS_FLOOR: Duration = Duration::from_secs(60);

/// How long the provider may take.
const LIMITS: Limits = Limits { head: Duration::from_secs(10), idle: Duration::from_secs(5) };

/// The longest document that is read from the provider, in bytes.
const LONGEST: usize = 256 * 1024;

/// The OpenID Provider as its discovery document describes it, and its keys.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Provider {
    metadata: Metadata,
    keys: Vec<Jwk>,
    read_at: Timestamp,
    keys_read_at: Timestamp,
}

/// OpenID Connect Discovery 1.0 §3, as far as it is used.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    userinfo_endpoint: Option<String>,
    jwks_uri: String,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// Why nobody could be signed in, when it is not the person's fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OidcError {
    /// The provider cannot be reached.
    #[error("it could not be reached")]
    Unreachable,
    /// The provider is too slow.
    #[error("it did not answer in time")]
    TimedOut,
    /// The provider answers with an HTTP error.
    #[error("it answered with HTTP status {0}")]
    Status(u16),
    /// The provider answers with an OAuth error.
    #[error("it answered with the error \u{201c}{0}\u{201d}")]
    Refused(&'static str),
    /// The provider's answer is not what OpenID Connect says.
    #[error("its {0} is not what OpenID Connect asks for")]
    Rubbish(&'static str),
    /// The provider's ID token does not hold.
    #[error("its ID token does not hold: {0}")]
    IdToken(#[from] IdTokenError),
    /// The secret that holds our client secret is not set.
    #[error("the secret that [identity] client_secret names is not set")]
    NotConfigured,
    /// The host failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl OidcError {
    /// Whose fault it is.
    pub fn fault(&self) -> Fault {
        match self {
            Self::NotConfigured | Self::Port(_) => Fault::Gateway,
            _ => Fault::IdentityProvider,
        }
    }

    /// The reason as audit records name it.
    pub fn reason(&self) -> Reason {
        match self {
            Self::Unreachable | Self::TimedOut => Reason::IdpUnreachable,
            Self::Status(_) | Self::Refused(_) => Reason::IdpError,
            Self::Rubbish(_) => Reason::IdpRubbish,
            Self::IdToken(_) => Reason::IdTokenInvalid,
            Self::NotConfigured => Reason::NotConfigured,
            Self::Port(_) => Reason::StorageUnavailable,
        }
    }
}

impl From<FetchError> for OidcError {
    fn from(error: FetchError) -> Self {
        match error {
            FetchError::Unreachable(_) => Self::Unreachable,
            FetchError::TimedOut => Self::TimedOut,
        }
    }
}

impl Provider {
    /// The configured provider: from memory, from the cache, or by discovery.
    ///
    /// # Errors
    /// [`OidcError`] when it must be asked and does not answer as it should.
    pub async fn of<H: Host>(context: &Context<H>) -> Result<Rc<Self>, OidcError> {
        let issuer = &context.setup.config.identity.issuer;
        let now = context.host.now();
        let fresh =
            |provider: &Self| provider.read_at.after(REMEMBER) > now && provider.metadata.issuer == *issuer;
        if let Some(provider) = context.host.isolate().providers.recall(issuer, now, REMEMBER)
            && fresh(&provider)
        {
            return Ok(provider);
        }
        // The cache may fail or hold something old: then the provider is asked.
        let cached = context.host.cache_get(&cache_key(issuer)).await.ok().flatten();
        let cached = cached.and_then(|text| serde_json::from_str::<Self>(&text).ok()).filter(fresh);
        if let Some(provider) = cached {
            let provider = Rc::new(provider);
            context.host.isolate().providers.keep(issuer.clone(), now, Rc::clone(&provider));
            return Ok(provider);
        }
        let metadata = discover(&context.host, issuer).await?;
        let keys = keys::fetch(&context.host, &metadata.jwks_uri).await?;
        Ok(remember(context, Self { metadata, keys, read_at: now, keys_read_at: now }).await)
    }

    /// Where to send the browser.
    fn authorization_url(&self, parameters: &[(&str, &str)]) -> Result<Url, OidcError> {
        let mut url = Url::parse(&self.metadata.authorization_endpoint)
            .map_err(|_| OidcError::Rubbish("authorization_endpoint"))?;
        url.query_pairs_mut().extend_pairs(parameters);
        Ok(url)
    }

    /// Exchanges a code and checks the ID token that comes back.
    ///
    /// # Errors
    /// [`OidcError`].
    async fn redeem<H: Host>(
        self: Rc<Self>,
        context: &Context<H>,
        code: &str,
        verifier: &str,
        nonce: &str,
        redirect_uri: &str,
        since: Option<Timestamp>,
    ) -> Result<(Claims, Tokens), OidcError> {
        let identity = &context.setup.config.identity;
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect_uri),
            ("code_verifier", verifier),
        ];
        let request = self.token_request(context, identity, &form).await?;
        let answer: TokenAnswer = ask(&context.host, request, "token response").await?;
        let mut claims = self.verify(context, &answer.id_token, Some(nonce), since).await?;
        if claims.email.is_none()
            && let Some(endpoint) = &self.metadata.userinfo_endpoint
        {
            let request = get(endpoint, Some(&answer.access_token))?;
            let info: UserInfo = ask(&context.host, request, "userinfo").await?;
            // OpenID Connect Core §5.3.2: otherwise it is somebody else's.
            if info.sub != claims.subject {
                return Err(OidcError::Rubbish("userinfo subject"));
            }
            claims.email = info.email;
            // What else a provider needs to say, it says in the ID token.
            claims.email_verified =
                identity.vouching == Vouching::Verified && is_true(info.email_verified.as_ref());
            claims.name = claims.name.or(info.name);
        }
        let tokens = Tokens::of_sign_in(answer, claims.expires_at, context.host.now());
        Ok((claims, tokens))
    }

    /// Checks an ID token; the keys are read again when none of them is meant.
    async fn verify<H: Host>(
        &self,
        context: &Context<H>,
        token: &str,
        nonce: Option<&str>,
        since: Option<Timestamp>,
    ) -> Result<Claims, OidcError> {
        let identity = &context.setup.config.identity;
        let expected = Expected {
            issuer: &self.metadata.issuer,
            client_id: &identity.client_id,
            nonce,
            now: context.host.now(),
            vouching: &identity.vouching,
            since,
        };
        Ok(match id_token::verify(token, &self.keys, expected) {
            Err(IdTokenError::UnknownKey) => {
                let rotated = self.rotate_keys(context).await?.ok_or(IdTokenError::UnknownKey)?;
                id_token::verify(token, &rotated.keys, expected)?
            }
            verified => verified?,
        })
    }

    async fn token_request<H: Host>(
        &self,
        context: &Context<H>,
        identity: &Identity,
        grant: &[(&str, &str)],
    ) -> Result<http::Request<Bytes>, OidcError> {
        let mut form = Serializer::new(String::new());
        form.extend_pairs(grant);
        let mut request = http::Request::post(&self.metadata.token_endpoint)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(ACCEPT, "application/json");
        match &identity.client_secret {
            None => {
                form.append_pair("client_id", &identity.client_id);
            }
            Some(name) => {
                let secret = context.host.secret(name).await?.ok_or(OidcError::NotConfigured)?;
                if self.takes_basic() {
                    let encode = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
                    let pair = format!("{}:{}", encode(&identity.client_id), encode(secret.expose()));
                    request = request.header(AUTHORIZATION, format!("Basic {}", STANDARD.encode(pair)));
                } else {
                    form.append_pair("client_id", &identity.client_id);
                    form.append_pair("client_secret", secret.expose());
                }
            }
        }
        request.body(form.finish().into()).map_err(|_| OidcError::Rubbish("token_endpoint"))
    }

    /// `client_secret_basic` is what a provider takes that says nothing (Discovery §3).
    fn takes_basic(&self) -> bool {
        let methods = self.metadata.token_endpoint_auth_methods_supported.as_ref();
        methods.is_none_or(|methods| methods.iter().any(|method| method == "client_secret_basic"))
    }

    /// Reads the keys again, unless that happened just now.
    async fn rotate_keys<H: Host>(&self, context: &Context<H>) -> Result<Option<Rc<Self>>, OidcError> {
        let now = context.host.now();
        if self.keys_read_at.after(KEYS_FLOOR) > now {
            return Ok(None);
        }
        let fetched = keys::fetch(&context.host, &self.metadata.jwks_uri).await;
        // A provider that fails is not asked more often.
        let keys = fetched.as_ref().ok().cloned().unwrap_or_else(|| self.keys.clone());
        let rotated = remember(context, Self { keys, keys_read_at: now, ..self.clone() }).await;
        fetched.map(|_| Some(rotated))
    }
}

#[derive(Deserialize)]
struct TokenAnswer {
    id_token: String,
    access_token: String,
    expires_in: Option<u64>,
    refresh_token: Option<String>,
}

#[derive(Deserialize)]
struct UserInfo {
    sub: String,
    email: Option<String>,
    email_verified: Option<serde_json::Value>,
    name: Option<String>,
}

async fn remember<H: Host>(context: &Context<H>, provider: Provider) -> Rc<Provider> {
    let issuer = &provider.metadata.issuer;
    if let Ok(text) = serde_json::to_string(&provider) {
        // A cache that fails costs time, nothing else.
        let _ = context.host.cache_put(&cache_key(issuer), &text, REMEMBER).await;
    }
    let provider = Rc::new(provider);
    context.host.isolate().providers.keep(
        provider.metadata.issuer.clone(),
        context.host.now(),
        Rc::clone(&provider),
    );
    provider
}

fn cache_key(issuer: &str) -> String {
    format!("oidc:{}", digest(issuer))
}

async fn discover<H: Host>(host: &H, issuer: &str) -> Result<Metadata, OidcError> {
    let url = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let metadata: Metadata = ask(host, get(&url, None)?, "discovery document").await?;
    if metadata.issuer != issuer {
        return Err(OidcError::Rubbish("issuer"));
    }
    let local = Url::parse(issuer).is_ok_and(|issuer| issuer.scheme() == "http" && is_loopback(&issuer));
    let safe = |url: &str| {
        Url::parse(url).is_ok_and(|url| {
            url.scheme() == "https" || (local && url.scheme() == "http" && is_loopback(&url))
        })
    };
    let endpoints = [&metadata.authorization_endpoint, &metadata.token_endpoint, &metadata.jwks_uri];
    if !endpoints.into_iter().chain(&metadata.userinfo_endpoint).all(|url| safe(url)) {
        return Err(OidcError::Rubbish("list of endpoints"));
    }
    Ok(metadata)
}

fn get(url: &str, bearer: Option<&str>) -> Result<http::Request<Bytes>, OidcError> {
    let mut request = http::Request::get(url).header(ACCEPT, "application/json");
    if let Some(bearer) = bearer {
        request = request.header(AUTHORIZATION, format!("Bearer {bearer}"));
    }
    request.body(Bytes::new()).map_err(|_| OidcError::Rubbish("list of endpoints"))
}

/// Asks the provider for a JSON document; `what` names it in errors.
async fn ask<H: Host, T: DeserializeOwned>(
    host: &H,
    request: http::Request<Bytes>,
    what: &'static str,
) -> Result<T, OidcError> {
    let response = fetch_all(host, request, LIMITS, LONGEST).await?;
    if response.status() == http::StatusCode::OK {
        return serde_json::from_slice(response.body()).map_err(|_| OidcError::Rubbish(what));
    }
    #[derive(Deserialize)]
    struct OAuthError {
        error: String,
    }
    match serde_json::from_slice::<OAuthError>(response.body()) {
        Ok(OAuthError { error }) if response.status().is_client_error() => {
            Err(OidcError::Refused(known_error(&error)))
        }
        _ => Err(OidcError::Status(response.status().as_u16())),
    }
}

/// An error code of OAuth or OpenID Connect as a literal: a provider's own words go nowhere.
fn known_error(code: &str) -> &'static str {
    const KNOWN: [&str; 16] = [
        "invalid_request",
        "unauthorized_client",
        "access_denied",
        "unsupported_response_type",
        "invalid_scope",
        "server_error",
        "temporarily_unavailable",
        "interaction_required",
        "login_required",
        "account_selection_required",
        "consent_required",
        "invalid_client",
        "invalid_grant",
        "unsupported_grant_type",
        "request_not_supported",
        "invalid_token",
    ];
    KNOWN.into_iter().find(|known| *known == code).unwrap_or("unknown error")
}
