//! A service's answer to one request, as the messages that it holds: one, or a stream of them.

use std::collections::VecDeque;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{Either, select};
use http::{HeaderMap, Response, StatusCode, header};
use http_body::{Body as _, Frame};

use super::exchange::Acts;
use super::proof::Proofs;
use super::{Dialect, failure, rubbish};
use crate::audit::Reason;
use crate::config::Service;
use crate::context::Context;
use crate::error::{Fault, Refusal};
use crate::host::{FetchError, Host, Level, LogLine, Timestamp};
use crate::json::{MAX_VALUES, is_dense};
use crate::mcp::bridge::ASKABLE;
use crate::mcp::raw::{Object, array};
use crate::mcp::revision::{BATCHES, MODERN};
use crate::mcp::sse::{self, Event};

/// The largest message that is read from a service. What is handed on of a tool's result is `guard.max_result`.
pub const MAX_MESSAGE: usize = 8 * 1024 * 1024;

/// The most bytes that are read of the answer to something that the gateway itself asks: all messages of it.
const MOST: usize = 2 * MAX_MESSAGE;

/// An answer under way. Dropping it ends the exchange with the service.
pub struct Wire<H: Host> {
    context: Context<H>,
    service: Rc<Service>,
    /// The answer's status.
    pub status: StatusCode,
    /// The answer's headers.
    pub headers: HeaderMap,
    body: Option<H::Body>,
    /// What has been read of an answer that is no stream.
    read: Vec<u8>,
    /// For a stream: what splits it.
    parser: Option<sse::Parser>,
    ready: VecDeque<Event>,
    /// A whole text that was looked at already.
    seen: Option<String>,
    bounds: Option<Bounds>,
    /// Whether several messages may come as one text, and those of such a text that were not given yet.
    batches: bool,
    /// Whether it may show that the service does not speak [`MODERN`] any more.
    doubted: bool,
    /// Whether it answers what may have done something.
    acts: bool,
    /// How long the service may be silent, as long as it asked nothing.
    patience: Option<Duration>,
    parted: VecDeque<Event>,
    /// What the service was sent as proof.
    proofs: Proofs,
    /// Whether events of other types than `message` say something.
    typed: bool,
}

/// The beginning of a text.
pub(super) enum Glance {
    /// And its end.
    All(String),
    More(String),
}

/// Until when an answer has to be there, and how many bytes it may still have.
#[derive(Clone, Copy)]
struct Bounds {
    until: Timestamp,
    left: usize,
}

impl<H: Host> Wire<H> {
    /// Takes an answer over.
    pub fn new(context: &Context<H>, service: &Rc<Service>, response: Response<H::Body>) -> Self {
        let (parts, body) = response.into_parts();
        let essence = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let essence = essence.and_then(|value| value.split(';').next()).unwrap_or_default().trim();
        let streamed = essence.eq_ignore_ascii_case("text/event-stream") && parts.status.is_success();
        Self {
            context: context.clone(),
            service: Rc::clone(service),
            status: parts.status,
            headers: parts.headers,
            body: Some(body),
            read: Vec::new(),
            parser: streamed.then(|| sse::Parser::new(MAX_MESSAGE)),
            ready: VecDeque::new(),
            seen: None,
            bounds: None,
            batches: false,
            doubted: false,
            acts: parts.extensions.get::<Acts>().is_some_and(|acts| acts.0),
            patience: None,
            parted: VecDeque::new(),
            proofs: parts.extensions.get::<Proofs>().cloned().unwrap_or_default(),
            typed: false,
        }
    }

    /// Whether events of other types than `message` are to be read.
    pub(super) fn heed_types(&mut self, heed: bool) {
        self.typed = heed;
    }

    /// The same, in this revision.
    pub fn speaking(self, revision: &str) -> Self {
        let odd = [StatusCode::BAD_REQUEST, StatusCode::NOT_FOUND].contains(&self.status);
        Self { batches: revision == BATCHES, doubted: revision == MODERN && odd, ..self }
    }

