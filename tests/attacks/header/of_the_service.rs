//! The attacker runs a service, and writes headers into its answers for the person's browser or the client: cookies, other
//! policies, leave for other pages. Answers get headers that are made anew. They want theirs to count for the gateway.

use mcpgate::host::memory::Reply;
use serde_json::json;

use super::call;
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn a_service_writes_headers_for_the_client(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    world.stage.desk.replies(|seen| {
        let body = json!({ "jsonrpc": "2.0", "id": seen.message()["id"], "result": { "content": [] } });
        Reply::new(200, "application/json", body.to_string())
            .header("set-cookie", "__Host-mcpgate_session=planted; Path=/; Secure")
            .header("access-control-allow-origin", "https://evil.example.org")
            .header("access-control-allow-credentials", "true")
            .header("content-security-policy", "default-src *")
            .header("cache-control", "public, max-age=86400")
            .header("location", "https://evil.example.org")
            .header("www-authenticate", "Bearer resource_metadata=\"https://evil.example.org\"")
            .header("clear-site-data", "\"*\"")
            .header("refresh", "0; url=https://evil.example.org")
    });
    let request = call(world, &agent);
    let answer = world.send(request);
    assert_eq!(answer.status(), 200, "{}", answer.text());
    for name in [
        "set-cookie",
        "access-control-allow-origin",
        "access-control-allow-credentials",
        "location",
        "www-authenticate",
        "clear-site-data",
        "refresh",
    ] {
        assert_eq!(answer.header(name), "", "{name}");
    }
    assert!(answer.header("content-security-policy").starts_with("default-src 'none'"));
    assert!(!answer.header("cache-control").contains("public"), "{}", answer.header("cache-control"));
}
