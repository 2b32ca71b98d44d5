//! The phases after the service was asked: cap, pseudonymize, record; for one answer, or for every event of a stream.

mod beside;
mod masking;
mod recording;
mod tools;

use std::cell::{Cell, RefCell};
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{Either, select};
use futures_util::stream;
use http::{HeaderValue, Response, StatusCode, header};

use self::beside::Said;
use super::account::Account;
use super::admit::{self, Admitted};
use super::bridge::result_message;
use super::event;
use super::news::LONGEST;
use super::pins::Page;
use super::questions::{self, Questions};
use super::session::SESSION;
use super::source::{Content, Events, Source};
use super::state::States;
use super::task;
use crate::audit::{Outcome, Reason};
use crate::body::Body;
use crate::config::{Role, Service};
use crate::context::Context;
use crate::crypto::DataKey;
use crate::error::{Fault, Refusal, Shape};
use crate::guard::cap::{self, Capped, notes};
use crate::host::{FetchError, Host, Level, LogLine, Timestamp};
use crate::json::{self, Duplicates};
use crate::mcp::bridge::META_SUBSCRIPTION;
use crate::mcp::raw::{Object, array_of, quoted};
use crate::mcp::revision::{Era, REVISIONS};
use crate::mcp::{list, question, reply, sse, task as tasks};
use crate::oauth::Principal;
use crate::pii::{self, Given};
use crate::service::{self, PERHAPS_DONE};
use crate::store::service_task;

/// A request that was forwarded, and everything needed to answer it.
pub(super) struct Exchange<H: Host> {
    context: Context<H>,
    service: Rc<Service>,
    principal: Principal,
    key: DataKey,
    role: Rc<Role>,
    era: Era,
    /// Whether the service takes mirrored arguments.
    mirrors: bool,
    /// What the service's states are sealed for.
    states: Option<States>,
    /// What the service asks on its own wire.
    questions: Option<Questions>,
    /// The request's id and method; [`None`] where there is no request: notifications, GET streams.
    request: Option<(String, String)>,
    account: Account<H>,
    /// What the service was given in the place of pseudonyms.
    given: Given,
    /// The tool that is called.
    tool: Option<String>,
    /// The resource that is read.
    uri: Option<String>,
    /// Which part of a list is asked for.
    page: Page,
    /// What was said beside answers.
    said: Said,
    /// The tools that a person's own account was shown, to be kept.
    shown: RefCell<Option<String>>,
}

impl<H: Host> Exchange<H> {
    /// The exchange of a request that was let through. Takes the account over.
    pub(super) fn new(
        context: &Context<H>,
        admitted: &Admitted<'_>,
        era: Era,
        request: Option<(String, String)>,
        account: &mut Account<H>,
        given: Given,
    ) -> Self {
        Self {
            context: context.clone(),
            service: Rc::clone(admitted.service),
            principal: admitted.principal.clone(),
            key: admitted.key.clone(),
            role: Rc::new(admitted.role.clone()),
            era,
            mirrors: false,
            states: None,
            questions: None,
            request,
            account: account.hand_on(),
            given,
            tool: None,
            uri: None,
            page: Page::First,
            said: Said::default(),
            shown: RefCell::default(),
        }
    }

    /// The same, with a service that takes mirrored arguments or does not.
    pub(super) fn mirroring(self, mirrors: bool) -> Self {
        Self { mirrors, ..self }
    }

    /// The same, with a service whose states are sealed for this call.
    pub(super) fn sealing(self, states: Option<States>) -> Self {
        Self { states, ..self }
    }

    /// The same, about this tool or this resource.
    pub(super) fn about(self, (tool, uri): (Option<String>, Option<String>)) -> Self {
        Self { tool, uri, ..self }
    }

    /// The same, with this page of a list.
    pub(super) fn at(self, page: Page) -> Self {
        Self { page, ..self }
    }

