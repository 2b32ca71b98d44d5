//! ArcSight Common Event Format, version 0: `CEF:0|vendor|product|version|id|name|severity|extension`.
//!
//! Known keys are those of the CEF dictionary. Whatever else an event has stands under `mcpgate` and its own name, as
//! the format wants it of keys that a vendor makes up.

use std::fmt::Write as _;

use serde_json::Value;

use super::{Entry, Severity, UNREAD, VERSION};

/// A record as one line, without its end.
pub(super) fn event(entry: &Entry<'_>) -> String {
    let (id, name) = match entry.event() {
        Some(event) => (event.action().name(), event.action().meaning()),
        None => ("unreadable", UNREAD),
    };
    let severity = match entry.severity() {
        Severity::Informational => 1,
        Severity::Low => 4,
        Severity::Medium => 6,
        Severity::High => 8,
    };
    let mut line =
        format!("CEF:0|mcpgate|mcpgate|{}|{}|{}|{severity}|", header(VERSION), header(id), header(name));
    let mut first = true;
    let mut put = |key: &str, value: &str| {
        let space = if std::mem::take(&mut first) { "" } else { " " };
        // Writing to a text does not fail.
        let _ = write!(line, "{space}{key}={}", extension(value));
    };
    for (key, value) in entry.fields() {
        let value = plain(value);
        match key {
            "id" => put("externalId", &value),
            "at" => put("rt", &value),
            "action" => put("act", &value),
            "outcome" => put("outcome", &value),
            "reason" => put("reason", &value),
            "person" => put("suid", &value),
            "subject" => put("duid", &value),
            "service" => put("destinationServiceName", &value),
            "request_bytes" => put("in", &value),
            "result_bytes" => put("out", &value),
            "tool" => labelled(&mut put, "cs1", key, &value),
            "client" => labelled(&mut put, "cs2", key, &value),
            "follows" => labelled(&mut put, "cs3", key, &value),
            "duration_ms" => labelled(&mut put, "cn2", key, &value),
            _ => put(&own(key), &value),
        }
    }
    labelled(&mut put, "cn1", "seq", &entry.record.seq.to_string());
    labelled(&mut put, "cs4", "prev", &entry.record.prev);
    labelled(&mut put, "cs5", "hash", &entry.record.hash);
    line
}

fn labelled(put: &mut impl FnMut(&str, &str), key: &str, label: &str, value: &str) {
    put(&format!("{key}Label"), label);
    put(key, value);
}

/// `given_back` -> `mcpgateGivenBack`.
fn own(key: &str) -> String {
    let words = key.split('_').map(|word| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    });
    std::iter::once("mcpgate".to_owned()).chain(words).collect()
}

/// Lists and counts on one line: `a,b` and `email:2,phone:1`.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join(","),
        Value::Object(fields) => {
            fields.iter().map(|(key, value)| format!("{key}:{}", plain(value))).collect::<Vec<_>>().join(",")
        }
        other => other.to_string(),
    }
}

/// Within a header the bar and the backslash are escaped, and there is no line break.
fn header(text: &str) -> String {
    text.replace('\\', "\\\\").replace('|', "\\|").replace(['\r', '\n'], " ")
}

/// Within a value the equals sign, the backslash and line breaks are escaped.
fn extension(text: &str) -> String {
    text.replace('\\', "\\\\").replace('=', "\\=").replace('\n', "\\n").replace('\r', "\\r")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_a_meaning_is_escaped() {
        assert_eq!(header("a|b\\c=d\r\ne"), "a\\|b\\\\c=d  e");
        assert_eq!(extension("a|b\\c=d\r\ne"), "a|b\\\\c\\=d\\r\\ne");
    }

    #[test]
    fn keys_of_our_own_are_under_our_name() {
        assert_eq!(own("given_back"), "mcpgateGivenBack");
        assert_eq!(own("v"), "mcpgateV");
    }
}
