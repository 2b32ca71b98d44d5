//! `/authorize`: a person decides whether a client may act for them.
//!
//! Client and redirect URI are settled first; what is wrong with them is said on a page and redirected nowhere. All
//! other mistakes go back to the client, once the person has signed in: anybody can register an address, and a link
//! to the gateway must not lead a stranger there unasked (RFC 9700 §4.11.2). The form that the person answers carries the client's whole query, bound to
//! their session by its token: what is decided is what was shown, and it is checked again from the start.

use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use url::form_urlencoded::Serializer;

use super::client::{
    Client, ClientError, Registration, destination, is_loopback_redirect, lasting_destination,
};
use super::{Form, READ, Resource, document, on_record, permission, pkce, scope};
use crate::access::{self, Admitted, Review};
use crate::audit::{self, Action, Event, Outcome, Reason};
use crate::body::Body;
use crate::config::Service;
use crate::context::Context;
use crate::crypto::{Secret, digest};
use crate::error::Fault;
use crate::host::{Host, PortError};
use crate::oidc::{self, Session};
use crate::page::{self, Consent, Problem, Vouched};
use crate::store::{code, consent as store};

/// How long a code can be redeemed.
const LIFE: Duration = Duration::from_secs(60);

/// The longest query that is carried through a sign-in, in bytes.
const LONGEST: usize = 8192;

/// `GET /authorize`: the consent page, after signing in if need be; or the answer, if the person has given it before.
pub async fn authorize<H: Host>(context: &Context<H>, request: &Request<Bytes>) -> Response<Body> {
    let query = request.uri().query().unwrap_or_default();
    match consider(context, request, query).await {
        Ok(answer) => answer,
        Err(refusal) => refuse(context, refusal).await,
    }
}

/// `POST /authorize`: the person's decision.
pub async fn consent<H: Host>(context: &Context<H>, request: &Request<Bytes>) -> Response<Body> {
    match conclude(context, request).await {
        Ok(answer) => answer,
        Err(refusal) => refuse(context, refusal).await,
    }
}

async fn consider<H: Host>(
    context: &Context<H>,
    request: &Request<Bytes>,
    query: &str,
) -> Result<Response<Body>, Refusal> {
    let form = read(query)?;
    let session = Session::of(context, request.headers()).await?;
    // Nobody unknown can make the gateway fetch a document: such a client is looked at after signing in.
    if let (None, Some(id)) = (&session, form.value("client_id"))
        && Client::is_document(id)
        && !document::is_at_hand(context, id).await
    {
        return Ok(sign_in(query));
    }
    let demand = match (Demand::read(context, &form).await, &session) {
        (Err(refusal), None) => return Err(refusal.told_here()),
        (demand, _) => demand?,
    };
    let Some(session) = session else { return Ok(sign_in(query)) };
    // Someone whose row is gone was erased: they sign in anew.
    let Some(review) = access::review(context, session.person()).await? else { return Ok(sign_in(query)) };
    let admitted = demand.permitted(context, &session, &review)?;
    let anew = form.value("prompt").is_some_and(|prompt| prompt.split(' ').any(|word| word == "consent"));
    if !anew && let Some(answer) = demand.remembered(context, &session, &admitted).await? {
        return Ok(answer);
    }
    let setup = &context.setup;
    let services: Vec<&str> =
        demand.services(context, &admitted).iter().map(|service| service.name.as_str()).collect();
    Ok(page::consent(&Consent {
        client: &demand.client.name,
        vouched: match &demand.client.registration {
            Registration::Document { host } => Vouched::ByHost(host),
            Registration::Configured => Vouched::Here,
            Registration::Dynamic => Vouched::Not,
        },
        destination: &destination(&demand.redirect_uri),
        is_loopback: is_loopback_redirect(&demand.redirect_uri),
        services: &services,
        for_all: demand.resource.service().is_none(),
        reads_only: demand.scope == READ,
        email: &review.profile.email,
        role: admitted.role(),
        request: query,
        switch: &format!("{}&switch=1", oidc::login_path(&format!("/authorize?{query}"))),
        csrf: &session.csrf(&setup.keys.hash, &["authorize", query]),
    }))
}

