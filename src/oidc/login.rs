//! `/login`, `/callback`, `/logout`: the way of a person through the identity provider and back.
//!
//! A sign-in is bound three times: its `state` is used up by coming back, the browser must bring the cookie that it
//! got when it left (no login CSRF), and the ID token must repeat the nonce.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use url::Url;
use url::form_urlencoded::Serializer;

use super::identity_token::Tokens;
use super::session::{self, LOGIN, Session, read_cookie, set_cookie, with_cookie};
use super::{Claims, OidcError, Provider};
use crate::access::{self, AccessRefusal, Admitted};
use crate::audit::{Action, Event, Outcome, Reason};
use crate::body::Body;
use crate::config::{Origin, Vouching};
use crate::context::Context;
use crate::crypto::{Secret, digest};
use crate::error::Fault;
use crate::host::{Host, Level, LogLine, PortError, Timestamp};
use crate::oauth::{Form, on_record};
use crate::page::{self, Problem};
use crate::store::login as store;
use crate::store::person::{self, Profile};

/// How long a person may take at the identity provider.
const LIFE: Duration = Duration::from_secs(600);

/// `GET /login[?return_to=/path][&switch=1][&anew=1]`: sends the browser to the identity provider. `return_to` is a
/// local path, `/` unless given; `switch` asks the provider to let the person choose another account, `anew` to have them
/// prove who they are even if it knows.
pub async fn login<H: Host>(context: &Context<H>, request: &Request<Bytes>) -> Response<Body> {
    let Ok(form) = Form::query(request) else {
        return page::problem(&Problem::caller("A parameter stands in the address more than once.", "/"));
    };
    let public_url = &context.setup.config.public_url;
    let return_to = form.value("return_to").and_then(|path| local_path(public_url, path));
    let return_to = return_to.unwrap_or_else(|| "/".to_owned());
    let way = match (form.value("anew"), form.value("switch")) {
        (Some(_), _) => Way::Anew,
        (None, Some(_)) => Way::Switch,
        (None, None) => Way::Plain,
    };
    match leave(context, request, return_to, way).await {
        Ok(response) => response,
        Err(error) => failed(context, &error, None).await,
    }
}

/// What the provider is asked besides.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Plain,
    Switch,
    Anew,
}

async fn leave<H: Host>(
    context: &Context<H>,
    request: &Request<Bytes>,
    return_to: String,
    way: Way,
) -> Result<Response<Body>, OidcError> {
    let provider = Provider::of(context).await?;
    let config = &context.setup.config;
    let state = Secret::random(&context.host)?;
    let nonce = Secret::random(&context.host)?;
    let verifier = Secret::random(&context.host)?;
    // A browser that is signing in already keeps its cookie, so that two tabs do not get in each other's way.
    let browser = match read_cookie(config, request.headers(), LOGIN) {
        Some(browser) => browser,
        None => Secret::random(&context.host)?,
    };
    let challenge = digest(verifier.expose());
    let redirect_uri = config.public_url.join("/callback");
    let scope = config.identity.scopes.join(" ");
    let mut parameters = vec![
        ("response_type", "code"),
        ("client_id", config.identity.client_id.as_str()),
        ("redirect_uri", redirect_uri.as_str()),
        ("scope", scope.as_str()),
        ("state", state.expose()),
        ("nonce", nonce.expose()),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ];
    let max_age = config.access.admin_max_age.as_secs().to_string();
    if way != Way::Plain {
        // The one value that every provider must understand (OpenID Connect Core §15.1).
        parameters.push(("prompt", "login"));
    }
    if let Vouching::Google { hosted_domains } = &config.identity.vouching {
        // Google then shows the accounts that can come in.
        let one = <[_]>::first(hosted_domains).filter(|_| hosted_domains.len() == 1);
        parameters.push(("hd", one.map_or("*", String::as_str)));
    }
    if way == Way::Anew {
        // With it, the ID token must say when they did (§2, `auth_time`).
        parameters.push(("max_age", &max_age));
    }
    let url = provider.authorization_url(&parameters)?;
    let secrets = store::Secrets {
        issuer: config.identity.issuer.clone(),
        nonce: nonce.expose().to_owned(),
        verifier: verifier.expose().to_owned(),
        return_to,
        since: (way == Way::Anew).then(|| context.host.now()),
    };
    let expires_at = context.host.now().after(LIFE);
    store::insert(context, &digest(state.expose()), &digest(browser.expose()), &secrets, expires_at).await?;
    let cookie = set_cookie(config, LOGIN, browser.expose(), LIFE)?;
    Ok(with_cookie(page::see_other(url.as_str()), cookie))
}

