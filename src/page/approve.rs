//! The approval page: a person sees one call, whole, and says yes or no to it.

use http::{Response, StatusCode};
use maud::html;

use super::{Forms, named, page, shown};
use crate::body::Body;

/// What the page says.
#[derive(Clone, Debug)]
pub struct Approve<'a> {
    /// The id of the waiting call; the form posts to `/approve/{id}`.
    pub id: &'a str,
    /// The service's name.
    pub service: &'a str,
    /// The tool's name.
    pub tool: &'a str,
    /// The arguments as indented JSON, with the real values: the person decides about what will really happen.
    pub arguments: &'a str,
    /// What the call says beside its arguments, likewise; the empty text for nothing.
    pub beside: &'a str,
    /// Until when the answer counts, for people: `14:05 UTC`.
    pub expires: &'a str,
    /// The form's token.
    pub csrf: &'a str,
}

/// The page. What hides in a text is written out. Its form posts `csrf` and `decision`, which is `approve` or `deny`.
pub fn approve(approve: &Approve<'_>) -> Response<Body> {
    let content = html! {
        p { "An AI client wants to do this in your name. It happens only if you say yes." }
        dl {
            dt { "Service" } dd { strong { (approve.service) } }
            dt { "Tool" } dd { code { (shown(approve.tool)) } }
            dt { "Answer until" } dd { (approve.expires) }
        }
        h2 { "With these values" }
        pre tabindex="0" { (shown(approve.arguments)) }
        @if !approve.beside.is_empty() {
            h2 { "And beside them" }
            pre tabindex="0" { (shown(approve.beside)) }
        }
        form method="post" action={ "/approve/" (approve.id) } {
            input type="hidden" name="csrf" value=(approve.csrf);
            div.actions {
                button.primary type="submit" name="decision" value="approve" { "Yes, do this once" }
                button type="submit" name="decision" value="deny" { "No" }
            }
        }
    };
    page(StatusCode::OK, &format!("Allow {}?", named(approve.tool)), Forms::Here, content)
}
