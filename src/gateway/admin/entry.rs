//! Who gets in as an administrator: a person whom the configuration names and who has proven lately who they are, or an
//! admin token that goes back to such a person. What an AI client holds is neither. And who gets in as an auditor: such a
//! person, and no token.

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, HeaderValue, WWW_AUTHENTICATE};
use http::{Method, Request, Response, StatusCode};

use super::error;
use crate::access::{self, Admitted};
use crate::audit::{self, Action, Event, Outcome, Reason};
use crate::body::Body;
use crate::context::Context;
use crate::crypto::{Secret, digest};
use crate::error::Fault;
use crate::host::{Host, Level, LogLine, PortError, Timestamp};
use crate::oauth::Form;
use crate::oidc::{self, Session};
use crate::page::{self, Problem};
use crate::store::admin_token;

/// What stands before the random part of an admin token, so that it is recognized where it should not be.
pub(super) const PREFIX: &str = "mcpgate_admin_";

/// What an admin token can be for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// Admin tokens.
    Tokens,
    /// People's access.
    People,
    /// The audit record.
    Audit,
    /// Guardrails: what waits for a decision.
    Guard,
}

impl Scope {
    pub(super) const ALL: [Self; 4] = [Self::Tokens, Self::People, Self::Audit, Self::Guard];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Tokens => "tokens",
            Self::People => "people",
            Self::Audit => "audit",
            Self::Guard => "guard",
        }
    }

    /// The field of the form.
    pub(super) fn field(self) -> &'static str {
        match self {
            Self::Tokens => "scope_tokens",
            Self::People => "scope_people",
            Self::Audit => "scope_audit",
            Self::Guard => "scope_guard",
        }
    }

    pub(super) fn meaning(self) -> &'static str {
        match self {
            Self::Tokens => "tokens: list, make and end tokens",
            Self::People => "people: remove people at once",
            Self::Audit => "audit: read the audit record",
            Self::Guard => "guard: decide about what guardrails hold",
        }
    }
}

/// An administrator or auditor, for one request.
pub(super) struct Admin {
    /// Themselves, or whom the token goes back to.
    pub(super) person: String,
    pub(super) email: String,
    /// Which of their tokens count.
    pub(super) generation: i64,
    pub(super) is_admin: bool,
    pub(super) is_auditor: bool,
    /// Whether refusals are JSON.
    pub(super) reads_json: bool,
    pub(super) by: By,
}

/// By what an administrator is known.
pub(super) enum By {
    Person(Session),
    Token { id: String, scopes: Vec<Scope>, expires_at: Timestamp },
}

impl Admin {
    /// What they do, as the record says it.
    pub(super) fn event<H: Host>(&self, context: &Context<H>, action: Action) -> Result<Event, PortError> {
        let event = Event::new(&context.host, action)?.person(&self.person);
        Ok(match &self.by {
            By::Person(_) => event,
            By::Token { id, .. } => event.admin_token(id, &context.setup.keys.hash),
        })
    }

    pub(super) fn is_program(&self) -> bool {
        matches!(self.by, By::Token { .. })
    }

    /// A form of one of our own pages, posted by the person; `about` says what it decides.
    ///
    /// # Errors
    /// When a page of somebody else posts it, or something that is no form.
    pub(super) fn form<H: Host>(
        &self,
        context: &Context<H>,
        request: &Request<Bytes>,
        about: &[&str],
    ) -> Result<Form, Denied> {
        let forged = || self.denied(Reason::Csrf, Answer::Page(Problem::foreign_form()));
        let By::Person(session) = &self.by else { return Err(forged()) };
        let form = Form::parse(request.body()).map_err(|_| forged())?;
        let setup = &context.setup;
        let token = form.value("csrf").unwrap_or_default();
        match session.accepts(&setup.config, &setup.keys.hash, request.headers(), about, token) {
            true => Ok(form),
            false => Err(forged()),
        }
    }

    fn denied(&self, reason: Reason, answer: Answer) -> Denied {
        let token = match &self.by {
            By::Person(_) => None,
            By::Token { id, .. } => Some(id.clone()),
        };
        Denied::Refused(Box::new(Refused { person: Some(self.person.clone()), token, reason, answer }))
    }

    /// Says no to what was asked, in the way in which it was asked.
    pub(super) fn refuse(&self, status: StatusCode, reason: Reason, text: &str) -> Denied {
        let answer = match self.reads_json {
            true => Answer::Json(status, reason, text.to_owned()),
            false => Answer::Page(Problem {
                status,
                title: "Nothing was done".to_owned(),
                what: text.to_owned(),
                fault: Fault::Caller,
                remedy: "Go back and correct it.".to_owned(),
                link: Some(("Administration".to_owned(), "/admin".to_owned())),
            }),
        };
        self.denied(reason, answer)
    }
}

