//! What the gateway proved itself with to a service: it must not come back to an AI client in what the service says.

use std::sync::Arc;

use memchr::memmem;

use crate::crypto::Secret;

/// What stands in its place.
const WITHHELD: &str = "[credential withheld by the gateway]";

/// What is shorter could be found by chance.
const SHORTEST: usize = 8;

/// The credentials that went with a request; goes with its answer.
#[derive(Clone, Default)]
pub(super) struct Proofs(Arc<[Secret]>);

impl Proofs {
    pub(super) fn new(secrets: Vec<Secret>) -> Self {
        let long = secrets.into_iter().filter(|secret| secret.expose().len() >= SHORTEST);
        Self(long.collect())
    }

    /// The JSON text without them, as they are or as JSON escapes them; [`None`] when it holds none. A service that
    /// repeats what it was sent does so by mistake: one that means it can write it in another way, but had it already.
    pub(super) fn withheld(&self, text: &str) -> Option<String> {
        let mut left: Option<String> = None;
        for secret in self.0.iter() {
            let escaped = crate::json::escape(secret.expose()).into_owned();
            for spelling in [escaped.replace('/', "\\/"), escaped] {
                let text = left.as_deref().unwrap_or(text);
                if memmem::find(text.as_bytes(), spelling.as_bytes()).is_some() {
                    left = Some(text.replace(&spelling, WITHHELD));
                }
            }
        }
        left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sent_does_not_come_back() {
        let proofs =
            Proofs::new(vec![Secret::new("abc/def+12=="), Secret::new("quo\"ted-key"), Secret::new("short")]);
        let said = r#"{"a":"Bearer abc/def+12==","b":"abc\/def+12==","c":"quo\"ted-key short"}"#;
        let left = proofs.withheld(said).unwrap();
        assert_eq!(left.matches(WITHHELD).count(), 3, "{left}");
        assert!(left.contains("short") && serde_json::from_str::<serde_json::Value>(&left).is_ok());
        assert_eq!(proofs.withheld("abc/def+12"), None);
        assert_eq!(Proofs::default().withheld(said), None);
    }
}
