//! What the identity provider gave when a person signed in, as far as a service needs it: the tokens that are exchanged
//! for one of the service (`[service.oauth] subject`).
//!
//! Nothing is kept that no service needs. What is kept is sealed under the person's data key until its end, or, where the
//! provider gave a refresh token, renewed by that: by one instance alone. A refresh token that is not used is kept for as
//! long as one of the gateway's own.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{OidcError, Provider, TokenAnswer, ask};
use crate::config::{Config, Subject};
use crate::context::Context;
use crate::crypto::Secret;
use crate::host::{Host, Level, LogLine, PortError, Timestamp};
use crate::store::identity_token::{self as store, Owner};
use crate::store::person;

/// How long before its end a token is renewed.
const EARLY: Duration = Duration::from_secs(60);
/// How long one instance alone may take to renew tokens.
const LEASE: Duration = Duration::from_secs(20);
/// How often, and how many times, others look whether it has.
const LOOK: Duration = Duration::from_millis(300);
const LOOKS: usize = 40;

/// How long an access token is used of which the provider does not say how long it lives.
const UNSAID: Duration = Duration::from_secs(3600);

/// Tokens of a sign-in.
#[derive(Serialize, Deserialize)]
pub(super) struct Tokens {
    id_token: Option<Dated>,
    access_token: Option<Dated>,
    refresh_token: Option<String>,
}

/// A token and its end.
#[derive(Clone, Serialize, Deserialize)]
struct Dated {
    token: String,
    until: Timestamp,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Tokens(..)")
    }
}

impl Tokens {
    /// Those that a sign-in brought, with the end of the ID token.
    pub(super) fn of_sign_in(answer: TokenAnswer, id_until: Timestamp, now: Timestamp) -> Self {
        Self {
            id_token: Some(Dated { token: answer.id_token, until: id_until }),
            access_token: Some(dated(answer.access_token, answer.expires_in, now)),
            refresh_token: answer.refresh_token,
        }
    }

    /// Keeps them, as far as some service needs them.
    pub(super) async fn keep<H: Host>(self, context: &Context<H>, person: &str) -> Result<(), PortError> {
        let config = &context.setup.config;
        let tokens = self.needed(config);
        if tokens.id_token.is_none() && tokens.access_token.is_none() {
            return Ok(());
        }
        let key = person::data_key(context, person).await?;
        let key = key.ok_or_else(|| PortError::new("sql", "the person was erased"))?;
        let owner = Owner { person, key: &key };
        let until = tokens.until(config, context.host.now());
        store::keep(&context.host, owner, &tokens.text()?, until).await
    }

    fn needed(self, config: &Config) -> Self {
        let id_token = self.id_token.filter(|_| config.exchanges(Subject::IdToken));
        let access_token = self.access_token.filter(|_| config.exchanges(Subject::AccessToken));
        Self { id_token, access_token, ..self }
    }

    fn dated(&self, subject: Subject) -> Option<&Dated> {
        match subject {
            Subject::IdToken => self.id_token.as_ref(),
            Subject::AccessToken => self.access_token.as_ref(),
            Subject::Gateway => None,
        }
    }

    /// Until when there is something to be done with them.
    fn until(&self, config: &Config, now: Timestamp) -> Timestamp {
        let ends = [&self.id_token, &self.access_token].into_iter().flatten().map(|dated| dated.until);
        let renewable = self.refresh_token.as_ref().map(|_| now.after(config.tokens.refresh));
        ends.chain(renewable).max().unwrap_or(now)
    }

    fn text(&self) -> Result<String, PortError> {
        serde_json::to_string(self).map_err(|_| PortError::new("sql", "tokens are not JSON"))
    }
}

