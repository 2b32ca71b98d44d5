//! A request to a service of an older revision: in a session, and what the service needs of the client comes as a
//! request of its own.

mod listening;

use std::collections::VecDeque;
use std::future::pending;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::{Either, select};
use http::HeaderMap;
use url::Url;

use super::aside::Aside;
use super::dialect::{initialize, open_stream};
use super::hold::Hold;
use super::mark::Mark;
use super::posted::{self, Posted};
use super::session::{self, Begun, Session};
use super::talk::{Answered, Party, Request, Said, is_below, random_id, unanswered, unreadable};
use super::wire::Wire;
use super::words::{cancellation, leave_word, reply};
use super::{Dialect, failure, rubbish};
use crate::audit::Reason;
use crate::config::Service;
use crate::error::{Fault, Refusal};
use crate::host::{FetchError, Host, Limits, Timestamp};
use crate::mcp::bridge::{self, ASKABLE, Question};
use crate::mcp::message::acts;
use crate::mcp::raw::{Object, quoted};
use crate::mcp::sse::Event;

/// How long the host lets an answer take, to begin and between two pieces, where a question may stand open meanwhile:
/// longer than anybody may take to answer one. While none does, it is late sooner.
const LONGEST: Duration = Duration::from_secs(600);
/// What clients answer to what they do not know, and to what they know and cannot do ("Elicitation", "Error Handling").
const UNKNOWN_METHOD: i64 = -32601;
const INVALID_PARAMS: i64 = -32602;
/// What takes a question back.
const CANCELLATION: &str = "notifications/cancelled";
/// What a stream that is not the request's alone says that may be about the request.
const IN_PASSING: [&str; 3] =
    ["notifications/message", "notifications/progress", "notifications/elicitation/complete"];

/// With a service of an older revision.
pub(super) struct Older<H: Host> {
    party: Party<H>,
    channel: Channel<H>,
    begun: Begun,
    /// The session that the request is sent in; [`None`] where it lives in the channel.
    session: Option<Session>,
    /// What the service says on the session's own stream, where the request has the session alone.
    aside: Aside<H>,
    /// What the service says where the request was posted, by HTTP+SSE.
    posted: Posted<H>,
    /// The exact text of the id that the service sees: unique, because clients share a session.
    id: String,
    /// The questions that are open: the id and the method of each.
    asked: VecDeque<(String, String)>,
    /// An error on a stream that names no request: the answer, if no other comes.
    stray: Option<String>,
    answered: bool,
    /// Whether the last question came on the session's own stream.
    aside_asked: bool,
    /// Whether the request waits for what the service asks of a new session.
    hold: Hold,
    /// The answer, until it is told.
    said: Option<Said>,
    /// Whether the answer that began may be that the session is not known.
    unsure: bool,
    listens: bool,
    /// Whether the gateway itself waits for the answer.
    hurried: bool,
    /// Whether a question can reach the client while this request waits.
    may_ask: bool,
    mark: Mark,
    /// The message that was sent, for when the service does not know the session any more.
    body: String,
    /// When a service that says nothing is late. Counts only where questions may stand open: else the host limits it.
    late: Timestamp,
}

/// How messages travel.
enum Channel<H: Host> {
    /// Streamable HTTP, before the answer begins.
    Sent(Pin<Box<dyn Future<Output = Result<Wire<H>, Refusal>>>>),
    /// Streamable HTTP: each request has its own answer.
    Streamable(Wire<H>),
    /// HTTP+SSE: one stream, and an address that messages are posted to.
    Sse(Wire<H>, Url),
}

/// What comes next.
enum Heard<H: Host> {
    /// The answer begins.
    Begins(Result<Box<Wire<H>>, Refusal>),
    Event(Result<Option<Event>, Refusal>),
    /// On the session's own stream.
    Aside(Event),
    Late,
}

impl<H: Host> Older<H> {
    /// Sends a request by streamable HTTP.
    pub(super) async fn streamable(party: Party<H>, request: &Request) -> Result<Self, Refusal> {
        let id = new_id(&party)?;
        let body = body(&id, request);
        let session = Session::of(&party).await?;
        let begun = session.begun.clone();
        let mut older = Self::new(party, Channel::Sent(Box::pin(pending())), begun, id).about_to(request);
        older.body = body;
        older.send(session).await?;
        Ok(older)
    }

