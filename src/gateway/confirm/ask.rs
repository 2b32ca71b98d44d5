//! How a person is asked about a call, and what comes of their answer.

use std::time::Duration;

use http::{HeaderMap, Response, StatusCode};
use serde::{Deserialize, Serialize};

use super::brought::{Own, State, required};
use super::{Answer, CONFIRMATION_TTL, DENIAL_TTL};
use crate::audit::{Action, Outcome, Reason};
use crate::body::Body;
use crate::config::ConfirmIn;
use crate::context::Context;
use crate::error::{Fault, Refusal};
use crate::gateway::account::Account;
use crate::gateway::admit::{Admitted, storage};
use crate::gateway::call::Resolved;
use crate::gateway::word::Word;
use crate::gateway::{bridge, rounds, session};
use crate::host::{Host, PortError};
use crate::mcp::bridge::{Facts, Question};
use crate::mcp::message::{Kind, Message};
use crate::mcp::raw::{self, Object, quoted};
use crate::mcp::revision::{Era, MODERN};
use crate::mcp::sse::Event;
use crate::page;
use crate::service::random_id;
use crate::store::confirmation::{self, Said};
use crate::store::question;

/// The key of the question in `inputRequests`, and what its id begins with for older clients, after the service's.
pub(super) const QUESTION: &str = "mcpgate-confirm";

/// The one field of the form.
pub(super) const FIELD: &str = "allow";

/// Arguments that are longer are shown on the page only: a form that cuts them would ask about something else.
const MOST_IN_A_FORM: usize = 4096;

/// How often it is looked for an answer.
const FIRST_LOOK: Duration = Duration::from_millis(200);
const LATER_LOOKS: Duration = Duration::from_secs(2);

/// How long a call that comes back from a page waits for what is said there: below what official clients wait.
const AT_THE_PAGE: Duration = Duration::from_secs(45);

/// Where the person says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum How {
    /// In a form that the client shows.
    Form,
    /// On the page of the gateway, which the client opens.
    Page,
}

/// How a client can be asked.
pub(super) enum Way {
    /// By a result, in 2026-07-28.
    Result(How),
    /// Before the answer, on its stream. Under that id word comes that the call is not wanted any more.
    Stream(How, Option<String>),
    /// By what the model reads.
    Link,
}

/// A call that a person is asked about.
pub(super) struct Asking<'a, H: Host> {
    pub(super) context: &'a Context<H>,
    pub(super) admitted: &'a Admitted<'a>,
    pub(super) tool: &'a str,
    pub(super) digest: &'a str,
    pub(super) asked: &'a str,
}

