//! Lists of all services of a person, asked at once.
//!
//! Each is asked through the nine phases, as at its own address, so that it is filtered, masked and recorded in the
//! same way. One that is slow or dead is missing from the answer, which says why; nobody waits longer than
//! [`PATIENCE`], however many are, and who asks again soon does not wait for them again.

use std::cell::Cell;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::{Either, select};
use futures_util::stream::{self, StreamExt as _};
use http::{HeaderMap, HeaderValue, Response};

use super::relay;
use crate::audit::{Outcome, Reason};
use crate::body::Body;
use crate::config::{Role, Service};
use crate::context::Context;
use crate::crypto::digest;
use crate::error::{Fault, Refusal};
use crate::gateway::account::Account;
use crate::gateway::session::SESSION;
use crate::gateway::{Door, call, pins, settled};
use crate::host::{FetchError, Host, Level, LogLine, Timestamp};
use crate::isolate::ListKey;
use crate::mcp::bridge::Facts;
use crate::mcp::merge::{List, Merged, Missing, Page, Part};
use crate::mcp::message::Message;
use crate::mcp::raw::{Object, quoted};
use crate::mcp::revision::Era;
use crate::oauth::Principal;
use crate::service;

/// How many services are asked at the same moment: a request of a Worker has no more connections that wait for an
/// answer, and what waits for a connection would lose its time.
pub(super) const AT_ONCE: usize = 6;
/// How long a gathering takes at most: all services, all pages of their lists.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// How long a service that does not answer keeps others waiting for its place, and how often it is looked whether any
/// do.
const MANNERS: Duration = Duration::from_secs(2);
const LOOK: Duration = Duration::from_millis(500);
/// Pages of a service's list, and bytes of all of them, that are read at most.
const MAX_PAGES: usize = 20;
const MAX_BYTES: usize = 4 * 1024 * 1024;
/// Bytes of the lists of all services together.
const MOST_BYTES: usize = 12 * 1024 * 1024;
/// A list is believed no longer than this, whatever the service says.
const MAX_AGE: Duration = Duration::from_secs(300);
/// A list that a service is missing from is asked for again this soon, and a service that was late is left alone as
/// long.
const SOON: Duration = Duration::from_secs(10);
/// For how long a service that was late with one list has only [`BRIEFLY`] for each other: who comes asks for all kinds,
/// one after the other.
const LATELY: Duration = Duration::from_secs(30);
const BRIEFLY: Duration = Duration::from_secs(1);
/// Longer names are looked up each time.
const MAX_NAME: usize = 512;

/// The services that a person may use, in the order of the configuration.
pub(super) fn services_of<'a, H: Host>(
    context: &'a Context<H>,
    principal: &Principal,
) -> Vec<&'a Rc<Service>> {
    let config = &context.setup.config;
    let role = config.access.roles.get(principal.role());
    let allowed = |service: &&Rc<Service>| role.is_some_and(|role: &Role| role.allows_service(&service.id));
    config.services.iter().filter(allowed).collect()
}

/// Who asks, and how.
pub(super) struct Caller<'a, H: Host> {
    pub(super) context: &'a Context<H>,
    pub(super) headers: &'a HeaderMap,
    pub(super) era: Era,
    /// The services of their role, in the order of the configuration.
    pub(super) services: Vec<&'a Rc<Service>>,
    pub(super) principal: Principal,
    /// What newer revisions want to read in every request.
    meta: Option<String>,
    /// A digest of what the client can do: services may list by that.
    capabilities: String,
}

impl<'a, H: Host> Caller<'a, H> {
    /// The one who sent a message. `facts` are those of its session, in older revisions.
    pub(super) fn new(
        context: &'a Context<H>,
        headers: &'a HeaderMap,
        principal: Principal,
        era: Era,
        facts: &Facts,
        message: &Message,
    ) -> Self {
        let capabilities = match era {
            Era::Legacy => digest(&facts.capabilities),
            Era::Modern => digest(&Facts::of_meta(message.meta_object().as_deref()).capabilities),
        };
        Self {
            context,
            headers,
            era,
            services: services_of(context, &principal),
            principal,
            meta: own_meta(message),
            capabilities,
        }
    }

    /// Whether a service is one of theirs.
    pub(super) fn may_use(&self, service: &str) -> bool {
        self.services.iter().any(|own| own.id == service)
    }

