//! The gateway: its routes, and the nine phases of a call.

mod account;
mod admin;
mod admit;
mod all;
mod anew;
mod answer;
mod approval;
mod batch;
mod bridge;
mod call;
mod checkpoint;
mod client;
mod clock;
mod confirm;
mod connect;
mod conversation;
mod cors;
mod departed;
mod event;
mod front;
mod maintenance;
mod news;
mod noted;
mod pins;
mod questions;
mod quota;
mod rewrap;
mod rounds;
mod session;
mod silence;
mod source;
mod standin;
mod state;
mod task;
mod webhook;
mod word;

use std::sync::LazyLock;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use matchit::{Match, Router};

use crate::audit::{self, Reason};
use crate::body::Body;
use crate::context::Context;
use crate::error::Refusal;
use crate::host::{Host, Incoming, Level, LogLine};
use crate::line::Line;
use crate::mcp::message::{Kind as MessageKind, Message};
use crate::mcp::revision::Era;
use crate::oidc::Session;
use crate::page::{self, Problem};
use crate::pii::Given;
use crate::{oauth, oidc};

use account::Account;
use answer::Exchange;
use confirm::{Brought, Confirmed};
use cors::Reader;
use front::Front;
use quota::Quotas;
use source::Source;

/// The gateway on a host.
#[derive(Clone, Debug)]
pub struct Gateway<H: Host> {
    host: H,
}

/// What a path is about.
#[derive(Clone, Copy)]
enum Route {
    Mcp,
    ResourceMetadata,
    ServerMetadata,
    Jwks,
    Register,
    Authorize,
    Token,
    Revoke,
    Login,
    Callback,
    Logout,
    Home,
    RevokeClient,
    Approve,
    Connections,
    Connect,
    Connected,
    Document,
    Admin,
    AdminTokens,
    AdminToken,
    RemovePerson,
    Checkpoint,
    AuditKeys,
    Checkpoints,
    ResolveActor,
    Pins,
    Pin,
    Throughput,
    ReleaseHold,
    AuditExport,
    AuditDeliveries,
    AuditReplay,
}

impl Route {
    /// The methods that it has (RFC 9110 §10.2.1).
    fn methods(self) -> &'static str {
        match self {
            Self::Register
            | Self::Token
            | Self::Revoke
            | Self::Logout
            | Self::RevokeClient
            | Self::RemovePerson
            | Self::ResolveActor
            | Self::ReleaseHold
            | Self::AuditReplay => "POST",
            Self::Authorize | Self::Approve | Self::Connect | Self::AdminTokens | Self::Pin => "GET, POST",
            Self::AdminToken => "DELETE, POST",
            Self::Mcp => "GET, POST, DELETE",
            Self::ResourceMetadata
            | Self::ServerMetadata
            | Self::Jwks
            | Self::Login
            | Self::Callback
            | Self::Home
            | Self::Connections
            | Self::Connected
            | Self::Document
            | Self::Admin
            | Self::Checkpoint
            | Self::AuditKeys
            | Self::Checkpoints
            | Self::Pins
            | Self::Throughput
            | Self::AuditExport
            | Self::AuditDeliveries => "GET",
        }
    }
}

