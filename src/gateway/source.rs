//! What comes back from a service, before the phases that follow.

use std::pin::Pin;

use futures_util::{Stream, StreamExt as _};
use http::{HeaderValue, StatusCode};

use crate::error::Refusal;
use crate::host::Host;
use crate::mcp::sse;
use crate::service::Wire;

/// What comes back from a service: as it said it, or told in the client's revision.
pub(super) struct Source<H: Host> {
    pub(super) status: StatusCode,
    pub(super) session: Option<HeaderValue>,
    pub(super) content: Content<H>,
}

/// Messages as they come.
pub(super) type Told = Pin<Box<dyn Stream<Item = Result<sse::Event, Refusal>>>>;

/// What it consists of.
pub(super) enum Content<H: Host> {
    Wire(Box<Wire<H>>),
    /// One message; the empty text for none.
    Message(String),
    Events(Told),
}

impl<H: Host> Source<H> {
    /// The service's own answer.
    pub(super) fn wire(wire: Wire<H>) -> Self {
        Self { status: wire.status, session: None, content: Content::Wire(Box::new(wire)) }
    }

    /// One message.
    pub(super) fn message(status: StatusCode, text: String) -> Self {
        Self { status, session: None, content: Content::Message(text) }
    }

    /// A status and nothing else.
    pub(super) fn nothing(status: StatusCode) -> Self {
        Self::message(status, String::new())
    }

    /// A message that wants no answer was taken.
    pub(super) fn accepted() -> Self {
        Self::nothing(StatusCode::ACCEPTED)
    }

    /// Messages as they come.
    pub(super) fn events(events: impl Stream<Item = Result<sse::Event, Refusal>> + 'static) -> Self {
        Self { status: StatusCode::OK, session: None, content: Content::Events(Box::pin(events)) }
    }

    /// With the id of a session that begins, if one does.
    pub(super) fn in_session(self, session: Option<HeaderValue>) -> Self {
        Self { session, ..self }
    }
}

/// Where a stream's events come from.
pub(super) enum Events<H: Host> {
    Wire(Box<Wire<H>>),
    Told(Told),
}

impl<H: Host> Events<H> {
    /// The next one; [`None`] at the end.
    pub(super) async fn next(&mut self) -> Result<Option<sse::Event>, Refusal> {
        match self {
            Self::Wire(wire) => wire.next().await,
            Self::Told(events) => events.next().await.transpose(),
        }
    }
}
