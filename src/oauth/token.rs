//! `POST /token`: codes and refresh tokens are exchanged for access tokens.
//!
//! Everything is checked, then put on record, then granted. A code counts once, whether or not the rest holds;
//! presenting it again ends whatever it was exchanged for, also what is being issued at the same instant. Another
//! client's attempt changes nothing.

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use serde_json::json;

use super::access_token::{self, Grant};
use super::caller::Caller;
use super::denial::{Denial, Trail};
use super::{Form, NO_STORE, Resource, caller, enterprise, json, on_record, permission, pkce, scope};
use crate::access::{self, AccessRefusal, Admitted};
use crate::audit::{self, Action, Outcome, Reason};
use crate::body::Body;
use crate::context::Context;
use crate::crypto::{Secret, digest};
use crate::host::Host;
use crate::store::code::{self, Presented};
use crate::store::refresh;

/// `POST /token` (RFC 6749 §4.1.3, §6).
pub async fn token<H: Host>(context: &Context<H>, request: &Request<Bytes>) -> Response<Body> {
    let mut trail = Trail::default();
    match exchange(context, request, &mut trail).await {
        Ok(tokens) => answer(context, &tokens),
        Err(denial) => denial.tell(context, request, &trail, Action::TokenRefused).await,
    }
}

async fn exchange<H: Host>(
    context: &Context<H>,
    request: &Request<Bytes>,
    trail: &mut Trail,
) -> Result<Tokens, Denial> {
    let form = caller::form(request)?;
    let Some(client) = caller::identify(context, request, &form).await? else {
        let reason = match form.value("grant_type") {
            Some("authorization_code") => Reason::CodeUnknown,
            Some(enterprise::GRANT) => Reason::AssertionInvalid,
            _ => Reason::RefreshUnknown,
        };
        return Err(Denial::grant("what the client presents is unknown, used or over", reason));
    };
    trail.client = Some(client.id.clone());
    match form.value("grant_type") {
        Some("authorization_code") => redeem(context, &form, &client, trail).await,
        Some("refresh_token") => rotate(context, &form, &client, trail).await,
        Some(enterprise::GRANT) => enterprise::exchange(context, &form, &client, trail).await,
        Some(_) => Err(Denial::new(
            "unsupported_grant_type",
            "grant_type must be authorization_code or refresh_token",
            Reason::GrantUnsupported,
        )),
        None => Err(Denial::malformed("grant_type is missing")),
    }
}

async fn redeem<H: Host>(
    context: &Context<H>,
    form: &Form,
    client: &Caller,
    trail: &mut Trail,
) -> Result<Tokens, Denial> {
    let code = form.value("code").ok_or_else(|| Denial::malformed("code is missing"))?;
    let verifier =
        form.value("code_verifier").ok_or_else(|| Denial::malformed("code_verifier is missing"))?;
    let family = context.setup.keys.hash.id("refresh-family", &[code]);
    let now = context.host.now();
    let denied = |reason| Denial::grant("the code is unknown, used or over", reason);
    let code_hash = digest(code);
    let row = match code::present(&context.host, &code_hash, &client.id, &family, now).await? {
        Presented::First(row) => row,
        // RFC 6749 §4.1.2: what was issued for a code that is presented twice is revoked.
        Presented::Again => return Err(denied(Reason::CodeReused)),
        Presented::Unknown => return Err(denied(Reason::CodeUnknown)),
    };
    trail.person = Some(row.person.clone());
    client.must_be_proven(row.proof)?;
    trail.resource = Resource::parse(&context.setup.config, &row.resource);
    // OAuth 2.1 no longer sends it here; who does must send the right one.
    if form.value("redirect_uri").is_some_and(|uri| uri != row.redirect_uri) {
        return Err(Denial::grant(
            "redirect_uri is not the one that the code was sent to",
            Reason::RedirectMismatch,
        ));
    }
    if !pkce::fits(verifier, &row.challenge) {
        return Err(Denial::grant("code_verifier does not fit the code_challenge", Reason::PkceMismatch));
    }
    same_resource(form, &row.resource)?;
    let standing = standing(context, &row.person).await?;
    on_record(context, trail.event(context, Action::TokenIssued)?).await?;
    let refresh_token = Secret::random(&context.host)?;
    let grant = refresh::Row {
        family,
        client: row.client,
        person: row.person,
        resource: row.resource,
        scope: row.scope,
        proof: row.proof,
    };
    let expires_at = now.after(context.setup.config.tokens.refresh);
    let token_hash = digest(refresh_token.expose());
    if !refresh::begin_family(&context.host, &code_hash, &token_hash, &grant, now, expires_at).await? {
        // Somebody else presented it since: neither of the two goes on.
        return Err(denied(Reason::CodeReused));
    }
    Tokens::issue(context, &grant, &grant.scope, &standing, refresh_token)
}