static ROUTES: LazyLock<Router<Route>> = LazyLock::new(|| {
    let mut router = Router::new();
    for (path, route) in [
        ("/mcp/{service}", Route::Mcp),
        ("/mcp", Route::Mcp),
        ("/.well-known/oauth-protected-resource/mcp", Route::ResourceMetadata),
        ("/.well-known/oauth-protected-resource/mcp/{service}", Route::ResourceMetadata),
        ("/.well-known/oauth-authorization-server", Route::ServerMetadata),
        ("/jwks.json", Route::Jwks),
        ("/register", Route::Register),
        ("/authorize", Route::Authorize),
        ("/token", Route::Token),
        ("/revoke", Route::Revoke),
        ("/login", Route::Login),
        ("/callback", Route::Callback),
        ("/logout", Route::Logout),
        ("/", Route::Home),
        ("/clients/revoke", Route::RevokeClient),
        ("/approve/{id}", Route::Approve),
        ("/connections", Route::Connections),
        ("/connect/{service}", Route::Connect),
        ("/connect/{service}/callback", Route::Connected),
        ("/oauth/client/{service}.json", Route::Document),
        ("/admin", Route::Admin),
        ("/admin/tokens", Route::AdminTokens),
        ("/admin/tokens/{id}", Route::AdminToken),
        ("/admin/people/remove", Route::RemovePerson),
        ("/admin/audit/checkpoints", Route::Checkpoints),
        ("/admin/audit/resolve", Route::ResolveActor),
        ("/audit/checkpoint", Route::Checkpoint),
        ("/audit/keys", Route::AuditKeys),
        ("/admin/pins", Route::Pins),
        ("/admin/pins/{id}", Route::Pin),
        ("/admin/throughput", Route::Throughput),
        ("/admin/holds/{id}/release", Route::ReleaseHold),
        ("/admin/audit/export", Route::AuditExport),
        ("/admin/audit/deliveries", Route::AuditDeliveries),
        ("/admin/audit/deliveries/{sink}/replay", Route::AuditReplay),
    ] {
        // Fails only for paths that collide, which a test would show at once.
        let _ = router.insert(path, route);
    }
    router
});

impl<H: Host> Gateway<H> {
    /// A gateway on this host.
    pub fn new(host: H) -> Self {
        Self { host }
    }

    /// Answers a request. Its URI is absolute.
    pub async fn handle(&self, request: Request<Incoming>) -> Response<Body> {
        match front::admit(&self.host, &request).await {
            Front::Answer(response) => response,
            Front::Go(context) => {
                let reader = Reader::of(&context, &request);
                front::safe(&context, reader.may_read(route(&context, request).await))
            }
        }
    }

    /// Takes messages from the audit queue; says for each whether it is done with.
    pub async fn consume(&self, messages: Vec<String>) -> Vec<bool> {
        match front::setup(&self.host).await {
            Ok(setup) => {
                let context = Context::new(self.host.clone(), setup);
                let done = audit::consume(&context, messages).await;
                // Messages are done with when they are in the chain: no sink keeps them on the queue.
                let host = context.host.clone();
                host.after_response(Box::pin(async move { audit::deliver_soon(&context).await }));
                done
            }
            Err(missing) => {
                self.host.log(missing.log());
                vec![false; messages.len()]
            }
        }
    }

    /// What a clock should start every few minutes: expired rows are deleted, spooled audit events move on.
    pub async fn maintain(&self) {
        match front::setup(&self.host).await {
            Ok(setup) => maintenance::run(&Context::new(self.host.clone(), setup)).await,
            Err(missing) => self.host.log(missing.log()),
        }
    }
}

