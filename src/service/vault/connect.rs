//! A person connects their account: to the service's authorization server and back (OAuth 2.1, authorization code).

use serde::{Deserialize, Serialize};
use url::Url;

use super::discovery::Discovered;
use super::registration::{client, forget, redirect_uri, registered_itself};
use super::token::{self, TokenError};
use super::{Grant, VaultError, found, key};
use crate::crypto::{Secret, digest};
use crate::host::{Host, PortError, Timestamp};
use crate::service::{Party, ending};
use crate::store::{connecting, connection};

/// How long a person may take at the authorization server.
const LIFE: std::time::Duration = std::time::Duration::from_secs(600);

/// A way to the authorization server.
#[derive(Debug)]
pub struct Begun {
    /// Where the browser goes.
    pub url: String,
}

/// With what the browser came back.
#[derive(Clone, Copy, Debug, Default)]
pub struct Return<'a> {
    /// The parameter `state`.
    pub state: Option<&'a str>,
    /// The parameter `code`.
    pub code: Option<&'a str>,
    /// The parameter `iss` (RFC 9207).
    pub iss: Option<&'a str>,
    /// The parameter `error`.
    pub error: Option<&'a str>,
}

/// What must be known again when the browser comes back.
#[derive(Serialize, Deserialize)]
struct Secrets {
    verifier: String,
    grant: Grant,
    scope: String,
    /// Whether the server names itself in its answers.
    names_itself: bool,
}

/// How many accounts that were connected before are remembered, to be ended with the newest.
const MOST_FORMER: usize = 5;

/// Begins: finds out where to, and remembers the way back for this browser session.
///
/// # Errors
/// [`VaultError`].
pub async fn begin<H: Host>(party: &Party<H>, session: &str) -> Result<Begun, VaultError> {
    let (context, service) = (&party.context, &*party.service);
    let Discovered { server, resource, scopes } = found::anew(context, service).await?;
    let client = match client(context, service, &server).await {
        Ok(client) => client,
        Err(error) => {
            found::forget(context, service).await;
            return Err(error);
        }
    };
    let wanted = connection::find(&context.host, key(party)).await?.map(|row| (row.scope, row.wanted));
    let scope = scope(party, &scopes, wanted.as_ref(), server.scopes_supported.as_deref());
    let (state, verifier) = (Secret::random(&context.host)?, Secret::random(&context.host)?);
    let redirect_uri = redirect_uri(&context.setup.config, &service.id);
    let mut url = Url::parse(server.authorization_endpoint.as_deref().unwrap_or_default())
        .map_err(|_| VaultError::Rubbish("the authorization endpoint is not a URL"))?;
    url.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", &client.id)
        .append_pair("redirect_uri", &redirect_uri)
        .append_pair("state", state.expose())
        .append_pair("code_challenge", &digest(verifier.expose()))
        .append_pair("code_challenge_method", "S256");
    if !resource.is_empty() {
        url.query_pairs_mut().append_pair("resource", &resource);
    }
    if !scope.is_empty() {
        url.query_pairs_mut().append_pair("scope", &scope);
    }
    let secrets = Secrets {
        verifier: verifier.expose().to_owned(),
        names_itself: server.authorization_response_iss_parameter_supported,
        scope,
        grant: Grant {
            issuer: server.issuer,
            token_endpoint: server.token_endpoint,
            revocation_endpoint: server.revocation_endpoint,
            client,
            resource,
            access_token: String::new(),
            refresh_token: None,
            former: Vec::new(),
            terms: String::new(),
        },
    };
    let text = serde_json::to_string(&secrets).unwrap_or_default();
    let way = connecting::Way { person: &party.person, session, service: &service.id };
    let expires_at = context.host.now().after(LIFE);
    connecting::insert(context, way, &digest(state.expose()), &text, expires_at).await?;
    Ok(Begun { url: url.into() })
}

