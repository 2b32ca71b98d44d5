//! Which revision of the protocol a request speaks, and whether its headers say what its body says.

use http::HeaderMap;

use super::bridge::{META_CLIENT, is_client};
use super::header;
use super::message::{Kind, Message, name_member};
use super::raw::{Object, quoted};

/// The revisions that pass, newest first.
pub const REVISIONS: [&str; 5] = [MODERN, "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];

/// The revision without sessions.
pub const MODERN: &str = "2026-07-28";

/// The newest revision with sessions.
pub const LATEST_LEGACY: &str = "2025-11-25";
/// The one revision in which several messages may come as one JSON array (2025-03-26, "Batching").
pub const BATCHES: &str = "2025-03-26";

/// The member of `_meta` that names the revision.
pub const META_REVISION: &str = "io.modelcontextprotocol/protocolVersion";

/// The member of `_meta` that says what the client can do.
const META_CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";

/// Methods of earlier revisions that [`MODERN`] does not have. Methods that no revision has may be an extension's.
const REMOVED: [&str; 7] = [
    "initialize",
    "ping",
    "logging/setLevel",
    "resources/subscribe",
    "resources/unsubscribe",
    "tasks/list",
    "tasks/result",
];

/// What a request's revision means for its transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Era {
    /// Up to 2025-11-25: `initialize`, sessions, GET streams.
    Legacy,
    /// From 2026-07-28: every request stands alone and mirrors its method and name in headers.
    Modern,
}

/// A request whose headers and body disagree, or that speaks a revision nobody knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disagreement {
    /// The JSON-RPC error code.
    pub code: i64,
    /// What is wrong and what to send instead.
    pub message: String,
    /// `error.data`, as JSON.
    pub data: Option<String>,
}

/// -32020: a header and the body disagree.
pub const HEADER_MISMATCH: i64 = -32020;
/// -32022: the revision is not supported.
pub const UNSUPPORTED_REVISION: i64 = -32022;
const INVALID_PARAMS: i64 = -32602;
const INVALID_REQUEST: i64 = -32600;

/// Decides the era of a request by its body and checks the headers against it.
///
/// # Errors
/// [`Disagreement`], to be answered with HTTP 400.
pub fn resolve(headers: &HeaderMap, message: &Message) -> Result<Era, Disagreement> {
    let in_header = single(headers, "mcp-protocol-version")?;
    let meta = message.meta_object();
    let meta = meta.as_deref().and_then(Object::parse);
    let in_body = match meta.as_ref().and_then(|meta| meta.get(META_REVISION)) {
        None => None,
        Some(text) => {
            let revision = serde_json::from_str::<String>(text).map_err(|_| required(META_REVISION))?;
            Some(revision)
        }
    };
    let legacy = |revision: &str| REVISIONS.contains(&revision) && revision != MODERN;
    match (&in_header, &in_body) {
        (None, None) => return introduced(message).map(|()| Era::Legacy),
        (Some(header), None) if legacy(header) => return introduced(message).map(|()| Era::Legacy),
        (Some(header), None) if header != MODERN => return Err(unsupported(header)),
        // A notification needs no `_meta`.
        (Some(_), None) if message.id().is_none() => {}
        (Some(_), None) => return Err(required(META_REVISION)),
        (None, Some(_)) => {
            return Err(mismatch("MCP-Protocol-Version is missing; the body names a revision"));
        }
        (Some(header), Some(body)) if header != body => {
            return Err(mismatch("MCP-Protocol-Version and the body's _meta name different revisions"));
        }
        (Some(_), Some(body)) if body != MODERN => return Err(unsupported(body)),
        (Some(_), Some(_)) => {}
    }
    let meta = meta.unwrap_or_default();
    if message.id().is_some() && meta.object(META_CAPABILITIES).is_none() {
        return Err(required(META_CAPABILITIES));
    }
    if meta.get(META_CLIENT).is_some_and(|client| !is_client(client)) {
        return Err(no_client(&format!("params._meta[{}]", quoted(META_CLIENT))));
    }
    modern(headers, message)?;
    Ok(Era::Modern)
}

