//! What audit records are sent to: Splunk's event collector, a place that takes JSON lines, and an OpenTelemetry collector,
//! as far as the gateway uses them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::Request;
use mcpgate::audit::chain::Record;
use mcpgate::host::memory::{Peer, Reply};
use serde_json::{Value, json};

/// The token of the event collector, and the key of the place that takes lines.
pub(crate) const HEC_TOKEN: &str = "planted-hec-token-90aa";
pub(crate) const LAKE_KEY: &str = "planted-lake-key-7c1d";

/// The sinks of the setting that has any.
pub(crate) fn toml(origin: &str) -> String {
    format!(
        "[[audit.sink]]\nid = \"splunk\"\nkind = \"splunk_hec\"\nurl = \"{origin}/services/collector/event\"\n\
         token = {{ secret = \"HEC_TOKEN\" }}\nbatch = 5\n\
         [[audit.sink]]\nid = \"lake\"\nkind = \"https\"\nurl = \"{origin}/lake\"\nformat = \"jsonl\"\nbatch = 5\n\
         headers = {{ \"x-api-key\" = {{ secret = \"LAKE_KEY\" }} }}\n\
         [[audit.sink]]\nid = \"otel\"\nkind = \"otlp\"\nurl = \"{origin}/v1/logs\"\nbatch = 5\n"
    )
}

/// The place.
pub(crate) struct Siem(Mutex<State>);

#[derive(Default)]
struct State {
    origin: String,
    /// What each sink took, in the order in which it came.
    taken: HashMap<&'static str, Vec<Record>>,
    asked: HashMap<&'static str, usize>,
    answering: HashMap<&'static str, Box<dyn Fn() -> Reply + Send>>,
}

impl Siem {
    pub(super) fn new(origin: &str) -> Self {
        Self(Mutex::new(State { origin: origin.to_owned(), ..State::default() }))
    }

    pub(crate) fn origin(&self) -> String {
        self.0.lock().unwrap().origin.clone()
    }

    pub(super) fn set_origin(&self, origin: String) {
        self.0.lock().unwrap().origin = origin;
    }

    pub(super) fn reset(&self) {
        let mut state = self.0.lock().unwrap();
        *state = State { origin: std::mem::take(&mut state.origin), ..State::default() };
    }

    /// A sink answers in another way, and takes nothing.
    pub(crate) fn answers(&self, sink: &'static str, answer: impl Fn() -> Reply + Send + 'static) {
        self.0.lock().unwrap().answering.insert(sink, Box::new(answer));
    }

    /// It behaves well again.
    pub(crate) fn behaves(&self, sink: &str) {
        self.0.lock().unwrap().answering.remove(sink);
    }

    /// What a sink took.
    pub(crate) fn taken(&self, sink: &str) -> Vec<Record> {
        self.0.lock().unwrap().taken.get(sink).cloned().unwrap_or_default()
    }

    /// How many requests came to a sink.
    pub(crate) fn asked(&self, sink: &str) -> usize {
        self.0.lock().unwrap().asked.get(sink).copied().unwrap_or_default()
    }
}

pub(super) fn peer(siem: &Arc<Siem>) -> Peer {
    let siem = Arc::clone(siem);
    Arc::new(move |request| {
        let mut state = siem.0.lock().unwrap();
        let sink = match request.uri().path() {
            "/services/collector/event" => "splunk",
            "/lake" => "lake",
            "/v1/logs" => "otel",
            other => panic!("{other}"),
        };
        *state.asked.entry(sink).or_default() += 1;
        if let Some(answering) = state.answering.get(sink) {
            return answering();
        }
        let header = |name: &str| request.headers().get(name).map_or("", |value| value.to_str().unwrap());
        let known = match sink {
            "splunk" => header("authorization") == format!("Splunk {HEC_TOKEN}"),
            "lake" => header("x-api-key") == LAKE_KEY && header("authorization").is_empty(),
            _ => header("authorization").is_empty(),
        };
        if !known {
            return Reply::new(401, "application/json", "{\"text\":\"Unauthorized\",\"code\":3}");
        }
        let (media_type, records, answer) = match sink {
            "splunk" => ("application/json", splunk(&request), json!({ "text": "Success", "code": 0 })),
            "lake" => ("application/x-ndjson", lines(&request), json!({})),
            _ => ("application/json", otlp(&request), json!({ "partialSuccess": {} })),
        };
        assert_eq!(header("content-type"), media_type);
        assert!((1..=5).contains(&records.len()), "a batch is not larger than the configuration says");
        state.taken.entry(sink).or_default().extend(records);
        Reply::new(200, "application/json", answer.to_string())
    })
}

fn values(request: &Request<Bytes>) -> Vec<Value> {
    serde_json::Deserializer::from_slice(request.body()).into_iter().map(Result::unwrap).collect()
}

fn lines(request: &Request<Bytes>) -> Vec<Record> {
    values(request).into_iter().map(|record| serde_json::from_value(record).unwrap()).collect()
}

/// Splunk sees an event's fields and where it is in the chain.
fn splunk(request: &Request<Bytes>) -> Vec<Record> {
    let record = |object: Value| {
        let Value::Object(mut event) = object["event"].clone() else { panic!("{object}") };
        let mut take = |key: &str| event.shift_remove(key).unwrap();
        let (seq, prev, hash) = (take("seq"), take("prev"), take("hash"));
        let text = |value: Value| value.as_str().unwrap().to_owned();
        Record {
            seq: seq.as_i64().unwrap(),
            prev: text(prev),
            hash: text(hash),
            event: Value::Object(event).to_string(),
        }
    };
    values(request).into_iter().map(record).collect()
}

fn otlp(request: &Request<Bytes>) -> Vec<Record> {
    let request: Value = serde_json::from_slice(request.body()).unwrap();
    let record = |log: &Value| {
        let attribute = |key: &str| {
            let attributes = log["attributes"].as_array().unwrap();
            let found =
                attributes.iter().find(|attribute| attribute["key"] == format!("mcpgate.audit.{key}"));
            found.unwrap()["value"].clone()
        };
        let text = |key: &str| attribute(key)["stringValue"].as_str().unwrap().to_owned();
        Record {
            seq: attribute("seq")["intValue"].as_str().unwrap().parse().unwrap(),
            event: log["body"]["stringValue"].as_str().unwrap().to_owned(),
            prev: text("prev"),
            hash: text("hash"),
        }
    };
    let logs = &request["resourceLogs"][0]["scopeLogs"][0]["logRecords"];
    logs.as_array().unwrap().iter().map(record).collect()
}
