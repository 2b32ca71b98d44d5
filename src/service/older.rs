//! A request to a service of an older revision: in a session, and what the service needs of the client comes as a
//! request of its own.

use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use http::{HeaderMap, HeaderValue, Method, header};
use url::Url;

use super::dialect::{initialize, open_stream};
use super::session::{self, Begun, Session};
use super::talk::{CANCELLED, Party, Request, Said, random_id, unanswered, unreadable};
use super::wire::Wire;
use super::{Outgoing, forward, rubbish};
use crate::audit::Reason;
use crate::error::{Fault, Refusal};
use crate::host::{Host, Limits};
use crate::mcp::bridge::{self, ASKABLE, Question};
use crate::mcp::raw::{Object, quoted};
use crate::mcp::topics::Topics;

/// How often a stream that broke off is taken up again, and how long that may take at most.
const RESUMPTIONS: usize = 5;
const LONGEST_RETRY: Duration = Duration::from_secs(5);

/// With a service of an older revision.
pub(super) struct Older<H: Host> {
    party: Party<H>,
    channel: Channel<H>,
    begun: Begun,
    /// The exact text of the id that the service sees: unique, because clients share a session.
    id: String,
    asked: VecDeque<String>,
    answered: bool,
    listens: bool,
    /// Whether a question can reach the client while this request waits.
    may_ask: bool,
    /// The last event's id, if the service gives them, and how long it wants to be left alone when it breaks off.
    last_event: Option<HeaderValue>,
    retry: Duration,
    resumptions: usize,
}

/// How messages travel.
enum Channel<H: Host> {
    /// Streamable HTTP: each request has its own answer.
    Streamable(Wire<H>),
    /// HTTP+SSE: one stream, and an address that messages are posted to.
    Sse(Wire<H>, Url),
}

impl<H: Host> Older<H> {
    /// Sends a request by streamable HTTP.
    pub(super) async fn streamable(party: Party<H>, request: &Request) -> Result<Self, Refusal> {
        let id = new_id(&party)?;
        let body = body(&id, request);
        let mut session = Session::current(&party).await?;
        let mut wire = Unanswered::post(&party, &session.begun, &id, body.clone()).await?;
        // What it did not take it did not do.
        if session.recalled && session::is_forgotten(&mut wire).await? {
            session = session.anew(&party).await?;
            wire = Unanswered::post(&party, &session.begun, &id, body).await?;
        }
        Ok(Self::new(party, Channel::Streamable(wire), session.begun, id).about_to(request))
    }

    /// Sends a request by HTTP+SSE.
    pub(super) async fn sse(party: Party<H>, request: &Request) -> Result<Self, Refusal> {
        let id = new_id(&party)?;
        let (wire, target, begun) = Self::connect(&party).await?;
        let older = Self::new(party, Channel::Sse(wire, target), begun, id).about_to(request);
        older.post(body(&older.id, request)).await?;
        Ok(older)
    }

