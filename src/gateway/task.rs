//! Tasks belong to the person whose call they came of.
//!
//! A service that is asked with one credential for everybody cannot tell people apart, so the gateway does: it keeps
//! whose a task is before anybody reads its id, and whoever asks about another's hears the same as about none. Services
//! with people's own accounts see themselves who asks.

use std::time::Duration;

use http::StatusCode;

use super::call::{Admitted, storage};
use crate::audit::Reason;
use crate::config::Service;
use crate::context::Context;
use crate::error::Refusal;
use crate::host::Host;
use crate::mcp::message::Message;
use crate::mcp::raw::Object;
use crate::mcp::task;
use crate::store::service_task::{self, Owner};

const DAY: Duration = Duration::from_secs(86_400);
/// For how long it is kept at most whose a task is, also when the service sets no end.
const LONGEST: Duration = Duration::from_secs(30 * 86_400);

/// Whether people's tasks at this service have to be told apart here.
fn are_kept(service: &Service) -> bool {
    service.credentials.oauth.is_none()
}

/// A message of the client that names no task but the person's own.
///
/// # Errors
/// A [`Refusal`] for a request about another's task, or about none.
pub(super) async fn own<H: Host>(
    context: &Context<H>,
    admitted: &Admitted<'_>,
    message: Message,
) -> Result<Message, Refusal> {
    if !are_kept(admitted.service) {
        return Ok(message);
    }
    let host = &context.host;
    let owner =
        Owner { person: admitted.principal.person(), key: &admitted.key, service: &admitted.service.id };
    let asked = task::asked(&message).map_err(|task::Unnamed| unknown())?;
    let found = service_task::find(host, owner, &asked, host.now()).await;
    let found = found.map_err(|error| storage(context, &error))?;
    for task in &asked {
        let until = found.get(task).ok_or_else(unknown)?;
        // A service may keep a task for longer than it said.
        if *until < host.now().after(DAY / 2) {
            let kept = service_task::keep(host, owner, task, host.now().after(DAY)).await;
            kept.map_err(|error| storage(context, &error))?;
        }
    }
    let Some(mut wanted) = task::wanted(&message) else { return Ok(message) };
    let found = service_task::find(host, owner, &wanted, host.now()).await;
    let found = found.map_err(|error| storage(context, &error))?;
    wanted.retain(|task| found.contains_key(task));
    let text = task::wanting(&message.text, &wanted).ok_or_else(unknown)?;
    Ok(Message { text, ..message })
}

/// Sees to it that a message of the service, in answer to this method, tells of no task but the person's own; says
/// whether anything is left of it. A task that it tells of for the first time is theirs from then on.
///
/// # Errors
/// A [`Refusal`] when it cannot be kept, or not be seen, whose a task is.
pub(super) async fn belongs<H: Host>(
    context: &Context<H>,
    owner: Owner<'_>,
    service: &Service,
    method: Option<&str>,
    message: &mut Object<'_>,
) -> Result<bool, Refusal> {
    if !are_kept(service) {
        return Ok(true);
    }
    let host = &context.host;
    for made in task::made(message) {
        // The clocks of the two may differ, and results may be asked for late.
        let lives = made.ttl.map_or(LONGEST, |ttl| ttl.saturating_add(DAY).min(LONGEST));
        let kept = service_task::keep(host, owner, &made.id, host.now().after(lives)).await;
        kept.map_err(|error| Refusal {
            text: "The service began a task, but it could not be stored whose it is, so its id is withheld. \
                   What was asked may be done: check before trying again."
                .to_owned(),
            ..storage(context, &error)
        })?;
    }
    if let Some(listed) = task::listed(method, message) {
        let found = service_task::find(host, owner, &listed, host.now()).await;
        let found = found.map_err(|error| storage(context, &error))?;
        task::listing(message, |task| found.contains_key(task));
    }
    let Ok(told) = task::told(message) else { return Ok(false) };
    let found = service_task::find(host, owner, &told, host.now()).await;
    let found = found.map_err(|error| storage(context, &error))?;
    Ok(told.iter().all(|task| found.contains_key(task)))
}

/// The same for a task of another person and for one that is not there.
fn unknown() -> Refusal {
    let text = "There is no such task here for you: it is over, or was never yours.";
    Refusal::rpc(StatusCode::OK, -32602, Reason::TaskUnknown, text)
}
