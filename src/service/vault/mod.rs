//! The token vault: each person's own account at a service, connected once by themselves and kept fresh.
//!
//! ```text
//! connect:  service says who vouches for it -> authorization server -> the person says yes there -> tokens, sealed
//! call:     tokens opened -> refreshed by one instance alone when their time is nearly over -> sent to that service only
//! ```
//!
//! Choices that its users may want to know:
//! - What a token was got with (server, client, resource) is sealed beside it: it is refreshed there and nowhere else,
//!   whatever the service or the configuration says later.
//! - A refresh that fails for the moment leaves the old token in use until its time is over. One that the server
//!   refuses ends the connection: the person is asked to connect anew.
//! - An authorization server without PKCE (S256) is refused, as the protocol asks.

mod connect;
mod discovery;
mod registration;
mod token;

use std::time::Duration;

use http::HeaderMap;
use serde::{Deserialize, Serialize};
use url::Url;

pub use connect::{Begun, Ended, Obtained, Return, begin, finish, keep};
pub use registration::{document, redirect_uri};
pub use token::AuthMethod;

use super::{Party, ending};
use crate::audit::Reason;
use crate::config::{Service, is_loopback};
use crate::crypto::Secret;
use crate::error::{Fault, Refusal};
use crate::host::{Host, Level, LogLine, PortError, Timestamp};
use crate::outbound::public_url;
use crate::store::connection::{self, Key, Row};
use token::TokenError;

/// How long before its end a token is renewed.
const EARLY: Duration = Duration::from_secs(60);
/// How long one instance alone may take to renew a token.
const LEASE: Duration = Duration::from_secs(20);
/// How often, and how many times, others look whether it has.
const LOOK: Duration = Duration::from_millis(300);
const LOOKS: usize = 40;

/// What a person's account at a service consists of. Sealed in the database as JSON.
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

/// The token of the person's own account, fresh enough to be sent.
///
/// # Errors
/// A [`Refusal`] with [`Reason::NotConnected`] when the person has to connect their account.
pub(super) async fn bearer<H: Host>(party: &Party<H>) -> Result<Bearer, Refusal> {
    let row = find(party).await?.ok_or_else(|| not_connected(party))?;
    let now = party.context.host.now();
    if row.token_until > now.after(EARLY) {
        return opened(party, &row).map(|grant| bearer_of(&grant, &row));
    }
    renewed(party, row).await
}

/// What to do about a token that the service did not accept: a newer one, if there can be one.
///
/// # Errors
/// As [`bearer`].
pub(super) async fn instead<H: Host>(party: &Party<H>, refused: &Bearer) -> Result<Bearer, Refusal> {
    let row = find(party).await?.ok_or_else(|| not_connected(party))?;
    if row.generation != refused.generation {
        return opened(party, &row).map(|grant| bearer_of(&grant, &row));
    }
    let row = Row { token_until: Timestamp(0), ..row };
    renewed(party, row).await
}

/// Gives up on a grant whose newest token the service does not accept.
pub(super) async fn give_up<H: Host>(party: &Party<H>, refused: &Bearer) -> Refusal {
    match connection::kill(&party.context.host, key(party), refused.generation).await {
        Ok(_) => not_connected(party),
        Err(error) => unkept(party, &error),
    }
}

/// Remembers what the service wants besides, so that the person is asked for that too.
pub(super) async fn wants<H: Host>(party: &Party<H>, scope: &str) -> Refusal {
    match connection::want(&party.context.host, key(party), scope).await {
        Ok(()) => {
            let name = &party.service.name;
            let text = format!(
                "{name} wants a permission for this that your account did not give yet. Ask the person to open {} and \
                 connect {name} again; then make the same call again.",
                link(party)
            );
            Refusal::new(Fault::Caller, Reason::ScopeMissing, text)
        }
        Err(error) => unkept(party, &error),
    }
}

/// The permission that an answer says is missing (RFC 6750 §3.1).
pub(super) fn missing_scope(headers: &HeaderMap) -> Option<String> {
    let challenge = discovery::Challenge::of(headers);
    let missing = challenge.error.as_deref() == Some("insufficient_scope") && !challenge.scopes.is_empty();
    missing.then(|| challenge.scopes.join(" "))
}

/// Whether the person has connected an account, as far as the gateway knows.
///
/// # Errors
/// When the database fails.
pub async fn is_connected<H: Host>(party: &Party<H>) -> Result<bool, PortError> {
    Ok(connection::find(&party.context.host, key(party)).await?.is_some_and(|row| row.grant.is_some()))
}