    /// Sends a request by HTTP+SSE.
    pub(super) async fn sse(party: Party<H>, request: &Request) -> Result<Self, Refusal> {
        let id = new_id(&party)?;
        let (wire, target, begun) = Self::connect(&party).await?;
        let mut older = Self::new(party, Channel::Sse(wire, target), begun, id).about_to(request);
        older.body = body(&older.id, request);
        older.hold = older.holds().await;
        older.dispatch();
        Ok(older)
    }

    /// Opens the stream of the oldest transport and begins its session, which lives as long as the stream.
    pub(super) async fn connect(party: &Party<H>) -> Result<(Wire<H>, Url, Begun), Refusal> {
        let (mut wire, target) = open_stream(party).await?;
        let answer = posted::asked(party, (&mut wire, &target), "0", initialize("0", &party.facts)).await?;
        let begun = session::begun(&answer, &HeaderMap::new());
        let begun = begun.ok_or_else(|| rubbish(&party.service, "it did not accept initialize"))?;
        let initialized = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
        posted::told(party, &target, initialized.to_owned()).await?;
        if let Some(level) = session::level(party, &begun) {
            posted::asked(party, (&mut wire, &target), "1", level).await?;
        }
        Ok((wire, target, begun))
    }

    fn new(party: Party<H>, channel: Channel<H>, begun: Begun, id: String) -> Self {
        Self {
            party,
            channel,
            begun,
            session: None,
            aside: Aside::closed(),
            posted: Posted::nothing(),
            id,
            late: Timestamp(0),
            body: String::new(),
            asked: VecDeque::new(),
            stray: None,
            answered: false,
            aside_asked: false,
            hold: Hold::default(),
            said: None,
            unsure: false,
            listens: false,
            hurried: false,
            may_ask: true,
            mark: Mark::new(),
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
            Channel::Sent(_) | Channel::Streamable(_) => {
                session::post(&self.party, Some(&self.begun), body).await.map(drop)
            }
            Channel::Sse(_, target) => posted::told(&self.party, target, body).await,
        }
    }

    /// The answer has the service's time in all.
    pub(super) fn hurry(&mut self) {
        self.hurried = true;
        match &mut self.channel {
            Channel::Streamable(wire) | Channel::Sse(wire, _) => wire.hurry(),
            Channel::Sent(_) => {}
        }
    }

