//! A message by the oldest transport (2024-11-05, "HTTP with SSE"), and what is answered to it right there. By the
//! protocol that is nothing: a service answers on its stream. Some answer where they were asked all the same.

use std::future::pending;
use std::pin::{Pin, pin};

use futures_util::future::{Either, select};
use http::{Method, Response};
use url::Url;

use super::hold::Hold;
use super::session;
use super::talk::Party;
use super::wire::Wire;
use super::{Outgoing, forward, limits, rubbish};
use crate::audit::Reason;
use crate::error::Refusal;
use crate::host::Host;
use crate::mcp::raw::Object;
use crate::mcp::sse::Event;

/// A request that is posted.
pub(super) struct Posted<H: Host> {
    state: State<H>,
    /// The exact text of its id.
    id: String,
}

enum State<H: Host> {
    Sending(Pin<Box<dyn Future<Output = Result<Wire<H>, Refusal>>>>),
    Open(Box<Wire<H>>),
    Over,
}

impl<H: Host> Posted<H> {
    /// Nothing.
    pub(super) fn nothing() -> Self {
        Self { state: State::Over, id: String::new() }
    }

    /// Posts a request with this id, once it is asked what comes next and the request is not held back.
    pub(super) fn new(party: &Party<H>, target: &Url, id: &str, body: String, hold: Hold) -> Self {
        let (party, target) = (party.clone(), target.clone());
        let sending = Box::pin(async move {
            hold.over(&party).await;
            let response = taken(&party, posted(&party, &target, body, true)).await?;
            Ok(Wire::new(&party.context, &party.service, response))
        });
        Self { state: State::Sending(sending), id: id.to_owned() }
    }

    /// The next message that comes there. Never anything once it is over: the stream says what there is to say.
    ///
    /// # Errors
    /// A [`Refusal`] when the request is not taken.
    pub(super) async fn next(&mut self) -> Result<Event, Refusal> {
        loop {
            match &mut self.state {
                State::Sending(sending) => match sending.as_mut().await {
                    Ok(wire) => self.state = State::Open(Box::new(wire)),
                    Err(refusal) => {
                        self.state = State::Over;
                        // It may answer on the stream before it says that it took the request.
                        if refusal.reason != Reason::ServiceTimeout {
                            return Err(refusal);
                        }
                    }
                },
                State::Open(wire) => match wire.next().await {
                    Ok(Some(event)) if is_message(&event, &self.id) => return Ok(event),
                    Ok(Some(_)) => {}
                    _ => self.state = State::Over,
                },
                State::Over => pending().await,
            }
        }
    }
}

/// Whether it is the answer to the request with this id, or something that the service says before that.
fn is_message(event: &Event, id: &str) -> bool {
    let message = event.data.as_deref().and_then(Object::parse);
    message.is_some_and(|message| message.get("method").is_some() || message.get("id") == Some(id))
}

/// Posts a request and reads its answer, on the stream or where it was posted, in the service's time.
pub(super) async fn asked<H: Host>(
    party: &Party<H>,
    (wire, target): (&mut Wire<H>, &Url),
    id: &str,
    body: String,
) -> Result<String, Refusal> {
    let mut posted = Posted::new(party, target, id, body, Hold::default());
    let there = pin!(async {
        loop {
            let data = posted.next().await?.data.unwrap_or_default();
            if Object::parse(&data).is_some_and(|message| message.get("method").is_none()) {
                return Ok(data);
            }
        }
    });
    let answer = match select(there, pin!(session::answer(wire))).await {
        Either::Left((answer, _)) | Either::Right((answer, _)) => answer,
    };
    wire.relax();
    answer
}

/// Posts a message that wants no answer.
pub(super) async fn told<H: Host>(party: &Party<H>, target: &Url, body: String) -> Result<(), Refusal> {
    taken(party, posted(party, target, body, false)).await.map(drop)
}

/// Posts a message for which nobody waits any more: the service may not listen either.
pub(super) async fn part<H: Host>(party: &Party<H>, target: &Url, body: String) {
    let outgoing = Outgoing { parting: true, ..posted(party, target, body, false) };
    let _ = forward(party, outgoing).await;
}

fn posted<H: Host>(party: &Party<H>, target: &Url, body: String, waits: bool) -> Outgoing {
    let (headers, limits) = (session::headers(None), limits(&party.service, waits));
    Outgoing { method: Method::POST, target: Some(target.clone()), headers, body, limits, parting: false }
}

async fn taken<H: Host>(party: &Party<H>, outgoing: Outgoing) -> Result<Response<H::Body>, Refusal> {
    let response = forward(party, outgoing).await?;
    match response.status().is_success() {
        true => Ok(response),
        false => {
            Err(rubbish(&party.service, &format!("it answered with HTTP {}", response.status().as_u16())))
        }
    }
}
