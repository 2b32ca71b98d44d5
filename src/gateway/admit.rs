//! The first two phases: who calls, and what they may use.

use std::rc::Rc;

use http::{HeaderMap, StatusCode, header};

use super::account::Account;
use super::{Door, front};
use crate::access;
use crate::audit::Reason;
use crate::config::{Role, Service};
use crate::context::Context;
use crate::crypto::{DataKey, TokenError};
use crate::error::{Fault, Refusal, Shape};
use crate::host::{Host, Level, LogLine, PortError};
use crate::mcp::message::Message;
use crate::mcp::task;
use crate::oauth::{self, Principal, Resource};
use crate::store::person::{self, Entered};

/// Who calls, proven by their token.
pub(super) fn authenticate<H: Host>(
    context: &Context<H>,
    headers: &HeaderMap,
    door: Door,
    service: &str,
    account: &mut Account<H>,
) -> Result<Principal, Refusal> {
    let resource = match door {
        Door::Own => Resource::of(&context.setup.config, service),
        Door::Shared => Some(Resource::all()),
    };
    let Some(resource) = resource else {
        account.worthless = !headers.contains_key(header::AUTHORIZATION);
        return Err(no_such_service(Reason::ServiceUnknown));
    };
    let challenge = match oauth::authenticate(context, headers, &resource) {
        Ok(principal) => {
            account.principal(&principal);
            return Ok(principal);
        }
        Err(challenge) => challenge,
    };
    // Every client begins without a token: that is how it learns where to get one.
    account.worthless = challenge.error().is_none();
    let (reason, text) = match challenge.error() {
        None => (Reason::NotAuthenticated, "Sign in: this address needs an access token."),
        Some(TokenError::Expired) => (Reason::TokenExpired, "The access token has expired. Refresh it."),
        Some(TokenError::Invalid) => {
            (Reason::NotAuthenticated, "The access token is not one for this address.")
        }
    };
    let shape = Shape::Http(StatusCode::UNAUTHORIZED, vec![(header::WWW_AUTHENTICATE, challenge.header())]);
    Err(Refusal { shape, ..Refusal::new(Fault::Caller, reason, text) })
}

/// A person who may use a service.
pub(super) struct Admitted<'a> {
    pub(super) principal: Principal,
    /// Their data key: they were not erased since their token was issued.
    pub(super) key: DataKey,
    /// Whether their calls wait for an administrator.
    pub(super) held: bool,
    pub(super) service: &'a Rc<Service>,
    /// Where the request came in.
    pub(super) door: Door,
    pub(super) role: &'a Role,
}

/// Role -> services. The same answer for a service that is not there and one that is not theirs.
pub(super) async fn admit<'a, H: Host>(
    context: &'a Context<H>,
    door: Door,
    principal: Principal,
    service: &str,
) -> Result<Admitted<'a>, Refusal> {
    let config = &context.setup.config;
    let role = config.access.roles.get(principal.role()).filter(|role| role.allows_service(service));
    let Some((role, service)) = role.zip(config.service(service)) else {
        let reason = match config.service(service) {
            Some(_) => Reason::ServiceNotAllowed,
            None => Reason::ServiceUnknown,
        };
        return Err(no_such_service(reason));
    };
    let Entered { key, held } = entered(context, &principal).await?;
    Ok(Admitted { principal, key, held, service, door, role })
}

fn no_such_service(reason: Reason) -> Refusal {
    let text = "There is no such service here for you. The gateway's start page lists those that are.";
    Refusal::http(StatusCode::NOT_FOUND, reason, text)
}

impl Admitted<'_> {
    /// Whether the person may use a tool of this service.
    pub(super) fn allows(&self, tool: &str) -> bool {
        self.role.allows(&self.service.id, tool)
    }
}

/// What pulls something from a service. A list of tools is not among it: it says what there is to call.
const PULLS: [&str; 10] = [
    "tools/call",
    "prompts/list",
    "prompts/get",
    "resources/list",
    "resources/templates/list",
    "resources/read",
    "completion/complete",
    "tasks/list",
    "tasks/get",
    "tasks/result",
];

/// Whose calls wait for an administrator makes none, whatever client, token or address they come with.
pub(super) fn not_held<H: Host>(
    context: &Context<H>,
    held: bool,
    message: &Message,
    account: &mut Account<H>,
) -> Result<(), Refusal> {
    let pulls = |method| PULLS.contains(&method) || task::wanted(message).is_some();
    let pulls = message.id().is_some() && (!message.is_known() || message.method().is_some_and(pulls));
    given(context, held && pulls, "Nothing was sent.", account)
}

