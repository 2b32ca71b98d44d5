//! `POST /token`: codes and refresh tokens are exchanged for access tokens.
//!
//! Everything is checked, then put on record, then granted. A code is gone once its own client has presented it,
//! whether or not the rest holds; presenting it again ends whatever it was exchanged for. Another client's attempt
//! changes nothing.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE};
use http::{Request, Response, StatusCode};
use serde_json::json;

use super::access_token::{self, Grant};
use super::client::Client;
use super::{Form, NO_STORE, Resource, SCOPE, json, on_record, pkce, register};
use crate::access::{self, Admitted};
use crate::audit::{self, Action, Event, Outcome, Reason};
use crate::body::Body;
use crate::context::Context;
use crate::crypto::{Secret, digest};
use crate::error::Fault;
use crate::host::{Host, Level, LogLine, PortError};
use crate::store::{client, code, refresh};

/// The longest request, in bytes.
const LONGEST: usize = 64 * 1024;

/// How much of a client's life may pass before a use prolongs it: one write a day is enough.
const DAY: Duration = Duration::from_secs(86_400);

/// `POST /token` (RFC 6749 §4.1.3, §6).
pub async fn token<H: Host>(context: &Context<H>, request: &Request<Bytes>) -> Response<Body> {
    let mut trail = Trail::default();
    let denial = match exchange(context, request, &mut trail).await {
        Ok(tokens) => return answer(context, &tokens),
        Err(denial) => denial,
    };
    let outcome = match &denial.cause {
        Cause::Refused(reason) => Outcome::Refused(*reason),
        Cause::Failed(error) => {
            context.host.log(LogLine::new(Level::Error, "token_failed").port(error));
            Outcome::Failed(Fault::Gateway, Reason::StorageUnavailable)
        }
    };
    if let Ok(event) = trail.event(context, Action::TokenRefused) {
        // Nothing is granted, so nothing depends on the record.
        let _ = audit::record(context, event.outcome(outcome)).await;
    }
    denial.response(request)
}

async fn exchange<H: Host>(
    context: &Context<H>,
    request: &Request<Bytes>,
    trail: &mut Trail,
) -> Result<Tokens, Denial> {
    let content_type =
        request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(Denial::malformed("the body must be application/x-www-form-urlencoded"));
    }
    if request.body().len() > LONGEST {
        return Err(Denial::malformed("the body is longer than 64 KiB"));
    }
    let form = Form::parse(request.body())
        .map_err(|_| Denial::malformed("a parameter stands there more than once"))?;
    let client = identify(context, request, &form).await?;
    trail.client = Some(client.clone());
    match form.value("grant_type") {
        Some("authorization_code") => redeem(context, &form, &client, trail).await,
        Some("refresh_token") => rotate(context, &form, &client, trail).await,
        Some(_) => Err(Denial::new(
            "unsupported_grant_type",
            "grant_type must be authorization_code or refresh_token",
            Reason::GrantUnsupported,
        )),
        None => Err(Denial::malformed("grant_type is missing")),
    }
}

/// Which client asks. A public one is bound to its grants by its id alone, so a document need not be read here.
async fn identify<H: Host>(
    context: &Context<H>,
    request: &Request<Bytes>,
    form: &Form,
) -> Result<String, Denial> {
    let unauthenticated =
        || Denial::client("the client did not authenticate as it registered", Reason::ClientUnauthenticated);
    let (id, secret) = match request.headers().get(AUTHORIZATION) {
        Some(value) => {
            let (id, secret) = basic(value).ok_or_else(unauthenticated)?;
            if form.value("client_secret").is_some()
                || form.value("client_id").is_some_and(|other| other != id)
            {
                return Err(Denial::malformed("the client authenticates in two ways"));
            }
            (id, secret)
        }
        None => {
            let id = form.value("client_id").unwrap_or_default().to_owned();
            (id, Secret::new(form.value("client_secret").unwrap_or_default()))
        }
    };
    if Client::is_document(&id) {
        return if secret.expose().is_empty() { Ok(id) } else { Err(unauthenticated()) };
    }
    let now = context.host.now();
    let Some(row) = client::find(&context.host, &id, now).await? else {
        return Err(Denial::client("no such client is registered here, or no longer", Reason::ClientUnknown));
    };
    let holds = match &row.secret_hash {
        Some(hash) => Secret::new(digest(secret.expose())) == Secret::new(hash),
        None => secret.expose().is_empty(),
    };
    if !holds {
        return Err(unauthenticated());
    }
    if row.expires_at < now.after(register::LIFE).before(DAY) {
        client::prolong(&context.host, &id, now.after(register::LIFE)).await?;
    }
    Ok(id)
}