    pub(super) async fn next(&mut self) -> Result<Said, Refusal> {
        let service = Rc::clone(&self.party.service);
        // Given up in the middle and asked again, it goes on where it was.
        loop {
            if self.said.is_some() {
                // Before the next request looks for a session.
                let heard = self.aside.is_there();
                self.aside = Aside::closed();
                if let Some(mut session) = self.session.take() {
                    session.begun.heard |= heard;
                    session.put_back(&self.party).await;
                }
                if let Some(said) = self.said.take() {
                    return Ok(said);
                }
            }
            if self.unsure {
                self.check().await?;
                continue;
            }
            if let Some(session) = self.session.as_mut().filter(|session| session.is_alone()) {
                // Without the database it lives an hour still, and the service is there all the same.
                let _ = session.renew(&self.party).await;
            }
            let heard = self.heard().await;
            self.put_off();
            let (event, aside) = match heard {
                Heard::Begins(answer) => {
                    self.begins(answer)?;
                    continue;
                }
                Heard::Late => {
                    return Err(failure(
                        &self.party.context,
                        &service,
                        &FetchError::TimedOut,
                        acts(&self.body),
                    ));
                }
                Heard::Aside(event) => (event, true),
                Heard::Event(Ok(Some(event))) => (event, false),
                Heard::Event(Ok(None)) if self.mark.last().is_none() => match self.stray.take() {
                    Some(error) => {
                        self.answered = true;
                        self.said = Some(self.error(&error));
                        continue;
                    }
                    None => return Err(self.refusal(unanswered)),
                },
                Heard::Event(Err(refusal))
                    if self.mark.last().is_none() || refusal.reason != Reason::ServiceUnreachable =>
                {
                    return Err(refusal);
                }
                Heard::Event(_) => {
                    self.resume().await?;
                    continue;
                }
            };
            if !aside {
                self.mark.note(&event);
                if event.data.as_deref().is_some_and(|data| !data.is_empty()) {
                    self.mark.progressed();
                }
            }
            let Some(data) = event.data.filter(|data| !data.is_empty()) else { continue };
            let Some(message) = Object::parse(&data) else {
                if aside {
                    continue;
                }
                return Err(self.refusal(unreadable));
            };
            if let Some(method) = message.string("method") {
                let Some(id) = message.get("id") else {
                    if method == CANCELLATION {
                        let named = message
                            .object("params")
                            .and_then(|params| Some(params.get("requestId")?.to_owned()));
                        let at = self.asked.iter().position(|(asked, _)| Some(asked) == named.as_ref());
                        match at.and_then(|at| self.asked.remove(at)) {
                            Some((id, _)) => return Ok(Said::TakesBack(id)),
                            // Whoever asked that is not known here.
                            None => continue,
                        }
                    }
                    // News have a stream of their own. Here they may come of nothing but the introduction.
                    let elsewhere = aside || matches!(self.channel, Channel::Sse(..));
                    if elsewhere && !self.listens && !IN_PASSING.contains(&method.as_str()) {
                        continue;
                    }
                    if is_below(&message, &self.party) {
                        continue;
                    }
                    return Ok(Said::Note(data));
                };
                match self.asked(&method, id, message.get("params").unwrap_or("{}")).await? {
                    Some(question) => {
                        self.aside_asked = aside;
                        if aside {
                            self.aside.progressed();
                        }
                        if self.asked_elsewhere() && !self.begun.heard {
                            Dialect::inquires(&self.party, true).await;
                        }
                        self.stop();
                        return Ok(Said::Asks(vec![question]));
                    }
                    None => continue,
                }
            }
            // Who only listens waits for no answer: these are to its subscriptions.
            if self.listens || aside {
                continue;
            }
            // An error may come without an id, when the service could not read that far. On a stream it may be about
            // anything.
            if let (None | Some("null"), None, Some(error), true) =
                (message.get("id"), message.get("result"), message.get("error"), self.is_streamed())
            {
                self.stray = Some(error.to_owned());
                continue;
            }
            // That may come twice: on the stream, and where it was posted.
            let introduces = matches!(message.get("id"), Some("0" | "1"));
            if introduces && matches!(self.channel, Channel::Sse(..)) {
                continue;
            }
            let own = message.get("id").is_none_or(|id| id == self.id || id == "null");
            let answer = match (message.get("result"), message.get("error")) {
                (Some(result), _) if own => Said::Result(result.to_owned()),
                (_, Some(error)) if own => self.error(error),
                _ => return Err(rubbish(&service, "it answered another request")),
            };
            self.answered = true;
            self.said = Some(answer);
        }
    }

    fn error(&self, error: &str) -> Said {
        Said::Error(bridge::without_pages(error, &self.party.facts).unwrap_or_else(|| error.to_owned()))
    }

    fn is_streamed(&self) -> bool {
        match &self.channel {
            Channel::Sent(_) => false,
            Channel::Streamable(wire) => wire.is_stream(),
            Channel::Sse(..) => true,
        }
    }

    /// What the service says next, on either stream.
    async fn heard(&mut self) -> Heard<H> {
        let host = &self.party.context.host;
        let left = u64::try_from(self.late.0 - host.now().0).unwrap_or_default();
        // Who only listens may wait for long.
        let waits = self.may_ask && !self.listens && self.session.is_some() && self.asked.is_empty();
        let (channel, posted) = (&mut self.channel, &mut self.posted);
        let answer = pin!(async {
            match channel {
                Channel::Sent(answer) => Heard::Begins(answer.await.map(Box::new)),
                Channel::Streamable(wire) => Heard::Event(wire.next().await),
                Channel::Sse(wire, _) => match select(pin!(posted.next()), pin!(wire.next())).await {
                    Either::Left((event, _)) => Heard::Event(event.map(Some)),
                    Either::Right((event, _)) => Heard::Event(event),
                },
            }
        });
        let aside = pin!(self.aside.next());
        let said = async {
            match select(answer, aside).await {
                Either::Left((heard, _)) => heard,
                Either::Right((event, _)) => Heard::Aside(event),
            }
        };
        let late = async {
            match waits {
                true => host.sleep(Duration::from_millis(left)).await,
                false => pending().await,
            }
        };
        match select(pin!(said), pin!(late)).await {
            Either::Left((heard, _)) => heard,
            Either::Right(((), _)) => Heard::Late,
        }
    }