/// Nothing is given to who is `held`; `so` says what that means for this.
pub(super) fn given<H: Host>(
    context: &Context<H>,
    held: bool,
    so: &str,
    account: &mut Account<H>,
) -> Result<(), Refusal> {
    let mode = context.setup.config.modes.throughput;
    if !held || !mode.looks() {
        return Ok(());
    }
    if !mode.stops() {
        account.observe(Reason::Held);
        return Ok(());
    }
    let text = format!(
        "More was read here in your name than is usual, so your calls are held until an administrator decides. {so} No \
         other client, token or address changes that: ask those who run the gateway to release you, and do not try \
         again until then."
    );
    Err(Refusal::new(Fault::Caller, Reason::Held, text))
}

/// What a service has ready is not given, on a stream, to who is held by now: it stays where it is.
pub(super) async fn given_now<H: Host>(
    context: &Context<H>,
    principal: &Principal,
    account: &mut Account<H>,
) -> Result<(), Refusal> {
    if !context.setup.config.modes.throughput.looks() {
        return Ok(());
    }
    let held = entered(context, principal).await?.held;
    given(context, held, LATER, account)
}

/// What a hold means for a stream.
pub(super) const LATER: &str = "What the service has ready for you stays there.";

/// The one challenge that tells a client which scope to come back with.
pub(super) fn reads_only<H: Host>(context: &Context<H>, admitted: &Admitted<'_>) -> Refusal {
    let config = &context.setup.config;
    let resource = match admitted.door {
        Door::Own => Resource::of(config, &admitted.service.id),
        Door::Shared => None,
    };
    let challenge = oauth::insufficient_scope(config, &resource.unwrap_or_else(Resource::all));
    let text = "This client may only read. Let it ask for the scope mcp, and try again.";
    let shape = Shape::Http(StatusCode::FORBIDDEN, vec![(header::WWW_AUTHENTICATE, challenge)]);
    Refusal { shape, ..Refusal::new(Fault::Caller, Reason::ScopeInsufficient, text) }
}

/// The person's data key.
pub(super) async fn data_key<H: Host>(
    context: &Context<H>,
    principal: &Principal,
) -> Result<DataKey, Refusal> {
    entered(context, principal).await.map(|entered| entered.key)
}

/// The same, and whether they are held.
pub(super) async fn entered<H: Host>(
    context: &Context<H>,
    principal: &Principal,
) -> Result<Entered, Refusal> {
    match person::admitted_key(context, principal.person(), principal.generation()).await {
        Ok(Some(entered)) => Ok(entered),
        Ok(None) => {
            let text = "The access of this person to the gateway was ended. Sign in again.";
            let challenge = vec![(header::WWW_AUTHENTICATE, principal.voided().header())];
            let shape = Shape::Http(StatusCode::UNAUTHORIZED, challenge);
            Err(Refusal { shape, ..Refusal::new(Fault::Caller, Reason::AccessEnded, text) })
        }
        Err(error) => Err(storage(context, &error)),
    }
}

/// Whether a person whose token is over by now may still use what it was for: an answer that is under way goes on as long
/// as they may.
pub(super) async fn still<H: Host>(
    context: &Context<H>,
    principal: &Principal,
    service: &str,
) -> Result<(), Refusal> {
    let setup = front::setup(&context.host)
        .await
        .map_err(|_| storage(context, &PortError::new("sql", "the configuration cannot be read")))?;
    let context = Context::new(context.host.clone(), setup);
    let review =
        access::review(&context, principal.person()).await.map_err(|error| storage(&context, &error))?;
    let role = review.and_then(|review| review.decision.ok());
    let role = role.and_then(|admitted| context.setup.config.access.roles.get(admitted.role()));
    match role.filter(|role| role.allows_service(service)) {
        Some(_) => Ok(()),
        None => {
            let text = "The access of this person to this was taken out of the configuration.";
            Err(Refusal::new(Fault::Caller, Reason::ServiceNotAllowed, text))
        }
    }
}

/// The refusal when our own database does not answer, or what it holds cannot be opened.
pub(super) fn storage<H: Host>(context: &Context<H>, error: &PortError) -> Refusal {
    context.host.log(LogLine::new(Level::Error, "storage_failed").port(error));
    let (reason, text) = match error.port {
        "keys" => (
            Reason::KeysUnavailable,
            "The gateway cannot open what it keeps for you: the key for that is not to be had. Nothing was sent. Try \
             again in a moment; if it stays like this, tell those who run the gateway.",
        ),
        _ => (
            Reason::StorageUnavailable,
            "The gateway's database does not answer; nothing was sent. Try again in a moment.",
        ),
    };
    Refusal::new(Fault::Gateway, reason, text)
}
