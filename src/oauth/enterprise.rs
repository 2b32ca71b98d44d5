//! Enterprise-managed authorization: the organisation's identity provider decides which client may act for whom, and
//! says so in an ID-JAG (RFC 7523 §2.1, draft-ietf-oauth-identity-assertion-authz-grant, MCP SEP-990).
//!
//! Only where the configuration allows it, for clients that prove who they are, for the one client and the one resource
//! that the assertion names, once. The person is admitted by the same rules as at a sign-in. There is no refresh token:
//! the client asks the identity provider again, which may then say no.

use super::access_token::Grant;
use super::caller::Caller;
use super::denial::{Denial, Trail};
use super::token::Tokens;
use super::{Form, Resource, on_record, scope};
use crate::access::{self, Admitted};
use crate::audit::{Action, Reason};
use crate::context::Context;
use crate::error::Fault;
use crate::host::{Host, PortError};
use crate::oidc::{self, IdJag, OidcError};
use crate::store::assertion as spent;
use crate::store::person::{self, Profile};

/// The grant's type (RFC 7523 §8.1).
pub(super) const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// How the metadata name what is asserted.
pub(super) const PROFILE: &str = "urn:ietf:params:oauth:grant-profile:id-jag";

/// Exchanges an assertion for an access token.
pub(super) async fn exchange<H: Host>(
    context: &Context<H>,
    form: &Form,
    client: &Caller,
    trail: &mut Trail,
) -> Result<Tokens, Denial> {
    let setup = &context.setup;
    let (config, hash) = (&setup.config, &setup.keys.hash);
    if !config.identity.id_jag {
        let description = "this gateway takes no assertions of identity providers";
        return Err(Denial::new("unsupported_grant_type", description, Reason::GrantUnsupported));
    }
    if !client.is_proven() {
        let description = "this grant is for clients that prove who they are";
        return Err(Denial::new("unauthorized_client", description, Reason::ClientUnauthenticated));
    }
    let assertion = form.value("assertion").ok_or_else(|| Denial::malformed("assertion is missing"))?;
    let said = read(context, assertion).await?;
    let person = hash.id("person", &[&said.issuer, &said.person.subject]);
    trail.person = Some(person.clone());
    if said.client != client.id {
        return Err(Denial::grant("the assertion is for another client", Reason::AssertionInvalid));
    }
    let resource = Resource::parse(config, &said.resource)
        .filter(|_| form.value("resource").is_none_or(|wanted| wanted == said.resource));
    let Some(resource) = resource else {
        let description = "the assertion is for another resource";
        return Err(Denial::new("invalid_target", description, Reason::ResourceUnknown));
    };
    trail.resource = Some(resource.clone());
    let most = scope::granted(said.scope.as_deref());
    let wanted = form.value("scope").map_or(most, |asked| scope::granted(Some(asked)));
    let scope =
        most.zip(wanted).filter(|(most, wanted)| scope::covers(most, wanted)).map(|(_, wanted)| wanted);
    let scope = scope.ok_or_else(|| {
        Denial::new("invalid_scope", "the assertion is for other scopes", Reason::ScopeUnknown)
    })?;
    let admitted = admit(context, &person, &said).await?;
    let role = config.access.roles.get(admitted.role());
    let may_use = |id: &str| role.is_some_and(|role| role.allows_service(id));
    let may = match resource.service() {
        Some(id) => may_use(id),
        None => config.services.iter().any(|service| may_use(&service.id)),
    };
    if !may {
        return Err(Denial::grant("the person may not use this resource", Reason::ServiceNotAllowed));
    }
    let once = hash.id("assertion", &["id-jag", &said.issuer, &said.id]);
    if !spent::spend(&context.host, &once, said.expires_at).await? {
        return Err(Denial::grant("the assertion was used before", Reason::AssertionReused));
    }
    on_record(context, trail.event(context, Action::TokenIssued)?).await?;
    keep(context, &person, said).await?;
    let known = person::known(context, &person).await?;
    let known = known.ok_or_else(|| PortError::new("sql", "the person was erased"))?;
    let resource = resource.url(config);
    Tokens::alone(
        context,
        &Grant {
            person: &person,
            generation: known.generation,
            role: admitted.role(),
            client: &client.id,
            scope,
            resource: &resource,
            family: None,
        },
    )
}

/// Whether an assertion that holds names this client.
pub(super) async fn names<H: Host>(context: &Context<H>, assertion: &str, client: &str) -> bool {
    context.setup.config.identity.id_jag
        && oidc::id_jag(context, assertion).await.is_ok_and(|said| said.client == client)
}

async fn read<H: Host>(context: &Context<H>, assertion: &str) -> Result<IdJag, Denial> {
    oidc::id_jag(context, assertion).await.map_err(|error| match error {
        OidcError::IdToken(_) => Denial::grant("the assertion does not hold", Reason::AssertionInvalid),
        OidcError::Port(error) => error.into(),
        error if error.fault() == Fault::IdentityProvider => {
            Denial::unavailable("the identity provider does not answer as it should", error.reason())
        }
        error => Denial::unavailable("the gateway is not set up for this", error.reason()),
    })
}

/// The same decision as at a sign-in. An assertion without an address counts for who has signed in before.
async fn admit<H: Host>(context: &Context<H>, person: &str, said: &IdJag) -> Result<Admitted, Denial> {
    let setup = &context.setup;
    let claims = &said.person;
    let decision = match (&claims.email, access::review(context, person).await?) {
        (None, Some(review)) => review.decision,
        (email, _) => access::evaluate(
            &setup.config.access,
            &setup.keys.hash,
            email.as_deref(),
            claims.email_verified,
            context.host.now(),
        ),
    };
    decision.map_err(|refusal| Denial::grant("the person may not enter", refusal.reason()))
}

/// Keeps the address that the person was admitted by, as a sign-in does.
async fn keep<H: Host>(context: &Context<H>, person: &str, said: IdJag) -> Result<(), Denial> {
    let Some(email) = said.person.email else { return Ok(()) };
    let former = person::known(context, person).await?;
    let name = said.person.name.or_else(|| former.and_then(|former| former.profile.name));
    Ok(person::keep(context, person, &Profile { email, name }).await?)
}
