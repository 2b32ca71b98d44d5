//! What an audit record says, and by type cannot say.
//!
//! An [`Event`] is made of closed lists, numbers, random ids and five kinds of text that cannot hold anything
//! personal: keyed hashes, ids of configured services and sinks, names of configured roles, names of tools that a service
//! itself declares, and literals of this program. There is no way in for an argument, a result, a name or an address.

mod pull;
mod wire;

use std::net::IpAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub(super) use self::pull::Pull;
use super::chain::Record;
use super::text::Counts;
pub use super::text::{CaseRef, EventId, Hashed, RoleName, ServiceId, SinkId, ToolName};
pub use super::vocabulary::{Action, Reason};
use crate::crypto::HashKey;
use crate::error::Fault;
use crate::guard::throughput::Unusual;
use crate::host::{Host, PortError, Timestamp};

/// The schema's version. It grows whenever an action, a reason or a field is added, so that an older consumer
/// puts a newer event aside instead of rejecting it. Every earlier version stays readable.
pub const VERSION: u32 = 2;

/// No event's text is longer, in bytes: every text in it is bounded. Far below what any queue takes.
const LONGEST: usize = 8192;

/// One thing that happened.
///
/// Its JSON text ([`Event::to_text`]) is canonical: compact, keys in a fixed order, absent fields left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "wire::Wire", try_from = "wire::Wire")]
pub struct Event {
    version: u32,
    id: EventId,
    at: Timestamp,
    action: Action,
    outcome: Outcome,
    observed: Vec<Reason>,
    follows: Option<EventId>,
    person: Option<Hashed>,
    role: Option<RoleName>,
    client: Option<Hashed>,
    address: Option<Hashed>,
    subject: Option<Hashed>,
    service: Option<ServiceId>,
    sink: Option<SinkId>,
    tool: Option<ToolName>,
    range: Option<Range>,
    duration_ms: Option<u64>,
    request_bytes: Option<u64>,
    result_bytes: Option<u64>,
    records: Option<u64>,
    items: Option<u64>,
    cut: bool,
    found: Counts,
    given_back: Counts,
    unusual: Option<Unusual>,
    case: Option<CaseRef>,
    configuration: Option<u64>,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// As asked.
    Ok,
    /// The gateway said no; the rules, or the caller's own mistake, are why.
    Refused(Reason),
    /// It was allowed and did not work, through the named party's fault.
    Failed(Fault, Reason),
}

/// Some records of the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// The first one's place.
    pub first: u64,
    /// The last one's place.
    pub last: u64,
    /// How many there are of those between.
    pub count: u64,
}

impl Range {
    /// All records from one to another; nothing where those are no places.
    pub fn new(first: i64, last: i64) -> Option<Self> {
        let (first, last) = (u64::try_from(first).ok()?, u64::try_from(last).ok()?);
        Some(Self { first, last, count: last.checked_sub(first)?.saturating_add(1) })
    }

    /// These records, in their order; nothing when there are none.
    pub fn of(records: &[Record]) -> Option<Self> {
        let range = Self::new(records.first()?.seq, records.last()?.seq)?;
        Some(Self { count: records.len() as u64, ..range })
    }
}

/// Why a message is not an event that can be recorded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// A newer version of the gateway wrote this event; that version can record it.
    #[error("the event {0} has a newer schema version")]
    Newer(EventId),
    /// No version of the gateway wrote it.
    #[error("the text is not an audit event")]
    Malformed,
}

impl Event {
    /// An event that happens now and, until [`outcome`](Self::outcome) says otherwise, well.
    ///
    /// # Errors
    /// When the host has no randomness for the id.
    pub fn new<H: Host>(host: &H, action: Action) -> Result<Self, PortError> {
        Ok(Self {
            version: VERSION,
            id: EventId::new(host)?,
            at: host.now(),
            action,
            outcome: Outcome::Ok,
            observed: Vec::new(),
            follows: None,
            person: None,
            role: None,
            client: None,
            address: None,
            subject: None,
            service: None,
            sink: None,
            tool: None,
            range: None,
            duration_ms: None,
            request_bytes: None,
            result_bytes: None,
            records: None,
            items: None,
            cut: false,
            found: Counts::default(),
            given_back: Counts::default(),
            unusual: None,
            case: None,
            configuration: None,
        })
    }