    /// Opens the stream of the oldest transport and begins its session, which lives as long as the stream.
    pub(super) async fn connect(party: &Party<H>) -> Result<(Wire<H>, Url, Begun), Refusal> {
        let (mut wire, target) = open_stream(party).await?;
        post_to(party, &target, initialize("0", &party.facts)).await?;
        let answer = session::answer(&mut wire).await?;
        let begun = session::begun(&answer, &HeaderMap::new());
        let begun = begun.ok_or_else(|| rubbish(&party.service, "it did not accept initialize"))?;
        post_to(party, &target, r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#.to_owned())
            .await?;
        if let Some(level) = session::level(party, &begun) {
            post_to(party, &target, level).await?;
            session::answer(&mut wire).await?;
        }
        Ok((wire, target, begun))
    }

    /// The stream of a session, with what the service says without being asked; [`None`] when it has no such stream.
    pub(super) async fn listening(party: Party<H>) -> Result<Option<Self>, Refusal> {
        let mut session = Session::current(&party).await?;
        let mut wire = Self::stream(&party, &session).await?;
        if session.recalled && session::is_forgotten(&mut wire).await? {
            session = session.anew(&party).await?;
            wire = Self::stream(&party, &session).await?;
        }
        if !wire.is_stream() {
            return Ok(None);
        }
        let mut older = Self::new(party, Channel::Streamable(wire), session.begun, String::new());
        // Nothing is under way that a dropped connection would have to cancel.
        older.listens = true;
        Ok(Some(older))
    }

    /// The same by HTTP+SSE.
    pub(super) async fn listening_sse(party: Party<H>) -> Result<Self, Refusal> {
        let (wire, target, begun) = Self::connect(&party).await?;
        let mut older = Self::new(party, Channel::Sse(wire, target), begun, String::new());
        older.listens = true;
        Ok(older)
    }

    /// Subscribes to resources; gives those that the service did not refuse.
    pub(super) async fn subscribe(&mut self, uris: &[String]) -> Result<Vec<String>, Refusal> {
        let mut taken = Vec::new();
        for uri in uris {
            if self.about("resources/subscribe", uri).await? {
                taken.push(uri.clone());
            }
        }
        Ok(taken)
    }

    /// Subscribes to these resources no longer.
    pub(super) async fn unsubscribe(&mut self, uris: &[String]) -> Result<(), Refusal> {
        for uri in uris {
            self.about("resources/unsubscribe", uri).await?;
        }
        Ok(())
    }

    /// What of the topics the service declares to tell.
    pub(super) fn told(&self, topics: &Topics) -> Topics {
        let initialized = Object::parse(&self.begun.initialized).unwrap_or_default();
        topics.told_with(&initialized.object("capabilities").unwrap_or_default())
    }

    /// Sends a request about a resource; says whether the service takes it, as far as that is known at once.
    async fn about(&self, method: &str, uri: &str) -> Result<bool, Refusal> {
        let (id, named) = (new_id(&self.party)?, quoted(uri));
        let body = format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"{method}","params":{{"uri":{named}}}}}"#);
        match &self.channel {
            Channel::Streamable(_) => {
                let mut wire = session::post(&self.party, Some(&self.begun), body).await?;
                let answer = session::answer(&mut wire).await?;
                Ok(Object::parse(&answer).is_some_and(|answer| answer.get("result").is_some()))
            }
            // The answer comes on the stream, some time.
            Channel::Sse(_, target) => {
                post_to(&self.party, target, body).await?;
                Ok(!self.told(&Topics::all(vec![uri.to_owned()])).uris.is_empty())
            }
        }
    }

    async fn stream(party: &Party<H>, session: &Session) -> Result<Wire<H>, Refusal> {
        let mut headers = session::headers(Some(&session.begun));
        headers.remove(header::CONTENT_TYPE);
        headers.insert(header::ACCEPT, HeaderValue::from_static("text/event-stream"));
        let limits = super::limits(&party.service, true);
        let outgoing = Outgoing { method: Method::GET, target: None, headers, body: String::new(), limits };
        let response = forward(party, outgoing).await?;
        Ok(Wire::new(&party.context, &party.service, response))
    }

    fn new(party: Party<H>, channel: Channel<H>, begun: Begun, id: String) -> Self {
        Self {
            party,
            channel,
            begun,
            id,
            asked: VecDeque::new(),
            answered: false,
            listens: false,
            may_ask: true,
            last_event: None,
            retry: Duration::from_secs(1),
            resumptions: 0,
        }
    }

    /// The same, for this request.
    fn about_to(mut self, request: &Request) -> Self {
        self.may_ask = request.may_ask;
        self
    }

    /// Sends a message that wants no answer of its own.
    async fn post(&self, body: String) -> Result<(), Refusal> {
        match &self.channel {
            Channel::Streamable(_) => session::post(&self.party, Some(&self.begun), body).await.map(drop),
            Channel::Sse(_, target) => post_to(&self.party, target, body).await,
        }
    }

    pub(super) async fn next(&mut self) -> Result<Said, Refusal> {
        let service = Rc::clone(&self.party.service);
        loop {
            let wire = match &mut self.channel {
                Channel::Streamable(wire) | Channel::Sse(wire, _) => wire,
            };
            let event = match wire.next().await {
                Ok(Some(event)) => event,
                Ok(None) if self.last_event.is_none() => return Err(unanswered(wire, &service)),
                Ok(None) => {
                    self.resume().await?;
                    continue;
                }
                Err(refusal) if self.last_event.is_some() && refusal.reason == Reason::ServiceUnreachable => {
                    self.resume().await?;
                    continue;
                }
                Err(refusal) => return Err(refusal),
            };
            self.mark(&event.fields);
            let Some(data) = event.data.filter(|data| !data.is_empty()) else { continue };
            let wire = match &self.channel {
                Channel::Streamable(wire) | Channel::Sse(wire, _) => wire,
            };
            let Some(message) = Object::parse(&data) else { return Err(unreadable(wire, &service)) };
            if let Some(method) = message.string("method") {
                let Some(id) = message.get("id") else { return Ok(Said::Note(data)) };
                match self.asked(&method, id, message.get("params").unwrap_or("{}")).await? {
                    Some(question) => return Ok(Said::Asks(vec![question])),
                    None => continue,
                }
            }
            // Who only listens waits for no answer: these are to its subscriptions.
            if self.listens {
                continue;
            }
            // An error may come without an id, when the service could not read that far.
            let own = message.get("id").is_none_or(|id| id == self.id || id == "null");
            let answer = match (message.get("result"), message.get("error")) {
                (Some(result), _) if own => Said::Result(result.to_owned()),
                (_, Some(error)) if own => Said::Error(
                    bridge::without_pages(error, &self.party.facts).unwrap_or_else(|| error.to_owned()),
                ),
                _ => return Err(rubbish(&service, "it answered another request")),
            };
            self.answered = true;
            return Ok(answer);
        }
    }

    /// A request of the service: what the client can answer is a question, the rest is answered here.
    async fn asked(&mut self, method: &str, id: &str, params: &str) -> Result<Option<Question>, Refusal> {
        let refusal = match method {
            "ping" => {
                self.post(format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{{}}}}"#)).await?;
                return Ok(None);
            }
            method if ASKABLE.contains(&method) && !self.may_ask => {
                "the client cannot be asked while this is under way".to_owned()
            }
            method if ASKABLE.contains(&method) => match self.party.facts.can(method, params) {
                Ok(()) => {
                    self.asked.push_back(id.to_owned());
                    return Ok(Some(Question {
                        key: id.to_owned(),
                        method: method.to_owned(),
                        params: params.to_owned(),
                    }));
                }
                Err(lacking) => format!("the client does not have the capability {lacking}"),
            },
            _ => "this method is not known".to_owned(),
        };
        let refusal = quoted(&refusal);
        self.post(format!(r#"{{"jsonrpc":"2.0","id":{id},"error":{{"code":-32601,"message":{refusal}}}}}"#))
            .await?;
        Ok(None)
    }

    pub(super) async fn reply(&mut self, answers: Vec<(String, Option<String>)>) -> Result<(), Refusal> {
        for (id, answer) in answers {
            self.asked.retain(|asked| *asked != id);
            let result = answer.unwrap_or_else(|| CANCELLED.to_owned());
            self.post(format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{result}}}"#)).await?;
        }
        Ok(())
    }

    fn mark(&mut self, fields: &[String]) {
        for field in fields {
            let Some((name, value)) = field.split_once(':') else { continue };
            match name {
                "id" => self.last_event = HeaderValue::from_str(value.trim()).ok(),
                "retry" => {
                    let retry = value.trim().parse().map_or(self.retry, Duration::from_millis);
                    self.retry = retry.min(LONGEST_RETRY);
                }
                _ => {}
            }
        }
    }

    /// Takes up a stream that broke off where it did (2025-11-25, "Resumability and Redelivery").
    async fn resume(&mut self) -> Result<(), Refusal> {
        self.resumptions += 1;
        let (Some(last), true) = (&self.last_event, self.resumptions <= RESUMPTIONS) else {
            return Err(rubbish(&self.party.service, "its stream ended without an answer"));
        };
        let mut headers = session::headers(Some(&self.begun));
        headers.remove(header::CONTENT_TYPE);
        headers.insert(header::ACCEPT, HeaderValue::from_static("text/event-stream"));
        headers.insert("last-event-id", last.clone());
        self.party.context.host.sleep(self.retry).await;
        let limits = super::limits(&self.party.service, false);
        let outgoing = Outgoing { method: Method::GET, target: None, headers, body: String::new(), limits };
        let response = forward(&self.party, outgoing).await?;
        self.channel = Channel::Streamable(Wire::new(&self.party.context, &self.party.service, response));
        Ok(())
    }
}