async fn conclude<H: Host>(
    context: &Context<H>,
    request: &Request<Bytes>,
) -> Result<Response<Body>, Refusal> {
    let setup = &context.setup;
    let answer = Form::parse(request.body()).map_err(|_| Refusal::forged(None))?;
    let query = answer.value("request").unwrap_or_default();
    let Some(session) = Session::of(context, request.headers()).await? else {
        // The session ended while the page stood open: the question is asked again.
        return Ok(sign_in(query));
    };
    let token = answer.value("csrf").unwrap_or_default();
    if !session.accepts(&setup.config, &setup.keys.hash, request.headers(), &["authorize", query], token) {
        return Err(Refusal::forged(Some(session.person())));
    }
    let demand = Demand::read(context, &read(query)?).await?;
    let Some(review) = access::review(context, session.person()).await? else { return Ok(sign_in(query)) };
    let admitted = demand.permitted(context, &session, &review)?;
    if answer.value("decision") != Some("allow") {
        let event = demand
            .event(context, Action::Consent, session.person())?
            .outcome(Outcome::Refused(Reason::ConsentDenied));
        // Nothing is granted, so nothing depends on the record.
        let _ = audit::record(context, event).await;
        return Ok(demand.back.error(context, "access_denied", "the person did not allow it"));
    }
    on_record(context, demand.event(context, Action::Consent, session.person())?).await?;
    let code = Secret::random(&context.host)?;
    let consent = demand.consent(context, &session, &admitted);
    let row = demand.code(context, &session);
    let hash = digest(code.expose());
    if !store::permit(&context.host, &consent, &hash, &row, &session.id_hash()).await? {
        // It ended while this was answered: signed out, or their access was ended.
        return Ok(sign_in(query));
    }
    Ok(demand.back.redirect(context, &[("code", code.expose())]))
}

/// What a client asks for, checked.
struct Demand {
    client: Client,
    redirect_uri: String,
    challenge: String,
    resource: Resource,
    scope: &'static str,
    back: Back,
}

impl Demand {
    async fn read<H: Host>(context: &Context<H>, form: &Form) -> Result<Self, Refusal> {
        let id = form
            .value("client_id")
            .ok_or_else(|| Refusal::page(Reason::ClientUnknown, "It does not say who it is (client_id)."))?;
        let client = Client::find(context, id).await?;
        let redirect_uri = form.value("redirect_uri").unwrap_or_default();
        if !client.allows_redirect(redirect_uri) {
            let what =
                "The address that it wants the answer sent to (redirect_uri) is not one that it registered.";
            return Err(Refusal::page(Reason::RedirectMismatch, what));
        }
        let back = Back { uri: redirect_uri.to_owned(), state: form.value("state").map(str::to_owned) };
        match Self::details(context, form) {
            Ok((challenge, resource, scope)) => {
                Ok(Self { client, redirect_uri: redirect_uri.to_owned(), challenge, resource, scope, back })
            }
            Err((error, description, reason)) => {
                Err(Refusal::Back { back, client: client.id, error, description, reason })
            }
        }
    }

    fn details<H: Host>(
        context: &Context<H>,
        form: &Form,
    ) -> Result<(String, Resource, &'static str), (&'static str, &'static str, Reason)> {
        if form.value("response_type") != Some("code") {
            return Err((
                "unsupported_response_type",
                "response_type must be code",
                Reason::GrantUnsupported,
            ));
        }
        if form.value("response_mode").is_some_and(|mode| mode != "query") {
            return Err(("invalid_request", "response_mode must be query", Reason::GrantUnsupported));
        }
        let challenge = form.value("code_challenge").filter(|challenge| pkce::is_challenge(challenge));
        let Some(challenge) = challenge.filter(|_| form.value("code_challenge_method") == Some("S256"))
        else {
            let description = "PKCE is required: code_challenge with code_challenge_method S256";
            return Err(("invalid_request", description, Reason::PkceMismatch));
        };
        let config = &context.setup.config;
        let resource = match form.value("resource") {
            Some(url) => Resource::parse(config, url),
            None => Some(Resource::unnamed(config)),
        };
        let Some(resource) = resource else {
            return Err((
                "invalid_target",
                "resource must be an MCP endpoint of this gateway, exactly as its metadata write it",
                Reason::ResourceUnknown,
            ));
        };
        let Some(scope) = scope::granted(form.value("scope")) else {
            return Err(("invalid_scope", "the scopes are mcp and mcp:read", Reason::ScopeUnknown));
        };
        Ok((challenge.to_owned(), resource, scope))
    }

