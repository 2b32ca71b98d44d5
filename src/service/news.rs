//! What a service says without being asked, in whichever revision it speaks.

use std::rc::Rc;

use super::older::Older;
use super::talk::{Party, Request, Said, Talk};
use super::{Dialect, Legacy, rubbish};
use crate::audit::Reason;
use crate::error::{Fault, Refusal};
use crate::host::Host;
use crate::mcp::bridge::{self, Facts};
use crate::mcp::topics::Topics;

/// -32601: there is no such method.
const UNKNOWN_METHOD: i64 = -32601;

/// A service's news. Dropped, nobody listens any more.
pub struct News<H: Host> {
    party: Party<H>,
    kind: Kind<H>,
    granted: Topics,
}

enum Kind<H: Host> {
    Modern(Box<Talk<H>>),
    Older(Box<Older<H>>),
    /// The service has no stream for them.
    Silent,
}

impl<H: Host> News<H> {
    /// Begins to listen.
    ///
    /// # Errors
    /// A [`Refusal`] when the service does not let us.
    pub async fn open(party: Party<H>, topics: &Topics) -> Result<Self, Refusal> {
        if Dialect::modern(&party).await? {
            let kind = Kind::Modern(Box::new(listen(&party, topics).await?));
            return Ok(Self { party, kind, granted: topics.clone() });
        }
        // Nobody is there to be asked: the service is told so. A client that never can be is heard in the session that
        // its calls are in, with whatever they leave behind.
        let nobody = || Rc::new(Facts { capabilities: String::new(), ..(*party.facts).clone() });
        let facts = if party.facts.can_be_asked() { nobody() } else { Rc::clone(&party.facts) };
        let party = Party { facts, ..party };
        let older = match Dialect::legacy(&party).await? {
            Legacy::Streamable => Older::listening(party.clone()).await?,
            Legacy::Sse => Some(Older::listening_sse(party.clone()).await?),
            Legacy::No => {
                return Err(rubbish(
                    &party.service,
                    "it speaks no revision of the protocol that is known here",
                ));
            }
        };
        let Some(mut older) = older else {
            return Ok(Self { party, kind: Kind::Silent, granted: Topics::default() });
        };
        let mut granted = older.told(topics);
        granted.uris = older.subscribe(&topics.uris).await?;
        Ok(Self { party, kind: Kind::Older(Box::new(older)), granted })
    }

    /// What of the topics a service of an older revision tells, as far as it says so. One of 2026-07-28 says it in
    /// its first notification.
    pub fn granted(&self) -> &Topics {
        &self.granted
    }

    /// Listens for other topics from now on.
    ///
    /// # Errors
    /// A [`Refusal`] when the service does not let us.
    pub async fn change(&mut self, from: &Topics, to: &Topics) -> Result<(), Refusal> {
        match &mut self.kind {
            Kind::Modern(talk) => **talk = listen(&self.party, to).await?,
            Kind::Older(older) => {
                let but = |these: &[String], others: &[String]| {
                    these.iter().filter(|uri| !others.contains(uri)).cloned().collect::<Vec<_>>()
                };
                older.unsubscribe(&but(&from.uris, &to.uris)).await?;
                older.subscribe(&but(&to.uris, &from.uris)).await?;
            }
            Kind::Silent => {}
        }
        Ok(())
    }

    /// The next notification, whole; [`None`] when the service ends it. A service that has none never answers.
    ///
    /// # Errors
    /// A [`Refusal`] when the service goes away.
    pub async fn next(&mut self) -> Result<Option<String>, Refusal> {
        let said = match &mut self.kind {
            Kind::Modern(talk) => talk.next().await,
            Kind::Older(older) => older.next().await,
            Kind::Silent => std::future::pending().await,
        };
        match said {
            Ok(Said::Note(note)) => Ok(Some(note)),
            Ok(Said::Result(_) | Said::Asks(_) | Said::TakesBack(_)) => Ok(None),
            Ok(Said::Error(error)) if bridge::code(&error) == Some(UNKNOWN_METHOD) => {
                self.kind = Kind::Silent;
                std::future::pending().await
            }
            Ok(Said::Error(error)) => {
                let name = &self.party.service.name;
                let code = bridge::code(&error).unwrap_or_default();
                let text = format!("{name} does not tell its news: it answered with the error {code}.");
                Err(Refusal::new(Fault::Service, Reason::ServiceError, text))
            }
            // Ending the connection is how an older service ends its stream.
            Err(refusal) if refusal.reason == Reason::ServiceRubbish => Ok(None),
            Err(refusal) => Err(refusal),
        }
    }
}

async fn listen<H: Host>(party: &Party<H>, topics: &Topics) -> Result<Talk<H>, Refusal> {
    let request = Request {
        id: r#""mcpgate-news""#.to_owned(),
        method: "subscriptions/listen".to_owned(),
        params: Some(topics.params()),
        mirrored: Vec::new(),
        may_ask: false,
    };
    Talk::begin(party.clone(), request).await
}