/// `GET /callback`: the browser comes back from the identity provider.
pub async fn callback<H: Host>(context: &Context<H>, request: &Request<Bytes>) -> Response<Body> {
    match arrive(context, request).await {
        Ok(response) => response,
        Err(Arrival::Unexpected) => {
            let problem = Problem {
                status: StatusCode::BAD_REQUEST,
                title: "This sign-in cannot go on".to_owned(),
                what: "It was begun in another browser, took longer than ten minutes, or has ended already."
                    .to_owned(),
                fault: Fault::Caller,
                remedy: "Begin again.".to_owned(),
                link: Some(("Sign in".to_owned(), "/login".to_owned())),
            };
            refused(context, Reason::StateUnknown, None, &problem).await
        }
        Err(Arrival::Cancelled) => {
            let problem = Problem {
                status: StatusCode::FORBIDDEN,
                title: "You were not signed in".to_owned(),
                what: "The identity provider says that the sign-in was cancelled or is not allowed for you."
                    .to_owned(),
                fault: Fault::IdentityProvider,
                remedy: "Sign in again. If it stays like this, ask those who run the identity provider."
                    .to_owned(),
                link: Some(("Sign in".to_owned(), "/login".to_owned())),
            };
            refused(context, Reason::IdpError, None, &problem).await
        }
        Err(Arrival::NotAdmitted { person, refusal, email }) => {
            let account = email.map_or_else(String::new, |email| format!(" ({email})"));
            let problem = Problem {
                status: StatusCode::FORBIDDEN,
                title: "You are not allowed in".to_owned(),
                what: format!("You signed in{account}, but {refusal}."),
                fault: Fault::Caller,
                remedy: match refusal {
                    AccessRefusal::EmailMissing | AccessRefusal::EmailUnverified => {
                        "Use another account, or ask those who run the identity provider to vouch for this one's address."
                    }
                    _ => "Use another account, or ask those who run this gateway to let this one in.",
                }
                .to_owned(),
                link: Some(("Sign in with another account".to_owned(), "/login?switch=1".to_owned())),
            };
            refused(context, refusal.reason(), Some(&person), &problem).await
        }
        Err(Arrival::Failed(error, person)) => failed(context, &error, person.as_deref()).await,
    }
}

/// Why nobody arrived.
enum Arrival {
    Unexpected,
    Cancelled,
    NotAdmitted { person: String, refusal: AccessRefusal, email: Option<String> },
    Failed(OidcError, Option<String>),
}

impl<E: Into<OidcError>> From<E> for Arrival {
    fn from(error: E) -> Self {
        Self::Failed(error.into(), None)
    }
}

async fn arrive<H: Host>(context: &Context<H>, request: &Request<Bytes>) -> Result<Response<Body>, Arrival> {
    let config = &context.setup.config;
    let form = Form::query(request).map_err(|_| Arrival::Unexpected)?;
    let state = form.value("state").ok_or(Arrival::Unexpected)?;
    let browser = read_cookie(config, request.headers(), LOGIN).ok_or(Arrival::Unexpected)?;
    let secrets = store::take(context, &digest(state), &digest(browser.expose())).await?;
    let secrets =
        secrets.filter(|secrets| secrets.issuer == config.identity.issuer).ok_or(Arrival::Unexpected)?;
    let provider = Provider::of(context).await?;
    // RFC 9207 §2.4: who says it names itself must, and nobody may name another.
    let issuer_holds = match form.value("iss") {
        Some(issuer) => issuer == secrets.issuer,
        None => !provider.metadata.authorization_response_iss_parameter_supported,
    };
    if !issuer_holds {
        return Err(OidcError::Rubbish("iss parameter").into());
    }
    match form.value("error") {
        None => {}
        Some("access_denied") => return Err(Arrival::Cancelled),
        Some(error) => return Err(OidcError::Refused(super::known_error(error)).into()),
    }
    let code = form.value("code").ok_or(OidcError::Rubbish("response"))?;
    let redirect_uri = config.public_url.join("/callback");
    let (verifier, nonce) = (&secrets.verifier, &secrets.nonce);
    let (claims, tokens) =
        provider.redeem(context, code, verifier, nonce, &redirect_uri, secrets.since).await?;
    let hash = &context.setup.keys.hash;
    let person = hash.id("person", &[&secrets.issuer, &claims.subject]);
    let now = context.host.now();
    let email = claims.email.as_deref();
    match access::evaluate(&config.access, hash, email, claims.email_verified, now) {
        Ok(admitted) => enter(context, request, &person, (claims, tokens), &admitted, &secrets)
            .await
            .map_err(|error| Arrival::Failed(error.into(), Some(person))),
        Err(refusal) => Err(Arrival::NotAdmitted { person, refusal, email: claims.email }),
    }
}

/// Lets a person in, given the proof that they may: on record first, then profile and session.
async fn enter<H: Host>(
    context: &Context<H>,
    request: &Request<Bytes>,
    person: &str,
    (claims, tokens): (Claims, Tokens),
    _: &Admitted,
    secrets: &store::Secrets,
) -> Result<Response<Body>, PortError> {
    on_record(context, Event::new(&context.host, Action::SignIn)?.person(person)).await?;
    let now = context.host.now();
    // Where the provider does not say, nobody knows.
    let proven_at = claims.auth_time.map_or(Timestamp(0), |at| at.min(now));
    let profile = Profile { email: claims.email.unwrap_or_default(), name: claims.name };
    person::keep(context, person, &profile).await?;
    tokens.keep(context, person).await?;
    let cookie = session::begin(context, request.headers(), person, proven_at).await?;
    let answer = page::see_other(&context.setup.config.public_url.join(&secrets.return_to));
    Ok(with_cookie(answer, cookie))
}