/// Why nothing was connected, besides what [`VaultError`] tells.
#[derive(Debug, thiserror::Error)]
pub enum Ended {
    /// It was begun elsewhere, by somebody else, too long ago, or has ended already.
    #[error("not expected")]
    Unexpected,
    /// The person, or the server, said no.
    #[error("cancelled")]
    Cancelled,
    /// Something did not work.
    #[error(transparent)]
    Failed(#[from] VaultError),
}

impl From<PortError> for Ended {
    fn from(error: PortError) -> Self {
        Self::Failed(error.into())
    }
}

/// Tokens that were got and are not kept yet.
pub struct Obtained {
    grant: Grant,
    scope: String,
    until: Timestamp,
}

/// Finishes: takes the code, and redeems it for tokens.
///
/// # Errors
/// [`Ended`].
pub async fn finish<H: Host>(party: &Party<H>, session: &str, back: Return<'_>) -> Result<Obtained, Ended> {
    let (context, service) = (&party.context, &*party.service);
    let state = back.state.ok_or(Ended::Unexpected)?;
    let way = connecting::Way { person: &party.person, session, service: &service.id };
    let text = connecting::take(context, way, &digest(state)).await?.ok_or(Ended::Unexpected)?;
    let Secrets { verifier, grant, scope, names_itself } =
        serde_json::from_str(&text).map_err(|_| Ended::Unexpected)?;
    // RFC 9207 §2.4: who says it names itself must, and nobody may name another.
    let holds = back.iss.map_or(!names_itself, |issuer| issuer == grant.issuer);
    if !holds {
        return Err(
            VaultError::Rubbish("the answer came from another authorization server than was asked").into()
        );
    }
    match back.error {
        None => {}
        Some("access_denied") => return Err(Ended::Cancelled),
        Some(error) => return Err(VaultError::Refused(token::known(error)).into()),
    }
    let code = back.code.ok_or(VaultError::Rubbish("the authorization server sent no code"))?;
    let redirect_uri = redirect_uri(&context.setup.config, &service.id);
    let redeemed = token::redeem(context, service, &grant, code, &verifier, &redirect_uri).await;
    if redeemed.as_ref().is_err_and(|error| !matches!(error, TokenError::Grant | TokenError::Refused(_))) {
        found::forget(context, service).await;
    }
    let tokens = match redeemed {
        Ok(tokens) => tokens,
        Err(TokenError::Client) => {
            return Err(unknown_client(party, &grant).await?.into());
        }
        Err(error @ (TokenError::Grant | TokenError::Refused(_))) => {
            return Err(VaultError::Refused(error.name()).into());
        }
        Err(TokenError::Unreachable) => {
            return Err(VaultError::Unreachable("the authorization server").into());
        }
        Err(TokenError::Rubbish) => {
            return Err(
                VaultError::Rubbish("the authorization server's answer is not what OAuth asks for").into()
            );
        }
    };
    let scope = tokens.scope.clone().unwrap_or(scope);
    let (grant, until) = tokens.into_grant(grant, context.host.now());
    Ok(Obtained { grant, scope, until })
}

/// Keeps what was got, in the place of what was there, unless the browser session that it was begun in has ended: then
/// it is revoked. Says whether it was kept.
///
/// # Errors
/// When the database or the host's randomness fails.
pub async fn keep<H: Host>(party: &Party<H>, session: &str, obtained: Obtained) -> Result<bool, PortError> {
    let host = &party.context.host;
    let before = connection::find(host, key(party)).await?.and_then(|row| row.grant);
    let before = before.and_then(|grant| serde_json::from_str::<Grant>(&grant).ok());
    let mut grant = obtained.grant;
    if let Some(mut before) = before {
        grant.former = std::mem::take(&mut before.former);
        grant.former.push(before);
        let over = grant.former.len().saturating_sub(MOST_FORMER);
        grant.former.drain(..over);
    }
    let text = serde_json::to_string(&grant).map_err(|_| PortError::new("sql", "tokens are not JSON"))?;
    // What was begun with another account goes on with none.
    ending::end_all(party).await?;
    let kept = connection::keep(host, key(party), session, &text, &obtained.scope, obtained.until).await?;
    if !kept {
        token::revoke(&party.context, &party.service, &grant).await;
    }
    Ok(kept)
}

/// The server does not know the gateway: where it had registered itself, it does so anew next time.
async fn unknown_client<H: Host>(party: &Party<H>, grant: &Grant) -> Result<VaultError, VaultError> {
    let (context, service) = (&party.context, &party.service);
    if !registered_itself(&context.setup.config, service, &grant.client) {
        let text = "the authorization server did not accept the gateway as a client (client_id and client_secret in \
                    [service.oauth], or the gateway's metadata document)";
        return Ok(VaultError::NotConfigured(text));
    }
    forget(context, service, &grant.issuer).await?;
    Ok(VaultError::Refused("invalid_client"))
}

/// What is asked for: what the operator wrote, and nothing else; or what the service names and wanted besides, and the
/// permission to renew where the server knows that one.
fn scope<H: Host>(
    party: &Party<H>,
    named: &[String],
    before: Option<&(String, String)>,
    supported: Option<&[String]>,
) -> String {
    let oauth = party.service.credentials.oauth.as_ref();
    if let Some(chosen) = oauth.and_then(|oauth| oauth.scopes.as_ref()) {
        return chosen.join(" ");
    }
    let wanted = before.map(|(_, wanted)| wanted.as_str()).unwrap_or_default();
    // With a permission that was missed, what was granted is asked for again: servers grant no more than is asked for.
    let granted =
        before.filter(|_| !wanted.is_empty()).map(|(granted, _)| granted.as_str()).unwrap_or_default();
    let mut scopes: Vec<&str> = Vec::new();
    let all = named.iter().map(String::as_str).chain(granted.split(' ')).chain(wanted.split(' '));
    for scope in all.filter(|scope| !scope.is_empty()) {
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    let renews = supported.is_some_and(|supported| supported.iter().any(|scope| scope == "offline_access"));
    if renews && !scopes.is_empty() && !scopes.contains(&"offline_access") {
        scopes.push("offline_access");
    }
    scopes.join(" ")
}
