//! The pages of a person's accounts at services.

use http::{Response, StatusCode};
use maud::{Markup, html};

use super::{Forms, page};
use crate::body::Body;

/// An account at a service.
#[derive(Clone, Debug)]
pub struct Account<'a> {
    /// The service's id.
    pub id: &'a str,
    /// The service's name.
    pub name: &'a str,
    /// The day it was connected, if it is.
    pub since: Option<String>,
    /// Whether it was connected, and the service does not accept that any more.
    pub dead: bool,
    /// What the service wants besides; the empty text for nothing.
    pub wanted: String,
    /// Whether the person may use the service; if not, all that is left is to disconnect.
    pub allowed: bool,
}

/// What the page about one account says.
#[derive(Clone, Debug)]
pub struct Connection<'a> {
    /// The account.
    pub account: Account<'a>,
    /// The host of the service.
    pub host: &'a str,
    /// The form's token.
    pub csrf: &'a str,
}

/// The page of all accounts.
pub fn connections(accounts: &[Account<'_>]) -> Response<Body> {
    let content = html! {
        @if accounts.is_empty() { p { "None of your services has an account to connect." } }
        @for account in accounts {
            p { strong { a href={ "/connect/" (account.id) } { (account.name) } } br; (state(account)) }
        }
        p.soft { "What an AI client does at a service in your name, it does with your own account there." }
        p.actions { a.button href="/" { "To the start" } }
    };
    page(StatusCode::OK, "Your accounts", Forms::Here, content)
}

/// The page of one account. Its form posts `csrf` and `decision`, which is `connect` or `disconnect`.
pub fn connect(connection: &Connection<'_>) -> Response<Body> {
    let account = &connection.account;
    let connected = account.since.is_some();
    let content = html! {
        p { (state(account)) }
        @if account.allowed && (!connected || !account.wanted.is_empty()) {
            p {
                "You will be sent to the sign-in of " strong { (account.name) } " (" (connection.host) ") to allow this. "
                "The gateway keeps what it gets there sealed under a key of your own, and uses it for what you ask of "
                (account.name) " and nothing else."
            }
        }
        form method="post" action={ "/connect/" (account.id) } {
            input type="hidden" name="csrf" value=(connection.csrf);
            div.actions {
                @if account.allowed {
                    button.primary type="submit" name="decision" value="connect" {
                        @if connected { "Connect again" } @else { "Connect" }
                    }
                }
                @if connected || account.dead || !account.allowed { button type="submit" name="decision" value="disconnect" { "Disconnect" } }
            }
        }
        p.soft { a href="/connections" { "All your accounts" } }
    };
    // A browser holds the redirect that answers the form against `form-action`.
    page(StatusCode::OK, &format!("Your account at {}", account.name), Forms::Onward, content)
}

/// The page after connecting.
pub fn connected(name: &str) -> Response<Body> {
    let content = html! {
        p { "Go back to your AI client and let it make the call again." }
        p.actions { a.button href="/connections" { "Your accounts" } }
    };
    page(StatusCode::OK, &format!("{name} is connected"), Forms::Here, content)
}

fn state(account: &Account<'_>) -> Markup {
    html! {
        @match (&account.since, account.dead) {
            _ if !account.allowed => { "You may no longer use this; your account is still connected" }
            (Some(_), _) if !account.wanted.is_empty() => {
                "Connected, but something you asked for needs another permission: " code { (account.wanted) }
            }
            (Some(since), _) => { "Connected since " (since) }
            (None, true) => { "Has to be connected again" }
            (None, false) => { "Not connected" }
        }
    }
}