async fn redeem<H: Host>(
    context: &Context<H>,
    form: &Form,
    client: &str,
    trail: &mut Trail,
) -> Result<Tokens, Denial> {
    let code = form.value("code").ok_or_else(|| Denial::malformed("code is missing"))?;
    let verifier =
        form.value("code_verifier").ok_or_else(|| Denial::malformed("code_verifier is missing"))?;
    let family = context.setup.keys.hash.id("refresh-family", &[code]);
    let now = context.host.now();
    let Some(row) = code::take(&context.host, &digest(code), client, now).await? else {
        // RFC 6749 §4.1.2: what was issued for a code that is presented twice is revoked.
        let reason = match refresh::end_family_of(&context.host, &family, client).await? {
            true => Reason::CodeReused,
            false => Reason::CodeUnknown,
        };
        return Err(Denial::grant("the code is unknown, used or over", reason));
    };
    trail.person = Some(row.person.clone());
    trail.resource = Resource::parse(&context.setup.config, &row.resource);
    // OAuth 2.1 no longer sends it here; who does must send the right one.
    if form.value("redirect_uri").is_some_and(|uri| uri != row.redirect_uri) {
        return Err(Denial::grant(
            "redirect_uri is not the one that the code was sent to",
            Reason::RedirectMismatch,
        ));
    }
    if !pkce::fits(verifier, &row.challenge) {
        return Err(Denial::grant("code_verifier does not fit the code_challenge", Reason::PkceMismatch));
    }
    same_resource(form, &row.resource)?;
    let admitted = admitted(context, &row.person).await?;
    on_record(context, trail.event(context, Action::TokenIssued)?).await?;
    let refresh_token = Secret::random(&context.host)?;
    let grant = refresh::Row {
        family,
        client: row.client,
        person: row.person,
        resource: row.resource,
        scope: row.scope,
    };
    let expires_at = now.after(context.setup.config.tokens.refresh);
    refresh::insert(&context.host, &digest(refresh_token.expose()), &grant, now, expires_at).await?;
    Tokens::issue(context, &grant, &admitted, refresh_token)
}

async fn rotate<H: Host>(
    context: &Context<H>,
    form: &Form,
    client: &str,
    trail: &mut Trail,
) -> Result<Tokens, Denial> {
    let token = form.value("refresh_token").ok_or_else(|| Denial::malformed("refresh_token is missing"))?;
    let unknown = || Denial::grant("the refresh token is unknown, used or over", Reason::RefreshUnknown);
    let reused = || Denial::grant("the refresh token is unknown, used or over", Reason::RefreshReused);
    let host = &context.host;
    let now = host.now();
    let found = refresh::find(host, &digest(token), now).await?.ok_or_else(unknown)?;
    let grant = found.row;
    if grant.client != client {
        return Err(unknown());
    }
    trail.person = Some(grant.person.clone());
    trail.resource = Resource::parse(&context.setup.config, &grant.resource);
    if found.is_spent {
        // Two hold it, and one of them is a thief: neither goes on (RFC 9700 §4.14.2).
        refresh::end_family(host, &grant.family).await?;
        let event =
            trail.event(context, Action::TokenRevoked)?.outcome(Outcome::Refused(Reason::RefreshReused));
        let _ = audit::record(context, event).await;
        return Err(reused());
    }
    same_resource(form, &grant.resource)?;
    if form.value("scope").is_some_and(|scope| !scope.split(' ').any(|scope| scope == SCOPE)) {
        return Err(Denial::new("invalid_scope", "the only scope is mcp", Reason::ScopeUnknown));
    }
    let admitted = match admitted(context, &grant.person).await {
        Err(denial) if denial.error == "invalid_grant" => {
            refresh::end_family(host, &grant.family).await?;
            return Err(denial);
        }
        admitted => admitted?,
    };
    on_record(context, trail.event(context, Action::TokenRefreshed)?).await?;
    let successor = Secret::random(host)?;
    let expires_at = now.after(context.setup.config.tokens.refresh);
    if !refresh::rotate(host, &digest(token), &digest(successor.expose()), now, expires_at).await? {
        // It was spent or revoked since it was looked at.
        refresh::end_family(host, &grant.family).await?;
        return Err(reused());
    }
    Tokens::issue(context, &grant, &admitted, successor)
}

