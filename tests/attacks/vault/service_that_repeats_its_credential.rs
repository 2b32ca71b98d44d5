//! The attacker has an AI client, and a service that repeats what it was sent (a debug mode, an error that shows headers).
//! They want the credential that the gateway uses there: the gateway's own, or the person's token.
//! MCP "Token Passthrough", turned round: what a service was sent does not come back.

use mcpgate::host::memory::{Chunk, Reply};
use serde_json::{Value, json};

use super::{bearer, connected};
use crate::client::Agent;
use crate::stage::{DESK_TOKEN, Person, Service};
use crate::world::World;

pub(super) fn a_service_repeats_the_credential_that_it_was_sent(world: &mut World) {
    let (_, agent) = connected(world);
    agent.read(world, "get_issue", json!({}));
    let token = bearer(world);
    tried(world, &agent, &token, |world| &world.stage.books.service);
    let agent = Agent::of(world, &Person::internal(), "desk");
    tried(world, &agent, DESK_TOKEN, |world| &world.stage.desk);
    world.expect_logged("credential_withheld");
}

fn tried(world: &mut World, agent: &Agent, credential: &str, service: fn(&World) -> &Service) {
    type Said = fn(&str) -> Value;
    let ways: [Said; 4] = [
        |sent| json!({ "result": { "content": [{ "type": "text", "text": sent }], "isError": false } }),
        |sent| json!({ "result": { "content": [{ "type": "text", "text": sent }], "isError": true } }),
        |sent| {
            let headers = json!({ "headers": { "authorization": sent } });
            let text = json!([{ "type": "text", "text": headers.to_string() }]);
            json!({ "result": { "content": text, "structuredContent": headers, "isError": false } })
        },
        |sent| json!({ "error": { "code": -32603, "message": format!("trace: {sent}") } }),
    ];
    for way in ways {
        for stream in [false, true] {
            service(world).replies(move |seen| {
                let mut message = way(seen.header("authorization"));
                message["jsonrpc"] = json!("2.0");
                message["id"] = seen.message()["id"].clone();
                if stream {
                    let event = format!("data: {message}\n\n");
                    return Reply::chunks(200, "text/event-stream", vec![Chunk::Bytes(event.into())]);
                }
                Reply::new(200, "application/json", message.to_string())
            });
            let answer = agent.send(world, "tools/call", json!({ "name": "get_issue", "arguments": {} }));
            let text = answer.text();
            assert!(text.contains("credential withheld") && !text.contains(credential), "{text}");
        }
    }
    service(world).lists(|seen| {
        let about = format!("called with {}", seen.header("authorization"));
        let tool = json!({ "name": "get_issue", "description": about, "inputSchema": { "type": "object" } });
        let result = json!({ "tools": [tool] });
        let message = json!({ "jsonrpc": "2.0", "id": seen.message()["id"], "result": result });
        Reply::new(200, "application/json", message.to_string())
    });
    let text = agent.send(world, "tools/list", json!({})).text().to_owned();
    assert!(text.contains("credential withheld") && !text.contains(credential), "{text}");
    service(world).behaves();
}