/// The identity provider's token that says who the person is, good for a moment at least; [`None`] when they have to
/// sign in again.
///
/// # Errors
/// [`OidcError`] when it would have to be renewed and that fails for the moment.
pub async fn identity_token<H: Host>(
    context: &Context<H>,
    owner: Owner<'_>,
    subject: Subject,
) -> Result<Option<Secret>, OidcError> {
    let host = &context.host;
    for _ in 0..LOOKS {
        let Some(row) = store::find(host, owner).await? else { return Ok(None) };
        let Ok(tokens) = serde_json::from_str::<Tokens>(&row.tokens) else { return Ok(None) };
        let now = host.now();
        let good = tokens.dated(subject).filter(|dated| dated.until > now).cloned();
        let secret = |dated: Dated| Secret::new(dated.token);
        match good {
            Some(dated) if dated.until > now.after(EARLY) || tokens.refresh_token.is_none() => {
                return Ok(Some(secret(dated)));
            }
            None if tokens.refresh_token.is_none() => return Ok(None),
            good => {
                if store::lease(host, owner.person, row.generation, now, now.after(LEASE)).await? {
                    return match renew(context, owner, row.generation, tokens).await {
                        Ok(tokens) => {
                            let dated = tokens.as_ref().and_then(|tokens| tokens.dated(subject));
                            // A provider need not give a new ID token (OpenID Connect Core §12.2).
                            let dated = dated.filter(|dated| dated.until > now).cloned();
                            Ok(dated.map(secret))
                        }
                        Err(error) => good.map(secret).map(Some).ok_or(error),
                    };
                }
                if let Some(dated) = good {
                    return Ok(Some(secret(dated)));
                }
            }
        }
        host.sleep(LOOK).await;
    }
    Err(OidcError::TimedOut)
}

/// RFC 6749 §5.1, OpenID Connect Core §12.2.
#[derive(Deserialize)]
struct Renewed {
    id_token: Option<String>,
    access_token: String,
    expires_in: Option<u64>,
    refresh_token: Option<String>,
}

/// Renews tokens as the only one who does; [`None`] when the provider does not any more.
async fn renew<H: Host>(
    context: &Context<H>,
    owner: Owner<'_>,
    generation: i64,
    tokens: Tokens,
) -> Result<Option<Tokens>, OidcError> {
    let host = &context.host;
    let error = match renewed(context, owner, tokens).await {
        Ok(tokens) => {
            let until = tokens.until(&context.setup.config, host.now());
            store::renew(host, owner, generation, &tokens.text()?, until).await?;
            return Ok(Some(tokens));
        }
        Err(error) => error,
    };
    host.log(LogLine::new(Level::Warn, "identity_token_failed").word("reason", error.reason().name()));
    match error {
        OidcError::Refused("invalid_grant") | OidcError::IdToken(_) => {
            store::forget(host, owner.person, generation).await?;
            Ok(None)
        }
        error => {
            store::release(host, owner.person, generation).await?;
            Err(error)
        }
    }
}

async fn renewed<H: Host>(
    context: &Context<H>,
    owner: Owner<'_>,
    tokens: Tokens,
) -> Result<Tokens, OidcError> {
    let (host, setup) = (&context.host, &context.setup);
    let provider = Provider::of(context).await?;
    let refresh_token = tokens.refresh_token.as_deref().unwrap_or_default();
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh_token)];
    let request = provider.token_request(context, &setup.config.identity, &form).await?;
    let answer: Renewed = ask(host, request, "token response").await?;
    let id_token = match answer.id_token {
        Some(token) => {
            let claims = provider.verify(context, &token, None, None).await?;
            // Somebody else's is nobody's here.
            let id = setup.keys.hash.id("person", &[&provider.metadata.issuer, &claims.subject]);
            if id != owner.person {
                return Err(OidcError::Rubbish("ID token's subject"));
            }
            Some(Dated { token, until: claims.expires_at })
        }
        None => tokens.id_token,
    };
    let renewed = Tokens {
        id_token,
        access_token: Some(dated(answer.access_token, answer.expires_in, host.now())),
        refresh_token: answer.refresh_token.or(tokens.refresh_token),
    };
    Ok(renewed.needed(&setup.config))
}

fn dated(token: String, expires_in: Option<u64>, now: Timestamp) -> Dated {
    Dated { token, until: now.after(expires_in.map_or(UNSAID, Duration::from_secs)) }
}
