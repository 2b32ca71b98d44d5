//! The consent page: who asks, what for, where the answer goes, as whom one answers.

use http::{Response, StatusCode};
use maud::html;

use super::{Forms, page};
use crate::body::Body;

/// What the page says.
#[derive(Clone, Debug)]
pub struct Consent<'a> {
    /// What the client calls itself, sanitized.
    pub client: &'a str,
    /// Who vouches for that.
    pub vouched: Vouched<'a>,
    /// Where the answer goes: a host, or an app's own scheme.
    pub destination: &'a str,
    /// Whether the answer goes to this very machine.
    pub is_loopback: bool,
    /// The names of the services that the client would use.
    pub services: &'a [&'a str],
    /// Whether it is for all services of the person's role.
    pub for_all: bool,
    /// Whether it would only read.
    pub reads_only: bool,
    /// The address of whoever is signed in.
    pub email: &'a str,
    /// The name of their role.
    pub role: &'a str,
    /// The query that is being answered, to be posted back as it is.
    pub request: &'a str,
    /// Where to change the account.
    pub switch: &'a str,
    /// The form's token.
    pub csrf: &'a str,
}

/// Who vouches for a client's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vouched<'a> {
    /// The host that its metadata document is on.
    ByHost(&'a str),
    /// Those who run this gateway.
    Here,
    /// Nobody.
    Not,
}

/// The page.
pub fn consent(consent: &Consent<'_>) -> Response<Body> {
    let content = html! {
        dl {
            dt { "Application" }
            dd {
                strong { (consent.client) }
                @match consent.vouched {
                    Vouched::ByHost(host) => { " – published at " strong { (host) } }
                    Vouched::Here => { " – set up by those who run this gateway" }
                    Vouched::Not => { br; span.soft { "It gave itself this name; nobody has checked it." } }
                }
            }
            dt { "Answer goes to" } dd { strong { (consent.destination) } }
            dt { "You are" } dd { (consent.email) " " a href=(consent.switch) { "Use another account" } }
        }
        p { "If you allow it, it may in your name:" }
        ul {
            @for service in consent.services {
                li {
                    "list and call the tools of " strong { (service) } " that your role “" (consent.role) "” may use"
                    @if consent.reads_only { ", of these only the ones that read" }
                }
            }
        }
        @if consent.for_all { p.soft { "And those of services that your role gets later, until you are asked again." } }
        @if consent.is_loopback {
            p.warn role="note" {
                "The answer goes to an application on the machine that you are using now. Allow it only if you have \
                 just asked an application here to connect; any program on this machine could be asking."
            }
        }
        form method="post" action="/authorize" {
            input type="hidden" name="request" value=(consent.request);
            input type="hidden" name="csrf" value=(consent.csrf);
            div.actions {
                button.primary type="submit" name="decision" value="allow" { "Allow" }
                button type="submit" name="decision" value="deny" { "Deny" }
            }
        }
    };
    page(StatusCode::OK, &format!("Allow {}?", consent.client), Forms::Onward, content)
}