    /// The same event under an id that was given out before: whichever of the two is recorded first counts.
    #[must_use]
    pub fn under(mut self, id: &EventId) -> Self {
        self.id = id.clone();
        self
    }

    /// How it ended.
    #[must_use]
    pub fn outcome(mut self, outcome: Outcome) -> Self {
        self.outcome = outcome;
        self
    }

    /// What a guardrail that only observes would have refused it for. Each reason is said once.
    #[must_use]
    pub fn observed(mut self, reasons: impl IntoIterator<Item = Reason>) -> Self {
        for reason in reasons {
            if !self.observed.contains(&reason) {
                self.observed.push(reason);
            }
        }
        self
    }

    /// The earlier event that this one completes or answers: the announcement of the same call.
    #[must_use]
    pub fn follows(mut self, event: &EventId) -> Self {
        self.follows = Some(event.clone());
        self
    }

    /// Who. Takes a person id, which is a keyed hash already; anything of another shape is left out.
    #[must_use]
    pub fn person(mut self, person: &str) -> Self {
        self.person = Hashed::try_from(person.to_owned()).ok();
        self
    }

    /// As what the person called: the role that their token says.
    #[must_use]
    pub fn role(mut self, role: RoleName) -> Self {
        self.role = Some(role);
        self
    }

    /// With which client; its id is hashed here.
    #[must_use]
    pub fn client(mut self, client: &str, key: &HashKey) -> Self {
        self.client = Some(Hashed::new(key, "client", client));
        self
    }

    /// From which IP address; it is hashed here.
    #[must_use]
    pub fn from_address(mut self, address: Option<IpAddr>, key: &HashKey) -> Self {
        self.address = address.map(|address| Hashed::new(key, "address", &address.to_string()));
        self
    }

    /// With which admin token; its id is hashed here.
    #[must_use]
    pub fn admin_token(mut self, id: &str, key: &HashKey) -> Self {
        self.client = Some(Hashed::new(key, "admin-token", id));
        self
    }

    /// Whom an administrator's action is about. Takes a person id, as [`person`](Self::person) does.
    #[must_use]
    pub fn about_person(mut self, person: &str) -> Self {
        self.subject = Hashed::try_from(person.to_owned()).ok();
        self
    }

    /// Which held call it is about; its id is hashed here.
    #[must_use]
    pub fn about_confirmation(mut self, id: &str, key: &HashKey) -> Self {
        self.subject = Some(Hashed::new(key, "confirmation", id));
        self
    }

    /// Which admin token an administrator's action is about; its id is hashed here.
    #[must_use]
    pub fn about_admin_token(mut self, id: &str, key: &HashKey) -> Self {
        self.subject = Some(Hashed::new(key, "admin-token", id));
        self
    }

    /// Which definition of a tool it is about. Takes the keyed hash under which that is known.
    #[must_use]
    pub fn about_definition(mut self, digest: &str) -> Self {
        self.subject = Hashed::try_from(digest.to_owned()).ok();
        self
    }

    /// Which text of a configuration it is about; it is hashed here.
    #[must_use]
    pub fn about_configuration(mut self, toml: &str, key: &HashKey) -> Self {
        self.subject = Some(Hashed::new(key, "configuration", toml));
        self
    }

    /// At which service. Takes a service's id; anything of another shape is left out.
    #[must_use]
    pub fn service(mut self, service: &str) -> Self {
        self.service = ServiceId::try_from(service.to_owned()).ok();
        self
    }

    /// To which sink. Takes the id of a configured one; anything of another shape is left out.
    #[must_use]
    pub fn sink(mut self, sink: &str) -> Self {
        self.sink = SinkId::try_from(sink.to_owned()).ok();
        self
    }

    /// About which records.
    #[must_use]
    pub fn range(mut self, range: Range) -> Self {
        self.range = Some(range);
        self
    }