    /// The answer without asking, if the person has permitted all of this before and it may be remembered.
    async fn remembered<H: Host>(
        &self,
        context: &Context<H>,
        session: &Session,
        admitted: &Admitted,
    ) -> Result<Option<Response<Body>>, PortError> {
        if !self.client.is_assured(&self.redirect_uri) {
            return Ok(None);
        }
        let (host, now) = (&context.host, context.host.now());
        let asked = self.consent(context, session, admitted);
        let found =
            store::find(host, &asked.person, &asked.client, &asked.destination, &asked.resource, now).await?;
        let holds = |given: &store::Row| {
            given.role == asked.role
                && scope::covers(&given.scope, &asked.scope)
                && asked.services.iter().all(|service| given.services.contains(service))
        };
        let Some(given) = found.filter(holds) else { return Ok(None) };
        on_record(context, self.event(context, Action::ConsentUsed, session.person())?).await?;
        let code = Secret::random(host)?;
        let row = self.code(context, session);
        // Taken back since it was looked at, it counts for nothing: the person is asked.
        let drawn = store::draw_on(host, &given, &digest(code.expose()), &row, now).await?;
        Ok(drawn.then(|| self.back.redirect(context, &[("code", code.expose())])))
    }

    fn consent<H: Host>(&self, context: &Context<H>, session: &Session, admitted: &Admitted) -> store::Row {
        let now = context.host.now();
        store::Row {
            person: session.person().to_owned(),
            client: self.client.id.clone(),
            destination: lasting_destination(&self.redirect_uri),
            resource: self.resource.url(&context.setup.config),
            services: self.services(context, admitted).iter().map(|service| service.id.clone()).collect(),
            role: admitted.role().to_owned(),
            scope: self.scope.to_owned(),
            name: self.client.name.clone(),
            created_at: now,
            expires_at: now.after(permission::life(context)),
        }
    }

    fn code<H: Host>(&self, context: &Context<H>, session: &Session) -> code::Row {
        code::Row {
            client: self.client.id.clone(),
            redirect_uri: self.redirect_uri.clone(),
            challenge: self.challenge.clone(),
            resource: self.resource.url(&context.setup.config),
            scope: self.scope.to_owned(),
            person: session.person().to_owned(),
            proof: self.client.proof,
            expires_at: context.host.now().after(LIFE),
        }
    }

    /// Whether the person may enter, and may use what the client asks for.
    fn permitted<H: Host>(
        &self,
        context: &Context<H>,
        session: &Session,
        review: &Review,
    ) -> Result<Admitted, Refusal> {
        let refused = |reason, what: String| Refusal::Person {
            reason,
            person: session.person().to_owned(),
            problem: Box::new(Problem {
                status: StatusCode::FORBIDDEN,
                title: "You cannot allow this".to_owned(),
                what,
                fault: Fault::Caller,
                remedy: "Use another account, or ask those who run this gateway.".to_owned(),
                link: Some(("To the start".to_owned(), "/".to_owned())),
            }),
        };
        let admitted = review.decision.clone().map_err(|refusal| {
            refused(
                refusal.reason(),
                format!("You are signed in as {}, but {refusal}.", review.profile.email),
            )
        })?;
        if self.services(context, &admitted).is_empty() {
            let what = format!("Your role “{}” may not use what the application asks for.", admitted.role());
            return Err(refused(Reason::ServiceNotAllowed, what));
        }
        Ok(admitted)
    }

    fn services<'c, H: Host>(&self, context: &'c Context<H>, admitted: &Admitted) -> Vec<&'c Rc<Service>> {
        let config = &context.setup.config;
        let role = config.access.roles.get(admitted.role());
        let wanted = |service: &&Rc<Service>| {
            self.resource.service().is_none_or(|wanted| wanted == service.id)
                && role.is_some_and(|role| role.allows_service(&service.id))
        };
        config.services.iter().filter(wanted).collect()
    }

    fn event<H: Host>(&self, context: &Context<H>, action: Action, person: &str) -> Result<Event, PortError> {
        let event = Event::new(&context.host, action)?
            .person(person)
            .client(&self.client.id, &context.setup.keys.hash);
        Ok(match self.resource.service() {
            Some(service) => event.service(service),
            None => event,
        })
    }
}

/// The way back to a client whose redirect URI was checked.
struct Back {
    uri: String,
    state: Option<String>,
}

impl Back {
    fn error<H: Host>(&self, context: &Context<H>, error: &str, description: &str) -> Response<Body> {
        self.redirect(context, &[("error", error), ("error_description", description)])
    }

