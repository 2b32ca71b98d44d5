//! The attacker names a harmless tool for the gateway and a destructive one for the service, in one message.
//! RFC 8259 §4: what can be read in two ways is refused. They want the second to be read by the service.

use serde_json::json;

use super::{at_browser, still_waits};
use crate::world::World;

pub(super) fn a_message_names_two_tools(world: &mut World) {
    let (_, agent) = at_browser(world);
    let older = agent.speaking("2025-06-18");
    for params in [
        r#"{"name":"get_issue","name":"delete_issue","arguments":{"id":1}}"#,
        r#"{"name":"delete_issue","arguments":{"id":1},"name":"get_issue"}"#,
        r#"{"name":"get_issue","na\u006de":"delete_issue","arguments":{"id":1}}"#,
    ] {
        let body = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{params}}}"#);
        let request = older.posting(world, body);
        assert_eq!(world.send(request).status(), 400, "{params}");
    }
    let mut request =
        agent.request(world, "tools/call", json!({ "name": "delete_issue", "arguments": { "id": 1 } }));
    request.headers_mut().insert("mcp-name", "get_issue".parse().unwrap());
    assert_eq!(world.send(request).status(), 400, "a header that names another");
    still_waits(world, &agent);
}
