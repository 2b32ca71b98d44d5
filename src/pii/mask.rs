//! One line of `mcpgate mask`: a document in, the same document masked out.

use serde_json::value::RawValue;

use super::{Masker, Policy};
use crate::crypto::HashKey;
use crate::json::JsonError;

/// Why a line could not be masked. Never holds any of the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MaskError {
    /// Not JSON.
    #[error(
        "not JSON; write one object a line, a text as {{\"id\": \"1\", \"text\": \"...\"}} and a document as \
         {{\"id\": \"1\", \"doc\": ...}}"
    )]
    Json,
    /// Not an object with a text `id` and either a text `text` or a value `doc`.
    #[error("an object has \"id\", a text, and either \"text\", a text, or \"doc\", any JSON; not both")]
    Shape,
    /// The document is nested too deep.
    #[error(transparent)]
    Document(#[from] JsonError),
}

#[derive(serde::Deserialize)]
struct Line<'a> {
    id: String,
    text: Option<String>,
    #[serde(borrow)]
    doc: Option<&'a RawValue>,
}

/// Masks one document, `{"id","text"}` or `{"id","doc"}`, and answers with the same id and the masked document; other
/// members are left out. Each line stands for itself.
///
/// # Errors
/// When the line is no such document.
pub fn mask_line(line: &str, key: &HashKey, policy: &Policy) -> Result<String, MaskError> {
    let line: Line<'_> = serde_json::from_str(line.trim_start_matches('\u{feff}')).map_err(|error| {
        match error.classify() {
            serde_json::error::Category::Data => MaskError::Shape,
            _ => MaskError::Json,
        }
    })?;
    let mut masker = Masker::new(key, policy);
    let id = crate::json::escape(&line.id).into_owned();
    match (line.text, line.doc) {
        (Some(text), None) => {
            let text = masker.text(&text);
            Ok(format!("{{\"id\":\"{id}\",\"text\":\"{}\"}}", crate::json::escape(&text)))
        }
        (None, Some(doc)) => {
            Ok(format!("{{\"id\":\"{id}\",\"doc\":{}}}", masker.json(doc.get(), &|_| false)?))
        }
        _ => Err(MaskError::Shape),
    }
}

#[cfg(test)]
mod tests {
    use super::{MaskError, Policy, mask_line};
    use crate::crypto::HashKey;

    #[test]
    fn a_line_keeps_its_id_and_nothing_personal() {
        let key = HashKey::new([7; 32]);
        let text =
            mask_line(r#"{"id":"a\n","text":"jane@example.com\t","pii":[]}"#, &key, &Policy::default())
                .unwrap();
        assert!(
            text.starts_with(r#"{"id":"a\n","text":""#) && text.ends_with("@email.invalid\\t\"}"),
            "{text}"
        );
        let doc =
            mask_line(r#"{"id":"b","doc":{"vorname": "Lena", "n": 1.0}}"#, &key, &Policy::default()).unwrap();
        assert!(
            doc.starts_with(r#"{"id":"b","doc":{"vorname": "Person-"#) && doc.ends_with(", \"n\": 1.0}}"),
            "{doc}"
        );
        assert!(mask_line("\u{feff}{\"id\":\"a\",\"text\":\"b\"}", &key, &Policy::default()).is_ok());
        for line in ["", "Jane called", "{\"id\":"] {
            assert_eq!(mask_line(line, &key, &Policy::default()), Err(MaskError::Json), "{line}");
        }
        for line in [
            "[]",
            r#"{"id":1,"text":"b"}"#,
            r#"{"id":"a"}"#,
            r#"{"id":"a","text":"b","doc":1}"#,
            r#"{"text":"b"}"#,
        ] {
            assert_eq!(mask_line(line, &key, &Policy::default()), Err(MaskError::Shape), "{line}");
        }
    }
}
