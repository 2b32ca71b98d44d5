//! The rounds of a call of 2026-07-28 ("Multi Round-Trip Requests"): what was asked and answered before travels in
//! `requestState`, sealed for this call of this person.

use std::collections::BTreeMap;
use std::time::Duration;

use http::StatusCode;
use serde::{Deserialize, Serialize};

use super::admit::storage;
use super::confirm::CONFIRMATION_TTL;
use crate::audit::Reason;
use crate::crypto::Place;
use crate::error::{Refusal, Shape};
use crate::host::{Host, Timestamp};
use crate::mcp::bridge::Question;
use crate::mcp::raw::{Object, canonical};
use crate::service::{Party, Request};

/// How long a client may take to answer.
pub(super) const PATIENCE: Duration = Duration::from_secs(300);
/// How long one of 2026-07-28 may take to make the call again: once it has the answer, the call may wait for a yes.
const STATE_TTL: Duration = PATIENCE.saturating_add(CONFIRMATION_TTL);

/// What one call has asked and was answered.
pub(super) struct Rounds {
    /// Tells this call from others.
    digest: String,
    state: State,
    /// How often each question was asked within this request: an answer is to one of them.
    times: BTreeMap<String, usize>,
}

/// What is sealed into `requestState`: which question went by which name, and what was answered before.
#[derive(Default, Serialize, Deserialize)]
struct State {
    expires_at: i64,
    asked: BTreeMap<String, String>,
    answers: BTreeMap<String, String>,
}

/// A question, and what its answer is kept under.
pub(super) type Numbered = (Question, String);

impl Rounds {
    /// The first round.
    pub(super) fn first<H: Host>(party: &Party<H>, request: &Request) -> Self {
        Self { digest: request_digest(party, request), state: State::default(), times: BTreeMap::new() }
    }

    /// After what an earlier round left in `requestState`, with the answers that came with it.
    ///
    /// # Errors
    /// A [`Refusal`] for a `requestState` that is not one of this call.
    pub(super) fn opened<H: Host>(party: &Party<H>, request: &Request) -> Result<Self, Refusal> {
        let mut rounds = Self::first(party, request);
        let params = request.params.as_deref().and_then(Object::parse).unwrap_or_default();
        let Some(sealed) = params.string("requestState") else { return Ok(rounds) };
        let state = party.key.open(place(party, &rounds.digest), &sealed).ok();
        let state = state.and_then(|state| serde_json::from_str::<State>(&state).ok());
        let state = state.filter(|state| Timestamp(state.expires_at) > party.context.host.now());
        rounds.state = state.ok_or_else(foreign_state)?;
        let responses = params.object("inputResponses").unwrap_or_default();
        for (key, asked) in std::mem::take(&mut rounds.state.asked) {
            if let Some(answer) = responses.get(&key) {
                rounds.state.answers.insert(asked, answer.to_owned());
            }
        }
        Ok(rounds)
    }

    /// Counts questions: the same one asked again wants an answer of its own.
    pub(super) fn number<H: Host>(&mut self, party: &Party<H>, questions: Vec<Question>) -> Vec<Numbered> {
        let mut numbered = Vec::new();
        for question in questions {
            let digest = question_digest(party, &question);
            let times = self.times.entry(digest.clone()).or_default();
            *times += 1;
            numbered.push((question, format!("{digest} {times}")));
        }
        numbered
    }

    /// What was answered to a question.
    pub(super) fn answer(&self, number: &str) -> Option<&String> {
        self.state.answers.get(number)
    }

    /// Whether one of the questions was not answered yet.
    pub(super) fn has_new(&self, questions: &[Numbered]) -> bool {
        questions.iter().any(|(_, number)| self.answer(number).is_none())
    }

    /// The result that asks the client, with everything in `requestState` that the next request needs.
    ///
    /// # Errors
    /// A [`Refusal`] when it cannot be sealed.
    pub(super) fn required<H: Host>(
        &mut self,
        party: &Party<H>,
        questions: &[Numbered],
    ) -> Result<String, Refusal> {
        let (mut named, mut asked) = (Vec::new(), BTreeMap::new());
        for (at, (question, number)) in questions.iter().enumerate() {
            let key = format!("question-{}", at + 1);
            asked.insert(key.clone(), number.clone());
            named.push(Question { key, ..question.clone() });
        }
        self.state.asked = asked;
        self.state.expires_at = party.context.host.now().after(STATE_TTL).0;
        let plain = serde_json::to_string(&self.state).unwrap_or_default();
        let sealed = party
            .key
            .seal(&party.context.host, place(party, &self.digest), &plain)
            .map_err(|error| storage(&party.context, &error))?;
        Ok(Question::result(&named, &sealed))
    }
}

/// The refusal of a `requestState` that is not one of this call.
pub(super) fn foreign_state() -> Refusal {
    let text = "params.requestState was not made here for this call of this person, or is too old. \
                Make the call again without it.";
    let shape = Shape::Rpc { status: StatusCode::OK, code: -32602, data: None };
    Refusal { shape, ..Refusal::rpc(StatusCode::OK, -32602, Reason::MalformedRequest, text) }
}

/// Tells the same call from others: service, method, and params but for what a retry adds.
fn request_digest<H: Host>(party: &Party<H>, request: &Request) -> String {
    let mut params = request.params.as_deref().and_then(Object::parse).unwrap_or_default();
    for key in ["_meta", "inputResponses", "requestState"] {
        params.remove(key);
    }
    let parts = [&*party.person, &party.service.id, &request.method, &canonical(&params.to_string())];
    party.context.setup.keys.hash.id("request-state", &parts)
}

/// Tells the same question from others.
fn question_digest<H: Host>(party: &Party<H>, question: &Question) -> String {
    let mut params = Object::parse(&question.params).unwrap_or_default();
    // These differ each time the same is asked.
    for key in ["_meta", "elicitationId"] {
        params.remove(key);
    }
    party.context.setup.keys.hash.id("question", &[&question.method, &canonical(&params.to_string())])
}

fn place<'a, H: Host>(party: &'a Party<H>, digest: &'a str) -> Place<'a> {
    Place { table: "request-state", column: "state", row: digest, owner: &party.person, expires_at: None }
}