/// The decision about the person as of now: who was removed from the configuration gets nothing more.
async fn admitted<H: Host>(context: &Context<H>, person: &str) -> Result<Admitted, Denial> {
    let Some(review) = access::review(context, person).await? else {
        return Err(Denial::grant("the person is no longer known here", Reason::DomainNotAllowed));
    };
    review.decision.map_err(|refusal| Denial::grant("the person may no longer enter", refusal.reason()))
}

fn same_resource(form: &Form, resource: &str) -> Result<(), Denial> {
    if form.value("resource").is_none_or(|other| other == resource) {
        return Ok(());
    }
    Err(Denial::new(
        "invalid_target",
        "resource is not the one that was consented to",
        Reason::ResourceUnknown,
    ))
}

/// `client_secret_basic`: both parts are form-encoded before they are joined (RFC 6749 §2.3.1).
fn basic(value: &HeaderValue) -> Option<(String, Secret)> {
    let (scheme, encoded) = value.to_str().ok()?.split_once(' ')?;
    let pair = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = pair.split_once(':').filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let decode = |text: &str| {
        url::form_urlencoded::parse(format!("x={text}").as_bytes())
            .next()
            .map(|(_, value)| value.into_owned())
    };
    Some((decode(id)?, Secret::new(decode(secret)?)))
}

/// What is known of a request by the time it ends, for the record.
#[derive(Default)]
struct Trail {
    client: Option<String>,
    person: Option<String>,
    resource: Option<Resource>,
}

impl Trail {
    fn event<H: Host>(&self, context: &Context<H>, action: Action) -> Result<Event, PortError> {
        let mut event = Event::new(&context.host, action)?;
        if let Some(client) = &self.client {
            event = event.client(client, &context.setup.keys.hash);
        }
        if let Some(person) = &self.person {
            event = event.person(person);
        }
        if let Some(service) = self.resource.as_ref().and_then(Resource::service) {
            event = event.service(service);
        }
        Ok(event)
    }
}

/// What a client gets.
struct Tokens {
    access: Secret,
    refresh: Secret,
    scope: String,
}

impl Tokens {
    fn issue<H: Host>(
        context: &Context<H>,
        grant: &refresh::Row,
        admitted: &Admitted,
        refresh: Secret,
    ) -> Result<Self, Denial> {
        let access = access_token::issue(
            context,
            &Grant {
                person: &grant.person,
                role: admitted.role(),
                client: &grant.client,
                scope: &grant.scope,
                resource: &grant.resource,
            },
        )?;
        Ok(Self { access: Secret::new(access), refresh, scope: grant.scope.clone() })
    }
}

fn answer<H: Host>(context: &Context<H>, tokens: &Tokens) -> Response<Body> {
    let answer = json!({
        "access_token": tokens.access.expose(),
        "token_type": "Bearer",
        "expires_in": context.setup.config.tokens.access.as_secs(),
        "refresh_token": tokens.refresh.expose(),
        "scope": tokens.scope,
    });
    json(StatusCode::OK, &answer, NO_STORE)
}

/// Why a client gets nothing (RFC 6749 §5.2).
struct Denial {
    status: StatusCode,
    error: &'static str,
    description: &'static str,
    cause: Cause,
}

enum Cause {
    Refused(Reason),
    Failed(PortError),
}

impl Denial {
    fn new(error: &'static str, description: &'static str, reason: Reason) -> Self {
        Self { status: StatusCode::BAD_REQUEST, error, description, cause: Cause::Refused(reason) }
    }

    fn malformed(description: &'static str) -> Self {
        Self::new("invalid_request", description, Reason::MalformedRequest)
    }

    fn grant(description: &'static str, reason: Reason) -> Self {
        Self::new("invalid_grant", description, reason)
    }

    fn client(description: &'static str, reason: Reason) -> Self {
        Self { status: StatusCode::UNAUTHORIZED, ..Self::new("invalid_client", description, reason) }
    }

    fn response(&self, request: &Request<Bytes>) -> Response<Body> {
        let answer = json!({ "error": self.error, "error_description": self.description });
        let mut response = json(self.status, &answer, NO_STORE);
        if self.status == StatusCode::UNAUTHORIZED && request.headers().contains_key(AUTHORIZATION) {
            response
                .headers_mut()
                .insert(WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"mcpgate\""));
        }
        response
    }
}

impl From<PortError> for Denial {
    fn from(error: PortError) -> Self {
        Self {
            status: StatusCode::SERVICE_UNAVAILABLE,
            error: "temporarily_unavailable",
            description: "the gateway cannot do this now; try again in a minute",
            cause: Cause::Failed(error),
        }
    }
}
