//! A session's own stream (`GET`) while a request of it waits. Services up to 2025-11-25 may ask the client there
//! ("Listening for Messages from the Server"), and many do, whatever request made them ask.

use std::future::pending;
use std::pin::{Pin, pin};
use std::time::Duration;

use futures_util::future::{Either, select};
use http::StatusCode;

use super::Dialect;
use super::mark::Mark;
use super::session::{self, Begun, Session};
use super::talk::Party;
use super::wire::Wire;
use crate::error::Refusal;
use crate::host::{Host, Timestamp};
use crate::mcp::sse::Event;

/// How long a request waits for the stream to begin. A service that sends no head before there is something to say is
/// late, and listened to all the same.
const WAIT: Duration = Duration::from_secs(1);
/// A session has one such stream. How often, and after what time, it is tried again while that of the request before
/// still counts as open.
const TRIES: usize = 3;
const PAUSE: Duration = Duration::from_millis(100);

/// One that was open for so long was worth it. It may well bring news that nobody waits for, and end each time.
const WORTH: Duration = Duration::from_secs(10);

/// The stream, while a request waits.
pub(super) struct Aside<H: Host> {
    state: State<H>,
    /// What it takes to open it again.
    of: Option<(Party<H>, Begun)>,
    mark: Mark,
    /// When it began.
    since: Timestamp,
}

enum State<H: Host> {
    Opening(Pin<Box<dyn Future<Output = Result<Wire<H>, Refusal>>>>),
    Open(Box<Wire<H>>),
    /// There is none, or none any more.
    Closed,
}

impl<H: Host> Aside<H> {
    /// None.
    pub(super) fn closed() -> Self {
        Self { state: State::Closed, of: None, mark: Mark::new(), since: Timestamp(0) }
    }

    /// Whether something may come on it.
    pub(super) fn is_there(&self) -> bool {
        !matches!(self.state, State::Closed)
    }

    fn with(party: &Party<H>, session: &Session, state: State<H>) -> Self {
        let (of, since) = (Some((party.clone(), session.begun.clone())), party.context.host.now());
        Self { state, of, mark: Mark::new(), since }
    }

    /// Opens the stream of a session that one request has alone, before that request is sent. Gives the session to send
    /// it in: another where the service does not know this one any more.
    pub(super) async fn open(party: &Party<H>, mut session: Session) -> Result<(Session, Self), Refusal> {
        let host = &party.context.host;
        let mut tries = 0;
        while session.is_alone() {
            if Dialect::knows_no_stream(party, session.begun.id.as_deref().unwrap_or_default()) {
                break;
            }
            let (asker, begun) = (party.clone(), session.begun.clone());
            let opening = Box::pin(async move { session::get(&asker, &begun, None, true).await });
            let mut wire = match select(opening, pin!(host.sleep(WAIT))).await {
                Either::Left((Ok(wire), _)) => wire,
                // What is the matter the request itself will show.
                Either::Left((Err(_), _)) => return Ok((session, Self::closed())),
                Either::Right(((), opening)) => {
                    let aside = Self::with(party, &session, State::Opening(opening));
                    return Ok((session, aside));
                }
            };
            if wire.is_stream() {
                let aside = Self::with(party, &session, State::Open(Box::new(wire)));
                return Ok((session, aside));
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
                status if is_passing(status) => return Ok((session, Self::closed())),
                status if status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED => {
                    return Ok((session, Self::closed()));
                }
                StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_IMPLEMENTED => {
                    Dialect::is_silent(party).await;
                    return Ok((session.share(party).await?, Self::closed()));
                }
                _ => {
                    // That may come from something that stands before the service, or be about this session alone.
                    Dialect::has_no_stream(party, session.begun.id.as_deref().unwrap_or_default());
                    return Ok((session, Self::closed()));
                }
            }
        }
        Ok((session, Self::closed()))
    }

    /// What comes next on it. One that ends is opened again, a few times: what the service asks later has no other way.
    /// Never anything once it is closed: the request does not need it.
    pub(super) async fn next(&mut self) -> Event {
        loop {
            match &mut self.state {
                State::Opening(opening) => match opening.as_mut().await {
                    Ok(wire) if wire.is_stream() => self.state = State::Open(Box::new(wire)),
                    Ok(wire) if !is_passing(wire.status) => self.state = State::Closed,
                    _ => self.open_again(),
                },
                State::Open(wire) => match wire.next().await {
                    Ok(Some(event)) => {
                        self.mark.note(&event);
                        return event;
                    }
                    _ => self.open_again(),
                },
                State::Closed => pending().await,
            }
        }
    }

    /// It brought what the request waits for.
    pub(super) fn progressed(&mut self) {
        self.mark.progressed();
    }

    fn open_again(&mut self) {
        if let Some((party, _)) = &self.of {
            let now = party.context.host.now();
            if now >= self.since.after(WORTH) {
                self.mark.progressed();
            }
            self.since = now;
        }
        self.state = match (&self.of, self.mark.again()) {
            (Some((party, begun)), Some(pause)) => {
                let (party, begun, last) = (party.clone(), begun.clone(), self.mark.last().cloned());
                State::Opening(Box::pin(async move {
                    party.context.host.sleep(pause).await;
                    session::get(&party, &begun, last.as_ref(), true).await
                }))
            }
            _ => State::Closed,
        };
    }
}

/// Whether a service that says so may have the stream in a moment.
fn is_passing(status: StatusCode) -> bool {
    [StatusCode::CONFLICT, StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS].contains(&status)
}
