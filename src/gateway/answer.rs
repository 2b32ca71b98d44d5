//! The phases after the service was asked: cap, pseudonymize, record; for one answer, or for every event of a stream.

use std::collections::VecDeque;
use std::pin::Pin;
use std::rc::Rc;

use bytes::Bytes;
use futures_util::stream;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use http_body::Body as _;

use super::account::Account;
use super::call::{Admitted, SESSION, seal_session, storage};
use crate::audit::{Outcome, Reason};
use crate::body::Body;
use crate::config::{Role, Service};
use crate::context::Context;
use crate::crypto::DataKey;
use crate::error::{Fault, Refusal, Shape};
use crate::guard::cap::{self, Capped};
use crate::host::{FetchError, Host};
use crate::mcp::raw::Object;
use crate::mcp::revision::Era;
use crate::mcp::{exempt, list, reply, sse};
use crate::oauth::Principal;
use crate::pii::{Kind, Masker};
use crate::service::{self, Catalog};
use crate::store::mapping;

/// The largest message that is read from a service. What is handed on of a tool's result is `guard.max_result`.
const MAX_MESSAGE: usize = 8 * 1024 * 1024;

/// A request that was forwarded, and everything needed to answer it.
pub(super) struct Exchange<H: Host> {
    context: Context<H>,
    service: Rc<Service>,
    principal: Principal,
    key: DataKey,
    role: Rc<Role>,
    era: Era,
    /// The request's id and method; [`None`] where there is no request: notifications, GET streams.
    request: Option<(String, String)>,
    account: Account<H>,
}

impl<H: Host> Exchange<H> {
    /// The exchange of a request that was let through. Takes the account over.
    pub(super) fn new(
        context: &Context<H>,
        admitted: &Admitted<'_>,
        era: Era,
        request: Option<(String, String)>,
        account: &mut Account<H>,
    ) -> Self {
        Self {
            context: context.clone(),
            service: Rc::new(admitted.service.clone()),
            principal: admitted.principal.clone(),
            key: admitted.key.clone(),
            role: Rc::new(admitted.role.clone()),
            era,
            request,
            account: account.hand_on(),
        }
    }

    /// Turns the service's answer into ours.
    ///
    /// # Errors
    /// A [`Refusal`], recorded already, for everything that happens before the first byte goes out.
    pub(super) async fn answer(mut self, response: Response<H::Body>) -> Result<Response<Body>, Refusal> {
        let (parts, body) = response.into_parts();
        let essence = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let essence = essence.and_then(|value| value.split(';').next()).unwrap_or_default().trim();
        let streamed = essence.eq_ignore_ascii_case("text/event-stream") && parts.status.is_success();
        let session = match self.session(&parts.headers) {
            Ok(session) => session,
            Err(refusal) => return Err(self.refused(refusal).await),
        };
        let mut answer = if streamed {
            self.stream(body)
        } else {
            match self.single(parts.status, body).await {
                Ok(answer) => answer,
                Err(refusal) => return Err(self.refused(refusal).await),
            }
        };
        *answer.status_mut() = parts.status;
        if let Some(session) = session {
            answer.headers_mut().insert(SESSION, session);
        }
        Ok(answer)
    }

    fn session(&self, headers: &HeaderMap) -> Result<Option<HeaderValue>, Refusal> {
        let Some(session) = headers.get(&SESSION) else { return Ok(None) };
        seal_session(&self.context, &self.service.id, self.principal.person(), session)
            .map(Some)
            .ok_or_else(|| service::rubbish(&self.service, "its session id is not a text"))
    }

    /// Records a refusal; says the one to answer with.
    async fn refused(&mut self, refusal: Refusal) -> Refusal {
        match self.account.close(refusal.outcome()).await {
            Ok(()) => refusal,
            Err(unrecorded) => unrecorded,
        }
    }

