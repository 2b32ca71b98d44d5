//! The audit chain is signed every now and then, and what is older than it is to be kept is deleted up to something
//! that was signed.
//!
//! Signing is no event: a chain that grew by having been signed would be signed again for ever.

use std::time::Duration;

use http::header::{CACHE_CONTROL, HeaderValue};
use http::{Response, StatusCode};

use super::front;
use crate::audit::checkpoint::{Checkpoint, origin};
use crate::audit::{self, Action, Event};
use crate::body::Body;
use crate::context::Context;
use crate::crypto::AUDIT_KEY;
use crate::host::{Host, Level, LogLine, PortError, Timestamp};
use crate::page::{self, Problem};
use crate::store::checkpoint::{self as store, Candidate};
use crate::store::delivery;

/// How much longer records stay than they have to, so that the chain is not shortened all the time.
const SLACK: Duration = Duration::from_secs(86_400);
/// About how many records are deleted at a time: the host may limit how long a statement takes.
const MOST: i64 = 10_000;

/// Signs what the chain is, if it has grown and it is time to.
pub(super) async fn sign<H: Host>(context: &Context<H>) -> Result<(), PortError> {
    let (host, setup) = (&context.host, &context.setup);
    let Some(keys) = &setup.keys.audit else { return Ok(()) };
    let state = store::state(host).await?;
    if !state.fits {
        // What is signed now would vouch for a chain that denies what was signed before.
        host.log(LogLine::new(Level::Error, "audit_chain_broken").number("record", state.signed));
        return Ok(());
    }
    let now = host.now();
    let due = state.signed_at.after(setup.config.audit.checkpoint_every) <= now || state.signed_at > now;
    if state.last.seq <= state.signed || !due {
        return Ok(());
    }
    let checkpoint = Checkpoint { origin: origin(&setup.config.public_url), point: state.last, at: now };
    let unsigned = || PortError::new("keys", "public_url is nothing that a checkpoint could be signed as");
    let note = checkpoint.sign(keys).ok_or_else(unsigned)?;
    store::insert(host, &checkpoint.point, now, &note).await
}

/// Deletes what is older than `audit.retention` by the time that is believed, up to a checkpoint that the gateway itself signed.
pub(super) async fn prune<H: Host>(
    context: &Context<H>,
    believed: Option<Timestamp>,
) -> Result<(), PortError> {
    let (host, setup) = (&context.host, &context.setup);
    let Some(retention) = setup.config.audit.retention else { return Ok(()) };
    let due = |now: Timestamp| now.before(retention).before(SLACK);
    let Some(oldest) = store::oldest(host).await?.filter(|oldest| *oldest <= due(host.now())) else {
        return Ok(());
    };
    let kept = |why| host.log(LogLine::new(Level::Warn, "audit_not_pruned").word("why", why));
    let Some(cutoff) = believed.filter(|now| oldest <= due(*now)).map(|now| now.before(retention)) else {
        kept("clock");
        return Ok(());
    };
    let Some(keys) = &setup.keys.audit else {
        kept("no_key");
        return Ok(());
    };
    let candidates = store::before(host, cutoff, MOST).await?;
    if candidates.is_empty() {
        kept("no_checkpoint");
        return Ok(());
    }
    // What a sink has not got yet stays.
    let sinks: Vec<&str> = setup.config.sinks.iter().map(|sink| sink.id.as_str()).collect();
    let sinks = serde_json::to_string(&sinks).unwrap_or_default();
    let done = delivery::done(host, &sinks).await?.unwrap_or(i64::MAX);
    let candidates: Vec<Candidate> =
        candidates.into_iter().filter(|candidate| candidate.point.seq <= done).collect();
    if candidates.is_empty() {
        kept("not_delivered");
        return Ok(());
    }
    let own = |candidate: &&Candidate| {
        Checkpoint::open_own(&candidate.note, keys).is_ok_and(|signed| signed.point == candidate.point)
    };
    let Some(candidate) = candidates.iter().find(own) else {
        kept("other_key");
        return Ok(());
    };
    let records = candidate.point.seq - candidate.first + 1;
    let event = Event::new(host, Action::AuditPruned)?.records(usize::try_from(records).unwrap_or_default());
    if store::prune(host, candidate, &event).await? {
        host.log(LogLine::new(Level::Info, "audit_pruned").number("records", records));
        audit::set_deleted_apart(context).await?;
    }
    Ok(())
}

/// `GET /audit/checkpoint`: the newest, for whoever wants to keep it where the gateway cannot reach it.
pub(super) async fn newest<H: Host>(context: &Context<H>) -> Response<Body> {
    if !context.setup.config.audit.publish {
        return front::not_found();
    }
    match store::newest(&context.host).await {
        Ok(Some(note)) => public(note),
        Ok(None) => {
            let text = format!(
                "mcpgate: no checkpoint has been signed yet; the maintenance signs one, if the secret {AUDIT_KEY} is set"
            );
            front::line(StatusCode::NOT_FOUND, &text)
        }
        Err(error) => page::problem(&Problem::gateway(context, &error)),
    }
}

/// `GET /audit/keys`: what checkpoints are verified with, one key a line, the one that signs first.
pub(super) fn keys<H: Host>(context: &Context<H>) -> Response<Body> {
    let setup = &context.setup;
    match &setup.keys.audit {
        Some(keys) if setup.config.audit.publish => {
            let keys = keys.public(&origin(&setup.config.public_url));
            public(keys.iter().map(|key| format!("{key}\n")).collect())
        }
        _ => front::not_found(),
    }
}

/// Whoever asks gets the same; it may be a minute old.
fn public(text: String) -> Response<Body> {
    let mut response = front::text(StatusCode::OK, text);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=60"));
    response
}

#[cfg(test)]
mod tests;