/// `POST /logout`: ends the session here; the one at the identity provider goes on.
pub async fn logout<H: Host>(context: &Context<H>, request: &Request<Bytes>) -> Response<Body> {
    match leave_session(context, request).await {
        Ok(response) => response,
        Err(error) => page::problem(&Problem::gateway(context, &error)),
    }
}

async fn leave_session<H: Host>(
    context: &Context<H>,
    request: &Request<Bytes>,
) -> Result<Response<Body>, PortError> {
    let Some(session) = Session::of(context, request.headers()).await? else { return Ok(page::signed_out()) };
    let setup = &context.setup;
    let form = Form::parse(request.body());
    let token = form.as_ref().ok().and_then(|form| form.value("csrf")).unwrap_or_default();
    let own = session.accepts(&setup.config, &setup.keys.hash, request.headers(), &["logout"], token);
    let outcome = if own { Outcome::Ok } else { Outcome::Refused(Reason::Csrf) };
    let event = Event::new(&context.host, Action::SignOut)?.person(session.person()).outcome(outcome);
    // Signing out must work even when it cannot be put on record; the log says so then.
    let _ = crate::audit::record(context, event).await;
    if !own {
        return Ok(page::problem(&Problem::foreign_form()));
    }
    let cookie = session::end(context, &session).await?;
    Ok(with_cookie(page::signed_out(), cookie))
}

async fn refused<H: Host>(
    context: &Context<H>,
    reason: Reason,
    person: Option<&str>,
    problem: &Problem,
) -> Response<Body> {
    note(context, Outcome::Refused(reason), person).await;
    page::problem(problem)
}

async fn failed<H: Host>(context: &Context<H>, error: &OidcError, person: Option<&str>) -> Response<Body> {
    note(context, Outcome::Failed(error.fault(), error.reason()), person).await;
    if let OidcError::Port(error) = error {
        return page::problem(&Problem::gateway(context, error));
    }
    let line = LogLine::new(Level::Warn, "sign_in_failed").word("reason", error.reason().name());
    context.host.log(match error {
        OidcError::Refused(word) => line.word("error", word),
        OidcError::Status(status) => line.number("status", i64::from(*status)),
        _ => line,
    });
    let issuer = Url::parse(&context.setup.config.identity.issuer).ok();
    let provider = issuer.as_ref().and_then(Url::host_str).unwrap_or("the identity provider").to_owned();
    page::problem(&match error {
        OidcError::NotConfigured => Problem {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            title: "The gateway is not set up to sign people in".to_owned(),
            what: format!("{error}."),
            fault: Fault::Gateway,
            remedy: "Those who run this gateway must set it.".to_owned(),
            link: None,
        },
        _ => Problem {
            status: match error {
                OidcError::TimedOut => StatusCode::GATEWAY_TIMEOUT,
                _ => StatusCode::BAD_GATEWAY,
            },
            title: "The identity provider did not sign you in".to_owned(),
            what: format!("The gateway asked {provider}, and {error}."),
            fault: Fault::IdentityProvider,
            remedy:
                "Try again in a minute. If it stays like this, tell those who run the identity provider and \
                     this gateway."
                    .to_owned(),
            link: Some(("Try again".to_owned(), "/login".to_owned())),
        },
    })
}

/// Puts a sign-in that did not happen on record. Nothing is granted, so nothing depends on the record.
async fn note<H: Host>(context: &Context<H>, outcome: Outcome, person: Option<&str>) {
    let Ok(event) = Event::new(&context.host, Action::SignIn) else { return };
    let event = event.outcome(outcome);
    let event = match person {
        Some(person) => event.person(person),
        None => event,
    };
    let _ = crate::audit::record(context, event).await;
}

/// Where to sign in and come back to a local path.
pub fn login_path(return_to: &str) -> String {
    format!("/login?{}", Serializer::new(String::new()).append_pair("return_to", return_to).finish())
}

/// Where to prove anew who one is, and come back to a local path.
pub fn anew_path(return_to: &str) -> String {
    format!("{}&anew=1", login_path(return_to))
}

/// A path on this gateway, or nothing: where a sign-in may lead to.
fn local_path(origin: &Origin, path: &str) -> Option<String> {
    // Two slashes, or what browsers take for them, begin a host name.
    if !path.starts_with('/') || path.starts_with("//") || path.contains(['\\', '\t', '\r', '\n']) {
        return None;
    }
    let base = Url::parse(origin.as_str()).ok()?;
    let url = base.join(path).ok()?;
    let local = url.origin() == base.origin() && !url.path().starts_with("//");
    local.then(|| match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    })
}
