//! Who only listens: the stream of a session, and the resources whose updates come on it.

use http::StatusCode;

use super::{Channel, Older, new_id};
use crate::error::Refusal;
use crate::host::Host;
use crate::mcp::raw::{Object, quoted};
use crate::mcp::topics::Topics;
use crate::service::posted;
use crate::service::session::{self, Session};
use crate::service::talk::Party;

impl<H: Host> Older<H> {
    /// The stream of a session, with what the service says without being asked; [`None`] when it has no such stream.
    pub(in crate::service) async fn listening(party: Party<H>) -> Result<Option<Self>, Refusal> {
        let mut session = Session::current(&party).await?;
        let mut wire = session::get(&party, &session.begun, None, true).await?;
        if session.recalled && session::is_forgotten(&mut wire, "").await? {
            session = session.anew(&party).await?;
            wire = session::get(&party, &session.begun, None, true).await?;
        }
        // Somebody else listens already, and there is one such stream for each session.
        let apart = wire.status == StatusCode::CONFLICT;
        if apart {
            session = Session::apart(&party).await?;
        }
        let begun = session.begun.clone();
        let mut older = Self::new(party, Channel::Streamable(wire), begun, String::new());
        // Nothing is under way that a dropped connection would have to cancel.
        older.listens = true;
        if apart {
            // With the stream it is ended, whether the service opens it or not.
            older.session = Some(session);
            let wire = session::get(&older.party, &older.begun, None, true).await?;
            older.channel = Channel::Streamable(wire);
        }
        Ok(older.is_streamed().then_some(older))
    }

    /// The same by HTTP+SSE.
    pub(in crate::service) async fn listening_sse(party: Party<H>) -> Result<Self, Refusal> {
        let (wire, target, begun) = Self::connect(&party).await?;
        let mut older = Self::new(party, Channel::Sse(wire, target), begun, String::new());
        older.listens = true;
        Ok(older)
    }

    /// Subscribes to resources; gives those that the service did not refuse.
    pub(in crate::service) async fn subscribe(&mut self, uris: &[String]) -> Result<Vec<String>, Refusal> {
        let mut taken = Vec::new();
        for uri in uris {
            if self.about("resources/subscribe", uri).await? {
                taken.push(uri.clone());
            }
        }
        Ok(taken)
    }

    /// Subscribes to these resources no longer.
    pub(in crate::service) async fn unsubscribe(&mut self, uris: &[String]) -> Result<(), Refusal> {
        for uri in uris {
            self.about("resources/unsubscribe", uri).await?;
        }
        Ok(())
    }

    /// What of the topics the service declares to tell.
    pub(in crate::service) fn told(&self, topics: &Topics) -> Topics {
        let initialized = Object::parse(&self.begun.initialized).unwrap_or_default();
        topics.told_with(&initialized.object("capabilities").unwrap_or_default())
    }

    /// Sends a request about a resource; says whether the service takes it, as far as that is known at once.
    async fn about(&self, method: &str, uri: &str) -> Result<bool, Refusal> {
        let (id, named) = (new_id(&self.party)?, quoted(uri));
        let body = format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"{method}","params":{{"uri":{named}}}}}"#);
        match &self.channel {
            Channel::Sent(_) | Channel::Streamable(_) => {
                let mut wire = session::post(&self.party, Some(&self.begun), body).await?;
                let answer = session::answer(&mut wire).await?;
                Ok(Object::parse(&answer).is_some_and(|answer| answer.get("result").is_some()))
            }
            // The answer comes on the stream, some time.
            Channel::Sse(_, target) => {
                posted::told(&self.party, target, body).await?;
                Ok(!self.told(&Topics::all(vec![uri.to_owned()])).uris.is_empty())
            }
        }
    }
}
