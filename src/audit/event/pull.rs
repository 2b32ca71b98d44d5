//! What one call pulled, as its event says it.

use super::{Action, Event, Outcome};
use crate::guard::throughput::Amounts;

/// So much by one call.
#[derive(Clone, Debug)]
pub(in crate::audit) struct Pull {
    pub(in crate::audit) person: String,
    pub(in crate::audit) role: String,
    pub(in crate::audit) client: String,
    pub(in crate::audit) service: String,
    pub(in crate::audit) tool: String,
    pub(in crate::audit) at: i64,
    pub(in crate::audit) amounts: Amounts,
}

impl Event {
    /// What it adds to what its person pulls; [`None`] for what is no call, or was refused.
    pub(in crate::audit) fn pull(&self) -> Option<Pull> {
        let pulls = matches!(self.action, Action::ToolCalled | Action::Requested);
        if !pulls || matches!(self.outcome, Outcome::Refused(_)) {
            return None;
        }
        let amounts = Amounts {
            // What comes on a stream of news had its call before, and is said to have no request of its own.
            calls: u64::from(self.request_bytes != Some(0)),
            bytes: self.result_bytes.unwrap_or_default(),
            records: self.records.unwrap_or_default(),
        };
        let text = |part: Option<String>| part.unwrap_or_default();
        Some(Pull {
            person: self.person.clone()?.into(),
            role: text(self.role.clone().map(Into::into)),
            client: text(self.client.clone().map(Into::into)),
            service: text(self.service.clone().map(Into::into)),
            tool: text(self.tool.clone().map(Into::into)),
            at: self.at.0,
            amounts,
        })
    }
}
