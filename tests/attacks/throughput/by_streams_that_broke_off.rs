//! The attacker leaves each call before its answer and wants that from the stream of the session, where it belongs to no
//! call (2025-11-25, "Resumability and Redelivery"). It is on record and counts all the same.

use bytes::Bytes;
use http::Method;
use mcpgate::host::memory::Reply;
use serde_json::{Value, json};

use super::{alerts, is_held};
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_takes_it_from_streams_that_broke_off(world: &mut World) {
    let mut agent = Agent::of(world, &Person::internal(), "desk").speaking("2025-11-25");
    agent.initialize(world);
    world.stage.desk.answers(|seen| {
        let items: Vec<Value> = (0..101).map(|_| json!({})).collect();
        let result = json!({ "content": [], "structuredContent": { "items": items } });
        let answer = json!({ "jsonrpc": "2.0", "id": 7, "result": result });
        let event = match seen.method {
            Method::GET => format!("id: second\ndata: {answer}\n\n"),
            _ if seen.calls() => "id: first\nretry: 10\ndata: \n\n".to_owned(),
            _ => return None,
        };
        Some(Reply::new(200, "text/event-stream", event))
    });
    let begun = agent.send(world, "tools/call", json!({ "name": "get_issue", "arguments": {} }));
    let last = begun.text().lines().find_map(|line| line.strip_prefix("id: ")).expect("an id").to_owned();
    let mut request = agent.request(world, "ping", json!({}));
    *request.method_mut() = Method::GET;
    *request.body_mut() = Bytes::new();
    request.headers_mut().insert("last-event-id", last.parse().unwrap());
    let told = world.send(request);
    assert!(told.text().contains("structuredContent"), "{} {}", told.status(), told.text());
    world.settle();
    world.expect_recorded("requested", "ok", None);
    assert_eq!(alerts(world).len(), 1);
    world.stage.desk.behaves();
    is_held(world, &agent);
}