/// Ends a connection: revoked at its server as far as that can be done, and deleted here. Says whether there was one.
///
/// # Errors
/// When the database fails.
pub async fn disconnect<H: Host>(party: &Party<H>) -> Result<bool, PortError> {
    let host = &party.context.host;
    // As long as there is the account that they were begun with.
    ending::end_all(party).await?;
    let Some(row) = connection::take(host, key(party)).await? else { return Ok(false) };
    if let Some(grant) = &row.grant
        && let Ok(grant) = serde_json::from_str::<Grant>(grant)
    {
        token::revoke(&party.context, &party.service, &grant).await;
    }
    Ok(true)
}

async fn find<H: Host>(party: &Party<H>) -> Result<Option<Row>, Refusal> {
    let row =
        connection::find(&party.context.host, key(party)).await.map_err(|error| unkept(party, &error))?;
    Ok(row.filter(|row| row.grant.is_some()))
}

/// Renews a token: one instance alone, while the others go on with the old one or wait.
async fn renewed<H: Host>(party: &Party<H>, row: Row) -> Result<Bearer, Refusal> {
    let host = &party.context.host;
    let mut row = row;
    for _ in 0..LOOKS {
        let now = host.now();
        let grant = opened(party, &row)?;
        if grant.refresh_token.is_none() {
            if row.token_until > now {
                return Ok(bearer_of(&grant, &row));
            }
            let dead = connection::kill(host, key(party), row.generation).await;
            return Err(dead.map_or_else(|error| unkept(party, &error), |_| not_connected(party)));
        }
        let leased = connection::lease(host, key(party), row.generation, now, now.after(LEASE)).await;
        if leased.map_err(|error| unkept(party, &error))? {
            return refresh(party, &row, grant).await;
        }
        if row.token_until > now {
            return Ok(bearer_of(&grant, &row));
        }
        host.sleep(LOOK).await;
        let newer = find(party).await?.ok_or_else(|| not_connected(party))?;
        if newer.generation != row.generation {
            return opened(party, &newer).map(|grant| bearer_of(&grant, &newer));
        }
        row = Row { lease_until: newer.lease_until, ..row };
    }
    Err(unreachable(party))
}

async fn refresh<H: Host>(party: &Party<H>, row: &Row, grant: Grant) -> Result<Bearer, Refusal> {
    let host = &party.context.host;
    let failed = match token::refresh(&party.context, &party.service, &grant).await {
        Ok(tokens) => {
            let (grant, until) = tokens.into_grant(grant, host.now());
            let text = serde_json::to_string(&grant).unwrap_or_default();
            let kept = connection::renew(host, key(party), row.generation, &text, until).await;
            // Whoever disconnected in the meantime meant it.
            return match kept.map_err(|error| unkept(party, &error))? {
                true => Ok(Bearer { token: Secret::new(grant.access_token), generation: row.generation + 1 }),
                false => Err(not_connected(party)),
            };
        }
        Err(failed) => failed,
    };
    let line = LogLine::new(Level::Warn, "refresh_failed").id("service", &party.service.id);
    host.log(line.word("why", failed.name()));
    if matches!(failed, TokenError::Refused(_) | TokenError::Client) {
        let dead = connection::kill(host, key(party), row.generation).await;
        return Err(dead.map_or_else(|error| unkept(party, &error), |_| not_connected(party)));
    }
    connection::release(host, key(party), row.generation).await.map_err(|error| unkept(party, &error))?;
    match row.token_until > host.now() {
        true => Ok(bearer_of(&grant, row)),
        false => Err(unreachable(party)),
    }
}

fn opened<H: Host>(party: &Party<H>, row: &Row) -> Result<Grant, Refusal> {
    let grant = row.grant.as_deref().and_then(|grant| serde_json::from_str(grant).ok());
    grant.ok_or_else(|| not_connected(party))
}

fn bearer_of(grant: &Grant, row: &Row) -> Bearer {
    Bearer { token: Secret::new(grant.access_token.as_str()), generation: row.generation }
}

fn key<H: Host>(party: &Party<H>) -> Key<'_> {
    Key { person: &party.person, key: &party.key, service: &party.service.id }
}

/// Where a person connects their account.
pub fn link<H: Host>(party: &Party<H>) -> String {
    party.context.setup.config.public_url.join(&format!("/connect/{}", party.service.id))
}

/// The refusal for a person who has to connect their account.
pub fn not_connected<H: Host>(party: &Party<H>) -> Refusal {
    let name = &party.service.name;
    let text = format!(
        "Your account at {name} is not connected, or has to be connected again. Ask the person to open {} and connect \
         it; then make the same call again.",
        link(party)
    );
    Refusal::new(Fault::Caller, Reason::NotConnected, text)
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
    plain && (public_url(text).is_some() || named || local)
}