    /// The list of all services.
    pub(super) async fn gather(&self, list: List) -> Merged {
        let deadline = self.context.host.now().after(PATIENCE);
        let queue = &Queue::of(self.services.len());
        let asked = self.services.iter().enumerate().map(|(at, service)| async move {
            queue.turn();
            (at, *service, self.part(list, service, deadline, queue).await)
        });
        let mut answers: Vec<_> = stream::iter(asked).buffer_unordered(AT_ONCE).collect().await;
        answers.sort_by_key(|(at, ..)| *at);
        let now = self.context.host.now();
        let mut until = now.after(MAX_AGE);
        let mut merged = Merged::default();
        let mut bytes = 0;
        for (_, service, answer) in answers {
            match answer {
                Ok(listed) => {
                    until = until.min(listed.until);
                    if listed.cut {
                        merged.missing.push(cut(service, listed.part.items.len()));
                    }
                    if listed.part.left_out > 0 {
                        merged.missing.push(faulty(service, listed.part.left_out));
                    }
                    bytes += listed.part.size();
                    match bytes <= MOST_BYTES {
                        true => merged.parts.push(listed.part),
                        false => merged.missing.push(cut(service, 0)),
                    }
                }
                Err(refusal) => {
                    until = until.min(now.after(SOON));
                    merged.missing.push(missing(service, &refusal));
                }
            }
        }
        merged.ttl_ms = u64::try_from(until.0 - now.0).unwrap_or_default();
        merged
    }

    /// The name behind an alias that holds only a hash; [`None`] when the service lists none.
    ///
    /// # Errors
    /// When the service does not list anything.
    pub(super) async fn name_of(
        &self,
        list: List,
        service: &str,
        alias: &str,
    ) -> Result<Option<String>, Refusal> {
        let host = &self.context.host;
        if let Some(name) = host.isolate().names.recall(&self.own(alias), host.now(), MAX_AGE) {
            return Ok(Some(name));
        }
        let Some(service) = self.services.iter().find(|own| own.id == service) else { return Ok(None) };
        let deadline = host.now().after(PATIENCE);
        let part = self.part(list, service, deadline, &Queue::of(0)).await?.part;
        Ok(part.hashed.get(alias).cloned())
    }

    /// An alias of theirs: what others have listed says nothing of what they may know.
    fn own(&self, alias: &str) -> (String, String) {
        (self.principal.person().to_owned(), alias.to_owned())
    }

    /// One service's list, from the isolate's memory or from the service.
    async fn part(
        &self,
        list: List,
        service: &Service,
        deadline: Timestamp,
        queue: &Queue,
    ) -> Result<Listed, Refusal> {
        let host = &self.context.host;
        let (started, isolate) = (host.now(), host.isolate());
        let key = ListKey {
            list,
            service: service.id.clone(),
            person: self.principal.person().to_owned(),
            role: self.principal.role().to_owned(),
            revision: self.revision(),
            capabilities: self.capabilities.clone(),
            version: self.context.setup.version,
        };
        if let Some((until, part)) = isolate.lists.recall(&key, started) {
            self.seen(list, service, Outcome::Ok).await?;
            return Ok(Listed { part, until, cut: false });
        }
        if let Some(late) = isolate.late.recall(&key, started, SOON) {
            self.seen(list, service, late.outcome()).await?;
            return Err(late);
        }
        let other = |other: &List| ListKey { list: *other, ..key.clone() };
        let lately = |key: ListKey| isolate.late.recall(&key, started, LATELY).is_some();
        let brief = List::ALL.iter().filter(|of| **of != list).map(other).any(lately);
        let read = self.in_time(list, service, deadline, brief, queue).await;
        if let Err(late) = &read
            && late.reason == Reason::ServiceTimeout
            && !brief
            // One that others left little time for may be quick the next time.
            && started.after(PATIENCE / 2) <= deadline
        {
            isolate.late.keep(key.clone(), host.now(), late.clone());
        }
        let Read { items, ttl, cut } = read?;
        let part = Rc::new(Part::new(list, &service.id, &items));
        if part.left_out > 0 {
            let line = LogLine::new(Level::Warn, "items_left_out").id("service", &service.id);
            host.log(line.word("list", list.method()).number("count", part.left_out as i64));
        }
        for (alias, name) in part.hashed.iter().filter(|(_, name)| name.len() <= MAX_NAME) {
            isolate.names.keep(self.own(alias), started, name.clone());
        }
        let config = &self.context.setup.config;
        // An administrator's decision about a tool is known everywhere within a minute.
        let decided = list == List::Tools && config.modes.pins.looks();
        let ttl = if decided { ttl.min(pins::AGE) } else { ttl };
        let until = started.after(ttl.min(MAX_AGE).min(config.pii_ttl));
        if !cut {
            isolate.lists.keep(key, host.now(), until, part.size(), part.clone());
        }
        Ok(Listed { part, until, cut })
    }

