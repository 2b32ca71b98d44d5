//! The attacker has the cursor of another person's list, or makes one up, and wants to read on there.
//! OWASP API1: where a list goes on is sealed for its person.

use mcpgate::host::memory::Reply;
use serde_json::json;

use super::{OLDER, asked, client, last, unique};
use crate::world::World;

pub(super) fn somebody_reads_on_in_another_persons_list(world: &mut World) {
    let agent = client(world, "desk", OLDER);
    let stranger = client(world, "desk", OLDER);
    let other = unique();
    let cursor = other.clone();
    world.stage.desk.answers(move |seen| {
        let message = seen.message();
        let result = json!({ "tasks": [{ "taskId": cursor, "status": "working" }], "nextCursor": cursor });
        let body = json!({ "jsonrpc": "2.0", "id": message["id"], "result": result }).to_string();
        (message["method"] == "tasks/list").then(|| Reply::new(200, "application/json", body))
    });
    let answer = agent.send(world, "tasks/list", json!({ "cursor": null }));
    assert!(!answer.text().contains(&other), "{}", answer.text());
    let sealed = last(&answer)["result"]["nextCursor"].clone();
    let before = asked(world);
    for (agent, cursor) in [(&stranger, &sealed), (&agent, &json!(other)), (&agent, &json!(7))] {
        let answer = agent.send(world, "tasks/list", json!({ "cursor": cursor }));
        assert_eq!(last(&answer)["error"]["code"], -32602, "{cursor}: {}", answer.text());
    }
    assert_eq!(asked(world), before, "nothing is forwarded");
    let answer = agent.send(world, "tasks/list", json!({ "cursor": sealed }));
    assert_eq!(last(&answer)["result"]["tasks"], json!([]), "{}", answer.text());
    assert_eq!(world.stage.desk.seen().pop().unwrap().message()["params"]["cursor"], other.as_str());
}
