//! What a client of 2026-07-28 brings back with a call that it was asked about.

use serde::{Deserialize, Serialize};

use super::CONFIRMATION_TTL;
use super::ask::{How, QUESTION};
use crate::context::Context;
use crate::crypto::Place;
use crate::error::Refusal;
use crate::gateway::admit::{Admitted, storage};
use crate::gateway::bridge::malformed;
use crate::gateway::rounds::foreign_state;
use crate::host::{Host, Timestamp};
use crate::mcp::message::Message;
use crate::mcp::raw::{Object, quoted};

/// What stands before the sealed part of a state of ours.
const OURS: &str = "mcpgate-confirm.";

/// What is sealed into `requestState`.
#[derive(Serialize, Deserialize)]
pub(super) struct State {
    pub(super) until: Timestamp,
    /// The held call, and what it is.
    pub(super) id: String,
    pub(super) digest: String,
    pub(super) how: How,
    own: Own,
}

/// What the call itself has of the members that a question of ours uses, as JSON: they are between the client and the
/// service.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct Own {
    state: Option<String>,
    responses: Option<String>,
}

impl Own {
    fn of(params: &Object<'_>) -> Self {
        let member = |name| params.get(name).map(str::to_owned);
        Self { state: member("requestState"), responses: member("inputResponses") }
    }
}

/// What a call came with.
#[derive(Default)]
pub(in crate::gateway) struct Brought {
    /// A state of ours and what the person answered, if anything.
    pub(super) answered: Option<(State, Option<String>)>,
    pub(super) own: Own,
}

impl State {
    pub(super) fn new(id: &str, digest: &str, how: How, own: Own, now: Timestamp) -> Self {
        Self { until: now.after(CONFIRMATION_TTL), id: id.to_owned(), digest: digest.to_owned(), how, own }
    }

    /// As the client carries it.
    pub(super) fn sealed<H: Host>(
        &self,
        context: &Context<H>,
        admitted: &Admitted<'_>,
    ) -> Result<String, Refusal> {
        let plain = serde_json::to_string(self).unwrap_or_default();
        let sealed = admitted.key.seal(&context.host, place(admitted), &plain);
        Ok(format!("{OURS}{}", sealed.map_err(|error| storage(context, &error))?))
    }
}

/// The call as it was before it was asked about, and what was brought back.
///
/// # Errors
/// A [`Refusal`] for a state that was not made here for this person, or is too old.
pub(in crate::gateway) fn brought<H: Host>(
    context: &Context<H>,
    admitted: &Admitted<'_>,
    message: Message,
) -> Result<(Message, Brought), Refusal> {
    let Some(mut object) = Object::parse(&message.text) else { return Ok((message, Brought::default())) };
    let Some(mut params) = object.object("params") else { return Ok((message, Brought::default())) };
    let Some(sealed) =
        params.string("requestState").and_then(|state| Some(state.strip_prefix(OURS)?.to_owned()))
    else {
        let own = Own::of(&params);
        return Ok((message, Brought { answered: None, own }));
    };
    let opened = admitted.key.open(place(admitted), &sealed).map_err(|_| foreign_state())?;
    let state: State = serde_json::from_str(&opened).map_err(|_| foreign_state())?;
    if state.until <= context.host.now() {
        return Err(foreign_state());
    }
    let answer = params.object("inputResponses").and_then(|answers| Some(answers.get(QUESTION)?.to_owned()));
    for (member, before) in [("requestState", &state.own.state), ("inputResponses", &state.own.responses)] {
        match before {
            Some(before) => params.set(member, before.clone()),
            None => {
                params.remove(member);
            }
        }
    }
    let params = params.to_string();
    object.set("params", params);
    let message =
        Message::parse(object.to_string().as_bytes()).map_err(|error| malformed(&error.to_string()))?;
    let own = state.own.clone();
    Ok((message, Brought { answered: Some((state, answer)), own }))
}

/// The question as a result.
pub(super) fn required(params: &str, state: &str) -> String {
    let state = quoted(state);
    format!(
        r#"{{"resultType":"input_required","inputRequests":{{"{QUESTION}":{{"method":"elicitation/create","params":{params}}}}},"requestState":{state}}}"#
    )
}

fn place<'a>(admitted: &'a Admitted<'_>) -> Place<'a> {
    Place {
        table: "mcpgate-confirm",
        column: "state",
        row: &admitted.service.id,
        owner: admitted.principal.person(),
        expires_at: None,
    }
}
