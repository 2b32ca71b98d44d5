//! Tokens that are got without asking the person for anything: the gateway's own, and exchanged ones. Kept until their
//! end, and got anew shortly before it by one instance alone.

use zeroize::Zeroizing;

use super::account::{EARLY, LEASE, LOOK, LOOKS};
use super::registration::client;
use super::token::TokenError;
use super::{
    Bearer, Grant, VaultError, Way, bearer_of, exchange, found, key, own, terms, unkept, unreachable, way,
};
use crate::error::Refusal;
use crate::host::{Host, Level, LogLine, PortError, Timestamp};
use crate::oidc::OidcError;
use crate::service::Party;
use crate::store::{connection, service_token};

/// What is kept.
struct Held {
    grant: Option<Zeroizing<String>>,
    token_until: Timestamp,
    generation: i64,
}

/// Why there is no token.
pub(super) enum Failed {
    /// The authorization server could not be found out, or not be used.
    Vault(VaultError),
    /// It gave none.
    Token(TokenError),
    /// What says who the person is, is over: they have to sign in again.
    SignedOut,
    /// The identity provider could not renew it.
    Identity(OidcError),
}

impl<E: Into<VaultError>> From<E> for Failed {
    fn from(error: E) -> Self {
        Self::Vault(error.into())
    }
}

impl Failed {
    fn word(&self) -> &'static str {
        match self {
            Self::Vault(error) => error.word(),
            Self::Token(error) => error.name(),
            Self::SignedOut => "sign_in_needed",
            Self::Identity(error) => error.reason().name(),
        }
    }
}

/// A token that was got, and until when it holds.
pub(super) struct Got {
    pub(super) grant: Grant,
    pub(super) scope: String,
    pub(super) until: Timestamp,
}

/// The token, fresh enough to be sent; another than this one, if the service refused it.
pub(super) async fn bearer<H: Host>(party: &Party<H>, refused: Option<&Bearer>) -> Result<Bearer, Refusal> {
    let host = &party.context.host;
    let terms = terms(&party.service);
    let kept = |error: PortError| unkept(party, &error);
    for _ in 0..LOOKS {
        let now = host.now();
        let held = find(party).await.map_err(kept)?;
        let good = usable(&held, &terms, now)
            .filter(|_| refused.is_none_or(|refused| refused.generation != held.generation));
        match good {
            Some(bearer) if held.token_until > now.after(EARLY) => return Ok(bearer),
            good => {
                if lease(party, held.generation, now).await.map_err(kept)? {
                    return next(party, &held, terms, good).await;
                }
                if let Some(bearer) = good {
                    return Ok(bearer);
                }
            }
        }
        host.sleep(LOOK).await;
    }
    Err(unreachable(party))
}

/// Gets the next token, as the only one who does; the one before is good until its end.
async fn next<H: Host>(
    party: &Party<H>,
    held: &Held,
    terms: String,
    good: Option<Bearer>,
) -> Result<Bearer, Refusal> {
    let host = &party.context.host;
    let failed = match get(party, &terms).await {
        Ok(got) => {
            let kept = put(party, held.generation, &got).await.map_err(|error| unkept(party, &error))?;
            if kept {
                return Ok(bearer_of(&got.grant, held.generation + 1));
            }
            // Somebody else was at it when the lease was over, or there is nothing to be kept any more.
            let newer = find(party).await.map_err(|error| unkept(party, &error))?;
            return usable(&newer, &terms, host.now()).ok_or_else(|| unreachable(party));
        }
        Err(failed) => failed,
    };
    let line = LogLine::new(Level::Warn, "service_token_failed").id("service", &party.service.id);
    host.log(line.word("why", failed.word()));
    if !matches!(
        failed,
        Failed::SignedOut | Failed::Identity(_) | Failed::Token(TokenError::Grant | TokenError::Refused(_))
    ) {
        found::forget(&party.context, &party.service).await;
    }
    release(party, held.generation).await.map_err(|error| unkept(party, &error))?;
    match good.filter(|_| held.token_until > host.now()) {
        Some(bearer) => Ok(bearer),
        None => Err(refusal(party, failed)),
    }
}

