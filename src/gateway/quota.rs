//! How many calls people may make (`[[access.quotas]]`), counted in the database: no other server is needed for that.

use std::time::Duration;

use time::OffsetDateTime;
use time::macros::format_description;

use super::account::Account;
use super::admit::{Admitted, storage};
use super::call::Resolved;
use crate::audit::Reason;
use crate::config::{Each, Quota};
use crate::context::Context;
use crate::error::{Fault, Refusal};
use crate::host::{Host, Level, LogLine, Timestamp};
use crate::store::quota::{self, Count};

/// What a call was counted as.
#[derive(Default)]
pub(super) struct Counted(Vec<Count>);

impl Counted {
    /// The call is not made.
    pub(super) async fn take_back<H: Host>(self, context: &Context<H>) {
        if let Err(error) = quota::take_back(&context.host, &self.0).await {
            // Somebody has one call less, until the time is over.
            context.host.log(LogLine::new(Level::Error, "storage_failed").port(&error));
        }
    }
}

/// Counts a call, if there is a quota for it, and refuses it when the quota is used.
pub(super) async fn count<H: Host>(
    context: &Context<H>,
    admitted: &Admitted<'_>,
    resolved: &Resolved,
    account: &mut Account<H>,
) -> Result<Counted, Refusal> {
    let Some(tool) = resolved.message.tool() else { return Ok(Counted::default()) };
    let mode = context.setup.config.modes.quota;
    if !mode.looks() {
        return Ok(Counted::default());
    }
    let (role, service) = (admitted.principal.role(), &*admitted.service.id);
    let quotas = context.setup.config.access.quotas.iter().filter(|quota| quota.covers(role, service, tool));
    let quotas: Vec<&Quota> = quotas.collect();
    if quotas.is_empty() {
        return Ok(Counted::default());
    }
    let now = context.host.now();
    let counts = quotas.iter().map(|quota| Count {
        key: key(context, admitted, quota, tool),
        until: end(now, quota),
        calls: quota.calls,
    });
    let counts: Vec<Count> = counts.collect();
    let allows = quota::count(&context.host, &counts).await.map_err(|error| storage(context, &error))?;
    let Some(used) = allows.iter().position(|allows| !allows) else { return Ok(Counted(counts)) };
    let refusal = quotas
        .get(used)
        .zip(counts.get(used))
        .map(|(quota, count)| refused(admitted, quota, tool, now, count.until));
    let counted = counts.into_iter().zip(allows).filter(|(_, allows)| *allows).map(|(count, _)| count);
    let counted = Counted(counted.collect());
    match refusal {
        Some(refusal) if mode.stops() => {
            counted.take_back(context).await;
            Err(refusal)
        }
        _ => {
            account.observe(Reason::QuotaUsed);
            Ok(counted)
        }
    }
}

/// What is counted together has one key. Another quota, also one that was changed, counts anew.
fn key<H: Host>(context: &Context<H>, admitted: &Admitted<'_>, quota: &Quota, tool: &str) -> String {
    let apart = |each, name: &str| if quota.each.contains(&each) { name.to_owned() } else { String::new() };
    let service = match quota.each.contains(&Each::Tool) {
        true => admitted.service.id.clone(),
        false => apart(Each::Service, &admitted.service.id),
    };
    let parts = [
        quota.definition(),
        apart(Each::Person, admitted.principal.person()),
        service,
        apart(Each::Tool, tool),
    ];
    context.setup.keys.hash.id("quota", &parts.each_ref().map(String::as_str))
}

/// When the stretch of time ends that a moment is in.
fn end(now: Timestamp, quota: &Quota) -> Timestamp {
    let per = i64::try_from(quota.per.as_millis()).unwrap_or(i64::MAX).max(1);
    Timestamp(now.0.div_euclid(per).saturating_add(1).saturating_mul(per))
}

fn refused(admitted: &Admitted<'_>, quota: &Quota, tool: &str, now: Timestamp, until: Timestamp) -> Refusal {
    let left = u64::try_from(until.0.saturating_sub(now.0)).unwrap_or_default();
    let who = match quota.each.contains(&Each::Person) {
        true => "You have",
        false => "Everybody together has",
    };
    let what = match (quota.each.contains(&Each::Tool), quota.each.contains(&Each::Service)) {
        (true, _) => format!(" of {tool}"),
        (false, true) => format!(" at {}", admitted.service.name),
        (false, false) => String::new(),
    };
    let per = humantime::format_duration(quota.per);
    let format = format_description!("[year]-[month]-[day] [hour]:[minute] UTC");
    let until = OffsetDateTime::from_unix_timestamp_nanos(i128::from(until.0) * 1_000_000).ok();
    let until = until.and_then(|until| until.format(format).ok()).unwrap_or_default();
    let text = format!(
        "{who} made the {calls} calls{what} that are allowed in {per}. Nothing was sent. The next one can be made from \
         {until}.",
        calls = quota.calls,
    );
    let retry_after = Some(Duration::from_millis(left));
    Refusal { retry_after, ..Refusal::new(Fault::Caller, Reason::QuotaUsed, text) }
}