    /// The answer begins.
    fn begins(&mut self, answer: Result<Box<Wire<H>>, Refusal>) -> Result<(), Refusal> {
        // What did not arrive is not cancelled.
        let lost = |refusal: &Refusal| refusal.reason != Reason::ServiceTimeout;
        self.answered = answer.as_ref().is_err_and(lost);
        let mut wire = answer?;
        if self.hurried {
            wire.hurry();
        }
        self.unsure = self.session.as_ref().is_some_and(|session| session.recalled);
        self.channel = Channel::Streamable(*wire);
        Ok(())
    }

    /// Whether the service does not know the session: then it did not do what it did not take, and is asked again in a
    /// new one.
    async fn check(&mut self) -> Result<(), Refusal> {
        let forgotten = match &mut self.channel {
            Channel::Streamable(wire) => session::is_forgotten(wire, &self.id).await?,
            Channel::Sent(_) | Channel::Sse(..) => false,
        };
        self.unsure = false;
        if let Some(session) = self.session.take_if(|_| forgotten) {
            let session = session.anew(&self.party).await?;
            self.send(session).await?;
        }
        Ok(())
    }

    /// Sends the request in this session.
    async fn send(&mut self, session: Session) -> Result<(), Refusal> {
        let (session, aside) = match self.may_ask && session.is_alone() {
            true => Aside::open(&self.party, session).await?,
            false => (session, Aside::closed()),
        };
        self.begun = session.begun.clone();
        self.aside = aside;
        self.session = Some(session);
        self.channel = Channel::Sent(Box::pin(pending()));
        self.hold = self.holds().await;
        self.dispatch();
        Ok(())
    }

    /// Whether the request waits until the service has asked what it asks of a new session.
    async fn holds(&self) -> Hold {
        let may_hear = self.aside.is_there() || matches!(self.channel, Channel::Sse(..));
        if self.begun.heard || !may_hear || !self.may_ask {
            return Hold::default();
        }
        let whole = self.session.as_ref().is_none_or(|session| !session.recalled);
        Hold::of(&self.party, &self.body, whole).await
    }

    /// Sends the request, once it is not held back any more.
    fn dispatch(&mut self) {
        let (party, hold, body) = (self.party.clone(), self.hold.clone(), self.body.clone());
        if let Channel::Sse(_, target) = &self.channel {
            self.posted = Posted::new(&party, target, &self.id, body, hold);
        } else {
            let alone = self.session.as_ref().is_some_and(Session::is_alone);
            let timeout = party.service.timeout;
            let limits = Limits {
                head: if self.may_ask && alone { LONGEST } else { timeout },
                idle: if self.may_ask { LONGEST } else { timeout },
            };
            let begun = self.begun.clone();
            self.channel = Channel::Sent(Box::pin(async move {
                hold.over(&party).await;
                session::post_within(&party, Some(&begun), body, limits).await
            }));
        }
        self.put_off();
    }

    /// A question is open: what is held back is not sent before that is answered.
    fn stop(&mut self) {
        if !self.hold.is_on() {
            return;
        }
        self.posted = Posted::nothing();
        if let Channel::Sent(sending) = &mut self.channel {
            *sending = Box::pin(pending());
        }
    }

    /// From now on the service has its time again.
    fn put_off(&mut self) {
        self.late = self.party.context.host.now().after(self.party.service.timeout);
    }

