//! `requestState` (2026-07-28, "Multi Round-Trip Requests").
//!
//! A service gets back exactly what it gave. Nobody else can give it back: toward the client the state is sealed, for
//! this person and this call of this service.

use std::time::Duration;

use super::admit::{Admitted, storage};
use super::rounds::foreign_state;
use crate::context::Context;
use crate::crypto::{DataKey, Place, digest};
use crate::error::Refusal;
use crate::host::{Host, Timestamp};
use crate::mcp::message::{Kind, Message};
use crate::mcp::raw::{Object, canonical, quoted};
use crate::mcp::revision::Era;

/// How long a client may take to make its call again.
const TTL: Duration = Duration::from_secs(3600);

/// Whose states these are, and of which call.
#[derive(Clone)]
pub(super) struct States {
    person: String,
    key: DataKey,
    /// The service, the method, what it is about, and a digest of a call's arguments: what a person says yes to.
    call: String,
}

impl States {
    /// A client's message with the state as the service gave it, and whose state the next one is; [`None`] in revisions
    /// that have none.
    ///
    /// # Errors
    /// A [`Refusal`] when the state is not one of this call.
    pub(super) fn opened(
        admitted: &Admitted<'_>,
        era: Era,
        message: Message,
        now: Timestamp,
    ) -> Result<(Message, Option<Self>), Refusal> {
        if era == Era::Legacy {
            return Ok((message, None));
        }
        let states = Self::of(admitted, &message);
        Ok((states.open(message, now)?, Some(states)))
    }

    /// Of a person's calls like this one.
    fn of(admitted: &Admitted<'_>, message: &Message) -> Self {
        let (method, name) = match &message.kind {
            Kind::Request { method, name, .. } => (method.as_str(), name.as_deref().unwrap_or_default()),
            Kind::Notification { .. } | Kind::Response => ("", ""),
        };
        let object = Object::parse(&message.text).unwrap_or_default();
        let params = object.object("params").unwrap_or_default();
        let arguments = digest(&canonical(params.get("arguments").unwrap_or("{}")));
        Self {
            person: admitted.principal.person().to_owned(),
            key: admitted.key.clone(),
            call: format!("{} {} {} {arguments}", admitted.service.id, quoted(method), quoted(name)),
        }
    }

    /// Seals the state in a service's message, if there is one.
    ///
    /// # Errors
    /// A [`Refusal`] when it cannot be sealed.
    pub(super) fn seal<H: Host>(
        &self,
        context: &Context<H>,
        message: &mut Object<'_>,
    ) -> Result<(), Refusal> {
        let Some(mut result) = message.object("result") else { return Ok(()) };
        let asks = result.string("resultType").as_deref() == Some("input_required");
        let Some(state) = result.get("requestState").filter(|_| asks) else { return Ok(()) };
        let until = context.host.now().after(TTL).0;
        let sealed = self.key.seal(&context.host, self.place(), &format!("{until} {state}"));
        let sealed = sealed.map_err(|error| Refusal {
            text: "The service's question could not be sealed for you, so it is withheld. Try again."
                .to_owned(),
            ..storage(context, &error)
        })?;
        result.set("requestState", quoted(&sealed));
        let result = result.to_string();
        message.set("result", result);
        Ok(())
    }

    fn open(&self, message: Message, now: Timestamp) -> Result<Message, Refusal> {
        let Some(mut object) = Object::parse(&message.text) else { return Ok(message) };
        let Some(mut params) = object.object("params") else { return Ok(message) };
        if params.get("requestState").is_none() {
            return Ok(message);
        }
        let sealed = params.string("requestState").ok_or_else(foreign_state)?;
        let opened = self.key.open(self.place(), &sealed).map_err(|_| foreign_state())?;
        let (until, state) = opened.split_once(' ').ok_or_else(foreign_state)?;
        if until.parse().is_ok_and(|until| Timestamp(until) <= now) {
            return Err(foreign_state());
        }
        params.set("requestState", state.to_owned());
        let params = params.to_string();
        object.set("params", params);
        let text = object.to_string();
        Ok(Message { text, ..message })
    }

    fn place(&self) -> Place<'_> {
        Place { table: "mcp-state", column: "state", row: &self.call, owner: &self.person, expires_at: None }
    }
}
