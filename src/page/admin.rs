//! The pages of administrators.

use http::{Response, StatusCode};
use maud::{Markup, html};

use super::{Forms, page};
use crate::body::Body;

/// What the page says.
#[derive(Clone, Debug)]
pub struct Admin<'a> {
    /// Who is signed in.
    pub email: &'a str,
    /// Whose calls are held.
    pub holds: &'a [AdminHold],
    /// The tokens that are not over.
    pub tokens: &'a [AdminToken],
    /// What a token can be for: a form field's name, and what it means.
    pub scopes: &'a [(&'static str, &'static str)],
    /// The token of the form that makes an admin token.
    pub csrf_token: &'a str,
    /// The token of the form that removes somebody.
    pub csrf_people: &'a str,
    /// The token of the form that says who somebody is, for administrators who are auditors, too.
    pub csrf_actor: Option<&'a str>,
}

/// Somebody whose calls wait for an administrator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdminHold {
    /// What it is released by.
    pub id: String,
    /// Who is held.
    pub person: String,
    /// Why, and since when.
    pub what: String,
    /// The token of the form that releases them.
    pub csrf: String,
}

/// An admin token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdminToken {
    /// Its id.
    pub id: String,
    /// What its maker calls it.
    pub name: String,
    /// What it is for, made and over when.
    pub what: String,
    /// The token of the form that ends it.
    pub csrf: String,
}

/// Somebody whose access was ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removed {
    /// Their id.
    pub person: String,
    /// The names of the services where an account of theirs was disconnected.
    pub accounts: Vec<String>,
    /// Whether the configuration still lets them in.
    pub still_admitted: bool,
    /// Whether what is stored about them was erased, too.
    pub erased: bool,
}

/// The page. Its forms post to `/admin/tokens` (`csrf`, `name`, `days`, `scope_*`), `/admin/tokens/{id}` and
/// `/admin/holds/{id}/release` (`csrf`), and `/admin/people/remove` (`csrf`, `who`, `erase`).
pub fn admin(admin: &Admin<'_>) -> Response<Body> {
    let content = html! {
        p { "You are " strong { (admin.email) } ". What you do here is on record." }
        p.actions { a.button href="/admin/pins" { "Tools that wait" } }
        @if !admin.holds.is_empty() {
            h2 { "Calls that are held" }
            p.soft {
                "They pulled more than is usual, and make no calls until you decide. Who is released is not held again for what "
                "they pulled in that hour and day."
            }
        }
        @for hold in admin.holds {
            form method="post" action={ "/admin/holds/" (hold.id) "/release" } {
                p { code { (hold.person) } br; (hold.what) }
                input type="hidden" name="csrf" value=(hold.csrf);
                p { button type="submit" aria-label={ "Release " (hold.person) } { "Release" } }
            }
        }
        h2 { "Remove somebody at once" }
        p.soft {
            "Ends their sessions and all that AI clients hold for them, and disconnects their accounts at services. "
            "Who is still in the configuration can sign in again."
        }
        form method="post" action="/admin/people/remove" {
            input type="hidden" name="csrf" value=(admin.csrf_people);
            label { "E-mail address or person id" input name="who" required autocomplete="off"; }
            label {
                input type="checkbox" name="erase" value="1";
                " Erase what is stored about them, too: profile, pseudonyms, everything but the audit log's keyed hash"
            }
            button type="submit" { "Remove" }
        }
        h2 { "Tokens for programs" }
        @if admin.tokens.is_empty() { p { "None." } }
        @for token in admin.tokens {
            form method="post" action={ "/admin/tokens/" (token.id) } {
                p { strong { (token.name) } br; (token.what) }
                input type="hidden" name="csrf" value=(token.csrf);
                p { button type="submit" aria-label={ "End the token " (token.name) } { "End it" } }
            }
        }
        h2 { "A new token" }
        form method="post" action="/admin/tokens" {
            input type="hidden" name="csrf" value=(admin.csrf_token);
            label { "Name" input name="name" required maxlength="64" autocomplete="off"; }
            label { "Days until it is over" input name="days" type="number" min="1" max="365" value="30" required; }
            @for (name, meaning) in admin.scopes {
                label { input type="checkbox" name=(name) value="1"; " " (meaning) }
            }
            button type="submit" { "Make a token" }
        }
        @if let Some(csrf) = admin.csrf_actor { (who_is(csrf)) }
        h2 { "For programs" }
        p.soft { "The same that a token of the right kind gets." }
        ul {
            li { a href="/admin/throughput" { "What people pull, and whose calls are held" } }
            li { a href="/admin/audit/export" { "The record, from its beginning" } }
            li { a href="/admin/audit/checkpoints" { "Signed checkpoints of the record" } }
            li { a href="/admin/audit/deliveries" { "How its delivery to other systems stands" } }
        }
        p.actions { a.button href="/" { "To the start" } }
    };
    page(StatusCode::OK, "Administration", Forms::Here, content)
}

/// The page of auditors who are no administrators. Its form posts to `/admin/audit/resolve` (`csrf`, `actor`, `case`).
pub fn auditor(email: &str, csrf: &str) -> Response<Body> {
    let content = html! {
        p { "You are " strong { (email) } ". What you do here is on record." }
        (who_is(csrf))
        p.actions { a.button href="/" { "To the start" } }
    };
    page(StatusCode::OK, "Audit", Forms::Here, content)
}

fn who_is(csrf: &str) -> Markup {
    html! {
        h2 { "Who somebody on record is" }
        p.soft { "For a case, and on record with it." }
        form method="post" action="/admin/audit/resolve" {
            input type="hidden" name="csrf" value=(csrf);
            label { "Person, as the record has it" input name="actor" required maxlength="43" autocomplete="off"; }
            label { "Case, such as CASE-17" input name="case" required maxlength="19" autocomplete="off"; }
            button type="submit" { "Look up" }
        }
    }
}

/// The page that says who somebody on record is.
pub fn actor(actor: &str, case: &str, email: Option<&str>) -> Response<Body> {
    let status = if email.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND };
    let content = html! {
        @match email {
            Some(email) => p { code { (actor) } " is " strong { (email) } ", as of the last sign-in." },
            None => p {
                "Nobody is known here as " code { (actor) } ": they have not signed in here, or were erased."
            },
        }
        p.soft { "On record, for " (case) "." }
        p.actions { a.button href="/admin" { "Back" } }
    };
    page(status, "Who it is", Forms::Here, content)
}

/// The one page that shows a new token.
pub fn token_made(name: &str, token: &str) -> Response<Body> {
    let content = html! {
        p { "This is the token " strong { (name) } ". Keep it now: it is not shown again." }
        pre { (token) }
        p.actions { a.button href="/admin" { "Administration" } }
    };
    page(StatusCode::OK, "A new token", Forms::Here, content)
}

/// The page after removing somebody: one entry for each account at the identity provider.
pub fn removed(people: &[Removed]) -> Response<Body> {
    let content = html! {
        @for removed in people {
            p { "The access of " code { (removed.person) } " has ended, everywhere." }
            @if removed.erased { p { "What was stored about them is erased." } }
            @if !removed.accounts.is_empty() {
                p { "Accounts that were disconnected: " (removed.accounts.join(", ")) "." }
            }
            @if removed.still_admitted {
                p.warn role="note" {
                    "The configuration still lets this person in, so they can sign in again. Remove them from the \
                     configuration as well."
                }
            }
        }
        p.actions { a.button href="/admin" { "Administration" } }
    };
    page(StatusCode::OK, "Access ended", Forms::Here, content)
}
