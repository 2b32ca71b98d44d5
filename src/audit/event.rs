//! What an audit record says, and by type cannot say.
//!
//! An [`Event`] is made of closed lists, numbers, random ids and five kinds of text that cannot hold anything
//! personal: keyed hashes, ids of configured services and sinks, names of configured roles, names of tools that a service
//! itself declares, and literals of this program. There is no way in for an argument, a result, a name or an address.

mod pull;

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
#[serde(into = "Wire", try_from = "Wire")]
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
    pub fn from(mut self, address: Option<IpAddr>, key: &HashKey) -> Self {
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

/// An event as it is written, in the order of its keys.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
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
            found: wire.found,
            given_back: wire.given_back,
            unusual: wire.unusual,
            case: wire.case,
            configuration: wire.configuration,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::guard::throughput::{Measure, Span};
    use crate::host::memory::Memory;

    const KEY: [u8; 32] = [7; 32];

    fn full(action: Action, outcome: Outcome, said: &str, number: usize) -> Event {
        let (host, key) = (Memory::new(), HashKey::new(KEY));
        let first = Event::new(&host, action).unwrap();
        Event::new(&host, action)
            .unwrap()
            .outcome(outcome)
            .observed([Reason::ConfirmationNeeded, Reason::QuotaUsed, Reason::QuotaUsed])
            .follows(first.id())
            .person(&key.id("person", &[said]))
            .role(RoleName::new(&key, said))
            .client(said, &key)
            .from("192.0.2.1".parse().ok(), &key)
            .about_admin_token(said, &key)
            .service("demo")
            .sink("siem")
            .tool(ToolName::known(&key, said))
            .range(Range { first: 1, last: number as u64, count: number as u64 })
            .duration(Duration::from_millis(number as u64))
            .request_bytes(number)
            .result_bytes(number)
            .records(number)
            .items(number)
            .found([("email", number), ("phone", 0)])
            .given_back([("email", number), ("email", 1)])
            .unusual(Unusual {
                what: Measure::Records,
                per: Span::Hour,
                since: 0,
                amount: number as u64,
                usual: Some(number as u64),
                limit: number as u64,
            })
            .case(CaseRef::try_from("CASE-7".to_owned()).unwrap())
            .version(i64::try_from(number).unwrap_or(i64::MAX))
    }

    #[test]
    fn the_text_is_what_the_documentation_shows() {
        let host = Memory::new();
        let key = HashKey::new(KEY);
        let event = Event::new(&host, Action::ToolCalled)
            .unwrap()
            .outcome(Outcome::Failed(Fault::Service, Reason::ServiceTimeout))
            .service("demo")
            .tool(ToolName::known(&key, "read_issue"))
            .duration(Duration::from_secs(60))
            .found([("phone", 1), ("email", 2)]);
        let id = event.id().as_str();
        assert_eq!(
            event.to_text().unwrap(),
            format!(
                "{{\"v\":2,\"id\":\"{id}\",\"at\":1795000000000,\"action\":\"tool_called\",\"outcome\":\"failed\",\
                 \"fault\":\"service\",\"reason\":\"service_timeout\",\"service\":\"demo\",\"tool\":\"read_issue\",\
                 \"duration_ms\":60000,\"found\":{{\"email\":2,\"phone\":1}}}}"
            )
        );
    }

    #[test]
    fn what_is_no_id_is_left_out() {
        let host = Memory::new();
        let event = Event::new(&host, Action::SignIn).unwrap().person("jane@example.com").service("Jane Doe");
        let event = event.about_person("jane@example.com");
        assert!(!event.to_text().unwrap().contains("ane"));
        assert!(!event.to_text().unwrap().contains("person"));
        assert!(!event.to_text().unwrap().contains("subject"));
    }

    #[test]
    fn a_tool_name_stands_in_clear_only_if_the_service_declares_it() {
        let key = HashKey::new(KEY);
        assert_eq!(ToolName::known(&key, "jira.search-2").to_string(), "jira.search-2");
        for name in [
            ToolName::unknown(&key, "jira.search-2"),
            ToolName::known(&key, "mail to jane@example.com"),
            ToolName::known(&key, &"x".repeat(129)),
            ToolName::known(&key, ""),
        ] {
            assert!(name.to_string().starts_with("hmac:") && name.to_string().len() == 48, "{name}");
        }
        assert_eq!(RoleName::new(&key, "internal").to_string(), "internal");
        assert!(RoleName::new(&key, "Jane's own").to_string().starts_with("hmac:"));
    }

    #[test]
    fn what_is_not_canonical_is_no_event() {
        let text = full(Action::ToolCalled, Outcome::Refused(Reason::TooLarge), "t", 5).to_text().unwrap();
        assert!(Event::parse(&text).is_ok());
        for (from, to) in [
            ("{\"v\":2,", "{\"v\":0,"),
            ("{\"v\":2,", "{ \"v\":2,"),
            ("{\"v\":2,", "{\"v\":2,\"note\":\"Jane Doe\","),
            ("{\"v\":2,", "{\"v\":2,\"v\":2,"),
            ("\"outcome\":\"refused\",", "\"outcome\":\"ok\","),
            ("\"reason\":\"too_large\",", ""),
            ("\"quota_used\"", "\"Jane Doe\""),
            ("\"reason\":\"too_large\"", "\"reason\":\"jane\""),
            ("\"action\":\"tool_called\"", "\"action\":\"\""),
            ("\"service\":\"demo\"", "\"service\":\"Jane Doe\""),
            ("\"sink\":\"siem\"", "\"sink\":\"Jane Doe\""),
            ("\"first\":1", "\"first\":\"Jane\""),
            ("\"tool\":\"t\"", "\"tool\":\"jane@example.com\""),
            ("\"email\":5", "\"Jane\":5"),
            ("\"email\":5", "\"email\":\"jane\""),
            ("\"email\":5", "\"email\":-5"),
            ("CASE-7", "Jane Doe"),
            ("CASE-7", "CASE-"),
            ("CASE-7", "CASE-7-7"),
            ("CASE-7", "CASE-123456789"),
            ("CASE-7", "C-7"),
            ("CASE-7", "JANEFROMACCOUNTING-7"),
            ("\"records\":5", "\"records\":-5"),
            ("\"role\":\"t\"", "\"role\":\"Jane Doe\""),
            ("\"what\":\"records\"", "\"what\":\"jane\""),
            ("\"amount\":5", "\"amount\":5,\"name\":\"jane\""),
        ] {
            let other = text.replacen(from, to, 1);
            assert_ne!(other, text, "{from}");
            assert_eq!(Event::parse(&other), Err(ParseError::Malformed), "{other}");
        }
        let newer = text.replacen("{\"v\":2,", "{\"v\":3,\"new\":true,", 1);
        assert!(matches!(Event::parse(&newer), Err(ParseError::Newer(_))));
        assert_eq!(Event::parse(""), Err(ParseError::Malformed));
    }

    fn outcomes() -> impl Strategy<Value = Outcome> {
        let reason = || prop::sample::select(Reason::ALL);
        let fault = prop::sample::select(vec![
            Fault::Caller,
            Fault::Service,
            Fault::IdentityProvider,
            Fault::Sink,
            Fault::Gateway,
        ]);
        prop_oneof![
            Just(Outcome::Ok),
            reason().prop_map(Outcome::Refused),
            (fault, reason()).prop_map(|(fault, reason)| Outcome::Failed(fault, reason)),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn every_event_is_read_back_as_it_was_and_is_small(
            action in prop::sample::select(Action::ALL),
            outcome in outcomes(),
            said in ".{0,200}",
            number: usize,
        ) {
            let event = full(action, outcome, &said, number);
            let text = event.to_text().unwrap();
            prop_assert!(text.len() <= LONGEST);
            prop_assert_eq!(Event::parse(&text), Ok(event));
        }
    }
}
