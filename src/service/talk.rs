//! One request to a service, in whichever revision the service speaks, and what it says until the request is
//! answered: notifications, questions to the client, the answer.

use std::rc::Rc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderName, HeaderValue, StatusCode};

use super::modern::Modern;
use super::older::Older;
use super::session::Session;
use super::wire::Wire;
use super::{Dialect, Legacy, rubbish};
use crate::audit::Reason;
use crate::config::Service;
use crate::context::Context;
use crate::crypto::DataKey;
use crate::error::{Fault, Refusal};
use crate::host::{Host, PortError};
use crate::mcp::bridge::{self, Facts, Question};
use crate::mcp::raw::Object;
use crate::mcp::revision::MODERN;

/// Who talks to which service, and what is said of the client.
#[derive(Clone)]
pub struct Party<H: Host> {
    /// The host and the setup.
    pub context: Context<H>,
    /// The service.
    pub service: Rc<Service>,
    /// The person's id.
    pub person: String,
    /// Their data key.
    pub key: DataKey,
    /// What the client said of itself.
    pub facts: Rc<Facts>,
}

/// What is asked.
#[derive(Clone)]
pub struct Request {
    /// The exact text of the id that the client used.
    pub id: String,
    /// The method.
    pub method: String,
    /// Its params, as JSON.
    pub params: Option<String>,
    /// `Mcp-Param-*` headers, for a service of 2026-07-28.
    pub mirrored: Vec<(HeaderName, HeaderValue)>,
    /// Whether a question of the service can reach the client before the answer.
    pub may_ask: bool,
}

impl Request {
    /// Whether it is about a task of 2025-11-25, as long as the client is of an older revision.
    fn is_of_older_task(&self) -> bool {
        match self.method.as_str() {
            "tools/call" => {
                let params = self.params.as_deref().and_then(Object::parse);
                params.is_some_and(|params| params.object("task").is_some())
            }
            method => ["tasks/get", "tasks/result", "tasks/cancel", "tasks/list"].contains(&method),
        }
    }
}

/// What a service says.
pub enum Said {
    /// A notification, whole.
    Note(String),
    /// It wants something from the client before it goes on.
    Asks(Vec<Question>),
    /// It does not want the answer to the question with this key any more.
    TakesBack(String),
    /// The answer: `result`, as JSON.
    Result(String),
    /// The answer: `error`, as JSON.
    Error(String),
}

/// What a client said to a question of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answered {
    /// `result`, as JSON.
    Result(String),
    /// `error`, as JSON.
    Error(String),
    /// Nothing.
    Nothing,
}

/// A request under way. Dropped before its answer, it is cancelled at the service.
pub struct Talk<H: Host>(Link<H>);

enum Link<H: Host> {
    Modern(Box<Modern<H>>),
    Legacy(Box<Older<H>>),
}

impl<H: Host> Talk<H> {
    /// Sends a request to a service, in a revision that it speaks: the newest, if it does.
    ///
    /// # Errors
    /// A [`Refusal`] when it cannot be sent.
    pub async fn begin(party: Party<H>, request: Request) -> Result<Self, Refusal> {
        let modern = Dialect::modern(&party).await?;
        // Tasks of 2025-11-25 are none of the newest revision: who speaks both is asked in the client's.
        let older = party.facts.revision != MODERN && request.is_of_older_task();
        if modern && !(older && Dialect::legacy(&party).await? == Legacy::Streamable) {
            return Ok(Self(Link::Modern(Box::new(Modern::begin(party, request).await?))));
        }
        match Dialect::legacy(&party).await? {
            Legacy::Streamable => Ok(Self(Link::Legacy(Box::new(Older::streamable(party, &request).await?)))),
            Legacy::Sse if request.is_of_older_task() => {
                let name = &party.service.name;
                let text = format!(
                    "{name} speaks HTTP+SSE, where nothing outlives its request: it has no tasks here. Call its tools \
                     without params.task."
                );
                Err(Refusal::rpc(StatusCode::OK, -32601, Reason::MalformedRequest, text))
            }
            Legacy::Sse => Ok(Self(Link::Legacy(Box::new(Older::sse(party, &request).await?)))),
            Legacy::No => {
                Dialect::forget(&party.context, &party.service).await;
                Err(rubbish(&party.service, "it speaks no revision of the protocol that is known here"))
            }
        }
    }

    /// What the service says of itself: its answer to `server/discover` or to `initialize`, each as the other.
    ///
    /// # Errors
    /// A [`Refusal`] when it does not answer.
    pub async fn introduction(party: Party<H>) -> Result<String, Refusal> {
        if Dialect::modern(&party).await? {
            return ask(&party, "server/discover", None).await;
        }
        let unreadable = rubbish(&party.service, "it did not introduce itself");
        let begun = match Dialect::legacy(&party).await? {
            Legacy::Streamable => {
                let session = Session::of(&party).await?;
                let begun = session.begun.clone();
                session.put_back(&party).await;
                begun
            }
            Legacy::Sse => Older::connect(&party).await?.2,
            Legacy::No => {
                Dialect::forget(&party.context, &party.service).await;
                return Err(unreadable);
            }
        };
        bridge::discover_of_initialize(&begun.initialized).ok_or(unreadable)
    }

