//! Access tokens (RFC 9068): made here, believed here, and nowhere else is a [`Principal`] made.

use std::time::Duration;

use http::HeaderMap;
use http::header::AUTHORIZATION;
use jwt_simple::prelude::{Audiences, JWTClaims};
use jwt_simple::reexports::coarsetime::UnixTimeStamp;
use serde::{Deserialize, Serialize};

use super::{READ, Resource, SCOPE};
use crate::config::Config;
use crate::context::Context;
use crate::crypto::{Expected, Secret, TokenError, digest};
use crate::host::{Host, PortError, Timestamp};

/// Who calls: proof that a request carried a token of ours for the resource it went to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    person: String,
    role: String,
    client: String,
    scope: &'static str,
    generation: i64,
    expires_at: Timestamp,
    metadata_url: String,
}

impl Principal {
    /// The id of the person: a keyed hash.
    pub fn person(&self) -> &str {
        &self.person
    }

    /// The name of their role when the token was issued.
    pub fn role(&self) -> &str {
        &self.role
    }

    /// The id of the client that acts for them.
    pub fn client(&self) -> &str {
        &self.client
    }

    /// Whether the client may also do what changes something.
    pub fn may_write(&self) -> bool {
        self.scope == SCOPE
    }

    /// Which generation of the person's tokens this one is of: it counts only while the person's row says the same.
    pub fn generation(&self) -> i64 {
        self.generation
    }

    /// What the client is told when the token does not count any more.
    pub fn voided(&self) -> Challenge {
        Challenge { error: Some(TokenError::Invalid), metadata_url: self.metadata_url.clone() }
    }

    /// When the token is over.
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }
}

/// Why a request is not let through: the answer 401 and what it tells the client (RFC 6750 §3, RFC 9728 §5.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    error: Option<TokenError>,
    metadata_url: String,
}

impl Challenge {
    /// What is wrong with the token; [`None`] when there was none.
    pub fn error(&self) -> Option<TokenError> {
        self.error
    }

    /// The value of `WWW-Authenticate`.
    pub fn header(&self) -> String {
        let error = match self.error {
            Some(error) => format!("error=\"invalid_token\", error_description=\"{error}\", "),
            None => String::new(),
        };
        format!("Bearer {error}resource_metadata=\"{}\", scope=\"{SCOPE}\"", self.metadata_url)
    }
}

/// What a client is told that may only read and calls what writes (RFC 6750 §3.1): one step up, to all there is.
pub fn insufficient_scope(config: &Config, resource: &Resource) -> String {
    format!(
        "Bearer error=\"insufficient_scope\", error_description=\"this call needs the scope {SCOPE}\", \
         scope=\"{SCOPE}\", resource_metadata=\"{}\"",
        resource.metadata_url(config)
    )
}

/// For how long an isolate takes a token for verified that it has verified: checking a signature costs more than the
/// rest of this phase. A signing key that is taken away counts no longer than that.
const REMEMBER: Duration = Duration::from_secs(60);

/// Phase one: bearer token -> [`Principal`]. The token must be in the `Authorization` header (never in the URL) and
/// for exactly this resource. No I/O: whether the person's access was ended since is asked with their data key.
///
/// # Errors
/// [`Challenge`].
pub fn authenticate<H: Host>(
    context: &Context<H>,
    headers: &HeaderMap,
    resource: &Resource,
) -> Result<Principal, Challenge> {
    let setup = &context.setup;
    let challenge = |error| Challenge { error, metadata_url: resource.metadata_url(&setup.config) };
    let mut values = headers.get_all(AUTHORIZATION).into_iter();
    let Some(value) = values.next() else { return Err(challenge(None)) };
    let token = value.to_str().ok().and_then(bearer).filter(|_| values.next().is_none());
    let token = token.ok_or_else(|| challenge(Some(TokenError::Invalid)))?;
    let url = resource.url(&setup.config);
    let now = context.host.now();
    let isolate = context.host.isolate();
    let known = (digest(token), url.clone());
    if let Some(principal) =
        isolate.principals.recall(&known, now, REMEMBER).filter(|known| known.expires_at > now)
    {
        return Ok(principal);
    }
    let expected = Expected { typ: TYPE, issuer: setup.config.public_url.as_str(), audience: &url, now };
    let claims =
        setup.keys.signing.verify::<Custom>(token, expected).map_err(|error| challenge(Some(error)))?;
    let principal = principal(claims, resource.metadata_url(&setup.config));
    let principal = principal.ok_or_else(|| challenge(Some(TokenError::Invalid)))?;
    isolate.principals.keep(known, now, principal.clone());
    Ok(principal)
}