    /// Turns the service's answer into ours.
    ///
    /// # Errors
    /// A [`Refusal`], recorded already, for everything that happens before the first byte goes out.
    pub(super) async fn answer(mut self, source: Source<H>) -> Result<Response<Body>, Refusal> {
        let Source { status, session, content } = source;
        self.questions = matches!(content, Content::Wire(_)).then(Questions::default);
        let answered = match content {
            Content::Wire(wire) if wire.is_stream() => Ok(self.stream(Events::Wire(wire))),
            Content::Wire(mut wire) => match wire.is_batch().await {
                Ok(true) => Ok(self.stream(Events::Wire(wire))),
                Ok(false) => match wire.text().await {
                    Ok(text) => self.single(status, &text).await,
                    Err(refusal) => Err(refusal),
                }
                .map_err(|refusal| (self, refusal)),
                Err(refusal) => Err((self, refusal)),
            },
            Content::Message(text) => self.single(status, &text).await.map_err(|refusal| (self, refusal)),
            Content::Events(events) => Ok(self.stream(Events::Told(events))),
        };
        let mut answer = match answered {
            Ok(answer) => answer,
            Err((mut exchange, refusal)) => return Err(exchange.refused(refusal).await),
        };
        *answer.status_mut() = status;
        if let Some(session) = session {
            answer.headers_mut().insert(SESSION, session);
        }
        Ok(answer)
    }

    /// Records a refusal; says the one to answer with.
    async fn refused(&mut self, refusal: Refusal) -> Refusal {
        let refusal = self.unsure(refusal);
        match self.account.close(refusal.outcome()).await {
            Ok(()) => refusal,
            Err(unrecorded) => unrecorded,
        }
    }

    /// What a service answered that cannot be read says nothing of what it did.
    fn unsure(&self, refusal: Refusal) -> Refusal {
        let calls = self.request.as_ref().is_some_and(|(_, method)| method == "tools/call");
        match calls && refusal.reason == Reason::ServiceRubbish {
            true => Refusal { text: format!("{} {PERHAPS_DONE}", refusal.text), ..refusal },
            false => refusal,
        }
    }

    async fn single(&mut self, status: StatusCode, text: &str) -> Result<Response<Body>, Refusal> {
        // What a service says to a message that wants no answer says nothing.
        let nothing = |text: &str| Object::parse(text).is_some_and(|object| object.is_empty());
        let empty = text.trim().is_empty() || (self.request.is_none() && nothing(text));
        if empty && (self.request.is_none() || !status.is_success()) {
            self.account.close(outcome(status.is_success())).await?;
            return match status.is_success() {
                true => Ok(Response::new(Body::empty())),
                false => Err(refused_by(&self.service, status)),
            };
        }
        if Object::parse(text).is_none() {
            return Err(match status.is_success() {
                true => service::rubbish(&self.service, "its answer is not a JSON-RPC message"),
                false => refused_by(&self.service, status),
            });
        }
        let masked = super::answered(self, text).await?.unwrap_or_default();
        if self.request.is_some() && self.account.is_open() {
            // An error may come without an id, when the service could not read that far.
            if status.is_success() {
                return Err(service::rubbish(&self.service, "its answer is to another request"));
            }
            self.account.close(outcome(false)).await?;
        }
        let mut response = Response::new(Body::from(masked));
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Ok(response)
    }

