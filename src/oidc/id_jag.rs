//! What the identity provider asserts of a person toward a client, without their browser: an ID-JAG
//! (draft-ietf-oauth-identity-assertion-authz-grant).

use std::rc::Rc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::vouching::is_true;
use super::{Claims, IdTokenError, OidcError, Provider};
use crate::context::Context;
use crate::crypto::assertion::{self, AssertionError, Claimed};
use crate::host::{Host, Timestamp};

/// An assertion of the identity provider that holds. It counts once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdJag {
    /// Who issued it.
    pub issuer: String,
    /// Its `jti`.
    pub id: String,
    /// Until when it must be remembered that it was used.
    pub expires_at: Timestamp,
    /// Whom it is about.
    pub person: Claims,
    /// The client that may use it.
    pub client: String,
    /// The URL of the one resource that it is for.
    pub resource: String,
    /// The scopes that the provider grants; [`None`] when it does not say.
    pub scope: Option<String>,
}

/// How far ahead an assertion may end at most.
const LIFE: Duration = Duration::from_secs(600);

/// What tells an ID-JAG from every other token of the provider.
const TYPE: &str = "oauth-id-jag+jwt";

#[derive(Serialize, Deserialize)]
struct Said {
    client_id: String,
    resource: Value,
    scope: Option<String>,
    email: Option<String>,
    email_verified: Option<Value>,
    name: Option<String>,
}

/// Checks an ID-JAG with the keys that the configured provider publishes; they are read again when none of them is
/// meant.
///
/// # Errors
/// [`OidcError::IdToken`] when it does not hold; others when the provider must be asked and does not answer.
pub async fn id_jag<H: Host>(context: &Context<H>, token: &str) -> Result<IdJag, OidcError> {
    let provider = Provider::of(context).await?;
    match verify(context, &provider, token) {
        Err(AssertionError::UnknownKey) => {
            let rotated = provider.rotate_keys(context).await?.ok_or(IdTokenError::UnknownKey)?;
            Ok(verify(context, &rotated, token).map_err(|_| IdTokenError::UnknownKey)?)
        }
        verified => Ok(verified.map_err(|_| IdTokenError::Malformed)?),
    }
}

fn verify<H: Host>(
    context: &Context<H>,
    provider: &Rc<Provider>,
    token: &str,
) -> Result<IdJag, AssertionError> {
    let issuer = provider.metadata.issuer.as_str();
    let claimed = Claimed {
        types: &[Some(TYPE)],
        issuer,
        audiences: &[context.setup.config.public_url.as_str()],
        life: LIFE,
        now: context.host.now(),
    };
    let held = assertion::verify::<Said>(token, &provider.keys, claimed)?;
    let said = held.claims;
    let resource = match &said.resource {
        Value::String(url) => url.clone(),
        Value::Array(list) => match list.as_slice() {
            [Value::String(url)] => url.clone(),
            _ => return Err(AssertionError::Invalid),
        },
        _ => return Err(AssertionError::Invalid),
    };
    if held.subject.len() > 255 {
        return Err(AssertionError::Invalid);
    }
    Ok(IdJag {
        issuer: issuer.to_owned(),
        id: held.id,
        expires_at: held.expires_at,
        person: Claims {
            subject: held.subject,
            email: said.email,
            email_verified: is_true(said.email_verified.as_ref()),
            name: said.name,
            auth_time: None,
            expires_at: held.expires_at,
        },
        client: said.client_id,
        resource,
        scope: said.scope,
    })
}
