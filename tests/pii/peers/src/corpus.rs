//! Documents as a service would send them.

use std::collections::HashMap;

use serde_json::value::RawValue;

/// One document.
pub enum Document {
    /// Text.
    Text(String),
    /// JSON, as text.
    Json(String),
}

impl Document {
    /// What would be sent.
    pub fn source(&self) -> &str {
        match self {
            Self::Text(text) | Self::Json(text) => text,
        }
    }
}

/// JSON lines with a member `text` or `doc`; other members do not matter.
pub fn parse(lines: &str) -> Vec<Document> {
    lines.lines().filter(|line| !line.trim().is_empty()).map(document).collect()
}

/// How many bytes the documents are.
pub fn bytes(documents: &[Document]) -> usize {
    documents.iter().map(|document| document.source().len()).sum()
}

fn document(line: &str) -> Document {
    let mut members: HashMap<String, Box<RawValue>> =
        serde_json::from_str(line).expect("a JSON object a line");
    let text =
        members.remove("text").map(|text| serde_json::from_str(text.get()).expect("`text` is a string"));
    match (text, members.remove("doc")) {
        (Some(text), None) => Document::Text(text),
        (None, Some(doc)) => Document::Json(doc.get().to_owned()),
        _ => panic!("a line has either `text` or `doc`"),
    }
}
