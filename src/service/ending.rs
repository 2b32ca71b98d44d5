//! The end of sessions with services of older revisions that nobody is to use any more.

use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::{join_all, select};

use super::own_facts;
use super::session::{self, Begun};
use super::talk::Party;
use crate::context::Context;
use crate::host::{Host, PortError};
use crate::store::{person, service_session as store};

/// How long a person waits for their sessions to be ended.
const GOODBYE: Duration = Duration::from_secs(3);
/// How many sessions that nobody used for a while are ended at once, how long that takes at most, and how often it is
/// done in one maintenance.
const BATCH: i64 = 50;
const FAREWELL: Duration = Duration::from_secs(10);
const BATCHES: usize = 20;

/// Ends all sessions that a person has with a service: they are their former account's.
///
/// # Errors
/// When the database fails.
pub(super) async fn end_all<H: Host>(party: &Party<H>) -> Result<(), PortError> {
    let host = &party.context.host;
    let sessions = store::take_all(host, &party.person, &party.service.id).await?;
    let begun = sessions.iter().filter_map(|session| Begun::of(session, &party.key));
    let ended = join_all(begun.map(|begun| async move { begun.end(party).await }));
    // A service that does not answer keeps them until it forgets them; nobody can name them any more.
    select(pin!(ended), pin!(host.sleep(GOODBYE))).await;
    Ok(())
}

/// Ends the sessions that are kept for a client which ended its own, at their services too: later, nobody waits for
/// that. The parties are the client, with each service.
pub fn end_kept<H: Host>(parties: Vec<Party<H>>) {
    let Some(party) = parties.first().cloned() else { return };
    let host = party.context.host.clone();
    host.after_response(Box::pin(async move {
        let (host, rows) =
            (&party.context.host, parties.iter().flat_map(session::kept_rows).collect::<Vec<_>>());
        // What stays is ended when nobody used it for a while.
        if let Ok(over) = store::take_these(host, &party.person, &rows).await {
            let _ = end_these(&party.context, over).await;
        }
    }));
}

/// Ends the sessions that nobody used for a while, at their services too.
///
/// # Errors
/// When the database fails.
pub async fn end_expired<H: Host>(context: &Context<H>) -> Result<(), PortError> {
    for _ in 0..BATCHES {
        let over = store::take_expired(&context.host, context.host.now(), BATCH).await?;
        let last = over.len() < BATCH as usize;
        end_these(context, over).await?;
        if last {
            break;
        }
    }
    Ok(())
}

async fn end_these<H: Host>(context: &Context<H>, over: Vec<store::Over>) -> Result<(), PortError> {
    let mut these = Vec::new();
    for session in over {
        let Some(service) = context.setup.config.service(&session.service) else { continue };
        let Some(key) = person::data_key(context, &session.person).await? else { continue };
        let Some(begun) = Begun::of(&session, &key) else { continue };
        let party = Party {
            context: context.clone(),
            service: Rc::clone(service),
            person: session.person,
            key,
            facts: Rc::new(own_facts()),
        };
        these.push(async move { begun.end(&party).await });
    }
    // One that does not answer keeps no other waiting.
    select(pin!(join_all(these)), pin!(context.host.sleep(FAREWELL))).await;
    Ok(())
}