    /// What the service says next. After the answer it says nothing more. What is given up in the middle may
    /// have been half of something: hold on to it, unless nothing is to come of this any more.
    ///
    /// # Errors
    /// A [`Refusal`] when the service goes away, is late, or says what the protocol does not know.
    pub async fn next(&mut self) -> Result<Said, Refusal> {
        match &mut self.0 {
            Link::Modern(link) => link.next().await,
            Link::Legacy(link) => link.next().await,
        }
    }

    /// The answer has the service's time in all: nobody but the gateway waits for it.
    fn hurry(&mut self) {
        match &mut self.0 {
            Link::Modern(link) => link.hurry(),
            Link::Legacy(link) => link.hurry(),
        }
    }

    /// Whether a task of 2025-11-25 can outlive the request that it came of.
    pub fn keeps_tasks(&self) -> bool {
        matches!(&self.0, Link::Legacy(link) if link.keeps_session())
    }

    /// Whether a question can be answered by an error.
    pub fn takes_errors(&self) -> bool {
        matches!(self.0, Link::Legacy(_))
    }

    /// Whether what the service asked last may be for nothing that this request does: then it may be answered all the
    /// same.
    pub fn may_be_answered(&self) -> bool {
        matches!(&self.0, Link::Legacy(link) if link.may_be_answered())
    }

    /// Whether the service may say more while its questions are open.
    pub fn goes_on(&self) -> bool {
        matches!(self.0, Link::Legacy(_))
    }

    /// Answers the service's questions, each by its key.
    ///
    /// # Errors
    /// A [`Refusal`] when the answers cannot be sent.
    pub async fn reply(&mut self, answers: Vec<(String, Answered)>) -> Result<(), Refusal> {
        match &mut self.0 {
            Link::Modern(link) => link.reply(answers).await,
            Link::Legacy(link) => link.reply(answers).await,
        }
    }
}

/// Asks a service for something that needs nothing of the client; gives `result`.
///
/// # Errors
/// A [`Refusal`] when it does not answer, or with an error, whose text stays unread.
pub async fn ask<H: Host>(party: &Party<H>, method: &str, params: Option<String>) -> Result<String, Refusal> {
    let request = Request {
        id: r#""mcpgate""#.to_owned(),
        method: method.to_owned(),
        params,
        mirrored: Vec::new(),
        may_ask: false,
    };
    let mut talk = Talk::begin(party.clone(), request).await?;
    talk.hurry();
    loop {
        match talk.next().await? {
            Said::Note(_) | Said::TakesBack(_) => {}
            Said::Result(result) => return Ok(result),
            Said::Asks(_) => {
                return Err(rubbish(&party.service, &format!("it asks something back for {method}")));
            }
            Said::Error(error) => {
                let name = &party.service.name;
                let code = bridge::code(&error).unwrap_or_default();
                return Err(Refusal::new(
                    Fault::Service,
                    Reason::ServiceError,
                    format!("{name} answered {method} with the error {code}. Try again later."),
                ));
            }
        }
    }
}

/// The answer to an elicitation that nobody answered.
pub(super) const CANCELLED: &str = r#"{"action":"cancel"}"#;

/// An id that nobody guesses: 128 random bits.
///
/// # Errors
/// When the host has no randomness.
pub(crate) fn random_id<H: Host>(context: &Context<H>) -> Result<String, PortError> {
    let mut random = [0; 16];
    context.host.random(&mut random)?;
    Ok(URL_SAFE_NO_PAD.encode(random))
}

/// Whether it is a log message below the level that the client set: the service does not keep to it.
pub(super) fn is_below<H: Host>(message: &Object<'_>, party: &Party<H>) -> bool {
    let level = party.facts.level.as_deref();
    let logs = message.string("method").as_deref() == Some("notifications/message");
    logs && level.is_some() && !bridge::is_wanted(message, level)
}

/// The refusal of a text that is no message.
pub(super) fn unreadable<H: Host>(wire: &Wire<H>, service: &Service) -> Refusal {
    match wire.status.is_success() {
        true => rubbish(service, "a message is not JSON-RPC"),
        false => unanswered(wire, service),
    }
}

/// The refusal of an answer that ended before its message.
pub(super) fn unanswered<H: Host>(wire: &Wire<H>, service: &Service) -> Refusal {
    match wire.status.is_success() {
        true => rubbish(service, "its stream ended without an answer"),
        false => Refusal::new(
            Fault::Service,
            Reason::ServiceError,
            format!("{} answered with HTTP {} and no message.", service.name, wire.status.as_u16()),
        ),
    }
}