    /// The service's time is over when it is silent for so long, however long its host would wait: until it asks
    /// something, which a person may think about.
    pub fn until_it_asks(self) -> Self {
        Self { patience: Some(self.service.timeout), ..self }
    }

    /// From now on the answer has the service's time in all, not only between its pieces, and [`MOST`] bytes: the
    /// gateway waits for it itself.
    pub(super) fn hurry(&mut self) {
        let until = self.context.host.now().after(self.service.timeout);
        self.bounds = Some(Bounds { until, left: MOST });
    }

    /// No longer: what comes now is for others to wait for.
    pub(super) fn relax(&mut self) {
        self.bounds = None;
    }

    /// Goes on where another wire broke off.
    pub(super) fn after(self, before: &Self) -> Self {
        Self { bounds: before.bounds, acts: before.acts, ..self }
    }

    /// Whether it is a stream.
    pub fn is_stream(&self) -> bool {
        self.parser.is_some()
    }

    /// The whole text of an answer that is no stream.
    ///
    /// # Errors
    /// A [`Refusal`] when it is too long or holds too many values, breaks off or is late.
    pub async fn text(&mut self) -> Result<String, Refusal> {
        if let Some(text) = self.seen.take() {
            return Ok(text);
        }
        let text = self.all().await;
        let sure = || self.status == StatusCode::NOT_FOUND && text.as_deref().is_ok_and(knows_no_method);
        if self.doubted && !sure() {
            // It may be an older service by now; whether it is costs one question.
            Dialect::forget(&self.context, &self.service).await;
        }
        text
    }

    async fn all(&mut self) -> Result<String, Refusal> {
        self.fill(MAX_MESSAGE).await?;
        let text = String::from_utf8(std::mem::take(&mut self.read));
        let text = text.map_err(|_| rubbish(&self.service, "its answer is not UTF-8"))?;
        self.sparse(&text)?;
        Ok(self.without_proofs(&text).unwrap_or(text))
    }

    /// The beginning of the text that [`text`](Self::text) will give: of so many bytes or a piece more, within the
    /// service's time in all.
    ///
    /// # Errors
    /// A [`Refusal`] when it is too long, breaks off or is late.
    pub(super) async fn glance(&mut self, most: usize) -> Result<Glance, Refusal> {
        let (host, time) = (self.context.host.clone(), self.service.timeout);
        let filled = {
            let (fill, sleep) = (pin!(self.fill(most)), pin!(host.sleep(time)));
            match select(fill, sleep).await {
                Either::Left((filled, _)) => Some(filled),
                Either::Right(_) => None,
            }
        };
        let Some(ended) = filled else {
            self.body = None;
            return Err(failure(&self.context, &self.service, &FetchError::TimedOut, self.acts));
        };
        let ended = ended? && self.read.len() <= most;
        let text = String::from_utf8_lossy(&self.read).into_owned();
        Ok(if ended { Glance::All(text) } else { Glance::More(text) })
    }

    /// Reads a text until its end, or until there are more than so many bytes of it; says whether that is the end. What
    /// has arrived is kept when this is given up in the middle and asked for again.
    async fn fill(&mut self, most: usize) -> Result<bool, Refusal> {
        while let Some(body) = &mut self.body {
            if self.read.len() > most {
                return Ok(false);
            }
            match piece(&self.context, body, self.patience).await {
                Some(Ok(frame)) => {
                    let Ok(data) = frame.into_data() else { continue };
                    if self.read.len() + data.len() > MAX_MESSAGE {
                        self.body = None;
                        return Err(too_large(&self.service));
                    }
                    self.read.extend_from_slice(&data);
                }
                Some(Err(error)) => {
                    self.body = None;
                    return Err(failure(&self.context, &self.service, &error, self.acts));
                }
                None => self.body = None,
            }
        }
        Ok(true)
    }

