//! Tasks belong to the person whose call they came of.
//!
//! A service that is asked with one credential for everybody cannot tell people apart, so the gateway does: it keeps
//! whose a task is before anybody reads its id, and whoever asks about another's hears the same as about none. Services
//! with people's own accounts see themselves who asks.

use std::time::Duration;

use http::StatusCode;

use super::admit::{Admitted, storage};
use super::bridge::invalid;
use crate::audit::Reason;
use crate::config::Service;
use crate::context::Context;
use crate::crypto::Place;
use crate::error::Refusal;
use crate::host::Host;
use crate::mcp::message::Message;
use crate::mcp::raw::{Object, quoted};
use crate::mcp::task;
use crate::store::service_task::{self, Owner};

const DAY: Duration = Duration::from_secs(86_400);
/// For how long it is kept at most whose a task is, also when the service sets no end.
const LONGEST: Duration = Duration::from_secs(30 * 86_400);

const LIST: &str = "tasks/list";

/// Whether people's tasks at this service have to be told apart here.
fn are_kept(service: &Service) -> bool {
    !service.credentials.are_personal()
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
    if message.id().is_none() {
        return within_own(context, owner, message).await;
    }
    let message = Cursor::of(owner).opened(message)?;
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

/// A notification or an answer of the client, which belongs to no task but the person's own. The client may have tasks
/// too, of which nothing is known here, so it is not refused: what it belongs to, the service knows by other things.
async fn within_own<H: Host>(
    context: &Context<H>,
    owner: Owner<'_>,
    message: Message,
) -> Result<Message, Refusal> {
    let Some(mut object) = Object::parse(&message.text) else { return Ok(message) };
    if is_within_own(context, owner, &object).await? {
        return Ok(message);
    }
    task::outside(&mut object);
    let text = object.to_string();
    Ok(Message { text, ..message })
}

/// Whether a message that asks for nothing belongs to no task but the person's own.
async fn is_within_own<H: Host>(
    context: &Context<H>,
    owner: Owner<'_>,
    message: &Object<'_>,
) -> Result<bool, Refusal> {
    let Ok(tasks) = task::within(message) else { return Ok(false) };
    let found = service_task::find(&context.host, owner, &tasks, context.host.now()).await;
    let found = found.map_err(|error| storage(context, &error))?;
    Ok(tasks.iter().all(|task| found.contains_key(task)))
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
    Cursor::of(owner).seal(context, method, message)?;
    if message.get("result").is_some() && !is_within_own(context, owner, message).await? {
        task::outside(message);
    }
    let Ok(told) = task::told(message) else { return Ok(false) };
    let found = service_task::find(host, owner, &told, host.now()).await;
    let found = found.map_err(|error| storage(context, &error))?;
    Ok(told.iter().all(|task| found.contains_key(task)))
}

/// Where a list of tasks goes on. The service may say that by the last one's id, whosever it is, so toward the client it
/// is sealed for its person.
struct Cursor<'a>(Owner<'a>);

impl<'a> Cursor<'a> {
    fn of(owner: Owner<'a>) -> Self {
        Self(owner)
    }

    /// Seals it in the answer to this method; nobody knows the method where a stream is resumed.
    fn seal<H: Host>(
        &self,
        context: &Context<H>,
        method: Option<&str>,
        message: &mut Object<'_>,
    ) -> Result<(), Refusal> {
        let Some(mut result) = message.object("result") else { return Ok(()) };
        let lists = method.map_or(result.get("tasks").is_some(), |method| method == LIST);
        let Some(cursor) = result.string("nextCursor").filter(|_| lists) else { return Ok(()) };
        let sealed = self.0.key.seal(&context.host, self.place(), &cursor);
        let sealed = sealed.map_err(|error| storage(context, &error))?;
        result.set("nextCursor", quoted(&sealed));
        let result = result.to_string();
        message.set("result", result);
        Ok(())
    }

    /// The client's request with the cursor as the service gave it.
    fn opened(&self, message: Message) -> Result<Message, Refusal> {
        if message.method() != Some(LIST) {
            return Ok(message);
        }
        let Some(mut object) = Object::parse(&message.text) else { return Ok(message) };
        let Some(mut params) = object.object("params") else { return Ok(message) };
        if params.get("cursor").is_none_or(|cursor| cursor == "null") {
            return Ok(message);
        }
        let unknown =
            || invalid("params.cursor is not one that you were given here: list from the beginning");
        let sealed = params.string("cursor").ok_or_else(unknown)?;
        let cursor = self.0.key.open(self.place(), &sealed).map_err(|_| unknown())?;
        params.set("cursor", quoted(&cursor));
        let params = params.to_string();
        object.set("params", params);
        let text = object.to_string();
        Ok(Message { text, ..message })
    }

    fn place(&self) -> Place<'a> {
        let Owner { person, service, .. } = self.0;
        Place { table: "mcp-cursor", column: "tasks", row: service, owner: person, expires_at: None }
    }
}

/// The same for a task of another person and for one that is not there.
fn unknown() -> Refusal {
    let text = "There is no such task here for you: it is over, or was never yours.";
    Refusal::rpc(StatusCode::OK, -32602, Reason::TaskUnknown, text)
}
