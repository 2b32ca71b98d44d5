//! What is left of what a service says beside its answers, where it is too much.

use super::Capped;
use crate::mcp::bridge::META_SUBSCRIPTION;
use crate::mcp::raw::{Object, quoted};

/// How long what names something is at most where words are left out.
const MOST_OF_A_NAME: usize = 256;

/// Brings the `params` of a message from the service under `max` bytes: the text of a notification is left out, and
/// that is said in its place.
pub fn params(params: &str, notifies: bool, max: usize) -> Capped {
    if params.len() <= max {
        return Capped::Whole;
    }
    let mut cut = Object::parse(params).filter(|_| notifies).unwrap_or_default();
    for key in ["data", "message", "statusMessage"] {
        let Some(size) = cut.get(key).map(str::len) else { continue };
        let note = format!("[mcpgate] {size} bytes were left out: that is more than may be shown.");
        cut.set(key, quoted(&note));
    }
    if cut.is_empty() || cut.to_string().len() > max {
        Capped::TooLarge
    } else {
        Capped::Cut(cut.to_string())
    }
}

/// Whether a notification still says something once its words are left out: how far a call is, and on a stream of `news`
/// what is new.
pub fn tells_without_words(method: &str, news: bool) -> bool {
    const NEWS: [&str; 9] = [
        "notifications/tools/list_changed",
        "notifications/prompts/list_changed",
        "notifications/resources/list_changed",
        "notifications/resources/updated",
        "notifications/tasks",
        "notifications/tasks/status",
        "notifications/cancelled",
        "notifications/elicitation/complete",
        "notifications/subscriptions/acknowledged",
    ];
    method == "notifications/progress" || (news && NEWS.contains(&method))
}

/// What is left of the `params` of a notification where so much was said on its stream that no more is told: how far a
/// call is, and the names of what is new; that more was said, `first` only.
pub fn silenced(params: &str, first: bool) -> String {
    const NAMES: [&str; 9] =
        ["progressToken", "progress", "total", "level", "logger", "uri", "taskId", "status", "requestId"];
    let said = Object::parse(params).unwrap_or_default();
    let mut left = Object::default();
    for key in NAMES.into_iter().chain(["elicitationId", "createdAt", "lastUpdatedAt", "ttl", "ttlMs"]) {
        if let Some(value) = said.get(key).filter(|value| value.len() <= MOST_OF_A_NAME) {
            left.set(key, value.to_owned());
        }
    }
    // Without that a client of 2026-07-28 does not know what it is about.
    let meta = said.object("_meta").unwrap_or_default();
    if let Some(id) = meta.get(META_SUBSCRIPTION).filter(|id| id.len() <= MOST_OF_A_NAME) {
        let mut meta = Object::default();
        meta.set(META_SUBSCRIPTION, id.to_owned());
        left.set("_meta", meta.to_string());
    }
    if first {
        let key = if said.get("progress").is_some() { "message" } else { "data" };
        left.set(key, quoted("[mcpgate] What else is said is left out: it is too much."));
    }
    left.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_silenced_keeps_what_it_is_about() {
        let meta = r#""_meta":{"io.modelcontextprotocol/subscriptionId":"s","x":"a word"}"#;
        let said = format!(r#"{{"uri":"crm://1","title":"a word",{meta}}}"#);
        let left = r#"{"uri":"crm://1","_meta":{"io.modelcontextprotocol/subscriptionId":"s"}}"#;
        assert_eq!(silenced(&said, false), left);
        let long = format!(r#"{{"uri":"crm://{}"}}"#, "x".repeat(MOST_OF_A_NAME));
        assert_eq!(silenced(&long, false), "{}");
    }
}