impl<H: Host> Asking<'_, H> {
    pub(super) fn way(&self, headers: &HeaderMap, resolved: &Resolved) -> Way {
        let (context, admitted) = (self.context, self.admitted);
        let mut word = None;
        let facts = match (&resolved.way, resolved.era) {
            (_, Era::Modern) => Facts::of_meta(resolved.message.meta_object().as_deref()),
            (bridge::Way::Bridged(client), Era::Legacy) => {
                let request = resolved.message.id().unwrap_or_default();
                word = client.cancellation(context, request);
                client.facts.clone()
            }
            (bridge::Way::Direct, Era::Legacy) => session::facts(context, admitted, headers),
        };
        let can = |mode: &str| facts.can("elicitation/create", &format!(r#"{{"mode":"{mode}"}}"#)).is_ok();
        let form = || {
            let shown = raw::indented(self.asked).len() <= MOST_IN_A_FORM;
            can("form") && shown && self.takes_forms()
        };
        let how = if can("url") {
            How::Page
        } else if form() {
            How::Form
        } else {
            return Way::Link;
        };
        match resolved.era {
            Era::Modern => Way::Result(how),
            Era::Legacy if context.line.is_open() => Way::Stream(how, word),
            Era::Legacy => Way::Link,
        }
    }

    /// The result that asks a client of 2026-07-28.
    pub(super) fn result(&self, id: &str, how: How, own: Own) -> Result<String, Refusal> {
        let state = State::new(id, self.digest, how, own, self.context.host.now());
        let state = state.sealed(self.context, self.admitted)?;
        Ok(required(&self.params(id, how, MODERN), &state))
    }

    /// Takes what came back with the call.
    pub(super) async fn heed(
        &self,
        state: State,
        answer: Option<String>,
        account: &mut Account<H>,
    ) -> Result<(), Refusal> {
        if state.digest != self.digest {
            return Err(rounds::foreign_state());
        }
        let answer = answer.as_deref().and_then(Object::parse).unwrap_or_default();
        match state.how {
            How::Form if !self.takes_forms() => Err(self.unanswered(&state.id)),
            How::Form => match Answer::of(&answer) {
                Answer::Yes => self.yes(&state.id, account).await,
                Answer::No => self.no(account).await,
                Answer::Nothing => Err(self.unanswered(&state.id)),
            },
            How::Page if answer.string("action").as_deref() == Some("accept") => {
                let host = &self.context.host;
                let until = host.now().after(AT_THE_PAGE);
                while !self.decided(&state.id).await? && host.now() < until {
                    host.sleep(LATER_LOOKS).await;
                }
                // Nobody is asked again about what they said no to.
                match confirmation::find(host, self.admitted.principal.person(), &state.id, host.now()).await
                {
                    Ok(Some(_)) => Ok(()),
                    Ok(None) => Err(self.denied()),
                    Err(error) => Err(storage(self.context, &error)),
                }
            }
            How::Page => Err(self.unanswered(&state.id)),
        }
    }

    /// Asks before the answer, and waits: for an answer from the client, or for what is said on the page.
    ///
    /// # Errors
    /// A [`Refusal`] unless the person says yes.
    pub(super) async fn on_the_line(
        &self,
        id: &str,
        how: How,
        word: Option<String>,
        account: &mut Account<H>,
    ) -> Result<(), Refusal> {
        let (context, admitted) = (self.context, self.admitted);
        let host = &context.host;
        let failed = |error: PortError| storage(context, &error);
        let person = question::Asked { person: admitted.principal.person(), key: &admitted.key };
        let name = random_id(context).map_err(failed)?;
        // At the address of all services the answer says by this which of them it is about.
        let name = format!("{}.{QUESTION}.{name}", admitted.service.id);
        let until = host.now().after(rounds::PATIENCE);
        question::put(host, person, &name, until).await.map_err(failed)?;
        let question = Question {
            key: QUESTION.to_owned(),
            method: "elicitation/create".to_owned(),
            params: self.params(id, how, ""),
        };
        context.line.say(Event::message(question.request(&quoted(&name))));
        let party = bridge::own_party(context, admitted);
        let mut word = Word::new(&party, word);
        let (mut pause, mut open) = (FIRST_LOOK, true);
        let answer = loop {
            if host.now() >= until {
                break Answer::Nothing;
            }
            word.look().await?;
            if open && let Some(answer) = question::take(host, person, &name).await.map_err(failed)? {
                open = false;
                let answer = Object::parse(&answer).unwrap_or_default();
                let result = answer.object("result").unwrap_or_default();
                match how {
                    How::Form => break Answer::of(&result),
                    // Now the person looks at the page.
                    How::Page if result.string("action").as_deref() == Some("accept") => {}
                    How::Page => break Answer::Nothing,
                }
            }
            if how == How::Page && self.decided(id).await? {
                break Answer::Nothing;
            }
            host.sleep(pause).await;
            pause = (pause * 3 / 2).min(LATER_LOOKS);
        };
        if open {
            let names = [name.clone()];
            question::withdraw(host, person, &names).await.map_err(failed)?;
            context.line.say(Event::message(withdrawal(&name)));
        }
        match (how, answer) {
            (How::Form, Answer::Yes) => self.yes(id, account).await?,
            (How::Form, Answer::No) => self.no(account).await?,
            _ => {}
        }
        let now = host.now();
        match confirmation::redeem(host, person.person, self.digest, now).await.map_err(failed)?.is_some() {
            true => Ok(()),
            false if how == How::Page && self.decided(id).await? => Err(self.denied()),
            false => Err(self.unanswered(id)),
        }
    }

    /// Whether the held call waits for an answer no longer.
    async fn decided(&self, id: &str) -> Result<bool, Refusal> {
        let (host, person) = (&self.context.host, self.admitted.principal.person());
        let held = confirmation::find(host, person, id, host.now()).await;
        let held = held.map_err(|error| storage(self.context, &error))?;
        Ok(held.is_none_or(|held| held.approved_at.is_some()))
    }

    /// Whether a yes in a form of the client counts.
    fn takes_forms(&self) -> bool {
        self.context.setup.config.confirm_in == ConfirmIn::Client
    }

    /// A yes counts only once it is on record; one to a call that waits no longer is none.
    async fn yes(&self, id: &str, account: &mut Account<H>) -> Result<(), Refusal> {
        if self.decided(id).await? {
            return Ok(());
        }
        account.note(Action::ConfirmationGiven, Outcome::Ok).await?;
        let (host, person) = (&self.context.host, self.admitted.principal.person());
        let approved = confirmation::approve(host, person, id, host.now()).await;
        approved.map(drop).map_err(|error| storage(self.context, &error))
    }

    /// A no counts at once, also for the same call under a later question; on record is one that had an effect.
    async fn no(&self, account: &mut Account<H>) -> Result<(), Refusal> {
        let (host, person) = (&self.context.host, self.admitted.principal.person());
        let now = host.now();
        let denied =
            confirmation::deny(host, person, Said::To(self.digest), now, now.after(DENIAL_TTL)).await;
        if denied.map_err(|error| storage(self.context, &error))? {
            account.note(Action::ConfirmationDenied, Outcome::Ok).await?;
        }
        Err(self.denied())
    }

    pub(super) fn denied(&self) -> Refusal {
        let text = format!(
            "The person said no to this call of {}, or it was decided already. Nothing was sent. Do not make it again \
             unless they ask for it; for {} after a no they are not asked about it again.",
            page::named(self.tool),
            humantime::format_duration(DENIAL_TTL)
        );
        Refusal::new(Fault::Caller, Reason::ConfirmationDenied, text)
    }

    fn unanswered(&self, id: &str) -> Refusal {
        let needed = self.needed(id);
        Refusal { text: format!("Nobody answered. {}", needed.text), ..needed }
    }

    /// The refusal that names the link.
    pub(super) fn needed(&self, id: &str) -> Refusal {
        let text = format!(
            "{} changes {} in a way that may not be undone, so it waits for the person's own yes. \
             Ask them to open {} and decide there; only they can, nothing that you send stands in for it. \
             Once they have said yes, make the same call again with the same arguments within {}.",
            page::named(self.tool),
            self.admitted.service.name,
            self.link(id),
            humantime::format_duration(CONFIRMATION_TTL)
        );
        Refusal::new(Fault::Caller, Reason::ConfirmationNeeded, text)
    }

    fn link(&self, id: &str) -> String {
        self.context.setup.config.public_url.join(&format!("/approve/{id}"))
    }

    /// The `params` of the question. In a form stand the arguments as the model sent them, with its pseudonyms: what a
    /// client shows may be read by others than the person. Forms have a mode since 2025-11-25 and need not say it.
    fn params(&self, id: &str, how: How, revision: &str) -> String {
        let (tool, service) = (page::named(self.tool), &self.admitted.service.name);
        let mut params = Object::default();
        match how {
            How::Page => {
                params.set("mode", quoted("url"));
                params.set("url", quoted(&self.link(id)));
                let text = format!("{service}: {tool} may not be undone. Decide on this page.");
                params.set("message", quoted(&text));
            }
            How::Form => {
                if revision == MODERN {
                    params.set("mode", quoted("form"));
                }
                let asked = Object::parse(self.asked).unwrap_or_default();
                let arguments = raw::indented(asked.get("arguments").unwrap_or_default());
                let mut beside = asked;
                beside.remove("arguments");
                let beside = if beside.is_empty() {
                    String::new()
                } else {
                    format!("\n\nAnd beside them:\n{}", page::shown(&raw::indented(&beside.to_string())))
                };
                let text = format!(
                    "{service}: allow {tool}, once? It may not be undone. With these values:\n{}{beside}",
                    page::shown(&arguments)
                );
                params.set("message", quoted(&text));
                params.set(
                    "requestedSchema",
                    format!(
                        r#"{{"type":"object","properties":{{"{FIELD}":{{"type":"boolean","title":"Do this once","default":false}}}},"required":["{FIELD}"]}}"#
                    ),
                );
            }
        }
        params.to_string()
    }
}

fn withdrawal(name: &str) -> String {
    let id = quoted(name);
    format!(r#"{{"jsonrpc":"2.0","method":"notifications/cancelled","params":{{"requestId":{id}}}}}"#)
}

/// Takes the answer of an older client to such a question: it goes to the call that waits for it, and to no service.
///
/// # Errors
/// A [`Refusal`] when nobody waits for it.
pub(in crate::gateway) async fn taken<H: Host>(
    context: &Context<H>,
    admitted: &Admitted<'_>,
    message: &Message,
) -> Result<Option<Response<Body>>, Refusal> {
    if message.kind != Kind::Response {
        return Ok(None);
    }
    let id = Object::parse(&message.text).and_then(|answer| answer.string("id")).unwrap_or_default();
    let ours = id.strip_prefix(admitted.service.id.as_str()).and_then(|rest| rest.strip_prefix('.'));
    if !ours.is_some_and(|rest| rest.strip_prefix(QUESTION).is_some_and(|rest| rest.starts_with('.'))) {
        return Ok(None);
    }
    if !bridge::answer(context, admitted, &id, &message.text).await? {
        return Err(bridge::malformed("nobody waits for this answer: the call it belongs to is over"));
    }
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::ACCEPTED;
    Ok(Some(response))
}