    /// Reads one message of the service.
    pub(super) fn read<'a>(&self, text: &'a str) -> Result<Answer<'a>, Refusal> {
        let message = Object::parse(text)
            .ok_or_else(|| service::rubbish(&self.service, "a message is not JSON-RPC"))?;
        // What names something twice says one thing to the gateway and another to the client.
        json::walk(text, Duplicates::Refuse, &mut |_, _| {}).map_err(|_| self.ambiguous())?;
        let parts = ["method", "result", "error"].iter().filter(|part| message.get(part).is_some());
        if message.string("jsonrpc").as_deref() != Some("2.0") || parts.count() != 1 {
            return Err(service::rubbish(&self.service, "a message is not JSON-RPC"));
        }
        let answers = message.get("method").is_none();
        let ends = answers && self.request.as_ref().is_some_and(|(id, _)| same_id(message.get("id"), id));
        // An error may come without an id, when the service could not read that far; a result may not.
        let unnamed = message.get("result").is_none() && message.get("id").is_none_or(|id| id == "null");
        if answers && !ends && self.request.is_some() && !unnamed {
            return Err(service::rubbish(&self.service, "it answered another request"));
        }
        let ends = ends.then(|| outcome_of(&message));
        Ok(Answer { message, ends })
    }

    fn ambiguous(&self) -> Refusal {
        service::rubbish(&self.service, "a message is not JSON that can be read in only one way")
    }

    /// What is another person's is nothing to this one: [`None`] for a message about their tasks. What is this
    /// person's alone is noted as such, or sealed, before it is handed on.
    pub(super) async fn claim<'a>(&mut self, mut answer: Answer<'a>) -> Result<Option<Answer<'a>>, Refusal> {
        if !self.may_be_told(&mut answer.message)? {
            if self.is_news() {
                self.account.set_aside();
            }
            return Ok(None);
        }
        let (context, service) = (&self.context, &*self.service);
        let person = self.principal.person();
        let owner = service_task::Owner { person, key: &self.key, service: &service.id };
        let method = self.request.as_ref().map(|(_, method)| method.as_str());
        if !task::belongs(context, owner, service, method, &mut answer.message).await? {
            return Ok(None);
        }
        if self.unasked(&answer, |_| ()).is_some() || tasks::over(&answer.message).is_some() {
            admit::given_now(context, &self.principal, &mut self.account).await?;
        }
        question::without_context(&mut answer.message);
        if let Some(states) = &self.states {
            states.seal(context, &mut answer.message)?;
        }
        if let Some(questions) = &self.questions {
            let request = self.request.as_ref().map(|(id, _)| id.as_str());
            questions.seal(context, questions::place(&service.id, person), request, &mut answer.message)?;
        }
        Ok(Some(answer))
    }

    /// Whole items dropped, the fact and the count said. Lists lose what the person may not use. What is handed on is
    /// for this person alone: their pseudonyms stand in it.
    pub(super) fn cap<'a>(&mut self, answer: Answer<'a>) -> Result<Answer<'a>, Refusal> {
        let mut answer = self.capped(answer)?;
        if let Some(mut result) = answer.message.object("result")
            && result.get("cacheScope").is_some_and(|scope| scope != r#""private""#)
        {
            result.set("cacheScope", quoted("private"));
            let result = result.to_string();
            answer.message.set("result", result);
        }
        Ok(answer)
    }

    fn capped<'a>(&mut self, answer: Answer<'a>) -> Result<Answer<'a>, Refusal> {
        let mode = self.context.setup.config.modes.cap;
        let max = if mode.stops() { self.limit(&answer.message) } else { usize::MAX };
        if mode.looks() && !mode.stops() && self.is_large(&answer) {
            self.account.observe(Reason::ResultTooLarge);
        }
        let method = self.method(&answer);
        let Answer { mut message, ends } = answer;
        let Some(result) = message.get("result") else {
            let error = message.get("error").map_or(0, str::len);
            let params = message.get("params").unwrap_or_default();
            let cut = tasks::over(&message).map(|_| cap::cap(params, max));
            let cut = cut.filter(|cut| *cut != Capped::TooLarge);
            match cut.unwrap_or_else(|| notes::params(params, message.get("id").is_none(), max)) {
                Capped::Whole if error <= max => {}
                Capped::Cut(params) => {
                    self.account.cut = true;
                    message.set("params", params);
                }
                Capped::Whole | Capped::TooLarge => {
                    return Err(self.too_large(params.len().max(error), &message));
                }
            }
            return Ok(Answer { message, ends });
        };
        let method = if self.request.is_none() { Some(tools::resumed(&message)) } else { method };
        match method {
            Some("tools/call" | "tasks/get" | "tasks/result") => match cap::cap(result, max) {
                Capped::Whole => {}
                Capped::Cut(result) => {
                    self.account.cut = true;
                    message.set("result", result);
                }
                Capped::TooLarge => {
                    return Err(self.too_large(result.len(), &message));
                }
            },
            // Their results say nothing (2025-11-25, "EmptyResult").
            Some("ping" | "logging/setLevel" | "resources/subscribe" | "resources/unsubscribe") => {
                message.set("result", "{}".to_owned());
            }
            Some("server/discover") => {
                let Some(mut result) = Object::parse(result) else { return Ok(Answer { message, ends }) };
                // The revisions are the gateway's, whatever the service speaks.
                result.set("supportedVersions", array_of(REVISIONS.map(quoted).iter().map(String::as_str)));
                let result = result.to_string();
                message.set("result", result);
            }
            Some("prompts/list") => {
                let Some(result) = Object::parse(result) else { return Ok(Answer { message, ends }) };
                let result = self.without_telling(result, "prompts");
                message.set("result", result);
            }
            Some(method) if cap::size(method, self.uri.as_deref(), result) > max => {
                return Err(self.too_large(result.len(), &message));
            }
            _ => {}
        }
        Ok(Answer { message, ends })
    }

    /// The method that a message answers, if it is the answer to the request.
    fn method(&self, answer: &Answer<'_>) -> Option<&str> {
        self.request.as_ref().filter(|_| answer.ends.is_some()).map(|(_, method)| method.as_str())
    }

    /// A list without the items whose names hold personal data: a name stays as it is, or no call would find it.
    fn without_telling(&self, mut result: Object<'_>, list: &'static str) -> String {
        let key = self.key.hash_key("pseudonym");
        let left_out = Cell::new(0);
        list::retain(&mut result, list, |name| {
            let tells = pii::is_telling(name, &key, &self.service.pii.policy);
            left_out.set(left_out.get() + i64::from(tells));
            !tells
        });
        if left_out.get() > 0 {
            let line = LogLine::new(Level::Warn, "names_left_out").id("service", &self.service.id);
            self.context.host.log(line.word("list", list).number("items", left_out.get()));
        }
        result.to_string()
    }

    /// Whether an answer has more than may be handed on.
    fn is_large(&self, answer: &Answer<'_>) -> bool {
        let of = |member| answer.message.get(member).map_or(0, str::len);
        let result = answer.message.get("result");
        let (method, uri) = (self.method(answer).unwrap_or_default(), self.uri.as_deref());
        let result = result.map_or(0, |result| cap::size(method, uri, result));
        result.max(of("error")).max(of("params")) > self.limit(&answer.message)
    }

    /// The largest result of the tool that is handed on.
    fn largest(&self) -> usize {
        self.service.guard.largest(self.tool.as_deref())
    }

    /// How large what a message hands on may be.
    fn limit(&self, message: &Object<'_>) -> usize {
        if self.is_of_any_tool(message) { self.service.guard.least() } else { self.largest() }
    }

    /// Whether a message may hand on the result of any tool: of a task it is not known what began it, nor of an answer on
    /// a stream that is taken up what it answers, where that is no call.
    fn is_of_any_tool(&self, message: &Object<'_>) -> bool {
        let asked = match &self.request {
            Some((_, method)) => ["tasks/get", "tasks/result"].contains(&method.as_str()),
            None => self.tool.is_none(),
        };
        (asked && message.get("method").is_none()) || tasks::over(message).is_some()
    }

    /// The refusal of a message whose part of this size is more than may be handed on. Where something may have been
    /// done, asking again for less could do it twice.
    fn too_large(&self, size: usize, message: &Object<'_>) -> Refusal {
        let most = bytesize::ByteSize(self.limit(message) as u64);
        let calls = self.request.as_ref().is_some_and(|(_, method)| method == "tools/call");
        let what_now = if self.is_of_any_tool(message) {
            "What the task was for is done, or may be: begin it again only if it changes nothing, and ask for less then."
        } else if calls && self.account.writes {
            "The call was made, and what was asked is done, or may be: do not make it again. See what came of it by a \
             call that only reads."
        } else {
            "Ask for less: a filter, a page, a single field."
        };
        let text = format!(
            "The result of {size} bytes is larger than the {most} that may be shown, and cannot be shortened. \
             {what_now}"
        );
        Refusal::new(Fault::Service, Reason::ResultTooLarge, text)
    }

    fn stream(self, events: Events<H>) -> Response<Body> {
        let looked_at = self.context.host.now();
        let until = self.is_news().then(|| looked_at.after(LONGEST).min(self.principal.expires_at()));
        let open = Open { exchange: self, events, resumable: false, over: false, looked_at, until };
        let stream =
            stream::unfold(open, |mut open| async move { open.next().await.map(|chunk| (chunk, open)) });
        let mut response = Response::new(Body::stream(stream));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
        headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
        response
    }

    /// Whether its stream tells what is new for as long as it is open.
    fn is_news(&self) -> bool {
        self.request.as_ref().is_none_or(|(_, method)| method == "subscriptions/listen")
    }

    /// The end of a stream of news whose time is over: the client asks anew.
    async fn end_of_news(&mut self) -> Option<String> {
        // It is over whether or not that could be recorded.
        let _ = self.account.close(Outcome::Ok).await;
        let (id, _) = self.request.as_ref()?;
        Some(result_message(
            id,
            &format!(r#"{{"resultType":"complete","_meta":{{"{META_SUBSCRIPTION}":{id}}}}}"#),
        ))
    }

    /// A refusal as the message that ends the request.
    fn refusal(&self, refusal: &Refusal) -> Option<String> {
        let (id, method) = self.request.as_ref()?;
        Some(match (&refusal.shape, method.as_str()) {
            (Shape::Nothing, _) => return None,
            (Shape::Result, "tools/call") => {
                reply::tool_error(id, self.era, &refusal.text, refusal.retry_after)
            }
            (Shape::Rpc { code, data, .. }, _) => {
                reply::error(Some(id), *code, &refusal.text, data.as_deref())
            }
            _ => reply::error(Some(id), refusal.code(), &refusal.text, None),
        })
    }
}

