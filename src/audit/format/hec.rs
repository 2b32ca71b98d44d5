//! Splunk's HTTP Event Collector: JSON objects one after another, each with an event and what Splunk wants to know of it.

use serde_json::json;

use super::super::chain::Record;
use super::{Entry, Format, lines, ocsf};

/// These records for `/services/collector/event`; as OCSF, or else as the event's fields and its place in the chain.
pub fn splunk(records: &[Record], format: Format) -> String {
    lines(records.iter().map(|record| {
        let entry = Entry::new(record);
        let at = entry.event().map_or(0, |event| event.at().0);
        let (kind, event) = match format {
            Format::Ocsf => ("mcpgate:ocsf", ocsf::event(&entry)),
            _ => ("mcpgate:audit", entry.flat()),
        };
        // Seconds, with as many decimals as Splunk's own documentation shows.
        let time = format!("{}.{:03}", at.div_euclid(1000), at.rem_euclid(1000));
        json!({ "time": time, "source": "mcpgate", "sourcetype": kind, "event": event })
    }))
}