impl<H: Host> Drop for Older<H> {
    fn drop(&mut self) {
        if self.answered || self.listens {
            return;
        }
        let target = match &self.channel {
            Channel::Streamable(_) if self.begun.id.is_none() => return,
            Channel::Streamable(_) => None,
            Channel::Sse(_, target) => Some(target.clone()),
        };
        let answers =
            self.asked.iter().map(|id| format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{CANCELLED}}}"#));
        let messages = answers.chain([cancellation(&self.id)]).collect();
        leave_word(&self.party, &self.begun, target, messages);
    }
}

/// A request that was sent, and whose answer did not begin yet.
struct Unanswered<'a, H: Host> {
    party: &'a Party<H>,
    begun: &'a Begun,
    id: &'a str,
    over: bool,
}

impl<'a, H: Host> Unanswered<'a, H> {
    /// Sends it in a session, and waits until the answer begins.
    async fn post(
        party: &'a Party<H>,
        begun: &'a Begun,
        id: &'a str,
        body: String,
    ) -> Result<Wire<H>, Refusal> {
        let mut unanswered = Self { party, begun, id, over: false };
        let answer = session::post(party, Some(begun), body).await;
        unanswered.over =
            answer.as_ref().err().is_none_or(|refusal| refusal.reason != Reason::ServiceTimeout);
        answer
    }
}