/// One message of the service.
pub(super) struct Answer<'a> {
    message: Object<'a>,
    /// How the request ended, if this message ends it.
    ends: Option<Outcome>,
}

/// A stream under way: read from the service, masked, handed on, event by event.
struct Open<H: Host> {
    exchange: Exchange<H>,
    events: Events<H>,
    /// Whether an event had an id: then the service may end the stream before it answers, and answer in one that the
    /// client resumes (2025-11-25, "Sending Messages to the Server").
    resumable: bool,
    over: bool,
    /// When it was last known that the person's access goes on.
    looked_at: Timestamp,
    /// When a stream of news is over at the latest.
    until: Option<Timestamp>,
}

/// How long a stream goes on before it looks whether the person's access does.
const LOOK: Duration = Duration::from_secs(5);

impl<H: Host> Open<H> {
    /// The next bytes for the client; [`None`] at the end.
    async fn next(&mut self) -> Option<Result<Bytes, FetchError>> {
        if self.over {
            return None;
        }
        let Some(next) = self.in_time().await else {
            self.over = true;
            let end = self.exchange.end_of_news().await?;
            return Some(Ok(sse::Event::message(end).to_bytes()));
        };
        match next {
            Ok(Some(event)) => Some(Ok(self.event(event).await)),
            Err(refusal) => self.fail(refusal).await,
            Ok(None) if self.resumable && self.exchange.account.is_open() => {
                self.over = true;
                let outcome = Outcome::Failed(Fault::Service, Reason::Unanswered);
                match self.exchange.account.close(outcome).await {
                    Ok(()) => None,
                    Err(unrecorded) => self.fail(unrecorded).await,
                }
            }
            Ok(None) if self.exchange.request.is_some() && self.exchange.account.is_open() => {
                let refusal = service::rubbish(&self.exchange.service, "its stream ended without an answer");
                self.fail(refusal).await
            }
            Ok(None) => {
                // What was told stays told whether or not that can be recorded.
                let _ = self.exchange.account.close(Outcome::Ok).await;
                None
            }
        }
    }

