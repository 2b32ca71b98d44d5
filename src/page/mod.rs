//! The pages that people see: plain HTML without a script, one style sheet inside, the same safe headers on each.
//!
//! Templates take finished values and decide nothing.

mod admin;
mod approve;
mod connect;
mod consent;
mod home;
mod pins;
mod visible;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, LOCATION, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{Response, StatusCode};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

pub use self::admin::{Admin, AdminHold, AdminToken, Removed, actor, admin, auditor, removed, token_made};
pub use self::approve::{Approve, approve};
pub use self::connect::{Account, Connection, connect, connected, connections};
pub use self::consent::{Consent, Vouched, consent};
pub use self::home::{Entry, Home, Permitted, home, welcome};
pub use self::pins::{PinLine, PinPage, pin, pins};
pub use self::visible::{hides, named, shown};
use crate::body::Body;
use crate::context::Context;
use crate::error::Fault;
use crate::host::{Host, Level, LogLine, PortError};

const STYLE: &str = include_str!("style.css");

/// Where the forms of a page may lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forms {
    /// To this gateway and nowhere else.
    Here,
    /// To this gateway, and on from there by redirects: browsers hold a redirect that answers a form against
    /// `form-action`, and where a client's redirect URI leads on to (an app's own scheme, another host) is not known
    /// beforehand. So the directive is left out. Such a page has one form, without scripts and with `base-uri`
    /// closed: nothing in it can change where the form goes.
    Onward,
}

/// A page.
pub fn page(status: StatusCode, title: &str, forms: Forms, content: Markup) -> Response<Body> {
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · mcpgate" }
                style { (PreEscaped(STYLE)) }
            }
            body { main { h1 { (title) } (content) } }
        }
    };
    let mut response = Response::new(Body::from(markup.into_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    // `no-referrer` would make browsers send `Origin: null` with our own forms (Fetch standard, "append a request
    // `Origin` header"); towards others this is as silent.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    let form_action = match forms {
        Forms::Here => "; form-action 'self'",
        Forms::Onward => "",
    };
    let style = STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; frame-ancestors 'none'{form_action}"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// Sends the browser on by GET. The address must be written in ASCII, as URLs are.
pub fn see_other(location: &str) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    let Ok(location) = HeaderValue::from_str(location) else {
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        return response;
    };
    *response.status_mut() = StatusCode::SEE_OTHER;
    response.headers_mut().insert(LOCATION, location);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// Something that did not work, as a person sees it: what, whose fault, what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The HTTP status.
    pub status: StatusCode,
    /// The headline.
    pub title: String,
    /// What happened, and where.
    pub what: String,
    /// Whose fault it is.
    pub fault: Fault,
    /// What the person can do.
    pub remedy: String,
    /// A link to do it by: text and address.
    pub link: Option<(String, String)>,
}

impl Problem {
    /// A request that is not what it should be; `link` leads on.
    pub fn caller(what: &str, link: &str) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            title: "This address does not work".to_owned(),
            what: what.to_owned(),
            fault: Fault::Caller,
            remedy: "Go back to where you came from and begin again.".to_owned(),
            link: Some(("To the start".to_owned(), link.to_owned())),
        }
    }

    /// A form that was not shown by this gateway to this session.
    pub fn foreign_form() -> Self {
        Self {
            status: StatusCode::FORBIDDEN,
            title: "Nothing was done".to_owned(),
            what: "The form did not come from a page that this gateway showed you in this session."
                .to_owned(),
            fault: Fault::Caller,
            remedy: "Go back, reload the page and try again.".to_owned(),
            link: Some(("To the start".to_owned(), "/".to_owned())),
        }
    }

    /// The gateway or its host failed. The details go to the log, not to the page.
    pub fn gateway<H: Host>(context: &Context<H>, error: &PortError) -> Self {
        context.host.log(LogLine::new(Level::Error, "page_failed").port(error));
        Self {
            status: StatusCode::SERVICE_UNAVAILABLE,
            title: "The gateway cannot do this now".to_owned(),
            what: "Its storage, its audit trail or another part of it did not work. Nothing was done."
                .to_owned(),
            fault: Fault::Gateway,
            remedy: "Try again in a minute. If it stays like this, tell those who run this gateway."
                .to_owned(),
            link: None,
        }
    }
}

/// The page of a problem.
pub fn problem(problem: &Problem) -> Response<Body> {
    let whose = match problem.fault {
        Fault::Caller => "The request",
        Fault::Service => "The service",
        Fault::IdentityProvider => "The identity provider",
        Fault::Sink => "What audit records are sent to",
        Fault::Gateway => "This gateway",
    };
    let content = html! {
        p { (problem.what) }
        dl {
            dt { "Where it went wrong" } dd { (whose) }
            dt { "What to do" } dd { (problem.remedy) }
        }
        @if let Some((text, address)) = &problem.link {
            p.actions { a.button href=(address) { (text) } }
        }
    };
    page(problem.status, &problem.title, Forms::Here, content)
}

/// The page after signing out.
pub fn signed_out() -> Response<Body> {
    let content = html! {
        p { "You are signed out of this gateway. The identity provider may still know you." }
        p.actions { a.button href="/login" { "Sign in" } }
    };
    page(StatusCode::OK, "Signed out", Forms::Here, content)
}