    /// What a service lists, unless that takes too long.
    async fn in_time(
        &self,
        list: List,
        service: &Service,
        deadline: Timestamp,
        brief: bool,
        queue: &Queue,
    ) -> Result<Read, Refusal> {
        let host = &self.context.host;
        let patience = if brief { BRIEFLY } else { PATIENCE };
        let left = Duration::from_millis(u64::try_from(deadline.0 - host.now().0).unwrap_or_default());
        if left.is_zero() {
            let name = &service.name;
            let text = format!("There was no time left to ask {name}: others did not answer. Ask again.");
            let refusal = Refusal::new(Fault::Service, Reason::ServiceTimeout, text);
            self.seen(list, service, refusal.outcome()).await?;
            return Err(refusal);
        }
        let given_up = Rc::default();
        let waited = {
            let (read, late) =
                (pin!(self.read(list, service, &given_up)), pin!(queue.late(host, left.min(patience))));
            match select(read, late).await {
                Either::Left((read, _)) => return read,
                Either::Right((waited, _)) => waited,
            }
        };
        given_up.set(true);
        let late = Service { timeout: waited, ..service.clone() };
        let mut refusal = service::failure(self.context, &late, &FetchError::TimedOut, false);
        let name = &service.name;
        let within = humantime::format_duration(waited);
        let why = match brief {
            true => " It had no more time because it was late with another list just now.",
            false if waited < left.min(patience) => {
                " It had no more time because others were waiting to be asked."
            }
            false => "",
        };
        refusal.text = format!("{name} did not answer within {within}.{why} Ask again in a moment.");
        self.seen(list, service, refusal.outcome()).await?;
        Err(refusal)
    }

    /// All pages of one service's list.
    async fn read(&self, list: List, service: &Service, given_up: &Rc<Cell<bool>>) -> Result<Read, Refusal> {
        let mut read = Read { items: Vec::new(), ttl: MAX_AGE, cut: false };
        let mut cursor = None;
        let mut bytes = 0;
        for _ in 0..MAX_PAGES {
            let Some(page) = self.page(list, service, cursor.take(), given_up).await? else { break };
            bytes += page.items.iter().map(String::len).sum::<usize>();
            if bytes > MAX_BYTES {
                read.cut = true;
                break;
            }
            read.ttl = read.ttl.min(Duration::from_millis(page.ttl_ms));
            read.items.extend(page.items);
            cursor = page.next;
            if cursor.is_none() {
                return Ok(read);
            }
        }
        read.cut |= cursor.is_some();
        Ok(read)
    }

    /// One page; [`None`] of a service that has no such list at all.
    async fn page(
        &self,
        list: List,
        service: &Service,
        cursor: Option<String>,
        given_up: &Rc<Cell<bool>>,
    ) -> Result<Option<Page>, Refusal> {
        let context = self.context;
        let mut account = self.account(list, service);
        account.given_up = Rc::clone(given_up);
        let message = self.message(list.method(), cursor);
        let headers = self.headers_for(list.method());
        let asked = call(context, Door::Shared, &service.id, &headers, &message, &mut account).await;
        let response: Response<Body> = settled(context, asked, &mut account).await?;
        let rubbish = || service::rubbish(service, &format!("it did not answer {}", list.method()));
        let message = relay::last(response).await.ok_or_else(rubbish)?;
        let message = Object::parse(&message).ok_or_else(rubbish)?;
        match (message.get("result"), message.object("error")) {
            (Some(result), _) => Page::read(list, result).ok_or_else(rubbish).map(Some),
            (None, Some(error)) if error.get("code") == Some("-32601") => Ok(None),
            // On a stream the gateway says its own reasons in this way.
            (None, Some(error)) if error.get("code") == Some("-31002") => {
                let text = error.string("message").unwrap_or_default();
                Err(Refusal::new(Fault::Service, Reason::ServiceRubbish, text))
            }
            (None, _) => {
                let text = format!("{} answered {} with an error.", service.name, list.method());
                Err(Refusal::new(Fault::Service, Reason::ServiceError, text))
            }
        }
    }

