//! OpenTelemetry logs: an `ExportLogsServiceRequest` in the JSON encoding of OTLP (64-bit numbers are texts).
//!
//! The body is the event's text as it was hashed, so that a record can be put together again from it and the attributes
//! `mcpgate.audit.seq`, `.prev` and `.hash`.

use serde_json::{Value, json};

use super::super::chain::Record;
use super::{Entry, Severity, UNREAD, VERSION};

/// These records as one request.
pub(super) fn request(records: &[Record]) -> Value {
    let records: Vec<Value> = records.iter().map(|record| log(&Entry::new(record))).collect();
    json!({
        "resourceLogs": [{
            "resource": { "attributes": [
                attribute("service.name", &"mcpgate".into()),
                attribute("service.version", &VERSION.into()),
            ] },
            "scopeLogs": [{ "scope": { "name": "mcpgate.audit", "version": VERSION }, "logRecords": records }],
        }],
    })
}

fn log(entry: &Entry<'_>) -> Value {
    let (number, severity) = match entry.severity() {
        Severity::Informational => (9, "INFO"),
        Severity::Low => (13, "WARN"),
        Severity::Medium => (14, "WARN2"),
        Severity::High => (17, "ERROR"),
    };
    let (at, name, body) = match entry.event() {
        Some(event) => (event.at().0, event.action().name(), entry.record.event.as_str()),
        None => (0, "unreadable", UNREAD),
    };
    let nanoseconds = format!("{}", i128::from(at) * 1_000_000);
    let mut attributes: Vec<Value> =
        entry.fields().map(|(key, value)| attribute(&format!("mcpgate.audit.{key}"), value)).collect();
    attributes.extend([
        attribute("mcpgate.audit.seq", &entry.record.seq.into()),
        attribute("mcpgate.audit.prev", &entry.record.prev.as_str().into()),
        attribute("mcpgate.audit.hash", &entry.record.hash.as_str().into()),
    ]);
    // Names that semantic conventions have for the same.
    for (key, name) in [("id", "log.record.uid"), ("person", "user.hash")] {
        attributes.extend(entry.text(key).map(|value| attribute(name, &value.into())));
    }
    json!({
        "timeUnixNano": nanoseconds,
        "observedTimeUnixNano": nanoseconds,
        "severityNumber": number,
        "severityText": severity,
        "eventName": format!("mcpgate.audit.{name}"),
        "body": { "stringValue": body },
        "attributes": attributes,
    })
}

fn attribute(key: &str, value: &Value) -> Value {
    json!({ "key": key, "value": any(value) })
}

fn any(value: &Value) -> Value {
    match value {
        Value::String(text) => json!({ "stringValue": text }),
        Value::Bool(flag) => json!({ "boolValue": flag }),
        Value::Number(number) => json!({ "intValue": number.to_string() }),
        Value::Array(values) => {
            json!({ "arrayValue": { "values": values.iter().map(any).collect::<Vec<_>>() } })
        }
        Value::Object(fields) => {
            let values: Vec<Value> = fields.iter().map(|(key, value)| attribute(key, value)).collect();
            json!({ "kvlistValue": { "values": values } })
        }
        Value::Null => json!({}),
    }
}