    /// What comes next, unless the time is over.
    async fn in_time(&mut self) -> Option<Result<Option<sse::Event>, Refusal>> {
        let Some(until) = self.until else { return Some(self.events.next().await) };
        let host = self.exchange.context.host.clone();
        let left = u64::try_from(until.0 - host.now().0).ok().filter(|left| *left > 0)?;
        match select(pin!(self.events.next()), pin!(host.sleep(Duration::from_millis(left)))).await {
            Either::Left((next, _)) => Some(next),
            Either::Right(_) => None,
        }
    }

    async fn event(&mut self, event: sse::Event) -> Bytes {
        if let Err(refusal) = self.goes_on().await {
            return self.fail(refusal).await.and_then(Result::ok).unwrap_or_default();
        }
        let exchange = &self.exchange;
        let (service, person) = (&exchange.service.id, exchange.principal.person());
        let event = event::told(&exchange.context, service, person, exchange.tool.as_deref(), event);
        self.resumable |= self.exchange.era == Era::Legacy && event.has_id();
        let Some(data) = event.data.as_deref().filter(|data| !data.is_empty()) else {
            return event.to_bytes();
        };
        match super::answered(&mut self.exchange, data).await {
            // Its id counts all the same: the client goes on after it.
            Ok(None) => sse::Event { data: None, ..event }.to_bytes(),
            Ok(Some(masked)) => {
                // The answer is the last that a request's stream has to say.
                self.over = self.exchange.request.is_some() && !self.exchange.account.is_open();
                sse::Event { data: Some(masked), ..event }.to_bytes()
            }
            Err(refusal) => self.fail(refusal).await.and_then(Result::ok).unwrap_or_default(),
        }
    }