    /// Records how a list ended that no answer of the service ended.
    async fn seen(&self, list: List, service: &Service, outcome: Outcome) -> Result<(), Refusal> {
        let mut account = self.account(list, service);
        account.principal(&self.principal);
        if let Ok(message) = self.message(list.method(), None) {
            account.method(&message);
        }
        account.close(outcome).await
    }

    fn account(&self, list: List, service: &Service) -> Account<H> {
        let mut account = Account::new(self.context, &service.id);
        // Whether a service has prompts or resources at all shows only when it is asked.
        account.worthless = list != List::Tools;
        account
    }

    fn revision(&self) -> String {
        let revision = self.headers.get("mcp-protocol-version").and_then(|value| value.to_str().ok());
        revision.unwrap_or_default().trim().to_owned()
    }

    /// The headers of a request of our own in their name.
    pub(super) fn headers_for(&self, method: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for name in ["authorization", "mcp-protocol-version", "traceparent", "tracestate"] {
            if let Some(value) = self.headers.get(name) {
                headers.insert(name, value.clone());
            }
        }
        match self.era {
            Era::Modern => drop(headers.insert("mcp-method", HeaderValue::from_static(method))),
            // What the client can do is known of its session.
            Era::Legacy => headers.extend(self.headers.get(&SESSION).map(|id| (SESSION, id.clone()))),
        }
        headers
    }

    fn message(&self, method: &str, cursor: Option<String>) -> Result<Message, Refusal> {
        let mut params = Object::default();
        if let Some(cursor) = cursor {
            params.set("cursor", cursor);
        }
        if let Some(meta) = &self.meta {
            params.set("_meta", meta.clone());
        }
        let text =
            format!(r#"{{"jsonrpc":"2.0","id":"mcpgate","method":{},"params":{params}}}"#, quoted(method));
        super::read(&text)
    }
}

/// The services that were not asked yet, while [`AT_ONCE`] others are.
pub(super) struct Queue(Cell<usize>);

impl Queue {
    /// Of so many services.
    pub(super) fn of(services: usize) -> Self {
        Self(Cell::new(services))
    }

    /// One of them is asked.
    pub(super) fn turn(&self) {
        self.0.set(self.0.get().saturating_sub(1));
    }

    /// Waits until a service is late: after its time, or after [`MANNERS`] as soon as others wait for its place. Gives
    /// how long that was.
    pub(super) async fn late<H: Host>(&self, host: &H, time: Duration) -> Duration {
        let mut waited = MANNERS.min(time);
        host.sleep(waited).await;
        while waited < time && self.0.get() == 0 {
            let more = LOOK.min(time - waited);
            host.sleep(more).await;
            waited += more;
        }
        waited
    }
}

/// One service's list, as one person may see it.
struct Listed {
    part: Rc<Part>,
    until: Timestamp,
    /// Whether there is more than was read.
    cut: bool,
}

/// What was read of a service's list.
struct Read {
    items: Vec<String>,
    ttl: Duration,
    cut: bool,
}

/// The members of `_meta` that say who asks, of a message; not those that are about that one message.
fn own_meta(message: &Message) -> Option<String> {
    let meta = message.meta_object()?;
    let meta = Object::parse(&meta)?;
    let mut own = Object::default();
    for (key, value) in meta.members() {
        if ["protocolVersion", "clientInfo", "clientCapabilities"]
            .iter()
            .any(|name| key.strip_prefix("io.modelcontextprotocol/") == Some(*name))
        {
            own.set(key, value.to_owned());
        }
    }
    Some(own.to_string())
}

/// A service that is missing, and why.
pub(super) fn missing(service: &Service, refusal: &Refusal) -> Missing {
    Missing { service: service.id.clone(), reason: refusal.reason.name(), message: refusal.text.clone() }
}

fn cut(service: &Service, items: usize) -> Missing {
    let Service { id, name, .. } = service;
    let read = if items == 0 { "none of them".to_owned() } else { format!("the first {items}") };
    Missing {
        service: id.clone(),
        reason: Reason::ResultTooLarge.name(),
        message: format!("{name} lists more than is read here, {read}; /mcp/{id} lists them all."),
    }
}

fn faulty(service: &Service, items: usize) -> Missing {
    let Service { id, name, .. } = service;
    Missing {
        service: id.clone(),
        reason: Reason::ServiceRubbish.name(),
        message: format!(
            "{name} lists {items} that are left out: they are not as the protocol has them, or two have one name. Its \
             operator has to mend them; /mcp/{id} lists them as they are."
        ),
    }
}