async fn route<H: Host>(context: &Context<H>, request: Request<Incoming>) -> Response<Body> {
    let path = request.uri().path().to_owned();
    let Ok(matched) = ROUTES.at(&path) else { return front::not_found() };
    if let Route::Mcp = matched.value {
        if request.method() == Method::OPTIONS {
            return cors::preflight(request.headers());
        }
        let service = matched.params.get("service").map(str::to_owned);
        let Some(messages) = batch::split(&request) else {
            let (parts, body) = request.into_parts();
            let (streams, long) = (silence::takes_stream(&parts), silence::may_be_long(&parts));
            let request = Request::from_parts(parts, body);
            if !streams {
                return endpoint(context, service.as_deref(), request).await;
            }
            let (line, heard) = Line::open();
            let context = Context { line, ..context.clone() };
            let host = context.host.clone();
            let answering = async move { endpoint(&context, service.as_deref(), request).await };
            return silence::answer(host, heard, long, answering).await;
        };
        let (context, parts) = (context.clone(), request.into_parts().0);
        let one = move |message| {
            let (context, service, parts) = (context.clone(), service.clone(), parts.clone());
            let request = Request::from_parts(parts, Incoming::Whole(message));
            Box::pin(async move { endpoint(&context, service.as_deref(), request).await })
        };
        return batch::answer(messages, one).await;
    }
    let Some(request) = front::whole(request) else { return front::too_large() };
    let method = match *request.method() {
        Method::HEAD => Method::GET,
        ref method => method.clone(),
    };
    match (matched.value, method) {
        (
            Route::ResourceMetadata
            | Route::ServerMetadata
            | Route::Jwks
            | Route::Register
            | Route::Token
            | Route::Revoke,
            Method::OPTIONS,
        ) => oauth::preflight(),
        (Route::ResourceMetadata, Method::GET) => {
            oauth::resource_metadata(context, matched.params.get("service"))
        }
        (Route::ServerMetadata, Method::GET) => oauth::server_metadata(context),
        (Route::Jwks, Method::GET) => oauth::jwks(context),
        (Route::Register, Method::POST) => oauth::register(context, &request).await,
        (Route::Authorize, Method::GET) => oauth::authorize(context, &request).await,
        (Route::Authorize, Method::POST) => oauth::consent(context, &request).await,
        (Route::Token, Method::POST) => oauth::token(context, &request).await,
        (Route::Revoke, Method::POST) => oauth::revoke(context, &request).await,
        (Route::Login, Method::GET) => oidc::login(context, &request).await,
        (Route::Callback, Method::GET) => oidc::callback(context, &request).await,
        (Route::Logout, Method::POST) => oidc::logout(context, &request).await,
        (Route::Home, Method::GET) => oidc::home(context, &request).await,
        (Route::RevokeClient, Method::POST) => oauth::take_back(context, &request).await,
        (Route::Approve, Method::GET | Method::POST) => {
            approve(context, matched.params.get("id").unwrap_or_default(), &request).await
        }
        (Route::Connections, Method::GET) => connect::list(context, &request).await,
        (Route::Connect, Method::GET) => connect::show(context, service(&matched), &request).await,
        (Route::Connect, Method::POST) => connect::decide(context, service(&matched), &request).await,
        (Route::Connected, Method::GET) => connect::callback(context, service(&matched), &request).await,
        (Route::Document, Method::GET) => connect::document(context, service(&matched)),
        (Route::Admin, Method::GET) => admin::overview(context, &request).await,
        (Route::AdminTokens, Method::GET) => admin::list_tokens(context, &request).await,
        (Route::AdminTokens, Method::POST) => admin::make_token(context, &request).await,
        (Route::AdminToken, Method::DELETE | Method::POST) => {
            admin::end_token(context, matched.params.get("id").unwrap_or_default(), &request).await
        }
        (Route::RemovePerson, Method::POST) => admin::remove_person(context, &request).await,
        (Route::Checkpoints, Method::GET) => admin::checkpoints(context, &request).await,
        (Route::ResolveActor, Method::POST) => admin::resolve_actor(context, &request).await,
        (Route::Checkpoint, Method::GET) => checkpoint::newest(context).await,
        (Route::AuditKeys, Method::GET) => checkpoint::keys(context),
        (Route::Pins, Method::GET) => admin::list_pins(context, &request).await,
        (Route::Pin, Method::GET) => {
            admin::show_pin(context, matched.params.get("id").unwrap_or_default(), &request).await
        }
        (Route::Pin, Method::POST) => {
            admin::decide_pin(context, matched.params.get("id").unwrap_or_default(), &request).await
        }
        (Route::Throughput, Method::GET) => admin::show_throughput(context, &request).await,
        (Route::ReleaseHold, Method::POST) => {
            admin::release_hold(context, matched.params.get("id").unwrap_or_default(), &request).await
        }
        (Route::AuditExport, Method::GET) => admin::export_audit(context, &request).await,
        (Route::AuditDeliveries, Method::GET) => admin::list_deliveries(context, &request).await,
        (Route::AuditReplay, Method::POST) => {
            admin::replay_delivery(context, matched.params.get("sink").unwrap_or_default(), &request).await
        }
        (route, _) => front::not_allowed(route.methods()),
    }
}

fn service<'a>(matched: &Match<'a, 'a, &Route>) -> &'a str {
    matched.params.get("service").unwrap_or_default()
}

/// `/mcp/{service}`, or `/mcp` for all services.
async fn endpoint<H: Host>(
    context: &Context<H>,
    service: Option<&str>,
    request: Request<Incoming>,
) -> Response<Body> {
    match service {
        Some(service) => mcp(context, service, request).await,
        None => all::mcp(context, request).await,
    }
}

