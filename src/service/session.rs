//! The gateway's own sessions with services of older revisions: begun once for a person and what their client can
//! do, kept sealed, begun anew when the service forgot them, ended when nobody used them for a while.
//!
//! Requests share a session, unless their client can be asked something and the service's sessions have a stream of
//! their own (`GET`): what a service asks there names no request, so that each of these has a session alone while it
//! waits. One after the other they have the same, and find there what they left. While one has it, it lies in the
//! database under a name that no other request finds: what never comes back is ended like what nobody uses.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use serde::{Deserialize, Serialize};

use super::dialect::{initialize, is_older, offered};
use super::forgotten;
use super::older::new_id;
use super::talk::Party;
use super::wire::{Glance, Wire};
use super::{Dialect, Outgoing, forward, rubbish, standard_headers};
use crate::audit::Reason;
use crate::crypto::DataKey;
use crate::error::{Fault, Refusal};
use crate::host::{Host, Level, Limits, LogLine, PortError, Timestamp};
use crate::mcp::raw::{Object, quoted};
use crate::mcp::revision::LATEST_LEGACY;
use crate::store::service_session as store;

/// How long a session lives after its last use.
const IDLE: Duration = Duration::from_secs(3600);
/// How many sessions for one request alone are kept for the next at most.
const SLOTS: [&str; 4] = ["1", "2", "3", "4"];
/// How many bytes the word that a session is not known has at most.
const LONGEST_WORD: usize = 8 * 1024;

/// A session with a service.
#[derive(Clone)]
pub(super) struct Session {
    pub(super) begun: Begun,
    /// Whether it was kept from an earlier request: then the service may have forgotten it.
    pub(super) recalled: bool,
    held: Held,
}

/// Where a session is while it is used.
#[derive(Clone)]
enum Held {
    /// For everybody who may use it.
    Kept { row: String, expires_at: Timestamp },
    /// With one request alone, which puts the end off while it hears something.
    Lent { row: String, expires_at: Timestamp },
}

/// What is kept of a session.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct Begun {
    /// The session's id; [`None`] for a service without sessions.
    pub(super) id: Option<String>,
    /// The revision that was agreed on.
    pub(super) revision: String,
    /// The result of `initialize`.
    pub(super) initialized: String,
    /// Whether its stream was open during a request: what the service asks of a new session it has asked then.
    #[serde(default)]
    pub(super) heard: bool,
}

impl Session {
    /// The session to use: the one that is kept, or a new one.
    pub(super) async fn current<H: Host>(party: &Party<H>) -> Result<Self, Refusal> {
        let (host, now) = (&party.context.host, party.context.host.now());
        let row = row(party, "");
        let kept = store::find(host, owner(party), &row, now).await.map_err(|error| unkept(party, &error))?;
        let Some((content, expires_at)) = kept else { return Self::shared(party).await };
        let Ok(begun) = serde_json::from_str(&content) else {
            store::forget(host, &row, expires_at).await.map_err(|error| unkept(party, &error))?;
            return Self::shared(party).await;
        };
        let mut session = Self { begun, recalled: true, held: Held::Kept { row, expires_at } };
        session.renew(party).await?;
        Ok(session)
    }

    /// The session for a request of the party's client: where it could be asked something, one alone, which is to be
    /// [put back](Self::put_back).
    pub(super) async fn of<H: Host>(party: &Party<H>) -> Result<Self, Refusal> {
        match party.facts.can_be_asked() && Dialect::has_streams(party).await {
            true => Self::alone(party).await,
            false => Self::current(party).await,
        }
    }

    async fn alone<H: Host>(party: &Party<H>) -> Result<Self, Refusal> {
        let (host, now) = (&party.context.host, party.context.host.now());
        let slots = SLOTS.map(|slot| row(party, slot));
        let [first, second, third, fourth] = &slots;
        let (row, expires_at) = (row(party, &new_id(party)?), now.after(IDLE));
        let from = [first.as_str(), second, third, fourth];
        let lent = store::lend(host, owner(party), from, &row, expires_at, now).await;
        let lent = lent.map_err(|error| unkept(party, &error))?;
        match lent.and_then(|content| serde_json::from_str(&content).ok()) {
            Some(begun) => Ok(Self { begun, recalled: true, held: Held::Lent { row, expires_at } }),
            None => {
                let new = Self::apart(party).await?;
                if new.begun.id.is_some() {
                    return Ok(new);
                }
                // Without sessions there is nothing that a request could have alone.
                Dialect::is_silent(party).await;
                new.share(party).await
            }
        }
    }

