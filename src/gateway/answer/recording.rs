//! The ninth phase: what became of the request, and how much its result handed on.

use super::{Answer, Exchange};
use crate::error::Refusal;
use crate::guard::records;
use crate::host::Host;
use crate::mcp::raw::Object;

/// What hands on records of a service.
const HAND_ON: [&str; 4] = ["tools/call", "tasks/result", "resources/read", "prompts/get"];

impl<H: Host> Exchange<H> {
    /// One audit event, when this was the message that ends the request.
    pub(in crate::gateway) async fn record(
        &mut self,
        answer: &Answer<'_>,
        masked: &str,
    ) -> Result<(), Refusal> {
        let result = answer.message.get("result");
        let Some(outcome) = answer.ends else {
            if let Some(result) = result.filter(|_| self.request.is_none()) {
                return self.account.answered_later(masked.len(), records::count(result)).await;
            }
            // What is said before the answer is handed on as well, also to who leaves before it.
            self.account.result_bytes += masked.len();
            return Ok(());
        };
        let task = |result: &str| Object::parse(result)?.get("result").map(records::count);
        match self.method(answer) {
            Some(method) if HAND_ON.contains(&method) => {
                self.account.hands_on(result.map_or(0, records::count));
            }
            // That of a task that goes on says nothing yet.
            Some("tasks/get") => {
                result.and_then(task).into_iter().for_each(|records| self.account.hands_on(records))
            }
            _ => {}
        }
        self.keep_shown().await;
        self.account.result_bytes += masked.len();
        self.account.close(outcome).await
    }
}