    async fn single(&mut self, status: StatusCode, body: H::Body) -> Result<Response<Body>, Refusal> {
        let text = service::collect(&self.context, &self.service, body, MAX_MESSAGE).await?;
        if text.trim().is_empty() && (self.request.is_none() || !status.is_success()) {
            self.account.close(outcome(status.is_success())).await?;
            return match status.is_success() {
                true => Ok(Response::new(Body::empty())),
                false => Err(refused_by(&self.service, status)),
            };
        }
        if Object::parse(&text).is_none() {
            return Err(match status.is_success() {
                true => service::rubbish(&self.service, "its answer is not a JSON-RPC message"),
                false => refused_by(&self.service, status),
            });
        }
        let masked = super::answered(self, &text).await?;
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
        let ends = self.request.as_ref().is_some_and(|(id, _)| {
            same_id(message.get("id"), id)
                && (message.get("result").is_some() || message.get("error").is_some())
        });
        let failed = message.get("error").is_some()
            || message.object("result").is_some_and(|result| result.get("isError") == Some("true"));
        Ok(Answer { message, ends: ends.then(|| outcome(!failed)) })
    }

    /// Whole items dropped, the fact and the count said. Lists lose what the person may not use.
    pub(super) fn cap<'a>(&self, answer: Answer<'a>) -> Result<Answer<'a>, Refusal> {
        let Answer { mut message, ends } = answer;
        let method = self.request.as_ref().filter(|_| ends.is_some()).map(|(_, method)| method.as_str());
        let Some(result) = message.get("result") else { return Ok(Answer { message, ends }) };
        match method {
            Some("tools/call") => match cap::cap(result, self.service.guard.max_result) {
                Capped::Whole => {}
                Capped::Cut(result) => message.set("result", result),
                Capped::TooLarge => {
                    return Err(Refusal::new(
                        Fault::Service,
                        Reason::ResultTooLarge,
                        format!(
                            "The result of {} bytes is larger than the {} that may be shown, and has no list to \
                             shorten. Ask for less: a filter, a page, a single field.",
                            result.len(),
                            bytesize::ByteSize(self.service.guard.max_result as u64)
                        ),
                    ));
                }
            },
            Some("tools/list") => {
                let Some(mut result) = Object::parse(result) else { return Ok(Answer { message, ends }) };
                if let Some(tools) = list::tools(&result) {
                    Catalog::learn(&self.context, &self.service, tools);
                }
                list::retain(&mut result, |tool| self.role.allows(&self.service.id, tool));
                let result = result.to_string();
                message.set("result", result);
            }
            _ => {}
        }
        Ok(Answer { message, ends })
    }

    /// Personal data -> pseudonyms; what they stand for is stored before anybody sees one.
    pub(super) async fn pseudonymize(&mut self, answer: &Answer<'_>) -> Result<String, Refusal> {
        let text = answer.message.to_string();
        let key = self.key.hash_key("pseudonym");
        let mut masker = Masker::new(&key, &self.service.pii.policy);
        let masked = masker.json(&text, &exempt::from_service).map_err(|_| {
            service::rubbish(&self.service, "a message is not JSON that can be read in only one way")
        })?;
        let found = masker.found();
        if found.is_empty() {
            return Ok(masked);
        }
        for kind in Kind::ALL {
            let count = masker.count(kind);
            self.account.found.push((kind.name(), count));
        }
        let owner =
            mapping::Owner { person: self.principal.person(), key: &self.key, service: &self.service.id };
        let expires_at = self.context.host.now().after(self.context.setup.config.pii_ttl);
        mapping::keep(&self.context.host, owner, found, expires_at).await.map_err(|error| Refusal {
            reason: Reason::MappingNotStored,
            text: "The result holds personal data whose pseudonyms could not be stored, so it is withheld. \
                   What was asked may have been done: check before trying again."
                .to_owned(),
            ..storage(&self.context, &error)
        })?;
        Ok(masked)
    }

    /// One audit event, when this was the message that ends the request.
    pub(super) async fn record(&mut self, ends: Option<Outcome>, masked: &str) -> Result<(), Refusal> {
        let Some(outcome) = ends else { return Ok(()) };
        self.account.result_bytes = masked.len();
        self.account.close(outcome).await
    }

    fn stream(self, body: H::Body) -> Response<Body> {
        let open = Open {
            exchange: self,
            body,
            parser: sse::Parser::new(MAX_MESSAGE),
            ready: VecDeque::new(),
            over: false,
        };
        let stream =
            stream::unfold(open, |mut open| async move { open.next().await.map(|chunk| (chunk, open)) });
        let mut response = Response::new(Body::stream(stream));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
        headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
        response
    }

    /// A refusal as the message that ends the request.
    fn refusal(&self, refusal: &Refusal) -> Option<String> {
        let (id, method) = self.request.as_ref()?;
        Some(match (&refusal.shape, method.as_str()) {
            (Shape::Result, "tools/call") => reply::tool_error(id, self.era, &refusal.text),
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
    pub(super) ends: Option<Outcome>,
}

/// A stream under way: read from the service, masked, handed on, event by event.
struct Open<H: Host> {
    exchange: Exchange<H>,
    body: H::Body,
    parser: sse::Parser,
    ready: VecDeque<sse::Event>,
    over: bool,
}

impl<H: Host> Open<H> {
    /// The next bytes for the client; [`None`] at the end.
    async fn next(&mut self) -> Option<Result<Bytes, FetchError>> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(Ok(self.event(event).await));
            }
            if self.over {
                return None;
            }
            match std::future::poll_fn(|cx| Pin::new(&mut self.body).poll_frame(cx)).await {
                Some(Ok(frame)) => {
                    let Ok(data) = frame.into_data() else { continue };
                    match self.parser.push(&data) {
                        Ok(events) => self.ready.extend(events),
                        Err(error) => {
                            return self
                                .fail(service::rubbish(&self.exchange.service, &error.to_string()))
                                .await;
                        }
                    }
                }
                Some(Err(error)) => {
                    let refusal = service::failure(&self.exchange.context, &self.exchange.service, &error);
                    return self.fail(refusal).await;
                }
                None if self.exchange.request.is_some() && self.exchange.account.is_open() => {
                    let refusal =
                        service::rubbish(&self.exchange.service, "its stream ended without an answer");
                    return self.fail(refusal).await;
                }
                None => self.over = true,
            }
        }
    }

    async fn event(&mut self, event: sse::Event) -> Bytes {
        let Some(data) = event.data.as_deref().filter(|data| !data.is_empty()) else {
            return event.to_bytes();
        };
        match super::answered(&mut self.exchange, data).await {
            Ok(masked) => sse::Event { data: Some(masked), ..event }.to_bytes(),
            Err(refusal) => self.fail(refusal).await.and_then(Result::ok).unwrap_or_default(),
        }
    }

    /// Ends the stream with a message that says why, where there is a request to answer.
    async fn fail(&mut self, refusal: Refusal) -> Option<Result<Bytes, FetchError>> {
        self.over = true;
        self.ready.clear();
        // The refusal is answered whether or not it could be recorded.
        let _ = self.exchange.account.close(refusal.outcome()).await;
        let message = self.exchange.refusal(&refusal)?;
        Some(Ok(sse::Event::message(message).to_bytes()))
    }
}

/// JSON-RPC ids are equal as values: a service may spell a string's escapes differently.
fn same_id(theirs: Option<&str>, ours: &str) -> bool {
    let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
    theirs.is_some_and(|theirs| theirs == ours || value(theirs) == value(ours))
}

fn outcome(well: bool) -> Outcome {
    if well { Outcome::Ok } else { Outcome::Failed(Fault::Service, Reason::ServiceError) }
}

/// A 4xx answer without a message: told in our words, with its status.
fn refused_by(service: &Service, status: StatusCode) -> Refusal {
    let text = format!("{} answered with HTTP {} and no message.", service.name, status.as_u16());
    let shape = Shape::Rpc { status, code: -31_002, data: None };
    Refusal { shape, ..Refusal::new(Fault::Service, Reason::ServiceError, text) }
}
