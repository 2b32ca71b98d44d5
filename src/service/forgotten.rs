//! Whether an answer says that the service does not know the session of a request: then nothing was done, and the request
//! may be sent again in a new one. Pure.
//!
//! The protocol has HTTP 404 for it. Many services say it with a 400 instead, each in words of its own.

use http::StatusCode;

use crate::mcp::raw::Object;

/// What transports refuse a message with. The other codes are about what a message asks for.
const OF_TRANSPORT: [&str; 3] = ["-32000", "-32001", "-32600"];
/// Longer texts are pages and reports, and not what a transport says.
const LONGEST: usize = 512;

/// What a session is said to be before the word, and after it.
const BEFORE: [&str; 6] = ["no", "invalid", "unknown", "expired", "missing", "nonexistent"];
const AFTER: [&str; 13] = [
    "not found",
    "not initialized",
    "not valid",
    "not active",
    "no longer",
    "does not exist",
    "unknown",
    "invalid",
    "expired",
    "missing",
    "required",
    "terminated",
    "closed",
];

/// Whether this answer to the request with this id says so.
pub(super) fn says_so(status: StatusCode, text: &str, id: &str) -> bool {
    let message = Object::parse(text);
    let error = message.as_ref().and_then(|message| message.object("error"));
    if ![StatusCode::BAD_REQUEST, StatusCode::NOT_FOUND].contains(&status) {
        return false;
    }
    if message.as_ref().is_some_and(|message| message.get("id") == Some(id)) {
        // It read the request: unless it says that this is as far as it came, it may have done something.
        let Some(error) = &error else { return false };
        let said = error.string("message").unwrap_or_default();
        return error.get("code").is_some_and(|code| OF_TRANSPORT.contains(&code))
            && said.len() <= LONGEST
            && is_of_a_session(&said);
    }
    if status == StatusCode::NOT_FOUND {
        return true;
    }
    let said = match (&message, &error) {
        (Some(_), Some(error)) => error.string("message"),
        (Some(message), None) => message.string("error").or_else(|| message.string("message")),
        (None, _) => Some(text.to_owned()),
    };
    said.is_some_and(|said| said.len() <= LONGEST && names_a_session(&said))
}

/// Whether a text says of a session that it is not there, or of a service that it has none yet.
fn names_a_session(text: &str) -> bool {
    let lower = lower(text);
    let words = words(&lower);
    words.join(" ").contains(NONE_YET) || (0..words.len()).any(|at| is_gone(&words, at))
}

/// Whether a text says nothing before it says so, or names the transport's own header.
fn is_of_a_session(text: &str) -> bool {
    let lower = lower(text);
    let words = words(&lower);
    let first = words.iter().position(|word| !BEGINNINGS.contains(word)).unwrap_or(words.len());
    words.get(first..).is_some_and(|rest| rest.join(" ").starts_with(NONE_YET))
        || is_gone(&words, first)
        || (lower.contains("mcp-session-id") && names_a_session(text))
}

/// What some say of a service that has no session yet.
const NONE_YET: &str = "server not initialized";

/// What may stand before a session that a text begins with.
const BEGINNINGS: [&str; 24] = [
    "bad",
    "request",
    "not",
    "found",
    "error",
    "there",
    "is",
    "no",
    "the",
    "a",
    "valid",
    "active",
    "such",
    "existing",
    "matching",
    "invalid",
    "unknown",
    "expired",
    "missing",
    "nonexistent",
    "or",
    "mcp",
    "http",
    "transport",
];

fn lower(text: &str) -> String {
    text.to_lowercase().replace("doesn't", "does not").replace("isn't", "is not")
}

fn words(lower: &str) -> Vec<&str> {
    lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect()
}

/// Whether the word there is a session that is said not to be there.
fn is_gone(words: &[&str], at: usize) -> bool {
    if !words.get(at).is_some_and(|word| ["session", "sessionid"].contains(word)) {
        return false;
    }
    let (before, rest) = words.split_at(at);
    before_it(before) || after_it(rest)
}

/// `Invalid or missing MCP`, `No valid`, `no such`.
fn before_it(words: &[&str]) -> bool {
    let mut words = words.iter().rev().filter(|word| !["mcp", "http", "transport", "the"].contains(*word));
    match words.next() {
        Some(&"valid" | &"active" | &"such" | &"existing" | &"matching") => words.next() == Some(&"no"),
        Some(word) => BEFORE.contains(word),
        None => false,
    }
}

