//! What the token and the revocation endpoint say when they say no, and what is on record of a request.

use bytes::Bytes;
use http::header::{AUTHORIZATION, HeaderValue, WWW_AUTHENTICATE};
use http::{Request, Response, StatusCode};
use serde_json::json;

use super::{NO_STORE, Resource, json};
use crate::audit::{self, Action, Event, Outcome, Reason};
use crate::body::Body;
use crate::context::Context;
use crate::error::Fault;
use crate::host::{Host, Level, LogLine, PortError};

/// What is known of a request by the time it ends, for the record.
#[derive(Default)]
pub(super) struct Trail {
    pub(super) client: Option<String>,
    pub(super) person: Option<String>,
    pub(super) resource: Option<Resource>,
}

impl Trail {
    pub(super) fn event<H: Host>(&self, context: &Context<H>, action: Action) -> Result<Event, PortError> {
        let mut event = Event::new(&context.host, action)?;
        if let Some(client) = &self.client {
            event = event.client(client, &context.setup.keys.hash);
        }
        if let Some(person) = &self.person {
            event = event.person(person);
        }
        if let Some(service) = self.resource.as_ref().and_then(Resource::service) {
            event = event.service(service);
        }
        Ok(event)
    }
}

/// Why a client gets nothing (RFC 6749 §5.2).
pub(super) struct Denial {
    status: StatusCode,
    pub(super) error: &'static str,
    description: &'static str,
    cause: Cause,
}

enum Cause {
    Refused(Reason),
    Failed(PortError),
}

impl Denial {
    pub(super) fn new(error: &'static str, description: &'static str, reason: Reason) -> Self {
        Self { status: StatusCode::BAD_REQUEST, error, description, cause: Cause::Refused(reason) }
    }

    pub(super) fn malformed(description: &'static str) -> Self {
        Self::new("invalid_request", description, Reason::MalformedRequest)
    }

    pub(super) fn grant(description: &'static str, reason: Reason) -> Self {
        Self::new("invalid_grant", description, reason)
    }

    pub(super) fn client(description: &'static str, reason: Reason) -> Self {
        Self { status: StatusCode::UNAUTHORIZED, ..Self::new("invalid_client", description, reason) }
    }

    /// Puts the denial on record as this action, and answers with it.
    pub(super) async fn tell<H: Host>(
        self,
        context: &Context<H>,
        request: &Request<Bytes>,
        trail: &Trail,
        action: Action,
    ) -> Response<Body> {
        let outcome = match &self.cause {
            Cause::Refused(reason) => Outcome::Refused(*reason),
            Cause::Failed(error) => {
                context.host.log(LogLine::new(Level::Error, "token_failed").port(error));
                Outcome::Failed(Fault::Gateway, Reason::StorageUnavailable)
            }
        };
        if let Ok(event) = trail.event(context, action) {
            // Nothing is granted, so nothing depends on the record.
            let _ = audit::record(context, event.outcome(outcome)).await;
        }
        self.response(request)
    }

    /// The same with a status that asks for patience: it is not the caller's fault.
    pub(super) fn unavailable(description: &'static str, reason: Reason) -> Self {
        Self {
            status: StatusCode::SERVICE_UNAVAILABLE,
            ..Self::new("temporarily_unavailable", description, reason)
        }
    }

    fn response(&self, request: &Request<Bytes>) -> Response<Body> {
        let answer = json!({ "error": self.error, "error_description": self.description });
        let mut response = json(self.status, &answer, NO_STORE);
        if self.status == StatusCode::UNAUTHORIZED && request.headers().contains_key(AUTHORIZATION) {
            response
                .headers_mut()
                .insert(WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"mcpgate\""));
        }
        response
    }
}

impl From<PortError> for Denial {
    fn from(error: PortError) -> Self {
        Self {
            status: StatusCode::SERVICE_UNAVAILABLE,
            error: "temporarily_unavailable",
            description: "the gateway cannot do this now; try again in a minute",
            cause: Cause::Failed(error),
        }
    }
}
