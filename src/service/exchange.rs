//! One request to a service and the head of its answer.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use url::Url;

use super::proof::Proofs;
use super::{Party, vault};
use crate::audit::Reason;
use crate::config::Service;
use crate::context::Context;
use crate::crypto::Secret;
use crate::error::{Fault, Refusal};
use crate::host::{FetchError, Host, Level, Limits, LogLine};
use crate::mcp::message::acts;

/// How long a stream that waits for news may be silent.
const QUIET: Duration = Duration::from_secs(600);

/// What is sent to a service.
#[derive(Clone)]
pub struct Outgoing {
    /// `POST`, or for sessions of older revisions `GET` and `DELETE`.
    pub method: Method,
    /// The protocol's headers, minted anew; never the client's own authorization or cookies.
    pub headers: HeaderMap,
    /// Where to, if not to the service's one address: the oldest transport has an address of its own for messages.
    pub target: Option<Url>,
    /// The message.
    pub body: String,
    /// The time limits.
    pub limits: Limits,
    /// Whether nobody waits for it any more: that it does not arrive is then no failure of the service's.
    pub parting: bool,
}

/// Goes with an answer: whether it answers what may have done something.
#[derive(Clone, Copy)]
pub(super) struct Acts(pub(super) bool);

/// Sends a request with the person's own account at the service, or with the gateway's, and tells the service's failures apart.
/// Gives back 2xx answers, and 4xx answers that the protocol gives a meaning to.
///
/// # Errors
/// A [`Refusal`] with [`Fault::Service`], or [`Fault::Gateway`] when our own credentials are the problem.
pub async fn forward<H: Host>(
    party: &Party<H>,
    outgoing: Outgoing,
) -> Result<http::Response<H::Body>, Refusal> {
    let service = &*party.service;
    let response = match &service.credentials.oauth {
        None => send(party, &outgoing, None).await?,
        Some(_) => send_as_person(party, &outgoing).await?,
    };
    let name = &service.name;
    match response.status() {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(Refusal::new(
            Fault::Gateway,
            Reason::ServiceCredentials,
            format!(
                "{name} did not accept the gateway's credentials. The gateway's operator has to renew them."
            ),
        )),
        status if status.is_success() || status.is_client_error() => {
            // A few bytes of it may become any number, and nothing here looks inside.
            let plain =
                |coding: &HeaderValue| coding.as_bytes().trim_ascii().eq_ignore_ascii_case(b"identity");
            if !response.headers().get_all(header::CONTENT_ENCODING).iter().all(plain) {
                return Err(rubbish(
                    service,
                    "its answer is compressed, though it was asked for a plain one",
                ));
            }
            let mut response = response;
            response.extensions_mut().insert(Acts(acts(&outgoing.body)));
            Ok(response)
        }
        status if status.is_server_error() => Err(Refusal::new(
            Fault::Service,
            Reason::ServiceError,
            format!("{name} failed with HTTP {}. Try again later.", status.as_u16()),
        )),
        status => Err(rubbish(service, &format!("it answered with HTTP {}", status.as_u16()))),
    }
}

/// Sends a request with the token of the person's own account; once more with a newer one, if the service does not
/// accept it.
async fn send_as_person<H: Host>(
    party: &Party<H>,
    outgoing: &Outgoing,
) -> Result<http::Response<H::Body>, Refusal> {
    let bearer = vault::bearer(party).await?;
    let response = send(party, outgoing, Some(&bearer.token)).await?;
    match response.status() {
        StatusCode::UNAUTHORIZED => {
            drop(response);
            let newer = vault::instead(party, &bearer).await?;
            let response = send(party, outgoing, Some(&newer.token)).await?;
            if response.status() == StatusCode::UNAUTHORIZED {
                return Err(vault::give_up(party, &newer).await);
            }
            Ok(response)
        }
        StatusCode::FORBIDDEN => match vault::missing_scope(response.headers()) {
            Some(scope) => Err(vault::wants(party, &scope).await),
            None => Ok(response),
        },
        _ => Ok(response),
    }
}

