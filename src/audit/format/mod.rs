//! Records as other programs read them: JSON lines, OCSF, CEF and OTLP. Pure; docs/siem.md says what stands where.
//!
//! Each format carries the whole of a record's event and the record's place in the chain. What an event cannot hold, no
//! format can either: all of it comes out of an [`Event`] that was read back.

mod cef;
mod class;
mod hec;
mod ocsf;
mod otlp;

use serde_json::{Map, Value, json};

pub use self::hec::splunk;
use super::chain::Record;
use super::event::{Action, Event, Outcome, Reason};
use crate::error::Fault;

/// A format that records can be had in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A record a line, as it is in the chain: `mcpgate audit verify` reads it.
    Jsonl,
    /// Open Cybersecurity Schema Framework 1.5.0, an event a line.
    Ocsf,
    /// ArcSight Common Event Format, an event a line.
    Cef,
    /// OpenTelemetry logs: one `ExportLogsServiceRequest`, as JSON, on one line.
    Otlp,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Jsonl, Self::Ocsf, Self::Cef, Self::Otlp];

    /// Its name, as in requests, in the configuration and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Ocsf => "ocsf",
            Self::Cef => "cef",
            Self::Otlp => "otlp",
        }
    }

    /// The format of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// What it is over HTTP.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jsonl | Self::Ocsf => "application/x-ndjson",
            Self::Cef => "text/plain; charset=utf-8",
            Self::Otlp => "application/json",
        }
    }

    /// These records. Texts of consecutive records can be joined, but for OTLP over HTTP, where each is a request.
    pub fn write(self, records: &[Record]) -> String {
        match self {
            Self::Jsonl => lines(records.iter().map(whole)),
            Self::Ocsf => lines(records.iter().map(|record| ocsf::event(&Entry::new(record)))),
            Self::Cef => {
                records.iter().map(|record| format!("{}\n", cef::event(&Entry::new(record)))).collect()
            }
            Self::Otlp => lines([otlp::request(records)].into_iter()),
        }
    }
}

/// A record as the chain has it.
fn whole(record: &Record) -> Value {
    json!({ "seq": record.seq, "event": record.event, "prev": record.prev, "hash": record.hash })
}

fn lines(values: impl Iterator<Item = Value>) -> String {
    values.map(|value| format!("{value}\n")).collect()
}

/// A record, and its event as far as this version can read it.
struct Entry<'a> {
    record: &'a Record,
    read: Option<(Event, Map<String, Value>)>,
}

impl<'a> Entry<'a> {
    /// A newer version's event, or what is no event any more, is told by its place in the chain and nothing else.
    fn new(record: &'a Record) -> Self {
        let event = Event::parse(&record.event).ok();
        let fields = serde_json::from_str(&record.event).ok();
        Self { record, read: event.zip(fields) }
    }

    fn event(&self) -> Option<&Event> {
        self.read.as_ref().map(|(event, _)| event)
    }

    /// The event's fields, in their order.
    fn fields(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.read.iter().flat_map(|(_, fields)| fields).map(|(key, value)| (key.as_str(), value))
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.read.as_ref().and_then(|(_, fields)| fields.get(key)?.as_str())
    }

    /// The event's fields, and the record's place in the chain.
    fn flat(&self) -> Value {
        let mut all: Map<String, Value> =
            self.fields().map(|(key, value)| (key.to_owned(), value.clone())).collect();
        all.insert("seq".to_owned(), self.record.seq.into());
        all.insert("prev".to_owned(), self.record.prev.clone().into());
        all.insert("hash".to_owned(), self.record.hash.clone().into());
        Value::Object(all)
    }

    fn severity(&self) -> Severity {
        let Some(event) = self.event() else { return Severity::High };
        let ended = match event.ended() {
            Outcome::Ok => Severity::Informational,
            Outcome::Refused(reason) | Outcome::Failed(Fault::Caller, reason) => match reason {
                // Somebody had what was another's.
                Reason::CodeReused | Reason::RefreshReused | Reason::AssertionReused => Severity::High,
                Reason::Csrf | Reason::PkceMismatch | Reason::IdTokenInvalid => Severity::Medium,
                _ => Severity::Low,
            },
            Outcome::Failed(Fault::Service | Fault::IdentityProvider | Fault::Sink, _) => Severity::Medium,
            Outcome::Failed(Fault::Gateway, _) => Severity::High,
        };
        let least = match event.action() {
            // However it ended, somebody has to look.
            Action::ThroughputAlerted | Action::HoldPlaced | Action::ToolChanged | Action::ToolHeld => {
                Severity::Medium
            }
            _ => Severity::Informational,
        };
        ended.max(least)
    }
}

/// How much it matters that somebody looks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Severity {
    Informational,
    Low,
    Medium,
    High,
}

/// What is said of a record whose event this version cannot read.
const UNREAD: &str = "A record whose event this version of the gateway cannot read.";
const VERSION: &str = env!("CARGO_PKG_VERSION");

#[cfg(test)]
mod tests;
