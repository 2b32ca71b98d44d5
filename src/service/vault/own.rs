//! The gateway's own account at a service, for everybody (RFC 6749 §4.4; the extension
//! `io.modelcontextprotocol/oauth-client-credentials`). When it does not work, the operator has to act, and nobody is
//! sent anywhere to connect something.

use super::held::Failed;
use super::token::{self, TokenError, Tokens};
use super::{Grant, VaultError, unkept, unreachable};
use crate::audit::Reason;
use crate::config::Service;
use crate::context::Context;
use crate::error::{Fault, Refusal};
use crate::host::Host;
use crate::service::Party;

/// Asks for a token.
pub(super) async fn ask<H: Host>(
    context: &Context<H>,
    service: &Service,
    grant: &Grant,
    scope: &str,
) -> Result<Tokens, Failed> {
    token::own(context, service, grant, scope).await.map_err(Failed::Token)
}

/// What the caller is told when there is none.
pub(super) fn refusal<H: Host>(party: &Party<H>, failed: Failed) -> Refusal {
    let why = match failed {
        Failed::Vault(VaultError::Port(error)) => return unkept(party, &error),
        Failed::Vault(VaultError::Unreachable(_)) | Failed::Token(TokenError::Unreachable) => {
            return unreachable(party);
        }
        Failed::Vault(error) => error.to_string(),
        Failed::Token(error) => format!("its authorization server answered with {}", error.told()),
        // Nobody has to sign in for this.
        Failed::SignedOut | Failed::Identity(_) => return unreachable(party),
    };
    let name = &party.service.name;
    let text = format!(
        "The gateway got no token of its own for {name}: {why}. Nothing was sent. The gateway's operator has to mend \
         [service.oauth] or what that server knows of the gateway."
    );
    Refusal::new(Fault::Gateway, Reason::ServiceCredentials, text)
}
