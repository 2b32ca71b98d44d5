//! A session's own stream (`GET`) while a request of it waits. Services up to 2025-11-25 may ask the client there
//! ("Listening for Messages from the Server"), and many do, whatever request made them ask.

use std::future::pending;
use std::pin::{Pin, pin};
use std::time::Duration;

use futures_util::future::{Either, select};
use http::StatusCode;

use super::Dialect;
use super::session::{self, Session};
use super::talk::Party;
use super::wire::Wire;
use crate::error::Refusal;
use crate::host::Host;
use crate::mcp::sse::Event;

/// How long a request waits for the stream to begin. A service that sends no head before there is something to say is
/// late, and listened to all the same.
const WAIT: Duration = Duration::from_secs(1);
/// A session has one such stream. How often, and after what time, it is tried again while that of the request before
/// still counts as open.
const TRIES: usize = 3;
const PAUSE: Duration = Duration::from_millis(100);

/// The stream, or what becomes it.
pub(super) enum Aside<H: Host> {
    Opening(Pin<Box<dyn Future<Output = Result<Wire<H>, Refusal>>>>),
    Open(Box<Wire<H>>),
    /// There is none, or none any more.
    Closed,
}

impl<H: Host> Aside<H> {
    /// Opens the stream of a session that one request has alone, before that request is sent. Gives the session to send
    /// it in: another where the service does not know this one any more.
    pub(super) async fn open(party: &Party<H>, mut session: Session) -> Result<(Session, Self), Refusal> {
        let host = &party.context.host;
        let mut tries = 0;
        while session.is_alone() {
            let (asker, begun) = (party.clone(), session.begun.clone());
            let opening = Box::pin(async move { session::get(&asker, &begun, None).await });
            let mut wire = match select(opening, pin!(host.sleep(WAIT))).await {
                Either::Left((Ok(wire), _)) => wire,
                // What is the matter the request itself will show.
                Either::Left((Err(_), _)) => return Ok((session, Self::Closed)),
                Either::Right(((), opening)) => return Ok((session, Self::Opening(opening))),
            };
            if wire.is_stream() {
                return Ok((session, Self::Open(Box::new(wire))));
            }
            if wire.status == StatusCode::CONFLICT && tries < TRIES {
                tries += 1;
                host.sleep(PAUSE).await;
                continue;
            }
            let lost = wire.status == StatusCode::CONFLICT || session::is_forgotten(&mut wire, "").await?;
            if session.recalled && lost {
                session = session.anew(party).await?;
                continue;
            }
            match wire.status {
                StatusCode::CONFLICT | StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => {
                    return Ok((session, Self::Closed));
                }
                status if status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED => {
                    return Ok((session, Self::Closed));
                }
                status => {
                    // Anything else may come from something that stands before the service, and be over soon.
                    let sure =
                        [StatusCode::METHOD_NOT_ALLOWED, StatusCode::NOT_IMPLEMENTED].contains(&status);
                    Dialect::is_silent(party, sure).await;
                    return Ok((session.share(party).await?, Self::Closed));
                }
            }
        }
        Ok((session, Self::Closed))
    }

    /// What comes next on it. Never anything once it is closed: the request does not need it.
    pub(super) async fn next(&mut self) -> Event {
        loop {
            match self {
                Self::Opening(opening) => match opening.as_mut().await {
                    Ok(wire) if wire.is_stream() => *self = Self::Open(Box::new(wire)),
                    _ => *self = Self::Closed,
                },
                Self::Open(wire) => match wire.next().await {
                    Ok(Some(event)) => return event,
                    _ => *self = Self::Closed,
                },
                Self::Closed => pending().await,
            }
        }
    }
}
