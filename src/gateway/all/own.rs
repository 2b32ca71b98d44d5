//! What the gateway answers itself at `/mcp`: who it is, and which services are missing.

use super::gather::Caller;
use crate::host::Host;
use crate::mcp::bridge::{META_SERVER, negotiated};
use crate::mcp::merge::Missing;
use crate::mcp::message::Message;
use crate::mcp::raw::{Object, array_of, quoted};
use crate::mcp::revision::{Era, LATEST_LEGACY, MODERN, REVISIONS};

/// The tool that is there while services are missing, so that a model knows too. No service's tool has this name:
/// theirs begin with a service's id and two underscores.
pub(super) const NOTE: &str = "unavailable_services";

/// For how long a client may keep what `server/discover` says, in milliseconds.
const TTL: u64 = 60_000;

/// The result of a request that is about the address itself; [`None`] for other requests.
pub(super) fn result<H: Host>(
    caller: &Caller<'_, H>,
    method: &str,
    message: &Message,
) -> Option<Object<'static>> {
    let mut result = Object::default();
    match (caller.era, method) {
        (Era::Legacy, "initialize") => {
            let object = Object::parse(&message.text).unwrap_or_default();
            let asked = object.object("params").and_then(|params| params.string("protocolVersion"));
            let revision = negotiated(&asked.unwrap_or_default());
            result.set("protocolVersion", quoted(revision));
            result.set("capabilities", capabilities(revision).to_string());
            result.set("serverInfo", SERVER_INFO.to_owned());
            result.set("instructions", quoted(&instructions(caller)));
        }
        (Era::Legacy, "ping" | "logging/setLevel") => {}
        (Era::Modern, "server/discover") => {
            let revisions: Vec<String> = REVISIONS.iter().map(|revision| quoted(revision)).collect();
            result.set("supportedVersions", array_of(revisions.iter().map(String::as_str)));
            result.set("capabilities", capabilities(MODERN).to_string());
            result.set("instructions", quoted(&instructions(caller)));
            result.set("ttlMs", TTL.to_string());
            result.set("cacheScope", quoted("private"));
        }
        _ => return None,
    }
    Some(result)
}

/// Marks a result as newer revisions want it: whole, and whose.
pub(super) fn sign(result: &mut Object<'_>) {
    let mut meta = Object::default();
    for (key, value) in result.object("_meta").iter().flat_map(Object::members) {
        meta.set(key, value.to_owned());
    }
    meta.set(META_SERVER, SERVER_INFO.to_owned());
    result.set("_meta", meta.to_string());
    result.set("resultType", quoted("complete"));
}

/// The tool that tells a model which services are missing, if any is.
pub(super) fn note<H: Host>(caller: &Caller<'_, H>, missing: &[Missing]) -> Option<String> {
    if missing.is_empty() {
        return None;
    }
    let mut tool = Object::default();
    tool.set("name", quoted(NOTE));
    tool.set("title", quoted("Unavailable services"));
    let description = format!(
        "A note of the gateway: tools of some services are missing from this list at the moment. {} \
         Call this to ask whether that has changed; if so, list the tools again.",
        told(caller, missing)
    );
    tool.set("description", quoted(&description));
    tool.set("inputSchema", r#"{"type":"object","additionalProperties":false}"#.to_owned());
    let annotations =
        r#"{"readOnlyHint":true,"destructiveHint":false,"idempotentHint":true,"openWorldHint":false}"#;
    tool.set("annotations", annotations.to_owned());
    Some(tool.to_string())
}

/// The result of a call of that tool.
pub(super) fn noted<H: Host>(caller: &Caller<'_, H>, missing: &[Missing]) -> Object<'static> {
    let text = match missing.is_empty() {
        true => "All services answer. List the tools again: none is missing.".to_owned(),
        false => told(caller, missing),
    };
    let mut result = Object::default();
    result.set("content", format!(r#"[{{"type":"text","text":{}}}]"#, quoted(&text)));
    result.set("isError", "false".to_owned());
    result
}

fn told<H: Host>(caller: &Caller<'_, H>, missing: &[Missing]) -> String {
    let one = |missing: &Missing| {
        let name = caller.services.iter().find(|service| service.id == missing.service);
        let name = name.map_or(missing.service.as_str(), |service| service.name.as_str());
        format!("{name} ({}__...): {}", missing.service, missing.message)
    };
    missing.iter().map(one).collect::<Vec<_>>().join(" ")
}

const SERVER_INFO: &str =
    concat!(r#"{"name":"mcpgate","title":"mcpgate","version":""#, env!("CARGO_PKG_VERSION"), r#""}"#);

/// Whatever any service may have: which of them has what is seen when it is asked for.
fn capabilities(revision: &str) -> Object<'static> {
    let mut capabilities = Object::default();
    for (capability, what) in [
        ("tools", r#"{"listChanged":true}"#),
        ("prompts", r#"{"listChanged":true}"#),
        ("resources", r#"{"subscribe":true,"listChanged":true}"#),
        ("completions", "{}"),
        ("logging", "{}"),
    ] {
        capabilities.set(capability, what.to_owned());
    }
    match revision {
        MODERN => capabilities.set("extensions", r#"{"io.modelcontextprotocol/tasks":{}}"#.to_owned()),
        LATEST_LEGACY => {
            let tasks = r#"{"cancel":{},"requests":{"tools":{"call":{}}}}"#;
            capabilities.set("tasks", tasks.to_owned());
        }
        _ => {}
    }
    capabilities
}

fn instructions<H: Host>(caller: &Caller<'_, H>) -> String {
    let services = caller.services.iter().map(|service| format!("{} is {}", service.id, service.name));
    let services = services.collect::<Vec<_>>().join(", ");
    format!(
        "Several services behind one address: {services}. The name of a tool or prompt begins with its service and \
         two underscores, the URI of a resource with its service and a plus sign. While tools of a service are \
         missing, the tool {NOTE} says why."
    )
}
