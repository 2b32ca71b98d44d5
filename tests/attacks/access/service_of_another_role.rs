//! The attacker's role has no part in a service, and they want to use it, or to learn that it is there, by every method that
//! names something of it. OWASP API1: what is not theirs is as if it were not there, word for word.

use serde_json::{Value, json};

use crate::client::Agent;
use crate::stage::Person;
use crate::world::{Answer, World};

pub(super) fn somebody_names_what_belongs_to_a_service_that_is_not_theirs(world: &mut World) {
    let agent = Agent::of(world, &Person::of("limited.example.com"), "");
    let mut older = agent.speaking("2025-11-25");
    older.initialize(world);
    for (method, params) in [
        ("tools/call", json!({ "name": "mail__get_issue", "arguments": {} })),
        ("tools/call", json!({ "name": "mail__get_issue_2abcdefghi", "arguments": {} })),
        ("tools/call", json!({ "name": "mail__search.x", "arguments": {} })),
        ("prompts/get", json!({ "name": "mail__p" })),
        ("prompts/get", json!({ "name": "mail__p_2abcdefghi" })),
        ("resources/read", json!({ "uri": "mail+x:1" })),
        ("resources/read", json!({ "uri": "ui://mail+x" })),
        ("resources/subscribe", json!({ "uri": "mail+x:1" })),
        (
            "completion/complete",
            json!({ "ref": { "type": "ref/prompt", "name": "mail__p" }, "argument": {} }),
        ),
        (
            "completion/complete",
            json!({ "ref": { "type": "ref/resource", "uri": "mail+x:1" }, "argument": {} }),
        ),
        ("tasks/get", json!({ "taskId": "mail+7" })),
        ("tasks/cancel", json!({ "taskId": "mail+7" })),
        ("tasks/result", json!({ "taskId": "mail+7" })),
    ] {
        let unknown: Value = serde_json::from_str(&params.to_string().replace("mail", "nope")).unwrap();
        for agent in [&agent, &older] {
            let (theirs, nobodys) =
                (agent.send(world, method, params.clone()), agent.send(world, method, unknown.clone()));
            let headers = |answer: &Answer| (answer.status(), answer.headers().len());
            assert_eq!(headers(&theirs), headers(&nobodys), "{method} {params}");
            assert_eq!(theirs.text(), nobodys.text().replace("nope", "mail"), "{method} {params}");
            assert!(!theirs.text().contains("The mail"), "{}", theirs.text());
        }
    }
    let filter =
        json!({ "toolsListChanged": true, "resourceSubscriptions": ["mail+x:1"], "taskIds": ["mail+7"] });
    let events = agent.send(world, "subscriptions/listen", json!({ "notifications": filter })).events();
    assert!(!json!(events).to_string().contains("mail"), "{events:?}");
    let said = json!({ "jsonrpc": "2.0", "id": "mail.x", "result": {} });
    let request = older.posting(world, said.to_string());
    let theirs = world.send(request);
    let request = older.posting(world, said.to_string().replace("mail", "nope"));
    assert_eq!(theirs.text(), world.send(request).text());
    assert!(world.stage.mail.seen().is_empty(), "it hears of nothing");
}
