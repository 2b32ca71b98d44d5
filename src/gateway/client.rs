//! A client, as far as it is known: by what it says in each request, or, in older revisions, by its session with the
//! gateway.

use std::cell::RefCell;
use std::time::Duration;

use http::{HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};

use super::admit::storage;
use super::bridge::{invalid, malformed};
use super::session::{SESSION, no_such_session};
use crate::audit::Reason;
use crate::context::Context;
use crate::crypto::{DataKey, digest};
use crate::error::{Fault, Refusal};
use crate::host::{Host, Timestamp};
use crate::mcp::bridge::{Facts, LEVELS, negotiated};
use crate::mcp::raw::Object;
use crate::service::random_id;
use crate::store::client_session::{self as store, Found, Owner};
use crate::store::question;

/// How long a client's session lives after its last use.
const SESSION_TTL: Duration = Duration::from_secs(24 * 3600);
/// How long word is kept that a request is cancelled.
const WORD_TTL: Duration = Duration::from_secs(60);
/// How soon an open stream notices what its session has subscribed to, and that it is over.
pub(super) const LOOK: Duration = Duration::from_secs(5);
/// How long a stream takes to end once it has noticed.
const LEAVES: Duration = Duration::from_secs(1);
/// How often a session is changed anew that others change at the same time: each time one of them is done.
const TRIES: usize = 20;
/// How many resources a session can subscribe to.
pub(super) const MOST_SUBSCRIPTIONS: usize = 100;

/// A client, as far as it is known.
#[derive(Clone, Debug, Default)]
pub(super) struct Client {
    /// What it said of itself.
    pub(super) facts: Facts,
    /// In older revisions: its session with the gateway.
    session: Option<Session>,
}

#[derive(Clone, Debug)]
struct Session {
    id_hash: String,
    kept: Kept,
    found: Found,
}

/// What is kept of a client's session.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Kept {
    facts: Facts,
    subscriptions: Vec<String>,
}

impl Client {
    /// Under which id word is left that a request of its session is cancelled.
    pub(super) fn cancellation<H: Host>(&self, context: &Context<H>, request: &str) -> Option<String> {
        let session = self.session.as_ref()?;
        Some(context.setup.keys.hash.id("cancelled", &[&session.id_hash, request]))
    }

    /// The resources that its session has subscribed to.
    fn subscriptions(&self) -> &[String] {
        self.session.as_ref().map_or(&[], |session| &session.kept.subscriptions)
    }

    /// A client of 2026-07-28, which says everything in `_meta`.
    pub(super) fn of_meta(meta: Option<&str>) -> Self {
        Self { facts: Facts::of_meta(meta), session: None }
    }

    /// A client of which nothing is known but the revision that it speaks.
    pub(super) fn without_session(headers: &HeaderMap) -> Self {
        let revision = headers.get("mcp-protocol-version").and_then(|revision| revision.to_str().ok());
        let revision = negotiated(revision.unwrap_or_default()).to_owned();
        Self { facts: Facts { revision, ..Facts::default() }, session: None }
    }

    /// The client whose session a request names, or one without.
    pub(super) async fn of_headers<H: Host>(
        context: &Context<H>,
        owner: Owner<'_>,
        headers: &HeaderMap,
    ) -> Result<Self, Refusal> {
        let Some(id) = headers.get(&SESSION) else { return Ok(Self::without_session(headers)) };
        let id_hash = digest(id.to_str().unwrap_or_default());
        let session = Session::find(context, owner, &id_hash).await?;
        let now = context.host.now();
        if session.found.expires_at < now.after(SESSION_TTL / 2) {
            let renewed = store::renew(&context.host, owner, &id_hash, now.after(SESSION_TTL)).await;
            renewed.map_err(|error| storage(context, &error))?;
        }
        let facts = Facts { whose: session.id_hash.clone(), ..session.kept.facts.clone() };
        Ok(Self { facts, session: Some(session) })
    }

    /// Begins a session for a client that introduced itself; gives the session's id.
    pub(super) async fn begin<H: Host>(
        context: &Context<H>,
        owner: Owner<'_>,
        facts: Facts,
    ) -> Result<HeaderValue, Refusal> {
        let id = random_id(context).map_err(|error| storage(context, &error))?;
        let kept = Kept { facts, subscriptions: Vec::new() };
        let (kept, until) = (kept.text(), context.host.now().after(SESSION_TTL));
        let begun = store::begin(&context.host, owner, &digest(&id), &kept, until).await;
        begun.map_err(|error| storage(context, &error))?;
        HeaderValue::from_str(&id).map_err(|_| malformed("the session has no id"))
    }

    /// Ends its session.
    pub(super) async fn end<H: Host>(&self, context: &Context<H>, owner: Owner<'_>) -> Result<(), Refusal> {
        let session = self.session.as_ref().ok_or_else(no_such_session)?;
        let ended = store::end(&context.host, owner, &session.id_hash).await;
        ended.map(drop).map_err(|error| storage(context, &error))
    }