    /// The text that [`text`](Self::text) will give.
    ///
    /// # Errors
    /// As there.
    pub async fn look(&mut self) -> Result<&str, Refusal> {
        let text = self.text().await?;
        Ok(self.seen.insert(text))
    }

    /// Whether it is a batch of messages that comes at once.
    ///
    /// # Errors
    /// As [`text`](Self::text).
    pub async fn is_batch(&mut self) -> Result<bool, Refusal> {
        if !self.batches || self.is_stream() || !self.status.is_success() {
            return Ok(false);
        }
        Ok(array(self.look().await?).is_some_and(|messages| !messages.is_empty()))
    }

    /// The next event; each message of a batch as one; the one message of an answer that is no stream, as an event; [`None`] at the end.
    ///
    /// # Errors
    /// A [`Refusal`] when the answer is too long or holds too many values, breaks off, is late or is no stream of
    /// events.
    pub async fn next(&mut self) -> Result<Option<Event>, Refusal> {
        let Some(bounds) = self.bounds else { return self.read().await };
        let host = self.context.host.clone();
        let left = u64::try_from(bounds.until.0 - host.now().0).unwrap_or_default();
        if let Either::Left((read, _)) =
            select(pin!(self.read()), pin!(host.sleep(Duration::from_millis(left)))).await
        {
            return read;
        }
        self.body = None;
        Err(failure(&self.context, &self.service, &FetchError::TimedOut, self.acts))
    }

    async fn read(&mut self) -> Result<Option<Event>, Refusal> {
        if self.parted.is_empty() {
            let Some(event) = self.whole().await? else { return Ok(None) };
            match parts(&event).filter(|_| self.batches) {
                Some(parts) => self.parted = parts,
                None => return Ok(Some(event)),
            }
        }
        Ok(self.parted.pop_front())
    }

    async fn whole(&mut self) -> Result<Option<Event>, Refusal> {
        let Some(parser) = &mut self.parser else {
            let text = self.text().await?;
            return Ok((!text.trim().is_empty()).then(|| Event::message(text)));
        };
        loop {
            if let Some(mut event) = self.ready.pop_front() {
                // Clients pass over these.
                if !self.typed && event.is_of_another_type() {
                    event.data = None;
                }
                if let Some(left) = event.data.as_deref().and_then(|data| self.without_proofs(data)) {
                    event.data = Some(left);
                }
                let data = event.data.as_deref().unwrap_or_default();
                self.sparse(data)?;
                self.patience = self.patience.filter(|_| !asks(data));
                return Ok(Some(event));
            }
            let Some(body) = &mut self.body else { return Ok(None) };
            match piece(&self.context, body, self.patience).await {
                Some(Ok(frame)) => {
                    let Ok(data) = frame.into_data() else { continue };
                    if let Some(bounds) = &mut self.bounds {
                        let late = self.context.host.now() >= bounds.until;
                        let left = bounds.left.checked_sub(data.len()).filter(|_| !late);
                        let Some(left) = left else {
                            self.body = None;
                            return Err(endless(&self.context, &self.service, late, self.acts));
                        };
                        bounds.left = left;
                    }
                    match parser.push(&data) {
                        Ok(events) => self.ready.extend(events),
                        Err(error) => {
                            self.body = None;
                            return Err(rubbish(&self.service, &error.to_string()));
                        }
                    }
                }
                Some(Err(error)) => {
                    self.body = None;
                    return Err(failure(&self.context, &self.service, &error, self.acts));
                }
                None => {
                    self.body = None;
                    parser.end().map_err(|error| rubbish(&self.service, &error.to_string()))?;
                }
            }
        }
    }

    /// The text without what the service was sent as proof, if it holds any of that.
    fn without_proofs(&self, text: &str) -> Option<String> {
        let left = self.proofs.withheld(text)?;
        self.context
            .host
            .log(LogLine::new(Level::Warn, "credential_withheld").id("service", &self.service.id));
        Some(left)
    }

