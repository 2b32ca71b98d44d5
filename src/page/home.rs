//! `GET /`: who is signed in, and the addresses to give to a client.

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use maud::{Markup, html};

use super::{Forms, Problem, page, problem};
use crate::access::{self, Review};
use crate::body::Body;
use crate::context::Context;
use crate::host::{Host, PortError};
use crate::oidc::session::Session;

/// The start page.
pub async fn home<H: Host>(context: &Context<H>, request: &Request<Bytes>) -> Response<Body> {
    match signed_in(context, request).await {
        Ok(Some((session, review))) => page(StatusCode::OK, "Your gateway", Forms::Here, dashboard(context, &session, &review)),
        Ok(None) => page(StatusCode::OK, "AI gateway", Forms::Here, welcome()),
        Err(error) => problem(&Problem::gateway(context, &error)),
    }
}

async fn signed_in<H: Host>(
    context: &Context<H>,
    request: &Request<Bytes>,
) -> Result<Option<(Session, Review)>, PortError> {
    let Some(session) = Session::of(context, request.headers()).await? else { return Ok(None) };
    Ok(access::review(context, session.person()).await?.map(|review| (session, review)))
}

fn welcome() -> Markup {
    html! {
        p { "This gateway stands between AI clients and the services of your organisation." }
        p.actions { a.button.primary href="/login" { "Sign in" } }
    }
}

fn dashboard<H: Host>(context: &Context<H>, session: &Session, review: &Review) -> Markup {
    let setup = &context.setup;
    let config = &setup.config;
    html! {
        p {
            "Signed in as " strong { (review.profile.name.as_deref().unwrap_or(&review.profile.email)) }
            " (" (review.profile.email) ")"
        }
        @match &review.decision {
            Ok(admitted) => {
                @let role = config.access.roles.get(admitted.role());
                @let allowed = |id: &str| role.is_some_and(|role| role.allows_service(id));
                h2 { "Services for your role “" (admitted.role()) "”" }
                @if !config.services.iter().any(|service| allowed(&service.id)) {
                    p { "None yet. Those who run this gateway decide." }
                }
                @for service in config.services.iter().filter(|service| allowed(&service.id)) {
                    p { strong { (service.name) } br; code { (config.public_url.join("/mcp/")) (service.id) } }
                }
                p.soft { "Give an address to your AI client as a remote MCP server. It will send you back here to allow it." }
            }
            Err(refusal) => { p.warn { "You may no longer enter: " (refusal) "." } }
        }
        form.actions method="post" action="/logout" {
            input type="hidden" name="csrf" value=(session.csrf(&setup.keys.hash, &["logout"]));
            button type="submit" { "Sign out" }
        }
    }
}
