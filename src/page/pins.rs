//! The pages about definitions of tools: what waits for an administrator, and one of them, whole.

use http::{Response, StatusCode};
use maud::{Markup, html};

use super::{Forms, page, shown};
use crate::body::Body;

/// A definition in a list.
#[derive(Clone, Debug)]
pub struct PinLine {
    /// Its id.
    pub id: String,
    /// The service's name.
    pub service: String,
    /// The tool's name.
    pub tool: String,
    /// Why it waits, or what became of it.
    pub why: &'static str,
    /// The names of its flags.
    pub flags: String,
    /// Since when, for people.
    pub since: String,
}

/// A definition, whole.
#[derive(Clone, Debug)]
pub struct PinPage<'a> {
    /// What a list says of it.
    pub line: &'a PinLine,
    /// The stable name of its state; the form decides about this definition in this state.
    pub state: &'static str,
    /// What the state means.
    pub meaning: &'static str,
    /// Who decided and when, if anybody did.
    pub decided: Option<String>,
    /// What its flags mean, and where: path and text.
    pub flags: &'a [(&'static str, Vec<(String, String)>)],
    /// Whether there is a definition to compare it with.
    pub compared: bool,
    /// Where it differs from that: path, before and after.
    pub differences: &'a [(String, Option<String>, Option<String>)],
    /// Whether it differs in more places.
    pub more: bool,
    /// The definition as indented JSON; nothing where it is too large to be shown or cannot be read.
    pub definition: &'a str,
    /// Whether it can be approved, and whether it can be rejected.
    pub decisions: (bool, bool),
    /// The form's token.
    pub csrf: &'a str,
}

/// The list of what waits, and how many there are in all; those that were rejected and pinned last; and whether anything
/// is `held` at all.
pub fn pins(
    waiting: &[PinLine],
    all: i64,
    rejected: &[PinLine],
    pinned: &[PinLine],
    held: bool,
) -> Response<Body> {
    let content = html! {
        p {
            "What a service says of a tool is an order to a model. "
            @if held {
                "A tool with a definition that waits or was rejected is not shown and cannot be called."
            } @else {
                "Nothing is held: guard.modes.pins is not enforce. What waits or was rejected is shown and called all the same."
            }
        }
        h2 { "Waiting" }
        @if waiting.is_empty() { p { "None." } } @else { (list(waiting)) }
        @if all > waiting.len() as i64 { p.soft { "There are " (all) " in all; these were seen last." } }
        @if !rejected.is_empty() { h2 { "Rejected" } (list(rejected)) }
        @if !pinned.is_empty() { h2 { "Pinned" } p.soft { "Those that were pinned last." } (list(pinned)) }
        p.actions { a.button href="/admin" { "Administration" } }
    };
    page(StatusCode::OK, "Tools that wait", Forms::Here, content)
}

fn list(pins: &[PinLine]) -> Markup {
    html! {
        @for pin in pins {
            p {
                a href={ "/admin/pins/" (pin.id) } { strong { (shown(&pin.tool)) } } " of " (pin.service) br;
                (pin.why) br;
                @if !pin.flags.is_empty() { "Flags: " (pin.flags) br; }
                span.soft { (pin.since) }
            }
        }
    }
}

/// One definition. Its form posts `csrf`, `state` and `decision`, which is `approve` or `reject`. What hides in a text is
/// written out.
pub fn pin(pin: &PinPage<'_>) -> Response<Body> {
    let line = pin.line;
    let content = html! {
        dl {
            dt { "Service" } dd { strong { (line.service) } }
            dt { "Tool" } dd { code { (shown(&line.tool)) } }
            dt { "Now" } dd { (pin.meaning) }
            dt { "When it was seen first" } dd { (line.since) ": " (line.why) }
            @if let Some(decided) = &pin.decided { dt { "Decided" } dd { (shown(decided)) } }
        }
        @if !pin.flags.is_empty() {
            h2 { "What speaks against it" }
            @for (meaning, places) in pin.flags {
                p.warn role="note" {
                    (meaning)
                    @for (path, text) in places { br; code { (shown(path)) } " " (shown(text)) }
                }
            }
        }
        @if pin.compared {
            h2 { "What is different from before" }
            @for (path, before, after) in pin.differences {
                p { code { (shown(path)) } }
                @if let Some(before) = before { pre tabindex="0" { "- " (shown(before)) } }
                @if let Some(after) = after { pre tabindex="0" { "+ " (shown(after)) } }
            }
            @if pin.more { p { "And in more places: read the whole." } }
        }
        h2 { "The whole definition" }
        @if pin.definition.is_empty() {
            p { "It is too large to be shown or cannot be read, so nobody can approve it. Ask the service's operator for another." }
        } @else {
            pre tabindex="0" { (shown(pin.definition)) }
        }
        form method="post" action={ "/admin/pins/" (line.id) } {
            input type="hidden" name="csrf" value=(pin.csrf);
            input type="hidden" name="state" value=(pin.state);
            div.actions {
                @if pin.decisions.0 {
                    button type="submit" name="decision" value="approve" { "Approve this definition" }
                }
                @if pin.decisions.1 {
                    button type="submit" name="decision" value="reject" { "Reject it" }
                }
            }
        }
        p.actions { a.button href="/admin/pins" { "Tools that wait" } }
    };
    page(StatusCode::OK, &format!("The tool {}", shown(&line.tool)), Forms::Here, content)
}