    /// Adds parameters, `state` and `iss` (RFC 9207) to the URI as it was given.
    fn redirect<H: Host>(&self, context: &Context<H>, parameters: &[(&str, &str)]) -> Response<Body> {
        let mut query = Serializer::new(String::new());
        query.extend_pairs(parameters);
        if let Some(state) = &self.state {
            query.append_pair("state", state);
        }
        query.append_pair("iss", context.setup.config.public_url.as_str());
        let joint = if self.uri.contains('?') { '&' } else { '?' };
        page::see_other(&format!("{}{joint}{}", self.uri, query.finish()))
    }
}

/// Why a client does not get a code.
enum Refusal {
    /// Told to the person: it would not be safe to redirect, or only they can do something about it.
    Page { reason: Reason, client: Option<String>, problem: Box<Problem> },
    /// Told to the person: they may not.
    Person { reason: Reason, person: String, problem: Box<Problem> },
    /// Told to the client.
    Back { back: Back, client: String, error: &'static str, description: &'static str, reason: Reason },
    /// The host failed.
    Port(PortError),
}

impl Refusal {
    fn page(reason: Reason, what: &str) -> Self {
        let problem = Problem {
            status: StatusCode::BAD_REQUEST,
            title: "The application asked in a way that cannot be answered".to_owned(),
            what: what.to_owned(),
            fault: Fault::Caller,
            remedy: "Begin again in the application: remove this gateway there and add it anew.".to_owned(),
            link: None,
        };
        Self::Page { reason, client: None, problem: Box::new(problem) }
    }

    /// The refusal on a page, whoever would have been told.
    fn told_here(self) -> Self {
        let Self::Back { client: id, description, reason, .. } = self else { return self };
        match Self::page(reason, &format!("What it asks for is not possible: {description}.")) {
            Self::Page { reason, problem, .. } => Self::Page { reason, client: Some(id), problem },
            refusal => refusal,
        }
    }

    fn forged(person: Option<&str>) -> Self {
        let (reason, problem) = (Reason::Csrf, Box::new(Problem::foreign_form()));
        match person {
            Some(person) => Self::Person { reason, person: person.to_owned(), problem },
            None => Self::Page { reason, client: None, problem },
        }
    }
}

impl From<PortError> for Refusal {
    fn from(error: PortError) -> Self {
        Self::Port(error)
    }
}

impl From<ClientError> for Refusal {
    fn from(error: ClientError) -> Self {
        let reason = match error {
            ClientError::Port(error) => return Self::Port(error),
            ClientError::Unknown => Reason::ClientUnknown,
            ClientError::Unavailable(_) | ClientError::Unacceptable(_) => Reason::ClientInvalid,
        };
        let mut what = error.to_string();
        // The sentences begin with a letter of ASCII.
        if let Some(first) = what.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        Self::page(reason, &format!("{what}."))
    }
}

async fn refuse<H: Host>(context: &Context<H>, refusal: Refusal) -> Response<Body> {
    let (reason, person, client, answer) = match refusal {
        Refusal::Port(error) => return page::problem(&Problem::gateway(context, &error)),
        Refusal::Page { reason, client, problem } => (reason, None, client, page::problem(&problem)),
        Refusal::Person { reason, person, problem } => (reason, Some(person), None, page::problem(&problem)),
        Refusal::Back { back, client, error, description, reason } => {
            (reason, None, Some(client), back.error(context, error, description))
        }
    };
    if let Ok(mut event) = Event::new(&context.host, Action::Consent) {
        event = event.outcome(Outcome::Refused(reason));
        if let Some(person) = person {
            event = event.person(&person);
        }
        if let Some(client) = client {
            event = event.client(&client, &context.setup.keys.hash);
        }
        // Nothing is granted, so nothing depends on the record.
        let _ = audit::record(context, event).await;
    }
    answer
}

fn read(query: &str) -> Result<Form, Refusal> {
    if query.len() > LONGEST {
        return Err(Refusal::page(Reason::TooLarge, "Its request is longer than 8 KiB."));
    }
    Form::parse(query.as_bytes())
        .map_err(|_| Refusal::page(Reason::MalformedRequest, "It says something twice in its request."))
}

fn sign_in(query: &str) -> Response<Body> {
    page::see_other(&oidc::login_path(&format!("/authorize?{query}")))
}
