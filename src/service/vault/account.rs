//! Each person's own account at a service: connected once by themselves (see [`super::connect`]), refreshed, and ended.

use std::time::Duration;

use super::registration::{forget, registered_itself};
use super::token::{self, TokenError};
use super::{Bearer, Grant, bearer_of, ending, key, link, scope_missing, unkept, unreachable};
use crate::audit::Reason;
use crate::crypto::Secret;
use crate::error::{Fault, Refusal};
use crate::host::{Host, Level, LogLine, PortError, Timestamp};
use crate::service::Party;
use crate::store::connection::{self, Row};

/// How long before its end a token is renewed.
pub(super) const EARLY: Duration = Duration::from_secs(60);
/// How long one instance alone may take to renew a token.
pub(super) const LEASE: Duration = Duration::from_secs(20);
/// How often, and how many times, others look whether it has.
pub(super) const LOOK: Duration = Duration::from_millis(300);
pub(super) const LOOKS: usize = 40;

/// The token of the person's own account, fresh enough to be sent.
///
/// # Errors
/// A [`Refusal`] with [`Reason::NotConnected`] when the person has to connect their account.
pub(super) async fn bearer<H: Host>(party: &Party<H>) -> Result<Bearer, Refusal> {
    let row = find(party).await?.ok_or_else(|| not_connected(party))?;
    let now = party.context.host.now();
    if row.token_until > now.after(EARLY) {
        return opened(party, &row).map(|grant| bearer_of(&grant, row.generation));
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
        return opened(party, &row).map(|grant| bearer_of(&grant, row.generation));
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

/// Remembers what the service wants besides, so that the person is asked for that too, unless the operator chose what
/// they are asked for.
pub(super) async fn wants<H: Host>(party: &Party<H>, scope: &str) -> Refusal {
    let chosen = party.service.credentials.oauth.as_ref().and_then(|oauth| oauth.scopes.as_ref());
    if chosen.is_some_and(|chosen| scope.split(' ').any(|scope| !chosen.iter().any(|chosen| chosen == scope)))
    {
        return scope_missing(party);
    }
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
                return Ok(bearer_of(&grant, row.generation));
            }
            let dead = connection::kill(host, key(party), row.generation).await;
            return Err(dead.map_or_else(|error| unkept(party, &error), |_| not_connected(party)));
        }
        let leased = connection::lease(host, key(party), row.generation, now, now.after(LEASE)).await;
        if leased.map_err(|error| unkept(party, &error))? {
            return refresh(party, &row, grant).await;
        }
        if row.token_until > now {
            return Ok(bearer_of(&grant, row.generation));
        }
        host.sleep(LOOK).await;
        let newer = find(party).await?.ok_or_else(|| not_connected(party))?;
        if newer.generation != row.generation {
            return opened(party, &newer).map(|grant| bearer_of(&grant, newer.generation));
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
                false => {
                    token::revoke(&party.context, &party.service, &grant).await;
                    Err(not_connected(party))
                }
            };
        }
        Err(failed) => failed,
    };
    let line = LogLine::new(Level::Warn, "refresh_failed").id("service", &party.service.id);
    host.log(line.word("why", failed.name()));
    let gone = match failed {
        TokenError::Grant => true,
        TokenError::Client => {
            let registered = registered_itself(&party.context.setup.config, &party.service, &grant.client);
            if registered {
                // For whoever connects next.
                let _ = forget(&party.context, &party.service, &grant.issuer).await;
            }
            registered
        }
        TokenError::Refused(_) | TokenError::Unreachable | TokenError::Rubbish => false,
    };
    if gone {
        let dead = connection::kill(host, key(party), row.generation).await;
        for former in &grant.former {
            token::revoke(&party.context, &party.service, former).await;
        }
        return Err(dead.map_or_else(|error| unkept(party, &error), |_| not_connected(party)));
    }
    connection::release(host, key(party), row.generation).await.map_err(|error| unkept(party, &error))?;
    match row.token_until > host.now() {
        true => Ok(bearer_of(&grant, row.generation)),
        false => Err(not_renewed(party, failed)),
    }
}

/// The refusal for a token that is over, where the account is as good as it was.
fn not_renewed<H: Host>(party: &Party<H>, failed: TokenError) -> Refusal {
    let name = &party.service.name;
    match failed {
        TokenError::Client => {
            let text = format!(
                "The authorization server of {name} does not accept the gateway as a client any more. Nothing was sent. The \
                 gateway's operator has to mend client_id and client_secret in [service.oauth], or what that server knows \
                 of the gateway."
            );
            Refusal::new(Fault::Gateway, Reason::ServiceCredentials, text)
        }
        TokenError::Refused(_) | TokenError::Rubbish => {
            let text = format!(
                "The authorization server of {name} did not renew the token of your account there: it answered with {}. \
                 Nothing was sent. Try again in a minute; if it stays like this, ask the person to open {} and connect \
                 {name} again.",
                failed.told(),
                link(party)
            );
            Refusal::new(Fault::Service, Reason::ServiceUnreachable, text)
        }
        TokenError::Grant | TokenError::Unreachable => unreachable(party),
    }
}

fn opened<H: Host>(party: &Party<H>, row: &Row) -> Result<Grant, Refusal> {
    let grant = row.grant.as_deref().and_then(|grant| serde_json::from_str::<Grant>(grant).ok());
    // What was got in another way is no account.
    grant.filter(|grant| grant.terms.is_empty()).ok_or_else(|| not_connected(party))
}

/// The refusal for a person who has to connect their account.
pub(super) fn not_connected<H: Host>(party: &Party<H>) -> Refusal {
    let name = &party.service.name;
    let text = format!(
        "Your account at {name} is not connected, or has to be connected again. Ask the person to open {} and connect \
         it; then make the same call again.",
        link(party)
    );
    Refusal::new(Fault::Caller, Reason::NotConnected, text)
}