    /// Sets the level of the log messages that it wants.
    pub(super) async fn set_level<H: Host>(
        &self,
        context: &Context<H>,
        owner: Owner<'_>,
        params: &Object<'_>,
    ) -> Result<(), Refusal> {
        let level = params.string("level").filter(|level| LEVELS.contains(&level.as_str()));
        let level =
            level.ok_or_else(|| invalid(&format!("params.level must be one of {}", LEVELS.join(", "))))?;
        let change = |kept: &mut Kept| {
            kept.facts.level = Some(level.clone());
            Ok(())
        };
        self.own_session()?.change(context, owner, change).await
    }

    /// Subscribes to a resource, or no longer.
    pub(super) async fn subscribe<H: Host>(
        &self,
        context: &Context<H>,
        owner: Owner<'_>,
        uri: String,
        wanted: bool,
    ) -> Result<(), Refusal> {
        let change = |kept: &mut Kept| {
            let subscriptions = &mut kept.subscriptions;
            subscriptions.retain(|other| *other != uri);
            if wanted {
                subscriptions.push(uri.clone());
            }
            if subscriptions.len() > MOST_SUBSCRIPTIONS {
                let text = format!("a session subscribes to at most {MOST_SUBSCRIPTIONS} resources");
                return Err(invalid(&text));
            }
            Ok(())
        };
        self.own_session()?.change(context, owner, change).await
    }

    /// Leaves word for a request that it cancels: whoever waits for the answer looks for it now and then.
    pub(super) async fn cancel<H: Host>(
        &self,
        context: &Context<H>,
        owner: Owner<'_>,
        request: &str,
    ) -> Result<(), Refusal> {
        let Some(id) = self.cancellation(context, request) else { return Ok(()) };
        let asked = question::Asked { person: owner.person, key: owner.key };
        let until = context.host.now().after(WORD_TTL);
        let left = question::leave(&context.host, asked, &id, "cancelled", until).await;
        left.map_err(|error| storage(context, &error))
    }

    fn own_session(&self) -> Result<Session, Refusal> {
        let text = "this needs a session: send initialize first, and MCP-Session-Id with every request";
        self.session.clone().ok_or_else(|| invalid(text))
    }
}

/// A client's session while its stream is open. What it subscribes to it says in requests of their own, so that is
/// looked for again now and then: a stream waits for no other request.
pub(super) struct Watched<H: Host> {
    context: Context<H>,
    person: String,
    key: DataKey,
    service: String,
    headers: HeaderMap,
    facts: Facts,
    stream: Option<Stream>,
    seen: RefCell<Seen>,
}

/// The one stream of a session.
struct Stream {
    id_hash: String,
    /// The name that it gives itself.
    name: String,
    /// By when the one before has noticed that this one is in its place.
    free: Timestamp,
}

/// What was found when it was last looked for.
struct Seen {
    at: Timestamp,
    over: bool,
    subscriptions: Vec<String>,
    level: Option<String>,
}

impl<H: Host> Watched<H> {
    /// The session that a request names. From now on that has this stream: the one before ends.
    pub(super) async fn of_headers(
        context: &Context<H>,
        owner: Owner<'_>,
        headers: &HeaderMap,
    ) -> Result<Self, Refusal> {
        let client = Client::of_headers(context, owner, headers).await?;
        let stream = match &client.session {
            Some(session) => Some(Stream::of(session, context, owner).await?),
            None => None,
        };
        let session = headers.get(&SESSION).map(|session| (SESSION, session.clone()));
        Ok(Self {
            context: context.clone(),
            person: owner.person.to_owned(),
            key: owner.key.clone(),
            service: owner.service.to_owned(),
            headers: HeaderMap::from_iter(session),
            stream,
            seen: RefCell::new(Seen {
                at: context.host.now(),
                over: false,
                subscriptions: client.subscriptions().to_vec(),
                level: client.facts.level.clone(),
            }),
            facts: client.facts,
        })
    }

    /// What the client said of itself.
    pub(super) fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The resources that the session has subscribed to, as last seen.
    pub(super) fn subscriptions(&self) -> Vec<String> {
        self.seen.borrow().subscriptions.clone()
    }

    /// The level of the log messages that it wants, as last seen.
    pub(super) fn level(&self) -> Option<String> {
        self.seen.borrow().level.clone()
    }

    /// Waits until the stream before has ended: while it listens to services, each would begin a session more for this
    /// one. Says whether this one is still to be.
    pub(super) async fn settles(&self) -> bool {
        let now = self.context.host.now();
        let free = self.stream.as_ref().map_or(now, |stream| stream.free);
        if let Ok(left @ 1..) = u64::try_from(free.0 - now.0) {
            self.context.host.sleep(Duration::from_millis(left)).await;
        }
        self.goes_on().await
    }

