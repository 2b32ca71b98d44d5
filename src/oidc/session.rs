//! The browser's session: a random id in a cookie, its digest in the database.
//!
//! | gateway | cookie | attributes |
//! |---|---|---|
//! | `https` | `__Host-mcpgate_session` | Secure, HttpOnly, SameSite=Lax, Path=/ |
//! | loopback `http` | `mcpgate_session` | HttpOnly, SameSite=Lax, Path=/ |
//!
//! Forms carry a token that is a keyed hash of the session id and of what the form is about: it fits no other
//! session and no other question.

use cookie::{Cookie, SameSite};
use http::HeaderMap;
use http::header::{COOKIE, HeaderValue, ORIGIN, SET_COOKIE};

use crate::config::Config;
use crate::context::Context;
use crate::crypto::{HashKey, Secret, digest};
use crate::host::{Host, PortError, Timestamp};
use crate::store::session::{self, Row};

/// A signed-in browser. Only this module makes one, from a cookie that the database knows.
#[derive(Clone, Debug)]
pub struct Session {
    id: Secret,
    row: Row,
}

impl Session {
    /// The session of a request, if it has one that has not ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of<H: Host>(context: &Context<H>, headers: &HeaderMap) -> Result<Option<Self>, PortError> {
        let Some(id) = read_cookie(&context.setup.config, headers, SESSION) else { return Ok(None) };
        let row = session::find(&context.host, &digest(id.expose()), context.host.now()).await?;
        Ok(row.map(|row| Self { id, row }))
    }

    /// Whose it is.
    pub fn person(&self) -> &str {
        &self.row.person
    }

    /// When the identity provider is known to have had the person prove who they are; the year 1970 when it is not.
    pub fn proven_at(&self) -> Timestamp {
        self.row.proven_at
    }

    /// The digest of its id: what tells it from others without telling the id.
    pub fn id_hash(&self) -> String {
        digest(self.id.expose())
    }

    /// The token that a form of this session carries; `about` names the form and what it decides.
    pub fn csrf(&self, key: &HashKey, about: &[&str]) -> String {
        let mut parts = vec![self.id.expose()];
        parts.extend_from_slice(about);
        key.id("csrf", &parts)
    }

    /// Whether a posted form is one that this gateway showed to this session: same origin and the right token.
    pub fn accepts(
        &self,
        config: &Config,
        key: &HashKey,
        headers: &HeaderMap,
        about: &[&str],
        token: &str,
    ) -> bool {
        is_same_origin(config, headers) && Secret::new(token) == Secret::new(self.csrf(key, about))
    }
}

/// Begins a session for a person who has just signed in, under a new id, and ends the one the browser had: an id
/// that somebody planted is worth nothing. Answers with the cookie to set.
///
/// # Errors
/// When the database or the host's randomness fails.
pub(super) async fn begin<H: Host>(
    context: &Context<H>,
    headers: &HeaderMap,
    person: &str,
    proven_at: Timestamp,
) -> Result<HeaderValue, PortError> {
    let config = &context.setup.config;
    let id = Secret::random(&context.host)?;
    let former = read_cookie(config, headers, SESSION).map(|id| digest(id.expose()));
    let now = context.host.now();
    let life = config.tokens.session;
    let row = Row { person: person.to_owned(), created_at: now, expires_at: now.after(life), proven_at };
    session::replace(&context.host, former.as_deref(), &digest(id.expose()), &row).await?;
    set_cookie(config, SESSION, id.expose(), life)
}

/// Ends a session. Answers with the cookie that makes the browser forget it.
///
/// # Errors
/// When the database fails: then the session goes on.
pub(super) async fn end<H: Host>(context: &Context<H>, session: &Session) -> Result<HeaderValue, PortError> {
    session::delete(&context.host, &digest(session.id.expose())).await?;
    set_cookie(&context.setup.config, SESSION, "", std::time::Duration::ZERO)
}

/// The cookie of a session.
pub(super) const SESSION: Name = Name { secure: "__Host-mcpgate_session", loopback: "mcpgate_session" };

/// The cookie that binds a sign-in to the browser that began it.
pub(super) const LOGIN: Name = Name { secure: "__Host-mcpgate_login", loopback: "mcpgate_login" };

/// A cookie's name. Browsers keep a `__Host-` cookie only over TLS, so a loopback gateway has another.
#[derive(Clone, Copy)]
pub(super) struct Name {
    secure: &'static str,
    loopback: &'static str,
}

impl Name {
    fn of(self, config: &Config) -> &'static str {
        if config.public_url.is_secure() { self.secure } else { self.loopback }
    }
}

pub(super) fn read_cookie(config: &Config, headers: &HeaderMap, name: Name) -> Option<Secret> {
    let name = name.of(config);
    let cookies = headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(Cookie::split_parse)
        .filter_map(Result::ok)
        .find(|cookie| cookie.name() == name && cookie.value().len() == Secret::RANDOM_LENGTH)
        .map(|cookie| Secret::new(cookie.value()))
}

pub(super) fn set_cookie(
    config: &Config,
    name: Name,
    value: &str,
    life: std::time::Duration,
) -> Result<HeaderValue, PortError> {
    let life = time::Duration::seconds(i64::try_from(life.as_secs()).unwrap_or(0));
    let cookie = Cookie::build((name.of(config), value))
        .path("/")
        .http_only(true)
        .secure(config.public_url.is_secure())
        .same_site(SameSite::Lax)
        .max_age(life);
    HeaderValue::from_str(&cookie.to_string()).map_err(|_| PortError::new("random", "not a cookie's value"))
}

/// Adds a cookie to an answer.
pub(super) fn with_cookie<B>(mut response: http::Response<B>, cookie: HeaderValue) -> http::Response<B> {
    response.headers_mut().append(SET_COOKIE, cookie);
    response
}

/// Whether a request comes from a page of this gateway, or from no page at all.
///
/// A browser that hides the origin behind `null`, as `Referrer-Policy: no-referrer` makes it, still says in
/// `Sec-Fetch-Site`, which no page can forge, where the request comes from.
fn is_same_origin(config: &Config, headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    match headers.get(ORIGIN).map(HeaderValue::as_bytes) {
        Some(b"null") => site == Some(b"same-origin"),
        Some(origin) => origin == config.public_url.as_str().as_bytes(),
        None => matches!(site, None | Some(b"same-origin" | b"none")),
    }
}
