//! What a service of an older revision is told in a message of its own: answers, and that nobody waits any more.

use url::Url;

use super::posted;
use super::session::{self, Begun, Session};
use super::talk::{Answered, CANCELLED, Party};
use crate::host::Host;

/// Tells a service, later, that nobody waits any more: up to 2025-11-25 a broken connection cancels nothing.
pub(super) fn leave_word<H: Host>(
    party: &Party<H>,
    begun: &Begun,
    target: Option<Url>,
    messages: Vec<String>,
    session: Option<Session>,
) {
    let (party, begun) = (party.clone(), begun.clone());
    let host = party.context.host.clone();
    host.after_response(Box::pin(async move {
        for message in messages {
            match &target {
                None => session::part(&party, &begun, message).await,
                Some(target) => posted::part(&party, target, message).await,
            }
        }
        // What it still asks about this request no other may get to hear.
        if let Some(session) = session {
            session.end(&party).await;
        }
    }));
}

/// The answer to a question of the service.
pub(super) fn reply(id: &str, method: &str, answer: &Answered) -> String {
    match answer {
        Answered::Result(result) => format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{result}}}"#),
        Answered::Error(error) => format!(r#"{{"jsonrpc":"2.0","id":{id},"error":{error}}}"#),
        Answered::Nothing if method == "elicitation/create" => {
            format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{CANCELLED}}}"#)
        }
        Answered::Nothing => {
            let error = r#"{"code":-1,"message":"the client did not answer"}"#;
            format!(r#"{{"jsonrpc":"2.0","id":{id},"error":{error}}}"#)
        }
    }
}

pub(super) fn cancellation(id: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","method":"notifications/cancelled","params":{{"requestId":{id}}}}}"#)
}