/// Whether an earlier revision has this method and [`MODERN`] does not.
pub fn is_removed(method: &str) -> bool {
    REMOVED.contains(&method)
}

/// Checks the header of a request that is not a message: the stream or the end of a session.
///
/// # Errors
/// [`Disagreement`], to be answered with HTTP 400, when it names no revision that has sessions.
pub fn in_session(headers: &HeaderMap) -> Result<(), Disagreement> {
    match single(headers, "mcp-protocol-version")? {
        Some(revision) if !REVISIONS.contains(&&*revision) || revision == MODERN => {
            Err(unsupported(&revision))
        }
        _ => Ok(()),
    }
}

fn modern(headers: &HeaderMap, message: &Message) -> Result<(), Disagreement> {
    if message.kind == Kind::Response {
        let message =
            format!("revision {MODERN} has no requests from the server, so a client has nothing to answer");
        return Err(Disagreement { code: INVALID_REQUEST, message, data: None });
    }
    let method = message.method().unwrap_or_default();
    match single(headers, "mcp-method")? {
        Some(header) if header == method => {}
        Some(_) => return Err(mismatch("Mcp-Method and the body's method differ")),
        // Of a notification the revision does not say which headers it has.
        None if message.id().is_none() => {}
        None => return Err(mismatch("Mcp-Method is missing")),
    }
    let Some(member) = name_member(method) else { return Ok(()) };
    let object = Object::parse(&message.text);
    let in_body = object.as_ref().and_then(|object| object.object("params")?.string(member));
    let in_header = match single(headers, "mcp-name")? {
        None => None,
        Some(header) => Some(header::decode(&header).ok_or_else(|| mismatch("Mcp-Name is not decodable"))?),
    };
    match (in_header, in_body) {
        (Some(header), Some(body)) if header == body => Ok(()),
        (Some(_), Some(_)) => Err(mismatch("Mcp-Name and the body differ")),
        (None, Some(_)) => Err(mismatch("Mcp-Name is missing")),
        (_, None) => Err(Disagreement {
            code: INVALID_PARAMS,
            message: format!("params.{member} is required for {method}"),
            data: None,
        }),
    }
}

/// A member of `params._meta` that is missing or of another type.
fn required(member: &str) -> Disagreement {
    let message = format!("params._meta[{}] is required in revision {MODERN}", quoted(member));
    Disagreement { code: INVALID_PARAMS, message, data: None }
}

/// Checks what the client says of itself in `initialize`: services hear it in its words.
fn introduced(message: &Message) -> Result<(), Disagreement> {
    if message.method() != Some("initialize") {
        return Ok(());
    }
    let object = Object::parse(&message.text).unwrap_or_default();
    let params = object.object("params").unwrap_or_default();
    if params.get("clientInfo").is_some_and(|client| !is_client(client)) {
        return Err(no_client("params.clientInfo"));
    }
    if params.get("capabilities").is_some() && params.object("capabilities").is_none() {
        let message = "params.capabilities has to be an object".to_owned();
        return Err(Disagreement { code: INVALID_PARAMS, message, data: None });
    }
    Ok(())
}

fn no_client(member: &str) -> Disagreement {
    let message = format!("{member} has to be an object with the texts name and version");
    Disagreement { code: INVALID_PARAMS, message, data: None }
}

/// A header that may stand at most once.
pub(super) fn single(headers: &HeaderMap, name: &str) -> Result<Option<String>, Disagreement> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(mismatch(&format!("the header {name} stands more than once")));
    }
    let text = value.to_str().map_err(|_| mismatch(&format!("the header {name} is not printable ASCII")))?;
    Ok(Some(text.trim_matches([' ', '\t']).to_owned()))
}

/// A header and the body do not say the same.
pub(super) fn mismatch(message: &str) -> Disagreement {
    Disagreement { code: HEADER_MISMATCH, message: message.to_owned(), data: None }
}

