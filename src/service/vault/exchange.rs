//! A token for the person at a service, exchanged for what says who they are (RFC 8693). They never see any of it, but
//! that they have to sign in again once the identity provider's word of them is over.

use super::held::Failed;
use super::token::{self, TokenError, Tokens};
use super::{Grant, VaultError, assertion, link, unkept, unreachable};
use crate::audit::Reason;
use crate::config::{Exchange, Subject};
use crate::error::{Fault, Refusal};
use crate::host::Host;
use crate::oidc::{self, OidcError};
use crate::service::Party;
use crate::store::identity_token::Owner;
use crate::store::person;

/// Exchanges it for a token.
pub(super) async fn exchange<H: Host>(
    party: &Party<H>,
    wish: &Exchange,
    grant: &Grant,
    scope: &str,
) -> Result<Tokens, Failed> {
    let context = &party.context;
    let subject = subject(party, wish.subject, &grant.issuer).await?;
    let exchanged = token::exchange(context, &party.service, grant, scope, wish, &subject).await;
    exchanged.map_err(Failed::Token)
}

async fn subject<H: Host>(party: &Party<H>, subject: Subject, issuer: &str) -> Result<String, Failed> {
    let context = &party.context;
    if subject == Subject::Gateway {
        let known = person::known(context, &party.person).await?.ok_or(Failed::SignedOut)?;
        return Ok(assertion::of_person(context, &party.person, &known.profile.email, issuer)?);
    }
    let owner = Owner { person: &party.person, key: &party.key };
    match oidc::identity_token(context, owner, subject).await {
        Ok(token) => Ok(token.ok_or(Failed::SignedOut)?.expose().to_owned()),
        Err(OidcError::Port(error)) => Err(error.into()),
        Err(error) => Err(Failed::Identity(error)),
    }
}

/// What the caller is told when there is none.
pub(super) fn refusal<H: Host>(party: &Party<H>, wish: &Exchange, failed: Failed) -> Refusal {
    let name = &party.service.name;
    let of_provider = wish.subject != Subject::Gateway;
    let why = match failed {
        Failed::Vault(VaultError::Port(error)) => return unkept(party, &error),
        Failed::Vault(VaultError::Unreachable(_)) | Failed::Token(TokenError::Unreachable) => {
            return unreachable(party);
        }
        Failed::SignedOut => {
            let text = format!(
                "{name} is used with your sign-in, and that is over. Ask the person to open {} and sign in; then make \
                 the same call again.",
                link(party)
            );
            return Refusal::new(Fault::Caller, Reason::SignInNeeded, text);
        }
        // RFC 8693 §2.2.2: what the server does not take. It may be over earlier than it says.
        Failed::Token(error @ (TokenError::Grant | TokenError::Refused("invalid_request")))
            if of_provider =>
        {
            let word = error.name();
            let text = format!(
                "The authorization server of {name} did not take your sign-in (it answered with \u{201c}{word}\u{201d}). \
                 Ask the person to open {} and sign in; then make the same call again. If it stays like this, the \
                 gateway's operator has to see to it.",
                link(party)
            );
            return Refusal::new(Fault::Caller, Reason::SignInNeeded, text);
        }
        Failed::Identity(error) => {
            let text = format!(
                "{name} is used with your sign-in, and the identity provider could not renew that: {error}. Nothing was \
                 sent. Try again in a minute."
            );
            return Refusal::new(error.fault(), error.reason(), text);
        }
        Failed::Vault(error) => error.to_string(),
        Failed::Token(error) => format!("its authorization server answered with {}", error.told()),
    };
    let text = format!(
        "The gateway got no token for you at {name}: {why}. Nothing was sent. The gateway's operator, or whoever runs that \
         server, has to let you in."
    );
    Refusal::new(Fault::Gateway, Reason::ServiceCredentials, text)
}