/// ` id is required`, ` has been terminated`.
fn after_it(words: &[&str]) -> bool {
    let passed = ["session", "sessionid", "id", "header", "identifier", "is", "was", "has", "been"];
    let said: Vec<&str> = words.iter().copied().skip_while(|word| passed.contains(word)).take(3).collect();
    let said = format!("{} ", said.join(" "));
    AFTER.iter().any(|after| said.starts_with(&format!("{after} ")))
        // What was under way when its session ended may have been done.
        && !said.starts_with("terminated before")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rpc(id: &str, code: i64, message: &str) -> String {
        let message = crate::mcp::raw::quoted(message);
        format!(r#"{{"jsonrpc":"2.0","id":{id},"error":{{"code":{code},"message":{message}}}}}"#)
    }

    #[test]
    fn services_say_in_many_ways_that_they_do_not_know_a_session() {
        for text in [
            // The official SDKs and their examples.
            "Bad Request: No valid session ID provided",
            "Bad Request: Server not initialized",
            "Bad Request: Mcp-Session-Id header is required",
            "Session not found",
            "Bad Request: Missing session ID",
            "Not Found: Invalid or expired session ID",
            "Not Found: Session has been terminated",
            "Invalid or missing session ID",
            "session not found",
            "Session ID required in mcp-session-id header",
            "Session not found: 0f1e",
            // Others.
            "Bad Request: Unknown Mcp-Session-Id header",
            "Bad Request: No valid session ID or not an initialize request",
            "Invalid session ID",
            "Session terminated",
            "session expired",
            "Missing sessionId parameter",
            "there is no such session",
            "The session doesn't exist",
        ] {
            let bad = StatusCode::BAD_REQUEST;
            assert!(says_so(bad, text, "7"), "{text}");
            assert!(says_so(bad, &rpc("null", -32000, text), "7"), "{text}");
            assert!(says_so(bad, &rpc("\"server-error\"", -32600, text), "7"), "{text}");
            assert!(says_so(bad, &format!(r#"{{"error":"{text}"}}"#), "7"), "{text}");
            for status in [bad, StatusCode::NOT_FOUND] {
                for code in [-32000, -32001, -32600] {
                    assert!(says_so(status, &rpc("7", code, text), "7"), "{text}");
                }
            }
        }
        assert!(says_so(StatusCode::NOT_FOUND, "", "7"));
        assert!(says_so(StatusCode::NOT_FOUND, "<h1>Not Found</h1>", "7"));
    }

    #[test]
    fn what_is_about_the_message_is_not_about_the_session() {
        for text in [
            "params.arguments.session is not a number",
            "Book the session first",
            "the field sessions has too many items",
            "A training session on this day is not possible",
            "You have no right to see this session",
            "Session terminated before the request completed",
            "invalid arguments",
            "session must be a number",
            "",
        ] {
            assert!(!says_so(StatusCode::BAD_REQUEST, text, "7"), "{text}");
            assert!(!says_so(StatusCode::BAD_REQUEST, &rpc("null", -32000, text), "7"), "{text}");
        }
        let arguments = rpc("7", -32602, "Invalid arguments: session is required");
        for status in [StatusCode::BAD_REQUEST, StatusCode::NOT_FOUND] {
            assert!(!says_so(status, &arguments, "7"));
            assert!(says_so(status, &arguments, "8"), "as the answer to nothing it is the transport's");
        }
        for status in [StatusCode::BAD_REQUEST, StatusCode::NOT_FOUND] {
            for text in [
                "Card was charged; then the checkout session expired",
                "Comment was added; the issue's watcher was not found",
                "Checkout session expired",
                "Saved. Session not found",
                "not found",
                "",
            ] {
                assert!(!says_so(status, &rpc("7", -32000, text), "7"), "{text}");
            }
            for code in [-32601, -32602, -32603, -32002, 404] {
                assert!(!says_so(status, &rpc("7", code, "Session not found"), "7"), "{code}");
            }
            assert!(!says_so(status, r#"{"jsonrpc":"2.0","id":7,"result":{"message":"no session"}}"#, "7"));
        }
        let page = format!("Session not found {}", "x".repeat(LONGEST));
        assert!(!says_so(StatusCode::BAD_REQUEST, &page, "7"));
        assert!(!says_so(StatusCode::CONFLICT, "Session not found", "7"));
        assert!(!says_so(StatusCode::OK, "Session not found", "7"));
    }
}