    /// Looks again, unless that was done just now; says whether the session goes on.
    pub(super) async fn goes_on(&self) -> bool {
        let now = self.context.host.now();
        {
            let mut seen = self.seen.borrow_mut();
            if seen.over || seen.at.after(LOOK) > now {
                return !seen.over;
            }
            seen.at = now;
        }
        let owner = Owner { person: &self.person, key: &self.key, service: &self.service };
        let found = Client::of_headers(&self.context, owner, &self.headers).await;
        let mut seen = self.seen.borrow_mut();
        match found {
            Ok(client) => {
                let open = client.session.as_ref().and_then(|session| session.found.stream.as_deref());
                seen.over = self.stream.as_ref().is_some_and(|stream| open != Some(&*stream.name));
                seen.subscriptions = client.subscriptions().to_vec();
                seen.level = client.facts.level;
            }
            Err(refusal) => seen.over = refusal.reason == Reason::SessionUnknown,
        }
        !seen.over
    }
}

impl<H: Host> Drop for Watched<H> {
    fn drop(&mut self) {
        let Some(stream) = self.stream.take().filter(|_| !self.seen.borrow().over) else { return };
        let host = self.context.host.clone();
        self.context.host.after_response(Box::pin(async move {
            // Without that the next one waits a little, as if this one were still there.
            let _ = store::close_stream(&host, &stream.id_hash, &stream.name).await;
        }));
    }
}

impl Stream {
    async fn of<H: Host>(session: &Session, context: &Context<H>, owner: Owner<'_>) -> Result<Self, Refusal> {
        let name = random_id(context).map_err(|error| storage(context, &error))?;
        let opened = store::open_stream(&context.host, owner, &session.id_hash, &name).await;
        opened.map_err(|error| storage(context, &error))?;
        let now = context.host.now();
        let free = session.found.stream.as_ref().map_or(now, |_| now.after(LOOK + LEAVES));
        Ok(Self { id_hash: session.id_hash.clone(), name, free })
    }
}

impl Session {
    async fn find<H: Host>(context: &Context<H>, owner: Owner<'_>, id_hash: &str) -> Result<Self, Refusal> {
        let found = store::find(&context.host, owner, id_hash, context.host.now()).await;
        let found = found.map_err(|error| storage(context, &error))?;
        let kept = found.and_then(|found| Some((serde_json::from_str(&found.facts).ok()?, found)));
        let (kept, found) = kept.ok_or_else(no_such_session)?;
        Ok(Self { id_hash: id_hash.to_owned(), kept, found })
    }

    /// Changes what is kept of it, also where other requests do so at the same time: each of these changes stays.
    async fn change<H: Host>(
        mut self,
        context: &Context<H>,
        owner: Owner<'_>,
        change: impl Fn(&mut Kept) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        for _ in 0..TRIES {
            change(&mut self.kept)?;
            let (kept, until) = (self.kept.text(), context.host.now().after(SESSION_TTL));
            let changed = store::change(&context.host, owner, &self.id_hash, &self.found, &kept, until).await;
            if changed.map_err(|error| storage(context, &error))? {
                return Ok(());
            }
            self = Self::find(context, owner, &self.id_hash).await?;
        }
        let text = "Too many requests change this session at the same time. Try again in a moment.";
        Err(Refusal::new(Fault::Gateway, Reason::StorageUnavailable, text))
    }
}

impl Kept {
    fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use futures_util::FutureExt as _;

    use super::*;
    use crate::config::Config;
    use crate::crypto::Keys;
    use crate::host::memory::Memory;
    use crate::isolate::Setup;

    const CONFIG: &str = "[gateway]\npublic_url = \"https://gate.example.com\"\n[identity]\n\
                          issuer = \"https://idp.example.com\"\nclient_id = \"mcpgate\"\n";

    /// Nothing on this host ever waits.
    fn now<T>(work: impl Future<Output = T>) -> T {
        work.now_or_never().unwrap()
    }

    #[test]
    fn changes_at_the_same_time_all_stay_and_revive_nothing() {
        let host = Memory::new();
        let keys = now(Keys::read(&host)).unwrap();
        let setup = Rc::new(Setup { config: Config::parse(CONFIG).unwrap(), version: 1, keys });
        let context = Context::new(host.clone(), setup);
        let key = DataKey::random(&host).unwrap();
        let owner = Owner { person: "p", key: &key, service: "" };
        let id = now(Client::begin(&context, owner, Facts::default())).unwrap();
        let headers = HeaderMap::from_iter([(SESSION, id)]);
        let found = || now(Client::of_headers(&context, owner, &headers));
        // All of them found the session as it was.
        let [first, second, third, fourth] = [(); 4].map(|()| found().unwrap());
        now(first.subscribe(&context, owner, "x:1".to_owned(), true)).unwrap();
        now(second.subscribe(&context, owner, "x:2".to_owned(), true)).unwrap();
        let params = Object::parse(r#"{"level":"error"}"#).unwrap();
        now(third.set_level(&context, owner, &params)).unwrap();
        let client = found().unwrap();
        assert_eq!(client.subscriptions(), ["x:1", "x:2"]);
        assert_eq!(client.facts.level.as_deref(), Some("error"));
        now(client.end(&context, owner)).unwrap();
        let refused = now(fourth.subscribe(&context, owner, "x:3".to_owned(), true)).unwrap_err();
        assert_eq!(refused.reason, Reason::SessionUnknown);
        assert!(found().is_err(), "it is over");
    }
}
