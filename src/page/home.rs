//! The start page: who is signed in, and the addresses to give to a client.

use http::{Response, StatusCode};
use maud::html;

use super::{Forms, page};
use crate::body::Body;

/// What the page says to someone who is signed in.
#[derive(Clone, Debug)]
pub struct Home<'a> {
    /// What to call them.
    pub name: &'a str,
    /// Their address.
    pub email: &'a str,
    /// What they may use, or why nothing.
    pub entry: Entry<'a>,
    /// The AI clients that they have permitted something.
    pub clients: &'a [Permitted],
    /// Whether there are services at which people have accounts of their own.
    pub accounts: bool,
    /// Whether they are an administrator.
    pub admin: bool,
    /// The token of the form that signs out.
    pub csrf: &'a str,
}

/// Whether someone may use anything.
#[derive(Clone, Debug)]
pub enum Entry<'a> {
    /// With a role, these services: name and address. With more than one, also the address of all together.
    Role(&'a str, Vec<(&'a str, String)>, Option<String>),
    /// Nothing, and why.
    Refused(String),
}

/// A client that somebody has permitted something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permitted {
    /// Its id.
    pub id: String,
    /// What it called itself, sanitized.
    pub name: String,
    /// What it was permitted, a sentence each.
    pub what: Vec<String>,
    /// The token of the form that takes all of it back.
    pub csrf: String,
}

/// The page for someone who is signed in. Each client's form posts `csrf` and `client` to `/clients/revoke`.
pub fn home(home: &Home<'_>) -> Response<Body> {
    let content = html! {
        p { "Signed in as " strong { (home.name) } @if home.name != home.email { " (" (home.email) ")" } }
        @match &home.entry {
            Entry::Role(role, services, together) => {
                h2 { "Services for your role “" (role) "”" }
                @if services.is_empty() { p { "None yet. Those who run this gateway decide." } }
                @for (name, address) in services {
                    p { strong { (name) } br; code { (address) } }
                }
                @if let Some(address) = together { p { strong { "All of them" } br; code { (address) } } }
                p.soft {
                    "Give an address to your AI client as a remote MCP server. It will send you back here to allow it."
                }
            }
            Entry::Refused(why) => { p.warn { "You may no longer enter: " (why) "." } }
        }
        @if !home.clients.is_empty() {
            h2 { "AI clients that may act for you" }
            @for client in home.clients {
                form method="post" action="/clients/revoke" {
                    p {
                        strong { (client.name) }
                        @for what in &client.what { br; (what) }
                    }
                    input type="hidden" name="client" value=(client.id);
                    input type="hidden" name="csrf" value=(client.csrf);
                    p { button type="submit" aria-label={ "End the access of " (client.name) } { "End its access" } }
                }
            }
        }
        @if home.accounts { p { a href="/connections" { "Your accounts at services" } } }
        @if home.admin { p { a href="/admin" { "Administration" } } }
        form.actions method="post" action="/logout" {
            input type="hidden" name="csrf" value=(home.csrf);
            button type="submit" { "Sign out" }
        }
    };
    page(StatusCode::OK, "Your gateway", Forms::Here, content)
}

/// The page for everyone else.
pub fn welcome() -> Response<Body> {
    let content = html! {
        p { "This gateway stands between AI clients and the services of your organisation." }
        p.actions { a.button.primary href="/login" { "Sign in" } }
    };
    page(StatusCode::OK, "AI gateway", Forms::Here, content)
}
