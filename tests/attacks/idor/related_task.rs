//! The attacker says that their answer belongs to another person's task, and wants it to be heard there.
//! OWASP API1: what is sent belongs to one's own tasks or to none.

use mcpgate::host::memory::Reply;
use serde_json::{Value, json};

use super::{OLDER, RELATED, begin, client, events, knows, note, unique};
use crate::world::World;

pub(super) fn somebody_answers_within_another_persons_task(world: &mut World) {
    let own = unique();
    let agent = client(world, "desk", OLDER);
    let stranger = client(world, "desk", OLDER);
    knows(&world.stage.desk, &own, Value::Null);
    begin(world, &agent);
    world.stage.desk.answers(|seen| {
        let message = seen.message();
        if message["method"].is_null() {
            return Some(Reply::new(202, "text/plain", ""));
        }
        let params = json!({ "message": "Sure?", "requestedSchema": { "type": "object", "properties": {} } });
        let asks = json!({ "jsonrpc": "2.0", "id": "q", "method": "elicitation/create", "params": params });
        let done = json!({ "jsonrpc": "2.0", "id": message["id"], "result": { "content": [] } });
        (message["method"] == "tools/call").then(|| events(&[asks, done]))
    });
    let meta = json!({ RELATED: { "taskId": own } });
    for (agent, belongs) in [(&agent, true), (&stranger, false)] {
        let call = agent.send(world, "tools/call", json!({ "name": "get_issue", "arguments": {} }));
        let answer = json!({ "jsonrpc": "2.0", "id": call.events()[0]["id"], "result": { "action": "accept", "_meta": meta } });
        let told =
            note("notifications/progress", json!({ "progressToken": 1, "progress": 1, "_meta": meta }));
        for (message, holder) in [(answer, "result"), (told, "params")] {
            let posted = agent.posting(world, message.to_string());
            assert_eq!(world.send(posted).status(), 202);
            let arrived = world.stage.desk.seen().pop().unwrap().message();
            assert!(arrived[holder].is_object(), "the rest of it arrives: {arrived}");
            assert_eq!(arrived[holder]["_meta"][RELATED].is_object(), belongs, "{arrived}");
        }
    }
}