    /// A new session that nothing else uses.
    pub(super) async fn apart<H: Host>(party: &Party<H>) -> Result<Self, Refusal> {
        let (row, expires_at) = (row(party, &new_id(party)?), party.context.host.now().after(IDLE));
        let beginning = Beginning::whole(party).await?;
        let begun = beginning.of();
        keep(party, &row, &begun, expires_at).await.map_err(|error| unkept(party, &error))?;
        beginning.done();
        Ok(Self { begun, recalled: false, held: Held::Lent { row, expires_at } })
    }

    /// Whether one request has it alone.
    pub(super) fn is_alone(&self) -> bool {
        matches!(self.held, Held::Lent { .. })
    }

    /// A new session, in the place of the one that the service does not take any more.
    pub(super) async fn anew<H: Host>(self, party: &Party<H>) -> Result<Self, Refusal> {
        let (Held::Kept { row, expires_at } | Held::Lent { row, expires_at }) = &self.held;
        let forgotten = store::forget(&party.context.host, row, *expires_at).await;
        forgotten.map_err(|error| unkept(party, &error))?;
        self.begun.end_later(party);
        match self.held {
            Held::Kept { .. } => Self::shared(party).await,
            Held::Lent { .. } => Self::apart(party).await,
        }
    }

    /// Begins a session and keeps it. When another request was sooner, its session is the one to use.
    async fn shared<H: Host>(party: &Party<H>) -> Result<Self, Refusal> {
        let (host, row) = (&party.context.host, row(party, ""));
        let beginning = Beginning::whole(party).await?;
        let begun = beginning.of();
        let expires_at = host.now().after(IDLE);
        let recalled = false;
        if keep(party, &row, &begun, expires_at).await.map_err(|error| unkept(party, &error))? {
            beginning.done();
            return Ok(Self { begun, recalled, held: Held::Kept { row, expires_at } });
        }
        let other = store::find(host, owner(party), &row, host.now()).await;
        let other = other.map_err(|error| unkept(party, &error))?;
        let other = other.and_then(|(content, at)| Some((serde_json::from_str::<Begun>(&content).ok()?, at)));
        let Some((sooner, expires_at)) = other else {
            beginning.done();
            return Ok(Self { begun, recalled, held: Held::Kept { row, expires_at } });
        };
        Ok(Self { begun: sooner, recalled: true, held: Held::Kept { row, expires_at } })
    }

    /// Shares it with other requests, if there is no session yet that they share.
    pub(super) async fn share<H: Host>(mut self, party: &Party<H>) -> Result<Self, Refusal> {
        let Held::Lent { row: lent, .. } = &self.held else { return Ok(self) };
        let row = row(party, "");
        let expires_at = party.context.host.now().after(IDLE);
        let kept = rename(party, (lent, &row), &self.begun, expires_at).await;
        if kept.map_err(|error| unkept(party, &error))? {
            self.held = Held::Kept { row, expires_at };
        }
        Ok(self)
    }

    /// Lets other requests have it that want one alone; if there are enough of these, it is ended.
    pub(super) async fn put_back<H: Host>(self, party: &Party<H>) {
        let Held::Lent { row: lent, .. } = &self.held else { return };
        let expires_at = party.context.host.now().after(IDLE);
        for slot in SLOTS {
            match rename(party, (lent, &row(party, slot)), &self.begun, expires_at).await {
                Ok(true) => return,
                Ok(false) => {}
                // The answer is there all the same, and the session is ended when its time is over.
                Err(error) => {
                    party.context.host.log(LogLine::new(Level::Error, "storage_failed").port(&error));
                    return;
                }
            }
        }
        let (session, party) = (self, party.clone());
        let host = party.context.host.clone();
        host.after_response(Box::pin(async move { session.end(&party).await }));
    }

    /// Ends it at its service.
    pub(super) async fn end<H: Host>(self, party: &Party<H>) {
        let (Held::Kept { row, expires_at } | Held::Lent { row, expires_at }) = &self.held;
        if let Err(error) = store::forget(&party.context.host, row, *expires_at).await {
            party.context.host.log(LogLine::new(Level::Error, "storage_failed").port(&error));
        }
        self.begun.end(party).await;
    }

    /// Puts the session's end off, now and then.
    pub(super) async fn renew<H: Host>(&mut self, party: &Party<H>) -> Result<(), Refusal> {
        let now = party.context.host.now();
        let (Held::Kept { row, expires_at } | Held::Lent { row, expires_at }) = &mut self.held;
        if *expires_at >= now.after(IDLE / 2) {
            return Ok(());
        }
        let until = now.after(IDLE);
        let renewed = store::renew(&party.context.host, row, *expires_at, until).await;
        // Where another request was sooner, the end is off already.
        if renewed.map_err(|error| unkept(party, &error))? {
            *expires_at = until;
        }
        Ok(())
    }
}