/// `/approve/{id}`, for whoever is signed in.
async fn approve<H: Host>(context: &Context<H>, id: &str, request: &Request<Bytes>) -> Response<Body> {
    match Session::of(context, request.headers()).await {
        Ok(Some(session)) if request.method() == Method::POST => {
            approval::decide(context, &session, id, request).await
        }
        Ok(Some(session)) => approval::show(context, &session, id).await,
        Ok(None) => page::see_other(&oidc::login_path(request.uri().path())),
        Err(error) => page::problem(&Problem::gateway(context, &error)),
    }
}

/// `/mcp/{service}`: a message, or, in sessions of older revisions, their stream and their end.
async fn mcp<H: Host>(context: &Context<H>, service: &str, request: Request<Incoming>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let message = front::message(&parts.headers, &body);
    let mut account = Account::new(context, service);
    let answered = match parts.method {
        Method::POST => call(context, Door::Own, service, &parts.headers, &message, &mut account).await,
        Method::GET | Method::DELETE => session(context, service, &parts, &mut account).await,
        _ => return front::post_only(),
    };
    settled(context, answered, &mut account)
        .await
        .unwrap_or_else(|refusal| front::refused(&message, &refusal))
}

/// Puts a refusal on record; says the one to answer with.
async fn settled<H: Host, T>(
    context: &Context<H>,
    answered: Result<T, Refusal>,
    account: &mut Account<H>,
) -> Result<T, Refusal> {
    let refusal = match answered {
        Ok(answer) => return Ok(answer),
        Err(refusal) => refusal,
    };
    context.host.log(
        LogLine::new(Level::Info, "refused")
            .word("reason", refusal.reason.name())
            .word("fault", refusal.fault.name()),
    );
    account.close(refusal.outcome()).await?;
    Err(refusal)
}

/// The address that a call came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Door {
    /// `/mcp/{service}`.
    Own,
    /// `/mcp`, for one service or for each of them.
    Shared,
}

/// The nine phases of a call.
async fn call<H: Host>(
    context: &Context<H>,
    door: Door,
    service: &str,
    headers: &HeaderMap,
    message: &Result<Message, Refusal>,
    account: &mut Account<H>,
) -> Result<Response<Body>, Refusal> {
    let principal = admit::authenticate(context, headers, door, service, account)?;

    let admitted = admit::admit(context, door, principal, service).await?;

    let message = standin::without_our_question(message.clone()?)?;
    if let Some(taken) = confirm::taken(context, &admitted, &message).await? {
        return Ok(taken);
    }
    let (message, brought) = confirm::brought(context, &admitted, message)?;
    // Boxed, here and below: a future is as large as whatever it may wait for, and wasm has little stack.
    match Box::pin(asked(context, &admitted, headers, &message, brought, account)).await {
        Err(refusal) if matches!(refusal.reason, Reason::NotConnected | Reason::SignInNeeded) => {
            Box::pin(standin::answer(context, &admitted, headers, &message, account, refusal)).await
        }
        answer => answer,
    }
}

/// The phases about one message, from what it says to what the service answers.
async fn asked<H: Host>(
    context: &Context<H>,
    admitted: &admit::Admitted<'_>,
    headers: &HeaderMap,
    message: &Message,
    brought: Brought,
    account: &mut Account<H>,
) -> Result<Response<Body>, Refusal> {
    let resolved = Box::pin(call::resolve(context, admitted, headers, message.clone(), account)).await?;

    // In this order nobody is asked for a yes to a call that is not to be made, and only what is made is counted.
    admit::not_held(context, admitted.held, &resolved.message, account)?;
    let quotas = Quotas::of(context, admitted, &resolved.message);
    match Box::pin(confirm::confirm(context, &quotas, admitted, headers, &resolved, brought, account)).await?
    {
        Confirmed::Go => quotas.count(account).await?,
        Confirmed::Asks(result) => return confirm::asks(&resolved, &result, account).await,
    }

    let message = &resolved.message;
    let about = (message.tool().map(str::to_owned), message.uri().map(str::to_owned));
    let (states, page) = (resolved.states.clone(), pins::Page::of(message));
    let (era, mirrors, request) = (resolved.era, resolved.mirrors, resolved.request());
    let again = resolved.mints().then(|| resolved.clone());
    let sent = match (Box::pin(sent(context, admitted, resolved, account)).await, again) {
        (Err(refusal), Some(before)) if refusal.reason == Reason::HeaderMismatch => {
            let resolved = Box::pin(anew::resolve(context, admitted, headers, &before, account)).await?;
            Box::pin(sent(context, admitted, resolved, account)).await
        }
        (sent, _) => sent,
    };
    // The other phases follow in `answered`, for the answer or for each event of its stream.
    let Sent { answer, given } = sent?;
    let wanted = request.is_some();
    let exchange = Exchange::new(context, admitted, era, request, account, given);
    let answer = exchange.mirroring(mirrors).sealing(states).about(about).at(page).answer(answer).await?;
    Ok(if wanted { answer } else { taken(answer) })
}

