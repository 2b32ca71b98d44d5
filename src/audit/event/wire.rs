//! An event as it is written: its keys in their order, absent ones left out.

use serde::{Deserialize, Serialize};

use super::{
    Action, CaseRef, Counts, Event, EventId, Hashed, Outcome, ParseError, Range, Reason, RoleName, ServiceId,
    SinkId, ToolName, Unusual,
};
use crate::error::Fault;
use crate::host::Timestamp;

/// An event as it is written, in the order of its keys.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wire {
    v: u32,
    id: EventId,
    at: Timestamp,
    action: Action,
    outcome: Verdict,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fault: Option<Fault>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    observed: Vec<Reason>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    follows: Option<EventId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    person: Option<Hashed>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    role: Option<RoleName>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client: Option<Hashed>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    address: Option<Hashed>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subject: Option<Hashed>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    service: Option<ServiceId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sink: Option<SinkId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tool: Option<ToolName>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    range: Option<Range>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    duration_ms: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    request_bytes: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    result_bytes: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    records: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    items: Option<u64>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    cut: bool,
    #[serde(default, skip_serializing_if = "Counts::is_empty")]
    found: Counts,
    #[serde(default, skip_serializing_if = "Counts::is_empty")]
    given_back: Counts,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unusual: Option<Unusual>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    case: Option<CaseRef>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    configuration: Option<u64>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    Ok,
    Refused,
    Failed,
}

impl From<Event> for Wire {
    fn from(event: Event) -> Self {
        let (outcome, fault, reason) = match event.outcome {
            Outcome::Ok => (Verdict::Ok, None, None),
            Outcome::Refused(reason) => (Verdict::Refused, None, Some(reason)),
            Outcome::Failed(fault, reason) => (Verdict::Failed, Some(fault), Some(reason)),
        };
        Self {
            v: event.version,
            id: event.id,
            at: event.at,
            action: event.action,
            outcome,
            fault,
            reason,
            observed: event.observed,
            follows: event.follows,
            person: event.person,
            role: event.role,
            client: event.client,
            address: event.address,
            subject: event.subject,
            service: event.service,
            sink: event.sink,
            tool: event.tool,
            range: event.range,
            duration_ms: event.duration_ms,
            request_bytes: event.request_bytes,
            result_bytes: event.result_bytes,
            records: event.records,
            items: event.items,
            cut: event.cut,
            found: event.found,
            given_back: event.given_back,
            unusual: event.unusual,
            case: event.case,
            configuration: event.configuration,
        }
    }
}

impl TryFrom<Wire> for Event {
    type Error = ParseError;

    fn try_from(wire: Wire) -> Result<Self, ParseError> {
        let outcome = match (wire.outcome, wire.fault, wire.reason) {
            (Verdict::Ok, None, None) => Outcome::Ok,
            (Verdict::Refused, None, Some(reason)) => Outcome::Refused(reason),
            (Verdict::Failed, Some(fault), Some(reason)) => Outcome::Failed(fault, reason),
            _ => return Err(ParseError::Malformed),
        };
        if wire.v == 0 {
            return Err(ParseError::Malformed);
        }
        Ok(Self {
            version: wire.v,
            id: wire.id,
            at: wire.at,
            action: wire.action,
            outcome,
            observed: wire.observed,
            follows: wire.follows,
            person: wire.person,
            role: wire.role,
            client: wire.client,
            address: wire.address,
            subject: wire.subject,
            service: wire.service,
            sink: wire.sink,
            tool: wire.tool,
            range: wire.range,
            duration_ms: wire.duration_ms,
            request_bytes: wire.request_bytes,
            result_bytes: wire.result_bytes,
            records: wire.records,
            items: wire.items,
            cut: wire.cut,
            found: wire.found,
            given_back: wire.given_back,
            unusual: wire.unusual,
            case: wire.case,
            configuration: wire.configuration,
        })
    }
}
