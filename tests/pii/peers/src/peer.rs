//! datafog-core with everything on that it has: the German locale, and names by JSON field.

use datafog_core::structured::{self, StructuredScanAndTransformConfig};
use datafog_core::{ScanAndTransformConfig, parse_scan_and_transform_config, scan_and_transform};
use serde_json::{Value, json};

use crate::corpus::Document;

/// What masks with datafog-core.
pub struct Datafog {
    text: ScanAndTransformConfig,
    json: StructuredScanAndTransformConfig,
}

impl Default for Datafog {
    fn default() -> Self {
        let transform = json!({ "default": { "strategy": "redact" } });
        let text = json!({ "scan": { "locale": "de" }, "transform": transform });
        let json = json!({ "scan": { "locale": "de", "discover_person": true }, "transform": transform });
        Self {
            text: parse_scan_and_transform_config(&text).expect("a configuration"),
            json: structured::parse_scan_and_transform_config(&json).expect("a configuration"),
        }
    }
}

impl Datafog {
    /// The document masked. JSON that it refuses (numbers that JavaScript could not hold) is masked string by string.
    pub fn mask(&self, document: &Document) -> String {
        match document {
            Document::Text(text) => self.text(text),
            Document::Json(text) => self.json(serde_json::from_str(text).expect("JSON")).to_string(),
        }
    }

    fn text(&self, text: &str) -> String {
        scan_and_transform(text, &self.text).expect("any text can be masked").text
    }

    fn json(&self, value: Value) -> Value {
        match structured::scan_and_transform(&value, &self.json) {
            Ok(masked) => masked.data,
            Err(_) => match value {
                Value::String(text) => Value::String(self.text(&text)),
                Value::Array(items) => items.into_iter().map(|item| self.json(item)).collect(),
                Value::Object(members) => {
                    members.into_iter().map(|(key, member)| (key, self.json(member))).collect()
                }
                other => other,
            },
        }
    }
}
