//! The ninth phase: what became of the request, and how much its result handed on.

use super::{Answer, Exchange, outcome_of};
use crate::error::Refusal;
use crate::guard::records;
use crate::host::Host;
use crate::mcp::raw::Object;
use crate::mcp::task;

/// What hands on records of a service.
const HAND_ON: [&str; 5] =
    ["tools/call", "tasks/result", "resources/read", "prompts/get", "completion/complete"];

impl<H: Host> Exchange<H> {
    /// One audit event, when this was the message that ends the request, or one that ends another on a stream of news.
    pub(in crate::gateway) async fn record(
        &mut self,
        answer: &Answer<'_>,
        masked: &str,
    ) -> Result<(), Refusal> {
        let Some(outcome) = answer.ends else { return self.record_said(answer, masked.len()).await };
        let result = answer.message.get("result");
        let of_task = |result: &str| task::came_to(&Object::parse(result)?).map(records::count);
        match self.method(answer) {
            Some(method) if HAND_ON.contains(&method) => {
                self.account.hands_on(result.map_or(0, records::count));
            }
            // That of a task that goes on says nothing yet.
            Some("tasks/get") => {
                result.and_then(of_task).into_iter().for_each(|records| self.account.hands_on(records))
            }
            _ => {}
        }
        self.keep_shown().await;
        self.account.result_bytes += masked.len();
        self.account.close(outcome).await
    }

    /// What is said before the answer is handed on as well, also to who leaves before it. On a stream of news each message
    /// stands for itself.
    async fn record_said(&mut self, answer: &Answer<'_>, bytes: usize) -> Result<(), Refusal> {
        let records = |end: &Object<'_>| task::came_to(end).map_or(0, records::count);
        if let Some((outcome, records)) = self.unasked(answer, |end| (outcome_of(end), records(end))) {
            return self.account.came(outcome, bytes, records).await;
        }
        self.account.result_bytes += bytes;
        if self.is_news() {
            self.account.set_aside();
        } else if let Some(task) = task::over(&answer.message) {
            self.account.hands_on(records(&task));
        }
        Ok(())
    }

    /// What ends something else than a stream of news on it, read: a request whose own stream broke off, or a task.
    pub(super) fn unasked<T>(&self, answer: &Answer<'_>, read: impl FnOnce(&Object<'_>) -> T) -> Option<T> {
        if !self.is_news() || answer.ends.is_some() {
            return None;
        }
        match answer.message.get("method") {
            // An error without an id is about no request: so a service says that it has no such stream.
            None => {
                let id = answer.message.get("id").filter(|id| *id != "null");
                (self.request.is_none() && (id.is_some() || answer.message.get("result").is_some()))
                    .then(|| read(&answer.message))
            }
            Some(_) => task::over(&answer.message).map(|task| read(&task)),
        }
    }
}
