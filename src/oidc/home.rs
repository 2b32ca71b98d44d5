//! `GET /`: the start page.

use bytes::Bytes;
use http::{Request, Response};

use super::Session;
use crate::access::{self, Admitted, Review};
use crate::body::Body;
use crate::context::Context;
use crate::host::{Host, PortError};
use crate::oauth;
use crate::page::{self, Entry, Home, Permitted, Problem};

/// `GET /`: who is signed in and what they may use, or the way to sign in.
pub async fn home<H: Host>(context: &Context<H>, request: &Request<Bytes>) -> Response<Body> {
    let setup = &context.setup;
    let (session, review, clients) = match signed_in(context, request).await {
        Ok(Some(known)) => known,
        Ok(None) => return page::welcome(),
        Err(error) => return page::problem(&Problem::gateway(context, &error)),
    };
    let entry = match &review.decision {
        Ok(admitted) => {
            let role = setup.config.access.roles.get(admitted.role());
            let allowed = setup
                .config
                .services
                .iter()
                .filter(|service| role.is_some_and(|role| role.allows_service(&service.id)));
            let address = |id: &str| setup.config.public_url.join(&format!("/mcp/{id}"));
            let services: Vec<_> =
                allowed.map(|service| (service.name.as_str(), address(&service.id))).collect();
            let together = (services.len() > 1).then(|| setup.config.public_url.join("/mcp"));
            Entry::Role(admitted.role(), services, together)
        }
        Err(refusal) => Entry::Refused(refusal.to_string()),
    };
    page::home(&Home {
        name: review.profile.name.as_deref().unwrap_or(&review.profile.email),
        email: &review.profile.email,
        entry,
        clients: &clients,
        accounts: setup.config.services.iter().any(|service| service.credentials.are_connected()),
        admin: review.decision.as_ref().is_ok_and(|may: &Admitted| may.is_admin() || may.is_auditor()),
        csrf: &session.csrf(&setup.keys.hash, &["logout"]),
    })
}

async fn signed_in<H: Host>(
    context: &Context<H>,
    request: &Request<Bytes>,
) -> Result<Option<(Session, Review, Vec<Permitted>)>, PortError> {
    let Some(session) = Session::of(context, request.headers()).await? else { return Ok(None) };
    let Some(review) = access::review(context, session.person()).await? else { return Ok(None) };
    let clients = oauth::permitted(context, &session).await?;
    Ok(Some((session, review, clients)))
}