/// Why somebody is not let in, or nothing was done.
pub(super) enum Denied {
    /// They bring nothing to be known by.
    Stranger,
    Refused(Box<Refused>),
    Failed(PortError),
}

/// A refusal, and whose request was refused.
pub(super) struct Refused {
    person: Option<String>,
    token: Option<String>,
    reason: Reason,
    answer: Answer,
}

enum Answer {
    Page(Problem),
    Json(StatusCode, Reason, String),
    /// To the identity provider, to prove anew who they are.
    Anew,
}

impl From<PortError> for Denied {
    fn from(error: PortError) -> Self {
        Self::Failed(error)
    }
}

impl Denied {
    pub(super) fn wrong_scope(admin: &Admin) -> Self {
        let text = "this admin token is not for this";
        admin.refuse(StatusCode::FORBIDDEN, Reason::AdminScope, text)
    }

    /// Puts the refusal on record as this action, and answers with it. Nothing is granted, so nothing depends on the
    /// record.
    pub(super) async fn tell<H: Host>(
        self,
        context: &Context<H>,
        request: &Request<Bytes>,
        action: Action,
    ) -> Response<Body> {
        let by_token = request.headers().contains_key(AUTHORIZATION);
        let refused = match self {
            Self::Refused(refused) => *refused,
            Self::Stranger => return to_sign_in(request),
            Self::Failed(failure) if by_token => {
                context.host.log(LogLine::new(Level::Error, "page_failed").port(&failure));
                let text = "the gateway cannot do this now; try again in a minute";
                return error(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", text);
            }
            Self::Failed(failure) => return page::problem(&Problem::gateway(context, &failure)),
        };
        if let Ok(mut event) = Event::new(&context.host, action) {
            if let Some(person) = &refused.person {
                event = event.person(person);
            }
            if let Some(token) = &refused.token {
                event = event.admin_token(token, &context.setup.keys.hash);
            }
            let _ = audit::record(context, event.outcome(Outcome::Refused(refused.reason))).await;
        }
        match refused.answer {
            Answer::Page(problem) => page::problem(&problem),
            Answer::Anew => to_sign_in(request),
            Answer::Json(status, reason, text) => {
                let mut response = error(status, reason.name(), &text);
                if status == StatusCode::UNAUTHORIZED {
                    // Without `resource_metadata`: no AI client shall ask for a token for this.
                    let challenge = HeaderValue::from_static("Bearer realm=\"mcpgate admin\"");
                    response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
                }
                response
            }
        }
    }
}

/// Sends a browser on, and back to the same page; one that posts a form reads why, because it would not follow from there
/// to another origin.
fn to_sign_in(request: &Request<Bytes>) -> Response<Body> {
    if request.method() == Method::GET || request.method() == Method::HEAD {
        let page = request.uri().path_and_query().map_or("/admin", |page| page.as_str());
        return page::see_other(&oidc::anew_path(page));
    }
    page::problem(&Problem {
        status: StatusCode::FORBIDDEN,
        title: "Nothing was done".to_owned(),
        what: "Administrators have to prove who they are every now and then.".to_owned(),
        fault: Fault::Caller,
        remedy: "Sign in, then do it again.".to_owned(),
        link: Some(("Sign in".to_owned(), oidc::anew_path("/admin"))),
    })
}

/// Lets an administrator in to do something; a token only with the scope for it, and not at all where there is none.
///
/// # Errors
/// [`Denied`].
pub(super) async fn enter<H: Host>(
    context: &Context<H>,
    request: &Request<Bytes>,
    scope: Option<Scope>,
) -> Result<Admin, Denied> {
    // Who presents a token is known by that and nothing else.
    if request.headers().contains_key(AUTHORIZATION) {
        let admin = by_token(context, request).await?;
        let holds = match &admin.by {
            By::Token { scopes, .. } => scope.is_some_and(|scope| scopes.contains(&scope)),
            By::Person(_) => false,
        };
        return if holds { Ok(admin) } else { Err(Denied::wrong_scope(&admin)) };
    }
    by_session(context, request, Role::Admin).await
}

/// Lets whoever has anything to do at `/admin` in to see what that is. No token.
///
/// # Errors
/// [`Denied`].
pub(super) async fn enter_page<H: Host>(
    context: &Context<H>,
    request: &Request<Bytes>,
) -> Result<Admin, Denied> {
    in_person(context, request, Role::Any).await
}

/// Lets an auditor in, in person: no token learns who somebody is.
///
/// # Errors
/// [`Denied`].
pub(super) async fn enter_auditor<H: Host>(
    context: &Context<H>,
    request: &Request<Bytes>,
) -> Result<Admin, Denied> {
    let accepts = request.headers().get(ACCEPT).is_some_and(|accept| accept == "application/json");
    Ok(Admin { reads_json: accepts, ..in_person(context, request, Role::Auditor).await? })
}

async fn in_person<H: Host>(
    context: &Context<H>,
    request: &Request<Bytes>,
    role: Role,
) -> Result<Admin, Denied> {
    if request.headers().contains_key(AUTHORIZATION) {
        return Err(Denied::wrong_scope(&by_token(context, request).await?));
    }
    by_session(context, request, role).await
}

/// What somebody has to be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Admin,
    Auditor,
    Any,
}