/// A message that was sent to its service.
struct Sent<H: Host> {
    answer: Source<H>,
    /// What the service was given in the place of pseudonyms.
    given: Given,
}

/// The phases that send a message.
async fn sent<H: Host>(
    context: &Context<H>,
    admitted: &admit::Admitted<'_>,
    resolved: call::Resolved,
    account: &mut Account<H>,
) -> Result<Sent<H>, Refusal> {
    let (era, way) = (resolved.era, resolved.way.clone());
    let answer = (resolved.message.kind == MessageKind::Response).then(|| resolved.clone());
    let (outgoing, given) = match (call::rehydrate(context, admitted, resolved, account).await, answer) {
        (Err(refusal), Some(answer)) => {
            return Err(questions::refused(context, admitted, answer, refusal).await);
        }
        (rehydrated, _) => rehydrated?,
    };

    account.announce().await?;
    let answer = call::forward(context, admitted, &way, era, outgoing).await?;
    Ok(Sent { answer, given })
}

/// The answer to a message that wants none: 202 and nothing else, however the service said that it took it.
fn taken(mut answer: Response<Body>) -> Response<Body> {
    if answer.status().is_success() && answer.headers().get(header::CONTENT_TYPE).is_none_or(is_json) {
        answer = Response::new(Body::empty());
        *answer.status_mut() = StatusCode::ACCEPTED;
    }
    answer
}

fn is_json(content_type: &HeaderValue) -> bool {
    content_type == "application/json"
}

/// The phases after the service was asked, for each message of its answer; [`None`] for one that is nothing to this
/// person.
async fn answered<H: Host>(exchange: &mut Exchange<H>, text: &str) -> Result<Option<String>, Refusal> {
    let Some(answer) = exchange.claim(exchange.read(text)?).await? else { return Ok(None) };

    let listed = exchange.listed(answer).await?;

    let capped = exchange.cap(listed)?;

    let masked = exchange.pseudonymize(&capped).await?;

    exchange.record(&capped, &masked).await?;
    Ok(Some(masked))
}

/// The stream (GET) or the end (DELETE) of a session of an older revision. Nothing is asked, so the phases in the
/// middle have nothing to do.
async fn session<H: Host>(
    context: &Context<H>,
    service: &str,
    parts: &Parts,
    account: &mut Account<H>,
) -> Result<Response<Body>, Refusal> {
    let principal = admit::authenticate(context, &parts.headers, Door::Own, service, account)?;
    if front::has_no_session(&parts.headers) && !event::resumes(parts) {
        return Ok(front::post_only());
    }
    let admitted = admit::admit(context, Door::Own, principal, service).await?;
    if event::resumes(parts) {
        admit::given(context, admitted.held, admit::LATER, account)?;
    }
    if session::is_bare(context, &admitted, &parts.headers) && !event::resumes(parts) {
        return Ok(match parts.method {
            Method::DELETE => Response::new(Body::empty()),
            _ => front::post_only(),
        });
    }
    let answer = call::in_session(context, &admitted, parts).await?;
    // One that is none was refused, or is nothing to this service.
    let last = event::last(context, &admitted, &parts.headers).ok().flatten();
    let exchange = Exchange::new(context, &admitted, Era::Legacy, None, account, Given::default());
    exchange.about((last.and_then(|last| last.tool), None)).answer(answer).await
}
