//! Answers that the gateway gives in the service's place.

use std::time::Duration;

use super::raw::quoted;
use super::revision::Era;

/// A JSON-RPC error. `id` is the request's exact id text; without one the error has none, as for a body that could
/// not be read. `data` is JSON.
pub fn error(id: Option<&str>, code: i64, message: &str, data: Option<&str>) -> String {
    let id = id.map(|id| format!(r#""id":{id},"#)).unwrap_or_default();
    let data = data.map(|data| format!(r#","data":{data}"#)).unwrap_or_default();
    format!(r#"{{"jsonrpc":"2.0",{id}"error":{{"code":{code},"message":{}{data}}}}}"#, quoted(message))
}

/// The member of a result's `_meta`, or of an error's `data`, that says after how many seconds it is worth trying again.
pub const RETRY_AFTER: &str = "mcpgate/retryAfter";

/// A JSON object that says after how long it is worth trying again, in whole seconds, rounded up.
pub fn retry_after(after: Duration) -> String {
    format!("{{\"{RETRY_AFTER}\":{}}}", after.as_millis().div_ceil(1000))
}

/// A tool result that says in words, to the model and the person, why there is none (`isError`), and, where that is
/// known, to a program after how long it may be tried again.
pub fn tool_error(id: &str, era: Era, text: &str, after: Option<Duration>) -> String {
    let meta = after.map(|after| format!(r#","_meta":{}"#, retry_after(after))).unwrap_or_default();
    let result_type = match era {
        Era::Legacy => "",
        Era::Modern => r#""resultType":"complete","#,
    };
    format!(
        r#"{{"jsonrpc":"2.0","id":{id},"result":{{{result_type}"content":[{{"type":"text","text":{}}}],"isError":true{meta}}}}}"#,
        quoted(text)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_keep_their_spelling() {
        assert_eq!(
            error(Some("\"a\\u0062\""), -32602, "no \"x\"", None),
            r#"{"jsonrpc":"2.0","id":"a\u0062","error":{"code":-32602,"message":"no \"x\""}}"#
        );
        assert_eq!(
            error(None, -32700, "?", Some("[]")),
            r#"{"jsonrpc":"2.0","error":{"code":-32700,"message":"?","data":[]}}"#
        );
        assert!(tool_error("1", Era::Modern, "t", None).contains(r#""resultType":"complete""#));
        assert!(!tool_error("1", Era::Legacy, "t", None).contains("resultType"));
        let after = Some(Duration::from_millis(59_001));
        assert!(
            tool_error("1", Era::Legacy, "t", after)
                .ends_with(r#""isError":true,"_meta":{"mcpgate/retryAfter":60}}}"#)
        );
    }
}
