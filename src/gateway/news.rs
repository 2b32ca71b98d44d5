//! What a service says without being asked: list changes, updated resources. Older clients get it on the stream of
//! their session (GET), clients of 2026-07-28 by `subscriptions/listen`.

use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use async_stream::try_stream;
use futures_util::future::{Either, select};
use futures_util::{Stream, StreamExt as _};

use super::Door;
use super::admit::Admitted;
use super::bridge::{invalid, party, result_message, still_here};
use super::client::{LOOK, MOST_SUBSCRIPTIONS, Watched};
use super::source::Source;
use crate::context::Context;
use crate::error::Refusal;
use crate::host::Host;
use crate::mcp::alias;
use crate::mcp::bridge::{Facts, META_SUBSCRIPTION, tagged, untagged};
use crate::mcp::raw::Object;
use crate::mcp::sse::Event;
use crate::mcp::topics::Topics;
use crate::service::{News, Party};

/// How long a stream is open at most before the client is told to ask anew.
pub(super) const LONGEST: Duration = Duration::from_secs(600);
/// How long it is silent at most.
pub(super) const SILENCE: Duration = Duration::from_secs(15);
/// The notification that says what is listened to.
pub(super) const ACKNOWLEDGED: &str = "notifications/subscriptions/acknowledged";

/// What a service may say at the address of all services besides what is listened to: that names itself whose it is, or
/// no one's.
const SAID_IN_PASSING: [&str; 4] = [
    "notifications/message",
    "notifications/elicitation/complete",
    "notifications/tasks",
    "notifications/tasks/status",
];

/// What a service says on the stream of a session of an older revision. What the session subscribes to while the
/// stream is open is listened to as well; with the session, the stream ends.
pub(super) async fn in_session<H: Host>(
    context: &Context<H>,
    admitted: &Admitted<'_>,
    session: Rc<Watched<H>>,
) -> Result<Source<H>, Refusal> {
    let (door, service) = (admitted.door, admitted.service.id.clone());
    let wanted = move |session: &Watched<H>| Topics::all(uris_at(door, &service, session.subscriptions()));
    if !session.settles().await {
        return Ok(Source::events(futures_util::stream::empty()));
    }
    let mut topics = wanted(&session);
    let mut level = session.level();
    let (party, facts) = (party(context, admitted, session.facts()), session.facts().clone());
    // The service hears of the level when a session begins.
    let wanting = move |level: &Option<String>| {
        let whose = party.facts.whose.clone();
        let facts = Rc::new(Facts { level: level.clone(), whose, ..facts.clone() });
        Party { facts, ..party.clone() }
    };
    let mut news = News::open(wanting(&level), &topics).await?;
    let host = context.host.clone();
    Ok(Source::events(try_stream! {
        let until = host.now().after(LONGEST);
        while host.now() < until && session.goes_on().await {
            let now = wanted(&session);
            if session.level() != level {
                level = session.level();
                news = News::open(wanting(&level), &now).await?;
                topics = now;
            } else if now != topics {
                news.change(&topics, &now).await?;
                topics = now;
            }
            let said = {
                // What is waited for is kept: given up in the middle, a stream that is resumed would begin again.
                let mut next = Box::pin(news.next());
                loop {
                    match select(next, pin!(host.sleep(LOOK))).await {
                        Either::Left((said, _)) => break Some(said?),
                        Either::Right((_, waits)) => next = waits,
                    }
                    yield still_here();
                    let same = wanted(&session) == topics && session.level() == level;
                    if host.now() >= until || !session.goes_on().await || !same {
                        break None;
                    }
                }
            };
            match said {
                None => {}
                Some(None) => break,
                Some(Some(note)) if !is_news(door, &note, &topics) => {}
                Some(Some(note)) => yield Event::message(untagged(&note)),
            }
        }
    }))
}

/// A session's resources as this service names them.
fn uris_at(door: Door, service: &str, uris: Vec<String>) -> Vec<String> {
    match door {
        Door::Own => uris,
        Door::Shared => {
            let named = uris.iter().filter_map(|uri| alias::split_uri(uri));
            named.filter(|(of, _)| *of == service).map(|(_, uri)| uri).collect()
        }
    }
}

/// Whether a session that wants this is told: of no resource that it does not subscribe to any more, and at the address
/// of all services nothing that could be taken for another's, such as progress.
fn is_news(door: Door, note: &str, topics: &Topics) -> bool {
    let note = Object::parse(note).unwrap_or_default();
    let method = note.string("method").unwrap_or_default();
    match method.as_str() {
        ACKNOWLEDGED => false,
        "notifications/resources/updated" => topics.name(&note),
        method => door == Door::Own || SAID_IN_PASSING.contains(&method) || topics.name(&note),
    }
}

/// `subscriptions/listen` toward a service that does not have it.
pub(super) async fn listen<H: Host>(
    party: Party<H>,
    id: &str,
    params: Option<&str>,
) -> Result<Source<H>, Refusal> {
    let context = party.context.clone();
    let topics = Topics::of_params(params);
    // A service of an older revision is sent a request for each.
    if topics.uris.len() > MOST_SUBSCRIPTIONS {
        let name = &party.service.name;
        return Err(invalid(&format!(
            "{name} is asked for each resource alone, so one request listens to at most {MOST_SUBSCRIPTIONS} \
             resources of it. Listen to fewer."
        )));
    }
    let news = News::open(party, &topics).await?;
    let granted = news.granted().clone();
    let id = id.to_owned();
    Ok(Source::events(try_stream! {
        let acknowledged =
            format!(r#"{{"jsonrpc":"2.0","method":"{ACKNOWLEDGED}","params":{}}}"#, granted.params());
        yield Event::message(tagged(&acknowledged, &id));
        let mut heard = pin!(heard(news, context));
        while let Some(note) = heard.next().await {
            let Some(note) = note? else {
                yield still_here();
                continue;
            };
            if Object::parse(&note).is_some_and(|note| granted.name(&note)) {
                yield Event::message(tagged(&note, &id));
            }
        }
        let result = format!(r#"{{"resultType":"complete","_meta":{{"{META_SUBSCRIPTION}":{id}}}}}"#);
        yield Event::message(result_message(&id, &result));
    }))
}

/// Notifications as they come; [`None`] now and then while there are none. Ends after a while.
fn heard<H: Host>(
    mut news: News<H>,
    context: Context<H>,
) -> impl Stream<Item = Result<Option<String>, Refusal>> {
    try_stream! {
        let until = context.host.now().after(LONGEST);
        'open: while context.host.now() < until {
            let mut next = Box::pin(news.next());
            let said = loop {
                match select(next, pin!(context.host.sleep(SILENCE))).await {
                    Either::Left((said, _)) => break said?,
                    Either::Right((_, waits)) => next = waits,
                }
                yield None;
                if context.host.now() >= until {
                    break 'open;
                }
            };
            match said {
                Some(note) => yield Some(note),
                None => break,
            }
        }
    }
}
