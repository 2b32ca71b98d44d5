//! The attacker has the state of another person's call, or of another call of their own, and wants theirs to go on from it.
//! MCP `requestState`: sealed for its person and for the same call, arguments and all.

use mcpgate::host::memory::Reply;
use serde_json::{Value, json};

use super::{STATE, client};
use crate::client::{Agent, MODERN};
use crate::world::World;

pub(super) fn somebody_sends_the_state_of_another_call(world: &mut World) {
    let agent = client(world, "desk", MODERN).able(json!({ "elicitation": {} }));
    let stranger = client(world, "desk", MODERN).able(json!({ "elicitation": {} }));
    world.stage.desk.replies(|seen| {
        let id = seen.id();
        let result = match seen.message()["params"]["requestState"].is_null() {
            true => format!(
                r#"{{"resultType":"input_required","n":1.10,"inputRequests":{{"k":{{"method":"elicitation/create","params":{{"message":"m","requestedSchema":{{"type":"object","properties":{{}}}}}}}}}},"requestState":{STATE}}}"#
            ),
            false => r#"{"resultType":"complete","content":[{"type":"text","text":"done"}]}"#.to_owned(),
        };
        Reply::new(200, "application/json", format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{result}}}"#))
    });
    let params = json!({ "name": "get_issue", "arguments": { "n": 1 } });
    let first = agent.send(world, "tools/call", params.clone());
    assert!(first.text().contains(r#""n":1.10"#), "the rest stays: {}", first.text());
    let state = first.json()["result"]["requestState"].as_str().unwrap().to_owned();
    assert!(!state.contains("\\u2028") && !state.contains("mia.muster"), "sealed: {state}");
    let mut retry = params;
    retry["inputResponses"] = json!({ "k": { "action": "accept", "content": {} } });
    retry["requestState"] = json!(state);
    let before = world.stage.desk.seen().len();
    let with = |member: &str, value: Value| {
        let mut other = retry.clone();
        other[member] = value;
        other
    };
    let shared = Agent { service: String::new(), ..agent.clone() };
    for (agent, method, params) in [
        (&stranger, "tools/call", retry.clone()),
        (&agent, "tools/call", with("name", json!("search_issues"))),
        (&agent, "tools/call", with("arguments", json!({ "n": 2 }))),
        (&agent, "prompts/get", retry.clone()),
        (&agent, "tools/call", with("requestState", json!(format!("{state}A")))),
        (&agent, "tools/call", with("requestState", json!("s\u{e4}/ "))),
        (&agent, "tools/call", with("requestState", json!(7))),
    ] {
        let answer = agent.send(world, method, params);
        assert_eq!(answer.json()["error"]["code"], -32602, "{method}: {}", answer.text());
        assert!(answer.text().contains("requestState"), "{}", answer.text());
    }
    assert_eq!(shared.send(world, "tools/call", retry.clone()).status(), 401, "the token is for one address");
    assert_eq!(world.stage.desk.seen().len(), before, "the service hears of none of it");
    let done = agent.send(world, "tools/call", retry);
    assert_eq!(done.json()["result"]["content"][0]["text"], "done", "{}", done.text());
    let heard = world.stage.desk.calls().pop().unwrap();
    assert!(heard.body.contains(&format!(r#""requestState":{STATE}"#)), "byte for byte: {}", heard.body);
    assert_eq!(heard.message()["params"]["inputResponses"]["k"]["action"], "accept");
}