    fn refusal(&self, why: fn(&Wire<H>, &Service) -> Refusal) -> Refusal {
        match &self.channel {
            Channel::Streamable(wire) | Channel::Sse(wire, _) => why(wire, &self.party.service),
            Channel::Sent(_) => rubbish(&self.party.service, "it did not answer"),
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
                (UNKNOWN_METHOD, "the client cannot be asked while this is under way".to_owned())
            }
            method if ASKABLE.contains(&method) => match self.party.facts.can(method, params) {
                Ok(()) => {
                    self.asked.push_back((id.to_owned(), method.to_owned()));
                    return Ok(Some(Question {
                        key: id.to_owned(),
                        method: method.to_owned(),
                        params: params.to_owned(),
                    }));
                }
                Err(lacking) => {
                    // A client knows the method all the same that has a part of the capability.
                    let code = if lacking.contains('.') { INVALID_PARAMS } else { UNKNOWN_METHOD };
                    let name = &self.party.service.name;
                    let text = format!(
                        "{name} cannot ask this: the client did not declare the capability {lacking}. Use a client that has it"
                    );
                    (code, text)
                }
            },
            _ => (UNKNOWN_METHOD, "this method is not known".to_owned()),
        };
        let (code, text) = (refusal.0, quoted(&refusal.1));
        self.post(format!(r#"{{"jsonrpc":"2.0","id":{id},"error":{{"code":{code},"message":{text}}}}}"#))
            .await?;
        Ok(None)
    }

    /// Whether it may be no question of this request: by HTTP+SSE there is no stream but the session's.
    fn asked_elsewhere(&self) -> bool {
        self.aside_asked || matches!(self.channel, Channel::Sse(..))
    }

    /// Whether what it keeps for its session is there for the next request.
    pub(super) fn keeps_session(&self) -> bool {
        !matches!(self.channel, Channel::Sse(..))
    }

    /// Whether the request, sent as it is, may be answered although the last question is open.
    pub(super) fn may_be_answered(&self) -> bool {
        self.asked_elsewhere() && !self.hold.is_on()
    }

    pub(super) async fn reply(&mut self, answers: Vec<(String, Answered)>) -> Result<(), Refusal> {
        for (id, answer) in answers {
            let at = self.asked.iter().position(|(asked, _)| *asked == id);
            let method =
                at.and_then(|at| self.asked.remove(at)).map(|(_, method)| method).unwrap_or_default();
            self.post(reply(&id, &method, &answer)).await?;
        }
        match self.hold.release() {
            true => self.dispatch(),
            false => self.put_off(),
        }
        Ok(())
    }

    /// Takes up a stream that broke off where it did (2025-11-25, "Resumability and Redelivery").
    async fn resume(&mut self) -> Result<(), Refusal> {
        let pause = self.mark.again();
        let (Some(last), Some(pause)) = (self.mark.last(), pause) else {
            return Err(rubbish(&self.party.service, "its stream ended without an answer"));
        };
        self.party.context.host.sleep(pause).await;
        // A question may stand open meanwhile.
        let waits = self.listens || self.session.as_ref().is_some_and(Session::is_alone);
        let wire = session::get(&self.party, &self.begun, Some(last), waits).await?;
        let wire = match &self.channel {
            Channel::Streamable(before) | Channel::Sse(before, _) => wire.after(before),
            Channel::Sent(_) => wire,
        };
        self.channel = Channel::Streamable(wire);
        self.put_off();
        Ok(())
    }
}

impl<H: Host> Drop for Older<H> {
    fn drop(&mut self) {
        let session = self.session.take().filter(Session::is_alone);
        let target = match &self.channel {
            Channel::Sse(_, target) => Some(target.clone()),
            Channel::Sent(_) | Channel::Streamable(_) => None,
        };
        let unseen = self.hold.is_on() || (target.is_none() && self.begun.id.is_none());
        let over = self.answered || self.listens || unseen;
        let answers = self.asked.iter().map(|(id, method)| reply(id, method, &Answered::Nothing));
        // With its stream, a session of HTTP+SSE is over.
        let answers = answers.filter(|_| !(over && target.is_some()));
        let cancelled = (!over).then(|| cancellation(&self.id));
        let messages: Vec<_> = answers.chain(cancelled).collect();
        if messages.is_empty() && session.is_none() {
            return;
        }
        leave_word(&self.party, &self.begun, target, messages, session);
    }
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