impl Begun {
    /// What was kept of a session that is over.
    pub(super) fn of(over: &store::Over, key: &DataKey) -> Option<Self> {
        serde_json::from_str(&over.content(key).ok()?).ok()
    }

    /// Ends the session at its service when there is time: nobody waits for that.
    fn end_later<H: Host>(&self, party: &Party<H>) {
        if self.id.is_none() {
            return;
        }
        let (begun, party) = (self.clone(), party.clone());
        let host = party.context.host.clone();
        host.after_response(Box::pin(async move { begun.end(&party).await }));
    }

    /// Ends the session at its service, which may refuse, and keep its sessions as long as it likes.
    pub(super) async fn end<H: Host>(&self, party: &Party<H>) {
        if self.id.is_none() {
            return;
        }
        let mut headers = headers(Some(self));
        headers.remove(header::CONTENT_TYPE);
        let limits = Limits { head: party.service.timeout, idle: party.service.timeout };
        let outgoing = Outgoing {
            method: Method::DELETE,
            target: None,
            headers,
            body: String::new(),
            limits,
            parting: true,
        };
        let _ = forward(party, outgoing).await;
    }
}

/// A session that nothing is kept of yet, from the head of the answer on that names it. Dropped, it is ended: nobody
/// would ever use it.
pub(super) struct Beginning<'a, H: Host> {
    party: &'a Party<H>,
    begun: Option<Begun>,
}

impl<'a, H: Host> Beginning<'a, H> {
    /// The one that an answer to `initialize` may begin, whatever comes after its head.
    pub(super) fn in_head(party: &'a Party<H>, headers: &HeaderMap) -> Self {
        let revision = LATEST_LEGACY.to_owned();
        Self { party, begun: Some(Begun { id: named(headers), revision, ..Begun::default() }) }
    }

    /// Begins one that can be used.
    async fn whole(party: &'a Party<H>) -> Result<Self, Refusal> {
        let service = &party.service;
        let mut wire = post(party, None, initialize("0", &party.facts)).await?;
        let mut beginning = Self::in_head(party, &wire.headers);
        let answer = answer(&mut wire).await?;
        let Some(begun) = begun(&answer, &wire.headers) else {
            // It may speak something else by now.
            Dialect::forget(&party.context, service).await;
            return Err(rubbish(service, "it did not agree on a revision that is known here"));
        };
        beginning.begun = Some(begun);
        beginning.introduce().await?;
        Ok(beginning)
    }

    async fn introduce(&self) -> Result<(), Refusal> {
        let (party, Some(begun)) = (self.party, &self.begun) else { return Ok(()) };
        let initialized = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
        post(party, Some(begun), initialized.to_owned()).await?;
        if let Some(level) = level(party, begun) {
            // What a service does not know is no reason to do without the rest of it.
            let mut wire = post(party, Some(begun), level).await?;
            answer(&mut wire).await?;
        }
        Ok(())
    }

    /// What there is to keep of it.
    fn of(&self) -> Begun {
        self.begun.clone().unwrap_or_default()
    }

    /// It is kept, or ended.
    pub(super) fn done(mut self) {
        self.begun = None;
    }
}

impl<H: Host> Drop for Beginning<'_, H> {
    fn drop(&mut self) {
        if let Some(begun) = &self.begun {
            begun.end_later(self.party);
        }
    }
}

/// Whether a service says that it does not know the session of the request with this id. Any other answer is about the
/// message, which is not sent again.
pub(super) async fn is_forgotten<H: Host>(wire: &mut Wire<H>, id: &str) -> Result<bool, Refusal> {
    let status = wire.status;
    if ![StatusCode::NOT_FOUND, StatusCode::BAD_REQUEST].contains(&status) {
        return Ok(false);
    }
    match wire.glance(LONGEST_WORD).await {
        Ok(Glance::All(text)) => Ok(forgotten::says_so(status, &text, id)),
        // A page that nobody reads to the end is none of the service's own, whoever sent it in its place.
        Ok(Glance::More(text)) => Ok(status == StatusCode::NOT_FOUND && !text.trim_start().starts_with('{')),
        // Whatever cannot be read comes from who did not read the message either.
        Err(_) if status == StatusCode::NOT_FOUND => Ok(true),
        Err(refusal) => Err(refusal),
    }
}

/// A session that a client of an older revision has with a service itself.
pub struct OwnSession(Begun);