    /// Nothing more is told to whose access was ended.
    async fn goes_on(&mut self) -> Result<(), Refusal> {
        let Exchange { context, principal, service, .. } = &self.exchange;
        let now = context.host.now();
        if self.looked_at.after(LOOK) <= now {
            admit::data_key(context, principal).await?;
            if principal.expires_at() <= now {
                admit::still(context, principal, &service.id).await?;
            }
            self.looked_at = now;
        }
        Ok(())
    }

    /// Ends the stream with a message that says why, where there is a request to answer.
    async fn fail(&mut self, refusal: Refusal) -> Option<Result<Bytes, FetchError>> {
        self.over = true;
        let refusal = self.exchange.unsure(refusal);
        // The refusal is answered whether or not it could be recorded.
        let _ = self.exchange.account.close(refusal.outcome()).await;
        let message = self.exchange.refusal(&refusal)?;
        Some(Ok(sse::Event::message(message).to_bytes()))
    }
}

/// JSON-RPC ids are equal as values: a service may spell a string's escapes or a number differently.
fn same_id(theirs: Option<&str>, ours: &str) -> bool {
    let text = |id: &str| serde_json::from_str::<String>(id).ok();
    let number = |id: &str| id.parse::<f64>().ok();
    theirs.is_some_and(|theirs| {
        theirs == ours
            || (text(theirs).is_some() && text(theirs) == text(ours))
            || (number(theirs).is_some() && number(theirs) == number(ours))
    })
}

fn outcome(well: bool) -> Outcome {
    if well { Outcome::Ok } else { Outcome::Failed(Fault::Service, Reason::ServiceError) }
}

/// How what has a result or an error ended: an answer, or a task.
fn outcome_of(end: &Object<'_>) -> Outcome {
    let failed = end.object("result").is_some_and(|result| result.get("isError") == Some("true"));
    outcome(end.get("error").is_none() && !failed)
}

/// A 4xx answer without a message: told in our words, with its status.
fn refused_by(service: &Service, status: StatusCode) -> Refusal {
    let text = format!("{} answered with HTTP {} and no message.", service.name, status.as_u16());
    let shape = Shape::Rpc { status, code: -31_002, data: None };
    Refusal { shape, ..Refusal::new(Fault::Service, Reason::ServiceError, text) }
}
