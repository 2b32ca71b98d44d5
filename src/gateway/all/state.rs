//! `requestState` at `/mcp` (2026-07-28, "Multi Round-Trip Requests").
//!
//! A service gets back exactly what it gave. No other service does: toward the client the state is sealed, for this
//! person and this call of this service.

use crate::context::Context;
use crate::crypto::{DataKey, Place};
use crate::error::Refusal;
use crate::gateway::call::storage;
use crate::gateway::conversation::foreign_state;
use crate::host::Host;
use crate::mcp::raw::{Object, quoted};
use crate::mcp::reply;

/// Whose states these are, and of which call.
pub(super) struct States<H: Host> {
    context: Context<H>,
    person: String,
    key: DataKey,
    /// The method and the alias of what it is about, which says the service.
    call: String,
}

impl<H: Host> States<H> {
    /// Of one person's calls of this method about what has this alias.
    pub(super) fn of(context: &Context<H>, person: &str, key: &DataKey, method: &str, alias: &str) -> Self {
        let call = format!("{method} {alias}");
        Self { context: context.clone(), person: person.to_owned(), key: key.clone(), call }
    }

    /// A service's message with its state sealed; [`None`] for one without.
    pub(super) fn sealed(&self, text: &str) -> Option<String> {
        let mut message = Object::parse(text)?;
        let mut result = message.object("result")?;
        let state = result.get("requestState")?.to_owned();
        let result = match self.key.seal(&self.context.host, self.place(), &state) {
            Ok(sealed) => {
                result.set("requestState", quoted(&sealed));
                result.to_string()
            }
            Err(error) => {
                let refusal = storage(&self.context, &error);
                return Some(reply::error(message.get("id"), refusal.code(), &refusal.text, None));
            }
        };
        message.set("result", result);
        Some(message.to_string())
    }

    /// A client's message with the state as the service gave it.
    ///
    /// # Errors
    /// A [`Refusal`] when the state is not one of this call.
    pub(super) fn opened(&self, text: &str) -> Result<Option<String>, Refusal> {
        let mut message = Object::parse(text).unwrap_or_default();
        let Some(mut params) = message.object("params") else { return Ok(None) };
        if params.get("requestState").is_none() {
            return Ok(None);
        }
        let sealed = params.string("requestState").ok_or_else(foreign_state)?;
        let state = self.key.open(self.place(), &sealed).map_err(|_| foreign_state())?;
        params.set("requestState", state.to_string());
        let params = params.to_string();
        message.set("params", params);
        Ok(Some(message.to_string()))
    }

    fn place(&self) -> Place<'_> {
        Place { table: "mcp-state", column: "state", row: &self.call, owner: &self.person, expires_at: None }
    }
}
