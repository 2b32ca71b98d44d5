//! What a service says beside its answers: notifications, questions, errors about no request.

use std::time::Duration;

use super::Exchange;
use crate::audit::Reason;
use crate::error::Refusal;
use crate::guard::cap::notes;
use crate::host::{Host, Timestamp};
use crate::mcp::raw::Object;
use crate::mcp::task;

/// What is left of a notification that is too large is no longer than that.
const MOST_OF_A_NOTE: usize = 256;

/// How often news of progress are told where too much was said.
const BETWEEN_PROGRESS: Duration = Duration::from_secs(1);

/// How much was said so far.
#[derive(Debug)]
pub(super) struct Said {
    bytes: usize,
    /// When progress is told again, where it was too much.
    next_progress: Timestamp,
}

impl Default for Said {
    fn default() -> Self {
        Self { bytes: 0, next_progress: Timestamp(0) }
    }
}

impl<H: Host> Exchange<H> {
    /// Whether something that is no answer is told: all of it together, on one stream, is no larger than a result. Of what
    /// is beyond that, only how far the call is is told, or on a stream of news what is new, in no words; a question ends
    /// the call, or that stream.
    pub(super) fn may_be_told(&mut self, message: &mut Object<'_>) -> Result<bool, Refusal> {
        let mode = self.context.setup.config.modes.cap;
        // An answer, and on a stream of news what a task came to, is a result; an error without an id is none.
        let is_answer = message.get("method").is_none() && message.get("id").is_some_and(|id| id != "null");
        if !mode.looks() || is_answer || (self.is_news() && task::over(message).is_some()) {
            return Ok(true);
        }
        let method = message.string("method");
        let params = message.get("params").or_else(|| message.get("error")).unwrap_or_default();
        let before = self.said.bytes;
        // What is too large by itself is told as that; what a task came to is cut.
        let (most, over) = (self.limit(message), task::over(message).is_some());
        let size = match params.len() > most {
            true if over => most,
            true => MOST_OF_A_NOTE,
            false => params.len(),
        };
        self.said.bytes = before.saturating_add(size);
        if self.said.bytes <= self.largest() {
            return Ok(true);
        }
        if !mode.stops() {
            self.account.observe(Reason::ResultTooLarge);
            return Ok(true);
        }
        let Some(method) = method.filter(|_| message.get("id").is_none()) else {
            return Err(self.too_large(self.said.bytes, message));
        };
        self.account.cut = true;
        let first = before <= self.largest();
        let told =
            first || (notes::tells_without_words(&method, self.is_news()) && self.is_time_for(&method));
        let params = notes::silenced(params, first);
        message.set("params", params);
        Ok(told)
    }

    /// Whether news of progress are told where too much was said: enough of them that a client goes on waiting.
    fn is_time_for(&mut self, method: &str) -> bool {
        let now = self.context.host.now();
        if method == "notifications/progress" {
            // A clock that was ahead is no reason to wait.
            if now < self.said.next_progress && now.after(BETWEEN_PROGRESS) >= self.said.next_progress {
                return false;
            }
            self.said.next_progress = now.after(BETWEEN_PROGRESS);
        }
        true
    }
}