async fn get<H: Host>(party: &Party<H>, terms: &str) -> Result<Got, Failed> {
    let (context, service) = (&party.context, &*party.service);
    let discovered = found::found(context, service).await?;
    let server = discovered.server;
    let client = client(context, service, &server).await?;
    let scopes = service.credentials.oauth.as_ref().and_then(|oauth| oauth.scopes.clone());
    let scope = scopes.unwrap_or(discovered.scopes).join(" ");
    let grant = Grant {
        issuer: server.issuer,
        token_endpoint: server.token_endpoint,
        revocation_endpoint: server.revocation_endpoint,
        client,
        resource: discovered.resource,
        access_token: String::new(),
        refresh_token: None,
        former: Vec::new(),
        terms: terms.to_owned(),
    };
    let tokens = match way(service) {
        Way::TokenExchange(wish) => exchange::exchange(party, wish, &grant, &scope).await?,
        _ => own::ask(context, service, &grant, &scope).await?,
    };
    let scope = tokens.scope.clone().unwrap_or(scope);
    let (grant, until) = tokens.into_grant(grant, context.host.now());
    // Another is got instead.
    let grant = Grant { refresh_token: None, ..grant };
    Ok(Got { grant, scope, until })
}

fn refusal<H: Host>(party: &Party<H>, failed: Failed) -> Refusal {
    match way(&party.service) {
        Way::TokenExchange(wish) => exchange::refusal(party, wish, failed),
        _ => own::refusal(party, failed),
    }
}

/// The token, if it counts under this configuration and its time is not over.
fn usable(held: &Held, terms: &str, now: Timestamp) -> Option<Bearer> {
    let grant = serde_json::from_str::<Grant>(held.grant.as_deref()?).ok()?;
    (grant.terms == terms && held.token_until > now).then(|| bearer_of(&grant, held.generation))
}

async fn find<H: Host>(party: &Party<H>) -> Result<Held, PortError> {
    let (context, service) = (&party.context, &party.service.id);
    const NOTHING: Held = Held { grant: None, token_until: Timestamp(0), generation: 0 };
    match way(&party.service) {
        Way::ClientCredentials => {
            let Some(row) = service_token::find(context, service).await? else {
                service_token::open(&context.host, service).await?;
                return Ok(NOTHING);
            };
            Ok(Held { grant: row.grant, token_until: row.token_until, generation: row.generation })
        }
        _ => {
            let Some(row) = connection::find(&context.host, key(party)).await? else {
                connection::open(&context.host, key(party)).await?;
                return Ok(NOTHING);
            };
            Ok(Held { grant: row.grant, token_until: row.token_until, generation: row.generation })
        }
    }
}

async fn lease<H: Host>(party: &Party<H>, generation: i64, now: Timestamp) -> Result<bool, PortError> {
    let (host, until) = (&party.context.host, now.after(LEASE));
    match way(&party.service) {
        Way::ClientCredentials => service_token::lease(host, &party.service.id, generation, now, until).await,
        _ => connection::lease(host, key(party), generation, now, until).await,
    }
}

async fn release<H: Host>(party: &Party<H>, generation: i64) -> Result<(), PortError> {
    let host = &party.context.host;
    match way(&party.service) {
        Way::ClientCredentials => service_token::release(host, &party.service.id, generation).await,
        _ => connection::release(host, key(party), generation).await,
    }
}

async fn put<H: Host>(party: &Party<H>, generation: i64, got: &Got) -> Result<bool, PortError> {
    let context = &party.context;
    let text = serde_json::to_string(&got.grant).map_err(|_| PortError::new("sql", "tokens are not JSON"))?;
    match way(&party.service) {
        Way::ClientCredentials => {
            service_token::put(context, &party.service.id, generation, &text, got.until).await
        }
        _ => connection::put(&context.host, key(party), generation, &text, &got.scope, got.until).await,
    }
}