/// What an access token is issued for.
pub(super) struct Grant<'a> {
    pub(super) person: &'a str,
    /// As of when the person was admitted to this.
    pub(super) generation: i64,
    pub(super) role: &'a str,
    pub(super) client: &'a str,
    pub(super) scope: &'a str,
    /// The URL of the resource.
    pub(super) resource: &'a str,
    /// The family of refresh tokens that renews it.
    pub(super) family: Option<&'a str>,
}

/// What a living access token of ours says, for whichever resource it is.
pub(super) struct Content {
    pub(super) client: String,
    pub(super) person: String,
    /// The URL of the resource.
    pub(super) resource: String,
    pub(super) family: Option<String>,
}

/// Looks into an access token that its holder hands back; [`None`] for what is none of ours, or no longer.
pub(super) fn look_into<H: Host>(context: &Context<H>, token: &str) -> Option<Content> {
    let setup = &context.setup;
    let now = context.host.now();
    let config = &setup.config;
    let resources = config
        .services
        .iter()
        .filter_map(|service| Resource::of(config, &service.id))
        .chain([Resource::all()]);
    resources.map(|resource| resource.url(config)).find_map(|url| {
        let expected = Expected { typ: TYPE, issuer: config.public_url.as_str(), audience: &url, now };
        let claims = setup.keys.signing.verify::<Custom>(token, expected).ok()?;
        Some(Content {
            client: claims.custom.client_id,
            person: claims.subject?,
            resource: url,
            family: claims.custom.family,
        })
    })
}

/// Issues an access token.
///
/// # Errors
/// When the host has no randomness for the token's id, or the keys cannot sign.
pub(super) fn issue<H: Host>(context: &Context<H>, grant: &Grant<'_>) -> Result<String, PortError> {
    let setup = &context.setup;
    let now = context.host.now();
    let seconds = |at: Timestamp| UnixTimeStamp::from_secs(u64::try_from(at.seconds()).unwrap_or_default());
    let claims = JWTClaims {
        issued_at: Some(seconds(now)),
        expires_at: Some(seconds(now.after(setup.config.tokens.access))),
        invalid_before: None,
        issuer: Some(setup.config.public_url.as_str().to_owned()),
        subject: Some(grant.person.to_owned()),
        audiences: Some(Audiences::AsString(grant.resource.to_owned())),
        jwt_id: Some(Secret::random(&context.host)?.expose().to_owned()),
        nonce: None,
        custom: Custom {
            client_id: grant.client.to_owned(),
            scope: grant.scope.to_owned(),
            role: grant.role.to_owned(),
            family: grant.family.map(str::to_owned),
            generation: grant.generation,
        },
    };
    setup.keys.signing.sign(TYPE, claims)
}

const TYPE: &str = "at+jwt";

#[derive(Serialize, Deserialize)]
struct Custom {
    client_id: String,
    scope: String,
    role: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    family: Option<String>,
    #[serde(default)]
    generation: i64,
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim_start_matches(' ');
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

fn principal(claims: JWTClaims<Custom>, metadata_url: String) -> Option<Principal> {
    let scope = [SCOPE, READ].into_iter().find(|scope| *scope == claims.custom.scope)?;
    let expires_at = i64::try_from(claims.expires_at?.as_secs()).ok()?.checked_mul(1000)?;
    Some(Principal {
        person: claims.subject?,
        role: claims.custom.role,
        client: claims.custom.client_id,
        scope,
        generation: claims.custom.generation,
        expires_at: Timestamp(expires_at),
        metadata_url,
    })
}