    /// Which tool.
    #[must_use]
    pub fn tool(mut self, tool: ToolName) -> Self {
        self.tool = Some(tool);
        self
    }

    /// How long it took.
    #[must_use]
    pub fn duration(mut self, duration: Duration) -> Self {
        self.duration_ms = Some(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX));
        self
    }

    /// How large the request was, in bytes.
    #[must_use]
    pub fn request_bytes(mut self, bytes: usize) -> Self {
        self.request_bytes = Some(bytes as u64);
        self
    }

    /// How large the result was, in bytes.
    #[must_use]
    pub fn result_bytes(mut self, bytes: usize) -> Self {
        self.result_bytes = Some(bytes as u64);
        self
    }

    /// How many things it is about, where these are not told one by one.
    #[must_use]
    pub fn items(mut self, items: usize) -> Self {
        self.items = Some(items as u64);
        self
    }

    /// How many records the result handed on.
    #[must_use]
    pub fn records(mut self, records: usize) -> Self {
        self.records = Some(records as u64);
        self
    }

    /// That the cap took something away from what was handed on.
    #[must_use]
    pub fn cut(mut self, cut: bool) -> Self {
        self.cut = cut;
        self
    }

    /// How many values of each kind became pseudonyms. Kinds are literals, such as `email`; zeros are left out.
    #[must_use]
    pub fn found(mut self, counts: impl IntoIterator<Item = (&'static str, usize)>) -> Self {
        self.found = Counts::new(counts);
        self
    }

    /// How many pseudonyms of each kind became real values again, toward the service.
    #[must_use]
    pub fn given_back(mut self, counts: impl IntoIterator<Item = (&'static str, usize)>) -> Self {
        self.given_back = Counts::new(counts);
        self
    }

    /// Which version of the configuration it is about.
    #[must_use]
    pub fn version(mut self, version: i64) -> Self {
        self.configuration = u64::try_from(version).ok();
        self
    }

    /// For which case it was done.
    #[must_use]
    pub fn case(mut self, case: CaseRef) -> Self {
        self.case = Some(case);
        self
    }

    /// What was more than is usual.
    #[must_use]
    pub fn unusual(mut self, unusual: Unusual) -> Self {
        self.unusual = Some(unusual);
        self
    }

    /// Its id.
    pub fn id(&self) -> &EventId {
        &self.id
    }

    /// When it happened, by the clock of the host where it happened.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// What happened.
    pub fn action(&self) -> Action {
        self.action
    }

    /// How it ended.
    pub fn ended(&self) -> Outcome {
        self.outcome
    }

    /// Leaves the service out unless `configured` knows it.
    pub(super) fn without_service_unless(mut self, configured: impl Fn(&str) -> bool) -> Self {
        self.service = self.service.filter(|service| configured(service.as_str()));
        self
    }

    /// Leaves the case out unless `configured` knows what stands before its number.
    pub(super) fn without_case_unless(mut self, configured: impl Fn(&str) -> bool) -> Self {
        self.case = self.case.filter(|case| configured(case.kind()));
        self
    }

    /// The canonical JSON text.
    ///
    /// # Errors
    /// Never in practice: nothing in an event is unfit for JSON.
    pub fn to_text(&self) -> Result<String, PortError> {
        serde_json::to_string(self).map_err(|error| PortError::new("queue", error))
    }

    /// Reads a canonical JSON text back, and nothing else: no unknown key, no other order, no spaces.
    ///
    /// # Errors
    /// [`ParseError`].
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        #[derive(Deserialize)]
        struct Head {
            v: u32,
            id: EventId,
        }
        if text.len() > LONGEST {
            return Err(ParseError::Malformed);
        }
        let head: Head = serde_json::from_str(text).map_err(|_| ParseError::Malformed)?;
        if head.v > VERSION {
            return Err(ParseError::Newer(head.id));
        }
        let event: Self = serde_json::from_str(text).map_err(|_| ParseError::Malformed)?;
        if event.to_text().as_deref() == Ok(text) { Ok(event) } else { Err(ParseError::Malformed) }
    }
}

#[cfg(test)]
mod tests;
