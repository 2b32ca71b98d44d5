//! The gateway: its routes, and the nine phases of a call.

mod account;
mod answer;
mod call;
mod front;

use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};

use crate::audit;
use crate::audit::Reason;
use crate::body::Body;
use crate::context::Context;
use crate::error::{Fault, Refusal, Shape};
use crate::host::{Host, Incoming, Level, Limits, LogLine};
use crate::mcp::message::{Message, ParseError};
use crate::mcp::reply;
use crate::mcp::revision::Era;
use crate::service::{self, Outgoing};
use crate::{approval, oauth, oidc, page, store};

use account::Account;
use answer::Exchange;
use front::Front;

/// How long a stream that waits for news may be silent.
const QUIET: Duration = Duration::from_secs(600);
/// How often maintenance runs on a host without a cron.
const MAINTENANCE: Duration = Duration::from_secs(60);

/// The gateway on a host.
#[derive(Clone, Debug)]
pub struct Gateway<H: Host> {
    host: H,
}

impl<H: Host> Gateway<H> {
    /// A gateway on this host.
    pub fn new(host: H) -> Self {
        Self { host }
    }

    /// Answers a request. Its URI is absolute.
    pub async fn handle(&self, request: Request<Incoming>) -> Response<Body> {
        match front::admit(&self.host, &request).await {
            Front::Answer(response) => response,
            Front::Go(context) => front::safe(&context, self.route(&context, request).await),
        }
    }

    async fn route(&self, context: &Context<H>, request: Request<Incoming>) -> Response<Body> {
        let path = request.uri().path().to_owned();
        if let Some(service) = path.strip_prefix("/mcp/") {
            return self.mcp(context, service, request).await;
        }
        let Ok(request) = front::whole(request) else { return front::too_large() };
        let mut segments = path.split('/').skip(1);
        let (first, second, third) = (segments.next().unwrap_or_default(), segments.next(), segments.next());
        let get = request.method() == Method::GET || request.method() == Method::HEAD;
        let post = request.method() == Method::POST;
        match (first, second, third) {
            ("", None, _) if get => oidc::dashboard(context, &request).await,
            ("authorize", None, _) if get => oauth::authorize(context, &request).await,
            ("authorize", None, _) if post => oauth::consent(context, &request).await,
            ("token", None, _) if post => oauth::token(context, &request).await,
            _ => page::not_found(),
        }
    }

    /// `/mcp/{service}`: one message, or for sessions of older revisions the stream of a session and its end.
    async fn mcp(&self, context: &Context<H>, service: &str, request: Request<Incoming>) -> Response<Body> {
        let mut account = Account::new(context, service);
        let (parts, body) = request.into_parts();
        let message = match &body {
            Incoming::Whole(bytes) => Message::parse(bytes),
            Incoming::TooLarge => Err(ParseError::Json),
        };
        let answered = match parts.method {
            Method::POST => self.call(context, service, &parts.headers, body, &mut account).await,
            Method::GET | Method::DELETE => self.session(context, service, &parts, &mut account).await,
            _ => Err(not_allowed()),
        };
        match answered {
            Ok(response) => response,
            Err(refusal) => {
                if let Err(unrecorded) = account.close(refusal.outcome()).await {
                    return refuse(message.as_ref().ok(), &unrecorded);
                }
                refuse(message.as_ref().ok(), &refusal)
            }
        }
    }

    /// The nine phases.
    async fn call(
        &self,
        context: &Context<H>,
        service: &str,
        headers: &http::HeaderMap,
        body: Incoming,
        account: &mut Account<H>,
    ) -> Result<Response<Body>, Refusal> {
        let principal = call::authenticate(context, headers, service)?;
        account.principal(&principal);

        let admitted = call::admit(context, principal, service)?;

        let message = read(body)?;
        let resolved = call::resolve(context, &admitted, headers, message, account).await?;

        call::confirm(context, &admitted, &resolved, account).await?;

        let exchange = Exchange::new(context, &admitted, &resolved);
        let outgoing = call::rehydrate(context, &admitted, resolved, account).await?;

        account.announce().await?;
        let answer = service::send(context, admitted.service, outgoing).await?;

        // cap, pseudonymize, record: for the answer, or for each event of its stream
        exchange.answer(answer, account).await
    }
}