fn unsupported(requested: &str) -> Disagreement {
    let supported = serde_json::json!(REVISIONS);
    Disagreement {
        code: UNSUPPORTED_REVISION,
        message: "this protocol revision is not supported".to_owned(),
        data: Some(format!(r#"{{"supported":{supported},"requested":{}}}"#, quoted(requested))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALL: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_issue","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}"#;
    const OLD: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_issue"}}"#;

    fn check(body: &str, headers: &[(&'static str, &str)]) -> Result<Era, i64> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        resolve(&map, &Message::parse(body.as_bytes()).unwrap()).map_err(|error| error.code)
    }

    const VERSION: (&str, &str) = ("mcp-protocol-version", "2026-07-28");
    const METHOD: (&str, &str) = ("mcp-method", "tools/call");
    const NAME: (&str, &str) = ("mcp-name", "get_issue");

    #[test]
    fn the_body_decides() {
        assert_eq!(check(CALL, &[VERSION, METHOD, NAME]), Ok(Era::Modern));
        assert_eq!(check(CALL, &[VERSION, METHOD, ("mcp-name", "=?base64?Z2V0X2lzc3Vl?=")]), Ok(Era::Modern));
        assert_eq!(check(OLD, &[]), Ok(Era::Legacy));
        assert_eq!(check(OLD, &[("mcp-protocol-version", "2025-06-18")]), Ok(Era::Legacy));
    }

    #[test]
    fn a_request_needs_its_meta_and_a_notification_does_not() {
        for (from, to) in [
            (r#""io.modelcontextprotocol/clientCapabilities":{}"#, r#""x":1"#),
            (
                r#""io.modelcontextprotocol/clientCapabilities":{}"#,
                r#""io.modelcontextprotocol/clientCapabilities":[]"#,
            ),
            (r#""io.modelcontextprotocol/protocolVersion":"2026-07-28""#, r#""x":1"#),
            (
                r#""io.modelcontextprotocol/protocolVersion":"2026-07-28""#,
                r#""io.modelcontextprotocol/protocolVersion":5"#,
            ),
            (r#""_meta":{"#, r#""_other":{"#),
        ] {
            let body = CALL.replace(from, to);
            assert_ne!(body, CALL);
            assert_eq!(check(&body, &[VERSION, METHOD, NAME]), Err(INVALID_PARAMS), "{to}");
        }
        let notification = r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{}}"#;
        assert_eq!(check(notification, &[VERSION]), Ok(Era::Modern));
        let method = ("mcp-method", "notifications/cancelled");
        assert_eq!(check(notification, &[VERSION, method]), Ok(Era::Modern));
        assert_eq!(check(notification, &[VERSION, METHOD]), Err(HEADER_MISMATCH));
        assert_eq!(check(r#"{"jsonrpc":"2.0","id":1,"result":{}}"#, &[VERSION]), Err(INVALID_REQUEST));
    }

    #[test]
    fn disagreement_is_refused() {
        for headers in [
            &[METHOD, NAME][..],
            &[("mcp-protocol-version", "2025-11-25"), METHOD, NAME],
            &[VERSION, NAME],
            &[VERSION, ("mcp-method", "tools/list"), NAME],
            &[VERSION, METHOD],
            &[VERSION, METHOD, ("mcp-name", "delete_issue")],
            &[VERSION, METHOD, ("mcp-name", "GET_ISSUE")],
            &[VERSION, METHOD, ("mcp-name", "=?base64?%%%?=")],
            &[VERSION, METHOD, NAME, ("mcp-name", "delete_issue")],
            &[VERSION, METHOD, ("mcp-name", "get_issue\u{fc}")],
        ] {
            assert_eq!(check(CALL, headers), Err(HEADER_MISMATCH), "{headers:?}");
        }
    }

    #[test]
    fn unknown_revisions_are_refused_with_the_known_ones() {
        let body = CALL.replace("2026-07-28", "2099-01-01");
        assert_eq!(
            check(&body, &[("mcp-protocol-version", "2099-01-01"), METHOD, NAME]),
            Err(UNSUPPORTED_REVISION)
        );
        assert_eq!(check(OLD, &[("mcp-protocol-version", "1.0")]), Err(UNSUPPORTED_REVISION));
        assert_eq!(check(OLD, &[VERSION, METHOD, NAME]), Err(INVALID_PARAMS));
    }
}