impl<H: Host> Drop for Unanswered<'_, H> {
    fn drop(&mut self) {
        if !self.over && self.begun.id.is_some() {
            leave_word(self.party, self.begun, None, vec![cancellation(self.id)]);
        }
    }
}

/// Tells a service, later, that nobody waits any more: up to 2025-11-25 a broken connection cancels nothing.
fn leave_word<H: Host>(party: &Party<H>, begun: &Begun, target: Option<Url>, messages: Vec<String>) {
    let (party, begun) = (party.clone(), begun.clone());
    let host = party.context.host.clone();
    host.after_response(Box::pin(async move {
        for message in messages {
            // The service may not listen any more; there is nobody left to tell.
            let _ = match &target {
                None => session::post(&party, Some(&begun), message).await.map(drop),
                Some(target) => post_to(&party, target, message).await,
            };
        }
    }));
}

fn cancellation(id: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","method":"notifications/cancelled","params":{{"requestId":{id}}}}}"#)
}

fn body(id: &str, request: &Request) -> String {
    let method = quoted(&request.method);
    match bridge::params_to_legacy(request.params.as_deref()) {
        Some(params) => format!(r#"{{"jsonrpc":"2.0","id":{id},"method":{method},"params":{params}}}"#),
        None => format!(r#"{{"jsonrpc":"2.0","id":{id},"method":{method}}}"#),
    }
}

/// An id for a request that the service has not seen.
pub(super) fn new_id<H: Host>(party: &Party<H>) -> Result<String, Refusal> {
    random_id(&party.context).map(|id| quoted(&id)).map_err(|_| {
        Refusal::new(Fault::Gateway, Reason::StorageUnavailable, "The gateway has no randomness. Try again.")
    })
}

async fn post_to<H: Host>(party: &Party<H>, target: &Url, body: String) -> Result<(), Refusal> {
    let limits = Limits { head: party.service.timeout, idle: party.service.timeout };
    let headers = session::headers(None);
    let outgoing = Outgoing { method: Method::POST, target: Some(target.clone()), headers, body, limits };
    let response = forward(party, outgoing).await?;
    match response.status().is_success() {
        true => Ok(()),
        false => {
            Err(rubbish(&party.service, &format!("it answered with HTTP {}", response.status().as_u16())))
        }
    }
}