async fn by_session<H: Host>(
    context: &Context<H>,
    request: &Request<Bytes>,
    role: Role,
) -> Result<Admin, Denied> {
    let session = Session::of(context, request.headers()).await?.ok_or(Denied::Stranger)?;
    let review = access::review(context, session.person()).await?.ok_or(Denied::Stranger)?;
    let person = session.person().to_owned();
    let refused = |reason, answer| {
        let person = Some(person.clone());
        Denied::Refused(Box::new(Refused { person, token: None, reason, answer }))
    };
    let is_admin = review.decision.as_ref().is_ok_and(Admitted::is_admin);
    let is_auditor = review.decision.as_ref().is_ok_and(Admitted::is_auditor);
    let (holds, reason, whom) = match role {
        Role::Admin => (is_admin, Reason::NotAdmin, "administrators"),
        Role::Auditor => (is_auditor, Reason::NotAuditor, "auditors"),
        Role::Any => (is_admin || is_auditor, Reason::NotAdmin, "administrators"),
    };
    if !holds {
        let problem = Problem {
            status: StatusCode::FORBIDDEN,
            title: format!("This is for {whom}"),
            what: "The configuration of this gateway does not name you as one.".to_owned(),
            fault: Fault::Caller,
            remedy: "Use another account, or ask those who run this gateway.".to_owned(),
            link: Some((
                "Use another account".to_owned(),
                format!("{}&switch=1", oidc::login_path("/admin")),
            )),
        };
        return Err(refused(reason, Answer::Page(problem)));
    }
    if session.proven_at().after(context.setup.config.access.admin_max_age) <= context.host.now() {
        return Err(refused(Reason::ProofTooOld, Answer::Anew));
    }
    let (email, generation) = (review.profile.email, review.generation);
    Ok(Admin { person, email, generation, is_admin, is_auditor, reads_json: false, by: By::Person(session) })
}

async fn by_token<H: Host>(context: &Context<H>, request: &Request<Bytes>) -> Result<Admin, Denied> {
    let refused = |person: Option<String>, token, status, reason, text: &str| {
        let answer = Answer::Json(status, reason, text.to_owned());
        Denied::Refused(Box::new(Refused { person, token, reason, answer }))
    };
    let unknown = || {
        let text = "this is no admin token of this gateway, or no longer";
        refused(None, None, StatusCode::UNAUTHORIZED, Reason::NotAuthenticated, text)
    };
    let mut values = request.headers().get_all(AUTHORIZATION).into_iter();
    let value = values.next().and_then(|value| value.to_str().ok()).filter(|_| values.next().is_none());
    let token = value.and_then(|value| value.split_once(' ')).filter(|(scheme, token)| {
        let random = token.strip_prefix(PREFIX).unwrap_or_default();
        scheme.eq_ignore_ascii_case("bearer") && random.len() == Secret::RANDOM_LENGTH
    });
    let (_, token) = token.ok_or_else(unknown)?;
    let row = admin_token::find(&context.host, &digest(token), context.host.now()).await?;
    let row = row.ok_or_else(unknown)?;
    let review = access::review(context, &row.person).await?.ok_or_else(unknown)?;
    if !review.decision.as_ref().is_ok_and(Admitted::is_admin) {
        let text = "whoever made this token, or the one it was made with, is no administrator any more";
        let (person, token) = (Some(row.person), Some(row.id));
        return Err(refused(person, token, StatusCode::FORBIDDEN, Reason::NotAdmin, text));
    }
    let granted = |scope: &Scope| row.scopes.split(' ').any(|granted| granted == scope.name());
    let scopes = Scope::ALL.into_iter().filter(granted).collect();
    Ok(Admin {
        person: row.person,
        email: review.profile.email,
        generation: review.generation,
        is_admin: true,
        is_auditor: false,
        reads_json: true,
        by: By::Token { id: row.id, scopes, expires_at: row.expires_at },
    })
}