    /// A message is read into memory value by value.
    fn sparse(&self, text: &str) -> Result<(), Refusal> {
        if !is_dense(text) {
            return Ok(());
        }
        Err(rubbish(&self.service, &format!("a message holds more than {MAX_VALUES} values")))
    }
}

/// The next piece of a body.
async fn piece<H: Host>(
    context: &Context<H>,
    body: &mut H::Body,
    patience: Option<Duration>,
) -> Option<Result<Frame<Bytes>, FetchError>> {
    let piece = std::future::poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx));
    let Some(patience) = patience else { return piece.await };
    match select(pin!(piece), pin!(context.host.sleep(patience))).await {
        Either::Left((piece, _)) => piece,
        Either::Right(_) => Some(Err(FetchError::TimedOut)),
    }
}

/// Whether a text asks something that a person may have to think about.
fn asks(text: &str) -> bool {
    let asks = |message: &str| {
        let method = Object::parse(message).filter(|message| message.get("id").is_some());
        let method = method.and_then(|message| message.string("method"));
        method.is_some_and(|method| ASKABLE.contains(&method.as_str()))
    };
    array(text).map_or_else(|| asks(text), |messages| messages.into_iter().any(asks))
}

/// Whether a text is what a service says of a method that it does not have.
fn knows_no_method(text: &str) -> bool {
    let error =
        Object::parse(text).and_then(|message| Some(message.object("error")?.get("code")? == "-32601"));
    error == Some(true)
}

fn too_large(service: &Service) -> Refusal {
    let text = format!(
        "{} sent a message of more than {MAX_MESSAGE} bytes. Where a call only reads, let it ask for less (a filter, a \
         page, a single item); one that changes something is done, or may be: do not make it again. Where it is a list \
         of its tools, its operator has to shorten it.",
        service.name
    );
    Refusal::new(Fault::Service, Reason::ResultTooLarge, text)
}

/// The refusal of an answer that goes on and on.
fn endless<H: Host>(context: &Context<H>, service: &Service, late: bool, acts: bool) -> Refusal {
    if late {
        return failure(context, service, &FetchError::TimedOut, acts);
    }
    rubbish(service, &format!("its answer has more than {MOST} bytes"))
}

/// The messages of an event that holds a batch: the answer last, because nothing is read after it, and with it what the
/// event says of the stream. [`None`] for other events, and for a batch of nothing, which is none.
fn parts(event: &Event) -> Option<VecDeque<Event>> {
    let messages = array(event.data.as_deref().filter(|data| data.trim_start().starts_with('['))?)?;
    let is_answer =
        |message: &&str| Object::parse(message).is_some_and(|message| message.get("method").is_none());
    let (answers, others): (Vec<&str>, Vec<&str>) = messages.into_iter().partition(is_answer);
    let mut parts: VecDeque<Event> = others.into_iter().chain(answers).map(Event::message).collect();
    parts.back_mut()?.fields.clone_from(&event.fields);
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_its_messages_as_they_were_with_the_answer_last() {
        let event = |data: &str| Event { fields: vec!["id: 1".to_owned()], data: Some(data.to_owned()) };
        let read =
            parts(&event(r#" [{"id":7,"result":{"n":1.10}}, {"method":"a","params":{"b": 1e2}} , 5] "#))
                .unwrap();
        let texts: Vec<&str> = read.iter().filter_map(|part| part.data.as_deref()).collect();
        assert_eq!(texts, [r#"{"method":"a","params":{"b": 1e2}}"#, "5", r#"{"id":7,"result":{"n":1.10}}"#]);
        let ids: Vec<bool> = read.iter().map(Event::has_id).collect();
        assert_eq!(ids, [false, false, true], "a stream goes on after all of them");
        for none in ["[]", "[1", "{}", "\"[]\"", ""] {
            assert!(parts(&event(none)).is_none(), "{none}");
        }
    }
}
