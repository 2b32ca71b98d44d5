//! The attacker wants what tools would hand on by way of resources and prompts. These count, and are held, like calls.

use mcpgate::host::memory::Reply;
use serde_json::{Value, json};

use super::{alerts, is_held, reader};
use crate::world::World;

pub(super) fn somebody_takes_it_as_resources_and_prompts(world: &mut World) {
    let (_, agent) = reader(world);
    world.stage.desk.answers(|seen| {
        let message = seen.message();
        let list: Vec<Value> = (0..60).map(|_| json!({})).collect();
        let text = Value::Array(list).to_string();
        let result = match message["method"].as_str()? {
            "resources/read" => {
                json!({ "contents": [{ "uri": "file:///a", "text": text }], "resultType": "complete" })
            }
            "prompts/get" => {
                let said = json!({ "role": "user", "content": { "type": "text", "text": text } });
                json!({ "messages": vec![said; 41], "resultType": "complete" })
            }
            _ => return None,
        };
        let body = json!({ "jsonrpc": "2.0", "id": message["id"], "result": result });
        Some(Reply::new(200, "application/json", body.to_string()))
    });
    let requests =
        [("resources/read", json!({ "uri": "file:///a" })), ("prompts/get", json!({ "name": "all" }))];
    for (method, params) in requests.clone() {
        let answer = agent.send(world, method, params);
        assert!(answer.json()["result"].is_object(), "{}", answer.text());
    }
    world.settle();
    assert_eq!(alerts(world).len(), 1);
    is_held(world, &agent);
    let before = world.stage.desk.seen().len();
    for (method, params) in requests {
        let answer = agent.send(world, method, params);
        assert!(answer.json()["error"]["message"].as_str().unwrap().contains("held"), "{}", answer.text());
    }
    assert_eq!(world.stage.desk.seen().len(), before, "nothing was forwarded");
}