impl OwnSession {
    /// The session with this id, in the revision that the client names with it.
    pub fn new(id: &str, revision: &str) -> Self {
        Self(Begun { id: Some(id.to_owned()), revision: revision.to_owned(), ..Begun::default() })
    }

    /// Asks for something in it that needs nothing of the client; gives `result`.
    ///
    /// # Errors
    /// A [`Refusal`] when the service does not answer, or with an error, whose text stays unread.
    pub(super) async fn ask<H: Host>(
        &self,
        party: &Party<H>,
        method: &str,
        params: Option<String>,
    ) -> Result<String, Refusal> {
        let (id, method) = (new_id(party)?, quoted(method));
        let params = params.unwrap_or_else(|| "{}".to_owned());
        let body = format!(r#"{{"jsonrpc":"2.0","id":{id},"method":{method},"params":{params}}}"#);
        let mut wire = post(party, Some(&self.0), body).await?;
        let answer = answer(&mut wire).await?;
        let result = Object::parse(&answer).and_then(|answer| answer.get("result").map(str::to_owned));
        result.ok_or_else(|| rubbish(&party.service, "it does not list its tools in this session"))
    }
}

/// Reads the answer to `initialize`; [`None`] when it is none, or agrees on a revision that is not known here.
pub(super) fn begun(answer: &str, headers: &HeaderMap) -> Option<Begun> {
    let message = Object::parse(answer)?;
    let initialized = message.get("result")?.to_owned();
    let revision =
        Object::parse(&initialized)?.string("protocolVersion").filter(|agreed| is_older(agreed))?;
    Some(Begun { id: named(headers), revision, initialized, heard: false })
}

/// The session that an answer names.
fn named(headers: &HeaderMap) -> Option<String> {
    headers.get(SESSION).and_then(|id| id.to_str().ok()).map(str::to_owned)
}

/// The request that sets the client's log level, where it wants one and the service has them. `id` is `"1"`.
pub(super) fn level<H: Host>(party: &Party<H>, begun: &Begun) -> Option<String> {
    let level = party.facts.level.as_deref()?;
    Object::parse(&begun.initialized)?.object("capabilities")?.get("logging")?;
    let level = quoted(level);
    Some(format!(r#"{{"jsonrpc":"2.0","id":1,"method":"logging/setLevel","params":{{"level":{level}}}}}"#))
}

/// The header that carries a session's id.
pub(super) const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");

/// The headers of a message in a session.
pub(super) fn headers(begun: Option<&Begun>) -> HeaderMap {
    let mut headers = standard_headers();
    let Some(begun) = begun else { return headers };
    if let Ok(revision) = HeaderValue::from_str(&begun.revision) {
        headers.insert("mcp-protocol-version", revision);
    }
    if let Some(Ok(id)) = begun.id.as_deref().map(HeaderValue::from_str) {
        headers.insert(SESSION, id);
    }
    headers
}

/// Posts a message in a session.
pub(super) async fn post<H: Host>(
    party: &Party<H>,
    begun: Option<&Begun>,
    body: String,
) -> Result<Wire<H>, Refusal> {
    let limits = Limits { head: party.service.timeout, idle: party.service.timeout };
    post_within(party, begun, body, limits).await
}

/// Posts a message in a session that nobody waits for any more.
pub(super) async fn part<H: Host>(party: &Party<H>, begun: &Begun, body: String) {
    let limits = super::limits(&party.service, false);
    let headers = headers(Some(begun));
    // The service may not listen any more; there is nobody left to tell.
    let _ =
        forward(party, Outgoing { method: Method::POST, target: None, headers, body, limits, parting: true })
            .await;
}

/// Posts a message in a session; the answer may take this long.
pub(super) async fn post_within<H: Host>(
    party: &Party<H>,
    begun: Option<&Begun>,
    body: String,
    limits: Limits,
) -> Result<Wire<H>, Refusal> {
    let headers = headers(begun);
    let outgoing = Outgoing { method: Method::POST, target: None, headers, body, limits, parting: false };
    let response = forward(party, outgoing).await?;
    let revision = begun.map_or("", |begun| &begun.revision);
    Ok(Wire::new(&party.context, &party.service, response).speaking(revision))
}

/// Asks for a session's own stream, or for what came after this event of a stream of the session. `waits`: it may be
/// silent for long.
pub(super) async fn get<H: Host>(
    party: &Party<H>,
    begun: &Begun,
    after: Option<&HeaderValue>,
    waits: bool,
) -> Result<Wire<H>, Refusal> {
    let mut headers = headers(Some(begun));
    headers.remove(header::CONTENT_TYPE);
    headers.insert(header::ACCEPT, HeaderValue::from_static("text/event-stream"));
    if let Some(last) = after {
        headers.insert("last-event-id", last.clone());
    }
    let limits = super::limits(&party.service, waits);
    let outgoing =
        Outgoing { method: Method::GET, target: None, headers, body: String::new(), limits, parting: false };
    let response = forward(party, outgoing).await?;
    Ok(Wire::new(&party.context, &party.service, response).speaking(&begun.revision))
}

/// The first answer in a wire, which has the service's time in all; the empty text when there is none.
///
/// # Errors
/// A [`Refusal`] when the service goes away, is late or says too much.
pub async fn answer<H: Host>(wire: &mut Wire<H>) -> Result<String, Refusal> {
    wire.hurry();
    let answer = first_answer(wire).await;
    wire.relax();
    answer
}

async fn first_answer<H: Host>(wire: &mut Wire<H>) -> Result<String, Refusal> {
    while let Some(event) = wire.next().await? {
        let Some(data) = event.data else { continue };
        let answers = Object::parse(&data)
            .is_some_and(|message| message.get("result").is_some() || message.get("error").is_some());
        if answers {
            return Ok(data);
        }
    }
    Ok(String::new())
}

/// Tells a service something in each session that is kept for the party's client. Nobody waits for that.
///
/// # Errors
/// When the database fails.
pub async fn tell<H: Host>(party: &Party<H>, message: &str) -> Result<(), Refusal> {
    let host = &party.context.host;
    let kept = store::these(host, owner(party), &kept_rows(party), host.now()).await;
    for content in kept.map_err(|error| unkept(party, &error))? {
        if let Ok(begun) = serde_json::from_str::<Begun>(&content) {
            part(party, &begun, message.to_owned()).await;
        }
    }
    Ok(())
}

/// The rows of the sessions that are kept for the party's client.
pub(super) fn kept_rows<H: Host>(party: &Party<H>) -> Vec<String> {
    [""].iter().chain(&SLOTS).map(|slot| row(party, slot)).collect()
}

/// One session for each client of a person, service, and whatever the service was told; and one for each slot besides,
/// and for each request that has one alone.
fn row<H: Host>(party: &Party<H>, slot: &str) -> String {
    let facts = &party.facts;
    let revision = offered(facts);
    let level = facts.level.as_deref().unwrap_or_default();
    let parts = [
        &*party.person,
        &party.service.id,
        party.service.mcp.as_str(),
        revision,
        &facts.capabilities,
        &facts.client,
        &facts.whose,
        level,
        slot,
    ];
    party.context.setup.keys.hash.id("service-session", &parts)
}

fn owner<H: Host>(party: &Party<H>) -> store::Owner<'_> {
    store::Owner { person: &party.person, key: &party.key }
}

/// Keeps a session, unless there is one already; says whether it did.
async fn keep<H: Host>(
    party: &Party<H>,
    row: &str,
    begun: &Begun,
    expires_at: Timestamp,
) -> Result<bool, PortError> {
    let (host, service) = (&party.context.host, &party.service.id);
    let content = serde_json::to_string(begun).unwrap_or_default();
    let add = || store::add(host, owner(party), row, service, &content, expires_at);
    Ok(add().await? || (clear(party, row).await? && add().await?))
}

/// Keeps a session under another id, unless there is one already; says whether it did.
async fn rename<H: Host>(
    party: &Party<H>,
    ids: (&str, &str),
    begun: &Begun,
    expires_at: Timestamp,
) -> Result<bool, PortError> {
    let host = &party.context.host;
    let content = serde_json::to_string(begun).unwrap_or_default();
    let rename = || store::rename(host, owner(party), ids, &content, expires_at, host.now());
    Ok(rename().await? || (clear(party, ids.1).await? && rename().await?))
}

/// Takes a session out whose time is over, and ends it: nobody would find it again under another. Says whether there
/// was one.
async fn clear<H: Host>(party: &Party<H>, row: &str) -> Result<bool, PortError> {
    let host = &party.context.host;
    let Some(over) = store::take_over(host, row, host.now()).await? else { return Ok(false) };
    if let Some(begun) = Begun::of(&over, &party.key) {
        begun.end_later(party);
    }
    Ok(true)
}

fn unkept<H: Host>(party: &Party<H>, error: &PortError) -> Refusal {
    party.context.host.log(LogLine::new(Level::Error, "storage_failed").port(error));
    Refusal::new(
        Fault::Gateway,
        Reason::StorageUnavailable,
        "The gateway's database does not answer; nothing was sent. Try again in a moment.",
    )
}
