//! `GET /mcp`: the news of all services on the stream of a session of an older revision.
//!
//! The stream is open at once, and each service's news come as they do: no service waits for another. One that does
//! not answer, or ends its stream, is asked again after a while.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use async_stream::stream;
use bytes::Bytes;
use futures_util::stream::{self, Stream};
use http::Response;
use http::request::Parts;

use super::gather::{AT_ONCE, services_of};
use super::relay;
use crate::body::Body;
use crate::context::Context;
use crate::error::Refusal;
use crate::gateway::account::Account;
use crate::gateway::answer::Exchange;
use crate::gateway::client::{LOOK, Watched};
use crate::gateway::news::{self, LONGEST};
use crate::gateway::{Door, admit, call, front, settled};
use crate::host::{Host, Timestamp};
use crate::mcp::revision::Era;
use crate::oauth::Principal;
use crate::pii::Given;
use crate::store::client_session::Owner;

/// How soon a service that does not tell its news is asked again.
const PAUSE: Duration = Duration::from_secs(30);
/// How soon a service gets its turn while others are asked.
const TURN: Duration = Duration::from_millis(200);
/// How long a service that does not answer keeps others waiting for theirs.
const MANNERS: Duration = Duration::from_secs(2);

/// The stream of the session that a request names.
pub(super) async fn open<H: Host>(
    context: &Context<H>,
    parts: &Parts,
    account: &mut Account<H>,
) -> Result<Response<Body>, Refusal> {
    let principal = admit::authenticate(context, &parts.headers, Door::Shared, "", account)?;
    if front::has_no_session(&parts.headers) {
        return Ok(front::post_only());
    }
    call::speaks_sessions(&parts.headers)?;
    let key = admit::data_key(context, &principal).await?;
    let owner = Owner { person: principal.person(), key: &key, service: "" };
    let session = Rc::new(Watched::of_headers(context, owner, &parts.headers).await?);
    let until = context.host.now().after(LONGEST).min(principal.expires_at());
    let turns = Rc::default();
    let services = services_of(context, &principal).into_iter().map(|service| Listener {
        context: context.clone(),
        principal: principal.clone(),
        service: service.id.clone(),
        session: Rc::clone(&session),
        turns: Rc::clone(&turns),
        until,
    });
    let news: Vec<News> = services.map(|listener| Box::pin(listener.news()) as News).collect();
    let all = news.into_iter().chain([Box::pin(clock(context.host.clone(), session, until)) as News]);
    Ok(relay::streamed(relay::kept_alive(context.host.clone(), until, stream::select_all(all))))
}

/// Events; [`None`] now and then.
type News = std::pin::Pin<Box<dyn Stream<Item = Option<Bytes>>>>;

/// Lasts as long as the session, also where no service has anything to say.
fn clock<H: Host>(host: H, session: Rc<Watched<H>>, until: Timestamp) -> impl Stream<Item = Option<Bytes>> {
    stream! {
        while host.now() < until && session.goes_on().await {
            host.sleep(LOOK).await;
            yield None;
        }
    }
}

/// Who listens to one service.
struct Listener<H: Host> {
    context: Context<H>,
    principal: Principal,
    service: String,
    session: Rc<Watched<H>>,
    turns: Rc<Turns>,
    until: Timestamp,
}

impl<H: Host> Listener<H> {
    fn news(self) -> impl Stream<Item = Option<Bytes>> {
        stream! {
            let host = self.context.host.clone();
            while host.now() < self.until && self.session.goes_on().await {
                while self.turns.are_taken(host.now()) {
                    host.sleep(TURN).await;
                    yield None;
                }
                if let Ok(body) = self.ask().await {
                    let mut events = relay::Events::of(body);
                    while let Some(Ok(event)) = events.next().await {
                        yield relay::news(&host, &self.service, &event, |_| true);
                    }
                }
                let again = host.now().after(PAUSE);
                while host.now() < again.min(self.until) && self.session.goes_on().await {
                    host.sleep(LOOK).await;
                    yield None;
                }
            }
        }
    }

    /// Asks the service for its news, through the same phases as at its own address.
    async fn ask(&self) -> Result<Body, Refusal> {
        let _turn = Turn::of(&self.turns, self.context.host.now());
        let mut account = Account::new(&self.context, &self.service);
        // Whether a service has news at all shows only when it is asked.
        account.worthless = true;
        let answered = self.answer(&mut account).await;
        settled(&self.context, answered, &mut account).await.map(Response::into_body)
    }

    async fn answer(&self, account: &mut Account<H>) -> Result<Response<Body>, Refusal> {
        let context = &self.context;
        let admitted = admit::admit(context, Door::Shared, self.principal.clone(), &self.service).await?;
        let source = news::in_session(context, &admitted, Rc::clone(&self.session)).await?;
        let exchange = Exchange::new(context, &admitted, Era::Legacy, None, account, Given::default());
        exchange.answer(source).await
    }
}

/// Since when services are asked that have not answered yet.
#[derive(Default)]
struct Turns(RefCell<Vec<Timestamp>>);

impl Turns {
    /// Whether as many as may be are asked at the moment, but for those that take long.
    fn are_taken(&self, now: Timestamp) -> bool {
        self.0.borrow().iter().filter(|since| since.after(MANNERS) > now).count() >= AT_ONCE
    }
}

/// One of them, until it is dropped.
struct Turn(Rc<Turns>, Timestamp);

impl Turn {
    fn of(turns: &Rc<Turns>, now: Timestamp) -> Self {
        turns.0.borrow_mut().push(now);
        Self(Rc::clone(turns), now)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut turns = self.0.0.borrow_mut();
        if let Some(at) = turns.iter().position(|since| *since == self.1) {
            turns.swap_remove(at);
        }
    }
}