async fn rotate<H: Host>(
    context: &Context<H>,
    form: &Form,
    client: &Caller,
    trail: &mut Trail,
) -> Result<Tokens, Denial> {
    let token = form.value("refresh_token").ok_or_else(|| Denial::malformed("refresh_token is missing"))?;
    let unknown = || Denial::grant("the refresh token is unknown, used or over", Reason::RefreshUnknown);
    let reused = || Denial::grant("the refresh token is unknown, used or over", Reason::RefreshReused);
    let host = &context.host;
    let now = host.now();
    let found = refresh::find(host, &digest(token), now).await?.ok_or_else(unknown)?;
    let grant = found.row;
    if grant.client != client.id {
        return Err(unknown());
    }
    client.must_be_proven(grant.proof)?;
    trail.person = Some(grant.person.clone());
    trail.resource = Resource::parse(&context.setup.config, &grant.resource);
    if found.is_spent {
        // Two hold it, and one of them is a thief: neither goes on (RFC 9700 §4.14.2).
        refresh::end_family(host, &grant.family).await?;
        let event =
            trail.event(context, Action::TokenRevoked)?.outcome(Outcome::Refused(Reason::RefreshReused));
        let _ = audit::record(context, event).await;
        return Err(reused());
    }
    same_resource(form, &grant.resource)?;
    // RFC 6749 §6: an access token may be for less than what was consented to.
    let scope = match form.value("scope") {
        Some(asked) => scope::granted(Some(asked)).filter(|wanted| scope::covers(&grant.scope, wanted)),
        None => Some(grant.scope.as_str()),
    };
    let scope = scope.ok_or_else(|| {
        Denial::new("invalid_scope", "scope is none of those that were consented to", Reason::ScopeUnknown)
    })?;
    let standing = match standing(context, &grant.person).await {
        Err(denial) if denial.error == "invalid_grant" => {
            refresh::end_family(host, &grant.family).await?;
            return Err(denial);
        }
        standing => standing?,
    };
    on_record(context, trail.event(context, Action::TokenRefreshed)?).await?;
    let successor = Secret::random(host)?;
    let expires_at = now.after(context.setup.config.tokens.refresh);
    let consent_until = now.after(permission::life(context));
    let (old, new) = (digest(token), digest(successor.expose()));
    if !refresh::rotate(host, &old, &new, now, expires_at, consent_until).await? {
        // It was spent or revoked since it was looked at.
        refresh::end_family(host, &grant.family).await?;
        return Err(reused());
    }
    Tokens::issue(context, &grant, scope, &standing, successor)
}

/// What the person may have as of now.
struct Standing {
    admitted: Admitted,
    /// Read before anything is granted: if the person's access is ended in the meantime, what is granted is void.
    generation: i64,
}

/// The decision about the person as of now: who was removed from the configuration gets nothing more.
async fn standing<H: Host>(context: &Context<H>, person: &str) -> Result<Standing, Denial> {
    let Some(review) = access::review(context, person).await? else {
        return Err(Denial::grant("the person is no longer known here", Reason::DomainNotAllowed));
    };
    if review.seen_at.after(context.setup.config.tokens.sign_in) <= context.host.now() {
        let text = "the person's last sign-in is too long ago: they have to sign in again";
        return Err(Denial::grant(text, Reason::SignInNeeded));
    }
    let refused = |refusal: AccessRefusal| Denial::grant("the person may no longer enter", refusal.reason());
    Ok(Standing { admitted: review.decision.map_err(refused)?, generation: review.generation })
}

fn same_resource(form: &Form, resource: &str) -> Result<(), Denial> {
    if form.value("resource").is_none_or(|other| other == resource) {
        return Ok(());
    }
    Err(Denial::new(
        "invalid_target",
        "resource is not the one that was consented to",
        Reason::ResourceUnknown,
    ))
}

/// What a client gets.
pub(super) struct Tokens {
    access: Secret,
    refresh: Option<Secret>,
    scope: String,
}

impl Tokens {
    fn issue<H: Host>(
        context: &Context<H>,
        grant: &refresh::Row,
        scope: &str,
        standing: &Standing,
        refresh: Secret,
    ) -> Result<Self, Denial> {
        let access = access_token::issue(
            context,
            &Grant {
                person: &grant.person,
                generation: standing.generation,
                role: standing.admitted.role(),
                client: &grant.client,
                scope,
                resource: &grant.resource,
                family: Some(&grant.family),
            },
        )?;
        Ok(Self { access: Secret::new(access), refresh: Some(refresh), scope: scope.to_owned() })
    }

    /// An access token that nothing renews.
    pub(super) fn alone<H: Host>(context: &Context<H>, grant: &Grant<'_>) -> Result<Self, Denial> {
        let access = access_token::issue(context, grant)?;
        Ok(Self { access: Secret::new(access), refresh: None, scope: grant.scope.to_owned() })
    }
}

fn answer<H: Host>(context: &Context<H>, tokens: &Tokens) -> Response<Body> {
    let mut answer = json!({
        "access_token": tokens.access.expose(),
        "token_type": "Bearer",
        "expires_in": context.setup.config.tokens.access.as_secs(),
        "scope": tokens.scope,
    });
    if let (Some(refresh), Some(answer)) = (&tokens.refresh, answer.as_object_mut()) {
        answer.insert("refresh_token".to_owned(), refresh.expose().into());
    }
    json(StatusCode::OK, &answer, NO_STORE)
}
