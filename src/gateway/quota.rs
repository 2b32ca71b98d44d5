//! How many calls people may make (`[[access.quotas]]`), counted in the database: no other server is needed for that.

use std::time::Duration;

use time::OffsetDateTime;
use time::macros::format_description;

use super::account::Account;
use super::admit::{Admitted, storage};
use crate::audit::Reason;
use crate::config::{Each, Quota};
use crate::context::Context;
use crate::error::{Fault, Refusal};
use crate::host::{Host, Level, LogLine, Timestamp};
use crate::mcp::message::Message;
use crate::store::quota::{self, Count};

/// What counts besides calls of tools, and besides what the protocol does not have and the operator lets through.
const COUNTED: [&str; 3] = ["resources/read", "prompts/get", "completion/complete"];

/// The quotas that a request is within.
pub(super) struct Quotas<'a, H: Host> {
    context: &'a Context<H>,
    admitted: &'a Admitted<'a>,
    /// The tool, or the method of what is no call of one.
    what: &'a str,
    quotas: Vec<&'a Quota>,
}

impl<'a, H: Host> Quotas<'a, H> {
    pub(super) fn of(context: &'a Context<H>, admitted: &'a Admitted<'_>, message: &'a Message) -> Self {
        let (role, service, tool) = (admitted.principal.role(), &*admitted.service.id, message.tool());
        let counts = |method: &&str| tool.is_some() || COUNTED.contains(method) || !message.is_known();
        let looks = context.setup.config.modes.quota.looks() && message.id().is_some();
        let method = message.method().filter(|_| looks).filter(counts);
        let covers = |quota: &&Quota| method.is_some() && quota.covers(role, service, tool);
        let quotas = context.setup.config.access.quotas.iter().filter(covers).collect();
        Self { context, admitted, what: tool.or(method).unwrap_or_default(), quotas }
    }

    /// Of a request that is counted already.
    pub(super) fn counted(context: &'a Context<H>, admitted: &'a Admitted<'_>) -> Self {
        Self { context, admitted, what: "", quotas: Vec::new() }
    }

    /// Refuses what is over a quota already, before anybody is asked for a yes to it. Nothing is counted.
    pub(super) async fn look(&self) -> Result<(), Refusal> {
        if self.quotas.is_empty() || !self.stops() {
            return Ok(());
        }
        let now = self.context.host.now();
        let counts = self.counts(now);
        let used = quota::used(&self.context.host, &counts).await;
        let used = used.map_err(|error| storage(self.context, &error))?;
        self.refused(now, &counts, &used).map_or(Ok(()), Err)
    }

    /// Counts a request that is about to be sent. One that is refused for a quota counts at none.
    pub(super) async fn count(&self, account: &mut Account<H>) -> Result<(), Refusal> {
        if self.quotas.is_empty() {
            return Ok(());
        }
        let now = self.context.host.now();
        let counts = self.counts(now);
        let used = quota::count(&self.context.host, &counts).await;
        match used.map(|used| self.refused(now, &counts, &used)) {
            Ok(None) => Ok(()),
            Ok(Some(refusal)) if self.stops() => Err(refusal),
            Ok(Some(refusal)) => {
                account.observe(refusal.reason);
                Ok(())
            }
            Err(error) if self.stops() => Err(storage(self.context, &error)),
            Err(error) => {
                self.context.host.log(LogLine::new(Level::Error, "storage_failed").port(&error));
                Ok(())
            }
        }
    }

    fn stops(&self) -> bool {
        self.context.setup.config.modes.quota.stops()
    }

    fn counts(&self, now: Timestamp) -> Vec<Count> {
        let count = |quota: &&Quota| Count {
            key: key(self.context, self.admitted, quota, self.what),
            until: end(now, quota),
            calls: quota.calls,
        };
        self.quotas.iter().map(count).collect()
    }

    /// For the first of the quotas that are used.
    fn refused(&self, now: Timestamp, counts: &[Count], used: &[bool]) -> Option<Refusal> {
        let mut quotas = self.quotas.iter().zip(counts).zip(used);
        let ((quota, count), _) = quotas.find(|(_, used)| **used)?;
        Some(refused(self.admitted, quota, self.what, now, count.until))
    }
}

/// What is counted together has one key. Another quota, also one that was changed, counts anew.
fn key<H: Host>(context: &Context<H>, admitted: &Admitted<'_>, quota: &Quota, what: &str) -> String {
    let apart = |each, name: &str| if quota.each.contains(&each) { name.to_owned() } else { String::new() };
    let service = match quota.each.contains(&Each::Tool) {
        true => admitted.service.id.clone(),
        false => apart(Each::Service, &admitted.service.id),
    };
    let parts = [
        quota.definition(),
        apart(Each::Person, admitted.principal.person()),
        service,
        apart(Each::Tool, what),
    ];
    context.setup.keys.hash.id("quota", &parts.each_ref().map(String::as_str))
}

/// When the stretch of time ends that a moment is in.
fn end(now: Timestamp, quota: &Quota) -> Timestamp {
    let per = i64::try_from(quota.per.as_millis()).unwrap_or(i64::MAX).max(1);
    Timestamp(now.0.div_euclid(per).saturating_add(1).saturating_mul(per))
}

fn refused(admitted: &Admitted<'_>, quota: &Quota, what: &str, now: Timestamp, until: Timestamp) -> Refusal {
    let left = u64::try_from(until.0.saturating_sub(now.0)).unwrap_or_default();
    let who = match quota.each.contains(&Each::Person) {
        true => "You have",
        false => "Everybody together has",
    };
    let of = match (quota.each.contains(&Each::Tool), quota.each.contains(&Each::Service)) {
        (true, _) => format!(" of {what}"),
        (false, true) => format!(" at {}", admitted.service.name),
        (false, false) => String::new(),
    };
    let per = humantime::format_duration(quota.per);
    let format = format_description!("[year]-[month]-[day] [hour]:[minute] UTC");
    let until = OffsetDateTime::from_unix_timestamp_nanos(i128::from(until.0) * 1_000_000).ok();
    let until = until.and_then(|until| until.format(format).ok()).unwrap_or_default();
    let text = format!(
        "{who} made the {calls} calls{of} that are allowed in {per}. Nothing was sent. The next one can be made from \
         {until}.",
        calls = quota.calls,
    );
    let retry_after = Some(Duration::from_millis(left));
    Refusal { retry_after, ..Refusal::new(Fault::Caller, Reason::QuotaUsed, text) }
}