async fn send<H: Host>(
    party: &Party<H>,
    outgoing: &Outgoing,
    bearer: Option<&Secret>,
) -> Result<http::Response<H::Body>, Refusal> {
    let (context, service) = (&party.context, &*party.service);
    let mut request = http::Request::new(Bytes::from(outgoing.body.clone()));
    *request.method_mut() = outgoing.method.clone();
    let target = outgoing.target.as_ref().unwrap_or(&service.mcp);
    *request.uri_mut() = target.as_str().parse().map_err(|_| misconfigured(service))?;
    *request.headers_mut() = outgoing.headers.clone();
    let headers = request.headers_mut();
    headers
        .insert(header::USER_AGENT, HeaderValue::from_static(concat!("mcpgate/", env!("CARGO_PKG_VERSION"))));
    let mut proofs = Vec::new();
    let mut prove = |name: &HeaderName, secret: &Secret| {
        let prefix = if *name == header::AUTHORIZATION { "Bearer " } else { "" };
        let value = HeaderValue::try_from(format!("{prefix}{}", secret.expose()));
        let mut value = value.map_err(|_| misconfigured(service))?;
        value.set_sensitive(true);
        headers.insert(name, value);
        proofs.push(secret.clone());
        Ok::<(), Refusal>(())
    };
    for (name, secret) in &service.credentials.headers {
        let secret =
            context.host.secret(secret).await.ok().flatten().ok_or_else(|| misconfigured(service))?;
        prove(name, &secret)?;
    }
    if let Some(bearer) = bearer {
        prove(&header::AUTHORIZATION, bearer)?;
    }
    let acts = acts(&outgoing.body);
    let answered =
        context.host.fetch(request, outgoing.limits).await.map_err(|error| match outgoing.parting {
            true => refusal(service, &error, acts),
            false => failure(context, service, &error, acts),
        });
    let mut response = answered?;
    response.extensions_mut().insert(Proofs::new(proofs));
    Ok(response)
}

/// What is said of a call that was sent and whose end is not known.
pub const PERHAPS_DONE: &str = "It may still have done what was asked: check before trying again.";

/// The refusal for an answer that never came, or broke off.
/// `acts`: whether it may still come to what was asked.
pub fn failure<H: Host>(context: &Context<H>, service: &Service, error: &FetchError, acts: bool) -> Refusal {
    context.host.log(LogLine::new(Level::Warn, "service_failed").id("service", &service.id).fetch(error));
    refusal(service, error, acts)
}

fn refusal(service: &Service, error: &FetchError, acts: bool) -> Refusal {
    let name = &service.name;
    match error {
        FetchError::Unreachable(_) => Refusal::new(
            Fault::Service,
            Reason::ServiceUnreachable,
            match acts {
                true => format!(
                    "{name} cannot be reached, or broke off before it answered. Whether it did what was asked is not \
                     known: check before trying again; if it lasts, tell the gateway's operator."
                ),
                false => {
                    format!(
                        "{name} cannot be reached. Try again later; if it lasts, tell the gateway's operator."
                    )
                }
            },
        ),
        FetchError::TimedOut => Refusal::new(
            Fault::Service,
            Reason::ServiceTimeout,
            format!(
                "{name} did not answer within {}. {}",
                humantime::format_duration(service.timeout),
                match acts {
                    true => PERHAPS_DONE,
                    false => "Try again later.",
                }
            ),
        ),
    }
}

/// The refusal for an answer that is not what the protocol says.
pub fn rubbish(service: &Service, what: &str) -> Refusal {
    let name = &service.name;
    Refusal::new(
        Fault::Service,
        Reason::ServiceRubbish,
        format!("{name} did not answer as an MCP server: {what}."),
    )
}

fn misconfigured(service: &Service) -> Refusal {
    let name = &service.name;
    Refusal::new(
        Fault::Gateway,
        Reason::ServiceCredentials,
        format!("The gateway's credentials for {name} are not set. The gateway's operator has to set them."),
    )
}

/// How long a service may take. `waits`: for an answer that brings news whenever there are some.
pub fn limits(service: &Service, waits: bool) -> Limits {
    Limits { head: service.timeout, idle: if waits { QUIET.max(service.timeout) } else { service.timeout } }
}

/// The headers of a message to a service.
pub fn standard_headers() -> HeaderMap {
    HeaderMap::from_iter([
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::ACCEPT, HeaderValue::from_static("application/json, text/event-stream")),
        (HeaderName::from_static("accept-encoding"), HeaderValue::from_static("identity")),
    ])
}
